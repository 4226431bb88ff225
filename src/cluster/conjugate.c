/* Conjugate gradients (Hestenes, Stiefel 1952), Jacobi preconditioner: for Q = alpha D + (1 - alpha)/2 L, restricted to any set
 * of nodes, the condition number is at most 1/alpha, whatever the degrees are. */
#include "conjugate.h"

#include <math.h>
#include <string.h>

/* z = D^-1 r; returns r'z */
static double precondition(const conjugate_matrix *matrix, const double *r, double *z)
{
    double sum = 0;
    for (int64_t i = 0; i < matrix->n; i++) {
        z[i] = r[i] / matrix->diagonal[i];
        sum += r[i] * z[i];
    }
    return sum;
}

/* Twice the steps after which the error, and with it the residual, has fallen enough by the bound of Chebyshev
 * polynomials: rounding may delay, but not for ever. */
static int64_t most_products(double condition, double tolerance)
{
    double root = sqrt(condition);
    return 20 + (int64_t)fmin(root * log(2 * root / tolerance), 1e15);
}

int64_t conjugate_gradients(const conjugate_matrix *matrix, const double *b, double tolerance, double *x,
                            double *scratch)
{
    int64_t n = matrix->n, products = 0, most = most_products(matrix->condition, tolerance);
    double *r = scratch, *direction = scratch + n, *image = scratch + 2 * n;
    memset(x, 0, (size_t)n * sizeof *x);
    memcpy(r, b, (size_t)n * sizeof *r);
    double square = precondition(matrix, r, direction), target = tolerance * tolerance * square;
    while (square > target && products < most) {
        matrix->multiply(matrix->context, direction, image);
        products++;
        double curvature = 0;
        for (int64_t i = 0; i < n; i++)
            curvature += direction[i] * image[i];
        if (!(curvature > 0)) break;
        double step = square / curvature;
        for (int64_t i = 0; i < n; i++) {
            x[i] += step * direction[i];
            r[i] -= step * image[i];
        }
        double next = precondition(matrix, r, image), ratio = next / square;
        for (int64_t i = 0; i < n; i++)
            direction[i] = image[i] + ratio * direction[i];
        square = next;
    }
    return products;
}
