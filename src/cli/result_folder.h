/* A result folder read back for its figures and its report: summary.json and tables. */
#ifndef FRUGAL_CLI_RESULT_FOLDER_H
#define FRUGAL_CLI_RESULT_FOLDER_H

#include <frugal/core.h>
#include <frugal/data.h>

#include <jansson.h>

/* summary.json of the folder; *out NULL where there is none. Release with json_decref. */
int result_summary_read(const char *folder, json_t **out);
/* A member by a path such as "metrics/r_squared"; NULL / NAN / NULL if absent. */
const json_t *result_value(const json_t *summary, const char *path);
double result_number(const json_t *summary, const char *path);
const char *result_string(const json_t *summary, const char *path);

/* FOLDER/name if it is there; *there says whether. */
int result_table_read(const char *folder, const char *name, fr_table *table, bool *there);
/* One column into values[0], values[stride], ...; an empty cell is not-a-number. */
int result_column_copy(const fr_table *table, const char *name, double *values, int64_t stride);
/* One column as an array of its own, to be freed with fr_free. */
int result_column(const fr_table *table, const char *name, double **values);

#endif
