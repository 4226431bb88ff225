/* Heat kernel e^-t sum_k t^k/k! P^k s, P = A D^-1, by pushes on a Taylor polynomial of degree N (hk-relax:
 * Kloster, Gleich 2014). Level j holds an approximation of t^j/j! P^j s; of a node's residual r_j above its
 * threshold
 *   p += e^-t r_j,   the next level gets t/(j + 1) r_j A_ju / d_j at the neighbours u;
 * one below it is dropped. What is dropped at level j costs at most e^-t psi_j max r_j / d in (h - p) / d, where
 *   psi_N = 1, psi_j = 1 + t/(j + 1) psi_{j+1},
 * so thresholds eps/2 e^t d / ((N + 1) psi_j) cost eps/2 in all; the Taylor tail costs the other half. Pushes of a
 * level feed the next one only, so levels are done one after the other, and each node at most once in each. */
#include "push.h"

#include <math.h>

/* e^t must not overflow. */
static const double largest_t = 500;

typedef struct {
    uint32_t node;
    double residual;
} heat_entry;

typedef struct {
    fr_cluster_workspace *workspace;
    push_scratch *scratch;
    double t;
    int64_t degree;    /* N */
    double *threshold; /* N + 1 */
    int64_t count, space;
    heat_entry *level; /* nodes of the present level above their thresholds */
    fr_cluster_info info;
} heat_run;

void fr_cluster_heat_settings_default(fr_cluster_heat_settings *settings)
{
    *settings = (fr_cluster_heat_settings){.t = 15, .eps = 1e-4};
}

static int check(const fr_cluster_heat_settings *settings)
{
    if (!(settings->t > 0 && settings->t <= largest_t))
        return fr_fail(FR_EUSAGE, "t is %g, expected a number in (0, %g]", settings->t, largest_t);
    if (!(settings->eps > 0) || isinf(settings->eps))
        return fr_fail(FR_EUSAGE, "eps is %g, expected a number above 0", settings->eps);
    return FR_OK;
}

/* Smallest N with e^-t t^(N+1)/(N+1)! (N+2)/(N+2-t) <= tail, a bound of the terms beyond N. */
static int64_t taylor_degree(double t, double tail)
{
    int64_t degree = 0;
    double term = exp(-t) * t; /* e^-t t^(N+1)/(N+1)! */
    while (!((double)degree + 2 > t && term * (double)(degree + 2) / ((double)degree + 2 - t) <= tail)) {
        degree++;
        term *= t / (double)(degree + 1);
    }
    return degree;
}

static int make_thresholds(heat_run *run, double eps)
{
    run->threshold = fr_alloc(run->degree + 1, sizeof *run->threshold);
    if (run->threshold == NULL) return FR_ENOMEM;
    double psi = 1, share = eps / 2 * exp(run->t) / (double)(run->degree + 1);
    for (int64_t j = run->degree; j >= 0; j--) {
        run->threshold[j] = share / psi;
        psi = 1 + run->t / (double)j * psi; /* of j - 1; not used for j = 0 */
    }
    return FR_OK;
}

/* What the queue holds becomes the present level; the residuals go back to zero. */
static int take_level(heat_run *run)
{
    push_scratch *scratch = run->scratch;
    int64_t count = (int64_t)(scratch->tail - scratch->head);
    if (count > run->space) {
        heat_entry *grown = fr_realloc(run->level, 2 * count, sizeof *grown);
        if (grown == NULL) return FR_ENOMEM;
        run->level = grown;
        run->space = 2 * count;
    }
    for (int64_t k = 0; k < count; k++) {
        uint32_t node = scratch->queue[(scratch->head + (uint64_t)k) & scratch->mask];
        run->level[k] = (heat_entry){node, scratch->node[node].residual};
    }
    for (int64_t k = 0; k < scratch->n_touched; k++)
        scratch->node[scratch->touched[k]].residual = 0;
    scratch->n_touched = 0;
    scratch->head = scratch->tail = 0;
    run->count = count;
    return FR_OK;
}

static int begin(heat_run *run, int64_t n_seeds, const int64_t *seed, const double *mass)
{
    push_scratch *scratch = run->scratch;
    int status = push_seeds(scratch, n_seeds, seed, mass);
    if (status == FR_OK) status = push_room(scratch, n_seeds);
    for (int64_t k = 0; status == FR_OK && k < n_seeds; k++) {
        const push_node *node = &scratch->node[seed[k]];
        if (node->degree > 0 && node->residual > run->threshold[0] * node->degree)
            push_enqueue(scratch, (uint32_t)seed[k]);
    }
    return status == FR_OK ? take_level(run) : status;
}

static int push_level(heat_run *run, int64_t j)
{
    push_scratch *scratch = run->scratch;
    double scale = exp(-run->t);
    for (int64_t k = 0; k < run->count; k++) {
        uint32_t node = run->level[k].node;
        int status = push_ready(run->workspace, scratch, node);
        /* the list of the support is kept across levels, beyond what the lists of touched nodes make room for */
        if (status == FR_OK && scratch->n_support == scratch->list_space)
            status = push_make_room(scratch, scratch->n_support + 1 - scratch->n_touched);
        if (status != FR_OK) return status;
        push_give(scratch, node, scale * run->level[k].residual);
        run->info.steps++;
        if (j == run->degree) continue;
        double share = run->t / (double)(j + 1) * run->level[k].residual / scratch->node[node].degree;
        run->info.arcs_read += push_row(scratch, node, share, run->threshold[j + 1]);
    }
    return take_level(run);
}

/* Seeds' largest s_i / d_i, which bounds all terms of the series in units of d. */
static double largest_seed(push_scratch *scratch, int64_t n_seeds, const int64_t *seed, const double *mass)
{
    double largest = 0;
    for (int64_t k = 0; k < n_seeds; k++)
        if (push_degree(scratch, seed[k]) > 0)
            largest = fmax(largest, mass[k] / scratch->node[seed[k]].degree);
    return largest;
}

static void fill_info(heat_run *run, int64_t n_seeds, const double *mass)
{
    const push_scratch *scratch = run->scratch;
    fr_cluster_info *info = &run->info;
    double total = 0;
    for (int64_t k = 0; k < n_seeds; k++)
        total += mass[k];
    for (int64_t k = 0; k < scratch->n_support; k++) {
        info->sum_p += scratch->p[scratch->support[k]];
        info->support_volume += scratch->node[scratch->support[k]].degree;
    }
    info->converged = true;
    info->pushes = info->steps;
    info->peak_support = scratch->n_support;
    info->sum_residual = fmax(0, total - info->sum_p);
    info->objective = info->delta_below = info->delta_above = info->error_bound = info->duality_gap = NAN;
}

static int run_levels(heat_run *run, double eps, int64_t n_seeds, const int64_t *seed, const double *mass)
{
    run->degree = taylor_degree(run->t, eps / (2 * largest_seed(run->scratch, n_seeds, seed, mass)));
    int status = make_thresholds(run, eps);
    if (status == FR_OK) status = begin(run, n_seeds, seed, mass);
    for (int64_t j = 0; status == FR_OK && j <= run->degree && run->count > 0; j++) {
        status = push_level(run, j);
        if (status == FR_OK) status = fr_progress_tick(NULL, j, 0);
    }
    return status;
}

int fr_cluster_heat(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                    const fr_cluster_heat_settings *settings, fr_cluster_vector *out)
{
    double start = fr_clock(), isolated, *mass;
    int64_t *seed, n_seeds;
    heat_run run = {.workspace = workspace, .t = settings->t};
    *out = (fr_cluster_vector){0};
    int status = check(settings);
    if (status == FR_OK) status = push_scratch_get(workspace, &run.scratch);
    if (status == FR_OK) status = cluster_seed_masses(workspace, seeds, &n_seeds, &seed, &mass, &isolated);
    if (status != FR_OK) return status;
    status = run_levels(&run, settings->eps, n_seeds, seed, mass);
    if (status == FR_OK) status = push_vector(run.scratch, 0, NULL, false, out);
    if (status == FR_OK) {
        fill_info(&run, n_seeds, mass);
        run.info.isolated_mass = isolated;
        run.info.seconds = fr_clock() - start;
        out->info = run.info;
    }
    push_clear(run.scratch);
    fr_free(run.level);
    fr_free(run.threshold);
    fr_free(seed);
    fr_free(mass);
    return status;
}
