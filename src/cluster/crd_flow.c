/* One round of capacity releasing diffusion: excess goes to neighbours of lower label over edges of capacity
 * min(label, U), from the lowest label first (smaller number on equality); a node that can send nothing more rises, up
 * to the height h. */
#include "crd.h"

#include <math.h>
#include <string.h>

/* ---- the heap ---- */

static uint64_t heap_key(const crd_run *run, int64_t id)
{
    return (uint64_t)run->network->label[id] << 32 | (uint64_t)id;
}

static void heap_insert(crd_network *network, uint64_t key)
{
    uint64_t *heap = network->heap;
    int64_t at = network->heap_count++;
    for (; at > 0 && heap[(at - 1) / 2] > key; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = key;
}

/* Puts `key` in the place of the top. */
static void heap_replace(crd_network *network, uint64_t key)
{
    uint64_t *heap = network->heap;
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= network->heap_count) break;
        if (child + 1 < network->heap_count && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= key) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
}

static void heap_remove(crd_network *network)
{
    uint64_t last = network->heap[--network->heap_count];
    if (network->heap_count > 0) heap_replace(network, last);
}

/* ---- the flow ---- */

/* The top of the heap, `from`, sends along its current arc what the arc and the other end can take; false if that is
 * nothing. */
static int push(crd_run *run, int64_t from, int64_t to_id, bool *sent)
{
    crd_network *network = run->network;
    const crd_node *node = &network->node[from];
    int64_t arc = node->first + node->current, label = network->label[node->id];
    double room =
        (double)(label < run->settings->capacity ? label : run->settings->capacity) - network->flow[arc];
    *sent = false;
    if (!(room > 0)) return FR_OK;
    if (run->index[to_id] == 0) {
        int status = crd_add_node(run, to_id);
        if (status != FR_OK) return status;
    }
    crd_node *sender = &network->node[from], *taker = &network->node[run->index[to_id] - 1];
    double free_mass = run->settings->growth * (double)taker->degree - taker->mass;
    if (!(free_mass > 0)) return FR_OK;
    double amount = fmin(crd_excess(sender), fmin(room, free_mass));
    network->flow[arc] += amount;
    if (network->twin[arc] >= 0) network->flow[network->twin[arc]] -= amount;
    sender->mass -= amount;
    taker->mass += amount;
    run->pushes++;
    *sent = true;
    if (!(crd_excess(sender) > 0)) {
        sender->queued = false;
        heap_remove(network);
    }
    if (crd_excess(taker) > 0 && !taker->queued && network->label[to_id] < run->settings->height) {
        taker->queued = true;
        taker->current = 0;
        heap_insert(network, heap_key(run, to_id));
    }
    return FR_OK;
}

/* One push from the top of the heap or, past its last arc, the next label. */
static int process(crd_run *run, int64_t number)
{
    crd_network *network = run->network;
    crd_node *node = &network->node[number];
    int status = node->first < 0 ? crd_reveal(run, node) : FR_OK;
    if (status != FR_OK) return status;
    uint16_t label = network->label[node->id];
    const uint32_t *neighbour = run->graph->neighbour + run->graph->row[node->id];
    int64_t begin = node->current, end = label > 0 ? node->degree : 0; /* nothing is lower than label 0 */
    for (int64_t k = begin; k < end; k++) {
        if (network->label[neighbour[k]] >= label) continue; /* a loop, too */
        bool sent;
        node->current = k;
        status = push(run, number, neighbour[k], &sent);
        node = &network->node[number];
        if (status == FR_OK && !sent) continue;
        run->arcs_read += k - begin + 1;
        return status;
    }
    if (end > begin) run->arcs_read += end - begin;
    node->current = 0;
    network->label[node->id] = ++label;
    if (label < run->settings->height) {
        heap_replace(network, heap_key(run, node->id));
    } else {
        node->queued = false;
        heap_remove(network);
    }
    return FR_OK;
}

int crd_unit_flow(crd_run *run)
{
    crd_network *network = run->network;
    if (network->n_arcs > 0) memset(network->flow, 0, (size_t)network->n_arcs * sizeof *network->flow);
    network->heap_count = 0;
    for (int64_t v = 0; v < network->n_nodes; v++) {
        crd_node *node = &network->node[v];
        node->mass = node->start;
        node->current = 0;
        node->queued = node->mass > (double)node->degree;
        network->label[node->id] = node->queued;
        if (node->queued) heap_insert(network, heap_key(run, node->id));
    }
    while (network->heap_count > 0) {
        int64_t id = (int64_t)(network->heap[0] & UINT32_MAX);
        int status = process(run, (int64_t)run->index[id] - 1);
        if (status == FR_OK && ++run->steps % 4096 == 0) status = fr_progress_tick(NULL, 0, 0);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}
