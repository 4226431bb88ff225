/* Sparse Cholesky factor G of a symmetric positive definite matrix, in supernodes: runs of columns with one pattern, each a
 * dense column-major block. CHOLMOD finds the pattern; factorising and solving are ours, because for the same small matrix
 * over and over its general path costs several times the arithmetic. */
#ifndef FRUGAL_LINALG_SUPERNODAL_H
#define FRUGAL_LINALG_SUPERNODAL_H

#include <frugal/core.h>

typedef struct {
    int64_t n, n_super, size; /* columns, supernodes, doubles in `value` */
    int64_t *first;           /* n_super + 1: first column of each supernode */
    int64_t *rows_start;      /* n_super + 1: its rows in `rows`; the first ones are its own columns */
    int64_t *block_start;     /* n_super + 1: its block in `value`, as many rows as listed, column-major */
    int64_t *rows;
    int64_t *super_of; /* n: supernode of a column */
    double *value;     /* entries of the matrix in its lower triangle on entry of _factor; G after it */
    double *update;    /* scratch: the largest square below a diagonal block */
    int64_t *place;    /* scratch: n */
} fr_supernodal;

/* Pattern of the factor of the n x n matrix with nonzeros (i[e], j[e]), i != j, and the diagonal. permutation (n) gets the
 * fill-reducing order: row k of the factor is row permutation[k] of the matrix. */
int fr_supernodal_new(int64_t n, int64_t m, const int64_t *i, const int64_t *j, int64_t *permutation,
                      fr_supernodal *out);
void fr_supernodal_free(fr_supernodal *factor);
/* Place in `value` of entry (row, column) of the permuted matrix, row >= column, which must be part of the pattern. */
int64_t fr_supernodal_entry(const fr_supernodal *factor, int64_t row, int64_t column);
/* Factorises in place what `value` holds. FR_ENUMERIC if the matrix is not positive definite. */
int fr_supernodal_factor(fr_supernodal *factor);
/* Columns [first, last) of a right-hand side, in vectors of 8, where it may differ from zero. */
typedef struct {
    int32_t first, last;
} fr_span;

/* Widens the spans (n_super), which say where the right-hand side's rows in each supernode are not zero, to where the forward
 * substitution makes them so. */
void fr_supernodal_spread(const fr_supernodal *factor, fr_span *spans);

/* x := (G G')^-1 x in columns from..to-1 (multiples of 8) of x: n rows of `stride` doubles, 64-byte aligned. `spans` after
 * _spread save work in the forward substitution; NULL: x may be anything. */
void fr_supernodal_solve(const fr_supernodal *factor, double *x, int64_t stride, int64_t from, int64_t to,
                         const fr_span *spans);

#endif
