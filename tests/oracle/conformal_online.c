/* Adaptive conformal inference and Clopper-Pearson intervals against the reference values of oracles/conformal. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>

static void check_run(const json_t *item)
{
    const json_t *steps = conformal_member(item, "steps");
    int64_t n, m = (int64_t)json_array_size(steps);
    double *calibration = conformal_numbers(conformal_member(item, "cal_scores"), &n), alpha_next;
    double *scores = fr_alloc(m, sizeof *scores);
    fr_conformal_online_step *got = fr_alloc(m, sizeof *got);
    assert_true(scores != NULL && got != NULL);
    for (int64_t t = 0; t < m; t++)
        scores[t] = conformal_number(json_array_get(steps, (size_t)t), "score");
    assert_ok(fr_conformal_online(n, calibration, m, scores, conformal_number(item, "alpha"),
                                  conformal_number(item, "g"), 0, got, &alpha_next));
    for (int64_t t = 0; t < m; t++) {
        const json_t *step = json_array_get(steps, (size_t)t), *q = conformal_member(step, "q");
        assert_near(got[t].alpha, conformal_number(step, "alpha_t"), 1e-9);
        if (json_is_null(q) || json_is_string(q))
            assert_true(json_is_string(q) ? got[t].q == conformal_value(q) : isnan(got[t].q));
        else
            assert_true(got[t].q == conformal_value(q));
        assert_int_equal(got[t].error, (int)conformal_number(step, "err"));
    }
    assert_near(alpha_next, conformal_number(item, "alpha_next"), 1e-9);
    fr_free(calibration);
    fr_free(scores);
    fr_free(got);
}

static void test_adaptive(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item;
    size_t k;
    json_array_foreach(conformal_member(json, "aci"), k, item) check_run(item);
    assert_int_equal(k, 2);
    json_decref(json);
}

static void test_clopper_pearson(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json");
    int64_t count;
    double *rows = conformal_numbers(conformal_member(json, "clopper_pearson_95"), &count);
    assert_int_equal(count, 4 * 6);
    for (int64_t k = 0; k < count; k += 4) {
        double low, high;
        fr_clopper_pearson((int64_t)rows[k], (int64_t)rows[k + 1], 0.95, &low, &high);
        assert_near(low, rows[k + 2], 1e-12);
        assert_near(high, rows[k + 3], 1e-12);
    }
    fr_free(rows);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adaptive),
        cmocka_unit_test(test_clopper_pearson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
