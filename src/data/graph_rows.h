/* Rows of a sparse matrix on their way to a graph. */
#ifndef FRUGAL_DATA_GRAPH_ROWS_H
#define FRUGAL_DATA_GRAPH_ROWS_H

#include "graph_build.h"
#include "graph_log.h"

typedef struct {
    int64_t n;
    int64_t room;        /* of the arrays of arcs */
    int64_t *row;        /* n + 1 */
    uint32_t *neighbour; /* row[n], ascending within a row once the duplicates are merged */
    double *weight;      /* NULL: all one */
} graph_rows;

/* Rows that are only looked at. */
typedef struct {
    int64_t n;
    const int64_t *row;
    const uint32_t *neighbour;
    const double *weight; /* NULL: all one */
} graph_view;

enum { prefetch_near = 12, prefetch_far = 24 }; /* arcs ahead whose places in other rows are asked for */

/* The first entry of start .. stop-1 (one sorted row) that is not below `node`. */
static inline int64_t graph_row_from(const uint32_t *neighbour, int64_t start, int64_t stop, int64_t node)
{
    while (stop - start > 16) {
        int64_t middle = start + (stop - start) / 2;
        if (neighbour[middle] < node)
            start = middle + 1;
        else
            stop = middle;
    }
    while (start < stop && neighbour[start] < node)
        start++;
    return start;
}

/* Is A = A', weights included? The rows must be sorted and in range. */
int graph_view_symmetric(const graph_view *rows, bool *symmetric);
/* Threads worth starting for so many arcs. */
int graph_rows_threads(int64_t arcs);
/* Rows of the listed arcs, each sorted, duplicates merged by the rule; empties the log. */
int graph_rows_list(graph_log *log, int64_t n, fr_graph_duplicates rule, graph_rows *out,
                    int64_t *duplicates);
/* Sorts one row by neighbour, equal ones in the order they had. `keys` and `values` are scratch for `count` entries; weight
 * and values may be NULL. */
void graph_rows_sort(int64_t count, uint32_t *neighbour, double *weight, uint32_t *keys, double *values);
/* Gives rows without weights an array of ones. */
int graph_rows_weigh(graph_rows *rows);
/* Makes the rows symmetric by the rule; `file` is for the message of FR_GRAPH_SYM_ERROR. */
int graph_rows_symmetrise(graph_rows *rows, fr_graph_symmetrise rule, const char *file, int64_t *one_sided);
/* Drops the zeros and hands the arrays over to a trusted graph with degrees and sums; `rows` is empty then. */
int graph_rows_take(graph_rows *rows, const char *file, fr_graph *out, int64_t *dropped_zeros);
/* The graph takes over the names, one for each node; `names` is empty then. */
int graph_hand_over_names(graph_names *names, fr_graph *graph);
/* Degrees of weighted rows; returns their sum. */
double graph_sum_degrees(int64_t n, const int64_t *row, const double *weight, double *degree);
void graph_weight_range(int64_t count, const double *weight, double *least, double *most);
int64_t graph_count_loops(int64_t n, const int64_t *row, const uint32_t *neighbour);
void graph_rows_free(graph_rows *rows);

#endif
