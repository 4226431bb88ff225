/* What the cut needs is kept per node, its weight to earlier ranks: a move changes it for the node and for the
 * neighbours that it passes, and one pass in rank order gives the scores of all prefixes:
 *   vol_k = vol_{k-1} + d_k,   cut_k = cut_{k-1} + (d_k - A_kk) - 2 earlier_k. */
#include "ranking.h"

#include "grow.h"

#include <math.h>
#include <string.h>

void ranking_free(node_ranking *ranking)
{
    fr_free(ranking->number);
    fr_free(ranking->rank);
    fr_free(ranking->earlier);
    fr_free(ranking->alone);
    *ranking = (node_ranking){0};
}

int ranking_reserve(node_ranking *ranking, int64_t numbers)
{
    int64_t old = ranking->room;
    if (numbers <= old) return FR_OK;
    if (!cluster_grow(&ranking->number, numbers, sizeof *ranking->number) ||
        !cluster_grow(&ranking->rank, numbers, sizeof *ranking->rank) ||
        !cluster_grow(&ranking->earlier, numbers, sizeof *ranking->earlier) ||
        !cluster_grow(&ranking->alone, numbers, sizeof *ranking->alone))
        return FR_ENOMEM;
    memset(ranking->rank + old, 0, (size_t)(numbers - old) * sizeof *ranking->rank);
    ranking->room = numbers;
    return FR_OK;
}

/* Moves the node up past smaller values; returns its new rank. */
static int64_t bubble_up(node_ranking *ranking, uint32_t number, int64_t from, const double *value)
{
    int64_t to = from;
    for (; to > 0 && value[number] > value[ranking->number[to - 1]]; to--) {
        uint32_t passed = ranking->number[to - 1];
        ranking->number[to] = passed;
        ranking->rank[passed] = (uint32_t)to + 1;
    }
    ranking->number[to] = number;
    ranking->rank[number] = (uint32_t)to + 1;
    return to;
}

void ranking_rise(node_ranking *ranking, const touched_nodes *touched, uint32_t number, const double *value)
{
    bool ranked = ranking->rank[number] != 0;
    int64_t from = ranked ? (int64_t)ranking->rank[number] - 1 : ranking->count++;
    int64_t to = bubble_up(ranking, number, from, value);
    if (ranked && to == from) return;
    const fr_graph *graph = touched->graph;
    uint32_t node = touched->node[number];
    double earlier = 0, loop = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        double weight = graph->weight != NULL ? graph->weight[k] : 1;
        if (graph->neighbour[k] == node) {
            loop = weight;
            continue;
        }
        uint32_t other = touched->index[graph->neighbour[k]] - 1;
        if (ranking->rank[other] == 0) continue;
        int64_t rank = (int64_t)ranking->rank[other] - 1;
        if (rank < to) earlier += weight;
        if (rank > to && rank <= from) ranking->earlier[other] += weight; /* it was passed */
    }
    ranking->earlier[number] = earlier;
    ranking->alone[number] = touched->degree[number] - loop;
}

ranking_prefix ranking_best(const node_ranking *ranking, const touched_nodes *touched)
{
    ranking_prefix best = {.conductance = 1};
    double volume = 0, cut = 0, total = touched->graph->volume, none = 1e-13 * total;
    for (int64_t k = 0; k < ranking->count; k++) {
        uint32_t number = ranking->number[k];
        volume += touched->degree[number];
        cut += ranking->alone[number] - 2 * ranking->earlier[number];
        double other = total - volume, smaller = other < volume ? other : volume;
        /* A remainder of the volume that is all rounding counts as none. */
        double conductance = smaller > none ? fmax(cut, 0) / smaller : 1;
        if (k == 0 || conductance < best.conductance)
            best = (ranking_prefix){k + 1, volume, fmax(cut, 0), conductance};
    }
    return best;
}
