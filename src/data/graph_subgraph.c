/* The graph between some nodes. Its cost is that of their rows: the new numbers are kept in a hash of the nodes chosen, not in
 * an array over all. */
#include "graph_rows.h"

#include <inttypes.h>

/* Open addressing: node -> position in the list. */
typedef struct {
    int64_t slots;
    uint32_t *position; /* + 1; 0: empty */
    const int64_t *nodes;
} node_hash;

static int64_t slot_of(const node_hash *hash, int64_t node)
{
    int64_t at = (int64_t)((uint64_t)node * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (hash->slots - 1);
    while (hash->position[at] != 0 && hash->nodes[hash->position[at] - 1] != node)
        at = (at + 1) & (hash->slots - 1);
    return at;
}

static int fill_hash(node_hash *hash, const fr_graph *graph, int64_t count)
{
    for (int64_t k = 0; k < count; k++) {
        int64_t node = hash->nodes[k];
        if (node < 0 || node >= graph->n)
            return fr_fail(FR_EUSAGE, "node %" PRId64 " of the subgraph is not between 0 and %" PRId64, node,
                           graph->n - 1);
        int64_t at = slot_of(hash, node);
        if (hash->position[at] != 0)
            return fr_fail(FR_EUSAGE, "node %" PRId64 " is listed twice for the subgraph", node);
        hash->position[at] = (uint32_t)(k + 1);
    }
    return FR_OK;
}

/* Counts (rows->neighbour NULL) or places the arcs of listed node k; returns behind the last. */
static int64_t copy_row(const node_hash *hash, const fr_graph *graph, int64_t k, graph_rows *rows, int64_t to)
{
    int64_t node = hash->nodes[k];
    for (int64_t arc = graph->row[node]; arc < graph->row[node + 1]; arc++) {
        uint32_t position = hash->position[slot_of(hash, graph->neighbour[arc])];
        if (position == 0) continue;
        if (rows->neighbour != NULL) rows->neighbour[to] = position - 1;
        if (rows->weight != NULL) rows->weight[to] = graph->weight[arc];
        to++;
    }
    return to;
}

static int fill_rows(const node_hash *hash, const fr_graph *graph, graph_rows *rows)
{
    int64_t longest = 0;
    for (int64_t k = 0; k < rows->n; k++) {
        int64_t start = graph->row[hash->nodes[k]], stop = graph->row[hash->nodes[k] + 1];
        if (start < 0 || start > stop || stop > graph->n_arcs)
            return fr_fail(FR_EINPUT,
                           "the graph file is damaged: the row of node %" PRId64 " lies outside of the arcs",
                           hash->nodes[k]);
        rows->row[k + 1] = copy_row(hash, graph, k, rows, rows->row[k]);
        if (rows->row[k + 1] - rows->row[k] > longest) longest = rows->row[k + 1] - rows->row[k];
    }
    int64_t count = rows->room = rows->row[rows->n];
    uint32_t *keys = fr_alloc(longest, sizeof *keys);
    double *values = fr_alloc(longest, sizeof *values);
    rows->neighbour = fr_alloc(count, sizeof *rows->neighbour);
    if (graph->weight != NULL) rows->weight = fr_alloc(count, sizeof *rows->weight);
    bool complete = keys != NULL && values != NULL && rows->neighbour != NULL &&
                    (graph->weight == NULL || rows->weight != NULL);
    for (int64_t k = 0; complete && k < rows->n; k++) {
        int64_t start = rows->row[k];
        copy_row(hash, graph, k, rows, start);
        graph_rows_sort(rows->row[k + 1] - start, rows->neighbour + start,
                        rows->weight != NULL ? rows->weight + start : NULL, keys, values);
    }
    fr_free(keys);
    fr_free(values);
    return complete ? FR_OK : FR_ENOMEM;
}

static int copy_names(const fr_graph *graph, int64_t count, const int64_t *nodes, graph_names *names)
{
    char number[24];
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        const char *name = fr_graph_name(graph, nodes[k], number);
        status = graph_names_append(names, name, (int64_t)strlen(name));
    }
    return status;
}

int fr_graph_subgraph(const fr_graph *graph, int64_t count, const int64_t *nodes, fr_graph *out)
{
    *out = (fr_graph){0};
    if (count < 0 || count > graph->n)
        return fr_fail(FR_EUSAGE, "a subgraph of %" PRId64 " of %" PRId64 " nodes", count, graph->n);
    node_hash hash = {.slots = 16, .nodes = nodes};
    while (hash.slots < 2 * count)
        hash.slots *= 2;
    graph_rows rows = {.n = count};
    graph_names names = {0};
    int64_t zeros;
    hash.position = fr_alloc(hash.slots, sizeof *hash.position);
    rows.row = fr_alloc(count + 1, sizeof *rows.row);
    int status = hash.position == NULL || rows.row == NULL ? FR_ENOMEM : fill_hash(&hash, graph, count);
    if (status == FR_OK) status = fill_rows(&hash, graph, &rows);
    if (status == FR_OK && graph->name_offset != NULL) status = copy_names(graph, count, nodes, &names);
    if (status == FR_OK) status = graph_rows_take(&rows, "the subgraph", out, &zeros);
    if (status == FR_OK && names.count > 0) status = graph_hand_over_names(&names, out);
    if (status == FR_OK)
        out->trusted = graph->trusted;
    else
        fr_graph_free(out);
    fr_free(hash.position);
    graph_rows_free(&rows);
    graph_names_free(&names);
    return status;
}
