/* Small matrix products on rows that are dense, contiguous and a whole number of 8-double vectors long: the four steps of
 * a supernodal triangular solve with many right-hand sides. `vectors` counts the 8-double vectors of a row that are worked
 * on; x is 64-byte aligned and `stride` a multiple of 8. Blocks of the factor are column-major with leading dimension ld. */
#ifndef FRUGAL_LINALG_ROWS_H
#define FRUGAL_LINALG_ROWS_H

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

#endif
