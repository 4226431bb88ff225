/* Agglomerative clustering of vectors. */
#ifndef FRUGAL_CLUSTER_AGGLOMERATE_H
#define FRUGAL_CLUSTER_AGGLOMERATE_H

#include "found_sets.h"

typedef enum { LINKAGE_AVERAGE, LINKAGE_COMPLETE } cluster_linkage;

/* Distances are pairs i > j at i (i - 1) / 2 + j. */
static inline int64_t cluster_pair(int64_t i, int64_t j)
{
    return i > j ? i * (i - 1) / 2 + j : j * (j - 1) / 2 + i;
}

/* Merges the closest two of n things (ties: smaller first member, then smaller second first member) until k are left;
 * label[n]: clusters numbered by smallest member. Overwrites the distances. */
int cluster_agglomerate(int64_t n, double *distance, cluster_linkage linkage, int64_t k, int64_t *label);

/* Cosine distances, 1 - u'v / (|u| |v|), of sparse vectors of `size` entries each over `columns` columns; 1 where one is
 * zero. Free *distance with fr_free. */
int cluster_cosine_distances(const found_sets *vectors, const int64_t *size, int64_t columns,
                             double **distance);

/* Things that can be compared pair by pair: 20000, whose distances take 1.6 GB. */
enum { cluster_most_things = 20000 };

#endif
