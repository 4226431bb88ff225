/* Approximate PageRank by pushes against an independent implementation of the same order: pushes are equal, masses and
 * residuals to rounding; and the two l1 optima between which it lies. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check_case(json_t *json)
{
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    fr_cluster_acl_settings settings;
    cluster_graph_load(cluster_text(json, "graph"), &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_acl_settings_default(&settings);
    settings.alpha = cluster_number(json, "alpha");
    settings.eps = cluster_number(json, "eps");
    settings.keep_residual = true;
    fr_cluster_seeds seeds = {0};
    int64_t *list = cluster_nodes(json, "seeds", &seeds.count), rows;
    seeds.node = list;
    assert_ok(fr_cluster_acl(workspace, &seeds, &settings, &vector));
    check_vector(&graph, &vector);
    assert_true(vector.info.converged);
    assert_int_equal(vector.info.pushes, (int64_t)cluster_number(json, "pushes"));
    assert_int_equal(vector.info.arcs_read, (int64_t)cluster_number(json, "arcs"));
    assert_int_equal(vector.count, (int64_t)cluster_number(json, "nnz"));
    assert_near(vector.info.sum_p, cluster_number(json, "sum_p"), 1e-12);
    assert_near(vector.info.sum_residual, cluster_number(json, "sum_r"), 1e-12);

    char file[128];
    snprintf(file, sizeof file, "acl_%s.csv", cluster_text(json, "name"));
    double *node = cluster_column(file, "node", &rows), *p = cluster_column(file, "p", &rows),
           *r = cluster_column(file, "residual", &rows), *got = dense_of(&vector, graph.n), worst = 0;
    int64_t at = 0;
    for (int64_t k = 0; k < rows; k++) {
        int64_t i = (int64_t)node[k];
        assert_near(got[i], p[k], 1e-12);
        if (r[k] == 0) continue;
        assert_true(at < vector.n_residual && vector.residual_node[at] == i);
        assert_near(vector.residual[at], r[k], 1e-12);
        worst = fmax(worst, vector.residual[at++] / (settings.eps * fr_graph_degree(&graph, i)));
    }
    assert_int_equal(at, vector.n_residual);
    assert_true(worst <= 1);
    assert_near(worst, cluster_number(json, "max_r_over_epsd"), 1e-9);

    fr_cluster_sweep_result sweep;
    assert_ok(fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &sweep));
    assert_int_equal(sweep.prefix, (int64_t)cluster_number(json, "sweep_size"));
    assert_near(sweep.best.scores.conductance, cluster_number(json, "sweep_conductance"), 1e-12);
    int64_t count, *set = cluster_nodes(json, "sweep_set", &count);
    if (set != NULL) assert_set_equal(sweep.best.count, sweep.best.node, count, set);
    fr_cluster_sweep_result_free(&sweep);
    free(set);
    free(list);
    free(node);
    free(p);
    free(r);
    free(got);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_cases(void **state)
{
    (void)state;
    json_t *cases = cluster_json("acl_cases.json"), *json;
    size_t k;
    json_array_foreach(cases, k, json) check_case(json);
    json_decref(cases);
}

static double *optimum(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, double alpha,
                       double rho, int64_t n)
{
    fr_cluster_vector vector;
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho = rho;
    settings.tolerance = 1e-11;
    assert_ok(fr_cluster_l1(workspace, seeds, &settings, &vector));
    assert_true(vector.info.converged);
    double *p = dense_of(&vector, n);
    fr_cluster_vector_free(&vector);
    return p;
}

/* x*(eps) <= x_acl <= x*((1 - alpha) eps / 2) */
static void test_sandwich(void **state)
{
    (void)state;
    json_t *cases = cluster_json("acl_cases.json"), *json = cluster_case(cases, "dolphins_a");
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    cluster_graph_load(cluster_text(json, "graph"), &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_acl_settings settings = {.alpha = cluster_number(json, "alpha"),
                                        .eps = cluster_number(json, "eps")};
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    assert_ok(fr_cluster_acl(workspace, &seeds, &settings, &vector));
    double *p = dense_of(&vector, graph.n),
           *low = optimum(workspace, &seeds, settings.alpha, settings.eps, graph.n),
           *high =
               optimum(workspace, &seeds, settings.alpha, (1 - settings.alpha) * settings.eps / 2, graph.n);
    for (int64_t i = 0; i < graph.n; i++) {
        double degree = fr_graph_degree(&graph, i);
        assert_true(low[i] <= p[i] + 1e-14 * degree && p[i] <= high[i] + 1e-14 * degree);
    }
    free(p);
    free(low);
    free(high);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_sandwich),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
