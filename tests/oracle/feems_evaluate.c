/* Null fits, values and gradients at given weights, covariances and kriging, against the authors' package and an
 * independent derivation. */
#include "oracle_feems.h"
#include "support.h"

#include "feems/model.h"
#include "feems/penalty.h"

#include <math.h>
#include <stdlib.h>

/* ---- null fits ------------------------------------------------------------------------------------------------------------ */

/* At the optimum (where the reference has it), and not above the authors' Nelder-Mead loss. */
static void check_null(feems_set set, const char *name, const char *optimum[3])
{
    feems_input input;
    feems_input_load(set, &input);
    json_t *json = oracle_json(name);
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    double *ones = calloc((size_t)input.data.graph.n_edges, sizeof *ones);
    for (int64_t e = 0; e < input.data.graph.n_edges; e++)
        ones[e] = 1;
    fr_feems_result result;
    assert_ok(fr_feems_evaluate(&input.data, &settings, ones, &result, NULL, NULL, NULL));
    assert_close(result.info.null_w0, oracle_number(json, optimum[0], NULL), 1e-4);
    assert_close(result.info.null_s2, oracle_number(json, optimum[1], NULL), 1e-4);
    assert_close(result.info.null_loss, oracle_number(json, optimum[2], NULL), 1e-9);
    assert_true(result.info.null_loss <= oracle_number(json, "null_nll", NULL) + 1e-4);
    fr_feems_result_free(&result);
    free(ones);
    json_decref(json);
    feems_input_free(&input);
}

static void null_fits(void **state)
{
    (void)state;
    const char *tight[3] = {"null_opt_w0", "null_opt_s2", "null_opt_nll"},
               *authors[3] = {"null_w0", "null_s2", "null_nll"};
    check_null(WOLVES_250, "wolves250.json", tight);
    check_null(WOLVES_100, "wolves100.json", tight);
    check_null(BARRIER, "barrier.json", authors); /* 3e-5 off the optimum */
}

/* ---- values and gradients at given weights ------------------------------------------------------------------------------------ */

/* Values to 1e-10, gradients to 1e-7 of the largest component: the reference's own accuracy. */
static void check_wolves(feems_set set, const char *json_name, const char *weights_name, const char *s2_name)
{
    feems_input wolves;
    feems_input_load(set, &wolves);
    json_t *json = oracle_json(json_name), *eval = json_object_get(json, "eval");
    int64_t m = wolves.data.graph.n_edges, o = wolves.data.n_observed;
    double *w = oracle_column(weights_name, "w", m), *by_w = oracle_column(weights_name, "dnll_dw", m),
           *penalty_w = oracle_column(weights_name, "dpenalty_dw", m),
           *by_s2 = oracle_column(s2_name, "dnll_ds2", o), *node = oracle_column(s2_name, "node", o),
           *i = oracle_column(weights_name, "i", m), *got = calloc((size_t)(2 * m + o), sizeof *got);
    for (int64_t e = 0; e < m; e++)
        assert_int_equal(wolves.data.graph.i[e], (int64_t)i[e]);
    for (int64_t a = 0; a < o; a++)
        assert_int_equal(wolves.data.observed[a], (int64_t)node[a]);
    fr_feems_settings settings = oracle_settings(json, oracle_number(eval, "lam", NULL));
    settings.alpha = oracle_number(eval, "alpha", NULL);
    settings.s2 = oracle_number(eval, "s2", NULL);
    fr_feems_result result;
    assert_ok(fr_feems_evaluate(&wolves.data, &settings, w, &result, got, got + m, got + 2 * m));
    assert_close(result.info.nll, oracle_number(eval, "nll", NULL), 1e-10);
    assert_close(result.info.penalty, oracle_number(eval, "penalty", NULL), 1e-10);
    assert_all_near_largest(m, got, by_w, 1e-7);
    assert_all_near_largest(m, got + m, penalty_w, 1e-7);
    assert_all_near_largest(o, got + 2 * m, by_s2, 1e-7);
    double by_common_s2 = 0;
    for (int64_t a = 0; a < o; a++)
        by_common_s2 += settings.s2 * got[2 * m + a];
    assert_close(by_common_s2, oracle_number(eval, "dnll_dlog_s2", NULL), 1e-7);
    fr_feems_result_free(&result);
    free(w), free(by_w), free(penalty_w), free(by_s2), free(node), free(i), free(got);
    json_decref(json);
    feems_input_free(&wolves);
}

static void wolves_at_given_weights(void **state)
{
    (void)state;
    check_wolves(WOLVES_250, "wolves250.json", "wolves250_eval.csv", "wolves250_eval_s2grad.csv");
    check_wolves(WOLVES_100, "wolves100.json", "wolves100_eval.csv", "wolves100_eval_s2grad.csv");
}

static void barrier_at_given_weights(void **state)
{
    (void)state;
    feems_input barrier;
    feems_input_load(BARRIER, &barrier);
    json_t *json = oracle_json("barrier.json");
    int64_t m = barrier.data.graph.n_edges;
    double *w = oracle_column("barrier_eval.csv", "w", m),
           *expected = oracle_column("barrier_eval.csv", "dloss_dw", m),
           *got = calloc((size_t)(2 * m), sizeof *got);
    fr_feems_settings settings = oracle_settings(json, oracle_number(json, "eval_lambda", NULL));
    settings.alpha = oracle_number(json, "eval_alpha", NULL);
    settings.s2 = oracle_number(json, "eval_s2", NULL);
    fr_feems_result result;
    assert_ok(fr_feems_evaluate(&barrier.data, &settings, w, &result, got, got + m, NULL));
    assert_close(result.info.nll, oracle_number(json, "eval_nll", NULL), 1e-10);
    assert_close(result.info.penalty, oracle_number(json, "eval_penalty", NULL), 1e-10);
    assert_close(result.info.loss, oracle_number(json, "eval_loss", NULL), 1e-10);
    for (int64_t e = 0; e < m; e++)
        got[e] += got[m + e];
    assert_all_near_largest(m, got, expected, 1e-7);
    fr_feems_result_free(&result);
    free(w), free(expected), free(got);
    json_decref(json);
    feems_input_free(&barrier);
}

/* One residual variance per node: the likelihood at the observed ones, the penalty at all. */
static void variances_of_nodes(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    json_t *json = oracle_json("wolves250.json"), *eval = json_object_get(json, "ndim_eval");
    int64_t m = wolves.data.graph.n_edges, o = wolves.data.n_observed, d = wolves.data.graph.n_nodes;
    double *w = oracle_column("wolves250_eval.csv", "w", m),
           *s2 = oracle_column("wolves250_ndim_eval.csv", "s2", d),
           *expected = oracle_column("wolves250_ndim_eval.csv", "dloss_ds2", d),
           *gradient = calloc((size_t)d, sizeof *gradient), *q = calloc((size_t)o, sizeof *q),
           *by_s2 = calloc((size_t)o, sizeof *by_s2), nll;
    feems_model model;
    feems_penalty penalty;
    assert_ok(feems_model_new(&wolves.data, &model));
    assert_ok(feems_penalty_new(&wolves.data.graph, &penalty));
    for (int64_t a = 0; a < o; a++)
        q[a] = (double)wolves.data.n_at[a] / s2[wolves.data.observed[a]];
    assert_ok(feems_model_evaluate(&model, w, q, &nll, NULL, by_s2));
    assert_close(nll, oracle_number(eval, "nll", NULL), 1e-9);
    double value = feems_penalty_nodes(&penalty, oracle_number(eval, "lam_q", NULL),
                                       oracle_number(eval, "alpha_q", NULL), s2, gradient);
    assert_close(value, oracle_number(eval, "penalty_q", NULL), 1e-9);
    for (int64_t a = 0; a < o; a++)
        gradient[wolves.data.observed[a]] += by_s2[a];
    assert_all_near_largest(d, gradient, expected, 1e-6);
    free(w), free(s2), free(expected), free(gradient), free(q), free(by_s2);
    feems_model_free(&model);
    feems_penalty_free(&penalty);
    json_decref(json);
    feems_input_free(&wolves);
}

/* ---- covariances and kriging --------------------------------------------------------------------------------------------------- */

static void covariance_of_observed_nodes(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    int64_t m = wolves.data.graph.n_edges, o = wolves.data.n_observed;
    double *w = oracle_column("wolves250_eval.csv", "w", m),
           *expected = oracle_array("wolves250_Lplus_oo.npy", o * o);
    feems_model model;
    assert_ok(feems_model_new(&wolves.data, &model));
    double *covariance = fr_alloc(o * model.stride, sizeof *covariance), largest = 0;
    assert_non_null(covariance);
    assert_ok(feems_model_reduce(&model, w));
    assert_ok(feems_model_covariance(&model, covariance));
    for (int64_t k = 0; k < o * o; k++)
        largest = fmax(largest, fabs(expected[k]));
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++) /* entries of both signs: relative to the largest */
            assert_near(covariance[a * model.stride + b], expected[a * o + b], 1e-8 * largest);
    free(w), fr_free(expected), fr_free(covariance);
    feems_model_free(&model);
    feems_input_free(&wolves);
}

static void frequencies_at_every_node(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    json_t *json = oracle_json("wolves250.json");
    int64_t m = wolves.data.graph.n_edges, d = wolves.data.graph.n_nodes;
    const int64_t snps[3] = {0, 1, 2};
    double *w = oracle_column("wolves250_eval.csv", "w", m), *s2 = calloc((size_t)d, sizeof *s2),
           *got = calloc((size_t)(3 * d), sizeof *got);
    for (int64_t v = 0; v < d; v++)
        s2[v] = oracle_number(json, "null_s2", NULL);
    const char *column[2][3] = {{"snp1_universal", "snp2_universal", "snp3_universal"},
                                {"snp1_simple", "snp2_simple", "snp3_simple"}};
    for (int kind = FR_FEEMS_UNIVERSAL; kind <= FR_FEEMS_SIMPLE; kind++) {
        assert_ok(
            fr_feems_predict(&wolves.data, w, s2, &wolves.plink, snps, 3, (fr_feems_kriging)kind, got, NULL));
        for (int snp = 0; snp < 3; snp++) {
            double *expected = oracle_column("wolves250_posterior3.csv", column[kind][snp], d);
            for (int64_t v = 0; v < d; v++)
                assert_close(got[snp * d + v], expected[v], 1e-8);
            free(expected);
        }
    }
    free(w), free(s2), free(got);
    json_decref(json);
    feems_input_free(&wolves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_fits),
        cmocka_unit_test(wolves_at_given_weights),
        cmocka_unit_test(barrier_at_given_weights),
        cmocka_unit_test(variances_of_nodes),
        cmocka_unit_test(covariance_of_observed_nodes),
        cmocka_unit_test(frequencies_at_every_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
