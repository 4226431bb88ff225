/* Biconnected components and articulation points: depth first with an explicit stack (Hopcroft, Tarjan, CACM 1973).
 *
 * A node's low point is the earliest node that its subtree reaches by one arc beside the tree. A child whose low point is
 * not above its parent closes a biconnected component; a parent with such a child is an articulation point, unless it is the
 * root and this is its only child. */
#include "workspace.h"

/* One walk over all nodes. Places in the walk count from 1; 0: not met yet. */
typedef struct {
    const fr_graph *graph;
    uint32_t *place, *low; /* of each node */
    uint32_t *parent;      /* in the tree; the node itself for a root */
    int64_t *next;         /* the next arc to look at */
    uint32_t met;
    int64_t components;
    uint8_t *articulation;
} walk;

static void walk_free(walk *w)
{
    fr_free(w->place);
    fr_free(w->low);
    fr_free(w->parent);
    fr_free(w->next);
}

static void enter(walk *w, uint32_t node, uint32_t parent)
{
    w->place[node] = w->low[node] = ++w->met;
    w->parent[node] = parent;
    w->next[node] = w->graph->row[node];
}

/* The child's subtree is done; returns whether it closes a component. */
static bool leave(walk *w, uint32_t child)
{
    uint32_t parent = w->parent[child];
    if (w->low[child] < w->place[parent]) {
        if (w->low[child] < w->low[parent]) w->low[parent] = w->low[child];
        return false;
    }
    w->components++;
    return true;
}

/* Everything reachable from `root`. The stack is the chain of parents. */
static void walk_from(walk *w, uint32_t root)
{
    const fr_graph *graph = w->graph;
    int64_t root_components = 0;
    uint32_t node = root;
    enter(w, root, root);
    for (;;) {
        if (w->next[node] < graph->row[node + 1]) {
            uint32_t other = graph->neighbour[w->next[node]++];
            if (w->place[other] == 0) {
                enter(w, other, node);
                node = other;
            } else if (other != w->parent[node] && w->place[other] < w->low[node]) {
                w->low[node] = w->place[other];
            }
            continue;
        }
        if (node == root) break;
        uint32_t parent = w->parent[node];
        if (leave(w, node)) {
            if (parent == root)
                root_components++;
            else
                w->articulation[parent] = 1;
        }
        node = parent;
    }
    w->articulation[root] = root_components > 1;
}

int fr_cluster_biconnected(const fr_graph *graph, uint8_t *articulation, int64_t *components,
                           int64_t *n_articulation)
{
    *components = 0, *n_articulation = 0;
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    int64_t n = graph->n;
    uint8_t *own = articulation == NULL ? fr_alloc(n, 1) : NULL;
    walk w = {.graph = graph, .articulation = articulation == NULL ? own : articulation};
    w.place = fr_alloc(n, sizeof *w.place);
    w.low = fr_alloc(n, sizeof *w.low);
    w.parent = fr_alloc(n, sizeof *w.parent);
    w.next = fr_alloc(n, sizeof *w.next);
    if (w.articulation == NULL || w.place == NULL || w.low == NULL || w.parent == NULL || w.next == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t i = 0; i < n; i++)
        w.articulation[i] = 0;
    for (int64_t i = 0; i < n; i++)
        if (w.place[i] == 0) walk_from(&w, (uint32_t)i);
    for (int64_t i = 0; i < n; i++)
        *n_articulation += w.articulation[i];
    *components = w.components;
done:
    walk_free(&w);
    fr_free(own);
    return status;
}
