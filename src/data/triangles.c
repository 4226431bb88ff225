/* Triangles of a shapefile grid, such as the tiles of a discrete global grid. */
#include <frugal/data.h>
#include <frugal/geo.h>

#include "shapefile.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void fr_triangles_free(fr_triangles *triangles)
{
    if (triangles == NULL) return;
    fr_free(triangles->x);
    fr_free(triangles->y);
    *triangles = (fr_triangles){0};
}

/* A closed ring of four points, the last equal to the first; three points are fine too. */
static int copy_corners(const SHPObject *object, const char *name, int64_t record, double *x, double *y)
{
    int n = object->nVertices;
    bool polygon = object->nSHPType == SHPT_POLYGON || object->nSHPType == SHPT_POLYGONZ ||
                   object->nSHPType == SHPT_POLYGONM;
    bool triangle =
        polygon && object->nParts == 1 &&
        (n == 3 || (n == 4 && object->padfX[0] == object->padfX[3] && object->padfY[0] == object->padfY[3]));
    if (!triangle)
        return fr_fail(FR_EINPUT,
                       "%s: record %" PRId64 " is no triangle; expected a polygon of three corners", name,
                       record + 1);
    for (int k = 0; k < 3; k++) {
        if (!isfinite(object->padfX[k]) || !isfinite(object->padfY[k]))
            return fr_fail(FR_EINPUT, "%s: record %" PRId64 " has a coordinate that is not finite", name,
                           record + 1);
        x[k] = object->padfX[k];
        y[k] = object->padfY[k];
    }
    return FR_OK;
}

int fr_triangles_parse(const char *bytes, int64_t size, const char *name, fr_triangles *out)
{
    *out = (fr_triangles){0};
    fr_shapes *shapes;
    int status = fr_shapes_open(bytes, size, name, &shapes);
    if (status != FR_OK) return status;
    int64_t n = fr_shapes_count(shapes); /* each has been found in the file: 3 n fits */
    out->x = fr_alloc(3 * n, sizeof *out->x);
    out->y = fr_alloc(3 * n, sizeof *out->y);
    if (out->x == NULL || out->y == NULL) status = FR_ENOMEM;
    for (int64_t k = 0; k < n && status == FR_OK; k++) {
        SHPObject *object;
        status = fr_shapes_record(shapes, k, &object);
        if (status != FR_OK) break;
        status = copy_corners(object, name, k, out->x + 3 * k, out->y + 3 * k);
        SHPDestroyObject(object);
    }
    out->n = n;
    if (status == FR_OK && n == 0) status = fr_fail(FR_EINPUT, "%s: the shapefile holds no triangles", name);
    fr_shapes_close(shapes);
    if (status != FR_OK) fr_triangles_free(out);
    return status;
}

int fr_triangles_read(const char *path, fr_triangles *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (fr_triangles){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_triangles_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}
