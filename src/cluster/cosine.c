/* Cosine distances of many sparse vectors. Every column lists the vectors that have it, so that vectors without a common column
 * cost nothing together. */
#include "agglomerate.h"

#include <math.h>
#include <string.h>

/* The entries by column, vectors ascending; values scaled so that vectors have length 1. */
typedef struct {
    int64_t *begin; /* columns + 1 */
    int64_t *vector;
    double *value;
} by_column;

static void by_column_free(by_column *lists)
{
    fr_free(lists->begin);
    fr_free(lists->vector);
    fr_free(lists->value);
}

static double length_of(const found_sets *vectors, const int64_t *size, int64_t i)
{
    double square = 0;
    for (int64_t k = 0; k < size[i]; k++)
        square += vectors->value[i][k] * vectors->value[i][k];
    return sqrt(square);
}

static int by_column_new(const found_sets *vectors, const int64_t *size, int64_t columns, by_column *out)
{
    int64_t entries = 0;
    int status = FR_OK;
    for (int64_t i = 0; i < vectors->count && status == FR_OK; i++)
        status = fr_size_add(entries, size[i], &entries);
    if (status != FR_OK) return status;
    *out = (by_column){fr_alloc(columns + 1, sizeof *out->begin), fr_alloc(entries, sizeof *out->vector),
                       fr_alloc(entries, sizeof *out->value)};
    if (out->begin == NULL || out->vector == NULL || out->value == NULL) {
        by_column_free(out);
        return FR_ENOMEM;
    }
    for (int64_t i = 0; i < vectors->count; i++)
        for (int64_t k = 0; k < size[i]; k++)
            out->begin[vectors->node[i][k] + 1]++;
    for (int64_t c = 0; c < columns; c++)
        out->begin[c + 1] += out->begin[c];
    for (int64_t i = 0; i < vectors->count; i++) { /* begin[c] runs to the end of list c ... */
        double length = length_of(vectors, size, i);
        for (int64_t k = 0; k < size[i]; k++) {
            int64_t at = out->begin[vectors->node[i][k]]++;
            out->vector[at] = i;
            out->value[at] = length > 0 ? vectors->value[i][k] / length : 0;
        }
    }
    memmove(out->begin + 1, out->begin, (size_t)columns * sizeof *out->begin); /* ... which begins the next */
    out->begin[0] = 0;
    return FR_OK;
}

/* Distances of vector i to those before it: the inner products are summed up column by column. */
static void distances_of(const found_sets *vectors, const int64_t *size, const by_column *lists, int64_t i,
                         double *distance)
{
    double length = length_of(vectors, size, i);
    for (int64_t k = 0; k < size[i] && length > 0; k++) {
        int64_t c = vectors->node[i][k];
        double value = vectors->value[i][k] / length;
        for (int64_t at = lists->begin[c]; at < lists->begin[c + 1] && lists->vector[at] < i; at++)
            distance[lists->vector[at]] += value * lists->value[at];
    }
    for (int64_t j = 0; j < i; j++)
        distance[j] = fmax(1 - distance[j], 0); /* below 0 by rounding only */
}

int cluster_cosine_distances(const found_sets *vectors, const int64_t *size, int64_t columns,
                             double **distance)
{
    by_column lists;
    *distance = NULL;
    int64_t n = vectors->count;
    int status = by_column_new(vectors, size, columns, &lists);
    if (status != FR_OK) return status;
    double *all = fr_alloc(n * (n - 1) / 2, sizeof *all);
    if (all != NULL) {
#pragma omp parallel for schedule(dynamic, 16) num_threads(fr_threads())
        for (int64_t i = 0; i < n; i++)
            distances_of(vectors, size, &lists, i, all + i * (i - 1) / 2);
    }
    *distance = all;
    by_column_free(&lists);
    return all != NULL ? FR_OK : FR_ENOMEM;
}
