/* MQI, FlowImprove and SimpleLocal against all subsets of small graphs; ties, exactness, sides, components, locality, inputs
 * out of range, damaged graphs. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <string.h>

enum { most = 11 };

typedef enum { UNIT, INTEGER, REAL } weights;

/* A random graph of n nodes, not always connected, with loops and a node or two without neighbours. */
static void random_graph(uint64_t seed, int64_t n, weights kind, fr_graph *out)
{
    uint32_t from[4 * most], to[4 * most];
    double weight[4 * most];
    fr_rng rng;
    fr_rng_init(&rng, seed, 3, 0);
    int64_t count = n + fr_rng_below(&rng, 2 * n);
    for (int64_t k = 0; k < count; k++) {
        from[k] = (uint32_t)fr_rng_below(&rng, n);
        to[k] = (uint32_t)fr_rng_below(&rng, n);
        weight[k] = kind == UNIT      ? 1
                    : kind == INTEGER ? (double)(1 + fr_rng_below(&rng, 4))
                                      : pow(10, 2 * fr_rng_uniform(&rng) - 1);
    }
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.duplicates = FR_GRAPH_DUP_FIRST;
    settings.symmetrise = FR_GRAPH_SYM_MAX;
    assert_ok(fr_graph_from_arcs(n, count, from, to, kind == UNIT ? NULL : weight, &settings, out));
}

/* A random non-empty set: its members, ascending, and as bits. */
static int64_t random_set(fr_rng *rng, int64_t n, int64_t *nodes, uint32_t *bits)
{
    int64_t count = 0;
    *bits = 0;
    while (count == 0)
        for (int64_t v = 0; v < n; v++)
            if (fr_rng_uniform(rng) < 0.4) {
                nodes[count++] = v;
                *bits |= 1u << v;
            }
    return count;
}

static uint32_t bits_of(const fr_cluster_set *set)
{
    uint32_t bits = 0;
    for (int64_t k = 0; k < set->count; k++)
        bits |= 1u << set->node[k];
    return bits;
}

static double volume_of(const fr_graph *graph, uint32_t set)
{
    double volume = 0;
    for (int64_t v = 0; v < graph->n; v++)
        if (set >> v & 1) volume += fr_graph_degree(graph, v);
    return volume;
}

static double cut_of(const fr_graph *graph, const double *adjacency, uint32_t set)
{
    double cut = 0;
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t j = 0; j < graph->n; j++)
            if ((set >> i & 1) && !(set >> j & 1)) cut += adjacency[i * graph->n + j];
    return cut;
}

/* Integer quotients of these graphs differ by 1e-5 or more, real ones hardly ever by less than this; sums of a dozen
 * terms round to 1e-15. */
static const double tie = 1e-11;

/* The union of all subsets of R of least cut/vol: itself one of them, the largest. */
static uint32_t best_subset(const fr_graph *graph, const double *adjacency, uint32_t within, double *best)
{
    uint32_t found = 0;
    *best = INFINITY;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t set = within; set != 0; set = (set - 1) & within) {
            double volume = volume_of(graph, set), ratio = cut_of(graph, adjacency, set) / volume;
            if (!(volume > 0)) continue;
            if (pass == 0 && ratio < *best) *best = ratio;
            if (pass == 1 && ratio <= *best * (1 + tie)) found |= set;
        }
    for (int64_t v = 0; v < graph->n; v++) /* of no volume, so they change no quotient */
        if ((within >> v & 1) && fr_graph_degree(graph, v) == 0) found |= 1u << v;
    return found;
}

static void mqi_is_the_best_subset(void **state)
{
    (void)state;
    int64_t tried = 0;
    for (uint64_t seed = 1; seed <= 600; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_rng rng;
        fr_rng_init(&rng, seed, 4, 0);
        random_graph(seed, 4 + (int64_t)(seed % (most - 3)), (weights)(seed % 3), &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        double *adjacency = dense_adjacency(&graph), best;
        int64_t nodes[most];
        uint32_t set;
        int64_t count = random_set(&rng, graph.n, nodes, &set);
        fr_cluster_flow_result result;
        if (volume_of(&graph, set) > 0) {
            tried++;
            uint32_t expected = best_subset(&graph, adjacency, set, &best);
            assert_ok(fr_cluster_mqi(workspace, count, nodes, &result));
            if (bits_of(&result.set) != expected)
                fail_msg("seed %d: got set %x, expected %x", (int)seed, bits_of(&result.set), expected);
            assert_near(result.relative_conductance, best, 1e-12);
            if (result.set.scores.volume <= graph.volume / 2)
                assert_near(result.set.scores.conductance, best, 1e-12);
            fr_cluster_flow_result_free(&result);
        }
        free(adjacency);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
    assert_true(tried > 200);
}

/* The seed-penalised quotient of a set; infinite where the denominator is not positive. */
static double penalised(const fr_graph *graph, const double *adjacency, uint32_t seeds, double delta,
                        uint32_t set)
{
    double inside = volume_of(graph, seeds), theta = inside / (graph->volume - inside) + delta;
    double below = volume_of(graph, set & seeds) - theta * volume_of(graph, set & ~seeds);
    return below > 1e-12 ? cut_of(graph, adjacency, set) / below : INFINITY;
}

static bool connected(const fr_graph *graph, const double *adjacency, uint32_t set)
{
    uint32_t found = set & (~set + 1);
    for (int64_t step = 0; step < graph->n; step++)
        for (int64_t i = 0; i < graph->n; i++)
            for (int64_t j = 0; j < graph->n; j++)
                if ((found >> i & 1) && (set >> j & 1) && adjacency[i * graph->n + j] > 0) found |= 1u << j;
    return found == set;
}

static void check_local(fr_cluster_workspace *workspace, const fr_graph *graph, int64_t count,
                        const int64_t *nodes, uint32_t seeds, double delta)
{
    double *adjacency = dense_adjacency(graph), best = INFINITY;
    for (uint32_t set = 1; set < 1u << graph->n; set++)
        best = fmin(best, penalised(graph, adjacency, seeds, delta, set));
    fr_cluster_flow_settings settings;
    fr_cluster_flow_settings_default(&settings);
    settings.delta = delta;
    settings.side = FR_CLUSTER_SIDE_NONE;
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_local_flow(workspace, count, nodes, &settings, &result));
    assert_near(penalised(graph, adjacency, seeds, delta, bits_of(&result.raw)), best, 1e-12 * (1 + best));
    assert_near(penalised(graph, adjacency, seeds, delta, bits_of(&result.set)), best, 1e-12 * (1 + best));
    assert_near(result.relative_conductance, best, 1e-12 * (1 + best));
    assert_true(connected(graph, adjacency, bits_of(&result.set)));
    assert_int_equal(bits_of(&result.set) & ~bits_of(&result.raw), 0);
    double volume = volume_of(graph, seeds), cut = cut_of(graph, adjacency, seeds);
    if (delta > 0) assert_true(result.visited_volume <= (volume * (1 + 2 / delta) + cut) * (1 + 1e-12));
    fr_cluster_flow_result_free(&result);
    free(adjacency);
}

/* Also where R has more than half of the volume, is not connected, or holds nodes without neighbours. */
static void local_flow_is_the_best_set(void **state)
{
    (void)state;
    static const double deltas[] = {0, 0.3, 0.1, 1, 1.0 / 3, 2.5, 0.12345678901234567};
    watch_warnings();
    int large = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_rng rng;
        fr_rng_init(&rng, seed, 5, 0);
        random_graph(seed, 4 + (int64_t)(seed % (most - 3)), (weights)(seed % 3), &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t nodes[most];
        uint32_t set;
        int64_t count = random_set(&rng, graph.n, nodes, &set);
        double volume = volume_of(&graph, set);
        if (volume > 0 && volume < graph.volume) {
            check_local(workspace, &graph, count, nodes, set, deltas[seed % 7]);
            check_local(workspace, &graph, count, nodes, set, deltas[(seed + 1) % 7]);
            large += 2 * (volume > graph.volume / 2);
        }
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
    assert_int_equal(warnings_seen(), large);
    assert_true(large > 20);
    fr_observe(NULL);
}

/* With the conductance as the next ratio, the end is a set that no cut at its own conductance improves. */
static void conductance_as_the_ratio(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_rng rng;
        fr_rng_init(&rng, seed, 6, 0);
        random_graph(seed, 4 + (int64_t)(seed % (most - 3)), (weights)(seed % 3), &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        double *adjacency = dense_adjacency(&graph);
        int64_t nodes[most];
        uint32_t seeds;
        int64_t count = random_set(&rng, graph.n, nodes, &seeds);
        fr_cluster_flow_settings settings;
        fr_cluster_flow_settings_default(&settings);
        settings.exact_conductance = settings.keep_disconnected = true;
        settings.side = FR_CLUSTER_SIDE_NONE;
        if (volume_of(&graph, seeds) > 0 && volume_of(&graph, seeds) <= graph.volume / 2) {
            fr_cluster_scores before;
            fr_cluster_flow_result result;
            assert_ok(fr_cluster_score(workspace, count, nodes, &before));
            assert_ok(fr_cluster_local_flow(workspace, count, nodes, &settings, &result));
            double conductance = result.set.scores.conductance;
            assert_true(conductance <= before.conductance);
            for (uint32_t set = 1; set < 1u << graph.n; set++)
                assert_true(penalised(&graph, adjacency, seeds, 0.3, set) >= conductance - 1e-12);
            fr_cluster_flow_result_free(&result);
        }
        free(adjacency);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

static void graph_of(int64_t n, int64_t count, const uint32_t (*arcs)[2], const double *weight, fr_graph *out,
                     fr_cluster_workspace **workspace)
{
    uint32_t from[32], to[32];
    for (int64_t k = 0; k < count; k++)
        from[k] = arcs[k][0], to[k] = arcs[k][1];
    assert_ok(fr_graph_from_arcs(n, count, from, to, weight, NULL, out));
    assert_ok(fr_cluster_workspace_new(out, workspace));
}

static void done(fr_graph *graph, fr_cluster_workspace *workspace)
{
    fr_cluster_workspace_free(workspace);
    fr_graph_free(graph);
}

/* Two nodes that only touch a third: their quotients are the same as doubles, and a network in doubles cannot tell. */
static void decisions_are_exact(void **state)
{
    (void)state;
    /* Neighbours in a Farey sequence: p1 q2 - p2 q1 = -1, so the quotients differ by 1 / (q1 q2) = 6e-19. */
    const double p1 = 433494437, q1 = 1134903170, p2 = 701408733, q2 = 1836311903;
    assert_true((int64_t)p1 * (int64_t)q2 - (int64_t)p2 * (int64_t)q1 == 1);
    fr_graph graph;
    fr_cluster_workspace *workspace;
    graph_of(3, 5, (const uint32_t[][2]){{0, 2}, {0, 0}, {1, 2}, {1, 1}, {2, 2}},
             (const double[]){p1, q1 - p1, p2, q2 - p2, 1e10}, &graph, &workspace);
    int64_t seeds[] = {0, 1};
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_mqi(workspace, 2, seeds, &result));
    assert_set_equal(result.set.count, result.set.node, 1, (int64_t[]){1});
    fr_cluster_flow_result_free(&result);
    for (int k = 0; k < 2; k++) {
        fr_cluster_flow_settings settings = {.delta = k == 0 ? 0.3 : 7, .keep_disconnected = true};
        assert_ok(fr_cluster_local_flow(workspace, 2, seeds, &settings, &result));
        assert_set_equal(result.raw.count, result.raw.node, 1, (int64_t[]){1});
        fr_cluster_flow_result_free(&result);
    }
    done(&graph, workspace);
}

/* R = {0, 2}: whole numbers; the weights that are none lie further off and come in when the cut gets there. */
static void fractions_come_in_late(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    graph_of(8, 9,
             (const uint32_t[][2]){{0, 1}, {1, 2}, {1, 3}, {0, 3}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}},
             (const double[]){2, 2, 0.5, 1, 1, 0.5, 30, 30, 30}, &graph,
             &workspace); /* volume 194, rows of 0 and 2 whole */
    int64_t nodes[] = {0, 2};
    for (int k = 0; k < 3; k++)
        check_local(workspace, &graph, 2, nodes, 5, (double[]){0, 0.01, 0.3}[k]);
    done(&graph, workspace);
}

static void large_delta_is_mqi(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    random_cluster_graph(5, 60, 150, true, 3, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t nodes[15];
    for (int64_t k = 0; k < 15; k++)
        nodes[k] = 2 * k;
    fr_cluster_flow_result inner, outer;
    assert_ok(fr_cluster_mqi(workspace, 15, nodes, &inner));
    for (int k = 0; k < 2; k++) {
        fr_cluster_flow_settings settings = {.delta = k == 0 ? 1e6 : 1e300, .keep_disconnected = true};
        assert_ok(fr_cluster_local_flow(workspace, 15, nodes, &settings, &outer));
        assert_close(outer.relative_conductance, inner.relative_conductance, 1e-12);
        fr_cluster_flow_result_free(&outer);
    }
    fr_cluster_flow_result_free(&inner);
    done(&graph, workspace);
}

/* ---- what stays as it is ---- */

static void nothing_to_improve(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    /* A star of four leaves around 0, an edge 5-6, the lonely 7. */
    graph_of(8, 5, (const uint32_t[][2]){{0, 1}, {0, 2}, {0, 3}, {0, 4}, {5, 6}}, NULL, &graph, &workspace);
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_mqi(workspace, 3, (int64_t[]){4, 1, 2}, &result)); /* conductance 1 */
    assert_set_equal(result.set.count, result.set.node, 3, (int64_t[]){1, 2, 4});
    assert_near(result.set.scores.conductance, 1, 0);
    assert_int_equal(result.rounds, 1);
    fr_cluster_flow_result_free(&result);
    assert_ok(fr_cluster_mqi(workspace, 2, (int64_t[]){5, 6}, &result)); /* conductance 0 */
    assert_set_equal(result.set.count, result.set.node, 2, (int64_t[]){5, 6});
    assert_int_equal(result.rounds, 0);
    fr_cluster_flow_result_free(&result);
    assert_ok(fr_cluster_mqi(workspace, 1, (int64_t[]){7}, &result)); /* no volume */
    assert_set_equal(result.set.count, result.set.node, 1, (int64_t[]){7});
    assert_near(result.relative_conductance, 1, 0);
    fr_cluster_flow_result_free(&result);
    assert_ok(fr_cluster_local_flow(workspace, 1, (int64_t[]){7}, NULL, &result));
    assert_set_equal(result.set.count, result.set.node, 1, (int64_t[]){7});
    assert_near(result.relative_conductance, 1, 0);
    fr_cluster_flow_result_free(&result);
    int64_t all[] = {0, 1, 2, 3, 4, 5, 6, 7};
    fr_cluster_flow_settings settings = {
        .delta = 0.3, .keep_disconnected = true, .side = FR_CLUSTER_SIDE_COUNT};
    assert_ok(fr_cluster_local_flow(workspace, 8, all, &settings, &result));
    assert_int_equal(result.set.count, 8);
    assert_near(result.relative_conductance, 0, 0);
    fr_cluster_flow_result_free(&result);
    done(&graph, workspace);
}

/* ---- rules ---- */

/* Cliques 0-3 and 4-9 joined by an edge, and R = {0, 1, 2, 3, 4}: the answer is 0-3, 12 + 1 of the volume 44. */
static void sides(void **state)
{
    (void)state;
    uint32_t arcs[32][2];
    int64_t count = 0;
    for (uint32_t i = 0; i < 10; i++)
        for (uint32_t j = i + 1; j < 10; j++)
            if ((j < 4) == (i < 4)) arcs[count][0] = i, arcs[count++][1] = j;
    arcs[count][0] = 3, arcs[count++][1] = 4;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    graph_of(10, count, (const uint32_t(*)[2])arcs, NULL, &graph, &workspace);
    int64_t small[] = {0, 1, 2, 3}, large[] = {4, 5, 6, 7, 8, 9};
    static const struct {
        fr_cluster_side side;
        bool turned;
    } cases[] = {
        {FR_CLUSTER_SIDE_NONE, false}, {FR_CLUSTER_SIDE_COUNT, true}, {FR_CLUSTER_SIDE_VOLUME, true}};
    for (int k = 0; k < 3; k++) {
        fr_cluster_flow_settings settings = {.delta = 0.1, .side = cases[k].side};
        fr_cluster_flow_result result;
        assert_ok(fr_cluster_local_flow(workspace, 4, small, &settings, &result));
        assert_set_equal(result.set.count, result.set.node, 4, small);
        fr_cluster_flow_result_free(&result);
        assert_ok(fr_cluster_local_flow(workspace, 6, large, &settings, &result));
        assert_set_equal(result.raw.count, result.raw.node, 6, large);
        assert_set_equal(result.set.count, result.set.node, cases[k].turned ? 4 : 6,
                         cases[k].turned ? small : large);
        assert_close(result.relative_conductance, 1.0 / 31, 1e-14); /* of the set before it is turned */
        fr_cluster_flow_result_free(&result);
    }
    done(&graph, workspace);
}

/* Count and volume disagree: six leaves of a star against a heavy pair. */
static void sides_disagree(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    graph_of(8, 7, (const uint32_t[][2]){{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {6, 7}},
             (const double[]){1, 1, 1, 1, 1, 1, 50}, &graph, &workspace);
    int64_t star[] = {0, 1, 2, 3, 4, 5}, pair[] = {6, 7};
    fr_cluster_flow_settings settings = {.delta = 0.1, .side = FR_CLUSTER_SIDE_VOLUME};
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_local_flow(workspace, 6, star, &settings, &result));
    assert_set_equal(result.set.count, result.set.node, 6, star);
    fr_cluster_flow_result_free(&result);
    settings.side = FR_CLUSTER_SIDE_COUNT;
    assert_ok(fr_cluster_local_flow(workspace, 6, star, &settings, &result));
    assert_set_equal(result.set.count, result.set.node, 2, pair);
    fr_cluster_flow_result_free(&result);
    done(&graph, workspace);
}

/* Three pieces of the same quotient 1/7, two of volume 7 and one of volume 14; then without the large one. */
static void components(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    static const uint32_t arcs[][2] = {{3, 4}, {3, 5}, {4, 5}, {3, 9}, {0, 1}, {0, 2}, {1, 2},
                                       {0, 9}, {6, 7}, {6, 8}, {7, 8}, {6, 9}, {9, 9}};
    static const double weight[] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 30};
    graph_of(10, 13, arcs, weight, &graph, &workspace);
    fr_cluster_flow_result result;
    int64_t nodes[] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
    assert_ok(fr_cluster_local_flow(workspace, 9, nodes, NULL, &result));
    assert_int_equal(result.raw.count, 9);
    assert_set_equal(result.set.count, result.set.node, 3, (int64_t[]){6, 7, 8});
    assert_close(result.relative_conductance, 1.0 / 7, 1e-14);
    fr_cluster_flow_result_free(&result);
    assert_ok(fr_cluster_local_flow(workspace, 6, nodes + 3, NULL, &result));
    assert_set_equal(result.set.count, result.set.node, 3, (int64_t[]){0, 1, 2});
    fr_cluster_flow_result_free(&result);
    fr_cluster_flow_settings settings;
    fr_cluster_flow_settings_default(&settings);
    settings.keep_disconnected = true;
    settings.side = FR_CLUSTER_SIDE_NONE;
    assert_ok(fr_cluster_local_flow(workspace, 6, nodes + 3, &settings, &result));
    assert_int_equal(result.set.count, 6);
    fr_cluster_flow_result_free(&result);
    done(&graph, workspace);
}

/* ---- delta of a target ---- */

static void delta_of_a_target(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(11, &graph); /* degrees 1, 2, ..., 2, 1; volume 20 */
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    double delta;
    /* vol(R) = 4, K = {1..5} of volume 10 holds it: g = 1/4, sigma = 2/5. */
    int64_t set[] = {1, 2}, target[] = {1, 2, 3, 4, 5};
    assert_ok(fr_cluster_flow_delta(workspace, 2, set, 5, target, &delta));
    assert_near(delta, fmax(1.0 / 3 / (1 / 0.4 - 1) - 0.25, 0), 1e-15);
    /* sigma = 4/5, g = 8/12 */
    assert_ok(fr_cluster_flow_delta(workspace, 4, target, 5, target, &delta));
    assert_near(delta, 1.0 / 3 / (1 / 0.8 - 1) - 8.0 / 12, 1e-15);
    assert_ok(fr_cluster_flow_delta(workspace, 5, target, 2, set, &delta)); /* sigma = 1 */
    assert_near(delta, 1, 0);
    assert_ok(
        fr_cluster_flow_delta(workspace, 1, (int64_t[]){9}, 5, target, &delta)); /* misses it: sigma = g */
    assert_near(delta, 0, 0);
    int64_t larger[] = {0, 1, 2, 3, 4, 5, 6}; /* volume 13 of 20: sigma = g > 1 */
    assert_ok(fr_cluster_flow_delta(workspace, 7, larger, 5, target, &delta));
    assert_near(delta, 0, 0);
    assert_refused(fr_cluster_flow_delta(workspace, 1, (int64_t[]){11}, 5, target, &delta), FR_EUSAGE,
                   "range");
    done(&graph, workspace);
    graph_of(3, 1, (const uint32_t[][2]){{0, 1}}, NULL, &graph, &workspace);
    assert_refused(fr_cluster_flow_delta(workspace, 1, (int64_t[]){0}, 1, (int64_t[]){2}, &delta), FR_EUSAGE,
                   "no volume");
    done(&graph, workspace);
}

/* ---- locality, cleanliness ---- */

static void work_is_local(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(300000, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t nodes[20];
    for (int64_t k = 0; k < 20; k++)
        nodes[k] = 150000 + k;
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_local_flow(workspace, 20, nodes, NULL, &result));
    /* Revealed volume is bounded by vol(R) (1 + 2 / delta) + cut(R) = 309; each search and fill looks at those arcs. */
    assert_true(result.visited_volume < 309);
    assert_true(result.peak_nodes < 200);
    assert_true(result.arcs_read < 20000);
    fr_cluster_flow_result_free(&result);
    assert_ok(fr_cluster_mqi(workspace, 20, nodes, &result));
    assert_true(result.arcs_read < 20000);
    fr_cluster_flow_result_free(&result);
    done(&graph, workspace);
}

/* Augmenting paths of thousands of arcs, level by level. */
static void long_paths(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(4000, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t nodes[100];
    for (int64_t k = 0; k < 100; k++)
        nodes[k] = k;
    fr_cluster_flow_settings settings = {.delta = 0};
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_local_flow(workspace, 100, nodes, &settings, &result));
    /* The first k nodes, k > 100, have cut 1 and a relative volume below that of R: R stays. */
    assert_set_equal(result.set.count, result.set.node, 100, nodes);
    fr_cluster_flow_result_free(&result);
    done(&graph, workspace);
}

static void workspace_stays_clean(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *used, *fresh;
    random_cluster_graph(9, 80, 200, true, 4, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &used));
    for (int64_t round = 0; round < 10; round++) {
        int64_t nodes[8];
        for (int64_t k = 0; k < 8; k++)
            nodes[k] = (7 * round + 9 * k) % 80;
        fr_cluster_flow_result a, b;
        assert_ok(fr_cluster_workspace_new(&graph, &fresh));
        assert_refused(fr_cluster_local_flow(used, 2, (int64_t[]){3, 3}, NULL, &a), FR_EUSAGE, "twice");
        assert_ok(fr_cluster_local_flow(used, 8, nodes, NULL, &a));
        assert_ok(fr_cluster_local_flow(fresh, 8, nodes, NULL, &b));
        assert_set_equal(a.set.count, a.set.node, b.set.count, b.set.node);
        assert_int_equal(a.arcs_read, b.arcs_read);
        fr_cluster_flow_result_free(&a);
        fr_cluster_flow_result_free(&b);
        assert_ok(fr_cluster_mqi(used, 8, nodes, &a));
        assert_ok(fr_cluster_mqi(fresh, 8, nodes, &b));
        assert_set_equal(a.set.count, a.set.node, b.set.count, b.set.node);
        fr_cluster_flow_result_free(&a);
        fr_cluster_flow_result_free(&b);
        fr_cluster_workspace_free(fresh);
    }
    done(&graph, used);
}

/* ---- refusals ---- */

static void refusals(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(6, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_flow_result result;
    fr_cluster_flow_settings settings;
    fr_cluster_flow_settings_default(&settings);
    int64_t nodes[] = {0, 1};
    for (int k = 0; k < 3; k++) {
        settings.delta = (double[]){-0.1, NAN, INFINITY}[k];
        assert_refused(fr_cluster_local_flow(workspace, 2, nodes, &settings, &result), FR_EUSAGE, "delta");
    }
    settings.delta = 0.3;
    settings.side = (fr_cluster_side)3;
    assert_refused(fr_cluster_local_flow(workspace, 2, nodes, &settings, &result), FR_EUSAGE, "side is 3");
    assert_refused(fr_cluster_mqi(workspace, 0, nodes, &result), FR_EUSAGE, "empty");
    assert_refused(fr_cluster_mqi(workspace, 1, (int64_t[]){6}, &result), FR_EUSAGE, "out of range");
    assert_refused(fr_cluster_local_flow(workspace, 1, (int64_t[]){-1}, NULL, &result), FR_EUSAGE,
                   "out of range");
    done(&graph, workspace);
}

/* A mapped graph whose arc 1 -> 2 is missing, and one with a neighbour out of range. */
static void damaged_graphs(void **state)
{
    (void)state;
    const int64_t row[] = {0, 1, 2, 4, 6, 8, 9};
    const uint32_t one_sided[] = {1, 0, 1, 3, 2, 4, 3, 5, 4}, beyond[] = {1, 0, 1, 77, 2, 4, 3, 5, 4};
    for (int k = 0; k < 2; k++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_cluster_flow_result result;
        assert_ok(fr_graph_from_csr(6, row, k == 0 ? one_sided : beyond, NULL, &graph));
        graph.trusted = false;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        fr_cluster_flow_settings settings = {.delta = 0.01};
        int64_t nodes[] = {1, 2};
        assert_refused(fr_cluster_local_flow(workspace, 2, nodes, &settings, &result), FR_EINPUT, "damaged");
        assert_refused(fr_cluster_mqi(workspace, 2, nodes, &result), FR_EINPUT, "damaged");
        done(&graph, workspace);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mqi_is_the_best_subset),
        cmocka_unit_test(local_flow_is_the_best_set),
        cmocka_unit_test(conductance_as_the_ratio),
        cmocka_unit_test(decisions_are_exact),
        cmocka_unit_test(fractions_come_in_late),
        cmocka_unit_test(large_delta_is_mqi),
        cmocka_unit_test(nothing_to_improve),
        cmocka_unit_test(sides),
        cmocka_unit_test(sides_disagree),
        cmocka_unit_test(components),
        cmocka_unit_test(delta_of_a_target),
        cmocka_unit_test(work_is_local),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(workspace_stays_clean),
        cmocka_unit_test(refusals),
        cmocka_unit_test(damaged_graphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
