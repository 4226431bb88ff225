/* Conjugate gradients with Jacobi's preconditioner for a symmetric positive definite matrix given as a product. */
#ifndef FRUGAL_CLUSTER_CONJUGATE_H
#define FRUGAL_CLUSTER_CONJUGATE_H

#include <frugal/core.h>

typedef struct {
    int64_t n;
    const double *diagonal;
    double condition; /* bound on the condition number of D^-1/2 Q D^-1/2 (D: the diagonal) */
    void (*multiply)(void *context, const double *x, double *y); /* y = Q x */
    void *context;
} conjugate_matrix;

/* Solves Q x = b from x = 0 to a relative residual of `tolerance` in the norm of D^-1/2; `scratch`: 3 n doubles.
 * Returns the number of products. */
int64_t conjugate_gradients(const conjugate_matrix *matrix, const double *b, double tolerance, double *x,
                            double *scratch);

#endif
