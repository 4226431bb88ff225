/* The columns of training and test points. Columns of named tables are matched by name, whatever their order; a name that is
 * missing, or that stands twice, is told. */
#include "conformal_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void conformal_columns_free(conformal_columns *columns)
{
    fr_free(columns->feature);
    fr_free(columns->match);
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

static int choose_features(cli_job *job, conformal_columns *found)
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

static int match_one(const conformal_columns *found, const json_t *places, int64_t k)
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
static int warn_of_others(cli_job *job, const conformal_columns *found)
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

static int match_names(cli_job *job, conformal_columns *found)
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
static int match_positions(conformal_columns *found)
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

static int match_columns(cli_job *job, conformal_columns *found)
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

int conformal_columns_find(cli_job *job, const conformal_sheet *train, const conformal_sheet *test,
                           conformal_columns *out)
{
    *out = (conformal_columns){.train = train,
                               .test = test,
                               .target = -1,
                               .target_test = -1,
                               .id = -1,
                               .group = -1,
                               .group_test = -1};
    int status = choose_features(job, out);
    return status == FR_OK ? match_columns(job, out) : status;
}
