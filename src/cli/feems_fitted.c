/* nodes.csv and edges.csv of a fit back into a graph with weights. */
#include "feems_fitted.h"
#include "feems_lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FOLDER/name as a noted input. */
static int read_table(cli_job *job, const char *folder, const char *name, fr_table *table)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_table_read(path, NULL, table);
    free(path);
    return status;
}

static int take_nodes(const fr_table *table, feems_fitted *out)
{
    int64_t node, lon, lat, s2, n = table->n_rows;
    int status = fr_table_column(table, "node", &node);
    if (status == FR_OK) status = fr_table_column(table, "lon", &lon);
    if (status == FR_OK) status = fr_table_column(table, "lat", &lat);
    if (status == FR_OK) status = fr_table_column(table, "s2", &s2);
    if (status != FR_OK) return status;
    out->node_id = fr_alloc(n, sizeof *out->node_id);
    out->s2 = fr_alloc(n, sizeof *out->s2);
    out->graph.x = fr_alloc(n, sizeof(double));
    out->graph.y = fr_alloc(n, sizeof(double));
    if (out->node_id == NULL || out->s2 == NULL || out->graph.x == NULL || out->graph.y == NULL)
        return FR_ENOMEM;
    out->graph.n_nodes = n;
    for (int64_t row = 0; row < n; row++) {
        status = fr_table_i64(table, row, node, &out->node_id[row]);
        if (status == FR_OK) status = fr_table_f64(table, row, lon, &out->graph.x[row]);
        if (status == FR_OK) status = fr_table_f64(table, row, lat, &out->graph.y[row]);
        if (status == FR_OK) status = fr_table_f64(table, row, s2, &out->s2[row]);
        if (status == FR_OK && !(out->s2[row] > 0))
            status = fr_fail(FR_EINPUT, "%s:%lld: a residual variance must be above 0, found %g", table->file,
                             (long long)table->line[row], out->s2[row]);
        if (status == FR_OK && row > 0 && out->node_id[row] <= out->node_id[row - 1])
            status = fr_fail(FR_EINPUT, "%s:%lld: node numbers must ascend", table->file,
                             (long long)table->line[row]);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

static int take_edge(const fr_table *table, int64_t row, const int64_t columns[3], feems_fitted *out)
{
    int64_t id[2], line = table->line[row];
    fr_feems_graph *graph = &out->graph;
    for (int k = 0; k < 2; k++) {
        int status = fr_table_i64(table, row, columns[k], &id[k]);
        if (status != FR_OK) return status;
        int64_t node = feems_find(out->node_id, graph->n_nodes, id[k]);
        if (node < 0)
            return fr_fail(FR_EINPUT, "%s:%lld: nodes.csv has no node %lld", table->file, (long long)line,
                           (long long)id[k]);
        (k == 0 ? graph->i : graph->j)[row] = node;
    }
    bool sorted = graph->i[row] < graph->j[row];
    if (row > 0 && (graph->i[row] < graph->i[row - 1] ||
                    (graph->i[row] == graph->i[row - 1] && graph->j[row] <= graph->j[row - 1])))
        sorted = false;
    if (!sorted)
        return fr_fail(
            FR_EINPUT,
            "%s:%lld: edges must be sorted by node_i, then node_j, with node_i < node_j, as fit wrote them",
            table->file, (long long)line);
    int status = fr_table_f64(table, row, columns[2], &out->weights[row]);
    if (status == FR_OK && !(out->weights[row] > 0))
        status = fr_fail(FR_EINPUT, "%s:%lld: a weight must be above 0, found %g", table->file,
                         (long long)line, out->weights[row]);
    return status;
}

static int take_edges(const fr_table *table, feems_fitted *out)
{
    int64_t columns[3], m = table->n_rows;
    int status = fr_table_column(table, "node_i", &columns[0]);
    if (status == FR_OK) status = fr_table_column(table, "node_j", &columns[1]);
    if (status == FR_OK) status = fr_table_column(table, "weight", &columns[2]);
    if (status != FR_OK) return status;
    out->weights = fr_alloc(m, sizeof *out->weights);
    out->graph.i = fr_alloc(m, sizeof(int64_t));
    out->graph.j = fr_alloc(m, sizeof(int64_t));
    if (out->weights == NULL || out->graph.i == NULL || out->graph.j == NULL) return FR_ENOMEM;
    out->graph.n_edges = m;
    for (int64_t row = 0; row < m && status == FR_OK; row++)
        status = take_edge(table, row, columns, out);
    return status;
}

int feems_fitted_read(cli_job *job, const char *folder, feems_fitted *out)
{
    fr_table nodes = {0}, edges = {0};
    *out = (feems_fitted){0};
    int status = read_table(job, folder, "nodes.csv", &nodes);
    if (status == FR_OK) status = read_table(job, folder, "edges.csv", &edges);
    if (status == FR_OK) status = take_nodes(&nodes, out);
    if (status == FR_OK) status = take_edges(&edges, out);
    fr_table_free(&nodes);
    fr_table_free(&edges);
    if (status != FR_OK) feems_fitted_free(out);
    return status;
}

void feems_fitted_free(feems_fitted *fitted)
{
    fr_feems_graph_free(&fitted->graph);
    fr_free(fitted->node_id);
    fr_free(fitted->weights);
    fr_free(fitted->s2);
    *fitted = (feems_fitted){0};
}

void feems_fitted_take(const feems_fitted *fitted, const fr_feems_graph *whole, const fr_feems_data *data,
                       double *weights, double *s2)
{
    const fr_feems_graph *part = &data->graph;
    for (int64_t v = 0; v < part->n_nodes; v++)
        s2[v] = fitted->s2[data->node_id[v]];
    for (int64_t e = 0; e < part->n_edges; e++) /* every edge of the part comes from the whole */
        weights[e] =
            fitted->weights[feems_find_edge(whole, data->node_id[part->i[e]], data->node_id[part->j[e]])];
}
