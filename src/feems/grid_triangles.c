/* A grid from the tiles of a shapefile: corners are rounded and merged where they are equal; nodes come in the order of their
 * first appearance among those that are kept; an edge is kept when both its ends are. */
#include "grid.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
    double x, y;
    int64_t corner; /* 3 tile + k */
} place;

static int by_place(const void *a, const void *b)
{
    const place *p = a, *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return (p->corner > q->corner) - (p->corner < q->corner);
}

static int by_corner(const void *a, const void *b)
{
    int64_t x = ((const place *)a)->corner, y = ((const place *)b)->corner;
    return (x > y) - (x < y);
}

/* Rounds, and gives the poles and the antimeridian one longitude. */
static place round_corner(const fr_triangles *tiles, int64_t corner, int digits, bool degrees)
{
    place p = {feems_grid_round(tiles->x[corner], digits), feems_grid_round(tiles->y[corner], digits),
               corner};
    if (degrees && fabs(tiles->y[corner]) > 89.9995)
        p.x = 0, p.y = p.y > 0 ? 90 : -90;
    else if (degrees && p.x == 180)
        p.x = -180;
    return p;
}

/* first[corner]: the first corner at the same place; `unique`: those, in order of appearance. */
static int64_t merge_corners(place *places, int64_t n, int64_t *first)
{
    qsort(places, (size_t)n, sizeof *places, by_place);
    int64_t unique = 0;
    for (int64_t k = 0; k < n; k++) {
        bool same = unique > 0 && places[k].x == places[unique - 1].x && places[k].y == places[unique - 1].y;
        if (!same) places[unique++] = places[k];
        first[places[k].corner] = places[unique - 1].corner;
    }
    qsort(places, (size_t)unique, sizeof *places, by_corner);
    return unique;
}

typedef struct {
    int64_t i, j;
} edge;

static int by_ends(const void *a, const void *b)
{
    const edge *e = a, *f = b;
    if (e->i != f->i) return e->i < f->i ? -1 : 1;
    return (e->j > f->j) - (e->j < f->j);
}

/* node[corner]: number of the kept node there, or -1. */
static int join_nodes(int64_t n_tiles, const int64_t *node, fr_feems_graph *out)
{
    edge *edges = fr_alloc(3 * n_tiles, sizeof *edges);
    if (edges == NULL) return FR_ENOMEM;
    int64_t n = 0, kept = 0;
    for (int64_t t = 0; t < n_tiles; t++)
        for (int side = 0; side < 3; side++) {
            int64_t i = node[3 * t + side], j = node[3 * t + (side + 1) % 3];
            if (i >= 0 && j >= 0 && i != j) edges[n++] = i < j ? (edge){i, j} : (edge){j, i};
        }
    qsort(edges, (size_t)n, sizeof *edges, by_ends);
    out->i = fr_alloc(n, sizeof *out->i);
    out->j = fr_alloc(n, sizeof *out->j);
    int status = out->i != NULL && out->j != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t e = 0; e < n && status == FR_OK; e++) {
        if (e > 0 && by_ends(&edges[e], &edges[e - 1]) == 0) continue;
        out->i[kept] = edges[e].i;
        out->j[kept++] = edges[e].j;
    }
    out->n_edges = kept;
    fr_free(edges);
    return status;
}

/* Would the outline hold a node if its coordinates were the other way round? */
static int swap_advice(const fr_polygons *outline, const place *places, int64_t n, const char **advice)
{
    fr_polygons swapped = {outline->n_rings, outline->start, outline->y, outline->x};
    fr_region *region;
    *advice = "choose an outline where the grid is";
    int status = fr_region_new(&swapped, &region);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n; k++) {
        double x = places[k].x;
        if (!fr_region_holds(region, &x, places[k].y)) continue;
        *advice = "longitude and latitude of the outline are swapped: longitude comes first";
        break;
    }
    fr_region_free(region);
    return FR_OK;
}

/* Clips the unique places; fills out->x, out->y and node[corner] of their first corners. */
static int clip_places(const feems_habitat *habitat, const fr_polygons *outline, bool degrees,
                       const place *places, int64_t n, int64_t *node, fr_feems_graph *out)
{
    feems_grid_list list;
    feems_grid_list_init(&list, habitat, -1);
    list.degrees = degrees;
    out->x = fr_alloc(n, sizeof *out->x);
    out->y = fr_alloc(n, sizeof *out->y);
    int status = out->x != NULL && out->y != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t k = 0; k < n && status == FR_OK; k++)
        status = feems_grid_offer(&list, places[k].corner, places[k].x, places[k].y);
    for (int64_t k = 0; k < list.n && status == FR_OK; k++) {
        out->x[k] = list.nodes[k].x;
        out->y[k] = list.nodes[k].y;
        node[list.nodes[k].id] = k;
    }
    out->n_nodes = list.n;
    if (status == FR_OK && list.n == 0) {
        const char *advice = "";
        if (outline != NULL) status = swap_advice(outline, places, n, &advice);
        if (status == FR_OK) status = feems_grid_nothing(&list, false, advice);
    }
    feems_grid_list_free(&list);
    return status;
}

int fr_feems_grid_from_triangles(const fr_triangles *triangles, const fr_polygons *outline,
                                 const fr_polygons *mask, bool mask_keeps, int round_digits,
                                 fr_feems_graph *out)
{
    *out = (fr_feems_graph){0};
    int64_t n = 3 * triangles->n;
    bool degrees = fr_are_degrees(n, triangles->x, triangles->y);
    feems_habitat habitat = {0};
    place *places = fr_alloc(n, sizeof *places);
    int64_t *first = fr_alloc(n, sizeof *first), *node = fr_alloc(n, sizeof *node);
    int status = places == NULL || first == NULL || node == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK) status = feems_habitat_new(outline, mask, mask_keeps, &habitat);
    if (status != FR_OK) goto done;
    for (int64_t c = 0; c < n; c++) {
        places[c] = round_corner(triangles, c, round_digits, degrees);
        node[c] = -1;
    }
    int64_t unique = merge_corners(places, n, first);
    status = clip_places(&habitat, outline, degrees, places, unique, node, out);
    if (status != FR_OK) goto done;
    for (int64_t c = 0; c < n; c++)
        node[c] = node[first[c]];
    status = join_nodes(triangles->n, node, out);
done:
    fr_free(places);
    fr_free(first);
    fr_free(node);
    feems_habitat_free(&habitat);
    if (status != FR_OK) fr_feems_graph_free(out);
    return status;
}
