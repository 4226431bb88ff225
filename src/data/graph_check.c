/* Is a graph what it says? Everything the methods rely on, in one pass over the arcs and one over their reverses. */
#include "graph_rows.h"

#include <inttypes.h>
#include <math.h>

static int check_row(const fr_graph *graph, int64_t i)
{
    int64_t start = graph->row[i], stop = graph->row[i + 1], before = -1;
    double sum = 0;
    for (int64_t k = start; k < stop; k++) {
        int64_t other = graph->neighbour[k];
        if (other >= graph->n || other <= before)
            return fr_fail(FR_EINPUT,
                           "the graph is damaged: node %" PRId64 " has neighbour %" PRId64 " behind %" PRId64
                           " (they ascend, up to %" PRId64 ")",
                           i, other, before, graph->n - 1);
        before = other;
        if (graph->weight == NULL) continue;
        if (!(graph->weight[k] > 0) || isinf(graph->weight[k]))
            return fr_fail(FR_EINPUT,
                           "the graph is damaged: the arc from node %" PRId64 " to %" PRId64 " has weight %g",
                           i, other, graph->weight[k]);
        sum += graph->weight[k];
    }
    if (graph->degree != NULL && !(fabs(sum - graph->degree[i]) <= 1e-9 * sum))
        return fr_fail(FR_EINPUT,
                       "the graph is damaged: node %" PRId64 " has degree %g, but its weights sum to %g", i,
                       graph->degree[i], sum);
    return FR_OK;
}

/* Bounds of the rows, then each row by itself. */
static int check_rows(const fr_graph *graph)
{
    if (graph->n < 0 || graph->n > GRAPH_MOST_NODES || (graph->weight == NULL) != (graph->degree == NULL))
        return fr_fail(FR_EINPUT, "the graph is damaged: %" PRId64 " nodes, or weights without degrees",
                       graph->n);
    if (graph->row[0] != 0 || graph->row[graph->n] != graph->n_arcs)
        return fr_fail(FR_EINPUT,
                       "the graph is damaged: its rows go from %" PRId64 " to %" PRId64
                       ", not from 0 to %" PRId64,
                       graph->row[0], graph->row[graph->n], graph->n_arcs);
    for (int64_t i = 0; i < graph->n; i++)
        if (graph->row[i + 1] < graph->row[i] || graph->row[i + 1] > graph->n_arcs)
            return fr_fail(FR_EINPUT,
                           "the graph is damaged: row %" PRId64 " ends at %" PRId64 " and starts at %" PRId64,
                           i, graph->row[i + 1], graph->row[i]);
    int64_t bad = graph->n; /* the first bad row */
#pragma omp parallel for num_threads(graph_rows_threads(graph->n_arcs)) reduction(min : bad) schedule(static)
    for (int64_t i = 0; i < graph->n; i++)
        if (i < bad && check_row(graph, i) != FR_OK) bad = i;
    return bad < graph->n ? check_row(graph, bad) : FR_OK;
}

static int check_symmetry(const fr_graph *graph)
{
    bool symmetric;
    graph_view rows = {
        .n = graph->n, .row = graph->row, .neighbour = graph->neighbour, .weight = graph->weight};
    int status = graph_view_symmetric(&rows, &symmetric);
    if (status != FR_OK || symmetric) return status;
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
            int64_t j = graph->neighbour[k], end = graph->row[j + 1];
            int64_t reverse = graph_row_from(graph->neighbour, graph->row[j], end, i);
            bool found = reverse < end && graph->neighbour[reverse] == i;
            if (!found || (graph->weight != NULL && graph->weight[reverse] != graph->weight[k]))
                return fr_fail(FR_EINPUT,
                               "the graph is damaged: node %" PRId64 " has neighbour %" PRId64
                               ", but not the other way round with the same weight",
                               i, j);
        }
    return FR_OK;
}

/* The numbers in the struct against those of the arrays. */
static int check_sums(const fr_graph *graph)
{
    double low = graph->n_arcs > 0, high = low, volume = (double)graph->n_arcs;
    int64_t loops = graph_count_loops(graph->n, graph->row, graph->neighbour);
    if (graph->weight != NULL) {
        graph_weight_range(graph->n_arcs, graph->weight, &low, &high);
        volume = 0;
        for (int64_t i = 0; i < graph->n; i++)
            volume += graph->degree[i];
    }
    if (loops != graph->n_loops)
        return fr_fail(FR_EINPUT, "the graph is damaged: it has %" PRId64 " loops and says %" PRId64, loops,
                       graph->n_loops);
    if (!(fabs(volume - graph->volume) <= 1e-9 * volume))
        return fr_fail(FR_EINPUT, "the graph is damaged: its volume is %g and it says %g", volume,
                       graph->volume);
    if (low != graph->min_weight || high != graph->max_weight)
        return fr_fail(FR_EINPUT, "the graph is damaged: its weights are %g to %g and it says %g to %g", low,
                       high, graph->min_weight, graph->max_weight);
    return FR_OK;
}

static int check_names(const fr_graph *graph)
{
    if (graph->name_offset == NULL) return FR_OK;
    const graph_owned *owned = graph->owned;
    for (int64_t i = 0; i < graph->n; i++) {
        int64_t start = graph->name_offset[i], stop = graph->name_offset[i + 1];
        if (start < 0 || start >= stop || stop > owned->name_size || graph->name_bytes[stop - 1] != '\0')
            return fr_fail(FR_EINPUT,
                           "the graph is damaged: the name of node %" PRId64 " is not where it should be", i);
    }
    return FR_OK;
}

int fr_graph_check(fr_graph *graph)
{
    int status = check_rows(graph);
    if (status == FR_OK) status = check_symmetry(graph);
    if (status == FR_OK) status = check_sums(graph);
    if (status == FR_OK) status = check_names(graph);
    graph->trusted = status == FR_OK;
    return status;
}
