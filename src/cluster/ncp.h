/* Inside the network community profile: the stages of a preset, and one run of a method. */
#ifndef FRUGAL_CLUSTER_NCP_H
#define FRUGAL_CLUSTER_NCP_H

#include "found_sets.h"

typedef enum { NCP_INPUT_ITSELF, NCP_ACL, NCP_L1, NCP_CRD, NCP_MQI } ncp_method;

/* The same method from many nodes or neighbourhoods. */
typedef struct {
    ncp_method method;
    const char *name;
    fr_cluster_input_kind kind; /* NODE, or NEIGHBOURHOOD: the node and its neighbours */
    bool local_minima;          /* of the conductance of neighbourhoods, instead of any nodes */
    double share;               /* of the nodes (or minima) to draw where no number is given */
    double alpha, rho;
    double time_share; /* of the time that is left for all */
} ncp_stage;

enum { ncp_most_stages = 40 };
/* Fills the stages of a preset; returns how many. */
int ncp_stages(fr_cluster_ncp_preset preset, ncp_stage stages[ncp_most_stages]);

/* What a run found. */
typedef struct {
    fr_cluster_scores input, output;
    double seconds;
    bool finished;
} ncp_run;

/* The context of a stage's tasks. */
typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const ncp_stage *stage;
    const int64_t *node; /* of each run */
    double deadline;     /* by fr_clock; 0: none */
    found_sets *sets;    /* NULL: the sets are not wanted */
} ncp_work;
int ncp_run_one(int64_t index, const void *context, void *workspace, void *result);

#endif
