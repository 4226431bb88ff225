/* The graph of a FEEMS command: EEMS .nodes and .edges, or a grid made inside an outline (or around the samples), or the
 * tiles of a shapefile inside it. */
#include "feems_inputs.h"

#include <math.h>
#include <string.h>

static const cli_option graph_rows[] = {
    {.name = "nodes",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "nodes of a ready graph, \"lon lat\" a line (EEMS); with --edges"},
    {.name = "edges",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "its edges, two node numbers a line, counted from 1 (EEMS)"},
    {.name = "outer",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "outline of the habitat: \"lon lat\" a line, GeoJSON or shapefile; without it the hull of the "
             "samples"},
    {.name = "resolution",
     .type = OPTION_INTEGER,
     .value = "N",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 65536,
     .help =
         "make a grid with N subdivisions of each edge of the icosahedron; edges are about 7715/N km long"},
    {.name = "spacing",
     .alias = "grid-spacing",
     .type = OPTION_NUMBER,
     .value = "KM",
     .range = RANGE_POSITIVE,
     .unit = "km",
     .help = "make a grid with edges of about this length"},
    {.name = "grid-type",
     .type = OPTION_CHOICE,
     .value = "isea|lattice",
     .fallback = "isea",
     .help = "triangles of the icosahedral equal-area grid of the whole Earth, or equilateral ones in a "
             "local plane (needs --spacing)"},
    {.name = "shapefile",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "take the triangles of this shapefile (.shp) as grid"},
    {.name = "round",
     .type = OPTION_INTEGER,
     .value = "DIGITS",
     .fallback = "3",
     .range = RANGE_CLOSED,
     .low = -1,
     .high = 15,
     .help = "decimals that grid coordinates are rounded to; -1: none"},
    {.name = "mask",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "polygons that cut the grid, GeoJSON or shapefile"},
    {.name = "mask-keep",
     .type = OPTION_CHOICE,
     .value = "outside|inside",
     .fallback = "outside",
     .help = "keep the nodes outside the mask (a sea) or inside (land)"},
    {.name = "buffer",
     .type = OPTION_NUMBER,
     .value = "DEGREES",
     .range = RANGE_FROM_ZERO,
     .help = "widen the hull of the samples by this, where it serves as outline; by default one edge length"},
    {.name = NULL},
};
const option_group feems_graph_options = {"Graph", graph_rows, false};

static const double km_per_degree = 111.2, edge_km_of_whole_face = 7715;

/* Mean side of the triangles, in degrees of a great circle. */
static double mean_side(const fr_triangles *triangles)
{
    double sum = 0;
    for (int64_t k = 0; k < triangles->n; k++)
        for (int c = 0; c < 3; c++) {
            int64_t a = 3 * k + c, b = 3 * k + (c + 1) % 3;
            sum += fr_great_circle(triangles->x[a], triangles->y[a], triangles->x[b], triangles->y[b]) / 1000;
        }
    return triangles->n > 0 ? sum / (3 * (double)triangles->n) / km_per_degree : 0;
}

/* The outline that was given, or the hull of the samples widened by --buffer or `edge` degrees. */
static int read_outline(cli_job *job, const fr_points *samples, double edge, fr_polygons *out)
{
    const char *outer = options_text(&job->options, "outer");
    int status = job_input(job, outer);
    if (status != FR_OK) return status;
    if (outer != NULL) return fr_polygons_read(outer, out);
    if (samples == NULL || samples->n == 0)
        return fr_fail(FR_EUSAGE,
                       "give the outline of the habitat with --outer, or samples with --coords to go around");
    double buffer = options_number(&job->options, "buffer", edge);
    job_setting(job, "buffer", buffer);
    job_say_more(job, "outline: hull of the samples, widened by %.4g degrees", buffer);
    return fr_feems_hull(samples, buffer, out);
}

/* The mask, or none: `used` points at `mask` or is NULL. */
static int read_mask(cli_job *job, fr_polygons *mask, const fr_polygons **used)
{
    const char *path = options_text(&job->options, "mask");
    *used = path != NULL ? mask : NULL;
    int status = job_input(job, path);
    return status == FR_OK && path != NULL ? fr_polygons_read(path, mask) : status;
}

static int make_grid(cli_job *job, const fr_points *samples, fr_feems_graph *out)
{
    const cli_options *parsed = &job->options;
    fr_feems_grid_settings settings;
    fr_polygons outline = {0}, mask = {0};
    const fr_polygons *used = NULL;
    fr_feems_grid_settings_default(&settings);
    settings.type = options_integer(parsed, "grid-type", 0) == 0 ? FR_FEEMS_ISEA : FR_FEEMS_LATTICE;
    settings.resolution = options_integer(parsed, "resolution", 0);
    settings.spacing_km = options_number(parsed, "spacing", 0);
    settings.round_digits = (int)options_integer(parsed, "round", 3);
    if (settings.type == FR_FEEMS_ISEA && settings.resolution == 0)
        settings.resolution =
            (int64_t)fmax(1, fmin(65536, round(edge_km_of_whole_face / settings.spacing_km)));
    if (settings.type == FR_FEEMS_LATTICE && settings.resolution != 0)
        return fr_fail(FR_EUSAGE, "--grid-type lattice takes --spacing, not --resolution");
    double edge_km =
        settings.resolution > 0 ? edge_km_of_whole_face / (double)settings.resolution : settings.spacing_km;
    if (settings.resolution > 0) {
        job_setting(job, "resolution", (double)settings.resolution);
        job_setting(job, "spacing", edge_km);
        settings.spacing_km = 0;
    }
    int status = read_outline(job, samples, edge_km / km_per_degree, &outline);
    if (status == FR_OK) status = read_mask(job, &mask, &used);
    if (status == FR_OK)
        status =
            fr_feems_grid_make(&outline, used, options_integer(parsed, "mask-keep", 0) == 1, &settings, out);
    fr_polygons_free(&outline);
    fr_polygons_free(&mask);
    return status;
}

static int take_tiles(cli_job *job, const char *path, const fr_points *samples, fr_feems_graph *out)
{
    const cli_options *parsed = &job->options;
    fr_triangles triangles = {0};
    fr_polygons outline = {0}, mask = {0};
    const fr_polygons *used = NULL;
    bool whole = options_text(parsed, "outer") == NULL && samples == NULL;
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_triangles_read(path, &triangles);
    if (status == FR_OK && !whole) status = read_outline(job, samples, mean_side(&triangles), &outline);
    if (status == FR_OK) status = read_mask(job, &mask, &used);
    if (status == FR_OK)
        status = fr_feems_grid_from_triangles(&triangles, whole ? NULL : &outline, used,
                                              options_integer(parsed, "mask-keep", 0) == 1,
                                              (int)options_integer(parsed, "round", 3), out);
    fr_triangles_free(&triangles);
    fr_polygons_free(&outline);
    fr_polygons_free(&mask);
    return status;
}

int feems_graph_input(cli_job *job, const fr_points *samples, fr_feems_graph *out)
{
    const cli_options *parsed = &job->options;
    const char *nodes = options_text(parsed, "nodes"), *edges = options_text(parsed, "edges");
    const char *tiles = options_text(parsed, "shapefile");
    bool grid = options_given(parsed, "resolution") || options_given(parsed, "spacing");
    memset(out, 0, sizeof *out);
    if ((nodes == NULL) != (edges == NULL)) return fr_fail(FR_EUSAGE, "--nodes and --edges go together");
    if ((nodes != NULL) + (tiles != NULL) + grid != 1)
        return fr_fail(
            FR_EUSAGE,
            "give the graph in one way: --nodes with --edges, or --resolution or --spacing (and --outer), or "
            "--shapefile");
    if (options_given(parsed, "resolution") && options_given(parsed, "spacing"))
        return fr_fail(FR_EUSAGE, "give --resolution or --spacing, not both");
    if (nodes != NULL && (options_given(parsed, "outer") || options_given(parsed, "mask")))
        return fr_fail(
            FR_EUSAGE,
            "--outer and --mask cut a grid that is made; a graph of --nodes and --edges is taken whole");
    if (tiles != NULL) return take_tiles(job, tiles, samples, out);
    if (grid) return make_grid(job, samples, out);
    int status = job_input(job, nodes);
    if (status == FR_OK) status = job_input(job, edges);
    return status == FR_OK ? fr_feems_graph_read(nodes, edges, out) : status;
}
