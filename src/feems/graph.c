/* Graphs from EEMS text: nodes "lon lat", edges as two 1-based node numbers. */
#include <frugal/feems.h>

#include <inttypes.h>
#include <stdlib.h>

void fr_feems_graph_free(fr_feems_graph *graph)
{
    if (graph == NULL) return;
    fr_free(graph->x);
    fr_free(graph->y);
    fr_free(graph->i);
    fr_free(graph->j);
    *graph = (fr_feems_graph){0};
}

typedef struct {
    int64_t i, j;
} edge;

static int compare_edges(const void *a, const void *b)
{
    const edge *e = a, *f = b;
    if (e->i != f->i) return e->i < f->i ? -1 : 1;
    return (e->j > f->j) - (e->j < f->j);
}

static int check_edge(const fr_edge_list *edges, int64_t e, int64_t n_nodes, const char *path)
{
    int64_t largest = edges->i[e] > edges->j[e] ? edges->i[e] : edges->j[e];
    if (largest >= n_nodes)
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": node %" PRId64 " does not exist: there are %" PRId64 " nodes", path,
                       edges->line[e], largest + 1, n_nodes);
    if (edges->i[e] == edges->j[e])
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": node %" PRId64 " is joined to itself", path,
                       edges->line[e], edges->i[e] + 1);
    return FR_OK;
}

/* Edges i < j in order, each once; takes over the arrays of the list. */
static int take_edges(fr_edge_list *edges, const char *path, fr_feems_graph *graph)
{
    edge *sorted = fr_alloc(edges->n, sizeof *sorted);
    int status = sorted == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t e = 0; e < edges->n && status == FR_OK; e++) {
        int64_t i = edges->i[e], j = edges->j[e];
        status = check_edge(edges, e, graph->n_nodes, path);
        sorted[e] = i < j ? (edge){i, j} : (edge){j, i};
    }
    if (status == FR_OK) {
        qsort(sorted, (size_t)edges->n, sizeof *sorted, compare_edges);
        int64_t kept = 0;
        for (int64_t e = 0; e < edges->n; e++) {
            if (e > 0 && compare_edges(&sorted[e], &sorted[e - 1]) == 0) continue;
            edges->i[kept] = sorted[e].i;
            edges->j[kept++] = sorted[e].j;
        }
        if (kept < edges->n)
            fr_warn("%s: %" PRId64 " of %" PRId64 " edges are given more than once and count once", path,
                    edges->n - kept, edges->n);
        graph->n_edges = kept;
        graph->i = edges->i;
        graph->j = edges->j;
        edges->i = edges->j = NULL;
    }
    fr_free(sorted);
    return status;
}

int fr_feems_graph_read(const char *nodes_path, const char *edges_path, fr_feems_graph *out)
{
    *out = (fr_feems_graph){0};
    fr_points nodes = {0};
    fr_edge_list edges = {0};
    int status = fr_points_read(nodes_path, &nodes);
    if (status == FR_OK) status = fr_edge_list_read(edges_path, &edges);
    if (status != FR_OK) goto done;
    *out = (fr_feems_graph){.n_nodes = nodes.n, .x = nodes.x, .y = nodes.y};
    nodes.x = nodes.y = NULL;
    status = take_edges(&edges, edges_path, out);
done:
    fr_points_free(&nodes);
    fr_edge_list_free(&edges);
    if (status != FR_OK) fr_feems_graph_free(out);
    return status;
}

int fr_feems_graph_write(const char *nodes_path, const char *edges_path, const fr_feems_graph *graph)
{
    fr_points nodes = {.n = graph->n_nodes, .x = graph->x, .y = graph->y};
    fr_edge_list edges = {.n = graph->n_edges, .i = graph->i, .j = graph->j};
    int status = fr_points_write(nodes_path, &nodes);
    return status == FR_OK ? fr_edge_list_write(edges_path, &edges) : status;
}
