/* Many clusters at once, conductance against size: network community profile, neighbourhoods of all nodes, batches. */
#include "cluster_figures.h"

#include <math.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

/* Conductance 0 has no place on a logarithmic axis: it is drawn at half of the least positive one. */
static double floor_of(const double *values, int64_t n)
{
    double least = INFINITY;
    for (int64_t k = 0; k < n; k++)
        if (values[k] > 0) least = fmin(least, values[k]);
    return isfinite(least) ? 0.5 * least : 0.5;
}

typedef struct {
    double low, high;
} span;

static span span_of(const double *values, int64_t n)
{
    span found = {INFINITY, 0};
    for (int64_t k = 0; k < n; k++)
        if (values[k] > 0) {
            found.low = fmin(found.low, values[k]);
            found.high = fmax(found.high, values[k]);
        }
    if (!(found.high > 0)) found = (span){1, 10};
    if (found.high <= found.low * 1.01) found = (span){found.low * 0.7, found.high * 1.4};
    return found;
}

/* A block of points; at most 20000 of them, chosen evenly. */
static void add_cloud(fr_figure *figure, const char *name, const double *x, const double *y, int64_t n,
                      double least)
{
    int64_t stride = chart_stride(n, 20000);
    fr_figure_add(figure, "$%s << EOD\n", name);
    for (int64_t k = 0; k < n; k += stride)
        if (x[k] > 0 && isfinite(y[k])) fr_figure_add(figure, "%.6g %.6g\n", x[k], fmax(y[k], least));
    fr_figure_add(figure, "EOD\n");
}

static void add_log_axes(fr_figure *figure, span x, double low)
{
    chart_log_axis(figure, 'x', x.low, x.high);
    chart_log_axis(figure, 'y', low, 1);
    fr_figure_add(figure, "set xrange [%.9g:%.9g]\nset yrange [%.9g:1.3]\n", x.low * 0.85, x.high * 1.18,
                  low * 0.8);
}

int cluster_chart_ncp(const void *folder, const char *stem)
{
    static const char *const columns[] = {"output_volume_smaller", "output_conductance", NULL};
    chart_table rows, envelope = {.n = -1};
    fr_figure *figure = NULL;
    int status = chart_table_read(folder, "ncp.csv", columns, &rows);
    if (status != FR_OK || rows.n < 1) return status;
    status = chart_table_read(folder, "ncp_envelope.csv", columns, &envelope);
    if (status == FR_OK) status = fr_figure_new(520, 400, &figure);
    if (status != FR_OK) goto done;
    double least = floor_of(rows.column[1], rows.n);
    int64_t best = 0;
    for (int64_t k = 1; k < rows.n; k++)
        if (rows.column[1][k] < rows.column[1][best]) best = k;
    add_cloud(figure, "rows", rows.column[0], rows.column[1], rows.n, least);
    if (envelope.n > 0)
        add_cloud(figure, "envelope", envelope.column[0], envelope.column[1], envelope.n, least);
    chart_axes(figure, "Volume of the smaller side", "Conductance {/:Italic φ}");
    add_log_axes(figure, span_of(rows.column[0], rows.n),
                 fmin(least * 2, rows.column[1][best] > 0 ? rows.column[1][best] : least));
    fr_figure_add(
        figure,
        "plot $rows w points pt 7 ps %g lc rgb '%s' notitle, NaN w points pt 7 ps 0.7 lc rgb '#9DB4C4' title "
        "\"%lld clusters\"",
        rows.n > 3000 ? 0.25 : 0.4, rows.n > 3000 ? "#C0779DB0" : "#80779DB0", (long long)rows.n);
    if (envelope.n > 0)
        fr_figure_add(figure, ", $envelope w lines lc rgb '%s' lw 2 title \"lower envelope\"", ink);
    fr_figure_add(figure,
                  ", '+' using (%.9g):(%.9g) every ::::0 w points pt 7 ps 1.2 lc rgb '%s' title \"least "
                  "{/:Italic φ} = %.4g\"\n",
                  rows.column[0][best], fmax(rows.column[1][best], least), accent, rows.column[1][best]);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&rows);
    chart_table_free(&envelope);
    return status;
}

/* A cloud of clusters with the best marked. */
static int draw_cloud(const void *folder, const char *stem, const char *file, const char *const *columns,
                      const char *x_label, const char *what)
{
    chart_table rows;
    fr_figure *figure = NULL;
    int status = chart_table_read(folder, file, columns, &rows);
    if (status != FR_OK || rows.n < 1) return status;
    status = fr_figure_new(480, 360, &figure);
    if (status != FR_OK) goto done;
    int64_t best = 0;
    for (int64_t k = 1; k < rows.n; k++)
        if (rows.column[1][k] < rows.column[1][best]) best = k;
    double least = floor_of(rows.column[1], rows.n);
    add_cloud(figure, "rows", rows.column[0], rows.column[1], rows.n, least);
    chart_axes(figure, x_label, "Conductance {/:Italic φ}");
    add_log_axes(figure, span_of(rows.column[0], rows.n), fmin(least * 2, 0.5));
    fr_figure_add(
        figure,
        "plot $rows w points pt 7 ps %g lc rgb '#8022577A' notitle, NaN w points pt 7 ps 0.7 lc rgb '%s' "
        "title \"%lld %s\", '+' using (%.9g):(%.9g) every ::::0 w points pt 7 ps 1.2 lc rgb '%s' title "
        "\"best: {/:Italic φ} = %.4g\"\n",
        rows.n > 3000 ? 0.25 : 0.5, ink, (long long)rows.n, what, rows.column[0][best],
        fmax(rows.column[1][best], least), accent, rows.column[1][best]);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&rows);
    return status;
}

int cluster_chart_neighbourhoods(const void *folder, const char *stem)
{
    return draw_cloud(folder, stem, "triangles.csv", (const char *[]){"volume", "conductance", NULL},
                      "Volume of the neighbourhood", "neighbourhoods");
}

int cluster_chart_batch(const void *folder, const char *stem)
{
    return draw_cloud(folder, stem, "batch.csv", (const char *[]){"volume", "conductance", NULL},
                      "Volume of the cluster", "clusters");
}
