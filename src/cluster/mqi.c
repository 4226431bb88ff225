/* MQI (Lang, Rao, IPCO 2004): the subset S of R of smallest quotient cut(S) / vol(S), by Dinkelbach's iteration.
 * For the set S with cut c and volume v, a minimum cut of the network on S with capacities
 *     source -> i: weight from i to outside of S,   i -> sink: (c / v) d_i,   i - j: A_ij
 * gives the subset T, its largest sink side, that minimises cut(T) - (c / v) vol(T). For integer weights the network is
 * multiplied by v, so that every decision is exact. */
#include "flow_rules.h"
#include "max_flow.h"

#include <string.h>

typedef struct {
    int64_t count;
    int64_t *node;
    double cut, volume;
    bool exact; /* integer weights */
} subset;

/* Weight from a node to nodes that are not in the network. */
static double weight_outside(const flow_network *net, int64_t id)
{
    const fr_graph *graph = net->workspace->graph;
    double sum = 0;
    for (int64_t k = graph->row[id]; k < graph->row[id + 1]; k++)
        if (net->index[graph->neighbour[k]] == 0) sum += graph->weight != NULL ? graph->weight[k] : 1;
    return sum;
}

/* The network on S, with the arcs from the source and to the sink cancelled where a node has both. */
static int build(flow_network *net, const subset *set)
{
    flow_factor per_cut = {.exact = set->exact}, per_degree = per_cut;
    per_cut.whole = (flow_amount)set->volume;
    per_degree.whole = (flow_amount)set->cut;
    per_cut.real = 0x1p100 / set->volume;
    per_degree.real = per_cut.real * (set->cut / set->volume);
    net->arc = per_cut;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < set->count; k++)
        status = flow_add(net, set->node[k]);
    flow_amount largest = 0;
    for (int64_t v = 0; status == FR_OK && v < net->n_nodes; v++) {
        flow_node *node = &net->node[v];
        flow_amount in = flow_times(per_cut, weight_outside(net, node->id));
        flow_amount out = flow_times(per_degree, fr_graph_degree(net->workspace->graph, node->id));
        if (in > largest) largest = in;
        if (out > largest) largest = out;
        node->source = in > out ? in - out : 0;
        node->sink = out > in ? out - in : 0;
        status = flow_reveal(net, v);
    }
    net->zero = set->exact ? 0 : (flow_amount)(1e-12 * (double)largest);
    return status;
}

/* Whether cut / volume is smaller than the set's quotient. */
static bool improves(const subset *set, double cut, double volume)
{
    if (!set->exact) return cut / volume < set->cut / set->volume * (1 - 1e-12);
    return (flow_amount)cut * (flow_amount)set->volume < (flow_amount)set->cut * (flow_amount)volume;
}

/* Replaces S by the largest sink side, if that is better; *better says so. */
static int shrink(const flow_network *net, subset *set, bool *better)
{
    const fr_graph *graph = net->workspace->graph;
    int64_t count = 0;
    double volume = 0;
    for (int64_t v = 0; v < net->n_nodes; v++)
        if (!flow_reached(net, v)) {
            count++;
            volume += fr_graph_degree(graph, net->node[v].id);
        }
    *better = false;
    if (count == 0 || count == set->count || !(volume > 0)) return FR_OK;
    double cut = flow_cut(net, false);
    if (!improves(set, cut, volume)) return FR_OK;
    *better = true;
    set->count = 0;
    for (int64_t v = 0; v < net->n_nodes; v++)
        if (!flow_reached(net, v)) set->node[set->count++] = net->node[v].id;
    set->cut = cut;
    set->volume = volume;
    return FR_OK;
}

static int improve(fr_cluster_workspace *workspace, subset *set, fr_cluster_flow_result *out)
{
    bool better = true;
    while (better && set->cut > 0) {
        flow_network *net;
        int status = flow_open(workspace, &net);
        if (status == FR_OK) status = build(net, set);
        if (status == FR_OK) status = flow_maximise(net);
        if (status == FR_OK) status = shrink(net, set, &better);
        if (net != NULL) out->arcs_read += net->arcs_read;
        flow_close(net);
        if (status != FR_OK) return status;
        out->rounds++;
    }
    return FR_OK;
}

static bool whole_rows(const fr_graph *graph, const subset *set)
{
    for (int64_t k = 0; k < set->count; k++)
        if (!flow_row_is_whole(graph, set->node[k])) return false;
    return set->volume < 0x1p53;
}

int fr_cluster_mqi(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                   fr_cluster_flow_result *out)
{
    *out = (fr_cluster_flow_result){0};
    double started = fr_clock(), half = workspace->graph->volume / 2;
    fr_cluster_scores scores;
    int status = fr_cluster_score(workspace, count, nodes, &scores);
    if (status != FR_OK) return status;
    if (scores.volume > half)
        fr_warn("the set has volume %g, more than half of the graph's %g: the quotient that MQI lowers is "
                "not its conductance there",
                scores.volume, 2 * half);
    subset set = {.count = count, .cut = scores.cut, .volume = scores.volume};
    set.node = fr_alloc(count, sizeof *set.node);
    if (set.node == NULL) return FR_ENOMEM;
    memcpy(set.node, nodes, (size_t)count * sizeof *nodes);
    cluster_sort_nodes(count, set.node);
    set.exact = whole_rows(workspace->graph, &set);
    status = improve(workspace, &set, out);
    if (status == FR_OK) status = flow_set_copy(workspace, set.count, set.node, &out->set);
    if (status == FR_OK) status = flow_set_copy(workspace, set.count, set.node, &out->raw);
    out->relative_conductance = set.volume > 0 ? set.cut / set.volume : 1;
    out->peak_nodes = count;
    out->visited_volume = scores.volume;
    out->seconds = fr_clock() - started;
    fr_free(set.node);
    if (status != FR_OK) fr_cluster_flow_result_free(out);
    return status;
}
