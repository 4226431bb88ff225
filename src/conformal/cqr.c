/* Conformalised quantile regression (Romano, Patterson, Candes, NeurIPS 2019): two quantile regressions on one part of the rows, scores
 * E_i = max(low(x_i) - y_i, y_i - high(x_i)) on the other, and the set [low(x) - Q, high(x) + Q] with Q their quantile. Q may be
 * negative, and the set empty. */
#include "points.h"
#include "sets.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void fr_conformal_cqr_settings_default(fr_conformal_cqr_settings *settings)
{
    *settings = (fr_conformal_cqr_settings){.level_low = NAN, .level_high = NAN, .seed = 1};
}

/* ---- from quantiles -------------------------------------------------------------------------------------------------------------- */

static int score_quantile(int64_t n, const double *low, const double *high, const double *y, double alpha,
                          double *q)
{
    double *scores = fr_alloc(n, sizeof *scores);
    if (scores == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < n; i++)
        scores[i] = fmax(low[i] - y[i], y[i] - high[i]);
    *q = fr_conformal_select(n, scores, fr_conformal_rank(alpha, n + 1));
    fr_free(scores);
    return FR_OK;
}

static int put_level(int64_t a, double q, const double *low_test, const double *high_test,
                     conformal_sets *sets, fr_conformal_result *out)
{
    int status = FR_OK;
    out->score_quantile[a] = q;
    out->guarantee[a] = 1 - out->alphas[a];
    for (int64_t t = 0; status == FR_OK && t < out->m; t++)
        status = conformal_sets_put_interval(sets, out, t, a, low_test[t] - q, high_test[t] + q);
    return status;
}

static int check_quantiles(int64_t n, const double *low, const double *high, const double *y, int64_t m,
                           const double *low_test, const double *high_test)
{
    if (n < 1) return fr_fail(FR_EUSAGE, "there are no calibration points");
    int status = conformal_check_finite("calibration responses", n, 1, y);
    if (status == FR_OK)
        status = conformal_check_finite("lower quantiles of the calibration points", n, 1, low);
    if (status == FR_OK)
        status = conformal_check_finite("upper quantiles of the calibration points", n, 1, high);
    if (status == FR_OK)
        status = conformal_check_finite("lower quantiles of the test points", m, 1, low_test);
    if (status == FR_OK)
        status = conformal_check_finite("upper quantiles of the test points", m, 1, high_test);
    return status;
}

int fr_conformal_cqr_prefit(int64_t n, const double *low, const double *high, const double *y, int64_t m,
                            const double *low_test, const double *high_test, int64_t n_alphas,
                            const double *alphas, fr_conformal_result *out)
{
    double begin = fr_clock();
    conformal_sets sets;
    int status = conformal_sets_new(m, n_alphas, alphas, &sets, out);
    if (status != FR_OK) return status;
    status = check_quantiles(n, low, high, y, m, low_test, high_test);
    if (status == FR_OK)
        conformal_warn_small_alphas(out->n_alphas, out->alphas, n + 1, "the sets are infinite");
    if (status == FR_OK && (out->score_quantile = fr_alloc(out->n_alphas, sizeof(double))) == NULL)
        status = FR_ENOMEM;
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++) {
        double q;
        status = score_quantile(n, low, high, y, out->alphas[a], &q);
        if (status == FR_OK) status = put_level(a, q, low_test, high_test, &sets, out);
    }
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    out->seconds = fr_clock() - begin;
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}

/* ---- with the regressions --------------------------------------------------------------------------------------------------------- */

/* The rows in two parts, and a lower and an upper regression for each level (or for all, where the levels of the quantiles are given). */
typedef struct {
    int64_t p, n_fit, n_calibration, n_pairs;
    double *x_fit, *y_fit;
    double *x_calibration, *y_calibration;
    double *tau; /* 2 * n_pairs: lower, upper, lower, ... */
    double *b;   /* 2 * n_pairs rows of p + 1 */
} cqr_fits;

static void fits_free(cqr_fits *fits)
{
    fr_free(fits->x_fit);
    fr_free(fits->y_fit);
    fr_free(fits->x_calibration);
    fr_free(fits->y_calibration);
    fr_free(fits->tau);
    fr_free(fits->b);
}

static int fits_new(const fr_conformal_data *data, const uint8_t *calibration, int64_t n_pairs, cqr_fits *out)
{
    int64_t n = data->n, p = data->p, cells;
    *out = (cqr_fits){.p = p, .n_pairs = n_pairs};
    for (int64_t i = 0; i < n; i++)
        out->n_calibration += calibration[i] != 0;
    out->n_fit = n - out->n_calibration;
    if (out->n_fit < 1 || out->n_calibration < 1)
        return fr_fail(FR_EUSAGE, "%s",
                       out->n_fit < 1 ? "all rows are calibration rows: none is left to fit to"
                                      : "there are no calibration rows");
    int status = fr_size_mul(2 * n_pairs, p + 1, &cells);
    if (status != FR_OK) return status;
    out->x_fit = fr_alloc(out->n_fit * p, sizeof(double));
    out->y_fit = fr_alloc(out->n_fit, sizeof(double));
    out->x_calibration = fr_alloc(out->n_calibration * p, sizeof(double));
    out->y_calibration = fr_alloc(out->n_calibration, sizeof(double));
    out->tau = fr_alloc(2 * n_pairs, sizeof(double));
    out->b = fr_alloc(cells, sizeof(double));
    if (out->x_fit == NULL || out->y_fit == NULL || out->x_calibration == NULL ||
        out->y_calibration == NULL || out->tau == NULL || out->b == NULL)
        return FR_ENOMEM;
    int64_t at[2] = {0, 0};
    double *x[] = {out->x_fit, out->x_calibration}, *y[] = {out->y_fit, out->y_calibration};
    for (int64_t i = 0; i < n; i++) {
        int part = calibration[i] != 0;
        memcpy(x[part] + at[part] * p, data->x + i * p, (size_t)p * sizeof(double));
        y[part][at[part]++] = data->y[i];
    }
    return FR_OK;
}

static int fit_one(int64_t index, void *context, void *workspace)
{
    (void)workspace;
    cqr_fits *fits = context;
    fr_quantile_info info;
    return fr_quantile_regression(fits->n_fit, fits->p, fits->x_fit, fits->y_fit, fits->tau[index],
                                  fits->b + index * (fits->p + 1), &info);
}

static void predict(int64_t rows, int64_t p, const double *x, const double *b, double *out)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = b[0] + cblas_ddot((int)p, x + i * p, 1, b + 1, 1);
}

/* The set at one level; `low`, `high`: scratch of the larger of n and m. */
static int find_level(const cqr_fits *fits, const fr_conformal_data *data, int64_t a, double *low,
                      double *high, conformal_sets *sets, fr_conformal_result *out)
{
    int64_t pair = fits->n_pairs > 1 ? a : 0, p = fits->p;
    const double *b_low = fits->b + 2 * pair * (p + 1), *b_high = b_low + p + 1;
    double q;
    predict(fits->n_calibration, p, fits->x_calibration, b_low, low);
    predict(fits->n_calibration, p, fits->x_calibration, b_high, high);
    int status = score_quantile(fits->n_calibration, low, high, fits->y_calibration, out->alphas[a], &q);
    if (status != FR_OK) return status;
    predict(data->m, p, data->x_test, b_low, low);
    predict(data->m, p, data->x_test, b_high, high);
    for (int64_t t = 0; t < data->m; t++)
        if (!isfinite(low[t]) || !isfinite(high[t]))
            return fr_fail(FR_ENUMERIC,
                           "the features of test point %lld (from 0) are too large: its quantiles overflow",
                           (long long)t);
    return put_level(a, q, low, high, sets, out);
}

static int check(const fr_conformal_data *data, const fr_conformal_cqr_settings *settings)
{
    double low = settings->level_low, high = settings->level_high;
    if (isnan(low) != isnan(high))
        return fr_fail(FR_EUSAGE, "the levels of both quantiles are given, or of none");
    if (!isnan(low) && !(low > 0 && low < high && high < 1))
        return fr_fail(FR_EUSAGE,
                       "the levels of the quantiles ascend between 0 and 1, which %g and %g do not", low,
                       high);
    return conformal_check_data(data);
}

/* Flags as given, or of a random half: floor(n/2) rows to fit to. */
static int choose_rows(int64_t n, const fr_conformal_cqr_settings *settings, uint8_t *calibration)
{
    if (settings->calibration != NULL) {
        memcpy(calibration, settings->calibration, (size_t)n);
        return FR_OK;
    }
    int status = conformal_random_half(n, settings->seed, calibration);
    for (int64_t i = 0; i < n; i++)
        calibration[i] = !calibration[i];
    return status;
}

static int fit_all(const fr_conformal_cqr_settings *settings, const fr_conformal_result *out, cqr_fits *fits)
{
    for (int64_t k = 0; k < fits->n_pairs; k++) {
        bool given = !isnan(settings->level_low);
        fits->tau[2 * k] = given ? settings->level_low : out->alphas[k] / 2;
        fits->tau[2 * k + 1] = given ? settings->level_high : 1 - out->alphas[k] / 2;
    }
    const conformal_work work = {
        .phase = "quantile regressions", .count = 2 * fits->n_pairs, .run = fit_one, .context = fits};
    return conformal_run(&work);
}

int fr_conformal_cqr(const fr_conformal_data *data, const fr_conformal_cqr_settings *settings,
                     fr_conformal_result *out)
{
    double begin = fr_clock();
    conformal_sets sets;
    cqr_fits fits = {0};
    uint8_t *calibration = NULL;
    double *low = NULL, *high = NULL;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    status = check(data, settings);
    if (status != FR_OK) goto done;
    int64_t scratch = data->n > data->m ? data->n : data->m;
    calibration = fr_alloc(data->n, 1);
    low = fr_alloc(scratch, sizeof *low);
    high = fr_alloc(scratch, sizeof *high);
    out->score_quantile = fr_alloc(out->n_alphas, sizeof(double));
    if (calibration == NULL || low == NULL || high == NULL || out->score_quantile == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = choose_rows(data->n, settings, calibration);
    if (status == FR_OK)
        status = fits_new(data, calibration, isnan(settings->level_low) ? out->n_alphas : 1, &fits);
    if (status == FR_OK) status = fit_all(settings, out, &fits);
    if (status != FR_OK) goto done;
    out->fit_seconds = fr_clock() - begin;
    conformal_warn_small_alphas(out->n_alphas, out->alphas, fits.n_calibration + 1, "the sets are infinite");
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++)
        status = find_level(&fits, data, a, low, high, &sets, out);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    out->seconds = fr_clock() - begin;
done:
    fr_free(calibration);
    fr_free(low);
    fr_free(high);
    fits_free(&fits);
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
