/* The tables of sets of numbers, and what is said of them: the guarantee, and whether the truth, where it is known, agrees with it. */
#include "conformal_results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *conformal_status_name(int status)
{
    static const char *const names[] = {[FR_CONFORMAL_PLAIN] = "interval",
                                        [FR_CONFORMAL_INFINITE] = "infinite",
                                        [FR_CONFORMAL_EMPTY] = "empty",
                                        [FR_CONFORMAL_DISCONNECTED] = "disconnected",
                                        [FR_CONFORMAL_ON_GRID] = "grid"};
    return names[status];
}

void conformal_csv_id(fr_csv *csv, char *const *test_id, int64_t point)
{
    if (test_id != NULL)
        fr_csv_text(csv, test_id[point]);
    else
        fr_csv_i64(csv, point);
}

/* ---- tables ------------------------------------------------------------------------------------------------------------- */

static int create(cli_job *job, const char *name, const char *header, fr_csv **csv)
{
    const char *path = job_file(job, name);
    return path == NULL ? FR_ENOMEM : fr_csv_create(path, header, csv);
}

static void write_piece(fr_csv *csv, const conformal_outcome *outcome, int64_t point, int64_t level,
                        int64_t piece, fr_interval ends)
{
    const fr_conformal_result *sets = outcome->sets;
    conformal_csv_id(csv, outcome->test_id, point);
    fr_csv_f64(csv, sets->alphas[level]);
    if (piece >= 0)
        fr_csv_i64(csv, piece);
    else
        fr_csv_text(csv, "");
    fr_csv_f64(csv, ends.lower);
    fr_csv_f64(csv, ends.upper);
    fr_csv_text(csv, outcome->method);
    fr_csv_text(csv, conformal_status_name(sets->status[point * sets->n_alphas + level]));
    fr_csv_end_row(csv);
}

const char conformal_intervals_header[] = "test_id,alpha,piece,lower,upper,method,status";

/* One row a piece; an empty set has one row without piece and ends. */
void conformal_write_sets(fr_csv *csv, const conformal_outcome *outcome)
{
    const fr_conformal_result *sets = outcome->sets;
    for (int64_t point = 0; point < sets->m; point++)
        for (int64_t level = 0; level < sets->n_alphas; level++) {
            const int64_t *first = &sets->first[point * sets->n_alphas + level];
            for (int64_t k = first[0]; k < first[1]; k++)
                write_piece(csv, outcome, point, level, k - first[0], sets->pieces[k]);
            if (first[0] == first[1]) write_piece(csv, outcome, point, level, -1, (fr_interval){NAN, NAN});
        }
}

static int write_intervals(cli_job *job, const conformal_outcome *outcome)
{
    fr_csv *csv;
    int status = create(job, "intervals.csv", conformal_intervals_header, &csv);
    if (status != FR_OK) return status;
    conformal_write_sets(csv, outcome);
    return fr_csv_close(csv);
}

int conformal_write_points(cli_job *job, const conformal_outcome *outcome)
{
    const fr_conformal_result *sets = outcome->sets;
    fr_csv *csv;
    int status = create(job, "points.csv", "test_id,centre,truth,group,trim_lower,trim_upper,segments", &csv);
    if (status != FR_OK) return status;
    for (int64_t t = 0; t < sets->m; t++) {
        conformal_csv_id(csv, outcome->test_id, t);
        fr_csv_f64(csv, sets->centre[t]);
        fr_csv_f64(csv, outcome->truth != NULL ? outcome->truth[t] : NAN);
        fr_csv_text(csv, outcome->group != NULL ? outcome->group_names->names[outcome->group[t]] : "");
        fr_csv_f64(csv, sets->trim != NULL ? sets->trim[t].lower : NAN);
        fr_csv_f64(csv, sets->trim != NULL ? sets->trim[t].upper : NAN);
        if (sets->segments != NULL)
            fr_csv_i64(csv, sets->segments[t]);
        else
            fr_csv_text(csv, "");
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* ---- metrics -------------------------------------------------------------------------------------------------------------- */

void conformal_metric(cli_job *job, const char *name, int64_t n_alphas, const double *alphas,
                      const double *values)
{
    json_t *object;
    if (n_alphas == 1) {
        job_metric(job, name, values[0]);
        return;
    }
    object = json_object();
    for (int64_t a = 0; a < n_alphas; a++) {
        char level[32];
        snprintf(level, sizeof level, "%.15g", alphas[a]);
        summary_number(&job->summary, object, level, values[a]);
    }
    summary_set(&job->summary, job->summary.metrics, name, object);
}

typedef struct {
    const char *name;
    size_t offset;
    bool needs_truth;
} coverage_field;

static const coverage_field fields[] = {
    {"coverage", offsetof(fr_conformal_coverage, coverage), true},
    {"coverage_low", offsetof(fr_conformal_coverage, low), true},
    {"coverage_high", offsetof(fr_conformal_coverage, high), true},
    {"mean_width", offsetof(fr_conformal_coverage, mean_width), false},
    {"median_width", offsetof(fr_conformal_coverage, median_width), false},
    {"share_infinite", offsetof(fr_conformal_coverage, infinite), false},
    {"share_empty", offsetof(fr_conformal_coverage, empty), false},
    {"share_disconnected", offsetof(fr_conformal_coverage, disconnected), false},
};

static int note_levels(cli_job *job, const conformal_outcome *outcome, const fr_conformal_coverage *rows)
{
    const fr_conformal_result *sets = outcome->sets;
    double *values = fr_alloc(sets->n_alphas, sizeof *values);
    if (values == NULL) return FR_ENOMEM;
    conformal_metric(job, "guarantee", sets->n_alphas, sets->alphas, sets->guarantee);
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
        if (fields[k].needs_truth && outcome->truth == NULL) continue;
        for (int64_t a = 0; a < sets->n_alphas; a++)
            values[a] = *(const double *)((const char *)&rows[a] + fields[k].offset);
        conformal_metric(job, fields[k].name, sets->n_alphas, sets->alphas, values);
    }
    if (sets->score_quantile != NULL)
        conformal_metric(job, "score_quantile", sets->n_alphas, sets->alphas, sets->score_quantile);
    fr_free(values);
    return FR_OK;
}

static void note_work(cli_job *job, const fr_conformal_result *sets)
{
    int64_t total = 0, most = 0;
    double width = 0;
    for (int64_t t = 0; t < sets->m; t++) {
        if (sets->segments != NULL) total += sets->segments[t];
        if (sets->segments != NULL && sets->segments[t] > most) most = sets->segments[t];
        if (sets->trim != NULL) width += sets->trim[t].upper - sets->trim[t].lower;
    }
    if (sets->trim != NULL) {
        job_metric(job, "alpha_trim", sets->alpha_trim);
        job_metric(job, "mean_trim_width", width / (double)sets->m);
    }
    if (sets->segments != NULL) {
        job_metric(job, "segments", (double)total / (double)sets->m);
        job_metric_count(job, "most_segments", most);
        job_metric_count(job, "on_grid", sets->n_grid);
    }
    if (sets->degenerate) summary_set(&job->summary, job->summary.metrics, "degenerate", json_true());
    job_metric(job, "fit_seconds", sets->fit_seconds);
    job_metric(job, "seconds_per_test_point", fmax(sets->seconds - sets->fit_seconds, 0) / (double)sets->m);
}

/* The method could not do with --max-segments pieces for some points, where a grid was not asked for. */
static void warn_of_grid(const fr_conformal_result *sets)
{
    int64_t walked = 0;
    for (int64_t t = 0; sets->segments != NULL && t < sets->m; t++)
        walked += sets->segments[t];
    if (sets->n_grid > 0 && walked > 0)
        fr_warn(
            "%lld of %lld test points needed more pieces than --max-segments allows; their sets are hulls on "
            "a grid (status 'grid'), for which nothing is proved",
            (long long)sets->n_grid, (long long)sets->m);
}

/* ---- in words ---------------------------------------------------------------------------------------------------------------- */

static void say_level(cli_job *job, const conformal_outcome *outcome, int64_t level,
                      const fr_conformal_coverage *row)
{
    const fr_conformal_result *sets = outcome->sets;
    double guarantee = sets->guarantee[level];
    if (!(guarantee > 0))
        job_say(job, "alpha %g: nothing is proved of the coverage", sets->alphas[level]);
    else
        job_say(job, "alpha %g: covers with probability at least %.6g%s", sets->alphas[level], guarantee,
                outcome->condition != NULL ? outcome->condition : ", if all points are exchangeable");
    if (outcome->truth != NULL)
        job_say(job, "alpha %g: covered %lld of %lld, %.4g (95 %% interval %.4g to %.4g)",
                sets->alphas[level], (long long)row->covered, (long long)row->m, row->coverage, row->low,
                row->high);
    if (isfinite(row->mean_width))
        job_say(job, "alpha %g: width %.6g in the mean, %.6g in the median", sets->alphas[level],
                row->mean_width, row->median_width);
    if (row->infinite > 0 || row->empty > 0 || row->disconnected > 0)
        job_say(job, "alpha %g: %.4g %% infinite, %.4g %% empty, %.4g %% of several pieces",
                sets->alphas[level], 100 * row->infinite, 100 * row->empty, 100 * row->disconnected);
}

int conformal_give(cli_job *job, const conformal_outcome *outcome)
{
    const fr_conformal_result *sets = outcome->sets;
    conformal_coverage_table table;
    if (!job_writes(job)) return FR_OK;
    fr_conformal_coverage *rows = fr_alloc(sets->n_alphas, sizeof *rows);
    int status = rows == NULL ? FR_ENOMEM : write_intervals(job, outcome);
    if (status == FR_OK) status = conformal_write_points(job, outcome);
    if (status == FR_OK) status = conformal_coverage_begin(job, &table);
    if (status != FR_OK) goto done;
    for (int64_t level = 0; status == FR_OK && level < sets->n_alphas; level++) {
        status = conformal_coverage_level(&table, outcome, level, &rows[level]);
        if (status == FR_OK) say_level(job, outcome, level, &rows[level]);
    }
    int closed = conformal_coverage_end(&table);
    if (status == FR_OK) status = closed;
    if (status == FR_OK) status = note_levels(job, outcome, rows);
    note_work(job, sets);
    warn_of_grid(sets);
    job_phase(job, "write");
done:
    fr_free(rows);
    return status;
}
