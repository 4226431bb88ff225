/* The matrix behind all spectral methods: M = I + D^-1/2 A D^-1/2 on some or all nodes of a graph, with the degrees of
 * the whole graph. The normalised Laplacian is N = 2 I - M: its smallest eigenvalues are the largest of M, where Lanczos
 * is at its best. */
#ifndef FRUGAL_CLUSTER_WALK_MATRIX_H
#define FRUGAL_CLUSTER_WALK_MATRIX_H

#include <frugal/graph.h>

typedef struct {
    int64_t n;
    const int64_t *row; /* arcs among the nodes in question, numbered as listed */
    const uint32_t *column;
    const double *weight; /* NULL: all one */
    double *scale;        /* d^-1/2; 0 for a node without neighbours */
    void *owned[3];
} walk_matrix;

/* `nodes` (ascending, their rows good) and `index` (an entry for every node of the graph, all zero, left so). All nodes of the
 * graph: its arrays are borrowed. */
int walk_matrix_new(const fr_graph *graph, int64_t count, const int64_t *nodes, uint32_t *index,
                    walk_matrix *out);
void walk_matrix_free(walk_matrix *matrix);

/* y = M x for the rows begin..end-1; `scaled` holds scale_i x_i for all i. */
void walk_matrix_rows(const walk_matrix *matrix, int64_t begin, int64_t end, const double *x,
                      const double *scaled, double *y);

/* Threads that a product is worth. */
int walk_matrix_threads(const walk_matrix *matrix);

#endif
