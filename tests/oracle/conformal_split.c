/* Split conformal prediction in all its forms against the reference values of oracles/conformal: a ridge fit to 120 rows of the
 * diabetes data, scores on 160 others. The lasso's split sets are checked with the trimmed sets. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>

typedef struct {
    fr_conformal_calibration calibration;
    double *x, *x_test, *y, *mu, *mu_test;
    int64_t p;
    json_t *json;
} diabetes;

static double *predictions(int64_t n, int64_t p, const double *x, const double *b, double b0)
{
    double *mu = fr_alloc(n, sizeof *mu);
    assert_non_null(mu);
    for (int64_t i = 0; i < n; i++) {
        mu[i] = b0;
        for (int64_t j = 0; j < p; j++)
            mu[i] += x[i * p + j] * b[j];
    }
    return mu;
}

static void load(diabetes *out)
{
    int64_t n, m;
    out->json = conformal_json("diab_expected.json");
    const json_t *split = conformal_member(out->json, "split");
    double *b = conformal_numbers(conformal_member(split, "coef"), NULL);
    double b0 = conformal_number(split, "intercept");
    out->x = conformal_npy("diab_Xcal.npy", &n, &out->p);
    out->y = conformal_npy("diab_Ycal.npy", NULL, NULL);
    out->x_test = conformal_npy("diab_Xtest.npy", &m, NULL);
    out->mu = predictions(n, out->p, out->x, b, b0);
    out->mu_test = predictions(m, out->p, out->x_test, b, b0);
    out->calibration =
        (fr_conformal_calibration){.n = n, .m = m, .mu = out->mu, .y = out->y, .mu_test = out->mu_test};
    fr_free(b);
}

static void unload(diabetes *loaded)
{
    fr_free(loaded->x);
    fr_free(loaded->x_test);
    fr_free(loaded->y);
    fr_free(loaded->mu);
    fr_free(loaded->mu_test);
    json_decref(loaded->json);
}

/* One interval for each test point, from a list of pairs. */
static void assert_intervals(const fr_conformal_result *result, int64_t level, const json_t *expected)
{
    int64_t count;
    double *ends = conformal_numbers(expected, &count);
    assert_int_equal(count, 2 * result->m);
    for (int64_t t = 0; t < result->m; t++) {
        int64_t pieces;
        const fr_interval *set = set_of(result, t, level, &pieces);
        assert_int_equal(pieces, 1);
        assert_end(set->lower, ends[2 * t], 1e-9);
        assert_end(set->upper, ends[2 * t + 1], 1e-9);
    }
    fr_free(ends);
}

static void test_absolute(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    fr_conformal_result result;
    const json_t *expected = conformal_member(d.json, "split");
    assert_ok(fr_conformal_split(&d.calibration, FR_CONFORMAL_ABSOLUTE, 0, NULL, &result));
    check_sets(&result);
    assert_near(result.score_quantile[0], conformal_number(expected, "q"), 1e-9);
    assert_intervals(&result, 0, conformal_member(expected, "intervals"));
    fr_conformal_result_free(&result);
    unload(&d);
}

static double *scales(int64_t n, int64_t p, const double *x)
{
    double *sigma = fr_alloc(n, sizeof *sigma);
    assert_non_null(sigma);
    for (int64_t i = 0; i < n; i++)
        sigma[i] = 1 + 0.5 * fabs(x[i * p + 2]);
    return sigma;
}

static void test_normalised(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    double *sigma = scales(d.calibration.n, d.p, d.x), *sigma_test = scales(d.calibration.m, d.p, d.x_test);
    d.calibration.sigma = sigma, d.calibration.sigma_test = sigma_test;
    fr_conformal_result result;
    const json_t *expected = conformal_member(d.json, "split_normalised");
    assert_ok(fr_conformal_split(&d.calibration, FR_CONFORMAL_NORMALISED, 0, NULL, &result));
    check_sets(&result);
    assert_near(result.score_quantile[0], conformal_number(expected, "q"), 1e-9);
    assert_intervals(&result, 0, conformal_member(expected, "intervals"));
    fr_conformal_result_free(&result);
    fr_free(sigma);
    fr_free(sigma_test);
    unload(&d);
}

static void test_groups(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    const json_t *expected = conformal_member(d.json, "mondrian");
    int64_t n = d.calibration.n, m;
    int64_t *group = fr_alloc(n, sizeof *group);
    int64_t *group_test = conformal_whole(conformal_member(expected, "group_test"), &m);
    double *q = conformal_numbers(conformal_member(expected, "q"), NULL);
    assert_non_null(group);
    for (int64_t i = 0; i < n; i++)
        group[i] = d.x[i * d.p + 1] > 0;
    d.calibration.group = group, d.calibration.group_test = group_test;
    fr_conformal_result result;
    assert_ok(fr_conformal_split(&d.calibration, FR_CONFORMAL_ABSOLUTE, 0, NULL, &result));
    check_sets(&result);
    assert_null(result.score_quantile);
    for (int64_t t = 0; t < m; t++) {
        assert_near(result.pieces[t].lower, d.mu_test[t] - q[group_test[t]], 1e-9);
        assert_near(result.pieces[t].upper, d.mu_test[t] + q[group_test[t]], 1e-9);
    }
    fr_conformal_result_free(&result);
    fr_free(group);
    fr_free(group_test);
    fr_free(q);
    unload(&d);
}

static double *weights(int64_t n, int64_t p, const double *x)
{
    double *weight = fr_alloc(n, sizeof *weight);
    assert_non_null(weight);
    for (int64_t i = 0; i < n; i++)
        weight[i] = exp(x[i * p + 2]);
    return weight;
}

static void test_weighted(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    double *weight = weights(d.calibration.n, d.p, d.x);
    double *weight_test = weights(d.calibration.m, d.p, d.x_test);
    double *q = conformal_numbers(conformal_member(conformal_member(d.json, "weighted"), "q"), NULL);
    d.calibration.weight = weight, d.calibration.weight_test = weight_test;
    fr_conformal_result result;
    assert_ok(fr_conformal_split(&d.calibration, FR_CONFORMAL_ABSOLUTE, 0, NULL, &result));
    check_sets(&result);
    for (int64_t t = 0; t < d.calibration.m; t++) {
        assert_near(result.pieces[t].lower, d.mu_test[t] - q[t], 1e-9);
        assert_near(result.pieces[t].upper, d.mu_test[t] + q[t], 1e-9);
    }
    fr_conformal_result_free(&result);
    fr_free(weight);
    fr_free(weight_test);
    fr_free(q);
    unload(&d);
}

static void test_signed(void **state)
{
    (void)state;
    diabetes d;
    load(&d);
    json_t *extra = conformal_json("extra.json"), *item;
    size_t k;
    json_array_foreach(conformal_member(extra, "split_asymmetric"), k, item)
    {
        double alpha = conformal_number(item, "alpha");
        fr_conformal_result result;
        assert_ok(fr_conformal_split(&d.calibration, FR_CONFORMAL_SIGNED, 1, &alpha, &result));
        check_sets(&result);
        assert_end(result.pieces[0].lower - d.mu_test[0], conformal_number(item, "q_lower"), 1e-9);
        assert_end(result.pieces[0].upper - d.mu_test[0], conformal_number(item, "q_upper"), 1e-9);
        assert_intervals(&result, 0, conformal_member(item, "intervals"));
        fr_conformal_result_free(&result);
    }
    assert_int_equal(k, 3);
    json_decref(extra);
    unload(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absolute), cmocka_unit_test(test_normalised), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_weighted), cmocka_unit_test(test_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
