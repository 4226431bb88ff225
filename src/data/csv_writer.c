/* CSV files, written so that our own reader and everybody else's gives back the same numbers and texts. */
#include <frugal/data.h>

#include "file.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct fr_csv {
    fr_file file;
    char *name;        /* for messages */
    int64_t n_columns; /* of the header; 0 without one */
    int64_t n_cells;   /* written in the current row */
    int64_t row;       /* 1-based, the header not counted */
    bool blank;        /* the row's only cell so far is empty */
    int status;        /* of the first row that does not fit the header */
};

/* Columns of a header line, commas inside quotes not counted. */
static int64_t count_columns(const char *header)
{
    int64_t n = 1;
    bool quoted = false;
    for (; *header != '\0'; header++) {
        if (*header == '"') quoted = !quoted;
        n += *header == ',' && !quoted;
    }
    return n;
}

int fr_csv_create(const char *path, const char *header, fr_csv **out)
{
    *out = NULL;
    fr_csv *csv = fr_alloc(1, sizeof *csv);
    if (csv == NULL) return FR_ENOMEM;
    csv->row = 1;
    csv->name = fr_strdup(path);
    int status = csv->name == NULL ? FR_ENOMEM : fr_file_create(path, &csv->file);
    if (status != FR_OK) {
        fr_free(csv->name);
        fr_free(csv);
        return status;
    }
    if (header != NULL) {
        csv->n_columns = count_columns(header);
        fr_file_put(&csv->file, header, (int64_t)strlen(header));
        fr_file_put(&csv->file, "\n", 1);
    }
    *out = csv;
    return FR_OK;
}

static void put_cell(fr_csv *csv, const char *text, int64_t length)
{
    if (csv->n_cells++ > 0) fr_file_put(&csv->file, ",", 1);
    csv->blank = csv->n_cells == 1 && length == 0;
    fr_file_put(&csv->file, text, length);
}

void fr_csv_f64(fr_csv *csv, double value)
{
    char text[FR_NUMBER_ROOM];
    put_cell(csv, text, isnan(value) ? 0 : fr_number_format(value, text));
}

void fr_csv_i64(fr_csv *csv, int64_t value)
{
    char text[FR_NUMBER_ROOM];
    put_cell(csv, text, snprintf(text, sizeof text, "%" PRId64, value));
}

/* Quotes keep separators and line ends inside the cell, blanks at its ends, and a leading # from being a comment. */
static bool needs_quotes(const char *text, size_t length)
{
    return length > 0 && (strpbrk(text, ",;\t\"\r\n") != NULL || *text == '#' || fr_is_blank(*text) ||
                          fr_is_blank(text[length - 1]));
}

void fr_csv_text(fr_csv *csv, const char *text)
{
    if (text == NULL) text = "";
    size_t length = strlen(text);
    if (!needs_quotes(text, length)) {
        put_cell(csv, text, (int64_t)length);
        return;
    }
    put_cell(csv, "\"", 1);
    while (*text != '\0') {
        size_t run = strcspn(text, "\"");
        fr_file_put(&csv->file, text, (int64_t)run);
        text += run;
        if (*text != '"') break;
        fr_file_put(&csv->file, "\"\"", 2);
        text++;
    }
    fr_file_put(&csv->file, "\"", 1);
}

void fr_csv_end_row(fr_csv *csv)
{
    if (csv->n_columns > 0 && csv->n_cells != csv->n_columns && csv->status == FR_OK)
        csv->status = fr_fail(FR_EUSAGE, "%s: row %" PRId64 " has %" PRId64 " cells, the header %" PRId64,
                              csv->name, csv->row, csv->n_cells, csv->n_columns);
    if (csv->blank || csv->n_cells == 0) fr_file_put(&csv->file, "\"\"", 2); /* readers skip blank lines */
    fr_file_put(&csv->file, "\n", 1);
    csv->n_cells = 0;
    csv->blank = false;
    csv->row++;
}

int fr_csv_close(fr_csv *csv)
{
    if (csv == NULL) return FR_OK;
    if (csv->n_cells > 0) fr_csv_end_row(csv);
    int status = csv->status;
    if (status == FR_OK)
        status = fr_file_commit(&csv->file);
    else
        fr_file_discard(&csv->file);
    fr_free(csv->name);
    fr_free(csv);
    return status;
}
