/* Full conformal on a grid: a model as a callback against the exact sets of the same model, fits given at once, the older programs' counting. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Ridge regression with one penalty, without an intercept, for one feature: b = z'y / (z'z + rho). */
static int ridge_of_one(int64_t rows, int64_t p, const double *z, const double *y, double *fitted,
                        void *context)
{
    const double *rho = context;
    double product = 0, square = *rho;
    assert_int_equal(p, 1);
    for (int64_t i = 0; i < rows; i++)
        product += z[i] * y[i], square += z[i] * z[i];
    for (int64_t i = 0; i < rows; i++)
        fitted[i] = z[i] * product / square;
    return FR_OK;
}

static void test_callback(void **state)
{
    (void)state;
    double rho = 0.7, alphas[] = {0.2, 0.5};
    conformal_case drawn;
    random_conformal_case(1, 15, 1, 30, 1, &drawn);
    fr_conformal_ridge_settings exact;
    fr_conformal_ridge_settings_default(&exact);
    exact.alphas = alphas, exact.n_alphas = 2, exact.rho = rho;
    fr_conformal_grid_settings settings;
    fr_conformal_grid_settings_default(&settings);
    settings.alphas = alphas, settings.n_alphas = 2;
    settings.low = -6, settings.high = 6, settings.step = 0.05;
    fr_conformal_result expected, got, compat;
    assert_ok(fr_conformal_ridge(&drawn.data, &exact, &expected));
    assert_ok(fr_conformal_grid(&drawn.data, ridge_of_one, &rho, &settings, &got));
    settings.compat_2016 = true;
    assert_ok(fr_conformal_grid(&drawn.data, ridge_of_one, &rho, &settings, &compat));
    check_sets(&got);
    check_sets(&compat);
    assert_int_equal(got.n_grid, 30);
    for (int64_t cell = 0; cell < 60; cell++) {
        int64_t first = expected.first[cell], last = expected.first[cell + 1] - 1;
        double low = expected.pieces[first].lower, high = expected.pieces[last].upper;
        if (!(low > -5.9 && high < 5.9)) continue;
        int64_t at = got.first[cell];
        assert_int_equal(got.status[cell], FR_CONFORMAL_ON_GRID);
        /* wider than the exact set by up to a step; the older programs' is narrower by up to a step */
        assert_true(got.pieces[at].lower <= low && got.pieces[at].lower >= low - 0.05 - 1e-9);
        assert_true(got.pieces[at].upper >= high && got.pieces[at].upper <= high + 0.05 + 1e-9);
        assert_near(compat.pieces[at].lower, got.pieces[at].lower + 0.05, 1e-12);
        assert_near(compat.pieces[at].upper, got.pieces[at].upper - 0.05, 1e-12);
    }
    assert_true(isnan(got.guarantee[0]));
    fr_conformal_result_free(&expected);
    fr_conformal_result_free(&got);
    fr_conformal_result_free(&compat);
    conformal_case_free(&drawn);
}

static void test_default_grid(void **state)
{
    (void)state;
    const double x[] = {0, 0, 0}, y[] = {1, -2, 4};
    double rho = 1;
    const fr_conformal_data data = {3, 1, 1, x, y, x};
    fr_conformal_grid_settings settings;
    fr_conformal_grid_settings_default(&settings);
    double alpha = 0.4;
    settings.alphas = &alpha, settings.n_alphas = 1;
    fr_conformal_result result;
    /* the model predicts 0: rank 3 of 4, [-4, 4], which is the range; each side is one step wider */
    assert_ok(fr_conformal_grid(&data, ridge_of_one, &rho, &settings, &result));
    assert_near(result.pieces[0].lower, -4.04, 1e-12);
    assert_near(result.pieces[0].upper, 4.04, 1e-12);
    fr_conformal_result_free(&result);
    alpha = 0.6; /* rank 2: [-2, 2] */
    assert_ok(fr_conformal_grid(&data, ridge_of_one, &rho, &settings, &result));
    assert_near(result.pieces[0].upper, 2.04, 1e-12);
    fr_conformal_result_free(&result);
    settings.low = 3, settings.high = 3.5; /* nothing there belongs */
    assert_ok(fr_conformal_grid(&data, ridge_of_one, &rho, &settings, &result));
    assert_int_equal(result.status[0], FR_CONFORMAL_EMPTY);
    fr_conformal_result_free(&result);
}

static void test_from_fits(void **state)
{
    (void)state;
    enum { n = 9, count = 25 };
    double rho = 0.7, alpha = 0.3, trial[count], fitted[count * (n + 1)], z[n + 1], responses[n + 1];
    conformal_case drawn;
    random_conformal_case(2, n, 1, 1, 1, &drawn);
    memcpy(z, drawn.x, n * sizeof *z);
    memcpy(responses, drawn.y, n * sizeof *z);
    z[n] = drawn.x_test[0];
    for (int64_t g = 0; g < count; g++) {
        responses[n] = trial[g] = -6 + 0.5 * (double)g;
        assert_ok(ridge_of_one(n + 1, 1, z, responses, fitted + g * (n + 1), &rho));
    }
    fr_conformal_grid_settings settings;
    fr_conformal_grid_settings_default(&settings);
    settings.alphas = &alpha, settings.n_alphas = 1;
    settings.low = -6, settings.high = 6, settings.step = 0.5;
    for (int compat = 0; compat < 2; compat++) {
        fr_conformal_result given, called;
        settings.compat_2016 = compat == 1;
        assert_ok(fr_conformal_from_fits(n, drawn.y, count, trial, fitted, 1, &alpha, compat == 1, &given));
        assert_ok(fr_conformal_grid(&drawn.data, ridge_of_one, &rho, &settings, &called));
        assert_sets_identical(&given, &called);
        fr_conformal_result_free(&given);
        fr_conformal_result_free(&called);
    }
    fr_conformal_result result;
    trial[3] = trial[2];
    assert_refused(fr_conformal_from_fits(n, drawn.y, count, trial, fitted, 1, &alpha, false, &result),
                   FR_EINPUT, "number 3");
    trial[3] = -4.5, fitted[(n + 1) * 4 + 2] = NAN;
    assert_refused(fr_conformal_from_fits(n, drawn.y, count, trial, fitted, 1, &alpha, false, &result),
                   FR_EINPUT, "row 4, column 2");
    conformal_case_free(&drawn);
}

/* 0.3 - 0.1 is less than 0.2 by rounding: a tie, in favour of y. */
static void test_rounding_tie(void **state)
{
    (void)state;
    const double y[] = {0.3}, trial[] = {0.2}, fitted[] = {0.1, 0}, alpha = 0.5; /* rank 1 of 2 */
    assert_true(y[0] - fitted[0] < trial[0]);
    fr_conformal_result result;
    assert_ok(fr_conformal_from_fits(1, y, 1, trial, fitted, 1, &alpha, false, &result));
    assert_int_equal(result.status[0], FR_CONFORMAL_ON_GRID);
    fr_conformal_result_free(&result);
}

static int failing(int64_t rows, int64_t p, const double *z, const double *y, double *fitted, void *context)
{
    const int *kind = context;
    (void)p, (void)y;
    for (int64_t i = 0; i < rows; i++)
        fitted[i] = *kind == 0 ? NAN : z[i];
    return *kind == 0 ? FR_OK : fr_fail(FR_ENUMERIC, "the model is broken");
}

static void test_refused(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(3, 5, 1, 8, 1, &drawn);
    fr_conformal_grid_settings settings;
    fr_conformal_grid_settings_default(&settings);
    fr_conformal_result result;
    int kind = 0;
    assert_refused(fr_conformal_grid(&drawn.data, failing, &kind, &settings, &result), FR_ENUMERIC, "row 0");
    kind = 1;
    assert_refused(fr_conformal_grid(&drawn.data, failing, &kind, &settings, &result), FR_ENUMERIC,
                   "is broken");
    settings.low = 2, settings.high = 1;
    assert_refused(fr_conformal_grid(&drawn.data, failing, &kind, &settings, &result), FR_EUSAGE,
                   "finite range");
    settings.high = 3, settings.step = -1;
    assert_refused(fr_conformal_grid(&drawn.data, failing, &kind, &settings, &result), FR_EUSAGE, "step");
    settings.step = 1e-9;
    assert_refused(fr_conformal_grid(&drawn.data, failing, &kind, &settings, &result), FR_EUSAGE,
                   "10 million");
    conformal_case_free(&drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback),  cmocka_unit_test(test_default_grid),
        cmocka_unit_test(test_from_fits), cmocka_unit_test(test_rounding_tie),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
