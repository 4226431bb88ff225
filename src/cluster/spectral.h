/* What the spectral methods share: from unit eigenvectors of M to the result that users see. */
#ifndef FRUGAL_CLUSTER_SPECTRAL_H
#define FRUGAL_CLUSTER_SPECTRAL_H

#include "walk_matrix.h"
#include "workspace.h"

/* D^1/2 1 scaled to length 1: the eigenvector of M with value 2. */
void spectral_trivial(const walk_matrix *matrix, double *out);

/* Nodes with neighbours (a loop will do), ascending: of all components, or of the largest (the first on equality).
 * *components: how many there are. FR_EUSAGE if fewer than two nodes are found. */
int spectral_nodes(const fr_graph *graph, bool all, int64_t **nodes, int64_t *count, int64_t *components);

/* Fills node, n, n_values, vector and sweep of the result from `n_values` unit vectors v: D^-1/2 v, the sign by its largest
 * entry. With two_sided the sweep looks at the negated values too. */
int spectral_finish(fr_cluster_workspace *workspace, const walk_matrix *matrix, const int64_t *nodes,
                    int64_t n_values, const double *unit_vectors, bool two_sided,
                    fr_cluster_spectral_result *out);

#endif
