/* Split conformal prediction: few points, groups, weights, odd inputs, coverage of each form. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <string.h>

static fr_conformal_calibration plain(int64_t n, const double *mu, const double *y, int64_t m,
                                      const double *mu_test)
{
    return (fr_conformal_calibration){.n = n, .m = m, .mu = mu, .y = y, .mu_test = mu_test};
}

static void test_few_points(void **state)
{
    (void)state;
    const double mu[] = {0, 0, 0}, y[] = {1, -2, 3}, mu_test[] = {10}, alphas[] = {0.2, 0.25, 0.5, 0.9};
    const fr_conformal_calibration given = plain(3, mu, y, 1, mu_test);
    fr_conformal_result result;
    watch_warnings();
    assert_ok(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 4, alphas, &result));
    check_sets(&result);
    assert_true(result.score_quantile[0] == INFINITY && result.score_quantile[1] == 3);
    assert_true(result.score_quantile[2] == 2 && result.score_quantile[3] == 1);
    assert_int_equal(result.status[0], FR_CONFORMAL_INFINITE);
    assert_int_equal(warnings_seen(), 1);
    assert_true(result.pieces[1].lower == 7 && result.pieces[1].upper == 13);
    assert_true(result.centre[0] == 10 && result.guarantee[2] == 0.5);
    fr_conformal_result_free(&result);
    /* signed: ranks floor(alpha/2 4) and k(alpha/2, 4): at 0.9 the 1st and the 3rd, at 0.5 the 1st and the 3rd */
    assert_ok(fr_conformal_split(&given, FR_CONFORMAL_SIGNED, 4, alphas, &result));
    check_sets(&result);
    assert_true(result.pieces[1].lower == -INFINITY && result.pieces[1].upper == INFINITY);
    assert_true(result.pieces[2].lower == 8 && result.pieces[2].upper == 13);
    assert_true(result.pieces[3].lower == 8 && result.pieces[3].upper == 13);
    assert_null(result.score_quantile);
    fr_conformal_result_free(&result);
}

/* Each group as if it were alone; a group without calibration points gets everything. */
static void test_groups_alone(void **state)
{
    (void)state;
    enum { n = 60, m = 7 };
    double mu[n], y[n], mu_test[m], alphas[] = {0.1, 0.3};
    int64_t group[n], group_test[m];
    const int64_t names[] = {-5, 1000000000000, 7};
    fr_rng rng;
    fr_rng_init(&rng, 4, 1, 0);
    for (int64_t i = 0; i < n; i++) {
        mu[i] = fr_rng_normal(&rng), y[i] = mu[i] + fr_rng_normal(&rng);
        group[i] = names[fr_rng_below(&rng, 3)];
    }
    for (int64_t t = 0; t < m; t++) {
        mu_test[t] = fr_rng_normal(&rng);
        group_test[t] = t < 6 ? names[t % 3] : 8;
    }
    const fr_conformal_score scores[] = {FR_CONFORMAL_ABSOLUTE, FR_CONFORMAL_SIGNED};
    for (int kind = 0; kind < 2; kind++) {
        fr_conformal_calibration all = plain(n, mu, y, m, mu_test);
        all.group = group, all.group_test = group_test;
        fr_conformal_result together, alone;
        assert_ok(fr_conformal_split(&all, scores[kind], 2, alphas, &together));
        check_sets(&together);
        for (int64_t t = 0; t < m; t++) {
            double own_mu[n], own_y[n];
            int64_t count = 0;
            for (int64_t i = 0; i < n; i++)
                if (group[i] == group_test[t]) own_mu[count] = mu[i], own_y[count++] = y[i];
            if (t == 6) {
                assert_int_equal(together.status[2 * t], FR_CONFORMAL_INFINITE);
                assert_int_equal(count, 0);
                continue;
            }
            const fr_conformal_calibration own = plain(count, own_mu, own_y, 1, &mu_test[t]);
            assert_ok(fr_conformal_split(&own, scores[kind], 2, alphas, &alone));
            assert_memory_equal(&together.pieces[2 * t], alone.pieces, 2 * sizeof *alone.pieces);
            fr_conformal_result_free(&alone);
        }
        fr_conformal_result_free(&together);
    }
}

static void test_refused(void **state)
{
    (void)state;
    const double mu[] = {0, 0}, y[] = {1, 2}, bad[] = {1, 0}, mu_test[] = {0}, weight_test[] = {-1};
    const int64_t group[] = {0, 1};
    fr_conformal_result result;
    fr_conformal_calibration given = plain(2, mu, y, 1, mu_test);
    double alpha = 0.1;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_NORMALISED, 1, &alpha, &result), FR_EUSAGE,
                   "scale");
    given.sigma = bad, given.sigma_test = bad;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_NORMALISED, 1, &alpha, &result), FR_EINPUT,
                   "number 1 (from 0) is 0");
    given.group = group;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EUSAGE,
                   "groups");
    given.group_test = group, given.weight = y, given.weight_test = weight_test;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EUSAGE,
                   "neither");
    given.group = given.group_test = NULL;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EINPUT,
                   "test point 0");
    given.weight_test = y, given.weight = weight_test, given.n = 1;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EINPUT,
                   "number 0");
    given.n = 0;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EUSAGE,
                   "no calibration");
    alpha = 0;
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 1, &alpha, &result), FR_EUSAGE, "0");
    given = plain(2, mu, y, 0, mu_test);
    assert_refused(fr_conformal_split(&given, FR_CONFORMAL_ABSOLUTE, 0, NULL, &result), FR_EUSAGE, "no test");
}

/* ---- coverage: y = noise whose scale and sign of skew depend on x ------------------------------------------------------------ */

enum { n_scores = 19, draws = 3000 };

typedef enum { PLAIN, NORMALISED, SIGNED, GROUPS, WEIGHTS } form;

/* One draw: is the truth in the set? With WEIGHTS the test point's x has density 2x on (0, 1), that of the others 1. */
static bool draw_once(form kind, uint64_t seed)
{
    double mu[n_scores + 1] = {0}, y[n_scores + 1], scale[n_scores + 1], alpha = 0.2;
    int64_t group[n_scores + 1];
    fr_rng rng;
    fr_rng_init(&rng, seed, 99, kind);
    for (int64_t i = 0; i <= n_scores; i++) {
        double x = fr_rng_uniform(&rng);
        if (i == n_scores && kind == WEIGHTS) x = sqrt(x);
        if (i == n_scores && kind == GROUPS) x /= 2; /* coverage within a group, not on average */
        group[i] = x > 0.5;
        scale[i] = 0.1 + x;
        y[i] = scale[i] * (fr_rng_exponential(&rng) - 0.5);
        if (kind == WEIGHTS) scale[i] = 2 * x;
    }
    fr_conformal_calibration given = plain(n_scores, mu, y, 1, mu);
    if (kind == NORMALISED) given.sigma = scale, given.sigma_test = scale + n_scores;
    if (kind == GROUPS) given.group = group, given.group_test = group + n_scores;
    if (kind == WEIGHTS) given.weight = scale, given.weight_test = scale + n_scores;
    fr_conformal_result result;
    assert_ok(fr_conformal_split(&given,
                                 kind == NORMALISED ? FR_CONFORMAL_NORMALISED
                                 : kind == SIGNED   ? FR_CONFORMAL_SIGNED
                                                    : FR_CONFORMAL_ABSOLUTE,
                                 1, &alpha, &result));
    bool covered = set_holds(&result, 0, 0, y[n_scores]);
    fr_conformal_result_free(&result);
    return covered;
}

static void test_coverage(void **state)
{
    (void)state;
    /* 0.8 * 20 = 16: absolute scores cover with exactly 0.8; signed: ranks 2 and 18, 0.8 exactly; groups of random sizes and weights at
     * least 0.8 */
    const double most[] = {0.8, 0.8, 0.8, 1, 1};
    for (form kind = PLAIN; kind <= WEIGHTS; kind++) {
        int64_t covered = 0;
        for (uint64_t seed = 0; seed < draws; seed++)
            covered += draw_once(kind, seed);
        assert_chance(covered, draws, 0.8, most[kind]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_points),
        cmocka_unit_test(test_groups_alone),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
