/* Forward stagewise: each step takes the largest r/d, the mass adds up, the answer nears the optimum as the step shrinks. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* Replays the steps on dense arrays: every one is a largest r/d (ties: smallest node), and the end is the vector. */
static void replay(const fr_graph *graph, const fr_cluster_stagewise_settings *settings, const double *s,
                   const fr_cluster_stagewise_result *got)
{
    int64_t n = graph->n;
    double *adjacency = dense_adjacency(graph), *p = calloc((size_t)n, sizeof *p),
           *r = calloc((size_t)n, sizeof *r);
    assert_non_null(p);
    assert_non_null(r);
    for (int64_t step = 0; step <= got->n_steps; step++) {
        double largest = 0;
        dense_residual(graph, adjacency, settings->alpha, s, p, r);
        for (int64_t i = 0; i < n; i++)
            if (fr_graph_degree(graph, i) > 0) largest = fmax(largest, r[i] / fr_graph_degree(graph, i));
        if (step == got->n_steps) {
            assert_true(largest <= settings->rho_min * (1 + 1e-9));
            break;
        }
        int64_t node = got->node[step];
        /* what is added up step by step and what is derived anew differ by rounding */
        assert_near(got->rho[step], r[node] / fr_graph_degree(graph, node), 1e-12);
        assert_near(got->rho[step], largest, 1e-12);
        assert_true(got->rho[step] > settings->rho_min);
        p[node] += settings->eta;
    }
    double *end = dense_of(&got->vector, n);
    for (int64_t i = 0; i < n; i++)
        assert_near(end[i], p[i], 1e-12);
    free(end);
    free(adjacency);
    free(p);
    free(r);
}

static void steps_are_steepest(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 6; trial++) {
        fr_graph graph;
        random_cluster_graph(trial, 40, 60, trial % 2 == 0, 6, &graph);
        fr_cluster_workspace *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t seed[] = {4, 9};
        fr_cluster_seeds seeds = {.count = 2, .node = seed};
        double s[40] = {0};
        s[4] = s[9] = 0.5;
        fr_cluster_stagewise_settings settings;
        fr_cluster_stagewise_settings_default(&settings);
        settings.eta = 3e-3;
        fr_cluster_stagewise_result got;
        assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &got));
        assert_true(got.n_steps > 20);
        assert_int_equal(got.vector.info.steps, got.n_steps);
        assert_true(got.vector.info.converged);
        check_vector(&graph, &got.vector);
        assert_near(got.vector.info.sum_p, (double)got.n_steps * settings.eta, 1e-12);
        replay(&graph, &settings, s, &got);

        fr_cluster_stagewise_result again;
        assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &again));
        assert_vector_equal(&again.vector, &got.vector);
        fr_cluster_stagewise_result_free(&again);
        settings.max_steps = 10;
        assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &again));
        assert_int_equal(again.n_steps, 10);
        assert_false(again.vector.info.converged);
        assert_memory_equal(again.node, got.node, 10 * sizeof *got.node);
        fr_cluster_stagewise_result_free(&again);
        fr_cluster_stagewise_result_free(&got);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

/* The certificate's bound, which the distance from the optimum keeps below, falls in proportion to eta. */
static void tends_to_the_path(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(11, 80, 120, true, 4, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 7;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    double s[80] = {0}, before = INFINITY;
    s[7] = 1;
    fr_cluster_stagewise_settings settings;
    fr_cluster_stagewise_settings_default(&settings);
    double *adjacency = dense_adjacency(&graph);
    double *best = dense_l1(&graph, adjacency, settings.alpha, settings.rho_min, s);
    for (settings.eta = 1e-3; settings.eta > 5e-6; settings.eta /= 10) {
        fr_cluster_stagewise_result got;
        assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &got));
        double *p = dense_of(&got.vector, graph.n), distance = 0;
        for (int64_t i = 0; i < graph.n; i++) {
            double here = fabs(p[i] - best[i]);
            assert_true(here <= got.vector.info.error_bound * fr_graph_degree(&graph, i) * (1 + 1e-9));
            distance = fmax(distance, here);
        }
        assert_true(distance < 20 * settings.eta);
        assert_true(distance < before / 3);
        before = distance;
        free(p);
        fr_cluster_stagewise_result_free(&got);
    }
    free(best);
    free(adjacency);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void odd_input(void **state)
{
    (void)state;
    const uint32_t from[] = {0}, to[] = {1};
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(3, 1, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 2;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_stagewise_settings settings;
    fr_cluster_stagewise_settings_default(&settings);
    fr_cluster_stagewise_result got;
    assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &got)); /* a seed without neighbours */
    assert_int_equal(got.n_steps, 0);
    assert_int_equal(got.vector.count, 0);
    assert_near(got.vector.info.isolated_mass, 1, 0);
    fr_cluster_stagewise_result_free(&got);
    seed = 0;
    settings.eta = 5; /* more than all mass: one step, and the residual is below 0 */
    settings.max_steps = 100;
    assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &got));
    assert_true(got.n_steps > 0);
    fr_cluster_stagewise_result_free(&got);
    settings.eta = 0;
    assert_refused(fr_cluster_stagewise(workspace, &seeds, &settings, &got), FR_EUSAGE, "eta");
    settings.eta = 1e-3;
    settings.alpha = 0;
    assert_refused(fr_cluster_stagewise(workspace, &seeds, &settings, &got), FR_EUSAGE, "alpha");
    settings.alpha = 0.1;
    settings.rho_min = -1;
    assert_refused(fr_cluster_stagewise(workspace, &seeds, &settings, &got), FR_EUSAGE, "rho_min");
    settings.rho_min = 1e-3;
    settings.max_steps = -1;
    assert_refused(fr_cluster_stagewise(workspace, &seeds, &settings, &got), FR_EUSAGE, "max_steps");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_steepest),
        cmocka_unit_test(tends_to_the_path),
        cmocka_unit_test(odd_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
