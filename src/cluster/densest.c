/* Densest subgraph: the largest set S of largest (weight inside S) / |S|.
 * Exact: Dinkelbach's iteration on Goldberg's cut (1984). For a density g, the set that maximises 2 (weight inside) - 2 g |S|
 * = sum over S of (degree within H - 2 g) - cut within H is the largest sink side of a minimum cut with capacities
 *     source -> v: 2 g - degree, or v -> sink: degree - 2 g, whichever is positive,   u - v: A_uv,
 * where H is what greedy peeling leaves: nodes of a densest set have at least weight g to it. For integer weights the
 * network is multiplied by the size of the set with density g, so that every decision is exact. */
#include "max_flow.h"
#include "peel.h"

#include <inttypes.h>
#include <string.h>

/* A set: `twice` is two times the weight inside. */
typedef struct {
    int64_t count;
    int64_t *node; /* ascending */
    double twice;
} dense_set;

typedef struct {
    const fr_graph *graph;
    fr_cluster_workspace *workspace;
    bool loops, exact;
    dense_set best;
    int64_t count;
    int64_t *node; /* H, ascending: holds every densest set */
    int64_t rounds;
} dense_search;

/* Weight from the node to the nodes marked in the index, a loop only if loops count. */
static double weight_inside(const dense_search *s, const uint32_t *index, int64_t node)
{
    const fr_graph *graph = s->graph;
    double sum = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        int64_t other = graph->neighbour[k];
        if (index[other] == 0 || (other == node && !s->loops)) continue;
        sum += graph->weight != NULL ? graph->weight[k] : 1;
    }
    return sum;
}

/* Two times the weight inside a set. */
static double twice_weight(const dense_search *s, int64_t count, const int64_t *nodes)
{
    uint32_t *index = workspace_index(s->workspace); /* there since the workspace was made */
    double twice = 0;
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 1;
    for (int64_t k = 0; k < count; k++)
        twice += weight_inside(s, index, nodes[k]);
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 0;
    return twice;
}

/* The network on H for the density of the best set. */
static int build(const dense_search *s, flow_network *net)
{
    flow_factor per_weight = {.exact = s->exact}, per_node = per_weight;
    per_weight.whole = s->best.count;
    per_node.whole = (flow_amount)s->best.twice;
    per_weight.real = 0x1p100 / s->graph->volume;
    per_node.real = per_weight.real * (s->best.twice / (double)s->best.count);
    net->arc = per_weight;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < s->count; k++)
        status = flow_add(net, s->node[k]);
    flow_amount largest = 0, density = flow_times(per_node, 1);
    for (int64_t v = 0; status == FR_OK && v < net->n_nodes; v++) {
        flow_node *node = &net->node[v];
        flow_amount degree = flow_times(per_weight, weight_inside(s, net->index, node->id));
        node->source = density > degree ? density - degree : 0;
        node->sink = degree > density ? degree - density : 0;
        if (node->source > largest) largest = node->source;
        if (node->sink > largest) largest = node->sink;
        status = flow_reveal(net, v);
    }
    net->zero = s->exact ? 0 : (flow_amount)(1e-11 * (double)largest);
    return status;
}

/* H becomes the sink side; its size, and 0 leaves H as it was. */
static int64_t shrink(dense_search *s, const flow_network *net)
{
    int64_t count = 0;
    for (int64_t v = 0; v < net->n_nodes; v++)
        if (!flow_reached(net, v)) s->node[count++] = net->node[v].id;
    if (count > 0) s->count = count;
    return count;
}

static bool denser(const dense_search *s, double twice, int64_t count)
{
    if (s->exact) return (flow_amount)twice * s->best.count > (flow_amount)s->best.twice * (flow_amount)count;
    return twice / (double)count > s->best.twice / (double)s->best.count * (1 + 1e-12);
}

/* Minimum cuts until the largest sink side is no denser; that is the answer. */
static int iterate(dense_search *s)
{
    for (bool better = true; better;) {
        flow_network *net;
        int status = flow_open(s->workspace, &net);
        if (status == FR_OK) status = build(s, net);
        if (status == FR_OK) status = flow_maximise(net);
        int64_t count = status == FR_OK ? shrink(s, net) : 0;
        flow_close(net);
        if (status != FR_OK) return status;
        s->rounds++;
        if (count == 0) return FR_OK; /* rounding alone; the best set stands */
        double twice = twice_weight(s, count, s->node);
        better = denser(s, twice, count);
        memcpy(s->best.node, s->node, (size_t)count * sizeof *s->node);
        s->best.count = count;
        s->best.twice = twice;
        status = fr_progress_tick(NULL, 0, 0);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

/* Whether all weights, and their sum, are integers that a double holds exactly. */
static bool whole_graph_is_whole(const fr_graph *graph)
{
    if (!(graph->volume < 0x1p53)) return false;
    for (int64_t v = 0; v < graph->n; v++)
        if (!flow_row_is_whole(graph, v)) return false;
    return true;
}

static int exact(dense_search *s, peeling *p)
{
    int64_t n = s->graph->n;
    int status = peel(p, NULL);
    if (status != FR_OK) return status;
    double density = peel_best(p, &s->best.count);
    memcpy(s->best.node, p->order + (n - s->best.count), (size_t)s->best.count * sizeof *p->order);
    s->best.twice = twice_weight(s, s->best.count, s->best.node);
    int64_t begin = 0;
    while (begin < n - s->best.count && p->marginal[begin] < density * (1 - 1e-9))
        begin++;
    s->count = n - begin;
    memcpy(s->node, p->order + begin, (size_t)s->count * sizeof *p->order);
    cluster_sort_nodes(s->count, s->node);
    s->exact = whole_graph_is_whole(s->graph);
    return iterate(s);
}

/* Greedy++: each round peels by load + weight left, and adds what went with a node to its load. An edge's weight goes to
 * one of its ends in each round, so the largest mean load bounds every density. */
static int greedy(dense_search *s, peeling *p, int64_t rounds, double *bound)
{
    int64_t n = s->graph->n;
    double *load = fr_alloc(n, sizeof *load), best = -1;
    int status = load != NULL ? FR_OK : FR_ENOMEM;
    for (; status == FR_OK && s->rounds < rounds; s->rounds++) {
        int64_t count = 0;
        status = peel(p, load);
        if (status != FR_OK) break;
        double density = peel_best(p, &count);
        if (density > best) {
            best = density;
            memcpy(s->best.node, p->order + (n - count), (size_t)count * sizeof *p->order);
            s->best.count = count;
        }
        for (int64_t k = 0; k < n; k++)
            load[p->order[k]] += p->marginal[k];
        status = fr_progress_tick("greedy rounds", s->rounds + 1, rounds);
    }
    *bound = 0;
    for (int64_t v = 0; status == FR_OK && v < n; v++)
        if (load[v] / (double)rounds > *bound) *bound = load[v] / (double)rounds;
    if (status == FR_OK) s->best.twice = twice_weight(s, s->best.count, s->best.node);
    fr_free(load);
    return status;
}

void fr_cluster_densest_settings_default(fr_cluster_densest_settings *settings)
{
    *settings = (fr_cluster_densest_settings){0};
}

int fr_cluster_densest(const fr_graph *graph, const fr_cluster_densest_settings *settings,
                       fr_cluster_densest_result *out)
{
    *out = (fr_cluster_densest_result){0};
    double started = fr_clock();
    fr_cluster_densest_settings usual = {0};
    if (settings == NULL) settings = &usual;
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    if (settings->greedy_rounds < 0)
        return fr_fail(FR_EUSAGE, "the number of greedy rounds is %" PRId64 ", expected a number from 0",
                       settings->greedy_rounds);
    if (graph->n == 0) return fr_fail(FR_EUSAGE, "a graph without nodes has no densest set");
    dense_search s = {.graph = graph, .loops = settings->loops};
    peeling p = {0};
    double bound = 0;
    s.node = fr_alloc(graph->n, sizeof *s.node);
    s.best.node = fr_alloc(graph->n, sizeof *s.best.node);
    status = s.node != NULL && s.best.node != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK) status = fr_cluster_workspace_new(graph, &s.workspace);
    if (status == FR_OK && workspace_index(s.workspace) == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = peeling_new(graph, settings->loops, &p);
    if (status != FR_OK) goto done;
    status = settings->greedy_rounds > 0 ? greedy(&s, &p, settings->greedy_rounds, &bound) : exact(&s, &p);
    if (status != FR_OK) goto done;
    out->density = s.best.twice / 2 / (double)s.best.count;
    out->upper_bound = bound > out->density ? bound : out->density;
    out->rounds = s.rounds;
    status = cluster_set_take(s.workspace, s.best.count, s.best.node, &out->set);
    s.best.node = NULL;
    out->seconds = fr_clock() - started;
done:
    peeling_free(&p);
    fr_cluster_workspace_free(s.workspace);
    fr_free(s.node);
    fr_free(s.best.node);
    if (status != FR_OK) fr_cluster_densest_result_free(out);
    return status;
}

void fr_cluster_densest_result_free(fr_cluster_densest_result *result)
{
    fr_cluster_set_free(&result->set);
    *result = (fr_cluster_densest_result){0};
}
