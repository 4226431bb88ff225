/* Lasso at many lambdas, from the largest down: each starts from the active set of the one before; and the choice of
 * lambda by cross validation. */
#include "lasso_fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static int check_lambdas(int64_t count, const double *lambdas)
{
    if (count < 1) return fr_fail(FR_EUSAGE, "lasso path: there are no lambdas");
    for (int64_t k = 0; k < count; k++) {
        int status = lasso_check_lambda(lambdas[k]);
        if (status != FR_OK) return status;
        if (k > 0 && lambdas[k] > lambdas[k - 1])
            return fr_fail(FR_EUSAGE,
                           "lasso path: lambda number %" PRId64 " is larger than the one before it", k + 1);
    }
    return FR_OK;
}

int fr_lasso_path(int64_t n, int64_t p, const double *x, int64_t stride, const double *y, int64_t count,
                  const double *lambdas, const fr_lasso_settings *settings, double *b, double *b0,
                  fr_lasso_info *info)
{
    lasso_columns columns = {n, p, stride, x, NULL};
    lasso_fit fit = {0};
    int status = lasso_check(n, p, stride, settings);
    if (status == FR_OK) status = check_lambdas(count, lambdas);
    if (status != FR_OK) return status;
    status = lasso_fit_new(&columns, y, settings->intercept, settings->ridge, &fit);
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        fr_lasso_info found;
        status = lasso_fit_solve(&fit, lambdas[k], settings, &found);
        if (status != FR_OK) break;
        lasso_fit_result(&fit, b + k * p, b0 != NULL ? b0 + k : NULL);
        if (info != NULL) info[k] = found;
    }
    if (status != FR_OK) {
        memset(b, 0, (size_t)(count * p) * sizeof *b);
        if (b0 != NULL) memset(b0, 0, (size_t)count * sizeof *b0);
        if (info != NULL) memset(info, 0, (size_t)count * sizeof *info);
    }
    lasso_fit_free(&fit);
    return status;
}

/* ---- cross validation ------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t n, p, stride, count;
    const double *x, *y, *lambdas;
    const int64_t *fold;
    const fr_lasso_settings *settings;
} cv_work;

/* What is fitted when a fold is left out. */
typedef struct {
    int64_t n;
    double *x, *y, *b, *b0;
} cv_part;

static void part_free(cv_part *part)
{
    fr_free(part->x);
    fr_free(part->y);
    fr_free(part->b);
    fr_free(part->b0);
}

static int part_new(const cv_work *work, int64_t fold, cv_part *part)
{
    int64_t cells, coefficients;
    *part = (cv_part){0};
    for (int64_t i = 0; i < work->n; i++)
        part->n += work->fold[i] != fold;
    int status = fr_size_mul(part->n, work->p, &cells);
    if (status == FR_OK) status = fr_size_mul(work->count, work->p, &coefficients);
    if (status != FR_OK) return status;
    part->x = fr_alloc(cells, sizeof *part->x);
    part->y = fr_alloc(part->n, sizeof *part->y);
    part->b = fr_alloc(coefficients, sizeof *part->b);
    part->b0 = fr_alloc(work->count, sizeof *part->b0);
    if (part->x == NULL || part->y == NULL || part->b == NULL || part->b0 == NULL) return FR_ENOMEM;
    int64_t row = 0;
    for (int64_t i = 0; i < work->n; i++)
        if (work->fold[i] != fold) part->y[row++] = work->y[i];
    double *to = part->x;
    for (int64_t j = 0; j < work->p; j++)
        for (int64_t i = 0; i < work->n; i++)
            if (work->fold[i] != fold) *to++ = work->x[j * work->stride + i];
    return FR_OK;
}

/* result: sum of squared errors on the rows of the fold, for each lambda. */
static int leave_out(int64_t fold, const void *context, void *workspace, void *result)
{
    (void)workspace;
    const cv_work *work = context;
    double *errors = result;
    cv_part part;
    int status = part_new(work, fold, &part);
    if (status == FR_OK)
        status = fr_lasso_path(part.n, work->p, part.x, part.n, part.y, work->count, work->lambdas,
                               work->settings, part.b, part.b0, NULL);
    for (int64_t k = 0; status == FR_OK && k < work->count; k++) {
        const double *b = part.b + k * work->p;
        for (int64_t i = 0; i < work->n; i++) {
            if (work->fold[i] != fold) continue;
            double error = work->y[i] - part.b0[k];
            for (int64_t j = 0; j < work->p; j++)
                if (b[j] != 0) error -= b[j] * work->x[j * work->stride + i];
            errors[k] += error * error;
        }
    }
    part_free(&part);
    return status;
}

static int check_folds(int64_t n, int64_t n_folds, const int64_t *fold)
{
    if (n_folds < 2 || n_folds > n)
        return fr_fail(FR_EUSAGE, "lasso: %" PRId64 " folds, expected 2 to the number of rows, %" PRId64,
                       n_folds, n);
    int64_t *size = fr_alloc(n_folds, sizeof *size), empty = -1;
    if (size == NULL) return FR_ENOMEM;
    int status = FR_OK;
    for (int64_t i = 0; status == FR_OK && i < n; i++) {
        if (fold[i] >= 0 && fold[i] < n_folds)
            size[fold[i]]++;
        else
            status =
                fr_fail(FR_EUSAGE, "lasso: row %" PRId64 " is in fold %" PRId64 ", expected 0 to %" PRId64,
                        i + 1, fold[i], n_folds - 1);
    }
    for (int64_t k = 0; k < n_folds; k++)
        if (size[k] == 0) empty = k;
    if (status == FR_OK && empty >= 0)
        status = fr_fail(FR_EUSAGE, "lasso: fold %" PRId64 " has no row", empty);
    fr_free(size);
    return status;
}

int fr_lasso_cv(int64_t n, int64_t p, const double *x, int64_t stride, const double *y, int64_t n_folds,
                const int64_t *fold, int64_t count, double ratio, const fr_lasso_settings *settings,
                double *lambdas, double *errors, double *best_lambda)
{
    int status = lasso_check(n, p, stride, settings);
    if (status == FR_OK) status = check_folds(n, n_folds, fold);
    if (status != FR_OK) return status;
    if (count < 1 || !(ratio > 0 && ratio < 1))
        return fr_fail(FR_EUSAGE,
                       "lasso: a path of %" PRId64 " lambdas with the ratio %g, expected at least 1 and a "
                       "ratio between 0 and 1",
                       count, ratio);
    double largest = fr_lasso_lambda_max(n, p, x, stride, y, settings->intercept);
    if (!(largest > 0 && isfinite(largest)))
        return fr_fail(FR_EINPUT, "lasso: no column is correlated with y, there is no lambda to choose");
    for (int64_t k = 0; k < count; k++)
        lambdas[k] = largest * pow(ratio, count > 1 ? (double)k / (double)(count - 1) : 0);
    int64_t cells, bytes;
    status = fr_size_mul(n_folds, count, &cells);
    if (status == FR_OK) status = fr_size_mul(count, (int64_t)sizeof(double), &bytes);
    if (status != FR_OK) return status;
    double *squares = fr_alloc(cells, sizeof *squares);
    if (squares == NULL) return FR_ENOMEM;
    cv_work work = {n, p, stride, count, x, y, lambdas, fold, settings};
    fr_tasks tasks = {
        .name = "lasso folds", .count = n_folds, .result_size = bytes, .run = leave_out, .context = &work};
    status = fr_tasks_run(&tasks, NULL, squares, NULL);
    memset(errors, 0, (size_t)count * sizeof *errors);
    for (int64_t k = 0; status == FR_OK && k < cells; k++)
        errors[k % count] += squares[k] / (double)n;
    int64_t best = 0;
    for (int64_t k = 1; k < count; k++)
        if (errors[k] < errors[best]) best = k;
    *best_lambda = lambdas[best];
    fr_free(squares);
    return status;
}
