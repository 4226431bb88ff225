/* Finding nodes by their number in the user's file, and edges by their nodes. */
#ifndef FRUGAL_CLI_FEEMS_LOOKUP_H
#define FRUGAL_CLI_FEEMS_LOOKUP_H

#include <frugal/feems.h>

/* Place of `id` among n ascending numbers; -1: not there. */
int64_t feems_find(const int64_t *ids, int64_t n, int64_t id);
/* Edge {i, j} of the graph, in either order; -1: none. */
int64_t feems_find_edge(const fr_feems_graph *graph, int64_t i, int64_t j);

#endif
