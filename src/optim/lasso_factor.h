/* The Cholesky factor L of a symmetric positive definite matrix A = L L' that gains and loses rows: the Gram matrix of
 * the active columns of a lasso. All changes cost O(n^2) and keep the accuracy of a fresh factor. */
#ifndef FRUGAL_OPTIM_LASSO_FACTOR_H
#define FRUGAL_OPTIM_LASSO_FACTOR_H

#include <frugal/core.h>

typedef struct {
    int64_t n, capacity;
    double *rows;    /* row i of L at rows + i * capacity, i + 1 entries */
    double *scratch; /* 2 * capacity */
} lasso_factor;

void lasso_factor_free(lasso_factor *factor); /* a zeroed struct is an empty matrix */
int lasso_factor_reserve(lasso_factor *factor, int64_t capacity);
int lasso_factor_copy(const lasso_factor *from, lasso_factor *to);

/* One row and column more: A_in = product (n entries), A_nn = diagonal. Where the Schur complement is below `least` the matrix
 * stays as it was, and *accepted is false; `product` holds L^-1 product either way. */
int lasso_factor_append(lasso_factor *factor, double *product, double diagonal, double least, bool *accepted);
void lasso_factor_drop(lasso_factor *factor, int64_t k);
/* A += v v'; v (n) is overwritten. */
void lasso_factor_add(lasso_factor *factor, double *v);
/* x := A^-1 x */
void lasso_factor_solve(const lasso_factor *factor, double *x);
/* x := L'^-1 x, the second half of it. */
void lasso_factor_back(const lasso_factor *factor, double *x);

#endif
