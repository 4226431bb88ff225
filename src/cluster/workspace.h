/* Scratch of one thread for one graph. Each family of methods keeps its own part, made when it first runs and left clean
 * (all zero, lists empty) by every call, in time proportional to what the call touched. */
#ifndef FRUGAL_CLUSTER_WORKSPACE_H
#define FRUGAL_CLUSTER_WORKSPACE_H

#include <frugal/cluster.h>

/* A part: what a family of methods keeps between calls. */
typedef enum {
    WORKSPACE_PUSH,
    WORKSPACE_HEAT,
    WORKSPACE_PATH,
    WORKSPACE_FLOW,
    WORKSPACE_CRD,
    WORKSPACE_SET,
    WORKSPACE_PARTS
} workspace_part;

struct fr_cluster_workspace {
    const fr_graph *graph;
    uint32_t
        *index; /* n entries, zero between calls: 1 + local number of a node; NULL until workspace_index */
    uint8_t *
        row_known; /* n entries: rows of a graph that is not trusted which were found good; NULL if it is trusted */
    void *part[WORKSPACE_PARTS];
    void (*part_free[WORKSPACE_PARTS])(void *part);
};

/* The index array, made at the first call; whoever sets entries sets them back to zero. NULL: out of memory. */
uint32_t *workspace_index(fr_cluster_workspace *workspace);

/* Checks a row of a mapped graph: within the arrays, ascending, neighbours < n, weights > 0, degree = sum of the weights. */
int workspace_check_row(fr_cluster_workspace *workspace, int64_t node);

/* To be called before the arcs of a node are read. */
static inline int workspace_row(fr_cluster_workspace *workspace, int64_t node)
{
    if (workspace->row_known == NULL || workspace->row_known[node]) return FR_OK;
    return workspace_check_row(workspace, node);
}

/* FR_EUSAGE for a node out of range or listed twice, or an empty list; `what` names the list ("seeds", "set"). */
int workspace_check_set(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                        const char *what);

/* FR_EUSAGE unless the graph is trusted: methods that read all of it begin with this. */
int cluster_whole_graph(const fr_graph *graph);

/* The scores that follow from size, volume and cut. */
void cluster_scores_finish(const fr_graph *graph, fr_cluster_scores *scores);

/* Sorts node numbers ascending. */
void cluster_sort_nodes(int64_t count, int64_t *nodes);
/* Takes `nodes` (owned by fr_alloc, any order, distinct) into a set: sorts them and computes the scores. On failure
 * frees them. */
int cluster_set_take(fr_cluster_workspace *workspace, int64_t count, int64_t *nodes, fr_cluster_set *out);

/* The seeds as a distribution: distinct nodes in the order listed, masses by the rule. Free both with fr_free. Seeds
 * without neighbours are kept; *isolated is their mass. */
int cluster_seed_masses(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t *count,
                        int64_t **node, double **mass, double *isolated);

#endif
