/* Tables of text: comma, tab, semicolon or white-space separated, with quotes as in RFC 4180 ("" inside quotes is a
 * quote, line ends inside quotes belong to the cell). Cells are cut in place: one buffer, one list of pointers. */
#include <frugal/data.h>

#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <string.h>

void fr_table_settings_default(fr_table_settings *settings)
{
    *settings = (fr_table_settings){.delimiter = 0, .header = FR_HEADER_AUTO, .skip_comments = true};
}

void fr_table_free(fr_table *table)
{
    if (table == NULL) return;
    fr_free(table->names);
    fr_free(table->cells);
    fr_free(table->line);
    fr_free(table->file);
    fr_free(table->text);
    *table = (fr_table){0};
}

/* ---- cutting a text into cells ---- */

typedef struct {
    fr_table *table;
    char *next, *end; /* what is still to be read; *end is '\0' */
    int64_t number;   /* of the current line, 1-based */
    char delimiter;
    bool skip_comments;
    int64_t n_cells, cell_room, row_room;
    int64_t first_line; /* of the first row */
} cutter;

static int add_cell(cutter *cut, char *cell)
{
    if (cut->n_cells == cut->cell_room) {
        int64_t room = cut->cell_room == 0 ? 64 : 2 * cut->cell_room;
        char **moved = fr_realloc(cut->table->cells, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        cut->table->cells = moved;
        cut->cell_room = room;
    }
    cut->table->cells[cut->n_cells++] = cell;
    return FR_OK;
}

static int add_row(cutter *cut, int64_t line)
{
    fr_table *table = cut->table;
    if (table->n_rows == cut->row_room) {
        int64_t room = cut->row_room == 0 ? 64 : 2 * cut->row_room;
        int64_t *moved = fr_realloc(table->line, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        table->line = moved;
        cut->row_room = room;
    }
    table->line[table->n_rows++] = line;
    return FR_OK;
}

/* Skips blank and comment lines; the delimiter itself, when it is a tab, does not make a line blank if cells follow. */
static void skip_lines(cutter *cut)
{
    while (cut->next < cut->end) {
        char *c = cut->next;
        while (c < cut->end && fr_is_blank(*c))
            c++;
        bool blank = c == cut->end || *c == '\n';
        if (!blank && !(cut->skip_comments && *c == '#')) return;
        char *stop = memchr(c, '\n', (size_t)(cut->end - c));
        cut->next = stop != NULL ? stop + 1 : cut->end;
        cut->number++;
    }
}

/* The delimiter of the line at `c`, outside quotes: a tab if there is one between cells, else a semicolon, a comma, white
 * space. */
static char detect_delimiter(const char *c, const char *end)
{
    const char *stop = memchr(c, '\n', (size_t)(end - c));
    if (stop == NULL) stop = end;
    while (c < stop && fr_is_blank(*c))
        c++;
    while (stop > c && fr_is_blank(stop[-1]))
        stop--;
    bool tab = false, semicolon = false, comma = false, quoted = false;
    for (; c < stop; c++) {
        if (*c == '"') quoted = !quoted;
        if (quoted) continue;
        tab = tab || *c == '\t';
        semicolon = semicolon || *c == ';';
        comma = comma || *c == ',';
    }
    return tab ? '\t' : semicolon ? ';' : comma ? ',' : ' ';
}

static bool is_padding(const cutter *cut, char c)
{
    return fr_is_blank(c) && c != cut->delimiter;
}

/* Resolves the quoted cell that starts at `c` (a quote); `*after` is the first character behind the closing quote. */
static int cut_quoted(cutter *cut, char *c, char **after)
{
    int64_t opened = cut->number;
    char *to = c;
    for (c++; c < cut->end; c++) {
        if (*c == '"' && c[1] == '"')
            c++;
        else if (*c == '"')
            break;
        if (*c == '\n') cut->number++;
        *to++ = *c;
    }
    if (c == cut->end)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a quoted cell is never closed", cut->table->file, opened);
    *after = c + 1;
    *to = '\0';
    return FR_OK;
}

/* One cell from cut->next; `*last` says whether the row ends with it. */
static int cut_cell(cutter *cut, bool *last)
{
    bool white = cut->delimiter == ' ';
    char *c = cut->next;
    while (white ? fr_is_blank(*c) : is_padding(cut, *c))
        c++;
    char *cell = c, *stop; /* stop: behind the cell's last character */
    if (*c == '"') {
        int status = cut_quoted(cut, c, &c);
        if (status != FR_OK) return status;
        stop = NULL;
        char *behind = c;
        while (is_padding(cut, *c))
            c++;
        bool ends =
            c == cut->end || *c == '\n' || (white ? c > behind || fr_is_blank(*c) : *c == cut->delimiter);
        if (!ends)
            return fr_fail(FR_EINPUT, "%s:%" PRId64 ": text follows the closing quote of cell %" PRId64,
                           cut->table->file, cut->number,
                           cut->n_cells % (cut->table->n_columns > 0 ? cut->table->n_columns : INT64_MAX) +
                               1);
    } else {
        if (white)
            while (c < cut->end && *c != '\n' && !fr_is_blank(*c))
                c++;
        else
            while (c < cut->end && *c != '\n' && *c != cut->delimiter)
                c++;
        stop = c;
        while (stop > cell && fr_is_blank(stop[-1]))
            stop--;
    }
    if (white)
        while (fr_is_blank(*c))
            c++;
    *last = c == cut->end || *c == '\n';
    cut->next = *last || !white ? c + (c < cut->end) : c;
    if (stop != NULL) *stop = '\0';
    return add_cell(cut, cell);
}

/* One row; in white-space tables the terminator of a cell may fall on the blank that the next cell is found behind. */
static int cut_row(cutter *cut)
{
    fr_table *table = cut->table;
    int64_t line = cut->number, before = cut->n_cells;
    int status = FR_OK;
    for (bool last = false; status == FR_OK && !last;)
        status = cut_cell(cut, &last);
    if (status != FR_OK) return status;
    int64_t found = cut->n_cells - before;
    cut->number++;
    if (table->n_columns == 0) {
        table->n_columns = found;
        cut->first_line = line;
    } else if (found != table->n_columns) {
        bool row_names = found == table->n_columns + 1 && before == table->n_columns && before > 1;
        return fr_fail(
            FR_EINPUT,
            "%s:%" PRId64 ": expected %" PRId64 " columns as in line %" PRId64 ", found %" PRId64 "%s",
            table->file, line, table->n_columns, cut->first_line, found,
            row_names ? "; write the table without row names (R: row.names = FALSE) if it has them" : "");
    }
    return add_row(cut, line);
}

/* ---- header ---- */

static bool looks_like_names(const fr_table *table)
{
    for (int64_t column = 0; column < table->n_columns; column++) {
        const char *cell = table->cells[column];
        int64_t length = (int64_t)strlen(cell);
        double ignored;
        if (length > 0 && !fr_number_f64(cell, length, &ignored) && !fr_number_is_special(cell, length))
            return true;
    }
    return false;
}

/* Turns the first row into the column names. */
static int take_header(fr_table *table)
{
    table->names = fr_alloc(table->n_columns, sizeof *table->names);
    if (table->names == NULL) return FR_ENOMEM;
    size_t n_names = (size_t)table->n_columns;
    memcpy(table->names, table->cells, n_names * sizeof *table->names);
    table->n_rows--;
    memmove(table->cells, table->cells + n_names, (size_t)table->n_rows * n_names * sizeof *table->cells);
    memmove(table->line, table->line + 1, (size_t)table->n_rows * sizeof *table->line);
    return FR_OK;
}

/* ---- reading ---- */

/* Owns `text` (size bytes and a final '\0') from the call on. */
static int parse_owned(char *text, int64_t size, const char *name, const fr_table_settings *given,
                       fr_table *out)
{
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    if (given != NULL) settings = *given;
    *out = (fr_table){.text = text, .file = fr_strdup(name)};
    int status = out->file == NULL ? FR_ENOMEM : fr_text_check(name, text, size);
    if (status == FR_OK && settings.delimiter != 0 && strchr(",\t; ", settings.delimiter) == NULL)
        status = fr_fail(FR_EUSAGE, "a table's delimiter is a comma, a tab, a semicolon or a blank");
    if (status != FR_OK) goto done;
    fr_text lines;
    fr_text_start(&lines, text, size); /* for its view of the byte order mark */
    cutter cut = {.table = out,
                  .next = text + (lines.next - text),
                  .end = text + size,
                  .number = 1,
                  .delimiter = settings.delimiter,
                  .skip_comments = settings.skip_comments};
    for (skip_lines(&cut); status == FR_OK && cut.next < cut.end; skip_lines(&cut)) {
        if (cut.delimiter == 0) cut.delimiter = detect_delimiter(cut.next, cut.end);
        status = cut_row(&cut);
    }
    if (status == FR_OK && out->n_rows == 0)
        status = fr_fail(FR_EINPUT, "%s: the table has no rows, only blank lines or comments", name);
    if (status == FR_OK &&
        (settings.header == FR_HEADER_YES || (settings.header == FR_HEADER_AUTO && looks_like_names(out))))
        status = take_header(out);
done:
    if (status != FR_OK) fr_table_free(out);
    return status;
}

int fr_table_read(const char *path, const fr_table_settings *settings, fr_table *out)
{
    char *text;
    int64_t size;
    *out = (fr_table){0};
    int status = fr_file_read(path, &text, &size);
    return status != FR_OK ? status : parse_owned(text, size, path, settings, out);
}

int fr_table_parse(const char *bytes, int64_t size, const char *name, const fr_table_settings *settings,
                   fr_table *out)
{
    *out = (fr_table){0};
    int64_t room;
    int status = fr_size_add(size, 1, &room);
    if (status != FR_OK) return status;
    char *text = fr_alloc(room, 1);
    if (text == NULL) return FR_ENOMEM;
    if (size > 0) memcpy(text, bytes, (size_t)size);
    return parse_owned(text, size, name, settings, out);
}

/* ---- access ---- */

int fr_table_column(const fr_table *table, const char *name, int64_t *column)
{
    *column = -1;
    if (table->names == NULL)
        return fr_fail(FR_EINPUT, "%s: the table has no header line, so no column '%s'", table->file, name);
    for (int64_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->names[i], name) != 0) continue;
        if (*column >= 0) {
            *column = -1;
            return fr_fail(FR_EINPUT, "%s: two columns are named '%s'", table->file, name);
        }
        *column = i;
    }
    if (*column >= 0) return FR_OK;
    char list[512] = "";
    size_t used = 0;
    for (int64_t i = 0; i < table->n_columns; i++) {
        size_t needed = strlen(table->names[i]) + 2;
        if (used + needed + 8 > sizeof list) {
            memcpy(list + used, ", ...", 6);
            break;
        }
        if (i > 0) memcpy(list + used, ", ", 2), used += 2;
        memcpy(list + used, table->names[i], needed - 1);
        used += needed - 2;
    }
    return fr_fail(FR_EINPUT, "%s: no column '%s'; the columns are %s", table->file, name, list);
}

/* The cell in quotes for a message: shortened, without control characters. */
static void quote_cell(const char *cell, char quoted[48])
{
    size_t length = strlen(cell), shown = length > 40 ? 37 : length;
    quoted[0] = '\'';
    for (size_t i = 0; i < shown; i++)
        quoted[1 + i] = (unsigned char)cell[i] < ' ' ? '?' : cell[i];
    memcpy(quoted + 1 + shown, length > shown ? "...'" : "'", length > shown ? 5 : 2);
}

/* The message about a cell that is not the number that was asked for. */
static int refuse_cell(const fr_table *table, int64_t row, int64_t column, const char *wanted)
{
    const char *cell = fr_table_text(table, row, column);
    const char *name = table->names != NULL ? table->names[column] : "";
    const char *hint =
        strchr(cell, ',') != NULL ? " (numbers are written with a decimal point, not a comma)" : "";
    char found[48] = "an empty cell";
    if (*cell != '\0') quote_cell(cell, found);
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": column %" PRId64 "%s%s%s: expected %s, found %s%s",
                   table->file, table->line[row], column + 1, *name != '\0' ? " (" : "", name,
                   *name != '\0' ? ")" : "", wanted, found, hint);
}

static int check_place(const fr_table *table, int64_t row, int64_t column)
{
    if (row >= 0 && row < table->n_rows && column >= 0 && column < table->n_columns) return FR_OK;
    return fr_fail(FR_EUSAGE, "row %" PRId64 ", column %" PRId64 " of a table of %" PRId64 " x %" PRId64, row,
                   column, table->n_rows, table->n_columns);
}

int fr_table_f64(const fr_table *table, int64_t row, int64_t column, double *value)
{
    *value = 0;
    int status = check_place(table, row, column);
    if (status != FR_OK) return status;
    const char *cell = fr_table_text(table, row, column);
    return fr_number_f64(cell, (int64_t)strlen(cell), value)
               ? FR_OK
               : refuse_cell(table, row, column, "a finite number");
}

int fr_table_i64(const fr_table *table, int64_t row, int64_t column, int64_t *value)
{
    *value = 0;
    int status = check_place(table, row, column);
    if (status != FR_OK) return status;
    const char *cell = fr_table_text(table, row, column);
    return fr_number_i64(cell, (int64_t)strlen(cell), value)
               ? FR_OK
               : refuse_cell(table, row, column, "a whole number");
}

const char *fr_table_text(const fr_table *table, int64_t row, int64_t column)
{
    return table->cells[row * table->n_columns + column];
}
