/* The seeded PageRank path against a slow version on dense arrays that sorts and sweeps anew after every push. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most = 80 };

/* The slow version: arrays over all nodes, the ranking as a list. */
typedef struct {
    const fr_graph *graph;
    const double *adjacency;
    double z[most], y[most];
    int64_t ranked, order[most];
} slow_run;

static int64_t largest(const slow_run *run)
{
    int64_t best = -1;
    for (int64_t i = 0; i < run->graph->n; i++)
        if (run->z[i] > 0 && (best < 0 || run->z[i] > run->z[best])) best = i;
    return best;
}

static void slow_push(slow_run *run, const fr_cluster_ppr_path_settings *settings, double tolerance)
{
    int64_t i = largest(run), n = run->graph->n, at = 0;
    double kept = settings->rho * tolerance, moved = run->z[i] - kept;
    run->z[i] = kept;
    run->y[i] += moved;
    for (int64_t u = 0; u < n; u++)
        if (run->adjacency[i * n + u] > 0)
            run->z[u] +=
                settings->damping * moved * run->adjacency[i * n + u] / fr_graph_degree(run->graph, u);
    while (at < run->ranked && run->order[at] != i)
        at++;
    if (at == run->ranked) run->order[run->ranked++] = i;
    for (; at > 0 && run->y[i] > run->y[run->order[at - 1]]; at--) {
        run->order[at] = run->order[at - 1];
        run->order[at - 1] = i;
    }
}

static fr_cluster_scores best_prefix(const slow_run *run, fr_cluster_workspace *workspace)
{
    fr_cluster_scores best = {.conductance = INFINITY};
    for (int64_t k = 1; k <= run->ranked; k++) {
        fr_cluster_scores scores;
        assert_ok(fr_cluster_score(workspace, k, run->order, &scores));
        /* the whole volume is left with nothing but rounding */
        if (scores.volume_smaller < 1e-10 * scores.volume) scores.conductance = 1;
        if (scores.conductance < best.conductance - 1e-13) best = scores;
    }
    return best;
}

static void compare(const fr_graph *graph, const fr_cluster_seeds *seeds,
                    const fr_cluster_ppr_path_settings *settings)
{
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(graph, &workspace));
    fr_cluster_ppr_path_result got;
    assert_ok(fr_cluster_ppr_path(workspace, seeds, settings, &got));
    double *adjacency = dense_adjacency(graph);
    slow_run run = {.graph = graph, .adjacency = adjacency};
    for (int64_t k = 0; k < seeds->count; k++)
        run.z[seeds->node[k]] = 1 / (double)seeds->count / fr_graph_degree(graph, seeds->node[k]);
    double tolerance = run.z[largest(&run)], pushed = 0, smallest = INFINITY;
    int64_t row = 0, step = 0;
    for (; tolerance > settings->eps_min && pushed < 1 / ((1 - settings->damping) * settings->eps_min);
         step++) {
        pushed += fr_graph_degree(graph, largest(&run));
        slow_push(&run, settings, tolerance);
        double now = run.z[largest(&run)];
        if (!(now < tolerance)) continue;
        tolerance = now;
        fr_cluster_scores best = best_prefix(&run, workspace);
        assert_true(row < got.count);
        assert_close(got.eps[row], tolerance, 1e-12);
        assert_near(got.conductance[row], best.conductance, 1e-12);
        assert_close(got.volume[row], best.volume, 1e-12);
        assert_near(got.cut[row], best.cut, 1e-12 * best.volume);
        assert_int_equal(got.size[row], best.size);
        assert_int_equal(got.step[row++], step);
        smallest = fmin(smallest, best.conductance);
    }
    assert_int_equal(row, got.count);
    assert_int_equal(step, got.steps);
    assert_int_equal(run.ranked, got.ranked);
    assert_near(got.best.scores.conductance, smallest, 1e-12);
    assert_near(got.info.sum_p + got.info.sum_residual, 1, 1e-12);
    fr_cluster_ppr_path_result_free(&got);
    fr_cluster_workspace_free(workspace);
    free(adjacency);
}

static void random_graphs(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 10; trial++) {
        fr_graph graph;
        random_cluster_graph(trial, 70, 80, trial % 2 == 0, 8, &graph);
        int64_t seed[] = {3, 50, 21};
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(trial % 3), .node = seed};
        fr_cluster_ppr_path_settings settings;
        fr_cluster_ppr_path_settings_default(&settings);
        settings.damping = trial % 3 == 0 ? 0.99 : 0.8;
        settings.rho = trial % 4 == 0 ? 0 : 0.3;
        settings.eps_min = 1e-3;
        compare(&graph, &seeds, &settings);
        fr_graph_free(&graph);
    }
}

static void odd_input(void **state)
{
    (void)state;
    const uint32_t from[] = {0, 1}, to[] = {1, 2};
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(4, 2, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 3;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_ppr_path_settings settings;
    fr_cluster_ppr_path_settings_default(&settings);
    fr_cluster_ppr_path_result got;
    assert_ok(fr_cluster_ppr_path(workspace, &seeds, &settings, &got)); /* a seed without neighbours */
    assert_int_equal(got.count, 0);
    assert_int_equal(got.best.count, 0);
    assert_near(got.info.isolated_mass, 1, 0);
    fr_cluster_ppr_path_result_free(&got);
    settings.damping = 1;
    assert_refused(fr_cluster_ppr_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "damping");
    settings.damping = 0.9;
    settings.eps_min = 0;
    assert_refused(fr_cluster_ppr_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "eps_min");
    settings.eps_min = 0.1;
    settings.rho = 1;
    assert_refused(fr_cluster_ppr_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "rho");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(odd_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
