/* M = I + D^-1/2 A D^-1/2 restricted to a list of nodes, and its rows times a vector. */
#include "walk_matrix.h"

#include <math.h>
#include <string.h>

void walk_matrix_free(walk_matrix *matrix)
{
    fr_free(matrix->scale);
    for (int k = 0; k < 3; k++)
        fr_free(matrix->owned[k]);
    memset(matrix, 0, sizeof *matrix);
}

static int64_t arcs_among(const fr_graph *graph, int64_t count, const int64_t *nodes, const uint32_t *index)
{
    int64_t arcs = 0;
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = graph->row[nodes[i]]; k < graph->row[nodes[i] + 1]; k++)
            arcs += index[graph->neighbour[k]] != 0;
    return arcs;
}

/* Copies the arcs among the nodes, renumbered by the index. */
static int copy_arcs(const fr_graph *graph, int64_t count, const int64_t *nodes, const uint32_t *index,
                     walk_matrix *out)
{
    int64_t arcs = arcs_among(graph, count, nodes, index), at = 0;
    int64_t *row = out->owned[0] = fr_alloc(count + 1, sizeof *row);
    uint32_t *column = out->owned[1] = fr_alloc(arcs, sizeof *column);
    double *weight = graph->weight != NULL ? fr_alloc(arcs, sizeof *weight) : NULL;
    out->owned[2] = weight;
    if (row == NULL || column == NULL || (graph->weight != NULL && weight == NULL)) return FR_ENOMEM;
    for (int64_t i = 0; i < count; i++) {
        for (int64_t k = graph->row[nodes[i]]; k < graph->row[nodes[i] + 1]; k++) {
            uint32_t other = index[graph->neighbour[k]];
            if (other == 0) continue;
            if (weight != NULL) weight[at] = graph->weight[k];
            column[at++] = other - 1;
        }
        row[i + 1] = at;
    }
    out->row = row, out->column = column, out->weight = weight;
    return FR_OK;
}

int walk_matrix_new(const fr_graph *graph, int64_t count, const int64_t *nodes, uint32_t *index,
                    walk_matrix *out)
{
    *out = (walk_matrix){.n = count, .row = graph->row, .column = graph->neighbour, .weight = graph->weight};
    int status = FR_OK;
    if (count < graph->n) {
        for (int64_t i = 0; i < count; i++)
            index[nodes[i]] = (uint32_t)i + 1;
        status = copy_arcs(graph, count, nodes, index, out);
        for (int64_t i = 0; i < count; i++)
            index[nodes[i]] = 0;
    }
    if (status == FR_OK && (out->scale = fr_alloc(count, sizeof *out->scale)) == NULL) status = FR_ENOMEM;
    for (int64_t i = 0; status == FR_OK && i < count; i++) {
        double degree = fr_graph_degree(graph, nodes[i]);
        out->scale[i] = degree > 0 ? 1 / sqrt(degree) : 0;
    }
    if (status != FR_OK) walk_matrix_free(out);
    return status;
}

/* Four sums side by side: one alone would wait for itself. */
static double row_sum(int64_t count, const uint32_t *column, const double *x)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    int64_t k = 0;
    for (; k + 4 <= count; k += 4) {
        s0 += x[column[k]];
        s1 += x[column[k + 1]];
        s2 += x[column[k + 2]];
        s3 += x[column[k + 3]];
    }
    for (; k < count; k++)
        s0 += x[column[k]];
    return (s0 + s1) + (s2 + s3);
}

static double row_sum_weighted(int64_t count, const uint32_t *column, const double *weight, const double *x)
{
    double s0 = 0, s1 = 0;
    int64_t k = 0;
    for (; k + 2 <= count; k += 2) {
        s0 += weight[k] * x[column[k]];
        s1 += weight[k + 1] * x[column[k + 1]];
    }
    if (k < count) s0 += weight[k] * x[column[k]];
    return s0 + s1;
}

void walk_matrix_rows(const walk_matrix *matrix, int64_t begin, int64_t end, const double *x,
                      const double *scaled, double *y)
{
    for (int64_t i = begin; i < end; i++) {
        int64_t first = matrix->row[i], count = matrix->row[i + 1] - first;
        const uint32_t *column = matrix->column + first;
        double sum = matrix->weight == NULL ? row_sum(count, column, scaled)
                                            : row_sum_weighted(count, column, matrix->weight + first, scaled);
        y[i] = x[i] + matrix->scale[i] * sum;
    }
}

int walk_matrix_threads(const walk_matrix *matrix)
{
    int64_t arcs = matrix->n > 0 ? matrix->row[matrix->n] : 0;
    /* Below, waiting for each other costs more than it saves, above all where others use the processors too. */
    return arcs + 8 * matrix->n < 2000000 ? 1 : fr_threads();
}
