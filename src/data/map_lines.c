/* Line work for maps, such as a coastline, from GeoJSON or a shapefile; drawn as it is, so nothing about it is checked but that
 * its coordinates are numbers. */
#include <frugal/data.h>
#include <frugal/geo.h>

#include "rings.h"

#include <inttypes.h>
#include <math.h>

void fr_lines_free(fr_lines *lines)
{
    if (lines == NULL) return;
    fr_free(lines->start);
    fr_free(lines->closed);
    fr_free(lines->x);
    fr_free(lines->y);
    *lines = (fr_lines){0};
}

int fr_lines_parse(const char *bytes, int64_t size, const char *name, fr_lines *out)
{
    *out = (fr_lines){0};
    fr_rings rings = {0};
    int status = fr_rings_parse(bytes, size, name, FR_WANT_LINES, &rings);
    for (int64_t k = 0; k < rings.n_points && status == FR_OK; k++)
        if (!isfinite(rings.x[k]) || !isfinite(rings.y[k]))
            status = fr_fail(FR_EINPUT, "%s: coordinate %" PRId64 " is not finite", name, k + 1);
    if (status == FR_OK) {
        *out = (fr_lines){rings.n_lines, rings.start, rings.closed, rings.x, rings.y};
        rings.start = NULL;
        rings.closed = NULL;
        rings.x = rings.y = NULL;
    }
    fr_rings_free(&rings);
    return status;
}

int fr_lines_read(const char *path, fr_lines *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (fr_lines){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_lines_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}
