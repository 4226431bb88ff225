/* Q restricted to a growing set S of nodes, and its solver: Q = (1 + alpha)/2 D - (1 - alpha)/2 A. */
#ifndef FRUGAL_CLUSTER_ACTIVE_SET_H
#define FRUGAL_CLUSTER_ACTIVE_SET_H

#include "touched.h"

/* The matrix Q_SS by rows, the diagonal apart. Places 0 .. n-1 are those of the nodes of S in the order given. */
typedef struct {
    int64_t n;
    double alpha;
    int64_t *first;    /* n + 1 */
    uint32_t *column;  /* places */
    double *value;     /* the entries of Q, negative */
    double *diagonal;  /* n */
    int64_t arcs_read; /* while it was built, and in products */
} active_matrix;

/* node[k], k < n: the nodes of S, rows known to be good; `place`, by node of the graph: 1 + place for the nodes of S, 0 or more
 * than n for the others. */
int active_matrix_new(const fr_graph *graph, double alpha, int64_t n, const int64_t *node,
                      const uint32_t *place, active_matrix *out);
void active_matrix_free(active_matrix *matrix); /* a zeroed struct is fine */

/* Solves Q_SS x = b to all digits that x can hold, from the x given: corrections by sparse Cholesky (n < 2000) or conjugate
 * gradients, with residuals in extended precision. */
int active_matrix_solve(active_matrix *matrix, const double *b, double *x);

#endif
