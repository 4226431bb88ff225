/* What lies behind the edges of a map: land and coastline from a basemap, and the graticule with its labels. */
#include "feems_canvas.h"

#include <math.h>
#include <string.h>

/* ---- coastline --------------------------------------------------------------------------------------------------------- */

/* Sutherland-Hodgman: the ring's part on one side of a line of the window; axis 0: x, 1: y; keep >= bound or <= bound. */
static int64_t clip_side(const double *ring, int64_t n, int axis, double bound, bool keep_above, double *out)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < n; k++) {
        const double *a = ring + 2 * k, *b = ring + 2 * ((k + 1) % n);
        bool a_in = keep_above ? a[axis] >= bound : a[axis] <= bound;
        bool b_in = keep_above ? b[axis] >= bound : b[axis] <= bound;
        if (a_in) memcpy(out + 2 * kept++, a, 2 * sizeof *a);
        if (a_in != b_in) {
            double share = (bound - a[axis]) / (b[axis] - a[axis]);
            out[2 * kept] = a[0] + share * (b[0] - a[0]);
            out[2 * kept + 1] = a[1] + share * (b[1] - a[1]);
            kept++;
        }
    }
    return kept;
}

/* Is the point within the ring, even-odd? */
static bool in_ring(const double *x, const double *y, int64_t stride, int64_t n, double px, double py)
{
    bool inside = false;
    for (int64_t k = 0, j = n - 1; k < n; j = k++) {
        double xk = x[k * stride], yk = y[k * stride], xj = x[j * stride], yj = y[j * stride];
        if ((yk > py) != (yj > py) && px < (xj - xk) * (py - yk) / (yj - yk) + xk) inside = !inside;
    }
    return inside;
}

/* Does the point lie inside an odd number of the rings other than r? */
static bool in_other_rings(const fr_lines *lines, const double *box, int64_t r, double px, double py)
{
    bool inside = false;
    for (int64_t s = 0; s < lines->n_lines; s++) {
        int64_t first = lines->start[s], n = lines->start[s + 1] - first;
        const double *of_s = box + 4 * s;
        if (px < of_s[0] || px > of_s[1] || py < of_s[2] || py > of_s[3]) continue;
        if (s != r && lines->closed[s] && n > 2 && in_ring(lines->x + first, lines->y + first, 1, n, px, py))
            inside = !inside;
    }
    return inside;
}

/* Is ring r a hole (a lake)? Sixteen of its points must lie inside: single ones may lie on a border that two countries share,
 * where inside and outside are a matter of rounding. */
static bool is_hole(const fr_lines *lines, const double *box, int64_t r)
{
    int64_t first = lines->start[r], n = lines->start[r + 1] - first, step = n > 16 ? n / 16 : 1;
    for (int64_t k = 0; k < n; k += step)
        if (!in_other_rings(lines, box, r, lines->x[first + k], lines->y[first + k])) return false;
    return n > 0;
}

/* Bounding boxes x0, x1, y0, y1 of all rings. */
static double *ring_boxes(const fr_lines *lines)
{
    double *box = fr_alloc(4 * lines->n_lines, sizeof *box);
    for (int64_t r = 0; box != NULL && r < lines->n_lines; r++) {
        double *b = box + 4 * r;
        b[0] = b[2] = INFINITY;
        b[1] = b[3] = -INFINITY;
        for (int64_t k = lines->start[r]; k < lines->start[r + 1]; k++) {
            b[0] = fmin(b[0], lines->x[k]), b[1] = fmax(b[1], lines->x[k]);
            b[2] = fmin(b[2], lines->y[k]), b[3] = fmax(b[3], lines->y[k]);
        }
    }
    return box;
}

/* The ring in points; false if part of it has no image or is torn by a seam. */
static bool ring_points(const feems_canvas *canvas, const fr_lines *lines, int64_t r, double *points)
{
    int64_t first = lines->start[r], n = lines->start[r + 1] - first;
    for (int64_t k = 0; k < n; k++)
        if (!feems_canvas_point(canvas, lines->x[first + k], lines->y[first + k], &points[2 * k],
                                &points[2 * k + 1]))
            return false;
    for (int64_t k = 0; k < n; k++) {
        int64_t next = (k + 1) % n;
        double from[2] = {lines->x[first + k], lines->y[first + k]};
        double to[2] = {lines->x[first + next], lines->y[first + next]};
        if (!feems_canvas_whole(canvas, from, to, points + 2 * k, points + 2 * next)) return false;
    }
    return true;
}

/* Around the far side of the globe inside and outside change places: then a ring with no point in the window must not
 * fill it. The middle of the nodes tells. */
static bool turned_inside_out(const feems_canvas *canvas, const fr_lines *lines, int64_t r,
                              const double *points)
{
    int64_t first = lines->start[r], n = lines->start[r + 1] - first;
    double lon = (canvas->lon0 + canvas->lon1) / 2, lat = (canvas->lat0 + canvas->lat1) / 2, x, y;
    if (!feems_canvas_point(canvas, lon, lat, &x, &y)) return true;
    if (!canvas->plane && lon > 180) lon -= 360;
    return in_ring(points, points + 1, 2, n, x, y) !=
           in_ring(lines->x + first, lines->y + first, 1, n, lon, lat);
}

/* The closed rings, land or holes, as filled shapes cut to the window; one point at least, so that the block can be plotted. */
static void add_fill(const feems_canvas *canvas, fr_figure *figure, const fr_lines *lines,
                     const uint8_t *hole, bool holes, double *points, double *scratch)
{
    fr_figure_add(figure, "$%s << EOD\n-9999 -9999\n\n", holes ? "water" : "land");
    for (int64_t r = 0; r < lines->n_lines; r++) {
        int64_t n = lines->start[r + 1] - lines->start[r];
        if (!lines->closed[r] || n < 3 || (hole[r] != 0) != holes || !ring_points(canvas, lines, r, points))
            continue;
        if (turned_inside_out(canvas, lines, r, points)) continue;
        n = clip_side(points, n, 0, -2, true, scratch);
        n = clip_side(scratch, n, 0, canvas->width + 2, false, points);
        n = clip_side(points, n, 1, -2, true, scratch);
        n = clip_side(scratch, n, 1, canvas->height + 2, false, points);
        for (int64_t k = 0; k < n; k++)
            fr_figure_add(figure, "%.2f %.2f\n", points[2 * k], points[2 * k + 1]);
        if (n > 0) fr_figure_add(figure, "\n");
    }
    fr_figure_add(figure, "EOD\n");
}

static bool near_window(const feems_canvas *canvas, const double from[2], const double to[2])
{
    return fmax(from[0], to[0]) >= 0 && fmin(from[0], to[0]) <= canvas->width && fmax(from[1], to[1]) >= 0 &&
           fmin(from[1], to[1]) <= canvas->height;
}

static void add_coastline(const feems_canvas *canvas, fr_figure *figure, const fr_lines *lines)
{
    fr_figure_add(figure, "$coast << EOD\n-9999 -9999\n\n");
    for (int64_t r = 0; r < lines->n_lines; r++) {
        int64_t first = lines->start[r], n = lines->start[r + 1] - first;
        double before[2] = {0}, from[2] = {0};
        bool from_ok = false, pen_down = false;
        for (int64_t k = 0; k < n + (lines->closed[r] && n > 2); k++) {
            double here[2] = {lines->x[first + k % n], lines->y[first + k % n]}, to[2];
            bool to_ok = feems_canvas_point(canvas, here[0], here[1], &to[0], &to[1]);
            bool cut =
                fabs(before[0]) > 179.99 && fabs(here[0]) > 179.99; /* land ends at the date line: no coast */
            if (from_ok && to_ok && !cut && near_window(canvas, from, to) &&
                feems_canvas_whole(canvas, before, here, from, to)) {
                if (!pen_down) fr_figure_add(figure, "%.2f %.2f\n", from[0], from[1]);
                fr_figure_add(figure, "%.2f %.2f\n", to[0], to[1]);
                pen_down = true;
            } else if (pen_down) {
                fr_figure_add(figure, "\n");
                pen_down = false;
            }
            memcpy(before, here, sizeof before);
            memcpy(from, to, sizeof from);
            from_ok = to_ok;
        }
        if (pen_down) fr_figure_add(figure, "\n");
    }
    fr_figure_add(figure, "EOD\n");
}

int feems_canvas_coast(const feems_canvas *canvas, fr_figure *figure, const char *basemap)
{
    fr_lines lines = {0};
    double *points = NULL, *scratch = NULL, *box = NULL;
    uint8_t *hole = NULL;
    int status = fr_lines_read(basemap, &lines);
    if (status != FR_OK) return status;
    int64_t longest = 0;
    for (int64_t r = 0; r < lines.n_lines; r++)
        if (lines.start[r + 1] - lines.start[r] > longest) longest = lines.start[r + 1] - lines.start[r];
    points = fr_alloc(32 * (longest + 4), sizeof *points); /* each of four cuts can at most double the ring */
    scratch = fr_alloc(32 * (longest + 4), sizeof *scratch);
    hole = fr_alloc(lines.n_lines, sizeof *hole);
    box = ring_boxes(&lines);
    if (points == NULL || scratch == NULL || hole == NULL || box == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t r = 0; r < lines.n_lines; r++)
        hole[r] = lines.closed[r] && lines.start[r + 1] > lines.start[r] && is_hole(&lines, box, r);
    add_fill(canvas, figure, &lines, hole, false, points, scratch);
    add_fill(canvas, figure, &lines, hole, true, points, scratch);
    add_coastline(canvas, figure, &lines);
done:
    fr_lines_free(&lines);
    fr_free(points);
    fr_free(scratch);
    fr_free(hole);
    fr_free(box);
    return status;
}

/* ---- graticule --------------------------------------------------------------------------------------------------------- */

static double graticule_step(double span)
{
    static const double steps[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 45};
    size_t k = 0;
    while (k + 1 < sizeof steps / sizeof steps[0] && span / steps[k] > 6)
        k++;
    return steps[k];
}

static void add_degrees(fr_figure *figure, double value, const char *positive, const char *negative)
{
    double angle = value - 360 * floor((value + 180) / 360);
    const char *side = angle == 0 || angle == -180 ? "" : angle > 0 ? positive : negative;
    fr_figure_add(figure, "set label \"%g°%s\" ", fabs(angle), side);
}

/* One line of the graticule, meridian or parallel, and its label where it first leaves through the bottom (meridians) or the
 * left side (parallels) of the window. `taken`: where the last label of this side sits. */
static void add_graticule_line(const feems_canvas *canvas, fr_figure *lines, fr_figure *labels, bool meridian,
                               double value, double begin, double end)
{
    enum { pieces = 240 };
    double before[2] = {0}, from[2] = {0};
    bool from_ok = false, labelled = false;
    for (int piece = 0; piece <= pieces; piece++) {
        double other = begin + (end - begin) * piece / pieces, to[2];
        double here[2] = {meridian ? value : other, meridian ? other : value};
        bool to_ok = feems_canvas_point(canvas, here[0], here[1], &to[0], &to[1]);
        if (from_ok && to_ok && near_window(canvas, from, to) &&
            feems_canvas_whole(canvas, before, here, from, to)) {
            fr_figure_add(lines, "%.2f %.2f\n%.2f %.2f\n\n", from[0], from[1], to[0], to[1]);
            int axis = meridian ? 1 : 0;
            if (!labelled && (from[axis] < 0) != (to[axis] < 0)) {
                double share = from[axis] / (from[axis] - to[axis]);
                double place = from[1 - axis] + share * (to[1 - axis] - from[1 - axis]);
                if (place > 8 && place < (meridian ? canvas->width : canvas->height) - 4) {
                    add_degrees(labels, value, meridian ? "E" : "N", meridian ? "W" : "S");
                    if (meridian)
                        fr_figure_add(labels, "at %.2f,-12 center font ',12' tc rgb '#555555'\n", place);
                    else
                        fr_figure_add(labels, "at -5,%.2f right font ',12' tc rgb '#555555'\n", place);
                    labelled = true;
                }
            }
        }
        memcpy(before, here, sizeof before);
        memcpy(from, to, sizeof from);
        from_ok = to_ok;
    }
}

static void plane_ticks(const feems_canvas *canvas, fr_figure *figure)
{
    double step = feems_round_number(fmax(canvas->width, canvas->height) / canvas->scale / 4);
    for (double v = ceil(canvas->origin_x / step) * step;
         v <= canvas->origin_x + canvas->width / canvas->scale; v += step)
        fr_figure_add(figure, "set label \"%g\" at %.2f,-12 center font ',12' tc rgb '#555555'\n",
                      fabs(v) < step / 1e6 ? 0 : v, (v - canvas->origin_x) * canvas->scale);
    for (double v = ceil(canvas->origin_y / step) * step;
         v <= canvas->origin_y + canvas->height / canvas->scale; v += step)
        fr_figure_add(figure, "set label \"%g\" at -5,%.2f right font ',12' tc rgb '#555555'\n",
                      fabs(v) < step / 1e6 ? 0 : v, (v - canvas->origin_y) * canvas->scale);
}

void feems_canvas_graticule(const feems_canvas *canvas, fr_figure *figure)
{
    fr_figure *labels = NULL;
    if (canvas->plane) {
        fr_figure_add(figure, "$graticule << EOD\n-9999 -9999\nEOD\n");
        plane_ticks(canvas, figure);
        return;
    }
    double wide = canvas->lon1 - canvas->lon0, tall = canvas->lat1 - canvas->lat0;
    double reach = fmax(wide, tall);
    bool whole_globe = reach > 40; /* the window's corners may lie far outside the nodes' box */
    double west = whole_globe ? -180 : canvas->lon0 - 2 * reach - 0.5,
           east = whole_globe ? 179.99 : canvas->lon1 + 2 * reach + 0.5;
    double south = fmax(-90, whole_globe ? -90 : canvas->lat0 - 2 * reach - 0.5);
    double north = fmin(90, whole_globe ? 90 : canvas->lat1 + 2 * reach + 0.5);
    double lon_step = graticule_step(wide), lat_step = graticule_step(tall);
    if (fr_figure_new(1, 1, &labels) != FR_OK) return;
    fr_figure_add(figure, "$graticule << EOD\n-9999 -9999\n\n");
    for (double lon = ceil(west / lon_step) * lon_step; lon <= east; lon += lon_step)
        add_graticule_line(canvas, figure, labels, true, lon, fmax(south, -80), fmin(north, 80));
    for (double lat = ceil(south / lat_step) * lat_step; lat <= north; lat += lat_step)
        add_graticule_line(canvas, figure, labels, false, lat, west, whole_globe ? 180 : east);
    fr_figure_add(figure, "EOD\n");
    fr_figure_append(figure, labels);
    fr_figure_free(labels);
}
