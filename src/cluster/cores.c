/* k-core numbers: nodes leave in order of the number of neighbours they have left, kept in buckets; O(arcs).
 * Batagelj, Zaversnik, "An O(m) algorithm for cores decomposition of networks" (2003). */
#include "workspace.h"

/* Nodes by what is left of their degree. */
typedef struct {
    uint32_t *order;    /* nodes by degree left, ascending */
    uint32_t *position; /* of each node in `order` */
    int64_t *begin;     /* first place of each degree in `order` */
} buckets;

static void buckets_free(buckets *nodes)
{
    fr_free(nodes->order);
    fr_free(nodes->position);
    fr_free(nodes->begin);
}

/* Degrees without loops and weights into `left`; returns the largest. */
static int64_t plain_degrees(const fr_graph *graph, int64_t *left)
{
    int64_t most = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        left[i] = graph->row[i + 1] - graph->row[i];
        for (int64_t k = graph->row[i]; graph->n_loops > 0 && k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] == i) left[i]--;
        if (left[i] > most) most = left[i];
    }
    return most;
}

static int buckets_new(int64_t n, int64_t most, const int64_t *left, buckets *out)
{
    *out = (buckets){fr_alloc(n, sizeof(uint32_t)), fr_alloc(n, sizeof(uint32_t)),
                     fr_alloc(most + 2, sizeof(int64_t))};
    if (out->order == NULL || out->position == NULL || out->begin == NULL) {
        buckets_free(out);
        return FR_ENOMEM;
    }
    for (int64_t i = 0; i < n; i++)
        out->begin[left[i] + 1]++;
    for (int64_t d = 0; d <= most; d++)
        out->begin[d + 1] += out->begin[d];
    for (int64_t i = 0; i < n; i++) { /* begin[d] runs to the end of bucket d ... */
        out->position[i] = (uint32_t)out->begin[left[i]]++;
        out->order[out->position[i]] = (uint32_t)i;
    }
    for (int64_t d = most + 1; d > 0; d--) /* ... which is the beginning of the next */
        out->begin[d] = out->begin[d - 1];
    out->begin[0] = 0;
    return FR_OK;
}

/* The node moves to the bucket below: it changes places with the first of its own, whose beginning moves up. */
static void lower(buckets *nodes, uint32_t node, int64_t *left)
{
    uint32_t at = nodes->position[node], first = (uint32_t)nodes->begin[left[node]]++,
             other = nodes->order[first];
    nodes->order[first] = node, nodes->position[node] = first;
    nodes->order[at] = other, nodes->position[other] = at;
    left[node]--;
}

int fr_cluster_cores(const fr_graph *graph, int64_t *core, int64_t *max_core)
{
    *max_core = 0;
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    buckets nodes;
    int64_t most = plain_degrees(graph, core);
    if ((status = buckets_new(graph->n, most, core, &nodes)) != FR_OK) return status;
    for (int64_t k = 0; k < graph->n;
         k++) { /* what is left of the degree when a node's turn comes is its core number */
        int64_t node = nodes.order[k];
        if (core[node] > *max_core) *max_core = core[node];
        for (int64_t a = graph->row[node]; a < graph->row[node + 1]; a++) {
            uint32_t other = graph->neighbour[a];
            if (core[other] > core[node]) lower(&nodes, other, core);
        }
    }
    buckets_free(&nodes);
    return FR_OK;
}
