/* The quotient that FlowImprove and SimpleLocal make small, compared exactly where weights are integers, and the rules for what
 * becomes of the set they find: components, sides. */
#ifndef FRUGAL_CLUSTER_FLOW_RULES_H
#define FRUGAL_CLUSTER_FLOW_RULES_H

#include "max_flow.h"

/* What the quotients of a set S are made of: cut(S), vol(S n R), vol(S \ R). */
typedef struct {
    double cut, inside, outside;
} flow_piece;

/* The seed-penalised quotient cut / (inside - theta outside), theta = vol(R) / vol(V \ R) + delta, or the conductance. */
typedef struct {
    bool exact;                /* compare as whole numbers */
    bool conductance;          /* cut / min(vol(S), vol(G) - vol(S)) instead */
    flow_amount unit, penalty; /* exact: theta = penalty / unit */
    double theta;
    double graph_volume;
} flow_quotient;

int flow_quotient_init(const fr_graph *graph, double seed_volume, double delta, bool conductance, bool exact,
                       flow_quotient *out);
/* The denominator times `unit`; quotients count as infinite where it is not positive. */
flow_amount flow_denominator_whole(const flow_quotient *quotient, const flow_piece *piece);
double flow_denominator(const flow_quotient *quotient, const flow_piece *piece);
/* cut / denominator, and 1 where that is not positive */
double flow_quotient_value(const flow_quotient *quotient, const flow_piece *piece);
/* Whether the quotient of `a` is smaller than that of `b` (by more than rounding, where they are not exact). */
bool flow_smaller(const flow_quotient *quotient, const flow_piece *a, const flow_piece *b);

/* Leaves in `nodes` (ascending) only the component with the smallest quotient; ties: larger volume, then smaller
 * smallest node. *piece becomes that of the component. R is the set the quotient refers to. */
int flow_best_component(fr_cluster_workspace *workspace, const flow_quotient *quotient, int64_t seed_count,
                        const int64_t *seeds, int64_t *count, int64_t *nodes, flow_piece *piece);
/* The set, or its complement if the rule says so, with scores. */
int flow_take_side(fr_cluster_workspace *workspace, fr_cluster_side side, int64_t count, const int64_t *nodes,
                   fr_cluster_set *out);
/* A copy of the set with its scores. */
int flow_set_copy(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes, fr_cluster_set *out);

#endif
