/* A table of node attributes: rows find their nodes by number or name, in any order. */
#include "graph_attributes.h"

#include <inttypes.h>
#include <string.h>

/* The table, and what its rows are about. */
typedef struct {
    const fr_graph *graph;
    fr_table table;
    int64_t first_row;   /* 1 if row 0 holds the names of the columns */
    int64_t node_column; /* whose cells name the nodes */
    int64_t n_unknown;   /* rows whose node is not in the graph */
    const char *unknown; /* the first of them */
} label_table;

static bool is_node(const fr_graph *graph, const char *text)
{
    int64_t node;
    return fr_graph_find(graph, text, "", &node) == FR_OK;
}

/* Column whose cell in the first row is `name`, or -1. */
static int64_t heading(const fr_table *table, const char *name)
{
    for (int64_t c = 0; c < table->n_columns && table->n_rows > 0; c++)
        if (strcmp(fr_table_text(table, 0, c), name) == 0) return c;
    return -1;
}

/* Two columns need no header: they have one if the first cell is no node, but the one below it is. */
static void find_columns(label_table *labels)
{
    const fr_table *table = &labels->table;
    labels->first_row = 1;
    labels->node_column = heading(table, "node");
    if (labels->node_column < 0) labels->node_column = heading(table, "name");
    if (labels->node_column >= 0) return;
    labels->node_column = 0;
    if (table->n_columns == 2 && (is_node(labels->graph, fr_table_text(table, 0, 0)) || table->n_rows < 2 ||
                                  !is_node(labels->graph, fr_table_text(table, 1, 0))))
        labels->first_row = 0;
}

static int add_columns(const label_table *labels, attribute_list *list)
{
    static const char *const plain[] = {"name", "class"};
    const fr_table *table = &labels->table;
    for (int64_t c = 0; c < table->n_columns; c++) {
        const char *name = labels->first_row == 1 ? fr_table_text(table, 0, c) : plain[c];
        int64_t column;
        int status = attribute_list_column(list, name, (int64_t)strlen(name), &column);
        if (status != FR_OK) return status;
        if (column != c)
            return fr_fail(FR_EINPUT, "%s:%" PRId64 ": two columns are called '%.80s'", table->file,
                           table->line[0], name);
    }
    return FR_OK;
}

static int add_row(label_table *labels, int64_t row, attribute_list *list, uint8_t *has_row,
                   int64_t *n_repeated)
{
    const fr_table *table = &labels->table;
    const char *text = fr_table_text(table, row, labels->node_column);
    int64_t node;
    int status = fr_graph_find(labels->graph, text, table->file, &node);
    if (status == FR_EINPUT) {
        if (labels->n_unknown++ == 0) labels->unknown = text;
        return FR_OK;
    }
    if (status != FR_OK) return status;
    *n_repeated += has_row[node];
    has_row[node] = 1;
    for (int64_t c = 0; c < table->n_columns && status == FR_OK; c++) {
        const char *cell = fr_table_text(table, row, c);
        status = attribute_list_put(list, node, c, cell, (int64_t)strlen(cell));
    }
    return status;
}

static int add_rows(label_table *labels, attribute_list *list)
{
    const fr_table *table = &labels->table;
    uint8_t *has_row = fr_alloc(labels->graph->n, 1);
    int64_t n_repeated = 0, n_rows = table->n_rows - labels->first_row;
    int status = has_row == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t row = labels->first_row; row < table->n_rows && status == FR_OK; row++)
        status = add_row(labels, row, list, has_row, &n_repeated);
    fr_free(has_row);
    if (status != FR_OK) return status;
    if (n_rows == labels->n_unknown)
        return fr_fail(FR_EINPUT, "%s: no row names a node of the graph%s%.80s%s", table->file,
                       n_rows > 0 ? " (the first names '" : "", n_rows > 0 ? labels->unknown : "",
                       n_rows > 0 ? "')" : "");
    if (labels->n_unknown > 0)
        fr_warn("%s: %" PRId64 " of %" PRId64
                " rows name no node of the graph (the first: '%.80s') and are left out",
                table->file, labels->n_unknown, n_rows, labels->unknown);
    if (n_repeated > 0)
        fr_warn("%s: %" PRId64 " rows repeat a node; the last row of a node counts", table->file, n_repeated);
    return FR_OK;
}

int fr_graph_labels_read(const char *path, const fr_graph *graph, fr_graph_attributes *out)
{
    *out = (fr_graph_attributes){0};
    label_table labels = {.graph = graph};
    attribute_list list = {0};
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_NO; /* find_columns tells better: names of nodes look like a header */
    int status = fr_table_read(path, &settings, &labels.table);
    if (status != FR_OK) goto done;
    find_columns(&labels);
    status = add_columns(&labels, &list);
    if (status == FR_OK) status = add_rows(&labels, &list);
    if (status == FR_OK) status = attribute_list_finish(&list, graph->n, out);
done:
    attribute_list_free(&list);
    fr_table_free(&labels.table);
    return status;
}
