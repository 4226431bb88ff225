/* One seed of a target, one method, as in the experiments of Ha, Fountoulakis, Mahoney (JMLR 22(148), 2021): rho = factor /
 * vol(K), alpha = lambda(K) times 0.5, 0.875, 1.25, 1.625, of which the sweep of smallest conductance is kept (a later one on
 * equality); or growth of a ball; then, for the flow methods, SimpleLocal with the authors' choice of delta. */
#include "cluster_f1.h"

#include <frugal/cluster.h>

#include <string.h>

static const double alpha_factors[] = {0.5, 0.875, 1.25, 1.625};

static const double relative_tolerance = 1e-2; /* the authors' epsilon of the l1 problem */
static const double ball_share = 0.75;         /* of the target's volume, where a ball stops */

static int sweep(fr_cluster_workspace *workspace, const fr_cluster_vector *vector,
                 fr_cluster_sweep_result *best)
{
    fr_cluster_sweep_result found;
    int status =
        fr_cluster_sweep(workspace, vector->count, vector->node, vector->p_over_degree, NULL, &found);
    if (status != FR_OK) return status;
    bool better = best->best.node == NULL || found.best.scores.conductance <= best->best.scores.conductance;
    fr_cluster_sweep_result_free(better ? best : &found);
    if (better) *best = found;
    return FR_OK;
}

static int pagerank(fr_cluster_workspace *workspace, bool acl, double alpha, double rho, int64_t seed,
                    fr_cluster_vector *out)
{
    const fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    if (acl) {
        fr_cluster_acl_settings settings;
        fr_cluster_acl_settings_default(&settings);
        settings.alpha = alpha;
        settings.eps = rho;
        return fr_cluster_acl(workspace, &seeds, &settings, out);
    }
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho = rho;
    settings.tolerance = relative_tolerance;
    return fr_cluster_l1(workspace, &seeds, &settings, out);
}

/* The best sweep over the alphas. */
static int best_sweep(fr_cluster_workspace *workspace, const f1_target *target, bool acl, double rho,
                      int64_t seed, fr_cluster_sweep_result *out)
{
    int status = FR_OK;
    *out = (fr_cluster_sweep_result){0};
    for (size_t k = 0; k < sizeof alpha_factors / sizeof alpha_factors[0] && status == FR_OK; k++) {
        fr_cluster_vector vector;
        status = pagerank(workspace, acl, target->lambda * alpha_factors[k], rho, seed, &vector);
        if (status != FR_OK) break;
        status = sweep(workspace, &vector, out);
        fr_cluster_vector_free(&vector);
    }
    if (status != FR_OK) fr_cluster_sweep_result_free(out);
    return status;
}

/* A set that misses the target is scored as if it were the seed alone; its conductance is its own. */
static int score(fr_cluster_workspace *workspace, const f1_target *target, const fr_cluster_set *set,
                 int64_t seed, double value[F1_QUANTITIES])
{
    fr_cluster_f1_scores scores;
    int status = fr_cluster_f1(workspace, set->count, set->node, target->count, target->node, &scores);
    if (status == FR_OK && !(scores.recall > 0))
        status = fr_cluster_f1(workspace, 1, &seed, target->count, target->node, &scores);
    if (status != FR_OK) return status;
    value[F1_PRECISION] = scores.precision;
    value[F1_RECALL] = scores.recall;
    value[F1_F1] = scores.f1;
    value[F1_CONDUCTANCE] = set->scores.conductance;
    return FR_OK;
}

/* SimpleLocal from R; the set may be disconnected, and is complemented when it holds more than half of the nodes. */
static int improve(fr_cluster_workspace *workspace, const f1_target *target, int64_t count,
                   const int64_t *nodes, int64_t seed, double value[F1_QUANTITIES])
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow = {0};
    fr_cluster_flow_settings_default(&settings);
    settings.keep_disconnected = true;
    settings.no_warning = true; /* half of the volume of SFLD is one group */
    int status = fr_cluster_flow_delta(workspace, count, nodes, target->count, target->node, &settings.delta);
    if (status == FR_OK) status = fr_cluster_local_flow(workspace, count, nodes, &settings, &flow);
    if (status == FR_OK) status = score(workspace, target, &flow.set, seed, value);
    fr_cluster_flow_result_free(&flow);
    return status;
}

int f1_measure(fr_cluster_workspace *workspace, const f1_target *target, f1_method method, double rho_factor,
               int64_t seed, double value[F1_QUANTITIES])
{
    if (method == F1_BFS_FLOW) {
        int64_t *ball, count;
        int status = fr_cluster_grow(workspace, seed, target->count, target->node, ball_share, &ball, &count);
        if (status != FR_OK) return status;
        status = improve(workspace, target, count, ball, seed, value);
        fr_free(ball);
        return status;
    }
    fr_cluster_sweep_result cut;
    int status =
        best_sweep(workspace, target, method == F1_ACL_FLOW, rho_factor / target->volume, seed, &cut);
    if (status != FR_OK) return status;
    if (method == F1_L1)
        status = score(workspace, target, &cut.best, seed, value);
    else
        status = improve(workspace, target, cut.best.count, cut.best.node, seed, value);
    fr_cluster_sweep_result_free(&cut);
    return status;
}
