/* Polygons prepared for many questions "is this place inside?". */
#ifndef FRUGAL_DATA_REGION_H
#define FRUGAL_DATA_REGION_H

#include <frugal/geo.h>

/* Where an edge stands to the ray from (x, y) to the right. */
typedef enum { FR_NO_CROSSING, FR_CROSSING, FR_ON } fr_side;
fr_side fr_side_of(double x1, double y1, double x2, double y2, double x, double y);

typedef struct fr_region fr_region;

/* Takes a copy. Degrees are made continuous as by fr_polygons_read and longitudes then count modulo 360. */
int fr_region_new(const fr_polygons *polygons, fr_region **out);
void fr_region_free(fr_region *region); /* NULL is fine */
/* Is the place inside? *x becomes the longitude in the region's range. A pole is at every longitude. */
bool fr_region_holds(const fr_region *region, double *x, double y);
/* The region's own, continuous rings. */
const fr_polygons *fr_region_polygons(const fr_region *region);
/* Longitude and latitude, or plane coordinates? */
bool fr_region_in_degrees(const fr_region *region);

/* Can all these be longitudes and latitudes? */
bool fr_are_degrees(int64_t n, const double *x, const double *y);
/* Turns longitudes by whole circles so that the range they take is the shortest; as they are where that is no gain. */
int fr_longitudes_together(int64_t n, double *lon);

#endif
