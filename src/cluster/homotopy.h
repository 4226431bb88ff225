/* The l1 optimum as rho falls: on the support S, x_S = u - rho v with Q_SS u = alpha s_S, Q_SS v = alpha d_S; outside of it
 * a node i is due at the rho where r_i = rho d_i, which is
 *   rho_i = (alpha s_i + beta sum_{j in S} A_ij u_j) / (alpha d_i + beta sum_{j in S} A_ij v_j),   beta = (1 - alpha)/2.
 * When node k enters, with w = Q_SS^-1 (beta A_Sk) and the Schur complement c of Q_kk, u and v grow by multiples of
 * (w, 1), and so do the two sums of the neighbours of S. Nothing here subtracts, so all keeps its relative precision. [HFM,
 * lemma 4] */
#ifndef FRUGAL_CLUSTER_HOMOTOPY_H
#define FRUGAL_CLUSTER_HOMOTOPY_H

#include "inverse.h"
#include "l1.h"
#include "touched.h"

/* Columns of the touched nodes. A node of the support has the denominator infinity, so that it is never due again. */
enum { homotopy_numerator, homotopy_denominator, homotopy_change, homotopy_columns };

typedef struct {
    double alpha, beta;
    touched_nodes touched;
    int64_t touched_room; /* of the arrays by number below */
    uint32_t *place;      /* by number: 1 + place in the support, 0 outside of it */
    uint32_t *due;        /* homotopy_due's answer */
    int64_t count;        /* the support; arrays by place: */
    int64_t room;
    uint32_t *number;
    int64_t *first; /* arcs of the node at place k, without a loop: first[k] .. first[k+1]-1 */
    double *u, *v, *w;
    double *diagonal;        /* of Q */
    double *coupling;        /* scratch: beta A_kj of the entering node k to the support */
    uint32_t *coupled;       /* scratch: places of these j */
    int64_t arc_room;        /* of the arrays by arc: */
    uint32_t *arc;           /* number of the neighbour */
    double *arc_weight;      /* NULL if the graph is unweighted */
    int64_t dense_limit;     /* supports up to this size keep Q_SS^-1; larger ones solve anew */
    growing_inverse inverse; /* while count <= dense_limit */
    double *scratch;         /* 4 * room, of conjugate gradients */
    double greatest;         /* the largest rho_i */
    double volume, inside, outside,
        cut; /* of the support; weights of the last entry to it and away from it */
    int64_t rows_read, arcs_read;
} homotopy;

int homotopy_new(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t dense_limit,
                 homotopy *out);
void homotopy_free(homotopy *path);

/* Nodes with rho_i >= rho, ascending by node: their numbers in path->due; valid until the next call. */
int homotopy_due(homotopy *path, double rho, int64_t *count);
/* Takes a node that is due into the support. */
int homotopy_enter(homotopy *path, uint32_t number);

#endif
