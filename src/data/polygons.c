/* Outlines and masks: sets of rings, inside by the even-odd rule. */
#include <frugal/data.h>
#include <frugal/geo.h>

#include "region.h"
#include "rings.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

void fr_polygons_free(fr_polygons *polygons)
{
    if (polygons == NULL) return;
    fr_free(polygons->start);
    fr_free(polygons->x);
    fr_free(polygons->y);
    *polygons = (fr_polygons){0};
}

void fr_polygons_box(const fr_polygons *polygons, double *x0, double *x1, double *y0, double *y1)
{
    int64_t n = polygons->n_rings > 0 ? polygons->start[polygons->n_rings] : 0;
    *x0 = *y0 = n > 0 ? INFINITY : 0;
    *x1 = *y1 = n > 0 ? -INFINITY : 0;
    for (int64_t k = 0; k < n; k++) {
        *x0 = fmin(*x0, polygons->x[k]);
        *x1 = fmax(*x1, polygons->x[k]);
        *y0 = fmin(*y0, polygons->y[k]);
        *y1 = fmax(*y1, polygons->y[k]);
    }
}

bool fr_are_degrees(int64_t n, const double *x, const double *y)
{
    /* Longitudes of outlines that have been made continuous reach up to one turn and a half. */
    for (int64_t k = 0; k < n; k++)
        if (!(fabs(x[k]) <= 540) || !(fabs(y[k]) <= 90)) return false;
    return true;
}

/* ---- inside ---- */

fr_side fr_side_of(double x1, double y1, double x2, double y2, double x, double y)
{
    if (y1 == y2) {
        bool on = y == y1 && x >= fmin(x1, x2) && x <= fmax(x1, x2);
        return on ? FR_ON : FR_NO_CROSSING;
    }
    if (y < fmin(y1, y2) || y > fmax(y1, y2) || x > fmax(x1, x2)) return FR_NO_CROSSING;
    /* (x2, y2) x (x, y) from (x1, y1): zero on the edge, within the rounding of its two products and of x and y themselves. */
    double dx = x2 - x1, dy = y2 - y1, a = dx * (y - y1), b = (x - x1) * dy, cross = a - b;
    double rounding = 4 * (fabs(a) + fabs(b)) + 2 * (fabs(x * dy) + fabs(y * dx));
    if (fabs(cross) <= DBL_EPSILON * rounding) return FR_ON;
    bool straddles =
        (y1 > y) != (y2 > y); /* a corner at the height of the point counts for one of its edges */
    bool to_the_right = (cross > 0) == (y2 > y1);
    return straddles && to_the_right ? FR_CROSSING : FR_NO_CROSSING;
}

static bool holds(const fr_polygons *polygons, double x, double y)
{
    bool inside = false;
    for (int64_t r = 0; r < polygons->n_rings; r++) {
        int64_t first = polygons->start[r], end = polygons->start[r + 1];
        for (int64_t k = first, before = end - 1; k < end; before = k++) {
            fr_side side =
                fr_side_of(polygons->x[before], polygons->y[before], polygons->x[k], polygons->y[k], x, y);
            if (side == FR_ON) return true;
            if (side == FR_CROSSING) inside = !inside;
        }
    }
    return inside;
}

bool fr_polygons_contain(const fr_polygons *polygons, double x, double y)
{
    if (polygons->n_rings == 0) return false;
    double x0, x1, y0, y1;
    fr_polygons_box(polygons, &x0, &x1, &y0, &y1);
    if (y < y0 || y > y1) return false;
    if (!fr_are_degrees(polygons->start[polygons->n_rings], polygons->x, polygons->y))
        return holds(polygons, x, y);
    if (!(fabs(x) < 1e6)) return false; /* so far out that turns of 360 are lost in rounding */
    for (double turned = x + 360 * ceil((x0 - x) / 360); turned <= x1; turned += 360)
        if (holds(polygons, turned, y)) return true;
    return false;
}

/* ---- reading ---- */

static int check_numbers(const fr_rings *rings, const char *name)
{
    for (int64_t r = 0; r < rings->n_lines; r++)
        for (int64_t k = rings->start[r]; k < rings->start[r + 1]; k++)
            if (!(fabs(rings->x[k]) <= 1e9) || !(fabs(rings->y[k]) <= 1e9))
                return fr_fail(FR_EINPUT,
                               "%s: point %" PRId64 " of ring %" PRId64
                               " (%g %g) is no place: a coordinate is not finite or beyond 1e9",
                               name, k - rings->start[r] + 1, r + 1, rings->x[k], rings->y[k]);
    return FR_OK;
}

static int finish(fr_rings *rings, const char *name, fr_polygons *out)
{
    int status = check_numbers(rings, name);
    if (status != FR_OK) return status;
    *out = (fr_polygons){rings->n_lines, rings->start, rings->x, rings->y};
    rings->start = NULL;
    rings->x = rings->y = NULL;
    bool crossed = false;
    if (fr_are_degrees(rings->n_points, out->x, out->y)) status = fr_polygons_unwrap(out, &crossed);
    if (status == FR_OK && crossed) {
        double x0, x1, y0, y1;
        fr_polygons_box(out, &x0, &x1, &y0, &y1);
        fr_warn("%s: the outline is taken to cross the antimeridian: longitudes run from %g to %g", name, x0,
                x1);
    }
    if (status == FR_OK) status = fr_polygons_check(out, name);
    return status == FR_OK ? fr_polygons_unite(out, rings->group, name) : status;
}

int fr_polygons_parse(const char *bytes, int64_t size, const char *name, fr_polygons *out)
{
    *out = (fr_polygons){0};
    fr_rings rings = {0};
    int status = fr_rings_parse(bytes, size, name, FR_WANT_POLYGONS, &rings);
    if (status == FR_OK) status = finish(&rings, name, out);
    fr_rings_free(&rings);
    if (status != FR_OK) fr_polygons_free(out);
    return status;
}

int fr_polygons_read(const char *path, fr_polygons *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (fr_polygons){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_polygons_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}
