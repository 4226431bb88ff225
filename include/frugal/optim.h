/* frugal/optim.h: smooth minimisation with bounds. */
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
    double
        pgtol_rounding; /* a gradient below this counts as converged when rounding ends the search. Default 0 */
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

#ifdef __cplusplus
}
#endif
#endif
