/* Densest subgraphs against all subsets of small graphs, with and without loops; bounds of greedy peeling; graphs without edges,
 * graphs that are not checked. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>

enum { most = 11 };

static void random_graph(uint64_t seed, int64_t n, bool whole, fr_graph *out)
{
    uint32_t from[3 * most], to[3 * most];
    double weight[3 * most];
    fr_rng rng;
    fr_rng_init(&rng, seed, 8, 0);
    int64_t count = n / 2 + fr_rng_below(&rng, 2 * n);
    for (int64_t k = 0; k < count; k++) {
        from[k] = (uint32_t)fr_rng_below(&rng, n);
        to[k] = (uint32_t)fr_rng_below(&rng, n);
        weight[k] = whole ? (double)(1 + fr_rng_below(&rng, 3)) : pow(10, 2 * fr_rng_uniform(&rng) - 1);
    }
    assert_ok(fr_graph_from_arcs(n, count, from, to, weight, NULL, out));
}

static double density_of(const fr_graph *graph, const double *adjacency, bool loops, uint32_t set)
{
    double inside = 0, size = 0;
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t j = 0; j < graph->n; j++) {
            if (!(set >> i & 1) || !(set >> j & 1)) continue;
            if (i != j || loops) inside += adjacency[i * graph->n + j] / 2;
            if (i == j) size++;
        }
    return inside / size;
}

/* The union of all densest sets; densities that differ do so by more than 1e-11 (see the test). */
static uint32_t densest_of(const fr_graph *graph, const double *adjacency, bool loops, double *density)
{
    uint32_t found = 0;
    *density = 0;
    for (uint32_t set = 1; set < 1u << graph->n; set++)
        *density = fmax(*density, density_of(graph, adjacency, loops, set));
    for (uint32_t set = 1; set < 1u << graph->n; set++)
        if (density_of(graph, adjacency, loops, set) >= *density * (1 - 1e-11)) found |= set;
    return found;
}

static void largest_densest_set(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        fr_graph graph;
        random_graph(seed, 3 + (int64_t)(seed % (most - 2)), seed % 3 != 0, &graph);
        double *adjacency = dense_adjacency(&graph), density;
        for (int loops = 0; loops < 2; loops++) {
            fr_cluster_densest_settings settings = {.loops = loops};
            fr_cluster_densest_result result;
            uint32_t expected = densest_of(&graph, adjacency, loops, &density), got = 0;
            assert_ok(fr_cluster_densest(&graph, &settings, &result));
            for (int64_t k = 0; k < result.set.count; k++)
                got |= 1u << result.set.node[k];
            if (got != expected) fail_msg("seed %d: got set %x, expected %x", (int)seed, got, expected);
            assert_near(result.density, density, 1e-13 * (1 + density));
            assert_near(result.upper_bound, result.density, 0);
            fr_cluster_densest_result_free(&result);
        }
        free(adjacency);
        fr_graph_free(&graph);
    }
}

/* Half of the best density for sure, bounds that hold, and with more rounds a better set or bound. */
static void peeling_bounds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        fr_graph graph;
        fr_cluster_densest_result exact, greedy;
        random_cluster_graph(seed, 200, 100 * (int64_t)(seed % 10), seed % 2 == 0, (int64_t)(seed % 4) * 10,
                             &graph);
        for (int loops = 0; loops < 2; loops++) {
            fr_cluster_densest_settings settings = {.loops = loops};
            assert_ok(fr_cluster_densest(&graph, &settings, &exact));
            for (int64_t rounds = 1; rounds <= 100; rounds *= 10) {
                settings.greedy_rounds = rounds;
                assert_ok(fr_cluster_densest(&graph, &settings, &greedy));
                assert_int_equal(greedy.rounds, rounds);
                assert_true(greedy.density <= exact.density * (1 + 1e-12));
                assert_true(greedy.density >= exact.density / 2);
                assert_true(greedy.upper_bound >= exact.density * (1 - 1e-12));
                if (rounds == 1) assert_true(greedy.upper_bound <= 2 * exact.density * (1 + 1e-12));
                /* Greedy++ comes within a factor 1 + O(1/sqrt(rounds)); here it is far better. */
                if (rounds == 100) assert_true(greedy.density > 0.97 * exact.density);
                fr_cluster_densest_result_free(&greedy);
            }
            fr_cluster_densest_result_free(&exact);
        }
        fr_graph_free(&graph);
    }
}

static void no_edges(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_densest_result result;
    uint32_t loop = 1;
    assert_ok(fr_graph_from_arcs(4, 1, &loop, &loop, NULL, NULL, &graph));
    for (int loops = 0; loops < 2; loops++) {
        fr_cluster_densest_settings settings = {.loops = loops};
        assert_ok(fr_cluster_densest(&graph, &settings, &result));
        assert_int_equal(result.set.count, loops ? 1 : 4); /* without loops all sets are equally thin */
        assert_near(result.density, loops ? 0.5 : 0, 0);
        fr_cluster_densest_result_free(&result);
    }
    fr_graph_free(&graph);
}

static void refusals(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_densest_result result;
    path_cluster_graph(4, &graph);
    fr_cluster_densest_settings settings = {.greedy_rounds = -1};
    assert_refused(fr_cluster_densest(&graph, &settings, &result), FR_EUSAGE, "greedy rounds");
    graph.trusted = false;
    assert_refused(fr_cluster_densest(&graph, NULL, &result), FR_EUSAGE, "fr_graph_check");
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(largest_densest_set),
        cmocka_unit_test(peeling_bounds),
        cmocka_unit_test(no_edges),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
