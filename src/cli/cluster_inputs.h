/* What the verbs of `frugal cluster` take in: the graph, seeds, sets of nodes, a target to compare with; and the options
 * for it. Results are told in the ids of the graph as it was read, also where its largest component alone is worked on. */
#ifndef FRUGAL_CLI_CLUSTER_INPUTS_H
#define FRUGAL_CLI_CLUSTER_INPUTS_H

#include "job.h"

#include <frugal/cluster.h>

extern const option_group cluster_graph_options;  /* --format --sep ... --largest-component */
extern const option_group cluster_seed_options;   /* --seed-nodes --seed-file --seed-set --mass */
extern const option_group cluster_source_options; /* the same without --mass */
extern const option_group cluster_set_options;    /* --set-nodes --set-file --set */
extern const option_group cluster_target_options; /* --target --target-nodes --target-file --labels */

/* By what the answer was found, where --diagnose asks how well that suits it. */
typedef struct {
    const fr_cluster_seeds *seeds; /* borrowed; NULL: nobody asks */
    double alpha, rho;
} cluster_question;

/* A set that was found on the way, compared with the target; a row of f1.csv. */
typedef struct {
    const char *method; /* a literal */
    fr_cluster_scores scores;
    fr_cluster_f1_scores f1;
} cluster_compared;
enum { most_compared = 8 };

typedef struct {
    fr_graph whole;                 /* as read */
    fr_graph part;                  /* its largest component, with --largest-component */
    const fr_graph *graph;          /* the one to work on */
    int64_t *id;                    /* node of `part` -> node of `whole`; NULL: the same */
    int64_t *place;                 /* node of `whole` -> node of `part`, -1 if outside; NULL: the same */
    fr_graph_attributes attributes; /* of `whole`: from --labels or the graph file */
    fr_cluster_workspace *workspace;
    int64_t n_target, *target; /* NULL: none was given */
    int64_t n_seeds;
    const int64_t *seeds; /* borrowed, for the drawing; NULL: none */
    cluster_question question;
    int n_compared;
    cluster_compared compared[most_compared];
} cluster_input;

/* Does the verb read all of the graph, or only what lies around its seeds? */
typedef enum { CLUSTER_LOCAL, CLUSTER_WHOLE } cluster_reach;

/* Reads the graph that the first argument names, and the target; notes them in the summary. A mapped file is verified where
 * the verb reads all of it. `out` points into itself: it must stay where it is. */
int cluster_open(cli_job *job, cluster_reach reach, cluster_input *out);
void cluster_close(cluster_input *input);
/* The same for a file without the rest: settings by the options, input noted in the summary. */
int cluster_graph_read(cli_job *job, const char *path, fr_graph *graph, fr_graph_attributes *attributes,
                       fr_graph_notes *notes);
void cluster_note_reading(cli_job *job, const fr_graph_notes *notes);
/* FR_EUSAGE unless the graph can be written to this file: .fgraph, and not there yet but for --force. */
int cluster_check_fgraph(const cli_options *parsed, const char *path);
/* Is the file one of ours, to be mapped? */
bool cluster_is_mapped(const cli_job *job, const char *path);

/* The seeds that the options name; free `node` and `mass` with fr_free. */
typedef struct {
    int64_t count, *node;
    double *mass;
    fr_cluster_seeds seeds;
} cluster_seeds;
int cluster_seeds_read(cli_job *job, cluster_input *input, cluster_seeds *out);
void cluster_seeds_free(cluster_seeds *seeds);
/* Opens the graph, reads the seeds and does the work on them. */
int cluster_run_seeds(cli_job *job, cluster_reach reach,
                      int (*work)(cli_job *job, cluster_input *input, const cluster_seeds *seeds));
/* The set that the options name: distinct nodes. Free with fr_free. */
bool cluster_set_given(const cli_options *parsed);
int cluster_set_read(cli_job *job, const cluster_input *input, int64_t **nodes, int64_t *count);
int cluster_run_set(cli_job *job, cluster_reach reach,
                    int (*work)(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes));
/* The target, where one is given. */
int cluster_target_read(cli_job *job, cluster_input *input);
/* One node by its name or number, such as a cell of a table; `what` names the source in the message. */
int cluster_node_find(const cluster_input *input, const char *text, const char *what, int64_t *node);
/* The node that a row of a table is about, by its column "name" too, where there is one and the graph has names: they
 * may look like the numbers of other nodes. `column` holds numbers or names. */
int cluster_row_find(const cluster_input *input, const fr_table *table, int64_t row, int64_t column,
                     int64_t *node);
/* Nodes of `whole` to nodes of `graph`, in place. With `strict` one outside of the largest component is FR_EUSAGE, otherwise it
 * is left out. `masses` (may be NULL) go along. */
int cluster_nodes_inside(const cluster_input *input, const char *what, bool strict, int64_t *count,
                         int64_t *nodes, double *masses);

/* Nodes with values, in the order of the file that --vector names. `values` false: the nodes alone. */
extern const option_group cluster_value_options; /* --vector --column */
typedef struct {
    int64_t count, *node;
    double *value; /* NULL without values */
} cluster_values;
int cluster_values_read(cli_job *job, const cluster_input *input, bool values, cluster_values *out);
void cluster_values_free(cluster_values *values);
/* The vector that --start names: every node once, values from 0. */
int cluster_start_read(cli_job *job, const cluster_input *input, cluster_values *out);

/* Puts nodes into ascending order. */
void cluster_nodes_sort(int64_t count, int64_t *nodes);

/* The node's number in the graph as read. */
static inline int64_t cluster_id(const cluster_input *input, int64_t node)
{
    return input->id != NULL ? input->id[node] : node;
}

#endif
