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
    double volume; /* of the nodes that have been given mass */
} l1_run;

/* Whether a limit of steps or time is reached. Fails when the run is interrupted. */
int l1_look(const l1_run *run, bool *stop);

/* From an x below the optimum: the monotone active set, solved by conjugate gradients. */
int l1_rounds(l1_run *run);

#endif
