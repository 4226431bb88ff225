/* The jackknife family: against explicit refits for ridge and lasso, CV+ with folds of one row, odd inputs, coverage. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/left_out.h>

#include <math.h>
#include <string.h>

/* The training rows without number `out` (all if out = n), by rows. */
static void rows_without(const fr_conformal_data *data, int64_t out, double *x, double *y)
{
    int64_t count = 0;
    for (int64_t i = 0; i < data->n; i++) {
        if (i == out) continue;
        memcpy(x + count * data->p, data->x + i * data->p, (size_t)data->p * sizeof *x);
        y[count++] = data->y[i];
    }
}

/* Prediction at a point by a fit without row `out`. */
static double predict_without(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                              int64_t out, const double *point)
{
    int64_t rows = data->n - (out < data->n), p = data->p;
    double x[400], by_columns[400], y[40], b[40] = {0}, b0 = 0;
    rows_without(data, out, x, y);
    if (settings->lasso) {
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < p; j++)
                by_columns[j * rows + i] = x[i * p + j];
        fr_lasso_settings lasso;
        fr_lasso_settings_default(&lasso);
        lasso.lambda = settings->lambda;
        lasso.intercept = settings->intercept;
        assert_ok(fr_lasso(rows, p, by_columns, rows, y, &lasso, b, settings->intercept ? &b0 : NULL, NULL));
    } else {
        ridge_model model;
        assert_ok(ridge_model_new(rows, p, x, y, settings->rho, settings->intercept, &model));
        ridge_model_coefficients(&model, b, &b0);
        ridge_model_free(&model);
    }
    double sum = b0;
    for (int64_t j = 0; j < p; j++)
        sum += point[j] * b[j];
    return sum;
}

/* The interval of the named kind, straight from its definition. */
static fr_interval interval_by_refits(const fr_conformal_data *data,
                                      const fr_conformal_jackknife_settings *settings, double alpha,
                                      int64_t t)
{
    double r[40], low[40], up[40], least = INFINITY, most = -INFINITY;
    const double *point = data->x_test + t * data->p;
    int64_t n = data->n, k = fr_conformal_rank(alpha, n + 1);
    for (int64_t i = 0; i < n; i++) {
        double here = predict_without(data, settings, i, point);
        r[i] = fabs(data->y[i] - predict_without(data, settings, i, data->x + i * data->p));
        low[i] = here - r[i], up[i] = here + r[i];
        least = fmin(least, here), most = fmax(most, here);
    }
    if (settings->kind == FR_CONFORMAL_JACKKNIFE_PLUS)
        return (fr_interval){fr_conformal_select(n, low, (int64_t)floor(alpha * (double)(n + 1) + 1e-10)),
                             fr_conformal_select(n, up, k)};
    double q = fr_conformal_select(n, r, k);
    if (settings->kind == FR_CONFORMAL_JACKKNIFE_MINMAX) return (fr_interval){least - q, most + q};
    double mu = predict_without(data, settings, n, point);
    return (fr_interval){mu - q, mu + q};
}

static void compare(const fr_conformal_data *data, fr_conformal_jackknife_settings *settings,
                    double tolerance)
{
    static const double alphas[] = {0.03, 0.15, 0.4};
    const fr_conformal_jackknife_kind kinds[] = {FR_CONFORMAL_JACKKNIFE, FR_CONFORMAL_JACKKNIFE_PLUS,
                                                 FR_CONFORMAL_JACKKNIFE_MINMAX};
    settings->alphas = alphas;
    settings->n_alphas = 3;
    for (int kind = 0; kind < 3; kind++) {
        settings->kind = kinds[kind];
        fr_conformal_result result;
        assert_ok(fr_conformal_jackknife(data, settings, &result));
        check_sets(&result);
        for (int64_t t = 0; t < data->m; t++) {
            assert_near(result.centre[t],
                        predict_without(data, settings, data->n, data->x_test + t * data->p), tolerance);
            for (int64_t a = 0; a < 3; a++) {
                fr_interval expected = interval_by_refits(data, settings, alphas[a], t);
                int64_t count;
                const fr_interval *set = set_of(&result, t, a, &count);
                assert_pieces_equal(count, set, expected.lower <= expected.upper, &expected, tolerance);
            }
        }
        fr_conformal_result_free(&result);
    }
}

static void test_ridge_refits(void **state)
{
    (void)state;
    for (int k = 0; k < 8; k++) {
        conformal_case drawn;
        random_conformal_case(20 + (uint64_t)k, 16, k < 4 ? 3 : 22, 3, 2, &drawn);
        fr_conformal_jackknife_settings settings;
        fr_conformal_jackknife_settings_default(&settings);
        settings.rho = k % 2 == 0 ? 0.1 : 3;
        settings.intercept = k % 4 < 2;
        compare(&drawn.data, &settings, 1e-9);
        conformal_case_free(&drawn);
    }
}

static void test_lasso_refits(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        conformal_case drawn;
        random_conformal_case(30 + (uint64_t)k, 16, k < 2 ? 3 : 20, 3, 2, &drawn);
        fr_conformal_jackknife_settings settings;
        fr_conformal_jackknife_settings_default(&settings);
        settings.lasso = true;
        settings.lambda = 4;
        settings.intercept = k % 2 == 0;
        compare(&drawn.data, &settings, 1e-8);
        conformal_case_free(&drawn);
    }
}

/* Folds of one row are the jackknife+; random folds do not depend on threads. */
static void test_folds(void **state)
{
    (void)state;
    conformal_case drawn;
    random_conformal_case(41, 18, 3, 40, 2, &drawn);
    int64_t fold[18];
    for (int64_t i = 0; i < 18; i++)
        fold[i] = (7 * i) % 18;
    for (int lasso = 0; lasso < 2; lasso++) {
        fr_conformal_jackknife_settings settings;
        fr_conformal_jackknife_settings_default(&settings);
        settings.lasso = lasso == 1;
        settings.lambda = 3;
        fr_conformal_result plus, cv, again;
        assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &plus));
        settings.kind = FR_CONFORMAL_CV_PLUS;
        settings.fold = fold;
        assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &cv));
        for (int64_t t = 0; t < 40; t++) {
            assert_near(cv.pieces[t].lower, plus.pieces[t].lower, 1e-9);
            assert_near(cv.pieces[t].upper, plus.pieces[t].upper, 1e-9);
        }
        fr_conformal_result_free(&plus);
        fr_conformal_result_free(&cv);
        settings.fold = NULL;
        settings.n_folds = 4;
        int before = fr_threads();
        fr_threads_set(1);
        assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &cv));
        fr_threads_set(3);
        assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &again));
        fr_threads_set(before);
        assert_sets_identical(&cv, &again);
        fr_conformal_result_free(&again);
        settings.seed = 2;
        assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &again));
        assert_memory_not_equal(again.pieces, cv.pieces, 40 * sizeof *cv.pieces);
        fr_conformal_result_free(&cv);
        fr_conformal_result_free(&again);
    }
    conformal_case_free(&drawn);
}

static int attempt(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings)
{
    fr_conformal_result result;
    int status = fr_conformal_jackknife(data, settings, &result);
    fr_conformal_result_free(&result);
    return status;
}

static void test_refused(void **state)
{
    (void)state;
    double x[] = {1, 0, 1, 0, 0, 1}, y[] = {1, 2, 3}, test[] = {1, 1};
    int64_t fold[] = {0, 0, 3};
    const fr_conformal_data data = {3, 2, 1, x, y, test};
    fr_conformal_jackknife_settings settings;
    fr_conformal_jackknife_settings_default(&settings);
    settings.intercept = false;
    settings.rho = 0;
    assert_refused(attempt(&data, &settings), FR_ENUMERIC, "row 2"); /* alone in its column */
    settings.rho = 0.1;
    assert_ok(attempt(&data, &settings));
    settings.kind = FR_CONFORMAL_CV_PLUS;
    assert_refused(attempt(&data, &settings), FR_EUSAGE, "not 10");
    settings.n_folds = 1;
    assert_refused(attempt(&data, &settings), FR_EUSAGE, "not 1");
    settings.fold = fold;
    assert_refused(attempt(&data, &settings), FR_EINPUT, "fold of row 2");
    fold[2] = 0;
    assert_refused(attempt(&data, &settings), FR_EUSAGE, "all rows");
    fold[2] = 2; /* a number without rows does no harm */
    assert_ok(attempt(&data, &settings));
    settings.lasso = true;
    assert_refused(attempt(&data, &settings), FR_EUSAGE, "lambda above 0");
    x[0] = INFINITY;
    settings.lambda = 1;
    assert_refused(attempt(&data, &settings), FR_EINPUT, "row 0, column 0");
}

static void test_coverage(void **state)
{
    (void)state;
    enum { draws = 1500 };
    const double alpha = 0.2;
    const fr_conformal_jackknife_kind kinds[] = {FR_CONFORMAL_JACKKNIFE_PLUS, FR_CONFORMAL_JACKKNIFE_MINMAX,
                                                 FR_CONFORMAL_CV_PLUS};
    for (int kind = 0; kind < 3; kind++) {
        int64_t covered = 0;
        double claimed = 0;
        for (uint64_t seed = 0; seed < draws; seed++) {
            conformal_case drawn;
            random_conformal_case(5000 + seed, 20, 8, 1, 3, &drawn);
            fr_conformal_jackknife_settings settings;
            fr_conformal_jackknife_settings_default(&settings);
            settings.alphas = &alpha;
            settings.n_alphas = 1;
            settings.kind = kinds[kind];
            settings.n_folds = 5;
            fr_conformal_result result;
            assert_ok(fr_conformal_jackknife(&drawn.data, &settings, &result));
            claimed = result.guarantee[0];
            covered += set_holds(&result, 0, 0, drawn.y_test[0]);
            fr_conformal_result_free(&result);
            conformal_case_free(&drawn);
        }
        /* 5 folds of 4 rows cost min{1.6 / 5, (1 - 1/4) / 6} */
        assert_near(claimed, kind == 0 ? 0.6 : kind == 1 ? 0.8 : 0.6 - 0.125, 1e-15);
        assert_chance(covered, draws, claimed, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ridge_refits), cmocka_unit_test(test_lasso_refits),
        cmocka_unit_test(test_folds),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
