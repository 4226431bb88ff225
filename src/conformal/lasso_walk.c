/* The walk as a whole: segments until the end of the range, each swept for the rank of y. */
#include "lasso_walk.h"

#include <math.h>
#include <string.h>

enum { steps_to_refresh = 50 };

int lasso_walk_new(const lasso_training *training, int64_t max_segments, lasso_walk *out)
{
    int64_t rows = training->n + 1, p = training->p;
    *out = (lasso_walk){.training = training,
                        .max_segments = max_segments,
                        .columns = training->columns,
                        .standing_limit = 20};
    double **by_row[] = {&out->residual, &out->slope, &out->column};
    double **by_column[] = {&out->last, &out->norm};
    bool made = true;
    for (size_t k = 0; k < sizeof by_row / sizeof *by_row; k++)
        made = (*by_row[k] = fr_alloc(rows, sizeof(double))) != NULL && made;
    for (size_t k = 0; k < sizeof by_column / sizeof *by_column; k++)
        made = (*by_column[k] = fr_alloc(p, sizeof(double))) != NULL && made;
    made = lasso_line_new(rows, p, &out->line) == FR_OK && made;
    out->role = fr_alloc(p, sizeof *out->role);
    out->columns.last = out->last;
    if (made && out->role != NULL) return FR_OK;
    lasso_walk_free(out);
    return FR_ENOMEM;
}

void lasso_walk_free(lasso_walk *walk)
{
    void *blocks[] = {walk->last,   walk->norm, walk->residual, walk->slope, walk->column, walk->role,
                      walk->active, walk->sign, walk->b,        walk->rate,  walk->scratch};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    lasso_line_free(&walk->line);
    lasso_factor_free(&walk->factor);
    lasso_fit_free(&walk->fit);
    sweep_space_free(&walk->sweep);
    fr_conformal_curve_free(&walk->curve);
    fr_conformal_curve_free(&walk->above);
    *walk = (lasso_walk){0};
}

/* Sweeps the steps [from, to] of the segment that begins at walk->y; its breakpoints go behind those that are there, in
 * the order of the walk. `first`, `last`: y at these ends. */
static int sweep(lasso_walk *walk, double from, double to, double first, double last, int64_t *room,
                 fr_conformal_curve *curve)
{
    int status = sweep_curve(&walk->sweep, walk->training->n, walk->residual, walk->slope, from, to);
    if (status != FR_OK) return status;
    fr_conformal_curve *found = &walk->sweep.curve;
    for (int64_t k = 0; k < found->count; k++)
        found->at[k] = walk->y + walk->direction * found->at[k];
    found->at[0] = first;
    found->at[found->count - 1] = last;
    return conformal_curve_append(curve, room, found);
}

/* Where events at one and the same y go round in circles, the walk goes on from a fresh solution a little further. */
static int leap(lasso_walk *walk, double end, int64_t *room, fr_conformal_curve *curve)
{
    double step = fmin(1e-9 * (1 + fabs(walk->y)), walk->direction * (end - walk->y));
    double next = walk->y + walk->direction * step;
    int status = FR_OK;
    lasso_walk_aim(walk);
    if (curve->count > 0) status = sweep(walk, 0, step, walk->y, next, room, curve);
    return status == FR_OK ? lasso_walk_restart(walk, next) : status;
}

/* Goes beyond the event: to its y, and to its active set. */
static int pass_event(lasso_walk *walk, const walk_event *event, double end, int64_t *room,
                      fr_conformal_curve *curve)
{
    bool exact = true;
    lasso_walk_advance(walk, event->step);
    int status = lasso_walk_apply(walk, event);
    if (status == FR_OK && walk->steps % steps_to_refresh == 0) status = lasso_walk_refresh(walk, &exact);
    if (status == FR_OK && !exact) status = lasso_walk_restart(walk, walk->y);
    if (status == FR_OK && walk->standing > walk->standing_limit) status = leap(walk, end, room, curve);
    return status;
}

/* Walks from y0 to `end` and sweeps from `begin` on. */
static int walk_to(lasso_walk *walk, double direction, double begin, double end, int64_t *room,
                   fr_conformal_curve *curve)
{
    int status = lasso_walk_start(walk, direction);
    while (status == FR_OK) {
        if (walk->segments++ >= walk->max_segments) {
            walk->gave_up = true;
            break;
        }
        lasso_walk_aim(walk);
        double most = fmax(direction * (end - walk->y), 0), past = fmax(direction * (begin - walk->y), 0);
        walk_event event = lasso_walk_next(walk, most);
        bool ended = event.kind == walk_end;
        if (past < event.step || (ended && curve->count == 0))
            status = sweep(walk, fmin(past, event.step), event.step, past > 0 ? begin : walk->y,
                           ended ? end : walk->y + direction * event.step, room, curve);
        if (ended) break;
        if (status == FR_OK) status = pass_event(walk, &event, end, room, curve);
        if (status == FR_OK) status = fr_progress_tick(NULL, 0, 0);
    }
    return status;
}

static void reverse(fr_conformal_curve *curve)
{
    for (int64_t a = 0, b = curve->count - 1; a < b; a++, b--) {
        double at = curve->at[a];
        int64_t on = curve->on[a];
        curve->at[a] = curve->at[b], curve->at[b] = at;
        curve->on[a] = curve->on[b], curve->on[b] = on;
    }
    for (int64_t a = 0, b = curve->count - 2; a < b; a++, b--) {
        int64_t inside = curve->inside[a];
        curve->inside[a] = curve->inside[b], curve->inside[b] = inside;
    }
}

int lasso_walk_run(lasso_walk *walk, const double *x, double low, double high)
{
    double scale = walk->training->scale;
    int status = FR_OK;
    lasso_walk_point(walk, x);
    walk->segments = 0;
    walk->gave_up = false;
    walk->curve.count = walk->above.count = 0;
    double from = low / scale, to = high / scale;
    if (from < walk->y0)
        status = walk_to(walk, -1, fmin(walk->y0, to), from, &walk->curve_room, &walk->curve);
    reverse(&walk->curve);
    if (status == FR_OK && !walk->gave_up && (to > walk->y0 || walk->curve.count == 0)) {
        status = walk_to(walk, 1, fmax(walk->y0, from), to, &walk->above_room, &walk->above);
        if (status == FR_OK && !walk->gave_up)
            status = conformal_curve_append(&walk->curve, &walk->curve_room, &walk->above);
    }
    if (status != FR_OK || walk->gave_up) return status;
    for (int64_t k = 0; k < walk->curve.count; k++)
        walk->curve.at[k] *= scale;
    walk->curve.at[0] = low;
    walk->curve.at[walk->curve.count - 1] = high;
    return FR_OK;
}
