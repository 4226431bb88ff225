/* frugal conformal tcp: trimmed conformal prediction, a fast model narrows the range that the exact lasso is followed over. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>

static const cli_option tcp_rows[] = {
    {.name = "model", .type = OPTION_CHOICE, .value = "lasso", .fallback = "lasso", .help = "the slow model"},
    {.name = "lambda",
     .type = OPTION_NUMBER,
     .value = "L",
     .range = RANGE_POSITIVE,
     .help = "its penalty, |y - Xb|^2 / 2 + L |b|_1 (glmnet's times the number of rows)"},
    {.name = "lambda-rule",
     .type = OPTION_CHOICE,
     .value = "sqrt|cv",
     .fallback = "sqrt",
     .help = "without --lambda: sigma sqrt(n log p); or 10-fold cross-validation on the training points, "
             "which leaves nothing proved"},
    {.name = "sigma",
     .type = OPTION_NUMBER,
     .value = "S",
     .fallback = "1",
     .range = RANGE_POSITIVE,
     .help = "standard deviation of the noise in sigma sqrt(n log p)"},
    {.name = "l2",
     .alias = "elastic",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "elastic net: adds R |b|^2 / 2"},
    {.name = "intercept", .type = OPTION_FLAG, .help = "with a constant that is not penalised"},
    {.name = "max-segments",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "100000",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e12,
     .help = "linear pieces that are walked before a test point falls back on a grid"},
    {.name = "grid",
     .type = OPTION_NUMBER,
     .value = "STEP",
     .range = RANGE_POSITIVE,
     .help = "a grid of this step instead of the exact sets"},
    {.name = "compat-2016",
     .type = OPTION_FLAG,
     .help = "with --grid: hull of the grid points that belong, as in the programs of arXiv:1611.09933"},
    {.name = NULL},
};
static const option_group tcp_options = {"Lasso", tcp_rows, false};

static const cli_option trim_rows[] = {
    {.name = "trim",
     .type = OPTION_CHOICE,
     .value = "max|ridge|split|loo|range",
     .fallback = "split",
     .help =
         "what narrows the range: largest |y|; exact ridge sets; a lasso on one half with the errors of the "
         "other; the largest training residual (nothing is proved); --range (nothing is proved)"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "0.5",
     .range = RANGE_POSITIVE,
     .help = "penalty of the ridge trim"},
    {.name = "split-index",
     .type = OPTION_PATH,
     .value = "FILE",
     .help =
         "rows of the training points, from 0, that the half lasso is fitted to; otherwise a random half by "
         "--seed"},
    {.name = "lambda-half",
     .type = OPTION_NUMBER,
     .value = "L",
     .range = RANGE_POSITIVE,
     .help = "penalty of the half lasso; otherwise sigma sqrt(n_1 log p)"},
    {.name = "range", .type = OPTION_TEXT, .value = "LO:HI", .help = "the range of --trim range"},
    {.name = "alpha-trim",
     .type = OPTION_NUMBER,
     .value = "A",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "miscoverage of the trimming; otherwise the least that it allows"},
    {.name = "exact-level",
     .type = OPTION_FLAG,
     .help = "alpha is the miscoverage of both steps together; otherwise that of the trimming comes on top"},
    {.name = "hull", .type = OPTION_FLAG, .help = "trim to the hull of a trim set of several pieces"},
    {.name = NULL},
};
static const option_group trim_options = {"Trimming", trim_rows, false};
static const option_group *const tcp_groups[] = {
    &conformal_data_options, &conformal_level_options, &tcp_options, &trim_options,
    &output_options,         &general_options,         NULL};

/* Options that belong to one trim only. */
static int check_options(const cli_options *parsed, fr_conformal_trim trim)
{
    static const char *const of_ridge[] = {"rho", NULL},
                             *const of_split[] = {"split-index", "lambda-half", NULL},
                             *const of_range[] = {"range", NULL}, *const of_grid[] = {"compat-2016", NULL};
    int status = FR_OK;
    if (trim != FR_CONFORMAL_TRIM_RIDGE) status = conformal_refuse(parsed, of_ridge, "--trim ridge");
    if (status == FR_OK && trim != FR_CONFORMAL_TRIM_SPLIT)
        status = conformal_refuse(parsed, of_split, "--trim split");
    if (status == FR_OK && trim != FR_CONFORMAL_TRIM_RANGE)
        status = conformal_refuse(parsed, of_range, "--trim range");
    if (status == FR_OK && !options_given(parsed, "grid"))
        status = conformal_refuse(parsed, of_grid, "--grid");
    if (status == FR_OK && trim == FR_CONFORMAL_TRIM_RANGE && !options_given(parsed, "range"))
        status = fr_fail(FR_EUSAGE, "--trim range needs --range LO:HI");
    return status;
}

static int set_lambda(cli_job *job, const fr_conformal_data *data, fr_conformal_tcp_settings *settings)
{
    const cli_options *parsed = &job->options;
    if (options_given(parsed, "lambda") || options_integer(parsed, "lambda-rule", 0) == 0)
        return conformal_lambda(job, data->n, data->p, &settings->lambda);
    int status = conformal_lambda_cv(data->n, data->p, data->x, data->y, settings->intercept, settings->seed,
                                     &settings->lambda);
    if (status == FR_OK) {
        job_setting(job, "lambda", settings->lambda);
        job_say(job, "cross-validation: lambda %.6g", settings->lambda);
    }
    return status;
}

/* *flags: the rows of --split-index, to be freed once the sets are found. */
static int settings_of(cli_job *job, const fr_conformal_data *data, uint8_t **flags,
                       fr_conformal_tcp_settings *out)
{
    static const fr_conformal_trim trims[] = {FR_CONFORMAL_TRIM_MAX, FR_CONFORMAL_TRIM_RIDGE,
                                              FR_CONFORMAL_TRIM_SPLIT, FR_CONFORMAL_TRIM_LOO,
                                              FR_CONFORMAL_TRIM_RANGE};
    const cli_options *parsed = &job->options;
    fr_conformal_tcp_settings_default(out);
    out->trim = trims[options_integer(parsed, "trim", 2)];
    out->alpha_trim = options_number(parsed, "alpha-trim", 0);
    out->exact_level = options_flag(parsed, "exact-level");
    out->hull = options_flag(parsed, "hull");
    out->lambda_half = options_number(parsed, "lambda-half", 0);
    out->sigma = options_number(parsed, "sigma", 1);
    out->ridge = options_number(parsed, "l2", 0);
    out->intercept = options_flag(parsed, "intercept");
    out->rho = options_number(parsed, "rho", 0.5);
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
    out->grid = options_number(parsed, "grid", 0);
    out->compat_2016 = options_flag(parsed, "compat-2016");
    out->max_segments = options_integer(parsed, "max-segments", 100000);
    int status = conformal_levels(job, &out->alphas, &out->n_alphas);
    if (status == FR_OK) status = set_lambda(job, data, out);
    if (status == FR_OK && out->trim == FR_CONFORMAL_TRIM_RANGE)
        status = conformal_range(parsed, "range", &out->low, &out->high);
    if (status == FR_OK && options_given(parsed, "split-index"))
        status = conformal_rows_read(job, options_text(parsed, "split-index"), data->n, flags);
    out->first_half = *flags;
    return job_agree(job, status);
}

/* A penalty that was chosen on the training points is no symmetric function of the n + 1 points. */
static void withdraw_guarantee(cli_job *job, fr_conformal_result *sets)
{
    const cli_options *parsed = &job->options;
    if (options_given(parsed, "lambda") || options_integer(parsed, "lambda-rule", 0) == 0) return;
    for (int64_t a = 0; a < sets->n_alphas; a++)
        sets->guarantee[a] = NAN;
    fr_warn("lambda was chosen on the training points alone, so that nothing is proved; take --lambda-rule "
            "sqrt or a --lambda that does not depend on them");
}

static int run(cli_job *job)
{
    static const char *const methods_by_trim[] = {"tcp-max", "tcp-ridge", "tcp-split", "tcp-loo",
                                                  "tcp-range"};
    conformal_input input;
    fr_conformal_tcp_settings settings;
    fr_conformal_result sets = {0};
    uint8_t *flags = NULL;
    int64_t trim = options_integer(&job->options, "trim", 2);
    int status = check_options(&job->options, (fr_conformal_trim)trim);
    if (status == FR_OK) status = conformal_input_read(job, &input);
    if (status != FR_OK) return status;
    status = settings_of(job, &input.data, &flags, &settings);
    if (status == FR_OK) status = fr_conformal_tcp(&input.data, &settings, &sets);
    job_phase(job, "solve");
    if (status == FR_OK) {
        withdraw_guarantee(job, &sets);
        const conformal_outcome outcome = {.method = methods_by_trim[trim],
                                           .sets = &sets,
                                           .truth = input.truth,
                                           .test_id = input.test_id,
                                           .scores = input.data.n};
        status = conformal_give(job, &outcome);
    }
    fr_free(flags);
    fr_conformal_result_free(&sets);
    conformal_input_free(&input);
    return status;
}

const cli_command conformal_tcp_command = {
    .method = "conformal",
    .verb = "tcp",
    .purpose = "trimmed conformal prediction: exact lasso sets over a range that a fast model narrows",
    .description = "Trimmed conformal prediction (Chen, Wang, Ha, Barber, arXiv:1611.09933) for many "
                   "features: a fast model tells "
                   "in which range y can be, the full conformal set of the lasso is followed exactly over "
                   "that range, and the "
                   "result is the intersection. The sets are about as narrow as those of full conformal "
                   "prediction at a fraction of "
                   "its cost, and much narrower than those of a split.\n\n"
                   "Covers with probability at least 1 - alpha - alpha_trim, where alpha_trim is 1/(n+1) for "
                   "max and ridge and "
                   "1/(n/2+1) for split; with --exact-level 1 - alpha. loo and range prove nothing.\n\n"
                   "Writes intervals.csv, points.csv (with the trimmed range), coverage.csv.",
    .example = "frugal conformal tcp --x X.npy --y Y.npy --test T.npy --trim split --alpha 0.1 -o out",
    .groups = tcp_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
