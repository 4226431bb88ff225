/* Rings that cross themselves, and polygons that overlap, through GEOS. */
#include "rings.h"

#include <geos_c.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What GEOS said when it last failed. */
static void keep_message(const char *message, void *context)
{
    snprintf(context, 256, "%s", message);
}

static GEOSContextHandle_t start_geos(char message[256])
{
    message[0] = '\0';
    GEOSContextHandle_t geos = GEOS_init_r();
    if (geos == NULL)
        fr_fail(FR_ENOMEM, "out of memory for the geometry library");
    else
        GEOSContext_setErrorMessageHandler_r(geos, keep_message, message);
    return geos;
}

/* A ring through points [first, end). */
static GEOSGeometry *closed_ring(GEOSContextHandle_t geos, const fr_polygons *p, int64_t first, int64_t end)
{
    unsigned n = (unsigned)(end - first);
    GEOSCoordSequence *points = GEOSCoordSeq_create_r(geos, n + 1, 2);
    if (points == NULL) return NULL;
    for (unsigned k = 0; k <= n; k++)
        GEOSCoordSeq_setXY_r(geos, points, k, p->x[first + k % n], p->y[first + k % n]);
    return GEOSGeom_createLinearRing_r(geos, points);
}

/* ---- one ring --------------------------------------------------------------------------------------------------------------- */

static int check_ring(GEOSContextHandle_t geos, const fr_polygons *p, int64_t r, const char *name)
{
    GEOSGeometry *ring = closed_ring(geos, p, p->start[r], p->start[r + 1]);
    GEOSGeometry *polygon = ring == NULL ? NULL : GEOSGeom_createPolygon_r(geos, ring, NULL, 0);
    char *reason = NULL;
    GEOSGeometry *where = NULL;
    int status = FR_OK;
    char valid = polygon == NULL ? 2 : GEOSisValidDetail_r(geos, polygon, 0, &reason, &where);
    /* A ring that only touches itself in a point has an inside like any other. */
    if (valid == 0 && reason != NULL && strcmp(reason, "Ring Self-intersection") != 0) {
        double x = 0, y = 0;
        if (where != NULL) GEOSGeomGetX_r(geos, where, &x), GEOSGeomGetY_r(geos, where, &y);
        bool crosses = strcmp(reason, "Self-intersection") == 0;
        status =
            fr_fail(FR_EINPUT, "%s: ring %" PRId64 " %s%s at %.6g %.6g", name, r + 1,
                    crosses ? "crosses or overlaps itself" : "is no polygon: ", crosses ? "" : reason, x, y);
    } else if (valid == 2) {
        status = fr_fail(FR_EINPUT, "%s: ring %" PRId64 " cannot be made a polygon", name, r + 1);
    }
    if (where != NULL) GEOSGeom_destroy_r(geos, where);
    if (reason != NULL) GEOSFree_r(geos, reason);
    if (polygon != NULL) GEOSGeom_destroy_r(geos, polygon);
    return status;
}

int fr_polygons_check(const fr_polygons *polygons, const char *name)
{
    char message[256];
    GEOSContextHandle_t geos = start_geos(message);
    if (geos == NULL) return FR_ENOMEM;
    int status = FR_OK;
    for (int64_t r = 0; r < polygons->n_rings && status == FR_OK; r++) {
        int64_t n = polygons->start[r + 1] - polygons->start[r];
        if (n < 3)
            status = fr_fail(FR_EINPUT,
                             "%s: ring %" PRId64 " has %" PRId64 " different points; a ring needs at least 3",
                             name, r + 1, n);
        else if (n >= INT32_MAX)
            status =
                fr_fail(FR_EINPUT, "%s: ring %" PRId64 " has too many points (%" PRId64 ")", name, r + 1, n);
        else
            status = check_ring(geos, polygons, r, name);
    }
    GEOS_finish_r(geos);
    return status;
}

/* ---- the union of overlapping polygons ----------------------------------------------------------------------------------------- */

typedef struct {
    double x0, x1, y0, y1;
} box;

/* Rings of one group follow each other; first[g] is the first ring of the g-th of them. */
static int64_t find_groups(int64_t n_rings, const int64_t *group, int64_t *first)
{
    int64_t n = 0;
    for (int64_t r = 0; r < n_rings; r++)
        if (r == 0 || group[r] != group[r - 1]) first[n++] = r;
    first[n] = n_rings;
    return n;
}

static box box_of(const fr_polygons *p, int64_t first, int64_t end)
{
    int64_t start[2] = {0, p->start[end] - p->start[first]};
    fr_polygons part = {1, start, p->x + p->start[first], p->y + p->start[first]};
    box b;
    fr_polygons_box(&part, &b.x0, &b.x1, &b.y0, &b.y1);
    return b;
}

static int may_overlap(const fr_polygons *p, const int64_t *first, int64_t n, bool *overlap)
{
    box *boxes = fr_alloc(n, sizeof *boxes);
    if (boxes == NULL) return FR_ENOMEM;
    *overlap = false;
    for (int64_t g = 0; g < n && !*overlap; g++) {
        boxes[g] = box_of(p, first[g], first[g + 1]);
        for (int64_t h = 0; h < g && !*overlap; h++)
            *overlap = boxes[g].x0 <= boxes[h].x1 && boxes[h].x0 <= boxes[g].x1 &&
                       boxes[g].y0 <= boxes[h].y1 && boxes[h].y0 <= boxes[g].y1;
    }
    fr_free(boxes);
    return FR_OK;
}

/* The area inside an odd number of the rings [first, end): what GEOSMakeValid makes of a polygon with those rings, whichever
 * of them are holes. */
static GEOSGeometry *area_of_rings(GEOSContextHandle_t geos, const fr_polygons *p, int64_t first, int64_t end)
{
    int64_t made = 0, n = end - first;
    GEOSGeometry **rings = fr_alloc(n, sizeof(GEOSGeometry *));
    if (rings == NULL) return NULL;
    while (made < n &&
           (rings[made] = closed_ring(geos, p, p->start[first + made], p->start[first + made + 1])) != NULL)
        made++;
    GEOSGeometry *polygon = NULL, *area = NULL;
    if (made == n) {
        polygon = GEOSGeom_createPolygon_r(geos, rings[0], rings + 1, (unsigned)(n - 1));
        if (polygon != NULL) made = 0; /* they belong to it now */
    }
    if (polygon != NULL) {
        area = GEOSMakeValid_r(geos, polygon);
        GEOSGeom_destroy_r(geos, polygon);
    }
    for (int64_t k = 0; k < made; k++)
        GEOSGeom_destroy_r(geos, rings[k]);
    fr_free(rings);
    return area;
}

static int add_ring(GEOSContextHandle_t geos, const GEOSGeometry *ring, fr_rings *rings)
{
    const GEOSCoordSequence *points = ring == NULL ? NULL : GEOSGeom_getCoordSeq_r(geos, ring);
    unsigned n = 0;
    if (points == NULL || !GEOSCoordSeq_getSize_r(geos, points, &n))
        return fr_fail(FR_ENUMERIC, "a ring was lost");
    int status = FR_OK;
    for (unsigned k = 0; k < n && status == FR_OK; k++) {
        double x = 0, y = 0;
        GEOSCoordSeq_getXY_r(geos, points, k, &x, &y);
        status = fr_rings_point(rings, x, y);
    }
    return status == FR_OK ? fr_rings_end(rings, 0, true) : status;
}

/* All rings of polygons, wherever they are nested; lines and points that an overlay leaves over are no area. */
static int add_geometry(GEOSContextHandle_t geos, const GEOSGeometry *geometry, fr_rings *rings)
{
    int type = GEOSGeomTypeId_r(geos, geometry), status = FR_OK;
    if (type == GEOS_POLYGON) {
        if (GEOSisEmpty_r(geos, geometry)) return FR_OK;
        status = add_ring(geos, GEOSGetExteriorRing_r(geos, geometry), rings);
        int holes = GEOSGetNumInteriorRings_r(geos, geometry);
        for (int k = 0; k < holes && status == FR_OK; k++)
            status = add_ring(geos, GEOSGetInteriorRingN_r(geos, geometry, k), rings);
    } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
        int n = GEOSGetNumGeometries_r(geos, geometry);
        for (int k = 0; k < n && status == FR_OK; k++)
            status = add_geometry(geos, GEOSGetGeometryN_r(geos, geometry, k), rings);
    }
    return status;
}

static int unite_groups(GEOSContextHandle_t geos, const fr_polygons *p, const int64_t *first, int64_t n,
                        const char *name, const char *message, fr_rings *rings)
{
    GEOSGeometry **areas = fr_alloc(n, sizeof(GEOSGeometry *));
    GEOSGeometry *all = NULL, *united = NULL;
    int status = areas == NULL ? FR_ENOMEM : FR_OK;
    int64_t made = 0;
    while (status == FR_OK && made < n &&
           (areas[made] = area_of_rings(geos, p, first[made], first[made + 1])) != NULL)
        made++;
    if (status == FR_OK && made == n) {
        all = GEOSGeom_createCollection_r(geos, GEOS_GEOMETRYCOLLECTION, areas, (unsigned)n);
        if (all != NULL) made = 0; /* they belong to it now */
    }
    if (all != NULL) united = GEOSUnaryUnion_r(geos, all);
    if (united != NULL)
        status = add_geometry(geos, united, rings);
    else if (status == FR_OK)
        status = fr_fail(FR_EINPUT, "%s: the polygons cannot be united: %s", name, message);
    if (status == FR_OK && rings->n_lines == 0)
        status = fr_fail(FR_EINPUT, "%s: the polygons have no area", name);
    for (int64_t g = 0; g < made; g++)
        GEOSGeom_destroy_r(geos, areas[g]);
    if (all != NULL) GEOSGeom_destroy_r(geos, all);
    if (united != NULL) GEOSGeom_destroy_r(geos, united);
    fr_free(areas);
    return status;
}

int fr_polygons_unite(fr_polygons *polygons, const int64_t *group, const char *name)
{
    char message[256];
    fr_rings rings = {0};
    GEOSContextHandle_t geos = NULL;
    bool overlap = false;
    int64_t *first = fr_alloc(polygons->n_rings + 1, sizeof *first);
    if (first == NULL) return FR_ENOMEM;
    int64_t n = find_groups(polygons->n_rings, group, first);
    int status = may_overlap(polygons, first, n, &overlap);
    if (status != FR_OK || !overlap) goto done;
    geos = start_geos(message);
    status = geos == NULL ? FR_ENOMEM : unite_groups(geos, polygons, first, n, name, message, &rings);
    if (status != FR_OK) goto done;
    fr_polygons_free(polygons);
    *polygons = (fr_polygons){rings.n_lines, rings.start, rings.x, rings.y};
    rings.start = NULL;
    rings.x = rings.y = NULL;
done:
    if (geos != NULL) GEOS_finish_r(geos);
    fr_rings_free(&rings);
    fr_free(first);
    return status;
}
