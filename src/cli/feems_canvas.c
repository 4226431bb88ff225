/* The map's window: projection, scale in points per metre, and drawing of edges that may cross the projection's seam. */
#include "feems_canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double degree = 3.14159265358979323846 / 180;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The shortest arc of longitudes that holds all nodes: the complement of the widest gap between neighbours. */
static int longitude_range(const double *lon, int64_t n, double *lon0, double *lon1)
{
    double *sorted = fr_alloc(n, sizeof *sorted);
    if (sorted == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < n; k++)
        sorted[k] = lon[k] - 360 * floor((lon[k] + 180) / 360);
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    int64_t after = 0;
    double widest = sorted[0] + 360 - sorted[n - 1];
    for (int64_t k = 1; k < n; k++) {
        if (sorted[k] - sorted[k - 1] > widest) {
            widest = sorted[k] - sorted[k - 1];
            after = k;
        }
    }
    *lon0 = sorted[after];
    *lon1 = sorted[after] + 360 - widest;
    fr_free(sorted);
    return FR_OK;
}

static int node_box(const feems_folder *folder, feems_canvas *canvas)
{
    canvas->lat0 = canvas->lon0 = INFINITY;
    canvas->lat1 = canvas->lon1 = -INFINITY;
    for (int64_t k = 0; k < folder->n_nodes; k++) {
        canvas->lat0 = fmin(canvas->lat0, folder->lat[k]);
        canvas->lat1 = fmax(canvas->lat1, folder->lat[k]);
        canvas->lon0 = fmin(canvas->lon0, folder->lon[k]);
        canvas->lon1 = fmax(canvas->lon1, folder->lon[k]);
    }
    return canvas->plane ? FR_OK
                         : longitude_range(folder->lon, folder->n_nodes, &canvas->lon0, &canvas->lon1);
}

static int median_edge(const feems_folder *folder, feems_canvas *canvas)
{
    double *length = fr_alloc(folder->n_edges, sizeof *length);
    if (length == NULL) return FR_ENOMEM;
    int64_t n = 0;
    for (int64_t e = 0; e < folder->n_edges; e++) {
        const double *edge = folder->edge + 4 * e;
        double x0, y0, x1, y1;
        if (feems_canvas_point(canvas, edge[0], edge[1], &x0, &y0) &&
            feems_canvas_point(canvas, edge[2], edge[3], &x1, &y1))
            length[n++] = hypot(x1 - x0, y1 - y0);
    }
    if (n > 0) {
        qsort(length, (size_t)n, sizeof *length, by_value);
        canvas->edge_length = length[n / 2];
    }
    fr_free(length);
    return FR_OK;
}

int feems_canvas_new(const feems_folder *folder, const char *projection, double width, double height,
                     feems_canvas *out)
{
    memset(out, 0, sizeof *out);
    if (folder->n_nodes == 0) return fr_fail(FR_EINPUT, "%s holds no nodes to draw", folder->path);
    out->plane = strcmp(projection, "plane") == 0;
    int status = node_box(folder, out);
    if (status == FR_OK)
        status = fr_projection_new(projection, out->lon0, out->lon1, out->lat0, out->lat1, &out->projection);
    if (status != FR_OK) goto done;
    out->scale = 1;
    double left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;
    for (int64_t k = 0; k < folder->n_nodes; k++) {
        double x, y;
        if (!feems_canvas_point(out, folder->lon[k], folder->lat[k], &x, &y)) continue;
        left = fmin(left, x), right = fmax(right, x), bottom = fmin(bottom, y), top = fmax(top, y);
    }
    if (!(left <= right)) {
        status = fr_fail(FR_EUSAGE, "the projection \"%s\" has no image of any node", projection);
        goto done;
    }
    double margin = 0.045 * fmax(right - left, top - bottom);
    if (!(margin > 0)) margin = 1; /* a single place */
    double wide = right - left + 2 * margin, tall = top - bottom + 2 * margin;
    out->origin_x = left - margin;
    out->origin_y = bottom - margin;
    out->scale = fmin(width / wide, height / tall);
    out->width = wide * out->scale;
    out->height = tall * out->scale;
    status = median_edge(folder, out);
done:
    if (status != FR_OK) feems_canvas_free(out);
    return status;
}

void feems_canvas_free(feems_canvas *canvas)
{
    fr_projection_free(canvas->projection);
    memset(canvas, 0, sizeof *canvas);
}

bool feems_canvas_point(const feems_canvas *canvas, double lon, double lat, double *x, double *y)
{
    if (!fr_project(canvas->projection, lon, lat, x, y) || !isfinite(*x) || !isfinite(*y)) return false;
    *x = (*x - canvas->origin_x) * canvas->scale;
    *y = (*y - canvas->origin_y) * canvas->scale;
    return true;
}

/* No projection in use stretches a short arc by more than eight where maps are drawn; a seam stretches it without bound. */
bool feems_canvas_whole(const feems_canvas *canvas, const double from[2], const double to[2],
                        const double from_point[2], const double to_point[2])
{
    if (canvas->plane) return true;
    double drawn = hypot(to_point[0] - from_point[0], to_point[1] - from_point[1]);
    return drawn <= 1 || drawn <= 8 * canvas->scale * fr_great_circle(from[0], from[1], to[0], to[1]);
}

/* The place at `share` of the great circle between the two ends of the edge. */
static void along_great_circle(const double edge[4], double share, double place[2])
{
    double a[3] = {cos(edge[1] * degree) * cos(edge[0] * degree),
                   cos(edge[1] * degree) * sin(edge[0] * degree), sin(edge[1] * degree)};
    double b[3] = {cos(edge[3] * degree) * cos(edge[2] * degree),
                   cos(edge[3] * degree) * sin(edge[2] * degree), sin(edge[3] * degree)};
    double angle = acos(fmax(-1, fmin(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
    double of_a = angle > 1e-12 ? sin((1 - share) * angle) / sin(angle) : 1 - share;
    double of_b = angle > 1e-12 ? sin(share * angle) / sin(angle) : share;
    double c[3] = {of_a * a[0] + of_b * b[0], of_a * a[1] + of_b * b[1], of_a * a[2] + of_b * b[2]};
    place[0] = atan2(c[1], c[0]) / degree;
    place[1] = atan2(c[2], hypot(c[0], c[1])) / degree;
}

void feems_canvas_edge(const feems_canvas *canvas, fr_figure *figure, const double edge[4])
{
    enum { pieces = 16 };
    double from[2], to[2];
    bool from_ok = feems_canvas_point(canvas, edge[0], edge[1], &from[0], &from[1]);
    bool to_ok = feems_canvas_point(canvas, edge[2], edge[3], &to[0], &to[1]);
    double drawn = from_ok && to_ok ? hypot(to[0] - from[0], to[1] - from[1]) : INFINITY;
    if (canvas->plane || drawn <= 3 * canvas->scale * fr_great_circle(edge[0], edge[1], edge[2], edge[3])) {
        fr_figure_add(figure, "%.2f %.2f\n%.2f %.2f\n\n", from[0], from[1], to[0], to[1]);
        return;
    }
    double before[2] = {edge[0], edge[1]};
    for (int piece = 1; piece <= pieces; piece++) {
        double here[2] = {edge[2], edge[3]};
        if (piece < pieces) along_great_circle(edge, (double)piece / pieces, here);
        to_ok = feems_canvas_point(canvas, here[0], here[1], &to[0], &to[1]);
        if (from_ok && to_ok && feems_canvas_whole(canvas, before, here, from, to))
            fr_figure_add(figure, "%.2f %.2f\n%.2f %.2f\n\n", from[0], from[1], to[0], to[1]);
        memcpy(before, here, sizeof before);
        memcpy(from, to, sizeof from);
        from_ok = to_ok;
    }
}

double feems_round_number(double x)
{
    double power = pow(10, floor(log10(x) + 1e-9));
    double leading = x / power;
    return power * (leading >= 5 - 1e-9 ? 5 : leading >= 2 - 1e-9 ? 2 : 1);
}
