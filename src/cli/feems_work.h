/* The work that several verbs of `frugal feems` do: a fit, a cross-validation, each with its tables and metrics. */
#ifndef FRUGAL_CLI_FEEMS_WORK_H
#define FRUGAL_CLI_FEEMS_WORK_H

#include "feems_inputs.h"

/* Fits, writes the tables (rank 0), notes metrics; an unconverged fit is marked in the job. `out` may be NULL. */
int feems_work_fit(cli_job *job, const feems_inputs *inputs, const fr_feems_settings *settings,
                   fr_feems_result *out);
void feems_note_fit(cli_job *job, const fr_feems_info *info);

/* Cross-validation as the options ask for, or with `lambdas` and `n_folds` where they are not NULL / negative. Finished folds
 * go to the job's journal. After an interruption the tables of what is finished are written as well. */
typedef struct {
    const double *lambdas;
    int64_t n_lambdas, n_folds;
} feems_cv_plan;
int feems_work_cv(cli_job *job, const feems_inputs *inputs, const fr_feems_settings *fit,
                  const feems_cv_plan *plan, fr_feems_cv_result *out);

#endif
