/* Monotone active set for the l1 problem, a linear complementarity problem with an M-matrix: with b = alpha (s - rho d),
 *   solve Q_SS x_S = b_S, add every node outside of S where r_i > rho d_i, until there is none.
 * Every set on the way lies within the support of the optimum, so the sets only grow (Chandrasekaran 1970; F1). It begins with what
 * coordinate descent has proved to be in the support, which is mostly all of it. */
#include "active_set.h"
#include "grow.h"
#include "l1.h"

#include <math.h>

enum { column_seed, column_residual, column_count };

/* How near coordinate descent comes first, relative to rho. */
static const double first_tolerance = 1e-8;

typedef struct {
    fr_cluster_workspace *workspace;
    const l1_problem *problem;
    int64_t count, room; /* the set S */
    int64_t *node;
    double *x, *b;
    fr_cluster_info work; /* what was done */
} exact_run;

static int add_node(exact_run *run, int64_t node)
{
    if (run->count == run->room) {
        int64_t room = cluster_room(run->count + 1, run->room);
        if (!cluster_grow(&run->node, room, sizeof *run->node) ||
            !cluster_grow(&run->x, room, sizeof *run->x) || !cluster_grow(&run->b, room, sizeof *run->b))
            return FR_ENOMEM;
        run->room = room;
    }
    run->x[run->count] = 0;
    run->node[run->count++] = node;
    return FR_OK;
}

/* S = the nodes that are in the support for certain, x* >= x - delta_above > 0, by number; their x are the first guess. */
static int begin(exact_run *run, const fr_cluster_vector *vector)
{
    uint32_t *index = workspace_index(run->workspace);
    int status = index != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t k = 0; status == FR_OK && k < vector->count; k++)
        if (vector->p_over_degree[k] > vector->info.delta_above) status = add_node(run, vector->node[k]);
    if (status != FR_OK) return status;
    cluster_sort_nodes(run->count, run->node);
    for (int64_t k = 0; k < run->count; k++)
        index[run->node[k]] = (uint32_t)k + 1;
    for (int64_t k = 0; k < vector->count; k++) {
        uint32_t place = index[vector->node[k]];
        if (place != 0) run->x[place - 1] = vector->p_over_degree[k];
    }
    for (int64_t k = 0; k < run->count; k++)
        index[run->node[k]] = 0;
    return FR_OK;
}

/* Numbers the nodes of S by their places, and then the seeds; their masses lie in column_seed. */
static int number_nodes(exact_run *run, touched_nodes *touched)
{
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < run->count; k++) {
        status = touched_row(touched, run->node[k]);
        if (status == FR_OK) status = touched_reserve(touched, 1);
        if (status == FR_OK) touched_number(touched, (uint32_t)run->node[k]);
    }
    const l1_problem *problem = run->problem;
    if (status == FR_OK) status = touched_seeds(touched, problem->n_seeds, problem->seed, problem->mass);
    return status;
}

/* x of the present S. */
static int solve(exact_run *run, const touched_nodes *touched)
{
    if (run->count == 0) return FR_OK;
    const l1_problem *problem = run->problem;
    for (int64_t k = 0; k < run->count; k++)
        run->b[k] = problem->alpha * (touched->column[column_seed][k] - problem->rho * touched->degree[k]);
    active_matrix matrix;
    int status =
        active_matrix_new(touched->graph, problem->alpha, run->count, run->node, touched->index, &matrix);
    if (status == FR_OK) status = active_matrix_solve(&matrix, run->b, run->x);
    run->work.pushes += run->count;
    run->work.arcs_read += matrix.arcs_read;
    active_matrix_free(&matrix);
    for (int64_t k = 0; status == FR_OK && k < run->count; k++)
        run->x[k] = fmax(run->x[k], 0); /* below 0 by rounding alone */
    return status;
}

/* Adds the nodes outside of S with r_i > rho d_i, beyond what rounding does to r_i. */
static int add_violators(exact_run *run, touched_nodes *touched)
{
    const fr_graph *graph = touched->graph;
    const l1_problem *problem = run->problem;
    int64_t before = run->count;
    for (int64_t k = 0; k < before; k++) {
        int64_t i = run->node[k];
        int status = touched_row(touched, i);
        if (status != FR_OK) return status;
        double spread = (1 - problem->alpha) / (2 * problem->alpha) * run->x[k];
        for (int64_t a = graph->row[i]; a < graph->row[i + 1]; a++) {
            uint32_t other = touched_number(touched, graph->neighbour[a]);
            touched->column[column_residual][other] +=
                spread * (graph->weight != NULL ? graph->weight[a] : 1);
        }
        run->work.arcs_read += graph->row[i + 1] - graph->row[i];
    }
    for (int64_t i = before; i < touched->count; i++) {
        double seed = touched->column[column_seed][i], bound = problem->rho * touched->degree[i];
        if (!(seed + touched->column[column_residual][i] > bound + 1e-14 * (seed + bound))) continue;
        int status = add_node(run, touched->node[i]);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

static int one_round(exact_run *run)
{
    touched_nodes touched;
    int status = touched_new(run->workspace, column_count, &touched);
    if (status == FR_OK) status = number_nodes(run, &touched);
    if (status == FR_OK) status = solve(run, &touched);
    if (status == FR_OK) status = add_violators(run, &touched);
    touched_free(&touched);
    run->work.steps++;
    return status;
}

/* Rounds until nothing is added, or a limit is met. */
static int all_rounds(exact_run *run, const fr_cluster_l1_settings *settings)
{
    double start = fr_clock();
    int64_t before;
    int status;
    do {
        before = run->count;
        status = fr_progress_tick(NULL, run->work.steps, 0);
        if (status == FR_OK) status = one_round(run);
        if (settings->time_limit > 0 && fr_clock() - start > settings->time_limit) break;
        if (settings->max_steps > 0 && run->work.steps >= settings->max_steps) break;
    } while (status == FR_OK && run->count > before);
    return status;
}

static int finish(exact_run *run, const fr_cluster_l1_settings *settings, fr_cluster_vector *out)
{
    for (int64_t k = 0; k < run->count; k++)
        run->x[k] *= fr_graph_degree(run->workspace->graph, run->node[k]);
    out->info.steps = run->work.steps;
    out->info.pushes = run->work.pushes;
    out->info.arcs_read = run->work.arcs_read;
    out->info.peak_support = run->count;
    int status =
        l1_finish(run->workspace, run->problem, run->count, run->node, run->x, settings->keep_residual, out);
    if (status == FR_OK)
        out->info.converged = out->info.error_bound <= settings->tolerance * run->problem->rho;
    return status;
}

int l1_exact(fr_cluster_workspace *workspace, const l1_problem *problem,
             const fr_cluster_l1_settings *settings, fr_cluster_vector *out)
{
    exact_run run = {.workspace = workspace, .problem = problem};
    fr_cluster_l1_settings first = *settings;
    fr_cluster_vector vector = {0};
    first.order = FR_CLUSTER_FIFO;
    first.tolerance = first_tolerance;
    first.max_steps = 0; /* counts rounds here */
    first.keep_residual = false;
    int status = l1_descent(workspace, problem, &first, &vector);
    run.work.pushes = vector.info.pushes;
    run.work.arcs_read = vector.info.arcs_read;
    if (status == FR_OK) status = begin(&run, &vector);
    fr_cluster_vector_free(&vector);
    if (status == FR_OK) status = all_rounds(&run, settings);
    if (status == FR_OK) status = finish(&run, settings, out);
    fr_free(run.node);
    fr_free(run.x);
    fr_free(run.b);
    return status;
}
