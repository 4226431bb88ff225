/* Sweeps against a direct computation of every prefix, and the corners: ties, signs, limits, large ids. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Best prefix of the nodes in this order, by fr_cluster_score of each. */
static int64_t best_by_scores(fr_cluster_workspace *workspace, int64_t count, const int64_t *order,
                              const fr_cluster_sweep_settings *settings, double *objective)
{
    int64_t best = 0;
    *objective = INFINITY;
    for (int64_t k = 1; k <= count; k++) {
        fr_cluster_scores scores;
        assert_ok(fr_cluster_score(workspace, k, order, &scores));
        double value = settings->objective == FR_CLUSTER_BY_CUT         ? scores.cut
                       : settings->objective == FR_CLUSTER_BY_EXPANSION ? scores.expansion
                                                                        : scores.conductance;
        if (settings->max_volume > 0 && scores.volume > settings->max_volume) break;
        if (k >= settings->min_size && value < *objective - 1e-12) *objective = value, best = k;
    }
    return best;
}

static const double *compared_values;

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    double difference = compared_values[y] - compared_values[x];
    return difference != 0 ? (difference > 0) - (difference < 0) : (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* One random graph, list and setting; values have many ties. */
static void compare(uint64_t seed)
{
    enum { n = 60 };
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_rng rng;
    fr_rng_init(&rng, seed, 3, 0);
    random_cluster_graph(seed, n, 80, seed % 2 == 0, 5, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t nodes[n], order[n], count = 0;
    double by_node[n], listed[n];
    for (int64_t i = n - 1; i >= 0; i--) {
        if (fr_rng_uniform(&rng) < 0.2) continue;
        nodes[count] = i;
        listed[count++] = by_node[i] = (double)fr_rng_below(&rng, 12) - 3;
    }
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_settings_default(&settings);
    settings.objective = (fr_cluster_objective)(seed % 3);
    settings.min_size = seed % 5 == 0 ? 7 : 1;
    settings.max_volume = seed % 7 == 0 ? graph.volume / 3 : 0;
    settings.keep_profile = true;
    for (int negated = 0; negated < 2; negated++) {
        for (int64_t k = 0; negated && k < count; k++)
            listed[k] = -listed[k], by_node[nodes[k]] = listed[k];
        memcpy(order, nodes, sizeof order);
        compared_values = by_node;
        qsort(order, (size_t)count, sizeof *order, by_value);
        double objective;
        int64_t best = best_by_scores(workspace, count, order, &settings, &objective);
        fr_cluster_sweep_result sweep;
        assert_ok(fr_cluster_sweep(workspace, count, nodes, listed, &settings, &sweep));
        assert_int_equal(sweep.prefix, best);
        for (int64_t k = 0; k < sweep.n_profile; k++) {
            fr_cluster_scores scores;
            assert_int_equal(sweep.profile_node[k], order[k]);
            assert_ok(fr_cluster_score(workspace, k + 1, order, &scores));
            assert_near(sweep.profile_cut[k], scores.cut, 1e-12 * scores.volume);
            assert_near(sweep.profile_volume[k], scores.volume, 1e-12 * scores.volume);
            assert_near(sweep.profile_conductance[k], scores.conductance, 1e-11);
        }
        if (best > 0) {
            fr_cluster_scores scores;
            assert_ok(fr_cluster_score(workspace, best, order, &scores));
            assert_near(sweep.best.scores.conductance, scores.conductance, 1e-11);
            assert_near(sweep.best.scores.expansion, scores.expansion, 1e-11 * (1 + scores.expansion));
            assert_int_equal(sweep.best.scores.size_smaller, scores.size_smaller);
            qsort(order, (size_t)best, sizeof *order, by_number);
            assert_set_equal(sweep.best.count, sweep.best.node, best, order);
        }
        fr_cluster_sweep_result_free(&sweep);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_all_prefixes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 84; seed++)
        compare(seed);
}

/* The better of both directions; the first on equality. */
static void test_two_sided(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep;
    path_cluster_graph(9, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_sweep_settings_default(&settings);
    settings.two_sided = settings.keep_profile = true;
    int64_t nodes[9];
    double values[9];
    for (int64_t k = 0; k < 9; k++)
        nodes[k] = k, values[k] = (double)(4 - k);
    assert_ok(fr_cluster_sweep(workspace, 9, nodes, values, &settings, &sweep));
    assert_true(!sweep.negated); /* both ends give 1/7 or 1/8 */
    assert_int_equal(sweep.prefix, 4);
    fr_cluster_sweep_result_free(&sweep);
    /* The list is a part: from its low end the end of the path is cut off, from its high end the middle of it. */
    settings.min_size = 3;
    assert_ok(fr_cluster_sweep(workspace, 7, nodes + 2, values + 2, &settings, &sweep));
    assert_true(sweep.negated);
    assert_int_equal(sweep.n_profile, 7);
    assert_int_equal(sweep.profile_node[0], 8);
    const int64_t expected[] = {5, 6, 7, 8};
    assert_set_equal(sweep.best.count, sweep.best.node, 4, expected);
    fr_cluster_sweep_result_free(&sweep);
    settings.sorted = true; /* the same with the order alone */
    assert_ok(fr_cluster_sweep(workspace, 7, nodes + 2, NULL, &settings, &sweep));
    assert_true(sweep.negated);
    assert_set_equal(sweep.best.count, sweep.best.node, 4, expected);
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_corners(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep;
    path_cluster_graph(4, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_sweep_settings_default(&settings);
    assert_ok(fr_cluster_sweep(workspace, 0, NULL, NULL, NULL, &sweep));
    assert_true(sweep.prefix == 0 && sweep.best.count == 0 && sweep.best.scores.conductance == 1);
    fr_cluster_sweep_result_free(&sweep);
    int64_t nodes[] = {0, 1, 2, 3, 1, 4};
    double values[] = {0, 0, 0, 0, 0, 0};
    assert_ok(
        fr_cluster_sweep(workspace, 4, nodes, values, NULL, &sweep)); /* zeros are swept; the whole: 1 */
    assert_true(sweep.prefix == 2 && sweep.best.scores.cut == 1);
    fr_cluster_sweep_result_free(&sweep);
    settings.min_size = 5;
    assert_ok(fr_cluster_sweep(workspace, 4, nodes, values, &settings, &sweep)); /* no prefix will do */
    assert_true(sweep.prefix == 0 && sweep.best.scores.conductance == 1);
    fr_cluster_sweep_result_free(&sweep);
    settings.min_size = 4;
    assert_ok(fr_cluster_sweep(workspace, 4, nodes, values, &settings, &sweep));
    assert_true(sweep.prefix == 4 && sweep.best.scores.conductance == 1);
    fr_cluster_sweep_result_free(&sweep);
    assert_refused(fr_cluster_sweep(workspace, 5, nodes, values, NULL, &sweep), FR_EUSAGE, "listed twice");
    assert_refused(fr_cluster_sweep(workspace, 2, nodes + 4, values, NULL, &sweep), FR_EUSAGE,
                   "out of range");
    assert_refused(fr_cluster_sweep(workspace, 4, nodes, NULL, NULL, &sweep), FR_EUSAGE, "values");
    fr_cluster_sweep_settings_default(&settings);
    settings.max_volume = -1;
    assert_refused(fr_cluster_sweep(workspace, 4, nodes, values, &settings, &sweep), FR_EUSAGE, "volume");
    fr_cluster_sweep_settings_default(&settings);
    settings.objective = (fr_cluster_objective)7;
    assert_refused(fr_cluster_sweep(workspace, 4, nodes, values, &settings, &sweep), FR_EUSAGE,
                   "no sweep objective number 7");
    values[2] = NAN;
    assert_refused(fr_cluster_sweep(workspace, 4, nodes, values, NULL, &sweep), FR_EUSAGE, "not a number");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* Three million nodes: nothing of that size may lie on the stack. The best cut of a path is its middle. */
static void test_long_path(void **state)
{
    (void)state;
    enum { n = 3000000 };
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_sweep_result sweep;
    int64_t *nodes = malloc(n * sizeof *nodes);
    double *values = malloc(n * sizeof *values);
    if (nodes == NULL || values == NULL) abort();
    path_cluster_graph(n, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    for (int64_t k = 0; k < n; k++)
        nodes[k] = k, values[k] = (double)k * 1e-3;
    assert_ok(fr_cluster_sweep(workspace, n, nodes, values, NULL, &sweep));
    assert_int_equal(sweep.prefix, n / 2);
    assert_int_equal(sweep.best.node[0], n / 2);
    assert_true(sweep.best.scores.conductance == 1.0 / (n - 1));
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    free(nodes);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_prefixes),
        cmocka_unit_test(test_two_sided),
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_long_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
