/* The profile of a sweep: conductance of every prefix, with the best one. */
#include "cluster_figures.h"

#include <math.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

/* A long profile is thinned out: of each run of `stride` prefixes the one of least conductance is kept. */
static void add_profile(fr_figure *figure, const chart_table *sweep, int64_t stride)
{
    fr_figure_add(figure, "$profile << EOD\n");
    for (int64_t k = 0; k < sweep->n; k += stride) {
        int64_t least = k;
        for (int64_t j = k; j < sweep->n && j < k + stride; j++)
            if (sweep->column[1][j] < sweep->column[1][least]) least = j;
        fr_figure_add(figure, "%.9g %.6g\n", sweep->column[0][least] + 1, sweep->column[1][least]);
    }
    fr_figure_add(figure, "EOD\n");
}

static int64_t best_prefix(const chart_table *sweep)
{
    int64_t best = 0;
    for (int64_t k = 1; k < sweep->n; k++)
        if (sweep->column[1][k] < sweep->column[1][best]) best = k;
    return best;
}

int cluster_chart_sweep(const void *folder, const char *stem)
{
    chart_table sweep;
    fr_figure *figure = NULL;
    int status = chart_table_read(folder, "sweep.csv",
                                  (const char *[]){"rank", "conductance", "volume", NULL}, &sweep);
    if (status != FR_OK || sweep.n < 1) return status;
    status = fr_figure_new(480, 360, &figure);
    if (status != FR_OK) goto done;
    int64_t best = best_prefix(&sweep);
    double least = sweep.column[1][best];
    add_profile(figure, &sweep, chart_stride(sweep.n, 4000));
    chart_axes(figure, "Nodes in the prefix", "Conductance {/:Italic φ}");
    if (sweep.n > 50) chart_log_axis(figure, 'x', 1, (double)sweep.n);
    fr_figure_add(figure, "set xrange [%s:%lld]\nset yrange [0:%g]\n", sweep.n > 50 ? "1" : "0.5",
                  (long long)sweep.n + (sweep.n < 50), 1.05);
    fr_figure_add(
        figure,
        "plot $profile w %s lc rgb '%s' pt 7 ps 0.5 lw 1.6 title \"prefixes of the ranking\", '+' using "
        "(%.9g):(%.9g) every ::::0 w points pt 7 ps 1.2 lc rgb '%s' title \"best: %lld node%s, volume %.6g, "
        "{/:Italic φ} = %.4g\"\n",
        sweep.n > 50 ? "lines" : "linespoints", ink, sweep.column[0][best] + 1, least, accent,
        (long long)best + 1, best == 0 ? "" : "s", sweep.column[2][best], least);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&sweep);
    return status;
}
