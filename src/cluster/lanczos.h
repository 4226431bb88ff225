/* Lanczos for M = I + D^-1/2 A D^-1/2 (walk_matrix.h) on the complement of some known eigenvectors. */
#ifndef FRUGAL_CLUSTER_LANCZOS_H
#define FRUGAL_CLUSTER_LANCZOS_H

#include "walk_matrix.h"

/* Sums run over blocks of rows whatever the threads, so that no result depends on their number. */
enum { lanczos_block_rows = 512 };

/* Orthonormal basis Q of a Krylov space and T = Q'MQ. T is tridiagonal; after a restart its first `kept` rows are diagonal
 * (Ritz vectors) but for their couplings with row `kept`. */
typedef struct {
    const walk_matrix *matrix;
    int64_t n_locked;
    const double *locked; /* n_locked orthonormal vectors of n; the basis is orthogonal to them */
    /* largest number of basis vectors: the smaller of what was asked for and n - n_locked */
    int64_t capacity;
    int64_t size, kept;
    double *diagonal; /* T_ii */
    double *off;      /* i >= kept: T_{i,i+1}; i < kept: T_{i,kept}; off[size-1]: `length` */
    double length;    /* of the residual vector; 0: the space is complete */
    double *basis;    /* n * (size + 1): columns; the last is the residual vector, not scaled to length 1 */
    int64_t room;     /* columns that `basis` can hold */
    double *loss, *loss_before; /* estimates of q_i'q for the newest vector and the one before */
    bool again;                 /* the next vector is to be made orthogonal whatever the estimates say */
    double *scaled;             /* n: D^-1/2 times the newest vector */
    double *partial, *square;   /* sums of each block of rows */
    double *sum;                /* and of all: q'Mq and the components along the locked vectors */
    int64_t products;
} lanczos;

int lanczos_new(const walk_matrix *matrix, int64_t n_locked, const double *locked, int64_t capacity,
                lanczos *out);
void lanczos_free(lanczos *space);
/* Empties the basis and begins at the start vector less its components along the locked ones. FR_ENUMERIC if nothing is
 * left. */
int lanczos_begin(lanczos *space, const double *start);
/* One more basis vector (size < capacity, length > 0). */
int lanczos_step(lanczos *space);
/* out = Q y, y of `size` entries */
void lanczos_combine(const lanczos *space, const double *y, double *out);
/* The `count` largest eigenpairs of T, descending; vectors: size entries each. */
int lanczos_ritz(const lanczos *space, int64_t count, double *values, double *vectors);
/* The basis shrinks to `keep` Ritz vectors and the residual vector (thick restart; Wu, Simon, SIMAX 2000). */
int lanczos_restart(lanczos *space, int64_t keep);

/* An eigenpair of M, found as good as the tolerance asks for or not. */
typedef struct {
    double value, residual; /* ||M v - value v|| */
    int64_t products;
    bool converged;
} lanczos_pair;
/* The largest eigenvalue of M beside those of the locked vectors; `start` and `vector`: n entries. */
int lanczos_largest(const walk_matrix *matrix, int64_t n_locked, const double *locked, const double *start,
                    double tolerance, double *vector, lanczos_pair *out);
/* ||M x - value x|| for x of length 1, `value` being x'Mx; `scratch`: 2n. */
double lanczos_residual(const walk_matrix *matrix, const double *x, double *scratch, double *value);
/* Entries that make no difference to anything but are the same at every run: uniform in (-1, 1) times d^1/2. */
void lanczos_start(const walk_matrix *matrix, uint64_t stream, double *start);

#endif
