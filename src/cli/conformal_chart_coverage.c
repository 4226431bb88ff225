/* Observed coverage with its confidence interval beside what is guaranteed, for every row of coverage.csv. */
#include "chart.h"
#include "conformal_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

enum { most_rows = 24, n_columns = 5 };

/* coverage.csv with the rows that have a coverage. */
typedef struct {
    fr_table table;
    int64_t method, group, n, rows[most_rows];
    double *column[n_columns]; /* alpha, coverage, low, high, guarantee */
} coverage_rows;

static void rows_free(coverage_rows *found)
{
    for (int k = 0; k < n_columns; k++)
        fr_free(found->column[k]);
    fr_table_free(&found->table);
}

static int read_rows(const char *folder, coverage_rows *out)
{
    static const char *const names[n_columns] = {"alpha", "coverage", "low", "high", "guarantee"};
    bool there;
    *out = (coverage_rows){0};
    int status = result_table_read(folder, "coverage.csv", &out->table, &there);
    if (status != FR_OK || !there) return status;
    status = fr_table_column(&out->table, "method", &out->method);
    if (status == FR_OK) status = fr_table_column(&out->table, "group", &out->group);
    for (int k = 0; status == FR_OK && k < n_columns; k++)
        status = result_column(&out->table, names[k], &out->column[k]);
    for (int64_t row = 0; status == FR_OK && row < out->table.n_rows && out->n < most_rows; row++)
        if (!isnan(out->column[1][row])) out->rows[out->n++] = row;
    return status;
}

void conformal_label(fr_figure *figure, const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr("\"\\`", *text) != NULL)
            fr_figure_add(figure, "'");
        else if (strchr("_^{}@&~", *text) != NULL)
            fr_figure_add(figure, "\\\\%c", *text);
        else
            fr_figure_add(figure, "%c", *text);
}

double conformal_label_spacing(size_t longest)
{
    return fmax(92, 16 + 7.6 * (double)(longest < 40 ? longest : 40));
}

static double spacing_of(const coverage_rows *found)
{
    size_t longest = 0;
    for (int64_t k = 0; k < found->n; k++) {
        size_t method = strlen(fr_table_text(&found->table, found->rows[k], found->method)),
               group = strlen(fr_table_text(&found->table, found->rows[k], found->group));
        longest = method > longest ? method : longest;
        longest = group > longest ? group : longest;
    }
    return conformal_label_spacing(longest);
}

static void add_rows(fr_figure *figure, const coverage_rows *found)
{
    fr_figure_add(figure, "$rows << EOD\n");
    for (int64_t k = 0; k < found->n; k++) {
        int64_t row = found->rows[k];
        double guarantee = found->column[4][row];
        fr_figure_add(figure, "%lld %.9g %.9g %.9g ", (long long)k + 1, found->column[1][row],
                      found->column[2][row], found->column[3][row]);
        if (isnan(guarantee))
            fr_figure_add(figure, "NaN\n");
        else
            fr_figure_add(figure, "%.9g\n", fmax(guarantee, 0));
    }
    fr_figure_add(figure, "EOD\nset xtics (");
    for (int64_t k = 0; k < found->n; k++) {
        int64_t row = found->rows[k];
        const char *group = fr_table_text(&found->table, row, found->group);
        fr_figure_add(figure, "%s\"", k > 0 ? ", " : "");
        conformal_label(figure, fr_table_text(&found->table, row, found->method));
        fr_figure_add(figure, "\\nα = %g%s", found->column[0][row], *group != '\0' ? "\\n" : "");
        conformal_label(figure, group);
        fr_figure_add(figure, "\" %lld", (long long)k + 1);
    }
    fr_figure_add(figure, ")\n");
}

int conformal_chart_coverage(const void *folder, const char *stem)
{
    coverage_rows found;
    fr_figure *figure = NULL;
    double least = 1;
    int status = read_rows(folder, &found);
    if (status != FR_OK || found.n == 0) goto done;
    for (int64_t k = 0; k < found.n; k++) {
        double guarantee = found.column[4][found.rows[k]];
        least = fmin(least, found.column[2][found.rows[k]]);
        if (!isnan(guarantee)) least = fmin(least, fmax(guarantee, 0));
    }
    status = fr_figure_new(fmax(440, 120 + spacing_of(&found) * (double)found.n), 360, &figure);
    if (status != FR_OK) goto done;
    chart_axes(figure, "", "Coverage");
    add_rows(figure, &found);
    fr_figure_add(
        figure,
        "unset grid\nset grid ytics lc rgb '#E8E8E8' lw 0.7 lt 1\nset xrange [0.4:%lld.6]\n"
        "set yrange [%g:%g]\nset bars 1.5\nset bmargin 5\n"
        "plot $rows using 1:2:3:4 w yerrorbars pt 7 ps 0.9 lw 1.8 lc rgb '%s' title \"observed, 95 %% "
        "interval\", $rows using ($1-0.3):5:(0.6):(0) w vectors nohead lw 2.2 dt (6,4) lc rgb '%s' title "
        "\"guaranteed\"\n",
        (long long)found.n, fmax(0, least - 0.05 * (1.05 - least)), 1 + 0.03 * (1.03 - least), ink, accent);
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    rows_free(&found);
    return status;
}
