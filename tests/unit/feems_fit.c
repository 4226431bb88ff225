/* The penalised fit: what comes out agrees with its definitions, bounds hold, modes of residual variance improve on each
 * other, stopping early is told, settings out of range are refused, threads do not matter. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_observed = 16, n_snps = 2000 };

typedef struct {
    fr_feems_graph graph;
    fr_feems_data data;
    fr_feems_settings settings;
    double *truth; /* weights */
} fit_case;

/* A lattice whose weights fall off to one side, and statistics near those that such weights give. */
static void case_init(fit_case *c)
{
    c->graph = lattice_graph(6, 7);
    c->data = random_data(1, &c->graph, n_observed, n_snps);
    c->truth = random_values(3, c->graph.n_edges, 0.3);
    for (int64_t e = 0; e < c->graph.n_edges; e++)
        c->truth[e] *= exp(-0.3 * c->graph.x[c->graph.i[e]]);
    double *plus = dense_pseudo_inverse(&c->graph, c->truth), *s = c->data.similarity;
    for (int64_t a = 0; a < n_observed; a++)
        for (int64_t b = 0; b < n_observed; b++) {
            double own = a == b ? exp(0.3 * sin((double)a)) / (double)c->data.n_at[a] : 0;
            s[a * n_observed + b] = 0.1 * s[a * n_observed + b] + own +
                                    plus[c->data.observed[a] * c->graph.n_nodes + c->data.observed[b]];
        }
    free(plus);
    fr_feems_settings_default(&c->settings);
    c->settings.lambda = 1;
}

static void case_free(fit_case *c)
{
    fr_feems_data_free(&c->data);
    fr_feems_graph_free(&c->graph);
    free(c->truth);
}

static fr_feems_result fit(const fit_case *c)
{
    fr_feems_result result;
    assert_ok(fr_feems_fit(&c->data, &c->settings, &result));
    return result;
}

/* ---- what comes out ------------------------------------------------------------------------------------------------------- */

static void check_distances(const fit_case *c, const fr_feems_result *result)
{
    int64_t d = c->graph.n_nodes, o = n_observed, n = 0;
    const double *s = c->data.similarity;
    double *plus = dense_pseudo_inverse(&c->graph, result->weights);
    double x_sum = 0, y_sum = 0, xx = 0, xy = 0, yy = 0;
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++) {
            int64_t v = c->data.observed[a], w = c->data.observed[b];
            double noise = result->s2[v] / (double)c->data.n_at[a] + result->s2[w] / (double)c->data.n_at[b];
            double fitted = plus[v * d + v] + plus[w * d + w] - 2 * plus[v * d + w] + noise;
            double seen = s[a * o + a] + s[b * o + b] - 2 * s[a * o + b];
            assert_near(result->fitted[a * o + b], a == b ? 0 : fitted,
                        1e-10); /* dense and reduced inverse */
            assert_near(result->seen[a * o + b], a == b ? 0 : seen, 1e-15);
            if (b >= a) continue;
            x_sum += fitted, y_sum += seen, xx += fitted * fitted, xy += fitted * seen, yy += seen * seen,
                n++;
        }
    xx -= x_sum * x_sum / (double)n, xy -= x_sum * y_sum / (double)n, yy -= y_sum * y_sum / (double)n;
    assert_close(result->info.slope, xy / xx, 1e-9);
    assert_near(result->info.intercept, (y_sum - xy / xx * x_sum) / (double)n, 1e-9);
    assert_close(result->info.r_squared, xy * xy / (xx * yy), 1e-9);
    free(plus);
}

static void result_is_consistent(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    fr_feems_result result = fit(&c), again;
    const fr_feems_info *info = &result.info;
    assert_true(info->converged);
    assert_true(info->gradient_max <= 1e-6 * n_snps);
    assert_true(info->iterations > 3 && info->evaluations >= info->iterations);
    assert_true(info->loss == info->nll + info->penalty);
    assert_true(info->loss < info->null_loss && info->penalty > 0);
    assert_true(info->w0 == info->null_w0 && info->s2 == info->null_s2);
    assert_true(info->alpha == 1 / info->w0);
    assert_true(info->lambda == 1);
    assert_true(info->r_squared > 0.5 && info->r_squared <= 1);
    for (int64_t v = 0; v < c.graph.n_nodes; v++)
        assert_true(result.s2[v] == info->s2);
    double s2[n_observed];
    for (int a = 0; a < n_observed; a++)
        s2[a] = info->s2;
    assert_close(info->nll, reference_nll(&c.data, result.weights, s2, NULL), 1e-11);
    check_distances(&c, &result);
    /* Evaluating at the fitted weights says the same, to the rounding of exp(log w). */
    int64_t m = c.graph.n_edges;
    double *by_w = dense_new(m, 1), *penalty_w = dense_new(m, 1), by_s2[n_observed], largest = 0;
    assert_ok(fr_feems_evaluate(&c.data, &c.settings, result.weights, &again, by_w, penalty_w, by_s2));
    assert_close(again.info.loss, info->loss, 1e-13);
    assert_close(again.info.penalty, info->penalty, 1e-12);
    assert_close(again.info.r_squared, info->r_squared, 1e-12);
    for (int64_t e = 0; e < m; e++)
        largest = fmax(largest, fabs(result.weights[e] * (by_w[e] + penalty_w[e])));
    assert_true(again.info.gradient_max == largest);
    assert_true(largest <= 1e-6 * n_snps);
    free(by_w), free(penalty_w);
    fr_feems_result_free(&again);
    fr_feems_result_free(&result);
    fr_feems_result_free(&result);
    case_free(&c);
}

/* The gradient of the whole loss by the common variance, through the public functions. */
static void evaluation_gradients(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    c.settings.w0 = 0.5, c.settings.s2 = 0.9;
    double by_s2[n_observed], total = 0, value[2], step = 1e-5;
    fr_feems_result result;
    assert_ok(fr_feems_evaluate(&c.data, &c.settings, c.truth, &result, NULL, NULL, by_s2));
    for (int a = 0; a < n_observed; a++)
        total += by_s2[a];
    assert_true(result.info.alpha == 2 && result.info.s2 == 0.9);
    fr_feems_result_free(&result);
    for (int k = 0; k < 2; k++) {
        c.settings.s2 = 0.9 + (k == 0 ? step : -step);
        assert_ok(fr_feems_evaluate(&c.data, &c.settings, c.truth, &result, NULL, NULL, NULL));
        value[k] = result.info.nll;
        fr_feems_result_free(&result);
    }
    /* Truncation some 1e-10; rounding 1e-16 * |nll| of some 1e4, over 1e-5. */
    assert_close(total, (value[0] - value[1]) / (2 * step), 1e-6);
    case_free(&c);
}

/* ---- settings that lead the fit --------------------------------------------------------------------------------------------- */

static double spread_of_logs(const fr_feems_result *result, int64_t m)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t e = 0; e < m; e++) {
        low = fmin(low, log(result->weights[e]));
        high = fmax(high, log(result->weights[e]));
    }
    return high - low;
}

static void smoother_with_lambda(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    double spread = INFINITY, nll = -INFINITY;
    for (c.settings.lambda = 0.01; c.settings.lambda < 2e6; c.settings.lambda *= 100) {
        fr_feems_result result = fit(&c);
        assert_true(spread_of_logs(&result, c.graph.n_edges) < spread);
        assert_true(result.info.nll > nll);
        assert_true(result.info.converged);
        spread = spread_of_logs(&result, c.graph.n_edges);
        nll = result.info.nll;
        fr_feems_result_free(&result);
    }
    assert_true(spread < 1e-2); /* lambda 1e6: hardly any room, and so hardly any gain over the null fit */
    fr_feems_result result;
    c.settings.lambda = 0; /* no penalty is allowed; there the surface may be rough */
    result = fit(&c);
    assert_true(result.info.penalty == 0);
    assert_true(spread_of_logs(&result, c.graph.n_edges) > 1);
    fr_feems_result_free(&result);
    case_free(&c);
}

static void bounds_hold(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    fr_feems_result open = fit(&c);
    double w0 = open.info.w0;
    c.settings.lower = 0.8 * w0;
    c.settings.upper = 1.2 * w0;
    fr_feems_result closed = fit(&c);
    int64_t at_lower = 0, at_upper = 0;
    for (int64_t e = 0; e < c.graph.n_edges; e++) {
        double w = closed.weights[e];
        assert_true(w >= c.settings.lower * (1 - 1e-15) && w <= c.settings.upper * (1 + 1e-15));
        at_lower += w <= c.settings.lower * (1 + 1e-15);
        at_upper += w >= c.settings.upper * (1 - 1e-15);
    }
    assert_true(at_lower > 0 && at_upper > 0);
    assert_true(closed.info.converged); /* the slope against a bound does not count */
    assert_true(closed.info.gradient_max <= 1e-6 * n_snps);
    assert_true(closed.info.loss > open.info.loss && closed.info.loss < closed.info.null_loss);
    fr_feems_result_free(&closed);
    c.settings.lower = 2 * w0; /* the null fit lies outside: it starts at the bound */
    c.settings.upper = 1e6;
    closed = fit(&c);
    assert_true(closed.info.w0 == c.settings.lower);
    assert_true(closed.info.converged);
    for (int64_t e = 0; e < c.graph.n_edges; e++)
        assert_true(closed.weights[e] >= c.settings.lower * (1 - 1e-15));
    fr_feems_result_free(&closed);
    fr_feems_result_free(&open);
    case_free(&c);
}

static void given_start(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    c.settings.tight = true;
    fr_feems_result free_fit = fit(&c);
    c.settings.w0 = free_fit.info.w0;
    c.settings.s2 = free_fit.info.s2;
    c.settings.alpha = free_fit.info.alpha;
    fr_feems_result given = fit(&c);
    for (int64_t e = 0; e < c.graph.n_edges; e++)
        assert_true(given.weights[e] == free_fit.weights[e]);
    assert_close(given.info.null_loss, free_fit.info.null_loss, 1e-13);
    fr_feems_result_free(&given);
    /* The problem depends on w0 through alpha only: another start, the same optimum. */
    c.settings.w0 *= 3;
    given = fit(&c);
    for (int64_t e = 0; e < c.graph.n_edges; e++) /* gradient 1e-8 p over curvatures of some 1e-2 p */
        assert_near(log(given.weights[e]), log(free_fit.weights[e]), 1e-4);
    assert_true(given.info.gradient_max <= 1e-8 * n_snps);
    assert_close(given.info.loss, free_fit.info.loss, 1e-12);
    assert_true(given.info.null_loss > free_fit.info.null_loss);
    fr_feems_result_free(&given);
    fr_feems_result_free(&free_fit);
    case_free(&c);
}

static void modes_of_residual_variance(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    c.settings.lambda_q = 0.1;
    double previous = INFINITY;
    for (int mode = FR_FEEMS_S2_FIXED; mode <= FR_FEEMS_S2_NODE; mode++) {
        c.settings.s2_mode = (fr_feems_s2_mode)mode;
        fr_feems_result result = fit(&c);
        assert_true(result.info.converged);
        assert_true(result.info.loss <
                    previous - 1e-3); /* each mode holds the one before as a special case */
        previous = result.info.loss;
        double mean = 0, low = INFINITY, high = 0;
        for (int a = 0; a < n_observed; a++) {
            double s2 = result.s2[c.data.observed[a]];
            mean += s2 / n_observed, low = fmin(low, s2), high = fmax(high, s2);
        }
        assert_close(result.info.s2, mean, 1e-13);
        assert_true((high - low > 0.01) == (mode == FR_FEEMS_S2_NODE));
        assert_true((result.info.s2 == result.info.null_s2) == (mode == FR_FEEMS_S2_FIXED));
        check_distances(&c, &result);
        fr_feems_result_free(&result);
    }
    c.settings.lambda_q = 1e7; /* one value for all, then */
    fr_feems_result stiff = fit(&c);
    c.settings.s2_mode = FR_FEEMS_S2_ONE;
    fr_feems_result one = fit(&c);
    assert_close(stiff.info.s2, one.info.s2, 1e-2);
    assert_true(stiff.info.loss <= one.info.loss + 1e-3 && stiff.info.loss > one.info.loss - 10);
    fr_feems_result_free(&stiff);
    fr_feems_result_free(&one);
    case_free(&c);
}

/* ---- stopping -------------------------------------------------------------------------------------------------------------------- */

static void early_stop_is_told(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    c.settings.max_iterations = 3;
    fr_feems_result result = fit(&c);
    assert_false(result.info.converged);
    assert_int_equal(result.info.iterations, 3);
    assert_true(result.info.loss < result.info.null_loss);
    assert_true(result.info.gradient_max > 1e-6 * n_snps);
    fr_feems_result_free(&result);
    c.settings.max_iterations = 15000;
    c.settings.factr = 1e10; /* the authors' rule */
    result = fit(&c);
    assert_true(result.info.converged);
    int64_t iterations = result.info.iterations;
    fr_feems_result_free(&result);
    c.settings.factr = 0;
    result = fit(&c);
    assert_true(result.info.iterations > iterations);
    fr_feems_result_free(&result);
    case_free(&c);
}

static void interruption_leaves_nothing(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    fr_feems_result result;
    fr_interrupt();
    int status = fr_feems_fit(&c.data, &c.settings, &result);
    fr_interrupt_clear();
    assert_int_equal(status, FR_EINTERRUPTED);
    assert_null(result.weights);
    assert_true(result.info.loss == 0);
    case_free(&c);
}

/* ---- refused ------------------------------------------------------------------------------------------------------------------------ */

static void settings_out_of_range(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    const fr_feems_settings good = c.settings;
    const char *message[] = {"lambda",  "alpha",      "w0",      "s2",     "lambda_q",
                             "alpha_q", "factr",      "bounds",  "bounds", "bounds",
                             "w0 is 5", "iterations", "s2 mode", "lambda", "bounds"};
    for (size_t k = 0; k < sizeof message / sizeof message[0]; k++) {
        fr_feems_result result;
        fr_feems_settings *s = &c.settings;
        double *const negative[] = {&s->lambda,   &s->alpha,   &s->w0,   &s->s2,
                                    &s->lambda_q, &s->alpha_q, &s->factr};
        *s = good;
        if (k < 7) *negative[k] = -1;
        if (k == 7) s->lower = 0;
        if (k == 8) s->lower = s->upper;
        if (k == 9) s->upper = INFINITY;
        if (k == 10) s->w0 = 5, s->upper = 4;
        if (k == 11) s->max_iterations = 0;
        if (k == 12) s->s2_mode = (fr_feems_s2_mode)3;
        if (k == 13) s->lambda = NAN;
        if (k == 14) s->lower = NAN;
        assert_refused(fr_feems_fit(&c.data, s, &result), FR_EUSAGE, message[k]);
        assert_null(result.weights);
        assert_null(result.fitted);
    }
    case_free(&c);
}

static void weights_that_are_none(void **state)
{
    (void)state;
    fit_case c;
    case_init(&c);
    const double wrong[] = {0, -2, NAN, INFINITY};
    for (int k = 0; k < 4; k++) {
        fr_feems_result result;
        c.truth[7] = wrong[k];
        assert_refused(fr_feems_evaluate(&c.data, &c.settings, c.truth, &result, NULL, NULL, NULL), FR_EINPUT,
                       "weight 7 is");
        assert_null(result.weights);
    }
    case_free(&c);
}

/* ---- threads -------------------------------------------------------------------------------------------------------------------------- */

static void threads_do_not_matter(void **state)
{
    (void)state;
    fr_feems_graph graph = lattice_graph(60, 60);
    fr_feems_data data = random_data(2, &graph, 170, 3000); /* large enough for the products to be spread */
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    settings.max_iterations = 8;
    fr_feems_result result[2];
    for (int k = 0; k < 2; k++) {
        fr_threads_set(k + 1);
        assert_ok(fr_feems_fit(&data, &settings, &result[k]));
    }
    fr_threads_set(0);
    assert_memory_equal(result[0].weights, result[1].weights, (size_t)graph.n_edges * sizeof(double));
    assert_true(result[0].info.loss == result[1].info.loss);
    fr_feems_result_free(&result[0]);
    fr_feems_result_free(&result[1]);
    fr_feems_data_free(&data);
    fr_feems_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_is_consistent),  cmocka_unit_test(evaluation_gradients),
        cmocka_unit_test(smoother_with_lambda),  cmocka_unit_test(bounds_hold),
        cmocka_unit_test(given_start),           cmocka_unit_test(modes_of_residual_variance),
        cmocka_unit_test(early_stop_is_told),    cmocka_unit_test(interruption_leaves_nothing),
        cmocka_unit_test(settings_out_of_range), cmocka_unit_test(weights_that_are_none),
        cmocka_unit_test(threads_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
