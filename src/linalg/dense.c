/* Inverse and determinant of dense symmetric positive definite matrices. Up to a few hundred rows they come from symmetric
 * block sweeps: with J a block of 16 rows, P = A_JJ^-1 and C = A_:J,
 *   A := A - C P C' outside J,  A_:J := C P,  A_JJ := -P,
 * after which, for all blocks, A has become -A^-1. Every sweep is one rank-16 update of the lower triangle, which runs at
 * several times the speed of LAPACK's inversion at these sizes; beyond, LAPACK's Cholesky wins. */
#include <frugal/linalg.h>

#include "rows.h"

#include <core/for_each_cpu.h>

#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { block = 16, lanes = 8, largest_swept = 256 };

/* In place: -P^-1 of a small matrix by scalar sweeps, and its log determinant; false if a pivot is not positive. */
FR_FOR_EACH_CPU
static bool sweep_block(int64_t width, double p[block][block], double *log_det)
{
    for (int64_t k = 0; k < width; k++) {
        double pivot = p[k][k], column[block];
        if (!(pivot > 0 && isfinite(pivot))) return false;
        *log_det += log(pivot);
        double inverse = 1 / pivot;
        for (int64_t r = 0; r < width; r++)
            column[r] = p[r][k];
        for (int64_t r = 0; r < width; r++) {
            double factor = column[r] * inverse;
            for (int64_t c = 0; c < width; c++)
                p[r][c] -= factor * column[c];
        }
        for (int64_t r = 0; r < width; r++)
            p[r][k] = p[k][r] = column[r] * inverse;
        p[k][k] = -inverse;
    }
    return true;
}

/* Copies A_J: (width x n) from the lower triangle. */
static void gather(const double *a, int64_t stride, int64_t n, int64_t first, int64_t width, double *rows)
{
    for (int64_t k = 0; k < width; k++) {
        double *to = rows + k * stride;
        memcpy(to, a + (first + k) * stride, (size_t)(first + k + 1) * sizeof *to);
        for (int64_t r = first + k + 1; r < n; r++)
            to[r] = a[r * stride + first + k];
    }
}

static void scatter(double *a, int64_t stride, int64_t n, int64_t first, int64_t width, const double *product,
                    double p[block][block])
{
    for (int64_t k = 0; k < width; k++) {
        double *own = a + (first + k) * stride;
        memcpy(own, product + k * stride, (size_t)first * sizeof *own);
        memcpy(own + first, p[k], (size_t)(k + 1) * sizeof *own);
        for (int64_t r = first + width; r < n; r++)
            a[r * stride + first + k] = product[k * stride + r];
    }
}

static bool sweep(int64_t n, double *a, int64_t stride, double *log_det)
{
    static const int64_t rows[block] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    double c[block * largest_swept] __attribute__((aligned(64)));
    double product[block * largest_swept] __attribute__((aligned(64)));
    memset(c, 0, (size_t)(block * stride) * sizeof *c);
    for (int64_t first = 0; first < n; first += block) {
        int64_t width = n - first < block ? n - first : block;
        double p[block][block];
        gather(a, stride, n, first, width, c);
        for (int64_t r = 0; r < width; r++)
            memcpy(p[r], c + r * stride + first, (size_t)width * sizeof(double));
        if (!sweep_block(width, p, log_det)) return false;
        memset(product, 0, (size_t)(width * stride) * sizeof *product);
        /* p is -P: product = P C' = -(p C'), and A - C P C' = A + C p C' */
        fr_rows_scatter_update(product, stride, stride / lanes, rows, width, &p[0][0], block, c, width);
        for (int64_t top = 0; top < n; top += block) {
            int64_t height = n - top < block ? n - top : block;
            fr_rows_scatter_update(a + top * stride, stride, (top + height + lanes - 1) / lanes, rows, height,
                                   product + top, stride, c, width);
        }
        scatter(a, stride, n, first, width, product, p);
    }
    return true;
}

int fr_spd_invert(int64_t n, double *a, int64_t stride, double *log_det)
{
    bool fine = true;
    double sign = 1;
    *log_det = 0;
    if (n <= largest_swept && stride <= largest_swept && stride % lanes == 0) {
        fine = sweep(n, a, stride, log_det);
        sign = -1;
    } else {
        lapack_int rows = (lapack_int)n, leading = (lapack_int)stride;
        fine = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', rows, a, leading) ==
               0; /* column-major upper: our lower triangle */
        for (int64_t k = 0; fine && k < n; k++)
            *log_det += 2 * log(a[k * stride + k]);
        fine = fine && LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'U', rows, a, leading) == 0;
    }
    if (!fine || !isfinite(*log_det))
        return fr_fail(FR_ENUMERIC, "a matrix of %lld rows is not positive definite", (long long)n);
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c <= r; c++)
            a[c * stride + r] = a[r * stride + c] = sign * a[r * stride + c];
    return FR_OK;
}
