/* ACL and coordinate descent: the vector kernel against the plain one, workspaces, seeds, limits, mapped files that lie. */
#include "cluster_cases.h"
#include "support.h"

#include <cluster/push.h>
#include <cluster/rank.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the kernel --------------------------------------------------------------------------------------------------------- */

/* The same random rows pushed by both kernels leave the same bytes everywhere. */
static void compare_kernels(uint64_t seed, bool weighted)
{
    fr_graph graph;
    random_cluster_graph(seed, 300, 4000, weighted, 20, &graph);
    push_scratch *scratch[2];
    fr_cluster_workspace *workspace[2];
    for (int k = 0; k < 2; k++) {
        assert_ok(fr_cluster_workspace_new(&graph, &workspace[k]));
        assert_ok(push_scratch_get(workspace[k], &scratch[k]));
    }
    scratch[1]->push_arcs = push_arcs_plain;
    fr_rng rng;
    fr_rng_init(&rng, seed, 1, 0);
    for (int row = 0; row < 200; row++) {
        uint32_t node = (uint32_t)fr_rng_below(&rng, graph.n);
        double share = pow(10, -6 * fr_rng_uniform(&rng)), threshold = pow(10, -4 * fr_rng_uniform(&rng));
        for (int k = 0; k < 2; k++) {
            assert_ok(push_ready(workspace[k], scratch[k], node));
            push_row(scratch[k], node, share, threshold);
        }
    }
    assert_int_equal(scratch[0]->n_touched, scratch[1]->n_touched);
    assert_int_equal(scratch[0]->tail, scratch[1]->tail);
    assert_true(scratch[0]->tail > 20); /* or nothing was compared */
    assert_memory_equal(scratch[0]->touched, scratch[1]->touched,
                        (size_t)scratch[0]->n_touched * sizeof(uint32_t));
    assert_memory_equal(scratch[0]->queue, scratch[1]->queue, (size_t)scratch[0]->tail * sizeof(uint32_t));
    assert_memory_equal(scratch[0]->node, scratch[1]->node, (size_t)graph.n * sizeof(push_node));
    for (int k = 0; k < 2; k++) {
        push_clear(scratch[k]);
        for (int64_t i = 0; i < graph.n; i++)
            assert_true(scratch[k]->node[i].residual == 0 && scratch[k]->p[i] == 0);
        fr_cluster_workspace_free(workspace[k]);
    }
    fr_graph_free(&graph);
}

static void test_kernels_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        compare_kernels(seed, seed % 2 == 0);
}

/* ---- workspaces --------------------------------------------------------------------------------------------------------- */

static fr_cluster_vector run_method(fr_cluster_workspace *workspace, int method, int64_t seed)
{
    fr_cluster_vector vector;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    if (method == 0) {
        fr_cluster_acl_settings settings = {.alpha = 0.1, .eps = 1e-4, .keep_residual = true};
        assert_ok(fr_cluster_acl(workspace, &seeds, &settings, &vector));
    } else if (method == 1) {
        fr_cluster_heat_settings settings = {.t = 3, .eps = 1e-3};
        assert_ok(fr_cluster_heat(workspace, &seeds, &settings, &vector));
    } else {
        fr_cluster_l1_settings settings;
        fr_cluster_l1_settings_default(&settings);
        settings.alpha = 0.1;
        settings.rho = 1e-3;
        settings.keep_residual = true;
        settings.tolerance = method % 2 == 0 ? 1e-2 : 1e-6;
        settings.solver = method < 7 ? FR_CLUSTER_CD : method == 7 ? FR_CLUSTER_ISTA : FR_CLUSTER_FISTA;
        settings.order = method < 7 ? (fr_cluster_order)(method / 2 - 1) : FR_CLUSTER_FIFO;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &vector));
    }
    return vector;
}

/* A call after any other gives what it gives on a fresh workspace. */
static void test_calls_leave_no_trace(void **state)
{
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        fr_graph graph;
        fr_cluster_workspace *used, *fresh;
        random_cluster_graph(4, 400, 900, weighted, 30, &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &used));
        for (int64_t seed = 0; seed < 12; seed++)
            for (int method = 0; method < 9; method++) {
                assert_ok(fr_cluster_workspace_new(&graph, &fresh));
                fr_cluster_vector a = run_method(used, method, seed), b = run_method(fresh, method, seed);
                check_vector(&graph, &a);
                assert_vector_equal(&a, &b);
                fr_cluster_vector_free(&a);
                fr_cluster_vector_free(&b);
                fr_cluster_workspace_free(fresh);
            }
        fr_cluster_workspace_free(used);
        fr_graph_free(&graph);
    }
}

/* ---- seeds and limits ----------------------------------------------------------------------------------------------------- */

/* A triangle 0 1 2 and the nodes 3, 4 without neighbours. */
static void small_graph(fr_graph *graph)
{
    const uint32_t from[] = {0, 1, 2}, to[] = {1, 2, 0};
    assert_ok(fr_graph_from_arcs(5, 3, from, to, NULL, NULL, graph));
}

static void test_isolated_seeds(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    small_graph(&graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    const int64_t nodes[] = {3, 0, 3};
    fr_cluster_seeds seeds = {.count = 3, .node = nodes};
    fr_cluster_acl_settings acl = {.alpha = 0.2, .eps = 1e-3, .keep_residual = true};
    assert_ok(fr_cluster_acl(workspace, &seeds, &acl, &vector));
    check_vector(&graph, &vector);
    assert_int_equal(vector.count, 4); /* the triangle, and the seed 3 with p = 0 */
    assert_true(vector.info.isolated_mass == 0.5 && vector.node[3] == 3 && vector.p[3] == 0);
    assert_near(vector.info.sum_p + vector.info.sum_residual, 1, 1e-15);
    assert_true(vector.residual_node[vector.n_residual - 1] == 3);
    assert_true(vector.residual[vector.n_residual - 1] == 0.5);
    fr_cluster_vector_free(&vector);
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.rho = 1e-3;
    for (fr_cluster_solver solver = FR_CLUSTER_CD; solver <= FR_CLUSTER_FISTA; solver++) {
        l1.solver = solver;
        assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &vector));
        check_vector(&graph, &vector);
        assert_int_equal(vector.count, 3);
        assert_true(vector.info.converged && vector.info.isolated_mass == 0.5);
        assert_near(vector.info.sum_p + vector.info.sum_residual, 1, 1e-14);
        fr_cluster_vector_free(&vector);
    }
    seeds = (fr_cluster_seeds){.count = 1, .node = nodes}; /* nothing but an isolated seed */
    l1.solver = FR_CLUSTER_CD;
    assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &vector));
    assert_true(vector.count == 0 && vector.info.converged && vector.info.isolated_mass == 1);
    fr_cluster_vector_free(&vector);
    fr_cluster_heat_settings heat = {.t = 2, .eps = 1e-3};
    assert_ok(fr_cluster_heat(workspace, &seeds, &heat, &vector));
    assert_true(vector.count == 0 && vector.info.isolated_mass == 1);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_seed_masses(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    random_cluster_graph(8, 60, 100, true, 3, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    const int64_t nodes[] = {5, 9, 5};
    const double mass[] = {1, 3, 100};
    fr_cluster_acl_settings settings = {.alpha = 0.2, .eps = 1e-4};
    double expected[] = {1, 1, 2, 1};
    for (int way = 0; way < 4; way++) {
        fr_cluster_seeds seeds = {.count = 3, .node = nodes, .mass = way == 3 ? mass : NULL};
        seeds.rule = way == 3 ? FR_CLUSTER_UNIFORM : (fr_cluster_mass)way;
        fr_cluster_vector vector;
        assert_ok(fr_cluster_acl(workspace, &seeds, &settings, &vector));
        assert_near(vector.info.sum_p + vector.info.sum_residual, expected[way], 1e-13);
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* Where a limit ends the run, the certificate still holds, and says that it did not converge. */
static void test_limits(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    random_cluster_graph(2, 500, 1500, true, 10, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 7;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_acl_settings acl = {.alpha = 0.1, .eps = 1e-6, .max_steps = 5};
    assert_ok(fr_cluster_acl(workspace, &seeds, &acl, &vector));
    assert_true(vector.info.steps == 5 && !vector.info.converged);
    fr_cluster_vector_free(&vector);
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.alpha = 0.01;
    for (int way = 0; way < 7; way++) {
        l1.solver = way < 5 ? FR_CLUSTER_CD : way == 5 ? FR_CLUSTER_ISTA : FR_CLUSTER_FISTA;
        l1.order = way < 4 ? (fr_cluster_order)way : FR_CLUSTER_FIFO;
        l1.tolerance = way == 4 ? 1e-2 : 1e-6;
        l1.max_steps = 5;
        l1.time_limit = 0;
        assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &vector));
        check_vector(&graph, &vector);
        assert_true(vector.info.steps == 5 && !vector.info.converged);
        assert_true(vector.info.error_bound > l1.tolerance * l1.rho && isfinite(vector.info.duality_gap));
        fr_cluster_vector_free(&vector);
        l1.max_steps = 0;
        l1.time_limit = 1e-9;
        assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &vector));
        assert_true(!vector.info.converged);
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A tolerance below what doubles can hold ends with an honest no. */
static void test_unreachable_tolerance(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    random_cluster_graph(3, 200, 500, true, 10, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 7;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = 0.01;
    settings.rho = 1e-9;
    settings.tolerance = 1e-17;
    for (fr_cluster_solver solver = FR_CLUSTER_CD; solver <= FR_CLUSTER_FISTA; solver++) {
        settings.solver = solver;
        assert_ok(fr_cluster_l1(workspace, &seeds, &settings, &vector));
        assert_true(!vector.info.converged);
        assert_true(vector.info.error_bound < 1e-12); /* x / alpha times a few roundings */
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_interruption(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    random_cluster_graph(3, 200, 500, false, 0, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t seed = 7;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_acl_settings acl = {.alpha = 0.1, .eps = 1e-6};
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    fr_interrupt();
    assert_int_equal(fr_cluster_acl(workspace, &seeds, &acl, &vector), FR_EINTERRUPTED);
    assert_true(vector.count == 0 && vector.node == NULL);
    assert_int_equal(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EINTERRUPTED);
    assert_true(vector.count == 0 && vector.node == NULL);
    fr_interrupt_clear();
    assert_ok(fr_cluster_l1(workspace, &seeds, &l1, &vector));
    check_vector(&graph, &vector);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void test_usage(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    fr_cluster_info info;
    small_graph(&graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    int64_t node = 0, outside = 5;
    fr_cluster_seeds seeds = {.count = 1, .node = &node}, bad = {.count = 1, .node = &outside}, none = {0};
    fr_cluster_acl_settings acl;
    fr_cluster_acl_settings_default(&acl);
    acl.alpha = 1;
    assert_refused(fr_cluster_acl(workspace, &seeds, &acl, &vector), FR_EUSAGE, "alpha");
    acl.alpha = 0.1;
    acl.eps = 0;
    assert_refused(fr_cluster_acl(workspace, &seeds, &acl, &vector), FR_EUSAGE, "eps");
    acl.eps = 1e-3;
    acl.max_steps = -1;
    assert_refused(fr_cluster_acl(workspace, &seeds, &acl, &vector), FR_EUSAGE, "limits of steps");
    acl.max_steps = 0;
    double masses = -0.5;
    fr_cluster_seeds weighted = {.count = 1, .node = &node, .mass = &masses};
    assert_refused(fr_cluster_acl(workspace, &weighted, &acl, &vector), FR_EUSAGE, "mass -0.5");
    masses = 0;
    assert_refused(fr_cluster_acl(workspace, &weighted, &acl, &vector), FR_EUSAGE, "all masses are 0");
    assert_refused(fr_cluster_acl(workspace, &bad, &acl, &vector), FR_EUSAGE, "seed 5");
    assert_refused(fr_cluster_acl(workspace, &none, &acl, &vector), FR_EUSAGE, "no seeds");
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.rho = -1;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "rho");
    l1.rho = NAN;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "rho");
    l1.rho = 1e-3;
    l1.tolerance = 0;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "tolerance");
    l1.tolerance = 1e-6;
    l1.time_limit = NAN;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "limits of steps");
    l1.time_limit = 0;
    l1.solver = (fr_cluster_solver)-1;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "no solver number -1");
    l1.solver = FR_CLUSTER_CD;
    l1.order = (fr_cluster_order)9;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "no order number 9");
    l1.order = FR_CLUSTER_FIFO;
    fr_cluster_vector start = {.count = 1, .node = &outside, .p = (double[]){0.1}};
    l1.start = &start;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "no p_over_degree");
    start.p_over_degree = start.p;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EUSAGE, "not one of this graph");
    double mass = 0.5;
    int64_t isolated = 3;
    assert_refused(fr_cluster_certify(workspace, &seeds, 0.1, 0.1, 1, &isolated, &mass, &info), FR_EUSAGE,
                   "no neighbours");
    mass = -1;
    assert_refused(fr_cluster_certify(workspace, &seeds, 0.1, 0.1, 1, &node, &mass, &info), FR_EUSAGE,
                   "mass");
    assert_ok(fr_cluster_acl(workspace, &seeds, &acl, &vector)); /* nothing was left behind */
    check_vector(&graph, &vector);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* ---- arrays that lie, as a damaged file would -------------------------------------------------------------------------------- */

static void refuse_graph(int64_t n, const int64_t *row, const uint32_t *neighbour, const double *weight,
                         const char *part)
{
    double degree[] = {2, 2, 2, 0};
    fr_graph graph = {.n = n,
                      .n_arcs = 6,
                      .row = row,
                      .neighbour = neighbour,
                      .weight = weight,
                      .degree = weight != NULL ? degree : NULL,
                      .volume = 6,
                      .min_weight = 1,
                      .max_weight = 1};
    fr_cluster_workspace *workspace;
    fr_cluster_vector vector;
    int64_t seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_cluster_acl_settings acl = {.alpha = 0.1, .eps = 1e-4};
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    fr_cluster_heat_settings heat = {.t = 2, .eps = 1e-4};
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    assert_refused(fr_cluster_acl(workspace, &seeds, &acl, &vector), FR_EINPUT, part);
    assert_refused(fr_cluster_heat(workspace, &seeds, &heat, &vector), FR_EINPUT, part);
    for (fr_cluster_order order = FR_CLUSTER_FIFO; order <= FR_CLUSTER_RANDOM; order++) {
        l1.order = order;
        assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EINPUT, part);
    }
    l1.solver = FR_CLUSTER_ISTA;
    assert_refused(fr_cluster_l1(workspace, &seeds, &l1, &vector), FR_EINPUT, part);
    fr_cluster_workspace_free(workspace);
}

static void test_damaged_graphs(void **state)
{
    (void)state;
    const int64_t good[] = {0, 2, 4, 6}, wild[] = {0, 2, 4, 1000}, back[] = {0, 2, 1, 0},
                  empty[] = {0, 2, 2, 4};
    const uint32_t triangle[] = {1, 2, 0, 2, 0, 1}, far[] = {1, 2, 0, 77, 0, 1}, twice[] = {1, 2, 0, 0, 0, 1},
                   missing[] = {1, 2, 0, 1, 0, 1};
    const double weight[] = {1, 1, 1, 1, 1, 1.5}, negative[] = {1, 1, 1, -1, 1, 1};
    refuse_graph(3, good, far, NULL, "goes to 77");
    refuse_graph(3, good, twice, NULL, "goes to 0");
    refuse_graph(3, wild, triangle, NULL, "outside of the arcs");
    refuse_graph(3, back, triangle, NULL, "outside of the arcs");
    refuse_graph(3, empty, missing, NULL, "no arcs of its own");
    refuse_graph(3, good, triangle, weight, "sum to");
    refuse_graph(3, good, triangle, negative, "weight -1");
}

/* ---- parameters, sorting ------------------------------------------------------------------------------------------------------ */

static void test_nibble_parameters(void **state)
{
    (void)state;
    fr_graph graph;
    double alpha, eps;
    random_cluster_graph(3, 100, 413, false, 0, &graph);
    double m = (double)graph.n_arcs / 2;
    assert_ok(fr_cluster_nibble_parameters(&graph, 100, 0.5, &alpha, &eps));
    assert_close(alpha, 0.25 / (225 * log(100 * sqrt(m))), 1e-14);
    assert_close(eps, 1 / (exp2(1 + log2(100)) * 48 * log2(m)), 1e-14);
    assert_ok(fr_cluster_nibble_parameters(&graph, 0, 1, &alpha, &eps)); /* volume 1 */
    assert_close(eps, 1 / (2 * 48 * log2(m)), 1e-14);
    assert_ok(fr_cluster_nibble_parameters(&graph, 1e9, 1, &alpha, &eps)); /* no more than all */
    assert_close(eps, 1 / (m * 48 * log2(m)), 1e-12);
    assert_refused(fr_cluster_nibble_parameters(&graph, -1, 0.5, &alpha, &eps), FR_EUSAGE, "volume");
    assert_refused(fr_cluster_nibble_parameters(&graph, 1, 0, &alpha, &eps), FR_EUSAGE, "conductance");
    assert_close(fr_cluster_rho_for_volume(300), 5e-4, 1e-15);
    fr_graph_free(&graph);
}

static int by_rank(const void *a, const void *b)
{
    const rank_item *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static void test_rank_sort(void **state)
{
    (void)state;
    enum { most = 3000 };
    rank_item items[2 * most], expected[most];
    fr_rng rng;
    fr_rng_init(&rng, 1, 2, 3);
    for (int64_t count = 0; count <= most; count = count < 70 ? count + 1 : 3 * count) {
        for (int64_t k = 0; k < count; k++) {
            double value = fr_rng_below(&rng, 3) == 0 ? (double)fr_rng_below(&rng, 3) - 1
                                                      : fr_rng_normal(&rng) * exp(20 * fr_rng_normal(&rng));
            items[k] = (rank_item){.key = rank_descending(value), .node = (uint32_t)fr_rng_bits(&rng)};
        }
        memcpy(expected, items, sizeof expected);
        qsort(expected, (size_t)count, sizeof *expected, by_rank);
        rank_sort(count, items, items + count);
        assert_true(rank_sorted(count, items));
        if (count > 0) assert_memory_equal(items, expected, (size_t)count * sizeof *items);
    }
    const double values[] = {INFINITY, 1e300, 1, 0x1p-1074, 0, -0x1p-1074, -1, -1e300, -INFINITY};
    for (size_t k = 1; k < sizeof values / sizeof *values; k++)
        assert_true(rank_descending(values[k - 1]) < rank_descending(values[k]));
    assert_true(rank_descending(0.0) == rank_descending(-0.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels_agree),  cmocka_unit_test(test_calls_leave_no_trace),
        cmocka_unit_test(test_isolated_seeds), cmocka_unit_test(test_seed_masses),
        cmocka_unit_test(test_limits),         cmocka_unit_test(test_unreachable_tolerance),
        cmocka_unit_test(test_interruption),   cmocka_unit_test(test_usage),
        cmocka_unit_test(test_damaged_graphs), cmocka_unit_test(test_nibble_parameters),
        cmocka_unit_test(test_rank_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
