/* Bars: sizes of classes or segments, core numbers, precision and recall. */
#include "cluster_figures.h"

#include <math.h>
#include <string.h>

static const char ink[] = "#22577A";

/* How many rows have each whole number from 0 on in a column; negative ones are counted apart. */
static int count_values(const double *values, int64_t n, int64_t **counts, int64_t *n_counts,
                        int64_t *negative)
{
    double most = -1;
    *negative = 0;
    for (int64_t k = 0; k < n; k++)
        most = fmax(most, values[k]);
    *n_counts = (int64_t)most + 1;
    *counts = fr_alloc(*n_counts, sizeof **counts);
    if (*counts == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < n; k++) {
        if (values[k] >= 0)
            (*counts)[(int64_t)values[k]]++;
        else
            (*negative)++;
    }
    return FR_OK;
}

static int draw_counts(const void *folder, const char *stem, const char *file, const char *column,
                       const char *x_label, const char *what)
{
    chart_table rows;
    fr_figure *figure = NULL;
    int64_t *counts = NULL, n_counts, negative, most = 0, least = INT64_MAX;
    int status = chart_table_read(folder, file, (const char *[]){column, NULL}, &rows);
    if (status != FR_OK || rows.n < 1) return status;
    status = count_values(rows.column[0], rows.n, &counts, &n_counts, &negative);
    if (status == FR_OK) status = fr_figure_new(480, 340, &figure);
    if (status != FR_OK) goto done;
    fr_figure_add(figure, "$counts << EOD\n");
    for (int64_t k = 0; k < n_counts; k++) {
        if (counts[k] == 0) continue;
        fr_figure_add(figure, "%lld %lld\n", (long long)k, (long long)counts[k]);
        most = counts[k] > most ? counts[k] : most;
        least = counts[k] < least ? counts[k] : least;
    }
    fr_figure_add(figure, "EOD\n");
    chart_axes(figure, x_label, "Nodes");
    bool logarithmic = most > 50 * least;
    if (logarithmic) chart_log_axis(figure, 'y', 1, (double)most);
    fr_figure_add(figure,
                  "set xrange [-0.7:%g]\nset yrange [%s:*]\nset xtics autofreq\nset format x '%%g'\nset "
                  "style fill solid 1\n"
                  "set boxwidth %g\n",
                  (double)n_counts - 0.3, logarithmic ? "0.7" : "0", n_counts > 100 ? 1.0 : 0.8);
    if (n_counts <= 12) fr_figure_add(figure, "set xtics 1\n");
    fr_figure_add(figure, "plot $counts w boxes lc rgb '%s' title \"%lld %s", ink,
                  (long long)(rows.n - negative), what);
    if (negative > 0) fr_figure_add(figure, ", %lld without", (long long)negative);
    fr_figure_add(figure, "\"\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    fr_free(counts);
    chart_table_free(&rows);
    return status;
}

int cluster_chart_labels(const void *folder, const char *stem)
{
    return draw_counts(folder, stem, "labels.csv", "label", "Class", "nodes with a class");
}

int cluster_chart_clusters(const void *folder, const char *stem)
{
    return draw_counts(folder, stem, "clusters.csv", "cluster", "Cluster", "nodes");
}

int cluster_chart_segments(const void *folder, const char *stem)
{
    return draw_counts(folder, stem, "segments.csv", "segment", "Segment", "nodes");
}

int cluster_chart_cores(const void *folder, const char *stem)
{
    return draw_counts(folder, stem, "cores.csv", "core", "Core number", "nodes");
}

/* f1.csv: method, precision, recall, f1 (and more); three bars a row. */
int cluster_chart_f1(const void *folder, const char *stem)
{
    static const char *const names[] = {"precision", "recall", "f1"}, *const titles[] = {"precision",
                                                                                         "recall", "F_1"};
    static const char *const colours[] = {"#9DB4C4", "#22577A", "#C2410C"};
    fr_table table;
    fr_figure *figure = NULL;
    bool there;
    int64_t column[3];
    int status = result_table_read(folder, "f1.csv", &table, &there);
    if (status != FR_OK || !there || table.n_rows < 1) goto done;
    for (int k = 0; k < 3 && status == FR_OK; k++)
        status = fr_table_column(&table, names[k], &column[k]);
    int64_t rows = table.n_rows < 40 ? table.n_rows : 40;
    if (status == FR_OK) status = fr_figure_new(fmax(400, 110 + 90 * (double)rows), 340, &figure);
    if (status != FR_OK) goto done;
    fr_figure_add(figure, "$bars << EOD\n");
    for (int64_t row = 0; row < rows; row++) {
        fr_figure_add(figure, "\"%.40s\"", fr_table_text(&table, row, 0));
        for (int k = 0; k < 3; k++)
            fr_figure_add(figure, " %s", fr_table_text(&table, row, column[k]));
        fr_figure_add(figure, "\n");
    }
    fr_figure_add(figure, "EOD\n");
    chart_axes(figure, "", "Share, by volume");
    fr_figure_add(figure,
                  "set style data histogram\nset style histogram clustered gap 1\nset style fill solid 1\n"
                  "set yrange [0:1.08]\nset xrange [-0.6:%g]\nunset grid\nset grid ytics lc rgb '#E8E8E8' lw "
                  "0.7 lt 1\nplot ",
                  (double)rows - 0.4);
    for (int k = 0; k < 3; k++)
        fr_figure_add(figure, "%s$bars using %d%s lc rgb '%s' title \"%s\"", k == 0 ? "" : ", ", k + 2,
                      k == 0 ? ":xtic(1)" : "", colours[k], titles[k]);
    for (int k = 0; k < 3; k++) /* the numbers over the bars, which stand a quarter apart */
        fr_figure_add(
            figure,
            ", $bars using ($0%+g):%d:(sprintf('%%.2f', $%d)) w labels offset 0,0.5 font ',9' notitle",
            0.25 * (k - 1), k + 2, k + 2);
    fr_figure_add(figure, "\n");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    fr_table_free(&table);
    return status;
}
