/* A fit read back from its result folder: graph, weights, residual variances. */
#ifndef FRUGAL_CLI_FEEMS_FITTED_H
#define FRUGAL_CLI_FEEMS_FITTED_H

#include "job.h"

#include <frugal/feems.h>

typedef struct {
    fr_feems_graph graph;
    int64_t *node_id; /* graph.n_nodes: numbers in the user's file, ascending */
    double *weights;  /* graph.n_edges */
    double *s2;       /* graph.n_nodes */
} feems_fitted;

/* From edges.csv and nodes.csv in `folder`, which are noted as inputs. */
int feems_fitted_read(cli_job *job, const char *folder, feems_fitted *out);
void feems_fitted_free(feems_fitted *fitted);
/* Weights and variances of what `data`, made on the fitted graph `whole`, has kept of it. */
void feems_fitted_take(const feems_fitted *fitted, const fr_feems_graph *whole, const fr_feems_data *data,
                       double *weights, double *s2);

#endif
