/* One run of coordinate descent: what its parts share. */
#ifndef FRUGAL_CLUSTER_L1_DESCENT_H
#define FRUGAL_CLUSTER_L1_DESCENT_H

#include "certificate.h"

typedef struct {
    fr_cluster_workspace *workspace;
    push_scratch *scratch;
    const l1_problem *problem;
    const fr_cluster_l1_settings *settings;
    fr_cluster_info *info;
    double start;         /* fr_clock() at the beginning */
    double slope, spread; /* (1 + alpha) / (2 alpha), (1 - alpha) / (2 alpha) */
    double inverse_slope;
    double volume;       /* of the nodes that have been given mass */
    int64_t arcs_before; /* read before coordinate descent */
} l1_run;

/* Whether a limit of steps or time is reached. Fails when the run is interrupted. */
int l1_look(const l1_run *run, bool *stop);

/* Takes a given x >= 0 into the run, made such that it is below the optimum, with its residual and certificate. The subgraph on
 * the support is there afterwards. *done: it is the answer, or a limit was met. */
int l1_load_start(l1_run *run, const fr_cluster_vector *start, bool *done);
/* Gives the subgraph up, and nodes where x became zero. */
void l1_leave_support(push_scratch *scratch);

/* From an x below the optimum: the monotone active set, solved by conjugate gradients. */
int l1_rounds(l1_run *run);
/* The problem on the support, from any x there: |left_i| <= bound d_i where x_i > 0. `left` must be right. */
int l1_solve_support(l1_run *run, double bound, bool *stop);
/* x of the support into p. */
void l1_take_masses(push_scratch *scratch);

#endif
