/* The exact path against reference values: the hand-checkable graph, and paths found by an independent active set method. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void run(const fr_graph *graph, int64_t count, const int64_t *seeds,
                const fr_cluster_path_settings *settings, fr_cluster_path_result *out)
{
    fr_cluster_workspace *workspace;
    fr_cluster_seeds given = {.count = count, .node = seeds};
    assert_ok(fr_cluster_workspace_new(graph, &workspace));
    assert_ok(fr_cluster_path(workspace, &given, settings, out));
    fr_cluster_workspace_free(workspace);
}

static void barbell(void **state)
{
    (void)state;
    fr_graph graph;
    cluster_graph_load("barbell6.edgelist", &graph);
    json_t *tiny = cluster_json("tiny_barbell6.json"), *path = json_object_get(tiny, "path_alpha_1/5");
    fr_cluster_path_settings settings;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = 0.2;
    fr_cluster_path_result got;
    int64_t seed = 0;
    run(&graph, 1, &seed, &settings, &got);
    assert_int_equal(got.count, 6);
    assert_int_equal(json_array_size(path), 6);
    const double exact[] = {1.0 / 2, 1.0 / 8, 1.0 / 10, 1.0 / 31, 1.0 / 90, 1.0 / 90};
    for (int64_t k = 0; k < 6; k++) {
        assert_int_equal(got.node[k], json_integer_value(json_array_get(json_array_get(path, (size_t)k), 1)));
        assert_close(got.rho[k], exact[k], 1e-15); /* six steps without a subtraction */
    }
    assert_true(got.rho[4] == got.rho[5]);
    /* The best support is the triangle of the seed. */
    const int64_t triangle[] = {0, 1, 2};
    assert_set_equal(got.best.count, got.best.node, 3, triangle);
    assert_close(got.best.scores.conductance, 1.0 / 7, 1e-15);
    fr_cluster_path_result_free(&got);
    json_decref(tiny);
    fr_graph_free(&graph);
}

/* Entries and breakpoints of one case; nodes whose breakpoints are equal to 1e-9 may come in another order. */
static void compare(const json_t *item, const char *file)
{
    fr_graph graph;
    cluster_graph_load(cluster_text(item, "graph"), &graph);
    int64_t count, n_seeds, *seeds = cluster_nodes(item, "seeds", &n_seeds);
    double *rho = cluster_column(file, "rho_enter", &count), *node = cluster_column(file, "node", &count);
    fr_cluster_path_settings settings;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = cluster_number(item, "alpha");
    settings.rho_min = cluster_number(item, "rho_min");
    /* The reference stopped two of them by number. */
    if (count == 120 || count == 150) settings.max_nodes = count;
    fr_cluster_path_result got;
    run(&graph, n_seeds, seeds, &settings, &got);
    assert_int_equal(got.count, count);
    for (int64_t k = 0; k < count; k++) {
        assert_close(got.rho[k], rho[k], 1e-9);
        if (got.node[k] == (int64_t)node[k]) continue;
        int64_t there = -1;
        for (int64_t l = 0; l < count; l++)
            if ((int64_t)node[l] == got.node[k]) there = l;
        assert_true(there >= 0);
        assert_close(rho[there], rho[k], 1e-9);
    }
    assert_true(got.info.converged);
    fr_cluster_path_result_free(&got);
    free(rho);
    free(node);
    free(seeds);
    fr_graph_free(&graph);
}

static void stored_paths(void **state)
{
    (void)state;
    json_t *cases = cluster_json("path_cases.json"), *item;
    size_t k;
    assert_int_equal(json_array_size(cases), 4);
    json_array_foreach(cases, k, item)
    {
        char file[64];
        snprintf(file, sizeof file, "path_%s.csv", cluster_text(item, "name"));
        compare(item, file);
    }
    json_decref(cases);
}

static void block_model(void **state)
{
    (void)state;
    json_t *model = cluster_json("sbm500.json");
    compare(json_object_get(model, "path"), "path_sbm500.csv");
    json_decref(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(barbell),
        cmocka_unit_test(stored_paths),
        cmocka_unit_test(block_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
