/* The dense kernels of the supernodal factor. Those of the triangular solves work on rows that are dense, contiguous and a whole number of 8-double vectors long. `vectors` counts the 8-double vectors of a row that are worked
 * on; x is 64-byte aligned and `stride` a multiple of 8. Blocks of the factor are column-major with leading dimension ld. */
#ifndef FRUGAL_LINALG_ROWS_H
#define FRUGAL_LINALG_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* own (width rows) := G^-1 own, G the lower triangle of the block. */
void fr_rows_lower_solve(double *own, int64_t stride, int64_t vectors, const double *block, int64_t ld,
                         int64_t width);
/* own := G'^-1 own. */
void fr_rows_upper_solve(double *own, int64_t stride, int64_t vectors, const double *block, int64_t ld,
                         int64_t width);
/* x[rows[r]] -= sum_k block[r + k ld] own[k], r < count. */
void fr_rows_scatter_update(double *x, int64_t stride, int64_t vectors, const int64_t *rows, int64_t count,
                            const double *block, int64_t ld, const double *own, int64_t width);
/* own[k] -= sum_r block[r + k ld] x[rows[r]], r < count, k < width. */
void fr_rows_gather_update(double *own, int64_t stride, int64_t vectors, int64_t width, const double *block,
                           int64_t ld, const double *x, const int64_t *rows, int64_t count);

/* Cholesky of the first `width` rows of a narrow column-major block of `height` rows (lower triangle), and the solve for the
 * rows below; false if a pivot is not positive. */
bool fr_rows_factor_columns(double *block, int64_t height, int64_t width);
/* Lower triangle of B B' (count x count, column-major), B = count x width with leading dimension ld. */
void fr_rows_outer_product(const double *b, int64_t ld, int64_t count, int64_t width, double *out);

#endif
