/* Maps of a FEEMS output folder. An edge is coloured by v = log10 w - mean log10 w, held within [-limit, limit], in the 256
 * classes of the palette; an observed node is a grey disc whose area is proportional to the square root of its number of
 * samples (Marcus et al., eLife 10:e61927, 2021, figures 2 to 4). */
#include "feems_canvas.h"
#include "feems_figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    largest_width = 600,
    largest_height = 620,
    left_margin = 38,
    bottom_margin = 24,
    top_margin = 8,
    legend_width = 104
};
enum { most_edges_svg = 60000 };

typedef struct {
    const feems_folder *folder;
    const feems_figure_settings *settings;
    feems_map_kind kind;
    feems_canvas canvas;
    fr_figure *figure;
    double disc; /* radius of a node with one sample, in points */
    double line_width;
    double s2_low, s2_high; /* colour range of the variance map */
    int64_t n_observed;
    double most_samples;
} map;

/* ---- data blocks ------------------------------------------------------------------------------------------------------- */

static void add_all_edges(map *m)
{
    fr_figure_add(m->figure, "$edges << EOD\n-9999 -9999\n\n");
    for (int64_t e = 0; e < m->folder->n_edges; e++)
        feems_canvas_edge(&m->canvas, m->figure, m->folder->edge + 4 * e);
    fr_figure_add(m->figure, "EOD\n");
}

/* One data block $c0..$c255 per colour class that occurs; edges are sorted into classes by counting. */
static int add_classed_edges(map *m, bool *occurs)
{
    int64_t n = m->folder->n_edges, start[FR_PALETTE_CLASSES + 1] = {0};
    double limit = m->settings->limit;
    int64_t *order = fr_alloc(n, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    for (int64_t e = 0; e < n; e++)
        start[fr_palette_class(m->folder->relative[e], -limit, limit) + 1]++;
    for (int k = 0; k < FR_PALETTE_CLASSES; k++) {
        occurs[k] = start[k + 1] > 0;
        start[k + 1] += start[k];
    }
    for (int64_t e = 0; e < n; e++)
        order[start[fr_palette_class(m->folder->relative[e], -limit, limit)]++] = e;
    int64_t next = 0; /* start[k] has moved to the end of class k */
    for (int k = 0; k < FR_PALETTE_CLASSES; k++) {
        if (!occurs[k]) continue;
        fr_figure_add(m->figure, "$c%d << EOD\n-9999 -9999\n\n", k);
        for (; next < start[k]; next++)
            feems_canvas_edge(&m->canvas, m->figure, m->folder->edge + 4 * order[next]);
        fr_figure_add(m->figure, "EOD\n");
    }
    fr_free(order);
    return FR_OK;
}

/* Radius with area proportional to sqrt(n). */
static double disc_radius(const map *m, double n)
{
    return m->disc * pow(fmax(n, 1), 0.25);
}

typedef struct {
    double n;
    int64_t node;
} sampled_node;

static int larger_first(const void *a, const void *b)
{
    const sampled_node *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : (x->node > y->node) - (x->node < y->node);
}

/* Observed nodes, large discs first so that small ones stay visible: x y radius colour. */
static int add_discs(map *m)
{
    const feems_folder *folder = m->folder;
    const fr_palette *purples = fr_palette_find("purples");
    sampled_node *order = fr_alloc(folder->n_nodes, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    int64_t n = 0;
    for (int64_t k = 0; k < folder->n_nodes; k++)
        if (folder->observed[k] != 0) order[n++] = (sampled_node){folder->n_samples[k], k};
    qsort(order, (size_t)n, sizeof *order, larger_first);
    fr_figure_add(m->figure, "$discs << EOD\n-9999 -9999 1 0\n");
    for (int64_t k = 0; k < n; k++) {
        double x, y;
        int64_t node = order[k].node;
        if (!feems_canvas_point(&m->canvas, folder->lon[node], folder->lat[node], &x, &y)) continue;
        uint32_t colour = 0xD9D9D9;
        if (m->kind == FEEMS_MAP_S2)
            colour = fr_palette_colour(purples, fr_palette_class(folder->s2[node], m->s2_low, m->s2_high));
        fr_figure_add(m->figure, "%.2f %.2f %.2f %u\n", x, y, disc_radius(m, order[k].n), colour);
    }
    fr_figure_add(m->figure, "EOD\n");
    fr_free(order);
    return FR_OK;
}

static void add_nodes(map *m)
{
    fr_figure_add(m->figure, "$nodes << EOD\n-9999 -9999\n");
    for (int64_t k = 0; k < m->folder->n_nodes; k++) {
        double x, y;
        if (feems_canvas_point(&m->canvas, m->folder->lon[k], m->folder->lat[k], &x, &y))
            fr_figure_add(m->figure, "%.2f %.2f\n", x, y);
    }
    fr_figure_add(m->figure, "EOD\n");
}

/* ---- legend ------------------------------------------------------------------------------------------------------------ */

static void add_palette(map *m, const fr_palette *palette)
{
    fr_figure_add(m->figure, "set palette maxcolors %d\nset palette defined (", FR_PALETTE_CLASSES);
    for (int k = 0; k < palette->n_colours; k++)
        fr_figure_add(m->figure, "%s%d '#%06X'", k > 0 ? ", " : "", k, (unsigned)palette->colours[k]);
    fr_figure_add(m->figure, ")\n");
}

/* A tick at 10^exponent: as a power where the exponent is whole, else as a number. */
static void add_weight_tick(map *m, double exponent, bool last)
{
    if (exponent == 0)
        fr_figure_add(m->figure, "'1' 0");
    else if (exponent == 1 || exponent != floor(exponent))
        fr_figure_add(m->figure, "'%.2g' %.6g", pow(10, exponent), exponent);
    else
        fr_figure_add(m->figure, "'10^{%s%g}' %.6g", exponent < 0 ? "−" : "", fabs(exponent), exponent);
    fr_figure_add(m->figure, last ? ")\n" : ", ");
}

/* The colour bar at the upper right; returns the height left below it. */
static double add_colour_bar(map *m, double canvas_width, double canvas_height)
{
    double height = fmin(190, m->canvas.height * 0.46), title = 30;
    double x = left_margin + m->canvas.width + 20, y = bottom_margin + m->canvas.height - title - height;
    bool weights = m->kind == FEEMS_MAP_MIGRATION;
    add_palette(m, fr_palette_find(weights ? m->settings->palette : "purples"));
    double low = weights ? -m->settings->limit : m->s2_low, high = weights ? m->settings->limit : m->s2_high;
    if (!(high > low)) high = low + fmax(1e-9, fabs(low) * 1e-6);
    fr_figure_add(m->figure,
                  "set cbrange [%.9g:%.9g]\nset colorbox vertical user origin screen %.5f,%.5f size screen "
                  "%.5f,%.5f noborder\n",
                  low, high, x / canvas_width, y / canvas_height, 16 / canvas_width, height / canvas_height);
    fr_figure_add(m->figure, "set label \"%s\" at %.2f,%.2f left\n",
                  weights ? "{/:Italic w} / mean {/:Italic w}" : "{/:Italic s}^2", m->canvas.width + 10.0,
                  m->canvas.height - 8);
    if (weights) {
        fr_figure_add(m->figure, "set cbtics scale 0.4 tc rgb 'black' (");
        add_weight_tick(m, -m->settings->limit, false);
        add_weight_tick(m, 0, false);
        add_weight_tick(m, m->settings->limit, true);
    } else {
        fr_figure_add(m->figure,
                      "set cbtics scale 0.4 tc rgb 'black' (\"%.3g\" %.9g, \"%.3g\" %.9g, \"%.3g\" %.9g)\n",
                      low, low, (low + high) / 2, (low + high) / 2, high, high);
    }
    return m->canvas.height - title - height;
}

/* Discs of up to three sample sizes: smallest, middle of the logarithm, largest. */
static void add_disc_legend(map *m, double top)
{
    double sizes[3] = {1, round(sqrt(m->most_samples)), m->most_samples};
    double y = top - 34, x = m->canvas.width + 20;
    fr_figure_add(m->figure, "set label \"samples\" at %.2f,%.2f left\n", m->canvas.width + 10.0, y);
    y -= 8;
    for (int k = 0; k < 3; k++) {
        if (k > 0 && sizes[k] <= sizes[k - 1]) continue;
        double radius = disc_radius(m, sizes[k]);
        y -= fmax(20, 2 * radius + 4) / 2;
        fr_figure_add(m->figure,
                      "set object circle at %.2f,%.2f size %.2f noclip front fs solid border lc rgb 'black' "
                      "fc rgb '%s' lw 0.8\n",
                      x + 4, y, radius, m->kind == FEEMS_MAP_S2 ? "#FFFFFF" : "#D9D9D9");
        fr_figure_add(m->figure, "set label \"%.0f\" at %.2f,%.2f left\n", sizes[k], x + 24, y);
        y -= fmax(20, 2 * radius + 4) / 2;
    }
}

/* A scale bar in the lower left or right corner, where the scale hardly varies over the map and no node lies below it. */
static void add_scale_bar(map *m)
{
    const feems_canvas *canvas = &m->canvas;
    double least = INFINITY, most = 0;
    for (int64_t e = 0; e < m->folder->n_edges; e++) {
        const double *edge = m->folder->edge + 4 * e;
        double a[2], b[2];
        if (!feems_canvas_point(canvas, edge[0], edge[1], &a[0], &a[1]) ||
            !feems_canvas_point(canvas, edge[2], edge[3], &b[0], &b[1]))
            continue;
        double scale = hypot(a[0] - b[0], a[1] - b[1]) / fr_great_circle(edge[0], edge[1], edge[2], edge[3]);
        least = fmin(least, scale);
        most = fmax(most, scale);
    }
    if (!(most > 0) || most > 1.16 * least) return;
    double points_per_km = 1000 * sqrt(least * most),
           kilometres = feems_round_number(0.22 * canvas->width / points_per_km);
    double length = kilometres * points_per_km;
    for (int corner = 0; corner < 2; corner++) {
        double x = corner == 0 ? 14 : canvas->width - 14 - length, y = 14;
        bool free_corner = true;
        for (int64_t k = 0; k < m->folder->n_nodes && free_corner; k++) {
            double px, py;
            if (!feems_canvas_point(canvas, m->folder->lon[k], m->folder->lat[k], &px, &py)) continue;
            free_corner = px < x - 12 || px > x + length + 12 || py > y + 30;
        }
        if (!free_corner) continue;
        fr_figure_add(m->figure, "set arrow from %.2f,%.2f to %.2f,%.2f nohead front lw 2 lc rgb '#333333'\n",
                      x, y, x + length, y);
        fr_figure_add(m->figure,
                      "set label \"%g km\" at %.2f,%.2f center front font ',12' tc rgb '#333333'\n",
                      kilometres, x + length / 2, y + 10);
        return;
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------------------- */

static void measure(map *m)
{
    const feems_folder *folder = m->folder;
    m->s2_low = INFINITY;
    m->s2_high = -INFINITY;
    for (int64_t k = 0; k < folder->n_nodes; k++) {
        if (folder->observed[k] == 0) continue;
        m->n_observed++;
        m->most_samples = fmax(m->most_samples, folder->n_samples[k]);
        if (!isfinite(folder->s2[k])) continue;
        m->s2_low = fmin(m->s2_low, folder->s2[k]);
        m->s2_high = fmax(m->s2_high, folder->s2[k]);
    }
    if (!(m->s2_low <= m->s2_high)) m->s2_low = m->s2_high = 0;
    m->line_width = fmax(0.35, fmin(3.2, 0.2 * m->canvas.edge_length));
    m->disc = fmax(2.6, fmin(7, 0.36 * m->canvas.edge_length));
    if (m->most_samples > 1) m->disc = fmin(m->disc, 14 / pow(m->most_samples, 0.25));
}

static void add_plot(map *m, bool coast, const bool *occurs)
{
    fr_figure *f = m->figure;
    bool migration = m->kind == FEEMS_MAP_MIGRATION;
    fr_figure_add(f, "plot ");
    if (coast)
        fr_figure_add(f, "$land w filledcurves closed fc rgb '#F7F7F7' notitle, $water w filledcurves closed "
                         "fc rgb '#FFFFFF' notitle, ");
    fr_figure_add(f, "$graticule w lines lc rgb '#DDDDDD' lw 0.6 notitle, ");
    if (coast) fr_figure_add(f, "$coast w lines lc rgb '#636363' lw 0.7 notitle, ");
    if (migration) {
        /* a grey rim keeps edges near the mean, almost white, visible on white */
        fr_figure_add(f, "$edges w lines lc rgb '#BDBDBD' lw %.2f notitle, ",
                      m->line_width + fmin(0.9, 0.5 * m->line_width));
        for (int step = 0; step < FR_PALETTE_CLASSES;
             step++) { /* from the middle class outwards: extremes on top */
            int k = step % 2 == 0 ? 128 + step / 2 : 127 - step / 2;
            if (occurs[k])
                fr_figure_add(f, "$c%d w lines lc rgb '#%06X' lw %.2f notitle, ", k,
                              (unsigned)fr_palette_colour(fr_palette_find(m->settings->palette), k),
                              m->line_width);
        }
    } else {
        fr_figure_add(f, "$edges w lines lc rgb '%s' lw %.2f notitle, ",
                      m->kind == FEEMS_MAP_S2 ? "#C8C8C8" : "#8C8C8C",
                      fmax(0.35, fmin(1.1, 0.1 * m->canvas.edge_length)));
    }
    if (m->kind == FEEMS_MAP_GRID)
        fr_figure_add(f, "$nodes w points pt 7 ps %.3f lc rgb '#22577A' notitle, ",
                      fmax(0.08, fmin(0.7, 0.045 * m->canvas.edge_length)));
    if (m->n_observed > 0)
        fr_figure_add(
            f, "$discs using 1:2:3:4 w circles lc rgb variable fs solid 1.0 border rgb 'black' notitle, ");
    if (m->kind != FEEMS_MAP_GRID) fr_figure_add(f, "NaN w points palette notitle, ");
    fr_figure_add(f, "NaN notitle\n");
}

int feems_map_draw(const feems_folder *folder, const feems_figure_settings *settings, feems_map_kind kind,
                   const char *stem, char *note, size_t size)
{
    map m = {.folder = folder, .settings = settings, .kind = kind};
    bool occurs[FR_PALETTE_CLASSES] = {false}, coast = false;
    int status = feems_canvas_new(folder, settings->projection, largest_width, largest_height, &m.canvas);
    if (status != FR_OK) return status;
    measure(&m);
    bool legend = kind != FEEMS_MAP_GRID || m.n_observed > 0;
    double width = left_margin + m.canvas.width + (legend ? legend_width : 12);
    double height = bottom_margin + m.canvas.height + top_margin, below = m.canvas.height + 26;
    snprintf(note, size, "%s", fr_projection_name(m.canvas.projection));
    status = fr_figure_new(width, height, &m.figure);
    if (status != FR_OK) goto done;
    fr_figure_add(m.figure,
                  "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset bmargin at screen %.6f\nset "
                  "tmargin at screen %.6f\n",
                  left_margin / width, (left_margin + m.canvas.width) / width, bottom_margin / height,
                  (bottom_margin + m.canvas.height) / height);
    fr_figure_add(m.figure,
                  "set xrange [0:%.2f]\nset yrange [0:%.2f]\nunset tics\nunset key\nset clip two\n"
                  "set border 15 lc rgb '#8C8C8C' lw 0.8\n",
                  m.canvas.width, m.canvas.height);
    if (settings->basemap != NULL && !m.canvas.plane) {
        status = feems_canvas_coast(&m.canvas, m.figure, settings->basemap);
        if (status != FR_OK) goto done;
        coast = true;
    }
    feems_canvas_graticule(&m.canvas, m.figure);
    if (!m.canvas.plane) add_scale_bar(&m);
    add_all_edges(&m);
    if (kind == FEEMS_MAP_MIGRATION) status = add_classed_edges(&m, occurs);
    if (kind == FEEMS_MAP_GRID) add_nodes(&m);
    if (status == FR_OK && m.n_observed > 0) status = add_discs(&m);
    if (status != FR_OK) goto done;
    if (kind != FEEMS_MAP_GRID) below = add_colour_bar(&m, width, height);
    if (m.n_observed > 0) add_disc_legend(&m, below);
    add_plot(&m, coast, occurs);
    status =
        fr_figure_draw(m.figure, settings->gnuplot, stem,
                       folder->n_edges <= most_edges_svg ? FR_FIGURE_SVG | FR_FIGURE_PNG : FR_FIGURE_PNG);
done:
    fr_figure_free(m.figure);
    feems_canvas_free(&m.canvas);
    return status;
}
