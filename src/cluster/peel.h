/* Greedy peeling: nodes taken away one by one, always one of least weight to the nodes that are left. */
#ifndef FRUGAL_CLUSTER_PEEL_H
#define FRUGAL_CLUSTER_PEEL_H

#include <frugal/graph.h>

#include "heap.h"

typedef struct {
    const fr_graph *graph;
    bool loops;       /* a loop adds A_ii / 2 to the weight inside a set */
    int64_t *order;   /* n: the nodes as they were taken away */
    double *marginal; /* n, in that order: the weight that went with the node */
    double *degree;   /* n, scratch */
    node_heap heap;
} peeling;

int peeling_new(const fr_graph *graph, bool loops, peeling *out);
void peeling_free(peeling *p);
/* Takes the node of least load + weight to those left, ties by smaller number; load may be NULL. O(arcs log n). */
int peel(peeling *p, const double *load);
/* The densest set of those left over at some time: the last `*count` of the order. Returns its density. */
double peel_best(const peeling *p, int64_t *count);

#endif
