/* How wide the sets are: for each method and level a box from the 25 % to the 75 % point of the widths, whiskers to 5 %
 * and 95 %. */
#include "chart.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>
#include <stdlib.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Widths of the sets that are neither infinite nor empty, ascending. */
static int64_t take_widths(const fr_conformal_result *sets, int64_t level, double *widths)
{
    int64_t n = 0;
    for (int64_t t = 0; t < sets->m; t++) {
        const int64_t *first = &sets->first[t * sets->n_alphas + level];
        double width = 0;
        for (int64_t k = first[0]; k < first[1]; k++)
            width += sets->pieces[k].upper - sets->pieces[k].lower;
        if (first[1] > first[0] && isfinite(width)) widths[n++] = width;
    }
    qsort(widths, (size_t)n, sizeof *widths, compare_numbers);
    return n;
}

static double share_of(const double *sorted, int64_t n, double share)
{
    double at = share * (double)(n - 1);
    int64_t below = (int64_t)at;
    double above = sorted[below + 1 < n ? below + 1 : below];
    return sorted[below] + (at - (double)below) * (above - sorted[below]);
}

static int name_rows(const conformal_series *series, int64_t n, conformal_rows *rows, int64_t *all)
{
    int status = FR_OK;
    *all = 0;
    for (int64_t s = 0; s < n; s++) {
        *all += series[s].sets.n_alphas;
        for (int64_t a = 0; status == FR_OK && a < series[s].sets.n_alphas; a++)
            status = conformal_rows_add(rows, series[s].method, series[s].sets.alphas[a], "");
    }
    return status;
}

/* One line a box: its row and its five numbers. *filled: those that have any. */
static int add_boxes(fr_figure *figure, const conformal_series *series, int64_t n, int64_t *filled)
{
    int64_t row = 0;
    *filled = 0;
    fr_figure_add(figure, "$boxes << EOD\n");
    for (int64_t s = 0; s < n; s++) {
        const fr_conformal_result *sets = &series[s].sets;
        double *widths = fr_alloc(sets->m, sizeof *widths);
        if (widths == NULL) return FR_ENOMEM;
        for (int64_t a = 0; a < sets->n_alphas && row < conformal_most_rows; a++) {
            int64_t count = take_widths(sets, a, widths);
            row++;
            *filled += count > 0;
            if (count > 0)
                fr_figure_add(figure, "%lld %.9g %.9g %.9g %.9g %.9g\n", (long long)row,
                              share_of(widths, count, 0.05), share_of(widths, count, 0.25),
                              share_of(widths, count, 0.5), share_of(widths, count, 0.75),
                              share_of(widths, count, 0.95));
        }
        fr_free(widths);
    }
    fr_figure_add(figure, "EOD\n");
    return FR_OK;
}

int conformal_chart_widths(const void *folder, const char *stem)
{
    conformal_series *series;
    conformal_rows rows = {0};
    fr_figure *figure = NULL;
    int64_t n, all, filled = 0;
    int status = conformal_series_of(folder, &series, &n);
    if (status == FR_OK) status = name_rows(series, n, &rows, &all);
    if (status == FR_OK) status = conformal_rows_figure(&rows, all, "Width of the sets", &figure);
    if (status == FR_OK) status = add_boxes(figure, series, n, &filled);
    if (status != FR_OK || filled == 0) goto done;
    fr_figure_add(
        figure,
        "set xrange [0:*]\nset style fill solid 0.35 border\n"
        "plot $boxes using 2:1:($6-$2):(0) w vectors nohead lw 1.3 lc rgb '%s' notitle, "
        "for [k=0:1] '' using (k ? $6 : $2):($1-0.15):(0):(0.3) w vectors nohead lw 1.3 lc rgb '%s' notitle, "
        "'' using 4:1:3:5:($1-0.27):($1+0.27) w boxxyerror lw 1.3 lc rgb '%s' title \"5, 25, 75, 95 %% of "
        "the "
        "test points\", "
        "'' using 4:($1-0.27):(0):(0.54) w vectors nohead lw 2.6 lc rgb '%s' title \"median\"\n",
        ink, ink, ink, accent);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    conformal_rows_free(&rows);
    conformal_series_free(series, n);
    return status;
}
