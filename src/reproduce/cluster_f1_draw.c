/* F1 of every setting on one graph as groups of bars: reported, expected, obtained with its standard error. */
#include "cluster_f1.h"

#include <frugal/report.h>

#include <math.h>
#include <string.h>

/* The setting as gnuplot shows it: a line for the target, the rest below. */
static void add_label(fr_figure *figure, const char *setting)
{
    const char *comma = strstr(setting, ", ");
    int length = comma != NULL ? (int)(comma - setting) : (int)strlen(setting);
    fr_figure_add(figure, "\"%.*s", length, setting);
    if (comma != NULL) fr_figure_add(figure, " ({/*0.85 %s})", comma + 2);
    fr_figure_add(figure, "\"");
}

static int64_t add_data(fr_figure *figure, const reproduce_comparison *comparison, const char *title)
{
    int64_t n = 0;
    fr_figure_add(figure, "$bars << EOD\n");
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        if (strcmp(row->table, title) != 0 || strcmp(row->quantity, f1_quantity[F1_F1]) != 0) continue;
        add_label(figure, row->setting);
        fr_figure_add(figure, " %lld %.6g %.6g %.6g %.6g\n", (long long)n++, row->reported, row->expected,
                      row->obtained, isfinite(row->obtained_error) ? row->obtained_error : 0.0);
    }
    fr_figure_add(figure, "EOD\n");
    return n;
}

int cluster_f1_draw(const reproduce_comparison *comparison, int which, const char *stem)
{
    fr_figure *figure, *data;
    const char *title = f1_graphs[which].title;
    int status = fr_figure_new(1, 1, &data);
    if (status != FR_OK) return status;
    int64_t n = add_data(data, comparison, title);
    status = n > 0 ? fr_figure_new(720, 90 + 34 * (double)n, &figure) : FR_OK;
    if (n > 0 && status == FR_OK) {
        fr_figure_append(figure, data);
        fr_figure_add(
            figure,
            "set border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\nset grid xtics lc rgb "
            "'#E8E8E8' lw 0.7 lt 1\nset xrange [0:1.02]\nset yrange [%lld.6:-0.6]\nset xlabel \"F1 (by "
            "volume), mean over seeds\"\nset ytics font ',12'\nset tmargin 2.4\nset bmargin 3.4\nset rmargin "
            "2\nset key tmargin left horizontal reverse Left samplen 1.6\nset style fill solid 1 "
            "noborder\nset bars 0.4\n",
            (long long)n - 1);
        fr_figure_add(
            figure,
            "plot $bars u (0):($2-0.25):(0):3:($2-0.36):($2-0.14) w boxxyerror lc rgb '#B8BEC4' title "
            "\"reported\", "
            "'' u (0):2:(0):4:($2-0.11):($2+0.11) w boxxyerror lc rgb '#8FB8D0' title \"expected\", "
            "'' u (0):($2+0.25):(0):5:($2+0.14):($2+0.36):ytic(1) w boxxyerror lc rgb '#22577A' title "
            "\"obtained\", "
            "'' u 5:($2+0.25):6 w xerrorbars pt 7 ps 0 lc rgb '#C2410C' lw 1.2 title \"± standard error\"\n");
        status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
        fr_figure_free(figure);
    }
    fr_figure_free(data);
    return status;
}
