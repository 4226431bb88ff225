/* F1 of every setting on one graph as groups of bars: reported, expected, obtained with its standard error. */
#include "cluster_f1.h"

#include <frugal/report.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The row's label without the method, where all rows have the same one. */
static void add_label(fr_figure *figure, const char *setting, const char *method)
{
    char part[64];
    snprintf(part, sizeof part, ", %s", method != NULL ? method : "");
    const char *found = method != NULL ? strstr(setting, part) : NULL;
    int before = (int)(found != NULL ? found - setting : (ptrdiff_t)strlen(setting));
    fr_figure_add(figure, "\"%.*s%s\"", before, setting, found != NULL ? found + strlen(part) : "");
}

static int64_t add_data(fr_figure *figure, const reproduce_comparison *comparison, const f1_graph *graph,
                        bool *any_reported)
{
    int64_t n = 0;
    const char *method = f1_common_method(graph);
    fr_figure_add(figure, "$bars << EOD\n");
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        if (strcmp(row->table, graph->title) != 0 || strcmp(row->quantity, f1_quantity[F1_F1]) != 0) continue;
        add_label(figure, row->setting, method);
        fr_figure_add(figure, " %lld %.6g %.6g %.6g %.6g\n", (long long)n++, row->reported, row->expected,
                      row->obtained, isfinite(row->obtained_error) ? row->obtained_error : 0.0);
        *any_reported = *any_reported || isfinite(row->reported);
    }
    fr_figure_add(figure, "EOD\n");
    return n;
}

static void add_axes(fr_figure *figure, int64_t n)
{
    fr_figure_add(
        figure,
        "set border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\n"
        "set grid xtics lc rgb '#E8E8E8' lw 0.7 lt 1\nset xrange [0:1.02]\nset yrange [%lld.6:-0.6]\n"
        "set xlabel \"F1 (by volume), mean over seeds\"\nset ytics noenhanced font ',12'\n"
        "set tmargin 2.4\nset bmargin 3.4\nset rmargin 2\nset style fill solid 1 noborder\nset bars 0.4\n"
        "set key at screen 0.99, screen 0.99 right top horizontal maxrows 1 reverse Left samplen 1.4 "
        "width -2\n",
        (long long)n - 1);
}

/* Bars of one column of the data, from 0 to the value, `offset` below the row's middle. */
static void add_bars(fr_figure *figure, int column, double offset, double half_height, const char *colour,
                     const char *title)
{
    fr_figure_add(figure,
                  "$bars u (0):($2%+g):(0):%d:($2%+g):($2%+g) w boxxyerror lc rgb '%s' title \"%s\", ",
                  offset, column, offset - half_height, offset + half_height, colour, title);
}

static int draw_bars(fr_figure *data, int64_t n, bool any_reported, const char *stem)
{
    double half_height = any_reported ? 0.11 : 0.15, offset = any_reported ? 0.25 : 0.17;
    fr_figure *figure;
    int status = fr_figure_new(720, 90 + 34 * (double)n, &figure);
    if (status != FR_OK) return status;
    fr_figure_append(figure, data);
    add_axes(figure, n);
    fr_figure_add(figure, "plot $bars u (0):2:ytic(1) w points ps 0 notitle, ");
    if (any_reported) add_bars(figure, 3, -offset, half_height, "#B8BEC4", "reported");
    add_bars(figure, 4, any_reported ? 0 : -offset, half_height, "#8FB8D0", "expected");
    add_bars(figure, 5, offset, half_height, "#22577A", "obtained");
    fr_figure_add(
        figure,
        "$bars u 5:($2%+g):6 w xerrorbars pt 7 ps 0 lc rgb '#C2410C' lw 1.2 title \"± standard error\"\n",
        offset);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}

int cluster_f1_draw(const reproduce_comparison *comparison, int which, const char *stem)
{
    bool any_reported = false;
    fr_figure *data;
    int status = fr_figure_new(1, 1, &data);
    if (status != FR_OK) return status;
    int64_t n = add_data(data, comparison, &f1_graphs[which], &any_reported);
    if (n > 0) status = draw_bars(data, n, any_reported, stem);
    fr_figure_free(data);
    return status;
}
