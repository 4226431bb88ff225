/* Selection against sorting, and quantiles of scores at their edges. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/rank.h>

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void test_select(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 1, 1, 0);
    double values[200], sorted[200], copy[200];
    for (int trial = 0; trial < 2000; trial++) {
        int64_t n = 1 + fr_rng_below(&rng, 200), kinds = 1 + fr_rng_below(&rng, 2 * n);
        for (int64_t k = 0; k < n; k++)
            sorted[k] = values[k] = (double)fr_rng_below(&rng, kinds); /* with ties */
        qsort(sorted, (size_t)n, sizeof *sorted, ascending);
        for (int64_t k = -1; k <= n + 2; k++) {
            for (int64_t i = 0; i < n; i++)
                copy[i] = values[i];
            double expected = k < 1 ? -INFINITY : k > n ? INFINITY : sorted[k - 1];
            assert_true(fr_conformal_select(n, copy, k) == expected);
            assert_true(conformal_sorted_select(n, sorted, k) == expected);
        }
        conformal_sort(n, copy);
        assert_memory_equal(copy, sorted, (size_t)n * sizeof *copy);
        double probe = (double)fr_rng_below(&rng, kinds);
        int64_t below = conformal_number_below(n, sorted, probe);
        assert_true((below == 0 || sorted[below - 1] < probe) && (below == n || sorted[below] >= probe));
    }
}

/* Orders that a pivot at a fixed place would take quadratic time for. */
static void test_select_orders(void **state)
{
    (void)state;
    enum { n = 200000 };
    double *values = fr_alloc(n, sizeof *values);
    assert_non_null(values);
    for (int order = 0; order < 4; order++) {
        for (int64_t k = 0; k < n; k++)
            values[k] = (double)(order == 0   ? k
                                 : order == 1 ? n - k
                                 : order == 2 ? (k < n / 2 ? k : n - k)
                                              : 7);
        double got = fr_conformal_select(n, values, n / 2);
        assert_true(got == (order == 0 ? n / 2 - 1 : order == 1 ? n / 2 : order == 2 ? n / 4 : 7));
    }
    fr_free(values);
}

static void test_infinite_and_missing(void **state)
{
    (void)state;
    double values[] = {NAN, 2, -INFINITY, NAN, INFINITY, 1};
    assert_true(fr_conformal_select(6, values, 1) == -INFINITY);
    assert_true(fr_conformal_select(6, values, 3) == 2);
    assert_true(fr_conformal_select(6, values, 4) == INFINITY);
    assert_true(fr_conformal_select(6, values, 5) == INFINITY); /* what is no number may be anything */
    double q;
    assert_ok(fr_conformal_quantile(0, NULL, 0.5, &q));
    assert_true(q == INFINITY);
}

/* Unit weights are no weights, at every level and number. */
static void test_unit_weights(void **state)
{
    (void)state;
    enum { most = 400 };
    double scores[most], weights[most];
    for (int64_t k = 0; k < most; k++)
        scores[k] = (double)(k + 1), weights[k] = 1;
    const double alphas[] = {0.01, 0.05, 0.1, 0.2, 0.7, 0.9};
    for (int a = 0; a < 6; a++)
        for (int64_t n = 1; n < most; n++) {
            double plain, weighted;
            assert_ok(fr_conformal_quantile(n, scores, alphas[a], &plain));
            assert_ok(fr_conformal_weighted_quantile(n, scores, weights, 1, alphas[a], &weighted));
            assert_true(plain == weighted);
        }
}

static void test_refused_weights(void **state)
{
    (void)state;
    const double scores[] = {1, 2}, negative[] = {1, -1}, none[] = {0, 0}, huge[] = {1e308, 1e308};
    double q;
    assert_refused(fr_conformal_weighted_quantile(2, scores, negative, 1, 0.1, &q), FR_EINPUT,
                   "number 1 is -1");
    assert_refused(fr_conformal_weighted_quantile(2, scores, none, 1, 0.1, &q), FR_EINPUT, "are 0");
    assert_refused(fr_conformal_weighted_quantile(2, scores, huge, 1, 0.1, &q), FR_EINPUT, "too large");
    assert_refused(fr_conformal_weighted_quantile(2, scores, scores, NAN, 0.1, &q), FR_EINPUT, "test point");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_select_orders),
        cmocka_unit_test(test_infinite_and_missing),
        cmocka_unit_test(test_unit_weights),
        cmocka_unit_test(test_refused_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
