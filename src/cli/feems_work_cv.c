/* Cross-validation from the options: which lambdas, which folds, and the journal that an interrupted run goes on from. */
#include "feems_lookup.h"
#include "feems_tables.h"
#include "feems_work.h"

#include <data/number.h>

#include <math.h>
#include <string.h>

static const cli_option cv_rows[] = {
    {.name = "lambdas",
     .type = OPTION_NUMBERS,
     .value = "A,B,C",
     .range = RANGE_FROM_ZERO,
     .help = "values of lambda to try, instead of --lambda-grid"},
    {.name = "lambda-grid",
     .type = OPTION_TEXT,
     .value = "HI:LO:K",
     .fallback = "1e2:1e-6:20",
     .help = "K values from HI down to LO, evenly spaced in the logarithm"},
    {.name = "folds",
     .type = OPTION_TEXT,
     .value = "loo|K|FILE",
     .fallback = "loo",
     .help = "leave one sampled node out at a time; or K random parts; or a table with the columns node, "
             "fold (counted from 0)"},
    {.name = NULL},
};
const option_group feems_cv_options = {"Cross-validation", cv_rows, false};

/* ---- lambdas ---------------------------------------------------------------------------------------------------------- */

static int parse_grid(const char *text, double **lambdas, int64_t *n)
{
    double high, low;
    size_t first = strcspn(text, ":"), second = text[first] == ':' ? strcspn(text + first + 1, ":") : 0;
    const char *rest = text + first + 1,
               *last = text[first] == ':' && rest[second] == ':' ? rest + second + 1 : NULL;
    bool good = last != NULL && fr_number_f64(text, (int64_t)first, &high) &&
                fr_number_f64(rest, (int64_t)second, &low) && fr_number_i64(last, (int64_t)strlen(last), n) &&
                low > 0 && *n >= 1 && *n <= 100000 && (high > low || (*n == 1 && high >= low));
    if (!good)
        return fr_fail(
            FR_EUSAGE,
            "--lambda-grid must be HI:LO:K with HI > LO > 0 and a whole number K, such as 100:0.001:10; "
            "found '%s'",
            text);
    *lambdas = fr_alloc(*n, sizeof **lambdas);
    if (*lambdas == NULL) return FR_ENOMEM;
    double step = *n > 1 ? (log10(low) - log10(high)) / (double)(*n - 1) : 0;
    for (int64_t k = 0; k < *n; k++)
        (*lambdas)[k] = pow(10, log10(high) + step * (double)k);
    (*lambdas)[0] = high; /* as typed */
    if (*n > 1) (*lambdas)[*n - 1] = low;
    return FR_OK;
}

static int choose_lambdas(cli_job *job, double **lambdas, int64_t *n)
{
    const option_value *list = options_find(&job->options, "lambdas");
    if (!list->given) return parse_grid(options_text(&job->options, "lambda-grid"), lambdas, n);
    if (options_given(&job->options, "lambda-grid"))
        return fr_fail(FR_EUSAGE, "give --lambdas or --lambda-grid, not both");
    *n = list->n_numbers;
    *lambdas = fr_alloc(*n, sizeof **lambdas);
    if (*lambdas == NULL) return FR_ENOMEM;
    memcpy(*lambdas, list->numbers, (size_t)*n * sizeof **lambdas);
    return FR_OK;
}

/* ---- folds ------------------------------------------------------------------------------------------------------------ */

static int take_fold_row(const feems_inputs *inputs, const fr_table *table, int64_t row, int64_t column_node,
                         int64_t column_fold, int64_t *fold, int64_t *n_folds)
{
    int64_t node, number, line = table->line[row];
    int status = fr_table_i64(table, row, column_node, &node);
    if (status == FR_OK) status = fr_table_i64(table, row, column_fold, &number);
    if (status != FR_OK) return status;
    int64_t a = feems_find(inputs->data.observed, inputs->data.n_observed, feems_node_of_id(inputs, node));
    if (a < 0)
        return fr_fail(FR_EINPUT, "%s:%lld: no sample lies at node %lld (nodes are counted from 0)",
                       table->file, (long long)line, (long long)node);
    if (fold[a] >= 0)
        return fr_fail(FR_EINPUT, "%s:%lld: node %lld is there twice", table->file, (long long)line,
                       (long long)node);
    if (number < 0 || number >= inputs->data.n_observed)
        return fr_fail(
            FR_EINPUT,
            "%s:%lld: a fold must be a number from 0 up, below the number of sampled nodes, found %lld",
            table->file, (long long)line, (long long)number);
    fold[a] = number;
    if (number >= *n_folds) *n_folds = number + 1;
    return FR_OK;
}

static int read_folds(cli_job *job, const feems_inputs *inputs, const char *path, int64_t *fold,
                      int64_t *n_folds)
{
    fr_table table = {0};
    int64_t column_node = 0, column_fold = 0;
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_table_read(path, NULL, &table);
    if (status == FR_OK && table.names == NULL)
        status = fr_fail(FR_EINPUT, "%s needs the heading node,fold", path);
    if (status == FR_OK) status = fr_table_column(&table, "node", &column_node);
    if (status == FR_OK) status = fr_table_column(&table, "fold", &column_fold);
    for (int64_t a = 0; a < inputs->data.n_observed; a++)
        fold[a] = -1;
    *n_folds = 0;
    for (int64_t row = 0; status == FR_OK && row < table.n_rows; row++)
        status = take_fold_row(inputs, &table, row, column_node, column_fold, fold, n_folds);
    for (int64_t a = 0; status == FR_OK && a < inputs->data.n_observed; a++)
        if (fold[a] < 0)
            status = fr_fail(FR_EINPUT, "%s has no row for node %lld, which has samples", path,
                             (long long)feems_node_id(inputs, inputs->data.observed[a]));
    fr_table_free(&table);
    return status;
}

/* `fold` (n_observed) is filled only where a file gives it: *from_file. */
static int choose_folds(cli_job *job, const feems_inputs *inputs, int64_t *fold, int64_t *n_folds,
                        bool *from_file)
{
    const char *text = options_text(&job->options, "folds");
    *n_folds = 0;
    *from_file = false;
    if (strcmp(text, "loo") == 0) return FR_OK;
    if (fr_number_i64(text, (int64_t)strlen(text), n_folds)) {
        if (*n_folds >= 2 && *n_folds <= inputs->data.n_observed) return FR_OK;
        return fr_fail(
            FR_EUSAGE,
            "--folds must be loo, a file, or a number from 2 to that of the sampled nodes, %lld; found '%s'",
            (long long)inputs->data.n_observed, text);
    }
    *from_file = true;
    return read_folds(job, inputs, text, fold, n_folds);
}

/* ---- the work ---------------------------------------------------------------------------------------------------------- */

static void note_cv(cli_job *job, const fr_feems_cv_result *cv)
{
    job_metric(job, "best_lambda", cv->lambdas[cv->best]);
    job_metric(job, "best_error", cv->mean[cv->best]);
    job_metric(job, "one_standard_error_lambda", cv->lambdas[cv->one_standard_error]);
    job_metric_count(job, "n_lambdas", cv->n_lambdas);
    job_metric_count(job, "n_folds", cv->n_folds);
    job_metric(job, "w0", cv->w0);
    job_metric(job, "s2", cv->s2);
    job_metric(job, "alpha", cv->alpha);
    job_metric_count(job, "cv_iterations", cv->iterations);
    job_metric_count(job, "cv_evaluations", cv->evaluations);
    job_metric_count(job, "cv_not_converged", cv->n_not_converged);
}

static int run_cv(cli_job *job, const feems_inputs *inputs, const fr_feems_cv_settings *settings,
                  fr_feems_cv_result *out)
{
    int status = fr_feems_cv(&inputs->data, settings, out);
    if (status == FR_EINTERRUPTED && out->error != NULL && job_writes(job)) {
        note_cv(job, out);
        (void)feems_write_cv(job, inputs, out); /* a failure here leaves the journal, which is what counts */
    }
    if (status != FR_OK) return status;
    note_cv(job, out);
    job_phase(job, "cross_validation");
    job_say(job, "cross-validation: lambda %.6g is best (mean error %.6g), %.6g within one standard error",
            out->lambdas[out->best], out->mean[out->best], out->lambdas[out->one_standard_error]);
    if (out->n_not_converged > 0) {
        job->not_converged = true;
        fr_warn(
            "%lld of %lld fits of the cross-validation stopped before they converged; their errors are used "
            "as they are",
            (long long)out->n_not_converged, (long long)(out->n_lambdas * out->n_folds));
    }
    return job_writes(job) ? feems_write_cv(job, inputs, out) : FR_OK;
}

int feems_work_cv(cli_job *job, const feems_inputs *inputs, const fr_feems_settings *fit,
                  const feems_cv_plan *plan, fr_feems_cv_result *out)
{
    fr_feems_cv_settings settings;
    double *lambdas = NULL;
    bool from_file = false;
    int64_t n_lambdas = 0, n_folds = 0, *fold = fr_alloc(inputs->data.n_observed, sizeof *fold);
    memset(out, 0, sizeof *out);
    int status = fold == NULL ? FR_ENOMEM : FR_OK;
    fr_feems_cv_settings_default(&settings);
    if (status == FR_OK && plan == NULL) status = choose_lambdas(job, &lambdas, &n_lambdas);
    if (status == FR_OK && plan == NULL) status = choose_folds(job, inputs, fold, &n_folds, &from_file);
    status = job_agree(job, status);
    if (status != FR_OK) goto done;
    settings.fit = *fit;
    settings.lambdas = plan != NULL ? plan->lambdas : lambdas;
    settings.n_lambdas = plan != NULL ? plan->n_lambdas : n_lambdas;
    settings.n_folds = plan != NULL ? plan->n_folds : n_folds;
    settings.fold = from_file ? fold : NULL;
    settings.seed = (uint64_t)options_integer(&job->options, "seed", 1);
    if (options_find(&job->options, "resume") != NULL) status = job_journal(job);
    settings.journal = job->journal;
    if (status == FR_OK) status = run_cv(job, inputs, &settings, out);
    if (status != FR_OK) fr_feems_cv_result_free(out);
done:
    fr_free(fold);
    fr_free(lambdas);
    return status;
}
