/* Recovery curves: six quantities against q, a panel each; tables A, B, C in three colours, obtained with standard errors,
 * expected dashed. */
#include "cluster_model.h"

#include <frugal/report.h>

#include <math.h>
#include <stddef.h>

enum { width = 900, height = 620 };

static const char *const colour[CLUSTER_MODEL_TABLES] = {"#22577A", "#C2410C", "#4D7C0F"};
static const char *const meaning[CLUSTER_MODEL_TABLES] = {
    "A: {/Symbol a} = 0.1", "B: A, seed linked inside only", "C: {/Symbol a} from {/Symbol g}"};

typedef struct {
    int quantity; /* index into cluster_model_quantity */
    const char *title;
    bool wide; /* values far above 1: an axis that is linear near 0 and logarithmic above */
} panel;

static const panel panels[] = {
    {0, "recall (volume)", false},           {1, "false positives / vol(K)", true},
    {3, "exact recovery, frequency", false}, {6, "F1 of the sweep", false},
    {4, "best F1 on the path", false},       {5, "exact on the path, frequency", false}};

/* $A0: q, obtained, its standard error, expected */
static void add_data(fr_figure *figure, const reproduce_comparison *comparison, int table, int quantity)
{
    fr_figure_add(figure, "$%s%d << EOD\n", cluster_model_table[table], quantity);
    for (int q = 0; q < CLUSTER_MODEL_QS; q++) {
        char setting[32];
        cluster_model_setting(q, setting, sizeof setting);
        const reproduce_row *row = reproduce_find_row(comparison, cluster_model_table[table], setting,
                                                      cluster_model_quantity[quantity]);
        if (row == NULL) continue;
        fr_figure_add(figure, "%.9g %.9g %.9g %.9g\n", cluster_model_q[q], row->obtained, row->obtained_error,
                      row->expected);
    }
    fr_figure_add(figure, "EOD\n");
}

static void add_panel(fr_figure *figure, const panel *shown, bool bottom)
{
    fr_figure_add(figure, "set title \"%s\"\nset xlabel \"%s\"\n", shown->title, bottom ? "q" : "");
    if (shown->wide)
        fr_figure_add(figure,
                      "set nonlinear y via asinh(y/0.02) inverse 0.02*sinh(y)\nset yrange [-0.005:15]\n"
                      "set ytics (0, 0.05, 0.2, 1, 3, 10)\n");
    else
        fr_figure_add(figure, "unset nonlinear y\nset yrange [-0.05:1.05]\nset ytics autofreq 0.2\n");
    fr_figure_add(figure, "plot ");
    for (int table = 0; table < CLUSTER_MODEL_TABLES; table++) {
        const char *name = cluster_model_table[table];
        fr_figure_add(figure, "%s$%s%d u 1:4 w lines lc rgb '%s' lw 1.4 dt (8,5) notitle, ",
                      table > 0 ? ", " : "", name, shown->quantity, colour[table]);
        fr_figure_add(figure, "$%s%d u ($1*%g):2:3 w yerrorbars pt 7 ps 0.55 lc rgb '%s' lw 1.4 notitle",
                      name, shown->quantity, pow(1.06, table - 1), colour[table]); /* side by side */
    }
    fr_figure_add(figure, "\n");
}

/* One legend for all panels, drawn in an empty plot along the top. */
static void add_legend(fr_figure *figure)
{
    fr_figure_add(
        figure,
        "set origin 0,0.93\nset size 1,0.07\nunset border\nunset tics\nunset xlabel\nunset title\n"
        "set lmargin 0\nset rmargin 0\nset tmargin 0\nset bmargin 0\nset xrange [0:1]\nset yrange [0:1]\n"
        "unset logscale x\nunset grid\nunset nonlinear y\n"
        "set key at screen 0.5, screen 0.99 center top horizontal maxrows 1 reverse Left samplen 1.4 "
        "width -5\nplot ");
    for (int table = 0; table < CLUSTER_MODEL_TABLES; table++)
        fr_figure_add(figure, "NaN w points pt 7 ps 0.8 lc rgb '%s' title \"%s\", ", colour[table],
                      meaning[table]);
    fr_figure_add(figure, "NaN w lines lc rgb '#606060' lw 1.4 dt (8,5) title \"expected\"\n");
}

int cluster_model_draw(const reproduce_comparison *comparison, int which, const char *stem)
{
    (void)which; /* there is one */
    fr_figure *figure;
    int status = fr_figure_new(width, height, &figure);
    if (status != FR_OK) return status;
    for (int table = 0; table < CLUSTER_MODEL_TABLES; table++)
        for (int quantity = 0; quantity < CLUSTER_MODEL_QUANTITIES; quantity++)
            add_data(figure, comparison, table, quantity);
    fr_figure_add(figure,
                  "set multiplot\nset border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\n"
                  "set grid xtics ytics lc rgb '#E8E8E8' lw 0.7 lt 1\nunset key\nset logscale x\n"
                  "set xrange [0.0008:0.1]\nset xtics (0.001, 0.01, 0.1, '' 0.005 1, '' 0.02 1, '' 0.05 1)\n"
                  "set lmargin 6\nset rmargin 2.5\nset tmargin 2\nset bmargin 3\nset bars 0.6\n");
    for (int k = 0; k < (int)(sizeof panels / sizeof panels[0]); k++) {
        fr_figure_add(figure, "set origin %.4f,%.4f\nset size 0.3333,0.46\n", (k % 3) / 3.0,
                      k < 3 ? 0.47 : 0.01);
        add_panel(figure, &panels[k], k >= 3);
    }
    add_legend(figure);
    fr_figure_add(figure, "unset multiplot\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
    fr_figure_free(figure);
    return status;
}
