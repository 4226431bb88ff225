/* The smoothness penalties against lists of pairs, their gradients against differences, and phi at both ends of its range. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include "feems/penalty.h"

#include <math.h>
#include <stdlib.h>

/* ---- phi ---------------------------------------------------------------------------------------------------------------- */

static void phi_and_its_limits(void **state)
{
    (void)state;
    for (double alpha = 0.1; alpha < 20; alpha *= 3)
        for (double x = 0.05; x < 20; x *= 1.7) {
            assert_near(feems_phi(alpha, x), log(exp(alpha * x) - 1), 1e-13 * (2 + alpha * x));
            double step = 1e-5 * x;
            double slope = (feems_phi(alpha, x + step) - feems_phi(alpha, x - step)) / (2 * step);
            /* Error of the difference: step^2 / x^2 of the slope, and rounding of phi over the step. */
            assert_near(feems_phi_slope(alpha, x), slope, 1e-8 * slope + 1e-15 * (2 + alpha * x) / step);
        }
    /* Small: log(alpha x) + alpha x / 2; large: alpha x. Nothing over- or underflows. */
    assert_close(feems_phi(2, 1e-9), log(2e-9) + 1e-9, 1e-15);
    assert_close(feems_phi(1e-3, 1e-250), log(1e-253), 1e-15);
    assert_close(feems_phi_slope(2, 1e-12), 1e12, 2e-12);
    assert_true(feems_phi(3, 1e6) == 3e6);
    assert_true(feems_phi_slope(3, 1e6) == 3);
}

/* ---- pairs of edges -------------------------------------------------------------------------------------------------------- */

static bool share_a_node(const fr_feems_graph *graph, int64_t e, int64_t f)
{
    return graph->i[e] == graph->i[f] || graph->i[e] == graph->j[f] || graph->j[e] == graph->i[f] ||
           graph->j[e] == graph->j[f];
}

/* Value and derivatives by w, pair by pair. */
static double listed_edges(const fr_feems_graph *graph, double lambda, double alpha, const double *weights,
                           double *gradient)
{
    double value = 0;
    for (int64_t e = 0; e < graph->n_edges; e++)
        gradient[e] = 0;
    for (int64_t e = 0; e < graph->n_edges; e++)
        for (int64_t f = e + 1; f < graph->n_edges; f++) {
            if (!share_a_node(graph, e, f)) continue;
            double difference = feems_phi(alpha, weights[e]) - feems_phi(alpha, weights[f]);
            value += lambda / 2 * difference * difference;
            gradient[e] += lambda * difference * feems_phi_slope(alpha, weights[e]);
            gradient[f] -= lambda * difference * feems_phi_slope(alpha, weights[f]);
        }
    return value;
}

static void compare_edges(const fr_feems_graph *graph, double alpha, const double *weights)
{
    int64_t m = graph->n_edges;
    double *expected = dense_new(m, 1), *gradient = dense_new(m, 1);
    feems_penalty penalty;
    assert_ok(feems_penalty_new(graph, &penalty));
    double value = listed_edges(graph, 3, alpha, weights, expected);
    /* Sums of squares of phi about its mean, in two orders: no cancellation, some hundred rounding errors. */
    assert_close(feems_penalty_edges(&penalty, 3, alpha, weights, gradient), value, 1e-12);
    double largest = dense_largest(m, expected);
    for (int64_t e = 0; e < m; e++)
        assert_near(gradient[e], expected[e], 1e-12 * largest);
    feems_penalty_free(&penalty);
    feems_penalty_free(&penalty);
    free(expected), free(gradient);
}

static void edges_pair_by_pair(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        fr_feems_graph graph =
            seed == 6 ? lattice_graph(5, 7) : random_graph(seed, 4 + 7 * (int64_t)seed, 12);
        double *weights = random_values(seed, graph.n_edges, 2);
        compare_edges(&graph, 0.3 * (double)seed, weights);
        for (int64_t e = 0; e < graph.n_edges; e++)
            weights[e] = 1e-3 * weights[e]; /* all in the logarithmic part, with a large common term */
        compare_edges(&graph, 1e-6, weights);
        free(weights);
        fr_feems_graph_free(&graph);
    }
}

/* Along a path only neighbours pair up; in a star all do. */
static void path_and_star(void **state)
{
    (void)state;
    int64_t path_i[] = {0, 1, 2}, path_j[] = {1, 2, 3}, star_i[] = {0, 0, 0}, star_j[] = {1, 2, 3};
    double weights[] = {log(2), log(3), log(5)}, gradient[3]; /* phi = log 1, log 2, log 4 at alpha 1 */
    double step = log(2);
    fr_feems_graph path = {.n_nodes = 4, .n_edges = 3, .i = path_i, .j = path_j},
                   star = {.n_nodes = 4, .n_edges = 3, .i = star_i, .j = star_j};
    feems_penalty penalty;
    assert_ok(feems_penalty_new(&path, &penalty));
    assert_close(feems_penalty_edges(&penalty, 2, 1, weights, gradient), 2 * step * step, 1e-14);
    feems_penalty_free(&penalty);
    assert_ok(feems_penalty_new(&star, &penalty));
    assert_close(feems_penalty_edges(&penalty, 2, 1, weights, gradient), 6 * step * step, 1e-14);
    feems_penalty_free(&penalty);
}

static void equal_values_cost_nothing(void **state)
{
    (void)state;
    fr_feems_graph graph = random_graph(3, 20, 30);
    double *same = dense_new(60, 1), *gradient = dense_new(60, 1);
    feems_penalty penalty;
    for (int k = 0; k < 60; k++)
        same[k] = 0.7;
    assert_ok(feems_penalty_new(&graph, &penalty));
    assert_near(feems_penalty_edges(&penalty, 1, 2, same, gradient), 0,
                1e-28); /* squared rounding of the mean */
    for (int64_t e = 0; e < graph.n_edges; e++)
        assert_near(gradient[e], 0, 1e-13);
    assert_true(feems_penalty_nodes(&penalty, 1, 2, same, gradient) == 0);
    for (int64_t v = 0; v < graph.n_nodes; v++)
        assert_true(gradient[v] == 0);
    feems_penalty_free(&penalty);
    free(same), free(gradient);
    fr_feems_graph_free(&graph);
}

/* ---- nodes ------------------------------------------------------------------------------------------------------------------- */

static void nodes_edge_by_edge(void **state)
{
    (void)state;
    fr_feems_graph graph = random_graph(4, 25, 20);
    double *s2 = random_values(4, graph.n_nodes, 1), *gradient = dense_new(graph.n_nodes, 1), value = 0;
    feems_penalty penalty;
    assert_ok(feems_penalty_new(&graph, &penalty));
    for (int64_t e = 0; e < graph.n_edges; e++) {
        double difference = feems_phi(0.6, s2[graph.i[e]]) - feems_phi(0.6, s2[graph.j[e]]);
        value += 2.5 / 2 * difference * difference;
    }
    assert_close(feems_penalty_nodes(&penalty, 2.5, 0.6, s2, gradient), value, 1e-13);
    feems_penalty_free(&penalty);
    free(s2), free(gradient);
    fr_feems_graph_free(&graph);
}

/* ---- gradients by differences -------------------------------------------------------------------------------------------------- */

typedef double (*penalty_of)(feems_penalty *penalty, double lambda, double alpha, const double *values,
                             double *gradient);

static void check_differences(const fr_feems_graph *graph, penalty_of value_of, int64_t n)
{
    double *x = random_values(7, n, 1), *gradient = dense_new(n, 1), *unused = dense_new(n, 1);
    feems_penalty penalty;
    assert_ok(feems_penalty_new(graph, &penalty));
    value_of(&penalty, 1.5, 0.8, x, gradient);
    double largest = dense_largest(n, gradient);
    for (int64_t k = 0; k < n; k++) {
        double kept = x[k], step = 1e-5 * kept;
        x[k] = kept + step;
        double above = value_of(&penalty, 1.5, 0.8, x, unused);
        x[k] = kept - step;
        double below = value_of(&penalty, 1.5, 0.8, x, unused);
        x[k] = kept;
        /* Truncation 1e-10, rounding 1e-16 / 1e-5 of a value some ten times the gradient. */
        assert_near(gradient[k], (above - below) / (2 * step), 1e-8 * largest);
    }
    feems_penalty_free(&penalty);
    free(x), free(gradient), free(unused);
}

static void gradients_by_differences(void **state)
{
    (void)state;
    fr_feems_graph graph = random_graph(8, 15, 15);
    check_differences(&graph, feems_penalty_edges, graph.n_edges);
    check_differences(&graph, feems_penalty_nodes, graph.n_nodes);
    fr_feems_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phi_and_its_limits), cmocka_unit_test(edges_pair_by_pair),
        cmocka_unit_test(path_and_star),      cmocka_unit_test(equal_values_cost_nothing),
        cmocka_unit_test(nodes_edge_by_edge), cmocka_unit_test(gradients_by_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
