/* Lasso sets of all test points, each within a trim set of its own. */
#ifndef FRUGAL_CONFORMAL_LASSO_SETS_H
#define FRUGAL_CONFORMAL_LASSO_SETS_H

#include "lasso_training.h"
#include "sets.h"

/* Where y is looked for: pieces first[t] .. first[t + 1] - 1, ascending, for test point t. */
typedef struct {
    int64_t m;
    int64_t *first;
    fr_interval *pieces;
} trim_sets;
void trim_sets_free(trim_sets *trim);
/* The same single piece for all. */
int trim_sets_constant(int64_t m, fr_interval piece, trim_sets *out);

typedef struct {
    const fr_conformal_data *data;
    const lasso_training *training;
    const trim_sets *trim;
    const int64_t *rank;        /* for each level */
    int64_t max_segments;       /* more: a grid of 200 steps */
    double step;                /* > 0: a grid of this step in any case */
    bool compat_2016;           /* with it */
    fr_conformal_curve *curves; /* or NULL */
    conformal_sets *sets;
    fr_conformal_result *out;
    uint8_t *found; /* m, while it runs: of each point, bits below */
} lasso_work;

enum { found_on_grid = 1, found_degenerate = 2 };

/* Puts all sets, and fills centre, trim, segments, n_grid, degenerate of the result. */
int lasso_sets_run(lasso_work *work);
/* A guarantee of the exact sets as one of those that were found: not-a-number if all of them are on a grid. */
double lasso_sets_guarantee(const lasso_work *work, double exact);

#endif
