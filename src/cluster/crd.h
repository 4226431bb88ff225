/* Capacity releasing diffusion: the part of the graph that it has reached, and one round of its flow. */
#ifndef FRUGAL_CLUSTER_CRD_H
#define FRUGAL_CLUSTER_CRD_H

#include "workspace.h"

typedef struct {
    int64_t id;
    int64_t degree;
    int64_t first, current; /* its arcs in `flow`, -1: not revealed; the next one to look at, from 0 */
    double start, mass;
    bool queued;
} crd_node;

/* What is reached; the workspace keeps it. */
typedef struct {
    uint16_t *label; /* n entries, zero between calls */
    int64_t n_nodes, node_room;
    crd_node *node;
    int64_t *by_label; /* nodes with a label, highest first */
    uint64_t *heap;    /* label * 2^32 + id, smallest on top; each node at most once */
    int64_t heap_count;
    int64_t n_arcs, arc_room;
    double *flow;  /* out of the node along its arcs, in the order of its row */
    int64_t *twin; /* the same edge the other way; -1 while the other end is not revealed */
} crd_network;

typedef struct {
    fr_cluster_workspace *workspace;
    const fr_graph *graph;
    const fr_cluster_crd_settings *settings;
    uint32_t *index;
    crd_network *network;
    int64_t pushes, arcs_read, steps;
    double best_conductance;
    int64_t best_count, best_room;
    int64_t *best;
} crd_run;

/* That of the workspace, NULL without memory. */
crd_network *crd_network_of(fr_cluster_workspace *workspace);
/* Gives the node a number, with no mass. */
int crd_add_node(crd_run *run, int64_t id);
/* Gives the node flows along its arcs: minus what its revealed neighbours have sent. */
int crd_reveal(crd_run *run, crd_node *node);
/* Leaves the workspace clean. */
void crd_clear(crd_run *run);

static inline double crd_excess(const crd_node *node)
{
    return node->mass > (double)node->degree ? node->mass - (double)node->degree : 0;
}

/* Spreads the starting masses; labels tell how high they had to be pushed. */
int crd_unit_flow(crd_run *run);

#endif
