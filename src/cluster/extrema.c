/* Local extrema of values on the nodes. A node without neighbours is one. */
#include "workspace.h"

#include <inttypes.h>
#include <math.h>

/* Whether `value` is below (not above) that of every neighbour, loops left out; the sign turns minima into maxima. */
static bool is_extreme(const fr_graph *graph, const double *values, int64_t node, bool strict, double sign)
{
    double own = sign * values[node];
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        int64_t other = graph->neighbour[k];
        if (other == node) continue;
        double value = sign * values[other];
        if (value < own || (strict && value == own)) return false;
    }
    return true;
}

int fr_cluster_extrema(const fr_graph *graph, const double *values, bool strict, bool maxima, int64_t **nodes,
                       int64_t *count)
{
    *nodes = NULL, *count = 0;
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    for (int64_t i = 0; i < graph->n; i++)
        if (isnan(values[i])) return fr_fail(FR_EUSAGE, "the value of node %" PRId64 " is not a number", i);
    int64_t *found = fr_alloc(graph->n, sizeof *found);
    if (found == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < graph->n; i++)
        if (is_extreme(graph, values, i, strict, maxima ? -1 : 1)) found[(*count)++] = i;
    *nodes = found;
    return FR_OK;
}
