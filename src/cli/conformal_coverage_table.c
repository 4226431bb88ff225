/* coverage.csv: observed coverage with its confidence interval beside the guarantee, and the widths, for all points and
 * each group. */
#include "conformal_results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int conformal_coverage_begin(cli_job *job, conformal_coverage_table *table)
{
    const char *path = job_file(job, "coverage.csv");
    *table = (conformal_coverage_table){0};
    return path == NULL
               ? FR_ENOMEM
               : fr_csv_create(path,
                               "method,alpha,group,scores,points,covered,coverage,low,high,guarantee,p_value,"
                               "mean_width,median_width,infinite,empty,disconnected",
                               &table->csv);
}

int conformal_coverage_end(conformal_coverage_table *table)
{
    int status = fr_csv_close(table->csv);
    table->csv = NULL;
    return status;
}

static void write_row(conformal_coverage_table *table, const char *method, double alpha, const char *group,
                      double guarantee, int64_t scores, const fr_conformal_coverage *row)
{
    fr_csv *csv = table->csv;
    fr_csv_text(csv, method);
    fr_csv_f64(csv, alpha);
    fr_csv_text(csv, group != NULL ? group : "");
    if (scores > 0)
        fr_csv_i64(csv, scores);
    else
        fr_csv_text(csv, "");
    fr_csv_i64(csv, row->m);
    if (isnan(row->coverage))
        fr_csv_text(csv, "");
    else
        fr_csv_i64(csv, row->covered);
    fr_csv_f64(csv, row->coverage);
    fr_csv_f64(csv, row->low);
    fr_csv_f64(csv, row->high);
    fr_csv_f64(csv, guarantee);
    fr_csv_f64(csv, row->p_value);
    fr_csv_f64(csv, row->mean_width);
    fr_csv_f64(csv, row->median_width);
    fr_csv_f64(csv, row->infinite);
    fr_csv_f64(csv, row->empty);
    fr_csv_f64(csv, row->disconnected);
    fr_csv_end_row(csv);
}

/* Without any truth: the widths of all points, and no coverage. */
static int widths_alone(const conformal_outcome *outcome, int64_t level, const uint8_t *subset,
                        fr_conformal_coverage *row)
{
    double *nothing = fr_alloc(outcome->sets->m, sizeof *nothing);
    if (nothing == NULL) return FR_ENOMEM;
    int status = fr_conformal_coverage_of(outcome->sets, level, nothing, subset, row);
    row->covered = 0;
    row->coverage = row->low = row->high = row->p_value = NAN;
    fr_free(nothing);
    return status;
}

/* The points of a group (-1: of any) whose truth is known. */
static int64_t choose_points(const conformal_outcome *outcome, int64_t group, uint8_t *subset)
{
    int64_t count = 0;
    for (int64_t t = 0; t < outcome->sets->m; t++) {
        subset[t] = (group < 0 || outcome->group[t] == group) &&
                    (outcome->truth == NULL || !isnan(outcome->truth[t]));
        count += subset[t];
    }
    return count;
}

static int compare_counts(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Numbers of labels in place of widths. */
static int count_labels(const conformal_outcome *outcome, int64_t level, const uint8_t *subset,
                        fr_conformal_coverage *row)
{
    const fr_conformal_result *sets = outcome->sets;
    double *count = fr_alloc(sets->m, sizeof *count), sum = 0;
    int64_t n = 0;
    if (count == NULL) return FR_ENOMEM;
    for (int64_t t = 0; t < sets->m; t++) {
        const int64_t *first = &sets->first[t * sets->n_alphas + level];
        if (!subset[t]) continue;
        count[n++] = (double)(first[1] - first[0]);
        sum += (double)(first[1] - first[0]);
    }
    qsort(count, (size_t)n, sizeof *count, compare_counts);
    row->mean_width = sum / (double)n;
    row->median_width = (count[(n - 1) / 2] + count[n / 2]) / 2;
    row->disconnected = NAN;
    fr_free(count);
    return FR_OK;
}

static int cover(const conformal_outcome *outcome, int64_t level, const uint8_t *subset,
                 fr_conformal_coverage *row)
{
    int status = outcome->truth == NULL
                     ? widths_alone(outcome, level, subset, row)
                     : fr_conformal_coverage_of(outcome->sets, level, outcome->truth, subset, row);
    return status == FR_OK && outcome->labels ? count_labels(outcome, level, subset, row) : status;
}

/* One chance in a hundred: rare enough that the assumption, not luck, is to be looked at. */
static void compare(const char *group, double alpha, double guarantee, int64_t scores,
                    const fr_conformal_coverage *row)
{
    char ranked[80] = "";
    if (!(row->p_value < 0.01)) return;
    if (scores > 0) snprintf(ranked, sizeof ranked, " with %lld ranked points", (long long)scores);
    fr_warn("alpha %g%s%s: %lld of %lld points are covered, which a guarantee of %.6g%s makes very unlikely "
            "(p = %.2g); test and training points are probably not exchangeable",
            alpha, group != NULL ? ", group " : "", group != NULL ? group : "", (long long)row->covered,
            (long long)row->m, guarantee, ranked, row->p_value);
}

/* One row: all points (group -1) or those of a group. */
static int add_row(conformal_coverage_table *table, const conformal_outcome *outcome, int64_t level,
                   int64_t group, const uint8_t *subset, fr_conformal_coverage *row)
{
    const fr_conformal_result *sets = outcome->sets;
    bool alone = group >= 0;
    const char *name = alone ? outcome->group_names->names[group] : NULL;
    double guarantee = alone && outcome->marginal ? NAN : sets->guarantee[level];
    int64_t scores = alone && outcome->group_scores != NULL ? outcome->group_scores[group] : outcome->scores;
    int status = cover(outcome, level, subset, row);
    if (status != FR_OK) return status;
    row->p_value = isnan(row->coverage) ? NAN : fr_conformal_chance(row->covered, row->m, guarantee, scores);
    write_row(table, outcome->method, sets->alphas[level], name, guarantee, scores, row);
    compare(name, sets->alphas[level], guarantee, scores, row);
    return FR_OK;
}

int conformal_coverage_level(conformal_coverage_table *table, const conformal_outcome *outcome, int64_t level,
                             fr_conformal_coverage *all)
{
    uint8_t *subset = fr_alloc(outcome->sets->m, sizeof *subset);
    if (subset == NULL) return FR_ENOMEM;
    choose_points(outcome, -1, subset);
    int status = add_row(table, outcome, level, -1, subset, all);
    for (int64_t g = 0; status == FR_OK && outcome->group != NULL && g < outcome->group_names->n; g++) {
        fr_conformal_coverage row;
        if (choose_points(outcome, g, subset) > 0) status = add_row(table, outcome, level, g, subset, &row);
    }
    fr_free(subset);
    return status;
}
