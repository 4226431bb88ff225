/* Paths against rho or the tolerance: who enters when and how good the cluster is there; and the grid of a search. */
#include "cluster_figures.h"

#include <math.h>

static const char ink[] = "#22577A", accent[] = "#C2410C", faint[] = "#9DB4C4";

/* Two panels over one horizontal axis that runs from large to small. */
static void add_panel(fr_figure *figure, bool upper, const char *x_label, const char *y_label)
{
    chart_axes(figure, upper ? "" : x_label, y_label);
    fr_figure_add(
        figure,
        "set lmargin at screen 0.15\nset rmargin at screen 0.96\nset tmargin at screen %g\nset bmargin at "
        "screen %g\n",
        upper ? 0.90 : 0.48, upper ? 0.55 : 0.12);
}

static int64_t least_of(const double *values, int64_t n)
{
    int64_t least = 0;
    for (int64_t k = 1; k < n; k++)
        if (values[k] < values[least]) least = k;
    return least;
}

int cluster_chart_path(const void *folder, const char *stem)
{
    chart_table path;
    fr_figure *figure = NULL;
    static const char *const columns[] = {"order", "rho", "volume", "conductance", NULL};
    int status = chart_table_read(folder, "path.csv", columns, &path);
    if (status != FR_OK || path.n < 1) return status;
    status = fr_figure_new(480, 520, &figure);
    if (status != FR_OK) goto done;
    const double *rho = path.column[1], *conductance = path.column[3];
    int64_t n = path.n, best = -1;
    fr_figure_add(figure, "$path << EOD\n");
    for (int64_t k = 0; k < n; k++) {
        if (k + 1 < n && rho[k + 1] == rho[k]) continue; /* not a support: more nodes enter at this rho */
        fr_figure_add(figure, "%.9g %lld %.6g\n", rho[k], (long long)k + 1, conductance[k]);
        if (best < 0 || conductance[k] < conductance[best]) best = k;
    }
    double end = rho[n - 1] < rho[0] ? rho[n - 1] : 0.5 * rho[0];
    fr_figure_add(figure, "%.9g %lld %.6g\nEOD\nset multiplot\n", end, (long long)n, conductance[n - 1]);
    chart_log_axis(figure, 'x', end, rho[0]);
    fr_figure_add(figure, "set xrange [%.9g:%.9g]\n", rho[0] * 1.05, end * 0.95);
    add_panel(figure, true, "", "Conductance {/:Italic φ}");
    fr_figure_add(
        figure,
        "set format x ''\nset yrange [0:1.05]\nplot $path using 1:3 w steps lc rgb '%s' lw 1.8 title "
        "\"support at {/:Italic ρ}\", '+' using (%.9g):(%.9g) every ::::0 w points pt 7 ps 1.2 lc rgb '%s' "
        "title \"best: %lld node%s, {/:Italic φ} = %.4g\"\n",
        ink, rho[best], conductance[best], accent, (long long)best + 1, best == 0 ? "" : "s",
        conductance[best]);
    add_panel(figure, false, "Regularisation {/:Italic ρ} (decreasing)", "Nodes in the support");
    chart_log_axis(figure, 'x', end, rho[0]);
    fr_figure_add(figure, "unset key\nset autoscale y\nset yrange [0.8:*]\n");
    if (n > 20) chart_log_axis(figure, 'y', 1, (double)n);
    fr_figure_add(figure,
                  "plot $path using 1:2 w steps lc rgb '%s' lw 1.8 notitle, '+' using (%.9g):(%lld) every "
                  "::::0 w points pt 7 ps 1.2 lc rgb '%s' notitle\nunset multiplot\n",
                  ink, rho[best], (long long)best + 1, accent);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&path);
    return status;
}

int cluster_chart_ppr_path(const void *folder, const char *stem)
{
    chart_table rows;
    fr_figure *figure = NULL;
    static const char *const columns[] = {"eps", "conductance", "size", NULL};
    int status = chart_table_read(folder, "ppr_path.csv", columns, &rows);
    if (status != FR_OK || rows.n < 1) return status;
    status = fr_figure_new(480, 360, &figure);
    if (status != FR_OK) goto done;
    const double *eps = rows.column[0], *conductance = rows.column[1];
    int64_t best = least_of(conductance, rows.n), last = rows.n - 1;
    fr_figure_add(figure, "$rows << EOD\n");
    for (int64_t k = 0; k < rows.n; k++)
        fr_figure_add(figure, "%.9g %.6g\n", eps[k], conductance[k]);
    fr_figure_add(figure, "EOD\n");
    chart_axes(figure, "Tolerance {/:Italic ε} (decreasing)", "Conductance {/:Italic φ}");
    chart_log_axis(figure, 'x', eps[last], eps[0]);
    fr_figure_add(
        figure,
        "set xrange [%.9g:%.9g]\nset yrange [0:1.05]\nplot $rows w steps lc rgb '%s' lw 1.8 title \"best "
        "sweep at {/:Italic ε}\", '+' using (%.9g):(%.9g) every ::::0 w points pt 7 ps 1.2 lc rgb '%s' title "
        "\"best: %.0f nodes, {/:Italic φ} = %.4g\"\n",
        eps[0] * 1.05, eps[last] * 0.95, ink, eps[best], conductance[best], accent, rows.column[2][best],
        conductance[best]);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&rows);
    return status;
}

int cluster_chart_stagewise(const void *folder, const char *stem)
{
    chart_table steps;
    fr_figure *figure = NULL;
    int status = chart_table_read(folder, "stagewise.csv", (const char *[]){"step", "rho", NULL}, &steps);
    if (status != FR_OK || steps.n < 2) goto done;
    status = fr_figure_new(480, 360, &figure);
    if (status != FR_OK) goto done;
    int64_t stride = chart_stride(steps.n, 4000);
    fr_figure_add(figure, "$steps << EOD\n");
    for (int64_t k = 0; k < steps.n; k += stride)
        fr_figure_add(figure, "%.9g %.6g\n", steps.column[0][k] + 1, steps.column[1][k]);
    fr_figure_add(figure, "EOD\n");
    chart_axes(figure, "Step", "Largest residual {/:Italic r_i / d_i}");
    chart_log_axis(figure, 'y', steps.column[1][steps.n - 1], steps.column[1][0]);
    fr_figure_add(figure, "plot $steps w lines lc rgb '%s' lw 1.6 title \"%lld steps\"\n", ink,
                  (long long)steps.n);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&steps);
    return status;
}

/* The best support on the path of each alpha. */
static int64_t put_path_rows(fr_figure *figure, const chart_table *rows)
{
    int64_t count = 0;
    fr_figure_add(figure, "$path << EOD\n");
    for (int64_t k = 0; k < rows->n; k++) {
        if (rows->column[3][k] == 0) continue;
        fr_figure_add(figure, "%.6g %.9g\n", rows->column[1][k], rows->column[2][k]);
        count++;
    }
    fr_figure_add(figure, "EOD\n");
    return count;
}

/* One line for each alpha: conductance of the sweep against rho; a cross for each path. */
int cluster_chart_search(const void *folder, const char *stem)
{
    static const char *const colours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"};
    static const char *const columns[] = {"alpha", "rho", "sweep_conductance", "path_supports", NULL};
    chart_table rows;
    fr_figure *figure = NULL;
    int status = chart_table_read(folder, "search.csv", columns, &rows);
    if (status != FR_OK || rows.n < 1) return status;
    status = fr_figure_new(480, 380, &figure);
    if (status != FR_OK) goto done;
    double low = INFINITY, high = 0;
    int64_t lines = 0, most = 6;
    for (int64_t k = 0; k < rows.n; k++) {
        low = fmin(low, rows.column[1][k]), high = fmax(high, rows.column[1][k]);
        if (k == 0 || rows.column[0][k] != rows.column[0][k - 1])
            fr_figure_add(figure, "%s$line%lld << EOD\n", k == 0 ? "" : "EOD\n", (long long)lines++);
        if (rows.column[3][k] == 0)
            fr_figure_add(figure, "%.9g %.6g %.9g\n", rows.column[1][k], rows.column[2][k],
                          rows.column[0][k]);
    }
    fr_figure_add(figure, "EOD\n");
    int64_t paths = put_path_rows(figure, &rows);
    chart_axes(figure, "Regularisation {/:Italic ρ} (decreasing)",
               "Conductance {/:Italic φ} of the best sweep");
    chart_log_axis(figure, 'x', low, high);
    fr_figure_add(figure, "set xrange [%.9g:%.9g]\nset yrange [0:1.05]\nset key maxrows 3\nplot ", high * 1.1,
                  low * 0.9);
    int64_t line = 0;
    for (int64_t k = 0; k < rows.n; k++) {
        if (k > 0 && rows.column[0][k] == rows.column[0][k - 1]) continue;
        fr_figure_add(figure, "%s$line%lld w linespoints pt %lld ps 0.6 lw 1.5 lc rgb '%s' ",
                      line == 0 ? "" : ", ", (long long)line, (long long)(4 + line % most),
                      lines <= most ? colours[line % most] : faint);
        if (lines <= most)
            fr_figure_add(figure, "title \"{/:Italic α} = %.3g\"", rows.column[0][k]);
        else
            fr_figure_add(figure, "notitle");
        line++;
    }
    if (paths > 0)
        fr_figure_add(figure, ", $path w points pt 2 ps 1.1 lw 2 lc rgb '%s' title \"best on the path\"",
                      ink);
    fr_figure_add(figure, "\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&rows);
    return status;
}
