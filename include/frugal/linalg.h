/* frugal/linalg.h: sparse elimination on graphs, and small dense inverses. */
#ifndef FRUGAL_LINALG_H
#define FRUGAL_LINALG_H

#include <frugal/core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- dense matrices --------------------------------------------------------------------------------------------------------- */

/* Inverse in place and log determinant of a symmetric positive definite matrix: n rows of `stride` doubles, of which the lower
 * triangle is read and both are written; 64-byte aligned with stride a multiple of 8 for speed, padding zero. FR_ENUMERIC if
 * the matrix is not positive definite (its contents are lost). */
int fr_spd_invert(int64_t n, double *a, int64_t stride, double *log_det);

/* ---- Kron reduction of a weighted graph ----------------------------------------------------------------------------------- *
 * The Laplacian L(w) of a graph on n nodes, reduced onto o kept nodes: with u the eliminated nodes,
 *   K = L_oo - L_ou L_uu^-1 L_uo      (o x o, itself a Laplacian),
 *   H = [I; -L_uu^-1 L_uo]            (n x o harmonic extension; rows sum to 1).
 * The fill-reducing order and the pattern of the factor are found once; each new set of weights costs a numeric
 * factorisation and o triangular solves. Every component of the graph must hold a kept node. */

typedef struct fr_kron fr_kron;

/* i, j: end nodes of the m edges (0-based, i != j, no duplicates). kept: o distinct nodes. Nothing is borrowed. */
int fr_kron_new(int64_t n, int64_t m, const int64_t *i, const int64_t *j, int64_t o, const int64_t *kept,
                fr_kron **out);
void fr_kron_free(fr_kron *kron);

/* Numeric step for weights w > 0 (m): fills K (o rows of fr_kron_stride doubles, row-major, padding zero).
 * FR_ENUMERIC if the factorisation breaks down. */
int fr_kron_factor(fr_kron *kron, const double *weights, double *reduced);

/* H of the last fr_kron_factor: n rows of fr_kron_stride doubles (the first o matter, padding zero). Rows come in
 * elimination order, then the kept nodes: fr_kron_row gives the row of a node. Valid until the next fr_kron_factor. */
const double *fr_kron_extension(const fr_kron *kron);
int64_t fr_kron_row(const fr_kron *kron, int64_t node);
int64_t fr_kron_eliminated(const fr_kron *kron); /* n - o: the first rows of H */
int64_t fr_kron_stride(const fr_kron *kron);     /* o rounded up to a multiple of 8 */
int64_t fr_kron_nonzeros(const fr_kron *kron);   /* stored entries of the factor of L_uu */

/* x_u := -L_uu^-1 L_uo x_o, the harmonic extension of the kept rows of x: x has n rows (elimination order, then the kept nodes)
 * of `stride` doubles, stride a multiple of 8, 64-byte aligned. For the weights of the last fr_kron_factor. */
void fr_kron_extend(const fr_kron *kron, double *x, int64_t stride);
/* x_u := L_uu^-1 x_u for `columns` right-hand sides: x has n - o rows (elimination order) of `stride` doubles, stride a
 * multiple of 8 not below `columns`, 64-byte aligned. */
void fr_kron_solve(const fr_kron *kron, double *x, int64_t stride);

#ifdef __cplusplus
}
#endif
#endif
