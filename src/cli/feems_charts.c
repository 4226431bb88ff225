/* The charts beside the map: observed against fitted and against great-circle distance with the least-squares line, and the
 * cross-validation curve. */
#include "feems_figures.h"

#include <math.h>
#include <stdio.h>

enum { most_points_svg = 12000 };

typedef struct {
    double slope, intercept, r_squared, least_x, most_x;
    int64_t n;
} line_fit;

/* Ordinary least squares y = intercept + slope x over pairs that are finite; by updated means, so that nothing cancels. */
static line_fit fit_line(const double *x, const double *y, int64_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    line_fit fit = {.least_x = INFINITY, .most_x = -INFINITY};
    for (int64_t k = 0; k < n; k++) {
        if (!isfinite(x[k]) || !isfinite(y[k])) continue;
        fit.n++;
        double step_x = x[k] - mean_x, step_y = y[k] - mean_y;
        mean_x += step_x / (double)fit.n;
        mean_y += step_y / (double)fit.n;
        xx += step_x * (x[k] - mean_x);
        yy += step_y * (y[k] - mean_y);
        xy += step_x * (y[k] - mean_y);
        fit.least_x = fmin(fit.least_x, x[k]);
        fit.most_x = fmax(fit.most_x, x[k]);
    }
    fit.slope = xx > 0 ? xy / xx : NAN;
    fit.intercept = mean_y - fit.slope * mean_x;
    fit.r_squared = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : NAN;
    return fit;
}

static void add_axes(fr_figure *figure, const char *x_label, const char *y_label)
{
    fr_figure_add(figure,
                  "set border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\nset grid xtics ytics "
                  "lc rgb '#E8E8E8' lw 0.7 lt 1\n"
                  "set xlabel \"%s\" offset 0,0.2\nset ylabel \"%s\"\nset lmargin 9\nset rmargin 2\nset "
                  "tmargin 1\nset bmargin 3.4\n",
                  x_label, y_label);
}

int feems_chart_distances(const feems_folder *folder, const feems_figure_settings *settings, bool fitted,
                          const char *stem)
{
    const double *x = fitted ? folder->fitted : folder->kilometres, *y = folder->seen;
    line_fit fit = fit_line(x, y, folder->n_pairs);
    if (fit.n == 0) return fr_fail(FR_EINPUT, "%s/distances.csv holds no pair to draw", folder->path);
    fr_figure *figure;
    int status = fr_figure_new(480, 400, &figure);
    if (status != FR_OK) return status;
    add_axes(figure, fitted ? "Fitted genetic distance" : "Great-circle distance (km)",
             "Observed genetic distance");
    fr_figure_add(figure, "$pairs << EOD\n");
    for (int64_t k = 0; k < folder->n_pairs; k++)
        if (isfinite(x[k]) && isfinite(y[k])) fr_figure_add(figure, "%.5g %.5g\n", x[k], y[k]);
    fr_figure_add(figure, "EOD\n");
    int opacity_drop = fit.n > 20000 ? 0xE6 : fit.n > 1500 ? 0xC0 : 0x80; /* dense clouds: paler dots */
    fr_figure_add(figure,
                  "set tmargin 4\nset key tmargin left reverse Left samplen 1.6 spacing 1.1 maxrows 3\n");
    if (!fitted) fr_figure_add(figure, "set xrange [0:*]\n");
    fr_figure_add(figure,
                  "plot $pairs w points pt 7 ps %.2f lc rgb '#%02X22577A' notitle, NaN w points pt 7 ps 0.6 "
                  "lc rgb '#22577A' title \"%lld pairs of sampled nodes\"",
                  fit.n > 20000  ? 0.25
                  : fit.n > 1500 ? 0.38
                                 : 0.6,
                  opacity_drop, (long long)fit.n);
    if (fitted)
        fr_figure_add(figure,
                      ", [%.9g:%.9g] x w lines lc rgb '#8C8C8C' lw 1.2 dt (6,5) title \"observed = fitted\"",
                      fit.least_x, fit.most_x);
    if (isfinite(fit.slope))
        fr_figure_add(figure,
                      ", [%.9g:%.9g] %.9g + %.9g * x w lines lc rgb '#C2410C' lw 2 title \"least squares, "
                      "{/:Italic R}^2 = %.3f\"",
                      fit.least_x, fit.most_x, fit.intercept, fit.slope, fit.r_squared);
    fr_figure_add(figure, "\n");
    status = fr_figure_draw(figure, settings->gnuplot, stem,
                            fit.n <= most_points_svg ? FR_FIGURE_SVG | FR_FIGURE_PNG : FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}

/* Mean and bars: the upper panel (paired = false) as in cv_mean.csv; the lower the difference to the chosen lambda. */
static void add_cv_block(fr_figure *figure, const feems_folder *folder, bool paired)
{
    fr_figure_add(figure, "$%s << EOD\n", paired ? "paired" : "curve");
    for (int64_t k = 0; k < folder->n_lambdas; k++) {
        double value = folder->cv_mean[k] - (paired ? folder->cv_mean[folder->best] : 0);
        double error = paired ? folder->paired_error[k] : folder->cv_error[k];
        if (isfinite(value) && folder->lambda[k] > 0)
            fr_figure_add(figure, "%.9g %.9g %.9g\n", folder->lambda[k], value,
                          isfinite(error) ? error : 0.0);
    }
    fr_figure_add(figure, "EOD\n");
}

static void add_cv_plot(fr_figure *figure, const feems_folder *folder, bool paired)
{
    const char *block = paired ? "paired" : "curve";
    double best = folder->lambda[folder->best];
    double one = feems_folder_number(folder, "metrics/one_standard_error_lambda");
    double height = paired ? 0 : folder->cv_mean[folder->best];
    if (folder->paired_error != NULL) /* the key stands above each panel */
        fr_figure_add(figure, "set tmargin at screen %g\nset bmargin at screen %g\n%s", paired ? 0.43 : 0.87,
                      paired ? 0.10 : 0.55,
                      paired ? "set key at graph 0.5, graph 1.13 center top reverse Left\n" : "");
    else
        fr_figure_add(figure, "set tmargin 5.8\n");
    fr_figure_add(
        figure,
        "set arrow 1 from %.9g, graph 0 to %.9g, graph 1 nohead back dt (6,5) lc rgb '#C2410C' lw 1.2\n",
        best, best);
    fr_figure_add(figure,
                  "plot $%s w yerrorbars pt 7 ps 0 lc rgb '#9DB4C4' lw 1.4 title \"± standard error%s\", ",
                  block, paired ? " of the difference" : "");
    fr_figure_add(figure, "$%s w linespoints pt 7 ps 0.55 lc rgb '#22577A' lw 1.6 %s, ", block,
                  paired ? "notitle" : "title \"mean over folds\"");
    fr_figure_add(figure, "'+' using (%.9g):(%.9g) every ::::0 w points pt 7 ps 1.1 lc rgb '#C2410C' ", best,
                  height);
    if (paired)
        fr_figure_add(figure, "notitle\n");
    else
        fr_figure_add(figure, "title \"chosen λ = %.3g\"", best);
    if (paired) return;
    int64_t k = 0;
    while (k < folder->n_lambdas && !(fabs(folder->lambda[k] - one) <= 1e-9 * one))
        k++;
    if (k < folder->n_lambdas && k != folder->best)
        fr_figure_add(figure,
                      ", '+' using (%.9g):(%.9g) every ::::0 w points pt 6 ps 1.2 lw 1.6 lc rgb '#C2410C' "
                      "title \"one-standard-error λ = %.3g\"",
                      one, folder->cv_mean[k], one);
    fr_figure_add(figure, "\n");
}

int feems_chart_cv(const feems_folder *folder, const feems_figure_settings *settings, const char *stem)
{
    bool paired = folder->paired_error != NULL;
    fr_figure *figure;
    int status = fr_figure_new(480, paired ? 640 : 400, &figure);
    if (status != FR_OK) return status;
    add_cv_block(figure, folder, false);
    add_axes(figure, "Smoothness λ", "Cross-validation error");
    fr_figure_add(figure, "set logscale x\nset format x '10^{%%T}'\nset offsets graph 0.04, graph 0.04, "
                          "graph 0.06, graph 0.06\n"
                          "set key above reverse Left samplen 1.4 spacing 1.1 font ',12'"
                          "\nset bars 0.5\nset lmargin 11\n");
    if (paired) {
        add_cv_block(figure, folder, true);
        fr_figure_add(figure, "set multiplot\nset xlabel ''\n");
    }
    add_cv_plot(figure, folder, false);
    if (paired) {
        fr_figure_add(figure, "set xlabel \"Smoothness λ\"\nset ylabel \"Difference to the chosen λ\"\n"
                              "set xzeroaxis lc rgb '#8C8C8C' lw 0.8\n");
        add_cv_plot(figure, folder, true);
        fr_figure_add(figure, "unset multiplot\n");
    }
    status = fr_figure_draw(figure, settings->gnuplot, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}
