/* Exact full conformal sets of ridge regression against the reference values of oracles/conformal. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <stdio.h>

/* One problem with its inputs in the file: the set at its level, within `tolerance`. */
static void check_case(const json_t *item, double rho, bool intercept, const json_t *expected,
                       double tolerance)
{
    int64_t n, p;
    double *x = conformal_numbers(conformal_member(item, "X"), NULL);
    double *y = conformal_numbers(conformal_member(item, "Y"), &n);
    double *x_test = conformal_numbers(conformal_member(item, "x"), &p);
    double alpha = conformal_number(item, "alpha");
    const fr_conformal_data data = {n, p, 1, x, y, x_test};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = rho;
    settings.intercept = intercept;
    fr_conformal_result result;
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    check_sets(&result);
    assert_int_equal(fr_conformal_rank(alpha, n + 1), (int64_t)conformal_number(item, "k"));
    assert_set(&result, 0, 0, expected, tolerance);
    fr_conformal_result_free(&result);
    fr_free(x);
    fr_free(y);
    fr_free(x_test);
}

static void test_more_columns_than_rows(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item = conformal_member(json, "ridge_wide");
    check_case(item, conformal_number(item, "rho"), false, conformal_member(item, "set_no_intercept"), 1e-9);
    check_case(item, conformal_number(item, "rho"), true, conformal_member(item, "set_intercept"), 1e-9);
    json_decref(json);
}

static void test_disconnected(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item;
    size_t k;
    json_array_foreach(conformal_member(json, "ridge_disconnected"), k, item)
        check_case(item, conformal_number(item, "rho"), json_is_true(conformal_member(item, "intercept")),
                   conformal_member(item, "set"), 1e-8);
    assert_int_equal(k, 14);
    json_decref(json);
}

static void test_unbounded(void **state)
{
    (void)state;
    json_t *json = conformal_json("ridge_pathological.json"), *item;
    size_t k;
    json_array_foreach(json, k, item)
        check_case(item, conformal_number(item, "rho"), false, conformal_member(item, "set"), 1e-8);
    assert_int_equal(k, 6);
    json_decref(json);
}

static void check_diabetes(bool intercept, const json_t *expected)
{
    const double alphas[] = {0.05, 0.1, 0.2};
    fr_conformal_data data;
    double *x = conformal_npy("diab_X.npy", &data.n, &data.p), *y = conformal_npy("diab_Y.npy", NULL, NULL);
    double *x_test = conformal_npy("diab_Xtest.npy", &data.m, NULL);
    data.x = x, data.y = y, data.x_test = x_test;
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 3;
    settings.intercept = intercept;
    fr_conformal_result result;
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    check_sets(&result);
    for (int64_t t = 0; t < data.m; t++)
        for (int64_t a = 0; a < 3; a++) {
            char name[32];
            snprintf(name, sizeof name, "%s_%g", intercept ? "icpt" : "noicpt", alphas[a]);
            assert_set(&result, t, a, conformal_member(json_array_get(expected, (size_t)t), name), 1e-8);
        }
    fr_conformal_result_free(&result);
    fr_free(x);
    fr_free(y);
    fr_free(x_test);
}

static void test_diabetes(void **state)
{
    (void)state;
    json_t *json = conformal_json("diab_expected.json");
    check_diabetes(false, conformal_member(json, "full_ridge"));
    check_diabetes(true, conformal_member(json, "full_ridge"));
    json_decref(json);
}

/* The ridge trim of trimmed conformal prediction: level 1/(n + 1), more columns than rows. Its sets are intervals here, so that the
 * hull that the paper prints is the same. */
static void test_trim(void **state)
{
    (void)state;
    fr_conformal_data data;
    double *x = conformal_npy("lasso_X.npy", &data.n, &data.p), *y = conformal_npy("lasso_Y.npy", NULL, NULL);
    double *x_test = conformal_npy("lasso_Xtest.npy", &data.m, NULL);
    data.x = x, data.y = y, data.x_test = x_test;
    double alpha = 1 / (double)(data.n + 1);
    json_t *json = conformal_json("lasso_expected.json");
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = conformal_number(json, "rho");
    fr_conformal_result result;
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    check_sets(&result);
    for (int64_t t = 0; t < data.m; t++) {
        const json_t *test = json_array_get(conformal_member(json, "tests"), (size_t)t);
        assert_set(&result, t, 0, conformal_member(test, "ridge_trim_exact_set"), 1e-8);
        assert_set(&result, t, 0, conformal_member(test, "ridge_trim_paper_hull"), 1e-8);
    }
    fr_conformal_result_free(&result);
    json_decref(json);
    fr_free(x);
    fr_free(y);
    fr_free(x_test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_columns_than_rows),
        cmocka_unit_test(test_disconnected),
        cmocka_unit_test(test_unbounded),
        cmocka_unit_test(test_diabetes),
        cmocka_unit_test(test_trim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
