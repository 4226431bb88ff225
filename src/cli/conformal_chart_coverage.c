/* Observed coverage with its confidence interval beside what is guaranteed, for every row of coverage.csv. */
#include "chart.h"
#include "conformal_figures.h"

#include <math.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

enum { n_columns = 5 };

/* coverage.csv with the rows that have a coverage. */
typedef struct {
    fr_table table;
    int64_t method, group, all, n, rows[conformal_most_rows];
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
    for (int64_t row = 0; status == FR_OK && row < out->table.n_rows; row++) {
        if (isnan(out->column[1][row])) continue;
        if (out->n < conformal_most_rows) out->rows[out->n++] = row;
        out->all++;
    }
    return status;
}

static int name_rows(const coverage_rows *found, conformal_rows *rows)
{
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < found->n; k++)
        status = conformal_rows_add(rows, fr_table_text(&found->table, found->rows[k], found->method),
                                    found->column[0][found->rows[k]],
                                    fr_table_text(&found->table, found->rows[k], found->group));
    return status;
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
    fr_figure_add(figure, "EOD\n");
}

int conformal_chart_coverage(const void *folder, const char *stem)
{
    coverage_rows found;
    conformal_rows rows = {0};
    fr_figure *figure = NULL;
    double least = 1;
    bool proved = false;
    int status = read_rows(folder, &found);
    if (status != FR_OK || found.n == 0) goto done;
    for (int64_t k = 0; k < found.n; k++) {
        double guarantee = found.column[4][found.rows[k]];
        least = fmin(least, found.column[2][found.rows[k]]);
        if (isnan(guarantee)) continue;
        least = fmin(least, fmax(guarantee, 0));
        proved = true;
    }
    status = name_rows(&found, &rows);
    if (status == FR_OK) status = conformal_rows_figure(&rows, found.all, "Coverage", &figure);
    if (status != FR_OK) goto done;
    add_rows(figure, &found);
    fr_figure_add(
        figure,
        "set xrange [%g:%g]\nset bars 1\n"
        "plot $rows using 2:1:3:4 w xerrorbars pt 7 ps 0.9 lw 1.8 lc rgb '%s' title \"observed, 95 %% "
        "interval\"",
        fmax(0, least - 0.05 * (1.05 - least)), 1 + 0.03 * (1.03 - least), ink);
    if (proved)
        fr_figure_add(figure,
                      ", $rows using 5:($1-0.38):(0):(0.76) w vectors nohead lw 2.4 lc rgb '%s' title "
                      "\"guaranteed\"",
                      accent);
    fr_figure_add(figure, "\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    conformal_rows_free(&rows);
    rows_free(&found);
    return status;
}
