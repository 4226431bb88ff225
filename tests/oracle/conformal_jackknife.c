/* The jackknife family and CV+ against the reference values of oracles/conformal, which come from explicit refits. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/left_out.h>

#include <math.h>

typedef struct {
    fr_conformal_data data;
    double *x, *y, *x_test;
    json_t *json;
} diabetes;

static void load(diabetes *out)
{
    out->x = conformal_npy("diab_X.npy", &out->data.n, &out->data.p);
    out->y = conformal_npy("diab_Y.npy", NULL, NULL);
    out->x_test = conformal_npy("diab_Xtest.npy", &out->data.m, NULL);
    out->data.x = out->x, out->data.y = out->y, out->data.x_test = out->x_test;
    out->json = conformal_json("diab_expected.json");
}

static void unload(diabetes *loaded)
{
    fr_free(loaded->x);
    fr_free(loaded->y);
    fr_free(loaded->x_test);
    json_decref(loaded->json);
}

static void test_residuals(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    int64_t count;
    double *expected = conformal_numbers(conformal_member(d.json, "loo_abs_residual"), &count);
    fr_conformal_jackknife_settings settings;
    fr_conformal_jackknife_settings_default(&settings);
    left_out models;
    assert_ok(left_out_new(&d.data, &settings, 0, NULL, &models));
    assert_int_equal(count, d.data.n);
    for (int64_t i = 0; i < count; i++)
        assert_near(models.residual[i], expected[i], 1e-9);
    left_out_free(&models);
    fr_free(expected);
    unload(&d);
}

static void check_kind(const diabetes *d, fr_conformal_jackknife_kind kind, const char *name)
{
    fr_conformal_jackknife_settings settings;
    fr_conformal_jackknife_settings_default(&settings);
    settings.kind = kind;
    fr_conformal_result result;
    assert_ok(fr_conformal_jackknife(&d->data, &settings, &result));
    check_sets(&result);
    const json_t *tests = conformal_member(d->json, "jackknife_family");
    for (int64_t t = 0; t < d->data.m; t++) {
        const json_t *pair = conformal_member(json_array_get(tests, (size_t)t), name);
        assert_near(result.pieces[t].lower, conformal_value(json_array_get(pair, 0)), 1e-9);
        assert_near(result.pieces[t].upper, conformal_value(json_array_get(pair, 1)), 1e-9);
    }
    fr_conformal_result_free(&result);
}

static void test_family(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    check_kind(&d, FR_CONFORMAL_JACKKNIFE, "jackknife");
    check_kind(&d, FR_CONFORMAL_JACKKNIFE_PLUS, "jackknife_plus");
    check_kind(&d, FR_CONFORMAL_JACKKNIFE_MINMAX, "jackknife_minmax");
    unload(&d);
}

static void test_cv_plus(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    int64_t count, *fold = conformal_npy_whole("diab_fold.npy", &count);
    assert_int_equal(count, d.data.n);
    fr_conformal_jackknife_settings settings;
    fr_conformal_jackknife_settings_default(&settings);
    settings.kind = FR_CONFORMAL_CV_PLUS;
    settings.fold = fold;
    fr_conformal_result result;
    assert_ok(fr_conformal_jackknife(&d.data, &settings, &result));
    check_sets(&result);
    double *expected = conformal_numbers(conformal_member(d.json, "cv_plus"), &count);
    assert_int_equal(count, 2 * d.data.m);
    for (int64_t t = 0; t < d.data.m; t++) {
        assert_near(result.pieces[t].lower, expected[2 * t], 1e-9);
        assert_near(result.pieces[t].upper, expected[2 * t + 1], 1e-9);
    }
    fr_conformal_result_free(&result);
    /* 10 folds of 12: min{2 * 0.9 / 13, (1 - 1/12) / 11}; where they differ in size sqrt(2/n) */
    int64_t rows[10] = {0};
    for (int64_t i = 0; i < d.data.n; i++)
        rows[fold[i]]++;
    for (int64_t k = 0; k < 10; k++)
        assert_int_equal(rows[k], 12);
    assert_ok(fr_conformal_jackknife(&d.data, &settings, &result));
    assert_near(result.guarantee[0], 1 - 0.2 - 11 / 12.0 / 11, 1e-15);
    fr_conformal_result_free(&result);
    fold[0] = (fold[0] + 1) % 10;
    assert_ok(fr_conformal_jackknife(&d.data, &settings, &result));
    assert_near(result.guarantee[0], 1 - 0.2 - sqrt(2 / 120.0), 1e-15);
    fr_free(expected);
    fr_free(fold);
    fr_conformal_result_free(&result);
    unload(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_residuals),
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_cv_plus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
