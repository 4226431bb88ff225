/* The exact solver of l1-regularised PageRank against stored optima. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void compare_sweep(fr_cluster_workspace *workspace, const json_t *item, const fr_cluster_vector *got)
{
    fr_cluster_sweep_result sweep;
    assert_ok(fr_cluster_sweep(workspace, got->count, got->node, got->p_over_degree, NULL, &sweep));
    int64_t count, *set = cluster_nodes(item, "sweep_set", &count);
    assert_near(sweep.best.scores.conductance, cluster_number(item, "sweep_conductance"), 1e-12);
    assert_int_equal(sweep.prefix, (int64_t)cluster_number(item, "sweep_size"));
    if (set != NULL) assert_set_equal(sweep.best.count, sweep.best.node, count, set);
    free(set);
    fr_cluster_sweep_result_free(&sweep);
}

static void compare(const json_t *item)
{
    char file[64];
    snprintf(file, sizeof file, "l1_%s.csv", cluster_text(item, "name"));
    fr_graph graph;
    cluster_graph_load(cluster_text(item, "graph"), &graph);
    int64_t n_seeds, *seed = cluster_nodes(item, "seeds", &n_seeds), stored;
    fr_cluster_seeds seeds = {.count = n_seeds, .node = seed};
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = cluster_number(item, "alpha");
    settings.rho = cluster_number(item, "rho");
    settings.solver = FR_CLUSTER_EXACT;
    fr_cluster_vector got;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &got));

    double *p = dense_of(&got, graph.n);
    double *node = cluster_column(file, "node", &stored), *expected = cluster_column(file, "p", &stored);
    for (int64_t k = 0; k < stored; k++)
        assert_near(p[(int64_t)node[k]], expected[k], 1e-11);
    assert_int_equal(got.count, (int64_t)cluster_number(item, "nnz"));
    assert_near(got.info.sum_p, cluster_number(item, "sum_p"), 1e-10);
    assert_close(got.info.support_volume, cluster_number(item, "vol_support"), 1e-10);
    assert_close(got.info.objective, cluster_number(item, "objective"), 1e-9);
    assert_near(got.info.sum_p + got.info.sum_residual, 1, 1e-13);
    /* "exact": nothing but the rounding of x is left */
    assert_true(got.info.converged);
    assert_true(got.info.error_bound <= 1e-11 * settings.rho);
    check_vector(&graph, &got);
    compare_sweep(workspace, item, &got);

    free(p);
    free(node);
    free(expected);
    free(seed);
    fr_cluster_vector_free(&got);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void stored_optima(void **state)
{
    (void)state;
    json_t *cases = cluster_json("l1_cases.json"), *item;
    size_t k;
    assert_int_equal(json_array_size(cases), 13);
    json_array_foreach(cases, k, item) compare(item);
    json_decref(cases);
}

static void block_model(void **state)
{
    (void)state;
    json_t *model = cluster_json("sbm500.json"), *cases = json_object_get(model, "l1"), *item;
    size_t k;
    assert_int_equal(json_array_size(cases), 2);
    json_array_foreach(cases, k, item) compare(item);
    json_decref(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_optima),
        cmocka_unit_test(block_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
