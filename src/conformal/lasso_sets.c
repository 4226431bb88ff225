/* For one test point: the walk over the hull of its trim set, then for each level what belongs of the trim set. A grid
 * of lasso fits stands in where the walk has too many segments, or is asked for. */
#include "lasso_sets.h"

#include "grid.h"
#include "lasso_walk.h"
#include "points.h"

#include <math.h>

void trim_sets_free(trim_sets *trim)
{
    fr_free(trim->first);
    fr_free(trim->pieces);
    *trim = (trim_sets){0};
}

int trim_sets_constant(int64_t m, fr_interval piece, trim_sets *out)
{
    *out = (trim_sets){m, fr_alloc(m + 1, sizeof *out->first), fr_alloc(m, sizeof *out->pieces)};
    if (out->first == NULL || out->pieces == NULL) {
        trim_sets_free(out);
        return FR_ENOMEM;
    }
    for (int64_t t = 0; t < m; t++) {
        out->first[t + 1] = t + 1;
        out->pieces[t] = piece;
    }
    return FR_OK;
}

typedef struct {
    lasso_walk walk;
    fr_conformal_pieces members, trimmed;
    double *fitted;    /* n + 1 */
    fr_interval *hull; /* for each level; of members of a grid */
} lasso_scratch;

static void scratch_free(void *workspace)
{
    lasso_scratch *scratch = workspace;
    lasso_walk_free(&scratch->walk);
    fr_conformal_pieces_free(&scratch->members);
    fr_conformal_pieces_free(&scratch->trimmed);
    fr_free(scratch->fitted);
    fr_free(scratch->hull);
    fr_free(scratch);
}

static int scratch_new(void *context, void **workspace)
{
    const lasso_work *work = context;
    lasso_scratch *scratch = fr_alloc(1, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    int status = lasso_walk_new(work->training, work->max_segments, &scratch->walk);
    scratch->fitted = fr_alloc(work->data->n + 1, sizeof *scratch->fitted);
    scratch->hull = fr_alloc(work->out->n_alphas, sizeof *scratch->hull);
    if (scratch->fitted == NULL || scratch->hull == NULL) status = FR_ENOMEM;
    if (status == FR_OK)
        *workspace = scratch;
    else
        scratch_free(scratch);
    return status;
}

/* ---- what is left within the trim set ------------------------------------------------------------------------------- */

static int intersect(int64_t count_a, const fr_interval *a, int64_t count_b, const fr_interval *b,
                     fr_conformal_pieces *out)
{
    int status = FR_OK;
    out->count = 0;
    for (int64_t i = 0, j = 0; status == FR_OK && i < count_a && j < count_b;) {
        fr_interval both = {fmax(a[i].lower, b[j].lower), fmin(a[i].upper, b[j].upper)};
        if (both.lower <= both.upper) status = conformal_pieces_add(out, both);
        if (a[i].upper < b[j].upper)
            i++;
        else
            j++;
    }
    return status;
}

static int put(lasso_work *work, lasso_scratch *scratch, int64_t t, int64_t level, bool on_grid)
{
    const trim_sets *trim = work->trim;
    int status =
        intersect(scratch->members.count, scratch->members.pieces, trim->first[t + 1] - trim->first[t],
                  trim->pieces + trim->first[t], &scratch->trimmed);
    if (status != FR_OK) return status;
    return conformal_sets_put(work->sets, work->out, t, level, scratch->trimmed.count,
                              scratch->trimmed.pieces, on_grid);
}

static int put_walk(lasso_work *work, lasso_scratch *scratch, int64_t t)
{
    const lasso_walk *walk = &scratch->walk;
    int status = FR_OK;
    int64_t room = 0;
    for (int64_t a = 0; status == FR_OK && a < work->out->n_alphas; a++) {
        scratch->members.count = 0;
        status = sweep_members(&walk->curve, work->rank[a], &scratch->members);
        if (status == FR_OK) status = put(work, scratch, t, a, false);
    }
    if (status == FR_OK && work->curves != NULL)
        status = conformal_curve_append(&work->curves[t], &room, &walk->curve);
    return status;
}

/* ---- grid --------------------------------------------------------------------------------------------------------------- */

/* The authors of [TCP] took the trim set as open. */
static bool tried(const lasso_work *work, int64_t t, double y)
{
    const trim_sets *trim = work->trim;
    for (int64_t k = trim->first[t]; k < trim->first[t + 1]; k++) {
        fr_interval piece = trim->pieces[k];
        if (work->compat_2016 ? y > piece.lower && y < piece.upper : y >= piece.lower && y <= piece.upper)
            return true;
    }
    return false;
}

/* Fits all points with the trial value y, and widens the hulls of the levels it belongs to. */
static int try_value(lasso_work *work, lasso_scratch *scratch, double y)
{
    const lasso_training *training = work->training;
    lasso_walk *walk = &scratch->walk;
    int64_t n = training->n;
    double trial = y / training->scale;
    int status = lasso_walk_fit(walk, trial);
    if (status != FR_OK) return status;
    for (int64_t i = 0; i <= n; i++) {
        double residual = walk->fit.residual[i] * walk->fit.scale;
        scratch->fitted[i] = (i < n ? training->y[i] : trial) - residual;
    }
    int64_t number = grid_number(n, training->y, trial, scratch->fitted, conformal_largest(n, training->y),
                                 work->compat_2016);
    for (int64_t a = 0; a < work->out->n_alphas; a++) {
        if (number >= work->rank[a]) continue;
        scratch->hull[a].lower = fmin(scratch->hull[a].lower, y);
        scratch->hull[a].upper = fmax(scratch->hull[a].upper, y);
    }
    return fr_progress_tick(NULL, 0, 0);
}

static int put_grid(lasso_work *work, lasso_scratch *scratch, int64_t t, fr_interval range)
{
    const fr_conformal_data *data = work->data;
    double low = range.lower, high = range.upper;
    /* Their grid was the same for all test points. */
    if (work->compat_2016) low = high = NAN;
    trial_grid grid;
    int status = trial_grid_new(data->n, data->y, low, high, work->step, &grid);
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < work->out->n_alphas; a++)
        scratch->hull[a] = (fr_interval){INFINITY, -INFINITY};
    for (int64_t g = 0; status == FR_OK && g < grid.count; g++) {
        double y = trial_grid_value(&grid, g);
        if (tried(work, t, y)) status = try_value(work, scratch, y);
    }
    /* The residual of the test point is zero at the prediction of the training fit: it belongs to every set. */
    double centre = work->out->centre[t], wider = work->compat_2016 ? 0 : grid.step;
    if (status == FR_OK && !work->compat_2016 && tried(work, t, centre))
        status = try_value(work, scratch, centre);
    for (int64_t a = 0; status == FR_OK && a < work->out->n_alphas; a++) {
        fr_interval hull = {scratch->hull[a].lower - wider, scratch->hull[a].upper + wider};
        scratch->members.count = 0;
        if (hull.lower <= hull.upper) status = conformal_pieces_add(&scratch->members, hull);
        if (status == FR_OK) status = put(work, scratch, t, a, true);
    }
    return status;
}

/* ---- points --------------------------------------------------------------------------------------------------------------- */

static int run_point(int64_t t, void *context, void *workspace)
{
    lasso_work *work = context;
    lasso_scratch *scratch = workspace;
    lasso_walk *walk = &scratch->walk;
    fr_conformal_result *out = work->out;
    const double *x = work->data->x_test + t * work->data->p;
    int64_t first = work->trim->first[t], end = work->trim->first[t + 1];
    fr_interval range = {NAN, NAN};
    int status = FR_OK;
    out->centre[t] = lasso_training_predict(work->training, x);
    if (end > first)
        range = (fr_interval){work->trim->pieces[first].lower, work->trim->pieces[end - 1].upper};
    out->trim[t] = range;
    if (end == first) {
        for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++)
            status = conformal_sets_put(work->sets, out, t, a, 0, NULL, false);
        return status;
    }
    if (work->step > 0)
        lasso_walk_point(walk, x);
    else
        status = lasso_walk_run(walk, x, range.lower, range.upper);
    if (status != FR_OK) return status;
    out->segments[t] = work->step > 0 ? 0 : walk->segments;
    bool on_grid = work->step > 0 || walk->gave_up;
    status = on_grid ? put_grid(work, scratch, t, range) : put_walk(work, scratch, t);
    work->found[t] = (uint8_t)((on_grid ? found_on_grid : 0) | (walk->degenerate ? found_degenerate : 0));
    return status;
}

/* What a test point leaves beside its sets. */
typedef struct {
    fr_interval trim;
    int64_t segments, found;
} packed_point;

static bool pack_point(int64_t t, void *context, void *block)
{
    const lasso_work *work = context;
    packed_point *point = block;
    *point = (packed_point){work->out->trim[t], work->out->segments[t], work->found[t]};
    return conformal_sets_pack(work->sets, work->out, t, 1, point + 1);
}

static int unpack_point(int64_t t, void *context, const void *block)
{
    const lasso_work *work = context;
    const packed_point *point = block;
    work->out->trim[t] = point->trim;
    work->out->segments[t] = point->segments;
    work->found[t] = (uint8_t)point->found;
    return conformal_sets_unpack(work->sets, work->out, t, 1, point + 1);
}

int lasso_sets_run(lasso_work *work)
{
    fr_conformal_result *out = work->out;
    out->trim = fr_alloc(out->m, sizeof *out->trim);
    out->segments = fr_alloc(out->m, sizeof *out->segments);
    work->found = fr_alloc(out->m, sizeof *work->found);
    out->degenerate = work->training->degenerate;
    conformal_work points = {.phase = "test points",
                             .count = out->m,
                             .run = run_point,
                             .context = work,
                             .workspace_new = scratch_new,
                             .workspace_free = scratch_free};
    if (work->curves == NULL) {
        points.packed_size = (int64_t)sizeof(packed_point) + conformal_sets_packed_size(out->n_alphas, 1);
        points.pack = pack_point;
        points.unpack = unpack_point;
    }
    int status = out->trim != NULL && out->segments != NULL && work->found != NULL ? conformal_run(&points)
                                                                                   : FR_ENOMEM;
    for (int64_t t = 0; status == FR_OK && t < out->m; t++) {
        out->n_grid += (work->found[t] & found_on_grid) != 0;
        out->degenerate = out->degenerate || (work->found[t] & found_degenerate) != 0;
    }
    fr_free(work->found);
    work->found = NULL;
    return status;
}

double lasso_sets_guarantee(const lasso_work *work, double exact)
{
    return work->step > 0 || work->out->n_grid == work->out->m ? NAN : fmax(exact, 0);
}
