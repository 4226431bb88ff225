/* The network that a run of flow diffusion has met: rows of nodes appended as they are opened. */
#include "pflow.h"

#include "grow.h"

#include <string.h>

int pflow_network_new(pflow_run *run)
{
    pflow_network *network = &run->network;
    int status = touched_new(run->workspace, pflow_columns, &network->nodes);
    if (status == FR_OK)
        status = touched_seeds(&network->nodes, run->n_seeds, run->seed, run->source); /* column 0 */
    network->first = fr_alloc(1, sizeof *network->first);
    return status == FR_OK && network->first == NULL ? FR_ENOMEM : status;
}

void pflow_network_free(pflow_network *network)
{
    touched_free(&network->nodes);
    fr_free(network->place);
    fr_free(network->slot);
    fr_free(network->open);
    fr_free(network->first);
    fr_free(network->target);
    fr_free(network->weight);
    fr_free(network->flow);
    fr_free(network->next);
    fr_free(network->conductance);
    fr_free(network->at);
    *network = (pflow_network){0};
}

/* The arrays by number have room for what the list of nodes has; new entries are zero. */
static int make_numbers(pflow_network *network)
{
    int64_t before = network->by_number, room = network->nodes.capacity;
    if (room <= before) return FR_OK;
    if (!cluster_grow(&network->place, room, sizeof *network->place)) return FR_ENOMEM;
    if (!cluster_grow(&network->slot, room, sizeof *network->slot)) return FR_ENOMEM;
    memset(network->place + before, 0, (size_t)(room - before) * sizeof *network->place);
    memset(network->slot + before, 0, (size_t)(room - before) * sizeof *network->slot);
    network->by_number = room;
    return FR_OK;
}

static int make_row(pflow_network *network)
{
    if (network->n_open < network->open_room) return FR_OK;
    int64_t room = cluster_room(network->n_open + 1, network->open_room);
    if (!cluster_grow(&network->open, room, sizeof *network->open)) return FR_ENOMEM;
    if (!cluster_grow(&network->first, room + 1, sizeof *network->first)) return FR_ENOMEM;
    network->open_room = room;
    return FR_OK;
}

static int make_edges(pflow_network *network, int64_t more, bool weighted, bool linearised)
{
    int64_t needed = network->n_edges + more;
    if (needed <= network->edge_room) return FR_OK;
    int64_t room = cluster_room(needed, network->edge_room);
    if (!cluster_grow(&network->target, room, sizeof *network->target)) return FR_ENOMEM;
    if (weighted && !cluster_grow(&network->weight, room, sizeof(double))) return FR_ENOMEM;
    if (!cluster_grow(&network->flow, room, sizeof(double))) return FR_ENOMEM;
    if (!cluster_grow(&network->next, room, sizeof(double))) return FR_ENOMEM;
    if (linearised && !cluster_grow(&network->conductance, room, sizeof(double))) return FR_ENOMEM;
    if (linearised && !cluster_grow(&network->at, room, sizeof(double))) return FR_ENOMEM;
    network->edge_room = room;
    return FR_OK;
}

int pflow_open(pflow_run *run, uint32_t number)
{
    pflow_network *network = &run->network;
    const fr_graph *graph = run->workspace->graph;
    int status = make_numbers(network);
    if (status != FR_OK || network->place[number] != 0) return status;
    uint32_t node = network->nodes.node[number];
    status = touched_row(&network->nodes, node);
    int64_t begin = graph->row[node], end = graph->row[node + 1];
    if (status == FR_OK) status = make_numbers(network);
    if (status == FR_OK) status = make_row(network);
    if (status == FR_OK)
        status = make_edges(network, end - begin, graph->weight != NULL, run->settings->p > 2);
    if (status != FR_OK) return status;
    network->open[network->n_open++] = number;
    network->place[number] = (uint32_t)network->n_open;
    for (int64_t k = begin; k < end; k++) {
        uint32_t other = touched_number(&network->nodes, graph->neighbour[k]);
        if (network->place[other] != 0) continue; /* there already, or a loop */
        int64_t edge = network->n_edges++;
        network->target[edge] = other;
        if (graph->weight != NULL) network->weight[edge] = graph->weight[k];
        network->flow[edge] = network->next[edge] = 0;
    }
    network->first[network->n_open] = network->n_edges;
    if (network->conductance != NULL) pflow_linearise(network, run->p, network->n_open - 1);
    run->info->pushes++;
    run->info->arcs_read += end - begin;
    return FR_OK;
}

void pflow_spread(pflow_network *network)
{
    const double *x = network->nodes.column[PFLOW_X];
    double *out = network->nodes.column[PFLOW_OUT];
    memset(out, 0, (size_t)network->nodes.count * sizeof *out);
    for (int64_t row = 0; row < network->n_open; row++) {
        uint32_t node = network->open[row];
        double here = x[node], sum = 0;
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            uint32_t other = network->target[e];
            double fall = here - x[other];
            double flow = network->conductance != NULL ? network->at[e] + network->conductance[e] * fall
                                                       : pflow_weight(network, e) * fall;
            network->next[e] = flow;
            sum += flow;
            out[other] -= flow;
        }
        out[node] += sum;
    }
}
