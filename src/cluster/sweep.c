/* Sweep cut: the best among the prefixes of a list of nodes by descending value (ties: smaller number). Volume and
 * cut are kept up to date node by node,
 *   vol += d_v,   cut += d_v - A_vv - 2 (weight from v to earlier nodes),
 * so that the cost is the volume of the list. The earliest of equal prefixes wins. */
#include "push.h"
#include "rank.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void fr_cluster_sweep_settings_default(fr_cluster_sweep_settings *settings)
{
    *settings = (fr_cluster_sweep_settings){.objective = FR_CLUSTER_BY_CONDUCTANCE, .min_size = 1};
}

void fr_cluster_sweep_result_free(fr_cluster_sweep_result *result)
{
    fr_cluster_set_free(&result->best);
    fr_free(result->profile_node);
    fr_free(result->profile_volume);
    fr_free(result->profile_cut);
    fr_free(result->profile_conductance);
    *result = (fr_cluster_sweep_result){0};
}

/* ---- the order -------------------------------------------------------------------------------------------------------------- */

static int check(const fr_cluster_sweep_settings *settings, int64_t count, const int64_t *nodes,
                 const double *values)
{
    if ((int)settings->objective < FR_CLUSTER_BY_CONDUCTANCE || settings->objective > FR_CLUSTER_BY_CUT)
        return fr_fail(FR_EUSAGE, "there is no sweep objective number %d", (int)settings->objective);
    if (!(settings->max_volume >= 0))
        return fr_fail(FR_EUSAGE, "the largest volume of a sweep is %g, expected a number from 0",
                       settings->max_volume);
    if (settings->sorted) return FR_OK;
    if (values == NULL && count > 0)
        return fr_fail(FR_EUSAGE, "a sweep of nodes that are not sorted needs values");
    for (int64_t k = 0; k < count; k++)
        if (isnan(values[k]))
            return fr_fail(FR_EUSAGE, "the value of node %" PRId64 " is not a number", nodes[k]);
    return FR_OK;
}

/* Fills items[0 .. count-1] in the order to sweep; there are 2 count of them. */
static void put_in_order(const fr_cluster_sweep_settings *settings, bool negated, int64_t count,
                         const int64_t *nodes, const double *values, rank_item *items)
{
    for (int64_t k = 0; k < count; k++) {
        double value = settings->sorted ? 0 : negated ? -values[k] : values[k];
        items[k] = (rank_item){.key = rank_descending(value), .node = (uint32_t)nodes[k]};
    }
    if (!settings->sorted && !rank_sorted(count, items)) rank_sort(count, items, items + count);
}

/* Two-sided sweeps of a sorted list go through it backwards. */
static void reverse(int64_t count, rank_item *items)
{
    for (int64_t k = 0; k < count / 2; k++) {
        rank_item swap = items[k];
        items[k] = items[count - 1 - k], items[count - 1 - k] = swap;
    }
}

/* ---- the prefixes ----------------------------------------------------------------------------------------------------------- */

/* Weight from the node to those that are marked. */
static double weight_to_marked(const fr_graph *graph, const uint32_t *mark, int64_t node)
{
    int64_t begin = graph->row[node], end = graph->row[node + 1];
    if (graph->weight == NULL) {
        uint32_t sum[2] = {0, 0};
        int64_t k = begin;
        for (; k + 2 <= end; k += 2) {
            sum[0] += mark[graph->neighbour[k]];
            sum[1] += mark[graph->neighbour[k + 1]];
        }
        if (k < end) sum[0] += mark[graph->neighbour[k]];
        return (double)(sum[0] + sum[1]);
    }
    double sum = 0;
    for (int64_t k = begin; k < end; k++)
        sum += mark[graph->neighbour[k]] != 0 ? graph->weight[k] : 0;
    return sum;
}

static double objective_of(fr_cluster_objective objective, const fr_cluster_scores *scores)
{
    switch (objective) {
    case FR_CLUSTER_BY_EXPANSION:
        return scores->expansion;
    case FR_CLUSTER_BY_CUT:
        return scores->cut;
    case FR_CLUSTER_BY_CONDUCTANCE:
        break;
    }
    return scores->conductance;
}

typedef struct {
    int64_t prefix;
    double objective;
    fr_cluster_scores scores;
} sweep_best;

static int make_profile(fr_cluster_sweep_result *profile, int64_t count)
{
    profile->profile_node = fr_alloc(count, sizeof *profile->profile_node);
    profile->profile_volume = fr_alloc(count, sizeof *profile->profile_volume);
    profile->profile_cut = fr_alloc(count, sizeof *profile->profile_cut);
    profile->profile_conductance = fr_alloc(count, sizeof *profile->profile_conductance);
    return profile->profile_node != NULL && profile->profile_volume != NULL && profile->profile_cut != NULL &&
                   profile->profile_conductance != NULL
               ? FR_OK
               : FR_ENOMEM;
}

static void note_profile(fr_cluster_sweep_result *profile, uint32_t node, const fr_cluster_scores *scores)
{
    int64_t k = profile->n_profile++;
    profile->profile_node[k] = node;
    profile->profile_volume[k] = scores->volume;
    profile->profile_cut[k] = scores->cut;
    profile->profile_conductance[k] = scores->conductance;
}

/* One pass; `profile` may be NULL. The rows have been checked. */
static sweep_best pass(const fr_cluster_workspace *workspace, int64_t count, const rank_item *items,
                       const fr_cluster_sweep_settings *settings, fr_cluster_sweep_result *profile)
{
    const fr_graph *graph = workspace->graph;
    uint32_t *mark = workspace->index;
    sweep_best best = {.objective = INFINITY, .scores = {.conductance = 1, .expansion = 1}};
    fr_cluster_scores scores = {0};
    int64_t k = 0;
    for (; k < count; k++) {
        uint32_t node = items[k].node;
        double degree = fr_graph_degree(graph, node);
        if (settings->max_volume > 0 && scores.volume + degree > settings->max_volume) break;
        scores.size++;
        scores.volume += degree;
        scores.cut += degree - push_loop(graph, node) - 2 * weight_to_marked(graph, mark, node);
        mark[node] = 1;
        if (scores.cut < 0) scores.cut = 0; /* rounding of weights */
        cluster_scores_finish(graph, &scores);
        if (profile != NULL) note_profile(profile, node, &scores);
        double objective = objective_of(settings->objective, &scores);
        if (scores.size >= settings->min_size && objective < best.objective)
            best = (sweep_best){scores.size, objective, scores};
    }
    while (k > 0)
        mark[items[--k].node] = 0;
    return best;
}

/* ---- one or two directions -------------------------------------------------------------------------------------------------- */

/* Reorders the items. */
static int take_best(const sweep_best *best, int64_t count, rank_item *items, bool negated,
                     fr_cluster_sweep_result *out)
{
    out->prefix = best->prefix;
    out->negated = negated;
    out->best = (fr_cluster_set){.count = best->prefix, .scores = best->scores};
    out->best.node = fr_alloc(best->prefix, sizeof *out->best.node);
    if (out->best.node == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < best->prefix; k++)
        items[k].key = 0;
    rank_sort(best->prefix, items, items + count);
    for (int64_t k = 0; k < best->prefix; k++)
        out->best.node[k] = items[k].node;
    return FR_OK;
}

/* Sweeps one direction, and takes it if it is better than `least`. */
static int sweep_once(const fr_cluster_workspace *workspace, int64_t count, rank_item *items,
                      const fr_cluster_sweep_settings *settings, bool negated, double *least,
                      fr_cluster_sweep_result *out)
{
    fr_cluster_sweep_result found = {0};
    int status = settings->keep_profile ? make_profile(&found, count) : FR_OK;
    if (status == FR_OK) {
        sweep_best best = pass(workspace, count, items, settings, settings->keep_profile ? &found : NULL);
        if (negated && !(best.objective < *least)) {
            fr_cluster_sweep_result_free(&found);
            return FR_OK;
        }
        *least = best.objective;
        status = take_best(&best, count, items, negated, &found);
    }
    fr_cluster_sweep_result_free(out);
    *out = found;
    if (status != FR_OK) fr_cluster_sweep_result_free(out);
    return status;
}

int fr_cluster_sweep(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                     const double *values, const fr_cluster_sweep_settings *settings,
                     fr_cluster_sweep_result *out)
{
    fr_cluster_sweep_settings defaults;
    fr_cluster_sweep_settings_default(&defaults);
    if (settings == NULL) settings = &defaults;
    *out = (fr_cluster_sweep_result){.best = {.scores = {.conductance = 1, .expansion = 1}}};
    int status = check(settings, count, nodes, values);
    if (status != FR_OK || count == 0) return status;
    status = workspace_check_set(workspace, count, nodes, "nodes to sweep");
    for (int64_t k = 0; status == FR_OK && workspace->row_known != NULL && k < count; k++)
        status = workspace_row(workspace, nodes[k]);
    rank_item *items = status == FR_OK ? fr_alloc(2 * count, sizeof *items) : NULL;
    if (status == FR_OK && items == NULL) status = FR_ENOMEM;
    double least = INFINITY;
    if (status == FR_OK) {
        put_in_order(settings, false, count, nodes, values, items);
        status = sweep_once(workspace, count, items, settings, false, &least, out);
    }
    if (status == FR_OK && settings->two_sided) {
        put_in_order(settings, true, count, nodes, values, items);
        if (settings->sorted) reverse(count, items);
        status = sweep_once(workspace, count, items, settings, true, &least, out);
    }
    fr_free(items);
    if (status != FR_OK) fr_cluster_sweep_result_free(out);
    return status;
}
