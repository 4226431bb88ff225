/* Dinic's maximum flow (1970): search levels from the source, fill all shortest paths, repeat. The search ends at the first
 * level that has a way into the sink, and rows are read only for nodes it goes through; those have no residual arc to the
 * sink, which is what bounds the network of SimpleLocal (Veldt, Gleich, Mahoney, 2016). */
#include "max_flow.h"

#include <inttypes.h>
#include <math.h>

static void network_free(void *part)
{
    flow_network *net = part;
    fr_free(net->node);
    fr_free(net->level);
    fr_free(net->queue);
    fr_free(net->path);
    fr_free(net->to);
    fr_free(net->twin);
    fr_free(net->residual);
    fr_free(net);
}

int flow_open(fr_cluster_workspace *workspace, flow_network **out)
{
    *out = NULL;
    if (workspace->part[WORKSPACE_FLOW] == NULL) {
        workspace->part[WORKSPACE_FLOW] = fr_alloc(1, sizeof(flow_network));
        workspace->part_free[WORKSPACE_FLOW] = network_free;
    }
    flow_network *net = workspace->part[WORKSPACE_FLOW];
    if (net == NULL) return FR_ENOMEM;
    net->workspace = workspace;
    net->index = workspace_index(workspace);
    if (net->index == NULL) return FR_ENOMEM;
    net->grows = false;
    net->arc = net->outside = (flow_factor){0};
    net->zero = 0;
    net->n_nodes = net->n_queue = net->n_arcs = 0;
    net->arcs_read = 0;
    net->revealed_volume = 0;
    *out = net;
    return FR_OK;
}

void flow_close(flow_network *net)
{
    if (net == NULL) return;
    for (int64_t v = 0; v < net->n_nodes; v++)
        net->index[net->node[v].id] = 0;
    net->n_nodes = 0;
}

static int room_for_nodes(flow_network *net, int64_t count)
{
    if (count <= net->node_room) return FR_OK;
    int64_t room = 2 * count > 64 ? 2 * count : 64;
    flow_node *node = fr_realloc(net->node, room, sizeof *node);
    if (node != NULL) net->node = node;
    int32_t *level = fr_realloc(net->level, room, sizeof *level);
    if (level != NULL) net->level = level;
    uint32_t *queue = fr_realloc(net->queue, room, sizeof *queue);
    if (queue != NULL) net->queue = queue;
    int64_t *path = fr_realloc(net->path, room, sizeof *path);
    if (path != NULL) net->path = path;
    if (node == NULL || level == NULL || queue == NULL || path == NULL) return FR_ENOMEM;
    net->node_room = room;
    return FR_OK;
}

static int room_for_arcs(flow_network *net, int64_t count)
{
    if (count <= net->arc_room) return FR_OK;
    int64_t room = 2 * count > 256 ? 2 * count : 256;
    uint32_t *to = fr_realloc(net->to, room, sizeof *to);
    if (to != NULL) net->to = to;
    int64_t *twin = fr_realloc(net->twin, room, sizeof *twin);
    if (twin != NULL) net->twin = twin;
    flow_amount *residual = fr_realloc(net->residual, room, sizeof *residual);
    if (residual != NULL) net->residual = residual;
    if (to == NULL || twin == NULL || residual == NULL) return FR_ENOMEM;
    net->arc_room = room;
    return FR_OK;
}

int flow_add(flow_network *net, int64_t id)
{
    if (net->n_nodes == INT32_MAX)
        return fr_fail(FR_ENOMEM, "the flow network has grown beyond %" PRId32 " nodes", INT32_MAX);
    int status = room_for_nodes(net, net->n_nodes + 1);
    if (status == FR_OK) status = workspace_row(net->workspace, id);
    if (status != FR_OK) return status;
    net->node[net->n_nodes] = (flow_node){.id = id, .first = -1};
    net->level[net->n_nodes] = -1;
    net->index[id] = (uint32_t)++net->n_nodes;
    return FR_OK;
}

bool flow_row_is_whole(const fr_graph *graph, int64_t node)
{
    if (graph->weight == NULL) return true;
    if (!(graph->degree[node] < 0x1p53)) return false;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++)
        if (graph->weight[k] != floor(graph->weight[k])) return false;
    return true;
}

/* Place of a value in an ascending list, or -1. */
static int64_t place_of(int64_t count, const uint32_t *list, uint32_t value)
{
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list[middle] == value) return middle;
        if (list[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* The arc between two nodes of which the first is revealed, or -1. */
static int64_t find_arc(const flow_network *net, int64_t from, int64_t to)
{
    const flow_node *node = &net->node[from];
    int64_t count = node->end - node->first;
    const uint32_t *neighbour = net->workspace->graph->neighbour + net->workspace->graph->row[node->id];
    int64_t place = net->grows ? place_of(count, neighbour, (uint32_t)net->node[to].id)
                               : place_of(count, net->to + node->first, (uint32_t)to);
    return place < 0 ? -1 : node->first + place;
}

/* Appends the arc from `number` to `other`, the same number for a loop, and joins it to the arc the other way. */
static int append_arc(flow_network *net, int64_t number, int64_t other, flow_amount capacity)
{
    int64_t arc = net->n_arcs++;
    net->to[arc] = (uint32_t)other;
    net->twin[arc] = -1;
    net->residual[arc] = other != number ? capacity : 0;
    if (net->node[other].first < 0) return FR_OK; /* as this one's is, until its row is complete */
    int64_t back = find_arc(net, other, number);
    if (back < 0)
        return fr_fail(FR_EINPUT,
                       "the graph file is damaged: there is an arc from node %" PRId64 " to %" PRId64
                       ", but none back",
                       net->node[number].id, net->node[other].id);
    net->twin[arc] = back;
    net->twin[back] = arc;
    net->residual[arc] = 2 * capacity - net->residual[back]; /* capacity + flow that came in */
    return FR_OK;
}

int flow_reveal(flow_network *net, int64_t number)
{
    const fr_graph *graph = net->workspace->graph;
    int64_t id = net->node[number].id, begin = graph->row[id], end = graph->row[id + 1], first = net->n_arcs;
    if (net->arc.exact && !flow_row_is_whole(graph, id)) return FLOW_FRACTION;
    int status = room_for_arcs(net, first + (end - begin));
    flow_amount capacity = flow_times(net->arc, 1);
    for (int64_t k = begin; status == FR_OK && k < end; k++) {
        int64_t neighbour = graph->neighbour[k];
        if (net->index[neighbour] == 0) {
            if (!net->grows) continue;
            if ((status = flow_add(net, neighbour)) != FR_OK) break;
            net->node[net->n_nodes - 1].sink = flow_times(net->outside, fr_graph_degree(graph, neighbour));
        }
        if (graph->weight != NULL) capacity = flow_times(net->arc, graph->weight[k]);
        status = append_arc(net, number, (int64_t)net->index[neighbour] - 1, capacity);
    }
    if (status != FR_OK) return status;
    net->node[number].first = first;
    net->node[number].end = net->n_arcs;
    net->arcs_read += end - begin;
    net->revealed_volume += fr_graph_degree(graph, id);
    return FR_OK;
}

void flow_reset(flow_network *net)
{
    const fr_graph *graph = net->workspace->graph;
    flow_amount capacity = flow_times(net->arc, 1);
    for (int64_t v = 0; v < net->n_nodes; v++) {
        const flow_node *node = &net->node[v];
        if (node->first < 0) continue;
        const double *weight = graph->weight != NULL ? graph->weight + graph->row[node->id] : NULL;
        for (int64_t arc = node->first; arc < node->end; arc++) {
            if (weight != NULL) capacity = flow_times(net->arc, weight[arc - node->first]);
            net->residual[arc] = net->to[arc] != v ? capacity : 0;
        }
    }
}

/* Puts the node into the search's queue; true if it has a way into the sink. */
static bool reach(flow_network *net, int64_t number, int32_t level)
{
    net->level[number] = level;
    net->queue[net->n_queue++] = (uint32_t)number;
    return net->node[number].sink > net->zero;
}

/* Levels from the source; *last is the first level with a way into the sink, -1 if there is none. */
static int find_levels(flow_network *net, int32_t *last)
{
    *last = -1;
    for (int64_t k = 0; k < net->n_queue; k++)
        net->level[net->queue[k]] = -1;
    net->n_queue = 0;
    for (int64_t v = 0; v < net->n_nodes; v++)
        if (net->node[v].source > net->zero && reach(net, v, 0)) *last = 0;
    for (int64_t head = 0; head < net->n_queue; head++) {
        int64_t from = net->queue[head];
        int32_t level = net->level[from];
        if (level == *last) break;
        if (net->node[from].first < 0) {
            int status = flow_reveal(net, from);
            if (status != FR_OK) return status;
        }
        flow_node *node = &net->node[from];
        node->current = node->first;
        const uint32_t *to = net->to;
        const int32_t *levels = net->level;
        for (int64_t arc = node->first, end = node->end; arc < end; arc++)
            if (levels[to[arc]] < 0 && net->residual[arc] > net->zero && reach(net, to[arc], level + 1))
                *last = level + 1;
        net->arcs_read += node->end - node->first;
    }
    return FR_OK;
}

/* Sends what fits along the path and into the sink; returns how much of the path still has room. */
static int64_t send(flow_network *net, flow_node *start, flow_node *end, int64_t depth)
{
    flow_amount amount = start->source < end->sink ? start->source : end->sink;
    for (int64_t k = 0; k < depth; k++)
        if (net->residual[net->path[k]] < amount) amount = net->residual[net->path[k]];
    int64_t open = depth;
    for (int64_t k = depth - 1; k >= 0; k--) {
        int64_t arc = net->path[k];
        net->residual[arc] -= amount;
        if (net->twin[arc] >= 0) net->residual[net->twin[arc]] += amount;
        if (net->residual[arc] <= net->zero) open = k;
    }
    start->source -= amount;
    end->sink -= amount;
    return open;
}

/* The next arc of the node that leads one level on, or -1. */
static int64_t next_arc(flow_network *net, int64_t number)
{
    flow_node *node = &net->node[number];
    const uint32_t *to = net->to;
    const int32_t *levels = net->level;
    int32_t wanted = levels[number] + 1;
    int64_t arc = node->current, end = node->end;
    while (arc < end && (levels[to[arc]] != wanted || net->residual[arc] <= net->zero))
        arc++;
    node->current = arc;
    return arc < end ? arc : -1;
}

/* Fills the shortest paths that begin at `start`, depth first. */
static void fill_paths(flow_network *net, int64_t start, int32_t last)
{
    int64_t at = start, depth = 0;
    while (net->node[start].source > net->zero) {
        int64_t arc = -1;
        if (net->level[at] < last)
            arc = next_arc(net, at);
        else if (net->node[at].sink > net->zero) {
            depth = send(net, &net->node[start], &net->node[at], depth);
            at = depth > 0 ? net->to[net->path[depth - 1]] : start;
            continue;
        }
        if (arc >= 0) {
            net->path[depth++] = arc;
            at = net->to[arc];
        } else if (depth > 0) { /* a dead end: the arc that led here is done with */
            depth--;
            at = depth > 0 ? net->to[net->path[depth - 1]] : start;
            net->node[at].current++;
        } else {
            return;
        }
    }
}

int flow_maximise(flow_network *net)
{
    for (;;) {
        int32_t last;
        int status = fr_progress_tick(NULL, 0, 0);
        if (status == FR_OK) status = find_levels(net, &last);
        if (status != FR_OK || last < 0) return status;
        for (int64_t k = 0; k < net->n_queue && net->level[net->queue[k]] == 0; k++)
            fill_paths(net, net->queue[k], last);
    }
}

double flow_cut(const flow_network *net, bool source_side)
{
    const fr_graph *graph = net->workspace->graph;
    double cut = 0;
    for (int64_t v = 0; v < net->n_nodes; v++) {
        if (flow_reached(net, v) != source_side) continue;
        int64_t id = net->node[v].id;
        for (int64_t k = graph->row[id]; k < graph->row[id + 1]; k++) {
            int64_t other = (int64_t)net->index[graph->neighbour[k]] - 1;
            if (other >= 0 && flow_reached(net, other) == source_side) continue;
            cut += graph->weight != NULL ? graph->weight[k] : 1;
        }
    }
    return cut;
}
