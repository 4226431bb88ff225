/* Cholesky by rows: a new row of L is L^-1 a, a lost one is made up for by a rank-one update of what lies below (Gill,
 * Golub, Murray, Saunders, Mathematics of Computation 28, 1974). */
#include "lasso_factor.h"

#include <core/for_each_cpu.h>

#include <math.h>
#include <string.h>

void lasso_factor_free(lasso_factor *factor)
{
    fr_free(factor->rows);
    fr_free(factor->scratch);
    *factor = (lasso_factor){0};
}

int lasso_factor_reserve(lasso_factor *factor, int64_t capacity)
{
    if (capacity <= factor->capacity) return FR_OK;
    capacity = (capacity + 7) / 8 * 8;
    if (capacity < 2 * factor->capacity) capacity = 2 * factor->capacity;
    int64_t cells;
    int status = fr_size_mul(capacity, capacity, &cells);
    if (status != FR_OK) return status;
    double *rows = fr_alloc(cells, sizeof *rows), *scratch = fr_alloc(2 * capacity, sizeof *scratch);
    if (rows == NULL || scratch == NULL) {
        fr_free(rows);
        fr_free(scratch);
        return FR_ENOMEM;
    }
    for (int64_t i = 0; i < factor->n; i++)
        memcpy(rows + i * capacity, factor->rows + i * factor->capacity, (size_t)(i + 1) * sizeof *rows);
    fr_free(factor->rows);
    fr_free(factor->scratch);
    factor->rows = rows, factor->scratch = scratch, factor->capacity = capacity;
    return FR_OK;
}

int lasso_factor_copy(const lasso_factor *from, lasso_factor *to)
{
    to->n = 0;
    int status = lasso_factor_reserve(to, from->n);
    if (status != FR_OK) return status;
    to->n = from->n;
    for (int64_t i = 0; i < to->n; i++)
        memcpy(to->rows + i * to->capacity, from->rows + i * from->capacity,
               (size_t)(i + 1) * sizeof *to->rows);
    return FR_OK;
}

/* x := L^-1 x */
FR_FOR_EACH_CPU
static void forward(int64_t n, int64_t capacity, const double *rows, double *restrict x)
{
    for (int64_t i = 0; i < n; i++) {
        const double *row = rows + i * capacity;
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t k = 0; k < i; k++)
            sum += row[k] * x[k];
        x[i] = (x[i] - sum) / row[i];
    }
}

/* x := L'^-1 x */
FR_FOR_EACH_CPU
static void backward(int64_t n, int64_t capacity, const double *rows, double *restrict x)
{
    for (int64_t i = n - 1; i >= 0; i--) {
        const double *row = rows + i * capacity;
        double value = x[i] / row[i];
        x[i] = value;
#pragma omp simd
        for (int64_t k = 0; k < i; k++)
            x[k] -= value * row[k];
    }
}

void lasso_factor_back(const lasso_factor *factor, double *x)
{
    backward(factor->n, factor->capacity, factor->rows, x);
}

void lasso_factor_solve(const lasso_factor *factor, double *x)
{
    forward(factor->n, factor->capacity, factor->rows, x);
    backward(factor->n, factor->capacity, factor->rows, x);
}

int lasso_factor_append(lasso_factor *factor, double *product, double diagonal, double least, bool *accepted)
{
    int64_t n = factor->n;
    *accepted = false;
    int status = lasso_factor_reserve(factor, n + 1);
    if (status != FR_OK) return status;
    forward(n, factor->capacity, factor->rows, product);
    double schur = diagonal;
    for (int64_t k = 0; k < n; k++)
        schur -= product[k] * product[k];
    if (!(schur >= least && schur > 0)) return FR_OK;
    double *row = factor->rows + n * factor->capacity;
    memcpy(row, product, (size_t)n * sizeof *row);
    row[n] = sqrt(schur);
    factor->n++;
    *accepted = true;
    return FR_OK;
}

/* A += v v' on the rows and columns from `first` on, row by row: rotation k = (cosine, sine) turns the pair (L_ik, v_i)
 * of every row i >= k; v_k becomes the tangent that later rows need. */
static void add_from(lasso_factor *factor, int64_t first, double *v)
{
    double *cosine = factor->scratch;
    for (int64_t i = first; i < factor->n; i++) {
        double *row = factor->rows + i * factor->capacity, rest = v[i];
        for (int64_t k = first; k < i; k++) {
            double turned = cosine[k] * row[k] + v[k] * rest;
            rest = cosine[k] * rest - v[k] * row[k];
            row[k] = turned;
        }
        double length = sqrt(row[i] * row[i] + rest * rest);
        cosine[i] = row[i] / length;
        v[i] = rest / length;
        row[i] = length;
    }
}

void lasso_factor_add(lasso_factor *factor, double *v)
{
    add_from(factor, 0, v);
}

void lasso_factor_drop(lasso_factor *factor, int64_t k)
{
    int64_t n = --factor->n, capacity = factor->capacity;
    double *lost = factor->scratch + capacity;
    for (int64_t i = k; i < n; i++) {
        double *to = factor->rows + i * capacity;
        const double *from = to + capacity;
        lost[i] = from[k];
        memcpy(to, from, (size_t)k * sizeof *to);
        memcpy(to + k, from + k + 1, (size_t)(i + 1 - k) * sizeof *to);
    }
    add_from(factor, k, lost);
}
