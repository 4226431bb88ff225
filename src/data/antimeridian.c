/* Continuous longitudes: rings that step across the antimeridian, rings around a pole, rings on both sides of the antimeridian.
 *
 * A step of more than 180 degrees of longitude goes the short way round. A ring that comes back to its start a whole turn
 * off encloses a pole; it is closed along latitude 90, so that the lon/lat plane shows what it encloses. Steps along a pole
 * itself are free. A box around the whole Earth would shrink to nothing: a ring that does is kept as it is. */
#include "region.h"
#include "rings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ranges of longitude -------------------------------------------------------------------------------------------------- */

typedef struct {
    double start, end; /* start in [0, 360) */
} arc;

static int compare_arcs(const void *a, const void *b)
{
    double x = ((const arc *)a)->start, y = ((const arc *)b)->start;
    return (x > y) - (x < y);
}

static double modulo_turn(double x)
{
    double rest = fmod(x, 360);
    return rest < 0 ? rest + 360 : rest;
}

/* The widest gap between the arcs on the circle: where the arcs begin again after it, and its width. */
static double widest_gap(arc *arcs, int64_t n, double *after)
{
    double reached = -INFINITY, widest = 0;
    *after = 0;
    for (int64_t k = 0; k < n; k++)
        reached = fmax(reached, arcs[k].end - 360);
    qsort(arcs, (size_t)n, sizeof *arcs, compare_arcs);
    for (int64_t k = 0; k < n; k++) {
        if (arcs[k].start - reached > widest) {
            widest = arcs[k].start - reached;
            *after = arcs[k].start;
        }
        reached = fmax(reached, arcs[k].end);
    }
    return widest;
}

/* turns[k]: whole circles to add to the range [low[k], high[k]] so that all ranges together are shortest. */
static int find_turns(int64_t n, const double *low, const double *high, double *turns)
{
    arc *arcs = fr_alloc(n, sizeof *arcs);
    if (arcs == NULL) return FR_ENOMEM;
    double least = INFINITY, most = -INFINITY, after;
    for (int64_t k = 0; k < n; k++) {
        turns[k] = 0;
        arcs[k].start = modulo_turn(low[k]);
        arcs[k].end = arcs[k].start + (high[k] - low[k]);
        least = fmin(least, low[k]);
        most = fmax(most, high[k]);
    }
    double range = 360 - widest_gap(arcs, n, &after);
    fr_free(arcs);
    if (range > most - least - 1e-9) return FR_OK;
    after -= 360 * round((after + range / 2) / 360); /* the middle of it all within [-180, 180] */
    for (int64_t k = 0; k < n; k++)
        turns[k] = round((after + modulo_turn(low[k] - after) - low[k]) / 360);
    return FR_OK;
}

int fr_longitudes_together(int64_t n, double *lon)
{
    double *turns = fr_alloc(n, sizeof *turns);
    int status = turns == NULL ? FR_ENOMEM : find_turns(n, lon, lon, turns);
    for (int64_t k = 0; k < n && status == FR_OK; k++)
        lon[k] += 360 * turns[k];
    fr_free(turns);
    return status;
}

/* ---- one ring ------------------------------------------------------------------------------------------------------------- */

static double area_of(int64_t n, const double *x, const double *y)
{
    double twice = 0;
    for (int64_t k = 0, before = n - 1; k < n; before = k++)
        twice += (x[before] - x[0]) * (y[k] - y[0]) - (x[k] - x[0]) * (y[before] - y[0]);
    return fabs(twice) / 2;
}

/* Whole circles to add to the end of a step so that it goes the short way. */
static double turns_of_step(double x1, double y1, double x2, double y2)
{
    bool along_pole = fabs(y1) >= 90 && fabs(y2) >= 90 && y1 * y2 > 0;
    double step = x2 - x1;
    return along_pole || fabs(step) <= 180 ? 0 : -round(step / 360);
}

/* The continuous ring in (u, v), which have room for n + 3 points; returns their number. */
static int64_t unwrap_ring(int64_t n, const double *x, const double *y, double *u, double *v)
{
    double turns = 0, mean = 0;
    bool turned = false;
    int64_t m = n;
    for (int64_t k = 0; k < n; k++) {
        if (k > 0) turns += turns_of_step(x[k - 1], y[k - 1], x[k], y[k]);
        turned = turned || turns != 0;
        u[k] = x[k] + 360 * turns;
        v[k] = y[k];
        mean += y[k] / (double)n;
    }
    turns += turns_of_step(x[n - 1], y[n - 1], x[0], y[0]);
    if (turns != 0) {
        double pole = mean < 0 ? -90 : 90, far = x[0] + 360 * turns;
        u[m] = far, v[m++] = y[0];
        u[m] = far, v[m++] = pole;
        u[m] = x[0], v[m++] = pole;
    }
    bool nothing_left = area_of(m, u, v) <= 1e-9 * area_of(n, x, y);
    bool pole = turns != 0;
    if ((turned || pole) && (nothing_left || fabs(turns) > 1)) {
        memcpy(u, x, (size_t)n * sizeof *u);
        memcpy(v, y, (size_t)n * sizeof *v);
        return n;
    }
    return m;
}

/* ---- all rings -------------------------------------------------------------------------------------------------------------- */

static int bring_together(fr_polygons *p)
{
    double *low = fr_alloc(3 * p->n_rings, sizeof *low);
    if (low == NULL) return FR_ENOMEM;
    double *high = low + p->n_rings, *turns = high + p->n_rings;
    for (int64_t r = 0; r < p->n_rings; r++) {
        low[r] = INFINITY;
        high[r] = -INFINITY;
        for (int64_t k = p->start[r]; k < p->start[r + 1]; k++) {
            low[r] = fmin(low[r], p->x[k]);
            high[r] = fmax(high[r], p->x[k]);
        }
    }
    int status = find_turns(p->n_rings, low, high, turns);
    for (int64_t r = 0; r < p->n_rings && status == FR_OK; r++)
        for (int64_t k = p->start[r]; k < p->start[r + 1]; k++)
            p->x[k] += 360 * turns[r];
    fr_free(low);
    return status;
}

int fr_polygons_unwrap(fr_polygons *polygons, bool *crossed)
{
    *crossed = false;
    int64_t n_rings = polygons->n_rings, n = n_rings > 0 ? polygons->start[n_rings] : 0;
    fr_polygons out = {.n_rings = n_rings};
    out.start = fr_alloc(n_rings + 1, sizeof *out.start);
    out.x = fr_alloc(n + 3 * n_rings, sizeof *out.x);
    out.y = fr_alloc(n + 3 * n_rings, sizeof *out.y);
    int status = out.start != NULL && out.x != NULL && out.y != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t r = 0; r < n_rings && status == FR_OK; r++) {
        int64_t first = polygons->start[r], to = out.start[r], size = polygons->start[r + 1] - first;
        if (size > 0)
            to += unwrap_ring(size, polygons->x + first, polygons->y + first, out.x + to, out.y + to);
        out.start[r + 1] = to;
    }
    if (status == FR_OK && n_rings > 1) status = bring_together(&out);
    if (status != FR_OK) {
        fr_polygons_free(&out);
        return status;
    }
    *crossed = out.start[n_rings] != n || memcmp(out.x, polygons->x, (size_t)n * sizeof *out.x) != 0;
    fr_polygons_free(polygons);
    *polygons = out;
    return FR_OK;
}
