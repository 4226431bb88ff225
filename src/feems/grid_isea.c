/* The nodes of the ISEA grid near an outline: blocks of each face's lattice are halved as long as the cap around a block meets
 * the box of a ring, so that the work goes with the nodes of the region, not with those of the Earth. */
#include "grid.h"
#include "isea.h"

#include <math.h>

/* Lengths grow by less than this from the plane to the sphere: an equal-area map with at most 17.27 degrees of angular
 * deformation (Snyder 1992) stretches by at most tan(45 + 17.27 / 4 degrees) = 1.163. */
#define MOST_STRETCH 1.17

enum { leaf = 8 };

/* Longitudes and latitudes of a ring, radians. */
typedef struct {
    double lon0, lon1, lat0, lat1;
} ring_box;

typedef struct {
    feems_isea isea;
    feems_grid_list *list;
    ring_box *boxes; /* of all rings together, then of each */
    int64_t n_boxes;
    double margin; /* rounding of coordinates, radians */
} walk;

/* A block of lattice points of a face: w[0] in [a0, a1), w[1] in [b0, b1). */
typedef struct {
    int face;
    int64_t a0, a1, b0, b1;
} block;

/* ---- boxes ---------------------------------------------------------------------------------------------------------------------- */

static int make_boxes(walk *w)
{
    const double degree = M_PI / 180;
    const fr_polygons *p = fr_region_polygons(w->list->habitat->outline);
    w->n_boxes = p->n_rings + 1;
    w->boxes = fr_alloc(w->n_boxes, sizeof *w->boxes);
    if (w->boxes == NULL) return FR_ENOMEM;
    for (int64_t r = 0; r <= p->n_rings; r++) {
        double x0, x1, y0, y1;
        int64_t first = r == 0 ? 0 : p->start[r - 1], end = r == 0 ? p->start[p->n_rings] : p->start[r];
        int64_t start[2] = {0, end - first};
        fr_polygons part = {1, start, p->x + first, p->y + first};
        fr_polygons_box(&part, &x0, &x1, &y0, &y1);
        w->boxes[r] = (ring_box){x0 * degree, x1 * degree, y0 * degree, y1 * degree};
    }
    w->margin = 1e-9 + (w->list->round_digits < 0 ? 0 : degree * pow(10, -w->list->round_digits));
    return FR_OK;
}

static bool cap_meets_box(double lon, double lat, double radius, const ring_box *box)
{
    if (lat + radius < box->lat0 || lat - radius > box->lat1) return false;
    if (fabs(lat) + radius >= M_PI / 2 - 1e-9) return true; /* around a pole */
    double half_width = asin(fmin(1, sin(radius) / cos(lat)));
    double east = fmod(lon - half_width - box->lon0,
                       2 * M_PI); /* of the west end of the cap from the west end of the box */
    if (east < 0) east += 2 * M_PI;
    return east <= box->lon1 - box->lon0 || east + 2 * half_width >= 2 * M_PI;
}

/* May the block hold a node of the habitat? */
static bool meets_habitat(const walk *w, const block *b)
{
    double n = (double)w->isea.n, a0 = (double)b->a0, b0 = (double)b->b0;
    double da = (double)(b->a1 - 1 - b->a0) / 2, db = (double)(b->b1 - 1 - b->b0) / 2;
    /* Its middle, or where the way there from its first point leaves the face. */
    double share = da + db > 0 ? fmin(1, (n - a0 - b0) / (da + db)) : 1;
    double middle[3] = {a0 + share * da, b0 + share * db, 0}, point[3], x, y, radius = 0;
    middle[2] = fmax(0, n - middle[0] - middle[1]);
    feems_isea_plane(middle, &x, &y);
    for (int corner = 0; corner < 4; corner++) {
        double at[3] = {a0 + (corner & 1 ? 2 * da : 0), b0 + (corner & 2 ? 2 * db : 0), 0}, cx, cy;
        at[2] = n - at[0] - at[1];
        feems_isea_plane(at, &cx, &cy);
        radius = fmax(radius, hypot(cx - x, cy - y));
    }
    radius = MOST_STRETCH * radius + w->margin;
    if (radius >= M_PI / 2) return true;
    feems_isea_point(&w->isea, b->face, middle, point);
    double lon = atan2(point[1], point[0]), lat = atan2(point[2], hypot(point[0], point[1]));
    if (!cap_meets_box(lon, lat, radius, &w->boxes[0])) return false;
    for (int64_t r = 1; r < w->n_boxes; r++)
        if (cap_meets_box(lon, lat, radius, &w->boxes[r])) return true;
    return false;
}

/* ---- the walk ------------------------------------------------------------------------------------------------------------------- */

static int offer_block(walk *w, const block *b)
{
    int status = fr_progress_tick("grid", w->list->n, 0);
    for (int64_t i = b->a0; i < b->a1 && status == FR_OK; i++)
        for (int64_t j = b->b0; j < b->b1 && i + j <= w->isea.n && status == FR_OK; j++) {
            int64_t weights[3] = {i, j, w->isea.n - i - j};
            if (feems_isea_first_face(&w->isea, b->face, weights) != b->face) continue;
            double exact[3] = {(double)weights[0], (double)weights[1], (double)weights[2]}, p[3];
            feems_isea_point(&w->isea, b->face, exact, p);
            status =
                feems_grid_offer(w->list, feems_isea_id(&w->isea, b->face, weights),
                                 atan2(p[1], p[0]) * 180 / M_PI, atan2(p[2], hypot(p[0], p[1])) * 180 / M_PI);
        }
    return status;
}

static int visit(walk *w, const block *b)
{
    if (b->a0 + b->b0 > w->isea.n || b->a0 >= b->a1 || b->b0 >= b->b1 || !meets_habitat(w, b)) return FR_OK;
    if (b->a1 - b->a0 <= leaf && b->b1 - b->b0 <= leaf) return offer_block(w, b);
    int64_t a = (b->a0 + b->a1) / 2, c = (b->b0 + b->b1) / 2;
    block quarters[4] = {{b->face, b->a0, a, b->b0, c},
                         {b->face, b->a0, a, c, b->b1},
                         {b->face, a, b->a1, b->b0, c},
                         {b->face, a, b->a1, c, b->b1}};
    int status = FR_OK;
    for (int k = 0; k < 4 && status == FR_OK; k++)
        status = visit(w, &quarters[k]);
    return status;
}

static int neighbours_of(const void *context, int64_t id, int64_t neighbours[6])
{
    return feems_isea_neighbours(context, id, neighbours);
}

int feems_grid_isea(feems_grid_list *list, int64_t n, fr_feems_graph *out)
{
    walk w = {.list = list};
    feems_isea_init(&w.isea, n);
    int status = make_boxes(&w);
    for (int f = 0; f < FEEMS_ISEA_FACES && status == FR_OK; f++) {
        block whole = {f, 0, n + 1, 0, n + 1};
        status = visit(&w, &whole);
    }
    if (status == FR_OK) status = feems_grid_finish(list, neighbours_of, &w.isea, out);
    fr_free(w.boxes);
    return status;
}
