/* Scratch of the push methods: residual and mass of every node, which of them are not zero, the queue, and the one
 * hot loop: a share of a node's mass added to the residual of each of its neighbours.
 *
 * A record holds a node's residual beside its degree, so that an arc costs one cache line. Invariant between
 * calls: all residuals and masses zero, lists and queue empty. */
#ifndef FRUGAL_CLUSTER_PUSH_H
#define FRUGAL_CLUSTER_PUSH_H

#include "support.h"

typedef struct {
    double residual;
    double degree; /* 0: not looked up yet; stays once it is */
} push_node;

typedef struct push_scratch push_scratch;
/* node[u].residual += share * weight[k], weight NULL: all one, for u = neighbour[k], 0 <= k < count; u goes to the
 * list of touched nodes when its residual was zero, and to the queue when it rises above threshold * degree. There
 * is room for `count` more in both. */
typedef void push_arcs_function(push_scratch *scratch, int64_t count, const uint32_t *neighbour,
                                const double *weight, double share, double threshold);

struct push_scratch {
    const fr_graph *graph;
    uint32_t *index;               /* the workspace's; for the support: 1 + place of a node */
    push_node *node;               /* n, and one that stands in where four are taken at a time */
    double *p;                     /* n: mass */
    uint32_t *touched;             /* nodes with residual != 0, and nodes where it once was */
    uint32_t *support;             /* nodes with p > 0, in the order in which they got it */
    int64_t n_touched, n_support;  /* each at most list_space */
    int64_t list_space;            /* of both lists */
    uint32_t *queue;               /* ring of mask + 1 entries, a power of two */
    uint64_t head, tail, mask;     /* entries head .. tail - 1, each at its number & mask */
    push_arcs_function *push_arcs; /* the fastest for this processor */
    support_graph inner;           /* the subgraph on the support, see support.h */
};

/* The workspace's scratch, made at the first call. */
int push_scratch_get(fr_cluster_workspace *workspace, push_scratch **out);
/* Back to all zero, in time proportional to the lists. */
void push_clear(push_scratch *scratch);

/* Makes room for `count` more entries in the lists and the queue. */
int push_make_room(push_scratch *scratch, int64_t count);
static inline int push_room(push_scratch *scratch, int64_t count)
{
    bool enough = scratch->n_touched + count <= scratch->list_space &&
                  scratch->tail - scratch->head + (uint64_t)count <= scratch->mask + 1;
    return enough ? FR_OK : push_make_room(scratch, count);
}

static inline double push_degree(push_scratch *scratch, int64_t node)
{
    push_node *here = &scratch->node[node];
    if (here->degree == 0) here->degree = fr_graph_degree(scratch->graph, node);
    return here->degree;
}

static inline void push_enqueue(push_scratch *scratch, uint32_t node)
{
    scratch->queue[scratch->tail++ & scratch->mask] = node;
}

/* To be called before a node is pushed: its row is good, it has arcs, and there is room for what they may append.
 * FR_EINPUT if a mapped graph turns out to be damaged there. */
int push_prepare(fr_cluster_workspace *workspace, push_scratch *scratch, uint32_t node);
static inline int push_ready(fr_cluster_workspace *workspace, push_scratch *scratch, uint32_t node)
{
    int64_t count = scratch->graph->row[node + 1] - scratch->graph->row[node] + 1;
    bool ready = workspace->row_known == NULL && scratch->node[node].degree > 0 &&
                 scratch->n_touched + count <= scratch->list_space &&
                 scratch->tail - scratch->head + (uint64_t)count <= scratch->mask + 1;
    return ready ? FR_OK : push_prepare(workspace, scratch, node);
}

/* Fetches the first arcs of a node that is next, while the present one is being worked on. */
static inline void push_prefetch(const fr_graph *graph, uint32_t node)
{
    int64_t begin = graph->row[node];
    if (begin < 0 || begin >= graph->n_arcs) return; /* a mapped file that has not been checked yet */
    for (int line = 0; line < 4; line++)
        __builtin_prefetch((const char *)(graph->neighbour + begin) + 64 * line);
}

/* Takes the first of the queue, ready to be pushed. */
static inline int push_next(fr_cluster_workspace *workspace, push_scratch *scratch, uint32_t *node)
{
    *node = scratch->queue[scratch->head++ & scratch->mask];
    if (scratch->head != scratch->tail)
        push_prefetch(scratch->graph, scratch->queue[scratch->head & scratch->mask]);
    return push_ready(workspace, scratch, *node);
}

/* Adds mass to p and keeps the list of the support. */
static inline void push_give(push_scratch *scratch, uint32_t node, double mass)
{
    if (scratch->p[node] == 0 && mass != 0) scratch->support[scratch->n_support++] = node;
    scratch->p[node] += mass;
}

/* Adds share * A_ju to the residual of the neighbours u of node j; see push_arcs_function. Returns the arcs read. */
static inline int64_t push_row(push_scratch *scratch, uint32_t node, double share, double threshold)
{
    const fr_graph *graph = scratch->graph;
    int64_t begin = graph->row[node], count = graph->row[node + 1] - begin;
    const double *weight = graph->weight != NULL ? graph->weight + begin : NULL;
    scratch->push_arcs(scratch, count, graph->neighbour + begin, weight, share, threshold);
    return count;
}

/* Puts the seeds' masses into the residual. */
int push_seeds(push_scratch *scratch, int64_t count, const int64_t *seed, const double *mass);

/* Weight of the loop at a node, 0 if it has none. */
double push_find_loop(const fr_graph *graph, int64_t node);
static inline double push_loop(const fr_graph *graph, int64_t node)
{
    return graph->n_loops == 0 ? 0 : push_find_loop(graph, node);
}

/* The support as a sorted vector, with the seeds among it if `seeds` is not NULL; with keep_residual also the
 * residual. Leaves the scratch as it is, and out->info. On failure frees `out`. */
int push_vector(push_scratch *scratch, int64_t n_seeds, const int64_t *seeds, bool keep_residual,
                fr_cluster_vector *out);

/* What push_arcs is on any processor; the reference for the others. */
push_arcs_function push_arcs_plain;

#endif
