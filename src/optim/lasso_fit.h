/* A regression and the state of its solution, shared by the steps of the lasso solver:
 *   minimise over b  ||y - X b||^2 / 2 + lambda ||b||_1 + ridge ||b||^2 / 2.
 * An intercept is done away with by centring: y is centred here, columns are through their means. y, b and lambda are
 * held divided by `scale`, a power of two, so that the largest |y| is about 1 whatever its unit.
 *
 * Correlations are not recomputed while they cannot matter: bound_j >= |x_j' residual| grows by ||x_j|| times the
 * distance that the residual has moved, and x_j' residual is taken anew only where the bound has reached lambda. */
#ifndef FRUGAL_OPTIM_LASSO_FIT_H
#define FRUGAL_OPTIM_LASSO_FIT_H

#include <frugal/optim.h>

#include "lasso_columns.h"
#include "lasso_factor.h"

enum { lasso_outside, lasso_active, lasso_left_out }; /* left out: depends on the active columns */

typedef struct {
    lasso_columns columns;
    int64_t n; /* rows */
    bool intercept;
    double lambda, ridge;
    double scale, y_mean;      /* y_mean in the caller's unit */
    double *y;                 /* n */
    double *mean, *norm;       /* p: means (0 without intercept) and norms of the centred columns */
    double *b;                 /* p */
    double *residual, *before; /* n: y - X b now, and at the last scan */
    double *bound;             /* p: for `before` */
    int64_t n_candidates;      /* columns that screening has left for this lambda */
    int64_t *candidate;
    double *column; /* n: scratch */
    int64_t *working;
    int64_t passes;

    /* the active set of lasso_support.c */
    int64_t n_active;
    int64_t *active; /* p: place -> column */
    uint8_t *role;   /* p */
    double *sign;    /* by place */
    double *step;    /* by place: scratch */
    lasso_factor factor;
    bool degenerate;
} lasso_fit;

/* Borrows the columns; y has a row for each of theirs. */
int lasso_fit_new(const lasso_columns *columns, const double *y, bool intercept, double ridge,
                  lasso_fit *out);
void lasso_fit_free(lasso_fit *fit);
/* Another y for the same columns; the solution so far remains as a start. */
int lasso_fit_response(lasso_fit *fit, const double *y);
/* Start and result in the caller's unit. */
void lasso_fit_start(lasso_fit *fit, const double *b);
void lasso_fit_result(const lasso_fit *fit, double *b, double *b0);
/* Solves for lambda (caller's unit) from what is there. */
int lasso_fit_solve(lasso_fit *fit, double lambda, const fr_lasso_settings *settings, fr_lasso_info *info);

/* Arguments of the public functions. */
int lasso_check(int64_t n, int64_t p, int64_t stride, const fr_lasso_settings *settings);
int lasso_check_lambda(double lambda);

/* residual := y - X b */
void lasso_fit_residual(lasso_fit *fit);
/* residual += a x_j (centred) */
void lasso_fit_move(lasso_fit *fit, int64_t j, double a);
/* Brings the bounds of the candidates up to the residual; returns the largest |x_j' residual - ridge b_j| among those that may
 * exceed lambda. */
double lasso_fit_scan(lasso_fit *fit);

/* Violations of optimality, relative to lambda, that count as none: x_j'r comes from sums of the size of ||x_j|| ||y||. */
double lasso_rounding(double largest_norm, double norm_y, double lambda);

/* The duality gap, for the value that the scan gave, with the scaling of the dual point. */
typedef struct {
    double primal, gap;
    double dual_scale; /* theta = dual_scale * residual / lambda */
} lasso_gap;
lasso_gap lasso_fit_gap(const lasso_fit *fit, double largest);

/* Coordinate descent with gap-safe screening until the gap is at most `gap`. */
int lasso_descend(lasso_fit *fit, double gap, int64_t max_passes);

/* Exact solution by active sets from the active columns and b as they are; *solved is false where it gave up, with b no
 * worse. */
int lasso_support_take(lasso_fit *fit); /* the active set becomes the support of b */
int lasso_support_solve(lasso_fit *fit, bool *solved);

#endif
