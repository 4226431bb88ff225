/* The core of all exact sets. Residuals are r_i(y) = u_i + v_i y, that of the test point r_t. Training residual i is
 * smaller than the test residual where
 *   r_t^2 - r_i^2 = (r_t - r_i)(r_t + r_i) > 0,
 * the product of two linear functions of y: outside or inside two roots, on a half-line, everywhere or nowhere. These
 * open intervals, put in order, give the number of smaller training residuals as a step function of y in O(n log n)
 * (Chen, Wang, Ha, Barber, arXiv:1611.09933, section 3.1, without its assumption that |v_i| < |v_t|). At a root the two
 * are equal, which counts in favour of y. */
#include "sweep.h"

#include "rank.h"

#include <math.h>
#include <string.h>

/* Lines that differ by no more than this, relative to their size, differ by rounding only: then they tie for every y. */
static const double same = 1e-13;

void fr_conformal_curve_free(fr_conformal_curve *curve)
{
    fr_free(curve->at);
    fr_free(curve->inside);
    fr_free(curve->on);
    *curve = (fr_conformal_curve){0};
}

void fr_conformal_pieces_free(fr_conformal_pieces *pieces)
{
    fr_free(pieces->pieces);
    *pieces = (fr_conformal_pieces){0};
}

void sweep_space_free(sweep_space *space)
{
    fr_free(space->opens);
    fr_free(space->closes);
    fr_conformal_curve_free(&space->curve);
    *space = (sweep_space){0};
}

/* Grows the array that the pointer at `block` points to. */
static bool grow(void *block, int64_t count, size_t size)
{
    void *grown;
    memcpy(&grown, block, sizeof grown);
    grown = fr_realloc(grown, count, size);
    if (grown != NULL) memcpy(block, &grown, sizeof grown);
    return grown != NULL;
}

static int grow_curve(fr_conformal_curve *curve, int64_t *room, int64_t count)
{
    if (count <= *room) return FR_OK;
    int64_t wanted = count > 2 * *room ? count : 2 * *room;
    if (!grow(&curve->at, wanted, sizeof *curve->at) ||
        !grow(&curve->inside, wanted, sizeof *curve->inside) || !grow(&curve->on, wanted, sizeof *curve->on))
        return FR_ENOMEM;
    *room = wanted;
    return FR_OK;
}

static int reserve(sweep_space *space, int64_t n)
{
    int64_t ends = 2 * n; /* of either kind */
    if (ends > space->room) {
        if (!grow(&space->opens, ends, sizeof(double)) || !grow(&space->closes, ends, sizeof(double)))
            return FR_ENOMEM;
        space->room = ends;
    }
    return grow_curve(&space->curve, &space->curve_room, 2 * ends + 2);
}

/* A linear function: its sign far to the left, and its root (NaN: the sign is the same everywhere). */
typedef struct {
    int sign;
    double root;
} line;

static inline int sign_of(double value)
{
    return (value > 0) - (value < 0);
}

static inline line line_of(double constant, double slope, double constant_scale, double slope_scale)
{
    double root = -constant / slope;
    if (fabs(slope) > same * slope_scale && isfinite(root)) return (line){-sign_of(slope), root};
    return (line){fabs(constant) > same * constant_scale ? sign_of(constant) : 0, NAN};
}

/* What has been collected of the open intervals on which a training residual is smaller. */
typedef struct {
    double low, high;
    double *opens, *closes;
    int64_t n_opens, n_closes;
    int64_t start; /* number of them that hold for y at `low` already */
} smaller;

static inline void add_interval(smaller *all, double from, double to)
{
    if (!(from < to && from < all->high && to > all->low)) return;
    if (from < all->low || from == -INFINITY)
        all->start++;
    else
        all->opens[all->n_opens++] = from;
    if (to <= all->high && to < INFINITY) all->closes[all->n_closes++] = to;
}

static void add_training_point(smaller *all, line difference, line sum)
{
    int sign = difference.sign * sum.sign; /* of r_t^2 - r_i^2 far to the left; every root changes it */
    if (sign == 0) return;
    double first = fmin(difference.root, sum.root), second = fmax(difference.root, sum.root);
    bool none = isnan(first), one = isnan(difference.root) || isnan(sum.root);
    if (none) {
        if (sign > 0) add_interval(all, -INFINITY, INFINITY);
    } else if (one) {
        if (sign > 0)
            add_interval(all, -INFINITY, first);
        else
            add_interval(all, first, INFINITY);
    } else if (sign > 0) {
        add_interval(all, -INFINITY, first);
        add_interval(all, second, INFINITY);
    } else {
        add_interval(all, first, second);
    }
}

/* The intervals in order: at a breakpoint those that end there have ended and those that begin there have not begun. */
static void count_along(const smaller *all, fr_conformal_curve *curve)
{
    int64_t opened = 0, closed = 0, number = all->start, count = 0;
    double at = all->low;
    for (;;) {
        while (closed < all->n_closes && all->closes[closed] == at)
            closed++, number--;
        curve->at[count] = at;
        curve->on[count++] = number;
        if (count > 1 && at == all->high) break;
        while (opened < all->n_opens && all->opens[opened] == at)
            opened++, number++;
        curve->inside[count - 1] = number;
        double next = all->high;
        if (opened < all->n_opens) next = fmin(next, all->opens[opened]);
        if (closed < all->n_closes) next = fmin(next, all->closes[closed]);
        at = next;
    }
    curve->count = count;
}

int sweep_curve(sweep_space *space, int64_t n, const double *u, const double *v, double low, double high)
{
    space->curve.count = 0;
    int status = reserve(space, n);
    if (status != FR_OK) return status;
    smaller all = {.low = low, .high = high, .opens = space->opens, .closes = space->closes};
    double u_t = u[n], v_t = v[n], scale = fabs(u_t);
    for (int64_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(u[i]));
    for (int64_t i = 0; i < n; i++) {
        double slopes = fabs(v_t) + fabs(v[i]);
        add_training_point(&all, line_of(u_t - u[i], v_t - v[i], scale, slopes),
                           line_of(u_t + u[i], v_t + v[i], scale, slopes));
    }
    conformal_sort(all.n_opens, all.opens);
    conformal_sort(all.n_closes, all.closes);
    count_along(&all, &space->curve);
    return FR_OK;
}

/* ---- sets ----------------------------------------------------------------------------------------------------------------- */

int conformal_pieces_add(fr_conformal_pieces *pieces, fr_interval piece)
{
    if (pieces->count > 0) {
        fr_interval *last = &pieces->pieces[pieces->count - 1];
        double gap = 1e-12 * fmax(fabs(last->upper), fabs(piece.lower)); /* rounding parts what touches */
        if (piece.lower <= last->upper || piece.lower - last->upper <= gap) {
            last->upper = fmax(last->upper, piece.upper);
            return FR_OK;
        }
    }
    if (pieces->count == pieces->room) {
        int64_t room = pieces->room > 0 ? 2 * pieces->room : 4;
        if (!grow(&pieces->pieces, room, sizeof *pieces->pieces)) return FR_ENOMEM;
        pieces->room = room;
    }
    pieces->pieces[pieces->count++] = piece;
    return FR_OK;
}

int sweep_members(const fr_conformal_curve *curve, int64_t rank, fr_conformal_pieces *out)
{
    int status = FR_OK;
    for (int64_t b = 0; status == FR_OK && b < curve->count; b++) {
        if (curve->on[b] >= rank) continue;
        fr_interval piece = {curve->at[b], curve->at[b]};
        for (; b + 1 < curve->count && curve->inside[b] < rank; b++)
            piece.upper = curve->at[b + 1];
        /* an end in the middle of an interval that belongs is a breakpoint, hence `on` holds there too */
        status = conformal_pieces_add(out, piece);
    }
    return status;
}

int conformal_curve_append(fr_conformal_curve *to, int64_t *room, const fr_conformal_curve *from)
{
    int64_t kept = to->count > 0 ? to->count - 1 : 0; /* the two share a breakpoint */
    int status = grow_curve(to, room, kept + from->count);
    if (status != FR_OK) return status;
    int64_t shared = to->count > 0 ? to->on[kept] : from->on[0];
    memcpy(to->at + kept, from->at, (size_t)from->count * sizeof *to->at);
    memcpy(to->on + kept, from->on, (size_t)from->count * sizeof *to->on);
    memcpy(to->inside + kept, from->inside, (size_t)(from->count - 1) * sizeof *to->inside);
    if (shared < to->on[kept]) to->on[kept] = shared;
    to->count = kept + from->count;
    return FR_OK;
}

int fr_conformal_sweep(int64_t n, const double *u, const double *v, double low, double high, int64_t rank,
                       fr_conformal_pieces *out)
{
    if (!(low <= high) || low == INFINITY || high == -INFINITY)
        return fr_fail(FR_EUSAGE, "the range from %g to %g of y is empty", low, high);
    sweep_space space = {0};
    int status = sweep_curve(&space, n, u, v, low, high);
    if (status == FR_OK) status = sweep_members(&space.curve, rank, out);
    sweep_space_free(&space);
    return status;
}
