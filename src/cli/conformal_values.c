/* The smaller inputs: levels, labels of groups and classes, chosen rows, folds, ranges. */
#include "conformal_inputs.h"

#include <data/number.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option level_rows[] = {
    {.name = "alpha",
     .letter = 'a',
     .type = OPTION_NUMBERS,
     .value = "A,B,...",
     .fallback = "0.1",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "miscoverage: sets miss the truth with at most this probability (see the guarantee)"},
    {.name = NULL},
};
const option_group conformal_level_options = {"Level", level_rows, false};

int conformal_levels(cli_job *job, const double **alphas, int64_t *n_alphas)
{
    const option_value *value = options_find(&job->options, "alpha");
    for (int64_t a = 0; a < value->n_numbers; a++)
        for (int64_t b = 0; b < a; b++)
            if (value->numbers[a] == value->numbers[b])
                return fr_fail(FR_EUSAGE, "--alpha lists %g twice", value->numbers[a]);
    *alphas = value->numbers;
    *n_alphas = value->n_numbers;
    return FR_OK;
}

/* A number, or -inf or inf for an end that is open. */
static bool read_end(const char *text, int64_t length, double *end)
{
    bool below = length == 4 && strncmp(text, "-inf", 4) == 0,
         above = length == 3 && strncmp(text, "inf", 3) == 0;
    if (below || above) *end = below ? -INFINITY : INFINITY;
    return below || above || fr_number_f64(text, length, end);
}

int conformal_range(const cli_options *parsed, const char *name, double *low, double *high)
{
    const char *text = options_text(parsed, name), *colon = strchr(text, ':');
    bool good = colon != NULL && read_end(text, colon - text, low) &&
                read_end(colon + 1, (int64_t)strlen(colon + 1), high) && *low < *high;
    return good ? FR_OK
                : fr_fail(FR_EUSAGE, "--%s must be two numbers such as -3:4.5, the lower first, found '%s'",
                          name, text);
}

int conformal_refuse(const cli_options *parsed, const char *const *names, const char *what)
{
    for (; *names != NULL; names++)
        if (options_given(parsed, *names)) return fr_fail(FR_EUSAGE, "--%s is for %s", *names, what);
    return FR_OK;
}

/* ---- labels ------------------------------------------------------------------------------------------------------------- */

void conformal_names_free(conformal_names *names)
{
    for (int64_t k = 0; k < names->n; k++)
        fr_free(names->names[k]);
    fr_free(names->names);
    *names = (conformal_names){0};
}

int conformal_names_number(conformal_names *names, const char *text, int64_t *number)
{
    for (*number = 0; *number < names->n; (*number)++)
        if (strcmp(names->names[*number], text) == 0) return FR_OK;
    if (names->n == names->room) {
        int64_t room = names->room == 0 ? 16 : 2 * names->room;
        char **moved = fr_realloc(names->names, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        names->names = moved;
        names->room = room;
    }
    names->names[names->n] = fr_strdup(text);
    if (names->names[names->n] == NULL) return FR_ENOMEM;
    names->n++;
    return FR_OK;
}

/* A first label that is a word looks like a heading. */
static int read_without_heading(const char *path, conformal_sheet *sheet)
{
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_NO;
    settings.delimiter = ',';
    fr_table_free(&sheet->table);
    int status = fr_table_read(path, &settings, &sheet->table);
    sheet->n_rows = sheet->table.n_rows;
    return status;
}

static int take_labels(const conformal_sheet *sheet, conformal_names *names, int64_t *labels)
{
    int status = FR_OK;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++) {
        char number[32];
        const char *text = number;
        int64_t whole;
        if (sheet->values != NULL) {
            status = conformal_sheet_i64(sheet, row, 0, &whole);
            if (status == FR_OK) snprintf(number, sizeof number, "%" PRId64, whole);
        } else {
            text = fr_table_text(&sheet->table, row, 0);
            if (strpbrk(text, "\t;") != NULL)
                status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": one label was expected, found several columns",
                                 sheet->path, sheet->table.line[row]);
            else if (*text == '\0')
                status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": a label was expected, found an empty cell",
                                 sheet->path, sheet->table.line[row]);
        }
        if (status == FR_OK) status = conformal_names_number(names, text, &labels[row]);
    }
    return status;
}

int conformal_labels_read(cli_job *job, const char *path, int64_t expected, const char *of,
                          conformal_names *names, int64_t **labels, int64_t *n)
{
    conformal_sheet sheet;
    *labels = NULL;
    int status = conformal_lines_read(job, path, &sheet);
    if (status != FR_OK) return status;
    if (sheet.values != NULL && sheet.n_rows == 1) { /* an array of shape 1 x n */
        sheet.n_rows = sheet.n_columns;
        sheet.n_columns = 1;
    }
    if (sheet.n_columns != 1)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " columns; one of labels was expected", path,
                         sheet.n_columns);
    if (status == FR_OK && conformal_sheet_named(&sheet) && expected >= 0 && sheet.n_rows == expected - 1)
        status = read_without_heading(path, &sheet);
    if (status == FR_OK && expected >= 0 && sheet.n_rows != expected)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " labels for %" PRId64 " %s", path, sheet.n_rows,
                         expected, of);
    if (status == FR_OK) *labels = fr_alloc(sheet.n_rows, sizeof **labels);
    if (status == FR_OK && *labels == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = take_labels(&sheet, names, *labels);
    *n = sheet.n_rows;
    conformal_sheet_free(&sheet);
    if (status != FR_OK) {
        fr_free(*labels);
        *labels = NULL;
    }
    return status;
}

/* ---- rows and folds ------------------------------------------------------------------------------------------------------ */

/* A column of whole numbers; *n of them. */
static int read_whole(cli_job *job, const char *path, conformal_sheet *sheet, int64_t **values)
{
    *values = NULL;
    int status = conformal_sheet_read(job, path, sheet);
    if (status != FR_OK) return status;
    if (sheet->values != NULL && sheet->n_rows == 1) {
        sheet->n_rows = sheet->n_columns;
        sheet->n_columns = 1;
    }
    if (sheet->n_columns != 1)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " columns; one of whole numbers was expected", path,
                         sheet->n_columns);
    if (status == FR_OK) *values = fr_alloc(sheet->n_rows, sizeof **values);
    if (status == FR_OK && *values == NULL) status = FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++)
        status = conformal_sheet_i64(sheet, row, 0, &(*values)[row]);
    return status;
}

static int mark_rows(const conformal_sheet *sheet, const int64_t *rows, int64_t n, uint8_t *flags)
{
    char place[4200];
    for (int64_t k = 0; k < sheet->n_rows; k++) {
        bool outside = rows[k] < 0 || rows[k] >= n;
        if (!outside && !flags[rows[k]]) {
            flags[rows[k]] = 1;
            continue;
        }
        conformal_sheet_place(sheet, k, place, sizeof place);
        if (outside)
            return fr_fail(FR_EINPUT, "%s: a row from 0 to %" PRId64 " was expected, found %" PRId64, place,
                           n - 1, rows[k]);
        return fr_fail(FR_EINPUT, "%s: row %" PRId64 " is listed twice", place, rows[k]);
    }
    return sheet->n_rows < n
               ? FR_OK
               : fr_fail(FR_EINPUT, "%s lists all %" PRId64 " rows, none is left for the other part",
                         sheet->path, n);
}

int conformal_rows_read(cli_job *job, const char *path, int64_t n, uint8_t **flags)
{
    conformal_sheet sheet = {0};
    int64_t *rows;
    int status = read_whole(job, path, &sheet, &rows);
    *flags = status == FR_OK ? fr_alloc(n, sizeof **flags) : NULL;
    if (status == FR_OK && *flags == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = mark_rows(&sheet, rows, n, *flags);
    fr_free(rows);
    conformal_sheet_free(&sheet);
    if (status != FR_OK) {
        fr_free(*flags);
        *flags = NULL;
    }
    return status;
}

/* Folds are 0 .. K-1, each with a row. */
static int count_folds(const conformal_sheet *sheet, const int64_t *folds, int64_t n, int64_t *n_folds)
{
    char place[4200];
    *n_folds = 0;
    for (int64_t row = 0; row < n; row++) {
        if (folds[row] < 0 || folds[row] >= n) {
            conformal_sheet_place(sheet, row, place, sizeof place);
            return fr_fail(FR_EINPUT, "%s: a fold from 0 to %" PRId64 " was expected, found %" PRId64, place,
                           n - 1, folds[row]);
        }
        if (folds[row] >= *n_folds) *n_folds = folds[row] + 1;
    }
    uint8_t *seen = fr_alloc(*n_folds, sizeof *seen);
    if (seen == NULL) return FR_ENOMEM;
    int status = *n_folds > 1 ? FR_OK : fr_fail(FR_EINPUT, "%s: all rows are in one fold", sheet->path);
    for (int64_t row = 0; row < n; row++)
        seen[folds[row]] = 1;
    for (int64_t k = 0; status == FR_OK && k < *n_folds; k++)
        if (!seen[k])
            status = fr_fail(FR_EINPUT, "%s: fold %" PRId64 " has no row, fold %" PRId64 " has", sheet->path,
                             k, *n_folds - 1);
    fr_free(seen);
    return status;
}

int conformal_folds_read(cli_job *job, const char *path, int64_t n, int64_t **folds, int64_t *n_folds)
{
    conformal_sheet sheet = {0};
    int status = read_whole(job, path, &sheet, folds);
    if (status == FR_OK && sheet.n_rows != n)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " folds for %" PRId64 " training points", path,
                         sheet.n_rows, n);
    if (status == FR_OK) status = count_folds(&sheet, *folds, n, n_folds);
    conformal_sheet_free(&sheet);
    if (status != FR_OK) {
        fr_free(*folds);
        *folds = NULL;
    }
    return status;
}
