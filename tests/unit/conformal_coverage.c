/* Coverage reports and Clopper-Pearson intervals against binomial sums; adaptive conformal inference against its definition. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* P(at most k successes). */
static double binomial_below(int64_t k, int64_t n, double p)
{
    double sum = 0;
    for (int64_t i = 0; i <= k; i++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) +
                   (double)i * log(p) + (double)(n - i) * log1p(-p));
    return sum;
}

static void test_clopper_pearson(void **state)
{
    (void)state;
    const double levels[] = {0.5, 0.95, 0.999};
    for (int64_t n = 1; n <= 300; n += 13)
        for (int64_t s = 0; s <= n; s += 1 + n / 9)
            for (int l = 0; l < 3; l++) {
                double low, high, tail = (1 - levels[l]) / 2;
                fr_clopper_pearson(s, n, levels[l], &low, &high);
                assert_true(0 <= low && low <= (double)s / (double)n && (double)s / (double)n <= high &&
                            high <= 1);
                /* each end makes its tail so rare; lgamma and the sum leave 1e-12 */
                if (s > 0) assert_close(binomial_below(n - s, n, 1 - low), tail, 1e-10);
                if (s < n) assert_close(binomial_below(s, n, high), tail, 1e-10);
                assert_true((s > 0 || low == 0) && (s < n || high == 1));
            }
    double low, high; /* many trials: the normal approximation to its order 1/n */
    fr_clopper_pearson(900000, 1000000, 0.95, &low, &high);
    assert_near(low, 0.9 - 1.959964 * 0.0003, 2e-6);
    assert_near(high, 0.9 + 1.959964 * 0.0003, 2e-6);
}

/* Sets of five points at one level, written by hand. */
static fr_conformal_result sets_by_hand(void)
{
    static double alphas[] = {0.2}, guarantee[] = {0.8};
    static int64_t first[] = {0, 1, 1, 3, 4, 5};
    static fr_interval pieces[] = {{0, 2}, {-1, 0}, {3, 3.5}, {-INFINITY, 4}, {1, 4}};
    return (fr_conformal_result){
        .m = 5, .n_alphas = 1, .alphas = alphas, .guarantee = guarantee, .first = first, .pieces = pieces};
}

static void test_report(void **state)
{
    (void)state;
    const fr_conformal_result sets = sets_by_hand();
    const double y[] = {2, 0, 1, -100,
                        0.5}; /* in (at the end), out (empty), out (between the pieces), in, out */
    fr_conformal_coverage report;
    assert_ok(fr_conformal_coverage_of(&sets, 0, y, NULL, &report));
    assert_int_equal(report.m, 5);
    assert_int_equal(report.covered, 2);
    assert_near(report.coverage, 0.4, 1e-15);
    assert_near(report.mean_width, (2 + 0 + 1.5 + 3) / 4, 1e-15);
    assert_near(report.median_width, 1.75, 1e-15);
    assert_near(report.infinite, 0.2, 1e-15);
    assert_near(report.empty, 0.2, 1e-15);
    assert_near(report.disconnected, 0.2, 1e-15);
    assert_near(report.p_value, binomial_below(2, 5, 0.8), 1e-12);
    double low, high;
    fr_clopper_pearson(2, 5, 0.95, &low, &high);
    assert_true(report.low == low && report.high == high);
    /* a part */
    const uint8_t subset[] = {1, 0, 0, 1, 0}, none[5] = {0};
    assert_ok(fr_conformal_coverage_of(&sets, 0, y, subset, &report));
    assert_int_equal(report.m, 2);
    assert_true(report.coverage == 1 && report.p_value == 1 && report.high == 1 && report.median_width == 2);
    assert_ok(fr_conformal_coverage_of(&sets, 0, y, none, &report));
    assert_true(isnan(report.coverage) && isnan(report.mean_width) && isnan(report.p_value));
    sets.guarantee[0] = NAN;
    assert_ok(fr_conformal_coverage_of(&sets, 0, y, NULL, &report));
    assert_true(isnan(report.p_value));
    const double missing[] = {2, NAN, 1, 1, 1};
    assert_refused(fr_conformal_coverage_of(&sets, 0, missing, NULL, &report), FR_EINPUT, "point 1");
    assert_ok(fr_conformal_coverage_of(&sets, 0, missing, subset, &report));
    assert_refused(fr_conformal_coverage_of(&sets, 1, y, NULL, &report), FR_EUSAGE, "level number 1");
}

/* ---- online ------------------------------------------------------------------------------------------------------------------ */

/* The threshold from the scores of the moment, by sorting. */
static double threshold(int64_t count, const double *scores, double alpha)
{
    double copy[100];
    if (alpha <= 0) return INFINITY;
    int64_t k = fr_conformal_rank(alpha, count + 1);
    if (alpha >= 1 || k < 1) return NAN;
    memcpy(copy, scores, (size_t)count * sizeof *copy);
    return fr_conformal_select(count, copy, k);
}

static void test_windows(void **state)
{
    (void)state;
    enum { n = 8, m = 60 };
    fr_rng rng;
    fr_rng_init(&rng, 6, 1, 0);
    for (int64_t window = 0; window <= 20; window++) {
        double all[n + m], alpha = 0.3, g = 0.2, alpha_next;
        fr_conformal_online_step steps[m];
        for (int64_t k = 0; k < n + m; k++)
            all[k] = (double)fr_rng_below(&rng, 15); /* with ties */
        assert_ok(fr_conformal_online(n, all, m, all + n, 0.3, g, window, steps, &alpha_next));
        for (int64_t t = 0; t < m; t++) {
            int64_t from = window == 0 || n + t < window ? 0 : n + t - window, end = window == 0 ? n : n + t;
            double q = threshold(end - from, all + from, alpha);
            assert_true(steps[t].alpha == alpha);
            assert_true(steps[t].q == q || (isnan(q) && isnan(steps[t].q)));
            bool error = !(all[n + t] <= q);
            assert_int_equal(steps[t].error, error);
            alpha += g * (0.3 - error);
        }
        assert_true(alpha_next == alpha);
    }
}

/* Scores that grow without end: the share of errors tends to alpha all the same, |errors / m - alpha| <= (max(alpha, 1 - alpha) + g) / (g m)
 * (Gibbs, Candes, proposition 4.1). */
static void test_long_run(void **state)
{
    (void)state;
    enum { m = 20000 };
    const double calibration[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    double *scores = fr_alloc(m, sizeof *scores), alpha_next;
    fr_conformal_online_step *steps = fr_alloc(m, sizeof *steps);
    assert_true(scores != NULL && steps != NULL);
    for (int64_t t = 0; t < m; t++)
        scores[t] = (double)t * (1 + fr_random_uniform(1, 1, (uint64_t)t));
    for (int64_t window = 0; window <= 200; window += 200) {
        int64_t errors = 0;
        assert_ok(fr_conformal_online(9, calibration, m, scores, 0.1, 0.02, window, steps, &alpha_next));
        for (int64_t t = 0; t < m; t++)
            errors += steps[t].error;
        assert_near((double)errors / m, 0.1, (0.9 + 0.02) / (0.02 * m));
    }
    fr_free(scores);
    fr_free(steps);
}

static void test_refused(void **state)
{
    (void)state;
    const double scores[] = {1, NAN};
    double alpha_next;
    fr_conformal_online_step steps[2];
    assert_refused(fr_conformal_online(0, scores, 1, scores, 0.1, 0.1, 0, steps, &alpha_next), FR_EUSAGE,
                   "no calibration");
    assert_refused(fr_conformal_online(1, scores, 0, scores, 0.1, 0.1, 0, steps, &alpha_next), FR_EUSAGE,
                   "to follow");
    assert_refused(fr_conformal_online(1, scores, 2, scores, 0.1, 0.1, 0, steps, &alpha_next), FR_EINPUT,
                   "number 1");
    assert_refused(fr_conformal_online(1, scores, 1, scores, 0.1, -1, 0, steps, &alpha_next), FR_EUSAGE,
                   "step");
    assert_refused(fr_conformal_online(1, scores, 1, scores, 0.1, 1, -1, steps, &alpha_next), FR_EUSAGE,
                   "window");
    assert_refused(fr_conformal_online(1, scores, 1, scores, 1, 1, 0, steps, &alpha_next), FR_EUSAGE,
                   "between 0 and 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clopper_pearson), cmocka_unit_test(test_report),
        cmocka_unit_test(test_windows),         cmocka_unit_test(test_long_run),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
