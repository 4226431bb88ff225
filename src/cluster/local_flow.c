/* FlowImprove (Andersen, Lang, SODA 2008) and SimpleLocal (Veldt, Gleich, Mahoney, ICML 2016): the set S, anywhere in the
 * graph, of smallest cut(S) / (vol(S n R) - theta vol(S \ R)), theta = vol(R) / vol(V \ R) + delta.
 * With the quotient a of the set at hand, a minimum cut of the network
 *     source -> i in R: a d_i,   i not in R -> sink: a theta d_i,   i - j: A_ij
 * gives a better set as its smallest source side, until that is empty. The network grows where the cut wants to go, so the
 * answer is the global one at local cost. For integer weights it is multiplied by the denominators of a and theta. */
#include "flow_rules.h"

#include <math.h>
#include <string.h>

typedef struct {
    flow_network *net;
    flow_quotient quotient;
    int64_t seed_count;
    const int64_t *seeds; /* the first nodes of the network */
    double seed_volume;
    flow_piece best;
    int64_t count, room;
    int64_t *node; /* the best set */
    int64_t rounds;
} search;

/* Capacities for the quotient of the best set, and no flow. */
static void prepare(search *s)
{
    flow_network *net = s->net;
    const fr_graph *graph = net->workspace->graph;
    const flow_quotient *q = &s->quotient;
    flow_factor inside = {.exact = q->exact}, outside = inside, arc = inside;
    if (q->exact) {
        flow_amount cut = (flow_amount)s->best.cut;
        inside.whole = cut * q->unit;
        outside.whole = cut * q->penalty;
        arc.whole = flow_denominator_whole(q, &s->best);
    } else {
        double ratio = flow_quotient_value(q, &s->best);
        arc.real = 0x1p100 / s->seed_volume;
        inside.real = ratio * arc.real;
        outside.real = fmin(ratio * q->theta, 2) * arc.real; /* no more than d_i can come in */
    }
    net->arc = arc;
    net->outside = outside;
    flow_amount largest = 0;
    for (int64_t v = 0; v < net->n_nodes; v++) {
        flow_node *node = &net->node[v];
        bool seed = v < s->seed_count;
        node->source = seed ? flow_times(inside, fr_graph_degree(graph, node->id)) : 0;
        node->sink = seed ? 0 : flow_times(outside, fr_graph_degree(graph, node->id));
        if (node->source > largest) largest = node->source;
    }
    net->zero = q->exact ? 0 : (flow_amount)(1e-12 * (double)largest);
    flow_reset(net);
}

/* Volumes and cut of the source side; returns its size. */
static int64_t source_side(const search *s, flow_piece *piece)
{
    const flow_network *net = s->net;
    int64_t count = 0;
    *piece = (flow_piece){.cut = flow_cut(net, true)};
    for (int64_t v = 0; v < net->n_nodes; v++) {
        if (!flow_reached(net, v)) continue;
        double degree = fr_graph_degree(net->workspace->graph, net->node[v].id);
        *(v < s->seed_count ? &piece->inside : &piece->outside) += degree;
        count++;
    }
    return count;
}

/* The source side becomes the best set. */
static int keep(search *s, int64_t count, const flow_piece *piece)
{
    if (count > s->room) {
        int64_t *larger = fr_realloc(s->node, count, sizeof *larger);
        if (larger == NULL) return FR_ENOMEM;
        s->node = larger;
        s->room = count;
    }
    s->best = *piece;
    s->count = 0;
    for (int64_t v = 0; v < s->net->n_nodes; v++)
        if (flow_reached(s->net, v)) s->node[s->count++] = s->net->node[v].id;
    return FR_OK;
}

static int iterate(search *s)
{
    int status = FR_OK;
    while (status == FR_OK && s->best.cut > 0) {
        prepare(s);
        status = flow_maximise(s->net);
        if (status == FLOW_FRACTION) { /* a weight that is not an integer has come in */
            s->quotient.exact = false;
            status = FR_OK;
            continue;
        }
        if (status != FR_OK) break;
        s->rounds++;
        flow_piece piece;
        int64_t count = source_side(s, &piece);
        if (count == 0 || !flow_smaller(&s->quotient, &piece, &s->best)) break;
        status = keep(s, count, &piece);
    }
    return status;
}

/* Solves with the network of the workspace, and closes that. */
static int solve(fr_cluster_workspace *workspace, search *s, fr_cluster_flow_result *out)
{
    int status = flow_open(workspace, &s->net);
    if (status != FR_OK) return status;
    s->net->grows = true;
    for (int64_t k = 0; status == FR_OK && k < s->seed_count; k++)
        status = flow_add(s->net, s->seeds[k]);
    if (status == FR_OK) status = iterate(s);
    out->rounds = s->rounds;
    out->arcs_read = s->net->arcs_read;
    out->peak_nodes = s->net->n_nodes;
    out->visited_volume = s->net->revealed_volume;
    flow_close(s->net);
    return status;
}

/* The rules for components and sides, and the sets of the result. */
static int finish(fr_cluster_workspace *workspace, search *s, const fr_cluster_flow_settings *settings,
                  fr_cluster_flow_result *out)
{
    cluster_sort_nodes(s->count, s->node);
    int status = flow_set_copy(workspace, s->count, s->node, &out->raw);
    flow_piece piece = s->best;
    if (status == FR_OK && !settings->keep_disconnected)
        status =
            flow_best_component(workspace, &s->quotient, s->seed_count, s->seeds, &s->count, s->node, &piece);
    if (status == FR_OK) status = flow_take_side(workspace, settings->side, s->count, s->node, &out->set);
    s->quotient.conductance = false;
    out->relative_conductance = flow_quotient_value(&s->quotient, &piece);
    return status;
}

static int check(const fr_cluster_flow_settings *settings)
{
    if (!(settings->delta >= 0) || isinf(settings->delta))
        return fr_fail(FR_EUSAGE, "delta is %g, expected a number from 0", settings->delta);
    if (settings->side < FR_CLUSTER_SIDE_NONE || settings->side > FR_CLUSTER_SIDE_VOLUME)
        return fr_fail(FR_EUSAGE, "side is %d, expected one of fr_cluster_side", (int)settings->side);
    return FR_OK;
}

void fr_cluster_flow_settings_default(fr_cluster_flow_settings *settings)
{
    *settings = (fr_cluster_flow_settings){.delta = 0.3, .side = FR_CLUSTER_SIDE_COUNT};
}

int fr_cluster_local_flow(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                          const fr_cluster_flow_settings *settings, fr_cluster_flow_result *out)
{
    *out = (fr_cluster_flow_result){0};
    double started = fr_clock();
    const fr_graph *graph = workspace->graph;
    fr_cluster_flow_settings usual;
    fr_cluster_flow_settings_default(&usual);
    if (settings == NULL) settings = &usual;
    fr_cluster_scores scores;
    int status = check(settings);
    if (status == FR_OK) status = fr_cluster_score(workspace, count, nodes, &scores);
    if (status != FR_OK) return status;
    if (scores.volume > graph->volume / 2 && !settings->no_warning)
        fr_warn(
            "the set to improve has %g of the graph's volume %g, more than half: its quotient is by its own "
            "volume, which is not its conductance",
            scores.volume, graph->volume);
    search s = {
        .seed_count = count, .seeds = nodes, .seed_volume = scores.volume, .count = count, .room = count};
    s.best = (flow_piece){.cut = scores.cut, .inside = scores.volume};
    s.node = fr_alloc(count, sizeof *s.node);
    if (s.node == NULL) return FR_ENOMEM;
    memcpy(s.node, nodes, (size_t)count * sizeof *nodes);
    bool whole = floor(scores.volume) == scores.volume && floor(scores.cut) == scores.cut;
    status = flow_quotient_init(graph, scores.volume, settings->delta, settings->exact_conductance, whole,
                                &s.quotient);
    if (status == FR_OK) status = solve(workspace, &s, out);
    if (status == FR_OK) status = finish(workspace, &s, settings, out);
    out->seconds = fr_clock() - started;
    fr_free(s.node);
    if (status != FR_OK) fr_cluster_flow_result_free(out);
    return status;
}

void fr_cluster_flow_result_free(fr_cluster_flow_result *result)
{
    fr_cluster_set_free(&result->set);
    fr_cluster_set_free(&result->raw);
    *result = (fr_cluster_flow_result){0};
}

int fr_cluster_flow_delta(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                          int64_t target_count, const int64_t *target, double *delta)
{
    *delta = 0;
    fr_cluster_scores set, goal;
    fr_cluster_f1_scores overlap;
    int status = fr_cluster_score(workspace, count, nodes, &set);
    if (status == FR_OK) status = fr_cluster_score(workspace, target_count, target, &goal);
    if (status == FR_OK) status = fr_cluster_f1(workspace, count, nodes, target_count, target, &overlap);
    if (status != FR_OK) return status;
    if (!(goal.volume > 0))
        return fr_fail(FR_EUSAGE, "the target has no volume: none of its nodes has a neighbour");
    double share = set.volume / (workspace->graph->volume - set.volume);
    double sigma = fmax(overlap.recall, share);
    double wanted = 1.0 / 3 / (1 / sigma - 1) - share; /* infinite where sigma = 1, negative above */
    *delta = fmin(fmax(wanted, 0), 1);
    return FR_OK;
}
