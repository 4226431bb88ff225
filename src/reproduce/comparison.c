/* Rows of reported, expected and obtained numbers with a verdict each, and comparison.csv, which holds them. */
#include "reproduce.h"

#include <frugal/data.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Differences to the first value, so that equal values have that mean and no error. */
void reproduce_mean(const double *values, int64_t n, int64_t stride, double *mean, double *error)
{
    double sum = 0, squares = 0;
    for (int64_t k = 0; k < n; k++)
        sum += values[k * stride] - values[0];
    *mean = values[0] + sum / (double)n;
    for (int64_t k = 0; k < n; k++)
        squares += (values[k * stride] - *mean) * (values[k * stride] - *mean);
    *error = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : NAN;
}

static reproduce_verdict judge(const reproduce_row *row)
{
    double reference = isfinite(row->expected) ? row->expected : row->reported;
    if (!isfinite(reference) || !isfinite(row->tolerance)) return REPRODUCE_OPEN;
    return fabs(row->obtained - reference) <= row->tolerance ? REPRODUCE_AGREES : REPRODUCE_DIFFERS;
}

int reproduce_add(reproduce_comparison *comparison, const reproduce_row *row)
{
    if (comparison->n == comparison->room) {
        int64_t room = comparison->room > 0 ? 2 * comparison->room : 64;
        reproduce_row *more = fr_realloc(comparison->rows, room, sizeof *more);
        if (more == NULL) return FR_ENOMEM;
        comparison->rows = more;
        comparison->room = room;
    }
    comparison->rows[comparison->n] = *row;
    comparison->rows[comparison->n++].verdict = judge(row);
    return FR_OK;
}

const reproduce_row *reproduce_find_row(const reproduce_comparison *comparison, const char *table,
                                        const char *setting, const char *quantity)
{
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        if (strcmp(row->table, table) == 0 && strcmp(row->setting, setting) == 0 &&
            strcmp(row->quantity, quantity) == 0)
            return row;
    }
    return NULL;
}

int64_t reproduce_count(const reproduce_comparison *comparison, reproduce_verdict verdict)
{
    int64_t n = 0;
    for (int64_t k = 0; k < comparison->n; k++)
        n += comparison->rows[k].verdict == verdict;
    return n;
}

const char *reproduce_verdict_text(reproduce_verdict verdict)
{
    return verdict == REPRODUCE_AGREES ? "agrees" : verdict == REPRODUCE_DIFFERS ? "differs" : "open";
}

void reproduce_comparison_free(reproduce_comparison *comparison)
{
    fr_free(comparison->rows);
    *comparison = (reproduce_comparison){0};
}

/* ---- comparison.csv -------------------------------------------------------------------------------------------------- */

int reproduce_write(const reproduce_comparison *comparison, const char *path)
{
    fr_csv *csv;
    int status = fr_csv_create(path,
                               "table,setting,quantity,reported,expected,expected_error,obtained,"
                               "obtained_error,tolerance,verdict",
                               &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        fr_csv_text(csv, row->table);
        fr_csv_text(csv, row->setting);
        fr_csv_text(csv, row->quantity);
        fr_csv_f64(csv, row->reported);
        fr_csv_f64(csv, row->expected);
        fr_csv_f64(csv, row->expected_error);
        fr_csv_f64(csv, row->obtained);
        fr_csv_f64(csv, row->obtained_error);
        fr_csv_f64(csv, row->tolerance);
        fr_csv_text(csv, reproduce_verdict_text(row->verdict));
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* An empty cell is a number that there is not. */
static int read_number(const fr_table *table, int64_t row, int64_t column, double *value)
{
    *value = NAN;
    if (*fr_table_text(table, row, column) == '\0') return FR_OK;
    return fr_table_f64(table, row, column, value);
}

static int read_row(const fr_table *table, int64_t k, reproduce_row *row)
{
    double *const numbers[] = {&row->reported, &row->expected,       &row->expected_error,
                               &row->obtained, &row->obtained_error, &row->tolerance};
    snprintf(row->table, sizeof row->table, "%s", fr_table_text(table, k, 0));
    snprintf(row->setting, sizeof row->setting, "%s", fr_table_text(table, k, 1));
    snprintf(row->quantity, sizeof row->quantity, "%s", fr_table_text(table, k, 2));
    for (int64_t column = 0; column < 6; column++) {
        int status = read_number(table, k, 3 + column, numbers[column]);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

int reproduce_read(const char *path, reproduce_comparison *out)
{
    const fr_table_settings settings = {.delimiter = ',', .header = FR_HEADER_YES};
    fr_table table;
    *out = (reproduce_comparison){0};
    int status = fr_table_read(path, &settings, &table);
    if (status != FR_OK) return status;
    if (table.n_columns != 10)
        status = fr_fail(FR_EINPUT, "%s: expected 10 columns, found %lld", path, (long long)table.n_columns);
    for (int64_t k = 0; status == FR_OK && k < table.n_rows; k++) {
        reproduce_row row = {0};
        status = read_row(&table, k, &row);
        if (status == FR_OK) status = reproduce_add(out, &row);
    }
    fr_table_free(&table);
    if (status != FR_OK) reproduce_comparison_free(out);
    return status;
}
