/* Symmetric rows to a finished graph: zeros out, degrees, sums, and no weights where all are one. */
#include "graph_rows.h"

#include <math.h>

/* Moves everything forward over entries of weight zero. */
static int64_t drop_zeros(graph_rows *rows)
{
    int64_t to = 0, count = rows->row[rows->n];
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t from = rows->row[i];
        rows->row[i] = to;
        for (; from < rows->row[i + 1]; from++) {
            if (rows->weight[from] == 0) continue;
            rows->neighbour[to] = rows->neighbour[from];
            rows->weight[to++] = rows->weight[from];
        }
    }
    rows->row[rows->n] = to;
    return count - to;
}

void graph_weight_range(int64_t count, const double *weight, double *least, double *most)
{
    double low = INFINITY, high = 0;
#pragma omp parallel for num_threads(graph_rows_threads(count)) reduction(min : low) reduction(max : high)
    for (int64_t k = 0; k < count; k++) {
        low = weight[k] < low ? weight[k] : low;
        high = weight[k] > high ? weight[k] : high;
    }
    *least = count > 0 ? low : 0;
    *most = high;
}

int64_t graph_count_loops(int64_t n, const int64_t *row, const uint32_t *neighbour)
{
    int64_t loops = 0;
#pragma omp parallel for num_threads(graph_rows_threads(row[n])) reduction(+ : loops) schedule(static)
    for (int64_t i = 0; i < n; i++) {
        int64_t low = row[i], high = row[i + 1];
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (neighbour[middle] < i)
                low = middle + 1;
            else
                high = middle;
        }
        loops += low < row[i + 1] && neighbour[low] == i;
    }
    return loops;
}

double graph_sum_degrees(int64_t n, const int64_t *row, const double *weight, double *degree)
{
#pragma omp parallel for num_threads(graph_rows_threads(row[n])) schedule(static)
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t k = row[i]; k < row[i + 1]; k++)
            sum += weight[k];
        degree[i] = sum;
    }
    double volume = 0,
           lost = 0; /* Neumaier's compensation: right to the last digits for any number of nodes */
    for (int64_t i = 0; i < n; i++) {
        double sum = volume + degree[i];
        lost += volume >= degree[i] ? (volume - sum) + degree[i] : (degree[i] - sum) + volume;
        volume = sum;
    }
    return volume + lost;
}

/* Gives back room behind the last arc where it is worth it. */
static void shrink(graph_rows *rows)
{
    int64_t count = rows->row[rows->n];
    if (rows->room - count <= rows->room / 16) return;
    uint32_t *neighbour = fr_realloc(rows->neighbour, count, sizeof *neighbour);
    if (neighbour != NULL) rows->neighbour = neighbour;
    double *weight = rows->weight != NULL ? fr_realloc(rows->weight, count, sizeof *weight) : NULL;
    if (weight != NULL) rows->weight = weight;
}

int graph_rows_take(graph_rows *rows, const char *file, fr_graph *out, int64_t *dropped_zeros)
{
    *dropped_zeros = 0;
    double least = 1, most = 1;
    if (rows->weight != NULL) {
        graph_weight_range(rows->row[rows->n], rows->weight, &least, &most);
        if (least == 0) {
            *dropped_zeros = drop_zeros(rows);
            graph_weight_range(rows->row[rows->n], rows->weight, &least, &most);
        }
    }
    int64_t n = rows->n, n_arcs = rows->row[n];
    if (n_arcs == 0) least = most = 0;
    if (n_arcs == 0 || (least == 1 && most == 1)) {
        fr_free(rows->weight);
        rows->weight = NULL;
    }
    shrink(rows);
    graph_owned *owned = fr_alloc(1, sizeof *owned);
    double *degree = rows->weight != NULL ? fr_alloc(n, sizeof *degree) : NULL;
    double volume = (double)n_arcs;
    int status = owned == NULL || (rows->weight != NULL && degree == NULL) ? FR_ENOMEM : FR_OK;
    if (status == FR_OK && degree != NULL) {
        volume = graph_sum_degrees(n, rows->row, rows->weight, degree);
        if (!isfinite(volume))
            status = fr_fail(FR_EINPUT, "%s: the sum of all weights is beyond the range of numbers", file);
    }
    if (status != FR_OK) {
        fr_free(owned);
        fr_free(degree);
        return status;
    }
    *owned = (graph_owned){
        .row = rows->row, .neighbour = rows->neighbour, .weight = rows->weight, .degree = degree};
    *out = (fr_graph){.n = n,
                      .n_arcs = n_arcs,
                      .n_loops = graph_count_loops(n, rows->row, rows->neighbour),
                      .row = rows->row,
                      .neighbour = rows->neighbour,
                      .weight = rows->weight,
                      .degree = degree,
                      .volume = volume,
                      .min_weight = least,
                      .max_weight = most,
                      .trusted = true,
                      .owned = owned};
    *rows = (graph_rows){0};
    return FR_OK;
}

int graph_hand_over_names(graph_names *names, fr_graph *graph)
{
    graph_owned *owned = graph->owned;
    char *bytes = fr_realloc(names->bytes, names->bytes_used, 1);
    if (bytes == NULL) return FR_ENOMEM;
    names->bytes = bytes;
    int64_t *offset = fr_realloc(names->offset, names->count + 1, sizeof *offset);
    if (offset == NULL) return FR_ENOMEM;
    graph->name_offset = owned->name_offset = offset;
    graph->name_bytes = owned->name_bytes = bytes;
    owned->name_size = names->bytes_used;
    names->offset = NULL;
    names->bytes = NULL;
    graph_names_free(names);
    return FR_OK;
}
