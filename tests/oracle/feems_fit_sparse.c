/* Fits of the wolves on 307 nodes and of the simulated barrier: tight optima, published losses, and the true weights that
 * the barrier was made with. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void tight_optima_of_the_wolves(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    json_t *json = oracle_json("wolves250.json");
    check_reference_fit(&wolves, json, "100", 100, "wolves250_w.csv", "w_lambda_100", 5e-3);
    check_reference_fit(&wolves, json, "2.06914", 2.06913808111479, "wolves250_w.csv", "w_lambda_2.06914",
                        5e-3);
    check_reference_fit(&wolves, json, "0.5", 0.5, "wolves250_w.csv", "w_lambda_0.5", 2e-2);
    json_decref(json);
    feems_input_free(&wolves);
}

static void published_losses(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    settings.lambda = 2.06913808;
    fr_feems_result result;
    assert_ok(fr_feems_fit(&wolves.data, &settings, &result));
    assert_true(result.info.converged);
    assert_true(result.info.null_loss <= 2154889.3098 + 0.05);
    assert_true(result.info.loss <= 2123876.8108 + 0.05);
    assert_true(result.info.loss > 2123876.8108 - 3); /* their stop rule ended 2.5 above the optimum */
    fr_feems_result_free(&result);
    feems_input_free(&wolves);
}

static void tight_optima_of_the_barrier(void **state)
{
    (void)state;
    feems_input barrier;
    feems_input_load(BARRIER, &barrier);
    json_t *json = oracle_json("barrier.json");
    check_reference_fit(&barrier, json, "100", 100, "barrier_w.csv", "w_lambda_100", 5e-3);
    check_reference_fit(&barrier, json, "10", 10, "barrier_w.csv", "w_lambda_10", 5e-3);
    check_reference_fit(&barrier, json, "1", 1, "barrier_w.csv", "w_lambda_1", 2e-2);
    check_reference_fit(&barrier, json, "0.1", 0.1, "barrier_w.csv", "w_lambda_0.1", 2e-2);
    json_decref(json);
    feems_input_free(&barrier);
}

static double correlation_of_logs(int64_t n, const double *x, const double *y)
{
    double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
    for (int64_t k = 0; k < n; k++) {
        mx += log(x[k]) / (double)n;
        my += log(y[k]) / (double)n;
    }
    for (int64_t k = 0; k < n; k++) {
        double a = log(x[k]) - mx, b = log(y[k]) - my;
        xx += a * a, xy += a * b, yy += b * b;
    }
    return xy / sqrt(xx * yy);
}

static void barrier_is_found(void **state)
{
    (void)state;
    feems_input barrier;
    feems_input_load(BARRIER, &barrier);
    int64_t m = barrier.data.graph.n_edges;
    double *truth = calloc((size_t)m, sizeof *truth);
    fr_table table;
    assert_ok(fr_table_read(shared_path("data/feems/barrier.true_w"), NULL, &table));
    assert_int_equal(table.n_rows, m);
    for (int64_t e = 0; e < m; e++)
        assert_ok(fr_table_f64(&table, e, table.n_columns - 1, &truth[e]));
    fr_table_free(&table);
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    settings.lambda = 1;
    fr_feems_result result;
    assert_ok(fr_feems_fit(&barrier.data, &settings, &result));
    assert_true(correlation_of_logs(m, result.weights, truth) >= 0.93);
    fr_feems_result_free(&result);
    free(truth);
    feems_input_free(&barrier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tight_optima_of_the_wolves),
        cmocka_unit_test(published_losses),
        cmocka_unit_test(tight_optima_of_the_barrier),
        cmocka_unit_test(barrier_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
