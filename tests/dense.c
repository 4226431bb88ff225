#include "dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double *dense_new(int64_t rows, int64_t columns)
{
    double *matrix = calloc((size_t)(rows * columns + 1), sizeof *matrix);
    if (matrix == NULL) abort();
    return matrix;
}

void dense_multiply(int64_t n, int64_t k, int64_t m, const double *a, const double *b, double *out)
{
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < m; c++) {
            double sum = 0;
            for (int64_t s = 0; s < k; s++)
                sum += a[r * k + s] * b[s * m + c];
            out[r * m + c] = sum;
        }
}

static void swap_rows(int64_t n, double *matrix, int64_t a, int64_t b)
{
    for (int64_t c = 0; c < n; c++) {
        double kept = matrix[a * n + c];
        matrix[a * n + c] = matrix[b * n + c];
        matrix[b * n + c] = kept;
    }
}

/* Gauss-Jordan elimination with partial pivoting, beside an identity that becomes the inverse. */
double dense_invert(int64_t n, double *matrix)
{
    double *inverse = dense_new(n, n), log_det = 0;
    for (int64_t k = 0; k < n; k++)
        inverse[k * n + k] = 1;
    for (int64_t k = 0; k < n; k++) {
        int64_t pivot = k;
        for (int64_t r = k + 1; r < n; r++)
            if (fabs(matrix[r * n + k]) > fabs(matrix[pivot * n + k])) pivot = r;
        swap_rows(n, matrix, k, pivot);
        swap_rows(n, inverse, k, pivot);
        double scale = matrix[k * n + k];
        log_det += log(fabs(scale));
        for (int64_t c = 0; c < n; c++) {
            matrix[k * n + c] /= scale;
            inverse[k * n + c] /= scale;
        }
        for (int64_t r = 0; r < n; r++) {
            double factor = matrix[r * n + k];
            if (r == k || factor == 0) continue;
            for (int64_t c = 0; c < n; c++) {
                matrix[r * n + c] -= factor * matrix[k * n + c];
                inverse[r * n + c] -= factor * inverse[k * n + c];
            }
        }
    }
    memcpy(matrix, inverse, (size_t)(n * n) * sizeof *matrix);
    free(inverse);
    return log_det;
}

double *dense_part(int64_t n, const double *matrix, int64_t n_rows, const int64_t *rows, int64_t n_columns,
                   const int64_t *columns)
{
    double *part = dense_new(n_rows, n_columns);
    for (int64_t r = 0; r < n_rows; r++)
        for (int64_t c = 0; c < n_columns; c++)
            part[r * n_columns + c] = matrix[rows[r] * n + columns[c]];
    return part;
}

double dense_largest(int64_t count, const double *values)
{
    double largest = 0;
    for (int64_t k = 0; k < count; k++)
        largest = fmax(largest, fabs(values[k]));
    return largest;
}

double *dense_laplacian(const fr_feems_graph *graph, const double *weights)
{
    int64_t n = graph->n_nodes;
    double *laplacian = dense_new(n, n);
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        laplacian[i * n + i] += weights[e];
        laplacian[j * n + j] += weights[e];
        laplacian[i * n + j] -= weights[e];
        laplacian[j * n + i] -= weights[e];
    }
    return laplacian;
}

/* L^+ = (L + 11'/n)^-1 - 11'/n. */
double *dense_pseudo_inverse(const fr_feems_graph *graph, const double *weights)
{
    int64_t n = graph->n_nodes;
    double *matrix = dense_laplacian(graph, weights);
    for (int64_t k = 0; k < n * n; k++)
        matrix[k] += 1.0 / (double)n;
    dense_invert(n, matrix);
    for (int64_t k = 0; k < n * n; k++)
        matrix[k] -= 1.0 / (double)n;
    return matrix;
}
