/* frugal/optim.h: smooth minimisation with bounds; lasso and elastic net. */
#ifndef FRUGAL_OPTIM_H
#define FRUGAL_OPTIM_H

#include <frugal/core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- L-BFGS-B (Byrd, Lu, Nocedal, Zhu 1995; the authors' code, version 3.0) --------------------------------------------------- */

/* Value and gradient at x (n). A value that is not finite (x outside the function's domain) is FR_ENUMERIC. */
typedef int (*fr_objective)(const double *x, double *value, double *gradient, void *context);

typedef struct {
    int64_t memory; /* correction pairs kept, 3..20 are sensible. Default 10 */
    double factr;   /* stop when the relative decrease is below factr * 2.22e-16; 0: never. Default 0 */
    double pgtol;   /* stop when the largest component of the projected gradient is below. Default 1e-5 */
    /* a gradient below this counts as converged when rounding ends the search. Default 0 */
    double pgtol_rounding;
    int64_t max_iterations; /* Default 15000 */
    const char *phase;      /* name for fr_progress_tick, NULL: silent. Default NULL */
} fr_lbfgsb_settings;

typedef struct {
    double value, gradient_max; /* gradient_max: of the projected gradient */
    int64_t iterations, evaluations;
    bool converged;
} fr_lbfgsb_info;

void fr_lbfgsb_settings_default(fr_lbfgsb_settings *settings);
/* Minimises from x (n, replaced by the best point found) within lower <= x <= upper (n each). Not converging is no
 * failure: info->converged tells. Interruption and failures of the objective other than FR_ENUMERIC are passed on. */
int fr_lbfgsb(int64_t n, double *x, const double *lower, const double *upper, fr_objective objective,
              void *context, const fr_lbfgsb_settings *settings, fr_lbfgsb_info *info);

/* ---- L-BFGS within bounds, for many minimisations of almost the same function -------------------------------------------------- */

/* Curvature pairs, kept from run to run: what one minimisation has learnt starts the next. */
typedef struct {
    int64_t n, pairs, count, next;
    double *steps, *changes, *inverse; /* pairs x n, pairs x n, pairs */
    double scale;
} fr_lbfgs_memory;

/* Room for `pairs` (1..100) pairs of n variables, none known yet; count = 0 forgets them again. */
int fr_lbfgs_memory_new(int64_t n, int64_t pairs, fr_lbfgs_memory *out);
void fr_lbfgs_memory_free(fr_lbfgs_memory *memory);
/* As fr_lbfgsb, starting from the pairs in memory and leaving its own there; settings->memory is not used. Suits objectives
 * with few variables at a bound. */
int fr_lbfgs(int64_t n, double *x, const double *lower, const double *upper, fr_objective objective,
             void *context, const fr_lbfgsb_settings *settings, fr_lbfgs_memory *memory,
             fr_lbfgsb_info *info);

/* ---- lasso and elastic net ------------------------------------------------------------------------------------------ *
 * minimise over b:  ||y - X b - b0||^2 / 2 + lambda ||b||_1 + ridge ||b||^2 / 2    (no 1/n, columns as they are)
 * Coordinate descent with gap-safe screening (Ndiaye, Fercoq, Gramfort, Salmon, JMLR 2017), then the exact solution on the
 * active set. glmnet's lambda is ours divided by the number of rows. */

typedef struct {
    double lambda;          /* > 0 */
    double ridge;           /* >= 0. Default 0 */
    bool intercept;         /* an unpenalised b0. Default false */
    double tolerance;       /* duality gap relative to ||y||^2 / 2 where descent stops. Default 1e-12 */
    bool polish;            /* solve the active set exactly at the end. Default true */
    int64_t max_iterations; /* passes over the active set; 0: 100000. Default 0 */
} fr_lasso_settings;

typedef struct {
    double objective, gap; /* gap: relative, at the end of the descent */
    double kkt;            /* largest violation of the optimality conditions, relative to lambda */
    int64_t passes, nonzeros;
    bool converged;
    bool degenerate; /* a dependent column was left out of the active set */
} fr_lasso_info;

void fr_lasso_settings_default(fr_lasso_settings *settings);
/* X by columns: column j is x[j * stride .. j * stride + n - 1]. b (p): start and result; b0 may be NULL without intercept. */
int fr_lasso(int64_t n, int64_t p, const double *x, int64_t stride, const double *y,
             const fr_lasso_settings *settings, double *b, double *b0, fr_lasso_info *info);
/* Smallest lambda for which b = 0. */
double fr_lasso_lambda_max(int64_t n, int64_t p, const double *x, int64_t stride, const double *y,
                           bool intercept);
/* A path: lambdas (count, descending) -> b (count x p, row-major), b0 (count; NULL without intercept), info (count; may
 * be NULL); each solution starts from the one before, with sequential screening. */
int fr_lasso_path(int64_t n, int64_t p, const double *x, int64_t stride, const double *y, int64_t count,
                  const double *lambdas, const fr_lasso_settings *settings, double *b, double *b0,
                  fr_lasso_info *info);
/* K-fold choice of lambda on a path of `count` values from lambda_max down to lambda_max * ratio: folds (n entries 0..K-1). */
int fr_lasso_cv(int64_t n, int64_t p, const double *x, int64_t stride, const double *y, int64_t n_folds,
                const int64_t *fold, int64_t count, double ratio, const fr_lasso_settings *settings,
                double *lambdas, double *errors, double *best_lambda);

#ifdef __cplusplus
}
#endif
#endif
