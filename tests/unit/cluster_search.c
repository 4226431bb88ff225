/* The search: every row against a solve of its own, the winner against the rows, and the best support on the path against those of a
 * dense sequence of rho. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void check_row(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                      const fr_cluster_search_result *got, int64_t row)
{
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.alpha = got->alpha[row];
    l1.rho = got->rho[row];
    l1.solver = FR_CLUSTER_EXACT;
    fr_cluster_vector optimum;
    fr_cluster_sweep_result sweep;
    assert_ok(fr_cluster_l1(workspace, seeds, &l1, &optimum));
    assert_int_equal(got->support[row], optimum.count);
    assert_ok(fr_cluster_sweep(workspace, optimum.count, optimum.node, optimum.p_over_degree, NULL, &sweep));
    assert_near(got->sweep_conductance[row], sweep.best.scores.conductance, 1e-12);
    if (optimum.count > 0) {
        fr_cluster_scores scores;
        assert_ok(fr_cluster_score(workspace, optimum.count, optimum.node, &scores));
        assert_close(got->support_volume[row], scores.volume, 1e-12);
        assert_near(got->support_conductance[row], scores.conductance, 1e-12);
    }
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&optimum);
}

static void rows_and_winner(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(2, 300, 500, true, 10, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed[] = {17, 60};
    fr_cluster_seeds seeds = {.count = 2, .node = seed};
    fr_cluster_search_settings settings;
    fr_cluster_search_settings_default(&settings);
    settings.n_alpha = 3;
    settings.n_rho = 7;
    settings.rho_low = 1e-5;
    settings.tolerance = 1e-9;
    fr_cluster_search_result got;
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 21);
    assert_true(got.alpha[0] == 0.15 && got.alpha[20] == 0.01);
    assert_true(got.rho[0] == 1e-2 && got.rho[6] == 1e-5 && got.rho[7] == 1e-2);
    assert_close(got.rho[3], sqrt(1e-2 * 1e-5), 1e-14);
    int64_t best = 0;
    for (int64_t row = 0; row < got.count; row++) {
        check_row(workspace, &seeds, &got, row);
        if (got.sweep_conductance[row] <= got.sweep_conductance[best]) best = row;
    }
    assert_true(got.best.scores.conductance == got.sweep_conductance[best]);
    assert_true(got.best_alpha == got.alpha[best] && got.best_rho == got.rho[best]);
    assert_int_equal(got.best.count, got.sweep_size[best]);
    assert_int_equal(got.vector.count, got.support[best]);
    assert_true(got.best_is_sweep == (got.best.count < got.vector.count));
    assert_true(got.info.converged);
    check_vector(&graph, &got.vector);
    fr_cluster_search_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* Once a component is filled, every smaller rho finds it again: the last one wins. */
static void later_wins_on_equality(void **state)
{
    (void)state;
    const uint32_t from[] = {0, 1, 2, 3}, to[] = {1, 2, 0, 4};
    fr_graph graph;
    assert_ok(fr_graph_from_arcs(5, 4, from, to, NULL, NULL, &graph));
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 4;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_search_settings settings;
    fr_cluster_search_settings_default(&settings);
    fr_cluster_search_result got;
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
    assert_true(got.best.scores.conductance == 0);
    assert_true(got.best_alpha == settings.alpha_low && got.best_rho == settings.rho_low);
    assert_false(got.best_is_sweep);
    fr_cluster_search_result_free(&got);

    settings.rho_low = 2, settings.rho_high = 3, settings.n_rho = 1; /* nothing enters */
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
    assert_int_equal(got.count, 4);
    assert_true(got.rho[0] == 3);
    assert_int_equal(got.best.count, 0);
    assert_true(got.best.scores.conductance == 1);
    fr_cluster_search_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* ---- on the path -------------------------------------------------------------------------------------------------------- */

/* Conductance of the support at this rho, by the exact solver. */
static double conductance_at(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, double alpha,
                             double rho, int64_t *size)
{
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.alpha = alpha;
    l1.rho = rho;
    l1.solver = FR_CLUSTER_EXACT;
    fr_cluster_vector optimum;
    fr_cluster_scores scores = {.conductance = 1};
    assert_ok(fr_cluster_l1(workspace, seeds, &l1, &optimum));
    if (optimum.count > 0) assert_ok(fr_cluster_score(workspace, optimum.count, optimum.node, &scores));
    *size = optimum.count;
    fr_cluster_vector_free(&optimum);
    return scores.conductance;
}

/* The row's support is that of its rho, and none of `count` values of rho from `high` to `low` has a better one. */
static void check_path_row(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                           const fr_cluster_search_result *got, int64_t row, double low, double high,
                           int count)
{
    int64_t size;
    assert_near(conductance_at(workspace, seeds, got->alpha[row], got->rho[row], &size),
                got->support_conductance[row], 1e-12);
    assert_int_equal(got->support[row], size);
    assert_true(got->sweep_conductance[row] <= got->support_conductance[row] + 1e-12);
    for (int k = 0; k < count; k++) {
        double rho = high * pow(low / high, (double)k / (count - 1));
        double other = conductance_at(workspace, seeds, got->alpha[row], rho, &size);
        assert_true(other >= got->support_conductance[row] - 1e-12);
    }
}

/* The winner is the best of the rows, and its path that of its alpha. */
static void check_winner(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                         const fr_cluster_search_settings *settings, const fr_cluster_search_result *got)
{
    int64_t best = 0;
    for (int64_t row = 0; row < got->count; row++)
        if (got->sweep_conductance[row] <= got->sweep_conductance[best]) best = row;
    assert_true(got->best.scores.conductance == got->sweep_conductance[best]);
    assert_true(got->best_alpha == got->alpha[best] && got->best_rho == got->rho[best]);
    assert_true(got->best_is_sweep == (got->best.count < got->support[best]));
    assert_true(got->info.converged && got->info.error_bound <= settings->tolerance * got->best_rho);
    fr_cluster_path_settings path;
    fr_cluster_path_result expected;
    fr_cluster_path_settings_default(&path);
    path.alpha = got->best_alpha;
    path.rho_min = settings->rho_low;
    path.max_nodes = settings->path_nodes;
    assert_ok(fr_cluster_path(workspace, seeds, &path, &expected));
    assert_int_equal(got->path.count, expected.count);
    assert_memory_equal(got->path.node, expected.node, (size_t)expected.count * sizeof *expected.node);
    fr_cluster_path_result_free(&expected);
}

static void path_beats_every_rho(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 20; trial++) {
        fr_graph graph;
        random_cluster_graph(trial, 60, 70, trial % 2 == 0, (int64_t)(trial % 3) * 4, &graph);
        fr_cluster_workspace *workspace;
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t seed[] = {(int64_t)trial, 41};
        fr_cluster_seeds seeds = {.count = 1 + (int64_t)(trial % 2), .node = seed};
        fr_cluster_search_settings settings;
        fr_cluster_search_settings_default(&settings);
        settings.alpha_low = 0.02, settings.alpha_high = 0.2, settings.n_alpha = 2;
        settings.rho_low = 1e-4;
        settings.on_path = true;
        fr_cluster_search_result got;
        assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
        assert_int_equal(got.count, 2 + 2 * settings.n_rho);
        for (int64_t row = 0; row < got.count; row++) {
            bool of_path = row % (1 + settings.n_rho) == 0;
            assert_int_equal(got.path_supports[row] > 0, of_path);
            if (of_path) assert_true(got.path_supports[row] > 20 && got.path_supports[row] <= graph.n);
            if (of_path)
                check_path_row(workspace, &seeds, &got, row, settings.rho_low, 1, 300);
            else
                check_row(workspace, &seeds, &got, row);
        }
        check_winner(workspace, &seeds, &settings, &got);
        check_vector(&graph, &got.vector);
        fr_cluster_search_result_free(&got);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

static void johns_hopkins_on_the_path(void **state)
{
    (void)state;
    fr_graph graph;
    cluster_graph_load("JohnsHopkins.edgelist.gz", &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 3;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_search_settings settings;
    fr_cluster_search_settings_default(&settings);
    settings.alpha_low = 0.05, settings.n_alpha = 2;
    settings.rho_low = 2e-5;
    settings.on_path = true;
    fr_cluster_search_result got, grid;
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
    for (int64_t row = 0; row < got.count; row += 1 + settings.n_rho)
        check_path_row(workspace, &seeds, &got, row, settings.rho_low, 1e-2, 60);
    check_winner(workspace, &seeds, &settings, &got);
    settings.on_path = false;
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &grid));
    assert_int_equal(grid.count, 2 * settings.n_rho);
    for (int64_t row = 0; row < grid.count; row++) { /* the rows of the grid are what they were */
        int64_t other = row + 1 + row / settings.n_rho;
        assert_true(grid.rho[row] == got.rho[other] && grid.alpha[row] == got.alpha[other]);
        assert_true(grid.sweep_conductance[row] == got.sweep_conductance[other]);
        assert_true(grid.path_supports[row] == 0);
    }
    assert_true(got.best.scores.conductance <= grid.best.scores.conductance);
    assert_null(grid.path.node);
    fr_cluster_search_result_free(&grid);
    fr_cluster_search_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A path that ends early, at its last node the best; one where nothing enters. */
static void short_and_empty_paths(void **state)
{
    (void)state;
    fr_graph graph;
    random_cluster_graph(2, 300, 500, true, 10, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed[] = {17, 60};
    fr_cluster_seeds seeds = {.count = 2, .node = seed};
    fr_cluster_search_settings settings;
    fr_cluster_search_settings_default(&settings);
    settings.tolerance = 1e-9;
    settings.on_path = true;
    fr_cluster_search_result got;
    for (settings.path_nodes = 1; settings.path_nodes < 60; settings.path_nodes += 13) {
        assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
        assert_int_equal(got.count, 40);
        for (int64_t row = 0; row < got.count; row += 10)
            assert_true(got.path_supports[row] > 0 && got.support[row] <= settings.path_nodes);
        check_winner(workspace, &seeds, &settings, &got);
        fr_cluster_search_result_free(&got);
    }
    settings.rho_low = 2, settings.rho_high = 3; /* nothing enters */
    assert_ok(fr_cluster_search(workspace, &seeds, &settings, &got));
    assert_true(got.best.count == 0 && got.best.scores.conductance == 1);
    assert_true(got.path_supports[0] == 0 && got.support[0] == 0 && got.path.count == 0);
    fr_cluster_search_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void bad_settings(void **state)
{
    (void)state;
    fr_graph graph;
    path_cluster_graph(3, &graph);
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_search_settings settings;
    fr_cluster_search_result got;
    fr_cluster_search_settings_default(&settings);
    settings.alpha_low = 0.2;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "alpha");
    fr_cluster_search_settings_default(&settings);
    settings.rho_low = 0;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "rho");
    fr_cluster_search_settings_default(&settings);
    settings.n_rho = 0;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "grid");
    fr_cluster_search_settings_default(&settings);
    settings.path_nodes = -1;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "path_nodes");
    fr_cluster_search_settings_default(&settings);
    seed = -1;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "out of range");
    settings.on_path = true;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "out of range");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_winner),       cmocka_unit_test(later_wins_on_equality),
        cmocka_unit_test(path_beats_every_rho),  cmocka_unit_test(johns_hopkins_on_the_path),
        cmocka_unit_test(short_and_empty_paths), cmocka_unit_test(bad_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
