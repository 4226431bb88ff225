/* l1-PageRank against optima found by an active set with extended-precision refinement (12 graphs, some weighted,
 * some with loops): every solver, and every order of coordinate descent. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    fr_graph graph;
    json_t *json; /* the case */
    fr_cluster_workspace *workspace;
    fr_cluster_seeds seeds;
    fr_cluster_l1_settings settings;
    double *p;        /* n: the optimum */
    double *residual; /* n: of the optimum, where the file has one */
    int64_t *seed_list;
} l1_case;

static void case_load(json_t *json, l1_case *out)
{
    char file[128];
    memset(out, 0, sizeof *out);
    out->json = json;
    cluster_graph_load(cluster_text(json, "graph"), &out->graph);
    assert_ok(fr_cluster_workspace_new(&out->graph, &out->workspace));
    out->seed_list = cluster_nodes(json, "seeds", &out->seeds.count);
    out->seeds.node = out->seed_list;
    fr_cluster_l1_settings_default(&out->settings);
    out->settings.alpha = cluster_number(json, "alpha");
    out->settings.rho = cluster_number(json, "rho");
    int64_t rows;
    snprintf(file, sizeof file, "l1_%s.csv", cluster_text(json, "name"));
    double *node = cluster_column(file, "node", &rows), *p = cluster_column(file, "p", &rows),
           *residual = cluster_column(file, "residual", &rows);
    out->p = calloc((size_t)out->graph.n, sizeof *out->p);
    out->residual = calloc((size_t)out->graph.n, sizeof *out->residual);
    if (out->p == NULL || out->residual == NULL) abort();
    for (int64_t k = 0; k < rows; k++) {
        out->p[(int64_t)node[k]] = p[k];
        out->residual[(int64_t)node[k]] = residual[k];
    }
    free(node);
    free(p);
    free(residual);
}

static void case_free(l1_case *c)
{
    free(c->p);
    free(c->residual);
    free(c->seed_list);
    fr_cluster_workspace_free(c->workspace);
    fr_graph_free(&c->graph);
}

/* p within its certificate of the optimum, which has an error of its own of 1e-15 or so. */
static void check_certificate(const l1_case *c, const fr_cluster_vector *vector)
{
    const fr_cluster_info *info = &vector->info;
    double *p = dense_of(vector, c->graph.n);
    for (int64_t i = 0; i < c->graph.n; i++) {
        double degree = fr_graph_degree(&c->graph, i), rounding = 2e-15;
        if (!(p[i] >= c->p[i] - info->delta_below * degree - rounding &&
              p[i] <= c->p[i] + info->delta_above * degree + rounding))
            fail_msg("%s: node %lld has p %.17g, the optimum %.17g, outside of the bounds -%g, +%g",
                     cluster_text(c->json, "name"), (long long)i, p[i], c->p[i], info->delta_below * degree,
                     info->delta_above * degree);
    }
    assert_true(info->error_bound == fmax(info->delta_below, info->delta_above));
    double best = cluster_number(c->json, "objective");
    assert_true(info->objective >= best - 1e-12 * fabs(best)); /* the reference's own accuracy */
    assert_true(info->objective - info->duality_gap <= best + 1e-12 * fabs(best));
    free(p);
}

/* The support is the optimum's, but for nodes whose optimum is below the tolerance. */
static void check_support(const l1_case *c, const fr_cluster_vector *vector, double tolerance, bool within)
{
    double *p = dense_of(vector, c->graph.n), bound = tolerance * c->settings.rho;
    int64_t missing = 0;
    for (int64_t i = 0; i < c->graph.n; i++) {
        if (within && p[i] > 0) assert_true(c->p[i] > 0);
        if (p[i] == 0 && c->p[i] > 0) {
            assert_true(c->p[i] <= bound * fr_graph_degree(&c->graph, i) * (1 + 1e-9));
            missing++;
        }
    }
    if (within) assert_int_equal(vector->count + missing, (int64_t)cluster_number(c->json, "nnz"));
    free(p);
}

/* The best sweep of the answer is that of the optimum, as long as p is much nearer to it than the values are to
 * each other. */
static void check_sweep(const l1_case *c, const fr_cluster_vector *vector)
{
    fr_cluster_sweep_result sweep;
    assert_ok(
        fr_cluster_sweep(c->workspace, vector->count, vector->node, vector->p_over_degree, NULL, &sweep));
    assert_near(sweep.best.scores.conductance, cluster_number(c->json, "sweep_conductance"), 1e-12);
    assert_int_equal(sweep.prefix, (int64_t)cluster_number(c->json, "sweep_size"));
    int64_t count, *set = cluster_nodes(c->json, "sweep_set", &count);
    if (set != NULL) assert_set_equal(sweep.best.count, sweep.best.node, count, set);
    free(set);
    fr_cluster_sweep_result_free(&sweep);
}

static void check_solver(l1_case *c, fr_cluster_solver solver, fr_cluster_order order, double tolerance)
{
    fr_cluster_vector vector;
    c->settings.solver = solver;
    c->settings.order = order;
    c->settings.tolerance = tolerance;
    c->settings.keep_residual = true;
    assert_ok(fr_cluster_l1(c->workspace, &c->seeds, &c->settings, &vector));
    if (!vector.info.converged)
        fail_msg("%s: solver %d, order %d did not converge: %lld steps, error bound %g of rho",
                 cluster_text(c->json, "name"), solver, order, (long long)vector.info.steps,
                 vector.info.error_bound / c->settings.rho);
    check_vector(&c->graph, &vector);
    assert_true(vector.info.error_bound <= tolerance * c->settings.rho);
    check_certificate(c, &vector);
    check_support(c, &vector, tolerance, solver != FR_CLUSTER_FISTA);
    assert_near(vector.info.sum_p + vector.info.sum_residual, 1, 1e-12);
    if (tolerance <= 1e-6) {
        /* sum_p is within error_bound times the volume; the objective within the gap, quadratic in the error */
        assert_near(vector.info.sum_p, cluster_number(c->json, "sum_p"),
                    1e-10 + tolerance * c->settings.rho * cluster_number(c->json, "vol_support"));
        assert_close(vector.info.objective, cluster_number(c->json, "objective"), 1e-9);
    }
    if (tolerance <= 1e-8) check_sweep(c, &vector);
    for (int64_t k = 0; k < vector.n_residual; k++) {
        int64_t node = vector.residual_node[k];
        double bound = vector.info.error_bound * fr_graph_degree(&c->graph, node);
        /* r - r* = -Q (x - x*) / alpha: at most (1 + alpha)/alpha times the error of x */
        assert_near(vector.residual[k], c->residual[node],
                    (1 + c->settings.alpha) / c->settings.alpha * bound + 1e-14);
    }
    fr_cluster_vector_free(&vector);
}

typedef void check_function(l1_case *c);

static void for_each_case(check_function *check)
{
    json_t *cases = cluster_json("l1_cases.json"), *block = cluster_json("sbm500.json"), *json;
    size_t k;
    json_array_extend(cases, json_object_get(block, "l1"));
    json_array_foreach(cases, k, json)
    {
        l1_case c;
        case_load(json, &c);
        check(&c);
        case_free(&c);
    }
    json_decref(cases);
    json_decref(block);
}

static void fifo(l1_case *c)
{
    check_solver(c, FR_CLUSTER_CD, FR_CLUSTER_FIFO, 1e-1);
    check_solver(c, FR_CLUSTER_CD, FR_CLUSTER_FIFO, 1e-2);
    check_solver(c, FR_CLUSTER_CD, FR_CLUSTER_FIFO, 1e-6);
    check_solver(c, FR_CLUSTER_CD, FR_CLUSTER_FIFO, 1e-10);
}

static void test_fifo(void **state)
{
    (void)state;
    for_each_case(fifo);
}

static void other_orders(l1_case *c)
{
    for (fr_cluster_order order = FR_CLUSTER_CYCLIC; order <= FR_CLUSTER_RANDOM; order++)
        check_solver(c, FR_CLUSTER_CD, order, 1e-6);
}

static void test_other_orders(void **state)
{
    (void)state;
    for_each_case(other_orders);
}

static void proximal(l1_case *c)
{
    check_solver(c, FR_CLUSTER_ISTA, FR_CLUSTER_FIFO, 1e-6);
    check_solver(c, FR_CLUSTER_FISTA, FR_CLUSTER_FIFO, 1e-6);
}

static void test_proximal_gradient(void **state)
{
    (void)state;
    for_each_case(proximal);
}

/* The counts of FIFO that the reference's authors measured (JohnsHopkins, seed 3382, alpha .05, rho 1e-5,
 * tolerance 1e-2): the order is part of what is promised there. */
static void test_fifo_counts(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    fr_cluster_l1_settings settings;
    int64_t seed = 3382;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    cluster_graph_load("JohnsHopkins.edgelist.gz", &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = 0.05;
    settings.rho = 1e-5;
    settings.tolerance = 1e-2;
    assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &vector));
    assert_true(vector.info.converged);
    assert_int_equal(vector.info.steps, 1457);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_other_orders),
        cmocka_unit_test(test_proximal_gradient),
        cmocka_unit_test(test_fifo_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
