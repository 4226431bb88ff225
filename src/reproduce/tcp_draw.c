/* Figures of the trimmed conformal experiments: bars of widths by method with a column of panels for each table, and widths along
 * the sweeps; upper row the prediction sets, lower row the ranges that trimming leaves. */
#include "tcp.h"

#include <frugal/report.h>

static const char *const colour[TCP_METHODS] = {"#22577A", "#4D7C0F", "#C2410C", "#808890"};

static const char *const row_title[] = {
    [TCP_WIDTH] = "width of the set", [TCP_TRIAL] = "width of the range searched"};

/* A panel for a quantity (row) and a column of the page, below a strip for the legend. */
static void begin_panel(fr_figure *figure, int column, int n_columns, int quantity)
{
    fr_figure_add(figure, "set origin %.4f,%.4f\nset size %.4f,0.45\n", (double)column / n_columns,
                  quantity == TCP_WIDTH ? 0.47 : 0.01, 1.0 / n_columns);
    fr_figure_add(figure, "set ylabel \"%s\"\n", column == 0 ? row_title[quantity] : "");
}

static void begin_page(fr_figure *figure, double top_margin, double bottom_margin)
{
    fr_figure_add(figure,
                  "set multiplot\nset border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\n"
                  "set grid ytics lc rgb '#E8E8E8' lw 0.7 lt 1\nunset key\nset tmargin %g\n"
                  "set bmargin %g\nset lmargin 7\nset rmargin 1.5\nset bars 0.5\n"
                  "set style fill solid 1 noborder\nset yrange [0:*]\n",
                  top_margin, bottom_margin);
}

/* In an empty plot along the top; what is to be told follows as a plot command. */
static void begin_legend(fr_figure *figure, int spacing)
{
    fr_figure_add(figure,
                  "set origin 0,0.93\nset size 1,0.07\nunset border\nunset tics\nunset xlabel\nunset ylabel\n"
                  "unset title\nset lmargin 0\nset rmargin 0\nset tmargin 0\nset bmargin 0\n"
                  "set xrange [0:1]\nset yrange [0:1]\nunset grid\n"
                  "set key at screen 0.5, screen 0.99 center top horizontal maxrows 1 reverse Left "
                  "samplen 1.4 width %d\nplot ",
                  spacing);
}

static int finish(fr_figure *figure, const char *stem)
{
    fr_figure_add(figure, "unset multiplot\n");
    int status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}

/* ---- tables ----------------------------------------------------------------------------------------------------------- */

static const char *const bar_colour[] = {"#B8BEC4", "#8FB8D0", "#22577A"};
static const char *const bar_name[] = {"reported", "expected", "obtained"};

/* $t0q0: name, reported, expected, obtained, its standard error */
static int add_bars(fr_figure *figure, const reproduce_comparison *comparison, const char *table, int number,
                    int quantity)
{
    int n = 0;
    fr_figure_add(figure, "$t%dq%d << EOD\n", number, quantity);
    for (int method = 0; method < TCP_METHODS; method++) {
        const reproduce_row *row =
            reproduce_find_row(comparison, table, tcp_method[method], tcp_quantity[quantity]);
        if (row == NULL) continue;
        fr_figure_add(figure, "\"%s\" %.6g %.6g %.6g %.6g\n", tcp_method[method], row->reported,
                      row->expected, row->obtained,
                      isfinite(row->obtained_error) ? row->obtained_error : 0.0);
        n++;
    }
    fr_figure_add(figure, "EOD\n");
    return n;
}

static void plot_bars(fr_figure *figure, int number, int quantity, int n)
{
    fr_figure_add(figure, "set xrange [-0.6:%d.6]\nplot ", n - 1);
    for (int bar = 0; bar < 3; bar++)
        fr_figure_add(figure, "$t%dq%d u ($0%+g):%d:(0.24)%s w boxes lc rgb '%s', ", number, quantity,
                      0.26 * (bar - 1), 2 + bar, bar == 1 ? ":xtic(1)" : "", bar_colour[bar]);
    fr_figure_add(figure,
                  "$t%dq%d u ($0+0.26):($4-$5):(0):(2*$5) w vectors heads size screen 0.003,90 lc rgb "
                  "'#C2410C' lw 1.2\n",
                  number, quantity);
}

int tcp_draw_tables(const reproduce_comparison *comparison, int n_tables, const char *const *tables,
                    const char *stem)
{
    fr_figure *figure;
    int status = fr_figure_new(n_tables > 2 ? 1240 : 860, 580, &figure);
    if (status != FR_OK) return status;
    int bars[4][2];
    for (int k = 0; k < n_tables; k++)
        for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
            bars[k][quantity] = add_bars(figure, comparison, tables[k], k, quantity);
    begin_page(figure, 2, 2.2);
    fr_figure_add(figure, "set xtics font ',10'\n");
    for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
        for (int k = 0; k < n_tables; k++) {
            begin_panel(figure, k, n_tables, quantity);
            fr_figure_add(figure, "set title \"%s\" noenhanced\n", quantity == TCP_WIDTH ? tables[k] : "");
            plot_bars(figure, k, quantity, bars[k][quantity]);
        }
    begin_legend(figure, -2);
    for (int bar = 0; bar < 3; bar++)
        fr_figure_add(figure, "NaN w boxes lc rgb '%s' title \"%s\", ", bar_colour[bar], bar_name[bar]);
    fr_figure_add(figure, "NaN w lines lc rgb '#C2410C' lw 1.2 title \"± standard error\"\n");
    return finish(figure, stem);
}

/* ---- sweeps ----------------------------------------------------------------------------------------------------------- */

/* $s0q0m0: value, obtained, its standard error */
static void add_curve(fr_figure *figure, const reproduce_comparison *comparison, int sweep, int quantity,
                      int method)
{
    int64_t value;
    char setting[96], name[48];
    tcp_sweep_quantity(method, quantity, name, sizeof name);
    fr_figure_add(figure, "$s%dq%dm%d << EOD\n", sweep, quantity, method);
    for (int k = 0; (value = tcp_sweep_value(sweep, k)) > 0; k++) {
        tcp_sweep_setting(sweep, value, setting, sizeof setting);
        const reproduce_row *row = reproduce_find_row(comparison, tcp_sweep[sweep], setting, name);
        if (row != NULL)
            fr_figure_add(figure, "%lld %.6g %.6g\n", (long long)value, row->obtained, row->obtained_error);
    }
    fr_figure_add(figure, "EOD\n");
}

/* Split conformal alone searches no range. */
static int n_curves(int quantity)
{
    return quantity == TCP_TRIAL ? TCP_SPLIT_ALONE : TCP_METHODS;
}

int tcp_draw_sweeps(const reproduce_comparison *comparison, int which, const char *stem)
{
    static const char *const axis[TCP_SWEEPS] = {"features p", "nonzero coefficients k"};
    fr_figure *figure;
    (void)which; /* there is one */
    int status = fr_figure_new(820, 600, &figure);
    if (status != FR_OK) return status;
    for (int sweep = 0; sweep < TCP_SWEEPS; sweep++)
        for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
            for (int method = 0; method < n_curves(quantity); method++)
                add_curve(figure, comparison, sweep, quantity, method);
    begin_page(figure, 0.8, 3.6);
    for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
        for (int sweep = 0; sweep < TCP_SWEEPS; sweep++) {
            begin_panel(figure, sweep, TCP_SWEEPS, quantity);
            fr_figure_add(figure, "set xlabel \"%s\"\nset xrange [0:*]\nplot ", axis[sweep]);
            for (int method = 0; method < n_curves(quantity); method++)
                fr_figure_add(figure, "%s$s%dq%dm%d u 1:2:3 w yerrorlines pt 7 ps 0.5 lw 1.4 lc rgb '%s'",
                              method > 0 ? ", " : "", sweep, quantity, method, colour[method]);
            fr_figure_add(figure, "\n");
        }
    begin_legend(figure, 1);
    for (int method = 0; method < TCP_METHODS; method++)
        fr_figure_add(figure, "%sNaN w linespoints pt 7 ps 0.7 lw 1.4 lc rgb '%s' title \"%s\"",
                      method > 0 ? ", " : "", colour[method], tcp_method[method]);
    fr_figure_add(figure, "\n");
    return finish(figure, stem);
}
