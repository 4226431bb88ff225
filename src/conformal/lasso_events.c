/* The active set along the walk: starts, the next event, what it changes. */
#include "lasso_walk.h"

#include <math.h>
#include <string.h>

/* ---- the active set --------------------------------------------------------------------------------------------------- */

static bool grow(double **block, int64_t count)
{
    double *grown = fr_realloc(*block, count, sizeof *grown);
    if (grown != NULL) *block = grown;
    return grown != NULL;
}

static int reserve(lasso_walk *walk, int64_t count)
{
    if (count <= walk->room) return FR_OK;
    int64_t room = count > 2 * walk->room ? count + 32 : 2 * walk->room;
    int64_t *active = fr_realloc(walk->active, room, sizeof *active);
    if (active == NULL) return FR_ENOMEM;
    walk->active = active;
    if (!grow(&walk->sign, room) || !grow(&walk->b, room) || !grow(&walk->rate, room) ||
        !grow(&walk->scratch, room))
        return FR_ENOMEM;
    walk->room = room;
    return FR_OK;
}

static int enter(lasso_walk *walk, int64_t j, double sign)
{
    bool accepted;
    int status = reserve(walk, walk->n_active + 1);
    if (status == FR_OK)
        status = lasso_factor_enter(&walk->factor, &walk->columns, walk->n_active, walk->active, j,
                                    walk->training->ridge, walk->column, walk->scratch, &accepted);
    if (status != FR_OK) return status;
    if (!accepted) {
        walk->role[j] = lasso_left_out;
        walk->degenerate = true;
        return FR_OK;
    }
    if (j != constant_column) walk->role[j] = lasso_active;
    walk->active[walk->n_active] = j;
    walk->sign[walk->n_active] = sign;
    walk->b[walk->n_active++] = 0;
    return FR_OK;
}

static void leave(lasso_walk *walk, int64_t place)
{
    int64_t j = walk->active[place];
    lasso_factor_drop(&walk->factor, place);
    walk->n_active--;
    size_t behind = (size_t)(walk->n_active - place);
    memmove(walk->active + place, walk->active + place + 1, behind * sizeof *walk->active);
    memmove(walk->sign + place, walk->sign + place + 1, behind * sizeof *walk->sign);
    memmove(walk->b + place, walk->b + place + 1, behind * sizeof *walk->b);
    walk->role[j] = lasso_outside;
    lasso_line_add(walk, j);
    /* Columns that depended on the active ones may not any more. */
    for (int64_t l = 0; l < walk->columns.p; l++) {
        if (walk->role[l] != lasso_left_out) continue;
        walk->role[l] = lasso_outside;
        lasso_line_add(walk, l);
    }
}

/* ---- starts ----------------------------------------------------------------------------------------------------------- */

void lasso_walk_point(lasso_walk *walk, const double *x)
{
    const lasso_training *training = walk->training;
    walk->y0 = training->b0;
    walk->largest_norm = 0;
    for (int64_t j = 0; j < training->p; j++) {
        walk->last[j] = x[j] - training->mean[j];
        walk->norm[j] = sqrt(training->square[j] + walk->last[j] * walk->last[j]);
        walk->largest_norm = fmax(walk->largest_norm, walk->norm[j]);
        walk->y0 += walk->last[j] * training->b[j];
    }
    walk->degenerate = training->degenerate;
    walk->line.started = false;
    lasso_fit_free(&walk->fit); /* of another point */
}

double lasso_walk_rounding(const lasso_walk *walk, double y)
{
    const lasso_training *training = walk->training;
    double norm_y = hypot(lasso_norm(training->n, training->y), y);
    return lasso_rounding(walk->largest_norm, norm_y, training->lambda);
}

static void begin(lasso_walk *walk)
{
    memset(walk->role, lasso_outside, (size_t)walk->columns.p * sizeof *walk->role);
    walk->n_active = walk->factor.n = 0;
    walk->steps = walk->standing = 0;
    walk->line.drawn = false;
    memset(walk->line.looked, 0, (size_t)walk->columns.p * sizeof *walk->line.looked);
    walk->entered = walk->left = -2;
}

int lasso_walk_start(lasso_walk *walk, double direction)
{
    const lasso_training *training = walk->training;
    int64_t n = training->n;
    if (!isfinite(walk->largest_norm * walk->largest_norm))
        return fr_fail(FR_EINPUT, "the features of a test point are too large: their squares overflow");
    begin(walk);
    walk->direction = direction;
    walk->y = walk->y0;
    memcpy(walk->residual, training->residual, (size_t)n * sizeof *walk->residual);
    walk->residual[n] = 0;
    int status = reserve(walk, training->n_active);
    if (status == FR_OK) status = lasso_factor_copy(&training->factor, &walk->factor);
    if (status != FR_OK) return status;
    walk->n_active = training->n_active;
    for (int64_t k = 0; k < walk->n_active; k++) {
        int64_t j = training->active[k];
        walk->active[k] = j;
        walk->sign[k] = training->sign[k];
        walk->b[k] = j == constant_column ? training->b0 : training->b[j];
        walk->scratch[k] = j == constant_column ? 1 : walk->last[j];
        if (j != constant_column) walk->role[j] = lasso_active;
    }
    lasso_factor_add(&walk->factor, walk->scratch);
    lasso_walk_aim(walk);
    lasso_line_start(walk);
    return FR_OK;
}

int lasso_walk_fit(lasso_walk *walk, double y)
{
    const lasso_training *training = walk->training;
    double *response = walk->column;
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    memcpy(response, training->y, (size_t)training->n * sizeof *response);
    response[training->n] = y;
    int status;
    if (walk->fit.n == 0)
        status = lasso_fit_new(&walk->columns, response, training->intercept, training->ridge, &walk->fit);
    else
        status = lasso_fit_response(&walk->fit, response);
    if (status == FR_OK) status = lasso_fit_solve(&walk->fit, training->lambda, &settings, &info);
    if (status == FR_OK) status = lasso_check_exact(&info, lasso_walk_rounding(walk, y));
    return status;
}

static double fitted_intercept(const lasso_fit *fit)
{
    double value = fit->y_mean;
    for (int64_t j = 0; j < fit->columns.p; j++)
        value -= fit->mean[j] * fit->b[j] * fit->scale;
    return value;
}

int lasso_walk_restart(lasso_walk *walk, double y)
{
    int status = lasso_walk_fit(walk, y);
    if (status != FR_OK) return status;
    const lasso_fit *fit = &walk->fit;
    begin(walk);
    walk->y = y;
    if (walk->training->intercept) {
        status = enter(walk, constant_column, 0);
        if (status == FR_OK) walk->b[0] = fitted_intercept(fit);
    }
    for (int64_t j = 0; status == FR_OK && j < walk->columns.p; j++) {
        if (fit->b[j] == 0) continue;
        status = enter(walk, j, fit->b[j] > 0 ? 1 : -1);
        if (status == FR_OK && walk->role[j] == lasso_active)
            walk->b[walk->n_active - 1] = fit->b[j] * fit->scale;
    }
    bool exact;
    return status == FR_OK ? lasso_walk_refresh(walk, &exact) : status;
}

int lasso_walk_refresh(lasso_walk *walk, bool *exact)
{
    const lasso_training *training = walk->training;
    int64_t n = training->n;
    double *fresh = walk->column, worst = 0;
    memcpy(fresh, training->y, (size_t)n * sizeof *fresh);
    fresh[n] = walk->y;
    lasso_active_add(&walk->columns, walk->n_active, walk->active, -1, walk->b, fresh);
    lasso_active_products(&walk->columns, walk->n_active, walk->active, fresh, walk->scratch);
    for (int64_t k = 0; k < walk->n_active; k++) {
        if (walk->active[k] != constant_column) walk->scratch[k] -= training->ridge * walk->b[k];
        walk->scratch[k] -= training->lambda * walk->sign[k];
        worst = fmax(worst, fabs(walk->scratch[k]));
    }
    *exact = worst <= lasso_walk_rounding(walk, walk->y) * training->lambda;
    lasso_factor_solve(&walk->factor, walk->scratch);
    for (int64_t k = 0; k < walk->n_active; k++)
        walk->b[k] += walk->scratch[k];
    lasso_active_add(&walk->columns, walk->n_active, walk->active, -1, walk->scratch, fresh);
    memcpy(walk->residual, fresh, (size_t)(n + 1) * sizeof *fresh);
    return FR_OK;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------- */

void lasso_walk_aim(lasso_walk *walk)
{
    int64_t n = walk->training->n;
    for (int64_t k = 0; k < walk->n_active; k++)
        walk->rate[k] = walk->active[k] == constant_column ? walk->direction
                                                           : walk->direction * walk->last[walk->active[k]];
    lasso_factor_solve(&walk->factor, walk->rate);
    memset(walk->slope, 0, (size_t)(n + 1) * sizeof *walk->slope);
    /* With as many active columns as points the fit follows y, and the residual stands. */
    if (walk->training->ridge == 0 && walk->n_active > n) return;
    walk->slope[n] = walk->direction;
    lasso_active_add(&walk->columns, walk->n_active, walk->active, -1, walk->rate, walk->slope);
}

static walk_event first_drop(const lasso_walk *walk, double most)
{
    walk_event first = {walk_end, most, -1, 0};
    double no_distance = walk_standstill * (1 + fabs(walk->y));
    for (int64_t k = 0; k < walk->n_active; k++) {
        if (!(walk->sign[k] * walk->rate[k] < 0)) continue;
        double step = fmax(-walk->b[k] / walk->rate[k], 0);
        /* A coefficient that has just left zero does not return at once but by rounding. */
        if (walk->active[k] == walk->entered && step < no_distance) continue;
        if (step < first.step) first = (walk_event){walk_drop, step, k, 0};
    }
    return first;
}

walk_event lasso_walk_next(lasso_walk *walk, double most)
{
    walk_event first = first_drop(walk, most);
    walk->steps++;
    lasso_line_next(walk, &first);
    return first;
}

void lasso_walk_advance(lasso_walk *walk, double step)
{
    int64_t n = walk->training->n;
    for (int64_t i = 0; i <= n; i++)
        walk->residual[i] += step * walk->slope[i];
    for (int64_t k = 0; k < walk->n_active; k++)
        walk->b[k] += step * walk->rate[k];
    walk->y += walk->direction * step;
    walk->line.since += step;
    walk->usual_step = walk->steps > 1 ? 0.75 * walk->usual_step + 0.25 * step : step;
    walk->standing = step <= 1e-13 * (1 + fabs(walk->y)) ? walk->standing + 1 : 0;
}

int lasso_walk_apply(lasso_walk *walk, const walk_event *event)
{
    walk->entered = walk->left = -2;
    if (event->kind == walk_add) {
        walk->entered = event->which;
        return enter(walk, event->which, event->sign);
    }
    walk->left = walk->active[event->which];
    walk->left_sign = walk->sign[event->which];
    leave(walk, event->which);
    return FR_OK;
}
