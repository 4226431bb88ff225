/* What all grids share: nodes are rounded, kept if the habitat holds them, put in order and joined. */
#ifndef FRUGAL_FEEMS_GRID_H
#define FRUGAL_FEEMS_GRID_H

#include <frugal/feems.h>

#include "data/region.h"

#define FEEMS_EDGE_KM 7715.0 /* mean edge length of the ISEA grid times its subdivisions n */

/* The habitat; any part may be NULL. */
typedef struct {
    fr_region *outline, *mask;
    bool mask_keeps;
} feems_habitat;

int feems_habitat_new(const fr_polygons *outline, const fr_polygons *mask, bool mask_keeps,
                      feems_habitat *out);
void feems_habitat_free(feems_habitat *habitat);

typedef struct {
    int64_t id; /* of the grid that offers it */
    double x, y;
} feems_grid_node;

/* Nodes being collected. */
typedef struct {
    const feems_habitat *habitat;
    int round_digits;
    bool degrees; /* the default; otherwise plane coordinates, without poles or antimeridian */
    feems_grid_node *nodes;
    int64_t n, room;
    int64_t n_in_outline; /* before the mask */
    int64_t n_offered;
    double x0, x1, y0, y1; /* box of all that were offered */
} feems_grid_list;

void feems_grid_list_init(feems_grid_list *list, const feems_habitat *habitat, int round_digits);
void feems_grid_list_free(feems_grid_list *list);
/* Decimal rounding, never to -0; digits < 0: as it is. */
double feems_grid_round(double value, int digits);
/* Rounds a place and keeps it if the habitat holds it. FR_EUSAGE when the grid grows out of all measure. */
int feems_grid_offer(feems_grid_list *list, int64_t id, double lon, double lat);
/* The failure where nothing was kept: names the outline's box and, unless the grid covers the Earth, the grid's; `advice`
 * ends the sentence. */
int feems_grid_nothing(const feems_grid_list *list, bool covers_earth, const char *advice);

/* At most 6 ids of the nodes next to one; returns how many. */
typedef int (*feems_grid_neighbours)(const void *context, int64_t id, int64_t neighbours[6]);
/* Orders the nodes (decreasing latitude, increasing longitude) and joins those that are kept. */
int feems_grid_finish(feems_grid_list *list, feems_grid_neighbours neighbours, const void *context,
                      fr_feems_graph *out);

/* The two kinds of grid: offer all nodes near the outline, then finish. */
int feems_grid_isea(feems_grid_list *list, int64_t n, fr_feems_graph *out);
int feems_grid_lattice(feems_grid_list *list, double spacing_km, fr_feems_graph *out);

#endif
