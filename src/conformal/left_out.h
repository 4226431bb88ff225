/* Predictions of models that were fitted without a row, or without a fold of rows. */
#ifndef FRUGAL_CONFORMAL_LEFT_OUT_H
#define FRUGAL_CONFORMAL_LEFT_OUT_H

#include "ridge_model.h"

typedef struct {
    int64_t n, p;
    int64_t n_models;    /* fits without something: n, or the number of folds */
    const int64_t *fold; /* n: the fit without row i is number fold[i]; NULL: number i */
    double *residual;    /* n: |y_i - prediction of x_i without row i| */
    bool degenerate;     /* the lasso met dependent columns */
    /* ridge without single rows */
    bool shortcut;
    ridge_model ridge;
    double *change; /* n: e_i / (1 - h_i), by which the fit without row i differs along A^-1 x_i */
    /* otherwise: coefficients of each fit, and last of that to all rows */
    double *b;  /* (n_models + 1) x p */
    double *b0; /* n_models + 1 */
} left_out;

/* fold (n numbers 0..n_folds-1), NULL: each row by itself. FR_ENUMERIC where a row has leverage 1. */
int left_out_new(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                 int64_t n_folds, const int64_t *fold, left_out *out);
void left_out_free(left_out *models);

/* For up to ridge_block test points: of the fit to all rows (mu), of the others (without: rows of n_models). */
typedef struct {
    ridge_space ridge;
    double *without;
    double mu[ridge_block];
} left_out_space;
int left_out_space_new(const left_out *models, left_out_space *out);
void left_out_space_free(left_out_space *space);
int left_out_predict(const left_out *models, left_out_space *space, int64_t count, const double *x_test);

#endif
