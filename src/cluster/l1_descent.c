/* l1-regularised PageRank by proximal coordinate descent in residual form (Ha, Fountoulakis, Mahoney 2021): for a
 * node j with r_j > (1 + tolerance) rho d_j,
 *   dp = (r_j - rho d_j) / ((1 + alpha)/(2 alpha) - (1 - alpha)/(2 alpha) A_jj / d_j),
 *   p_j += dp,   r_j = rho d_j,   r_u += (1 - alpha)/(2 alpha) dp A_ju / d_j for the other neighbours u,
 * exact minimisation along x_j. From x = 0, or any x with r_i >= rho d_i where x_i > 0, x rises and stays below
 * the optimum. The orders: first in first out; round by round in ascending order; the largest r_i / d_i; one of
 * the violators at random. */
#include "l1_descent.h"

#include "heap.h"
#include "rank.h"

#include <math.h>

enum { steps_between_looks = 1024 };

/* With a smaller tolerance than this, FIFO ends with conjugate gradients, ... */
static const double plain_tolerance = 1e-2;
/* ... and the queue serves to find the support: to this tolerance, or until so many times the support's volume was
 * read. */
static const double first_tolerance = 0.1;
static const double most_readings = 6;
/* After a start the queue is left out where so small a share of nodes is to be added to the support. */
static const double few_new = 0.1;

int l1_look(const l1_run *run, bool *stop)
{
    const fr_cluster_l1_settings *settings = run->settings;
    *stop = settings->max_steps > 0 && run->info->steps >= settings->max_steps;
    if (settings->time_limit > 0 && fr_clock() - run->start > settings->time_limit) *stop = true;
    return fr_progress_tick(NULL, run->info->steps, 0);
}

/* ---- one coordinate ---------------------------------------------------------------------------------------------------------- */

/* The node's row is ready. */
static inline void minimise(l1_run *run, uint32_t node, double threshold)
{
    push_scratch *scratch = run->scratch;
    push_node *here = &scratch->node[node];
    double bound = run->problem->rho * here->degree, excess = here->residual - bound;
    double loop = push_loop(scratch->graph, node);
    double step =
        loop > 0 ? excess / (run->slope - run->spread * loop / here->degree) : run->inverse_slope * excess;
    push_give(scratch, node, step);
    here->residual = INFINITY; /* a loop must not queue it again */
    run->info->arcs_read += push_row(scratch, node, run->spread * step / here->degree, threshold);
    here->residual = bound;
    run->info->steps++;
}

/* ---- orders ----------------------------------------------------------------------------------------------------------------- */

/* Puts the queue into ascending order. */
static int sort_queue(push_scratch *scratch)
{
    int64_t count = (int64_t)(scratch->tail - scratch->head);
    rank_item *items = fr_alloc(2 * count, sizeof *items);
    if (items == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++)
        items[k].node = scratch->queue[(scratch->head + (uint64_t)k) & scratch->mask];
    rank_sort(count, items, items + count);
    for (int64_t k = 0; k < count; k++)
        scratch->queue[(scratch->head + (uint64_t)k) & scratch->mask] = items[k].node;
    fr_free(items);
    return FR_OK;
}

/* Brings one of the queue, at random, to its head. */
static void draw(push_scratch *scratch, fr_rng *rng)
{
    int64_t count = (int64_t)(scratch->tail - scratch->head);
    uint64_t drawn = scratch->head + (uint64_t)fr_rng_below(rng, count);
    uint32_t *first = &scratch->queue[scratch->head & scratch->mask];
    uint32_t *other = &scratch->queue[drawn & scratch->mask], swap = *first;
    *first = *other, *other = swap;
}

/* Puts the next node in the order asked for at the head of the queue; `round_end` belongs to CYCLIC. */
static int choose(push_scratch *scratch, fr_cluster_order order, fr_rng *rng, uint64_t *round_end)
{
    if (order == FR_CLUSTER_RANDOM) draw(scratch, rng);
    if (order != FR_CLUSTER_CYCLIC || scratch->head != *round_end) return FR_OK;
    *round_end = scratch->tail;
    return sort_queue(scratch);
}

/* Nodes of the queue in the order asked for, until it is empty, a limit is reached, or `most` arcs per unit of the
 * support's volume were read. */
static int descend(l1_run *run, fr_cluster_order order, double threshold, double most)
{
    push_scratch *scratch = run->scratch;
    uint64_t round_end = scratch->head;
    int64_t often = run->settings->max_steps > 0 ? 1 : steps_between_looks;
    bool stop = false;
    fr_rng rng;
    fr_rng_init(&rng, run->settings->seed, 0, 0);
    while (scratch->head != scratch->tail && !stop) {
        int status = FR_OK;
        uint32_t node;
        if (run->info->steps % often == 0) status = l1_look(run, &stop);
        if (stop || status != FR_OK) return status;
        if (order != FR_CLUSTER_FIFO) status = choose(scratch, order, &rng, &round_end);
        if (status == FR_OK) status = push_next(run->workspace, scratch, &node);
        if (status != FR_OK) return status;
        if (scratch->p[node] == 0) run->volume += scratch->node[node].degree;
        minimise(run, node, threshold);
        stop = (double)(run->info->arcs_read - run->arcs_before) > most * run->volume;
    }
    return FR_OK;
}

/* The largest r_i / d_i next. The heap's items are the nodes' places in the list of touched nodes. */
typedef struct {
    node_heap heap;
    int64_t listed; /* touched nodes that have their place in the index */
} greedy;

static int greedy_meet(greedy *state, push_scratch *scratch)
{
    int status = heap_reserve(&state->heap, scratch->n_touched);
    for (; status == FR_OK && state->listed < scratch->n_touched; state->listed++)
        scratch->index[scratch->touched[state->listed]] = (uint32_t)state->listed;
    return status;
}

static void greedy_offer(greedy *state, const push_scratch *scratch, uint32_t node, double threshold)
{
    const push_node *here = &scratch->node[node];
    if (here->residual > threshold * here->degree)
        heap_set(&state->heap, scratch->index[node], node, here->residual / here->degree);
}

static int greedy_step(l1_run *run, greedy *state, double threshold)
{
    push_scratch *scratch = run->scratch;
    const fr_graph *graph = scratch->graph;
    uint32_t node = heap_pop(&state->heap).node;
    int status = push_ready(run->workspace, scratch, node);
    if (status != FR_OK) return status;
    minimise(run, node, threshold);
    scratch->head = scratch->tail = 0; /* the heap is the queue */
    status = greedy_meet(state, scratch);
    for (int64_t k = graph->row[node]; status == FR_OK && k < graph->row[node + 1]; k++)
        greedy_offer(state, scratch, graph->neighbour[k], threshold);
    return status;
}

static int descend_greedily(l1_run *run, double threshold)
{
    push_scratch *scratch = run->scratch;
    greedy state = {0};
    bool stop = false;
    scratch->head = scratch->tail = 0;
    int status = greedy_meet(&state, scratch);
    for (int64_t k = 0; status == FR_OK && k < state.listed; k++)
        if (scratch->node[scratch->touched[k]].degree > 0)
            greedy_offer(&state, scratch, scratch->touched[k], threshold);
    while (status == FR_OK && state.heap.count > 0 && !stop) {
        status = l1_look(run, &stop);
        if (status == FR_OK && !stop) status = greedy_step(run, &state, threshold);
    }
    for (int64_t k = 0; k < state.listed; k++)
        scratch->index[scratch->touched[k]] = 0;
    heap_free(&state.heap);
    return status;
}

/* ---- the start ---------------------------------------------------------------------------------------------------------------- */

/* The residual of the masses in the scratch, derived anew, and its certificate. */
static int certify(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    double bound = run->settings->tolerance * run->problem->rho;
    int status = support_list(run->workspace, scratch, run->problem);
    bool careful = status == FR_OK && support_needs_care(&scratch->inner, run->problem, bound);
    if (careful) {
        support_reset(scratch);
        status = support_extend(run->workspace, scratch, run->problem, &run->info->arcs_read);
    }
    if (status == FR_OK)
        status = certificate_residual(run->workspace, scratch, run->problem, INFINITY, careful, run->info);
    if (status == FR_OK) certificate_fill(scratch, run->problem, run->info);
    return status;
}

/* Fills the queue: seeds in the order listed, then, after a start, what else is above the threshold. */
static int fill_queue(l1_run *run, double threshold)
{
    push_scratch *scratch = run->scratch;
    scratch->head = scratch->tail = 0;
    int status = push_room(scratch, scratch->n_touched);
    for (int64_t k = 0; status == FR_OK && k < scratch->n_touched; k++) {
        uint32_t node = scratch->touched[k];
        double bound = threshold * scratch->node[node].degree;
        if (bound > 0 && scratch->node[node].residual > bound) push_enqueue(scratch, node);
    }
    return status;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------------- */

/* To the tolerance by coordinate steps alone. The residual is derived anew at the end; if it shows that rounding has left
 * something, there is more to do. */
static int plain(l1_run *run)
{
    double threshold = (1 + run->settings->tolerance) * run->problem->rho, before = INFINITY;
    int status = fill_queue(run, threshold);
    while (status == FR_OK) {
        bool stop;
        status = run->settings->order == FR_CLUSTER_GREEDY
                     ? descend_greedily(run, threshold)
                     : descend(run, run->settings->order, threshold, INFINITY);
        run->info->peak_support = run->scratch->n_support;
        if (status == FR_OK) status = certify(run);
        if (status == FR_OK) status = l1_look(run, &stop);
        if (status != FR_OK) return status;
        run->info->converged = run->info->error_bound <= run->settings->tolerance * run->problem->rho;
        if (run->info->converged || stop || !(run->info->error_bound < before / 2)) return FR_OK;
        before = run->info->error_bound;
        status = fill_queue(run, run->problem->rho * (1 + run->settings->tolerance / 2));
    }
    return status;
}

/* Are there only few nodes in the queue, as after a small change of an answer? */
static bool nearly_solved(const push_scratch *scratch)
{
    return (double)(scratch->tail - scratch->head) <= few_new * (double)scratch->n_support;
}

static int solve(l1_run *run)
{
    const fr_cluster_l1_settings *settings = run->settings;
    bool rounds = settings->order == FR_CLUSTER_FIFO && settings->tolerance < plain_tolerance, done = false;
    double threshold = (1 + first_tolerance) * run->problem->rho;
    int status = push_seeds(run->scratch, run->problem->n_seeds, run->problem->seed, run->problem->mass);
    if (status == FR_OK && settings->start != NULL) {
        status = l1_load_start(run, settings->start, &done);
        if (status == FR_OK && !done) status = fill_queue(run, threshold);
        if (status != FR_OK || done) return status;
        if (rounds && nearly_solved(run->scratch)) return l1_rounds(run);
        l1_leave_support(run->scratch);
    }
    if (status == FR_OK && !rounds) return plain(run);
    if (status == FR_OK) status = fill_queue(run, threshold);
    if (status == FR_OK) status = descend(run, FR_CLUSTER_FIFO, threshold, most_readings);
    return status == FR_OK ? l1_rounds(run) : status;
}

int l1_descent(fr_cluster_workspace *workspace, const l1_problem *problem,
               const fr_cluster_l1_settings *settings, fr_cluster_vector *out)
{
    l1_run run = {.workspace = workspace, .problem = problem, .settings = settings, .start = fr_clock()};
    fr_cluster_info info = {0};
    run.info = &info;
    run.slope = (1 + problem->alpha) / (2 * problem->alpha);
    run.spread = (1 - problem->alpha) / (2 * problem->alpha);
    run.inverse_slope = 2 * problem->alpha / (1 + problem->alpha);
    int status = push_scratch_get(workspace, &run.scratch);
    if (status != FR_OK) return status;
    status = solve(&run);
    if (status == FR_OK) status = push_vector(run.scratch, 0, NULL, settings->keep_residual, out);
    if (status == FR_OK) out->info = info;
    push_clear(run.scratch);
    return status;
}
