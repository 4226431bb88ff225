/* The grid search: every row against a solve of its own, and the winner against the rows. */
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
    seed = -1;
    assert_refused(fr_cluster_search(workspace, &seeds, &settings, &got), FR_EUSAGE, "out of range");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_winner),
        cmocka_unit_test(later_wins_on_equality),
        cmocka_unit_test(bad_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
