/* The models that a part of the training points is fitted by: ridge regression, lasso; and the choice of the lasso's
 * penalty. */
#include "conformal_inputs.h"

#include <conformal/ridge_model.h>
#include <conformal/sets.h>

#include <inttypes.h>
#include <math.h>

int conformal_lambda(cli_job *job, int64_t n, int64_t p, double *lambda)
{
    const cli_options *parsed = &job->options;
    bool given = options_given(parsed, "lambda");
    if (given && options_given(parsed, "lambda-rule"))
        return fr_fail(FR_EUSAGE, "give --lambda or --lambda-rule, not both");
    *lambda = given ? options_number(parsed, "lambda", 1)
                    : fr_conformal_lambda(n, p, options_number(parsed, "sigma", 1));
    job_setting(job, "lambda", *lambda);
    return FR_OK;
}

void conformal_model_free(conformal_model *model)
{
    fr_free(model->b);
    *model = (conformal_model){0};
}

void conformal_model_predict(const conformal_model *model, int64_t m, const double *x, double *prediction)
{
    for (int64_t i = 0; i < m; i++) {
        double sum = model->intercept;
        for (int64_t j = 0; j < model->p; j++)
            sum += x[i * model->p + j] * model->b[j];
        prediction[i] = sum;
    }
}

int conformal_model_ridge(int64_t n, int64_t p, const double *x, const double *y, double rho, bool intercept,
                          conformal_model *out)
{
    ridge_model ridge;
    *out = (conformal_model){.p = p, .b = fr_alloc(p, sizeof(double))};
    if (out->b == NULL) return FR_ENOMEM;
    int status = ridge_model_new(n, p, x, y, rho, intercept, &ridge);
    if (status != FR_OK) {
        conformal_model_free(out);
        return status;
    }
    ridge_model_coefficients(&ridge, out->b, &out->intercept);
    ridge_model_free(&ridge);
    return FR_OK;
}

/* ---- lasso -------------------------------------------------------------------------------------------------------------- */

static int transpose(int64_t n, int64_t p, const double *x, double **columns)
{
    int64_t size;
    int status = fr_size_mul(n, p, &size);
    *columns = status == FR_OK ? fr_alloc(size, sizeof **columns) : NULL;
    if (*columns == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < p; j++)
            (*columns)[j * n + i] = x[i * p + j];
    return FR_OK;
}

enum { cv_folds = 10, cv_lambdas = 100 };

/* By columns, with folds drawn from the seed. */
static int choose_lambda(int64_t n, int64_t p, const double *columns, const double *y, bool intercept,
                         uint64_t seed, double *lambda)
{
    fr_lasso_settings settings;
    double lambdas[cv_lambdas], errors[cv_lambdas];
    int64_t folds = n < cv_folds ? n : cv_folds, *fold = fr_alloc(n, sizeof *fold);
    if (fold == NULL) return FR_ENOMEM;
    fr_lasso_settings_default(&settings);
    settings.intercept = intercept;
    settings.lambda = 1; /* not used by a path */
    int status = folds < 2 ? fr_fail(FR_EINPUT, "cross-validation needs at least two rows to fit")
                           : conformal_random_folds(n, folds, seed, fold);
    if (status == FR_OK)
        status = fr_lasso_cv(n, p, columns, n, y, folds, fold, cv_lambdas, n < p ? 1e-2 : 1e-4, &settings,
                             lambdas, errors, lambda);
    fr_free(fold);
    return status;
}

int conformal_lambda_cv(int64_t n, int64_t p, const double *x, const double *y, bool intercept, uint64_t seed,
                        double *lambda)
{
    double *columns;
    int status = transpose(n, p, x, &columns);
    if (status == FR_OK) status = choose_lambda(n, p, columns, y, intercept, seed, lambda);
    fr_free(columns);
    return status;
}

int conformal_model_lasso(int64_t n, int64_t p, const double *x, const double *y, double lambda,
                          bool intercept, uint64_t seed, double *used, conformal_model *out)
{
    fr_lasso_settings settings;
    fr_lasso_info info;
    double *columns = NULL;
    *out = (conformal_model){.p = p, .b = fr_alloc(p, sizeof(double))};
    int status = out->b == NULL ? FR_ENOMEM : transpose(n, p, x, &columns);
    if (status == FR_OK && lambda == 0) status = choose_lambda(n, p, columns, y, intercept, seed, &lambda);
    fr_lasso_settings_default(&settings);
    settings.lambda = lambda;
    settings.intercept = intercept;
    if (status == FR_OK)
        status = fr_lasso(n, p, columns, n, y, &settings, out->b, intercept ? &out->intercept : NULL, &info);
    fr_free(columns);
    *used = lambda;
    if (status != FR_OK) conformal_model_free(out);
    return status;
}
