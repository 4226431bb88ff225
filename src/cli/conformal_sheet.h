/* A file of numbers: a table of text with or without column names, or a NumPy array; packed or not. What it is goes by its
 * first bytes. A number that is missing or not finite is refused with its place. */
#ifndef FRUGAL_CLI_CONFORMAL_SHEET_H
#define FRUGAL_CLI_CONFORMAL_SHEET_H

#include "job.h"

typedef struct {
    const char *path;
    int64_t n_rows, n_columns;
    fr_table table; /* zero for an array */
    double *values; /* of an array, row-major; NULL for a table */
} conformal_sheet;

/* Reads a file and notes its checksum. An array of one dimension is a column; one of more than two is FR_EINPUT. */
int conformal_sheet_read(cli_job *job, const char *path, conformal_sheet *out);
/* Takes arrays of any dimensions: the last one gives the columns. */
int conformal_stack_read(cli_job *job, const char *path, conformal_sheet *out);
/* Columns of a table are separated by commas alone, so that a cell may hold blanks. */
int conformal_lines_read(cli_job *job, const char *path, conformal_sheet *out);
void conformal_sheet_free(conformal_sheet *sheet);

bool conformal_sheet_named(const conformal_sheet *sheet);
/* A column by its name, or by its number from 1 where there are no names (or none of that name). FR_EINPUT with the
 * nearest name. */
int conformal_sheet_column(const conformal_sheet *sheet, const char *name, int64_t *column);
/* The same, -1 where there is none. A name that stands twice is FR_EINPUT. */
int conformal_sheet_find(const conformal_sheet *sheet, const char *name, int64_t *column);
/* Is the cell empty, NA or not-a-number, as truths that are not known yet may be? */
bool conformal_sheet_unknown(const conformal_sheet *sheet, int64_t row, int64_t column);
int conformal_sheet_f64(const conformal_sheet *sheet, int64_t row, int64_t column, double *value);
int conformal_sheet_i64(const conformal_sheet *sheet, int64_t row, int64_t column, int64_t *value);
/* The place of a cell for messages: "y.csv:7" or "y.npy[6]". */
void conformal_sheet_place(const conformal_sheet *sheet, int64_t row, char *text, size_t size);

/* The only column of a file, or the one called `name` (NULL: the only one). Its rows must be `expected` unless that is
 * -1; `of` says in messages what they belong to, such as "test points". Free with fr_free. */
int conformal_vector_read(cli_job *job, const char *path, const char *name, int64_t expected, const char *of,
                          double **values, int64_t *n);

#endif
