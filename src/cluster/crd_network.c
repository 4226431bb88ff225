/* The part of the graph that a capacity releasing diffusion has reached: numbered nodes, and flows along the arcs of
 * those that have sent mass. Room grows by doubling, so that the cost is that of what is touched. */
#include "crd.h"

#include <inttypes.h>

static void network_free(void *part)
{
    crd_network *network = part;
    fr_free(network->label);
    fr_free(network->node);
    fr_free(network->by_label);
    fr_free(network->heap);
    fr_free(network->flow);
    fr_free(network->twin);
    fr_free(network);
}

crd_network *crd_network_of(fr_cluster_workspace *workspace)
{
    if (workspace->part[WORKSPACE_CRD] == NULL) {
        workspace->part[WORKSPACE_CRD] = fr_alloc(1, sizeof(crd_network));
        workspace->part_free[WORKSPACE_CRD] = network_free;
    }
    crd_network *network = workspace->part[WORKSPACE_CRD];
    if (network == NULL) return NULL;
    if (network->label == NULL) network->label = fr_alloc(workspace->graph->n, sizeof *network->label);
    return network->label != NULL ? network : NULL;
}

static int room_for_nodes(crd_network *network, int64_t room)
{
    crd_node *node = fr_realloc(network->node, room, sizeof *node);
    if (node != NULL) network->node = node;
    int64_t *by_label = fr_realloc(network->by_label, room, sizeof *by_label);
    if (by_label != NULL) network->by_label = by_label;
    uint64_t *heap = fr_realloc(network->heap, room, sizeof *heap);
    if (heap != NULL) network->heap = heap;
    if (node == NULL || by_label == NULL || heap == NULL) return FR_ENOMEM;
    network->node_room = room;
    return FR_OK;
}

static int room_for_arcs(crd_network *network, int64_t room)
{
    double *flow = fr_realloc(network->flow, room, sizeof *flow);
    if (flow != NULL) network->flow = flow;
    int64_t *twin = fr_realloc(network->twin, room, sizeof *twin);
    if (twin != NULL) network->twin = twin;
    if (flow == NULL || twin == NULL) return FR_ENOMEM;
    network->arc_room = room;
    return FR_OK;
}

int crd_add_node(crd_run *run, int64_t id)
{
    crd_network *network = run->network;
    int status = workspace_row(run->workspace, id);
    if (status == FR_OK && network->n_nodes == network->node_room)
        status = room_for_nodes(network, network->node_room > 0 ? 2 * network->node_room : 64);
    if (status != FR_OK) return status;
    int64_t degree = run->graph->row[id + 1] - run->graph->row[id];
    network->node[network->n_nodes] = (crd_node){.id = id, .degree = degree, .first = -1};
    run->index[id] = (uint32_t)++network->n_nodes;
    return FR_OK;
}

/* Place of a neighbour in the row of a node, or -1. */
static int64_t find_neighbour(const fr_graph *graph, int64_t node, int64_t neighbour)
{
    int64_t low = graph->row[node], high = graph->row[node + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (graph->neighbour[middle] == neighbour) return middle - graph->row[node];
        if (graph->neighbour[middle] < neighbour)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int crd_reveal(crd_run *run, crd_node *node)
{
    const fr_graph *graph = run->graph;
    crd_network *network = run->network;
    if (network->n_arcs + node->degree > network->arc_room) {
        int status = room_for_arcs(network, 2 * (network->n_arcs + node->degree));
        if (status != FR_OK) return status;
    }
    for (int64_t k = 0; k < node->degree; k++) {
        int64_t id = graph->neighbour[graph->row[node->id] + k], arc = network->n_arcs + k;
        int64_t number = (int64_t)run->index[id] - 1;
        network->flow[arc] = 0;
        network->twin[arc] = -1;
        if (number < 0 || network->node[number].first < 0) continue;
        int64_t back = find_neighbour(graph, id, node->id);
        if (back < 0)
            return fr_fail(FR_EINPUT,
                           "the graph file is damaged: there is an arc from node %" PRId64 " to %" PRId64
                           ", but none back",
                           node->id, id);
        back += network->node[number].first;
        network->twin[arc] = back;
        network->twin[back] = arc;
        network->flow[arc] = -network->flow[back];
    }
    node->first = network->n_arcs;
    network->n_arcs += node->degree;
    return FR_OK;
}

void crd_clear(crd_run *run)
{
    for (int64_t v = 0; v < run->network->n_nodes; v++) {
        run->index[run->network->node[v].id] = 0;
        run->network->label[run->network->node[v].id] = 0;
    }
    run->network->n_nodes = run->network->n_arcs = 0;
}
