/* Fast models that leave a part of the line to the slow one: the model that predicts 0, ridge regression, a lasso on one
 * half, and the range of the training residuals. */
#include "trim.h"

#include "grid.h"

#include <math.h>
#include <string.h>

/* ---- levels --------------------------------------------------------------------------------------------------------- */

static int64_t half_size(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings)
{
    int64_t count = 0;
    if (settings->first_half == NULL) return data->n / 2;
    for (int64_t i = 0; i < data->n; i++)
        count += settings->first_half[i] != 0;
    return count;
}

int trim_level(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings, double *alpha)
{
    int64_t scores = data->n + 1;
    *alpha = 0;
    if (settings->trim == FR_CONFORMAL_TRIM_LOO || settings->trim == FR_CONFORMAL_TRIM_RANGE) return FR_OK;
    if (settings->trim == FR_CONFORMAL_TRIM_SPLIT) {
        int64_t size = half_size(data, settings);
        if (size < 1 || size >= data->n)
            return fr_fail(FR_EUSAGE,
                           "the first half has %lld of %lld rows, expected at least one on either side",
                           (long long)size, (long long)data->n);
        scores = data->n - size + 1;
    }
    *alpha = settings->alpha_trim > 0 ? settings->alpha_trim : 1 / (double)scores;
    return FR_OK;
}

/* ---- models --------------------------------------------------------------------------------------------------------- */

/* centre +- radius for every test point. */
static int around(const fr_conformal_data *data, double radius, const double *centre, trim_sets *out)
{
    int status = trim_sets_constant(data->m, (fr_interval){-radius, radius}, out);
    for (int64_t t = 0; status == FR_OK && centre != NULL && t < data->m; t++)
        out->pieces[t] = (fr_interval){centre[t] - radius, centre[t] + radius};
    return status;
}

static int trim_max(const fr_conformal_data *data, double alpha, trim_sets *out)
{
    double radius, *size = fr_alloc(data->n, sizeof *size);
    if (size == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < data->n; i++)
        size[i] = fabs(data->y[i]);
    int status = fr_conformal_quantile(data->n, size, alpha, &radius);
    if (status == FR_OK) status = around(data, radius, NULL, out);
    fr_free(size);
    return status;
}

static int trim_ridge(const fr_conformal_data *data, double rho, double alpha, trim_sets *out)
{
    fr_conformal_ridge_settings settings;
    fr_conformal_result result;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = rho;
    int status = fr_conformal_ridge(data, &settings, &result);
    if (status != FR_OK) return status;
    *out = (trim_sets){data->m, result.first, result.pieces}; /* handed over */
    result.first = NULL;
    result.pieces = NULL;
    fr_conformal_result_free(&result);
    return FR_OK;
}

static int trim_loo(const fr_conformal_data *data, const lasso_training *training, trim_sets *out)
{
    double radius = 0, *centre = fr_alloc(data->m, sizeof *centre);
    if (centre == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < data->n; i++)
        radius = fmax(radius, fabs(training->residual[i]) * training->scale);
    for (int64_t t = 0; t < data->m; t++)
        centre[t] = lasso_training_predict(training, data->x_test + t * data->p);
    int status = around(data, radius, centre, out);
    fr_free(centre);
    return status;
}

/* ---- one half ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *flags; /* n: 1 for the rows that are fitted */
    double *x, *y;  /* these rows; x by columns */
    double *b, b0;
    double *score;  /* n: |residual| of the others, first of all */
    double *centre; /* m */
} half_fit;

static void half_free(half_fit *half)
{
    fr_free(half->flags);
    fr_free(half->x);
    fr_free(half->y);
    fr_free(half->b);
    fr_free(half->score);
    fr_free(half->centre);
}

static int half_new(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings, int64_t size,
                    half_fit *half)
{
    *half = (half_fit){.flags = fr_alloc(data->n, 1),
                       .x = fr_alloc(size * data->p, sizeof(double)),
                       .y = fr_alloc(size, sizeof(double)),
                       .b = fr_alloc(data->p, sizeof(double)),
                       .score = fr_alloc(data->n, sizeof(double)),
                       .centre = fr_alloc(data->m, sizeof(double))};
    if (half->flags == NULL || half->x == NULL || half->y == NULL || half->b == NULL || half->score == NULL ||
        half->centre == NULL)
        return FR_ENOMEM;
    if (settings->first_half == NULL) return conformal_random_half(data->n, settings->seed, half->flags);
    for (int64_t i = 0; i < data->n; i++)
        half->flags[i] = settings->first_half[i] != 0;
    return FR_OK;
}

static double predict(int64_t p, const double *x, const half_fit *half)
{
    double value = half->b0;
    for (int64_t j = 0; j < p; j++)
        if (half->b[j] != 0) value += x[j] * half->b[j];
    return value;
}

static int half_solve(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings, int64_t size,
                      half_fit *half)
{
    fr_lasso_settings lasso;
    fr_lasso_info info;
    fr_lasso_settings_default(&lasso);
    lasso.lambda = settings->lambda_half > 0 ? settings->lambda_half
                                             : fr_conformal_lambda(size, data->p, settings->sigma);
    lasso.intercept = settings->intercept;
    int64_t row = 0;
    for (int64_t i = 0; i < data->n; i++) {
        if (!half->flags[i]) continue;
        half->y[row] = data->y[i];
        for (int64_t j = 0; j < data->p; j++)
            half->x[j * size + row] = data->x[i * data->p + j];
        row++;
    }
    int status = fr_lasso(size, data->p, half->x, size, half->y, &lasso, half->b, &half->b0, &info);
    if (status == FR_OK && !info.converged)
        status =
            fr_fail(FR_ENUMERIC, "the lasso on the first half has not converged: its gap is %.2g", info.gap);
    return status;
}

static int trim_split(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings, double alpha,
                      trim_sets *out)
{
    half_fit half;
    double radius;
    int64_t size = half_size(data, settings), others = 0;
    int status = half_new(data, settings, size, &half);
    if (status == FR_OK) status = half_solve(data, settings, size, &half);
    if (status != FR_OK) goto done;
    for (int64_t i = 0; i < data->n; i++)
        if (!half.flags[i])
            half.score[others++] = fabs(data->y[i] - predict(data->p, data->x + i * data->p, &half));
    for (int64_t t = 0; t < data->m; t++)
        half.centre[t] = predict(data->p, data->x_test + t * data->p, &half);
    status = fr_conformal_quantile(others, half.score, alpha, &radius);
    if (status == FR_OK) status = around(data, radius, half.centre, out);
done:
    half_free(&half);
    return status;
}

/* ---- what is left ------------------------------------------------------------------------------------------------------- */

/* Cuts to [-largest, largest] the sets that have an infinite end; true if there was one. */
static bool cut(double largest, trim_sets *sets)
{
    bool any = false;
    int64_t kept = 0, begin = 0;
    for (int64_t t = 0; t < sets->m; t++) {
        int64_t end = sets->first[t + 1];
        bool infinite =
            end > begin && (isinf(sets->pieces[begin].lower) || isinf(sets->pieces[end - 1].upper));
        any = any || infinite;
        for (int64_t k = begin; k < end; k++) {
            fr_interval piece = sets->pieces[k];
            if (infinite) piece = (fr_interval){fmax(piece.lower, -largest), fmin(piece.upper, largest)};
            if (piece.lower <= piece.upper) sets->pieces[kept++] = piece;
        }
        begin = end;
        sets->first[t + 1] = kept;
    }
    return any;
}

static void take_hulls(trim_sets *sets)
{
    int64_t kept = 0, begin = 0;
    for (int64_t t = 0; t < sets->m; t++) {
        int64_t end = sets->first[t + 1];
        if (end > begin)
            sets->pieces[kept++] = (fr_interval){sets->pieces[begin].lower, sets->pieces[end - 1].upper};
        begin = end;
        sets->first[t + 1] = kept;
    }
}

int trim_find(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings,
              const lasso_training *training, trim_result *out)
{
    *out = (trim_result){.proved = settings->trim != FR_CONFORMAL_TRIM_LOO &&
                                   settings->trim != FR_CONFORMAL_TRIM_RANGE};
    int status = trim_level(data, settings, &out->alpha);
    if (status != FR_OK) return status;
    switch (settings->trim) {
    case FR_CONFORMAL_TRIM_MAX:
        status = trim_max(data, out->alpha, &out->sets);
        break;
    case FR_CONFORMAL_TRIM_RIDGE:
        status = trim_ridge(data, settings->rho, out->alpha, &out->sets);
        break;
    case FR_CONFORMAL_TRIM_SPLIT:
        status = trim_split(data, settings, out->alpha, &out->sets);
        break;
    case FR_CONFORMAL_TRIM_LOO:
        status = trim_loo(data, training, &out->sets);
        break;
    case FR_CONFORMAL_TRIM_RANGE:
        status = trim_sets_constant(data->m, (fr_interval){settings->low, settings->high}, &out->sets);
        break;
    }
    if (status != FR_OK) return status;
    if (cut(conformal_largest(data->n, data->y), &out->sets) && out->proved)
        out->alpha += 1 / (double)(data->n + 1);
    if (settings->hull) take_hulls(&out->sets);
    return FR_OK;
}
