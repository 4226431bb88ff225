/* Nodes ranked by a value that only grows, and the scores of all prefixes of the ranking (Kloster, Gleich 2015). */
#ifndef FRUGAL_CLUSTER_RANKING_H
#define FRUGAL_CLUSTER_RANKING_H

#include "touched.h"

typedef struct {
    int64_t count, room;
    uint32_t *number; /* by rank: numbers of touched nodes */
    uint32_t *rank;   /* by number: 1 + rank, 0 if it is not ranked */
    double *earlier;  /* by number: weight to nodes of earlier ranks, a loop not counted */
    double *alone;    /* by number: degree without a loop */
} node_ranking;

typedef struct {
    int64_t size;
    double volume, cut, conductance;
} ranking_prefix;

/* Room for `numbers` touched nodes. A zeroed struct is an empty ranking. */
int ranking_reserve(node_ranking *ranking, int64_t numbers);
void ranking_free(node_ranking *ranking);

/* The value of `number` has grown: it passes those of smaller value (equal ones keep their place); a node that was not ranked
 * starts from the end. Its neighbours have been met and room was made. */
void ranking_rise(node_ranking *ranking, const touched_nodes *touched, uint32_t number, const double *value);

/* The prefix of smallest conductance, the earliest on equality; size 0 and conductance 1 if nothing is ranked. */
ranking_prefix ranking_best(const node_ranking *ranking, const touched_nodes *touched);

#endif
