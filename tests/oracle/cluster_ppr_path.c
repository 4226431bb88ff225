/* The seeded PageRank solution path against a stored run: every tenth row, the counts, the best set. Ties for the next push
 * decide the run, so that equality of all rows is a test of the tie rules too. */
#include "cluster_cases.h"
#include "support.h"

#include <stdlib.h>

static void compare_column(const char *name, const double *got, int64_t rows)
{
    int64_t stored;
    double *expected = cluster_column("pprpath_usps.csv", name, &stored);
    assert_int_equal(stored, 184);
    for (int64_t k = 0; k < stored; k++) {
        assert_true(10 * k < rows);
        assert_close(got[10 * k], expected[k], 1e-9);
    }
    free(expected);
}

static void compare_counts(const char *name, const int64_t *got, int64_t rows)
{
    int64_t stored;
    double *expected = cluster_column("pprpath_usps.csv", name, &stored);
    for (int64_t k = 0; k < stored && 10 * k < rows; k++)
        assert_int_equal(got[10 * k], (int64_t)expected[k]);
    free(expected);
}

static void stored_run(void **state)
{
    (void)state;
    json_t *stored = cluster_json("pprpath.json");
    fr_graph graph;
    cluster_graph_load(cluster_text(stored, "graph"), &graph);
    int64_t seed = (int64_t)cluster_number(stored, "seed"), n_best;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_ppr_path_settings settings;
    fr_cluster_ppr_path_settings_default(&settings);
    settings.damping = cluster_number(stored, "t");
    settings.eps_min = cluster_number(stored, "eps");
    settings.rho = cluster_number(stored, "rho_fac");
    fr_cluster_ppr_path_result got;
    assert_ok(fr_cluster_ppr_path(workspace, &seeds, &settings, &got));

    assert_int_equal(got.count, (int64_t)cluster_number(stored, "rows"));
    assert_int_equal(got.steps, (int64_t)cluster_number(stored, "steps"));
    assert_int_equal(got.ranked, (int64_t)cluster_number(stored, "inserted"));
    compare_column("eps", got.eps, got.count);
    compare_column("phi", got.conductance, got.count);
    compare_column("cut", got.cut, got.count);
    compare_column("vol", got.volume, got.count);
    compare_counts("size", got.size, got.count);
    compare_counts("step", got.step, got.count);
    int64_t *best = cluster_nodes(stored, "best_set", &n_best);
    assert_set_equal(got.best.count, got.best.node, n_best, best);
    assert_close(got.best.scores.conductance, cluster_number(stored, "best_phi"), 1e-12);

    free(best);
    fr_cluster_ppr_path_result_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stored_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
