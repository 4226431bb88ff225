/* Configuration model without loops and repeated edges. */
#ifndef FRUGAL_CLUSTER_GENERATE_WIRE_H
#define FRUGAL_CLUSTER_GENERATE_WIRE_H

#include "generate.h"

/* Pairs up `count` (even) ends of edges, node numbers below 2^32 - 1, uniformly at random: afterwards end[2e] and
 * end[2e + 1] are an edge. Loops, repeated edges and, where `group` is given, edges within one group are repaired by exchanging
 * ends with other edges; the few that cannot be are moved behind the others. Returns the number of good edges in *edges. */
int generate_wire(fr_rng *rng, int64_t count, uint32_t *end, const int64_t *group, int64_t *edges);

#endif
