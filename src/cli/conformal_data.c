/* Training and test points in their two forms: tables whose columns have names (--train, --target, --test), or a matrix and a
 * vector (--x, --y, --test). */
#include "conformal_columns.h"
#include "conformal_inputs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const cli_option data_rows[] = {
    {.name = "train",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "training points, one a row: CSV, TSV or .npy, packed or not, with the target in a column"},
    {.name = "target",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "with --train: the column to predict, by name or, without a heading, by number from 1"},
    {.name = "x",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "instead of --train: features of the training points"},
    {.name = "y", .type = OPTION_PATH, .value = "FILE", .help = "with --x: their targets"},
    {.name = "test",
     .type = OPTION_PATH,
     .value = "FILE",
     .help =
         "test points; a table has the same columns by name (others are left out with a warning), and may "
         "have the target"},
    {.name = "test-y",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "targets of the test points, where they are known: coverage is reported"},
    {.name = "ignore", .type = OPTION_TEXT, .value = "A,B,...", .help = "columns that are no features"},
    {.name = "id",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "the column of the test table that names its points in the results; no feature"},
    {.name = NULL},
};
const option_group conformal_data_options = {"Data", data_rows, false};

void conformal_input_free(conformal_input *input)
{
    fr_free(input->x);
    fr_free(input->y);
    fr_free(input->x_test);
    fr_free(input->truth);
    for (int64_t k = 0; input->test_id != NULL && k < input->data.m; k++)
        fr_free(input->test_id[k]);
    fr_free(input->test_id);
    fr_free(input->group);
    fr_free(input->group_test);
    conformal_names_free(&input->group_names);
    *input = (conformal_input){0};
}

/* ---- values ------------------------------------------------------------------------------------------------------------- */

static int take_matrix(const conformal_sheet *sheet, int64_t p, const int64_t *column, double **values)
{
    int64_t size;
    int status = fr_size_mul(sheet->n_rows, p, &size);
    *values = status == FR_OK ? fr_alloc(size, sizeof **values) : NULL;
    if (*values == NULL) return FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++)
        for (int64_t k = 0; status == FR_OK && k < p; k++)
            status = conformal_sheet_f64(sheet, row, column[k], &(*values)[row * p + k]);
    return status;
}

/* Targets of test points from a column where some may be unknown; NULL if all are. */
static int take_truth(const conformal_sheet *sheet, int64_t column, double **truth)
{
    int64_t known = 0;
    int status = FR_OK;
    *truth = fr_alloc(sheet->n_rows, sizeof **truth);
    if (*truth == NULL) return FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++) {
        (*truth)[row] = NAN;
        if (conformal_sheet_unknown(sheet, row, column)) continue;
        status = conformal_sheet_f64(sheet, row, column, &(*truth)[row]);
        known++;
    }
    if (known > 0) return status;
    fr_free(*truth);
    *truth = NULL;
    return status;
}

static int take_ids(const conformal_sheet *sheet, int64_t column, char ***ids)
{
    *ids = fr_alloc(sheet->n_rows, sizeof **ids);
    if (*ids == NULL) return FR_ENOMEM;
    for (int64_t row = 0; row < sheet->n_rows; row++) {
        (*ids)[row] = fr_strdup(fr_table_text(&sheet->table, row, column));
        if ((*ids)[row] == NULL) return FR_ENOMEM;
    }
    return FR_OK;
}

static int take_groups(const conformal_sheet *sheet, int64_t column, conformal_names *names, int64_t **groups)
{
    int status = FR_OK;
    *groups = fr_alloc(sheet->n_rows, sizeof **groups);
    if (*groups == NULL) return FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++) {
        char number[32];
        const char *text = number;
        if (sheet->values != NULL)
            snprintf(number, sizeof number, "%.15g", sheet->values[row * sheet->n_columns + column]);
        else
            text = fr_table_text(&sheet->table, row, column);
        status = conformal_names_number(names, text, &(*groups)[row]);
    }
    return status;
}

int conformal_truth_read(cli_job *job, int64_t m, double **truth)
{
    const char *path = options_text(&job->options, "test-y");
    conformal_sheet sheet;
    int64_t column = 0;
    if (path == NULL) return FR_OK;
    int status = conformal_sheet_read(job, path, &sheet);
    if (status != FR_OK) return status;
    if (sheet.n_columns > 1) {
        const char *target = options_text(&job->options, "target");
        status = target != NULL ? conformal_sheet_column(&sheet, target, &column)
                                : fr_fail(FR_EINPUT, "%s has %" PRId64 " columns; one was expected", path,
                                          sheet.n_columns);
    }
    if (status == FR_OK && sheet.n_rows != m)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " values for %" PRId64 " test points", path,
                         sheet.n_rows, m);
    if (status == FR_OK) status = take_truth(&sheet, column, truth);
    conformal_sheet_free(&sheet);
    return status;
}

/* ---- all together ------------------------------------------------------------------------------------------------------- */

static int check_form(const cli_options *parsed)
{
    bool train = options_given(parsed, "train"), x = options_given(parsed, "x"),
         y = options_given(parsed, "y");
    if (train == (x || y))
        return fr_fail(FR_EUSAGE, "give the training points by --train and --target, or by --x and --y");
    if (train && !options_given(parsed, "target"))
        return fr_fail(FR_EUSAGE, "--train needs --target, the column to predict");
    if (!train && !(x && y)) return fr_fail(FR_EUSAGE, "--x and --y go together");
    return FR_OK;
}

int conformal_target_read(cli_job *job, double **y, int64_t *n)
{
    const cli_options *parsed = &job->options;
    bool train = options_given(parsed, "train");
    if (train == options_given(parsed, "y"))
        return fr_fail(FR_EUSAGE,
                       "give the targets of the training points by --y, or by --train and --target");
    if (train && !options_given(parsed, "target"))
        return fr_fail(FR_EUSAGE, "--train needs --target, the column that was predicted");
    return conformal_vector_read(job, options_text(parsed, train ? "train" : "y"),
                                 options_text(parsed, "target"), -1, "", y, n);
}

static int take_target(cli_job *job, const conformal_columns *found, double **y)
{
    int64_t n;
    if (found->target >= 0) return take_matrix(found->train, 1, &found->target, y);
    return conformal_vector_read(job, options_text(&job->options, "y"), options_text(&job->options, "target"),
                                 found->train->n_rows, "training points", y, &n);
}

static int take_values(cli_job *job, const conformal_columns *found, conformal_input *out)
{
    int status = take_matrix(found->train, found->p, found->feature, &out->x);
    if (status == FR_OK) status = take_target(job, found, &out->y);
    if (status == FR_OK) status = take_matrix(found->test, found->p, found->match, &out->x_test);
    if (status == FR_OK && found->target_test >= 0) {
        if (options_given(&job->options, "test-y"))
            return fr_fail(FR_EUSAGE, "%s has the target; leave --test-y out", found->test->path);
        status = take_truth(found->test, found->target_test, &out->truth);
    } else if (status == FR_OK) {
        status = conformal_truth_read(job, found->test->n_rows, &out->truth);
    }
    if (status == FR_OK && found->id >= 0) status = take_ids(found->test, found->id, &out->test_id);
    if (status == FR_OK && found->group >= 0) {
        status = take_groups(found->train, found->group, &out->group_names, &out->group);
        if (status == FR_OK)
            status = take_groups(found->test, found->group_test, &out->group_names, &out->group_test);
    }
    return status;
}

static int read_sheets(cli_job *job, conformal_sheet *train, conformal_sheet *test, conformal_input *out)
{
    const cli_options *parsed = &job->options;
    const char *path = options_text(parsed, options_given(parsed, "train") ? "train" : "x");
    conformal_columns found = {0};
    int status = conformal_sheet_read(job, path, train);
    if (status == FR_OK) status = conformal_sheet_read(job, options_text(parsed, "test"), test);
    if (status == FR_OK && train->n_rows < 2)
        status = fr_fail(FR_EINPUT, "%s has one training point; at least two are needed", train->path);
    if (status == FR_OK) status = conformal_columns_find(job, train, test, &found);
    if (status == FR_OK) {
        out->data = (fr_conformal_data){.n = train->n_rows, .p = found.p, .m = test->n_rows};
        status = take_values(job, &found, out);
    }
    out->data.x = out->x;
    out->data.y = out->y;
    out->data.x_test = out->x_test;
    conformal_columns_free(&found);
    return status;
}

int conformal_input_read(cli_job *job, conformal_input *out)
{
    conformal_sheet train = {0}, test = {0};
    *out = (conformal_input){0};
    int status = check_form(&job->options);
    if (status == FR_OK && !options_given(&job->options, "test"))
        status = fr_fail(FR_EUSAGE, "--test FILE is missing: the test points");
    if (status == FR_OK) status = read_sheets(job, &train, &test, out);
    conformal_sheet_free(&train);
    conformal_sheet_free(&test);
    status = job_agree(job, status);
    if (status != FR_OK) {
        conformal_input_free(out);
        return status;
    }
    job_metric_count(job, "n", out->data.n);
    job_metric_count(job, "p", out->data.p);
    job_metric_count(job, "test_points", out->data.m);
    job_phase(job, "read");
    return FR_OK;
}
