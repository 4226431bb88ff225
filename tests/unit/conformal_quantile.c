/* Linear quantile regression: against all vertices of small problems, larger ones by their dual bound, degenerate designs, scales; conformalised
 * quantile regression: empty and infinite sets, given levels, odd inputs, coverage. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/quantile.h>

#include <math.h>
#include <string.h>

static double objective(int64_t n, int64_t p, const double *x, const double *y, double tau, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double r = y[i] - b[0];
        for (int64_t j = 0; j < p; j++)
            r -= x[i * p + j] * b[j + 1];
        sum += r > 0 ? tau * r : (tau - 1) * r;
    }
    return sum;
}

/* The plane through three rows of a problem with two features, by Cramer's rule; false if they lie on a line. */
static bool plane_through(const double *x, const double *y, const int64_t rows[3], double b[3])
{
    double a[3][4];
    for (int r = 0; r < 3; r++) {
        a[r][0] = 1, a[r][1] = x[2 * rows[r]], a[r][2] = x[2 * rows[r] + 1], a[r][3] = y[rows[r]];
    }
    double minors[4];
    for (int skip = 0; skip < 4; skip++) { /* determinant without column `skip` */
        int c[3], count = 0;
        for (int k = 0; k < 4; k++)
            if (k != skip) c[count++] = k;
        minors[skip] = a[0][c[0]] * (a[1][c[1]] * a[2][c[2]] - a[1][c[2]] * a[2][c[1]]) -
                       a[0][c[1]] * (a[1][c[0]] * a[2][c[2]] - a[1][c[2]] * a[2][c[0]]) +
                       a[0][c[2]] * (a[1][c[0]] * a[2][c[1]] - a[1][c[1]] * a[2][c[0]]);
    }
    if (fabs(minors[3]) < 1e-9) return false;
    b[0] = minors[0] / minors[3], b[1] = -minors[1] / minors[3], b[2] = minors[2] / minors[3];
    return true;
}

static double best_vertex(int64_t n, const double *x, const double *y, double tau)
{
    double best = INFINITY, b[3];
    int64_t rows[3];
    for (rows[0] = 0; rows[0] < n; rows[0]++)
        for (rows[1] = rows[0] + 1; rows[1] < n; rows[1]++)
            for (rows[2] = rows[1] + 1; rows[2] < n; rows[2]++)
                if (plane_through(x, y, rows, b)) best = fmin(best, objective(n, 2, x, y, tau, b));
    return best;
}

/* Coarse numbers make ties: residuals that are 0 outside the basis, several best vertices. */
static void test_all_vertices(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 2, 1, 0);
    for (int trial = 0; trial < 600; trial++) {
        int64_t n = 4 + fr_rng_below(&rng, 12);
        double x[32], y[16], b[3], tau = 0.05 + 0.9 * fr_rng_uniform(&rng);
        bool coarse = trial % 2 == 0;
        if (coarse) tau = (double)(1 + fr_rng_below(&rng, 9)) / 10;
        for (int64_t k = 0; k < 2 * n; k++)
            x[k] = coarse ? (double)fr_rng_below(&rng, 4) : fr_rng_normal(&rng);
        for (int64_t i = 0; i < n; i++)
            y[i] = coarse ? (double)fr_rng_below(&rng, 5) : fr_rng_normal(&rng);
        double expected = best_vertex(n, x, y, tau);
        if (!isfinite(expected)) continue; /* all rows on a line */
        fr_quantile_info info;
        assert_ok(fr_quantile_regression(n, 2, x, y, tau, b, &info));
        assert_true(info.vertex);
        assert_near(info.objective, expected, 1e-11);
        assert_near(objective(n, 2, x, y, tau, b), expected, 1e-11);
        assert_true(info.gap <= 1e-10);
    }
}

static void test_larger(void **state)
{
    (void)state;
    const int64_t rows[] = {200, 3000, 50, 40}, columns[] = {5, 12, 49, 60};
    for (int k = 0; k < 4; k++) {
        conformal_case drawn;
        random_conformal_case(70 + (uint64_t)k, rows[k], columns[k], 1, 3, &drawn);
        const double levels[] = {0.05, 0.5, 0.9};
        for (int l = 0; l < 3; l++) {
            double b[61];
            fr_quantile_info info;
            assert_ok(fr_quantile_regression(rows[k], columns[k], drawn.x, drawn.y, levels[l], b, &info));
            assert_true(info.vertex);
            if (k >= 2) /* as many columns as rows: the fit is exact */
                assert_true(objective(rows[k], columns[k], drawn.x, drawn.y, levels[l], b) < 1e-10);
            else
                assert_true(info.gap <= 1e-12 && info.iterations < 40);
        }
        conformal_case_free(&drawn);
    }
}

/* Whole numbers throughout: hundreds of residuals are 0 at the optimum, which few rows determine. */
static void test_many_ties(void **state)
{
    (void)state;
    enum { n = 800, p = 12 };
    fr_rng rng;
    fr_rng_init(&rng, 4, 1, 0);
    double *x = fr_alloc(n * p, sizeof *x), y[n], b[p + 1];
    assert_non_null(x);
    for (int trial = 0; trial < 20; trial++) {
        for (int64_t k = 0; k < n * p; k++)
            x[k] = (double)fr_rng_below(&rng, 2 + trial % 3);
        for (int64_t i = 0; i < n; i++)
            y[i] = (double)fr_rng_below(&rng, 2 + trial % 4);
        for (double tau = 0.05; tau < 1; tau += 0.15) {
            fr_quantile_info info;
            assert_ok(fr_quantile_regression(n, p, x, y, tau, b, &info));
            assert_true(info.vertex);
            assert_true(info.gap <=
                        1e-10); /* d of rows outside the basis is where the interior method stopped */
            assert_close(objective(n, p, x, y, tau, b), info.objective, 1e-12);
        }
    }
    fr_free(x);
}

/* From far off the optimum the simplex method finds it all the same. */
static void test_vertex_from_anywhere(void **state)
{
    (void)state;
    enum { n = 60, p = 4 };
    fr_rng rng;
    fr_rng_init(&rng, 5, 1, 0);
    for (int trial = 0; trial < 100; trial++) {
        conformal_case drawn;
        double b[p + 1] = {0}, expected[p + 1], a[n], residual[n], tau = 0.1 + 0.8 * fr_rng_uniform(&rng);
        random_conformal_case(100 + (uint64_t)trial, n, p, 1, 2, &drawn);
        fr_quantile_info info, known;
        quantile_design design;
        assert_ok(fr_quantile_regression(n, p, drawn.x, drawn.y, tau, expected, &known));
        assert_ok(quantile_design_new(n, p, drawn.x, drawn.y, tau, &design));
        for (int64_t i = 0; i < n; i++)
            a[i] = fr_rng_uniform(&rng);
        info = (fr_quantile_info){.objective = quantile_objective(&design, b, residual)};
        double bound = 0;
        assert_ok(quantile_vertex(&design, a, b, &bound, &info));
        assert_true(info.vertex);
        assert_close(info.objective * design.y_scale, known.objective, 1e-12);
        assert_close(bound, info.objective, 1e-12);
        quantile_design_free(&design);
        conformal_case_free(&drawn);
    }
}

/* Constant and copied columns get the coefficient 0 and change nothing. */
static void test_dependent_columns(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(75, 60, 2, 1, 2, &drawn);
    double x[240], b[3], more[5];
    for (int64_t i = 0; i < 60; i++) {
        x[4 * i] = 0.1, x[4 * i + 1] = drawn.x[2 * i], x[4 * i + 3] = drawn.x[2 * i + 1];
        x[4 * i + 2] = 3 - 2 * drawn.x[2 * i];
    }
    fr_quantile_info few, many;
    assert_ok(fr_quantile_regression(60, 2, drawn.x, drawn.y, 0.3, b, &few));
    assert_ok(fr_quantile_regression(60, 4, x, drawn.y, 0.3, more, &many));
    assert_close(many.objective, few.objective, 1e-12);
    assert_true(more[1] == 0 && more[3] == 0);
    assert_near(more[0], b[0], 1e-10);
    assert_near(more[2], b[1], 1e-10);
    assert_near(more[4], b[2], 1e-10);
    for (int64_t i = 0; i < 60; i++)
        drawn.y[i] = 5; /* nothing to fit */
    assert_ok(fr_quantile_regression(60, 2, drawn.x, drawn.y, 0.3, b, &few));
    assert_true(few.vertex && few.objective == 0 && b[0] == 5 && b[1] == 0 && b[2] == 0);
    assert_ok(fr_quantile_regression(1, 2, drawn.x, drawn.y, 0.3, b, &few));
    assert_true(b[0] == 5);
    conformal_case_free(&drawn);
}

static void test_scales(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(76, 80, 3, 1, 2, &drawn);
    double b[4], scaled[4];
    fr_quantile_info info, other;
    assert_ok(fr_quantile_regression(80, 3, drawn.x, drawn.y, 0.1, b, &info));
    const double x_scales[] = {1e150, 1e-150, 1e-150, 1e8}, y_scales[] = {1e150, 1e150, 1e-150, 1};
    for (int k = 0; k < 4; k++) {
        double x[240], y[80], by = x_scales[k], y_by = y_scales[k];
        for (int64_t i = 0; i < 240; i++)
            x[i] = i % 3 == 1 ? drawn.x[i] + 100 : drawn.x[i] * by; /* columns of very different size */
        for (int64_t i = 0; i < 80; i++)
            y[i] = drawn.y[i] * y_by;
        assert_ok(fr_quantile_regression(80, 3, x, y, 0.1, scaled, &other));
        assert_true(other.vertex);
        assert_close(other.objective, info.objective * y_by, 1e-10);
        assert_close(scaled[1], b[1] / by * y_by, 1e-9);
        assert_close(scaled[2], b[2] * y_by, 1e-9);
        assert_close(scaled[3], b[3] / by * y_by, 1e-9);
    }
    conformal_case_free(&drawn);
}

/* ---- conformalised ----------------------------------------------------------------------------------------------------------- */

static void test_empty_and_infinite(void **state)
{
    (void)state;
    /* the quantiles are too far apart by 2 on either side: the interval loses that, and of a narrow one nothing is left */
    const double low[] = {-3, -3, -3, -3}, high[] = {3, 3, 3, 3}, y[] = {1, -1, 1, -1}, low_test[] = {0, 0},
                 high_test[] = {5, 3}, alphas[] = {0.4, 0.1};
    fr_conformal_result result;
    assert_ok(fr_conformal_cqr_prefit(4, low, high, y, 2, low_test, high_test, 2, alphas, &result));
    check_sets(&result);
    assert_true(result.score_quantile[0] == -2 && result.score_quantile[1] == INFINITY);
    assert_int_equal(result.status[0], FR_CONFORMAL_PLAIN);
    assert_true(result.pieces[0].lower == 2 && result.pieces[0].upper == 3);
    assert_int_equal(result.status[1], FR_CONFORMAL_INFINITE);
    assert_int_equal(result.status[2], FR_CONFORMAL_EMPTY);
    fr_conformal_result_free(&result);
}

/* With given levels both regressions serve all alphas; they are those of the prefitted form. */
static void test_given_levels(void **state)
{
    (void)state;
    enum { n = 60, m = 5 };
    const double alphas[] = {0.1, 0.3};
    uint8_t calibration[n];
    conformal_case drawn;
    random_conformal_case(80, n, 2, m, 2, &drawn);
    for (int64_t i = 0; i < n; i++)
        calibration[i] = i >= 30;
    double b[2][3], ends[2][30], test_ends[2][m];
    const double levels[] = {0.2, 0.7};
    for (int k = 0; k < 2; k++) {
        fr_quantile_info info;
        assert_ok(fr_quantile_regression(30, 2, drawn.x, drawn.y, levels[k], b[k], &info));
        for (int64_t i = 0; i < 30; i++)
            ends[k][i] = b[k][0] + (b[k][1] * drawn.x[60 + 2 * i] + b[k][2] * drawn.x[61 + 2 * i]);
        for (int64_t t = 0; t < m; t++)
            test_ends[k][t] = b[k][0] + (b[k][1] * drawn.x_test[2 * t] + b[k][2] * drawn.x_test[2 * t + 1]);
    }
    fr_conformal_cqr_settings settings;
    fr_conformal_cqr_settings_default(&settings);
    settings.alphas = alphas, settings.n_alphas = 2;
    settings.level_low = levels[0], settings.level_high = levels[1];
    settings.calibration = calibration;
    fr_conformal_result prefit, fitted;
    assert_ok(fr_conformal_cqr_prefit(30, ends[0], ends[1], drawn.y + 30, m, test_ends[0], test_ends[1], 2,
                                      alphas, &prefit));
    assert_ok(fr_conformal_cqr(&drawn.data, &settings, &fitted));
    check_sets(&fitted);
    for (int64_t k = 0; k < 2 * m; k++) {
        assert_near(fitted.pieces[k].lower, prefit.pieces[k].lower, 1e-12);
        assert_near(fitted.pieces[k].upper, prefit.pieces[k].upper, 1e-12);
    }
    fr_conformal_result_free(&prefit);
    fr_conformal_result_free(&fitted);
    conformal_case_free(&drawn);
}

static void test_refused(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(81, 6, 2, 1, 2, &drawn);
    uint8_t all[] = {1, 1, 1, 1, 1, 1}, none[6] = {0};
    fr_conformal_cqr_settings settings;
    fr_conformal_cqr_settings_default(&settings);
    fr_conformal_result result;
    settings.calibration = all;
    assert_refused(fr_conformal_cqr(&drawn.data, &settings, &result), FR_EUSAGE, "none is left");
    settings.calibration = none;
    assert_refused(fr_conformal_cqr(&drawn.data, &settings, &result), FR_EUSAGE, "no calibration rows");
    settings.level_low = 0.4;
    assert_refused(fr_conformal_cqr(&drawn.data, &settings, &result), FR_EUSAGE, "levels of both");
    settings.level_high = 0.3;
    assert_refused(fr_conformal_cqr(&drawn.data, &settings, &result), FR_EUSAGE, "ascend");
    double b[3];
    fr_quantile_info info;
    assert_refused(fr_quantile_regression(6, 2, drawn.x, drawn.y, 1, b, &info), FR_EUSAGE, "between 0 and 1");
    drawn.y[4] = NAN;
    assert_refused(fr_quantile_regression(6, 2, drawn.x, drawn.y, 0.5, b, &info), FR_EINPUT, "number 4");
    conformal_case_free(&drawn);
}

/* 20 calibration rows, level 0.2: rank 17 of 21, hence 17/21 exactly. */
static void test_coverage(void **state)
{
    (void)state;
    enum { draws = 2000 };
    const double alpha = 0.2;
    int64_t covered = 0;
    for (uint64_t seed = 0; seed < draws; seed++) {
        conformal_case drawn;
        random_conformal_case(9000 + seed, 40, 2, 1, 2, &drawn);
        fr_conformal_cqr_settings settings;
        fr_conformal_cqr_settings_default(&settings);
        settings.alphas = &alpha, settings.n_alphas = 1;
        settings.seed = seed;
        fr_conformal_result result;
        assert_ok(fr_conformal_cqr(&drawn.data, &settings, &result));
        assert_true(result.guarantee[0] == 0.8);
        covered += set_holds(&result, 0, 0, drawn.y_test[0]);
        fr_conformal_result_free(&result);
        conformal_case_free(&drawn);
    }
    assert_chance(covered, draws, 17 / 21.0, 17 / 21.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_vertices),
        cmocka_unit_test(test_larger),
        cmocka_unit_test(test_many_ties),
        cmocka_unit_test(test_vertex_from_anywhere),
        cmocka_unit_test(test_dependent_columns),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_empty_and_infinite),
        cmocka_unit_test(test_given_levels),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
