/* Scenarios of Marcus et al. (2021), figure 2 and supplements: a triangular lattice with a barrier between two corridors,
 * faster or slower horizontal migration, and designs that leave nodes unsampled. */
#include "simulate_scenario.h"

#include <inttypes.h>
#include <math.h>

void fr_feems_simulate_settings_default(fr_feems_simulate_settings *settings)
{
    *settings = (fr_feems_simulate_settings){
        .rows = 8,
        .columns = 12,
        .barrier_weight = 1,
        .corridor_weight = 1,
        .barrier_left = 2.5,
        .barrier_right = 8.5,
        .anisotropy = 1,
        .max_per_node = 15,
        .trees = 20000,
        .mutation_rate = 1e-3,
        .maf = 0.05,
        .seed = 1,
    };
    fr_feems_simulate_design(settings, FR_FEEMS_NONMISSING);
}

void fr_feems_simulate_design(fr_feems_simulate_settings *settings, fr_feems_design design)
{
    settings->probability_left = design == FR_FEEMS_RIGHT_BIASED ? 0 : 0.5;
    settings->probability_barrier = design == FR_FEEMS_CORRIDOR_BIASED ? 0 : 0.5;
    settings->probability_right = 0.5;
    settings->sample_probability = design == FR_FEEMS_MISSING_AT_RANDOM ? 0.2 : 1;
}

static int check_range(const char *name, double value, double low, double high)
{
    if (value >= low && value <= high) return FR_OK;
    return fr_fail(FR_EUSAGE, "the simulation's %s must lie between %g and %g, not be %g", name, low, high,
                   value);
}

static int check_positive(const char *name, double value)
{
    if (value > 0 && isfinite(value)) return FR_OK;
    return fr_fail(FR_EUSAGE, "the simulation's %s must be positive and finite, not %g", name, value);
}

int fr_simulate_check(const fr_feems_simulate_settings *s)
{
    int status = FR_OK;
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {
        {"number of rows", (double)s->rows, 1, 1e6},
        {"number of columns", (double)s->columns, 1, 1e6},
        {"largest sample of a node", (double)s->max_per_node, 1, 1e6},
        {"sampling probability on the left", s->probability_left, 0, 1},
        {"sampling probability in the barrier", s->probability_barrier, 0, 1},
        {"sampling probability on the right", s->probability_right, 0, 1},
        {"probability that a node is sampled", s->sample_probability, 0, 1},
        {"number of trees", (double)s->trees, 1, 1e9},
        {"smallest minor allele frequency", s->maf, 0, 0.5},
        {"fraction of missing genotypes", s->missing, 0, 1},
    };
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges && status == FR_OK; k++)
        status = check_range(ranges[k].name, ranges[k].value, ranges[k].low, ranges[k].high);
    if (status == FR_OK) status = check_positive("barrier weight", s->barrier_weight);
    if (status == FR_OK) status = check_positive("corridor weight", s->corridor_weight);
    if (status == FR_OK) status = check_positive("anisotropy", s->anisotropy);
    if (status == FR_OK) status = check_positive("mutation rate", s->mutation_rate);
    if (status == FR_OK && !(s->barrier_left <= s->barrier_right))
        status = fr_fail(FR_EUSAGE, "the barrier's left end %g lies right of its right end %g",
                         s->barrier_left, s->barrier_right);
    return status;
}

static int allocate(int64_t n_nodes, int64_t n_edges, fr_feems_graph *graph, double **weights)
{
    *graph = (fr_feems_graph){.n_nodes = n_nodes, .n_edges = n_edges};
    graph->x = fr_alloc(n_nodes, sizeof *graph->x);
    graph->y = fr_alloc(n_nodes, sizeof *graph->y);
    graph->i = fr_alloc(n_edges, sizeof *graph->i);
    graph->j = fr_alloc(n_edges, sizeof *graph->j);
    *weights = fr_alloc(n_edges, sizeof **weights);
    if (graph->x != NULL && graph->y != NULL && graph->i != NULL && graph->j != NULL && *weights != NULL)
        return FR_OK;
    fr_free(graph->x), fr_free(graph->y), fr_free(graph->i), fr_free(graph->j), fr_free(*weights);
    *graph = (fr_feems_graph){0};
    *weights = NULL;
    return FR_ENOMEM;
}

/* Adds the edge from node (row, column) to (row + down, column + right), if the lattice has the latter. */
static void add_edge(fr_feems_graph *graph, const fr_feems_simulate_settings *s, int64_t row, int64_t column,
                     int64_t down, int64_t right, double *weights)
{
    int64_t other_row = row + down, other_column = column + right;
    if (other_row >= s->rows || other_column < 0 || other_column >= s->columns) return;
    int64_t i = row * s->columns + column, j = other_row * s->columns + other_column;
    double middle = (graph->x[i] + graph->x[j]) / 2;
    bool in_barrier = middle > s->barrier_left && middle < s->barrier_right;
    graph->i[graph->n_edges] = i;
    graph->j[graph->n_edges] = j;
    weights[graph->n_edges++] =
        (in_barrier ? s->barrier_weight : s->corridor_weight) * (down == 0 ? s->anisotropy : 1);
}

/* Odd rows are shifted to the right by half a step; every node has up to six neighbours at distance 1. */
static int make_lattice(const fr_feems_simulate_settings *s, fr_feems_graph *graph, double **weights)
{
    int64_t n_nodes = s->rows * s->columns;
    int status = allocate(n_nodes, 3 * n_nodes, graph, weights);
    if (status != FR_OK) return status;
    for (int64_t node = 0; node < n_nodes; node++) {
        int64_t row = node / s->columns;
        graph->x[node] = (double)(node % s->columns) + 0.5 * (double)(row % 2);
        graph->y[node] = (double)row * sqrt(3) / 2;
    }
    graph->n_edges = 0;
    for (int64_t row = 0; row < s->rows; row++) {
        int64_t shift = row % 2;
        for (int64_t column = 0; column < s->columns; column++) {
            add_edge(graph, s, row, column, 0, 1, *weights);
            add_edge(graph, s, row, column, 1, shift - 1, *weights);
            add_edge(graph, s, row, column, 1, shift, *weights);
        }
    }
    return FR_OK;
}

int fr_simulate_graph(const fr_feems_graph *graph, const double *weights,
                      const fr_feems_simulate_settings *settings, fr_feems_graph *out, double **out_weights)
{
    *out = (fr_feems_graph){0};
    *out_weights = NULL;
    if ((graph == NULL) != (weights == NULL))
        return fr_fail(FR_EUSAGE, "a graph to simulate on needs edge weights, and weights need a graph");
    if (graph == NULL) return make_lattice(settings, out, out_weights);
    if (graph->n_nodes < 1) return fr_fail(FR_EUSAGE, "the graph to simulate on has no nodes");
    int status = allocate(graph->n_nodes, graph->n_edges, out, out_weights);
    if (status != FR_OK) return status;
    for (int64_t node = 0; node < graph->n_nodes; node++)
        out->x[node] = graph->x[node], out->y[node] = graph->y[node];
    for (int64_t e = 0; e < graph->n_edges; e++)
        out->i[e] = graph->i[e], out->j[e] = graph->j[e], (*out_weights)[e] = weights[e];
    return FR_OK;
}

/* Individuals sampled at a node: Binomial(max_per_node, probability of its zone), or none at all. */
static int64_t sample_size(const fr_feems_graph *graph, const fr_feems_simulate_settings *s, int64_t node)
{
    double probability = graph->x[node] <= s->barrier_left    ? s->probability_left
                         : graph->x[node] >= s->barrier_right ? s->probability_right
                                                              : s->probability_barrier;
    uint64_t index = (uint64_t)node;
    if (fr_random_uniform(s->seed, fr_simulate_stream(FR_SIMULATE_SAMPLED), index) >= s->sample_probability)
        return 0;
    return fr_random_binomial(s->seed, fr_simulate_stream(FR_SIMULATE_SIZE), index, s->max_per_node,
                              probability);
}

int fr_simulate_sample(const fr_feems_graph *graph, const fr_feems_simulate_settings *settings,
                       int64_t *n_samples, int64_t **out_node)
{
    int64_t n = 0;
    *n_samples = 0;
    *out_node = NULL;
    for (int64_t node = 0; node < graph->n_nodes; node++)
        n += sample_size(graph, settings, node);
    if (n == 0)
        return fr_fail(FR_EUSAGE,
                       "no individual was sampled at any of the %" PRId64
                       " nodes; raise the sampling probabilities or take another seed",
                       graph->n_nodes);
    int64_t *sample_node = fr_alloc(n, sizeof *sample_node);
    if (sample_node == NULL) return FR_ENOMEM;
    for (int64_t node = 0, k = 0; node < graph->n_nodes; node++)
        for (int64_t size = sample_size(graph, settings, node); size > 0; size--)
            sample_node[k++] = node;
    *n_samples = n;
    *out_node = sample_node;
    return FR_OK;
}
