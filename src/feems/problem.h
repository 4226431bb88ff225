/* The penalised fit as a minimisation in x = (log w, log s2): shared by the fit and by cross-validation. */
#ifndef FRUGAL_FEEMS_PROBLEM_H
#define FRUGAL_FEEMS_PROBLEM_H

#include "model.h"
#include "penalty.h"

#include <frugal/optim.h>

typedef struct {
    feems_model model;
    feems_penalty penalty;
    const fr_feems_settings *settings;
    double w0, s2, alpha, alpha_q; /* resolved: null fit and defaults */
    double null_nll;
    double lambda;
    double factr, pgtol; /* stop rules, see fr_lbfgsb_settings; from the settings */
    const bool *held;    /* n_observed: nodes whose samples are kept out of the likelihood; NULL: none */
    int64_t n;           /* variables: n_edges, and in the s2 modes 1 or n_nodes more */
    double *x, *lower, *upper;
    double *weights;                        /* n_edges */
    double *node_s2;                        /* n_nodes */
    double *q;                              /* n_observed */
    double *s2_gradient;                    /* n_observed */
    double *node_gradient;                  /* n_nodes */
    double *penalty_gradient;               /* n_edges */
    double nll, edge_penalty, node_penalty; /* of the last evaluation */
} feems_problem;

/* Checks the settings and allocates; data and settings are borrowed. */
int feems_problem_new(const fr_feems_data *data, const fr_feems_settings *settings, feems_problem *out);
void feems_problem_free(feems_problem *problem);
/* Finds w0 and s2 (null fit, as far as the settings leave them open), alpha and alpha_q. */
int feems_problem_resolve(feems_problem *problem);
/* x := the constant weights w0 and variances s2. */
void feems_problem_restart(feems_problem *problem);
/* Minimises from x at problem->lambda; x, weights, node_s2, nll and penalties are those of the best point. */
int feems_problem_minimise(feems_problem *problem, const char *phase, fr_lbfgsb_info *info);
/* The same by fr_lbfgs, starting from and adding to what `memory` knows of the curvature. */
int feems_problem_minimise_again(feems_problem *problem, fr_lbfgs_memory *memory, fr_lbfgsb_info *info);
/* weights, node_s2, q := those of x. */
void feems_problem_unpack(feems_problem *problem, const double *x);
/* Value at x; gradient (n) may not be NULL. An fr_objective with the problem as context. */
int feems_problem_value(const double *x, double *value, double *gradient, void *problem);

#endif
