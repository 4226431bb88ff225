/* Binary searches. */
#include "feems_lookup.h"

int64_t feems_find(const int64_t *ids, int64_t n, int64_t id)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && ids[low] == id ? low : -1;
}

int64_t feems_find_edge(const fr_feems_graph *graph, int64_t i, int64_t j)
{
    int64_t low = 0, high = graph->n_edges, first = i < j ? i : j, second = i < j ? j : i;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (graph->i[middle] < first || (graph->i[middle] == first && graph->j[middle] < second))
            low = middle + 1;
        else
            high = middle;
    }
    return low < graph->n_edges && graph->i[low] == first && graph->j[low] == second ? low : -1;
}
