/* Exact full conformal sets of lasso and elastic net [lasso: Lei, Biometrika 106(4), 2019]: one range for all test points. */
#include "grid.h"
#include "lasso_sets.h"

#include <math.h>

void fr_conformal_lasso_settings_default(fr_conformal_lasso_settings *settings)
{
    *settings = (fr_conformal_lasso_settings){.low = NAN, .high = NAN, .max_segments = 100000};
}

double fr_conformal_lambda(int64_t n, int64_t p, double sigma)
{
    return sigma * sqrt((double)n * log(fmax((double)p, 2)));
}

static int check(const fr_conformal_data *data, const fr_conformal_lasso_settings *settings)
{
    int status = conformal_check_data(data);
    if (status != FR_OK) return status;
    if (!(settings->lambda > 0 && isfinite(settings->lambda)))
        return fr_fail(FR_EUSAGE, "lambda is a finite number above 0, not %g", settings->lambda);
    if (!(settings->ridge >= 0 && isfinite(settings->ridge)))
        return fr_fail(FR_EUSAGE, "the ridge part of the penalty is a finite number of at least 0, not %g",
                       settings->ridge);
    if (settings->low > settings->high || settings->low == INFINITY || settings->high == -INFINITY)
        return fr_fail(FR_EUSAGE, "the range from %g to %g of y is empty", settings->low, settings->high);
    if (settings->max_segments < 1)
        return fr_fail(FR_EUSAGE, "at least one segment must be allowed, not %lld",
                       (long long)settings->max_segments);
    return FR_OK;
}

/* What the range costs: nothing without ends, 1 / (n + 1) from -max|y| to max|y|, unknown otherwise. */
static double cost_of(const fr_conformal_data *data, fr_interval range)
{
    double largest = conformal_largest(data->n, data->y);
    if (range.lower <= -largest && range.upper >= largest)
        return isinf(range.lower) && isinf(range.upper) ? 0 : 1 / (double)(data->n + 1);
    return NAN;
}

static void fill_guarantee(const lasso_work *work, fr_interval range)
{
    const fr_conformal_data *data = work->data;
    fr_conformal_result *out = work->out;
    double cost = cost_of(data, range);
    out->alpha_trim = isnan(cost) ? 0 : cost;
    for (int64_t a = 0; a < out->n_alphas; a++)
        out->guarantee[a] = isnan(cost) ? NAN : lasso_sets_guarantee(work, 1 - out->alphas[a] - cost);
}

int fr_conformal_lasso(const fr_conformal_data *data, const fr_conformal_lasso_settings *settings,
                       fr_conformal_result *out)
{
    double begin = fr_clock();
    lasso_training training = {0};
    trim_sets trim = {0};
    conformal_sets sets;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    for (int64_t t = 0; settings->curves != NULL && t < data->m; t++)
        settings->curves[t] = (fr_conformal_curve){0};
    int64_t *rank = fr_alloc(out->n_alphas, sizeof *rank);
    status = rank != NULL ? check(data, settings) : FR_ENOMEM;
    if (status != FR_OK) goto done;
    status = lasso_training_new(data, settings->lambda, settings->ridge, settings->intercept, &training);
    if (status != FR_OK) goto done;
    out->fit_seconds = fr_clock() - begin;

    double largest = conformal_largest(data->n, data->y);
    fr_interval range = {isnan(settings->low) ? -largest : settings->low,
                         isnan(settings->high) ? largest : settings->high};
    if (range.lower > range.upper) {
        status = fr_fail(FR_EUSAGE, "the range from %g to %g of y is empty", range.lower, range.upper);
        goto done;
    }
    status = trim_sets_constant(data->m, range, &trim);
    if (status != FR_OK) goto done;
    conformal_warn_small_alphas(out->n_alphas, out->alphas, data->n + 1, "the sets are the whole range");
    for (int64_t a = 0; a < out->n_alphas; a++)
        rank[a] = fr_conformal_rank(out->alphas[a], data->n + 1);
    lasso_work work = {.data = data,
                       .training = &training,
                       .trim = &trim,
                       .rank = rank,
                       .max_segments = settings->max_segments,
                       .curves = settings->curves,
                       .sets = &sets,
                       .out = out};
    status = lasso_sets_run(&work);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    if (status == FR_OK) fill_guarantee(&work, range);
    out->seconds = fr_clock() - begin;
done:
    for (int64_t t = 0; status != FR_OK && settings->curves != NULL && t < data->m; t++)
        fr_conformal_curve_free(&settings->curves[t]);
    fr_free(rank);
    lasso_training_free(&training);
    trim_sets_free(&trim);
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
