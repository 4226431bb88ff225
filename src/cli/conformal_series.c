/* Tables of intervals read back: rows to sets, one series for each method in them. */
#include "conformal_results.h"

#include <data/number.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void conformal_series_free(conformal_series *series, int64_t n)
{
    for (int64_t s = 0; series != NULL && s < n; s++) {
        for (int64_t t = 0; series[s].test_id != NULL && t < series[s].sets.m; t++)
            fr_free(series[s].test_id[t]);
        fr_free(series[s].test_id);
        fr_free(series[s].method);
        fr_conformal_result_free(&series[s].sets);
    }
    fr_free(series);
}

/* ---- cells ---------------------------------------------------------------------------------------------------------------- */

/* One row of the table. */
typedef struct {
    int64_t point, level;
    fr_interval ends; /* not-a-number: empty */
    bool grid;
} row_cells;

typedef struct {
    const fr_table *table;
    int64_t id, alpha, lower, upper, method, state; /* columns, -1: there is none */
} table_columns;

static int64_t column_called(const fr_table *table, const char *name)
{
    for (int64_t k = 0; k < table->n_columns; k++)
        if (strcmp(table->names[k], name) == 0) return k;
    return -1;
}

static int find_columns(const fr_table *table, table_columns *out)
{
    int64_t lower, upper;
    int status = fr_table_column(table, "lower", &lower);
    if (status == FR_OK) status = fr_table_column(table, "upper", &upper);
    if (status != FR_OK) return status;
    *out = (table_columns){.table = table,
                           .lower = lower,
                           .upper = upper,
                           .id = column_called(table, "test_id"),
                           .alpha = column_called(table, "alpha"),
                           .method = column_called(table, "method"),
                           .state = column_called(table, "status")};
    return FR_OK;
}

/* A number, inf or -inf; an empty cell is not-a-number. */
static int take_end(const fr_table *table, int64_t row, int64_t column, double *value)
{
    const char *cell = fr_table_text(table, row, column);
    if (*cell == '\0')
        *value = NAN;
    else if (strcmp(cell, "inf") == 0 || strcmp(cell, "+inf") == 0)
        *value = INFINITY;
    else if (strcmp(cell, "-inf") == 0)
        *value = -INFINITY;
    else if (!fr_number_f64(cell, (int64_t)strlen(cell), value))
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64
                       ": column %s: expected a number, inf, -inf or an empty cell, found '%.40s'",
                       table->file, table->line[row], table->names[column], cell);
    return FR_OK;
}

static int take_ends(const table_columns *columns, int64_t row, fr_interval *ends)
{
    const fr_table *table = columns->table;
    int status = take_end(table, row, columns->lower, &ends->lower);
    if (status == FR_OK) status = take_end(table, row, columns->upper, &ends->upper);
    if (status == FR_OK && isnan(ends->lower) != isnan(ends->upper))
        status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": one end is missing; an empty set has none", table->file,
                         table->line[row]);
    if (status == FR_OK && ends->lower > ends->upper)
        status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": lower is %g, above upper, %g", table->file,
                         table->line[row], ends->lower, ends->upper);
    return status;
}

/* ---- points and levels ------------------------------------------------------------------------------------------------------ */

/* One series while it is being read: numbers of the points by id, levels, rows. */
typedef struct {
    json_t *point_of;
    int64_t n_rows, n_levels, level_room;
    double *levels;
    row_cells *rows; /* as many as the table has */
    char **id;
    int64_t m;
} reader;

static void reader_free(reader *read)
{
    json_decref(read->point_of);
    for (int64_t t = 0; read->id != NULL && t < read->m; t++)
        fr_free(read->id[t]);
    fr_free(read->id);
    fr_free(read->levels);
    fr_free(read->rows);
}

static int reader_new(int64_t n_rows, reader *read)
{
    *read = (reader){.point_of = json_object(),
                     .rows = fr_alloc(n_rows, sizeof *read->rows),
                     .id = fr_alloc(n_rows, sizeof *read->id)};
    return read->point_of == NULL || read->rows == NULL || read->id == NULL ? FR_ENOMEM : FR_OK;
}

static int take_point(const table_columns *columns, int64_t row, reader *read, int64_t *point)
{
    char number[32];
    const char *id = number;
    snprintf(number, sizeof number, "%" PRId64, read->n_rows);
    if (columns->id >= 0) id = fr_table_text(columns->table, row, columns->id);
    const json_t *known = json_object_get(read->point_of, id);
    *point = known != NULL ? (int64_t)json_integer_value(known) : read->m;
    if (known != NULL) return FR_OK;
    read->id[read->m] = fr_strdup(id);
    if (read->id[read->m] == NULL) return FR_ENOMEM;
    read->m++;
    return json_object_set_new_nocheck(read->point_of, id, json_integer(*point)) == 0
               ? FR_OK
               : fr_fail(FR_ENOMEM, "out of memory for the test points");
}

static int take_level(const table_columns *columns, int64_t row, double fallback, reader *read,
                      int64_t *level)
{
    double alpha = fallback;
    int status = columns->alpha >= 0 ? fr_table_f64(columns->table, row, columns->alpha, &alpha) : FR_OK;
    if (status != FR_OK) return status;
    for (*level = 0; *level < read->n_levels; (*level)++)
        if (read->levels[*level] == alpha) return FR_OK;
    if (!(alpha > 0 && alpha < 1))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": alpha must lie between 0 and 1, found %g",
                       columns->table->file, columns->table->line[row], alpha);
    double *moved = fr_realloc(read->levels, read->n_levels + 1, sizeof *moved);
    if (moved == NULL) return FR_ENOMEM;
    read->levels = moved;
    read->levels[read->n_levels++] = alpha;
    return FR_OK;
}

static int take_row(const table_columns *columns, int64_t row, double alpha, reader *read)
{
    row_cells *cells = &read->rows[read->n_rows];
    int status = take_point(columns, row, read, &cells->point);
    if (status == FR_OK) status = take_level(columns, row, alpha, read, &cells->level);
    if (status == FR_OK) status = take_ends(columns, row, &cells->ends);
    cells->grid =
        columns->state >= 0 && strcmp(fr_table_text(columns->table, row, columns->state), "grid") == 0;
    read->n_rows++;
    return status;
}

/* ---- rows to sets ------------------------------------------------------------------------------------------------------------ */

static int compare_rows(const void *a, const void *b)
{
    const row_cells *x = a, *y = b;
    if (x->point != y->point) return x->point < y->point ? -1 : 1;
    if (x->level != y->level) return x->level < y->level ? -1 : 1;
    return (x->ends.lower > y->ends.lower) - (x->ends.lower < y->ends.lower);
}

static uint8_t status_of(const fr_interval *pieces, int64_t count, bool grid)
{
    if (count == 0) return FR_CONFORMAL_EMPTY;
    if (isinf(pieces[0].lower) || isinf(pieces[count - 1].upper)) return FR_CONFORMAL_INFINITE;
    if (grid) return FR_CONFORMAL_ON_GRID;
    return count > 1 ? FR_CONFORMAL_DISCONNECTED : FR_CONFORMAL_PLAIN;
}

static int make_sets(reader *read, conformal_series *out)
{
    int64_t m = read->m, levels = read->n_levels, size;
    fr_conformal_result *sets = &out->sets;
    int status = fr_size_mul(m, levels, &size);
    if (status != FR_OK) return status;
    *sets = (fr_conformal_result){.m = m,
                                  .n_alphas = levels,
                                  .first = fr_alloc(size + 1, sizeof *sets->first),
                                  .pieces = fr_alloc(read->n_rows, sizeof *sets->pieces),
                                  .status = fr_alloc(size, 1),
                                  .centre = fr_alloc(m, sizeof *sets->centre),
                                  .guarantee = fr_alloc(levels, sizeof *sets->guarantee)};
    sets->alphas = read->levels;
    read->levels = NULL;
    out->test_id = read->id;
    read->id = NULL;
    if (sets->first == NULL || sets->pieces == NULL || sets->status == NULL || sets->centre == NULL ||
        sets->guarantee == NULL)
        return FR_ENOMEM;
    qsort(read->rows, (size_t)read->n_rows, sizeof *read->rows, compare_rows);
    int64_t row = 0, piece = 0;
    for (int64_t set = 0; set < size; set++) {
        bool grid = false, any = false;
        sets->first[set] = piece;
        for (; row < read->n_rows && read->rows[row].point * levels + read->rows[row].level == set; row++) {
            any = true;
            grid = grid || read->rows[row].grid;
            if (!isnan(read->rows[row].ends.lower)) sets->pieces[piece++] = read->rows[row].ends;
        }
        if (!any)
            return fr_fail(FR_EINPUT, "test point '%s' has no row at alpha %g", out->test_id[set / levels],
                           sets->alphas[set % levels]);
        sets->status[set] = status_of(sets->pieces + sets->first[set], piece - sets->first[set], grid);
    }
    sets->first[size] = piece;
    for (int64_t t = 0; t < m; t++)
        sets->centre[t] = NAN;
    for (int64_t a = 0; a < levels; a++)
        sets->guarantee[a] = NAN;
    return FR_OK;
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

static int read_series(const table_columns *columns, const conformal_names *names, double alpha,
                       const int64_t *method_of, conformal_series *series)
{
    int status = FR_OK;
    for (int64_t s = 0; status == FR_OK && s < names->n; s++) {
        reader read;
        series[s].method = fr_strdup(names->names[s]);
        status = reader_new(columns->table->n_rows, &read);
        if (series[s].method == NULL) status = FR_ENOMEM;
        for (int64_t row = 0; status == FR_OK && row < columns->table->n_rows; row++)
            if (method_of[row] == s) status = take_row(columns, row, alpha, &read);
        if (status == FR_OK) status = make_sets(&read, &series[s]);
        reader_free(&read);
    }
    return status;
}

static int read_table(const fr_table *table, double alpha, conformal_series **series, int64_t *n)
{
    table_columns columns;
    conformal_names names = {0};
    int64_t *method_of = fr_alloc(table->n_rows, sizeof *method_of);
    int status = method_of == NULL ? FR_ENOMEM : find_columns(table, &columns);
    for (int64_t row = 0; status == FR_OK && row < table->n_rows; row++)
        status = conformal_names_number(
            &names, columns.method >= 0 ? fr_table_text(table, row, columns.method) : "", &method_of[row]);
    if (status == FR_OK) *series = fr_alloc(names.n, sizeof **series);
    if (status == FR_OK && *series == NULL) status = FR_ENOMEM;
    if (status == FR_OK) {
        *n = names.n;
        status = read_series(&columns, &names, alpha, method_of, *series);
    }
    conformal_names_free(&names);
    fr_free(method_of);
    return status;
}

int conformal_series_read(const char *path, double alpha, conformal_series **series, int64_t *n)
{
    fr_table table;
    *series = NULL;
    *n = 0;
    int status = fr_table_read(path, NULL, &table);
    if (status != FR_OK) return status;
    status = table.n_rows > 0 ? read_table(&table, alpha, series, n)
                              : fr_fail(FR_EINPUT, "%s: the table has a heading but no rows", path);
    fr_table_free(&table);
    if (status != FR_OK) {
        conformal_series_free(*series, *n);
        *series = NULL;
        *n = 0;
    }
    return status;
}
