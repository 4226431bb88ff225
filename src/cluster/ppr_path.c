/* Seeded PageRank solution path (Kloster, Gleich, arXiv 1503.00322): with t the damping of the walk A D^-1, pushes solve
 * (I - t D^-1 A) y = z_0, z_0 = D^-1 s, at a tolerance `cur` that falls with the largest residual z:
 *   z_i <- rho cur, h = old z_i - rho cur, y_i += h, z_u += t h A_iu / d_u (u ~ i, a loop too).
 * Whenever the largest z has fallen below cur it becomes the new tolerance, and the best sweep over y is written down. */
#include "grow.h"
#include "heap.h"
#include "ranking.h"

#include <math.h>

enum { column_residual, column_value, column_count };

void fr_cluster_ppr_path_settings_default(fr_cluster_ppr_path_settings *settings)
{
    *settings = (fr_cluster_ppr_path_settings){.damping = 0.99, .eps_min = 1e-4, .rho = 0.1};
}

void fr_cluster_ppr_path_result_free(fr_cluster_ppr_path_result *result)
{
    fr_free(result->eps);
    fr_free(result->conductance);
    fr_free(result->cut);
    fr_free(result->volume);
    fr_free(result->size);
    fr_free(result->step);
    fr_cluster_set_free(&result->best);
    *result = (fr_cluster_ppr_path_result){0};
}

static int check_settings(const fr_cluster_ppr_path_settings *settings)
{
    if (!(settings->damping > 0 && settings->damping < 1))
        return fr_fail(FR_EUSAGE, "damping is %g, expected a number between 0 and 1", settings->damping);
    if (!(settings->eps_min > 0) || isinf(settings->eps_min))
        return fr_fail(FR_EUSAGE, "eps_min is %g, expected a positive number", settings->eps_min);
    if (!(settings->rho >= 0 && settings->rho < 1))
        return fr_fail(FR_EUSAGE, "rho is %g, expected a number from 0 to below 1", settings->rho);
    return FR_OK;
}

typedef struct {
    touched_nodes touched;
    node_heap heap; /* of the touched nodes by z */
    node_ranking ranking;
    double damping, rho, tolerance;
    double pushed_volume;
    double best_conductance;
    int64_t best_count, best_room; /* the best set so far, as nodes */
    int64_t *best;
    int64_t room; /* of the rows in `out` */
    fr_cluster_ppr_path_result *out;
} ppr_run;

/* ---- pushes --------------------------------------------------------------------------------------------------------- */

static int reserve(ppr_run *run)
{
    int status = heap_reserve(&run->heap, run->touched.capacity);
    return status == FR_OK ? ranking_reserve(&run->ranking, run->touched.capacity) : status;
}

static int push(ppr_run *run)
{
    heap_entry top = run->heap.entry[0];
    touched_nodes *touched = &run->touched;
    const fr_graph *graph = touched->graph;
    int status = touched_row(touched, top.node);
    if (status == FR_OK) status = reserve(run);
    if (status != FR_OK) return status;
    double *residual = touched->column[column_residual], kept = run->rho * run->tolerance;
    double moved = top.key - kept, spread = run->damping * moved;
    residual[top.item] = kept;
    heap_set(&run->heap, top.item, top.node, kept);
    touched->column[column_value][top.item] += moved;
    for (int64_t k = graph->row[top.node]; k < graph->row[top.node + 1]; k++) {
        uint32_t other = touched_number(touched, graph->neighbour[k]);
        double weight = graph->weight != NULL ? graph->weight[k] : 1;
        residual[other] += spread * weight / touched->degree[other];
        heap_set(&run->heap, other, graph->neighbour[k], residual[other]);
    }
    ranking_rise(&run->ranking, touched, top.item, touched->column[column_value]);
    run->pushed_volume += touched->degree[top.item];
    run->out->info.arcs_read += graph->row[top.node + 1] - graph->row[top.node];
    run->out->steps++;
    return FR_OK;
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */

static int keep_best(ppr_run *run, ranking_prefix prefix)
{
    if (prefix.size > run->best_room) {
        int64_t room = cluster_room(prefix.size, run->best_room);
        if (!cluster_grow(&run->best, room, sizeof *run->best)) return FR_ENOMEM;
        run->best_room = room;
    }
    for (int64_t k = 0; k < prefix.size; k++)
        run->best[k] = run->touched.node[run->ranking.number[k]];
    run->best_count = prefix.size;
    run->best_conductance = prefix.conductance;
    return FR_OK;
}

/* The largest residual has fallen: it is the new tolerance. */
static int write_down(ppr_run *run)
{
    fr_cluster_ppr_path_result *out = run->out;
    if (out->count == run->room) {
        int64_t room = cluster_room(out->count + 1, run->room);
        if (!cluster_grow(&out->eps, room, sizeof *out->eps) ||
            !cluster_grow(&out->conductance, room, sizeof *out->conductance) ||
            !cluster_grow(&out->cut, room, sizeof *out->cut) ||
            !cluster_grow(&out->volume, room, sizeof *out->volume) ||
            !cluster_grow(&out->size, room, sizeof *out->size) ||
            !cluster_grow(&out->step, room, sizeof *out->step))
            return FR_ENOMEM;
        run->room = room;
    }
    ranking_prefix prefix = ranking_best(&run->ranking, &run->touched);
    out->eps[out->count] = run->tolerance;
    out->conductance[out->count] = prefix.conductance;
    out->cut[out->count] = prefix.cut;
    out->volume[out->count] = prefix.volume;
    out->size[out->count] = prefix.size;
    out->step[out->count++] = out->steps - 1;
    if (run->best_count > 0 && !(prefix.conductance < run->best_conductance)) return FR_OK;
    return keep_best(run, prefix);
}

static int follow(ppr_run *run, double eps_min)
{
    /* Each push of node i takes at least (1 - t) d_i eps_min away from the residual's mass, which begins as 1. */
    double most_volume = 1 / ((1 - run->damping) * eps_min);
    int status = FR_OK;
    while (status == FR_OK && run->tolerance > eps_min && run->pushed_volume < most_volume) {
        status = push(run);
        if (status == FR_OK && run->heap.entry[0].key < run->tolerance) {
            run->tolerance = run->heap.entry[0].key;
            status = write_down(run);
        }
        if (status == FR_OK) status = fr_progress_tick("ppr-path", run->out->steps, 0);
    }
    run->out->info.converged = run->tolerance <= eps_min;
    return status;
}

/* From masses s to residuals z = s / d. */
static int begin(ppr_run *run, int64_t count, const int64_t *seed, const double *mass)
{
    int status = touched_seeds(&run->touched, count, seed, mass);
    if (status == FR_OK) status = reserve(run);
    if (status != FR_OK) return status;
    double *residual = run->touched.column[column_residual];
    for (int64_t i = 0; i < run->touched.count; i++) {
        residual[i] /= run->touched.degree[i];
        heap_set(&run->heap, (uint32_t)i, run->touched.node[i], residual[i]);
    }
    run->tolerance = run->heap.count > 0 ? run->heap.entry[0].key : 0;
    return FR_OK;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static void fill_info(ppr_run *run)
{
    fr_cluster_ppr_path_result *out = run->out;
    fr_cluster_info *info = &out->info;
    out->ranked = run->ranking.count;
    info->steps = info->pushes = out->steps;
    info->peak_support = out->ranked;
    for (int64_t i = 0; i < run->touched.count; i++) {
        double value = run->touched.column[column_value][i], degree = run->touched.degree[i];
        info->sum_p += (1 - run->damping) * value * degree;
        info->sum_residual += run->touched.column[column_residual][i] * degree;
        if (value > 0) info->support_volume += degree;
    }
    info->objective = info->duality_gap = NAN;
    info->delta_below = info->delta_above = info->error_bound = NAN;
}

static int take_best(fr_cluster_workspace *workspace, ppr_run *run)
{
    int64_t *node = run->best != NULL ? run->best : fr_alloc(0, sizeof *node);
    run->best = NULL;
    if (node == NULL) return FR_ENOMEM;
    return cluster_set_take(workspace, run->best_count, node, &run->out->best);
}

int fr_cluster_ppr_path(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                        const fr_cluster_ppr_path_settings *settings, fr_cluster_ppr_path_result *out)
{
    *out = (fr_cluster_ppr_path_result){0};
    double start = fr_clock();
    int64_t count = 0, *seed = NULL;
    double *mass = NULL;
    ppr_run run = {.damping = settings->damping, .rho = settings->rho, .out = out};
    int status = check_settings(settings);
    if (status == FR_OK)
        status = cluster_seed_masses(workspace, seeds, &count, &seed, &mass, &out->info.isolated_mass);
    if (status == FR_OK) status = touched_new(workspace, column_count, &run.touched);
    if (status == FR_OK) status = begin(&run, count, seed, mass);
    if (status == FR_OK) status = follow(&run, settings->eps_min);
    if (status == FR_OK) fill_info(&run);
    out->info.sum_residual += out->info.isolated_mass;
    touched_free(&run.touched); /* the scores of the set number nodes anew */
    if (status == FR_OK) status = take_best(workspace, &run);
    heap_free(&run.heap);
    ranking_free(&run.ranking);
    fr_free(run.best);
    fr_free(seed);
    fr_free(mass);
    if (status != FR_OK) {
        fr_cluster_ppr_path_result_free(out);
        return status;
    }
    out->info.seconds = fr_clock() - start;
    return FR_OK;
}
