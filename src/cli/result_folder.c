/* summary.json and the tables of a result folder, read back. */
#include "result_folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int result_summary_read(const char *folder, json_t **out)
{
    char *path;
    int status = FR_OK;
    *out = NULL;
    if (asprintf(&path, "%s/summary.json", folder) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    if (access(path, F_OK) == 0) {
        json_error_t error;
        *out = json_load_file(path, 0, &error);
        if (*out == NULL)
            status = fr_fail(FR_EINPUT, "%s:%d: not valid JSON: %s", path, error.line, error.text);
    }
    free(path);
    return status;
}

const json_t *result_value(const json_t *summary, const char *path)
{
    const json_t *value = summary;
    while (value != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        char key[64];
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        value = json_object_get(value, key);
        path += length + (path[length] == '/');
    }
    return value;
}

double result_number(const json_t *summary, const char *path)
{
    const json_t *value = result_value(summary, path);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *result_string(const json_t *summary, const char *path)
{
    return json_string_value(result_value(summary, path));
}

int result_table_read(const char *folder, const char *name, fr_table *table, bool *there)
{
    char *path;
    memset(table, 0, sizeof *table);
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    *there = access(path, F_OK) == 0;
    int status = *there ? fr_table_read(path, NULL, table) : FR_OK;
    free(path);
    return status;
}

int result_column_copy(const fr_table *table, const char *name, double *values, int64_t stride)
{
    int64_t column;
    int status = fr_table_column(table, name, &column);
    for (int64_t row = 0; status == FR_OK && row < table->n_rows; row++) {
        if (*fr_table_text(table, row, column) == '\0')
            values[row * stride] = NAN;
        else
            status = fr_table_f64(table, row, column, &values[row * stride]);
    }
    return status;
}

int result_column(const fr_table *table, const char *name, double **values)
{
    *values = fr_alloc(table->n_rows, sizeof **values);
    return *values == NULL ? FR_ENOMEM : result_column_copy(table, name, *values, 1);
}
