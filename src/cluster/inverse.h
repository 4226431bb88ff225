/* The inverse M of a symmetric positive definite matrix that grows by one row and column at a time (bordering): with
 *   Q+ = [Q, -a; -a', c],  w = M a,  s = c - a'w   follows   M+ = [M, 0; 0, 0] + z z',  z = (w, 1) / sqrt(s).
 * For an M-matrix (a >= 0, M >= 0) no step subtracts, so every entry keeps its relative precision. */
#ifndef FRUGAL_CLUSTER_INVERSE_H
#define FRUGAL_CLUSTER_INVERSE_H

#include <frugal/core.h>

typedef struct {
    int64_t n, capacity; /* capacity: stride of both arrays */
    int64_t folded;  /* z of the first `folded` borderings are in `inverse`, the others wait in `pending` */
    double *inverse; /* folded rows */
    double *pending; /* n - folded vectors z, zero behind their end */
} growing_inverse;

void inverse_free(growing_inverse *inverse); /* a zeroed struct is an empty matrix */

/* w = M a for a sparse vector: a[k] at place[k] < n, k < count. w: n entries. */
void inverse_multiply(const growing_inverse *inverse, int64_t count, const uint32_t *place, const double *a,
                      double *w);
/* One row and column more: w = M a (n entries), s > 0. */
int inverse_append(growing_inverse *inverse, const double *w, double s);

#endif
