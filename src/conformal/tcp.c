/* Trimmed conformal prediction (Chen, Wang, Ha, Barber, arXiv:1611.09933): a fast model trims the line to a set that holds the response
 * with probability 1 - alpha_trim, and only there is the slow model, the lasso, asked. The intersection covers with probability at
 * least 1 - alpha_trim - alpha (theorem 1). */
#include "sets.h"
#include "trim.h"

#include <math.h>

void fr_conformal_tcp_settings_default(fr_conformal_tcp_settings *settings)
{
    *settings = (fr_conformal_tcp_settings){.trim = FR_CONFORMAL_TRIM_SPLIT,
                                            .sigma = 1,
                                            .rho = 0.5,
                                            .seed = 1,
                                            .low = NAN,
                                            .high = NAN,
                                            .max_segments = 100000};
}

static int check_penalties(const fr_conformal_tcp_settings *settings)
{
    bool half = settings->trim == FR_CONFORMAL_TRIM_SPLIT;
    if (!(settings->lambda >= 0 && isfinite(settings->lambda)) ||
        (half && !(settings->lambda_half >= 0 && isfinite(settings->lambda_half))))
        return fr_fail(FR_EUSAGE, "lambda is a finite number above 0, or 0 for sigma sqrt(n log p), not %g",
                       settings->lambda >= 0 && isfinite(settings->lambda) ? settings->lambda_half
                                                                           : settings->lambda);
    if (!(settings->sigma > 0 && isfinite(settings->sigma)))
        return fr_fail(FR_EUSAGE, "sigma is a finite number above 0, not %g", settings->sigma);
    if (!(settings->ridge >= 0 && isfinite(settings->ridge)))
        return fr_fail(FR_EUSAGE, "the ridge part of the penalty is a finite number of at least 0, not %g",
                       settings->ridge);
    return FR_OK;
}

static int check(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings)
{
    int status = conformal_check_data(data);
    if (status == FR_OK) status = check_penalties(settings);
    if (status != FR_OK) return status;
    if (!(settings->alpha_trim >= 0 && settings->alpha_trim < 1))
        return fr_fail(FR_EUSAGE, "the level of trimming lies between 0 and 1, which %g does not",
                       settings->alpha_trim);
    if (settings->trim == FR_CONFORMAL_TRIM_RANGE && !(settings->low <= settings->high))
        return fr_fail(FR_EUSAGE, "the range from %g to %g of y is empty", settings->low, settings->high);
    if (!(settings->grid >= 0 && isfinite(settings->grid)))
        return fr_fail(FR_EUSAGE, "the step of the grid is a number of at least 0, not %g", settings->grid);
    if (settings->compat_2016 && settings->grid == 0)
        return fr_fail(FR_EUSAGE, "the counts and hulls of 2016 are those of a grid: its step must be given");
    if (settings->max_segments < 1)
        return fr_fail(FR_EUSAGE, "at least one segment must be allowed, not %lld",
                       (long long)settings->max_segments);
    return FR_OK;
}

/* Level and rank of the second step, for every level that was asked for. */
static int second_levels(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings,
                         const fr_conformal_result *out, double *alpha, int64_t *rank)
{
    double spent = 0;
    int status = trim_level(data, settings, &spent);
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++) {
        alpha[a] = settings->exact_level ? out->alphas[a] - spent : out->alphas[a];
        if (alpha[a] <= 0)
            return fr_fail(FR_EUSAGE, "level %g leaves nothing for the second step: trimming spends %g",
                           out->alphas[a], spent);
        rank[a] = fr_conformal_rank(alpha[a], data->n + 1);
    }
    if (status == FR_OK)
        conformal_warn_small_alphas(out->n_alphas, alpha, data->n + 1, "the sets are the whole range");
    return status;
}

int fr_conformal_tcp(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings,
                     fr_conformal_result *out)
{
    double begin = fr_clock();
    lasso_training training = {0};
    trim_result trim = {0};
    conformal_sets sets;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    double *alpha = fr_alloc(out->n_alphas, sizeof *alpha);
    int64_t *rank = fr_alloc(out->n_alphas, sizeof *rank);
    status = alpha != NULL && rank != NULL ? check(data, settings) : FR_ENOMEM;
    if (status == FR_OK) status = second_levels(data, settings, out, alpha, rank);
    if (status != FR_OK) goto done;
    double lambda =
        settings->lambda > 0 ? settings->lambda : fr_conformal_lambda(data->n, data->p, settings->sigma);
    status = lasso_training_new(data, lambda, settings->ridge, settings->intercept, &training);
    if (status == FR_OK) status = trim_find(data, settings, &training, &trim);
    if (status != FR_OK) goto done;
    out->fit_seconds = fr_clock() - begin;
    out->alpha_trim = trim.alpha;

    lasso_work work = {.data = data,
                       .training = &training,
                       .trim = &trim.sets,
                       .rank = rank,
                       .max_segments = settings->max_segments,
                       .step = settings->grid,
                       .compat_2016 = settings->compat_2016,
                       .sets = &sets,
                       .out = out};
    status = lasso_sets_run(&work);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++)
        out->guarantee[a] = trim.proved ? lasso_sets_guarantee(&work, 1 - alpha[a] - trim.alpha) : NAN;
    out->seconds = fr_clock() - begin;
done:
    fr_free(alpha);
    fr_free(rank);
    lasso_training_free(&training);
    trim_sets_free(&trim.sets);
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
