/* Linear quantile regression and conformalised quantile regression against the reference values of oracles/conformal (an exact linear
 * programme). */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <string.h>

static void check_fit(const char *coefficients, const char *objective, double tau)
{
    json_t *json = conformal_json("diab_expected.json"), *cqr = conformal_member(json, "cqr");
    int64_t n, p, count;
    double *x = conformal_npy("diab_X.npy", &n, &p), *y = conformal_npy("diab_Y.npy", NULL, NULL);
    double *expected = conformal_numbers(conformal_member(cqr, coefficients), &count), b[11];
    assert_int_equal(p, 10);
    assert_int_equal(count, p + 1);
    fr_quantile_info info;
    assert_ok(fr_quantile_regression(n, p, x, y, tau, b, &info));
    assert_true(info.vertex);
    assert_true(info.gap <= 1e-12); /* rounding of two sums of 120 numbers */
    assert_close(info.objective, conformal_number(cqr, objective), 1e-8);
    for (int64_t j = 0; j <= p; j++)
        assert_near(b[j], expected[j], 1e-6);
    fr_free(x);
    fr_free(y);
    fr_free(expected);
    json_decref(json);
}

static void test_quantile_regression(void **state)
{
    (void)state;
    check_fit("beta_lo", "pinball_lo", 0.05);
    check_fit("beta_hi", "pinball_hi", 0.95);
}

/* The 120 rows to fit to and the 160 calibration rows as one set of training points. */
static void test_cqr(void **state)
{
    (void)state;
    int64_t n_fit, n_calibration, p;
    double *x_fit = conformal_npy("diab_X.npy", &n_fit, &p), *y_fit = conformal_npy("diab_Y.npy", NULL, NULL);
    double *x_more = conformal_npy("diab_Xcal.npy", &n_calibration, NULL);
    double *y_more = conformal_npy("diab_Ycal.npy", NULL, NULL);
    fr_conformal_data data = {.n = n_fit + n_calibration, .p = p};
    double *x_test = conformal_npy("diab_Xtest.npy", &data.m, NULL);
    double *x = fr_alloc(data.n * p, sizeof *x), *y = fr_alloc(data.n, sizeof *y);
    uint8_t *calibration = fr_alloc(data.n, 1);
    assert_true(x != NULL && y != NULL && calibration != NULL);
    memcpy(x, x_fit, (size_t)(n_fit * p) * sizeof *x);
    memcpy(x + n_fit * p, x_more, (size_t)(n_calibration * p) * sizeof *x);
    memcpy(y, y_fit, (size_t)n_fit * sizeof *y);
    memcpy(y + n_fit, y_more, (size_t)n_calibration * sizeof *y);
    memset(calibration + n_fit, 1, (size_t)n_calibration);
    data.x = x, data.y = y, data.x_test = x_test;
    json_t *json = conformal_json("diab_expected.json"), *cqr = conformal_member(json, "cqr");
    fr_conformal_cqr_settings settings;
    fr_conformal_cqr_settings_default(&settings);
    settings.calibration = calibration;
    fr_conformal_result result;
    assert_ok(fr_conformal_cqr(&data, &settings, &result));
    check_sets(&result);
    assert_near(result.score_quantile[0], conformal_number(cqr, "Q"), 1e-6);
    int64_t count;
    double *expected = conformal_numbers(conformal_member(cqr, "intervals"), &count);
    assert_int_equal(count, 2 * data.m);
    for (int64_t t = 0; t < data.m; t++) {
        assert_near(result.pieces[t].lower, expected[2 * t], 1e-6);
        assert_near(result.pieces[t].upper, expected[2 * t + 1], 1e-6);
    }
    fr_conformal_result_free(&result);
    double *owned[] = {x_fit, y_fit, x_more, y_more, x_test, x, y, expected};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        fr_free(owned[k]);
    fr_free(calibration);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile_regression),
        cmocka_unit_test(test_cqr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
