/* Attributes of nodes while they are being read: cells in any order, columns in the order in which they are first named. */
#ifndef FRUGAL_DATA_GRAPH_ATTRIBUTES_H
#define FRUGAL_DATA_GRAPH_ATTRIBUTES_H

#include "graph_build.h"

typedef struct {
    int64_t node, column;
    int64_t offset; /* into text */
} attribute_cell;

/* A zeroed struct is empty. */
typedef struct {
    graph_names columns;
    attribute_cell *cells;
    int64_t n_cells, cell_room;
    char *text;
    int64_t text_used, text_room;
} attribute_list;

/* The number of the column, which is made if it is new. */
int attribute_list_column(attribute_list *list, const char *name, int64_t length, int64_t *column);
/* Sets the cell; of several texts for one cell the last stays. */
int attribute_list_put(attribute_list *list, int64_t node, int64_t column, const char *text, int64_t length);
/* The table of n nodes; cells of nodes from n on are left out. Empties the list. */
int attribute_list_finish(attribute_list *list, int64_t n, fr_graph_attributes *out);
void attribute_list_free(attribute_list *list);

#endif
