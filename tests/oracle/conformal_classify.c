/* Prediction sets of classes against the reference values of oracles/conformal: wine data with three classes, and made-up probabilities of
 * six with ties. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>

typedef struct {
    int64_t n, m, n_classes;
    double *p, *p_test, *u, *u_test;
    int64_t *label;
} probabilities;

static void load_wine(probabilities *out)
{
    out->p = conformal_npy("cls_Pcal.npy", &out->n, &out->n_classes);
    out->p_test = conformal_npy("cls_Ptest.npy", &out->m, NULL);
    out->u = conformal_npy("cls_ucal.npy", NULL, NULL);
    out->u_test = conformal_npy("cls_utest.npy", NULL, NULL);
    out->label = conformal_npy_whole("cls_ycal.npy", NULL);
}

static void load_six(const json_t *item, probabilities *out)
{
    int64_t cells;
    out->p = conformal_numbers(conformal_member(item, "Pcal"), &cells);
    out->label = conformal_whole(conformal_member(item, "ycal"), &out->n);
    out->n_classes = cells / out->n;
    out->p_test = conformal_numbers(conformal_member(item, "Ptest"), NULL);
    out->u = conformal_numbers(conformal_member(item, "ucal"), NULL);
    out->u_test = conformal_numbers(conformal_member(item, "utest"), &out->m);
}

static void unload(probabilities *given)
{
    fr_free(given->p);
    fr_free(given->p_test);
    fr_free(given->u);
    fr_free(given->u_test);
    fr_free(given->label);
}

static void assert_labels(const fr_conformal_class_result *result, const json_t *sets)
{
    assert_int_equal(json_array_size(sets), result->m);
    for (int64_t t = 0; t < result->m; t++) {
        int64_t count, *labels = conformal_whole(json_array_get(sets, (size_t)t), &count), found = 0;
        for (int64_t c = 0; c < result->n_classes; c++) {
            bool member = result->member[t * result->n_classes + c] != 0;
            if (member && (found >= count || labels[found] != c))
                fail_msg("test point %d: class %d is in the set", (int)t, (int)c);
            found += member;
        }
        assert_int_equal(found, count);
        fr_free(labels);
    }
}

static void check_case(const probabilities *given, fr_conformal_class_settings *settings, bool randomised,
                       const json_t *expected)
{
    settings->u = randomised ? given->u : NULL;
    settings->u_test = randomised ? given->u_test : NULL;
    fr_conformal_class_result result;
    assert_ok(fr_conformal_classify(given->n, given->n_classes, given->p, given->label, given->m,
                                    given->p_test, settings, &result));
    const json_t *q = conformal_member(expected, "q");
    for (int64_t c = 0; settings->by_label && c < given->n_classes; c++)
        assert_near(result.q[c], conformal_value(json_array_get(q, (size_t)c)), 1e-12);
    if (!settings->by_label) assert_near(result.q[0], conformal_value(q), 1e-12);
    assert_labels(&result, conformal_member(expected, "sets"));
    fr_conformal_class_result_free(&result);
}

static void test_wine(void **state)
{
    (void)state;
    json_t *json = conformal_json("cls_expected.json");
    probabilities wine;
    load_wine(&wine);
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    check_case(&wine, &settings, false, conformal_member(json, "lac"));
    settings.score = FR_CONFORMAL_APS;
    check_case(&wine, &settings, false, conformal_member(json, "aps"));
    check_case(&wine, &settings, true, conformal_member(json, "aps_randomised"));
    fr_conformal_class_settings_default(&settings);
    settings.by_label = true;
    check_case(&wine, &settings, false, conformal_member(json, "mondrian_lac"));
    unload(&wine);
    json_decref(json);
}

static void test_p_values(void **state)
{
    (void)state;
    json_t *json = conformal_json("cls_expected.json");
    probabilities wine;
    load_wine(&wine);
    int64_t count;
    double *expected = conformal_numbers(conformal_member(json, "label_conditional_pvalues"), &count);
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    fr_conformal_class_result result;
    assert_ok(fr_conformal_classify(wine.n, wine.n_classes, wine.p, wine.label, wine.m, wine.p_test,
                                    &settings, &result));
    assert_int_equal(count, wine.m * wine.n_classes);
    for (int64_t k = 0; k < count; k++)
        assert_near(result.p_value[k], expected[k], 1e-15);
    fr_conformal_class_result_free(&result);
    fr_free(expected);
    unload(&wine);
    json_decref(json);
}

static void check_raps(const probabilities *given, const json_t *cases, size_t expected_count)
{
    size_t k;
    json_t *item;
    json_array_foreach(cases, k, item)
    {
        double alpha = conformal_number(item, "alpha");
        fr_conformal_class_settings settings;
        fr_conformal_class_settings_default(&settings);
        settings.alphas = &alpha;
        settings.n_alphas = 1;
        settings.score = FR_CONFORMAL_RAPS;
        settings.penalty = conformal_number(item, "reg");
        settings.free_ranks = conformal_number(item, "kreg");
        assert_int_equal(fr_conformal_rank(alpha, given->n + 1), (int64_t)conformal_number(item, "k"));
        check_case(given, &settings, json_is_true(conformal_member(item, "randomised")), item);
    }
    assert_int_equal(k, expected_count);
}

static void test_raps(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item = conformal_member(json, "raps_six_classes");
    probabilities given;
    load_wine(&given);
    check_raps(&given, conformal_member(json, "raps"), 8);
    unload(&given);
    load_six(item, &given);
    assert_int_equal(given.n_classes, 6);
    check_raps(&given, conformal_member(item, "cases"), 12);
    unload(&given);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wine),
        cmocka_unit_test(test_p_values),
        cmocka_unit_test(test_raps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
