/* Small dense linear algebra in plain loops: what the fast formulas are checked against. Matrices are row-major without
 * padding; a failed allocation ends the program. */
#ifndef FRUGAL_TESTS_DENSE_H
#define FRUGAL_TESTS_DENSE_H

#include <frugal/feems.h>

/* Zeroed; free with free(). */
double *dense_new(int64_t rows, int64_t columns);
/* out = a (n x k) * b (k x m). */
void dense_multiply(int64_t n, int64_t k, int64_t m, const double *a, const double *b, double *out);
/* In place: the inverse of an n x n matrix; returns log |det|. */
double dense_invert(int64_t n, double *matrix);
/* The part of an n x n matrix with the given rows and columns. */
double *dense_part(int64_t n, const double *matrix, int64_t n_rows, const int64_t *rows, int64_t n_columns,
                   const int64_t *columns);
double dense_largest(int64_t count, const double *values);

/* Laplacian of a weighted graph, and its Moore-Penrose inverse (connected graphs). */
double *dense_laplacian(const fr_feems_graph *graph, const double *weights);
double *dense_pseudo_inverse(const fr_feems_graph *graph, const double *weights);

#endif
