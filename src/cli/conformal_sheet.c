/* Files of numbers, text or .npy, behind one face. */
#include "conformal_sheet.h"

#include <data/number.h>

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void conformal_sheet_free(conformal_sheet *sheet)
{
    fr_table_free(&sheet->table);
    fr_free(sheet->values);
    *sheet = (conformal_sheet){0};
}

static int take_array(const char *bytes, int64_t size, int most_dimensions, conformal_sheet *out)
{
    fr_array array = {0};
    int status = fr_npy_parse(bytes, size, out->path, &array);
    if (status == FR_OK && (array.n_dimensions == 0 || fr_array_count(&array) == 0))
        status = fr_fail(FR_EINPUT, "%s: the array is empty; rows of numbers were expected", out->path);
    if (status == FR_OK && array.n_dimensions > most_dimensions)
        status = fr_fail(FR_EINPUT, "%s: an array of %d dimensions; rows and columns were expected",
                         out->path, (int)array.n_dimensions);
    if (status == FR_OK) status = fr_array_to_f64(&array, &out->values);
    if (status == FR_OK) {
        out->n_columns = array.n_dimensions == 1 ? 1 : array.shape[array.n_dimensions - 1];
        out->n_rows = fr_array_count(&array) / out->n_columns;
    }
    fr_array_free(&array);
    return status;
}

static int take_table(const char *bytes, int64_t size, char delimiter, conformal_sheet *out)
{
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.delimiter = delimiter;
    int status = fr_table_parse(bytes, size, out->path, &settings, &out->table);
    if (status == FR_OK && out->table.n_rows == 0)
        status = fr_fail(FR_EINPUT, "%s: the table has a heading but no rows", out->path);
    out->n_rows = out->table.n_rows;
    out->n_columns = out->table.n_columns;
    return status;
}

static int read_file(cli_job *job, const char *path, int most_dimensions, char delimiter,
                     conformal_sheet *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (conformal_sheet){.path = path};
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK)
        status = size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0
                     ? take_array(bytes, size, most_dimensions, out)
                     : take_table(bytes, size, delimiter, out);
    fr_free(bytes);
    if (status != FR_OK) conformal_sheet_free(out);
    return status;
}

int conformal_sheet_read(cli_job *job, const char *path, conformal_sheet *out)
{
    return read_file(job, path, 2, 0, out);
}

int conformal_stack_read(cli_job *job, const char *path, conformal_sheet *out)
{
    return read_file(job, path, INT_MAX, 0, out);
}

int conformal_lines_read(cli_job *job, const char *path, conformal_sheet *out)
{
    return read_file(job, path, 2, ',', out);
}

/* ---- columns -------------------------------------------------------------------------------------------------------- */

bool conformal_sheet_named(const conformal_sheet *sheet)
{
    return sheet->table.names != NULL;
}

int conformal_sheet_find(const conformal_sheet *sheet, const char *name, int64_t *column)
{
    *column = -1;
    for (int64_t k = 0; conformal_sheet_named(sheet) && k < sheet->n_columns; k++) {
        if (strcmp(sheet->table.names[k], name) != 0) continue;
        if (*column >= 0) return fr_fail(FR_EINPUT, "%s: two columns are named '%s'", sheet->path, name);
        *column = k;
    }
    return FR_OK;
}

int conformal_sheet_column(const conformal_sheet *sheet, const char *name, int64_t *column)
{
    int64_t number;
    int status = conformal_sheet_find(sheet, name, column);
    if (status != FR_OK || *column >= 0) return status;
    if (fr_number_i64(name, (int64_t)strlen(name), &number) && number >= 1 && number <= sheet->n_columns) {
        *column = number - 1;
        return FR_OK;
    }
    if (!conformal_sheet_named(sheet))
        return fr_fail(FR_EINPUT,
                       "%s has no column names: name a column by its number, from 1 to %" PRId64
                       ", found '%s'",
                       sheet->path, sheet->n_columns, name);
    const char *near = suggest(name, (const char *const *)(uintptr_t)sheet->table.names, sheet->n_columns);
    if (near != NULL)
        return fr_fail(FR_EINPUT, "%s: no column '%s'; did you mean '%s'?", sheet->path, name, near);
    return fr_table_column(&sheet->table, name, column); /* fails, and lists the columns */
}

/* ---- cells ---------------------------------------------------------------------------------------------------------- */

void conformal_sheet_place(const conformal_sheet *sheet, int64_t row, char *text, size_t size)
{
    if (sheet->values != NULL)
        snprintf(text, size, "%s[%" PRId64 "]", sheet->path, row);
    else
        snprintf(text, size, "%s:%" PRId64, sheet->path, sheet->table.line[row]);
}

bool conformal_sheet_unknown(const conformal_sheet *sheet, int64_t row, int64_t column)
{
    if (sheet->values != NULL) return isnan(sheet->values[row * sheet->n_columns + column]);
    const char *cell = fr_table_text(&sheet->table, row, column);
    return *cell == '\0' || strcasecmp(cell, "NA") == 0 || strcasecmp(cell, "nan") == 0;
}

/* A cell that is no number: words are perhaps categories, and nothing may be an observation that is missing. */
static int refuse_cell(const conformal_sheet *sheet, int64_t row, int64_t column)
{
    const char *cell = fr_table_text(&sheet->table, row, column), *hint = "";
    const char *name = conformal_sheet_named(sheet) ? sheet->table.names[column] : "";
    int64_t length = (int64_t)strlen(cell);
    char quoted[64] = "an empty cell", place[4200];
    if (length > 0) snprintf(quoted, sizeof quoted, "'%.40s%s'", cell, length > 40 ? "..." : "");
    if (length == 0 || fr_number_is_special(cell, length))
        hint = "; rows with missing values have to be filled in or left out";
    else if (strchr(cell, ',') != NULL)
        hint = "; numbers are written with a decimal point, not a comma";
    else if (strpbrk(cell, "0123456789") == NULL)
        hint = "; turn categories into numbers (a column of 0 and 1 for each), or leave the column out by "
               "--ignore";
    conformal_sheet_place(sheet, row, place, sizeof place);
    return fr_fail(FR_EINPUT, "%s: column %" PRId64 "%s%s%s: expected a finite number, found %s%s", place,
                   column + 1, *name != '\0' ? " (" : "", name, *name != '\0' ? ")" : "", quoted, hint);
}

int conformal_sheet_f64(const conformal_sheet *sheet, int64_t row, int64_t column, double *value)
{
    if (sheet->values != NULL) {
        *value = sheet->values[row * sheet->n_columns + column];
        if (isfinite(*value)) return FR_OK;
        return fr_fail(FR_EINPUT,
                       "%s[%" PRId64 ", %" PRId64 "] (row and column from 0): expected a finite number, "
                       "found %g",
                       sheet->path, row, column, *value);
    }
    const char *cell = fr_table_text(&sheet->table, row, column);
    return fr_number_f64(cell, (int64_t)strlen(cell), value) ? FR_OK : refuse_cell(sheet, row, column);
}

int conformal_sheet_i64(const conformal_sheet *sheet, int64_t row, int64_t column, int64_t *value)
{
    if (sheet->values == NULL) return fr_table_i64(&sheet->table, row, column, value);
    double number = sheet->values[row * sheet->n_columns + column];
    if (!(fabs(number) <= 9007199254740992.0) || floor(number) != number)
        return fr_fail(FR_EINPUT, "%s[%" PRId64 "]: expected a whole number, found %.10g", sheet->path, row,
                       number);
    *value = (int64_t)number;
    return FR_OK;
}

/* ---- one column ----------------------------------------------------------------------------------------------------- */

/* The column called `name`, or the only one there is. */
static int one_column(const conformal_sheet *sheet, const char *name, int64_t *column)
{
    *column = 0;
    if (sheet->n_columns == 1) return FR_OK;
    if (name == NULL)
        return fr_fail(FR_EINPUT, "%s has %" PRId64 " columns; one was expected", sheet->path,
                       sheet->n_columns);
    return conformal_sheet_column(sheet, name, column);
}

int conformal_vector_read(cli_job *job, const char *path, const char *name, int64_t expected, const char *of,
                          double **values, int64_t *n)
{
    conformal_sheet sheet;
    int64_t column;
    *values = NULL;
    int status = conformal_sheet_read(job, path, &sheet);
    if (status != FR_OK) return status;
    if (sheet.values != NULL && sheet.n_rows == 1) { /* an array of shape 1 x n */
        sheet.n_rows = sheet.n_columns;
        sheet.n_columns = 1;
    }
    status = one_column(&sheet, name, &column);
    if (status == FR_OK && expected >= 0 && sheet.n_rows != expected)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " values for %" PRId64 " %s", path, sheet.n_rows,
                         expected, of);
    if (status == FR_OK) *values = fr_alloc(sheet.n_rows, sizeof **values);
    if (status == FR_OK && *values == NULL) status = FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet.n_rows; row++)
        status = conformal_sheet_f64(&sheet, row, column, &(*values)[row]);
    *n = sheet.n_rows;
    conformal_sheet_free(&sheet);
    if (status != FR_OK) {
        fr_free(*values);
        *values = NULL;
    }
    return status;
}
