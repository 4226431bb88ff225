/* Grids inside a habitat: settings, clipping, order of nodes and edges, and the messages where nothing is left. */
#include "grid.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { most_nodes = 20000000 };

/* ---- the habitat -------------------------------------------------------------------------------------------------------------- */

void feems_habitat_free(feems_habitat *habitat)
{
    fr_region_free(habitat->outline);
    fr_region_free(habitat->mask);
    *habitat = (feems_habitat){0};
}

int feems_habitat_new(const fr_polygons *outline, const fr_polygons *mask, bool mask_keeps,
                      feems_habitat *out)
{
    *out = (feems_habitat){.mask_keeps = mask_keeps};
    int status = outline == NULL ? FR_OK : fr_region_new(outline, &out->outline);
    if (status == FR_OK && mask != NULL) status = fr_region_new(mask, &out->mask);
    if (status != FR_OK) feems_habitat_free(out);
    return status;
}

/* ---- collecting --------------------------------------------------------------------------------------------------------------- */

void feems_grid_list_init(feems_grid_list *list, const feems_habitat *habitat, int round_digits)
{
    *list = (feems_grid_list){.habitat = habitat,
                              .round_digits = round_digits,
                              .degrees = true,
                              .x0 = INFINITY,
                              .x1 = -INFINITY,
                              .y0 = INFINITY,
                              .y1 = -INFINITY};
}

void feems_grid_list_free(feems_grid_list *list)
{
    fr_free(list->nodes);
    *list = (feems_grid_list){0};
}

double feems_grid_round(double value, int digits)
{
    if (digits < 0 || digits > 15) return value;
    double power = pow(10, digits);
    return rint(value * power) / power + 0.0;
}

static int keep(feems_grid_list *list, int64_t id, double x, double y)
{
    if (list->n == most_nodes)
        return fr_fail(FR_EUSAGE, "the grid has more than %d nodes inside the outline: choose a coarser one",
                       most_nodes);
    if (list->n == list->room) {
        int64_t room = list->room < 256 ? 256 : 2 * list->room;
        feems_grid_node *larger = fr_realloc(list->nodes, room, sizeof *larger);
        if (larger == NULL) return FR_ENOMEM;
        list->nodes = larger;
        list->room = room;
    }
    list->nodes[list->n++] = (feems_grid_node){id, x, y};
    return FR_OK;
}

int feems_grid_offer(feems_grid_list *list, int64_t id, double lon, double lat)
{
    const feems_habitat *habitat = list->habitat;
    double x = feems_grid_round(lon, list->round_digits), y = feems_grid_round(lat, list->round_digits);
    if (list->degrees && x == 180) x = -180;
    if (list->degrees && fabs(y) > 90 - 1e-9) x = 0, y = y > 0 ? 90 : -90; /* all longitudes are the same */
    list->n_offered++;
    list->x0 = fmin(list->x0, x);
    list->x1 = fmax(list->x1, x);
    list->y0 = fmin(list->y0, y);
    list->y1 = fmax(list->y1, y);
    if (habitat->outline != NULL && !fr_region_holds(habitat->outline, &x, y)) return FR_OK;
    list->n_in_outline++;
    double in_mask = x;
    if (habitat->mask != NULL && fr_region_holds(habitat->mask, &in_mask, y) != habitat->mask_keeps)
        return FR_OK;
    return keep(list, id, x, y);
}

/* "longitude 1 to 2, latitude 3 to 4" */
static void describe_region(const fr_region *region, char text[128])
{
    double x0, x1, y0, y1;
    fr_polygons_box(fr_region_polygons(region), &x0, &x1, &y0, &y1);
    snprintf(text, 128, "longitude %.6g to %.6g, latitude %.6g to %.6g", x0, x1, y0, y1);
}

int feems_grid_nothing(const feems_grid_list *list, bool covers_earth, const char *advice)
{
    char outline[128] = "none", mask[128], grid[160] = "";
    if (list->habitat->outline != NULL) describe_region(list->habitat->outline, outline);
    if (list->n_in_outline > 0 && list->habitat->mask != NULL) {
        describe_region(list->habitat->mask, mask);
        return fr_fail(FR_EINPUT,
                       "the mask (%s) leaves none of the %" PRId64
                       " grid nodes inside the outline (%s); it keeps nodes %s it",
                       mask, list->n_in_outline, outline, list->habitat->mask_keeps ? "inside" : "outside");
    }
    if (list->n_offered > 0 && !covers_earth)
        snprintf(grid, sizeof grid, " (longitude %.6g to %.6g, latitude %.6g to %.6g)", list->x0, list->x1,
                 list->y0, list->y1);
    return fr_fail(FR_EINPUT, "no node of the grid%s lies inside the outline (%s): %s", grid, outline,
                   advice);
}

/* ---- order and edges ------------------------------------------------------------------------------------------------------------ */

static int from_north_west(const void *a, const void *b)
{
    const feems_grid_node *p = a, *q = b;
    if (p->y != q->y) return p->y > q->y ? -1 : 1;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    return (p->id > q->id) - (p->id < q->id);
}

typedef struct {
    int64_t id, index;
} numbered;

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const numbered *)a)->id, y = ((const numbered *)b)->id;
    return (x > y) - (x < y);
}

/* Index of the node with this id, or -1. */
static int64_t find_node(const numbered *numbers, int64_t n, int64_t id)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (numbers[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && numbers[low].id == id ? numbers[low].index : -1;
}

/* Indices above `index` of the kept neighbours of a node, ascending; returns how many. */
static int later_neighbours(const numbered *numbers, int64_t n, int64_t index, const int64_t ids[6],
                            int n_ids, int64_t later[6])
{
    int found = 0;
    for (int k = 0; k < n_ids; k++) {
        int64_t other = find_node(numbers, n, ids[k]);
        if (other <= index) continue;
        int at = found++;
        for (; at > 0 && later[at - 1] > other; at--)
            later[at] = later[at - 1];
        later[at] = other;
    }
    return found;
}

static int join_nodes(const feems_grid_list *list, feems_grid_neighbours neighbours, const void *context,
                      const numbered *numbers, fr_feems_graph *out)
{
    out->i = fr_alloc(3 * list->n, sizeof *out->i); /* a triangular grid has fewer than three edges a node */
    out->j = fr_alloc(3 * list->n, sizeof *out->j);
    if (out->i == NULL || out->j == NULL) return FR_ENOMEM;
    for (int64_t v = 0; v < list->n; v++) {
        int64_t ids[6], later[6];
        int n_later =
            later_neighbours(numbers, list->n, v, ids, neighbours(context, list->nodes[v].id, ids), later);
        for (int k = 0; k < n_later; k++) {
            out->i[out->n_edges] = v;
            out->j[out->n_edges++] = later[k];
        }
    }
    return FR_OK;
}

int feems_grid_finish(feems_grid_list *list, feems_grid_neighbours neighbours, const void *context,
                      fr_feems_graph *out)
{
    int64_t n = list->n;
    if (n == 0) return FR_OK;
    numbered *numbers = fr_alloc(n, sizeof *numbers);
    out->x = fr_alloc(n, sizeof *out->x);
    out->y = fr_alloc(n, sizeof *out->y);
    int status = numbers != NULL && out->x != NULL && out->y != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK) {
        qsort(list->nodes, (size_t)n, sizeof *list->nodes, from_north_west);
        for (int64_t v = 0; v < n; v++) {
            out->x[v] = list->nodes[v].x;
            out->y[v] = list->nodes[v].y;
            numbers[v] = (numbered){list->nodes[v].id, v};
        }
        qsort(numbers, (size_t)n, sizeof *numbers, by_id);
        out->n_nodes = n;
        status = join_nodes(list, neighbours, context, numbers, out);
    }
    fr_free(numbers);
    return status;
}

/* ---- settings --------------------------------------------------------------------------------------------------------------------- */

void fr_feems_grid_settings_default(fr_feems_grid_settings *settings)
{
    *settings = (fr_feems_grid_settings){.type = FR_FEEMS_ISEA, .round_digits = 3};
}

/* Subdivisions and edge length from either of them. */
static int resolve_spacing(const fr_feems_grid_settings *settings, int64_t *n, double *spacing_km)
{
    const int64_t most = 1 << 20; /* 7 m */
    if (settings->resolution < 0 || !(settings->spacing_km >= 0) || !isfinite(settings->spacing_km))
        return fr_fail(FR_EUSAGE, "the resolution and the spacing of a grid must not be negative");
    if (settings->resolution == 0 && settings->spacing_km <= 0)
        return fr_fail(FR_EUSAGE, "a grid needs a resolution (subdivisions) or a spacing in kilometres");
    bool by_n = settings->resolution > 0;
    double subdivisions =
        by_n ? (double)settings->resolution : fmax(1, round(FEEMS_EDGE_KM / settings->spacing_km));
    if (subdivisions > (double)most)
        return fr_fail(FR_EUSAGE, "a grid of %.0f subdivisions is too fine; the finest has %" PRId64,
                       subdivisions, most);
    *n = (int64_t)subdivisions;
    *spacing_km =
        by_n || settings->type == FR_FEEMS_ISEA ? FEEMS_EDGE_KM / subdivisions : settings->spacing_km;
    double unit_km = settings->round_digits < 0 ? 0 : 111.2 * pow(10, -settings->round_digits);
    if (*spacing_km < 4 * unit_km)
        return fr_fail(
            FR_EUSAGE,
            "coordinates rounded to %d decimals are too coarse for nodes %.3g km apart: keep more of them",
            settings->round_digits, *spacing_km);
    return FR_OK;
}

static int check_degrees(const fr_region *region, const char *what)
{
    if (fr_region_in_degrees(region)) return FR_OK;
    const fr_polygons *p = fr_region_polygons(region);
    if (p->n_rings == 0) return fr_fail(FR_EINPUT, "the %s has no points", what);
    double x0, x1, y0, y1;
    fr_polygons_box(p, &x0, &x1, &y0, &y1);
    bool swap_helps = fr_are_degrees(p->start[p->n_rings], p->y, p->x);
    return fr_fail(FR_EINPUT, "the %s (x %.6g to %.6g, y %.6g to %.6g) is not in degrees, longitude first%s",
                   what, x0, x1, y0, y1,
                   swap_helps ? ": are longitude and latitude swapped?"
                              : ": if it is projected (metres), convert it to longitude and latitude");
}

int fr_feems_grid_make(const fr_polygons *outline, const fr_polygons *mask, bool mask_keeps,
                       const fr_feems_grid_settings *settings, fr_feems_graph *out)
{
    *out = (fr_feems_graph){0};
    feems_habitat habitat = {0};
    feems_grid_list list = {0};
    int64_t n = 0;
    double spacing_km = 0;
    int status = resolve_spacing(settings, &n, &spacing_km);
    if (status == FR_OK) status = feems_habitat_new(outline, mask, mask_keeps, &habitat);
    if (status == FR_OK) status = check_degrees(habitat.outline, "outline");
    if (status == FR_OK && mask != NULL) status = check_degrees(habitat.mask, "mask");
    if (status != FR_OK) goto done;
    feems_grid_list_init(&list, &habitat, settings->round_digits);
    status = settings->type == FR_FEEMS_LATTICE ? feems_grid_lattice(&list, spacing_km, out)
                                                : feems_grid_isea(&list, n, out);
    if (status == FR_OK && list.n == 0) {
        char advice[96];
        snprintf(advice, sizeof advice, "nodes are about %.3g km apart; choose a finer grid", spacing_km);
        status = feems_grid_nothing(&list, true, advice);
    }
done:
    feems_grid_list_free(&list);
    feems_habitat_free(&habitat);
    if (status != FR_OK) fr_feems_graph_free(out);
    return status;
}
