/* Equilateral triangles of one side length in the Lambert azimuthal equal-area plane around the middle of the outline (Snyder,
 * USGS Professional Paper 1395, 1987, equations 24-2 and 20-14 to 20-18): for regions small against the Earth. */
#include "grid.h"

#include <math.h>

#define DEGREE (M_PI / 180)

/* Plane in kilometres; row k at y = k h, its nodes at x = (j + 1/2 if k is odd) side. */
typedef struct {
    double lon, sin_lat, cos_lat; /* of the centre */
    double radius, side, height;
    int64_t k0, k1, j0, j1; /* rows and columns that can meet the outline, ends included */
} lattice;

static bool to_plane(const lattice *l, double lon, double lat, double *x, double *y)
{
    double across = (lon - l->lon) * DEGREE, s = sin(lat * DEGREE), c = cos(lat * DEGREE);
    double cosine = l->sin_lat * s + l->cos_lat * c * cos(across);
    if (cosine < -0.5) return false; /* more than 120 degrees away */
    double scale = l->radius * sqrt(2 / (1 + cosine));
    *x = scale * c * sin(across);
    *y = scale * (l->cos_lat * s - l->sin_lat * c * cos(across));
    return true;
}

static bool from_plane(const lattice *l, double x, double y, double *lon, double *lat)
{
    double rho = hypot(x, y);
    if (rho > 2 * l->radius) return false;
    double angle = 2 * asin(rho / (2 * l->radius)), s = sin(angle), c = cos(angle);
    double sine = c * l->sin_lat + (rho > 0 ? y * s * l->cos_lat / rho : 0);
    *lat = asin(fmin(1, fmax(-1, sine))) / DEGREE;
    *lon = l->lon + atan2(x * s, rho * l->cos_lat * c - y * l->sin_lat * s) / DEGREE;
    if (rho <= 0) *lon = l->lon;
    *lon -= 360 * floor((*lon + 180) / 360);
    return true;
}

static void place_centre(lattice *l, const fr_polygons *outline)
{
    double x0, x1, y0, y1;
    fr_polygons_box(outline, &x0, &x1, &y0, &y1);
    double lat = (y0 + y1) / 2;
    if (x1 - x0 > 359.999 && y0 * y1 > 0) lat = lat > 0 ? 90 : -90; /* a ring around the pole */
    l->lon = (x0 + x1) / 2;
    l->sin_lat = sin(lat * DEGREE);
    l->cos_lat = cos(lat * DEGREE);
}

/* The lattice's part that covers the outline, whose edges are followed in steps of a degree: they are straight in degrees. */
static int cover_outline(lattice *l, const fr_polygons *p)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (int64_t r = 0; r < p->n_rings; r++)
        for (int64_t k = p->start[r], end = p->start[r + 1], before = end - 1; k < end; before = k++) {
            double dx = p->x[k] - p->x[before], dy = p->y[k] - p->y[before];
            int steps = 1 + (int)fmax(fabs(dx), fabs(dy));
            for (int s = 0; s < steps; s++) {
                double share = (double)s / steps, x, y;
                if (!to_plane(l, p->x[before] + share * dx, p->y[before] + share * dy, &x, &y))
                    return fr_fail(FR_EINPUT,
                                   "the outline is too large for a plane lattice: choose the ISEA grid");
                x0 = fmin(x0, x), x1 = fmax(x1, x);
                y0 = fmin(y0, y), y1 = fmax(y1, y);
            }
        }
    double margin = 2 + 100 / l->side; /* what an edge bulges within a step stays below 100 km */
    l->k0 = (int64_t)floor(y0 / l->height - margin);
    l->k1 = (int64_t)ceil(y1 / l->height + margin);
    l->j0 = (int64_t)floor(x0 / l->side - margin);
    l->j1 = (int64_t)ceil(x1 / l->side + margin);
    return FR_OK;
}

static int64_t id_of(const lattice *l, int64_t k, int64_t j)
{
    return (k - l->k0) * (l->j1 - l->j0 + 1) + j - l->j0;
}

static int neighbours_of(const void *context, int64_t id, int64_t neighbours[6])
{
    const lattice *l = context;
    int64_t columns = l->j1 - l->j0 + 1, k = id / columns + l->k0, j = id % columns + l->j0;
    int64_t left = j - (k % 2 == 0); /* of the two nodes above and of the two below */
    int64_t row[6] = {k, k, k - 1, k - 1, k + 1, k + 1},
            column[6] = {j - 1, j + 1, left, left + 1, left, left + 1};
    int found = 0;
    for (int s = 0; s < 6; s++)
        if (row[s] >= l->k0 && row[s] <= l->k1 && column[s] >= l->j0 && column[s] <= l->j1)
            neighbours[found++] = id_of(l, row[s], column[s]);
    return found;
}

int feems_grid_lattice(feems_grid_list *list, double spacing_km, fr_feems_graph *out)
{
    const fr_polygons *outline = fr_region_polygons(list->habitat->outline);
    lattice l = {.radius = FR_EARTH_RADIUS_M / 1000, .side = spacing_km, .height = spacing_km * sqrt(3) / 2};
    place_centre(&l, outline);
    int status = cover_outline(&l, outline);
    for (int64_t k = l.k0; k <= l.k1 && status == FR_OK; k++) {
        status = fr_progress_tick("grid", list->n, 0);
        for (int64_t j = l.j0; j <= l.j1 && status == FR_OK; j++) {
            double x = ((double)j + (k % 2 == 0 ? 0 : 0.5)) * l.side, lon, lat;
            if (from_plane(&l, x, (double)k * l.height, &lon, &lat))
                status = feems_grid_offer(list, id_of(&l, k, j), lon, lat);
        }
    }
    return status == FR_OK ? feems_grid_finish(list, neighbours_of, &l, out) : status;
}
