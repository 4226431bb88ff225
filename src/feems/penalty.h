/* Smoothness penalties of FEEMS on phi(x) = log(exp(alpha x) - 1), which is log(alpha x) for small x and alpha x for large. */
#ifndef FRUGAL_FEEMS_PENALTY_H
#define FRUGAL_FEEMS_PENALTY_H

#include <frugal/feems.h>

double feems_phi(double alpha, double x);
double feems_phi_slope(double alpha, double x);

/* Scratch for one graph. */
typedef struct {
    const fr_feems_graph *graph;
    double *phi;      /* max(edges, nodes) */
    double *node_sum; /* nodes */
    int64_t *degree;  /* nodes */
} feems_penalty;

int feems_penalty_new(const fr_feems_graph *graph, feems_penalty *out);
void feems_penalty_free(feems_penalty *penalty);

/* (lambda/2) sum over pairs {e, f} of edges that share a node of (phi(w_e) - phi(w_f))^2; gradient (n_edges: d / d w). */
double feems_penalty_edges(feems_penalty *penalty, double lambda, double alpha, const double *weights,
                           double *gradient);
/* (lambda/2) sum over edges (i, j) of (phi(s_i) - phi(s_j))^2; gradient (n_nodes: d / d s). */
double feems_penalty_nodes(feems_penalty *penalty, double lambda, double alpha, const double *s2,
                           double *gradient);

#endif
