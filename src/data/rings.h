/* Rings and lines while a file is being read, whatever its format, and the steps from there to fr_polygons. */
#ifndef FRUGAL_DATA_RINGS_H
#define FRUGAL_DATA_RINGS_H

#include <frugal/geo.h>

/* Line r is points [start[r], start[r+1]); those of one group make one polygon with its holes (even-odd). */
typedef struct {
    int64_t n_lines, n_points;
    int64_t line_room, point_room;
    int64_t *start, *group;
    bool *closed;
    double *x, *y;
} fr_rings;

/* Appends a point to the line that is being read. */
int fr_rings_point(fr_rings *rings, double x, double y);
/* Ends that line. A closed one does not repeat its first point at its end, nor any point at once. */
int fr_rings_end(fr_rings *rings, int64_t group, bool closed);
void fr_rings_free(fr_rings *rings);

typedef enum { FR_WANT_POLYGONS, FR_WANT_LINES } fr_want; /* LINES: polygons too */

/* Each appends what it finds; nothing of the wanted kind is FR_EINPUT. */
int fr_outer_parse(const char *bytes, int64_t size, const char *name, fr_rings *rings);
int fr_geojson_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings);
int fr_shapefile_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings);
/* The format is found out from the first bytes. */
int fr_rings_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings);

/* Makes longitudes continuous as fr_polygons_read says. `polygons` must be degrees; *crossed: something was turned. */
int fr_polygons_unwrap(fr_polygons *polygons, bool *crossed);

/* FR_EINPUT if a ring has fewer than 3 points or crosses itself. */
int fr_polygons_check(const fr_polygons *polygons, const char *name);
/* One set of rings for all groups (n_rings of them, group by ring), where groups may overlap. */
int fr_polygons_unite(fr_polygons *polygons, const int64_t *group, const char *name);

#endif
