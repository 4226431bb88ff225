/* The chance of so low a coverage: against counting, against its limits, against simulated calibration sets. */
#include "support.h"

#include <frugal/conformal.h>

#include <math.h>
#include <stdlib.h>

static double choose(int64_t n, int64_t k)
{
    double ways = 1;
    for (int64_t i = 1; i <= k; i++)
        ways = ways * (double)(n - k + i) / (double)i;
    return ways;
}

/* Of n + m ranks in random order, j of the m lie below the k-th of the n. */
static double by_counting(int64_t j, int64_t m, int64_t k, int64_t n)
{
    return choose(j + k - 1, j) * choose(m - j + n - k, m - j) / choose(n + m, m);
}

static void test_counting(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 20; n++)
        for (int64_t k = 1; k <= n; k++)
            for (int64_t m = 1; m <= 15; m += 7) {
                double sum = 0, guarantee = (double)k / (double)(n + 1);
                for (int64_t s = 0; s <= m; s++) {
                    sum += by_counting(s, m, k, n);
                    assert_near(fr_conformal_chance(s, m, guarantee, n), sum,
                                1e-12); /* lgamma of numbers up to 35 */
                }
            }
}

static void test_binomial(void **state)
{
    (void)state;
    for (int64_t m = 1; m <= 40; m += 13) {
        double sum = 0;
        for (int64_t s = 0; s <= m; s++) {
            sum += choose(m, s) * pow(0.8, (double)s) * pow(0.2, (double)(m - s));
            assert_near(fr_conformal_chance(s, m, 0.8, 0), sum, 1e-12);
            /* many ranked points: the variance is larger by m / n */
            assert_near(fr_conformal_chance(s, m, 0.8, 10000000), sum, 1e-5);
        }
    }
}

static void test_edges(void **state)
{
    (void)state;
    assert_true(isnan(fr_conformal_chance(3, 10, NAN, 50)));
    assert_true(fr_conformal_chance(0, 10, 0, 50) == 1 && fr_conformal_chance(0, 10, -0.2, 50) == 1);
    assert_true(fr_conformal_chance(10, 10, 0.9, 50) == 1);
    assert_true(fr_conformal_chance(0, 1000000, 0.9, 1000000) == 0);
    assert_near(fr_conformal_chance(899999, 1000000, 0.9, 0), 0.5, 1e-3); /* half below the mean */
    assert_true(fr_conformal_chance(890000, 1000000, 0.9, 0) < 1e-200);
}

/* With 100 ranked and 300 test points of one distribution, a chance below 0.01 comes up in about one run of a hundred. */
static void test_false_alarms(void **state)
{
    (void)state;
    enum { runs = 2000, n = 100, m = 300 };
    int64_t k = fr_conformal_rank(0.1, n + 1), alarms = 0, binomial_alarms = 0;
    fr_rng rng;
    fr_rng_init(&rng, 5, 0, 0);
    for (int run = 0; run < runs; run++) {
        double scores[n];
        int64_t covered = 0;
        for (int i = 0; i < n; i++)
            scores[i] = fr_rng_uniform(&rng);
        double q = fr_conformal_select(n, scores, k);
        for (int t = 0; t < m; t++)
            covered += fr_rng_uniform(&rng) <= q;
        alarms += fr_conformal_chance(covered, m, 0.9, n) < 0.01;
        binomial_alarms += fr_conformal_chance(covered, m, 0.9, 0) < 0.01;
    }
    assert_true(alarms <= 20 + 18); /* mean 20 at most, four standard deviations of 4.5 */
    assert_true(binomial_alarms > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counting),
        cmocka_unit_test(test_binomial),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_false_alarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
