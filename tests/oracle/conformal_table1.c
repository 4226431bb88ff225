/* Table 1 of trimmed conformal prediction (arXiv:1611.09933): the cell of independent features and normal noise within the windows
 * of an independent computation with exact sets, the whole table against its numbers, and the data sets themselves. */
#include "support.h"

#include <reproduce/tcp.h>

#include <frugal/conformal.h>

#include <math.h>
#include <string.h>

/* ---- the data sets ---------------------------------------------------------------------------------------------------- */

static double mean_product(int64_t n, int64_t stride, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i * stride] * b[i * stride];
    return sum / (double)n;
}

/* Means over 20001 rows: standard errors at most 0.011 for products of normals, and 0.04 for squares of t(5), whose kurtosis is
 * 9: (5/3) sqrt(8 / 20001) = 0.033. Five of them are allowed. */
static void features_and_noise(void **state)
{
    (void)state;
    for (int shape = 0; shape < 4; shape++) {
        const tcp_design design = {
            .n = 20000, .p = 6, .k = 0, .correlated = shape & 1, .heavy = shape & 2}; /* k = 0: y is noise */
        tcp_problem problem;
        assert_ok(tcp_simulate(&design, 7, 3, 0, &problem));
        for (int64_t j = 0; j < design.p; j++)
            for (int64_t i = 0; i <= j; i++)
                assert_near(mean_product(design.n + 1, design.p, problem.x + i, problem.x + j),
                            i == j              ? 1
                            : design.correlated ? pow(0.9, (double)(j - i))
                                                : 0,
                            0.055);
        double variance = mean_product(design.n + 1, 1, problem.y, problem.y);
        assert_near(variance, design.heavy ? 5.0 / 3 : 1, design.heavy ? 0.17 : 0.05);
        assert_close(problem.lambda,
                     sqrt((design.heavy ? 5.0 / 3 : 1) * (double)design.n * log((double)design.p)), 1e-14);
        assert_close(problem.lambda_half, problem.lambda / sqrt(2), 1e-14);
        tcp_problem_free(&problem);
    }
}

/* The regression of y on each independent feature is its coefficient: 2 for k of them, 0 for the others. */
static void coefficients(void **state)
{
    (void)state;
    const tcp_design design = {.n = 20000, .p = 12, .k = 5};
    int64_t count[12] = {0};
    for (uint64_t index = 0; index < 3; index++) {
        tcp_problem problem;
        int64_t support = 0;
        assert_ok(tcp_simulate(&design, 7, 3, index, &problem));
        for (int64_t j = 0; j < design.p; j++) {
            double b = 0;
            for (int64_t i = 0; i <= design.n; i++)
                b += problem.x[i * design.p + j] * problem.y[i] / (double)(design.n + 1);
            assert_true(fabs(b) < 0.2 ||
                        fabs(b - 2) < 0.2); /* standard error sqrt(4 * 5 + 1 + 4) / 141 = 0.036 */
            support += b > 1;
            count[j] += b > 1;
        }
        assert_int_equal(support, design.k);
        tcp_problem_free(&problem);
    }
    bool same = true;
    for (int64_t j = 0; j < design.p; j++)
        same = same && (count[j] == 0 || count[j] == 3);
    assert_false(same); /* the support is drawn anew */
}

static void halves(void **state)
{
    (void)state;
    for (int64_t n = 6; n <= 7; n++) {
        const tcp_design design = {.n = n, .p = 2, .k = 1};
        double chosen[7] = {0};
        for (uint64_t index = 0; index < 4000; index++) {
            tcp_problem problem;
            int64_t size = 0;
            assert_ok(tcp_simulate(&design, 1, 0, index, &problem));
            for (int64_t i = 0; i < n; i++) {
                size += problem.first_half[i];
                chosen[i] += problem.first_half[i] / 4000.0;
            }
            assert_int_equal(size, n / 2);
            tcp_problem_free(&problem);
        }
        for (int64_t i = 0; i < n; i++)
            assert_near(chosen[i], (double)(n / 2) / (double)n, 0.04); /* five standard errors */
    }
}

/* ---- measures ----------------------------------------------------------------------------------------------------------- */

/* The set of MaxTrim is the lasso set on the range of the training responses, and Split that of its own definition. */
static void measures_of_one_data_set(void **state)
{
    (void)state;
    const tcp_design design = {.n = 40, .p = 60, .k = 3};
    tcp_problem problem;
    tcp_measures got;
    double most = 0, width = 0;
    assert_ok(tcp_simulate(&design, 5, 0, 0, &problem));
    assert_ok(tcp_measure(&problem, &got));
    const fr_conformal_data data = {
        .n = 40, .p = 60, .m = 1, .x = problem.x, .y = problem.y, .x_test = problem.x + (int64_t)40 * 60};
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = problem.lambda;
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    for (int64_t k = 0; k < result.first[1]; k++)
        width += result.pieces[k].upper - result.pieces[k].lower;
    for (int64_t i = 0; i < 40; i++)
        most = fmax(most, fabs(problem.y[i]));
    assert_near(got.value[TCP_MAX][TCP_WIDTH], width, 1e-9);
    assert_near(got.value[TCP_MAX][TCP_TRIAL], 2 * most, 1e-12);
    assert_true(got.value[TCP_RIDGE][TCP_TRIAL] <= 2 * most && isnan(got.value[TCP_SPLIT_ALONE][TCP_TRIAL]));
    for (int method = 0; method < TCP_METHODS; method++)
        assert_true(got.value[method][TCP_COVERAGE] == 0 || got.value[method][TCP_COVERAGE] == 1);
    fr_conformal_result_free(&result);
    tcp_problem_free(&problem);
}

/* Means of 100 data sets within about three standard errors of those of 400 others; the windows were set beforehand. */
static void first_cell(void **state)
{
    (void)state;
    static const double centre[TCP_METHODS][2] = {{4.24, 37.9}, {4.24, 36.3}, {4.24, 11.5}, {6.9, NAN}};
    static const double window[TCP_METHODS][2] = {{0.12, 1.6}, {0.12, 1.5}, {0.12, 1.2}, {0.7, NAN}};
    enum { trials = 100 };
    const tcp_design design = {.n = 200, .p = 2000, .k = 10};
    static tcp_measures measures[trials];
    assert_ok(tcp_run_designs("cell", 1, &design, trials, 2016, NULL, measures));
    for (int method = 0; method < TCP_METHODS; method++) {
        double mean, error;
        for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++) {
            if (isnan(centre[method][quantity])) continue;
            tcp_mean(measures, trials, method, quantity, &mean, &error);
            assert_near(mean, centre[method][quantity], window[method][quantity]);
        }
        tcp_mean(measures, trials, method, TCP_COVERAGE, &mean, &error);
        assert_true(mean >= 0.82 && mean <= 0.98);
    }
}

/* 20 data sets a cell; within four standard errors of the difference, or the windows of the first cell for so many. */
static void whole_table(void **state)
{
    (void)state;
    reproduce_settings settings;
    reproduce_comparison comparison = {0};
    reproduce_settings_default(&settings);
    settings.trials = 20;
    assert_ok(reproduce_tcp_table1.run(&settings, NULL, &comparison));
    assert_int_equal(comparison.n, 4 * (3 * 3 + 2));
    for (int64_t k = 0; k < comparison.n; k++) {
        const reproduce_row *row = &comparison.rows[k];
        if (row->verdict != REPRODUCE_AGREES)
            fail_msg("%s, %s, %s: got %g (standard error %g), expected %g (%g)", row->table, row->setting,
                     row->quantity, row->obtained, row->obtained_error, row->expected, row->expected_error);
        assert_true(isfinite(row->reported));
        if (strcmp(row->quantity, tcp_quantity[TCP_WIDTH]) != 0 || strcmp(row->setting, "Split") == 0)
            continue;
        /* trimming hardly ever cuts a set: a wrong trim would show here */
        const reproduce_row *first =
            reproduce_find_row(&comparison, row->table, tcp_method[TCP_MAX], row->quantity);
        assert_near(row->obtained, first->obtained, 0.05 * first->obtained);
    }
    reproduce_comparison_free(&comparison);
}

static void bad_numbers_of_trials(void **state)
{
    (void)state;
    reproduce_settings settings;
    reproduce_comparison comparison = {0};
    reproduce_settings_default(&settings);
    settings.trials = 1;
    assert_refused(reproduce_tcp_table1.run(&settings, NULL, &comparison), FR_EUSAGE, "1 trials, expected 2");
    assert_refused(reproduce_tcp_figures.run(&settings, NULL, &comparison), FR_EUSAGE,
                   "1 trials, expected 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_and_noise),
        cmocka_unit_test(coefficients),
        cmocka_unit_test(halves),
        cmocka_unit_test(measures_of_one_data_set),
        cmocka_unit_test(first_cell),
        cmocka_unit_test(whole_table),
        cmocka_unit_test(bad_numbers_of_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
