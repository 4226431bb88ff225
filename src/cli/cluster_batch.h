/* Many seed sets at once: a file with one a line, or each seed for itself. */
#ifndef FRUGAL_CLI_CLUSTER_BATCH_H
#define FRUGAL_CLI_CLUSTER_BATCH_H

#include "cluster_results.h"

extern const option_group cluster_batch_options; /* --batch --each-seed */

bool cluster_is_batch(const cli_options *parsed);
/* FR_EUSAGE where options are given that a batch does not have. */
int cluster_check_batch(const cli_options *parsed);
/* Runs the batch of the options: metrics, batch.csv, batch_sets.csv. */
int cluster_run_batch(cli_job *job, cluster_input *input, const fr_cluster_batch_settings *settings);

#endif
