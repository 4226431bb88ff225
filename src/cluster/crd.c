/* Capacity releasing diffusion (Wang, Fountoulakis, Henzinger, Mahoney, Rao, ICML 2017). Mass 2 d_v starts at the seeds
 * and flows to lower labels by a push-relabel process whose edges open with the label, min(label, U); a node keeps d_v.
 * Each round ends with the best level set {label >= L}; then what was kept grows by w, until mass cannot get away any
 * more. The graph counts as unweighted throughout: degrees are numbers of arcs. */
#include "workspace.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct {
    int64_t id;
    int64_t degree;
    int64_t first, current; /* its arcs in `flow`, -1: not revealed; the next one to look at, from 0 */
    double start, mass;
    bool queued;
} diffusion_node;

/* What the workspace keeps. */
typedef struct {
    uint16_t *label; /* n entries, zero between calls */
    int64_t n_nodes, node_room;
    diffusion_node *node;
    int64_t *by_label; /* nodes with a label, highest first */
    uint64_t *heap;    /* label * 2^32 + id, smallest on top; each node at most once */
    int64_t heap_count;
    int64_t n_arcs, arc_room;
    double *flow;  /* out of the node along its arcs, in the order of its row */
    int64_t *twin; /* the same edge the other way; -1 while the other end is not revealed */
} diffusion_scratch;

typedef struct {
    fr_cluster_workspace *workspace;
    const fr_graph *graph;
    const fr_cluster_crd_settings *settings;
    uint32_t *index;
    diffusion_scratch *part;
    int64_t pushes, arcs_read, steps;
    double best_conductance;
    int64_t best_count, best_room;
    int64_t *best;
} diffusion;

static void scratch_free(void *part)
{
    diffusion_scratch *scratch = part;
    fr_free(scratch->label);
    fr_free(scratch->node);
    fr_free(scratch->by_label);
    fr_free(scratch->heap);
    fr_free(scratch->flow);
    fr_free(scratch->twin);
    fr_free(scratch);
}

static diffusion_scratch *scratch_of(fr_cluster_workspace *workspace)
{
    if (workspace->part[WORKSPACE_CRD] == NULL) {
        workspace->part[WORKSPACE_CRD] = fr_alloc(1, sizeof(diffusion_scratch));
        workspace->part_free[WORKSPACE_CRD] = scratch_free;
    }
    diffusion_scratch *scratch = workspace->part[WORKSPACE_CRD];
    if (scratch == NULL) return NULL;
    if (scratch->label == NULL) scratch->label = fr_alloc(workspace->graph->n, sizeof *scratch->label);
    return scratch->label != NULL ? scratch : NULL;
}

static int room_for_nodes(diffusion_scratch *part, int64_t room)
{
    diffusion_node *node = fr_realloc(part->node, room, sizeof *node);
    if (node != NULL) part->node = node;
    int64_t *by_label = fr_realloc(part->by_label, room, sizeof *by_label);
    if (by_label != NULL) part->by_label = by_label;
    uint64_t *heap = fr_realloc(part->heap, room, sizeof *heap);
    if (heap != NULL) part->heap = heap;
    if (node == NULL || by_label == NULL || heap == NULL) return FR_ENOMEM;
    part->node_room = room;
    return FR_OK;
}

static int room_for_arcs(diffusion_scratch *part, int64_t room)
{
    double *flow = fr_realloc(part->flow, room, sizeof *flow);
    if (flow != NULL) part->flow = flow;
    int64_t *twin = fr_realloc(part->twin, room, sizeof *twin);
    if (twin != NULL) part->twin = twin;
    if (flow == NULL || twin == NULL) return FR_ENOMEM;
    part->arc_room = room;
    return FR_OK;
}

/* Gives the node a number, with no mass. */
static int add_node(diffusion *d, int64_t id)
{
    diffusion_scratch *part = d->part;
    int status = workspace_row(d->workspace, id);
    if (status == FR_OK && part->n_nodes == part->node_room)
        status = room_for_nodes(part, part->node_room > 0 ? 2 * part->node_room : 64);
    if (status != FR_OK) return status;
    int64_t degree = d->graph->row[id + 1] - d->graph->row[id];
    part->node[part->n_nodes] = (diffusion_node){.id = id, .degree = degree, .first = -1};
    d->index[id] = (uint32_t)++part->n_nodes;
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

/* Gives the node flows along its arcs: minus what its revealed neighbours have sent. */
static int reveal(diffusion *d, diffusion_node *node)
{
    const fr_graph *graph = d->graph;
    diffusion_scratch *part = d->part;
    if (part->n_arcs + node->degree > part->arc_room) {
        int status = room_for_arcs(part, 2 * (part->n_arcs + node->degree));
        if (status != FR_OK) return status;
    }
    for (int64_t k = 0; k < node->degree; k++) {
        int64_t id = graph->neighbour[graph->row[node->id] + k], arc = part->n_arcs + k;
        int64_t number = (int64_t)d->index[id] - 1;
        part->flow[arc] = 0;
        part->twin[arc] = -1;
        if (number < 0 || part->node[number].first < 0) continue;
        int64_t back = find_neighbour(graph, id, node->id);
        if (back < 0)
            return fr_fail(FR_EINPUT,
                           "the graph file is damaged: there is an arc from node %" PRId64 " to %" PRId64
                           ", but none back",
                           node->id, id);
        back += part->node[number].first;
        part->twin[arc] = back;
        part->twin[back] = arc;
        part->flow[arc] = -part->flow[back];
    }
    node->first = part->n_arcs;
    part->n_arcs += node->degree;
    return FR_OK;
}

/* ---- the heap ---- */

static uint64_t heap_key(const diffusion *d, int64_t id)
{
    return (uint64_t)d->part->label[id] << 32 | (uint64_t)id;
}

static void heap_insert(diffusion_scratch *part, uint64_t key)
{
    uint64_t *heap = part->heap;
    int64_t at = part->heap_count++;
    for (; at > 0 && heap[(at - 1) / 2] > key; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = key;
}

/* Puts `key` in the place of the top. */
static void heap_replace(diffusion_scratch *part, uint64_t key)
{
    uint64_t *heap = part->heap;
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= part->heap_count) break;
        if (child + 1 < part->heap_count && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= key) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
}

static void heap_remove(diffusion_scratch *part)
{
    uint64_t last = part->heap[--part->heap_count];
    if (part->heap_count > 0) heap_replace(part, last);
}

/* ---- one round ---- */

static double excess_of(const diffusion_node *node)
{
    return node->mass > (double)node->degree ? node->mass - (double)node->degree : 0;
}

/* The top of the heap, `from`, sends along its current arc what the arc and the other end can take; false if that is
 * nothing. */
static int push(diffusion *d, int64_t from, int64_t to_id, bool *sent)
{
    diffusion_scratch *part = d->part;
    const diffusion_node *node = &part->node[from];
    int64_t arc = node->first + node->current, label = part->label[node->id];
    double room = (double)(label < d->settings->capacity ? label : d->settings->capacity) - part->flow[arc];
    *sent = false;
    if (!(room > 0)) return FR_OK;
    if (d->index[to_id] == 0) {
        int status = add_node(d, to_id);
        if (status != FR_OK) return status;
    }
    diffusion_node *sender = &part->node[from], *taker = &part->node[d->index[to_id] - 1];
    double free_mass = d->settings->growth * (double)taker->degree - taker->mass;
    if (!(free_mass > 0)) return FR_OK;
    double amount = fmin(excess_of(sender), fmin(room, free_mass));
    part->flow[arc] += amount;
    if (part->twin[arc] >= 0) part->flow[part->twin[arc]] -= amount;
    sender->mass -= amount;
    taker->mass += amount;
    d->pushes++;
    *sent = true;
    if (!(excess_of(sender) > 0)) {
        sender->queued = false;
        heap_remove(part);
    }
    if (excess_of(taker) > 0 && !taker->queued && part->label[to_id] < d->settings->height) {
        taker->queued = true;
        taker->current = 0;
        heap_insert(part, heap_key(d, to_id));
    }
    return FR_OK;
}

/* One push from the top of the heap or, past its last arc, the next label. */
static int process(diffusion *d, int64_t number)
{
    diffusion_scratch *part = d->part;
    diffusion_node *node = &part->node[number];
    int status = node->first < 0 ? reveal(d, node) : FR_OK;
    if (status != FR_OK) return status;
    uint16_t label = part->label[node->id];
    const uint32_t *neighbour = d->graph->neighbour + d->graph->row[node->id];
    int64_t begin = node->current, end = label > 0 ? node->degree : 0; /* nothing is lower than label 0 */
    for (int64_t k = begin; k < end; k++) {
        if (part->label[neighbour[k]] >= label) continue; /* a loop, too */
        bool sent;
        node->current = k;
        status = push(d, number, neighbour[k], &sent);
        node = &part->node[number];
        if (status == FR_OK && !sent) continue;
        d->arcs_read += k - begin + 1;
        return status;
    }
    if (end > begin) d->arcs_read += end - begin;
    node->current = 0;
    part->label[node->id] = ++label;
    if (label < d->settings->height) {
        heap_replace(part, heap_key(d, node->id));
    } else {
        node->queued = false;
        heap_remove(part);
    }
    return FR_OK;
}

/* Spreads the starting masses. */
static int unit_flow(diffusion *d)
{
    diffusion_scratch *part = d->part;
    if (part->n_arcs > 0) memset(part->flow, 0, (size_t)part->n_arcs * sizeof *part->flow);
    part->heap_count = 0;
    for (int64_t v = 0; v < part->n_nodes; v++) {
        diffusion_node *node = &part->node[v];
        node->mass = node->start;
        node->current = 0;
        node->queued = node->mass > (double)node->degree;
        part->label[node->id] = node->queued;
        if (node->queued) heap_insert(part, heap_key(d, node->id));
    }
    while (part->heap_count > 0) {
        int64_t id = (int64_t)(part->heap[0] & UINT32_MAX);
        int status = process(d, (int64_t)d->index[id] - 1);
        if (status == FR_OK && ++d->steps % 4096 == 0) status = fr_progress_tick(NULL, 0, 0);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

/* Nodes with a label into by_label, highest first; returns how many. first[L] for L = 0..highest is where label L begins. */
static int64_t order_by_label(diffusion *d, int64_t *first, int64_t highest)
{
    diffusion_scratch *part = d->part;
    memset(first, 0, (size_t)(highest + 2) * sizeof *first);
    for (int64_t v = 0; v < part->n_nodes; v++)
        first[part->label[part->node[v].id]]++;
    int64_t count = 0;
    for (int64_t label = highest; label > 0; label--) {
        int64_t many = first[label];
        first[label] = count;
        count += many;
    }
    for (int64_t v = 0; v < part->n_nodes; v++) {
        int64_t label = part->label[part->node[v].id];
        if (label > 0) part->by_label[first[label]++] = part->node[v].id;
    }
    return count;
}

/* Edges of the node to lower labels, less those to higher ones: the change of the cut when its level joins. */
static int64_t cut_change(const diffusion *d, int64_t id)
{
    const uint16_t *label = d->part->label;
    int64_t change = 0;
    for (int64_t k = d->graph->row[id]; k < d->graph->row[id + 1]; k++) {
        uint16_t other = label[d->graph->neighbour[k]];
        change += (other < label[id]) - (other > label[id]);
    }
    return change;
}

static int keep_best(diffusion *d, int64_t count, const int64_t *nodes)
{
    if (count > d->best_room) {
        int64_t *best = fr_realloc(d->best, count, sizeof *best);
        if (best == NULL) return FR_ENOMEM;
        d->best = best;
        d->best_room = count;
    }
    memcpy(d->best, nodes, (size_t)count * sizeof *d->best);
    d->best_count = count;
    return FR_OK;
}

/* The level set of smallest conductance, if it is smaller than the best so far. `first`: room for height + 3 numbers. */
static int round_levels(diffusion *d, int64_t *first)
{
    const diffusion_scratch *part = d->part;
    int64_t count = order_by_label(d, first, d->settings->height + 1);
    int64_t volume = 0, cut = 0, better = 0;
    for (int64_t k = 0; k < count; k++) {
        int64_t id = part->by_label[k];
        volume += d->graph->row[id + 1] - d->graph->row[id];
        cut += cut_change(d, id);
        if (k + 1 < count && part->label[part->by_label[k + 1]] == part->label[id]) continue;
        int64_t other = d->graph->n_arcs - volume, smaller = other < volume ? other : volume;
        double conductance = smaller > 0 ? (double)cut / (double)smaller : 1;
        if (conductance < d->best_conductance) {
            d->best_conductance = conductance;
            better = k + 1;
        }
    }
    d->arcs_read += volume;
    return better > 0 ? keep_best(d, better, part->by_label) : FR_OK;
}

/* Masses for the next round; true if there is to be none: mass was trapped, or the diffusion holds a third of the graph. */
static bool release(diffusion *d, int64_t round)
{
    diffusion_scratch *part = d->part;
    double excess = 0, full = 0;
    for (int64_t v = 0; v < part->n_nodes; v++) {
        diffusion_node *node = &part->node[v];
        excess += excess_of(node);
        if (node->mass >= (double)node->degree) full += (double)node->degree;
        node->start = d->settings->growth * (node->mass - excess_of(node));
    }
    double trapped = ldexp((double)part->node[0].degree, (int)(round < 2000 ? round : 2000)) / 10;
    return excess > trapped || full > (double)d->graph->n_arcs / 3;
}

static int diffuse(diffusion *d, int64_t count, const int64_t *seeds, int64_t *rounds)
{
    int64_t *first = fr_alloc(d->settings->height + 3, sizeof *first);
    int status = first != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        status = add_node(d, seeds[k]);
        if (status == FR_OK) d->part->node[k].start = 2 * (double)d->part->node[k].degree;
    }
    for (int64_t round = 0; status == FR_OK && round < d->settings->iterations; round++) {
        status = unit_flow(d);
        if (status == FR_OK) status = round_levels(d, first);
        if (status != FR_OK) break;
        ++*rounds;
        if (release(d, round)) break;
    }
    fr_free(first);
    return status;
}

/* Leaves the workspace clean. */
static void sweep_up(diffusion *d)
{
    for (int64_t v = 0; v < d->part->n_nodes; v++) {
        d->index[d->part->node[v].id] = 0;
        d->part->label[d->part->node[v].id] = 0;
    }
    d->part->n_nodes = d->part->n_arcs = 0;
}

static int check(const fr_cluster_crd_settings *settings)
{
    if (settings->capacity < 1)
        return fr_fail(FR_EUSAGE, "the capacity is %" PRId64 ", expected a number from 1",
                       settings->capacity);
    if (settings->height < 1 || settings->height > 60000)
        return fr_fail(FR_EUSAGE, "the height is %" PRId64 ", expected a number from 1 to 60000",
                       settings->height);
    if (!(settings->growth > 1) || isinf(settings->growth))
        return fr_fail(FR_EUSAGE, "the growth is %g, expected a number above 1", settings->growth);
    if (settings->iterations < 1)
        return fr_fail(FR_EUSAGE, "the number of iterations is %" PRId64 ", expected a number from 1",
                       settings->iterations);
    return FR_OK;
}

void fr_cluster_crd_settings_default(fr_cluster_crd_settings *settings)
{
    *settings = (fr_cluster_crd_settings){.capacity = 3, .height = 10, .growth = 2, .iterations = 20};
}

int fr_cluster_crd(fr_cluster_workspace *workspace, int64_t count, const int64_t *seeds,
                   const fr_cluster_crd_settings *settings, fr_cluster_crd_result *out)
{
    *out = (fr_cluster_crd_result){0};
    double started = fr_clock();
    fr_cluster_crd_settings usual;
    fr_cluster_crd_settings_default(&usual);
    if (settings == NULL) settings = &usual;
    int status = check(settings);
    if (status == FR_OK) status = workspace_check_set(workspace, count, seeds, "seeds");
    if (status != FR_OK) return status;
    diffusion d = {.workspace = workspace,
                   .graph = workspace->graph,
                   .settings = settings,
                   .index = workspace_index(workspace),
                   .part = scratch_of(workspace),
                   .best_conductance = INFINITY};
    if (d.index == NULL || d.part == NULL) return FR_ENOMEM;
    status = diffuse(&d, count, seeds, &out->rounds);
    sweep_up(&d);
    if (status == FR_OK && d.best_count == 0) status = keep_best(&d, count, seeds); /* none has a neighbour */
    if (status == FR_OK) {
        status = cluster_set_take(workspace, d.best_count, d.best, &out->set);
        d.best = NULL;
    }
    fr_free(d.best);
    out->pushes = d.pushes;
    out->arcs_read = d.arcs_read;
    out->seconds = fr_clock() - started;
    if (status != FR_OK) fr_cluster_crd_result_free(out);
    return status;
}

void fr_cluster_crd_result_free(fr_cluster_crd_result *result)
{
    fr_cluster_set_free(&result->set);
    *result = (fr_cluster_crd_result){0};
}
