/* The residual of masses in the push scratch, derived anew, and what follows from it. */
#ifndef FRUGAL_CLUSTER_CERTIFICATE_H
#define FRUGAL_CLUSTER_CERTIFICATE_H

#include "push.h"

/* From x of scratch->inner, which has been extended to the whole support: the residual of every node that x reaches into
 * scratch->node (the touched nodes listed anew), inner->left and slack, and the certificate into info, with the rounding of the residual
 * on the safe side. Nodes outside of the support above threshold * degree lie in the queue. Adds to info->pushes and arcs_read. */
int certificate_renew(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                      double threshold, bool careful, fr_cluster_info *info);

#endif
