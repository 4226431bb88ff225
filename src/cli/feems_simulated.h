/* What a simulation leaves in the output folder. */
#ifndef FRUGAL_CLI_FEEMS_SIMULATED_H
#define FRUGAL_CLI_FEEMS_SIMULATED_H

#include "job.h"

#include <frugal/feems.h>

/* STEM.bed/.bim/.fam, STEM.coord, STEM.nodes, STEM.edges and the table of true weights. */
int feems_write_simulation(cli_job *job, const fr_feems_simulation *simulation, const char *stem,
                           const char *weights_name);
void feems_note_simulation(cli_job *job, const fr_feems_simulation *simulation, int64_t trees);
/* Places of the individuals. Free with fr_points_free. */
int feems_simulated_places(const fr_feems_simulation *simulation, fr_points *out);

#endif
