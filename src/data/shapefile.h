/* The records of an ESRI shapefile's main part (.shp) in memory. */
#ifndef FRUGAL_DATA_SHAPEFILE_H
#define FRUGAL_DATA_SHAPEFILE_H

#include <frugal/core.h>

#include <shapefil.h>

typedef struct fr_shapes fr_shapes;

/* Starts these bytes like a .shp? */
bool fr_is_shapefile(const char *bytes, int64_t size);
/* Borrows `bytes` until _close. */
int fr_shapes_open(const char *bytes, int64_t size, const char *name, fr_shapes **out);
int64_t fr_shapes_count(const fr_shapes *shapes);
/* Record k; release with SHPDestroyObject. Parts are in order and have at least one point. */
int fr_shapes_record(fr_shapes *shapes, int64_t k, SHPObject **out);
void fr_shapes_close(fr_shapes *shapes); /* NULL is fine */

#endif
