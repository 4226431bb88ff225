/* The exact path with another bound on the supports whose inverse is kept, for tests of what lies beyond it. */
#ifndef FRUGAL_CLUSTER_PATH_H
#define FRUGAL_CLUSTER_PATH_H

#include "workspace.h"

int cluster_path_limited(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                         const fr_cluster_path_settings *settings, int64_t dense_limit,
                         fr_cluster_path_result *out);

#endif
