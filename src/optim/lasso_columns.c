/* Products with columns. Several sums run side by side: one alone would wait for itself. */
#include "lasso_columns.h"

#include <core/for_each_cpu.h>

#include <math.h>

FR_FOR_EACH_CPU
static double dot(int64_t n, const double *a, const double *b)
{
    int64_t quarter = n / 32 * 8;
    const double *a1 = a + quarter, *a2 = a1 + quarter, *a3 = a2 + quarter;
    const double *b1 = b + quarter, *b2 = b1 + quarter, *b3 = b2 + quarter;
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
    for (int64_t k = 0; k < quarter; k++) {
        s0 += a[k] * b[k];
        s1 += a1[k] * b1[k];
        s2 += a2[k] * b2[k];
        s3 += a3[k] * b3[k];
    }
#pragma omp simd reduction(+ : s0)
    for (int64_t k = 4 * quarter; k < n; k++)
        s0 += a[k] * b[k];
    return (s0 + s1) + (s2 + s3);
}

FR_FOR_EACH_CPU
static void two_dots(int64_t n, const double *a, const double *v, const double *w, double *av, double *aw)
{
    int64_t half = n / 16 * 8;
    double v0 = 0, v1 = 0, w0 = 0, w1 = 0;
#pragma omp simd reduction(+ : v0, v1, w0, w1)
    for (int64_t k = 0; k < half; k++) {
        v0 += a[k] * v[k];
        w0 += a[k] * w[k];
        v1 += a[half + k] * v[half + k];
        w1 += a[half + k] * w[half + k];
    }
#pragma omp simd reduction(+ : v0, w0)
    for (int64_t k = 2 * half; k < n; k++) {
        v0 += a[k] * v[k];
        w0 += a[k] * w[k];
    }
    *av = v0 + v1;
    *aw = w0 + w1;
}

FR_FOR_EACH_CPU
static void add(int64_t n, double factor, const double *a, double *restrict to)
{
#pragma omp simd
    for (int64_t k = 0; k < n; k++)
        to[k] += factor * a[k];
}

FR_FOR_EACH_CPU
static double squared_distance(int64_t n, const double *v, const double *w)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t k = 0; k < n; k++)
        sum += (v[k] - w[k]) * (v[k] - w[k]);
    return sum;
}

FR_FOR_EACH_CPU
void lasso_loosen(int64_t p, double moved, const double *norm, double *restrict bound)
{
#pragma omp simd
    for (int64_t j = 0; j < p; j++)
        bound[j] += moved * norm[j];
}

double lasso_dot(const lasso_columns *columns, int64_t j, const double *v)
{
    double sum = dot(columns->n, columns->x + j * columns->stride, v);
    return columns->last == NULL ? sum : sum + columns->last[j] * v[columns->n];
}

void lasso_two_dots(const lasso_columns *columns, int64_t j, const double *v, const double *w,
                    double *product_v, double *product_w)
{
    two_dots(columns->n, columns->x + j * columns->stride, v, w, product_v, product_w);
    if (columns->last == NULL) return;
    *product_v += columns->last[j] * v[columns->n];
    *product_w += columns->last[j] * w[columns->n];
}

void lasso_add(const lasso_columns *columns, int64_t j, double a, double *v)
{
    add(columns->n, a, columns->x + j * columns->stride, v);
    if (columns->last != NULL) v[columns->n] += a * columns->last[j];
}

double lasso_norm(int64_t n, const double *v)
{
    return sqrt(dot(n, v, v));
}

double lasso_distance(int64_t n, const double *v, const double *w)
{
    return sqrt(squared_distance(n, v, w));
}
