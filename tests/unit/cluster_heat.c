/* Heat kernel pushes against the Taylor series on dense matrices. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* e^-t sum_k t^k/k! P^k s */
static double *dense_heat(const fr_graph *graph, double t, const double *s)
{
    int64_t n = graph->n;
    double *adjacency = dense_adjacency(graph), *sum = calloc((size_t)n, sizeof *sum),
           *term = calloc((size_t)n, sizeof *term), *next = calloc((size_t)n, sizeof *next);
    if (sum == NULL || term == NULL || next == NULL) abort();
    for (int64_t i = 0; i < n; i++)
        sum[i] = term[i] = s[i] * exp(-t);
    for (int k = 1; k < 60 + 4 * (int)t; k++) {
        for (int64_t i = 0; i < n; i++) {
            next[i] = 0;
            for (int64_t j = 0; j < n; j++)
                if (term[j] != 0) next[i] += adjacency[i * n + j] * term[j] / fr_graph_degree(graph, j);
        }
        for (int64_t i = 0; i < n; i++) {
            term[i] = next[i] * t / k;
            sum[i] += term[i];
        }
    }
    free(adjacency);
    free(term);
    free(next);
    return sum;
}

static void test_against_series(void **state)
{
    (void)state;
    enum { n = 50 };
    static const double times[] = {0.1, 1, 5, 15, 40}, tolerances[] = {1e-1, 1e-3, 1e-6};
    for (uint64_t seed = 1; seed <= 6; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        random_cluster_graph(seed, n, 60, seed % 2 == 0, 5, &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        const int64_t nodes[] = {3, 40};
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(seed % 2), .node = nodes};
        double s[n] = {0};
        for (int64_t k = 0; k < seeds.count; k++)
            s[nodes[k]] = 1 / (double)seeds.count;
        for (size_t a = 0; a < sizeof times / sizeof *times; a++) {
            double *exact = dense_heat(&graph, times[a], s);
            for (size_t b = 0; b < sizeof tolerances / sizeof *tolerances; b++) {
                fr_cluster_heat_settings settings = {.t = times[a], .eps = tolerances[b]};
                fr_cluster_vector vector;
                assert_ok(fr_cluster_heat(workspace, &seeds, &settings, &vector));
                check_vector(&graph, &vector);
                double *p = dense_of(&vector, n);
                for (int64_t i = 0; i < n; i++) {
                    double error = (exact[i] - p[i]) / fr_graph_degree(&graph, i);
                    assert_true(error >= -1e-13 && error <= tolerances[b]); /* rounding of sums below 1 / d */
                }
                assert_near(vector.info.sum_p + vector.info.sum_residual, 1, 1e-13);
                free(p);
                fr_cluster_vector_free(&vector);
            }
            free(exact);
        }
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

/* With a coarse eps little is read, whatever the graph. */
static void test_is_local(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(200000, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 100000;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_heat_settings settings;
    fr_cluster_heat_settings_default(&settings);
    fr_cluster_vector vector;
    assert_ok(fr_cluster_heat(workspace, &seeds, &settings, &vector));
    assert_true(vector.count > 10 && vector.count < 100 && vector.info.arcs_read < 10000);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_usage(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    path_cluster_graph(5, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_heat_settings settings = {.t = 0, .eps = 1e-3};
    assert_refused(fr_cluster_heat(workspace, &seeds, &settings, &vector), FR_EUSAGE, "t is 0");
    settings.t = 1e4;
    assert_refused(fr_cluster_heat(workspace, &seeds, &settings, &vector), FR_EUSAGE, "t is");
    settings = (fr_cluster_heat_settings){.t = 1, .eps = -1};
    assert_refused(fr_cluster_heat(workspace, &seeds, &settings, &vector), FR_EUSAGE, "eps");
    settings = (fr_cluster_heat_settings){.t = 500, .eps = 1e-6};
    assert_ok(fr_cluster_heat(workspace, &seeds, &settings, &vector));
    double stationary[] = {0.125, 0.25, 0.25, 0.25,
                           0.125}; /* d / vol after so long, but for the parity of a path */
    double *p = dense_of(&vector, 5);
    for (int k = 0; k < 5; k++)
        assert_near(p[k], stationary[k], 2e-6);
    free(p);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_series),
        cmocka_unit_test(test_is_local),
        cmocka_unit_test(test_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
