/* The subgraph on the support of a vector, numbered by the order in which nodes entered it, and the l1 problem
 * restricted to it: what happens inside the support needs its inner arcs only, a small part of its volume.
 *
 * In units of the residual the restricted problem is M x = s - rho d with M = Q_SS / alpha,
 *   (M x)_i = (1 + alpha)/(2 alpha) d_i x_i - (1 - alpha)/(2 alpha) sum_{j in S} A_ij x_j. */
#ifndef FRUGAL_CLUSTER_SUPPORT_H
#define FRUGAL_CLUSTER_SUPPORT_H

#include "l1.h"

typedef struct push_scratch push_scratch;

typedef struct {
    int64_t n, space;          /* nodes */
    bool without_arcs;         /* see support_extend */
    int64_t n_arcs, arc_space; /* each inner edge once */
    int64_t *first;            /* n + 1 */
    uint32_t *column;          /* row k: the neighbours among 0 .. k-1 */
    double *weight;            /* NULL: all one */
    /* columns of `space` numbers: */
    double *degree,
        *inverse; /* d; 1 / d, or 0 for a node held at x = 0, which conjugate gradients leave there */
    double *loop, *diagonal; /* A_ii, M_ii */
    double *mass;            /* s */
    double *x, *left;        /* iterate; s - rho d - M x */
    double *direction, *image;
    double *terms, *slack;  /* arcs of the row; bound on the rounding of `left` */
    double square, largest; /* of conjugate gradients: sum left_i^2 / d_i, max |left_i| / d_i */
} support_graph;

void support_free(support_graph *inner);

/* Empties it and clears the marks in the index. */
void support_reset(push_scratch *scratch);

/* Adds the nodes that entered the support since the last call, x = p / d, marks them in the index, and adds their
 * inner arcs. Adds the arcs read to *arcs_read. */
int support_extend(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                   int64_t *arcs_read);
/* For a certificate alone: all nodes of the support anew, without arcs. */
int support_list(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem);

/* left = s - rho d - M x, in extended precision where `careful`, and slack. */
int support_left(support_graph *inner, const l1_problem *problem, bool careful);
/* Slack of `left` that was summed up with this unit of rounding, in any order. */
void support_slack(support_graph *inner, const l1_problem *problem, double unit);

/* Conjugate gradients from x and `left`, which they keep up to date. Afterwards `largest` is max |left_i| / d_i.
 * _iterate gives false where rounding ends it. */
void support_begin(support_graph *inner);
bool support_iterate(support_graph *inner, const l1_problem *problem);

/* After conjugate gradients to this bound on |left_i| / d_i: holds nodes at zero that are below it, or, if there are none, lets
 * those go whose left_i / d_i is above the bound. Whether anything changed: `left` is right, and conjugate gradients are to
 * begin anew. */
bool support_hold(support_graph *inner, const l1_problem *problem, double bound);

/* max(0, -left_i / d_i) over the nodes that are not held: by so much x may be above the solution on the support (F5 for
 * the restricted problem). */
double support_overshoot(const support_graph *inner);

/* x = max(0, x - shift), with the shift that makes left >= 0 where x > 0: an x below the optimum everywhere,
 * whatever it was. */
void support_lower(support_graph *inner);

/* Whether plain double sums leave too much rounding for deltas near `bound`. */
bool support_needs_care(const support_graph *inner, const l1_problem *problem, double bound);

#endif
