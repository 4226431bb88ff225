/* What the verbs of `frugal cluster` give: tables with the nodes of the graph as read, metrics, and what is told on the way. */
#ifndef FRUGAL_CLI_CLUSTER_RESULTS_H
#define FRUGAL_CLI_CLUSTER_RESULTS_H

#include "cluster_inputs.h"

extern const option_group cluster_sweep_options;  /* --objective --max-volume --min-size */
extern const option_group cluster_figure_options; /* --layout */
extern const option_group cluster_limit_options;  /* --max-steps --time-limit --allow-unconverged */

/* ---- tables ------------------------------------------------------------------------------------------------------------- */

/* A CSV in the output folder. Where the nodes have names, the column `node` of the header is followed by `name`, and
 * cluster_csv_node fills both. Rank 0 only. */
int cluster_csv_create(cli_job *job, const cluster_input *input, const char *file, const char *header,
                       fr_csv **csv);
void cluster_csv_node(fr_csv *csv, const cluster_input *input, int64_t node);
/* FILE: column `node`, one row each. */
int cluster_write_nodes(cli_job *job, const cluster_input *input, const char *file, int64_t count,
                        const int64_t *nodes);
/* vector.csv, and residual.csv where residuals were kept. */
int cluster_write_vector(cli_job *job, const cluster_input *input, const fr_cluster_vector *vector);
/* path.csv */
int cluster_write_path(cli_job *job, const cluster_input *input, const fr_cluster_path_result *path);
/* sweep.csv */
int cluster_write_profile(cli_job *job, const cluster_input *input, const fr_cluster_sweep_result *sweep);

/* ---- metrics ------------------------------------------------------------------------------------------------------------ */

/* size, volume, cut, conductance, expansion, each with `prefix` before its name. */
void cluster_note_scores(cli_job *job, const char *prefix, const fr_cluster_scores *scores);
/* support, sum_p, objective, the certificate, counters, seconds. */
void cluster_note_info(cli_job *job, const fr_cluster_info *info, int64_t support);
/* Nodes with p > 0. */
int64_t cluster_support(const fr_cluster_vector *vector);
/* A flag of the metrics. */
void cluster_note_flag(cli_job *job, const char *name, bool flag);
/* Marks a run that ended early, with a warning; `how` it can be made to end well. */
void cluster_note_convergence(cli_job *job, bool converged, const char *how);

/* ---- the set that was found --------------------------------------------------------------------------------------------- */

/* Compares a set with the target, if there is one: a row of f1.csv. `method` is a literal. */
int cluster_compare(cli_job *job, cluster_input *input, const char *method, const fr_cluster_set *set);
/* The answer: metrics, comparison with the target, cluster.csv, f1.csv, one line to the user. */
int cluster_give_set(cli_job *job, cluster_input *input, const char *method, const fr_cluster_set *set);

/* --diagnose: asks cluster_give_set how well the seeds, alpha and rho suit what it will be given. */
extern const option_group cluster_diagnose_options;
void cluster_ask(cli_job *job, cluster_input *input, const fr_cluster_seeds *seeds, double alpha, double rho);
/* Answers it: metrics diagnose_..., a line to the user for each finding. */
int cluster_diagnose(cli_job *job, cluster_input *input, const fr_cluster_set *set);

/* The sweep over nodes by descending value: sweep.csv, metrics; the best prefix goes to `best`, as below. */
int cluster_give_ranking(cli_job *job, cluster_input *input, const char *method, int64_t count,
                         const int64_t *nodes, const double *values, fr_cluster_set *best);
/* A vector with its sweep: vector.csv, sweep.csv, metrics; the best prefix goes to `best` (free it), or is the answer where
 * `best` is NULL. */
int cluster_give_vector(cli_job *job, cluster_input *input, const char *method,
                        const fr_cluster_vector *vector, fr_cluster_set *best);
void cluster_sweep_settings(const cli_options *parsed, fr_cluster_sweep_settings *out);

/* ---- improving a set ---------------------------------------------------------------------------------------------------- */

extern const option_group cluster_improve_options; /* --improve */
extern const option_group cluster_flow_options;    /* --delta --side ... */
extern const option_group cluster_cut_options;     /* the same without delta */
/* The answer, after what --improve asks for has been done to it. */
int cluster_improve_and_give(cli_job *job, cluster_input *input, const char *method,
                             const fr_cluster_set *set);
/* Settings of SimpleLocal for a set, by --delta --delta-from-target --side --keep-disconnected --exact-conductance. */
int cluster_flow_settings(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes,
                          fr_cluster_flow_settings *out);
/* Metrics of a flow method, and the answer. */
int cluster_give_flow(cli_job *job, cluster_input *input, const char *method,
                      const fr_cluster_flow_result *flow);

#endif
