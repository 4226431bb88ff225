/* frugal conformal jackknife: jackknife, jackknife+, jackknife-minmax, CV+. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <data/number.h>

#include <string.h>

static const cli_option jackknife_rows[] = {
    {.name = "variant",
     .type = OPTION_CHOICE,
     .value = "plain|plus|minmax|cv+",
     .fallback = "plus",
     .help =
         "jackknife (nothing is proved), jackknife+ (1 - 2 alpha), jackknife-minmax (1 - alpha), CV+ (about "
         "1 - 2 alpha)"},
    {.name = "folds",
     .type = OPTION_TEXT,
     .value = "K|FILE",
     .fallback = "10",
     .help = "cv+: number of random folds, or a file with the fold of each training point, from 0"},
    {.name = "model",
     .type = OPTION_CHOICE,
     .value = "ridge|lasso",
     .fallback = "ridge",
     .help = "ridge regression (by a shortcut, without refits) or the lasso (refitted)"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "ridge: penalty, |y - Xb|^2 + R |b|^2"},
    {.name = "lambda",
     .type = OPTION_NUMBER,
     .value = "L",
     .range = RANGE_POSITIVE,
     .help = "lasso: penalty, |y - Xb|^2 / 2 + L |b|_1; otherwise sigma sqrt(n log p)"},
    {.name = "sigma",
     .type = OPTION_NUMBER,
     .value = "S",
     .fallback = "1",
     .range = RANGE_POSITIVE,
     .help = "standard deviation of the noise in sigma sqrt(n log p)"},
    {.name = "no-intercept", .type = OPTION_FLAG, .help = "fit without a constant"},
    {.name = NULL},
};
static const option_group jackknife_options = {"Jackknife", jackknife_rows, false};
static const option_group *const jackknife_groups[] = {&conformal_data_options, &conformal_level_options,
                                                       &jackknife_options,      &output_options,
                                                       &general_options,        NULL};

static int set_folds(cli_job *job, int64_t n, int64_t **fold, fr_conformal_jackknife_settings *out)
{
    static const char *const of_cv[] = {"folds", NULL};
    const char *text = options_text(&job->options, "folds");
    int64_t count;
    if (out->kind != FR_CONFORMAL_CV_PLUS) return conformal_refuse(&job->options, of_cv, "--variant cv+");
    if (fr_number_i64(text, (int64_t)strlen(text), &count)) {
        if (count < 2)
            return fr_fail(FR_EUSAGE,
                           "--folds must be a file or a number from 2 to that of the training points, "
                           "found '%s'",
                           text);
        if (count > n && options_given(&job->options, "folds"))
            return fr_fail(FR_EUSAGE, "--folds %s is more than the %lld training points", text, (long long)n);
        out->n_folds = count < n ? count : n;
        job_setting(job, "folds", (double)out->n_folds);
        return FR_OK;
    }
    int status = conformal_folds_read(job, text, n, fold, &out->n_folds);
    out->fold = *fold;
    return status;
}

static int settings_of(cli_job *job, const fr_conformal_data *data, int64_t **fold,
                       fr_conformal_jackknife_settings *out)
{
    static const fr_conformal_jackknife_kind kinds[] = {FR_CONFORMAL_JACKKNIFE, FR_CONFORMAL_JACKKNIFE_PLUS,
                                                        FR_CONFORMAL_JACKKNIFE_MINMAX, FR_CONFORMAL_CV_PLUS};
    static const char *const of_lasso[] = {"lambda", "sigma", NULL}, *const of_ridge[] = {"rho", NULL};
    const cli_options *parsed = &job->options;
    fr_conformal_jackknife_settings_default(out);
    out->kind = kinds[options_integer(parsed, "variant", 1)];
    out->lasso = options_integer(parsed, "model", 0) == 1;
    out->rho = options_number(parsed, "rho", 1);
    out->intercept = !options_flag(parsed, "no-intercept");
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
    int status = conformal_levels(job, &out->alphas, &out->n_alphas);
    if (status == FR_OK)
        status = out->lasso ? conformal_refuse(parsed, of_ridge, "--model ridge")
                            : conformal_refuse(parsed, of_lasso, "--model lasso");
    if (status == FR_OK && out->lasso) status = conformal_lambda(job, data->n, data->p, &out->lambda);
    if (status == FR_OK) status = set_folds(job, data->n, fold, out);
    return job_agree(job, status);
}

static int run(cli_job *job)
{
    static const char *const names[] = {"jackknife", "jackknife+", "jackknife-minmax", "cv+"};
    conformal_input input;
    fr_conformal_jackknife_settings settings;
    fr_conformal_result sets = {0};
    int64_t *fold = NULL;
    int status = conformal_input_read(job, &input);
    if (status != FR_OK) return status;
    status = settings_of(job, &input.data, &fold, &settings);
    if (status == FR_OK) status = fr_conformal_jackknife(&input.data, &settings, &sets);
    job_phase(job, "solve");
    const conformal_outcome outcome = {.method = names[options_integer(&job->options, "variant", 1)],
                                       .sets = &sets,
                                       .truth = input.truth,
                                       .test_id = input.test_id,
                                       .scores = input.data.n};
    if (status == FR_OK) status = conformal_give(job, &outcome);
    fr_free(fold);
    fr_conformal_result_free(&sets);
    conformal_input_free(&input);
    return status;
}

const cli_command conformal_jackknife_command = {
    .method = "conformal",
    .verb = "jackknife",
    .purpose = "jackknife+, CV+ and their relatives: every point is predicted without itself",
    .description = "Each training point is left out once (or with its fold), and the error at it of the "
                   "model without it is an error "
                   "on new data. Around the test point's predictions of the same models, these errors give "
                   "the set (Barber, Candes, "
                   "Ramdas, Tibshirani, Annals of Statistics 2021). No data are held back, and one fit is "
                   "enough for ridge "
                   "regression. Memory does not grow with training times test points.\n\n"
                   "jackknife+ covers with probability at least 1 - 2 alpha, in practice nearly always 1 - "
                   "alpha; minmax 1 - alpha "
                   "with wider sets; the plain jackknife proves nothing.\n\n"
                   "Writes intervals.csv, points.csv, coverage.csv.",
    .example =
        "frugal conformal jackknife --train diabetes.csv --target y --test new.csv --variant cv+ -o out",
    .groups = jackknife_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
