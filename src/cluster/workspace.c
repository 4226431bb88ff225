/* Scratch of one thread: the index array, rows of mapped files that were found good, sets and seeds as users give them. */
#include "workspace.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

int fr_cluster_workspace_new(const fr_graph *graph, fr_cluster_workspace **out)
{
    *out = NULL;
    fr_cluster_workspace *made = fr_alloc(1, sizeof *made);
    if (made == NULL) return FR_ENOMEM;
    made->graph = graph;
    if (!graph->trusted) {
        made->row_known = fr_alloc(graph->n, 1);
        if (made->row_known == NULL) {
            fr_free(made);
            return FR_ENOMEM;
        }
    }
    *out = made;
    return FR_OK;
}

void fr_cluster_workspace_free(fr_cluster_workspace *workspace)
{
    if (workspace == NULL) return;
    for (int k = 0; k < WORKSPACE_PARTS; k++)
        if (workspace->part[k] != NULL) workspace->part_free[k](workspace->part[k]);
    fr_free(workspace->index);
    fr_free(workspace->row_known);
    fr_free(workspace);
}

uint32_t *workspace_index(fr_cluster_workspace *workspace)
{
    if (workspace->index == NULL) workspace->index = fr_alloc(workspace->graph->n, sizeof *workspace->index);
    return workspace->index;
}

int workspace_check_row(fr_cluster_workspace *workspace, int64_t node)
{
    const fr_graph *graph = workspace->graph;
    int64_t begin = graph->row[node], end = graph->row[node + 1], before = -1;
    if (begin < 0 || begin > end || end > graph->n_arcs)
        return fr_fail(FR_EINPUT,
                       "the graph file is damaged: the row of node %" PRId64 " lies outside of the arcs",
                       node);
    double sum = 0;
    for (int64_t k = begin; k < end; k++) {
        int64_t other = graph->neighbour[k];
        if (other >= graph->n || other <= before)
            return fr_fail(FR_EINPUT,
                           "the graph file is damaged: arc %" PRId64 " of node %" PRId64 " goes to %" PRId64,
                           k - begin, node, other);
        before = other;
        if (graph->weight == NULL) continue;
        if (!(graph->weight[k] > 0) || isinf(graph->weight[k]))
            return fr_fail(FR_EINPUT,
                           "the graph file is damaged: arc %" PRId64 " of node %" PRId64 " has weight %g",
                           k - begin, node, graph->weight[k]);
        sum += graph->weight[k];
    }
    if (graph->degree != NULL && !(fabs(sum - graph->degree[node]) <= 1e-9 * sum))
        return fr_fail(FR_EINPUT,
                       "the graph file is damaged: node %" PRId64 " has degree %g, but its weights sum to %g",
                       node, graph->degree[node], sum);
    workspace->row_known[node] = 1;
    return FR_OK;
}

int cluster_whole_graph(const fr_graph *graph)
{
    if (graph->trusted) return FR_OK;
    return fr_fail(FR_EUSAGE, "the graph was mapped from a file and not checked; call fr_graph_check first");
}

/* Clears the index entries of the first `count` nodes. */
static void unmark(uint32_t *index, int64_t count, const int64_t *nodes)
{
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 0;
}

int workspace_check_set(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                        const char *what)
{
    if (count < 1) return fr_fail(FR_EUSAGE, "the list of %s is empty", what);
    uint32_t *index = workspace_index(workspace);
    if (index == NULL) return FR_ENOMEM;
    int status = FR_OK;
    int64_t marked = 0;
    for (; marked < count && status == FR_OK; marked++) {
        int64_t node = nodes[marked];
        if (node < 0 || node >= workspace->graph->n) {
            status =
                fr_fail(FR_EUSAGE, "%s: node %" PRId64 " is out of range, the graph has nodes 0 to %" PRId64,
                        what, node, workspace->graph->n - 1);
            break;
        }
        if (index[node] != 0) {
            status = fr_fail(FR_EUSAGE, "%s: node %" PRId64 " is listed twice", what, node);
            break;
        }
        index[node] = 1;
    }
    unmark(index, marked, nodes);
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void cluster_sort_nodes(int64_t count, int64_t *nodes)
{
    for (int64_t k = 1; k < count; k++)
        if (nodes[k - 1] > nodes[k]) { /* often they are in order already */
            qsort(nodes, (size_t)count, sizeof *nodes, by_number);
            return;
        }
}

int cluster_set_take(fr_cluster_workspace *workspace, int64_t count, int64_t *nodes, fr_cluster_set *out)
{
    cluster_sort_nodes(count, nodes);
    *out = (fr_cluster_set){.count = count, .node = nodes};
    int status = FR_OK;
    if (count > 0)
        status = fr_cluster_score(workspace, count, nodes, &out->scores);
    else
        out->scores = (fr_cluster_scores){.conductance = 1, .expansion = 1};
    if (status != FR_OK) fr_cluster_set_free(out);
    return status;
}

void fr_cluster_set_free(fr_cluster_set *set)
{
    fr_free(set->node);
    *set = (fr_cluster_set){0};
}

/* The distinct seeds in the order listed; a given mass counts where its node is first listed. */
static int64_t distinct(uint32_t *index, const fr_cluster_seeds *seeds, int64_t *node, double *mass)
{
    int64_t found = 0;
    for (int64_t k = 0; k < seeds->count; k++) {
        int64_t seed = seeds->node[k];
        if (index[seed] != 0) continue;
        index[seed] = 1;
        node[found] = seed;
        mass[found++] = seeds->mass != NULL ? seeds->mass[k] : 1;
    }
    unmark(index, found, node);
    return found;
}

static int check_seeds(const fr_graph *graph, const fr_cluster_seeds *seeds)
{
    if (seeds->count < 1) return fr_fail(FR_EUSAGE, "there are no seeds");
    for (int64_t k = 0; k < seeds->count; k++) {
        if (seeds->node[k] < 0 || seeds->node[k] >= graph->n)
            return fr_fail(FR_EUSAGE, "seed %" PRId64 " is out of range, the graph has nodes 0 to %" PRId64,
                           seeds->node[k], graph->n - 1);
        if (seeds->mass != NULL && (!(seeds->mass[k] >= 0) || isinf(seeds->mass[k])))
            return fr_fail(FR_EUSAGE, "seed %" PRId64 " has mass %g, expected a number from 0",
                           seeds->node[k], seeds->mass[k]);
    }
    return FR_OK;
}

int cluster_seed_masses(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t *count,
                        int64_t **node, double **mass, double *isolated)
{
    const fr_graph *graph = workspace->graph;
    *count = 0, *node = NULL, *mass = NULL, *isolated = 0;
    int status = check_seeds(graph, seeds);
    uint32_t *index = status == FR_OK ? workspace_index(workspace) : NULL;
    if (status != FR_OK) return status;
    int64_t *found = fr_alloc(seeds->count, sizeof *found);
    double *share = fr_alloc(seeds->count, sizeof *share);
    double total = 0;
    if (index == NULL || found == NULL || share == NULL) {
        status = FR_ENOMEM;
        goto fail;
    }
    int64_t k, n = distinct(index, seeds, found, share);
    for (k = 0; k < n; k++) {
        if ((status = workspace_row(workspace, found[k])) != FR_OK) goto fail;
        if (seeds->mass == NULL && seeds->rule == FR_CLUSTER_BY_DEGREE)
            share[k] = fr_graph_degree(graph, found[k]);
        total += share[k];
    }
    if (!(total > 0)) {
        status = fr_fail(FR_EUSAGE, "the seeds have no mass: %s",
                         seeds->mass != NULL ? "all masses are 0" : "none has a neighbour");
        goto fail;
    }
    if (seeds->mass == NULL && seeds->rule == FR_CLUSTER_EACH_ONE) total = 1;
    for (k = 0; k < n; k++) {
        share[k] /= total;
        if (!(fr_graph_degree(graph, found[k]) > 0)) *isolated += share[k];
    }
    *count = n, *node = found, *mass = share;
    return FR_OK;
fail:
    fr_free(found);
    fr_free(share);
    *isolated = 0;
    return status;
}
