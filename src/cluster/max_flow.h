/* Maximum flow on a local piece of the graph: Dinic's algorithm on arrays, with integer amounts.
 *
 * Every node has an arc from the source and an arc to the sink; an edge of the graph is a pair of arcs that carry its weight
 * both ways. The rows of nodes are read ("revealed") when the search from the source first has to go through them, so a
 * network that grows stays as small as its cut asks for. */
#ifndef FRUGAL_CLUSTER_MAX_FLOW_H
#define FRUGAL_CLUSTER_MAX_FLOW_H

#include "workspace.h"

/* Amounts are whole numbers. Integer weights times the denominators of a ratio are exact; other weights are rounded to
 * about 2^-100 of the volume at hand, and residuals up to `zero` count as none. */
__extension__ typedef __int128 flow_amount;

/* A capacity per unit of weight: `whole`, or `real` where the weights are not integers. */
typedef struct {
    bool exact;
    flow_amount whole;
    double real;
} flow_factor;

typedef struct {
    int64_t id;                  /* in the graph */
    int64_t first, end, current; /* arcs; first = -1: not revealed */
    flow_amount source, sink;    /* residuals of the terminal arcs */
} flow_node;

typedef struct {
    fr_cluster_workspace *workspace;
    uint32_t *index; /* the workspace's: 1 + number of a node here */
    /* An unknown neighbour becomes a node. Otherwise the arc to it is left out; then nodes are added in ascending order. */
    bool grows;
    flow_factor arc;     /* capacity of an edge per weight */
    flow_factor outside; /* grows: capacity to the sink of a node that joins, per degree */
    flow_amount zero;

    int64_t n_nodes, node_room;
    flow_node *node;
    int32_t *level;  /* -1: not reached by the last search from the source */
    uint32_t *queue; /* the nodes that were, in order */
    int64_t n_queue;
    int64_t *path; /* arcs of the path being made */

    int64_t n_arcs, arc_room;
    uint32_t *to;          /* a loop leads to its own node and carries nothing */
    int64_t *twin;         /* the same edge the other way; -1 while the other end is not revealed */
    flow_amount *residual; /* capacity less flow */

    int64_t arcs_read;
    double revealed_volume;
} flow_network;

/* What flow_reveal and flow_maximise return when `arc` is exact and a weight is not an integer; the network is then to be
 * used with other factors, from flow_reset on. */
enum { FLOW_FRACTION = 1 };

/* The empty network of the workspace; flow_close takes its nodes out of the workspace's index. */
int flow_open(fr_cluster_workspace *workspace, flow_network **out);
void flow_close(flow_network *net);
/* The next number goes to this node, which must be new; its capacities are 0. */
int flow_add(flow_network *net, int64_t id);
/* Reads the arcs of a node; their flow is what the arcs the other way say. */
int flow_reveal(flow_network *net, int64_t number);
/* For a network that grows: no flow on any arc between nodes, and capacities by net->arc. Terminal arcs are the caller's. */
void flow_reset(flow_network *net);
/* Adds flow until none can be added; afterwards the nodes with level >= 0 are the smallest source side of a minimum cut, and
 * the others are its largest sink side. */
int flow_maximise(flow_network *net);

/* Weight of the edges between the source side (or the sink side) and all other nodes of the graph, read from the graph. */
double flow_cut(const flow_network *net, bool source_side);

/* Whether all weights of a row, and their sum, are integers that a double holds exactly. */
bool flow_row_is_whole(const fr_graph *graph, int64_t node);

static inline bool flow_reached(const flow_network *net, int64_t number)
{
    return net->level[number] >= 0;
}

static inline flow_amount flow_times(flow_factor factor, double value)
{
    if (factor.exact) return factor.whole * (flow_amount)value;
    double product = factor.real * value;
    return (flow_amount)(product < 0x1p110 ? product : 0x1p110); /* no flow comes near that */
}

#endif
