/* Training and test points in their two forms: tables whose columns have names (--train, --target, --test), or a matrix and a
 * vector (--x, --y, --test). Columns of named tables are matched by name, whatever their order. */
#include "conformal_inputs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* ---- which columns are features --------------------------------------------------------------------------------------- */

/* Columns of the training table: the features in order, and the target (-1: in a file of its own). */
typedef struct {
    const conformal_sheet *train, *test;
    int64_t p, *feature;                                /* column of the training table */
    int64_t *match;                                     /* column of the test table */
    int64_t target, target_test, id, group, group_test; /* -1: none */
} columns;

static void columns_free(columns *found)
{
    fr_free(found->feature);
    fr_free(found->match);
}

static bool is_listed(const char *name, const char *list)
{
    size_t length = strlen(name);
    while (list != NULL && *list != '\0') {
        size_t word = strcspn(list, ",");
        if (word == length && strncmp(list, name, length) == 0) return true;
        list += word + (list[word] == ',');
    }
    return false;
}

/* Every name of --ignore must be a column of the training table. */
static int mark_ignored(const cli_options *parsed, const conformal_sheet *sheet, uint8_t *left_out)
{
    const char *list = options_text(parsed, "ignore");
    while (list != NULL && *list != '\0') {
        char name[256];
        size_t word = strcspn(list, ",");
        int64_t column;
        snprintf(name, sizeof name, "%.*s", (int)(word < sizeof name ? word : sizeof name - 1), list);
        int status = conformal_sheet_column(sheet, name, &column);
        if (status != FR_OK) return status;
        left_out[column] = 1;
        list += word + (list[word] == ',');
    }
    return FR_OK;
}

/* The column of an option (NULL: none was asked for) in a table, where it is left out of the features. */
static int mark_column(const conformal_sheet *sheet, const char *name, uint8_t *left_out, int64_t *column)
{
    *column = -1;
    if (name == NULL) return FR_OK;
    int status = conformal_sheet_column(sheet, name, column);
    if (status == FR_OK && left_out != NULL) left_out[*column] = 1;
    return status;
}

static bool has_no_name(const conformal_sheet *sheet, int64_t column)
{
    return conformal_sheet_named(sheet) && *sheet->table.names[column] == '\0';
}

/* Row names and running numbers, as R and pandas write them, are no features. */
static void leave_unnamed_out(const conformal_sheet *sheet, uint8_t *left_out)
{
    for (int64_t k = 0; k < sheet->n_columns; k++) {
        if (!has_no_name(sheet, k)) continue;
        left_out[k] = 1;
        fr_warn("%s: column %" PRId64 " has no name (row names?) and is left out", sheet->path, k + 1);
    }
}

static int choose_features(cli_job *job, columns *found)
{
    const cli_options *parsed = &job->options;
    const conformal_sheet *train = found->train;
    const char *id = options_text(parsed, "id");
    int64_t id_column = -1;
    uint8_t *left_out = fr_alloc(train->n_columns, sizeof *left_out);
    found->feature = fr_alloc(train->n_columns, sizeof *found->feature);
    int status = left_out == NULL || found->feature == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK && options_given(parsed, "train"))
        status = mark_column(train, options_text(parsed, "target"), left_out, &found->target);
    if (status == FR_OK)
        status = mark_column(train, options_text(parsed, "group-column"), left_out, &found->group);
    if (status == FR_OK) status = mark_ignored(parsed, train, left_out);
    if (status == FR_OK) leave_unnamed_out(train, left_out);
    if (status == FR_OK && id != NULL) status = conformal_sheet_find(train, id, &id_column);
    if (id_column >= 0) left_out[id_column] = 1;
    for (int64_t k = 0; status == FR_OK && k < train->n_columns; k++)
        if (!left_out[k]) found->feature[found->p++] = k;
    if (status == FR_OK && found->p == 0)
        status = fr_fail(FR_EINPUT, "%s has no column left that could be a feature", train->path);
    fr_free(left_out);
    return status;
}

/* ---- the test table ----------------------------------------------------------------------------------------------------- */

/* Column by name; tables can have many columns. A name that stands twice is refused. */
static int index_names(const conformal_sheet *sheet, json_t **out)
{
    *out = json_object();
    for (int64_t k = 0; *out != NULL && k < sheet->n_columns; k++) {
        const char *name = sheet->table.names[k];
        if (has_no_name(sheet, k)) continue;
        if (json_object_get(*out, name) != NULL)
            return fr_fail(FR_EINPUT, "%s: two columns are named '%s'", sheet->path, name);
        if (json_object_set_new_nocheck(*out, name, json_integer(k)) != 0)
            return fr_fail(FR_ENOMEM, "out of memory for column names");
    }
    return *out != NULL ? FR_OK : fr_fail(FR_ENOMEM, "out of memory for column names");
}

static int match_one(const columns *found, const json_t *places, int64_t k)
{
    const char *name = found->train->table.names[found->feature[k]];
    const json_t *place = json_object_get(places, name);
    if (place != NULL) {
        found->match[k] = (int64_t)json_integer_value(place);
        return FR_OK;
    }
    const char *near =
        suggest(name, (const char *const *)(uintptr_t)found->test->table.names, found->test->n_columns);
    return fr_fail(FR_EINPUT, "%s: the column '%s' of %s is missing%s%s%s", found->test->path, name,
                   found->train->path, near != NULL ? "; is it '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : "");
}

/* Names the columns of the test table that are not used, so that a slip in a name does not pass unseen. */
static int warn_of_others(cli_job *job, const columns *found)
{
    char list[400] = "";
    int64_t others = 0;
    uint8_t *used = fr_alloc(found->test->n_columns, sizeof *used);
    if (used == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < found->p; k++)
        used[found->match[k]] = 1;
    if (found->target_test >= 0) used[found->target_test] = 1;
    if (found->id >= 0) used[found->id] = 1;
    if (found->group_test >= 0) used[found->group_test] = 1;
    for (int64_t k = 0; k < found->test->n_columns; k++) {
        const char *name = found->test->table.names[k];
        size_t room = strlen(list) + strlen(name) + 8;
        if (used[k] || has_no_name(found->test, k) || is_listed(name, options_text(&job->options, "ignore")))
            continue;
        if (room < sizeof list) {
            if (others > 0) strcat(list, ", ");
            strcat(list, name);
        }
        others++;
    }
    if (others > 0)
        fr_warn("%s has %" PRId64 " column%s that %s has not, left out: %s", found->test->path, others,
                others == 1 ? "" : "s", found->train->path, list);
    fr_free(used);
    return FR_OK;
}

static int match_names(cli_job *job, columns *found)
{
    const char *id = options_text(&job->options, "id"), *group = options_text(&job->options, "group-column");
    json_t *places = NULL, *own = NULL;
    int status = index_names(found->train, &own);
    if (status == FR_OK) status = index_names(found->test, &places);
    for (int64_t k = 0; status == FR_OK && k < found->p; k++)
        status = match_one(found, places, k);
    json_decref(own);
    json_decref(places);
    if (status == FR_OK && found->target >= 0)
        status =
            conformal_sheet_find(found->test, found->train->table.names[found->target], &found->target_test);
    if (status == FR_OK) status = mark_column(found->test, id, NULL, &found->id);
    if (status == FR_OK) status = mark_column(found->test, group, NULL, &found->group_test);
    return status == FR_OK ? warn_of_others(job, found) : status;
}

/* Without names: all columns of the training file, or all but the target. */
static int match_positions(columns *found)
{
    const conformal_sheet *train = found->train, *test = found->test;
    bool all = test->n_columns == train->n_columns;
    if (!all && !(found->target >= 0 && test->n_columns == train->n_columns - 1))
        return fr_fail(FR_EINPUT, "%s has %" PRId64 " column%s, %s has %" PRId64 "%s%s", test->path,
                       test->n_columns, test->n_columns == 1 ? "" : "s", train->path, train->n_columns,
                       found->target >= 0 ? " with the target" : "",
                       test->values != NULL && test->n_columns == 1 && test->n_rows == found->p
                           ? "; a single test point is an array of shape (1, p)"
                           : "");
    for (int64_t k = 0; k < found->p; k++)
        found->match[k] = found->feature[k] - (!all && found->target < found->feature[k]);
    if (all) found->target_test = found->target;
    if (found->group >= 0) found->group_test = found->group - (!all && found->target < found->group);
    return FR_OK;
}

static int match_columns(cli_job *job, columns *found)
{
    const conformal_sheet *train = found->train, *test = found->test;
    bool named = conformal_sheet_named(train), tests_named = conformal_sheet_named(test);
    found->match = fr_alloc(found->p, sizeof *found->match);
    if (found->match == NULL) return FR_ENOMEM;
    if (named && tests_named) return match_names(job, found);
    if (options_given(&job->options, "id") && !tests_named)
        return fr_fail(FR_EUSAGE, "--id needs a test table with column names; %s has none", test->path);
    if (named != tests_named && train->values == NULL && test->values == NULL)
        return fr_fail(FR_EINPUT, "%s has column names and %s has none; columns are matched by name",
                       named ? train->path : test->path, named ? test->path : train->path);
    return match_positions(found);
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

static int take_target(cli_job *job, const columns *found, double **y)
{
    int64_t n;
    if (found->target >= 0) return take_matrix(found->train, 1, &found->target, y);
    return conformal_vector_read(job, options_text(&job->options, "y"), options_text(&job->options, "target"),
                                 found->train->n_rows, "training points", y, &n);
}

static int take_values(cli_job *job, const columns *found, conformal_input *out)
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
    columns found = {.train = train,
                     .test = test,
                     .target = -1,
                     .target_test = -1,
                     .id = -1,
                     .group = -1,
                     .group_test = -1};
    int status = conformal_sheet_read(job, path, train);
    if (status == FR_OK) status = conformal_sheet_read(job, options_text(parsed, "test"), test);
    if (status == FR_OK && train->n_rows < 2)
        status = fr_fail(FR_EINPUT, "%s has one training point; at least two are needed", train->path);
    if (status == FR_OK) status = choose_features(job, &found);
    if (status == FR_OK) status = match_columns(job, &found);
    if (status == FR_OK) {
        out->data = (fr_conformal_data){.n = train->n_rows, .p = found.p, .m = test->n_rows};
        status = take_values(job, &found, out);
    }
    out->data.x = out->x;
    out->data.y = out->y;
    out->data.x_test = out->x_test;
    columns_free(&found);
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
