/* Calibration points with predictions, from files of another program's (--cal-mu, ...), or by a fit to one part of the
 * training points that is calibrated on the other part. */
#include "conformal_inputs.h"

#include <conformal/sets.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const cli_option prefit_rows[] = {
    {.name = "cal-mu",
     .alias = "mu",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "instead of training points: predictions of any model at points it was not fitted to"},
    {.name = "cal-y",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-mu: the targets of these points"},
    {.name = "test-mu",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-mu: predictions at the test points"},
    {.name = "cal-sigma",
     .alias = "sigma-cal",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --cal-mu and --normalised: the scale of the error at the calibration points, above 0"},
    {.name = "test-sigma", .type = OPTION_PATH, .value = "FILE", .help = "the same at the test points"},
    {.name = NULL},
};
const option_group conformal_prefit_options = {"Predictions that are there", prefit_rows, false};

static const cli_option fit_rows[] = {
    {.name = "split-index",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "rows of the training points, from 0, that the model is fitted to; otherwise a random half by "
             "--seed"},
    {.name = "model",
     .type = OPTION_CHOICE,
     .value = "ridge|lasso",
     .fallback = "ridge",
     .help = "the model that is fitted to one part"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "ridge: penalty, |y - Xb|^2 + R |b|^2"},
    {.name = "lambda",
     .type = OPTION_NUMBER,
     .value = "L",
     .range = RANGE_POSITIVE,
     .help = "lasso: penalty, |y - Xb|^2 / 2 + L |b|_1 (glmnet's times the number of rows)"},
    {.name = "lambda-rule",
     .type = OPTION_CHOICE,
     .value = "sqrt|cv",
     .fallback = "sqrt",
     .help =
         "lasso without --lambda: sigma sqrt(n log p), or 10-fold cross-validation on the rows of the fit"},
    {.name = "sigma",
     .type = OPTION_NUMBER,
     .value = "S",
     .fallback = "1",
     .range = RANGE_POSITIVE,
     .help = "standard deviation of the noise in sigma sqrt(n log p)"},
    {.name = "no-intercept", .type = OPTION_FLAG, .help = "fit without a constant"},
    {.name = NULL},
};
const option_group conformal_fit_options = {"Model", fit_rows, false};

static const cli_option group_rows[] = {
    {.name = "groups",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "a group for each calibration (or training) point: coverage holds within each"},
    {.name = "test-groups",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --groups: those of the test points"},
    {.name = "group-column",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "instead: the column of the training and test tables that holds them; no feature"},
    {.name = NULL},
};
const option_group conformal_group_options = {"Groups", group_rows, false};

static const cli_option weight_rows[] = {
    {.name = "weights",
     .type = OPTION_PATH,
     .value = "FILE",
     .help =
         "covariate shift: density of the test points over that of the training points, up to a factor, for "
         "each calibration (or training) point"},
    {.name = "test-weights",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with --weights: at the test points"},
    {.name = NULL},
};
const option_group conformal_weight_options = {"Weights", weight_rows, false};

void conformal_calibrated_free(conformal_calibrated *calibrated)
{
    double *owned[] = {calibrated->mu,     calibrated->y,          calibrated->sigma,
                       calibrated->weight, calibrated->mu_test,    calibrated->sigma_test,
                       calibrated->truth,  calibrated->weight_test};
    for (size_t k = 0; k < sizeof owned / sizeof owned[0]; k++)
        fr_free(owned[k]);
    for (int64_t k = 0; calibrated->test_id != NULL && k < calibrated->calibration.m; k++)
        fr_free(calibrated->test_id[k]);
    fr_free(calibrated->test_id);
    fr_free(calibrated->group);
    fr_free(calibrated->group_test);
    conformal_names_free(&calibrated->group_names);
    *calibrated = (conformal_calibrated){0};
}

/* ---- groups and weights --------------------------------------------------------------------------------------------------- */

/* For `n` calibration or training points. */
static int read_groups(cli_job *job, int64_t n, int64_t m, const char *of, conformal_calibrated *out)
{
    const char *path = options_text(&job->options, "groups"),
               *test = options_text(&job->options, "test-groups");
    int64_t count;
    if ((path == NULL) != (test == NULL)) return fr_fail(FR_EUSAGE, "--groups and --test-groups go together");
    if (path == NULL) return FR_OK;
    if (out->group != NULL) return fr_fail(FR_EUSAGE, "give --groups or --group-column, not both");
    int status = conformal_labels_read(job, path, n, of, &out->group_names, &out->group, &count);
    if (status == FR_OK)
        status =
            conformal_labels_read(job, test, m, "test points", &out->group_names, &out->group_test, &count);
    return status;
}

static int read_weights(cli_job *job, int64_t n, int64_t m, const char *of, conformal_calibrated *out)
{
    const char *path = options_text(&job->options, "weights"),
               *test = options_text(&job->options, "test-weights");
    int64_t count;
    if ((path == NULL) != (test == NULL))
        return fr_fail(FR_EUSAGE, "--weights and --test-weights go together");
    if (path == NULL) return FR_OK;
    int status = conformal_vector_read(job, path, NULL, n, of, &out->weight, &count);
    if (status == FR_OK)
        status = conformal_vector_read(job, test, NULL, m, "test points", &out->weight_test, &count);
    return status;
}

/* ---- predictions from files ------------------------------------------------------------------------------------------------ */

static int check_prefit(const cli_options *parsed, bool scale)
{
    static const char *const of_fit[] = {"train",       "target",       "x",      "y",      "test",
                                         "split-index", "model",        "rho",    "lambda", "lambda-rule",
                                         "sigma",       "no-intercept", "ignore", "id",     "group-column",
                                         NULL};
    int status = conformal_refuse(parsed, of_fit, "a fit, not for predictions by --cal-mu");
    if (status != FR_OK) return status;
    if (!options_given(parsed, "cal-mu") || !options_given(parsed, "cal-y") ||
        !options_given(parsed, "test-mu"))
        return fr_fail(FR_EUSAGE, "--cal-mu, --cal-y and --test-mu go together");
    if (scale != options_given(parsed, "cal-sigma") || scale != options_given(parsed, "test-sigma"))
        return fr_fail(FR_EUSAGE, scale ? "--normalised needs --cal-sigma and --test-sigma"
                                        : "--cal-sigma and --test-sigma are for --normalised");
    return FR_OK;
}

static int check_positive(const char *path, const double *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(values[i] > 0))
            return fr_fail(FR_EINPUT, "%s: value %" PRId64 " (from 0) must be above 0, found %g", path, i,
                           values[i]);
    return FR_OK;
}

static int read_scales(cli_job *job, int64_t n, int64_t m, conformal_calibrated *out)
{
    const char *cal = options_text(&job->options, "cal-sigma"),
               *test = options_text(&job->options, "test-sigma");
    int64_t count;
    int status = conformal_vector_read(job, cal, NULL, n, "calibration points", &out->sigma, &count);
    if (status == FR_OK) status = check_positive(cal, out->sigma, n);
    if (status == FR_OK)
        status = conformal_vector_read(job, test, NULL, m, "test points", &out->sigma_test, &count);
    return status == FR_OK ? check_positive(test, out->sigma_test, m) : status;
}

static int read_prefit(cli_job *job, bool scale, conformal_calibrated *out)
{
    const cli_options *parsed = &job->options;
    static const char of[] = "calibration points";
    int64_t n = 0, m = 0, count;
    int status = check_prefit(parsed, scale);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "cal-mu"), NULL, -1, "", &out->mu, &n);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "cal-y"), NULL, n, of, &out->y, &count);
    if (status == FR_OK)
        status = conformal_vector_read(job, options_text(parsed, "test-mu"), NULL, -1, "", &out->mu_test, &m);
    if (status == FR_OK && scale) status = read_scales(job, n, m, out);
    if (status == FR_OK) status = conformal_truth_read(job, m, &out->truth);
    if (status == FR_OK) status = read_groups(job, n, m, of, out);
    if (status == FR_OK) status = read_weights(job, n, m, of, out);
    out->model = "prefit";
    out->calibration = (fr_conformal_calibration){.n = n, .m = m};
    return status;
}

/* ---- a fit ------------------------------------------------------------------------------------------------------------------- */

/* Moves the rows with flag `part` to the front of a copy. */
static double *part_of(const double *values, int64_t n, int64_t width, const uint8_t *flags, uint8_t part)
{
    int64_t size;
    double *copy = fr_size_mul(n, width, &size) == FR_OK ? fr_alloc(size, sizeof *copy) : NULL;
    int64_t to = 0;
    for (int64_t i = 0; copy != NULL && i < n; i++)
        if ((flags[i] != 0) == (part != 0))
            memcpy(copy + width * to++, values + width * i, (size_t)width * sizeof *copy);
    return copy;
}

int conformal_half(cli_job *job, int64_t n, uint8_t **flags)
{
    const char *path = options_text(&job->options, "split-index");
    if (path != NULL) return conformal_rows_read(job, path, n, flags);
    *flags = fr_alloc(n, sizeof **flags);
    if (*flags == NULL) return FR_ENOMEM;
    return conformal_random_half(n, (uint64_t)options_integer(&job->options, "seed", 1), *flags);
}

static int fit_model(cli_job *job, int64_t n, int64_t p, const double *x, const double *y,
                     conformal_model *model)
{
    static const char *const of_lasso[] = {"lambda", "lambda-rule", "sigma", NULL}, *const of_ridge[] = {
                                                                                        "rho", NULL};
    const cli_options *parsed = &job->options;
    bool intercept = !options_flag(parsed, "no-intercept");
    bool lasso = options_integer(parsed, "model", 0) == 1,
         cv = options_integer(parsed, "lambda-rule", 0) == 1;
    double lambda = 0;
    int status = lasso ? conformal_refuse(parsed, of_ridge, "--model ridge")
                       : conformal_refuse(parsed, of_lasso, "--model lasso");
    if (status != FR_OK) return status;
    if (!lasso) return conformal_model_ridge(n, p, x, y, options_number(parsed, "rho", 1), intercept, model);
    if (!cv || options_given(parsed, "lambda")) status = conformal_lambda(job, n, p, &lambda);
    if (status == FR_OK)
        status = conformal_model_lasso(n, p, x, y, lambda, intercept,
                                       (uint64_t)options_integer(parsed, "seed", 1), &lambda, model);
    job_setting(job, "lambda", lambda);
    return status;
}

/* The scale of the error as a function of x: ridge regression of the absolute residuals of the fit on the same rows,
 * held above a tenth of their mean. */
static int fit_scale(cli_job *job, int64_t n, int64_t p, const double *x, const double *y,
                     const conformal_model *model, conformal_model *scale, double *least)
{
    double *size = fr_alloc(n, sizeof *size), mean = 0;
    if (size == NULL) return FR_ENOMEM;
    conformal_model_predict(model, n, x, size);
    for (int64_t i = 0; i < n; i++) {
        size[i] = fabs(y[i] - size[i]);
        mean += size[i] / (double)n;
    }
    *least = mean > 0 ? 0.1 * mean : 1; /* a perfect fit says nothing about scales */
    int status = conformal_model_ridge(n, p, x, size, fmax(options_number(&job->options, "rho", 1), 1e-8),
                                       true, scale);
    fr_free(size);
    return status;
}

static void predict_scale(const conformal_model *scale, double least, int64_t m, const double *x,
                          double *sigma)
{
    conformal_model_predict(scale, m, x, sigma);
    for (int64_t i = 0; i < m; i++)
        sigma[i] = fmax(sigma[i], least);
}

/* Fits to the flagged rows and fills the predictions at the n2 others and at the test points. */
static int fit_half(cli_job *job, const fr_conformal_data *data, const uint8_t *flags, int64_t n1, bool scale,
                    conformal_calibrated *out)
{
    int64_t n = data->n, p = data->p, m = data->m, n2 = n - n1;
    conformal_model model = {0}, scale_model = {0};
    double least = 0, *x1 = part_of(data->x, n, p, flags, 1), *y1 = part_of(data->y, n, 1, flags, 1),
           *x2 = part_of(data->x, n, p, flags, 0);
    out->y = part_of(data->y, n, 1, flags, 0);
    out->mu = fr_alloc(n2, sizeof(double));
    out->mu_test = fr_alloc(m, sizeof(double));
    if (scale) out->sigma = fr_alloc(n2, sizeof(double));
    if (scale) out->sigma_test = fr_alloc(m, sizeof(double));
    bool room =
        x1 != NULL && y1 != NULL && x2 != NULL && out->y != NULL && out->mu != NULL && out->mu_test != NULL;
    if (scale) room = room && out->sigma != NULL && out->sigma_test != NULL;
    int status = room ? fit_model(job, n1, p, x1, y1, &model) : FR_ENOMEM;
    if (status != FR_OK) goto done;
    conformal_model_predict(&model, n2, x2, out->mu);
    conformal_model_predict(&model, m, data->x_test, out->mu_test);
    if (scale) status = fit_scale(job, n1, p, x1, y1, &model, &scale_model, &least);
    if (scale && status == FR_OK) {
        predict_scale(&scale_model, least, n2, x2, out->sigma);
        predict_scale(&scale_model, least, m, data->x_test, out->sigma_test);
    }
done:
    conformal_model_free(&model);
    conformal_model_free(&scale_model);
    fr_free(x1);
    fr_free(y1);
    fr_free(x2);
    return status;
}

/* Groups and weights were read for all training points; those of the calibration points come to the front. */
static void keep_calibration(const uint8_t *flags, int64_t n, conformal_calibrated *out)
{
    int64_t to = 0;
    for (int64_t i = 0; i < n; i++) {
        if (flags[i]) continue;
        if (out->group != NULL) out->group[to] = out->group[i];
        if (out->weight != NULL) out->weight[to] = out->weight[i];
        to++;
    }
}

/* What was read is handed on rather than copied. */
static void take_over(conformal_input *input, conformal_calibrated *out)
{
    out->group = input->group;
    out->group_test = input->group_test;
    out->group_names = input->group_names;
    out->test_id = input->test_id;
    out->truth = input->truth;
    input->group = input->group_test = NULL;
    input->group_names = (conformal_names){0};
    input->test_id = NULL;
    input->truth = NULL;
}

static int read_and_fit(cli_job *job, bool scale, conformal_calibrated *out)
{
    static const char *const of_prefit[] = {"cal-y", "test-mu", "cal-sigma", "test-sigma", NULL};
    conformal_input input;
    uint8_t *flags = NULL;
    int64_t n1 = 0;
    int status = conformal_refuse(&job->options, of_prefit, "predictions by --cal-mu");
    if (status == FR_OK) status = conformal_input_read(job, &input);
    if (status != FR_OK) return status;
    take_over(&input, out);
    int64_t n = input.data.n, m = input.data.m;
    out->calibration.m = m;
    status = read_groups(job, n, m, "training points", out);
    if (status == FR_OK) status = read_weights(job, n, m, "training points", out);
    if (status == FR_OK) status = conformal_half(job, n, &flags);
    if (status != FR_OK) goto done;
    for (int64_t i = 0; i < n; i++)
        n1 += flags[i];
    status = fit_half(job, &input.data, flags, n1, scale, out);
    keep_calibration(flags, n, out);
    out->calibration.n = n - n1;
    out->model = options_text(&job->options, "model");
    job_phase(job, "fit");
done:
    fr_free(flags);
    conformal_input_free(&input);
    return status;
}

int conformal_calibrated_read(cli_job *job, bool scale, conformal_calibrated *out)
{
    const cli_options *parsed = &job->options;
    bool prefit =
        options_given(parsed, "cal-mu") || options_given(parsed, "cal-y") || options_given(parsed, "test-mu");
    *out = (conformal_calibrated){0};
    int status = job_agree(job, prefit ? read_prefit(job, scale, out) : read_and_fit(job, scale, out));
    if (status != FR_OK) {
        conformal_calibrated_free(out);
        return status;
    }
    fr_conformal_calibration *calibration = &out->calibration;
    calibration->mu = out->mu;
    calibration->y = out->y;
    calibration->mu_test = out->mu_test;
    calibration->sigma = out->sigma;
    calibration->sigma_test = out->sigma_test;
    calibration->group = out->group;
    calibration->group_test = out->group_test;
    calibration->weight = out->weight;
    calibration->weight_test = out->weight_test;
    job_metric_count(job, "calibration_points", calibration->n);
    job_metric_count(job, "test_points", calibration->m);
    return FR_OK;
}
