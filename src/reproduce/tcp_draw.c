/* Figures of the trimmed conformal experiments: widths of the prediction sets and of the ranges that trimming leaves, as
 * bars by method with a row of panels for each table, and as curves along the sweeps. */
#include "tcp.h"

#include <frugal/report.h>

static const char *const colour[TCP_METHODS] = {"#22577A", "#4D7C0F", "#C2410C", "#808890"};

/* The curves of the trims often coincide: those below are wider and have larger, open points. */
static const struct {
    int point;
    double size, line;
} style[TCP_METHODS] = {{6, 1.0, 3}, {4, 0.7, 2}, {7, 0.4, 1}, {7, 0.4, 1.2}};

static const char *const width_of[] = {
    [TCP_WIDTH] = "width of the set", [TCP_TRIAL] = "width of the range searched"};

/* Below a strip for the legend. */
typedef struct {
    int rows, columns;
    double height, legend; /* in pixels */
} panel_grid;

static void begin_panel(fr_figure *figure, const panel_grid *grid, int row, int column)
{
    double strip = grid->legend / grid->height, height = (1 - strip) / grid->rows;
    fr_figure_add(figure, "set origin %.4f,%.4f\nset size %.4f,%.4f\n", (double)column / grid->columns,
                  1 - strip - height * (row + 1), 1.0 / grid->columns, height);
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
static void begin_legend(fr_figure *figure, const panel_grid *grid, int spacing)
{
    double strip = grid->legend / grid->height;
    fr_figure_add(figure,
                  "set origin 0,%.4f\nset size 1,%.4f\nunset border\nunset tics\nunset xlabel\nunset ylabel\n"
                  "unset title\nset lmargin 0\nset rmargin 0\nset tmargin 0\nset bmargin 0\n"
                  "set xrange [0:1]\nset yrange [0:1]\nunset grid\n"
                  "set key at screen 0.5, screen 0.99 center top horizontal maxrows 1 reverse Left "
                  "samplen 1.4 width %d\nplot ",
                  1 - strip, strip, spacing);
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

static void draw_table(fr_figure *figure, const panel_grid *grid, int number, const char *table,
                       const int bars[2])
{
    for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++) {
        begin_panel(figure, grid, number, quantity);
        fr_figure_add(figure, "set title \"%s\"\nset ylabel \"%s\" noenhanced\nset ytics %d\n",
                      number == 0 ? width_of[quantity] : "", quantity == TCP_WIDTH ? table : "",
                      quantity == TCP_WIDTH ? 2 : 10);
        plot_bars(figure, number, quantity, bars[quantity]);
    }
}

int tcp_draw_tables(const reproduce_comparison *comparison, int n_tables, const char *const *tables,
                    const char *stem)
{
    const panel_grid grid = {.rows = n_tables, .columns = 2, .height = 40 + 210 * n_tables, .legend = 40};
    fr_figure *figure;
    int status = fr_figure_new(860, grid.height, &figure);
    if (status != FR_OK) return status;
    int bars[4][2];
    for (int k = 0; k < n_tables; k++)
        for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
            bars[k][quantity] = add_bars(figure, comparison, tables[k], k, quantity);
    begin_page(figure, 2, 2.2);
    fr_figure_add(figure,
                  "set format y \"%%3.0f\"\n"); /* labels of one width keep the panels' titles in line */
    for (int k = 0; k < n_tables; k++)
        draw_table(figure, &grid, k, tables[k], bars[k]);
    begin_legend(figure, &grid, -2);
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

static void plot_curve(fr_figure *figure, int sweep, int quantity, int method)
{
    fr_figure_add(figure,
                  "%s$s%dq%dm%d u 1:2 w lines lw %g lc rgb '%s', "
                  "$s%dq%dm%d u 1:2:3 w yerrorlines pt %d ps %g lw 1.2 lc rgb '%s'",
                  method > 0 ? ", " : "", sweep, quantity, method, style[method].line, colour[method], sweep,
                  quantity, method, style[method].point, style[method].size, colour[method]);
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
    const panel_grid grid = {.rows = 2, .columns = TCP_SWEEPS, .height = 600, .legend = 40};
    int status = fr_figure_new(820, grid.height, &figure);
    if (status != FR_OK) return status;
    for (int sweep = 0; sweep < TCP_SWEEPS; sweep++)
        for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
            for (int method = 0; method < n_curves(quantity); method++)
                add_curve(figure, comparison, sweep, quantity, method);
    begin_page(figure, 0.8, 3.6);
    for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
        for (int sweep = 0; sweep < TCP_SWEEPS; sweep++) {
            begin_panel(figure, &grid, quantity, sweep);
            fr_figure_add(figure, "set ylabel \"%s\"\nset xlabel \"%s\"\nset xrange [0:*]\nplot ",
                          sweep == 0 ? width_of[quantity] : "", axis[sweep]);
            for (int method = 0; method < n_curves(quantity); method++)
                plot_curve(figure, sweep, quantity, method);
            fr_figure_add(figure, "\n");
        }
    begin_legend(figure, &grid, 1);
    for (int method = 0; method < TCP_METHODS; method++)
        fr_figure_add(figure, "%sNaN w linespoints pt %d ps %g lw %g lc rgb '%s' title \"%s\"",
                      method > 0 ? ", " : "", style[method].point, style[method].size, style[method].line,
                      colour[method], tcp_method[method]);
    fr_figure_add(figure, "\n");
    return finish(figure, stem);
}
