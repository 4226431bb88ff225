/* Trimmed conformal prediction: every trim against its definition, levels and guarantees, grids, coverage. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void run(const conformal_case *all, const fr_conformal_tcp_settings *settings,
                fr_conformal_result *out)
{
    assert_ok(fr_conformal_tcp(&all->data, settings, out));
    check_sets(out);
}

static double largest_of(const conformal_case *all)
{
    double largest = 0;
    for (int64_t i = 0; i < all->data.n; i++)
        largest = fmax(largest, fabs(all->y[i]));
    return largest;
}

/* The set of point t, level 0, is what the exact set on a wide range leaves of the pieces. */
static void check_intersection(const conformal_case *all, double lambda, const fr_conformal_result *result,
                               int64_t t, int64_t count, const fr_interval *trim)
{
    fr_conformal_lasso_settings settings;
    fr_conformal_result whole;
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = lambda;
    settings.alphas = result->alphas;
    settings.n_alphas = result->n_alphas;
    settings.low = -60, settings.high = 60;
    assert_ok(fr_conformal_lasso(&all->data, &settings, &whole));
    for (int g = 0; g <= 400; g++) {
        double y = -20 + 0.1 * g + 0.0123;
        bool left = false;
        for (int64_t k = 0; k < count; k++)
            left = left || (trim[k].lower <= y && y <= trim[k].upper);
        assert_int_equal(set_holds(result, t, 0, y), left && set_holds(&whole, t, 0, y));
    }
    fr_conformal_result_free(&whole);
}

static void test_max(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    random_conformal_case(1, 24, 30, 3, 3, &all);
    fr_conformal_tcp_settings_default(&settings);
    settings.trim = FR_CONFORMAL_TRIM_MAX;
    run(&all, &settings, &result);
    double largest = largest_of(&all);
    for (int64_t t = 0; t < 3; t++) {
        assert_true(result.trim[t].lower == -largest && result.trim[t].upper == largest);
        check_intersection(&all, fr_conformal_lambda(24, 30, 1), &result, t, 1, &result.trim[t]);
    }
    assert_near(result.alpha_trim, 1 / 25.0, 1e-15);
    assert_near(result.guarantee[0], 0.9 - 1 / 25.0, 1e-15);
    fr_conformal_result_free(&result);

    /* a larger level trims to a smaller rank: of 25 scores, 0.2 leaves the 20th */
    double sizes[24];
    for (int64_t i = 0; i < 24; i++)
        sizes[i] = fabs(all.y[i]);
    settings.alpha_trim = 0.2;
    run(&all, &settings, &result);
    assert_true(result.trim[0].upper == fr_conformal_select(24, sizes, 20));
    assert_near(result.guarantee[0], 0.7, 1e-15);
    fr_conformal_result_free(&result);

    /* below 1/25 nothing is trimmed; the cut to the largest response costs as much again */
    settings.alpha_trim = 0.01;
    run(&all, &settings, &result);
    assert_true(result.trim[0].upper == largest);
    assert_near(result.alpha_trim, 0.01 + 1 / 25.0, 1e-15);
    fr_conformal_result_free(&result);
    conformal_case_free(&all);
}

static void test_ridge(void **state)
{
    (void)state;
    int64_t cut = 0, disconnected = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        conformal_case all;
        fr_conformal_tcp_settings settings;
        fr_conformal_ridge_settings ridge;
        fr_conformal_result result, trim;
        random_conformal_case(seed, 14, 8, 4, 3, &all);
        for (int64_t k = 0; k < 4 * 8; k++)
            all.x_test[k] *= 2;
        const double spent = 0.2;
        fr_conformal_tcp_settings_default(&settings);
        fr_conformal_ridge_settings_default(&ridge);
        settings.trim = FR_CONFORMAL_TRIM_RIDGE;
        settings.alpha_trim = spent;
        settings.lambda = 4;
        settings.hull = seed % 2 == 1;
        ridge.rho = 0.5;
        ridge.alphas = &spent;
        ridge.n_alphas = 1;
        assert_ok(fr_conformal_ridge(&all.data, &ridge, &trim));
        run(&all, &settings, &result);
        double largest = largest_of(&all);
        bool any = false;
        for (int64_t t = 0; t < 4; t++) {
            int64_t count;
            const fr_interval *pieces = set_of(&trim, t, 0, &count);
            fr_interval kept[8];
            assert_in_range(count, 1, 8);
            memcpy(kept, pieces, (size_t)count * sizeof *kept);
            bool infinite = trim.status[t] == FR_CONFORMAL_INFINITE;
            int64_t left = 0;
            for (int64_t k = 0; k < count; k++) {
                fr_interval piece = kept[k];
                if (infinite) piece = (fr_interval){fmax(piece.lower, -largest), fmin(piece.upper, largest)};
                if (piece.lower <= piece.upper) kept[left++] = piece;
            }
            disconnected += left > 1;
            if (settings.hull && left > 0) kept[0].upper = kept[left - 1].upper, left = 1;
            check_intersection(&all, 4, &result, t, left, kept);
            any = any || infinite;
        }
        assert_near(result.alpha_trim, spent + (any ? 1 / 15.0 : 0), 1e-15);
        cut += any;
        fr_conformal_result_free(&result);
        fr_conformal_result_free(&trim);
        conformal_case_free(&all);
    }
    assert_in_range(cut, 1, 19);
    assert_in_range(disconnected, 1, 60);
}

/* The lasso on the first half by hand, then the largest residual of the other half. */
static fr_interval split_range(const conformal_case *all, const uint8_t *half, int64_t size, double lambda,
                               int64_t t)
{
    int64_t n = all->data.n, p = all->data.p, row = 0;
    double *x = calloc((size_t)(size * p), sizeof *x), *y = calloc((size_t)size, sizeof *y);
    double *b = calloc((size_t)p, sizeof *b), radius = 0, centre = 0;
    assert_true(x != NULL && y != NULL && b != NULL);
    for (int64_t i = 0; i < n; i++) {
        if (!half[i]) continue;
        for (int64_t j = 0; j < p; j++)
            x[j * size + row] = all->x[i * p + j];
        y[row++] = all->y[i];
    }
    assert_int_equal(row, size);
    fr_lasso_settings settings;
    fr_lasso_settings_default(&settings);
    settings.lambda = lambda;
    assert_ok(fr_lasso(size, p, x, size, y, &settings, b, NULL, NULL));
    for (int64_t i = 0; i < n; i++) {
        double residual = all->y[i];
        for (int64_t j = 0; j < p; j++)
            residual -= b[j] * all->x[i * p + j];
        if (!half[i]) radius = fmax(radius, fabs(residual));
    }
    for (int64_t j = 0; j < p; j++)
        centre += b[j] * all->x_test[t * p + j];
    free(x);
    free(y);
    free(b);
    return (fr_interval){centre - radius, centre + radius};
}

static void test_split(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result result, again;
    uint8_t half[25];
    random_conformal_case(2, 25, 30, 3, 3, &all);
    for (int64_t i = 0; i < 25; i++)
        half[i] = i % 5 < 2;
    fr_conformal_tcp_settings_default(&settings);
    settings.first_half = half;
    run(&all, &settings, &result);
    for (int64_t t = 0; t < 3; t++) {
        fr_interval range = split_range(&all, half, 10, fr_conformal_lambda(10, 30, 1), t);
        assert_pieces_equal(1, &result.trim[t], 1, &range, 1e-12);
        check_intersection(&all, fr_conformal_lambda(25, 30, 1), &result, t, 1, &range);
    }
    assert_near(result.alpha_trim, 1 / 16.0, 1e-15);
    fr_conformal_result_free(&result);

    /* sigma scales both penalties; given penalties win */
    settings.sigma = 2;
    settings.lambda_half = 3;
    run(&all, &settings, &result);
    fr_interval range = split_range(&all, half, 10, 3, 0);
    assert_pieces_equal(1, &result.trim[0], 1, &range, 1e-12);
    check_intersection(&all, fr_conformal_lambda(25, 30, 2), &result, 0, 1, &range);
    fr_conformal_result_free(&result);

    /* random halves: 12 rows are fitted, 13 are left; the seed decides */
    settings.first_half = NULL;
    run(&all, &settings, &result);
    assert_near(result.alpha_trim, 1 / 14.0, 1e-15);
    run(&all, &settings, &again);
    assert_sets_identical(&result, &again);
    fr_conformal_result_free(&again);
    settings.seed = 2;
    run(&all, &settings, &again);
    assert_true(again.trim[0].lower != result.trim[0].lower);
    fr_conformal_result_free(&again);
    fr_conformal_result_free(&result);
    conformal_case_free(&all);
}

/* Neither of them proves anything. */
static void test_unproved_trims(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    uint8_t everything[20];
    random_conformal_case(3, 20, 30, 2, 3, &all);
    memset(everything, 1, sizeof everything);
    fr_conformal_tcp_settings_default(&settings);
    settings.trim = FR_CONFORMAL_TRIM_RANGE;
    settings.low = -1, settings.high = 2.5;
    run(&all, &settings, &result);
    assert_true(result.trim[1].lower == -1 && result.trim[1].upper == 2.5);
    assert_true(isnan(result.guarantee[0]) && result.alpha_trim == 0);
    check_intersection(&all, fr_conformal_lambda(20, 30, 1), &result, 1, 1, &result.trim[1]);
    fr_conformal_result_free(&result);

    settings.trim = FR_CONFORMAL_TRIM_LOO;
    run(&all, &settings, &result);
    assert_true(isnan(result.guarantee[0]) && result.alpha_trim == 0);
    for (int64_t t = 0; t < 2; t++) {
        assert_near((result.trim[t].lower + result.trim[t].upper) / 2, result.centre[t], 1e-12);
        check_intersection(&all, fr_conformal_lambda(20, 30, 1), &result, t, 1, &result.trim[t]);
    }
    fr_conformal_result_free(&result);

    /* a range the set has nothing to do with */
    settings.trim = FR_CONFORMAL_TRIM_RANGE;
    settings.low = 50, settings.high = 51;
    run(&all, &settings, &result);
    assert_int_equal(result.status[0], FR_CONFORMAL_EMPTY);
    assert_int_equal(result.first[2], 0);
    fr_conformal_result_free(&result);
    conformal_case_free(&all);
}

static void test_exact_level(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result result, expected;
    const double alphas[] = {0.1, 0.3}, less[] = {0.1 - 1 / 25.0, 0.3 - 1 / 25.0};
    random_conformal_case(4, 24, 30, 3, 3, &all);
    fr_conformal_tcp_settings_default(&settings);
    settings.trim = FR_CONFORMAL_TRIM_MAX;
    settings.alphas = less;
    settings.n_alphas = 2;
    run(&all, &settings, &expected);
    settings.alphas = alphas;
    settings.exact_level = true;
    run(&all, &settings, &result);
    for (int64_t a = 0; a < 2; a++) {
        assert_near(result.guarantee[a], 1 - alphas[a], 1e-15);
        assert_true(result.alphas[a] == alphas[a]);
    }
    assert_int_equal(result.first[6], expected.first[6]);
    assert_memory_equal(result.pieces, expected.pieces, (size_t)result.first[6] * sizeof *result.pieces);
    fr_conformal_result_free(&result);
    fr_conformal_result_free(&expected);
    const double little[] = {0.04};
    settings.alphas = little;
    settings.n_alphas = 1;
    assert_refused(fr_conformal_tcp(&all.data, &settings, &result), FR_EUSAGE, "leaves nothing");
    conformal_case_free(&all);
}

/* ---- grids ------------------------------------------------------------------------------------------------------------------------------- */

static void test_grid(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result exact, grid;
    const double step = 0.05;
    random_conformal_case(5, 24, 30, 4, 3, &all);
    fr_conformal_tcp_settings_default(&settings);
    settings.lambda = 4;
    run(&all, &settings, &exact);
    settings.grid = step;
    run(&all, &settings, &grid);
    assert_int_equal(grid.n_grid, 4);
    assert_true(isnan(grid.guarantee[0]));
    double largest = largest_of(&all);
    for (int64_t t = 0; t < 4; t++) {
        int64_t count, hulls;
        const fr_interval *pieces = set_of(&exact, t, 0, &count), *hull = set_of(&grid, t, 0, &hulls);
        assert_int_equal(hulls, 1);
        assert_int_equal(grid.status[t], FR_CONFORMAL_ON_GRID);
        assert_true(hull->lower <= pieces[0].lower && hull->upper >= pieces[count - 1].upper);
        assert_true(hull->lower >= pieces[0].lower - 1.001 * step);
        assert_true(hull->upper <= pieces[count - 1].upper + 1.001 * step);
    }
    fr_conformal_result_free(&grid);

    /* The authors' way: trial values -max|y| + g step in the open trim set, and the hull of those that are kept with the test
     * point counted as one of the residuals that are not larger: <= ceil((1 - alpha)(n + 1)) in all. */
    settings.compat_2016 = true;
    run(&all, &settings, &grid);
    for (int64_t t = 0; t < 4; t++) {
        int64_t count, hulls;
        const fr_interval *pieces = set_of(&exact, t, 0, &count), *hull = set_of(&grid, t, 0, &hulls);
        assert_int_equal(hulls, 1);
        double first = (hull->lower + largest) / step, last = (hull->upper + largest) / step;
        assert_near(first, nearbyint(first), 1e-9);
        assert_near(last, nearbyint(last), 1e-9);
        assert_true(hull->lower >= pieces[0].lower && hull->lower < pieces[0].lower + 1.001 * step);
        assert_true(hull->upper <= pieces[count - 1].upper &&
                    hull->upper > pieces[count - 1].upper - 1.001 * step);
    }
    fr_conformal_result_free(&grid);
    fr_conformal_result_free(&exact);
    conformal_case_free(&all);
}

/* ---- coverage ---------------------------------------------------------------------------------------------------------------------------- */

static void check_coverage(fr_conformal_trim trim, bool exact_level)
{
    enum { trials = 400 };
    int64_t covered = 0;
    double guarantee = 1;
    for (uint64_t seed = 0; seed < trials; seed++) {
        conformal_case all;
        fr_conformal_tcp_settings settings;
        fr_conformal_result result;
        const double alpha = 0.25;
        random_conformal_case(1000 + seed, 19, 8, 1, 2, &all);
        fr_conformal_tcp_settings_default(&settings);
        settings.alphas = &alpha;
        settings.n_alphas = 1;
        settings.trim = trim;
        settings.lambda = 3;
        settings.exact_level = exact_level;
        run(&all, &settings, &result);
        covered += set_holds(&result, 0, 0, all.y_test[0]);
        guarantee = fmin(guarantee, result.guarantee[0]);
        fr_conformal_result_free(&result);
        conformal_case_free(&all);
    }
    /* 19 points make 0.75 exact without trimming: not more than that is covered either, up to ties */
    assert_chance(covered, trials, guarantee, exact_level ? 0.85 : 0.75);
}

static void test_coverage(void **state)
{
    (void)state;
    check_coverage(FR_CONFORMAL_TRIM_MAX, false);
    check_coverage(FR_CONFORMAL_TRIM_RIDGE, false);
    check_coverage(FR_CONFORMAL_TRIM_SPLIT, false);
    check_coverage(FR_CONFORMAL_TRIM_SPLIT, true);
}

/* ---- refusals and small things ----------------------------------------------------------------------------------------------------------- */

static void refuse(const conformal_case *all, const fr_conformal_tcp_settings *settings, const char *part)
{
    fr_conformal_result result;
    assert_refused(fr_conformal_tcp(&all->data, settings, &result), FR_EUSAGE, part);
    assert_true(result.pieces == NULL && result.trim == NULL && result.m == 0);
}

static void test_refusals(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings good, bad;
    const uint8_t none[10] = {0}, whole[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    random_conformal_case(1, 10, 4, 1, 1, &all);
    fr_conformal_tcp_settings_default(&good);
    bad = good, bad.lambda = -1, refuse(&all, &bad, "not -1");
    bad = good, bad.lambda_half = NAN, refuse(&all, &bad, "lambda");
    bad = good, bad.sigma = 0, refuse(&all, &bad, "sigma");
    bad = good, bad.ridge = INFINITY, refuse(&all, &bad, "ridge");
    bad = good, bad.alpha_trim = 1, refuse(&all, &bad, "level of trimming");
    bad = good, bad.trim = FR_CONFORMAL_TRIM_RANGE, refuse(&all, &bad, "range");
    bad = good, bad.grid = -1, refuse(&all, &bad, "step of the grid");
    bad = good, bad.compat_2016 = true, refuse(&all, &bad, "step must be given");
    bad = good, bad.max_segments = 0, refuse(&all, &bad, "segment");
    bad = good, bad.first_half = none, refuse(&all, &bad, "first half has 0 of 10");
    bad = good, bad.first_half = whole, refuse(&all, &bad, "first half has 10 of 10");
    bad = good, bad.trim = FR_CONFORMAL_TRIM_RIDGE, bad.rho = -1, refuse(&all, &bad, "");
    conformal_case_free(&all);
}

/* The rule counts one feature as two: log 1 would leave nothing penalised. */
static void test_one_feature(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    random_conformal_case(6, 20, 1, 5, 1, &all);
    fr_conformal_tcp_settings_default(&settings);
    run(&all, &settings, &result);
    assert_near(fr_conformal_lambda(20, 1, 3), 3 * sqrt(20 * log(2)), 1e-13);
    assert_near(result.guarantee[0], 0.9 - 1 / 11., 1e-15);
    for (int64_t t = 0; t < 5; t++)
        check_intersection(&all, fr_conformal_lambda(20, 1, 1), &result, t, 1, &result.trim[t]);
    fr_conformal_result_free(&result);
    conformal_case_free(&all);
}

/* Two points: one is fitted, one is left over. */
static void test_two_points(void **state)
{
    (void)state;
    const double x[] = {1, 2}, y[] = {1, 3}, x_test[] = {1}, alpha = 0.5;
    const uint8_t half[] = {1, 0};
    const fr_conformal_data data = {2, 1, 1, x, y, x_test};
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    fr_conformal_tcp_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.lambda = settings.lambda_half = 0.5;
    settings.first_half = half;
    assert_ok(fr_conformal_tcp(&data, &settings, &result));
    /* b of the half is 0.5: centre 0.5, radius |3 - 1| */
    assert_pieces_equal(1, result.trim, 1, &(fr_interval){-1.5, 2.5}, 1e-15);
    assert_near(result.guarantee[0], 0, 1e-15);
    fr_conformal_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_max),         cmocka_unit_test(test_ridge),
        cmocka_unit_test(test_split),       cmocka_unit_test(test_unproved_trims),
        cmocka_unit_test(test_exact_level), cmocka_unit_test(test_grid),
        cmocka_unit_test(test_coverage),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_one_feature), cmocka_unit_test(test_two_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
