/* Which column enters next, without looking at all of them. */
#include "lasso_walk.h"

#include <core/for_each_cpu.h>

#include <math.h>
#include <string.h>

void lasso_line_free(lasso_line *line)
{
    void *blocks[] = {line->product, line->rate,   line->start,     line->from,    line->aim,
                      line->excess,  line->looked, line->candidate, line->earliest};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    *line = (lasso_line){0};
}

int lasso_line_new(int64_t rows, int64_t p, lasso_line *out)
{
    double **by_row[] = {&out->from, &out->aim};
    double **by_column[] = {&out->product, &out->rate, &out->start, &out->excess, &out->earliest};
    bool made = true;
    *out = (lasso_line){0};
    for (size_t k = 0; k < sizeof by_row / sizeof *by_row; k++)
        made = (*by_row[k] = fr_alloc(rows, sizeof(double))) != NULL && made;
    for (size_t k = 0; k < sizeof by_column / sizeof *by_column; k++)
        made = (*by_column[k] = fr_alloc(p, sizeof(double))) != NULL && made;
    out->looked = fr_alloc(p, sizeof *out->looked);
    out->candidate = fr_alloc(p, sizeof *out->candidate);
    if (made && out->looked != NULL && out->candidate != NULL) return FR_OK;
    lasso_line_free(out);
    return FR_ENOMEM;
}

/* ---- the line ------------------------------------------------------------------------------------------------------------ */

static void draw_here(lasso_walk *walk)
{
    size_t bytes = (size_t)(walk->training->n + 1) * sizeof *walk->line.from;
    memcpy(walk->line.from, walk->residual, bytes);
    memcpy(walk->line.aim, walk->slope, bytes);
    walk->line.since = 0;
    walk->line.looks = 0;
    walk->line.drawn = true;
}

static void draw(lasso_walk *walk)
{
    lasso_line *line = &walk->line;
    draw_here(walk);
    for (int64_t j = 0; j < walk->columns.p; j++)
        lasso_two_dots(&walk->columns, j, line->from, line->aim, &line->product[j], &line->rate[j]);
}

void lasso_line_start(lasso_walk *walk)
{
    lasso_line *line = &walk->line;
    size_t bytes = (size_t)walk->columns.p * sizeof *line->product;
    draw_here(walk);
    memcpy(line->product, walk->training->product, bytes);
    if (!line->started) {
        for (int64_t j = 0; j < walk->columns.p; j++)
            line->start[j] = walk->direction * lasso_dot(&walk->columns, j, line->aim);
        line->started = true;
    }
    for (int64_t j = 0; j < walk->columns.p; j++)
        line->rate[j] = walk->direction * line->start[j];
}

void lasso_line_add(lasso_walk *walk, int64_t j)
{
    lasso_line *line = &walk->line;
    if (line->drawn)
        lasso_two_dots(&walk->columns, j, line->from, line->aim, &line->product[j], &line->rate[j]);
}

/* ---- candidates ---------------------------------------------------------------------------------------------------------- */

/* How far the residual is from the line, and how fast it departs. */
typedef struct {
    double off, turn;
    double lambda; /* less what rounding may hide */
} departure;

FR_FOR_EACH_CPU
static departure departure_of(int64_t n, double since, const double *residual, const double *slope,
                              const double *from, const double *aim)
{
    double off = 0, turn = 0;
#pragma omp simd reduction(+ : off, turn)
    for (int64_t i = 0; i < n; i++) {
        double distance = residual[i] - from[i] - since * aim[i], difference = slope[i] - aim[i];
        off += distance * distance;
        turn += difference * difference;
    }
    return (departure){sqrt(off), sqrt(turn), 0};
}

/* Above lambda where the correlation may reach lambda within a step of `horizon`: the bound is convex in the step, and
 * the greater of its ends counts. */
FR_FOR_EACH_CPU
static void find_excess(int64_t p, double since, double horizon, departure from_line, const double *product,
                        const double *rate, const double *norm, double *restrict excess)
{
    double off = from_line.off, off_end = from_line.off + horizon * from_line.turn, end = since + horizon;
#pragma omp simd
    for (int64_t j = 0; j < p; j++) {
        double at = fabs(product[j] + since * rate[j]) + norm[j] * off;
        double then = fabs(product[j] + end * rate[j]) + norm[j] * off_end;
        excess[j] = at > then ? at : then;
    }
}

/* The step before which |product + rate h| + norm (off + turn h) stays below lambda. */
static double earliest(const lasso_walk *walk, departure from_line, int64_t j)
{
    const lasso_line *line = &walk->line;
    double rate = line->rate[j], at = line->product[j] + line->since * rate;
    double room = from_line.lambda - walk->norm[j] * from_line.off;
    double widening = walk->norm[j] * from_line.turn, first = INFINITY;
    if (room - fabs(at) <= 0) return 0;
    if (widening + rate > 0) first = (room - at) / (widening + rate);
    if (widening - rate > 0) first = fmin(first, (room + at) / (widening - rate));
    return first;
}

static int64_t find_candidates(lasso_walk *walk, departure from_line, double horizon)
{
    lasso_line *line = &walk->line;
    int64_t count = 0;
    find_excess(walk->columns.p, line->since, horizon, from_line, line->product, line->rate, walk->norm,
                line->excess);
    for (int64_t j = 0; j < walk->columns.p; j++) {
        if (line->excess[j] < from_line.lambda) continue;
        if (walk->role[j] != lasso_outside || line->looked[j] == walk->steps) continue;
        line->earliest[count] = earliest(walk, from_line, j);
        line->candidate[count++] = j;
    }
    return count;
}

/* ---- the next one ---------------------------------------------------------------------------------------------------------- */

/* When column j reaches +-lambda. */
static walk_event when_added(lasso_walk *walk, int64_t j)
{
    const walk_event never = {walk_end, INFINITY, -1, 0};
    double product, rate;
    walk->line.looks++;
    walk->line.looked[j] = walk->steps;
    lasso_two_dots(&walk->columns, j, walk->residual, walk->slope, &product, &rate);
    if (rate == 0) return never;
    double sign = rate > 0 ? 1 : -1;
    double step = fmax((walk->training->lambda - sign * product) / fabs(rate), 0);
    /* A column that has just left does not return at once but by rounding. */
    if (j == walk->left && sign == walk->left_sign && step < walk_standstill * (1 + fabs(walk->y)))
        return never;
    return (walk_event){walk_add, step, j, sign};
}

/* Looks at a candidate, once. Of two at the same step the first column enters. */
static void look(lasso_walk *walk, int64_t k, walk_event *first)
{
    lasso_line *line = &walk->line;
    walk_event event = when_added(walk, line->candidate[k]);
    bool tie = event.step == first->step && first->kind == walk_add && event.which < first->which;
    if (event.step < first->step || tie) *first = event;
    line->earliest[k] = INFINITY;
}

/* The one that may come soonest first, which spares many others. */
static void look_at_all(lasso_walk *walk, int64_t count, walk_event *first)
{
    const double *earliest = walk->line.earliest;
    int64_t soonest = 0;
    for (int64_t k = 1; k < count; k++)
        if (earliest[k] < earliest[soonest]) soonest = k;
    if (count > 0) look(walk, soonest, first);
    for (int64_t k = 0; k < count; k++)
        if (earliest[k] < first->step) look(walk, k, first);
}

void lasso_line_next(lasso_walk *walk, walk_event *first)
{
    lasso_line *line = &walk->line;
    /* A new line costs a look at every column, and spares the more of them the older the last one is. */
    if (!line->drawn || line->looks > walk->columns.p / 4) draw(walk);
    departure from_line =
        departure_of(walk->training->n + 1, line->since, walk->residual, walk->slope, line->from, line->aim);
    from_line.lambda = (1 - lasso_walk_rounding(walk, walk->y)) * walk->training->lambda;
    double horizon = walk->steps > 1 ? 2 * walk->usual_step : 1e-3;
    for (int tries = 0;; tries++) {
        horizon = tries < 8 ? fmin(horizon, first->step) : first->step;
        int64_t count = find_candidates(walk, from_line, horizon);
        look_at_all(walk, count, first);
        if (first->step <= horizon) return;
        horizon *= 4;
    }
}
