/* pvalues.csv: the p-value (1 + n - smaller) / (n + 1) of y as a step function, all levels at once. The set at level
 * alpha is where it is above alpha. Steps of the same height are one row; a y whose value differs from both sides has a
 * row of its own. */
#include "conformal_results.h"

#include <math.h>

void conformal_free_curves(int64_t m, fr_conformal_curve *curves)
{
    for (int64_t t = 0; curves != NULL && t < m; t++)
        fr_conformal_curve_free(&curves[t]);
    fr_free(curves);
}

typedef struct {
    fr_csv *csv;
    char *const *test_id;
    int64_t point, n;
    double lower, upper;
    int64_t number; /* of smaller residuals; -1: no row is open */
} step_writer;

static void end_step(step_writer *writer)
{
    if (writer->number < 0) return;
    conformal_csv_id(writer->csv, writer->test_id, writer->point);
    fr_csv_f64(writer->csv, writer->lower);
    fr_csv_f64(writer->csv, writer->upper);
    fr_csv_f64(writer->csv, (double)(1 + writer->n - writer->number) / (double)(writer->n + 1));
    fr_csv_end_row(writer->csv);
    writer->number = -1;
}

static void add_step(step_writer *writer, double lower, double upper, int64_t number)
{
    if (writer->number == number) {
        writer->upper = upper;
        return;
    }
    end_step(writer);
    writer->lower = lower;
    writer->upper = upper;
    writer->number = number;
}

static void write_curve(step_writer *writer, const fr_conformal_curve *curve)
{
    writer->number = -1;
    for (int64_t b = 0; b < curve->count; b++) {
        if (isfinite(curve->at[b])) add_step(writer, curve->at[b], curve->at[b], curve->on[b]);
        if (b + 1 < curve->count) add_step(writer, curve->at[b], curve->at[b + 1], curve->inside[b]);
    }
    end_step(writer);
}

int conformal_write_curves(cli_job *job, int64_t m, char *const *test_id, int64_t n,
                           const fr_conformal_curve *curves)
{
    fr_csv *csv;
    if (!job_writes(job)) return FR_OK;
    const char *path = job_file(job, "pvalues.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "test_id,lower,upper,p_value", &csv);
    if (status != FR_OK) return status;
    for (int64_t t = 0; t < m; t++) {
        step_writer writer = {.csv = csv, .test_id = test_id, .point = t, .n = n, .number = -1};
        write_curve(&writer, &curves[t]);
    }
    return fr_csv_close(csv);
}
