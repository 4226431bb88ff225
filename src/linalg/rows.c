/* Row kernels of the supernodal solves. Each works on tiles of 4 rows by 2 vectors of 8 doubles held in registers, so that
 * a factor entry is loaded once per tile; compiled for AVX-512, AVX2 and the baseline, chosen when the program starts. */
#include "rows.h"

#include <core/for_each_cpu.h>

#include <math.h>

typedef double vector __attribute__((vector_size(64), aligned(64), may_alias));

static inline const vector *row_at(const double *x, int64_t row, int64_t stride)
{
    return (const vector *)(x + row * stride);
}

static inline vector *row_in(double *x, int64_t row, int64_t stride)
{
    return (vector *)(x + row * stride);
}

FR_FOR_EACH_CPU
void fr_rows_lower_solve(double *own, int64_t stride, int64_t vectors, const double *block, int64_t ld,
                         int64_t width)
{
    for (int64_t k = 0; k < width; k++) {
        vector *target = row_in(own, k, stride);
        double inverse = 1.0 / block[k + k * ld];
        for (int64_t v = 0; v < vectors; v++) {
            vector sum = target[v];
            for (int64_t l = 0; l < k; l++)
                sum -= block[k + l * ld] * row_at(own, l, stride)[v];
            target[v] = sum * inverse;
        }
    }
}

FR_FOR_EACH_CPU
void fr_rows_upper_solve(double *own, int64_t stride, int64_t vectors, const double *block, int64_t ld,
                         int64_t width)
{
    for (int64_t k = width - 1; k >= 0; k--) {
        vector *target = row_in(own, k, stride);
        double inverse = 1.0 / block[k + k * ld];
        for (int64_t v = 0; v < vectors; v++) {
            vector sum = target[v];
            for (int64_t l = k + 1; l < width; l++)
                sum -= block[l + k * ld] * row_at(own, l, stride)[v];
            target[v] = sum * inverse;
        }
    }
}

FR_FOR_EACH_CPU
void fr_rows_scatter_update(double *x, int64_t stride, int64_t vectors, const int64_t *rows, int64_t count,
                            const double *block, int64_t ld, const double *own, int64_t width)
{
    int64_t r = 0;
    for (; r + 4 <= count; r += 4) {
        vector *t0 = row_in(x, rows[r], stride), *t1 = row_in(x, rows[r + 1], stride);
        vector *t2 = row_in(x, rows[r + 2], stride), *t3 = row_in(x, rows[r + 3], stride);
        int64_t v = 0;
        for (; v + 2 <= vectors; v += 2) {
            vector a0 = t0[v], a1 = t1[v], a2 = t2[v], a3 = t3[v];
            vector b0 = t0[v + 1], b1 = t1[v + 1], b2 = t2[v + 1], b3 = t3[v + 1];
            for (int64_t k = 0; k < width; k++) {
                const vector *from = row_at(own, k, stride);
                const double *g = block + r + k * ld;
                vector f = from[v], h = from[v + 1];
                a0 -= g[0] * f, a1 -= g[1] * f, a2 -= g[2] * f, a3 -= g[3] * f;
                b0 -= g[0] * h, b1 -= g[1] * h, b2 -= g[2] * h, b3 -= g[3] * h;
            }
            t0[v] = a0, t1[v] = a1, t2[v] = a2, t3[v] = a3;
            t0[v + 1] = b0, t1[v + 1] = b1, t2[v + 1] = b2, t3[v + 1] = b3;
        }
        for (; v < vectors; v++) {
            vector a0 = t0[v], a1 = t1[v], a2 = t2[v], a3 = t3[v];
            for (int64_t k = 0; k < width; k++) {
                const double *g = block + r + k * ld;
                vector f = row_at(own, k, stride)[v];
                a0 -= g[0] * f, a1 -= g[1] * f, a2 -= g[2] * f, a3 -= g[3] * f;
            }
            t0[v] = a0, t1[v] = a1, t2[v] = a2, t3[v] = a3;
        }
    }
    for (; r < count; r++) {
        vector *target = row_in(x, rows[r], stride);
        for (int64_t v = 0; v < vectors; v++) {
            vector sum = target[v];
            for (int64_t k = 0; k < width; k++)
                sum -= block[r + k * ld] * row_at(own, k, stride)[v];
            target[v] = sum;
        }
    }
}

FR_FOR_EACH_CPU
void fr_rows_gather_update(double *own, int64_t stride, int64_t vectors, int64_t width, const double *block,
                           int64_t ld, const double *x, const int64_t *rows, int64_t count)
{
    int64_t k = 0;
    for (; k + 4 <= width; k += 4) {
        vector *t0 = row_in(own, k, stride), *t1 = row_in(own, k + 1, stride);
        vector *t2 = row_in(own, k + 2, stride), *t3 = row_in(own, k + 3, stride);
        const double *g0 = block + k * ld, *g1 = g0 + ld, *g2 = g1 + ld, *g3 = g2 + ld;
        int64_t v = 0;
        for (; v + 2 <= vectors; v += 2) {
            vector a0 = t0[v], a1 = t1[v], a2 = t2[v], a3 = t3[v];
            vector b0 = t0[v + 1], b1 = t1[v + 1], b2 = t2[v + 1], b3 = t3[v + 1];
            for (int64_t r = 0; r < count; r++) {
                const vector *from = row_at(x, rows[r], stride);
                vector f = from[v], h = from[v + 1];
                a0 -= g0[r] * f, a1 -= g1[r] * f, a2 -= g2[r] * f, a3 -= g3[r] * f;
                b0 -= g0[r] * h, b1 -= g1[r] * h, b2 -= g2[r] * h, b3 -= g3[r] * h;
            }
            t0[v] = a0, t1[v] = a1, t2[v] = a2, t3[v] = a3;
            t0[v + 1] = b0, t1[v + 1] = b1, t2[v + 1] = b2, t3[v + 1] = b3;
        }
        for (; v < vectors; v++) {
            vector a0 = t0[v], a1 = t1[v], a2 = t2[v], a3 = t3[v];
            for (int64_t r = 0; r < count; r++) {
                vector f = row_at(x, rows[r], stride)[v];
                a0 -= g0[r] * f, a1 -= g1[r] * f, a2 -= g2[r] * f, a3 -= g3[r] * f;
            }
            t0[v] = a0, t1[v] = a1, t2[v] = a2, t3[v] = a3;
        }
    }
    for (; k < width; k++) {
        vector *target = row_in(own, k, stride);
        const double *g = block + k * ld;
        for (int64_t v = 0; v < vectors; v++) {
            vector sum = target[v];
            for (int64_t r = 0; r < count; r++)
                sum -= g[r] * row_at(x, rows[r], stride)[v];
            target[v] = sum;
        }
    }
}

FR_FOR_EACH_CPU
bool fr_rows_factor_columns(double *block, int64_t height, int64_t width)
{
    for (int64_t c = 0; c < width; c++) {
        double *column = block + c * height;
        for (int64_t k = 0; k < c; k++) {
            const double *before = block + k * height;
            double factor = before[c];
#pragma omp simd
            for (int64_t r = c; r < height; r++)
                column[r] -= factor * before[r];
        }
        if (!(column[c] > 0 && isfinite(column[c]))) return false;
        double inverse = 1 / sqrt(column[c]);
#pragma omp simd
        for (int64_t r = c; r < height; r++)
            column[r] *= inverse;
    }
    return true;
}

FR_FOR_EACH_CPU
void fr_rows_outer_product(const double *b, int64_t ld, int64_t count, int64_t width, double *out)
{
    for (int64_t c = 0; c < count; c++) {
        double *column = out + c * count;
        int64_t k = 0;
        for (int64_t r = c; r < count; r++)
            column[r] = 0;
        for (; k + 4 <= width; k += 4) {
            const double *b0 = b + k * ld, *b1 = b0 + ld, *b2 = b1 + ld, *b3 = b2 + ld;
            double f0 = b0[c], f1 = b1[c], f2 = b2[c], f3 = b3[c];
#pragma omp simd
            for (int64_t r = c; r < count; r++)
                column[r] += f0 * b0[r] + f1 * b1[r] + f2 * b2[r] + f3 * b3[r];
        }
        for (; k < width; k++) {
            const double *b0 = b + k * ld;
            double f0 = b0[c];
#pragma omp simd
            for (int64_t r = c; r < count; r++)
                column[r] += f0 * b0[r];
        }
    }
}
