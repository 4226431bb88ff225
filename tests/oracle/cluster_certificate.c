/* The facts on which certificates and solvers stand, on random weighted graphs with loops, against the optimum by
 * brute force on dense matrices: x* is the least vector with residual <= rho d (F1), is small (F2), grows as rho
 * falls (F3), bounds ACL (F4); the two-sided bound and the gap hold for any x >= 0 (F5, F6). */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { nodes = 40, trials = 24 };

typedef struct {
    fr_graph graph;
    fr_cluster_workspace *workspace;
    double *adjacency;
    double s[nodes];
    int64_t seed[3];
    fr_cluster_seeds seeds;
    double alpha, rho;
    double *p; /* the optimum */
    fr_rng rng;
} trial;

static void trial_make(uint64_t number, trial *out)
{
    *out = (trial){.p = NULL};
    fr_rng_init(&out->rng, number, 5, 0);
    random_cluster_graph(number, nodes, 50, number % 2 == 0, 6, &out->graph);
    assert_ok(fr_cluster_workspace_new(&out->graph, &out->workspace));
    out->adjacency = dense_adjacency(&out->graph);
    out->seeds.count = 1 + (int64_t)(number % 3);
    for (int64_t k = 0; k < out->seeds.count; k++) {
        out->seed[k] = 13 * k + fr_rng_below(&out->rng, 13); /* distinct */
        out->s[out->seed[k]] = 1 / (double)out->seeds.count;
    }
    out->seeds.node = out->seed;
    out->alpha = 0.05 + 0.4 * fr_rng_uniform(&out->rng);
    out->rho = pow(10, -4 + 2 * fr_rng_uniform(&out->rng));
    out->p = dense_l1(&out->graph, out->adjacency, out->alpha, out->rho, out->s);
}

static void trial_free(trial *t)
{
    free(t->p);
    free(t->adjacency);
    fr_cluster_workspace_free(t->workspace);
    fr_graph_free(&t->graph);
}

/* Rounding of brute force: sums of at most `nodes` terms of size p / alpha < 20. */
static const double rounding = 1e-13;

static void for_each_trial(void (*check)(trial *t))
{
    for (uint64_t number = 0; number < trials; number++) {
        trial t;
        trial_make(number, &t);
        check(&t);
        trial_free(&t);
    }
}

static fr_cluster_vector solve(trial *t, double rho, fr_cluster_solver solver, fr_cluster_order order,
                               double tolerance)
{
    fr_cluster_vector vector;
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = t->alpha;
    settings.rho = rho;
    settings.solver = solver;
    settings.order = order;
    settings.tolerance = tolerance;
    assert_ok(fr_cluster_l1(t->workspace, &t->seeds, &settings, &vector));
    check_vector(&t->graph, &vector);
    return vector;
}

static void solvers_agree(trial *t)
{
    static const struct {
        fr_cluster_solver solver;
        fr_cluster_order order;
    } ways[] = {{FR_CLUSTER_CD, FR_CLUSTER_FIFO},    {FR_CLUSTER_CD, FR_CLUSTER_CYCLIC},
                {FR_CLUSTER_CD, FR_CLUSTER_GREEDY},  {FR_CLUSTER_CD, FR_CLUSTER_RANDOM},
                {FR_CLUSTER_EXACT, FR_CLUSTER_FIFO}, {FR_CLUSTER_ISTA, FR_CLUSTER_FIFO},
                {FR_CLUSTER_FISTA, FR_CLUSTER_FIFO}};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
        for (double tolerance = 1e-1; tolerance > 1e-8; tolerance /= 100) {
            fr_cluster_vector vector = solve(t, t->rho, ways[k].solver, ways[k].order, tolerance);
            const fr_cluster_info *info = &vector.info;
            assert_true(info->converged);
            double *p = dense_of(&vector, nodes);
            for (int64_t i = 0; i < nodes; i++) {
                double degree = fr_graph_degree(&t->graph, i);
                assert_true(p[i] >= t->p[i] - info->delta_below * degree - rounding);
                assert_true(p[i] <= t->p[i] + info->delta_above * degree + rounding);
            }
            assert_near(info->objective, dense_objective(&t->graph, t->adjacency, t->alpha, t->rho, t->s, p),
                        rounding);
            free(p);
            fr_cluster_vector_free(&vector);
        }
}

static void test_solvers_agree(void **state)
{
    (void)state;
    for_each_trial(solvers_agree);
}

/* F1 and F2 */
static void least_and_small(trial *t)
{
    double residual[nodes], p[nodes], sum = 0, volume = 0;
    for (int64_t i = 0; i < nodes; i++) {
        sum += t->p[i];
        if (t->p[i] > 0) volume += fr_graph_degree(&t->graph, i);
    }
    assert_true(sum + t->rho * volume <= 1 + rounding);
    /* Any vector, raised wherever the residual is above rho d until it is nowhere: above x*. */
    for (int64_t i = 0; i < nodes; i++)
        p[i] = fr_rng_uniform(&t->rng) < 0.5 ? 0 : t->p[i] * 2 * fr_rng_uniform(&t->rng);
    for (int round = 0; round < 2000; round++) {
        dense_residual(&t->graph, t->adjacency, t->alpha, t->s, p, residual);
        for (int64_t i = 0; i < nodes; i++)
            p[i] +=
                2 * t->alpha / (1 + t->alpha) * fmax(0, residual[i] - t->rho * fr_graph_degree(&t->graph, i));
    }
    for (int64_t i = 0; i < nodes; i++)
        assert_true(p[i] >= t->p[i] - rounding); /* what is left after 2000 rounds is (1 - alpha)^2000 */
}

static void test_least_element_and_locality(void **state)
{
    (void)state;
    for_each_trial(least_and_small);
}

/* F3, and starting from the answer for a larger rho, or from anything else */
static void monotone_path(trial *t)
{
    fr_cluster_vector before = {0};
    for (double rho = 20 * t->rho; rho > t->rho / 20; rho /= 3) {
        fr_cluster_vector vector = solve(t, rho, FR_CLUSTER_CD, FR_CLUSTER_FIFO, 1e-9), warm;
        double *p = dense_of(&vector, nodes), *lower = dense_of(&before, nodes);
        for (int64_t i = 0; i < nodes; i++)
            assert_true(p[i] >= lower[i] - rounding - 1e-9 * rho * fr_graph_degree(&t->graph, i));
        for (fr_cluster_order order = FR_CLUSTER_FIFO; order <= FR_CLUSTER_RANDOM; order++) {
            fr_cluster_l1_settings settings;
            fr_cluster_l1_settings_default(&settings);
            settings.alpha = t->alpha;
            settings.rho = rho;
            settings.tolerance = 1e-7;
            settings.order = order;
            settings.start = &before;
            assert_ok(fr_cluster_l1(t->workspace, &t->seeds, &settings, &warm));
            assert_true(warm.info.converged);
            double *again = dense_of(&warm, nodes);
            for (int64_t i = 0; i < nodes; i++)
                assert_near(again[i], p[i], rounding + 2e-7 * rho * fr_graph_degree(&t->graph, i));
            free(again);
            fr_cluster_vector_free(&warm);
        }
        free(p);
        free(lower);
        fr_cluster_vector_free(&before);
        before = vector;
    }
    /* from above: the answer for a smaller rho is no lower bound, but a start all the same */
    fr_cluster_l1_settings settings;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = t->alpha;
    settings.rho = t->rho;
    settings.start = &before;
    fr_cluster_vector vector;
    assert_ok(fr_cluster_l1(t->workspace, &t->seeds, &settings, &vector));
    assert_true(vector.info.converged);
    double *p = dense_of(&vector, nodes);
    for (int64_t i = 0; i < nodes; i++)
        assert_near(p[i], t->p[i], rounding + 1e-6 * t->rho * fr_graph_degree(&t->graph, i));
    free(p);
    fr_cluster_vector_free(&vector);
    fr_cluster_vector_free(&before);
}

static void test_monotone_path(void **state)
{
    (void)state;
    for_each_trial(monotone_path);
}

/* F4, and ACL's invariant p + pr(r) = pr(s): r = s - Q D^-1 p / alpha */
static void push_sandwich(trial *t)
{
    fr_cluster_vector vector;
    fr_cluster_acl_settings settings = {.alpha = t->alpha, .eps = t->rho, .keep_residual = true};
    assert_ok(fr_cluster_acl(t->workspace, &t->seeds, &settings, &vector));
    double *p = dense_of(&vector, nodes), residual[nodes];
    double *high = dense_l1(&t->graph, t->adjacency, t->alpha, (1 - t->alpha) * t->rho / 2, t->s);
    dense_residual(&t->graph, t->adjacency, t->alpha, t->s, p, residual);
    for (int64_t i = 0; i < nodes; i++) {
        assert_true(p[i] >= t->p[i] - rounding && p[i] <= high[i] + rounding);
        assert_true(residual[i] <= t->rho * fr_graph_degree(&t->graph, i) + rounding);
    }
    for (int64_t k = 0; k < vector.n_residual; k++)
        assert_near(vector.residual[k], residual[vector.residual_node[k]], rounding);
    assert_near(vector.info.sum_p + vector.info.sum_residual, 1, rounding);
    free(p);
    free(high);
    fr_cluster_vector_free(&vector);
}

static void test_push_sandwich(void **state)
{
    (void)state;
    for_each_trial(push_sandwich);
}

/* F5 and F6 for any x >= 0 */
static void certificate(trial *t)
{
    const double best = dense_objective(&t->graph, t->adjacency, t->alpha, t->rho, t->s, t->p);
    for (int again = 0; again < 10; again++) {
        int64_t list[nodes], count = 0;
        double p[nodes] = {0}, listed[nodes], residual[nodes], below = 0, above = 0;
        double spread = pow(10, -6 * fr_rng_uniform(&t->rng));
        for (int64_t i = 0; i < nodes; i++) {
            if (fr_rng_uniform(&t->rng) < 0.3) p[i] = t->p[i] * (1 + spread * fr_rng_normal(&t->rng));
            if (fr_rng_uniform(&t->rng) < 0.1) p[i] += spread * fr_rng_uniform(&t->rng) / nodes;
            p[i] = fmax(0, p[i]);
            if (p[i] == 0 && i % 2 == 0) continue; /* zeros may be listed */
            list[count] = i;
            listed[count++] = p[i];
        }
        fr_cluster_info info;
        assert_ok(fr_cluster_certify(t->workspace, &t->seeds, t->alpha, t->rho, count, list, listed, &info));
        dense_residual(&t->graph, t->adjacency, t->alpha, t->s, p, residual);
        for (int64_t i = 0; i < nodes; i++) {
            double degree = fr_graph_degree(&t->graph, i);
            below = fmax(below, residual[i] / degree - t->rho);
            if (p[i] > 0) above = fmax(above, t->rho - residual[i] / degree);
            assert_true(p[i] >= t->p[i] - info.delta_below * degree - rounding);
            assert_true(p[i] <= t->p[i] + info.delta_above * degree + rounding);
        }
        /* weights are at least 0.1, so what rounding did to r is at most ten times as much in r / d */
        assert_near(info.delta_below, below, 10 * rounding);
        assert_near(info.delta_above, above, 10 * rounding);
        double objective = dense_objective(&t->graph, t->adjacency, t->alpha, t->rho, t->s, p);
        assert_near(info.objective, objective, rounding);
        assert_true(info.duality_gap >= objective - best - rounding);
        double distance = 0;
        for (int64_t i = 0; i < nodes; i++)
            distance += (p[i] - t->p[i]) * (p[i] - t->p[i]) / fr_graph_degree(&t->graph, i);
        assert_true(t->alpha / 2 * distance <= info.duality_gap + rounding);
    }
}

static void test_certificate(void **state)
{
    (void)state;
    for_each_trial(certificate);
}

/* The optimum is 0 exactly from rho = max s_i / d_i on. */
static void test_zero_optimum(void **state)
{
    (void)state;
    trial t;
    trial_make(3, &t);
    double largest = 0;
    for (int64_t i = 0; i < nodes; i++)
        largest = fmax(largest, t.s[i] / fr_graph_degree(&t.graph, i));
    for (fr_cluster_solver solver = FR_CLUSTER_CD; solver <= FR_CLUSTER_FISTA; solver++) {
        fr_cluster_vector vector = solve(&t, largest, solver, FR_CLUSTER_FIFO, 1e-6);
        assert_int_equal(vector.count, 0);
        assert_true(vector.info.converged && vector.info.objective == 0 && vector.info.sum_p == 0);
        fr_cluster_vector_free(&vector);
        vector = solve(&t, largest * 0.999, solver, FR_CLUSTER_FIFO, 1e-6);
        assert_true(vector.count >= 1 && vector.info.converged);
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_info info;
    assert_ok(fr_cluster_certify(t.workspace, &t.seeds, t.alpha, largest / 2, 0, NULL, NULL, &info));
    assert_near(info.delta_below, largest / 2, 1e-12 * largest);
    trial_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solvers_agree), cmocka_unit_test(test_least_element_and_locality),
        cmocka_unit_test(test_monotone_path), cmocka_unit_test(test_push_sandwich),
        cmocka_unit_test(test_certificate),   cmocka_unit_test(test_zero_optimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
