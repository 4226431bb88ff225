/* The residual of masses in the push scratch, derived anew, and what follows from it. */
#ifndef FRUGAL_CLUSTER_CERTIFICATE_H
#define FRUGAL_CLUSTER_CERTIFICATE_H

#include "push.h"

/* With x of scratch->inner (extended to the whole support): the residual of every node that x reaches, in scratch->node, the touched nodes listed
 * anew, and inner->left and slack. Nodes above threshold * degree, inside the support or not, lie in the queue. Adds to info->pushes
 * and arcs_read. */
int certificate_residual(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                         double threshold, bool careful, fr_cluster_info *info);

/* The certificate of that x, with the rounding of the residual on the safe side. */
void certificate_fill(const push_scratch *scratch, const l1_problem *problem, fr_cluster_info *info);

#endif
