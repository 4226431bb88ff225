/* Scores of a set, and of a set against a target: cut, volume, conductance, expansion; precision, recall, F1. */
#include "workspace.h"

#include <math.h>

void cluster_scores_finish(const fr_graph *graph, fr_cluster_scores *scores)
{
    double other = graph->volume - scores->volume;
    if (scores->size == graph->n || fabs(other) <= 1e-12 * graph->volume) other = 0; /* rounding of weights */
    bool complement = other < scores->volume;
    scores->volume_smaller = complement ? fmax(other, 0) : scores->volume;
    scores->size_smaller = complement ? graph->n - scores->size : scores->size;
    scores->conductance = scores->volume_smaller > 0 ? scores->cut / scores->volume_smaller : 1;
    scores->expansion = scores->size_smaller > 0 ? scores->cut / (double)scores->size_smaller : 1;
}

/* Weight from the node to nodes that are not marked. */
static double weight_outside(const fr_graph *graph, const uint32_t *index, int64_t node)
{
    double sum = 0;
    int64_t outside = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        if (index[graph->neighbour[k]] != 0) continue;
        if (graph->weight != NULL)
            sum += graph->weight[k];
        else
            outside++;
    }
    return graph->weight != NULL ? sum : (double)outside;
}

int fr_cluster_score(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                     fr_cluster_scores *out)
{
    const fr_graph *graph = workspace->graph;
    *out = (fr_cluster_scores){0};
    int status = workspace_check_set(workspace, count, nodes, "nodes of the set");
    for (int64_t k = 0; status == FR_OK && k < count; k++)
        status = workspace_row(workspace, nodes[k]);
    if (status != FR_OK) return status;
    uint32_t *index = workspace_index(workspace);
    fr_cluster_scores scores = {.size = count};
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 1;
    for (int64_t k = 0; k < count; k++) {
        scores.volume += fr_graph_degree(graph, nodes[k]);
        scores.cut += weight_outside(graph, index, nodes[k]);
    }
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 0;
    cluster_scores_finish(graph, &scores);
    *out = scores;
    return FR_OK;
}

/* 2 a b / (a + b), and 0 if both are 0 */
static double harmonic(double a, double b)
{
    return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

static double volume_of(const fr_graph *graph, int64_t count, const int64_t *nodes)
{
    double volume = 0;
    for (int64_t k = 0; k < count; k++)
        volume += fr_graph_degree(graph, nodes[k]);
    return volume;
}

int fr_cluster_f1(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes, int64_t target_count,
                  const int64_t *target, fr_cluster_f1_scores *out)
{
    const fr_graph *graph = workspace->graph;
    *out = (fr_cluster_f1_scores){0};
    int status = workspace_check_set(workspace, count, nodes, "nodes of the set");
    if (status == FR_OK) status = workspace_check_set(workspace, target_count, target, "nodes of the target");
    if (status != FR_OK) return status;
    uint32_t *index = workspace_index(workspace);
    int64_t common = 0;
    double volume_common = 0;
    for (int64_t k = 0; k < target_count; k++)
        index[target[k]] = 1;
    for (int64_t k = 0; k < count; k++)
        if (index[nodes[k]] != 0) {
            common++;
            volume_common += fr_graph_degree(graph, nodes[k]);
        }
    for (int64_t k = 0; k < target_count; k++)
        index[target[k]] = 0;
    if (common == 0) return FR_OK;
    out->precision_count = (double)common / (double)count;
    out->recall_count = (double)common / (double)target_count;
    out->f1_count = harmonic(out->precision_count, out->recall_count);
    if (!(volume_common > 0)) return FR_OK;
    out->precision = volume_common / volume_of(graph, count, nodes);
    out->recall = volume_common / volume_of(graph, target_count, target);
    out->f1 = harmonic(out->precision, out->recall);
    return FR_OK;
}
