/* One run for the network community profile: an input set, a method, and the set that comes out. */
#include "ncp.h"

#include <string.h>

/* The node, or it and its neighbours (ascending). Free *nodes. */
static int input_set(fr_cluster_workspace *workspace, fr_cluster_input_kind kind, int64_t node,
                     int64_t **nodes, int64_t *count)
{
    const fr_graph *graph = workspace->graph;
    int64_t begin = graph->row[node], end = graph->row[node + 1], found = 0;
    int64_t *list = fr_alloc(end - begin + 1, sizeof *list);
    if (list == NULL) return FR_ENOMEM;
    if (kind == FR_CLUSTER_INPUT_NODE) end = begin;
    list[found++] = node;
    for (int64_t k = begin; k < end; k++)
        if (graph->neighbour[k] != node) list[found++] = graph->neighbour[k];
    cluster_sort_nodes(found, list);
    *nodes = list, *count = found;
    return FR_OK;
}

/* A PageRank vector and the best prefix of its sweep. *finished: it ended before the time was up. */
static int diffuse(fr_cluster_workspace *workspace, const ncp_stage *stage, const fr_cluster_seeds *seeds,
                   double time_limit, fr_cluster_set *out, bool *finished)
{
    fr_cluster_vector vector;
    fr_cluster_sweep_result sweep = {0};
    fr_cluster_sweep_settings sorted;
    int status;
    fr_cluster_sweep_settings_default(&sorted);
    sorted.sorted = true;
    if (stage->method == NCP_ACL) {
        fr_cluster_acl_settings settings;
        fr_cluster_acl_settings_default(&settings);
        settings.alpha = stage->alpha, settings.eps = stage->rho, settings.time_limit = time_limit;
        status = fr_cluster_acl(workspace, seeds, &settings, &vector);
    } else {
        fr_cluster_l1_settings settings;
        fr_cluster_l1_settings_default(&settings);
        settings.alpha = stage->alpha, settings.rho = stage->rho, settings.time_limit = time_limit;
        status = fr_cluster_l1(workspace, seeds, &settings, &vector);
    }
    if (status != FR_OK) return status;
    *finished = vector.info.converged;
    status = fr_cluster_sweep(workspace, vector.count, vector.node, NULL, &sorted, &sweep);
    if (status == FR_OK) *out = sweep.best; /* handed over */
    if (status == FR_OK) sweep.best = (fr_cluster_set){0};
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&vector);
    return status;
}

static int diffuse_capacity(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                            fr_cluster_set *out)
{
    fr_cluster_crd_settings settings;
    fr_cluster_crd_result result;
    fr_cluster_crd_settings_default(&settings);
    int status = fr_cluster_crd(workspace, count, nodes, &settings, &result);
    if (status != FR_OK) return status;
    *out = result.set, result.set = (fr_cluster_set){0};
    fr_cluster_crd_result_free(&result);
    return FR_OK;
}

/* Sets of more than half of the volume are not for MQI: nothing comes out. */
static int improve(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                   const fr_cluster_scores *input, fr_cluster_set *out)
{
    fr_cluster_flow_result result;
    if (input->volume > workspace->graph->volume / 2) return FR_OK;
    int status = fr_cluster_mqi(workspace, count, nodes, &result);
    if (status != FR_OK) return status;
    *out = result.set, result.set = (fr_cluster_set){0};
    fr_cluster_flow_result_free(&result);
    return FR_OK;
}

int ncp_run_one(int64_t index, const void *context, void *workspace, void *result)
{
    const ncp_work *work = context;
    ncp_run *run = result;
    double begin = fr_clock(), left = work->deadline - begin;
    if (work->deadline > 0 && left <= 0) return FR_OK;
    int64_t *nodes, count;
    fr_cluster_set set = {0};
    int status = input_set(workspace, work->stage->kind, work->node[index], &nodes, &count);
    if (status != FR_OK) return status;
    const fr_cluster_seeds seeds = {.count = count, .node = nodes};
    status = fr_cluster_score(workspace, count, nodes, &run->input);
    run->finished = true;
    if (status == FR_OK && work->stage->method == NCP_INPUT_ITSELF) {
        set = (fr_cluster_set){count, nodes, run->input};
        nodes = NULL;
    } else if (status == FR_OK && work->stage->method == NCP_CRD) {
        status = diffuse_capacity(workspace, count, nodes, &set);
    } else if (status == FR_OK && work->stage->method == NCP_MQI) {
        status = improve(workspace, count, nodes, &run->input, &set);
    } else if (status == FR_OK) {
        status = diffuse(workspace, work->stage, &seeds, work->deadline > 0 ? left : 0, &set, &run->finished);
    }
    const fr_graph *graph = work->graph;
    if (set.count > 0 && run->finished && set.scores.volume < graph->volume / 2) {
        run->output = set.scores;
        if (work->sets != NULL) work->sets->node[index] = set.node, set.node = NULL;
    }
    run->seconds = fr_clock() - begin;
    fr_cluster_set_free(&set);
    fr_free(nodes);
    return status;
}
