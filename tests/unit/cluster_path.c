/* The exact path against the optimum at many rho, in breadth: weighted graphs with loops, several seeds, ties by symmetry, isolated
 * and unreachable nodes, limits, and supports too large to keep an inverse. */
#include "cluster_cases.h"
#include "dense.h"
#include "support.h"

#include "cluster/path.h"

#include <math.h>
#include <stdlib.h>

static fr_cluster_path_settings settings_of(double alpha, double rho_min)
{
    fr_cluster_path_settings settings;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho_min = rho_min;
    return settings;
}

/* Scores of every prefix of the path, from the graph. */
static void check_scores(fr_cluster_workspace *workspace, const fr_cluster_path_result *got)
{
    double smallest = INFINITY;
    for (int64_t k = 0; k < got->count; k++) {
        fr_cluster_scores scores;
        assert_ok(fr_cluster_score(workspace, k + 1, got->node, &scores));
        assert_close(got->volume[k], scores.volume, 1e-13);
        assert_near(got->cut[k], scores.cut, 1e-13 * scores.volume);
        if (k + 1 < got->count || scores.volume_smaller > 1e-9 * scores.volume)
            assert_near(got->conductance[k], scores.conductance, 1e-12);
        assert_true(k == 0 || got->rho[k] <= got->rho[k - 1]);
        if (k > 0 && got->rho[k] == got->rho[k - 1]) assert_true(got->node[k] > got->node[k - 1]);
        if (k + 1 == got->count || got->rho[k + 1] < got->rho[k])
            smallest = fmin(smallest, got->conductance[k]);
    }
    if (got->count > 0) assert_near(got->best.scores.conductance, smallest, 1e-12);
}

/* At rho between two breakpoints, what has entered is the support of the optimum: solved on it, Q x = alpha (s - rho d) has a positive
 * x whose residual is below rho d elsewhere. */
static void check_support(const fr_graph *graph, const double *q, double alpha, const double *s, double rho,
                          int64_t count, const int64_t *node)
{
    int64_t n = graph->n;
    double *inverse = dense_part(n, q, count, node, count, node), *b = dense_new(count, 1),
           *x = dense_new(count, 1), *residual = dense_new(n, 1);
    dense_invert(count, inverse);
    for (int64_t k = 0; k < count; k++)
        b[k] = alpha * (s[node[k]] - rho * fr_graph_degree(graph, node[k]));
    dense_multiply(count, count, 1, inverse, b, x);
    for (int64_t i = 0; i < n; i++) {
        residual[i] = s[i];
        for (int64_t k = 0; k < count; k++)
            residual[i] -= q[i * n + node[k]] * x[k] / alpha;
    }
    for (int64_t k = 0; k < count; k++) {
        assert_true(x[k] > 0);
        residual[node[k]] = 0;
    }
    for (int64_t i = 0; i < n; i++)
        assert_true(residual[i] < rho * fr_graph_degree(graph, i));
    free(inverse);
    free(b);
    free(x);
    free(residual);
}

static void check_supports(const fr_graph *graph, double alpha, const double *s,
                           const fr_cluster_path_result *got)
{
    int64_t n = graph->n;
    double *q = dense_adjacency(graph);
    for (int64_t k = 0; k < n * n; k++)
        q[k] *= -(1 - alpha) / 2;
    for (int64_t i = 0; i < n; i++)
        q[i * n + i] += (1 + alpha) / 2 * fr_graph_degree(graph, i);
    int64_t checked = 0;
    for (int64_t k = 0; k + 1 < got->count; k++) {
        double rho = (got->rho[k] + got->rho[k + 1]) / 2;
        if (got->rho[k] - got->rho[k + 1] < 1e-9 * rho) continue; /* the dense solve cannot part them */
        check_support(graph, q, alpha, s, rho, k + 1, got->node);
        checked++;
    }
    assert_true(checked > 10);
    free(q);
}

static void random_graphs(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 24; trial++) {
        fr_graph graph;
        random_cluster_graph(trial, 60, 90, trial % 2 == 0, trial % 3 == 0 ? 0 : 9, &graph);
        int64_t seed[] = {(int64_t)trial, 41, 7};
        double mass[] = {3, 1, 2}, alpha = trial % 4 == 0 ? 0.02 : 0.2;
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(trial % 3), .node = seed, .mass = mass};
        double *s = calloc((size_t)graph.n, sizeof *s), total = 0;
        assert_non_null(s);
        for (int64_t k = 0; k < seeds.count; k++)
            total += mass[k];
        for (int64_t k = 0; k < seeds.count; k++)
            s[seed[k]] = mass[k] / total;
        fr_cluster_workspace *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        fr_cluster_path_settings settings = settings_of(alpha, 1e-4);
        fr_cluster_path_result got, solved;
        assert_ok(fr_cluster_path(workspace, &seeds, &settings, &got));
        assert_true(got.info.converged);
        assert_near(got.info.sum_p + got.info.sum_residual, 1, 1e-13);
        check_scores(workspace, &got);
        check_supports(&graph, alpha, s, &got);

        /* The inverse of five nodes, and conjugate gradients from the sixth on. */
        assert_ok(cluster_path_limited(workspace, &seeds, &settings, 5, &solved));
        assert_set_equal(solved.count, solved.node, got.count, got.node);
        for (int64_t k = 0; k < got.count; k++)
            assert_close(solved.rho[k], got.rho[k], 1e-12); /* 60 solves to 1e-15 each */
        assert_true(solved.info.converged);

        fr_cluster_path_result_free(&got);
        fr_cluster_path_result_free(&solved);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
        free(s);
    }
}

/* On a cycle both neighbours of the support always enter together. */
static void symmetry_makes_ties(void **state)
{
    (void)state;
    enum { n = 31 };
    uint32_t from[n], to[n];
    for (uint32_t k = 0; k < n; k++)
        from[k] = k, to[k] = (k + 1) % n;
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(n, n, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 15;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_path_settings settings = settings_of(0.05, 1e-9);
    fr_cluster_path_result got;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, n);
    for (int64_t k = 1; k < n; k += 2) {
        assert_true(got.rho[k] == got.rho[k + 1]);
        assert_true(k == 1 || got.rho[k] < got.rho[k - 1]);
        assert_int_equal(got.node[k], 15 - (k + 1) / 2);
        assert_int_equal(got.node[k + 1], 15 + (k + 1) / 2);
    }
    check_scores(workspace, &got);
    fr_cluster_path_result_free(&got);

    /* A limit may cut through a tie; the support of half of it is none that the path visits. */
    settings.max_nodes = 4;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 4);
    assert_int_equal(got.best.count, 3);
    fr_cluster_path_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void limits(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(5, 200, 500, true, 5, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 3;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_path_settings settings = settings_of(0.1, 1e-7);
    fr_cluster_path_result all, some;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &all));
    assert_int_equal(all.count, 200);

    settings.max_nodes = 50;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &some));
    assert_set_equal(some.count, some.node, 50, all.node);
    assert_memory_equal(some.rho, all.rho, 50 * sizeof *some.rho);
    assert_true(some.info.converged); /* at the last breakpoint */
    fr_cluster_path_result_free(&some);

    settings.max_nodes = 0;
    settings.max_volume = all.volume[29];
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &some));
    assert_int_equal(some.count, 30);
    fr_cluster_path_result_free(&some);

    settings.max_volume = 0;
    settings.rho_min = (all.rho[69] + all.rho[70]) / 2;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &some));
    assert_int_equal(some.count, 70);
    fr_cluster_path_result_free(&some);

    settings.rho_min = 2 * all.rho[0];
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &some));
    assert_int_equal(some.count, 0);
    assert_int_equal(some.best.count, 0);
    assert_true(some.best.scores.conductance == 1);
    fr_cluster_path_result_free(&some);
    fr_cluster_path_result_free(&all);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A seed without neighbours never enters, and the path stays in the components of the others. */
static void disconnected(void **state)
{
    (void)state;
    const uint32_t from[] = {0, 1, 2, 4, 5, 6}, to[] = {1, 2, 0, 5, 6, 4};
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(9, 6, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed[] = {8, 1};
    fr_cluster_seeds seeds = {.count = 2, .node = seed};
    fr_cluster_path_settings settings = settings_of(0.1, 1e-9);
    fr_cluster_path_result got;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 3);
    assert_true(got.rho[0] == 0.25);
    assert_near(got.info.isolated_mass, 0.5, 0);
    assert_true(got.best.scores.conductance == 0);
    const int64_t triangle[] = {0, 1, 2};
    assert_set_equal(got.best.count, got.best.node, 3, triangle);
    fr_cluster_path_result_free(&got);

    seeds.count = 1;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 0);
    assert_near(got.info.isolated_mass, 1, 0);
    fr_cluster_path_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A mapped file whose damage lies a few nodes away from the seed: the method that gets there says so, and the workspace can go on. */
static void damaged_rows(void **state)
{
    (void)state;
    fr_graph whole, graph;
    path_cluster_graph(9, &whole);
    uint32_t neighbour[16];
    for (int64_t k = 0; k < whole.n_arcs; k++)
        neighbour[k] = whole.neighbour[k];
    assert_ok(fr_graph_from_csr(whole.n, whole.row, neighbour, NULL, &graph));
    graph.trusted = false;
    neighbour[whole.row[4]] = 4000000000u;
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_path_settings settings = settings_of(0.1, 1e-9);
    fr_cluster_path_result path;
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &path), FR_EINPUT, "node 4");
    assert_null(path.node);
    fr_cluster_stagewise_settings steps;
    fr_cluster_stagewise_settings_default(&steps);
    fr_cluster_stagewise_result stagewise;
    steps.rho_min = 1e-5;
    assert_refused(fr_cluster_stagewise(workspace, &seeds, &steps, &stagewise), FR_EINPUT, "node 4");
    fr_cluster_ppr_path_settings ppr;
    fr_cluster_ppr_path_settings_default(&ppr);
    fr_cluster_ppr_path_result ppr_path;
    assert_refused(fr_cluster_ppr_path(workspace, &seeds, &ppr, &ppr_path), FR_EINPUT, "node 4");
    settings.max_nodes = 4;
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &path));
    assert_int_equal(path.count, 4);
    fr_cluster_path_result_free(&path);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    fr_graph_free(&whole);
}

static void bad_settings(void **state)
{
    (void)state;
    fr_graph graph;
    path_cluster_graph(4, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_path_result got;
    fr_cluster_path_settings settings = settings_of(1, 1e-4);
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "alpha");
    settings = settings_of(0.1, 0);
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "rho_min");
    settings = settings_of(0.1, 1e-4);
    settings.max_nodes = -1;
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "max_nodes");
    settings = settings_of(0.1, 1e-4);
    settings.max_volume = NAN;
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "max_volume");
    settings = settings_of(0.1, 1e-4);
    seed = 4;
    assert_refused(fr_cluster_path(workspace, &seeds, &settings, &got), FR_EUSAGE, "out of range");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs), cmocka_unit_test(symmetry_makes_ties),
        cmocka_unit_test(limits),        cmocka_unit_test(disconnected),
        cmocka_unit_test(damaged_rows),  cmocka_unit_test(bad_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
