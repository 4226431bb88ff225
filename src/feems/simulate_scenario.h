/* What is simulated: the graph with its true weights, and how many individuals are sampled at each node. */
#ifndef FRUGAL_FEEMS_SIMULATE_SCENARIO_H
#define FRUGAL_FEEMS_SIMULATE_SCENARIO_H

#include <frugal/feems.h>

/* Streams of random numbers: genealogy t uses stream t, everything else one from the upper end. */
enum { FR_SIMULATE_SAMPLED = 1, FR_SIMULATE_SIZE = 2 };
static inline uint64_t fr_simulate_stream(int purpose)
{
    return UINT64_MAX - (uint64_t)purpose;
}

int fr_simulate_check(const fr_feems_simulate_settings *settings);
/* Copies the given graph and weights, or, if `graph` is NULL, makes the lattice of the settings. On failure nothing is
 * left to free. */
int fr_simulate_graph(const fr_feems_graph *graph, const double *weights,
                      const fr_feems_simulate_settings *settings, fr_feems_graph *out, double **out_weights);
/* Draws the sample sizes: out_node gets the node of each of n_samples individuals, ascending. FR_EUSAGE if there are none. */
int fr_simulate_sample(const fr_feems_graph *graph, const fr_feems_simulate_settings *settings,
                       int64_t *n_samples, int64_t **out_node);

#endif
