/* Lasso and elastic net against their optimality conditions, paths against single solutions, cross validation against its
 * definition, and the Cholesky factor that gains and loses rows. */
#include "support.h"

#include <frugal/optim.h>

#include <optim/lasso_factor.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t n, p, stride;
    double *x, *y, *b, *residual;
    double b0;
} regression;

static void regression_free(regression *all)
{
    free(all->x);
    free(all->y);
    free(all->b);
    free(all->residual);
}

/* Columns about `centre`; every fifth column is a copy of the one before it and every seventh is zero where `awkward`. */
static regression random_regression(fr_rng *rng, int64_t n, int64_t p, double centre, bool awkward)
{
    regression all = {.n = n, .p = p, .stride = n + 3};
    all.x = calloc((size_t)(all.stride * p), sizeof(double));
    all.y = calloc((size_t)n, sizeof(double));
    all.b = calloc((size_t)p, sizeof(double));
    all.residual = calloc((size_t)n, sizeof(double));
    assert_true(all.x != NULL && all.y != NULL && all.b != NULL && all.residual != NULL);
    for (int64_t j = 0; j < p; j++)
        for (int64_t i = 0; i < n; i++) {
            double *to = &all.x[j * all.stride + i];
            *to = centre + fr_rng_normal(rng);
            if (awkward && j % 5 == 4) *to = to[-all.stride];
            if (awkward && j % 7 == 6) *to = 0;
        }
    for (int64_t i = 0; i < n; i++) {
        all.y[i] = centre + fr_rng_normal(rng);
        for (int64_t j = 0; j < p && j < 3; j++)
            all.y[i] += 2 * all.x[j * all.stride + i];
    }
    return all;
}

static int solve(regression *all, const fr_lasso_settings *settings, fr_lasso_info *info)
{
    return fr_lasso(all->n, all->p, all->x, all->stride, all->y, settings, all->b, &all->b0, info);
}

static double product_with(const regression *all, int64_t j, const double *v)
{
    double sum = 0;
    for (int64_t i = 0; i < all->n; i++)
        sum += all->x[j * all->stride + i] * v[i];
    return sum;
}

/* Largest violation of the optimality conditions relative to lambda, computed from the data alone; *objective: of the problem. */
static double violation_of(regression *all, const double *b, double b0, const fr_lasso_settings *settings,
                           double *objective)
{
    double worst = 0, sum = 0;
    *objective = 0;
    for (int64_t i = 0; i < all->n; i++) {
        all->residual[i] = all->y[i] - b0;
        for (int64_t j = 0; j < all->p; j++)
            all->residual[i] -= all->x[j * all->stride + i] * b[j];
        sum += all->residual[i];
        *objective += all->residual[i] * all->residual[i] / 2;
    }
    for (int64_t j = 0; j < all->p; j++) {
        double gradient = product_with(all, j, all->residual) - settings->ridge * b[j];
        double excess = fabs(gradient) - settings->lambda;
        if (b[j] != 0) excess = fabs(gradient - copysign(settings->lambda, b[j]));
        worst = fmax(worst, excess);
        *objective += settings->lambda * fabs(b[j]) + settings->ridge * b[j] * b[j] / 2;
    }
    if (settings->intercept) worst = fmax(worst, fabs(sum));
    return worst / settings->lambda;
}

/* The conditions hold up to rounding: what cancels is of the size of X'y, so the tolerance is relative to lambda_max / lambda. */
static void check_optimal(regression *all, const double *b, double b0, const fr_lasso_settings *settings,
                          const fr_lasso_info *info, double largest)
{
    double objective, tolerance = 1e-12 * fmax(1, largest / settings->lambda);
    assert_true(violation_of(all, b, b0, settings, &objective) <= tolerance);
    assert_close(info->objective, objective, 1e-11);
    assert_true(info->converged && info->kkt <= tolerance && info->gap <= 1e-11);
    int64_t nonzeros = 0;
    for (int64_t j = 0; j < all->p; j++)
        nonzeros += b[j] != 0;
    assert_int_equal(info->nonzeros, nonzeros);
}

static void test_optimality(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 1, 0, 0);
    int64_t degenerate = 0, wide = 0;
    for (int trial = 0; trial < 400; trial++) {
        int64_t n = 1 + fr_rng_below(&rng, 30), p = 1 + fr_rng_below(&rng, 60);
        regression all = random_regression(&rng, n, p, trial % 3 == 0 ? 2 : 0, trial % 2 == 0);
        fr_lasso_settings settings;
        fr_lasso_info info;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 4 >= 2;
        settings.ridge = trial % 5 == 0 ? fr_rng_uniform(&rng) * 3 : 0;
        double largest = fr_lasso_lambda_max(n, p, all.x, all.stride, all.y, settings.intercept);
        settings.lambda = largest > 0 ? largest * pow(10, -4 * fr_rng_uniform(&rng)) : 1;
        for (int64_t j = 0; trial % 7 == 0 && j < p; j++)
            all.b[j] = fr_rng_normal(&rng); /* any start will do */
        assert_ok(solve(&all, &settings, &info));
        check_optimal(&all, all.b, all.b0, &settings, &info, largest);
        degenerate += info.degenerate;
        wide += p > n;
        regression_free(&all);
    }
    assert_in_range(degenerate, 1, 399);
    assert_in_range(wide, 100, 399);
}

/* Small lambdas, whose active sets are nearly as large as there are rows, without a path that leads there. */
static void test_small_lambda(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 9, 0, 0);
    for (int trial = 0; trial < 12; trial++) {
        regression all = random_regression(&rng, 60, 200, 0, trial % 2 == 0);
        fr_lasso_settings settings;
        fr_lasso_info info;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 4 >= 2;
        double largest = fr_lasso_lambda_max(60, 200, all.x, all.stride, all.y, settings.intercept);
        settings.lambda = largest * pow(10, -1 - trial / 3.0);
        assert_ok(solve(&all, &settings, &info));
        check_optimal(&all, all.b, all.b0, &settings, &info, largest);
        regression_free(&all);
    }
}

/* Descent alone ends at the gap it was asked for; the objective is within that gap of the exact one. */
static void test_descent_alone(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 2, 0, 0);
    for (int trial = 0; trial < 100; trial++) {
        regression all = random_regression(&rng, 20, 1 + fr_rng_below(&rng, 50), 0, trial % 2 == 0);
        fr_lasso_settings settings;
        fr_lasso_info exact, info;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 4 >= 2;
        settings.lambda = fr_lasso_lambda_max(all.n, all.p, all.x, all.stride, all.y, settings.intercept) *
                          (trial % 3 + 1) / 10;
        assert_ok(solve(&all, &settings, &exact));
        settings.polish = false;
        settings.tolerance = 1e-8;
        memset(all.b, 0, (size_t)all.p * sizeof *all.b);
        assert_ok(solve(&all, &settings, &info));
        double norm = 0;
        for (int64_t i = 0; i < all.n; i++)
            norm += all.y[i] * all.y[i];
        assert_true(info.converged && info.gap <= 1e-8);
        assert_true(info.objective >= exact.objective * (1 - 1e-13));
        assert_true(info.objective - exact.objective <= 1e-8 * norm / 2);
        settings.tolerance = 1e-14;
        settings.max_iterations = 1;
        memset(all.b, 0, (size_t)all.p * sizeof *all.b);
        assert_ok(solve(&all, &settings, &info));
        assert_true(info.passes <= 1);
        regression_free(&all);
    }
}

static void test_largest_lambda(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 3, 0, 0);
    for (int trial = 0; trial < 20; trial++) {
        regression all = random_regression(&rng, 15, 25, 1, false);
        fr_lasso_settings settings;
        fr_lasso_info info;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 2 == 0;
        double largest = fr_lasso_lambda_max(all.n, all.p, all.x, all.stride, all.y, settings.intercept);
        settings.lambda = largest * (1 + 1e-10);
        assert_ok(solve(&all, &settings, &info));
        assert_int_equal(info.nonzeros, 0);
        settings.lambda = largest * 0.999;
        assert_ok(solve(&all, &settings, &info));
        assert_in_range(info.nonzeros, 1, 2);
        settings.lambda = 1e300;
        assert_ok(solve(&all, &settings, &info));
        assert_int_equal(info.nonzeros, 0);
        regression_free(&all);
    }
}

/* Nothing to explain, a column that explains nothing, and all of y explained. */
static void test_trivial(void **state)
{
    (void)state;
    const double x[] = {1, 1, 1, 0, 0, 0, 1, 2, 3}, y[] = {5, 5, 5}, zero[] = {0, 0, 0};
    fr_lasso_settings settings;
    fr_lasso_info info;
    double b[3] = {7, 7, 7}, b0;
    fr_lasso_settings_default(&settings);
    settings.lambda = 0.5;
    settings.intercept = true;
    assert_ok(fr_lasso(3, 3, x, 3, y, &settings, b, &b0, &info));
    assert_true(b[0] == 0 && b[1] == 0 && b[2] == 0 && b0 == 5 && info.objective == 0 && info.converged);
    settings.intercept = false;
    assert_ok(fr_lasso(3, 3, x, 3, zero, &settings, b, NULL, &info));
    assert_true(b[0] == 0 && b[1] == 0 && b[2] == 0 && info.gap == 0);
    assert_ok(fr_lasso(3, 1, x, 3, y, &settings, b, NULL, &info));
    assert_close(b[0], 5 - 0.5 / 3, 1e-15); /* soft(15, 0.5) / 3 */
    settings.ridge = 2;
    assert_ok(fr_lasso(3, 1, x, 3, y, &settings, b, NULL, NULL));
    assert_close(b[0], 14.5 / 5, 1e-15);
}

/* The unit of y is a matter of b and lambda, the unit of X of b and the penalties; powers of two change no digit. */
static void test_units(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 4, 0, 0);
    regression all = random_regression(&rng, 12, 20, 0, true);
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    settings.lambda = 2;
    assert_ok(solve(&all, &settings, &info));
    double *b = malloc((size_t)all.p * sizeof *b);
    assert_non_null(b);
    memcpy(b, all.b, (size_t)all.p * sizeof *b);
    const int exponents[] = {-498, 40, 498}; /* 1e-150 to 1e150 */
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        double unit = ldexp(1, exponents[k]);
        regression other = all;
        other.y = malloc((size_t)all.n * sizeof *other.y);
        other.x = malloc((size_t)(all.stride * all.p) * sizeof *other.x);
        assert_true(other.x != NULL && other.y != NULL);
        for (int64_t i = 0; i < all.n; i++)
            other.y[i] = all.y[i] * unit;
        for (int64_t i = 0; i < all.stride * all.p; i++)
            other.x[i] = all.x[i] * unit;
        settings.lambda = 2 * unit;
        memset(all.b, 0, (size_t)all.p * sizeof *b);
        assert_ok(fr_lasso(all.n, all.p, all.x, all.stride, other.y, &settings, all.b, NULL, &info));
        for (int64_t j = 0; j < all.p; j++)
            assert_true(all.b[j] == b[j] * unit);
        memset(all.b, 0, (size_t)all.p * sizeof *b);
        assert_ok(fr_lasso(all.n, all.p, other.x, all.stride, all.y, &settings, all.b, NULL, &info));
        for (int64_t j = 0; j < all.p; j++)
            assert_close(all.b[j], b[j] / unit, 1e-10);
        assert_true(info.converged);
        free(other.y);
        free(other.x);
    }
    free(b);
    regression_free(&all);
}

static void check_path(regression *all, const fr_lasso_settings *settings, double ratio)
{
    enum { count = 40 };
    double lambdas[count], b0[count];
    double largest = fr_lasso_lambda_max(all->n, all->p, all->x, all->stride, all->y, settings->intercept);
    double *b = malloc((size_t)(count * all->p) * sizeof *b);
    fr_lasso_info info[count], single;
    assert_non_null(b);
    for (int k = 0; k < count; k++)
        lambdas[k] = largest * pow(ratio, (double)k / (count - 1));
    lambdas[7] = lambdas[6]; /* the same twice is fine */
    assert_ok(
        fr_lasso_path(all->n, all->p, all->x, all->stride, all->y, count, lambdas, settings, b, b0, info));
    for (int k = 0; k < count; k++) {
        fr_lasso_settings one = *settings;
        one.lambda = lambdas[k];
        check_optimal(all, b + k * all->p, b0[k], &one, &info[k], largest);
        memset(all->b, 0, (size_t)all->p * sizeof *all->b);
        assert_ok(solve(all, &one, &single));
        assert_close(info[k].objective, single.objective, 1e-11);
        /* The columns are in general position: the solution is unique, if less and less well determined. */
        for (int64_t j = 0; j < all->p; j++)
            assert_near(b[k * all->p + j], all->b[j], 1e-8);
    }
    free(b);
}

static void test_path(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 5, 0, 0);
    for (int trial = 0; trial < 12; trial++) {
        regression all = random_regression(&rng, trial % 2 == 0 ? 40 : 15, 30, trial % 3, false);
        fr_lasso_settings settings;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 4 >= 2;
        settings.ridge = trial % 5 == 1 ? 0.7 : 0;
        check_path(&all, &settings, 1e-4);
        regression_free(&all);
    }
}

/* On the way down to interpolation every row ends up with a column of its own, which then change places. */
static void test_path_to_interpolation(void **state)
{
    (void)state;
    enum { n = 12, p = 60, count = 100 };
    fr_rng rng;
    fr_rng_init(&rng, 6, 0, 0);
    for (int trial = 0; trial < 20; trial++) {
        regression all = random_regression(&rng, n, p, 0, trial % 2 == 1);
        double lambdas[count], b[count * p];
        fr_lasso_info info[count];
        fr_lasso_settings settings;
        fr_lasso_settings_default(&settings);
        double largest = fr_lasso_lambda_max(n, p, all.x, all.stride, all.y, false);
        for (int k = 0; k < count; k++)
            lambdas[k] = largest * pow(1e-6, (double)k / (count - 1));
        assert_ok(fr_lasso_path(n, p, all.x, all.stride, all.y, count, lambdas, &settings, b, NULL, info));
        for (int k = 0; k < count; k++) {
            settings.lambda = lambdas[k];
            check_optimal(&all, b + k * p, 0, &settings, &info[k], largest);
            assert_true(info[k].nonzeros <= n);
        }
        regression_free(&all);
    }
}

/* ---- cross validation -------------------------------------------------------------------------------------------------------- */

static double error_without(const regression *all, const int64_t *fold, int64_t left_out, double lambda,
                            bool intercept)
{
    regression part = {.p = all->p};
    part.x = malloc((size_t)(all->n * all->p) * sizeof(double));
    part.y = malloc((size_t)all->n * sizeof(double));
    part.b = calloc((size_t)all->p, sizeof(double));
    assert_true(part.x != NULL && part.y != NULL && part.b != NULL);
    for (int64_t i = 0; i < all->n; i++)
        if (fold[i] != left_out) part.y[part.n++] = all->y[i];
    part.stride = part.n;
    for (int64_t j = 0, k = 0; j < all->p; j++)
        for (int64_t i = 0; i < all->n; i++)
            if (fold[i] != left_out) part.x[k++] = all->x[j * all->stride + i];
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    settings.lambda = lambda;
    settings.intercept = intercept;
    assert_ok(solve(&part, &settings, &info));
    double sum = 0;
    for (int64_t i = 0; i < all->n; i++) {
        double error = all->y[i] - part.b0;
        for (int64_t j = 0; j < all->p; j++)
            error -= all->x[j * all->stride + i] * part.b[j];
        if (fold[i] == left_out) sum += error * error;
    }
    regression_free(&part);
    return sum;
}

static void test_cross_validation(void **state)
{
    (void)state;
    enum { n = 30, p = 12, folds = 4, count = 15 };
    fr_rng rng;
    fr_rng_init(&rng, 7, 0, 0);
    for (int trial = 0; trial < 4; trial++) {
        regression all = random_regression(&rng, n, p, trial, false);
        int64_t fold[n];
        double lambdas[count], errors[count], best, least = INFINITY, at = 0;
        for (int64_t i = 0; i < n; i++)
            fold[i] = i % folds;
        fr_lasso_settings settings;
        fr_lasso_settings_default(&settings);
        settings.intercept = trial % 2 == 1;
        assert_ok(fr_lasso_cv(n, p, all.x, all.stride, all.y, folds, fold, count, 1e-3, &settings, lambdas,
                              errors, &best));
        assert_close(lambdas[0], fr_lasso_lambda_max(n, p, all.x, all.stride, all.y, settings.intercept),
                     1e-15);
        assert_close(lambdas[count - 1], 1e-3 * lambdas[0], 1e-12);
        for (int k = 0; k < count; k++) {
            double sum = 0;
            for (int64_t f = 0; f < folds; f++)
                sum += error_without(&all, fold, f, lambdas[k], settings.intercept);
            assert_close(errors[k], sum / n, 1e-10);
            if (errors[k] < least) least = errors[k], at = lambdas[k];
        }
        assert_true(best == at);
        regression_free(&all);
    }
}

/* ---- refusals -------------------------------------------------------------------------------------------------------------------- */

static void test_refusals(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4}, y[] = {1, 2}, b[] = {3, 4}, lambdas[] = {1, 2}, errors[2], best;
    const int64_t fold[] = {0, 1}, wrong[] = {0, 2}, one[] = {0, 0};
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EUSAGE, "lambda is 0");
    assert_true(b[0] == 0 && b[1] == 0);
    settings.lambda = NAN;
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EUSAGE, "lambda");
    settings.lambda = 1;
    assert_refused(fr_lasso(0, 2, x, 2, y, &settings, b, NULL, &info), FR_EUSAGE, "0 rows");
    assert_refused(fr_lasso(2, 2, x, 1, y, &settings, b, NULL, &info), FR_EUSAGE, "column to column");
    settings.ridge = -1;
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EUSAGE, "ridge");
    settings.ridge = 0;
    settings.tolerance = -1;
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EUSAGE, "tolerance");
    fr_lasso_settings_default(&settings);
    settings.lambda = 1;
    assert_refused(fr_lasso_path(2, 2, x, 2, y, 2, lambdas, &settings, b, NULL, NULL), FR_EUSAGE, "number 2");
    assert_refused(fr_lasso_path(2, 2, x, 2, y, 0, lambdas, &settings, b, NULL, NULL), FR_EUSAGE,
                   "no lambdas");
    assert_refused(fr_lasso_cv(2, 2, x, 2, y, 1, fold, 2, 0.1, &settings, lambdas, errors, &best), FR_EUSAGE,
                   "1 folds");
    assert_refused(fr_lasso_cv(2, 2, x, 2, y, 2, wrong, 2, 0.1, &settings, lambdas, errors, &best), FR_EUSAGE,
                   "fold 2");
    assert_refused(fr_lasso_cv(2, 2, x, 2, y, 2, one, 2, 0.1, &settings, lambdas, errors, &best), FR_EUSAGE,
                   "fold 1 has no row");
    assert_refused(fr_lasso_cv(2, 2, x, 2, y, 2, fold, 2, 1, &settings, lambdas, errors, &best), FR_EUSAGE,
                   "ratio");
    const double nothing[] = {0, 0};
    assert_refused(fr_lasso_cv(2, 2, x, 2, nothing, 2, fold, 2, 0.1, &settings, lambdas, errors, &best),
                   FR_EINPUT, "no lambda to choose");
    x[3] = INFINITY;
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EINPUT, "column 2 of X");
    x[3] = 4, y[1] = NAN;
    assert_refused(fr_lasso(2, 2, x, 2, y, &settings, b, NULL, &info), FR_EINPUT, "entry 2 of y");
}

/* ---- the factor --------------------------------------------------------------------------------------------------------------------- */

enum { largest_factor = 12 };

/* What the factor should be of, kept by plain means. */
typedef struct {
    int64_t n;
    double a[largest_factor][largest_factor];
} plain_matrix;

static void check_factor(const lasso_factor *factor, const plain_matrix *matrix)
{
    double x[largest_factor], right[largest_factor];
    assert_int_equal(factor->n, matrix->n);
    for (int64_t i = 0; i < matrix->n; i++)
        x[i] = right[i] = (double)(i + 1);
    lasso_factor_solve(factor, x);
    for (int64_t i = 0; i < matrix->n; i++) {
        double sum = 0;
        for (int64_t k = 0; k < matrix->n; k++) {
            double entry = 0;
            for (int64_t l = 0; l <= i && l <= k; l++)
                entry += factor->rows[i * factor->capacity + l] * factor->rows[k * factor->capacity + l];
            assert_near(entry, matrix->a[i][k], 1e-12);
            sum += matrix->a[i][k] * x[k];
        }
        assert_near(sum, right[i], 1e-9);
    }
}

static void append(fr_rng *rng, lasso_factor *factor, plain_matrix *matrix)
{
    double product[largest_factor];
    bool accepted;
    int64_t n = matrix->n++;
    for (int64_t k = 0; k < n; k++)
        matrix->a[n][k] = matrix->a[k][n] = product[k] = fr_rng_uniform(rng) - 0.5;
    matrix->a[n][n] = largest_factor;
    assert_ok(lasso_factor_append(factor, product, largest_factor, 1e-3, &accepted));
    assert_true(accepted);
}

static void drop(fr_rng *rng, lasso_factor *factor, plain_matrix *matrix)
{
    int64_t lost = fr_rng_below(rng, matrix->n), n = --matrix->n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n; k++)
            matrix->a[i][k] = matrix->a[i + (i >= lost)][k + (k >= lost)];
    lasso_factor_drop(factor, lost);
}

static void add(fr_rng *rng, lasso_factor *factor, plain_matrix *matrix)
{
    double v[largest_factor];
    for (int64_t i = 0; i < matrix->n; i++)
        v[i] = fr_rng_uniform(rng) - 0.5;
    for (int64_t i = 0; i < matrix->n; i++)
        for (int64_t k = 0; k < matrix->n; k++)
            matrix->a[i][k] += v[i] * v[k];
    lasso_factor_add(factor, v);
}

static void test_factor(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 8, 0, 0);
    lasso_factor factor = {0}, copy = {0};
    plain_matrix matrix = {0};
    for (int step = 0; step < 2000; step++) {
        int64_t what = fr_rng_below(&rng, 5);
        if (what < 2 && matrix.n < largest_factor) append(&rng, &factor, &matrix);
        if (what >= 2 && what < 4 && matrix.n > 0) drop(&rng, &factor, &matrix);
        if (what == 4) add(&rng, &factor, &matrix);
        check_factor(&factor, &matrix);
    }
    while (matrix.n < largest_factor)
        append(&rng, &factor, &matrix);
    assert_ok(lasso_factor_copy(&factor, &copy));
    check_factor(&copy, &matrix);
    /* a row that depends on the others is turned away, and L'^-1 of what it leaves are its weights */
    double product[largest_factor];
    bool accepted;
    for (int64_t k = 0; k < matrix.n; k++)
        product[k] = 2 * matrix.a[3][k] - matrix.a[5][k];
    double diagonal = 4 * matrix.a[3][3] - 4 * matrix.a[3][5] + matrix.a[5][5];
    assert_ok(lasso_factor_append(&factor, product, diagonal, 1e-12 * diagonal, &accepted));
    assert_false(accepted);
    check_factor(&factor, &matrix);
    lasso_factor_back(&factor, product);
    for (int64_t k = 0; k < matrix.n; k++)
        assert_near(product[k], k == 3 ? 2 : k == 5 ? -1 : 0, 1e-12);
    lasso_factor_free(&factor);
    lasso_factor_free(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_optimality),
        cmocka_unit_test(test_small_lambda),
        cmocka_unit_test(test_descent_alone),
        cmocka_unit_test(test_largest_lambda),
        cmocka_unit_test(test_trivial),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_path_to_interpolation),
        cmocka_unit_test(test_cross_validation),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
