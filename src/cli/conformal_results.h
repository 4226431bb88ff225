/* What the verbs of `frugal conformal` write, and how it is read back for figures and for coverage. */
#ifndef FRUGAL_CLI_CONFORMAL_RESULTS_H
#define FRUGAL_CLI_CONFORMAL_RESULTS_H

#include "conformal_inputs.h"

/* Sets of numbers with what is known of them. */
typedef struct {
    const char *method; /* for the column of that name, such as "full-ridge" */
    const fr_conformal_result *sets;
    const double *truth;         /* m, not-a-number where unknown; NULL: none */
    char *const *test_id;        /* m; NULL: numbers from 0 */
    int64_t scores;              /* calibration or training points that were ranked; 0: not known */
    const int64_t *group_scores; /* the same in each group; NULL: as in all */
    const int64_t *group;        /* m: coverage is told for each group too; NULL: none */
    const conformal_names *group_names;
    bool marginal;         /* the guarantee does not hold within each group */
    bool labels;           /* pieces stand for labels: their number is the width */
    const char *condition; /* under which the guarantee holds; NULL: exchangeable points */
} conformal_outcome;

/* intervals.csv, points.csv, coverage.csv; metrics; the guarantee and the coverage on standard error, with a warning
 * where they do not fit together. */
int conformal_give(cli_job *job, const conformal_outcome *outcome);

/* pvalues.csv: each row an interval of y with its p-value, `lower` = `upper` for a single y. */
int conformal_write_curves(cli_job *job, int64_t m, char *const *test_id, int64_t n,
                           const fr_conformal_curve *curves);
void conformal_free_curves(int64_t m, fr_conformal_curve *curves);

/* ---- shared with classes and the coverage verb ------------------------------------------------------------------------ */

/* coverage.csv, level by level. */
typedef struct {
    fr_csv *csv;
} conformal_coverage_table;
int conformal_coverage_begin(cli_job *job, conformal_coverage_table *table);
int conformal_coverage_end(conformal_coverage_table *table);

/* Rows for all points and for each group at one level; *all: the first. Warns where coverage and guarantee are incompatible. */
int conformal_coverage_level(conformal_coverage_table *table, const conformal_outcome *outcome, int64_t level,
                             fr_conformal_coverage *all);

/* One number of each level: a number of the summary where there is one level, otherwise an object from level to number. */
void conformal_metric(cli_job *job, const char *name, int64_t n_alphas, const double *alphas,
                      const double *values);
void conformal_csv_id(fr_csv *csv, char *const *test_id, int64_t point);

/* ---- tables that more than one verb writes ---------------------------------------------------------------------------- */

/* Appends the sets of an outcome to an opened intervals.csv. */
extern const char conformal_intervals_header[];
void conformal_write_sets(fr_csv *csv, const conformal_outcome *outcome);
int conformal_write_points(cli_job *job, const conformal_outcome *outcome);
const char *conformal_status_name(int status);

/* ---- reading back -------------------------------------------------------------------------------------------------------- */

/* The sets of one method. */
typedef struct {
    char *method;             /* "" where the table has no such column */
    fr_conformal_result sets; /* centre and guarantee are not-a-number */
    char **test_id;           /* m */
} conformal_series;

/* Reads intervals.csv of ours, or any table with the columns lower and upper (test_id: otherwise each row is a point;
 * alpha: otherwise `alpha`). Rows may come in any order; each point needs one for each level. */
int conformal_series_read(const char *path, double alpha, conformal_series **series, int64_t *n);
void conformal_series_free(conformal_series *series, int64_t n);

#endif
