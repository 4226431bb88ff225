/* The sets of one method at one level beside the truth: sorted by prediction, those of a stream in their order. */
#include "chart.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ink[] = "#22577A", accent[] = "#C2410C";

enum { most_points = 160 };

/* What is drawn of one test point. */
typedef struct {
    int64_t point;
    double order, truth;
    bool covered;
} bar;

static int compare_bars(const void *a, const void *b)
{
    const bar *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

static const fr_interval *set_of(const fr_conformal_result *sets, int64_t point, int64_t *count)
{
    const int64_t *first = &sets->first[point * sets->n_alphas];
    *count = first[1] - first[0];
    return sets->pieces + first[0];
}

/* Sorted by prediction, or by the middle of the set where there is none; a stream stays as it is. */
static void make_bars(const fr_conformal_result *sets, const double *centre, const double *truth, bool stream,
                      bar *bars)
{
    for (int64_t t = 0; t < sets->m; t++) {
        int64_t count;
        const fr_interval *piece = set_of(sets, t, &count);
        double middle = count > 0 ? (piece[0].lower + piece[count - 1].upper) / 2 : NAN;
        bars[t] = (bar){.point = t, .truth = truth[t], .order = centre[t]};
        if (!isfinite(bars[t].order)) bars[t].order = middle;
        if (!isfinite(bars[t].order)) bars[t].order = isfinite(truth[t]) ? truth[t] : 0;
        for (int64_t k = 0; k < count; k++)
            bars[t].covered = bars[t].covered || (truth[t] >= piece[k].lower && truth[t] <= piece[k].upper);
    }
    if (!stream) qsort(bars, (size_t)sets->m, sizeof *bars, compare_bars);
}

/* From the lowest to the highest finite number that is drawn, with a margin. */
static fr_interval span_of(const fr_conformal_result *sets, const bar *bars, int64_t stride)
{
    fr_interval span = {INFINITY, -INFINITY};
    for (int64_t k = 0; k < sets->m; k += stride) {
        int64_t count;
        const fr_interval *piece = set_of(sets, bars[k].point, &count);
        for (int64_t j = 0; j < 2 * count + 2; j++) {
            double value = j >= 2 * count ? (j == 2 * count ? bars[k].truth : bars[k].order)
                           : j % 2 == 0   ? piece[j / 2].lower
                                          : piece[j / 2].upper;
            if (!isfinite(value)) continue;
            span.lower = fmin(span.lower, value);
            span.upper = fmax(span.upper, value);
        }
    }
    if (!(span.lower <= span.upper)) span = (fr_interval){-1, 1};
    double margin =
        span.upper > span.lower ? 0.04 * (span.upper - span.lower) : fmax(1e-3 * fabs(span.lower), 1);
    return (fr_interval){span.lower - margin, span.upper + margin};
}

static void add_bars(fr_figure *figure, const fr_conformal_result *sets, const bar *bars, int64_t stride,
                     fr_interval span, bool known, bool covered)
{
    fr_figure_add(figure, "$%s << EOD\n", covered ? "in" : "out");
    for (int64_t k = 0; k < sets->m; k += stride) {
        int64_t count;
        const fr_interval *piece = set_of(sets, bars[k].point, &count);
        if (known && isnan(bars[k].truth)) continue;
        for (int64_t j = 0; j < count && (known ? bars[k].covered == covered : covered); j++)
            fr_figure_add(figure, "%lld %.9g %.9g\n", (long long)(k / stride) + 1,
                          fmax(piece[j].lower, span.lower), fmin(piece[j].upper, span.upper));
    }
    fr_figure_add(figure, "EOD\n");
}

static void add_dots(fr_figure *figure, int64_t m, const bar *bars, int64_t stride, const double *centre,
                     bool known)
{
    fr_figure_add(figure, "$dots << EOD\n");
    for (int64_t k = 0; k < m; k += stride) {
        double value = known ? bars[k].truth : centre[bars[k].point];
        if (isfinite(value)) fr_figure_add(figure, "%lld %.9g\n", (long long)(k / stride) + 1, value);
    }
    fr_figure_add(figure, "EOD\n");
}

static int draw_bars(const conformal_series *series, const double *centre, const double *truth, bool stream,
                     const char *stem)
{
    const fr_conformal_result *sets = &series->sets;
    int64_t stride = chart_stride(sets->m, most_points), shown = (sets->m + stride - 1) / stride, covered = 0,
            known = 0;
    fr_figure *figure = NULL;
    bar *bars = fr_alloc(sets->m, sizeof *bars);
    int status = bars == NULL ? FR_ENOMEM : fr_figure_new(640, 380, &figure);
    if (status != FR_OK) goto done;
    make_bars(sets, centre, truth, stream, bars);
    for (int64_t k = 0; k < sets->m; k++) {
        known += !isnan(bars[k].truth);
        covered += bars[k].covered;
    }
    if (known == 0 && sets->first[sets->m * sets->n_alphas] == 0) goto done; /* nothing but empty sets */
    fr_interval span = span_of(sets, bars, stride);
    add_bars(figure, sets, bars, stride, span, known > 0, true);
    add_bars(figure, sets, bars, stride, span, known > 0, false);
    add_dots(figure, sets->m, bars, stride, centre, known > 0);
    const char *order = stream ? "Test points, in their order" : "Test points, by prediction";
    char label[100];
    if (stride == 1)
        snprintf(label, sizeof label, "%s", order);
    else
        snprintf(label, sizeof label, "%s (%lld of %lld)", order, (long long)shown, (long long)sets->m);
    chart_axes(figure, label, "{/:Italic y}");
    fr_figure_add(figure,
                  "unset grid\nset grid ytics lc rgb '#E8E8E8' lw 0.7 lt 1\nset xrange [0:%lld]\n"
                  "set yrange [%.9g:%.9g]\nset format x ''\nunset xtics\n",
                  (long long)shown + 1, span.lower, span.upper);
    double width = shown > 80 ? 1.6 : shown > 30 ? 2.6 : 4;
    fr_figure_add(figure, "plot $in using 1:2:(0):($3-$2) w vectors nohead lw %g lc rgb '#80%s' title \"",
                  width, ink + 1);
    if (known > 0)
        fr_figure_add(figure, "%lld covered at α = %g\"", (long long)covered, sets->alphas[0]);
    else
        fr_figure_add(figure, "sets at α = %g\"", sets->alphas[0]);
    if (known > covered)
        fr_figure_add(figure,
                      ", $out using 1:2:(0):($3-$2) w vectors nohead lw %g lc rgb '%s' title \"%lld missed\"",
                      width, accent, (long long)(known - covered));
    fr_figure_add(figure, ", $dots w points pt 7 ps %g lc rgb '#202020' title \"%s\"\n",
                  shown > 80 ? 0.28 : 0.5, known > 0 ? "truth" : "prediction");
    status = fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    fr_free(bars);
    return status;
}

int conformal_series_of(const char *folder, conformal_series **series, int64_t *n)
{
    char *path;
    if (asprintf(&path, "%s/intervals.csv", folder) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = conformal_series_read(path, 0.1, series, n);
    free(path);
    return status;
}

int conformal_chart_intervals(const void *folder, const char *stem)
{
    conformal_series *series;
    chart_table points = {.n = -1};
    int64_t n;
    bool stream = conformal_table_there(folder, "online.csv");
    int status = conformal_series_of(folder, &series, &n);
    if (status == FR_OK)
        status = chart_table_read(folder, "points.csv", (const char *[]){"centre", "truth", NULL}, &points);
    if (status == FR_OK && n > 0 && points.n == series[0].sets.m)
        status = draw_bars(&series[0], points.column[0], points.column[1], stream, stem);
    chart_table_free(&points);
    conformal_series_free(series, n);
    return status;
}
