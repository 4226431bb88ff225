/* Point in polygon for many points: the edges are sorted into horizontal bands, and a point meets only those of its band. The
 * number of bands is chosen such that all of them together hold at most two entries an edge. */
#include "region.h"
#include "rings.h"

#include <math.h>
#include <string.h>

struct fr_region {
    fr_polygons polygons;
    bool degrees;
    double x0, x1, y0, y1;
    int64_t n_bands;
    double bands_per_unit;
    int64_t *band_start; /* n_bands + 1 */
    int64_t *edge;       /* the point that ends each edge */
    int64_t *before;     /* n_points: the point in front of it in its ring */
};

static int64_t band_of(const fr_region *region, double y)
{
    double band = floor((y - region->y0) * region->bands_per_unit);
    return band < 0 ? 0 : band < (double)region->n_bands ? (int64_t)band : region->n_bands - 1;
}

static void bands_of_edge(const fr_region *region, int64_t k, int64_t *first, int64_t *last)
{
    double a = region->polygons.y[k], b = region->polygons.y[region->before[k]];
    *first = band_of(region, fmin(a, b));
    *last = band_of(region, fmax(a, b));
}

/* Edges into bands by counting: how many each holds, where each starts, then the edges themselves. */
static int fill_bands(fr_region *region, int64_t n)
{
    int64_t first, last;
    for (int64_t k = 0; k < n; k++) {
        bands_of_edge(region, k, &first, &last);
        for (int64_t b = first; b <= last; b++)
            region->band_start[b + 1]++;
    }
    for (int64_t b = 0; b < region->n_bands; b++)
        region->band_start[b + 1] += region->band_start[b];
    region->edge = fr_alloc(region->band_start[region->n_bands], sizeof *region->edge);
    int64_t *next = fr_alloc(region->n_bands, sizeof *next);
    bool room = region->edge != NULL && next != NULL;
    for (int64_t k = 0; k < n && room; k++) {
        bands_of_edge(region, k, &first, &last);
        for (int64_t b = first; b <= last; b++)
            region->edge[region->band_start[b] + next[b]++] = k;
    }
    fr_free(next);
    return room ? FR_OK : FR_ENOMEM;
}

static int make_bands(fr_region *region)
{
    const fr_polygons *p = &region->polygons;
    int64_t n = p->n_rings > 0 ? p->start[p->n_rings] : 0;
    double height = region->y1 - region->y0, climb = 0;
    region->before = fr_alloc(n, sizeof *region->before);
    if (region->before == NULL) return FR_ENOMEM;
    for (int64_t r = 0; r < p->n_rings; r++)
        for (int64_t k = p->start[r], end = p->start[r + 1], before = end - 1; k < end; before = k++) {
            region->before[k] = before;
            climb += fabs(p->y[k] - p->y[before]);
        }
    double bands = climb > 0 ? (double)n * height / climb : 1;
    region->n_bands = bands < 1 ? 1 : (int64_t)bands;
    region->bands_per_unit = height > 0 ? (double)region->n_bands / height : 0;
    region->band_start = fr_alloc(region->n_bands + 1, sizeof *region->band_start);
    return region->band_start == NULL ? FR_ENOMEM : fill_bands(region, n);
}

static int copy_polygons(const fr_polygons *from, fr_polygons *to)
{
    int64_t n = from->n_rings > 0 ? from->start[from->n_rings] : 0;
    to->start = fr_alloc(from->n_rings + 1, sizeof *to->start);
    to->x = fr_alloc(n, sizeof *to->x);
    to->y = fr_alloc(n, sizeof *to->y);
    if (to->start == NULL || to->x == NULL || to->y == NULL) return FR_ENOMEM;
    to->n_rings = from->n_rings;
    if (n == 0) return FR_OK;
    memcpy(to->start, from->start, (size_t)(from->n_rings + 1) * sizeof *to->start);
    memcpy(to->x, from->x, (size_t)n * sizeof *to->x);
    memcpy(to->y, from->y, (size_t)n * sizeof *to->y);
    return FR_OK;
}

int fr_region_new(const fr_polygons *polygons, fr_region **out)
{
    *out = NULL;
    fr_region *region = fr_alloc(1, sizeof *region);
    if (region == NULL) return FR_ENOMEM;
    bool crossed;
    int status = copy_polygons(polygons, &region->polygons);
    if (status != FR_OK) goto done;
    fr_polygons *own = &region->polygons;
    region->degrees = own->n_rings > 0 && fr_are_degrees(own->start[own->n_rings], own->x, own->y);
    if (region->degrees) status = fr_polygons_unwrap(own, &crossed);
    if (status != FR_OK) goto done;
    fr_polygons_box(own, &region->x0, &region->x1, &region->y0, &region->y1);
    status = make_bands(region);
done:
    if (status != FR_OK)
        fr_region_free(region);
    else
        *out = region;
    return status;
}

void fr_region_free(fr_region *region)
{
    if (region == NULL) return;
    fr_polygons_free(&region->polygons);
    fr_free(region->band_start);
    fr_free(region->edge);
    fr_free(region->before);
    fr_free(region);
}

static bool holds(const fr_region *region, double x, double y)
{
    const fr_polygons *p = &region->polygons;
    int64_t band = band_of(region, y);
    bool inside = false;
    for (int64_t e = region->band_start[band]; e < region->band_start[band + 1]; e++) {
        int64_t k = region->edge[e], before = region->before[k];
        fr_side side = fr_side_of(p->x[before], p->y[before], p->x[k], p->y[k], x, y);
        if (side == FR_ON) return true;
        if (side == FR_CROSSING) inside = !inside;
    }
    return inside;
}

bool fr_region_holds(const fr_region *region, double *x, double y)
{
    if (!(y >= region->y0 && y <= region->y1)) return false;
    if (!region->degrees) return holds(region, *x, y);
    if (fabs(y) >= 90) *x = fmin(fmax(*x, region->x0), region->x1);
    if (!(fabs(*x) < 1e6)) return false; /* so far out that turns of 360 are lost in rounding */
    for (double turned = *x + 360 * ceil((region->x0 - *x) / 360); turned <= region->x1; turned += 360) {
        if (!holds(region, turned, y)) continue;
        *x = turned;
        return true;
    }
    return false;
}

const fr_polygons *fr_region_polygons(const fr_region *region)
{
    return &region->polygons;
}

bool fr_region_in_degrees(const fr_region *region)
{
    return region->degrees;
}
