/* What the F1 experiment does on each graph, with the numbers to compare with. */
#ifndef FRUGAL_REPRODUCE_CLUSTER_F1_H
#define FRUGAL_REPRODUCE_CLUSTER_F1_H

#include "reproduce.h"

typedef enum {
    F1_L1,       /* l1-regularised PageRank and sweep */
    F1_BFS_FLOW, /* breadth first, improved by local flow */
    F1_L1_FLOW,
    F1_ACL_FLOW,
    F1_METHODS
} f1_method;

enum { F1_PRECISION, F1_RECALL, F1_F1, F1_CONDUCTANCE, F1_QUANTITIES };

/* Means over single seeds of a target. Numbers that there are not are NaN. */
typedef struct {
    const char *target; /* in tables */
    const char *select; /* the label's value, or COLUMN=VALUE */
    f1_method method;
    double rho_factor;   /* rho = factor / vol(target) */
    int64_t every, most; /* seeds: every k-th member by number, at most so many (0: all) */
    double tolerance;
    double reported[F1_QUANTITIES], expected[F1_QUANTITIES];
} f1_setting;

/* Where a graph and its labels may lie: the first pair of files that is there is taken, each also with the ending .gz. */
typedef struct {
    const char *graph, *labels;
    const char *column; /* of the labels that f1_setting.select is a value of; NULL: it names its own */
    bool unweighted;
} f1_source;

typedef struct {
    const char *name, *title;
    f1_source sources[3]; /* ends with an empty one */
    const char *origin;   /* where to get the files */
    int64_t n_settings;
    const f1_setting *settings;
} f1_graph;

enum { F1_GRAPHS = 3 };
extern const f1_graph f1_graphs[F1_GRAPHS];
extern const char *const f1_quantity[F1_QUANTITIES];

/* "AMP, l1 + sweep, 28 seeds": the rows' setting for that number of seeds. */
void f1_setting_text(const f1_setting *setting, bool all_seeds, char *text, size_t size);
/* "l1 + sweep" if that is the method of all settings of the graph, otherwise NULL. */
const char *f1_common_method(const f1_graph *graph);
/* Is this setting run? With all seeds those that differ only in the choice of seeds are run once. */
bool f1_setting_runs(const f1_setting *setting, bool all_seeds);
/* Bars of F1 of graph number `figure`, reported, expected and obtained. */
int cluster_f1_draw(const reproduce_comparison *comparison, int figure, const char *stem);

/* One seed of a target by one method: precision, recall, F1 by volume, conductance. */
struct fr_cluster_workspace;
typedef struct {
    int64_t count, *node; /* the target */
    double volume;
    double lambda; /* smallest eigenvalue of the normalised Laplacian restricted to it */
} f1_target;
int f1_measure(struct fr_cluster_workspace *workspace, const f1_target *target, f1_method method,
               double rho_factor, int64_t seed, double value[F1_QUANTITIES]);

#endif
