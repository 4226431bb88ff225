/* What the verbs of `frugal conformal` read: training and test points with the truth where it is known, labels, parts of the rows. */
#ifndef FRUGAL_CLI_CONFORMAL_INPUTS_H
#define FRUGAL_CLI_CONFORMAL_INPUTS_H

#include "conformal_sheet.h"

#include <frugal/conformal.h>

/* ---- training and test points --------------------------------------------------------------------------------------- */

extern const option_group conformal_data_options, conformal_level_options;

/* Texts in order of first appearance, with their numbers. */
typedef struct {
    int64_t n, room;
    char **names; /* owned, each */
} conformal_names;
int conformal_names_number(conformal_names *names, const char *text, int64_t *number);
void conformal_names_free(conformal_names *names);

typedef struct {
    fr_conformal_data data; /* borrows from below */
    double *x, *y, *x_test;
    double *truth;       /* m, not-a-number where it is not known; NULL: none is */
    char **test_id;      /* m; NULL: numbers from 0 */
    int64_t *group;      /* of the training points, by --groups or --group-column; NULL: none */
    int64_t *group_test; /* of the test points */
    conformal_names group_names;
} conformal_input;

/* Reads --train and --test, or --x, --y and --test, with --test-y: at least 2 training points, 1 feature, 1 test point. */
int conformal_input_read(cli_job *job, conformal_input *out);
void conformal_input_free(conformal_input *input);
/* The target alone, for verbs that need no features; --test-y is read where the number of test points m is known. */
int conformal_target_read(cli_job *job, double **y, int64_t *n);
int conformal_truth_read(cli_job *job, int64_t m, double **truth);

/* The levels of --alpha, each once. */
int conformal_levels(cli_job *job, const double **alphas, int64_t *n_alphas);

/* ---- smaller files -------------------------------------------------------------------------------------------------- */

/* Labels of `expected` points (-1: any number), one a line or an array of whole numbers; a heading is recognised. */
int conformal_labels_read(cli_job *job, const char *path, int64_t expected, const char *of,
                          conformal_names *names, int64_t **labels, int64_t *n);
/* Rows by number from 0, each once, at least one and not all of n: flags (n). */
int conformal_rows_read(cli_job *job, const char *path, int64_t n, uint8_t **flags);
/* The rows of --split-index, or a random half by --seed: flags (n). */
int conformal_half(cli_job *job, int64_t n, uint8_t **flags);
/* A fold for each of n rows, from 0 without gaps. */
int conformal_folds_read(cli_job *job, const char *path, int64_t n, int64_t **folds, int64_t *n_folds);

/* "LO:HI" of an option, LO < HI; -inf and inf are ends too. */
int conformal_range(const cli_options *parsed, const char *name, double *low, double *high);
/* FR_EUSAGE if one of the options (NULL-terminated) was given: "--NAME is for WHAT". */
int conformal_refuse(const cli_options *parsed, const char *const *names, const char *what);

/* ---- the models ------------------------------------------------------------------------------------------------------ */

/* The penalty of the lasso for n rows and p columns: --lambda, or sigma sqrt(n log p) (fr_conformal_lambda). */
int conformal_lambda(cli_job *job, int64_t n, int64_t p, double *lambda);

/* y = x'b + intercept, fitted to rows of a row-major matrix. */
typedef struct {
    int64_t p;
    double *b, intercept;
} conformal_model;
int conformal_model_ridge(int64_t n, int64_t p, const double *x, const double *y, double rho, bool intercept,
                          conformal_model *out);
/* lambda 0: chosen by 10-fold cross-validation on these rows. *used: the one that was taken. */
int conformal_model_lasso(int64_t n, int64_t p, const double *x, const double *y, double lambda,
                          bool intercept, uint64_t seed, double *used, conformal_model *out);
/* The cross-validation alone. */
int conformal_lambda_cv(int64_t n, int64_t p, const double *x, const double *y, bool intercept, uint64_t seed,
                        double *lambda);
void conformal_model_predict(const conformal_model *model, int64_t m, const double *x, double *prediction);
void conformal_model_free(conformal_model *model);

/* ---- calibration points with predictions ----------------------------------------------------------------------------- */

extern const option_group conformal_prefit_options, conformal_fit_options, conformal_group_options,
    conformal_weight_options;

/* Predictions at calibration and test points: from files (--mu, ...), or of a model fitted to one part of the training points and calibrated
 * on the other. */
typedef struct {
    fr_conformal_calibration calibration; /* borrows from below */
    double *mu, *y, *sigma, *weight, *mu_test, *sigma_test, *weight_test, *truth;
    int64_t *group, *group_test;
    conformal_names group_names;
    char **test_id;
    const char *model; /* "ridge", "lasso", "prefit" */
} conformal_calibrated;
/* `scale`: a sigma is needed too. */
int conformal_calibrated_read(cli_job *job, bool scale, conformal_calibrated *out);
void conformal_calibrated_free(conformal_calibrated *calibrated);

#endif
