/* State of a lasso solution: set up, bounds of the correlations, duality gap. */
#include "lasso_fit.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

void lasso_fit_free(lasso_fit *fit)
{
    void *blocks[] = {fit->y,      fit->mean,  fit->norm,      fit->b,      fit->residual,
                      fit->before, fit->bound, fit->candidate, fit->column, fit->working,
                      fit->active, fit->role,  fit->sign,      fit->step};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    lasso_factor_free(&fit->factor);
    *fit = (lasso_fit){0};
}

static int allocate(lasso_fit *fit)
{
    int64_t n = fit->n, p = fit->columns.p;
    double **by_row[] = {&fit->y, &fit->residual, &fit->before, &fit->column};
    double **by_column[] = {&fit->mean, &fit->norm, &fit->b, &fit->bound, &fit->sign, &fit->step};
    int64_t **lists[] = {&fit->candidate, &fit->working, &fit->active};
    for (size_t k = 0; k < sizeof by_row / sizeof *by_row; k++)
        if ((*by_row[k] = fr_alloc(n, sizeof(double))) == NULL) return FR_ENOMEM;
    for (size_t k = 0; k < sizeof by_column / sizeof *by_column; k++)
        if ((*by_column[k] = fr_alloc(p, sizeof(double))) == NULL) return FR_ENOMEM;
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        if ((*lists[k] = fr_alloc(p, sizeof(int64_t))) == NULL) return FR_ENOMEM;
    fit->role = fr_alloc(p, sizeof *fit->role);
    return fit->role != NULL ? FR_OK : FR_ENOMEM;
}

/* y centred and divided by a power of two near its largest modulus. */
static int take_y(lasso_fit *fit, const double *y)
{
    double sum = 0, largest = 0;
    int exponent = 0;
    for (int64_t i = 0; i < fit->n; i++) {
        if (!isfinite(y[i])) return fr_fail(FR_EINPUT, "lasso: entry %" PRId64 " of y is not finite", i + 1);
        sum += y[i] / (double)fit->n;
    }
    fit->y_mean = fit->intercept ? sum : 0;
    for (int64_t i = 0; i < fit->n; i++)
        largest = fmax(largest, fabs(y[i] - fit->y_mean));
    if (!isfinite(largest)) return fr_fail(FR_EINPUT, "lasso: the values of y are too far apart");
    if (largest > 0) frexp(largest, &exponent);
    if (exponent < DBL_MIN_EXP) exponent = DBL_MIN_EXP;
    fit->scale = ldexp(1, exponent - 1);
    for (int64_t i = 0; i < fit->n; i++)
        fit->y[i] = (y[i] - fit->y_mean) / fit->scale;
    return FR_OK;
}

static int take_columns(lasso_fit *fit)
{
    const lasso_columns *columns = &fit->columns;
    for (int64_t j = 0; j < columns->p; j++) {
        const double *x = columns->x + j * columns->stride;
        double sum = 0;
        if (fit->intercept) {
            for (int64_t i = 0; i < columns->n; i++)
                sum += x[i];
            if (columns->last != NULL) sum += columns->last[j];
            fit->mean[j] = sum / (double)fit->n;
            for (int64_t i = 0; i < fit->n; i++)
                fit->column[i] = -fit->mean[j];
            lasso_add(columns, j, 1, fit->column);
            fit->norm[j] = lasso_norm(fit->n, fit->column);
            /* what rounding leaves of a constant column */
            if (fit->norm[j] <= 4 * DBL_EPSILON * sqrt((double)fit->n) * fabs(fit->mean[j])) fit->norm[j] = 0;
        } else {
            fit->norm[j] = lasso_norm(columns->n, x);
            if (columns->last != NULL) fit->norm[j] = hypot(fit->norm[j], columns->last[j]);
        }
        if (!isfinite(fit->norm[j] * fit->norm[j]))
            return fr_fail(FR_EINPUT,
                           "lasso: column %" PRId64 " of X holds a value that is not finite or too large",
                           j + 1);
    }
    return FR_OK;
}

int lasso_fit_new(const lasso_columns *columns, const double *y, bool intercept, double ridge, lasso_fit *out)
{
    *out = (lasso_fit){.columns = *columns, .n = lasso_rows(columns), .intercept = intercept, .ridge = ridge};
    int status = allocate(out);
    if (status == FR_OK) status = take_y(out, y);
    if (status == FR_OK) status = take_columns(out);
    if (status != FR_OK) {
        lasso_fit_free(out);
        return status;
    }
    memcpy(out->residual, out->y, (size_t)out->n * sizeof *out->y);
    memcpy(out->before, out->y, (size_t)out->n * sizeof *out->y);
    for (int64_t j = 0; j < columns->p; j++)
        out->bound[j] = out->norm[j] > 0 ? INFINITY : 0;
    return FR_OK;
}

/* values *= factor, a power of two */
static void rescale(int64_t count, double factor, double *values)
{
    for (int64_t k = 0; k < count; k++)
        values[k] *= factor;
}

int lasso_fit_response(lasso_fit *fit, const double *y)
{
    double old = fit->scale;
    int status = take_y(fit, y);
    if (status != FR_OK) return status;
    double factor = old / fit->scale;
    if (factor != 1) {
        rescale(fit->columns.p, factor, fit->b);
        rescale(fit->columns.p, factor, fit->bound);
        rescale(fit->n, factor, fit->before);
    }
    lasso_fit_residual(fit);
    return FR_OK;
}

void lasso_fit_start(lasso_fit *fit, const double *b)
{
    for (int64_t j = 0; j < fit->columns.p; j++)
        fit->b[j] = fit->norm[j] > 0 && isfinite(b[j] / fit->scale) ? b[j] / fit->scale : 0;
    lasso_fit_residual(fit);
}

void lasso_fit_result(const lasso_fit *fit, double *b, double *b0)
{
    double value = fit->y_mean;
    for (int64_t j = 0; j < fit->columns.p; j++) {
        b[j] = fit->b[j] * fit->scale;
        value -= fit->mean[j] * b[j];
    }
    if (b0 != NULL) *b0 = fit->intercept ? value : 0;
}

static void recentre(lasso_fit *fit)
{
    double sum = 0;
    if (!fit->intercept) return;
    for (int64_t i = 0; i < fit->n; i++)
        sum += fit->residual[i];
    for (int64_t i = 0; i < fit->n; i++)
        fit->residual[i] -= sum / (double)fit->n;
}

void lasso_fit_residual(lasso_fit *fit)
{
    memcpy(fit->residual, fit->y, (size_t)fit->n * sizeof *fit->y);
    for (int64_t j = 0; j < fit->columns.p; j++)
        if (fit->b[j] != 0) lasso_add(&fit->columns, j, -fit->b[j], fit->residual);
    recentre(fit);
}

void lasso_fit_move(lasso_fit *fit, int64_t j, double a)
{
    lasso_add(&fit->columns, j, a, fit->residual);
    if (fit->intercept)
        for (int64_t i = 0; i < fit->n; i++)
            fit->residual[i] -= a * fit->mean[j];
}

double lasso_fit_scan(lasso_fit *fit)
{
    /* Bounds this close to lambda are taken anew: rounding can never hide a column. */
    double limit = (1 - 1e-6) * fit->lambda, largest = 0;
    recentre(fit);
    double moved = lasso_distance(fit->n, fit->residual, fit->before);
    if (moved > 0) lasso_loosen(fit->columns.p, moved, fit->norm, fit->bound);
    memcpy(fit->before, fit->residual, (size_t)fit->n * sizeof *fit->residual);
    for (int64_t k = 0; k < fit->n_candidates; k++) {
        int64_t j = fit->candidate[k];
        if (fit->bound[j] <= limit && fit->b[j] == 0) continue;
        double product = lasso_dot(&fit->columns, j, fit->residual);
        fit->bound[j] = fabs(product);
        largest = fmax(largest, fabs(product - fit->ridge * fit->b[j]));
    }
    return largest;
}

double lasso_rounding(double largest_norm, double norm_y, double lambda)
{
    return 1e-9 + 1e-13 * largest_norm * norm_y / lambda;
}

lasso_gap lasso_fit_gap(const lasso_fit *fit, double largest)
{
    double square = 0, product = 0, absolute = 0, norm = 0;
    for (int64_t i = 0; i < fit->n; i++) {
        square += fit->residual[i] * fit->residual[i];
        product += fit->residual[i] * fit->y[i];
    }
    for (int64_t k = 0; k < fit->n_candidates; k++) {
        double b = fit->b[fit->candidate[k]];
        absolute += fabs(b);
        norm += b * b;
    }
    square += fit->ridge * norm;
    double primal = square / 2 + fit->lambda * absolute;
    /* best multiple of the residual that is feasible */
    double most = largest > fit->lambda ? fit->lambda / largest : 1;
    double best = square > 0 ? product / square : 0;
    double scale = fmax(-most, fmin(most, best));
    return (lasso_gap){primal, primal - scale * (product - scale * square / 2), scale};
}
