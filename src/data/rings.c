/* A growing list of lines and rings, and the choice of the reader that fills it. */
#include "rings.h"
#include "shapefile.h"

#include <string.h>

enum { smallest_room = 64 };

/* Room for one more of each of the arrays. */
static int64_t more_room(int64_t room)
{
    return room < smallest_room ? smallest_room : room + room / 2;
}

static int grow_points(fr_rings *rings)
{
    int64_t room = more_room(rings->point_room);
    double *x = fr_realloc(rings->x, room, sizeof *x);
    if (x != NULL) rings->x = x;
    double *y = fr_realloc(rings->y, room, sizeof *y);
    if (y != NULL) rings->y = y;
    if (x == NULL || y == NULL) return FR_ENOMEM;
    rings->point_room = room;
    return FR_OK;
}

static int grow_lines(fr_rings *rings)
{
    int64_t room = more_room(rings->line_room);
    int64_t *start = fr_realloc(rings->start, room + 1, sizeof *start);
    if (start != NULL) rings->start = start;
    int64_t *group = fr_realloc(rings->group, room, sizeof *group);
    if (group != NULL) rings->group = group;
    bool *closed = fr_realloc(rings->closed, room, sizeof *closed);
    if (closed != NULL) rings->closed = closed;
    if (start == NULL || group == NULL || closed == NULL) return FR_ENOMEM;
    if (rings->n_lines == 0) rings->start[0] = 0;
    rings->line_room = room;
    return FR_OK;
}

int fr_rings_point(fr_rings *rings, double x, double y)
{
    if (rings->n_points == rings->point_room) {
        int status = grow_points(rings);
        if (status != FR_OK) return status;
    }
    rings->x[rings->n_points] = x;
    rings->y[rings->n_points++] = y;
    return FR_OK;
}

int fr_rings_end(fr_rings *rings, int64_t group, bool closed)
{
    if (rings->n_lines == rings->line_room) {
        int status = grow_lines(rings);
        if (status != FR_OK) return status;
    }
    int64_t first = rings->start[rings->n_lines], kept = first;
    double *x = rings->x, *y = rings->y;
    for (int64_t k = first; closed && k < rings->n_points; k++) {
        if (kept > first && x[k] == x[kept - 1] && y[k] == y[kept - 1]) continue;
        x[kept] = x[k];
        y[kept++] = y[k];
    }
    if (closed) {
        while (kept > first + 1 && x[kept - 1] == x[first] && y[kept - 1] == y[first])
            kept--;
        rings->n_points = kept;
    }
    rings->group[rings->n_lines] = group;
    rings->closed[rings->n_lines++] = closed;
    rings->start[rings->n_lines] = rings->n_points;
    return FR_OK;
}

void fr_rings_free(fr_rings *rings)
{
    fr_free(rings->start);
    fr_free(rings->group);
    fr_free(rings->closed);
    fr_free(rings->x);
    fr_free(rings->y);
    *rings = (fr_rings){0};
}

/* The first character that is no blank, after a byte order mark. */
static char first_character(const char *bytes, int64_t size)
{
    int64_t i = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < size && strchr(" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
        i++;
    return i < size ? bytes[i] : '\0';
}

int fr_rings_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings)
{
    if (fr_is_shapefile(bytes, size)) return fr_shapefile_parse(bytes, size, name, want, rings);
    char first = first_character(bytes, size);
    if (first == '{' || first == '[') return fr_geojson_parse(bytes, size, name, want, rings);
    if (want == FR_WANT_POLYGONS) return fr_outer_parse(bytes, size, name, rings);
    return fr_fail(FR_EINPUT, "%s: neither GeoJSON nor a shapefile (.shp)", name);
}
