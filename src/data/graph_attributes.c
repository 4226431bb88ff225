/* Attributes of nodes: collecting them, and choosing the nodes where a column has a value. */
#include "graph_attributes.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- collecting ---- */

int attribute_list_column(attribute_list *list, const char *name, int64_t length, int64_t *column)
{
    return graph_names_add(&list->columns, name, length, column, NULL);
}

static int grow_cells(attribute_list *list)
{
    if (list->n_cells < list->cell_room) return FR_OK;
    int64_t room = list->cell_room == 0 ? 256 : 2 * list->cell_room;
    attribute_cell *moved = fr_realloc(list->cells, room, sizeof *moved);
    if (moved == NULL) return FR_ENOMEM;
    list->cells = moved;
    list->cell_room = room;
    return FR_OK;
}

static int grow_text(attribute_list *list, int64_t length)
{
    if (length < list->text_room - list->text_used) return FR_OK;
    int64_t room = 2 * list->text_room + length + 256;
    char *moved = fr_realloc(list->text, room, 1);
    if (moved == NULL) return FR_ENOMEM;
    list->text = moved;
    list->text_room = room;
    return FR_OK;
}

int attribute_list_put(attribute_list *list, int64_t node, int64_t column, const char *text, int64_t length)
{
    int status = grow_cells(list);
    if (status == FR_OK) status = grow_text(list, length);
    if (status != FR_OK) return status;
    list->cells[list->n_cells++] = (attribute_cell){node, column, list->text_used};
    memcpy(list->text + list->text_used, text, (size_t)length);
    list->text_used += length;
    list->text[list->text_used++] = '\0';
    return FR_OK;
}

void attribute_list_free(attribute_list *list)
{
    graph_names_free(&list->columns);
    fr_free(list->cells);
    fr_free(list->text);
    *list = (attribute_list){0};
}

/* What the pointers of fr_graph_attributes go into. */
typedef struct {
    char *cells, *columns;
} attribute_texts;

int attribute_list_finish(attribute_list *list, int64_t n, fr_graph_attributes *out)
{
    int64_t n_columns = list->columns.count, n_cells = 0;
    *out = (fr_graph_attributes){.n = n, .n_columns = n_columns};
    int status = fr_size_mul(n, n_columns, &n_cells);
    if (status != FR_OK) goto fail;
    attribute_texts *texts = fr_alloc(1, sizeof *texts);
    out->owned = texts;
    out->names = fr_alloc(n_columns, sizeof *out->names);
    out->cells = fr_alloc(n_cells, sizeof *out->cells);
    if (texts == NULL || out->names == NULL || out->cells == NULL) {
        status = FR_ENOMEM;
        goto fail;
    }
    for (int64_t c = 0; c < n_columns; c++)
        out->names[c] = list->columns.bytes + list->columns.offset[c];
    for (int64_t k = 0; k < list->n_cells; k++) {
        const attribute_cell *cell = &list->cells[k];
        if (cell->node < n) out->cells[cell->node * n_columns + cell->column] = list->text + cell->offset;
    }
    texts->cells = list->text, list->text = NULL;
    texts->columns = list->columns.bytes, list->columns.bytes = NULL;
    attribute_list_free(list);
    return FR_OK;
fail:
    fr_graph_attributes_free(out);
    return status;
}

void fr_graph_attributes_free(fr_graph_attributes *attributes)
{
    if (attributes == NULL) return;
    attribute_texts *texts = attributes->owned;
    if (texts != NULL) {
        fr_free(texts->cells);
        fr_free(texts->columns);
        fr_free(texts);
    }
    fr_free(attributes->names);
    fr_free(attributes->cells);
    *attributes = (fr_graph_attributes){0};
}

/* ---- choosing nodes ---- */

/* A part of the expression without the blanks around it. */
typedef struct {
    const char *text;
    int64_t length;
} word;

static word trim(const char *begin, const char *end)
{
    while (begin < end && fr_is_blank(*begin))
        begin++;
    while (end > begin && fr_is_blank(end[-1]))
        end--;
    return (word){begin, end - begin};
}

/* Equal as texts, or as numbers ("1" and "1.0"). */
static bool is_equal(word wanted, bool is_number, double number, const char *cell)
{
    int64_t length = (int64_t)strlen(cell);
    double value;
    if (length == wanted.length && memcmp(cell, wanted.text, (size_t)length) == 0) return true;
    return is_number && fr_number_f64(cell, length, &value) && value == number;
}

enum { most_listed = 12 };

/* A list "a, b, c, ..." for a message. */
typedef struct {
    char text[400];
    int used, count;
} listing;

static void list_item(listing *list, const char *item)
{
    if (list->count >= most_listed || list->used > (int)sizeof list->text - 64) {
        if (list->count++ <= most_listed)
            snprintf(list->text + list->used, sizeof list->text - (size_t)list->used, ", ...");
        list->count = most_listed + 1;
        return;
    }
    list->used += snprintf(list->text + list->used, sizeof list->text - (size_t)list->used, "%s%.40s",
                           list->count > 0 ? ", " : "", item);
    list->count++;
}

static int no_such_column(const fr_graph_attributes *attributes, word column)
{
    listing known = {0};
    for (int64_t c = 0; c < attributes->n_columns; c++)
        list_item(&known, attributes->names[c]);
    return fr_fail(FR_EINPUT, "no attribute '%.*s'; the nodes have: %s",
                   (int)(column.length < 60 ? column.length : 60), column.text,
                   known.count > 0 ? known.text : "none");
}

/* Names values that the column has, each once, in the order of the nodes. */
static int no_such_value(const fr_graph_attributes *attributes, int64_t column, word value)
{
    listing known = {0};
    graph_names seen = {0};
    int status = FR_OK;
    for (int64_t i = 0; i < attributes->n && status == FR_OK && known.count <= most_listed; i++) {
        const char *cell = attributes->cells[i * attributes->n_columns + column];
        int64_t number;
        bool added = false;
        if (cell != NULL) status = graph_names_add(&seen, cell, (int64_t)strlen(cell), &number, &added);
        if (added) list_item(&known, cell);
    }
    graph_names_free(&seen);
    if (status != FR_OK) return status;
    return fr_fail(FR_EINPUT, "no node has %s=%.*s; values of %s: %s", attributes->names[column],
                   (int)(value.length < 60 ? value.length : 60), value.text, attributes->names[column],
                   known.count > 0 ? known.text : "none");
}

static int64_t column_of(const fr_graph_attributes *attributes, word name)
{
    for (int64_t c = 0; c < attributes->n_columns; c++)
        if ((int64_t)strlen(attributes->names[c]) == name.length &&
            memcmp(attributes->names[c], name.text, (size_t)name.length) == 0)
            return c;
    return -1;
}

int fr_graph_select(const fr_graph_attributes *attributes, const char *expression, int64_t **nodes,
                    int64_t *count)
{
    *nodes = NULL;
    *count = 0;
    const char *equals = strchr(expression, '=');
    if (equals == NULL)
        return fr_fail(FR_EUSAGE, "'%.80s': expected ATTRIBUTE=VALUE, such as year=2009", expression);
    word name = trim(expression, equals), value = trim(equals + 1, equals + strlen(equals));
    int64_t column = column_of(attributes, name);
    if (column < 0) return no_such_column(attributes, name);
    double number = 0;
    bool is_number = fr_number_f64(value.text, value.length, &number);
    int64_t *found = fr_alloc(attributes->n, sizeof *found), n_found = 0;
    if (found == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < attributes->n; i++) {
        const char *cell = attributes->cells[i * attributes->n_columns + column];
        if (cell != NULL && is_equal(value, is_number, number, cell)) found[n_found++] = i;
    }
    if (n_found == 0) {
        fr_free(found);
        return no_such_value(attributes, column, value);
    }
    *nodes = found;
    *count = n_found;
    return FR_OK;
}
