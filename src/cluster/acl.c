/* Approximate personalised PageRank by pushes (Andersen, Chung, Lang 2006), lazy walk: while some r_j >= eps d_j,
 * first in first out,
 *   p_j += alpha r_j,   r_u += (1 - alpha)/2 r_j A_ju / d_j for the neighbours u,   r_j = (1 - alpha)/2 r_j.
 * The order of the queue and of the additions is fixed: a pushed node queues again before its neighbours, which
 * queue when they rise above eps d_u, in ascending order. */
#include "push.h"

#include <math.h>

/* Steps between looks at the clock and at an interruption. */
enum { steps_between_looks = 1024 };

void fr_cluster_acl_settings_default(fr_cluster_acl_settings *settings)
{
    *settings = (fr_cluster_acl_settings){.alpha = 0.15, .eps = 1e-6};
}

static int check(const fr_cluster_acl_settings *settings)
{
    if (!(settings->alpha > 0 && settings->alpha < 1))
        return fr_fail(FR_EUSAGE, "alpha is %g, expected a number in (0, 1)", settings->alpha);
    if (!(settings->eps > 0) || isinf(settings->eps))
        return fr_fail(FR_EUSAGE, "eps is %g, expected a number above 0", settings->eps);
    if (settings->max_steps < 0 || !(settings->time_limit >= 0))
        return fr_fail(FR_EUSAGE, "limits of steps and time must not be negative");
    return FR_OK;
}

/* Whether to stop before the next step, converged or not. */
static int look(const fr_cluster_acl_settings *settings, double start, int64_t steps, bool *stop)
{
    *stop = settings->max_steps > 0 && steps >= settings->max_steps;
    if (*stop || steps % steps_between_looks != 0) return FR_OK;
    if (settings->time_limit > 0 && fr_clock() - start > settings->time_limit) *stop = true;
    return fr_progress_tick(NULL, steps, 0);
}

static int push_all(fr_cluster_workspace *workspace, push_scratch *scratch,
                    const fr_cluster_acl_settings *settings, double start, fr_cluster_info *info)
{
    const double alpha = settings->alpha, eps = settings->eps, kept = (1 - alpha) / 2;
    while (scratch->head != scratch->tail) {
        bool stop;
        uint32_t node;
        int status = look(settings, start, info->steps, &stop);
        if (status != FR_OK || stop) return status;
        status = push_next(workspace, scratch, &node);
        if (status != FR_OK) return status;
        push_node *here = &scratch->node[node];
        double spread = kept * here->residual;
        push_give(scratch, node, alpha * here->residual);
        here->residual = spread;
        if (spread >= eps * here->degree) push_enqueue(scratch, node);
        info->arcs_read += push_row(scratch, node, spread / here->degree, eps);
        info->steps++;
    }
    info->converged = true;
    return FR_OK;
}

static int run(fr_cluster_workspace *workspace, push_scratch *scratch,
               const fr_cluster_acl_settings *settings, double start, int64_t n_seeds, const int64_t *seed,
               const double *mass, fr_cluster_info *info)
{
    int status = push_seeds(scratch, n_seeds, seed, mass);
    if (status == FR_OK) status = push_room(scratch, n_seeds);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n_seeds; k++) {
        const push_node *node = &scratch->node[seed[k]];
        if (node->degree > 0 && node->residual >= settings->eps * node->degree)
            push_enqueue(scratch, (uint32_t)seed[k]);
    }
    return push_all(workspace, scratch, settings, start, info);
}

static void fill_info(const push_scratch *scratch, fr_cluster_info *info)
{
    info->pushes = info->steps;
    info->peak_support = scratch->n_support;
    for (int64_t k = 0; k < scratch->n_support; k++) {
        info->sum_p += scratch->p[scratch->support[k]];
        info->support_volume += scratch->node[scratch->support[k]].degree;
    }
    for (int64_t k = 0; k < scratch->n_touched; k++)
        info->sum_residual += scratch->node[scratch->touched[k]].residual;
    info->objective = info->delta_below = info->delta_above = info->error_bound = info->duality_gap = NAN;
}

int fr_cluster_acl(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                   const fr_cluster_acl_settings *settings, fr_cluster_vector *out)
{
    double start = fr_clock(), isolated, *mass;
    int64_t *seed, n_seeds;
    push_scratch *scratch;
    *out = (fr_cluster_vector){0};
    int status = check(settings);
    if (status == FR_OK) status = push_scratch_get(workspace, &scratch);
    if (status == FR_OK) status = cluster_seed_masses(workspace, seeds, &n_seeds, &seed, &mass, &isolated);
    if (status != FR_OK) return status;
    fr_cluster_info info = {.isolated_mass = isolated};
    status = run(workspace, scratch, settings, start, n_seeds, seed, mass, &info);
    if (status == FR_OK) status = push_vector(scratch, n_seeds, seed, settings->keep_residual, out);
    if (status == FR_OK) {
        fill_info(scratch, &info);
        info.seconds = fr_clock() - start;
        out->info = info;
    }
    push_clear(scratch);
    fr_free(seed);
    fr_free(mass);
    return status;
}
