/* The grid of alpha and rho that search and clusters go over. */
#ifndef FRUGAL_CLI_CLUSTER_RANGES_H
#define FRUGAL_CLI_CLUSTER_RANGES_H

#include "cluster_results.h"

extern const option_group cluster_range_options; /* --alpha-range --rho-range --certificate */
int cluster_search_settings(const cli_options *parsed, fr_cluster_search_settings *out);

#endif
