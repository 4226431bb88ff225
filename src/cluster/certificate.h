/* The residual of masses in the push scratch, derived anew, and what follows from it. */
#ifndef FRUGAL_CLUSTER_CERTIFICATE_H
#define FRUGAL_CLUSTER_CERTIFICATE_H

#include "push.h"

/* From x of scratch->inner, which has been extended to the whole support: the residual of every node outside of
 * the support that x reaches. With the inner arcs, those above threshold * degree lie in the queue; without, it
 * holds nodes of the support too, and their residual is the sum of what seeds and neighbours give. Adds to
 * info->pushes and arcs_read. */
int certificate_spread(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                       double threshold, fr_cluster_info *info);

/* The same, and the residual in the support, with inner->left and slack; in extended precision if `careful`, which
 * needs the inner arcs. */
int certificate_residual(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                         double threshold, bool careful, fr_cluster_info *info);

/* The certificate that follows, with the rounding of the residual on the safe side; drops nodes that x does not
 * reach from the touched ones. To be called before the scratch is used for anything else. */
void certificate_fill(push_scratch *scratch, const l1_problem *problem, fr_cluster_info *info);

#endif
