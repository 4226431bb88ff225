/* The verbs of `frugal cluster`. */
#ifndef FRUGAL_CLI_CLUSTER_COMMANDS_H
#define FRUGAL_CLI_CLUSTER_COMMANDS_H

#include "command.h"

extern const cli_command cluster_l1pr_command, cluster_acl_command, cluster_path_command,
    cluster_stagewise_command, cluster_hk_command, cluster_ppr_path_command, cluster_search_command,
    cluster_sweep_command, cluster_mqi_command, cluster_flowimprove_command, cluster_simplelocal_command,
    cluster_crd_command, cluster_fiedler_command, cluster_fiedler_local_command, cluster_mov_command,
    cluster_densest_command, cluster_triangles_command, cluster_components_command, cluster_cores_command,
    cluster_score_command, cluster_labels_command, cluster_ncp_command, cluster_clusters_command,
    cluster_segment_command, cluster_convert_command, cluster_edit_command, cluster_check_command,
    cluster_generate_command, cluster_ball_command, cluster_extrema_command, cluster_flow_diffusion_command;

#endif
