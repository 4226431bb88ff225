/* Breadth-first balls around seeds, and growth from one seed until a target is mostly covered. */
#include "workspace.h"

#include <inttypes.h>

/* Nodes in the order found; marked in the workspace's index until the end. */
typedef struct {
    fr_cluster_workspace *workspace;
    uint32_t *index;
    int64_t *node;
    int64_t count, room;
} queue;

static int put(queue *found, int64_t node)
{
    if (found->index[node] != 0) return FR_OK;
    if (found->count == found->room) {
        int64_t room = found->room < 32 ? 64 : 2 * found->room;
        int64_t *grown = fr_realloc(found->node, room, sizeof *grown);
        if (grown == NULL) return FR_ENOMEM;
        found->node = grown, found->room = room;
    }
    found->index[node] = 1;
    found->node[found->count++] = node;
    return FR_OK;
}

/* Puts the neighbours of a node, ascending. */
static int put_neighbours(queue *found, int64_t node)
{
    const fr_graph *graph = found->workspace->graph;
    int status = workspace_row(found->workspace, node);
    for (int64_t k = graph->row[node]; status == FR_OK && k < graph->row[node + 1]; k++)
        status = put(found, graph->neighbour[k]);
    return status;
}

/* Clears the marks; hands the nodes over if all went well. */
static int finish(queue *found, int status, int64_t **nodes, int64_t *n_nodes)
{
    for (int64_t k = 0; k < found->count; k++)
        found->index[found->node[k]] = 0;
    if (status == FR_OK)
        *nodes = found->node, *n_nodes = found->count;
    else
        fr_free(found->node);
    return status;
}

int fr_cluster_ball(fr_cluster_workspace *workspace, int64_t count, const int64_t *seeds, int64_t radius,
                    int64_t **nodes, int64_t *n_nodes)
{
    *nodes = NULL, *n_nodes = 0;
    if (radius < 0) return fr_fail(FR_EUSAGE, "the radius is %" PRId64 ", expected a number from 0", radius);
    int status = workspace_check_set(workspace, count, seeds, "seeds");
    if (status != FR_OK) return status;
    queue found = {.workspace = workspace, .index = workspace_index(workspace)};
    for (int64_t k = 0; status == FR_OK && k < count; k++)
        status = put(&found, seeds[k]);
    int64_t head = 0;
    for (int64_t step = 0; status == FR_OK && step < radius && head < found.count; step++) {
        int64_t end = found.count;
        for (; status == FR_OK && head < end; head++)
            status = put_neighbours(&found, found.node[head]);
    }
    return finish(&found, status, nodes, n_nodes);
}

/* Growth: what is covered of the target (sorted), and how far to go. */
typedef struct {
    int64_t count;
    int64_t *target;
    double wanted;  /* volume of the target to exceed */
    double covered; /* so far */
    double volume;  /* of what was found */
} growth;

static bool is_target(const growth *grown, int64_t node)
{
    int64_t low = 0, high = grown->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (grown->target[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < grown->count && grown->target[low] == node;
}

static int growth_new(const fr_graph *graph, int64_t count, const int64_t *target, double share, growth *out)
{
    double volume = 0;
    *out = (growth){.count = count, .target = fr_alloc(count, sizeof *target)};
    if (out->target == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++) {
        out->target[k] = target[k];
        volume += fr_graph_degree(graph, target[k]);
    }
    cluster_sort_nodes(count, out->target);
    out->wanted = share * volume;
    return FR_OK;
}

/* Adds a node, unless it is there; returns whether that was enough. */
static bool add(queue *found, growth *grown, int64_t node, int *status)
{
    const fr_graph *graph = found->workspace->graph;
    int64_t before = found->count;
    if ((*status = put(found, node)) != FR_OK || found->count == before) return false;
    double degree = fr_graph_degree(graph, node);
    grown->volume += degree;
    if (is_target(grown, node)) grown->covered += degree;
    return grown->covered > grown->wanted || grown->volume > graph->volume / 4;
}

int fr_cluster_grow(fr_cluster_workspace *workspace, int64_t seed, int64_t target_count,
                    const int64_t *target, double share, int64_t **nodes, int64_t *n_nodes)
{
    const fr_graph *graph = workspace->graph;
    *nodes = NULL, *n_nodes = 0;
    if (!(share >= 0 && share <= 1))
        return fr_fail(FR_EUSAGE, "the share of the target is %g, expected a number from 0 to 1", share);
    int status = workspace_check_set(workspace, 1, &seed, "seed");
    if (status == FR_OK) status = workspace_check_set(workspace, target_count, target, "nodes of the target");
    growth grown = {0};
    if (status == FR_OK) status = growth_new(graph, target_count, target, share, &grown);
    if (status != FR_OK) return status;
    queue found = {.workspace = workspace, .index = workspace_index(workspace)};
    bool enough = add(&found, &grown, seed, &status);
    for (int64_t head = 0; status == FR_OK && !enough && head < found.count; head++) {
        int64_t node = found.node[head];
        status = workspace_row(workspace, node);
        for (int64_t k = graph->row[node]; status == FR_OK && !enough && k < graph->row[node + 1]; k++)
            enough = add(&found, &grown, graph->neighbour[k], &status);
    }
    fr_free(grown.target);
    return finish(&found, status, nodes, n_nodes);
}
