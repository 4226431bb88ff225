/* Graphs in memory: made from finished rows, names of nodes, release. */
#include "graph_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>

int64_t fr_graph_edges(const fr_graph *graph)
{
    return (graph->n_arcs - graph->n_loops) / 2;
}

void fr_graph_free(fr_graph *graph)
{
    if (graph == NULL) return;
    graph_owned *owned = graph->owned;
    if (owned != NULL) {
        graph_names *index = atomic_load(&owned->index);
        if (index != NULL) fr_free(index->slot); /* the texts are the graph's */
        fr_free(index);
        fr_free(owned->row);
        fr_free(owned->neighbour);
        fr_free(owned->weight);
        fr_free(owned->degree);
        fr_free(owned->name_offset);
        fr_free(owned->name_bytes);
        if (owned->mapping != NULL) munmap(owned->mapping, (size_t)owned->mapping_size);
        fr_free(owned);
    }
    *graph = (fr_graph){0};
}

int fr_graph_from_csr(int64_t n, const int64_t *row, const uint32_t *neighbour, const double *weight,
                      fr_graph *out)
{
    *out = (fr_graph){0};
    if (n < 0 || n > GRAPH_MOST_NODES) return fr_fail(FR_EUSAGE, "a graph of %" PRId64 " nodes", n);
    for (int64_t i = 0; i <= n; i++)
        if (row[i] < (i == 0 ? 0 : row[i - 1]) || (i == 0 && row[i] != 0))
            return fr_fail(FR_EUSAGE,
                           "the rows of the graph must start at 0 and ascend, but row %" PRId64
                           " starts at %" PRId64,
                           i, row[i]);
    fr_graph made = {
        .n = n, .n_arcs = row[n], .row = row, .neighbour = neighbour, .weight = weight, .trusted = true};
    graph_owned *owned = fr_alloc(1, sizeof *owned);
    if (owned == NULL) return FR_ENOMEM;
    made.owned = owned;
    made.n_loops = graph_count_loops(n, row, neighbour);
    made.volume = (double)made.n_arcs;
    made.min_weight = made.max_weight = made.n_arcs > 0;
    if (weight != NULL) {
        owned->degree = fr_alloc(n, sizeof *owned->degree);
        if (owned->degree == NULL) {
            fr_graph_free(&made);
            return FR_ENOMEM;
        }
        made.degree = owned->degree;
        made.volume = graph_sum_degrees(n, row, weight, owned->degree);
        graph_weight_range(made.n_arcs, weight, &made.min_weight, &made.max_weight);
    }
    *out = made;
    return FR_OK;
}

/* ---- names ---- */

const char *fr_graph_name(const fr_graph *graph, int64_t node, char buffer[24])
{
    snprintf(buffer, 24, "%" PRId64, node);
    if (graph->name_offset == NULL || node < 0 || node >= graph->n) return buffer;
    const graph_owned *owned = graph->owned;
    int64_t start = graph->name_offset[node]; /* of a mapped file: anything */
    return start >= 0 && start < owned->name_size ? graph->name_bytes + start : buffer;
}

/* The hash of the graph's names. Where two threads make it at once, one gives way. */
static int index_names(const fr_graph *graph, const graph_names **out)
{
    graph_owned *owned = graph->owned;
    *out = atomic_load(&owned->index);
    if (*out != NULL) return FR_OK;
    for (int64_t i = 0; i < graph->n; i++) {
        int64_t start = graph->name_offset[i], stop = graph->name_offset[i + 1];
        if (start < 0 || start >= stop || stop > owned->name_size || graph->name_bytes[stop - 1] != '\0')
            return fr_fail(
                FR_EINPUT,
                "the graph file is damaged: the name of node %" PRId64 " is not where it should be", i);
    }
    graph_names *index = fr_alloc(1, sizeof *index);
    if (index == NULL) return FR_ENOMEM;
    *index = (graph_names){.count = graph->n,
                           .offset = (int64_t *)(uintptr_t)graph->name_offset, /* read only */
                           .bytes = (char *)(uintptr_t)graph->name_bytes};
    int status = graph_names_index(index);
    if (status != FR_OK) {
        fr_free(index);
        return status;
    }
    graph_names *before = NULL;
    if (!atomic_compare_exchange_strong(&owned->index, &before, index)) {
        fr_free(index->slot);
        fr_free(index);
        index = before;
    }
    *out = index;
    return FR_OK;
}

/* All digits: a number, or the largest one there is. */
static bool read_number(const char *text, int64_t *number)
{
    *number = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++)
        *number = *number > (INT64_MAX - 9) / 10 ? INT64_MAX : 10 * *number + (*c - '0');
    return c > text && *c == '\0';
}

int fr_graph_find(const fr_graph *graph, const char *text, const char *what, int64_t *node)
{
    *node = -1;
    if (graph->name_offset != NULL) {
        const graph_names *index;
        int status = index_names(graph, &index);
        if (status != FR_OK) return status;
        *node = graph_names_find(index, text, (int64_t)strlen(text));
        if (*node >= 0) return FR_OK;
    }
    int64_t number;
    bool is_number = read_number(text, &number);
    if (is_number && number < graph->n) {
        *node = number;
        return FR_OK;
    }
    if (is_number)
        return fr_fail(FR_EINPUT,
                       "%s: there is no node %.40s; the graph's %" PRId64 " nodes are 0 to %" PRId64, what,
                       text, graph->n, graph->n - 1);
    return fr_fail(FR_EINPUT, "%s: there is no node called '%.80s'%s", what, text,
                   graph->name_offset == NULL ? "; the nodes of this graph have numbers, not names" : "");
}
