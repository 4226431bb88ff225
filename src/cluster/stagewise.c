/* Forward stagewise [HFM, section 5, equation (10)]: from p = 0, r = s, the node of largest r_i/d_i takes the mass eta,
 * until none is above rho_min:
 *   p_i += eta,   r_i -= (1 + alpha)/(2 alpha) eta,   r_u += (1 - alpha)/(2 alpha) eta A_iu / d_i   (u ~ i, a loop too). */
#include "grow.h"
#include "heap.h"
#include "l1.h"
#include "touched.h"

#include <math.h>

enum { column_residual, column_mass, column_count };

void fr_cluster_stagewise_settings_default(fr_cluster_stagewise_settings *settings)
{
    *settings = (fr_cluster_stagewise_settings){.alpha = 0.15, .rho_min = 1e-3, .eta = 1e-4};
}

void fr_cluster_stagewise_result_free(fr_cluster_stagewise_result *result)
{
    fr_free(result->node);
    fr_free(result->rho);
    fr_cluster_vector_free(&result->vector);
    *result = (fr_cluster_stagewise_result){0};
}

static int check_settings(const fr_cluster_stagewise_settings *settings)
{
    if (!(settings->alpha > 0 && settings->alpha < 1))
        return fr_fail(FR_EUSAGE, "alpha is %g, expected a number between 0 and 1", settings->alpha);
    if (!(settings->rho_min > 0) || isinf(settings->rho_min))
        return fr_fail(FR_EUSAGE, "rho_min is %g, expected a positive number", settings->rho_min);
    if (!(settings->eta > 0) || isinf(settings->eta))
        return fr_fail(FR_EUSAGE, "eta is %g, expected a positive number", settings->eta);
    if (settings->max_steps < 0) return fr_fail(FR_EUSAGE, "max_steps is negative; 0 means no limit");
    return FR_OK;
}

typedef struct {
    double alpha, eta;
    touched_nodes touched;
    node_heap heap; /* of the touched nodes by r/d */
    int64_t room;   /* of the steps in `out` */
    fr_cluster_stagewise_result *out;
} stagewise_run;

static void rank(stagewise_run *run, uint32_t number)
{
    double key = run->touched.column[column_residual][number] / run->touched.degree[number];
    heap_set(&run->heap, number, run->touched.node[number], key);
}

static int write_down(stagewise_run *run, heap_entry top)
{
    fr_cluster_stagewise_result *out = run->out;
    if (out->n_steps == run->room) {
        int64_t room = cluster_room(out->n_steps + 1, run->room);
        if (!cluster_grow(&out->node, room, sizeof *out->node) ||
            !cluster_grow(&out->rho, room, sizeof *out->rho))
            return FR_ENOMEM;
        run->room = room;
    }
    out->node[out->n_steps] = top.node;
    out->rho[out->n_steps++] = top.key;
    return fr_progress_tick("stagewise", out->n_steps, 0);
}

/* The top of the heap takes the mass eta. */
static int step(stagewise_run *run)
{
    heap_entry top = run->heap.entry[0];
    touched_nodes *touched = &run->touched;
    const fr_graph *graph = touched->graph;
    int status = touched_row(touched, top.node);
    if (status == FR_OK) status = heap_reserve(&run->heap, touched->capacity);
    if (status == FR_OK) status = write_down(run, top);
    if (status != FR_OK) return status;
    double *residual = touched->column[column_residual];
    double twice = 2 * run->alpha, spread = (1 - run->alpha) / twice * run->eta / touched->degree[top.item];
    touched->column[column_mass][top.item] += run->eta;
    residual[top.item] -= (1 + run->alpha) / twice * run->eta;
    rank(run, top.item);
    for (int64_t k = graph->row[top.node]; k < graph->row[top.node + 1]; k++) {
        uint32_t other = touched_number(touched, graph->neighbour[k]);
        residual[other] += graph->weight != NULL ? spread * graph->weight[k] : spread;
        rank(run, other);
    }
    fr_cluster_info *info = &run->out->vector.info;
    info->steps++;
    info->pushes++;
    info->arcs_read += graph->row[top.node + 1] - graph->row[top.node];
    return FR_OK;
}

static int descend(stagewise_run *run, const l1_problem *problem,
                   const fr_cluster_stagewise_settings *settings)
{
    int status = touched_seeds(&run->touched, problem->n_seeds, problem->seed, problem->mass);
    if (status == FR_OK) status = heap_reserve(&run->heap, run->touched.capacity);
    for (int64_t i = 0; status == FR_OK && i < run->touched.count; i++)
        rank(run, (uint32_t)i);
    fr_cluster_info *info = &run->out->vector.info;
    while (status == FR_OK) {
        info->converged = run->heap.count == 0 || run->heap.entry[0].key <= settings->rho_min;
        if (info->converged || (settings->max_steps > 0 && info->steps >= settings->max_steps)) break;
        status = step(run);
    }
    return status;
}

/* The nodes with mass, as a vector with the certificate of the l1 problem at rho_min. */
static int finish(stagewise_run *run, fr_cluster_workspace *workspace, const l1_problem *problem)
{
    int64_t count = 0, *node = fr_alloc(run->touched.count, sizeof *node);
    double *p = fr_alloc(run->touched.count, sizeof *p);
    int status = node != NULL && p != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t i = 0; status == FR_OK && i < run->touched.count; i++) {
        double mass = run->touched.column[column_mass][i];
        if (!(mass > 0)) continue;
        node[count] = run->touched.node[i];
        p[count++] = mass;
    }
    touched_free(&run->touched); /* what follows numbers nodes anew */
    fr_cluster_vector *vector = &run->out->vector;
    vector->info.peak_support = count;
    if (status == FR_OK) status = l1_finish(workspace, problem, count, node, p, false, vector);
    fr_free(node);
    fr_free(p);
    return status;
}

int fr_cluster_stagewise(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                         const fr_cluster_stagewise_settings *settings, fr_cluster_stagewise_result *out)
{
    *out = (fr_cluster_stagewise_result){0};
    double start = fr_clock(), isolated = 0;
    int64_t *seed = NULL;
    double *mass = NULL;
    l1_problem problem = {.alpha = settings->alpha, .rho = settings->rho_min};
    stagewise_run run = {.alpha = settings->alpha, .eta = settings->eta, .out = out};
    int status = check_settings(settings);
    if (status == FR_OK)
        status = cluster_seed_masses(workspace, seeds, &problem.n_seeds, &seed, &mass, &isolated);
    problem.seed = seed, problem.mass = mass;
    if (status == FR_OK) status = touched_new(workspace, column_count, &run.touched);
    if (status == FR_OK) status = descend(&run, &problem, settings);
    if (status == FR_OK) status = finish(&run, workspace, &problem);
    touched_free(&run.touched);
    heap_free(&run.heap);
    fr_free(seed);
    fr_free(mass);
    if (status != FR_OK) {
        fr_cluster_stagewise_result_free(out);
        return status;
    }
    out->vector.info.isolated_mass = isolated;
    out->vector.info.seconds = fr_clock() - start;
    return FR_OK;
}
