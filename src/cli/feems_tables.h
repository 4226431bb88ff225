/* The tables that `frugal feems` writes; all node numbers are those of the user's file, counted from 0. */
#ifndef FRUGAL_CLI_FEEMS_TABLES_H
#define FRUGAL_CLI_FEEMS_TABLES_H

#include "feems_inputs.h"

/* edges.csv, nodes.csv, distances.csv, edges.geojson */
int feems_write_fit(cli_job *job, const feems_inputs *inputs, const fr_feems_result *fit);
/* gradients.csv and s2_gradients.csv, see fr_feems_evaluate. */
int feems_write_gradients(cli_job *job, const feems_inputs *inputs, const double *weights,
                          const double *gradient_w, const double *penalty_w, const double *gradient_s2);
/* cv.csv, cv_mean.csv, folds.csv; rows without a finished fold are left out. */
int feems_write_cv(cli_job *job, const feems_inputs *inputs, const fr_feems_cv_result *cv);
/* NAME: one LineString per edge of a graph without weights. */
int feems_write_grid_geojson(cli_job *job, const char *name, const fr_feems_graph *graph);

/* Coordinates that can be longitude and latitude. */
bool feems_is_geographic(const fr_feems_graph *graph);

#endif
