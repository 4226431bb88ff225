/* Fiedler vectors and Dirichlet eigenvectors against stored eigenvalues and sweeps. */
#include "support.h"
#include "cluster_cases.h"

#include <cluster/lanczos.h>

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The reference eigenvalues come from dense or shift-invert solvers with residuals below 1e-15; ours are accurate to the square
 * of the residual asked for (1e-10) over the gap (3e-4 and more). */
static const double tolerance = 1e-9;

/* The graph of a case; its name may be followed by a remark. */
static void load_graph(const json_t *item, fr_graph *out)
{
    char name[128];
    snprintf(name, sizeof name, "%s", cluster_text(item, "graph"));
    name[strcspn(name, " ")] = '\0';
    cluster_graph_load(name, out);
}

/* The sweep cuts two sides of which either may be the answer: sizes k and n - k are the same. */
static void expect_sweep(const fr_cluster_sweep_result *sweep, int64_t n, double conductance, int64_t size)
{
    assert_near(sweep->best.scores.conductance, conductance, tolerance);
    if (sweep->best.count != size && sweep->best.count != n - size)
        fail_msg("the sweep has %lld of %lld nodes, expected %lld or the others",
                 (long long)sweep->best.count, (long long)n, (long long)size);
}

static void fiedler_vectors(void **state)
{
    (void)state;
    json_t *cases = cluster_json("spectral.json"), *item;
    size_t k;
    json_array_foreach(cases, k, item)
    {
        fr_graph graph;
        fr_cluster_fiedler_settings settings;
        fr_cluster_spectral_result result;
        load_graph(item, &graph);
        fr_cluster_fiedler_settings_default(&settings);
        settings.whole_graph = true;
        settings.dimensions = 2;
        assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
        assert_true(result.converged && result.residual <= 1e-10);
        assert_int_equal(result.n_values, 2);
        assert_near(result.lambda[0], cluster_number(item, "lambda2"), tolerance);
        assert_near(result.lambda[1], cluster_number(item, "lambda3"), tolerance);
        expect_sweep(&result.sweep, result.n, cluster_number(item, "sweep_cond_best"),
                     (int64_t)cluster_number(item, "sweep_size"));
        fr_cluster_spectral_result_free(&result);
        fr_graph_free(&graph);
    }
    assert_int_equal(k, 6);
    json_decref(cases);
}

/* A basis that is orthogonal to the square root of the precision leaves a residual of 1.5e-10 here. The eigenvalue is that of
 * LAPACK's dense solver. */
static void where_the_basis_is_not_enough(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_fiedler_settings settings;
    fr_cluster_spectral_result result;
    cluster_graph_load("ca-GrQc-cc.csv.gz", &graph);
    fr_cluster_fiedler_settings_default(&settings);
    for (settings.tolerance = 1e-10; settings.tolerance > 1e-14; settings.tolerance /= 100) {
        assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
        assert_true(result.converged && result.residual <= settings.tolerance);
        assert_true(result.products < 2000);
        assert_near(result.lambda[0], 0.0018672342520288658,
                    1e-14); /* of an eigenvalue of norm 2: rounding */
        fr_cluster_spectral_result_free(&result);
    }
    fr_graph_free(&graph);
}

/* Steps far beyond the convergence of the vectors that a restart has kept: they must not come back into the basis, which stays
 * orthogonal to the square root of the precision. */
static void converged_vectors_stay_out(void **state)
{
    (void)state;
    enum { capacity = 300, keep = 20, restarts = 3 };
    fr_graph graph;
    walk_matrix matrix;
    lanczos space;
    cluster_graph_load("ca-GrQc-cc.csv.gz", &graph);
    int64_t n = graph.n;
    double *trivial = fr_alloc(n, sizeof *trivial), *start = fr_alloc(n, sizeof *start);
    double *gram = fr_alloc(capacity * capacity, sizeof *gram);
    int64_t *nodes = fr_alloc(n, sizeof *nodes);
    assert_true(trivial != NULL && start != NULL && gram != NULL && nodes != NULL);
    for (int64_t i = 0; i < n; i++)
        nodes[i] = i, trivial[i] = sqrt(fr_graph_degree(&graph, i) / graph.volume);
    assert_ok(walk_matrix_new(&graph, n, nodes, NULL, &matrix));
    assert_ok(lanczos_new(&matrix, 1, trivial, capacity, &space));
    lanczos_start(&matrix, 0, start);
    assert_ok(lanczos_begin(&space, start));
    for (int restart = 0; restart <= restarts; restart++) {
        if (restart > 0) assert_ok(lanczos_restart(&space, keep));
        while (space.size < space.capacity)
            assert_ok(lanczos_step(&space));
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, capacity, capacity, (int)n, 1, space.basis,
                    (int)n, space.basis, (int)n, 0, gram, capacity);
        for (int64_t k = 0; k < capacity * capacity; k++)
            assert_near(gram[k], k % (capacity + 1) == 0, 2e-8);
    }
    lanczos_free(&space);
    walk_matrix_free(&matrix);
    fr_graph_free(&graph);
    fr_free(nodes);
    fr_free(gram);
    fr_free(trivial);
    fr_free(start);
}

static void dirichlet_vectors(void **state)
{
    (void)state;
    json_t *cases = cluster_json("spectral.json"), *item;
    size_t k;
    int found = 0;
    json_array_foreach(cases, k, item)
    {
        int64_t count, *nodes = cluster_nodes(item, "R", &count);
        if (nodes == NULL) continue;
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_cluster_spectral_result result;
        load_graph(item, &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        assert_ok(fr_cluster_fiedler_local(workspace, count, nodes, 1e-10, &result));
        assert_true(result.converged);
        assert_near(result.lambda[0], cluster_number(item, "lambda_local"), tolerance);
        assert_near(result.sweep.best.scores.conductance, cluster_number(item, "local_sweep_cond"),
                    tolerance);
        assert_int_equal(result.sweep.best.count, cluster_number(item, "local_sweep_size"));
        fr_cluster_spectral_result_free(&result);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
        free(nodes);
        found++;
    }
    assert_int_equal(found, 2);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fiedler_vectors),
        cmocka_unit_test(where_the_basis_is_not_enough),
        cmocka_unit_test(converged_vectors_stay_out),
        cmocka_unit_test(dirichlet_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
