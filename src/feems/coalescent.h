/* The structured coalescent on a graph of demes: genealogies of haploid lineages that move between neighbouring nodes i, j at
 * rate w_ij and merge within a node at rate 1/2 per pair (one diploid unit of population at every node). */
#ifndef FRUGAL_FEEMS_COALESCENT_H
#define FRUGAL_FEEMS_COALESCENT_H

#include <frugal/feems.h>

/* One column of an alias table: a lineage moves to target[0] with a uniform draw below `threshold`, otherwise to target[1]. */
typedef struct {
    double threshold;
    int32_t target[2];
} fr_alias_column;

/* What a lineage in a node may do. Nodes fall into classes of similar total rate; every lineage of a class is offered a
 * move at the class's rate `bound`, and the node's alias table turns the surplus into staying where it is. */
typedef struct {
    int32_t first, n_columns; /* columns of its alias table */
    int32_t rate_class;
} fr_migration_node;

typedef struct {
    int64_t n_nodes, n_classes;
    fr_migration_node *node; /* n_nodes */
    fr_alias_column *column; /* 2 n_edges + n_nodes */
    double *bound;           /* n_classes, descending: the largest total rate within the class */
    double *mean_wait;       /* 1 / bound */
} fr_migration_rates;

/* What genealogies are drawn from. */
typedef struct {
    fr_migration_rates rates;
    int64_t n_leaves;
    int32_t *leaf_node; /* the node where each lineage was sampled */
} fr_coalescent_model;

/* Two lineages, 2 k and 2 k + 1, for each of the individuals k at node[k]. FR_EUSAGE for weights (n_edges) that are not
 * positive and finite, and if no path joins two of the individuals. */
int fr_coalescent_model_init(const fr_feems_graph *graph, const double *weights, const int64_t *node,
                             int64_t n_individuals, fr_coalescent_model *out);
void fr_coalescent_model_free(fr_coalescent_model *model);

/* A binary tree: leaves are 0..n_leaves-1, merged lineages n_leaves.. in order of age, the last one the root. */
typedef struct {
    int64_t n_leaves;
    int32_t *left, *right; /* n_leaves - 1: children of node n_leaves + k */
    double *age;           /* 2 n_leaves - 1; 0 for leaves */
} fr_genealogy;

typedef struct fr_coalescent fr_coalescent;

/* Room to draw genealogies in, for one thread. Borrows `model`. */
int fr_coalescent_new(const fr_coalescent_model *model, fr_coalescent **out);
void fr_coalescent_free(fr_coalescent *coalescent); /* NULL is fine */

/* The next genealogy that `rng` gives, valid until the next draw. FR_EINTERRUPTED after fr_interrupt. */
int fr_coalescent_draw(fr_coalescent *coalescent, fr_rng *rng, const fr_genealogy **tree);

/* Sum of all branch lengths. */
double fr_genealogy_length(const fr_genealogy *tree);
/* The node below the point at `position` (0 .. length) along the branches laid end to end. */
int32_t fr_genealogy_branch(const fr_genealogy *tree, double position);

#endif
