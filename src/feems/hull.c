/* The outline when none is given: the convex hull of the samples, widened by a round buffer (16 segments a quarter circle, as the
 * authors do), in the plane of the coordinates, through GEOS. */
#include <frugal/feems.h>

#include "data/region.h"

#include <geos_c.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { quarter_segments = 16 };

static GEOSGeometry *make_hull(GEOSContextHandle_t geos, int64_t n, const double *x, const double *y,
                               double buffer)
{
    GEOSCoordSequence *places = GEOSCoordSeq_create_r(geos, (unsigned)n, 2);
    if (places == NULL) return NULL;
    for (int64_t k = 0; k < n; k++)
        GEOSCoordSeq_setXY_r(geos, places, (unsigned)k, x[k], y[k]);
    GEOSGeometry *line = NULL, *hull = NULL, *wide = NULL;
    if (n == 1)
        line = GEOSGeom_createPoint_r(geos, places);
    else
        line = GEOSGeom_createLineString_r(geos, places);
    if (line != NULL) hull = GEOSConvexHull_r(geos, line);
    if (hull != NULL)
        wide = buffer > 0 ? GEOSBuffer_r(geos, hull, buffer, quarter_segments) : GEOSGeom_clone_r(geos, hull);
    if (line != NULL) GEOSGeom_destroy_r(geos, line);
    if (hull != NULL) GEOSGeom_destroy_r(geos, hull);
    return wide;
}

/* The ring of a polygon, its last point not repeated; latitudes stay on the Earth. */
static int take_ring(GEOSContextHandle_t geos, const GEOSGeometry *polygon, bool degrees, fr_polygons *out)
{
    const GEOSGeometry *ring = GEOSGetExteriorRing_r(geos, polygon);
    const GEOSCoordSequence *points = ring == NULL ? NULL : GEOSGeom_getCoordSeq_r(geos, ring);
    unsigned n = 0;
    if (points == NULL || !GEOSCoordSeq_getSize_r(geos, points, &n) || n < 4)
        return fr_fail(FR_ENUMERIC, "the hull of the samples has no ring");
    out->start = fr_alloc(2, sizeof *out->start);
    out->x = fr_alloc(n, sizeof *out->x);
    out->y = fr_alloc(n, sizeof *out->y);
    if (out->start == NULL || out->x == NULL || out->y == NULL) return FR_ENOMEM;
    for (unsigned k = 0; k < n; k++) {
        GEOSCoordSeq_getXY_r(geos, points, k, &out->x[k], &out->y[k]);
        if (degrees) out->y[k] = fmin(90, fmax(-90, out->y[k]));
    }
    out->n_rings = 1;
    out->start[1] = n - 1;
    return FR_OK;
}

int fr_feems_hull(const fr_points *samples, double buffer, fr_polygons *out)
{
    *out = (fr_polygons){0};
    int64_t n = samples->n;
    if (!(buffer >= 0) || !isfinite(buffer))
        return fr_fail(FR_EUSAGE, "the buffer around the samples, %g, must not be negative", buffer);
    if (n < 1 || n > INT32_MAX) return fr_fail(FR_EINPUT, "a hull needs samples; there are %" PRId64, n);
    GEOSContextHandle_t geos = NULL;
    GEOSGeometry *hull = NULL;
    bool degrees = fr_are_degrees(n, samples->x, samples->y);
    double *x = fr_alloc(n, sizeof *x);
    if (x == NULL) return FR_ENOMEM;
    memcpy(x, samples->x, (size_t)n * sizeof *x);
    int status = degrees ? fr_longitudes_together(n, x) : FR_OK;
    if (status != FR_OK) goto done;
    geos = GEOS_init_r();
    hull = geos == NULL ? NULL : make_hull(geos, n, x, samples->y, buffer);
    if (hull == NULL)
        status = fr_fail(FR_ENOMEM, "the hull of the samples cannot be made");
    else if (GEOSGeomTypeId_r(geos, hull) != GEOS_POLYGON)
        status = fr_fail(FR_EINPUT,
                         "the samples lie in one place or on one line: their hull needs a buffer above 0");
    else
        status = take_ring(geos, hull, degrees, out);
done:
    if (hull != NULL) GEOSGeom_destroy_r(geos, hull);
    if (geos != NULL) GEOS_finish_r(geos);
    fr_free(x);
    if (status != FR_OK) fr_polygons_free(out);
    return status;
}
