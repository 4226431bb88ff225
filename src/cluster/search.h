/* One run of the parameter search: what its parts share. */
#ifndef FRUGAL_CLUSTER_SEARCH_H
#define FRUGAL_CLUSTER_SEARCH_H

#include "workspace.h"

typedef struct {
    fr_cluster_workspace *workspace;
    const fr_cluster_seeds *seeds;
    const fr_cluster_search_settings *settings;
    fr_cluster_search_result *out;
    /* Of the next solve. Its start is the answer before it, which lies in `held` or in the result. */
    fr_cluster_l1_settings l1;
    fr_cluster_vector held;
    fr_cluster_path_result path; /* of this alpha, with on_path */
} search_run;

/* Solves at l1.alpha and l1.rho: one more row, and the best set if none before is better. `support`, which the row is for: one
 * that the path visits there, the best of `path_supports`; NULL: that of the solution. */
int search_solve(search_run *run, const fr_cluster_set *support, int64_t path_supports);
/* Adds what was done to the sums of the result. */
void search_add_info(search_run *run, const fr_cluster_info *info);

/* Follows the path of l1.alpha, and makes a row of its best support. */
int search_path(search_run *run);

#endif
