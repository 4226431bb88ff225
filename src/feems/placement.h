/* Which nodes of a graph are fitted, and at which of them each individual lies. */
#ifndef FRUGAL_FEEMS_PLACEMENT_H
#define FRUGAL_FEEMS_PLACEMENT_H

#include <frugal/feems.h>

/* Fills the parts of `out` up to n_at: assigns the individuals (those with wanted[k]; NULL: all) to their nearest node, drops
 * isolated nodes and components without samples, and refuses (or with keep_largest cuts to one) several components with
 * samples. `names` (may be NULL) are the individuals' ids for messages. */
int feems_place(const fr_feems_graph *graph, const fr_points *samples, const bool *wanted, char *const *names,
                const fr_feems_data_settings *settings, fr_feems_data *out);

#endif
