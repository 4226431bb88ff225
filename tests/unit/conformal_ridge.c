/* Exact ridge sets: against refits of the n + 1 points with dense elimination, the invariances of the method, odd inputs, coverage. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/ridge_model.h>

#include <math.h>
#include <string.h>

enum { most_rows = 12, most_columns = 8 };

/* ---- brute force ---------------------------------------------------------------------------------------------------------- */

/* Gaussian elimination with pivoting on k equations, in place. */
static void eliminate(int64_t k, double a[][most_columns + 2])
{
    for (int64_t c = 0; c < k; c++) {
        int64_t best = c;
        for (int64_t r = c + 1; r < k; r++)
            if (fabs(a[r][c]) > fabs(a[best][c])) best = r;
        for (int64_t j = c; j <= k; j++) {
            double keep = a[c][j];
            a[c][j] = a[best][j], a[best][j] = keep;
        }
        for (int64_t r = 0; r < k; r++) {
            if (r == c) continue;
            double factor = a[r][c] / a[c][c];
            for (int64_t j = c; j <= k; j++)
                a[r][j] -= factor * a[c][j];
        }
    }
}

static double feature(const fr_conformal_data *data, int64_t i, int64_t j)
{
    if (j == data->p) return 1;
    return i < data->n ? data->x[i * data->p + j] : data->x_test[j];
}

/* Residuals of ridge regression on all n + 1 points, the last with response y. */
static void refit(const fr_conformal_data *data, double rho, bool intercept, double y, double *residual)
{
    double a[most_columns + 1][most_columns + 2];
    int64_t k = data->p + intercept;
    memset(a, 0, sizeof a);
    for (int64_t i = 0; i <= data->n; i++)
        for (int64_t r = 0; r < k; r++) {
            for (int64_t c = 0; c < k; c++)
                a[r][c] += feature(data, i, r) * feature(data, i, c);
            a[r][k] += feature(data, i, r) * (i < data->n ? data->y[i] : y);
        }
    for (int64_t r = 0; r < data->p; r++)
        a[r][r] += rho;
    eliminate(k, a);
    for (int64_t i = 0; i <= data->n; i++) {
        residual[i] = i < data->n ? data->y[i] : y;
        for (int64_t r = 0; r < k; r++)
            residual[i] -= feature(data, i, r) * a[r][k] / a[r][r];
    }
}

static int64_t number_smaller(const fr_conformal_data *data, double rho, bool intercept, double y)
{
    double residual[most_rows + 1];
    refit(data, rho, intercept, y, residual);
    int64_t number = 0;
    for (int64_t i = 0; i < data->n; i++)
        number += fabs(residual[i]) < fabs(residual[data->n]);
    return number;
}

static bool near_an_end(const fr_conformal_result *result, int64_t level, double y)
{
    int64_t count;
    const fr_interval *pieces = set_of(result, 0, level, &count);
    for (int64_t k = 0; k < count; k++)
        if (fabs(pieces[k].lower - y) < 1e-6 * (1 + fabs(y)) ||
            fabs(pieces[k].upper - y) < 1e-6 * (1 + fabs(y)))
            return true;
    return false;
}

static void assert_member(const fr_conformal_data *data, const fr_conformal_ridge_settings *settings,
                          const fr_conformal_result *result, double y)
{
    int64_t number = -1;
    for (int64_t a = 0; a < result->n_alphas; a++) {
        if (near_an_end(result, a, y)) continue;
        if (number < 0) number = number_smaller(data, settings->rho, settings->intercept, y);
        bool expected = number < fr_conformal_rank(result->alphas[a], data->n + 1);
        if (set_holds(result, 0, a, y) != expected)
            fail_msg("y = %.17g at level %g: %d training residuals of %d are smaller, but it is %s", y,
                     result->alphas[a], (int)number, (int)data->n, expected ? "out" : "in");
    }
}

/* On a grid, and a millionth inside and outside of each end, relative to the distance from 0. */
static void compare_with_refits(const fr_conformal_data *data, const fr_conformal_ridge_settings *settings,
                                const fr_conformal_result *result)
{
    for (double y = -40; y <= 40; y += 0.731)
        assert_member(data, settings, result, y);
    for (int64_t k = 0; k < result->first[result->n_alphas]; k++) {
        const double ends[] = {result->pieces[k].lower, result->pieces[k].upper};
        for (int e = 0; e < 2; e++) {
            double step = 3e-6 * (1 + fabs(ends[e]));
            if (!isfinite(ends[e]) || fabs(ends[e]) > 1e6) continue;
            assert_member(data, settings, result, ends[e] - step);
            assert_member(data, settings, result, ends[e] + step);
        }
    }
}

static void random_small(fr_rng *rng, conformal_case *out, fr_conformal_ridge_settings *settings)
{
    int64_t n = 2 + fr_rng_below(rng, most_rows - 1), p = 1 + fr_rng_below(rng, most_columns);
    random_conformal_case(fr_rng_bits(rng), n, p, 1, p, out);
    if (fr_rng_below(rng, 3) == 0) /* high leverage: infinite and disconnected sets */
        for (int64_t j = 0; j < p; j++)
            out->x_test[j] *= 6;
    const double penalties[] = {0.3, 1, 20};
    settings->rho = penalties[fr_rng_below(rng, 3)];
    settings->intercept = fr_rng_below(rng, 2) == 0;
}

static void test_refits(void **state)
{
    (void)state;
    const double alphas[] = {0.1, 0.25, 0.5, 0.8};
    fr_rng rng;
    fr_rng_init(&rng, 3, 1, 0);
    int64_t seen[FR_CONFORMAL_ON_GRID + 1] = {0};
    for (int trial = 0; trial < 500; trial++) {
        conformal_case drawn;
        fr_conformal_ridge_settings settings;
        fr_conformal_ridge_settings_default(&settings);
        random_small(&rng, &drawn, &settings);
        settings.alphas = alphas;
        settings.n_alphas = 4;
        fr_conformal_result result;
        assert_ok(fr_conformal_ridge(&drawn.data, &settings, &result));
        check_sets(&result);
        compare_with_refits(&drawn.data, &settings, &result);
        for (int64_t a = 0; a < 4; a++)
            seen[result.status[a]]++;
        fr_conformal_result_free(&result);
        conformal_case_free(&drawn);
    }
    assert_true(seen[FR_CONFORMAL_PLAIN] > 500 && seen[FR_CONFORMAL_INFINITE] > 50 &&
                seen[FR_CONFORMAL_DISCONNECTED] > 5);
}

/* The curves hold the same sets, and asking for them takes the way over all roots instead of the selection. */
static void test_curves(void **state)
{
    (void)state;
    const double alphas[] = {0.05, 0.3};
    conformal_case drawn;
    random_conformal_case(8, 40, 3, 70, 3, &drawn);
    fr_conformal_curve *curves = fr_alloc(drawn.data.m, sizeof *curves);
    assert_non_null(curves);
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 2;
    fr_conformal_result selected, swept;
    assert_ok(fr_conformal_ridge(&drawn.data, &settings, &selected));
    settings.curves = curves;
    assert_ok(fr_conformal_ridge(&drawn.data, &settings, &swept));
    assert_sets_identical(&selected, &swept);
    for (int64_t t = 0; t < drawn.data.m; t++) {
        const fr_conformal_curve *curve = &curves[t];
        assert_true(curve->at[0] == -INFINITY && curve->at[curve->count - 1] == INFINITY);
        for (int64_t a = 0; a < 2; a++) {
            int64_t rank = fr_conformal_rank(alphas[a], drawn.data.n + 1);
            for (int64_t b = 1; b + 2 < curve->count; b++) {
                double y = curve->at[b] + (curve->at[b + 1] - curve->at[b]) / 2;
                assert_int_equal(set_holds(&swept, t, a, y), curve->inside[b] < rank);
                assert_int_equal(set_holds(&swept, t, a, curve->at[b]), curve->on[b] < rank);
            }
        }
        fr_conformal_curve_free(&curves[t]);
    }
    fr_free(curves);
    fr_conformal_result_free(&selected);
    fr_conformal_result_free(&swept);
    conformal_case_free(&drawn);
}

/* ---- invariances ------------------------------------------------------------------------------------------------------------- */

static void solve(const conformal_case *drawn, double rho, bool intercept, fr_conformal_result *out)
{
    static const double alphas[] = {0.1, 0.4};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 2;
    settings.rho = rho;
    settings.intercept = intercept;
    assert_ok(fr_conformal_ridge(&drawn->data, &settings, out));
    check_sets(out);
}

/* got = factor * expected + shift, end by end. */
static void assert_moved(const fr_conformal_result *got, const fr_conformal_result *expected, double factor,
                         double shift)
{
    int64_t cells = got->m * got->n_alphas;
    assert_memory_equal(got->first, expected->first, (size_t)(cells + 1) * sizeof *got->first);
    assert_memory_equal(got->status, expected->status, (size_t)cells);
    for (int64_t k = 0; k < got->first[cells]; k++) {
        double lower = factor * expected->pieces[k].lower + shift;
        double upper = factor * expected->pieces[k].upper + shift;
        assert_end(got->pieces[k].lower, lower, 1e-9 * (factor + fabs(lower)));
        assert_end(got->pieces[k].upper, upper, 1e-9 * (factor + fabs(upper)));
    }
}

static void test_invariances(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        conformal_case drawn;
        random_conformal_case(9, 20, wide ? 30 : 4, 9, 3, &drawn);
        int64_t n = drawn.data.n, p = drawn.data.p;
        fr_conformal_result plain, moved;
        solve(&drawn, 1, true, &plain);
        for (int64_t i = 0; i < n / 2; i++) { /* rows the other way round */
            for (int64_t j = 0; j < p; j++) {
                double keep = drawn.x[i * p + j];
                drawn.x[i * p + j] = drawn.x[(n - 1 - i) * p + j];
                drawn.x[(n - 1 - i) * p + j] = keep;
            }
            double keep = drawn.y[i];
            drawn.y[i] = drawn.y[n - 1 - i], drawn.y[n - 1 - i] = keep;
        }
        solve(&drawn, 1, true, &moved);
        assert_moved(&moved, &plain, 1, 0);
        fr_conformal_result_free(&moved);
        for (int64_t i = 0; i < n; i++) /* another scale and origin of y */
            drawn.y[i] = 1000 * drawn.y[i] + 77;
        solve(&drawn, 1, true, &moved);
        assert_moved(&moved, &plain, 1000, 77);
        fr_conformal_result_free(&moved);
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < p; j++) /* and origin of x */
                drawn.x[i * p + j] += (double)j;
        for (int64_t t = 0; t < drawn.data.m; t++)
            for (int64_t j = 0; j < p; j++)
                drawn.x_test[t * p + j] += (double)j;
        solve(&drawn, 1, true, &moved);
        assert_moved(&moved, &plain, 1000, 77);
        fr_conformal_result_free(&moved);
        fr_conformal_result_free(&plain);
        conformal_case_free(&drawn);
    }
}

/* With an infinite penalty the model predicts 0: [-q, q] with the rank-th smallest |y|. */
static void test_infinite_penalty(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(10, 30, 3, 5, 3, &drawn);
    fr_conformal_result result;
    solve(&drawn, 1e14, false, &result);
    double sizes[30];
    for (int64_t a = 0; a < 2; a++) {
        for (int64_t i = 0; i < 30; i++)
            sizes[i] = fabs(drawn.y[i]);
        double q = fr_conformal_select(30, sizes, fr_conformal_rank(result.alphas[a], 31));
        for (int64_t t = 0; t < 5; t++) {
            assert_near(result.pieces[2 * t + a].lower, -q, 1e-10); /* off by |x||X'y| / rho */
            assert_near(result.pieces[2 * t + a].upper, q, 1e-10);
        }
    }
    fr_conformal_result_free(&result);
    conformal_case_free(&drawn);
}

/* The factor of X X' + rho I gives what that of X'X + rho I gives: zero columns do not change the problem, but the way. */
static void test_wide_like_narrow(void **state)
{
    (void)state;
    conformal_case narrow, wide;
    random_conformal_case(12, 15, 4, 40, 3, &narrow);
    random_conformal_case(12, 15, 20, 40, 3, &wide);
    for (int64_t k = 0; k < 15 * 20; k++)
        wide.x[k] = k % 20 < 4 ? narrow.x[k / 20 * 4 + k % 20] : 0;
    for (int64_t k = 0; k < 40 * 20; k++)
        wide.x_test[k] = k % 20 < 4 ? narrow.x_test[k / 20 * 4 + k % 20] : 0;
    memcpy(wide.y, narrow.y, 15 * sizeof(double));
    for (int64_t j = 0; j < 4; j++) { /* a training point, for which cancellation is strongest */
        wide.x_test[j] = wide.x[j];
        narrow.x_test[j] = narrow.x[j];
    }
    const double penalties[] = {1e-6, 0.5};
    for (int k = 0; k < 4; k++) {
        fr_conformal_result a, b;
        solve(&narrow, penalties[k / 2], k % 2 == 0, &a);
        solve(&wide, penalties[k / 2], k % 2 == 0, &b);
        assert_int_equal(a.first[80], b.first[80]);
        for (int64_t e = 0; e < a.first[80]; e++) {
            /* X X' + 1e-6 I has condition 1e8 */
            assert_end(b.pieces[e].lower, a.pieces[e].lower, 1e-6 * (1 + fabs(a.pieces[e].lower)));
            assert_end(b.pieces[e].upper, a.pieces[e].upper, 1e-6 * (1 + fabs(a.pieces[e].upper)));
        }
        fr_conformal_result_free(&a);
        fr_conformal_result_free(&b);
    }
    conformal_case_free(&narrow);
    conformal_case_free(&wide);
}

/* A test point in the span of the training rows and a tiny penalty: h is 1 less rho (X X' + rho I)^-1_00, about 1e-11, though the terms of
 * (x'x - x'X'K^-1 Xx) / rho are of order 1e11. */
static void test_cancellation(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(14, 10, 40, 1, 3, &drawn);
    ridge_model model;
    ridge_space space;
    assert_ok(ridge_model_new(10, 40, drawn.x, drawn.y, 1e-10, false, &model));
    assert_ok(ridge_space_new(&model, &space));
    assert_ok(ridge_predict(&model, &space, 1, drawn.x));
    assert_near(space.h[0], 1, 1e-9);
    ridge_space_free(&space);
    ridge_model_free(&model);
    conformal_case_free(&drawn);
}

static void test_threads(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(13, 150, 170, 100, 3, &drawn); /* several blocks of everything */
    fr_conformal_result one, three;
    int before = fr_threads();
    fr_threads_set(1);
    solve(&drawn, 2, true, &one);
    fr_threads_set(3);
    solve(&drawn, 2, true, &three);
    fr_threads_set(before);
    assert_sets_identical(&one, &three);
    fr_conformal_result_free(&one);
    fr_conformal_result_free(&three);
    conformal_case_free(&drawn);
}

/* ---- odd inputs ----------------------------------------------------------------------------------------------------------------- */

static void test_two_points(void **state)
{
    (void)state;
    const double x[] = {1, 1}, y[] = {1, 3}, test[] = {0}, alphas[] = {0.3, 0.4, 0.7};
    const fr_conformal_data data = {2, 1, 1, x, y, test};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 3;
    settings.rho = 0;
    fr_conformal_result result;
    watch_warnings();
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    check_sets(&result);
    /* fit 2, residuals -1 and 1; x = 0 is predicted as 0 whatever y is */
    assert_int_equal(result.status[0], FR_CONFORMAL_INFINITE); /* rank 3 of 3 */
    assert_int_equal(warnings_seen(), 1);
    assert_non_null(strstr(last_warning(), "at least 3 points"));
    assert_near(result.pieces[1].lower, -1, 1e-15);
    assert_near(result.pieces[1].upper, 1, 1e-15);
    assert_near(result.pieces[2].upper, 1, 1e-15);
    fr_conformal_result_free(&result);
}

/* Duplicated rows, constant and duplicated columns; a test point equal to a training point. */
static void test_duplicates(void **state)
{
    (void)state;
    conformal_case drawn;
    fr_rng rng;
    fr_rng_init(&rng, 15, 1, 0);
    for (int trial = 0; trial < 50; trial++) {
        random_conformal_case(fr_rng_bits(&rng), 10, 4, 1, 2, &drawn);
        for (int64_t i = 0; i < 10; i++) {
            double *row = drawn.x + 4 * i;
            row[2] = 0.1, row[3] = row[1];
            if (i >= 5) {
                memcpy(row, row - 4 * 5, 4 * sizeof *row);
                drawn.y[i] = drawn.y[i - 5];
            }
        }
        memcpy(drawn.x_test, drawn.x, 4 * sizeof(double));
        fr_conformal_ridge_settings settings;
        fr_conformal_ridge_settings_default(&settings);
        settings.rho = 0.5;
        for (int k = 0; k < 2; k++) {
            settings.intercept = k == 1;
            fr_conformal_result result;
            assert_ok(fr_conformal_ridge(&drawn.data, &settings, &result));
            check_sets(&result);
            compare_with_refits(&drawn.data, &settings, &result);
            fr_conformal_result_free(&result);
        }
        conformal_case_free(&drawn);
    }
}

/* A group of one training point: the residuals of the two are equal whatever y is, a tie in favour of y. Alone among 4 groups of one, every
 * y ties with one and beats the rest only where its own residual is small. */
static void test_structural_ties(void **state)
{
    (void)state;
    double x[4 * 4] = {0}, y[] = {0.1, 1.3, -0.7, 2.2}, test[4] = {1, 0, 0, 0}, alpha = 0.9;
    for (int64_t i = 0; i < 4; i++)
        x[5 * i] = 1;
    const fr_conformal_data data = {4, 4, 1, x, y, test};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = 0;
    fr_conformal_result result;
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    /* rank 1: no training residual may be smaller; three are 0 (theirs are fitted exactly), one is that of the test point */
    assert_int_equal(result.first[1], 1);
    assert_near(result.pieces[0].lower, 0.1, 1e-12);
    assert_near(result.pieces[0].upper, 0.1, 1e-12);
    fr_conformal_result_free(&result);
    alpha = 0.3; /* rank 4: the three that are 0 may be smaller */
    assert_ok(fr_conformal_ridge(&data, &settings, &result));
    assert_pieces_equal(result.first[1], result.pieces, 1, &(fr_interval){-INFINITY, INFINITY}, 0);
    fr_conformal_result_free(&result);
}

static void test_scales(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(16, 25, 3, 4, 3, &drawn);
    fr_conformal_result plain, scaled;
    solve(&drawn, 0, false, &plain);
    const double scales[] = {1e-150, 1e150};
    for (int k = 0; k < 4; k++) {
        double x_scale = scales[k / 2], y_scale = scales[k % 2];
        conformal_case other;
        random_conformal_case(16, 25, 3, 4, 3, &other);
        for (int64_t i = 0; i < 75; i++)
            other.x[i] *= x_scale;
        for (int64_t i = 0; i < 12; i++)
            other.x_test[i] *= x_scale;
        for (int64_t i = 0; i < 25; i++)
            other.y[i] *= y_scale;
        solve(&other, 0, false, &scaled);
        assert_moved(&scaled, &plain, y_scale, 0);
        fr_conformal_result_free(&scaled);
        conformal_case_free(&other);
    }
    fr_conformal_result_free(&plain);
    conformal_case_free(&drawn);
}

static int attempt(const fr_conformal_data *data, double rho, bool intercept, double alpha)
{
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = rho;
    settings.intercept = intercept;
    fr_conformal_result result;
    int status = fr_conformal_ridge(data, &settings, &result);
    if (status != FR_OK) assert_null(result.pieces);
    fr_conformal_result_free(&result);
    return status;
}

static void test_refused(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4, 5, 7}, y[] = {1, 2, 3}, test[] = {1, 1};
    fr_conformal_data data = {3, 2, 1, x, y, test};
    assert_ok(attempt(&data, 0, false, 0.3));
    assert_refused(attempt(&data, -1, false, 0.3), FR_EUSAGE, "at least 0, not -1");
    assert_refused(attempt(&data, 1, false, 1), FR_EUSAGE, "between 0 and 1");
    assert_refused(attempt(&data, 1, false, NAN), FR_EUSAGE, "between 0 and 1");
    data.n = 1;
    assert_refused(attempt(&data, 1, false, 0.3), FR_EUSAGE, "at least 2 training points, not 1");
    data.n = 3, data.p = 0;
    assert_refused(attempt(&data, 1, false, 0.3), FR_EUSAGE, "at least one feature");
    data.p = 2, data.m = 0;
    assert_refused(attempt(&data, 1, false, 0.3), FR_EUSAGE, "no test points");
    data.m = 1, x[3] = NAN;
    assert_refused(attempt(&data, 1, false, 0.3), FR_EINPUT, "row 1, column 1");
    x[3] = 4, y[2] = INFINITY;
    assert_refused(attempt(&data, 1, false, 0.3), FR_EINPUT, "number 2 (from 0) is inf");
    y[2] = 3, test[0] = 1e200;
    assert_refused(attempt(&data, 1, false, 0.3), FR_ENUMERIC, "overflow");
    test[0] = 1, x[1] = 2, x[3] = 6, x[5] = 10; /* column 1 is twice column 0 */
    assert_refused(attempt(&data, 0, false, 0.3), FR_EINPUT, "column 1");
    assert_ok(attempt(&data, 1e-3, false, 0.3));
    x[0] = x[2] = x[4] = 0.1; /* column 0 is constant */
    assert_refused(attempt(&data, 0, true, 0.3), FR_EINPUT, "column 0");
    data.n = 2;
    assert_refused(attempt(&data, 0, true, 0.3), FR_EUSAGE, "at least as many rows");
}

/* ---- coverage ---------------------------------------------------------------------------------------------------------------------- */

/* The guarantee, and no more than 1/(n + 1) above it, since residuals do not tie. */
static void test_coverage(void **state)
{
    (void)state;
    const double alphas[] = {0.1, 0.3};
    enum { draws = 2000 };
    int64_t covered[2] = {0};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 2;
    settings.intercept = true;
    for (uint64_t seed = 0; seed < draws; seed++) {
        conformal_case drawn;
        random_conformal_case(1000 + seed, 20, seed % 2 == 0 ? 3 : 25, 1, 3, &drawn);
        fr_conformal_result result;
        assert_ok(fr_conformal_ridge(&drawn.data, &settings, &result));
        for (int64_t a = 0; a < 2; a++) {
            covered[a] += set_holds(&result, 0, a, drawn.y_test[0]);
            assert_true(result.guarantee[a] == 1 - alphas[a]);
        }
        fr_conformal_result_free(&result);
        conformal_case_free(&drawn);
    }
    for (int64_t a = 0; a < 2; a++)
        assert_chance(covered[a], draws, 1 - alphas[a], 1 - alphas[a] + 1 / 21.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refits),           cmocka_unit_test(test_curves),
        cmocka_unit_test(test_invariances),      cmocka_unit_test(test_infinite_penalty),
        cmocka_unit_test(test_wide_like_narrow), cmocka_unit_test(test_cancellation),
        cmocka_unit_test(test_threads),          cmocka_unit_test(test_two_points),
        cmocka_unit_test(test_duplicates),       cmocka_unit_test(test_structural_ties),
        cmocka_unit_test(test_scales),           cmocka_unit_test(test_refused),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
