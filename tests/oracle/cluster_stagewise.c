/* Forward stagewise against stored runs: steps, first nodes, sum of p and the distance from the optimum where it stops. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static double largest_difference(int64_t n, const double *a, const double *b)
{
    double largest = 0;
    for (int64_t k = 0; k < n; k++)
        largest = fmax(largest, fabs(a[k] - b[k]));
    return largest;
}

static void stored_runs(void **state)
{
    (void)state;
    json_t *stored = cluster_json("stagewise.json"), *runs = json_object_get(stored, "runs"), *item;
    fr_graph graph;
    cluster_graph_load(cluster_text(stored, "graph"), &graph);
    int64_t seed = (int64_t)cluster_number(stored, "seed");
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));

    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.alpha = cluster_number(stored, "alpha");
    l1.rho = cluster_number(stored, "rho_min");
    l1.solver = FR_CLUSTER_EXACT;
    fr_cluster_vector optimum;
    assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &optimum));
    double *best = dense_of(&optimum, graph.n);

    size_t k;
    assert_int_equal(json_array_size(runs), 3);
    json_array_foreach(runs, k, item)
    {
        fr_cluster_stagewise_settings settings;
        fr_cluster_stagewise_settings_default(&settings);
        settings.alpha = l1.alpha;
        settings.rho_min = l1.rho;
        settings.eta = cluster_number(item, "eta");
        fr_cluster_stagewise_result got;
        assert_ok(fr_cluster_stagewise(workspace, &seeds, &settings, &got));
        int64_t steps = (int64_t)cluster_number(item, "steps"), n_first;
        assert_in_range(got.n_steps, steps - 1,
                        steps + 1); /* the last r/d may lie on either side of rho_min */
        int64_t *first = cluster_nodes(item, "first_nodes", &n_first);
        for (int64_t l = 0; l < n_first; l++)
            assert_int_equal(got.node[l], first[l]);
        double *p = dense_of(&got.vector, graph.n);
        assert_close(largest_difference(graph.n, p, best), cluster_number(item, "max_abs_diff"), 1e-6);
        if (got.n_steps == steps) assert_near(got.vector.info.sum_p, cluster_number(item, "sum_p"), 1e-11);
        check_vector(&graph, &got.vector);
        free(first);
        free(p);
        fr_cluster_stagewise_result_free(&got);
    }
    free(best);
    fr_cluster_vector_free(&optimum);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stored_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
