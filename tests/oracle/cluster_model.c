/* Recovery in the local random model: the experiment cluster-model against the means of an independent computation on other
 * graphs, and one stored graph whose optima and path are known exactly. */
#include "cluster_cases.h"
#include "support.h"

#include <reproduce/cluster_model.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every mean within max(0.02, four standard errors of the difference): four standard errors leave out one number in 16000, and
 * the 0.02 stands for frequencies that are 0 or 1 in all graphs of both runs, whose standard errors are 0. */
static void check_recovery(void **state)
{
    (void)state;
    reproduce_settings settings;
    reproduce_comparison comparison = {0};
    reproduce_settings_default(&settings);
    settings.replicates = 4;
    assert_ok(reproduce_cluster_model.run(&settings, NULL, &comparison));
    assert_int_equal(comparison.n, CLUSTER_MODEL_TABLES * CLUSTER_MODEL_QS * CLUSTER_MODEL_QUANTITIES);
    for (int64_t k = 0; k < comparison.n; k++) {
        const reproduce_row *row = &comparison.rows[k];
        if (row->verdict != REPRODUCE_AGREES)
            fail_msg("%s, %s, %s: got %g (standard error %g), expected %g (%g)", row->table, row->setting,
                     row->quantity, row->obtained, row->obtained_error, row->expected, row->expected_error);
        if (strcmp(row->quantity, "recall") == 0) assert_near(row->obtained, 1, 0);
    }
    reproduce_comparison_free(&comparison);
}

/* The numbers that the program carries are those of the reference files, and rho* / 2 is the rho of those. */
static void check_carried_numbers(void **state)
{
    (void)state;
    static const char *const files[] = {"random_model_A.csv", "random_model_B_seed_inside.csv",
                                        "random_model_C_alpha_gamma.csv"};
    static const char *const means[] = {"recall_vol", "fp_vol_ratio", "full_recall_freq",
                                        "exact_freq", "best_f1_path", "exact_on_path_freq",
                                        "sweep_f1"};
    static const char *const errors[] = {"se_recall", "se_fp",        "se_full",   "se_exact",
                                         "se_bestf1", "se_exactpath", "se_sweepf1"};
    for (int table = 0; table < CLUSTER_MODEL_TABLES; table++) {
        int64_t n;
        double *q = cluster_column(files[table], "q", &n), *rho = cluster_column(files[table], "rho", &n);
        double *alpha = cluster_column(files[table], "alpha", &n);
        assert_int_equal(n, CLUSTER_MODEL_QS);
        for (int64_t k = 0; k < n; k++) {
            assert_near(cluster_model_q[k], q[k], 0);
            /* the same formula in another order of operations */
            assert_close(fr_cluster_model_rho(1000, 100, 0.5, q[k], alpha[k]) / 2, rho[k], 1e-12);
        }
        free(q);
        free(rho);
        free(alpha);
        for (int quantity = 0; quantity < CLUSTER_MODEL_QUANTITIES; quantity++) {
            double *mean = cluster_column(files[table], means[quantity], &n);
            double *error = cluster_column(files[table], errors[quantity], &n);
            for (int64_t k = 0; k < n; k++) {
                assert_near(cluster_model_expected[table][k][quantity][0], mean[k], 0);
                assert_near(cluster_model_expected[table][k][quantity][1], error[k], 0);
            }
            free(mean);
            free(error);
        }
    }
}

/* ---- the stored graph ------------------------------------------------------------------------------------------------- */

static void check_optimum(const json_t *expected)
{
    char name[64];
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    fr_cluster_sweep_result sweep;
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = cluster_number(expected, "alpha");
    settings.rho = cluster_number(expected, "rho");
    settings.solver = FR_CLUSTER_EXACT;
    cluster_graph_load("sbm500.edgelist", &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    const fr_cluster_seeds seeds = {.count = 1, .node = &(int64_t){0}};
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &vector));
    int64_t n_rows, set_size;
    snprintf(name, sizeof name, "l1_%s.csv", cluster_text(expected, "name"));
    double *node = cluster_column(name, "node", &n_rows), *p = cluster_column(name, "p", &n_rows);
    double *got = dense_of(&vector, graph.n);
    for (int64_t k = 0; k < n_rows; k++)
        assert_near(got[(int64_t)node[k]], p[k],
                    1e-11); /* exact solvers of the same well-conditioned problem */
    assert_int_equal(vector.count, (int64_t)cluster_number(expected, "nnz"));
    assert_near(vector.info.sum_p, cluster_number(expected, "sum_p"), 1e-10);
    assert_close(vector.info.objective, cluster_number(expected, "objective"), 1e-9);
    assert_ok(fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &sweep));
    int64_t *set = cluster_nodes(expected, "sweep_set", &set_size);
    assert_set_equal(sweep.best.count, sweep.best.node, set_size, set);
    assert_near(sweep.best.scores.conductance, cluster_number(expected, "sweep_conductance"), 1e-12);
    free(set);
    free(got);
    free(node);
    free(p);
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void check_stored_optima(void **state)
{
    (void)state;
    json_t *file = cluster_json("sbm500.json"), *list = json_object_get(file, "l1");
    assert_int_equal(json_array_size(list), 2);
    for (size_t k = 0; k < json_array_size(list); k++)
        check_optimum(json_array_get(list, k));
    json_decref(file);
}

static void check_stored_path(void **state)
{
    (void)state;
    json_t *file = cluster_json("sbm500.json"), *expected = json_object_get(file, "path");
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_path_settings settings;
    fr_cluster_path_result path;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = cluster_number(expected, "alpha");
    settings.rho_min = cluster_number(expected, "rho_min");
    cluster_graph_load("sbm500.edgelist", &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    const fr_cluster_seeds seeds = {.count = 1, .node = &(int64_t){0}};
    assert_ok(fr_cluster_path(workspace, &seeds, &settings, &path));
    int64_t n;
    double *node = cluster_column("path_sbm500.csv", "node", &n);
    double *rho = cluster_column("path_sbm500.csv", "rho_enter", &n);
    assert_int_equal(path.count, n);
    for (int64_t k = 0; k < n; k++) {
        assert_int_equal(path.node[k], (int64_t)node[k]);
        assert_close(path.rho[k], rho[k],
                     1e-9); /* two exact paths; rounding grows with the number of entries */
    }
    free(node);
    free(rho);
    fr_cluster_path_result_free(&path);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_carried_numbers),
        cmocka_unit_test(check_recovery),
        cmocka_unit_test(check_stored_optima),
        cmocka_unit_test(check_stored_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
