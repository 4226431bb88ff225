/* Inside p-norm flow diffusion (flow_diffusion.c has the problem and the paper): the part of the graph that the run has
 * met, as a network whose edges carry flow, and what the steps of the method do with it.
 *
 * Nodes are numbered as they are met. A node whose row has been read is "open"; its edges to nodes that were not open at
 * the time lie in its row, so that each edge is there once. Nodes with x > 0 are open. */
#ifndef FRUGAL_CLUSTER_PFLOW_H
#define FRUGAL_CLUSTER_PFLOW_H

#include "touched.h"

/* Columns of the nodes: source mass Delta, potential x, net outflow of `next`, largest |flow| / weight at the node. */
enum { PFLOW_SOURCE, PFLOW_X, PFLOW_OUT, PFLOW_SCALE, pflow_columns };

typedef struct {
    touched_nodes nodes;
    int64_t by_number; /* room of the arrays by number: */
    uint32_t *place;   /* 1 + place among the open nodes, 0: not open */
    uint32_t *slot;    /* scratch, zero between uses */
    int64_t n_open, open_room;
    uint32_t *open; /* numbers */
    int64_t *first; /* n_open + 1 */
    int64_t n_edges, edge_room;
    uint32_t *target;
    double *weight; /* NULL: all one */
    double *flow;   /* from the open node to the target */
    double *next;   /* flow of the last solve */
    double *conductance,
        *at; /* p > 2: next = at + conductance (x_open - x_target); NULL for p = 2, where they are w and 0 */
} pflow_network;

typedef struct {
    fr_cluster_workspace *workspace;
    const fr_cluster_flow_diffusion_settings *settings;
    fr_cluster_flow_diffusion_info *info;
    int64_t n_seeds;
    const int64_t *seed;
    double *source; /* by seed */
    double start;   /* fr_clock() at the beginning */
    bool stop;      /* a limit was reached */
    double p;       /* of the present problem: it rises to settings->p */
    pflow_network network;
} pflow_run;

/* Looks at the limits now and then; fails when the run is interrupted. */
int pflow_look(pflow_run *run);

/* FR_EUSAGE unless every component holds its seeds' mass with room to spare. Visits nodes of about that volume. */
int pflow_check_room(pflow_run *run);
/* Volume of the seeds and their neighbours. */
int pflow_ball_volume(pflow_run *run, double *volume);

/* p = 2: x of a network with the nodes of its support open, at most x*, by exact steps along one coordinate each. */
int pflow_push(pflow_run *run);

/* ---- network ---- */

int pflow_network_new(pflow_run *run);
void pflow_network_free(pflow_network *network);
/* Reads the row of a node, unless it is open. New edges carry no flow. */
int pflow_open(pflow_run *run, uint32_t number);
static inline double pflow_weight(const pflow_network *network, int64_t edge)
{
    return network->weight != NULL ? network->weight[edge] : 1;
}
/* Flows `next` that x makes, and with them the net outflows. */
void pflow_spread(pflow_network *network);
/* Mass at a node above its capacity, below it if negative: Delta - outflow - d. */
static inline double pflow_excess(const pflow_network *network, int64_t number)
{
    double *const *column = network->nodes.column;
    return column[PFLOW_SOURCE][number] - column[PFLOW_OUT][number] - network->nodes.degree[number];
}

/* ---- solving ---- */

/* The linear complementarity problem of the present conductances: x >= 0, no mass above capacity, none below it where
 * x > 0; to `bound`, the sum of what is left over all nodes, which is given in *left. Flows go to `next`. */
int pflow_solve(pflow_run *run, double bound, double *left);
/* What a solve may leave. */
double pflow_bound(const pflow_run *run);
/* From the solution for p = 2, in `flow` and x, to that for settings->p. */
int pflow_raise(pflow_run *run);
/* Conductances and flows `at` of the rows from `row` on: the edges' law linearised at `flow` and `next`. */
void pflow_linearise(pflow_network *network, double p, int64_t row);
/* sign(flow) |flow|^(p - 1): the fall of potential that drives a flow through weight 1. */
double pflow_fall(double flow, double p);

/* Excess, energy, objective, duality gap of the flow and x that the network holds. */
int pflow_certify(pflow_run *run);

#endif
