/* Reading the columns of a table, axes, thinning. */
#include "chart.h"

#include <math.h>
#include <string.h>

int chart_table_read(const char *folder, const char *name, const char *const *columns, chart_table *out)
{
    fr_table table;
    bool there;
    memset(out, 0, sizeof *out);
    out->n = -1;
    int status = result_table_read(folder, name, &table, &there);
    if (status == FR_OK && there) {
        out->n = table.n_rows;
        for (int k = 0; out->n > 0 && columns[k] != NULL && status == FR_OK; k++)
            status = result_column(&table, columns[k], &out->column[k]);
    }
    fr_table_free(&table);
    if (status != FR_OK) chart_table_free(out);
    return status;
}

void chart_table_free(chart_table *table)
{
    for (int k = 0; k < 6; k++)
        fr_free(table->column[k]);
    memset(table, 0, sizeof *table);
    table->n = -1;
}

void chart_axes(fr_figure *figure, const char *x_label, const char *y_label)
{
    fr_figure_add(
        figure,
        "set border 3 lc rgb '#404040' lw 1\nset tics nomirror out scale 0.6\n"
        "set grid xtics ytics lc rgb '#E8E8E8' lw 0.7 lt 1\n"
        "set xlabel \"%s\" offset 0,0.2\nset ylabel \"%s\"\nset lmargin 9\nset rmargin 3\nset tmargin 3.2\n"
        "set bmargin 3.4\nset key above reverse Left samplen 1.6 spacing 1.1\n",
        x_label, y_label);
}

void chart_log_axis(fr_figure *figure, char axis, double low, double high)
{
    fr_figure_add(figure, "set logscale %c\n", axis);
    if (low > 0 && high / low >= 100) {
        fr_figure_add(figure, "set format %c '10^{%%T}'\n", axis);
        return;
    }
    fr_figure_add(figure, "set format %c '%%g'\nset %ctics (", axis, axis);
    const char *before = "";
    for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
        for (int digit = 1; digit < 10; digit++) {
            if (digit != 1 && digit != 2 && digit != 3 && digit != 5) continue;
            fr_figure_add(figure, "%s%g", before, digit * pow(10, power));
            before = ", ";
        }
    fr_figure_add(figure, ")\n");
}

int64_t chart_stride(int64_t n, int64_t most)
{
    return n <= most ? 1 : (n + most - 1) / most;
}
