/* Columns and solution of the lasso on the training points. */
#include "lasso_training.h"

#include "sets.h"

#include <optim/lasso_fit.h>

#include <float.h>
#include <math.h>
#include <string.h>

void lasso_column_copy(const lasso_columns *columns, int64_t j, double *to)
{
    if (j == constant_column) {
        for (int64_t i = 0; i < lasso_rows(columns); i++)
            to[i] = 1;
        return;
    }
    memcpy(to, columns->x + j * columns->stride, (size_t)columns->n * sizeof *to);
    if (columns->last != NULL) to[columns->n] = columns->last[j];
}

static double sum(int64_t n, const double *v)
{
    double total = 0;
    for (int64_t i = 0; i < n; i++)
        total += v[i];
    return total;
}

void lasso_active_products(const lasso_columns *columns, int64_t count, const int64_t *active,
                           const double *v, double *product)
{
    for (int64_t k = 0; k < count; k++)
        product[k] =
            active[k] == constant_column ? sum(lasso_rows(columns), v) : lasso_dot(columns, active[k], v);
}

void lasso_active_add(const lasso_columns *columns, int64_t count, const int64_t *active, double factor,
                      const double *b, double *v)
{
    for (int64_t k = 0; k < count; k++) {
        if (active[k] != constant_column) {
            lasso_add(columns, active[k], factor * b[k], v);
            continue;
        }
        for (int64_t i = 0; i < lasso_rows(columns); i++)
            v[i] += factor * b[k];
    }
}

int lasso_factor_enter(lasso_factor *factor, const lasso_columns *columns, int64_t count,
                       const int64_t *active, int64_t j, double ridge, double *column, double *product,
                       bool *accepted)
{
    static const double dependent = 1e-12;
    lasso_column_copy(columns, j, column);
    lasso_active_products(columns, count, active, column, product);
    double norm = lasso_norm(lasso_rows(columns), column);
    double diagonal = norm * norm + (j == constant_column ? 0 : ridge);
    return lasso_factor_append(factor, product, diagonal, dependent * diagonal, accepted);
}

void lasso_training_free(lasso_training *training)
{
    void *blocks[] = {training->x, training->mean,    training->square, training->y,   training->residual,
                      training->b, training->product, training->active, training->sign};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    lasso_factor_free(&training->factor);
    *training = (lasso_training){0};
}

static int allocate(lasso_training *training)
{
    int64_t n = training->n, p = training->p, stride = (n + 7) / 8 * 8, cells;
    int status = fr_size_mul(stride, p, &cells);
    if (status != FR_OK) return status;
    double **by_column[] = {&training->mean, &training->square, &training->b, &training->product};
    for (size_t k = 0; k < sizeof by_column / sizeof *by_column; k++)
        if ((*by_column[k] = fr_alloc(p, sizeof(double))) == NULL) return FR_ENOMEM;
    training->x = fr_alloc(cells, sizeof *training->x);
    training->y = fr_alloc(n, sizeof *training->y);
    training->residual = fr_alloc(n, sizeof *training->residual);
    training->active = fr_alloc(p + 1, sizeof *training->active);
    training->sign = fr_alloc(p + 1, sizeof *training->sign);
    if (training->x == NULL || training->y == NULL || training->residual == NULL ||
        training->active == NULL || training->sign == NULL)
        return FR_ENOMEM;
    training->columns = (lasso_columns){n, p, stride, training->x, NULL};
    return FR_OK;
}

/* Columns out of rows, a few rows at a time so that both are met in cache lines. */
static void transpose(const fr_conformal_data *data, int64_t stride, double *x)
{
    for (int64_t first = 0; first < data->n; first += 8) {
        int64_t end = first + 8 < data->n ? first + 8 : data->n;
        for (int64_t j = 0; j < data->p; j++)
            for (int64_t i = first; i < end; i++)
                x[j * stride + i] = data->x[i * data->p + j];
    }
}

static void take_columns(lasso_training *training)
{
    for (int64_t j = 0; j < training->p; j++) {
        double *x = training->x + j * training->columns.stride;
        if (training->intercept) {
            training->mean[j] = sum(training->n, x) / (double)training->n;
            for (int64_t i = 0; i < training->n; i++)
                x[i] -= training->mean[j];
        }
        double norm = lasso_norm(training->n, x);
        training->square[j] = norm * norm;
    }
}

static void take_y(lasso_training *training, const double *y, double lambda)
{
    double largest = 0;
    int exponent = 1;
    for (int64_t i = 0; i < training->n; i++)
        largest = fmax(largest, fabs(y[i]));
    if (largest > 0) frexp(largest, &exponent);
    if (exponent < DBL_MIN_EXP) exponent = DBL_MIN_EXP;
    training->scale = ldexp(1, exponent - 1);
    training->lambda = fmin(lambda / training->scale, 1e300);
    for (int64_t i = 0; i < training->n; i++)
        training->y[i] = y[i] / training->scale;
}

static int enter(lasso_training *training, int64_t j, double sign, double *column, double *product)
{
    bool accepted;
    int status = lasso_factor_enter(&training->factor, &training->columns, training->n_active,
                                    training->active, j, training->ridge, column, product, &accepted);
    if (status != FR_OK) return status;
    if (!accepted) {
        training->degenerate = true;
        return FR_OK;
    }
    training->active[training->n_active] = j;
    training->sign[training->n_active++] = sign;
    return FR_OK;
}

/* The factor of the active columns, the residual, and what all columns have to do with it. */
static int take_solution(lasso_training *training)
{
    double *column = fr_alloc(training->n, sizeof *column);
    double *product = fr_alloc(training->p + 1, sizeof *product);
    int status = column != NULL && product != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK && training->intercept) status = enter(training, constant_column, 0, column, product);
    for (int64_t j = 0; status == FR_OK && j < training->p; j++)
        if (training->b[j] != 0) status = enter(training, j, training->b[j] > 0 ? 1 : -1, column, product);
    for (int64_t i = 0; i < training->n; i++)
        training->residual[i] = training->y[i] - training->b0;
    for (int64_t j = 0; j < training->p; j++)
        if (training->b[j] != 0) lasso_add(&training->columns, j, -training->b[j], training->residual);
    for (int64_t j = 0; j < training->p; j++)
        training->product[j] = lasso_dot(&training->columns, j, training->residual);
    fr_free(column);
    fr_free(product);
    return status;
}

int lasso_check_exact(const fr_lasso_info *info, double rounding)
{
    if (info->kkt <= rounding) return FR_OK;
    return fr_fail(FR_ENUMERIC,
                   "the lasso is solved to %.2g of lambda only: lambda is too small for double precision",
                   info->kkt);
}

static int solve(lasso_training *training)
{
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    settings.lambda = training->lambda;
    settings.ridge = training->ridge;
    settings.intercept = training->intercept;
    int status = fr_lasso(training->n, training->p, training->x, training->columns.stride, training->y,
                          &settings, training->b, &training->b0, &info);
    if (status != FR_OK) return status;
    training->degenerate = info.degenerate;
    double largest = 0;
    for (int64_t j = 0; j < training->p; j++)
        largest = fmax(largest, training->square[j]);
    status = lasso_check_exact(
        &info, lasso_rounding(sqrt(largest), lasso_norm(training->n, training->y), training->lambda));
    if (status != FR_OK) return status;
    return take_solution(training);
}

int lasso_training_new(const fr_conformal_data *data, double lambda, double ridge, bool intercept,
                       lasso_training *out)
{
    *out = (lasso_training){.n = data->n, .p = data->p, .intercept = intercept, .ridge = ridge};
    int status = allocate(out);
    if (status == FR_OK) {
        transpose(data, out->columns.stride, out->x);
        take_columns(out);
        take_y(out, data->y, lambda);
        status = solve(out);
    }
    if (status != FR_OK) lasso_training_free(out);
    return status;
}

double lasso_training_predict(const lasso_training *training, const double *x)
{
    double value = training->b0;
    for (int64_t j = 0; j < training->p; j++)
        if (training->b[j] != 0) value += (x[j] - training->mean[j]) * training->b[j];
    return value * training->scale;
}
