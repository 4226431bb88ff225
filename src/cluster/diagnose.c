/* Is the seed good? A cluster, its seeds, alpha and rho against what the theorems of [HFM] ask for, with the cluster in
 * the place of the target of their random model: gamma = 1 - cut/vol, p and q by counting links, the local lambda as the
 * scale for alpha, fr_cluster_model_rho as the scale for rho. */
#include "l1.h"
#include "workspace.h"

#include <math.h>

/* What the index array says of a node. */
enum { UNSEEN, MEMBER, SEED_NEIGHBOUR };

/* The paper's experiments take alpha from 0.5 to 1.625 local lambdas. */
static const double most_lambdas = 2;

/* The eigenvalue of a set that holds a whole component is 0, but for rounding. */
static const double least_lambda = 1e-13;

static double weight_of(const fr_graph *graph, int64_t arc)
{
    return graph->weight != NULL ? graph->weight[arc] : 1;
}

/* Weight and number of arcs. */
typedef struct {
    int64_t count;
    double weight;
} arc_sum;

/* Arcs from members to other members and to the rest of the graph. */
static void sum_arcs(const fr_graph *graph, const uint32_t *index, int64_t count, const int64_t *nodes,
                     arc_sum *inside, arc_sum *outside)
{
    for (int64_t m = 0; m < count; m++)
        for (int64_t k = graph->row[nodes[m]]; k < graph->row[nodes[m] + 1]; k++) {
            if (graph->neighbour[k] == nodes[m]) continue;
            arc_sum *sum = index[graph->neighbour[k]] == MEMBER ? inside : outside;
            sum->count++;
            sum->weight += weight_of(graph, k);
        }
}

/* p, q and the threshold for rho. The model's links weigh 1; with all weights w times as large rho is w times smaller. */
static void fit_model(const fr_graph *graph, const uint32_t *index, int64_t count, const int64_t *nodes,
                      fr_cluster_diagnosis *out)
{
    arc_sum inside = {0}, outside = {0};
    double k = (double)count, others = (double)(graph->n - count);
    sum_arcs(graph, index, count, nodes, &inside, &outside);
    out->p = count > 1 ? (double)inside.count / (k * (k - 1)) : 0;
    out->q = others > 0 ? (double)outside.count / (k * others) : 0;
    out->common = out->p * out->p * k;
    out->common_wanted = log(k);
    double mean_weight = (inside.weight + outside.weight) / (double)(inside.count + outside.count);
    double threshold = fr_cluster_model_rho(graph->n, count, out->p, out->q, out->alpha) / mean_weight;
    out->rho_threshold = threshold > 0 && isfinite(threshold) ? threshold : NAN;
}

/* Share of the node's links that leave the cluster; marks and counts the nodes at their ends. */
static double leak_of(const fr_graph *graph, uint32_t *index, int64_t node, int64_t *found)
{
    double weight = 0, degree = fr_graph_degree(graph, node);
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        uint32_t *mark = &index[graph->neighbour[k]];
        if (*mark == MEMBER) continue;
        if (*mark == UNSEEN) {
            *mark = SEED_NEIGHBOUR;
            ++*found;
        }
        weight += weight_of(graph, k);
    }
    return degree > 0 ? weight / degree : 0;
}

static void look_at_seeds(const fr_graph *graph, uint32_t *index, int64_t n_seeds, const int64_t *seed,
                          const double *mass, fr_cluster_diagnosis *out)
{
    double total = 0, leak = 0, elsewhere = 0;
    for (int64_t s = 0; s < n_seeds; s++) {
        total += mass[s];
        leak += mass[s] * leak_of(graph, index, seed[s], &out->outside_neighbours);
        if (index[seed[s]] != MEMBER) elsewhere += mass[s];
    }
    for (int64_t s = 0; s < n_seeds; s++)
        for (int64_t k = graph->row[seed[s]]; k < graph->row[seed[s] + 1]; k++)
            if (index[graph->neighbour[k]] == SEED_NEIGHBOUR) index[graph->neighbour[k]] = UNSEEN;
    out->seed_outside = leak / total;
    out->seed_elsewhere = elsewhere / total;
}

static void judge(fr_cluster_diagnosis *out)
{
    const fr_cluster_scores *scores = &out->scores;
    out->gamma = scores->volume > 0 ? 1 - scores->cut / scores->volume : NAN;
    out->gap = scores->cut > 0 ? out->local_lambda / scores->conductance : NAN;
    out->few_common = out->common < out->common_wanted;
    out->seed_leaks = out->seed_outside > 0;
    out->large_alpha = out->local_lambda > 0 && out->alpha > most_lambdas * out->local_lambda;
    out->large_rho = out->rho > out->rho_threshold;
}

int fr_cluster_diagnose(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t count,
                        const int64_t *nodes, double alpha, double rho, fr_cluster_diagnosis *out)
{
    const fr_graph *graph = workspace->graph;
    fr_cluster_diagnosis found = {.alpha = alpha, .rho = rho};
    fr_cluster_spectral_result local = {0};
    int64_t n_seeds = 0, *seed = NULL;
    double *mass = NULL, isolated;
    *out = (fr_cluster_diagnosis){0};
    int status = l1_check_parameters(alpha, rho);
    if (status == FR_OK) status = cluster_seed_masses(workspace, seeds, &n_seeds, &seed, &mass, &isolated);
    if (status == FR_OK) status = fr_cluster_score(workspace, count, nodes, &found.scores);
    if (status == FR_OK) status = fr_cluster_fiedler_local(workspace, count, nodes, 1e-10, &local);
    if (status != FR_OK) goto done;
    uint32_t *index = workspace_index(workspace); /* there is one: scores needed it */
    for (int64_t m = 0; m < count; m++)
        index[nodes[m]] = MEMBER;
    found.local_lambda = local.lambda[0] > least_lambda ? local.lambda[0] : 0;
    fit_model(graph, index, count, nodes, &found);
    look_at_seeds(graph, index, n_seeds, seed, mass, &found);
    for (int64_t m = 0; m < count; m++)
        index[nodes[m]] = UNSEEN;
    judge(&found);
    *out = found;
done:
    fr_cluster_spectral_result_free(&local);
    fr_free(seed);
    fr_free(mass);
    return status;
}
