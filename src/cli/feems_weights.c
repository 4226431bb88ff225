/* Edge weights from a table, put in the order of a graph's edges. */
#include "feems_inputs.h"
#include "feems_lookup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The node with that number in the file; -1: none. */
static int64_t find_node(const fr_feems_graph *graph, const int64_t *ids, int64_t id)
{
    if (ids == NULL) return id >= 0 && id < graph->n_nodes ? id : -1;
    return feems_find(ids, graph->n_nodes, id);
}

static int read_weight(const fr_table *table, int64_t row, int64_t column, double *weight)
{
    int status = fr_table_f64(table, row, column, weight);
    if (status == FR_OK && !(*weight > 0))
        status = fr_fail(FR_EINPUT, "%s:%lld: a weight must be above 0, found %g", table->file,
                         (long long)table->line[row], *weight);
    return status;
}

/* Column by either of two names; -1: none. */
static int64_t find_column(const fr_table *table, const char *name, const char *other)
{
    for (int64_t k = 0; k < table->n_columns; k++)
        if (strcmp(table->names[k], name) == 0 || strcmp(table->names[k], other) == 0) return k;
    return -1;
}

/* Rows of node_i, node_j, weight. Rows about edges that the graph has not are passed over: they were dropped from it. */
static int take_rows(const fr_table *table, const fr_feems_graph *graph, const int64_t *ids, double *weights)
{
    int64_t column_i = find_column(table, "node_i", "i"), column_j = find_column(table, "node_j", "j");
    int64_t column_w = find_column(table, "weight", "w");
    if (column_i < 0 || column_j < 0 || column_w < 0)
        return fr_fail(FR_EINPUT, "%s has no columns node_i, node_j and weight (or i, j, w)", table->file);
    for (int64_t row = 0; row < table->n_rows; row++) {
        int64_t i, j;
        double weight;
        int status = fr_table_i64(table, row, column_i, &i);
        if (status == FR_OK) status = fr_table_i64(table, row, column_j, &j);
        if (status == FR_OK) status = read_weight(table, row, column_w, &weight);
        if (status != FR_OK) return status;
        int64_t a = find_node(graph, ids, i), b = find_node(graph, ids, j);
        int64_t edge = a < 0 || b < 0 ? -1 : feems_find_edge(graph, a, b);
        if (edge >= 0) weights[edge] = weight;
    }
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        if (weights[e] == 0)
            return fr_fail(
                FR_EINPUT, "%s has no weight for the edge between nodes %lld and %lld (counted from 0)",
                table->file, (long long)(ids != NULL ? ids[i] : i), (long long)(ids != NULL ? ids[j] : j));
    }
    return FR_OK;
}

/* One weight a line, in the order of the lines of the edge file or, without one, of the graph's edges. */
static int take_list(const fr_table *table, const fr_feems_graph *graph, const int64_t *ids,
                     const char *edges_path, double *weights)
{
    fr_edge_list edges = {0};
    int status = edges_path != NULL ? fr_edge_list_read(edges_path, &edges) : FR_OK;
    int64_t expected = edges_path != NULL ? edges.n : graph->n_edges;
    if (status == FR_OK && table->n_rows != expected)
        status = fr_fail(
            FR_EINPUT,
            "%s has %lld weights, but there are %lld edges; give one weight a line, or a table with the "
            "columns node_i, node_j, weight",
            table->file, (long long)table->n_rows, (long long)expected);
    for (int64_t row = 0; status == FR_OK && row < table->n_rows; row++) {
        int64_t edge = row;
        double weight;
        if (edges_path != NULL) {
            int64_t a = find_node(graph, ids, edges.i[row]), b = find_node(graph, ids, edges.j[row]);
            edge = a < 0 || b < 0 ? -1 : feems_find_edge(graph, a, b);
        }
        status = read_weight(table, row, 0, &weight);
        if (status == FR_OK && edge >= 0) weights[edge] = weight;
    }
    fr_edge_list_free(&edges);
    return status;
}

int feems_weights_read(cli_job *job, const char *path, const fr_feems_graph *graph, const int64_t *ids,
                       const char *edges_path, double *weights)
{
    struct stat about;
    fr_table table = {0};
    char *file = NULL;
    bool folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    if (asprintf(&file, folder ? "%s/edges.csv" : "%s", path) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = job_input(job, file);
    if (status == FR_OK) status = fr_table_read(file, NULL, &table);
    memset(weights, 0, (size_t)graph->n_edges * sizeof *weights);
    if (status == FR_OK && table.n_columns == 1)
        status = take_list(&table, graph, ids, edges_path, weights);
    else if (status == FR_OK && table.names == NULL)
        status =
            fr_fail(FR_EINPUT,
                    "%s: %lld columns need a heading that names node_i, node_j (counted from 0) and weight",
                    file, (long long)table.n_columns);
    else if (status == FR_OK)
        status = take_rows(&table, graph, ids, weights);
    fr_table_free(&table);
    free(file);
    return status;
}
