/* Figures and report of the output folders of `frugal feems`. */
#ifndef FRUGAL_CLI_FEEMS_FIGURES_H
#define FRUGAL_CLI_FEEMS_FIGURES_H

#include "feems_folder.h"

#include <frugal/report.h>

typedef struct {
    const char *projection; /* see fr_projection_new. Default "auto" */
    const char *basemap;    /* coastline: shapefile or GeoJSON; NULL: none. Default NULL */
    const char *palette;    /* of the migration map, see fr_palette_find. Default "feems" */
    double limit;           /* colours span w / mean w from 10^-limit to 10^limit. Default 2 */
    const char *gnuplot;    /* the program to run; NULL: "gnuplot" from the PATH. Default NULL */
} feems_figure_settings;

void feems_figure_settings_default(feems_figure_settings *settings);

/* Draws everything that the tables in `folder` allow into folder/figures/ and writes folder/report.html. Without gnuplot, or
 * where one figure cannot be drawn, warns (fr_warn) and goes on; fails for tables it cannot read, settings out of range and
 * files it cannot write. summary.json should be there already: title, metrics and warnings come from it. */
int feems_figures_draw(const char *folder, const feems_figure_settings *settings);

/* The figures, in the order of the report; file names without folder and ending. */
typedef enum {
    MIGRATION_MAP,
    GRID_MAP,
    S2_MAP,
    FITTED_CHART,
    GEOGRAPHIC_CHART,
    CV_CHART,
    N_FIGURES
} feems_figure;
extern const char *const feems_figure_stem[N_FIGURES];

/* ---- the parts ------------------------------------------------------------------------------------------------------- */

typedef enum { FEEMS_MAP_MIGRATION, FEEMS_MAP_S2, FEEMS_MAP_GRID } feems_map_kind;

/* The map as stem.svg (up to 60000 edges) and stem.png; `note` (of `size` bytes) gets the projection's name. */
int feems_map_draw(const feems_folder *folder, const feems_figure_settings *settings, feems_map_kind kind,
                   const char *stem, char *note, size_t size);
/* Observed against fitted / great-circle distance, with the least-squares line. */
int feems_chart_distances(const feems_folder *folder, const feems_figure_settings *settings, bool fitted,
                          const char *stem);
int feems_chart_cv(const feems_folder *folder, const feems_figure_settings *settings, const char *stem);
/* Does the fit give each node its own residual variance? */
bool feems_has_node_variances(const feems_folder *folder);
/* folder/report.html; `projection` is the map's, for its caption. Figures that are not there are left out, and a note says so. */
int feems_report_write(const feems_folder *folder, const feems_figure_settings *settings,
                       const char *projection);

#endif
