/* frugal conformal full: exact sets of ridge regression and of the lasso; of any other model from its fitted values on a grid. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <inttypes.h>
#include <stdio.h>

static const cli_option full_rows[] = {
    {.name = "model",
     .type = OPTION_CHOICE,
     .value = "ridge|lasso",
     .fallback = "ridge",
     .help = "ridge regression or the lasso, refitted to every trial value of y without a grid"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "ridge: penalty, |y - Xb|^2 + R |b|^2; 0 is least squares"},
    {.name = "lambda",
     .type = OPTION_NUMBER,
     .value = "L",
     .range = RANGE_POSITIVE,
     .help = "lasso: penalty, |y - Xb|^2 / 2 + L |b|_1 (glmnet's times the number of rows); otherwise sigma "
             "sqrt(n log p). Never choose it on the training points"},
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
     .help = "lasso: elastic net, adds R |b|^2 / 2"},
    {.name = "intercept", .type = OPTION_FLAG, .help = "with a constant that is not penalised"},
    {.name = "range",
     .type = OPTION_TEXT,
     .value = "LO:HI",
     .help = "lasso: where y is looked for; otherwise -max|y|:max|y|, which costs 1/(n+1) of the coverage. "
             "-inf:inf costs nothing but time"},
    {.name = "max-segments",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "100000",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e12,
     .help = "lasso: linear pieces that are walked before a test point falls back on a grid"},
    {.name = "pvalues", .type = OPTION_FLAG, .help = "write pvalues.csv: the p-value of every y"},
    {.name = NULL},
};
static const option_group full_options = {"Full conformal", full_rows, false};

static const cli_option fits_rows[] = {
    {.name = "predictions",
     .type = OPTION_PATH,
     .value = "FILE",
     .help =
         "instead of a model: fitted values of yours, (trial values) x (n + 1), or (test points) x (trial "
         "values) x (n + 1); row g holds the fit to all training points and the test point with target g"},
    {.name = "trial",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --predictions: the trial values, ascending"},
    {.name = "compat-2016",
     .type = OPTION_FLAG,
     .help =
         "with --predictions: hull of the trial values that belong, as in the programs of arXiv:1611.09933"},
    {.name = NULL},
};
static const option_group fits_options = {"Another model", fits_rows, false};
static const option_group *const full_groups[] = {
    &conformal_data_options, &conformal_level_options, &full_options, &fits_options,
    &output_options,         &general_options,         NULL};

/* ---- ridge and lasso ---------------------------------------------------------------------------------------------------- */

static int solve_ridge(cli_job *job, const conformal_input *input, fr_conformal_curve *curves,
                       fr_conformal_result *out)
{
    static const char *const of_lasso[] = {"lambda", "sigma", "l2", "range", "max-segments", NULL};
    fr_conformal_ridge_settings settings;
    fr_conformal_ridge_settings_default(&settings);
    int status = conformal_refuse(&job->options, of_lasso, "--model lasso");
    if (status == FR_OK) status = conformal_levels(job, &settings.alphas, &settings.n_alphas);
    settings.rho = options_number(&job->options, "rho", 1);
    settings.intercept = options_flag(&job->options, "intercept");
    settings.curves = curves;
    return status == FR_OK ? fr_conformal_ridge(&input->data, &settings, out) : status;
}

static int solve_lasso(cli_job *job, const conformal_input *input, fr_conformal_curve *curves,
                       fr_conformal_result *out)
{
    static const char *const of_ridge[] = {"rho", NULL};
    const cli_options *parsed = &job->options;
    fr_conformal_lasso_settings settings;
    fr_conformal_lasso_settings_default(&settings);
    int status = conformal_refuse(parsed, of_ridge, "--model ridge");
    if (status == FR_OK) status = conformal_levels(job, &settings.alphas, &settings.n_alphas);
    if (status == FR_OK) status = conformal_lambda(job, input->data.n, input->data.p, &settings.lambda);
    if (status == FR_OK && options_given(parsed, "range"))
        status = conformal_range(parsed, "range", &settings.low, &settings.high);
    settings.ridge = options_number(parsed, "l2", 0);
    settings.intercept = options_flag(parsed, "intercept");
    settings.max_segments = options_integer(parsed, "max-segments", 100000);
    settings.curves = curves;
    return status == FR_OK ? fr_conformal_lasso(&input->data, &settings, out) : status;
}

static int run_model(cli_job *job)
{
    conformal_input input;
    fr_conformal_result sets = {0};
    fr_conformal_curve *curves = NULL;
    bool lasso = options_integer(&job->options, "model", 0) == 1;
    int status = conformal_input_read(job, &input);
    if (status != FR_OK) return status;
    if (options_flag(&job->options, "pvalues")) {
        curves = fr_alloc(input.data.m, sizeof *curves);
        if (curves == NULL) status = FR_ENOMEM;
    }
    if (status == FR_OK)
        status = lasso ? solve_lasso(job, &input, curves, &sets) : solve_ridge(job, &input, curves, &sets);
    job_phase(job, "solve");
    const conformal_outcome outcome = {.method = lasso ? "full-lasso" : "full-ridge",
                                       .sets = &sets,
                                       .truth = input.truth,
                                       .test_id = input.test_id,
                                       .scores = input.data.n};
    if (status == FR_OK) status = conformal_give(job, &outcome);
    if (status == FR_OK && curves != NULL)
        status = conformal_write_curves(job, input.data.m, input.test_id, input.data.n, curves);
    conformal_free_curves(input.data.m, curves);
    fr_conformal_result_free(&sets);
    conformal_input_free(&input);
    return status;
}

/* ---- fitted values from files --------------------------------------------------------------------------------------------- */

/* The fits of all test points; rows of `values` are n + 1 long. */
typedef struct {
    int64_t n, m, count; /* training points, test points, trial values */
    double *y, *trial, *truth, *values;
} fits;

static void fits_free(fits *found)
{
    fr_free(found->y);
    fr_free(found->trial);
    fr_free(found->truth);
    fr_free(found->values);
}

static int take_fits(const conformal_sheet *sheet, fits *out)
{
    int64_t size;
    int status = fr_size_mul(sheet->n_rows, sheet->n_columns, &size);
    if (status == FR_OK && sheet->n_columns != out->n + 1)
        status =
            fr_fail(FR_EINPUT,
                    "%s has %" PRId64 " fitted values a row; %" PRId64 " training points and the test point "
                    "make %" PRId64,
                    sheet->path, sheet->n_columns, out->n, out->n + 1);
    if (status == FR_OK && sheet->n_rows % out->count != 0)
        status = fr_fail(FR_EINPUT,
                         "%s has %" PRId64 " rows, which is no multiple of the %" PRId64 " trial values",
                         sheet->path, sheet->n_rows, out->count);
    if (status != FR_OK) return status;
    out->m = sheet->n_rows / out->count;
    out->values = fr_alloc(size, sizeof *out->values);
    if (out->values == NULL) return FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++)
        for (int64_t k = 0; status == FR_OK && k < sheet->n_columns; k++)
            status = conformal_sheet_f64(sheet, row, k, &out->values[row * sheet->n_columns + k]);
    return status;
}

static int read_fits(cli_job *job, fits *out)
{
    static const char *const of_model[] = {"x",       "test",   "model",     "rho",   "lambda",
                                           "sigma",   "l2",     "intercept", "range", "max-segments",
                                           "pvalues", "ignore", "id",        NULL};
    const cli_options *parsed = &job->options;
    conformal_sheet sheet = {0};
    int status = conformal_refuse(parsed, of_model, "ridge and lasso, not for --predictions");
    if (status == FR_OK && !options_given(parsed, "trial"))
        status = fr_fail(FR_EUSAGE, "--predictions needs --trial, the trial values of its rows");
    if (status == FR_OK) status = conformal_target_read(job, &out->y, &out->n);
    if (status == FR_OK)
        status =
            conformal_vector_read(job, options_text(parsed, "trial"), NULL, -1, "", &out->trial, &out->count);
    if (status == FR_OK) status = conformal_stack_read(job, options_text(parsed, "predictions"), &sheet);
    if (status == FR_OK) status = take_fits(&sheet, out);
    if (status == FR_OK) status = conformal_truth_read(job, out->m, &out->truth);
    conformal_sheet_free(&sheet);
    return job_agree(job, status);
}

/* Appends the sets of one more test point to those of the points before it. */
static int append(fr_conformal_result *to, fr_conformal_result *one, int64_t point)
{
    int64_t levels = one->n_alphas, before = to->first[point * levels], after = before + one->first[levels];
    fr_interval *moved = fr_realloc(to->pieces, after, sizeof *moved);
    if (moved == NULL) return FR_ENOMEM;
    to->pieces = moved;
    for (int64_t k = before; k < after; k++)
        to->pieces[k] = one->pieces[k - before];
    for (int64_t a = 0; a < levels; a++) {
        to->first[point * levels + a + 1] = before + one->first[a + 1];
        to->status[point * levels + a] = one->status[a];
        to->guarantee[a] = one->guarantee[a];
        to->alphas[a] = one->alphas[a];
    }
    to->centre[point] = one->centre[0];
    to->n_grid += one->n_grid;
    to->seconds += one->seconds;
    return FR_OK;
}

static int sets_of_fits(cli_job *job, const fits *found, fr_conformal_result *out)
{
    const double *alphas;
    int64_t levels;
    bool compat = options_flag(&job->options, "compat-2016");
    int status = conformal_levels(job, &alphas, &levels);
    if (status != FR_OK) return status;
    *out = (fr_conformal_result){.m = found->m,
                                 .n_alphas = levels,
                                 .alphas = fr_alloc(levels, sizeof(double)),
                                 .first = fr_alloc(found->m * levels + 1, sizeof(int64_t)),
                                 .pieces = fr_alloc(1, sizeof(fr_interval)),
                                 .status = fr_alloc(found->m * levels, 1),
                                 .centre = fr_alloc(found->m, sizeof(double)),
                                 .guarantee = fr_alloc(levels, sizeof(double))};
    if (out->alphas == NULL || out->first == NULL || out->pieces == NULL || out->status == NULL ||
        out->centre == NULL || out->guarantee == NULL)
        status = FR_ENOMEM;
    for (int64_t t = 0; status == FR_OK && t < found->m; t++) {
        fr_conformal_result one = {0};
        status = fr_conformal_from_fits(found->n, found->y, found->count, found->trial,
                                        found->values + t * found->count * (found->n + 1), levels, alphas,
                                        compat, &one);
        if (status == FR_OK) status = append(out, &one, t);
        fr_conformal_result_free(&one);
    }
    return status;
}

static int run_fits(cli_job *job)
{
    fits found = {0};
    fr_conformal_result sets = {0};
    int status = read_fits(job, &found);
    job_phase(job, "read");
    if (status == FR_OK) status = sets_of_fits(job, &found, &sets);
    job_phase(job, "solve");
    if (status == FR_OK) {
        job_metric_count(job, "n", found.n);
        job_metric_count(job, "test_points", found.m);
        job_metric_count(job, "trial_values", found.count);
        const conformal_outcome outcome = {
            .method = "full-grid", .sets = &sets, .truth = found.truth, .scores = found.n};
        status = conformal_give(job, &outcome);
    }
    fr_conformal_result_free(&sets);
    fits_free(&found);
    return status;
}

static int run(cli_job *job)
{
    static const char *const of_fits[] = {"trial", "compat-2016", NULL};
    if (options_given(&job->options, "predictions")) return run_fits(job);
    int status = conformal_refuse(&job->options, of_fits, "--predictions");
    return status == FR_OK ? run_model(job) : status;
}

const cli_command conformal_full_command = {
    .method = "conformal",
    .verb = "full",
    .purpose = "full conformal sets of ridge regression, the lasso or any model, exact and without a split",
    .description = "For every test point the set of all y that would not stand out if (x, y) were one of the "
                   "data: the model is "
                   "fitted to the n + 1 points and y belongs if its residual is not among the alpha (n + 1) "
                   "largest. No data "
                   "are held back, and there is no grid: for ridge regression all residuals are linear in y, "
                   "for the lasso "
                   "piecewise linear, and both are followed exactly. A set can be of several pieces, and "
                   "with ridge regression "
                   "infinite.\n\n"
                   "Covers with probability at least 1 - alpha if all points are exchangeable; the lasso, "
                   "which looks for y within the "
                   "largest |y| alone, at least 1 - alpha - 1/(n+1), and within a --range of your own "
                   "nothing is proved.\n\n"
                   "Writes intervals.csv, points.csv, coverage.csv; pvalues.csv with --pvalues.",
    .example = "frugal conformal full --train diabetes.csv --target y --test new.csv --alpha 0.05,0.1 -o out",
    .groups = full_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
