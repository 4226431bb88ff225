/* The exact solution on the active set E with signs s, (X_E'X_E + ridge I) b_E = X_E'y - lambda s, and the search for
 * the right E (feature-sign search: Lee, Battle, Raina, Ng, NIPS 2006): a step towards the solution for E ends where the
 * first coefficient reaches zero, which leaves E; at the solution the columns that violate optimality enter. The
 * objective falls with every step. */
#include "lasso_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const int64_t most_steps = 60;  /* more changes than that are found faster by descent */
static const double dependent = 1e-12; /* smallest Schur complement, relative to the square of the column */
static const double tolerance = 1e-12; /* relative excess over lambda that violates */

/* fit->step := L^-1 X_E'x_j as an attempt to append column j leaves it. */
static int append(lasso_fit *fit, int64_t j, bool *accepted)
{
    memset(fit->column, 0, (size_t)fit->n * sizeof *fit->column);
    lasso_add(&fit->columns, j, 1, fit->column);
    if (fit->intercept)
        for (int64_t i = 0; i < fit->n; i++)
            fit->column[i] -= fit->mean[j];
    for (int64_t k = 0; k < fit->n_active; k++)
        fit->step[k] = lasso_dot(&fit->columns, fit->active[k], fit->column);
    double square = fit->norm[j] * fit->norm[j] + fit->ridge;
    return lasso_factor_append(&fit->factor, fit->step, square, dependent * square, accepted);
}

static void enter(lasso_fit *fit, int64_t j, double sign)
{
    fit->role[j] = lasso_active;
    fit->sign[fit->n_active] = sign;
    fit->active[fit->n_active++] = j;
}

static void leave(lasso_fit *fit, int64_t place)
{
    lasso_factor_drop(&fit->factor, place);
    fit->role[fit->active[place]] = lasso_outside;
    fit->n_active--;
    size_t behind = (size_t)(fit->n_active - place);
    memmove(fit->active + place, fit->active + place + 1, behind * sizeof *fit->active);
    memmove(fit->sign + place, fit->sign + place + 1, behind * sizeof *fit->sign);
    /* what depended on the columns may not any more */
    for (int64_t j = 0; j < fit->columns.p; j++)
        if (fit->role[j] == lasso_left_out) fit->role[j] = lasso_outside;
}

/* Column j depends on the active ones, x_j = X_E w with w = L'^-1 step: moving b_j by a and b_E by -a w leaves the fit
 * as it is. */
static void weights(lasso_fit *fit)
{
    lasso_factor_back(&fit->factor, fit->step);
}

int lasso_support_take(lasso_fit *fit)
{
    fit->n_active = fit->factor.n = 0;
    memset(fit->role, lasso_outside, (size_t)fit->columns.p * sizeof *fit->role);
    for (int64_t j = 0; j < fit->columns.p; j++) {
        if (fit->b[j] == 0) continue;
        bool accepted;
        int status = append(fit, j, &accepted);
        if (status != FR_OK) return status;
        if (accepted) {
            enter(fit, j, 0);
            continue;
        }
        weights(fit);
        for (int64_t k = 0; k < fit->n_active; k++)
            fit->b[fit->active[k]] += fit->b[j] * fit->step[k];
        fit->b[j] = 0;
        fit->degenerate = true;
    }
    for (int64_t k = 0; k < fit->n_active; k++) {
        double b = fit->b[fit->active[k]];
        /* a coefficient that cancelled enters again if it should */
        fit->sign[k] = b < 0 ? -1 : 1;
    }
    lasso_fit_residual(fit);
    return FR_OK;
}

/* The first place whose coefficient reaches zero on the way b + t step, 0 <= t <= 1; -1 if none does. */
static int64_t first_crossing(const lasso_fit *fit, double *t)
{
    int64_t first = -1;
    *t = 1;
    for (int64_t k = 0; k < fit->n_active; k++) {
        double b = fit->b[fit->active[k]];
        if (fit->sign[k] * (b + fit->step[k]) > 0) continue;
        double when = fit->sign[k] * b > 0 ? -b / fit->step[k] : 0;
        if (first >= 0 && when >= *t) continue;
        first = k;
        *t = when;
    }
    return first;
}

/* A Newton step for the active set, up to the first crossing, whose column leaves; *whole tells that there was none. */
static void newton_step(lasso_fit *fit, bool *whole)
{
    for (int64_t k = 0; k < fit->n_active; k++) {
        int64_t j = fit->active[k];
        fit->step[k] =
            lasso_dot(&fit->columns, j, fit->residual) - fit->ridge * fit->b[j] - fit->lambda * fit->sign[k];
    }
    lasso_factor_solve(&fit->factor, fit->step);
    double t, shift = 0;
    int64_t crossing = first_crossing(fit, &t);
    for (int64_t k = 0; k < fit->n_active; k++) {
        int64_t j = fit->active[k];
        double step = t * fit->step[k];
        fit->b[j] += step;
        lasso_add(&fit->columns, j, -step, fit->residual);
        shift += step * fit->mean[j];
    }
    if (fit->intercept)
        for (int64_t i = 0; i < fit->n; i++)
            fit->residual[i] += shift;
    *whole = crossing < 0;
    if (*whole) return;
    fit->b[fit->active[crossing]] = 0;
    leave(fit, crossing);
}

/* Column j, which depends on the active ones, violates: b_j grows from 0 with the fit as it is, until a coefficient
 * reaches zero and gives up its place. False where rounding alone made it violate. */
static int exchange(lasso_fit *fit, int64_t j, double sign, bool *done)
{
    double t = INFINITY;
    int64_t first = -1;
    weights(fit);
    for (int64_t k = 0; k < fit->n_active; k++) {
        double down = sign * fit->step[k], b = fit->b[fit->active[k]];
        if (!(fit->sign[k] * down > 0)) continue;
        double when = fmax(b / down, 0);
        if (when >= t) continue;
        t = when;
        first = k;
    }
    *done = false;
    if (first < 0) return FR_OK;
    for (int64_t k = 0; k < fit->n_active; k++)
        fit->b[fit->active[k]] -= t * sign * fit->step[k];
    fit->b[j] = t * sign;
    fit->b[fit->active[first]] = 0;
    leave(fit, first);
    bool accepted;
    int status = append(fit, j, &accepted);
    if (status != FR_OK) return status;
    if (accepted)
        enter(fit, j, sign);
    else
        fit->b[j] = 0;
    lasso_fit_residual(fit);
    *done = accepted;
    return FR_OK;
}

static bool violates(const lasso_fit *fit, int64_t j, double residual)
{
    double excess = fit->bound[j] - fit->lambda;
    return fit->role[j] == lasso_outside &&
           excess > tolerance * fit->lambda + 4 * DBL_EPSILON * fit->norm[j] * residual;
}

static int admit(lasso_fit *fit, int64_t j, bool *entered)
{
    bool accepted;
    double sign = lasso_dot(&fit->columns, j, fit->residual) > 0 ? 1 : -1;
    int status = append(fit, j, &accepted);
    if (status != FR_OK) return status;
    if (accepted) {
        enter(fit, j, sign);
        *entered = true;
        return FR_OK;
    }
    fit->degenerate = true;
    status = exchange(fit, j, sign, &accepted);
    if (status != FR_OK) return status;
    if (accepted)
        *entered = true;
    else
        fit->role[j] = lasso_left_out;
    return FR_OK;
}

/* Takes in the columns that violate most, the upper half of the excess. */
static int admit_worst(lasso_fit *fit, bool *entered)
{
    lasso_fit_scan(fit);
    double worst = 0, residual = lasso_norm(fit->n, fit->residual);
    *entered = false;
    for (int64_t k = 0; k < fit->n_candidates; k++)
        if (violates(fit, fit->candidate[k], residual)) worst = fmax(worst, fit->bound[fit->candidate[k]]);
    if (worst == 0) return FR_OK;
    double least = (fit->lambda + worst) / 2;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < fit->n_candidates; k++) {
        int64_t j = fit->candidate[k];
        if (fit->bound[j] >= least && violates(fit, j, residual)) status = admit(fit, j, entered);
    }
    return status;
}

int lasso_support_solve(lasso_fit *fit, bool *solved)
{
    *solved = false;
    bool refined = false;
    for (int64_t step = 0; step < most_steps; step++) {
        bool whole, entered;
        newton_step(fit, &whole);
        fit->passes++;
        if (!whole) {
            refined = false;
            continue;
        }
        int status = admit_worst(fit, &entered);
        if (status != FR_OK) return status;
        if (!entered && refined) {
            *solved = true;
            return FR_OK;
        }
        /* The first solution carries the rounding of the way to it: once more from a fresh residual. */
        refined = !entered;
        if (refined) lasso_fit_residual(fit);
    }
    return fr_progress_tick(NULL, 0, 0);
}
