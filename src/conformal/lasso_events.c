/* Events of the walk. A column's correlation x_j'r moves no faster than ||x_j|| times the residual does, so it is looked at only
 * when the residual has moved as far as its distance from lambda allowed when it was looked at last: of thousands of columns a
 * few dozen in a step. */
#include "lasso_walk.h"

#include <math.h>
#include <string.h>

static const double standstill = 1e-9; /* relative to 1 + |y|: what counts as no distance */

/* ---- the active set --------------------------------------------------------------------------------------------------- */

static bool grow(double **block, int64_t count)
{
    double *grown = fr_realloc(*block, count, sizeof *grown);
    if (grown != NULL) *block = grown;
    return grown != NULL;
}

static int reserve(lasso_walk *walk)
{
    if (walk->n_active < walk->room) return FR_OK;
    int64_t room = 2 * walk->room + 32;
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
    int status = reserve(walk);
    if (status == FR_OK)
        status = lasso_factor_enter(&walk->factor, &walk->columns, walk->n_active, walk->active, j,
                                    walk->training->ridge, walk->column, walk->scratch, &accepted);
    if (status != FR_OK) return status;
    if (j != constant_column) walk->reach[j] = INFINITY;
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
    walk->reach[j] = walk->moved;
    /* Columns that depended on the active ones may not any more. */
    for (int64_t l = 0; l < walk->columns.p; l++) {
        if (walk->role[l] != lasso_left_out) continue;
        walk->role[l] = lasso_outside;
        walk->reach[l] = walk->moved;
    }
}

/* ---- starts ----------------------------------------------------------------------------------------------------------- */

void lasso_walk_point(lasso_walk *walk, const double *x)
{
    const lasso_training *training = walk->training;
    walk->y0 = training->b0;
    for (int64_t j = 0; j < training->p; j++) {
        walk->last[j] = x[j] - training->mean[j];
        walk->norm[j] = sqrt(training->square[j] + walk->last[j] * walk->last[j]);
        walk->y0 += walk->last[j] * training->b[j];
    }
    walk->degenerate = training->degenerate;
    lasso_fit_free(&walk->fit); /* of another point */
}

static void begin(lasso_walk *walk)
{
    memset(walk->role, lasso_outside, (size_t)walk->columns.p * sizeof *walk->role);
    memset(walk->checked, 0, (size_t)walk->columns.p * sizeof *walk->checked);
    walk->moved = 0;
    walk->n_active = walk->factor.n = 0;
    walk->steps = walk->standing = 0;
    walk->last_step = 0;
    walk->entered = walk->left = -2;
}

/* How far the residual may move before a column with this correlation can matter. */
static double leeway(const lasso_walk *walk, int64_t j, double product)
{
    /* a little is kept for rounding */
    return ((1 - 1e-10) * walk->training->lambda - fabs(product)) / walk->norm[j];
}

int lasso_walk_start(lasso_walk *walk, double direction)
{
    const lasso_training *training = walk->training;
    int64_t n = training->n;
    begin(walk);
    walk->direction = direction;
    walk->y = walk->y0;
    memcpy(walk->residual, training->residual, (size_t)n * sizeof *walk->residual);
    walk->residual[n] = 0;
    for (int64_t j = 0; j < training->p; j++)
        walk->reach[j] = walk->norm[j] > 0 ? leeway(walk, j, training->product[j]) : INFINITY;
    while (walk->room <= training->n_active) {
        walk->n_active = walk->room;
        int status = reserve(walk);
        if (status != FR_OK) return status;
    }
    walk->n_active = training->n_active;
    for (int64_t k = 0; k < walk->n_active; k++) {
        int64_t j = training->active[k];
        walk->active[k] = j;
        walk->sign[k] = training->sign[k];
        walk->b[k] = j == constant_column ? training->b0 : training->b[j];
        walk->scratch[k] = j == constant_column ? 1 : walk->last[j];
        if (j == constant_column) continue;
        walk->role[j] = lasso_active;
        walk->reach[j] = INFINITY;
    }
    int status = lasso_factor_copy(&training->factor, &walk->factor);
    if (status != FR_OK) return status;
    lasso_factor_add(&walk->factor, walk->scratch);
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
    if (status == FR_OK) status = lasso_training_check(&info);
    return status;
}

int lasso_walk_restart(lasso_walk *walk, double y)
{
    int status = lasso_walk_fit(walk, y);
    if (status != FR_OK) return status;
    const lasso_fit *fit = &walk->fit;
    begin(walk);
    walk->y = y;
    for (int64_t j = 0; j < walk->columns.p; j++)
        walk->reach[j] = walk->norm[j] > 0 ? 0 : INFINITY;
    if (walk->training->intercept) {
        status = enter(walk, constant_column, 0);
        walk->b[0] = fit->y_mean;
        for (int64_t j = 0; j < walk->columns.p; j++)
            walk->b[0] -= fit->mean[j] * fit->b[j] * fit->scale;
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
    *exact = worst <= 1e-9 * training->lambda;
    lasso_factor_solve(&walk->factor, walk->scratch);
    for (int64_t k = 0; k < walk->n_active; k++)
        walk->b[k] += walk->scratch[k];
    lasso_active_add(&walk->columns, walk->n_active, walk->active, -1, walk->scratch, fresh);
    walk->moved += lasso_distance(n + 1, fresh, walk->residual);
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
    if (walk->training->ridge == 0 && walk->n_active > n) {
        walk->speed = 0;
        return;
    }
    walk->slope[n] = walk->direction;
    lasso_active_add(&walk->columns, walk->n_active, walk->active, -1, walk->rate, walk->slope);
    walk->speed = lasso_norm(n + 1, walk->slope);
}

static walk_event first_drop(const lasso_walk *walk, double most)
{
    walk_event first = {walk_end, most, -1, 0};
    double no_distance = standstill * (1 + fabs(walk->y));
    for (int64_t k = 0; k < walk->n_active; k++) {
        if (!(walk->sign[k] * walk->rate[k] < 0)) continue;
        double step = fmax(-walk->b[k] / walk->rate[k], 0);
        /* A coefficient that has just left zero does not return at once but by rounding. */
        if (walk->active[k] == walk->entered && step < no_distance) continue;
        if (step < first.step) first = (walk_event){walk_drop, step, k, 0};
    }
    return first;
}

/* When column j reaches +-lambda. */
static walk_event when_added(lasso_walk *walk, int64_t j)
{
    double product, rate, lambda = walk->training->lambda;
    lasso_two_dots(&walk->columns, j, walk->residual, walk->slope, &product, &rate);
    walk->reach[j] = walk->moved + leeway(walk, j, product);
    walk->checked[j] = walk->steps;
    if (rate == 0) return (walk_event){walk_end, INFINITY, -1, 0};
    double sign = rate > 0 ? 1 : -1, step = fmax((lambda - sign * product) / fabs(rate), 0);
    if (j == walk->left && sign == walk->left_sign && step < standstill * (1 + fabs(walk->y)))
        return (walk_event){walk_end, INFINITY, -1, 0};
    return (walk_event){walk_add, step, j, sign};
}

/* Looks at the columns that may matter within a step of `horizon`. */
static void look(lasso_walk *walk, double horizon, walk_event *first)
{
    double limit = walk->speed > 0 ? walk->moved + horizon * walk->speed : walk->moved;
    for (int64_t j = 0; j < walk->columns.p; j++) {
        if (!(walk->reach[j] <= limit) || walk->checked[j] == walk->steps || walk->role[j] != lasso_outside)
            continue;
        walk_event event = when_added(walk, j);
        if (event.step < first->step) *first = event;
    }
}

walk_event lasso_walk_next(lasso_walk *walk, double most)
{
    walk_event first = first_drop(walk, most);
    walk->steps++;
    /* The first event within a short horizon is the first one of all; otherwise look further. */
    double horizon = fmin(fmax(2 * walk->last_step, 1e-3), first.step);
    for (int k = 0;; k++) {
        look(walk, horizon, &first);
        if (first.step <= horizon) return first;
        horizon = k < 8 ? fmin(4 * horizon, first.step) : first.step;
    }
}

void lasso_walk_advance(lasso_walk *walk, double step)
{
    int64_t n = walk->training->n;
    for (int64_t i = 0; i <= n; i++)
        walk->residual[i] += step * walk->slope[i];
    for (int64_t k = 0; k < walk->n_active; k++)
        walk->b[k] += step * walk->rate[k];
    walk->moved += step * walk->speed;
    walk->y += walk->direction * step;
    walk->last_step = step;
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
