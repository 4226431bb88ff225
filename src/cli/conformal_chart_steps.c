/* Step functions: the p-value of every y at the first test points; the level and the errors of a stream. And how many
 * labels the sets hold. */
#include "chart.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";
static const char *const colours[] = {"#22577A", "#C2410C", "#6B8E23", "#7B5EA7"};

enum { n_colours = 4 };

/* ---- p-values ------------------------------------------------------------------------------------------------------------------- */

enum { most_panels = 6 };

/* Number, inf or -inf of a cell. */
static double end_of(const fr_table *table, int64_t row, int64_t column)
{
    const char *cell = fr_table_text(table, row, column);
    double value;
    if (strcmp(cell, "inf") == 0) return INFINITY;
    if (strcmp(cell, "-inf") == 0) return -INFINITY;
    return fr_table_f64(table, row, column, &value) == FR_OK ? value : NAN;
}

/* The finite breakpoints of a point's rows. */
static fr_interval breaks_of(const fr_table *table, int64_t from, int64_t to, int64_t lower, int64_t upper)
{
    fr_interval span = {INFINITY, -INFINITY};
    for (int64_t row = from; row < to; row++)
        for (int k = 0; k < 2; k++) {
            double value = end_of(table, row, k == 0 ? lower : upper);
            if (!isfinite(value)) continue;
            span.lower = fmin(span.lower, value);
            span.upper = fmax(span.upper, value);
        }
    if (!(span.lower <= span.upper)) return (fr_interval){-1, 1};
    double margin = span.upper > span.lower ? 0.05 * (span.upper - span.lower) : 1;
    return (fr_interval){span.lower - margin, span.upper + margin};
}

/* A round number of which about four fit into the span. */
static double tic_of(fr_interval span)
{
    double rough = (span.upper - span.lower) / 4, power = pow(10, floor(log10(rough)));
    return power * (rough < 1.5 * power ? 1 : rough < 3.5 * power ? 2 : rough < 7.5 * power ? 5 : 10);
}

static void add_panel(fr_figure *figure, const fr_table *table, int64_t from, int64_t to, int64_t panel,
                      double alpha)
{
    enum { id, lower, upper, p_value };
    fr_interval span = breaks_of(table, from, to, lower, upper);
    fr_figure_add(figure, "$panel%lld << EOD\n", (long long)panel);
    for (int64_t row = from; row < to; row++) {
        double low = fmax(end_of(table, row, lower), span.lower),
               high = fmin(end_of(table, row, upper), span.upper);
        fr_figure_add(figure, "%.9g %s\n%.9g %s\n", low, fr_table_text(table, row, p_value), high,
                      fr_table_text(table, row, p_value));
    }
    fr_figure_add(figure, "EOD\nset xrange [%.9g:%.9g]\nset xtics %.9g\nset title \"test point ", span.lower,
                  span.upper, tic_of(span));
    conformal_label(figure, fr_table_text(table, from, id));
    fr_figure_add(figure, "\" offset 0,-0.8 font ',11'\n");
    fr_figure_add(figure,
                  "plot $panel%lld w filledcurves y1=0 fs solid 0.25 noborder lc rgb '%s' notitle, "
                  "$panel%lld w lines lw 1.4 lc rgb '%s' notitle, %.9g w lines dt (6,4) lw 1.2 lc rgb '%s' "
                  "notitle\n",
                  (long long)panel, ink, (long long)panel, ink, alpha, accent);
}

/* Rows of the first test points, each a panel. */
static int draw_curves(const fr_table *table, double alpha, const char *stem)
{
    int64_t first[most_panels + 1] = {0}, panels = 1;
    for (int64_t row = 1; row <= table->n_rows && panels <= most_panels; row++)
        if (row == table->n_rows ||
            strcmp(fr_table_text(table, row, 0), fr_table_text(table, row - 1, 0)) != 0)
            first[panels++] = row;
    panels--;
    fr_figure *figure;
    int columns = panels == 1 ? 1 : panels <= 4 ? 2 : 3, lines = (int)(panels + columns - 1) / columns;
    int status = fr_figure_new(120 + 240 * columns, 60 + 190 * lines, &figure);
    if (status != FR_OK) return status;
    chart_axes(figure, "{/:Italic y}", "p-value");
    fr_figure_add(figure,
                  "set multiplot layout %d,%d\nset tmargin 2\nset lmargin 9.5\nset ylabel offset 0.8,0\nset "
                  "rmargin 1.5\nset yrange [0:1.04]\n"
                  "set ytics 0.25\nset format x '%%g'\n",
                  lines, columns);
    for (int64_t k = 0; k < panels; k++)
        add_panel(figure, table, first[k], first[k + 1], k, alpha);
    fr_figure_add(figure, "unset multiplot\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}

int conformal_chart_curves(const void *folder, const char *stem)
{
    fr_table table;
    chart_table levels = {.n = -1};
    bool there;
    int status = result_table_read(folder, "pvalues.csv", &table, &there);
    if (status == FR_OK)
        status = chart_table_read(folder, "coverage.csv", (const char *[]){"alpha", NULL}, &levels);
    /* the p-values of labels have other columns */
    if (status == FR_OK && there && table.n_rows > 0 && table.n_columns == 4)
        status = draw_curves(&table, levels.n > 0 ? levels.column[0][0] : 0.1, stem);
    chart_table_free(&levels);
    fr_table_free(&table);
    return status;
}

/* ---- a stream ------------------------------------------------------------------------------------------------------------------- */

/* Rows of one level: from..to-1. */
static void add_stream(fr_figure *figure, const chart_table *steps, int64_t from, int64_t to, int64_t number)
{
    int64_t stride = chart_stride(to - from, 3000);
    fr_figure_add(figure, "$level%lld << EOD\n", (long long)number);
    for (int64_t row = from; row < to; row += stride)
        fr_figure_add(figure, "%.9g %.9g %.9g\n", steps->column[0][row] + 1, steps->column[2][row],
                      steps->column[3][row]);
    fr_figure_add(figure, "EOD\n");
}

/* Panels: errors so far (column 3 of the blocks) and the level that was used (column 2). */
static void plot_streams(fr_figure *figure, const double *alphas, int64_t n, bool errors)
{
    fr_figure_add(figure, "set ylabel \"%s\"\nplot ",
                  errors ? "Share of misses so far" : "Level that was used");
    for (int64_t k = 0; k < n; k++) {
        const char *colour = colours[k % n_colours];
        fr_figure_add(figure, "%s$level%lld using 1:%d w lines lw 1.6 lc rgb '%s' ", k > 0 ? ", " : "",
                      (long long)k, errors ? 3 : 2, colour);
        if (errors)
            fr_figure_add(figure, "title \"α = %g\"", alphas[k]);
        else
            fr_figure_add(figure, "notitle");
        fr_figure_add(figure, ", %.9g w lines lw 1 dt (6,4) lc rgb '%s' notitle", alphas[k], colour);
    }
    fr_figure_add(figure, "\n");
}

int conformal_chart_online(const void *folder, const char *stem)
{
    static const char *const columns[] = {"step", "alpha", "alpha_t", "error_rate", NULL};
    chart_table steps;
    fr_figure *figure = NULL;
    double alphas[n_colours];
    int64_t levels = 0, from = 0;
    int status = chart_table_read(folder, "online.csv", columns, &steps);
    if (status != FR_OK || steps.n < 1) return status;
    status = fr_figure_new(560, 520, &figure);
    if (status != FR_OK) goto done;
    for (int64_t row = 1; row <= steps.n && levels < n_colours; row++) {
        if (row < steps.n && steps.column[1][row] == steps.column[1][from]) continue;
        add_stream(figure, &steps, from, row, levels);
        alphas[levels++] = steps.column[1][from];
        from = row;
    }
    chart_axes(figure, "", "");
    fr_figure_add(figure, "set multiplot layout 2,1\n");
    plot_streams(figure, alphas, levels, true);
    fr_figure_add(figure, "unset key\nset tmargin 1\nset xlabel \"Step\" offset 0,0.2\n");
    plot_streams(figure, alphas, levels, false);
    fr_figure_add(figure, "unset multiplot\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&steps);
    return status;
}

/* ---- sizes of sets of labels --------------------------------------------------------------------------------------------------------- */

enum { most_sizes = 30 };

/* Shares of the sets of each size at each of the first levels; a set of size s has s rows. */
static int64_t count_sizes(const chart_table *sets, double alphas[n_colours],
                           double share[n_colours][most_sizes + 1], int64_t *largest)
{
    int64_t levels = 0;
    double total[n_colours] = {0};
    *largest = 0;
    for (int64_t row = 0; row < sets->n; row++) {
        int64_t size = (int64_t)sets->column[1][row], level = 0;
        while (level < levels && alphas[level] != sets->column[0][row])
            level++;
        if (level == n_colours) continue;
        if (level == levels) alphas[levels++] = sets->column[0][row];
        int64_t place = size < most_sizes ? size : most_sizes;
        double weight = size > 1 ? 1 / (double)size : 1;
        share[level][place] += weight;
        total[level] += weight;
        *largest = place > *largest ? place : *largest;
    }
    for (int64_t level = 0; level < levels; level++)
        for (int64_t size = 0; size <= *largest; size++)
            share[level][size] /= total[level];
    return levels;
}

int conformal_chart_sizes(const void *folder, const char *stem)
{
    chart_table sets;
    fr_figure *figure = NULL;
    double alphas[n_colours], share[n_colours][most_sizes + 1] = {{0}};
    int64_t largest;
    int status = chart_table_read(folder, "sets.csv", (const char *[]){"alpha", "size", NULL}, &sets);
    if (status != FR_OK || sets.n < 1) return status;
    int64_t levels = count_sizes(&sets, alphas, share, &largest);
    status = fr_figure_new(fmax(400, 140 + 60 * (double)largest), 340, &figure);
    if (status != FR_OK) goto done;
    fr_figure_add(figure, "$sizes << EOD\n");
    for (int64_t size = 0; size <= largest; size++) {
        fr_figure_add(figure, "%lld%s", (long long)size, size == most_sizes ? "+" : "");
        for (int64_t level = 0; level < levels; level++)
            fr_figure_add(figure, " %.6g", share[level][size]);
        fr_figure_add(figure, "\n");
    }
    fr_figure_add(figure, "EOD\n");
    chart_axes(figure, "Labels in the set", "Share of the test points");
    fr_figure_add(figure,
                  "set style data histogram\nset style histogram clustered gap 1\nset style fill solid 1\n"
                  "set yrange [0:*]\nset xrange [-0.6:%g]\nunset grid\n"
                  "set grid ytics lc rgb '#E8E8E8' lw 0.7 lt 1\nplot ",
                  (double)largest + 0.6);
    for (int64_t level = 0; level < levels; level++)
        fr_figure_add(figure, "%s$sizes using %lld%s lc rgb '%s' title \"α = %g\"", level > 0 ? ", " : "",
                      (long long)level + 2, level == 0 ? ":xtic(1)" : "", colours[level], alphas[level]);
    fr_figure_add(figure, "\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&sets);
    return status;
}
