/* The rank rule, weighted quantiles and the hand-checked sets against the reference values of oracles/conformal. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>

static void test_rank_rule(void **state)
{
    (void)state;
    json_t *json = conformal_json("quantile_rank.json");
    int64_t count;
    double *rows = conformal_numbers(conformal_member(json, "rows"), &count);
    assert_int_equal(count, 3 * 64);
    for (int64_t k = 0; k < count; k += 3)
        assert_int_equal(fr_conformal_rank(rows[k], (int64_t)rows[k + 1]), (int64_t)rows[k + 2]);
    fr_free(rows);
    json_decref(json);
}

static void test_split_quantile(void **state)
{
    (void)state;
    json_t *json = conformal_json("tiny.json"), *split = conformal_member(json, "split");
    int64_t count;
    double *scores = conformal_numbers(conformal_member(split, "cal_scores"), &count), q;
    assert_ok(fr_conformal_quantile(count, scores, 0.2, &q));
    assert_true(q == conformal_number(split, "q_alpha_0p2"));
    assert_ok(fr_conformal_quantile(count, scores, 0.1, &q));
    assert_true(q == conformal_number(split, "q_alpha_0p1"));
    fr_free(scores);
    json_decref(json);
}

static void test_weighted_quantile(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item;
    size_t k;
    json_array_foreach(conformal_member(json, "weighted_small"), k, item)
    {
        int64_t count;
        double *scores = conformal_numbers(conformal_member(item, "scores"), &count), q;
        double *weights = conformal_numbers(conformal_member(item, "weights"), NULL);
        assert_ok(fr_conformal_weighted_quantile(count, scores, weights,
                                                 conformal_number(item, "test_weight"),
                                                 conformal_number(item, "alpha"), &q));
        assert_true(q == conformal_number(item, "q"));
        fr_free(scores);
        fr_free(weights);
    }
    assert_int_equal(k, 6);
    json_decref(json);
}

static void check_mean_model(const json_t *expected, double rho)
{
    const double x[] = {1, 1, 1, 1}, y[] = {0, 1, 2, 3}, alphas[] = {0.2, 0.4, 0.6};
    const char *names[] = {"alpha_0.2", "alpha_0.4", "alpha_0.6"};
    const fr_conformal_data data = {4, 1, 1, x, y, x};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 3;
    settings.rho = rho;
    fr_conformal_result result;
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    check_sets(&result);
    for (int64_t a = 0; a < 3; a++)
        assert_set(&result, 0, a, conformal_member(expected, names[a]), 1e-12);
    fr_conformal_result_free(&result);
}

static void test_mean_model(void **state)
{
    (void)state;
    json_t *json = conformal_json("tiny.json");
    check_mean_model(conformal_member(json, "mean_model_rho0"), 0);
    check_mean_model(conformal_member(json, "ridge_rho1"), 1);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank_rule),
        cmocka_unit_test(test_split_quantile),
        cmocka_unit_test(test_weighted_quantile),
        cmocka_unit_test(test_mean_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
