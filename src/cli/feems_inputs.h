/* What the verbs of `frugal feems` take in: the graph, the samples with their genotypes, weights; and the options for it. */
#ifndef FRUGAL_CLI_FEEMS_INPUTS_H
#define FRUGAL_CLI_FEEMS_INPUTS_H

#include "job.h"

#include <frugal/feems.h>

extern const option_group feems_sample_options; /* --bfile --coords --diffs --nsites */
extern const option_group feems_graph_options; /* --nodes --edges, or --outer and how to make a grid inside */
extern const option_group feems_filter_options; /* --maf --geno --mind --assign ... */
extern const option_group feems_model_options;  /* --alpha --w0 --s2 ... */
extern const option_group feems_cv_options;     /* --lambdas --lambda-grid --folds */
extern const option_group feems_figure_options; /* --projection --basemap --palette --color-limit */

/* ---- the graph ------------------------------------------------------------------------------------------------------- */

/* Reads the graph or makes the grid that the options ask for. `samples` (may be NULL) give the outline where there is none. */
int feems_graph_input(cli_job *job, const fr_points *samples, fr_feems_graph *out);

/* ---- samples and genotypes ------------------------------------------------------------------------------------------- */

typedef struct {
    fr_feems_graph graph; /* as read or made */
    int64_t *node_id;     /* graph.n_nodes: numbers in the user's file; NULL: the graph's own */
    fr_points samples;
    fr_plink plink; /* n_samples 0: distances were given */
    fr_feems_data data;
} feems_inputs;

/* Reads samples and genotypes and joins them with the graph: `given` (taken over, together with node_id; both may be NULL)
 * or what the options ask for. Notes the inputs and the counts in the summary. */
int feems_inputs_read(cli_job *job, fr_feems_graph *given, int64_t *node_id, feems_inputs *out);
void feems_inputs_free(feems_inputs *inputs);
/* Notes the counts of samples, SNPs, nodes and edges in the metrics; feems_inputs_read has done that. */
void feems_note_inputs(cli_job *job, const feems_inputs *inputs);
/* The number in the user's file of a node of inputs->data.graph. */
int64_t feems_node_id(const feems_inputs *inputs, int64_t node);
/* The node of inputs->data.graph with that number in the user's file; -1: none. */
int64_t feems_node_of_id(const feems_inputs *inputs, int64_t id);

/* Where more samples lie inside the box of the graph with longitude and latitude exchanged than as they are: FR_EINPUT. */
int feems_check_swapped(const char *path, const fr_points *samples, const fr_feems_graph *graph);

/* ---- weights --------------------------------------------------------------------------------------------------------- */

/* Weights of the edges of a graph from a file or from edges.csv in a result folder: a table with a header and the columns
 * node_i, node_j, weight (or i, j, w; 0-based), or one weight a line in the order of the edges (of the file `edges_path` where
 * one was read, may be NULL). `ids` (may be NULL) are the nodes' numbers in the file. */
int feems_weights_read(cli_job *job, const char *path, const fr_feems_graph *graph, const int64_t *ids,
                       const char *edges_path, double *weights);

/* ---- settings -------------------------------------------------------------------------------------------------------- */

void feems_fit_settings(const cli_options *parsed, fr_feems_settings *out);
/* Draws figures and report with the settings of the options. */
int feems_draw(cli_job *job, const char *folder);
/* Finds mistakes in the figure options before the long work. */
int feems_check_figures(cli_job *job);

#endif
