/* Two triangles joined by an edge: optimum, pushes and sweep that can be checked by hand. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    fr_graph graph;
    fr_cluster_workspace *workspace;
    json_t *json;
    int64_t seed;
    fr_cluster_seeds seeds;
} tiny;

static void tiny_load(tiny *out)
{
    cluster_graph_load("barbell6.edgelist", &out->graph);
    assert_ok(fr_cluster_workspace_new(&out->graph, &out->workspace));
    out->json = cluster_json("tiny_barbell6.json");
    out->seed = (int64_t)cluster_number(out->json, "seed");
    out->seeds = (fr_cluster_seeds){.count = 1, .node = &out->seed};
}

static void tiny_free(tiny *t)
{
    json_decref(t->json);
    fr_cluster_workspace_free(t->workspace);
    fr_graph_free(&t->graph);
}

/* The rationals of `member`, by node number, against the dense vector, to 1e-15 (a few roundings of numbers below
 * 1/2). */
static void check_rationals(const json_t *json, const char *member, const double *got)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5"};
    const json_t *expected = json_object_get(json, member);
    for (int k = 0; k < 6; k++) {
        double value = json_object_get(expected, names[k]) != NULL ? cluster_number(expected, names[k]) : 0;
        assert_near(got[k], value, 1e-15);
    }
}

static void test_optimum(void **state)
{
    (void)state;
    tiny t;
    tiny_load(&t);
    for (fr_cluster_order order = FR_CLUSTER_FIFO; order <= FR_CLUSTER_RANDOM; order++) {
        fr_cluster_vector vector;
        fr_cluster_l1_settings settings;
        fr_cluster_l1_settings_default(&settings);
        settings.alpha = cluster_number(t.json, "alpha");
        settings.rho = cluster_number(t.json, "rho");
        settings.order = order;
        settings.tolerance = 1e-14;
        assert_ok(fr_cluster_l1(t.workspace, &t.seeds, &settings, &vector));
        check_vector(&t.graph, &vector);
        assert_int_equal(vector.count, 3);
        double *p = dense_of(&vector, t.graph.n), x[6];
        for (int k = 0; k < 6; k++)
            x[k] = p[k] / fr_graph_degree(&t.graph, k);
        check_rationals(t.json, "p", p);
        check_rationals(t.json, "x", x);
        free(p);
        fr_cluster_vector_free(&vector);
    }
    tiny_free(&t);
}

static void test_pushes(void **state)
{
    (void)state;
    tiny t;
    tiny_load(&t);
    fr_cluster_vector vector;
    fr_cluster_acl_settings settings;
    fr_cluster_acl_settings_default(&settings);
    settings.alpha = cluster_number(t.json, "alpha");
    settings.eps = 0.05;
    settings.keep_residual = true;
    assert_ok(fr_cluster_acl(t.workspace, &t.seeds, &settings, &vector));
    const json_t *expected = json_object_get(t.json, "acl_eps_0.05"), *p = json_object_get(expected, "p"),
                 *r = json_object_get(expected, "r");
    assert_int_equal(vector.info.pushes, (int64_t)cluster_number(expected, "pushes"));
    double *got = dense_of(&vector, t.graph.n), residual[6] = {0};
    for (int64_t k = 0; k < vector.n_residual; k++)
        residual[vector.residual_node[k]] = vector.residual[k];
    for (size_t k = 0; k < 6; k++) {
        assert_near(got[k], json_number_value(json_array_get(p, k)), 1e-15);
        assert_near(residual[k], json_number_value(json_array_get(r, k)), 1e-15);
    }
    free(got);
    fr_cluster_vector_free(&vector);
    tiny_free(&t);
}

static void test_sweep(void **state)
{
    (void)state;
    tiny t;
    tiny_load(&t);
    const int64_t nodes[] = {0, 1, 2, 3};
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep;
    fr_cluster_sweep_settings_default(&settings);
    settings.sorted = settings.keep_profile = true;
    assert_ok(fr_cluster_sweep(t.workspace, 4, nodes, NULL, &settings, &sweep));
    const json_t *rows = json_object_get(t.json, "sweep");
    assert_int_equal(sweep.n_profile, json_array_size(rows));
    for (size_t k = 0; k < json_array_size(rows); k++) {
        const json_t *row = json_array_get(rows, k);
        assert_near(sweep.profile_volume[k], json_number_value(json_array_get(row, 0)), 1e-14);
        assert_near(sweep.profile_cut[k], json_number_value(json_array_get(row, 1)), 1e-14);
        assert_near(sweep.profile_conductance[k], json_number_value(json_array_get(row, 2)), 1e-14);
        assert_int_equal(sweep.profile_node[k], json_integer_value(json_array_get(row, 3)));
    }
    const int64_t best[] = {0, 1, 2};
    assert_set_equal(sweep.best.count, sweep.best.node, 3, best);
    fr_cluster_sweep_result_free(&sweep);
    tiny_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_optimum),
        cmocka_unit_test(test_pushes),
        cmocka_unit_test(test_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
