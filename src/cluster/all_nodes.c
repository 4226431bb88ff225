/* Clusters of all nodes: every node is described by the vector of its best local cluster (grid search over alpha and rho), as
 * x = p/d; average linkage of the cosine distances between these. */
#include "agglomerate.h"

#include <inttypes.h>

typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const fr_cluster_search_settings *settings;
    found_sets *vectors;
} all_nodes_work;

/* The vector of one node; the result is its number of entries. */
static int find_vector(int64_t index, const void *context, void *workspace, void *result)
{
    const all_nodes_work *work = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = &index};
    fr_cluster_search_result found;
    int status = fr_cluster_search(workspace, &seeds, work->settings, &found);
    if (status != FR_OK) return status;
    *(int64_t *)result = found.vector.count;
    work->vectors->node[index] = found.vector.node; /* handed over */
    work->vectors->value[index] = found.vector.p_over_degree;
    found.vector.node = NULL;
    found.vector.p_over_degree = NULL;
    fr_cluster_search_result_free(&found);
    return FR_OK;
}

int fr_cluster_all_nodes(const fr_graph *graph, int64_t k, const fr_cluster_search_settings *settings,
                         int64_t *label)
{
    int64_t n = graph->n;
    if (n > cluster_most_things)
        return fr_fail(FR_EUSAGE,
                       "the graph has %" PRId64
                       " nodes, and all nodes are compared with all for at most %d; take a subgraph, or peel "
                       "segments off",
                       n, cluster_most_things);
    if (k < 1 || k > n)
        return fr_fail(FR_EUSAGE, "%" PRId64 " clusters were asked for, expected 1 to %" PRId64, k, n);
    found_sets vectors;
    double *distance = NULL;
    int status = found_sets_new(n, &vectors);
    if (status != FR_OK) return status;
    int64_t *size = fr_alloc(n, sizeof *size);
    all_nodes_work work = {graph, settings, &vectors};
    fr_tasks tasks = {.name = "vectors of all nodes",
                      .count = n,
                      .result_size = sizeof *size,
                      .run = find_vector,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    status = size != NULL ? fr_tasks_run(&tasks, NULL, size, NULL) : FR_ENOMEM;
    if (status == FR_OK) status = found_sets_complete(&vectors, size);
    if (status == FR_OK) status = cluster_cosine_distances(&vectors, size, n, &distance);
    found_sets_free(&vectors);
    if (status == FR_OK) status = cluster_agglomerate(n, distance, LINKAGE_AVERAGE, k, label);
    fr_free(size);
    fr_free(distance);
    return status;
}
