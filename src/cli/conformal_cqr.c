/* frugal conformal cqr: conformalised quantile regression, with our linear quantile regression or quantiles from files. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>

static const cli_option cqr_rows[] = {
    {.name = "split-index",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "rows of the training points, from 0, that the quantile regressions are fitted to; otherwise a "
             "random half by --seed"},
    {.name = "level-low",
     .type = OPTION_NUMBER,
     .value = "T",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "level of the lower quantile regression; otherwise alpha/2"},
    {.name = "level-high",
     .type = OPTION_NUMBER,
     .value = "T",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "level of the upper one; otherwise 1 - alpha/2"},
    {.name = NULL},
};
static const option_group cqr_options = {"Quantile regression", cqr_rows, false};

static const cli_option quantile_rows[] = {
    {.name = "cal-low",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "instead of training points: lower quantiles of any model at points it was not fitted to"},
    {.name = "cal-high",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-low: upper quantiles there"},
    {.name = "cal-y",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-low: the targets of these points"},
    {.name = "test-low",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-low: lower quantiles at the test points"},
    {.name = "test-high", .type = OPTION_PATH, .value = "FILE", .help = "the same of the upper ones"},
    {.name = NULL},
};
static const option_group quantile_options = {"Quantiles that are there", quantile_rows, false};
static const option_group *const cqr_groups[] = {
    &conformal_data_options, &conformal_level_options, &cqr_options, &quantile_options,
    &output_options,         &general_options,         NULL};

/* ---- from training points --------------------------------------------------------------------------------------------------- */

static int settings_of(cli_job *job, int64_t n, uint8_t **flags, fr_conformal_cqr_settings *out)
{
    const cli_options *parsed = &job->options;
    fr_conformal_cqr_settings_default(out);
    out->level_low = options_number(parsed, "level-low", NAN);
    out->level_high = options_number(parsed, "level-high", NAN);
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
    int status = conformal_levels(job, &out->alphas, &out->n_alphas);
    if (status == FR_OK && out->level_low >= out->level_high)
        status = fr_fail(FR_EUSAGE, "--level-low must be below --level-high");
    if (status == FR_OK) status = conformal_half(job, n, flags);
    for (int64_t i = 0; status == FR_OK && i < n; i++)
        (*flags)[i] = !(*flags)[i]; /* they are the rows of the fit */
    out->calibration = *flags;
    return status;
}

static int run_fit(cli_job *job)
{
    static const char *const of_prefit[] = {"cal-high", "cal-y", "test-low", "test-high", NULL};
    conformal_input input;
    fr_conformal_cqr_settings settings;
    fr_conformal_result sets = {0};
    uint8_t *flags = NULL;
    int status = conformal_refuse(&job->options, of_prefit, "quantiles by --cal-low");
    if (status == FR_OK) status = conformal_input_read(job, &input);
    if (status != FR_OK) return status;
    status = job_agree(job, settings_of(job, input.data.n, &flags, &settings));
    if (status == FR_OK) status = fr_conformal_cqr(&input.data, &settings, &sets);
    job_phase(job, "solve");
    int64_t ranked = 0;
    for (int64_t i = 0; status == FR_OK && i < input.data.n; i++)
        ranked += flags[i];
    const conformal_outcome outcome = {
        .method = "cqr", .sets = &sets, .truth = input.truth, .test_id = input.test_id, .scores = ranked};
    if (status == FR_OK) status = conformal_give(job, &outcome);
    fr_free(flags);
    fr_conformal_result_free(&sets);
    conformal_input_free(&input);
    return status;
}

/* ---- from quantiles ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t n, m;
    double *low, *high, *y, *low_test, *high_test, *truth;
} quantiles;

static void quantiles_free(quantiles *found)
{
    double *owned[] = {found->low, found->high, found->y, found->low_test, found->high_test, found->truth};
    for (size_t k = 0; k < sizeof owned / sizeof owned[0]; k++)
        fr_free(owned[k]);
}

static int read_quantiles(cli_job *job, quantiles *out)
{
    static const char *const of_fit[] = {"train", "target",      "x",         "y",          "test", "ignore",
                                         "id",    "split-index", "level-low", "level-high", NULL};
    static const char *const names[] = {"cal-low", "cal-high", "cal-y", "test-low", "test-high"};
    const cli_options *parsed = &job->options;
    int64_t count;
    int status = conformal_refuse(parsed, of_fit, "a fit, not for quantiles by --cal-low");
    for (size_t k = 0; status == FR_OK && k < sizeof names / sizeof names[0]; k++)
        if (!options_given(parsed, names[k]))
            status = fr_fail(FR_EUSAGE,
                             "--cal-low, --cal-high, --cal-y, --test-low and --test-high go together; "
                             "--%s is missing",
                             names[k]);
    if (status == FR_OK)
        status =
            conformal_vector_read(job, options_text(parsed, "cal-low"), NULL, -1, "", &out->low, &out->n);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "cal-high"), NULL, out->n,
                                       "calibration points", &out->high, &count);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "cal-y"), NULL, out->n, "calibration points",
                                       &out->y, &count);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "test-low"), NULL, -1, "", &out->low_test,
                                       &out->m);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "test-high"), NULL, out->m, "test points",
                                       &out->high_test, &count);
    if (status == FR_OK) status = conformal_truth_read(job, out->m, &out->truth);
    return job_agree(job, status);
}

static int run_prefit(cli_job *job)
{
    quantiles found = {0};
    fr_conformal_result sets = {0};
    const double *alphas;
    int64_t levels;
    int status = conformal_levels(job, &alphas, &levels);
    if (status == FR_OK) status = read_quantiles(job, &found);
    job_phase(job, "read");
    if (status == FR_OK)
        status = fr_conformal_cqr_prefit(found.n, found.low, found.high, found.y, found.m, found.low_test,
                                         found.high_test, levels, alphas, &sets);
    job_phase(job, "solve");
    if (status == FR_OK) {
        job_metric_count(job, "calibration_points", found.n);
        job_metric_count(job, "test_points", found.m);
        const conformal_outcome outcome = {
            .method = "cqr-prefit", .sets = &sets, .truth = found.truth, .scores = found.n};
        status = conformal_give(job, &outcome);
    }
    fr_conformal_result_free(&sets);
    quantiles_free(&found);
    return status;
}

static int run(cli_job *job)
{
    return options_given(&job->options, "cal-low") ? run_prefit(job) : run_fit(job);
}

const cli_command conformal_cqr_command = {
    .method = "conformal",
    .verb = "cqr",
    .purpose = "conformalised quantile regression: sets whose width follows the spread of the data",
    .description =
        "Two linear quantile regressions, fitted exactly to one part of the training points, give a lower "
        "and an upper "
        "curve; one quantile of how far the other part lies outside widens or narrows them (Romano, "
        "Patterson, Candes, "
        "NeurIPS 2019). Quantiles of any other model go in by --cal-low, --cal-high, --cal-y, --test-low and "
        "--test-high.\n\n"
        "Covers with probability at least 1 - alpha. A set can be empty where the curves cross.\n\n"
        "Writes intervals.csv, points.csv, coverage.csv.",
    .example = "frugal conformal cqr --train diabetes.csv --target y --test new.csv --alpha 0.1 -o out",
    .groups = cqr_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
