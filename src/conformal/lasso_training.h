/* The lasso on the training points, which the walks of all test points start from. */
#ifndef FRUGAL_CONFORMAL_LASSO_TRAINING_H
#define FRUGAL_CONFORMAL_LASSO_TRAINING_H

#include <frugal/conformal.h>

#include <optim/lasso_columns.h>
#include <optim/lasso_factor.h>

enum { constant_column = -1 }; /* the intercept's, in lists of columns */

/* y, lambda and what follows from them are held divided by `scale`, a power of two near the largest |y|. With an
 * intercept the columns are held less their means over the training points, and the column of ones is the first active
 * one. */
typedef struct {
    int64_t n, p;
    bool intercept;
    double lambda, ridge, scale;
    lasso_columns columns; /* of the training points */
    double *x;             /* what they refer to */
    double *mean;          /* p; 0 without intercept */
    double *square;        /* p: ||x_j||^2 */
    double *y, *residual;  /* n */
    double *b, b0;         /* p */
    double *product;       /* p: x_j' residual */
    int64_t n_active;
    int64_t *active; /* room for p + 1 */
    double *sign;    /* by place; 0 for the column of ones */
    lasso_factor factor;
    bool degenerate;
} lasso_training;

/* lambda and ridge in the caller's unit. */
int lasso_training_new(const fr_conformal_data *data, double lambda, double ridge, bool intercept,
                       lasso_training *out);
void lasso_training_free(lasso_training *training);
/* FR_ENUMERIC if a fit is not exact up to rounding (see lasso_rounding). */
int lasso_check_exact(const fr_lasso_info *info, double rounding);
/* x'b + b0 in the caller's unit. */
double lasso_training_predict(const lasso_training *training, const double *x);

/* x_j (or ones), all rows of `columns` */
void lasso_column_copy(const lasso_columns *columns, int64_t j, double *to);
/* The active columns' products with a vector, and the vector plus their combination. */
void lasso_active_products(const lasso_columns *columns, int64_t count, const int64_t *active,
                           const double *v, double *product);
void lasso_active_add(const lasso_columns *columns, int64_t count, const int64_t *active, double factor,
                      const double *b, double *v);
/* Appends column j to the factor of the active columns' Gram matrix (+ ridge); scratch: rows, count + 1. */
int lasso_factor_enter(lasso_factor *factor, const lasso_columns *columns, int64_t count,
                       const int64_t *active, int64_t j, double ridge, double *column, double *product,
                       bool *accepted);

#endif
