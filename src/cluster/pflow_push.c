/* The beginning of flow diffusion, p = 2: a node that holds more than its degree raises its potential until it holds just that,
 *   dx_j = (m_j - d_j) / (d_j - A_jj),   m_j = d_j,   m_u += A_ju dx_j for its neighbours u,
 * the exact minimum along x_j. First in, first out from x = 0: x rises and stays below the solution. It serves to find
 * the support; once that is mostly known, there are faster ways to the end. */
#include "pflow.h"
#include "push.h"

#include <math.h>

/* Nodes are pushed above so many times their degree, until so many times the support's volume was read. */
static const double threshold = 1.1, readings = 3;
enum { steps_between_looks = 1024 };

static void push_node_down(pflow_run *run, push_scratch *scratch, uint32_t node)
{
    push_node *here = &scratch->node[node];
    double step = (here->residual - here->degree) / (here->degree - push_loop(scratch->graph, node));
    push_give(scratch, node, step);
    here->residual = INFINITY; /* a loop must not queue it again */
    run->info->arcs_read += push_row(scratch, node, step, threshold);
    here->residual = here->degree;
    run->info->steps++;
    run->info->pushes++;
}

static int descend(pflow_run *run, push_scratch *scratch)
{
    double volume = 1;
    int64_t before = run->info->arcs_read;
    int64_t often = run->settings->max_steps > 0 ? 1 : steps_between_looks;
    while (scratch->head != scratch->tail && (double)(run->info->arcs_read - before) <= readings * volume) {
        uint32_t node;
        int status = run->info->steps % often == 0 ? pflow_look(run) : FR_OK;
        if (status != FR_OK || run->stop) return status;
        status = push_next(run->workspace, scratch, &node);
        if (status != FR_OK) return status;
        if (scratch->p[node] == 0) volume += scratch->node[node].degree;
        push_node_down(run, scratch, node);
    }
    return FR_OK;
}

static int fill_queue(pflow_run *run, push_scratch *scratch)
{
    int status = push_seeds(scratch, run->n_seeds, run->seed, run->source);
    if (status == FR_OK) status = push_room(scratch, run->n_seeds);
    for (int64_t k = 0; status == FR_OK && k < run->n_seeds; k++) {
        const push_node *node = &scratch->node[run->seed[k]];
        if (node->residual > threshold * node->degree) push_enqueue(scratch, (uint32_t)run->seed[k]);
    }
    return status;
}

/* Meets and opens the nodes of the support, and gives them their x. */
static int take(pflow_run *run, const push_scratch *scratch)
{
    touched_nodes *nodes = &run->network.nodes;
    int status = touched_reserve(nodes, scratch->n_support);
    for (int64_t k = 0; status == FR_OK && k < scratch->n_support; k++) {
        uint32_t node = scratch->support[k], number = touched_number(nodes, node);
        nodes->column[PFLOW_X][number] = scratch->p[node];
        status = pflow_open(run, number);
        if (status == FR_OK) status = touched_reserve(nodes, scratch->n_support - k);
    }
    return status;
}

int pflow_push(pflow_run *run)
{
    push_scratch *scratch;
    int status = push_scratch_get(run->workspace, &scratch);
    if (status != FR_OK) return status;
    status = fill_queue(run, scratch);
    if (status == FR_OK) status = descend(run, scratch);
    if (status == FR_OK) status = take(run, scratch);
    push_clear(scratch);
    return status;
}
