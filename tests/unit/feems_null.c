/* The null fit: its value is that of the model at constant weights, its optimum has no slope, held values stay, and data
 * without isolation by distance are told of. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include "feems/null.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* nll at constant weights and variance, with d nll / d log w0 and d nll / d log s2. */
static double constant_nll(feems_model *model, double w0, double s2, double gradient[2])
{
    int64_t m = model->m, o = model->o;
    double *weights = dense_new(m, 1), *q = dense_new(o, 1), *by_w = dense_new(m, 1),
           *by_s2 = dense_new(o, 1), nll;
    for (int64_t e = 0; e < m; e++)
        weights[e] = w0;
    for (int64_t a = 0; a < o; a++)
        q[a] = (double)model->data->n_at[a] / s2;
    assert_ok(feems_model_evaluate(model, weights, q, &nll, by_w, by_s2));
    gradient[0] = gradient[1] = 0;
    for (int64_t e = 0; e < m; e++)
        gradient[0] += w0 * by_w[e];
    for (int64_t a = 0; a < o; a++)
        gradient[1] += s2 * by_s2[a];
    free(weights), free(q), free(by_w), free(by_s2);
    return nll;
}

/* Statistics that the constant model describes: S = L^+_oo(1) + diag(1 / n), s2 = 1, w0 = 1. */
static fr_feems_data ideal_data(uint64_t seed, const fr_feems_graph *graph, int64_t o)
{
    fr_feems_data data = random_data(seed, graph, o, 1000);
    double *ones = random_values(1, graph->n_edges, 0), *plus = dense_pseudo_inverse(graph, ones);
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++)
            data.similarity[a * o + b] = 3 + plus[data.observed[a] * graph->n_nodes + data.observed[b]] +
                                         (a == b ? 1 / (double)data.n_at[a] : 0);
    free(ones), free(plus);
    return data;
}

static void the_truth_is_found(void **state)
{
    (void)state;
    fr_feems_graph graph = lattice_graph(5, 6);
    fr_feems_data data = ideal_data(1, &graph, 14);
    feems_model model;
    double w0 = 0, s2 = 0, nll, gradient[2];
    assert_ok(feems_model_new(&data, &model));
    assert_ok(feems_null_fit(&model, &w0, &s2, &nll));
    assert_close(w0, 1, 1e-9); /* a gradient of 1e-11 o over a curvature of order 1 */
    assert_close(s2, 1, 1e-9);
    assert_close(nll, constant_nll(&model, w0, s2, gradient), 1e-12);
    feems_model_free(&model);
    fr_feems_data_free(&data);
    fr_feems_graph_free(&graph);
}

static void random_statistics(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        fr_feems_graph graph = random_graph(seed, 12 + 4 * (int64_t)seed, 20);
        fr_feems_data data = ideal_data(seed, &graph, 5 + (int64_t)seed);
        fr_feems_data noise = random_data(seed, &graph, data.n_observed, data.n_snps);
        for (int64_t k = 0; k < data.n_observed * data.n_observed; k++)
            data.similarity[k] += 0.3 * noise.similarity[k];
        feems_model model;
        double w0 = 0, s2 = 0, nll, gradient[2], p = (double)data.n_snps;
        assert_ok(feems_model_new(&data, &model));
        assert_ok(feems_null_fit(&model, &w0, &s2, &nll));
        assert_close(nll, constant_nll(&model, w0, s2, gradient), 1e-12);
        assert_near(gradient[0], 0, 1e-8 * p); /* rounding of sums of o terms of size p */
        assert_near(gradient[1], 0, 1e-8 * p);
        for (int k = 0; k < 4; k++) { /* a minimum */
            double away_w = w0 * (k < 2 ? exp(k == 0 ? 0.1 : -0.1) : 1),
                   away_s2 = s2 * (k < 2 ? 1 : exp(k == 2 ? 0.1 : -0.1));
            assert_true(constant_nll(&model, away_w, away_s2, gradient) > nll);
        }
        /* Held values stay exactly, and the other is at its own minimum. */
        double held_w = 1.3 * w0, free_s2 = 0, held_s2 = 0.7 * s2, free_w = 0, before = held_w, other;
        assert_ok(feems_null_fit(&model, &held_w, &free_s2, &other));
        assert_true(held_w == before);
        assert_close(other, constant_nll(&model, held_w, free_s2, gradient), 1e-12);
        assert_near(gradient[1], 0, 1e-8 * p);
        assert_true(other > nll);
        before = held_s2;
        assert_ok(feems_null_fit(&model, &free_w, &held_s2, &other));
        assert_true(held_s2 == before);
        assert_close(other, constant_nll(&model, free_w, held_s2, gradient), 1e-12);
        assert_near(gradient[0], 0, 1e-8 * p);
        assert_ok(feems_null_fit(&model, &held_w, &held_s2, &other)); /* nothing to fit */
        assert_close(other, constant_nll(&model, held_w, held_s2, gradient), 1e-12);
        feems_model_free(&model);
        fr_feems_data_free(&noise);
        fr_feems_data_free(&data);
        fr_feems_graph_free(&graph);
    }
}

/* Places close to each other are less alike than far ones: migration is without limit. */
static void no_isolation_by_distance(void **state)
{
    (void)state;
    fr_feems_graph graph = lattice_graph(4, 4);
    fr_feems_data data = random_data(1, &graph, 8, 1000);
    double *ones = random_values(1, graph.n_edges, 0), *plus = dense_pseudo_inverse(&graph, ones);
    for (int64_t a = 0; a < 8; a++)
        for (int64_t b = 0; b < 8; b++)
            data.similarity[a * 8 + b] = 3 + (a == b ? 1 / (double)data.n_at[a] : 0) -
                                         0.1 * plus[data.observed[a] * 16 + data.observed[b]];
    free(ones), free(plus);
    feems_model model;
    double w0 = 0, s2 = 0, nll;
    assert_ok(feems_model_new(&data, &model));
    watch_warnings();
    assert_ok(feems_null_fit(&model, &w0, &s2, &nll));
    fr_observe(NULL);
    assert_int_equal(warnings_seen(), 1);
    assert_non_null(strstr(last_warning(), "no isolation by distance"));
    assert_true(w0 > 1e6 && isfinite(w0) && isfinite(nll));
    feems_model_free(&model);
    fr_feems_data_free(&data);
    fr_feems_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_truth_is_found),
        cmocka_unit_test(random_statistics),
        cmocka_unit_test(no_isolation_by_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
