/* Full conformal membership at trial values on a grid, from the fitted values of any model. */
#ifndef FRUGAL_CONFORMAL_GRID_H
#define FRUGAL_CONFORMAL_GRID_H

#include <frugal/conformal.h>

/* Trial values low + g step up to high, or 200 equal steps where step is 0. */
typedef struct {
    double low, high, step;
    int64_t count;
} trial_grid;
/* NaN ends: -max|y|, max|y|. FR_EUSAGE for an empty range, a negative step or more than 10^7 values. */
int trial_grid_new(int64_t n, const double *y, double low, double high, double step, trial_grid *out);
double trial_grid_value(const trial_grid *grid, int64_t g);

double conformal_largest(int64_t n, const double *y); /* max|y| */

/* A trial value belongs iff this is below the rank: the number of training residuals that are smaller than the test
 * residual, ties up to rounding (`largest`: max|y|) in its favour. compat_2016: the number that are not larger. fitted:
 * n + 1. */
int64_t grid_number(int64_t n, const double *y, double trial, const double *fitted, double largest,
                    bool compat_2016);

#endif
