/* The l1 problem from a given x: that of a graph before some of its edges changed, and any x at all. The answer and its certificate are
 * those of a solve from zero, and a small change costs less. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most_edits = 30 };

/* The graph with `count` edges drawn anew: some go away, others get a weight, also between nodes without an edge. */
static void edited(const fr_graph *graph, uint64_t seed, int64_t count, bool weighted, fr_graph *out)
{
    fr_graph_edge_edit list[most_edits];
    fr_graph_edits edits = {.edge = list};
    fr_rng rng;
    fr_rng_init(&rng, seed, 9, 0);
    while (edits.count < count) {
        int64_t i = fr_rng_below(&rng, graph->n), arcs = graph->row[i + 1] - graph->row[i];
        fr_graph_edge_edit edit = {
            .from = i, .to = fr_rng_below(&rng, graph->n), .weight = 1, .change = FR_GRAPH_SET};
        if (weighted) edit.weight = 5 * fr_rng_uniform(&rng);
        if (arcs > 0 && fr_rng_below(&rng, 2) == 0) {
            edit.to = graph->neighbour[graph->row[i] + fr_rng_below(&rng, arcs)];
            edit.weight = 0;
        }
        list[edits.count++] = edit;
    }
    assert_ok(fr_graph_edit(graph, &edits, out, NULL));
}

/* Settings of every kind: the orders with a small and a large tolerance, and the exact solver. */
static fr_cluster_l1_settings settings_of(uint64_t trial)
{
    static const fr_cluster_order orders[] = {FR_CLUSTER_FIFO,  FR_CLUSTER_FIFO,   FR_CLUSTER_FIFO,
                                              FR_CLUSTER_FIFO,  FR_CLUSTER_CYCLIC, FR_CLUSTER_GREEDY,
                                              FR_CLUSTER_RANDOM};
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.order = orders[trial % 7];
    if (trial % 7 == 1) settings.tolerance = 0.05;
    if (trial % 7 == 2) settings.solver = FR_CLUSTER_EXACT;
    settings.alpha = trial % 3 == 0 ? 0.02 : 0.2;
    settings.rho = 1e-3 / (double)(1 + trial % 4);
    return settings;
}

/* `got` solves the problem as `cold` does: its certificate, made anew from its masses, is as good as asked for, and both are as near
 * to each other as their certificates say. */
static void check_answer(const fr_graph *graph, fr_cluster_workspace *workspace,
                         const fr_cluster_seeds *seeds, const fr_cluster_l1_settings *settings,
                         const fr_cluster_vector *got, const fr_cluster_vector *cold)
{
    fr_cluster_info info;
    double bound = settings->tolerance * settings->rho;
    assert_true(got->info.converged && got->info.error_bound <= bound);
    assert_ok(fr_cluster_certify(workspace, seeds, settings->alpha, settings->rho, got->count, got->node,
                                 got->p, &info));
    assert_true(info.error_bound <= bound * (1 + 1e-9)); /* p = x d is rounded once more */
    assert_near(info.objective, cold->info.objective, info.duality_gap + cold->info.duality_gap + 1e-15);
    assert_near(got->info.sum_p + got->info.sum_residual, cold->info.sum_p + cold->info.sum_residual, 1e-12);
    check_vector(graph, got);
    double *p = dense_of(got, graph->n), *expected = dense_of(cold, graph->n);
    for (int64_t i = 0; i < graph->n; i++)
        assert_near(p[i], expected[i], 2 * bound * fr_graph_degree(graph, i) + 1e-15);
    free(p);
    free(expected);
}

static void from_the_answer_before_some_edges_changed(void **state)
{
    (void)state;
    int64_t falls = 0, isolated = 0;
    for (uint64_t trial = 0; trial < 280; trial++) {
        bool weighted = trial % 2 == 0;
        fr_graph graph, changed;
        random_cluster_graph(trial, 80, 100, weighted, trial % 3 == 0 ? 0 : 8, &graph);
        edited(&graph, trial, 1 + (int64_t)(trial % most_edits), weighted, &changed);
        fr_cluster_workspace *before, *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &before));
        assert_ok(fr_cluster_workspace_new(&changed, &workspace));
        int64_t seed[] = {(int64_t)(trial % 80), 33};
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(trial % 2), .node = seed};
        fr_cluster_l1_settings settings = settings_of(trial);
        fr_cluster_vector start, cold, warm;
        assert_ok(fr_cluster_l1(before, &seeds, &settings, &start));
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &cold));
        settings.start = &start;
        for (int again = 0; again < 2; again++) { /* the workspace is left clean */
            assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &warm));
            check_answer(&changed, workspace, &seeds, &settings, &warm, &cold);
            fr_cluster_vector_free(&warm);
        }
        double *old = dense_of(&start, graph.n), *new = dense_of(&cold, graph.n);
        for (int64_t i = 0; i < graph.n; i++) {
            falls += old[i] > 0 && new[i] == 0;
            isolated += old[i] > 0 && fr_graph_degree(&changed, i) == 0;
        }
        free(old);
        free(new);
        fr_cluster_vector_free(&start);
        fr_cluster_vector_free(&cold);
        fr_cluster_workspace_free(before);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
        fr_graph_free(&changed);
    }
    assert_true(falls > 100 && isolated > 5); /* x had to fall to zero, and on nodes without edges */
}

/* Nothing to do with the problem: the seeds' own nodes missing, values from 0 to far above any answer. */
static void from_any_x(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 140; trial++) {
        enum { n = 60 };
        fr_graph graph;
        random_cluster_graph(500 + trial, n, 80, trial % 2 == 0, 5, &graph);
        fr_cluster_workspace *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t seed = (int64_t)(trial % n), node[n], count = 0;
        double x[n];
        fr_rng rng;
        fr_rng_init(&rng, trial, 2, 0);
        for (int64_t i = 0; i < n; i++)
            if (i != seed && fr_rng_below(&rng, 3) > 0) {
                node[count] = i;
                x[count++] = trial % 5 == 0
                                 ? 1e300
                                 : pow(10, -8 * fr_rng_uniform(&rng)) * (double)(fr_rng_below(&rng, 4) > 0);
            }
        if (trial % 20 == 0) count = 0;
        fr_cluster_seeds seeds = {.count = 1, .node = &seed};
        fr_cluster_vector start = {.count = count, .node = node, .p_over_degree = x}, cold, warm;
        fr_cluster_l1_settings settings = settings_of(trial);
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &cold));
        settings.start = &start;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &warm));
        check_answer(&graph, workspace, &seeds, &settings, &warm, &cold);
        fr_cluster_vector_free(&cold);
        fr_cluster_vector_free(&warm);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

static void limits_and_bad_starts(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(7, 200, 300, true, 5, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 4;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_l1_settings settings = settings_of(0);
    fr_cluster_vector start, got;
    settings.rho = 1e-4;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &start));
    settings.start = &start;
    assert_ok(
        fr_cluster_l1(workspace, &seeds, &settings, &got)); /* the answer itself: read once, proved once */
    assert_true(got.info.converged && got.info.steps == 0 && got.count == start.count);
    fr_cluster_vector_free(&got);
    for (int64_t k = 0; k < start.count; k++)
        start.p_over_degree[k] *= k % 2 == 0 ? 3 : 0.2;
    settings.max_steps = 3;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));
    assert_true(!got.info.converged && got.info.steps == 3 && isfinite(got.info.error_bound));
    double far = got.info.error_bound;
    fr_cluster_info info;
    assert_ok(fr_cluster_certify(workspace, &seeds, settings.alpha, settings.rho, got.count, got.node, got.p,
                                 &info));
    assert_close(info.error_bound, far, 1e-9); /* it holds for what came out */
    fr_cluster_vector_free(&got);
    settings.max_steps = 0;
    const double bad[] = {-1e-9, NAN, INFINITY};
    for (int k = 0; k < 3; k++) {
        start.p_over_degree[1] = bad[k];
        assert_refused(fr_cluster_l1(workspace, &seeds, &settings, &got), FR_EUSAGE, "not one of this graph");
    }
    start.p_over_degree[1] = 1;
    start.node[1] = start.node[0];
    assert_refused(fr_cluster_l1(workspace, &seeds, &settings, &got), FR_EUSAGE, "not one of this graph");
    start.node[1] = graph.n;
    assert_refused(fr_cluster_l1(workspace, &seeds, &settings, &got), FR_EUSAGE, "not one of this graph");
    fr_cluster_vector_free(&start);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_answer_before_some_edges_changed),
        cmocka_unit_test(from_any_x),
        cmocka_unit_test(limits_and_bad_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
