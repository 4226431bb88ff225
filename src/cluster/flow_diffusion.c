/* p-norm flow diffusion (Fountoulakis, Wang, Yang, ICML 2020). Mass Delta lies on the seeds, a node can hold its degree d;
 * the flow of least p-norm spreads it:
 *   minimise  sum_e w_e |f_e / w_e|^p / p   subject to  Delta_v - (net outflow at v) <= d_v;
 * its dual, with 1/p + 1/q = 1,
 *   maximise  sum_v (Delta_v - d_v) x_v - sum_(u,v) w |x_u - x_v|^q / q   over x >= 0,   f = w sign(x_u - x_v) |x_u - x_v|^(q-1).
 * x > 0 where the node is full, which holds on a set of volume at most |Delta|. For p = 2 this is the l1-PageRank
 * problem in the limit alpha -> 0.
 *
 * The way: exact coordinate steps for p = 2 find the support (pflow_push.c), an active set finishes p = 2 (pflow_solve.c),
 * Newton's method goes on to larger p (pflow_newton.c), and the gap to a feasible flow proves it (pflow_gap.c). */
#include "pflow.h"
#include "rank.h"

#include <math.h>

/* The largest p: flows differ by factors of a thousand, and x is their (p-1)-st power. */
static const double largest_p = 8;
/* Mass over the volume that is looked for; the paper's theorem on recovery asks for three times. */
static const double mass_per_volume = 3;

void fr_cluster_flow_diffusion_settings_default(fr_cluster_flow_diffusion_settings *settings)
{
    *settings = (fr_cluster_flow_diffusion_settings){.p = 2, .tolerance = 1e-6};
}

double fr_cluster_flow_diffusion_mass(double volume)
{
    return mass_per_volume * volume;
}

void fr_cluster_flow_diffusion_result_free(fr_cluster_flow_diffusion_result *result)
{
    fr_free(result->node);
    fr_free(result->x);
    fr_cluster_set_free(&result->set);
    *result = (fr_cluster_flow_diffusion_result){0};
}

static int check(const fr_cluster_flow_diffusion_settings *settings)
{
    if (!(settings->p >= 2 && settings->p <= largest_p))
        return fr_fail(FR_EUSAGE, "p is %g, expected a number from 2 to %g", settings->p, largest_p);
    if (!(settings->mass >= 0) || isinf(settings->mass))
        return fr_fail(FR_EUSAGE, "the mass is %g, expected a number from 0", settings->mass);
    if (!(settings->tolerance > 0) || isinf(settings->tolerance))
        return fr_fail(FR_EUSAGE, "the tolerance is %g, expected a number above 0", settings->tolerance);
    if (settings->max_steps < 0 || !(settings->time_limit >= 0))
        return fr_fail(FR_EUSAGE, "limits of steps and time must not be negative");
    return FR_OK;
}

int pflow_look(pflow_run *run)
{
    const fr_cluster_flow_diffusion_settings *settings = run->settings;
    if (settings->max_steps > 0 && run->info->steps >= settings->max_steps) run->stop = true;
    if (settings->time_limit > 0 && fr_clock() - run->start > settings->time_limit) run->stop = true;
    return fr_progress_tick(NULL, run->info->steps, 0);
}

double pflow_bound(const pflow_run *run)
{
    return run->settings->tolerance * run->info->mass / 8;
}

/* The mass of each seed, from its share. */
static int place_mass(pflow_run *run)
{
    double mass = run->settings->mass, shares = 0, ball;
    int status = FR_OK;
    if (!(mass > 0)) {
        status = pflow_ball_volume(run, &ball);
        mass = fmin(fr_cluster_flow_diffusion_mass(ball), run->workspace->graph->volume / 2);
    }
    for (int64_t k = 0; k < run->n_seeds; k++)
        shares += run->source[k];
    for (int64_t k = 0; k < run->n_seeds; k++)
        run->source[k] *= mass / shares;
    run->info->mass = mass;
    return status;
}

/* ---- the result ---------------------------------------------------------------------------------------------------------------- */

/* Nodes with x > 0 by descending x. */
static int list_support(const pflow_network *network, fr_cluster_flow_diffusion_result *out)
{
    const double *x = network->nodes.column[PFLOW_X];
    rank_item *items = fr_alloc(2 * network->n_open, sizeof *items);
    if (items == NULL) return FR_ENOMEM;
    int64_t count = 0;
    for (int64_t row = 0; row < network->n_open; row++) {
        uint32_t number = network->open[row];
        if (!(x[number] > 0)) continue;
        items[count++] = (rank_item){
            .key = rank_descending(x[number]), .node = network->nodes.node[number], .place = number};
        out->info.support_volume += network->nodes.degree[number];
    }
    rank_sort(count, items, items + count);
    out->node = fr_alloc(count, sizeof *out->node);
    out->x = fr_alloc(count, sizeof *out->x);
    bool made = out->node != NULL && out->x != NULL;
    for (int64_t k = 0; made && k < count; k++) {
        out->node[k] = items[k].node;
        out->x[k] = x[items[k].place];
    }
    out->count = made ? count : 0;
    fr_free(items);
    return made ? FR_OK : FR_ENOMEM;
}

static int sweep(fr_cluster_workspace *workspace, fr_cluster_flow_diffusion_result *out)
{
    fr_cluster_sweep_result sweep;
    int status = fr_cluster_sweep(workspace, out->count, out->node, out->x, NULL, &sweep);
    if (status != FR_OK) return status;
    out->set = sweep.best;
    sweep.best = (fr_cluster_set){0};
    fr_cluster_sweep_result_free(&sweep);
    return FR_OK;
}

/* `next` becomes the flow. */
static void keep_flow(pflow_network *network)
{
    double *flow = network->flow;
    network->flow = network->next;
    network->next = flow;
}

static int diffuse(pflow_run *run)
{
    const fr_cluster_flow_diffusion_settings *settings = run->settings;
    double left;
    int status = place_mass(run);
    if (status == FR_OK) status = pflow_check_room(run);
    if (status == FR_OK) status = pflow_network_new(run);
    if (status == FR_OK) status = pflow_push(run);
    if (status == FR_OK) status = pflow_solve(run, pflow_bound(run), &left);
    if (status == FR_OK) keep_flow(&run->network);
    if (status == FR_OK && settings->p > 2) status = pflow_raise(run);
    if (status == FR_OK) status = pflow_certify(run);
    if (status != FR_OK) return status;
    fr_cluster_flow_diffusion_info *info = run->info;
    info->converged = info->excess <= settings->tolerance * info->mass &&
                      info->duality_gap <= settings->tolerance * info->energy;
    return FR_OK;
}

int fr_cluster_flow_diffusion(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                              const fr_cluster_flow_diffusion_settings *settings,
                              fr_cluster_flow_diffusion_result *out)
{
    double isolated;
    int64_t *seed = NULL;
    *out = (fr_cluster_flow_diffusion_result){0};
    pflow_run run = {
        .workspace = workspace, .settings = settings, .info = &out->info, .start = fr_clock(), .p = 2};
    int status = check(settings);
    if (status == FR_OK)
        status = cluster_seed_masses(workspace, seeds, &run.n_seeds, &seed, &run.source, &isolated);
    if (status != FR_OK) return status;
    run.seed = seed;
    status = diffuse(&run);
    if (status == FR_OK) status = list_support(&run.network, out);
    pflow_network_free(&run.network);
    if (status == FR_OK) status = sweep(workspace, out);
    fr_free(seed);
    fr_free(run.source);
    out->info.seconds = fr_clock() - run.start;
    if (status != FR_OK) fr_cluster_flow_diffusion_result_free(out);
    return status;
}
