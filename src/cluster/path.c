/* The exact path of l1-regularised PageRank: from rho = max s_i/d_i downwards, node after node [HFM, lemma 4], with the
 * scores of every support on the way. The certificate in info is that of the optimum where the path stops. */
#include "path.h"

#include "grow.h"
#include "homotopy.h"

#include <math.h>

/* Nodes within this relative distance of a breakpoint enter at it: rounding parts what symmetry joins. */
static const double tie = 1e-12;

/* Supports up to this size keep a dense inverse (128 MiB). */
enum { dense_nodes = 4096 };

void fr_cluster_path_settings_default(fr_cluster_path_settings *settings)
{
    *settings = (fr_cluster_path_settings){.alpha = 0.15, .rho_min = 1e-5};
}

void fr_cluster_path_result_free(fr_cluster_path_result *result)
{
    fr_free(result->node);
    fr_free(result->rho);
    fr_free(result->volume);
    fr_free(result->cut);
    fr_free(result->conductance);
    fr_cluster_set_free(&result->best);
    *result = (fr_cluster_path_result){0};
}

static int check_settings(const fr_cluster_path_settings *settings)
{
    if (!(settings->alpha > 0 && settings->alpha < 1))
        return fr_fail(FR_EUSAGE, "alpha is %g, expected a number between 0 and 1", settings->alpha);
    if (!(settings->rho_min > 0) || isinf(settings->rho_min))
        return fr_fail(FR_EUSAGE, "rho_min is %g, expected a positive number", settings->rho_min);
    if (settings->max_nodes < 0) return fr_fail(FR_EUSAGE, "max_nodes is negative; 0 means no limit");
    if (!(settings->max_volume >= 0))
        return fr_fail(FR_EUSAGE, "max_volume is %g, expected a number from 0; 0 means no limit",
                       settings->max_volume);
    return FR_OK;
}

/* ---- what is written down ------------------------------------------------------------------------------------------- */

typedef struct {
    homotopy at;
    fr_cluster_path_result *out;
    int64_t room;
    double volume;      /* of the graph */
    double rho;         /* the last breakpoint */
    int64_t best_count; /* the best support is the first so many entries */
    double best;
} path_run;

static int reserve(path_run *run)
{
    fr_cluster_path_result *out = run->out;
    if (out->count < run->room) return FR_OK;
    int64_t room = cluster_room(out->count + 1, run->room);
    if (!cluster_grow(&out->node, room, sizeof *out->node) ||
        !cluster_grow(&out->rho, room, sizeof *out->rho) ||
        !cluster_grow(&out->volume, room, sizeof *out->volume) ||
        !cluster_grow(&out->cut, room, sizeof *out->cut) ||
        !cluster_grow(&out->conductance, room, sizeof *out->conductance))
        return FR_ENOMEM;
    run->room = room;
    return FR_OK;
}

/* A remainder of the volume that is all rounding counts as none. */
static double conductance(double cut, double volume, double total)
{
    double other = total - volume, smaller = other < volume ? other : volume;
    return smaller > 1e-13 * total ? fmax(cut, 0) / smaller : 1;
}

static int enter(path_run *run, uint32_t number)
{
    fr_cluster_path_result *out = run->out;
    int status = reserve(run);
    if (status == FR_OK) status = fr_progress_tick("path", out->count, 0);
    if (status == FR_OK) status = homotopy_enter(&run->at, number);
    if (status != FR_OK) return status;
    out->node[out->count] = run->at.touched.node[number];
    out->rho[out->count] = run->rho;
    out->volume[out->count] = run->at.volume;
    out->cut[out->count] = fmax(run->at.cut, 0);
    out->conductance[out->count] = conductance(run->at.cut, run->at.volume, run->volume);
    out->count++;
    return FR_OK;
}

static bool full(const path_run *run, const fr_cluster_path_settings *settings)
{
    return (settings->max_nodes > 0 && run->out->count >= settings->max_nodes) ||
           (settings->max_volume > 0 && run->at.volume >= settings->max_volume);
}

/* ---- the path -------------------------------------------------------------------------------------------------------- */

/* The nodes of the next breakpoint enter. *stopped: a limit was met. */
static int step(path_run *run, const fr_cluster_path_settings *settings, bool *stopped)
{
    /* Of a breakpoint that rounding puts above the last one, the place is the last one's. */
    if (run->at.greatest < run->rho) run->rho = run->at.greatest;
    int64_t due;
    int status = homotopy_due(&run->at, run->rho * (1 - tie), &due);
    int64_t entered = 0;
    while (status == FR_OK && entered < due && !*stopped) {
        status = enter(run, run->at.due[entered++]);
        *stopped = full(run, settings);
    }
    if (status != FR_OK || entered < due) return status;
    double phi = run->out->conductance[run->out->count - 1];
    if (run->best_count == 0 || phi < run->best) {
        run->best = phi;
        run->best_count = run->out->count;
    }
    return FR_OK;
}

static int follow(path_run *run, const fr_cluster_path_settings *settings)
{
    bool stopped = false;
    int status = FR_OK;
    while (status == FR_OK && !stopped && run->at.greatest > settings->rho_min)
        status = step(run, settings, &stopped);
    if (!stopped) run->rho = settings->rho_min;
    return status;
}

/* Masses p = D x of the optimum at run->rho, by entry. */
static int masses(const path_run *run, double **p)
{
    const homotopy *at = &run->at;
    *p = fr_alloc(at->count, sizeof **p);
    if (*p == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < at->count; k++)
        (*p)[k] = at->touched.degree[at->number[k]] * fmax(at->u[k] - run->rho * at->v[k], 0);
    return FR_OK;
}

static int take_best(fr_cluster_workspace *workspace, const path_run *run)
{
    int64_t *node = fr_alloc(run->best_count, sizeof *node);
    if (node == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < run->best_count; k++)
        node[k] = run->out->node[k];
    return cluster_set_take(workspace, run->best_count, node, &run->out->best);
}

/* The certificate at the end, and the counts. */
static int finish(fr_cluster_workspace *workspace, path_run *run, l1_problem *problem)
{
    fr_cluster_info *info = &run->out->info;
    double *p = NULL;
    int status = masses(run, &p);
    info->steps = run->at.count;
    info->pushes = run->at.rows_read;
    info->arcs_read = run->at.arcs_read;
    info->peak_support = run->at.count;
    homotopy_free(&run->at); /* what follows numbers nodes anew */
    problem->rho = run->rho;
    if (status == FR_OK) status = l1_certify(workspace, problem, run->out->count, run->out->node, p, info);
    if (status == FR_OK) status = take_best(workspace, run);
    info->converged = info->error_bound <= 1e-6 * run->rho;
    fr_free(p);
    return status;
}

int cluster_path_limited(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                         const fr_cluster_path_settings *settings, int64_t dense_limit,
                         fr_cluster_path_result *out)
{
    *out = (fr_cluster_path_result){0};
    double start = fr_clock(), isolated = 0;
    int64_t *seed = NULL;
    double *mass = NULL;
    l1_problem problem = {.alpha = settings->alpha};
    path_run run = {.out = out, .volume = workspace->graph->volume, .rho = INFINITY};
    int blas = fr_blas_threads(1), status = check_settings(settings);
    if (status == FR_OK)
        status = cluster_seed_masses(workspace, seeds, &problem.n_seeds, &seed, &mass, &isolated);
    problem.seed = seed, problem.mass = mass;
    if (status == FR_OK) status = homotopy_new(workspace, &problem, dense_limit, &run.at);
    if (status == FR_OK) status = follow(&run, settings);
    if (status == FR_OK) status = finish(workspace, &run, &problem);
    fr_blas_threads(blas);
    homotopy_free(&run.at);
    fr_free(seed);
    fr_free(mass);
    if (status != FR_OK) {
        fr_cluster_path_result_free(out);
        return status;
    }
    out->info.isolated_mass = isolated;
    out->info.seconds = fr_clock() - start;
    return FR_OK;
}

int fr_cluster_path(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                    const fr_cluster_path_settings *settings, fr_cluster_path_result *out)
{
    return cluster_path_limited(workspace, seeds, settings, dense_nodes, out);
}
