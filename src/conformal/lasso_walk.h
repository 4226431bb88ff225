/* The lasso on the n + 1 points as the trial response y of the test point moves [lasso: Lei, Biometrika 106(4), 2019].
 * On a piece of the walk the active columns E (signs s) stay, and all is linear in y: with z_t the test row,
 *   d b_E / dy = G z_tE,  G = (Z_E'Z_E + ridge I)^-1,   d r / dy = e_t - Z_E (d b_E / dy);
 * it ends where a coefficient reaches zero or the correlation of another column reaches +-lambda. At y0, the prediction
 * of the training fit for the test point, the new residual is zero and the training fit is the solution: walks go up and
 * down from there. */
#ifndef FRUGAL_CONFORMAL_LASSO_WALK_H
#define FRUGAL_CONFORMAL_LASSO_WALK_H

#include "lasso_training.h"
#include "sweep.h"

#include <optim/lasso_fit.h>

/* The columns outside of the active set, compared with a straight line from + since * aim that the residual was on some
 * steps ago: their correlations there are known for good, and ||x_j|| times the distance of the residual from the line
 * bounds what is uncertain. So of thousands of columns only some dozens are looked at in a step, until the line is drawn
 * anew. */
typedef struct {
    double *product, *rate; /* p: x_j'from, x_j'aim */
    double *start;          /* p: x_j'aim at y0 upwards */
    double *from, *aim;     /* n + 1 */
    double since;
    bool drawn, started; /* started: `start` is that of the test point */
    int64_t looks;       /* since the line was drawn */
    int64_t *looked;     /* p: number of the last step in which the column was looked at */
    int64_t *candidate;
    double *earliest; /* for each candidate: it cannot enter before this step */
    double *excess;   /* p: scratch */
} lasso_line;

/* Workspace of a thread; lengths without scale are those of lasso_training. */
typedef struct {
    const lasso_training *training;
    int64_t max_segments, standing_limit;
    /* of the test point */
    lasso_columns columns; /* with `last` below */
    double *last;          /* p: the test row */
    double *norm;          /* p: of the columns with it */
    double y0, largest_norm;
    /* of a walk */
    double direction; /* of y: 1 or -1 */
    double y;
    double *residual, *slope; /* n + 1; slope: for a unit step in `direction` */
    uint8_t *role;            /* p: lasso_outside ... */
    int64_t n_active, room;   /* by place: */
    int64_t *active;
    double *sign, *b, *rate, *scratch;
    lasso_factor factor;
    double *column;          /* n + 1: scratch */
    int64_t steps, standing; /* steps; of length zero, in a row */
    lasso_line line;
    double usual_step;     /* mean of the last ones */
    int64_t entered, left; /* column of the last event, or -2 */
    double left_sign;
    bool degenerate;
    lasso_fit fit; /* made when it is needed; refers to `last` */
    /* the answer */
    int64_t segments;
    bool gave_up; /* more than max_segments */
    sweep_space sweep;
    int64_t curve_room, above_room;
    fr_conformal_curve curve; /* of the whole range, caller's unit */
    fr_conformal_curve above; /* of the walk up */
} lasso_walk;

int lasso_walk_new(const lasso_training *training, int64_t max_segments, lasso_walk *out);
void lasso_walk_free(lasso_walk *walk);

/* The rank of y in [low, high] (caller's unit, ends may be infinite) for the test row x, in walk->curve, unless
 * walk->gave_up. */
int lasso_walk_run(lasso_walk *walk, const double *x, double low, double high);

/* ---- parts ---- */

/* What rounding makes of correlations at y, relative to lambda. */
double lasso_walk_rounding(const lasso_walk *walk, double y);
/* Takes up the test row and y0. */
void lasso_walk_point(lasso_walk *walk, const double *x);
/* From the training solution, in a direction. */
int lasso_walk_start(lasso_walk *walk, double direction);
/* Fits all n + 1 points with the response y (training's unit) for the test point: walk->fit. */
int lasso_walk_fit(lasso_walk *walk, double y);
/* From such a fit. */
int lasso_walk_restart(lasso_walk *walk, double y);
/* Solves for the residual and the coefficients anew; *exact is false where they had gone wrong. */
int lasso_walk_refresh(lasso_walk *walk, bool *exact);

static const double walk_standstill = 1e-9; /* times 1 + |y|: what counts as no distance */

typedef enum { walk_end, walk_drop, walk_add } walk_kind;
typedef struct {
    walk_kind kind;
    double step;
    int64_t which; /* place (drop) or column (add) */
    double sign;   /* of the column that enters */
} walk_event;
/* rate and slope for the active set there is */
void lasso_walk_aim(lasso_walk *walk);
/* What comes first within `most`, the way there, and what it changes. */
walk_event lasso_walk_next(lasso_walk *walk, double most);
void lasso_walk_advance(lasso_walk *walk, double step);
int lasso_walk_apply(lasso_walk *walk, const walk_event *event);

int lasso_line_new(int64_t rows, int64_t p, lasso_line *out);
void lasso_line_free(lasso_line *line);
/* Draws the line at y0, along the slope. */
void lasso_line_start(lasso_walk *walk);
/* Column j has become inactive. */
void lasso_line_add(lasso_walk *walk, int64_t j);
/* Looks for the first column to enter before *first. */
void lasso_line_next(lasso_walk *walk, walk_event *first);

#endif
