/* Ridge regression, min ||y - b0 - X b||^2 + rho ||b||^2, prepared for many test points and for rows left out. */
#ifndef FRUGAL_CONFORMAL_RIDGE_MODEL_H
#define FRUGAL_CONFORMAL_RIDGE_MODEL_H

#include <frugal/conformal.h>

enum { ridge_block = 16 }; /* test points that are worked on together */

typedef struct {
    int64_t n, p;
    double rho;
    bool dual;       /* factor of X X' + rho I (n x n) instead of X'X + rho I (p x p) */
    double constant; /* 1/n with an intercept, else 0 */
    double *x;       /* n x p, centred with an intercept */
    double *x_mean;  /* p; 0 without an intercept */
    double y_mean;
    double *factor;   /* Cholesky, lower triangle of the rows */
    double *fit;      /* b (p), or in the dual (X X' + rho I)^-1 y (n) */
    double *residual; /* n */
} ridge_model;

/* FR_EINPUT if rho = 0 and the columns are dependent. */
int ridge_model_new(int64_t n, int64_t p, const double *x, const double *y, double rho, bool intercept,
                    ridge_model *out);
void ridge_model_free(ridge_model *model);
/* The coefficients b (p) and the intercept. */
void ridge_model_coefficients(const ridge_model *model, double *b, double *b0);

/* For up to ridge_block test points, with A = X'X + rho I: prediction mu, h = x'A^-1 x, g[i] = x_i'A^-1 x (rows of n);
 * with an intercept those of the matrix [X 1] whose last column is not penalised. */
typedef struct {
    double *rows;    /* ridge_block x p */
    double *product; /* ridge_block x n */
    double *g;       /* ridge_block x n */
    double mu[ridge_block], h[ridge_block];
} ridge_space;
int ridge_space_new(const ridge_model *model, ridge_space *out);
void ridge_space_free(ridge_space *space);
/* FR_ENUMERIC where numbers overflow. */
int ridge_predict(const ridge_model *model, ridge_space *space, int64_t count, const double *x_test);

#endif
