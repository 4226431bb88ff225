/* The exact solver beyond the stored cases: random weighted graphs, weights over six decades, supports for conjugate gradients,
 * small alpha, isolated seeds, a start, limits. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static fr_cluster_l1_settings settings_of(double alpha, double rho)
{
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.solver = FR_CLUSTER_EXACT;
    settings.alpha = alpha;
    settings.rho = rho;
    return settings;
}

/* Exact: what is left is the rounding of the residual, whose terms are as large as x / alpha. */
static void check_exact(const fr_graph *graph, const fr_cluster_l1_settings *settings,
                        const fr_cluster_vector *got)
{
    double largest = got->count > 0 ? got->p_over_degree[0] : 0;
    assert_true(got->info.converged);
    assert_true(got->info.error_bound <= 1e-15 * (settings->rho + largest / settings->alpha));
    assert_near(got->info.sum_p + got->info.sum_residual, 1, 1e-12);
    check_vector(graph, got);
}

static void random_graphs(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 20; trial++) {
        fr_graph graph;
        random_cluster_graph(100 + trial, 50, 80, trial % 2 == 0, trial % 3 == 0 ? 0 : 7, &graph);
        fr_cluster_workspace *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t seed[] = {(int64_t)trial, 33, 40};
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(trial % 3), .node = seed};
        double s[50] = {0};
        for (int64_t k = 0; k < seeds.count; k++)
            s[seed[k]] = 1 / (double)seeds.count;
        fr_cluster_l1_settings settings =
            settings_of(trial % 4 == 0 ? 0.05 : 0.3, 1e-3 * (double)(1 + trial % 5));
        fr_cluster_vector got, again;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
        check_exact(&graph, &settings, &got);
        double *adjacency = dense_adjacency(&graph), *p = dense_of(&got, graph.n);
        double *expected = dense_l1(&graph, adjacency, settings.alpha, settings.rho, s);
        for (int64_t i = 0; i < graph.n; i++) {
            assert_near(p[i], expected[i], 1e-13); /* brute force ends where its steps are below rounding */
            assert_true((p[i] > 0) == (expected[i] > 0));
        }
        /* From the optimum of a larger rho, and on the same workspace. */
        fr_cluster_l1_settings larger = settings;
        fr_cluster_vector start;
        larger.rho *= 2;
        assert_ok(fr_cluster_l1(workspace, &seeds, &larger, &start));
        settings.start = &start;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &again));
        assert_int_equal(again.count, got.count);
        for (int64_t k = 0; k < got.count; k++)
            assert_near(again.p[k], got.p[k], 1e-15);
        fr_cluster_vector_free(&start);
        fr_cluster_vector_free(&again);
        fr_cluster_vector_free(&got);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
        free(adjacency);
        free(p);
        free(expected);
    }
}

/* A ring whose weights go over six decades. */
static void weights_over_decades(void **state)
{
    (void)state;
    enum { n = 400 };
    uint32_t from[2 * n], to[2 * n];
    double weight[2 * n];
    for (uint32_t k = 0; k < n; k++) {
        from[2 * k] = from[2 * k + 1] = k;
        to[2 * k] = (k + 1) % n;
        to[2 * k + 1] = (k * 7 + 3) % n;
        weight[2 * k] = pow(10, 3 * sin(k));
        weight[2 * k + 1] = pow(10, 3 * cos(3 * k));
    }
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(n, 2 * n, from, to, weight, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 11;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_l1_settings settings = settings_of(0.01, 1e-7);
    fr_cluster_vector got;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
    assert_true(got.count > 100);
    check_exact(&graph, &settings, &got);
    fr_cluster_vector_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* More nodes than the factor is used for; small alpha makes conjugate gradients slow and the answer large. */
static void large_supports(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(3, 6000, 9000, true, 20, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed[] = {1, 5000};
    fr_cluster_seeds seeds = {.count = 2, .node = seed};
    const double alpha[] = {0.1, 1e-3}, rho[] = {3e-7, 1e-6};
    for (int k = 0; k < 2; k++) {
        fr_cluster_l1_settings settings = settings_of(alpha[k], rho[k]);
        fr_cluster_vector got;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
        assert_in_range(got.count, 2000, 6000);
        check_exact(&graph, &settings, &got);
        fr_cluster_vector_free(&got);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void odd_input(void **state)
{
    (void)state;
    const uint32_t from[] = {0, 1}, to[] = {1, 2};
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(4, 2, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed[] = {3, 0};
    fr_cluster_seeds seeds = {.count = 1, .node = seed};
    fr_cluster_l1_settings settings = settings_of(0.1, 1e-3);
    fr_cluster_vector got;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 0);
    assert_true(got.info.converged);
    assert_near(got.info.isolated_mass, 1, 0);
    fr_cluster_vector_free(&got);
    seeds.count = 2; /* half of the mass on the end of a path of three */
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 3);
    assert_near(got.info.isolated_mass, 0.5, 0);
    check_exact(&graph, &settings, &got);
    fr_cluster_vector_free(&got);
    settings.rho = 1; /* above max s/d: x = 0 */
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 0);
    assert_true(got.info.converged);
    fr_cluster_vector_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(weights_over_decades),
        cmocka_unit_test(large_supports),
        cmocka_unit_test(odd_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
