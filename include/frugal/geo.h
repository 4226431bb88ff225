/* frugal/geo.h: places on the Earth: coordinate lists, outlines with holes, shapefiles, GeoJSON, map projections.
 *
 * Coordinates are longitude, latitude in degrees (spherical Earth of radius FR_EARTH_RADIUS_M) unless a function says
 * plane coordinates. Text formats: "lon lat" per line; blank lines and lines starting with # are skipped.
 */
#ifndef FRUGAL_GEO_H
#define FRUGAL_GEO_H

#include <frugal/core.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FR_EARTH_RADIUS_M 6371007.2 /* sphere of the same area as the Earth */

/* ---- points ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t n;
    double *x, *y;   /* longitude, latitude */
    int64_t *line;   /* line in the file, 1-based */
} fr_points;

/* EEMS .coord/.nodes text (gzip too): two finite numbers a line. Warns when a latitude lies outside [-90, 90]. */
int fr_points_read(const char *path, fr_points *out);
int fr_points_parse(const char *bytes, int64_t size, const char *name, fr_points *out);
int fr_points_write(const char *path, const fr_points *points);
void fr_points_free(fr_points *points);

/* EEMS .edges text: two 1-based node numbers a line; kept 0-based here. The caller checks them against its nodes. */
typedef struct {
    int64_t n;
    int64_t *i, *j;
    int64_t *line;
} fr_edge_list;
int fr_edge_list_read(const char *path, fr_edge_list *out);
int fr_edge_list_write(const char *path, const fr_edge_list *edges);
void fr_edge_list_free(fr_edge_list *edges);

/* Great-circle distance in metres on the sphere. */
double fr_great_circle(double lon1, double lat1, double lon2, double lat2);

/* ---- polygons ------------------------------------------------------------------------------------------------------------ */

/* Closed rings (the last point is not repeated), even-odd: holes are rings inside rings. Ring r is points
 * [start[r], start[r+1]). */
typedef struct {
    int64_t n_rings;
    int64_t *start;  /* n_rings + 1 */
    double *x, *y;
} fr_polygons;

/* By content and ending: EEMS .outer text (rings separated by a blank line or a line with one letter), GeoJSON Polygon,
 * MultiPolygon, Feature, FeatureCollection or GeometryCollection, ESRI shapefile (.shp). A ring that crosses itself, has
 * fewer than 3 points or a non-finite coordinate is FR_EINPUT (naming the ring and the place of the crossing). */
int fr_polygons_read(const char *path, fr_polygons *out);
/* Even-odd, the boundary counts as inside; plane lon/lat. */
bool fr_polygons_contain(const fr_polygons *polygons, double x, double y);
void fr_polygons_free(fr_polygons *polygons);

/* Line work to draw, such as a coastline: GeoJSON or shapefile of lines or polygons; `closed` tells which. */
typedef struct {
    int64_t n_lines;
    int64_t *start;  /* n_lines + 1 */
    bool *closed;    /* n_lines */
    double *x, *y;
} fr_lines;
int fr_lines_read(const char *path, fr_lines *out);
void fr_lines_free(fr_lines *lines);

/* Triangles of a shapefile grid: three corners each, in file order; FR_EINPUT if a record is no triangle. */
typedef struct {
    int64_t n;
    double *x, *y; /* 3 n */
} fr_triangles;
int fr_triangles_read(const char *path, fr_triangles *out);
void fr_triangles_free(fr_triangles *triangles);

/* ---- projections (spherical, R = FR_EARTH_RADIUS_M, through PROJ) ---------------------------------------------------------- */

typedef struct fr_projection fr_projection;

/* `definition`: "equidistant-conic", "albers", "azimuthal-equidistant", "lambert-azimuthal", "mollweide", "mercator",
 * "plane" (coordinates as they are), or "auto" (an equal-area projection that suits the box), or any PROJ string. The
 * centre and standard parallels of the named ones come from the box [lon0, lon1] x [lat0, lat1] of what is drawn. */
int fr_projection_new(const char *definition, double lon0, double lon1, double lat0, double lat1, fr_projection **out);
/* Degrees to metres; false where the point has no image. */
bool fr_project(const fr_projection *projection, double lon, double lat, double *x, double *y);
/* A sentence for a figure's caption, such as "Lambert azimuthal equal-area, centre 105 W 60 N". */
const char *fr_projection_name(const fr_projection *projection);
void fr_projection_free(fr_projection *projection);

#ifdef __cplusplus
}
#endif
#endif
