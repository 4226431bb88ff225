/* Prediction sets of classes: odd inputs, ties, forced labels, p-values against sets, coverage of each score. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Ties of probabilities: the smaller label comes first; the sum of a row is 1 only up to rounding. */
static void test_ties(void **state)
{
    (void)state;
    const double p[] = {0.25, 0.5, 0.25, 0.25, 0.5, 0.25}, p_test[] = {0.4, 0.2, 0.4, 0.1, 0.2, 0.7};
    const int64_t label[] = {0, 2};
    const double alpha = 0.34; /* rank 2 of 3: the larger of the scores 0.75 and 1 */
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    settings.alphas = &alpha, settings.n_alphas = 1;
    settings.score = FR_CONFORMAL_APS;
    fr_conformal_class_result result;
    assert_ok(fr_conformal_classify(2, 3, p, label, 2, p_test, &settings, &result));
    assert_true(result.q[0] == 1);
    for (int k = 0; k < 6; k++)
        assert_int_equal(result.member[k], 1);
    fr_conformal_class_result_free(&result);
    const int64_t first[] = {0, 0}; /* both scores 0.75 */
    assert_ok(fr_conformal_classify(2, 3, p, first, 2, p_test, &settings, &result));
    const uint8_t expected[] = {1, 0, 0, 0, 0, 1}; /* sums 0.4, 0.8 (label 2), 1; 0.7, 0.9, 1 */
    assert_memory_equal(result.member, expected, 6);
    fr_conformal_class_result_free(&result);
}

static void test_forced_label(void **state)
{
    (void)state;
    const double p[] = {0.9, 0.1, 0.95, 0.05, 0.99, 0.01}, p_test[] = {0.6, 0.4, 0.3, 0.7, 0.5, 0.5};
    const int64_t label[] = {0, 0, 0};
    const double alpha = 0.5; /* the second smallest of 0.01, 0.05, 0.1 */
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    settings.alphas = &alpha, settings.n_alphas = 1;
    fr_conformal_class_result result;
    assert_ok(fr_conformal_classify(3, 2, p, label, 3, p_test, &settings, &result));
    const uint8_t empty[6] = {0}, forced[] = {1, 0, 0, 1, 1, 0};
    assert_memory_equal(result.member, empty, 6);
    fr_conformal_class_result_free(&result);
    settings.at_least_one = true;
    assert_ok(fr_conformal_classify(3, 2, p, label, 3, p_test, &settings, &result));
    assert_memory_equal(result.member, forced, 6);
    fr_conformal_class_result_free(&result);
    settings.by_label = true; /* a class without calibration points can never be excluded */
    settings.at_least_one = false;
    assert_ok(fr_conformal_classify(3, 2, p, label, 3, p_test, &settings, &result));
    const uint8_t second[] = {0, 1, 0, 1, 0, 1};
    assert_memory_equal(result.member, second, 6);
    assert_true(result.q[1] == INFINITY && result.p_value[1] == 1);
    fr_conformal_class_result_free(&result);
}

/* The calibration score is a sum of ten tenths, a little less than 1; the test scores are all 1. */
static void test_rounded_sums(void **state)
{
    (void)state;
    double p[10], p_test[10] = {1};
    const int64_t label[] = {9};
    const double alpha = 0.5;
    for (int c = 0; c < 10; c++)
        p[c] = 0.1;
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    settings.alphas = &alpha, settings.n_alphas = 1;
    settings.score = FR_CONFORMAL_APS;
    fr_conformal_class_result result;
    assert_ok(fr_conformal_classify(1, 10, p, label, 1, p_test, &settings, &result));
    assert_true(result.q[0] < 1);
    for (int c = 0; c < 10; c++)
        assert_int_equal(result.member[c], 1);
    fr_conformal_class_result_free(&result);
}

/* ---- random probabilities ------------------------------------------------------------------------------------------------------ */

enum { n_classes = 4, most = 60 };

typedef struct {
    double p[most * n_classes], u[most];
    int64_t label[most];
} sample;

/* Labels do not follow the probabilities: the guarantee does not need them to. */
static void draw(fr_rng *rng, int64_t n, sample *out)
{
    for (int64_t i = 0; i < n; i++) {
        double sum = 0, *row = out->p + i * n_classes;
        for (int64_t c = 0; c < n_classes; c++)
            sum += row[c] = fr_rng_exponential(rng);
        for (int64_t c = 0; c < n_classes; c++)
            row[c] /= sum;
        out->u[i] = fr_rng_uniform(rng);
        int64_t other = fr_rng_below(rng, n_classes);
        out->label[i] = row[other] > 0.3 ? other : fr_rng_below(rng, n_classes);
    }
}

static fr_conformal_class_settings settings_of(fr_conformal_class_score score, const sample *points,
                                               int64_t n)
{
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    settings.score = score;
    settings.penalty = 0.2, settings.free_ranks = 1;
    if (score != FR_CONFORMAL_LAC) settings.u = points->u, settings.u_test = points->u + n;
    return settings;
}

/* A class belongs to the label-conditional set iff its p-value is above alpha. */
static void test_p_values(void **state)
{
    (void)state;
    const double alphas[] = {0.05, 0.1, 0.3};
    sample points;
    fr_rng rng;
    fr_rng_init(&rng, 5, 1, 0);
    for (int trial = 0; trial < 60; trial++) {
        draw(&rng, most, &points);
        fr_conformal_class_settings settings =
            settings_of((fr_conformal_class_score)(trial % 3), &points, 50);
        settings.by_label = true;
        settings.alphas = alphas, settings.n_alphas = 3;
        fr_conformal_class_result result;
        assert_ok(fr_conformal_classify(50, n_classes, points.p, points.label, 10, points.p + 50 * n_classes,
                                        &settings, &result));
        for (int64_t t = 0; t < 10; t++)
            for (int64_t a = 0; a < 3; a++)
                for (int64_t c = 0; c < n_classes; c++)
                    assert_int_equal(result.member[(t * 3 + a) * n_classes + c],
                                     result.p_value[t * n_classes + c] > alphas[a] + 1e-12);
        fr_conformal_class_result_free(&result);
    }
}

static void test_coverage(void **state)
{
    (void)state;
    enum { draws = 3000, n = 19 };
    const double alpha = 0.2;
    for (int kind = 0; kind < 6; kind++) {
        int64_t covered = 0;
        for (uint64_t seed = 0; seed < draws; seed++) {
            sample points;
            fr_rng rng;
            fr_rng_init(&rng, seed, 7, 0);
            draw(&rng, n + 1, &points);
            fr_conformal_class_settings settings =
                settings_of((fr_conformal_class_score)(kind % 3), &points, n);
            settings.alphas = &alpha, settings.n_alphas = 1;
            settings.by_label = kind >= 3;
            fr_conformal_class_result result;
            assert_ok(fr_conformal_classify(n, n_classes, points.p, points.label, 1, points.p + n * n_classes,
                                            &settings, &result));
            assert_true(result.guarantee[0] == 0.8);
            covered += result.member[points.label[n]];
            fr_conformal_class_result_free(&result);
        }
        /* rank 16 of 20, no ties: 0.8 exactly; of each class at least that */
        assert_chance(covered, draws, 0.8, kind < 3 ? 0.8 : 1);
    }
}

/* ---- refused -------------------------------------------------------------------------------------------------------------------- */

static int attempt(int64_t n, const double *p, const int64_t *label, const double *p_test,
                   const fr_conformal_class_settings *settings)
{
    fr_conformal_class_result result;
    int status = fr_conformal_classify(n, 2, p, label, 1, p_test, settings, &result);
    if (status != FR_OK) assert_null(result.member);
    fr_conformal_class_result_free(&result);
    return status;
}

static void test_refused(void **state)
{
    (void)state;
    const double p[] = {0.5, 0.5, 0.2, 0.8}, negative[] = {0.5, 0.5, -0.2, 1.2},
                 short_row[] = {0.5, 0.5, 0.2, 0.7}, nearly[] = {0.5, 0.5, 0.2, 0.8009}, u[] = {0.5, 1.5};
    const int64_t label[] = {0, 1}, unknown[] = {0, 2};
    fr_conformal_class_settings settings;
    fr_conformal_class_settings_default(&settings);
    assert_ok(attempt(2, p, label, p, &settings));
    assert_ok(attempt(2, nearly, label, p, &settings));
    assert_refused(attempt(2, negative, label, p, &settings), FR_EINPUT, "row 1, column 0");
    assert_refused(attempt(2, p, label, negative + 2, &settings), FR_EINPUT, "test probabilities: row 0");
    assert_refused(attempt(2, short_row, label, p, &settings), FR_EINPUT, "row 1 (from 0) add up to 0.9");
    assert_refused(attempt(2, p, unknown, p, &settings), FR_EINPUT, "point 1 (from 0) is 2");
    assert_refused(attempt(0, p, label, p, &settings), FR_EUSAGE, "no calibration");
    settings.score = FR_CONFORMAL_RAPS;
    assert_refused(attempt(2, p, label, p, &settings), FR_EUSAGE, "penalty");
    settings.penalty = 0, settings.free_ranks = -1;
    assert_refused(attempt(2, p, label, p, &settings), FR_EUSAGE, "penalty");
    settings.free_ranks = 0;
    assert_ok(attempt(2, p, label, p, &settings));
    settings.u = u;
    assert_refused(attempt(2, p, label, p, &settings), FR_EUSAGE, "for each test point");
    settings.u_test = u;
    assert_refused(attempt(2, p, label, p, &settings), FR_EINPUT, "number 1 (from 0) is 1.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ties),         cmocka_unit_test(test_rounded_sums),
        cmocka_unit_test(test_forced_label), cmocka_unit_test(test_p_values),
        cmocka_unit_test(test_coverage),     cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
