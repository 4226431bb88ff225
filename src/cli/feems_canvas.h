/* Places on the Earth to points on the canvas of a map. */
#ifndef FRUGAL_CLI_FEEMS_CANVAS_H
#define FRUGAL_CLI_FEEMS_CANVAS_H

#include "feems_folder.h"

#include <frugal/geo.h>
#include <frugal/report.h>

/* The map's window: projected metres (or plane units) times `scale`, minus the origin, in points; x in [0, width]. */
typedef struct {
    fr_projection *projection;
    bool plane;
    double lon0, lon1, lat0,
        lat1; /* box of the nodes; lon1 may exceed 180 where they lie across the date line */
    double origin_x, origin_y, scale;
    double width, height;
    double edge_length; /* median length of an edge, in points */
} feems_canvas;

/* Chooses window and scale so that the map fits into the given width and height. */
int feems_canvas_new(const feems_folder *folder, const char *projection, double width, double height,
                     feems_canvas *out);
void feems_canvas_free(feems_canvas *canvas);

/* The place in points; false where it has no image. */
bool feems_canvas_point(const feems_canvas *canvas, double lon, double lat, double *x, double *y);
/* May the projected segment be drawn, or is it torn apart by the projection's seam? */
bool feems_canvas_whole(const feems_canvas *canvas, const double from[2], const double to[2],
                        const double from_point[2], const double to_point[2]);
/* Adds the edge lon_i, lat_i, lon_j, lat_j to a data block: one piece or, at a seam, what lies on both sides. */
void feems_canvas_edge(const feems_canvas *canvas, fr_figure *figure, const double edge[4]);
/* Adds data blocks $land, $water (holes) and $coast; all three hold at least one point. */
int feems_canvas_coast(const feems_canvas *canvas, fr_figure *figure, const char *basemap);
/* Adds data block $graticule and the labels of its lines; for plane coordinates numbers without degrees. */
void feems_canvas_graticule(const feems_canvas *canvas, fr_figure *figure);
/* The largest of 1, 2, 5 times a power of ten that is not above x. */
double feems_round_number(double x);

#endif
