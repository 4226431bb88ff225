/* One seed of a target, one method, as in the experiments of Ha, Fountoulakis, Mahoney (JMLR 22(148), 2021). A set is
 * the sweep of a PageRank vector with rho = factor / vol(K), or a ball that has grown to a share of K; the flow methods
 * improve it by SimpleLocal with the authors' choice of delta. Of the sets for alpha = lambda(K) times 0.5, 0.875, 1.25,
 * 1.625 the one of smallest conductance is scored, a later one on equality: chosen after the flow, as in the authors'
 * scripts. */
#include "cluster_f1.h"

#include <frugal/cluster.h>

#include <string.h>

static const double alpha_factors[] = {0.5, 0.875, 1.25, 1.625};

static const double relative_tolerance = 1e-2; /* the authors' epsilon of the l1 problem */
static const double ball_share = 0.75;         /* of the target's volume, where a ball stops */

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
                   const int64_t *nodes, fr_cluster_flow_result *out)
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_settings_default(&settings);
    settings.keep_disconnected = true;
    settings.no_warning = true; /* half of the volume of SFLD is one group */
    int status = fr_cluster_flow_delta(workspace, count, nodes, target->count, target->node, &settings.delta);
    if (status != FR_OK) return status;
    return fr_cluster_local_flow(workspace, count, nodes, &settings, out);
}

static int measure_ball(fr_cluster_workspace *workspace, const f1_target *target, int64_t seed,
                        double value[F1_QUANTITIES])
{
    int64_t *ball, count;
    fr_cluster_flow_result flow = {0};
    int status = fr_cluster_grow(workspace, seed, target->count, target->node, ball_share, &ball, &count);
    if (status != FR_OK) return status;
    status = improve(workspace, target, count, ball, &flow);
    if (status == FR_OK) status = score(workspace, target, &flow.set, seed, value);
    fr_cluster_flow_result_free(&flow);
    fr_free(ball);
    return status;
}

static int measure_pagerank(fr_cluster_workspace *workspace, const f1_target *target, f1_method method,
                            double alpha, double rho, int64_t seed, double value[F1_QUANTITIES])
{
    fr_cluster_vector vector;
    fr_cluster_sweep_result cut = {0};
    fr_cluster_flow_result flow = {0};
    int status = pagerank(workspace, method == F1_ACL_FLOW, alpha, rho, seed, &vector);
    if (status != FR_OK) return status;
    status = fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &cut);
    if (status == FR_OK && method != F1_L1)
        status = improve(workspace, target, cut.best.count, cut.best.node, &flow);
    if (status == FR_OK)
        status = score(workspace, target, method == F1_L1 ? &cut.best : &flow.set, seed, value);
    fr_cluster_flow_result_free(&flow);
    fr_cluster_sweep_result_free(&cut);
    fr_cluster_vector_free(&vector);
    return status;
}

int f1_measure(fr_cluster_workspace *workspace, const f1_target *target, f1_method method, double rho_factor,
               int64_t seed, double value[F1_QUANTITIES])
{
    if (method == F1_BFS_FLOW) return measure_ball(workspace, target, seed, value);
    double rho = rho_factor / target->volume;
    for (size_t k = 0; k < sizeof alpha_factors / sizeof alpha_factors[0]; k++) {
        double tried[F1_QUANTITIES];
        int status =
            measure_pagerank(workspace, target, method, target->lambda * alpha_factors[k], rho, seed, tried);
        if (status != FR_OK) return status;
        if (k == 0 || tried[F1_CONDUCTANCE] <= value[F1_CONDUCTANCE]) memcpy(value, tried, sizeof tried);
    }
    return FR_OK;
}
