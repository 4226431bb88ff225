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
    double *x, *y; /* longitude, latitude */
    int64_t *line; /* line in the file, 1-based */
} fr_points;

/* EEMS .coord/.nodes text (gzip too): two finite numbers a line, apart by blanks, a tab or a comma; a first line of
 * words such as "longitude latitude" is taken as a heading. Warns when a latitude lies outside [-90, 90]. */
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
int fr_edge_list_parse(const char *bytes, int64_t size, const char *name, fr_edge_list *out);
int fr_edge_list_write(const char *path, const fr_edge_list *edges);
void fr_edge_list_free(fr_edge_list *edges);

/* Great-circle distance in metres on the sphere. */
double fr_great_circle(double lon1, double lat1, double lon2, double lat2);

/* ---- polygons ------------------------------------------------------------------------------------------------------------ */

/* Closed rings (the last point is not repeated), even-odd: holes are rings inside rings. Ring r is points
 * [start[r], start[r+1]). */
typedef struct {
    int64_t n_rings;
    int64_t *start; /* n_rings + 1 */
    double *x, *y;
} fr_polygons;

/* By content: EEMS .outer text (rings separated by a blank line, a line with one letter or "NA NA"; blank lines that leave
 * fewer than 3 points between them, or cut a closed ring, are skipped), GeoJSON Polygon, MultiPolygon, Feature,
 * FeatureCollection or GeometryCollection, ESRI shapefile (.shp). A ring that crosses itself, has fewer than 3 points or a
 * non-finite coordinate is FR_EINPUT (naming the ring and the place of the crossing). Polygons of GeoJSON and shapefiles
 * that overlap are united. Where all points can be degrees, longitudes are made continuous: a ring that steps across the
 * antimeridian goes beyond 180 (or -180), rings on both of its sides are brought together, and a ring around a pole is
 * closed along latitude 90 (or -90). */
int fr_polygons_read(const char *path, fr_polygons *out);
int fr_polygons_parse(const char *bytes, int64_t size, const char *name, fr_polygons *out);
/* Even-odd, the boundary counts as inside; plane lon/lat. Where all points can be degrees, x is taken modulo 360. */
bool fr_polygons_contain(const fr_polygons *polygons, double x, double y);
/* The smallest box; all zero without points. */
void fr_polygons_box(const fr_polygons *polygons, double *x0, double *x1, double *y0, double *y1);
void fr_polygons_free(fr_polygons *polygons);

/* Line work to draw, such as a coastline: GeoJSON or shapefile of lines or polygons; `closed` tells which. */
typedef struct {
    int64_t n_lines;
    int64_t *start; /* n_lines + 1 */
    bool *closed;   /* n_lines */
    double *x, *y;
} fr_lines;
int fr_lines_read(const char *path, fr_lines *out);
int fr_lines_parse(const char *bytes, int64_t size, const char *name, fr_lines *out);
void fr_lines_free(fr_lines *lines);

/* Triangles of a shapefile grid: three corners each, in file order; FR_EINPUT if a record is no triangle. */
typedef struct {
    int64_t n;
    double *x, *y; /* 3 n */
} fr_triangles;
int fr_triangles_read(const char *path, fr_triangles *out);
int fr_triangles_parse(const char *bytes, int64_t size, const char *name, fr_triangles *out);
void fr_triangles_free(fr_triangles *triangles);

/* ---- GeoJSON out ---------------------------------------------------------------------------------------------------------- */

/* A FeatureCollection being written. A point or a segment begins a feature, the properties that follow belong to it. A
 * failure (a coordinate that is not finite, a property without a feature) is remembered and told by _close, which puts the
 * finished file in place. A segment whose ends lie more than 180 degrees apart is cut at the antimeridian (RFC 7946).
 * Doubles are written with the fewest digits that read back as the same number; those that are not finite as null. */
typedef struct fr_geojson fr_geojson;
int fr_geojson_create(const char *path, fr_geojson **out);
void fr_geojson_point(fr_geojson *geojson, double lon, double lat);
void fr_geojson_segment(fr_geojson *geojson, double lon1, double lat1, double lon2, double lat2);
void fr_geojson_f64(fr_geojson *geojson, const char *name, double value);
void fr_geojson_i64(fr_geojson *geojson, const char *name, int64_t value);
void fr_geojson_text(fr_geojson *geojson, const char *name, const char *value); /* NULL: null */
int fr_geojson_close(fr_geojson *geojson); /* NULL is fine; frees geojson in any case */

/* ---- projections (spherical, R = FR_EARTH_RADIUS_M, through PROJ) ---------------------------------------------------------- */

typedef struct fr_projection fr_projection;

/* `definition`: "equidistant-conic", "albers", "azimuthal-equidistant", "lambert-azimuthal", "mollweide", "mercator",
 * "plane" (coordinates as they are), or "auto" (an equal-area projection that suits the box), or any PROJ string. The
 * centre and standard parallels of the named ones come from the box [lon0, lon1] x [lat0, lat1] of what is drawn. */
int fr_projection_new(const char *definition, double lon0, double lon1, double lat0, double lat1,
                      fr_projection **out);
/* Degrees to metres; false where the point has no image. One thread at a time for one projection. */
bool fr_project(const fr_projection *projection, double lon, double lat, double *x, double *y);
/* A sentence for a figure's caption, such as "Lambert azimuthal equal-area, centre 105 W 60 N". */
const char *fr_projection_name(const fr_projection *projection);
void fr_projection_free(fr_projection *projection);

#ifdef __cplusplus
}
#endif
#endif
