/* Fits without a row or a fold. For ridge regression a row is taken out by
 *   mu_-i(x) = mu(x) - (x'A^-1 x_i) e_i / (1 - h_i),   y_i - mu_-i(x_i) = e_i / (1 - h_i),   h_i = x_i'A^-1 x_i;
 * folds, and the lasso, are fitted again, from the solution for all rows. */
#include "left_out.h"

#include "points.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void left_out_free(left_out *models)
{
    ridge_model_free(&models->ridge);
    fr_free(models->residual);
    fr_free(models->change);
    fr_free(models->b);
    fr_free(models->b0);
    *models = (left_out){0};
}

/* ---- ridge without single rows --------------------------------------------------------------------------------------------------- */

static int leave_each_out(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                          left_out *out)
{
    int64_t n = data->n, p = data->p;
    ridge_space space = {0};
    int status = ridge_model_new(n, p, data->x, data->y, settings->rho, settings->intercept, &out->ridge);
    if (status == FR_OK) status = ridge_space_new(&out->ridge, &space);
    out->change = fr_alloc(n, sizeof(double));
    if (status == FR_OK && out->change == NULL) status = FR_ENOMEM;
    for (int64_t first = 0; status == FR_OK && first < n; first += ridge_block) {
        int64_t count = n - first < ridge_block ? n - first : ridge_block;
        status = ridge_predict(&out->ridge, &space, count, data->x + first * p);
        for (int64_t i = first; status == FR_OK && i < first + count; i++) {
            double rest = 1 - space.h[i - first];
            if (!(rest >= 1e-12))
                status = fr_fail(
                    FR_ENUMERIC,
                    "the fit without row %lld (from 0) is not defined: its leverage is 1; larger rho helps",
                    (long long)i);
            out->change[i] = out->ridge.residual[i] / rest;
            out->residual[i] = fabs(out->change[i]);
        }
    }
    ridge_space_free(&space);
    return status;
}

/* ---- other fits, one after the other ---------------------------------------------------------------------------------------------- */

typedef struct {
    const fr_conformal_data *data;
    const fr_conformal_jackknife_settings *settings;
    left_out *models;
    uint8_t *degenerate, *unfinished; /* n_models + 1 flags */
} fit_work;

typedef struct {
    double *x, *y;
} fit_scratch;

static void fit_scratch_free(void *workspace)
{
    fit_scratch *scratch = workspace;
    fr_free(scratch->x);
    fr_free(scratch->y);
    fr_free(scratch);
}

static int fit_scratch_new(void *context, void **workspace)
{
    const fit_work *work = context;
    fit_scratch *scratch = fr_alloc(1, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    scratch->x = fr_alloc(work->data->n * work->data->p, sizeof(double));
    scratch->y = fr_alloc(work->data->n, sizeof(double));
    if (scratch->x == NULL || scratch->y == NULL) {
        fit_scratch_free(scratch);
        return FR_ENOMEM;
    }
    *workspace = scratch;
    return FR_OK;
}

static int64_t model_of(const left_out *models, int64_t i)
{
    return models->fold == NULL ? i : models->fold[i];
}

/* The rows that model number `index` is fitted to, all for the last, by columns (lasso) or by rows; returns their number. */
static int64_t gather(const fit_work *work, fit_scratch *scratch, int64_t index)
{
    const fr_conformal_data *data = work->data;
    int64_t count = 0, kept = 0, p = data->p;
    for (int64_t i = 0; i < data->n; i++)
        kept += model_of(work->models, i) != index;
    for (int64_t i = 0; i < data->n; i++) {
        if (model_of(work->models, i) == index) continue;
        const double *row = data->x + i * p;
        if (work->settings->lasso)
            for (int64_t j = 0; j < p; j++)
                scratch->x[j * kept + count] = row[j];
        else
            memcpy(scratch->x + count * p, row, (size_t)p * sizeof *row);
        scratch->y[count++] = data->y[i];
    }
    return count;
}

static int fit_lasso(const fit_work *work, const fit_scratch *scratch, int64_t rows, int64_t index)
{
    const fr_conformal_jackknife_settings *settings = work->settings;
    left_out *models = work->models;
    int64_t p = models->p, all = models->n_models;
    double *b = models->b + index * p;
    fr_lasso_settings lasso;
    fr_lasso_info info;
    fr_lasso_settings_default(&lasso);
    lasso.lambda = settings->lambda;
    lasso.intercept = settings->intercept;
    if (index != all) memcpy(b, models->b + all * p, (size_t)p * sizeof *b);
    int status = fr_lasso(rows, p, scratch->x, rows, scratch->y, &lasso, b,
                          settings->intercept ? &models->b0[index] : NULL, &info);
    if (status != FR_OK) return status;
    work->degenerate[index] = info.degenerate;
    work->unfinished[index] = !info.converged;
    return FR_OK;
}

static int fit_one(int64_t index, void *context, void *workspace)
{
    fit_work *work = context;
    fit_scratch *scratch = workspace;
    left_out *models = work->models;
    int64_t p = models->p, rows = gather(work, scratch, index);
    if (rows < 1)
        return fr_fail(FR_EUSAGE, "fold %lld holds all rows: nothing is left to fit to", (long long)index);
    if (work->settings->lasso) return fit_lasso(work, scratch, rows, index);
    ridge_model model;
    int status = ridge_model_new(rows, p, scratch->x, scratch->y, work->settings->rho,
                                 work->settings->intercept, &model);
    if (status != FR_OK) return status;
    ridge_model_coefficients(&model, models->b + index * p, &models->b0[index]);
    ridge_model_free(&model);
    return FR_OK;
}

/* A fit as numbers: coefficients, constant, what the lasso met. */
static bool pack_fit(int64_t index, void *context, void *block)
{
    const fit_work *work = context;
    const left_out *models = work->models;
    double *number = block;
    memcpy(number, models->b + index * models->p, (size_t)models->p * sizeof *number);
    number[models->p] = models->b0[index];
    number[models->p + 1] = work->degenerate[index];
    number[models->p + 2] = work->unfinished[index];
    return true;
}

static int unpack_fit(int64_t index, void *context, const void *block)
{
    const fit_work *work = context;
    left_out *models = work->models;
    const double *number = block;
    memcpy(models->b + index * models->p, number, (size_t)models->p * sizeof *number);
    models->b0[index] = number[models->p];
    work->degenerate[index] = number[models->p + 1] != 0;
    work->unfinished[index] = number[models->p + 2] != 0;
    return FR_OK;
}

/* All rows first, which the others start from. */
static int fit_all(fit_work *work)
{
    void *scratch = NULL;
    int status = fit_scratch_new(work, &scratch);
    if (status == FR_OK) status = fit_one(work->models->n_models, work, scratch);
    if (scratch != NULL) fit_scratch_free(scratch);
    const conformal_work others = {.phase = "fits without a part",
                                   .count = work->models->n_models,
                                   .run = fit_one,
                                   .context = work,
                                   .workspace_new = fit_scratch_new,
                                   .workspace_free = fit_scratch_free,
                                   .packed_size = (work->models->p + 3) * (int64_t)sizeof(double),
                                   .pack = pack_fit,
                                   .unpack = unpack_fit};
    return status == FR_OK ? conformal_run(&others) : status;
}

static void find_residuals(const fr_conformal_data *data, left_out *out)
{
    int p = (int)data->p;
    for (int64_t i = 0; i < data->n; i++) {
        int64_t model = model_of(out, i);
        double fitted = out->b0[model] + cblas_ddot(p, data->x + i * data->p, 1, out->b + model * data->p, 1);
        out->residual[i] = fabs(data->y[i] - fitted);
    }
}

static int fit_again(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                     left_out *out)
{
    int64_t models = out->n_models + 1, cells, unfinished = 0;
    int status = fr_size_mul(models, data->p, &cells);
    if (status != FR_OK) return status;
    fit_work work = {data, settings, out, fr_alloc(models, 1), fr_alloc(models, 1)};
    out->b = fr_alloc(cells, sizeof(double));
    out->b0 = fr_alloc(models, sizeof(double));
    if (out->b == NULL || out->b0 == NULL || work.degenerate == NULL || work.unfinished == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK) status = fit_all(&work);
    if (status == FR_OK) {
        find_residuals(data, out);
        for (int64_t k = 0; k < models; k++) {
            out->degenerate = out->degenerate || work.degenerate[k];
            unfinished += work.unfinished[k];
        }
    }
    if (unfinished > 0)
        fr_warn("%lld of %lld lasso fits did not reach their tolerance", (long long)unfinished,
                (long long)models);
    fr_free(work.degenerate);
    fr_free(work.unfinished);
    return status;
}

int left_out_new(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                 int64_t n_folds, const int64_t *fold, left_out *out)
{
    *out = (left_out){.n = data->n,
                      .p = data->p,
                      .n_models = fold == NULL ? data->n : n_folds,
                      .fold = fold,
                      .shortcut = fold == NULL && !settings->lasso,
                      .residual = fr_alloc(data->n, sizeof(double))};
    int status = out->residual == NULL ? FR_ENOMEM
                 : out->shortcut       ? leave_each_out(data, settings, out)
                                       : fit_again(data, settings, out);
    if (status != FR_OK) left_out_free(out);
    return status;
}

/* ---- test points -------------------------------------------------------------------------------------------------------------------- */

void left_out_space_free(left_out_space *space)
{
    ridge_space_free(&space->ridge);
    fr_free(space->without);
    *space = (left_out_space){0};
}

int left_out_space_new(const left_out *models, left_out_space *out)
{
    *out = (left_out_space){.without = fr_alloc(ridge_block * models->n_models, sizeof(double))};
    int status = out->without != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK && models->shortcut) status = ridge_space_new(&models->ridge, &out->ridge);
    if (status != FR_OK) left_out_space_free(out);
    return status;
}

static int predict_shortcut(const left_out *models, left_out_space *space, int64_t count,
                            const double *x_test)
{
    int64_t n = models->n;
    int status = ridge_predict(&models->ridge, &space->ridge, count, x_test);
    for (int64_t t = 0; status == FR_OK && t < count; t++) {
        space->mu[t] = space->ridge.mu[t];
        for (int64_t i = 0; i < n; i++)
            space->without[t * n + i] = space->mu[t] - space->ridge.g[t * n + i] * models->change[i];
    }
    return status;
}

int left_out_predict(const left_out *models, left_out_space *space, int64_t count, const double *x_test)
{
    if (models->shortcut) return predict_shortcut(models, space, count, x_test);
    int64_t k = models->n_models, p = models->p;
    int columns = (int)p;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)k, columns, 1, x_test, columns,
                models->b, columns, 0, space->without, (int)k);
    for (int64_t t = 0; t < count; t++) {
        space->mu[t] = models->b0[k] + cblas_ddot(columns, x_test + t * p, 1, models->b + k * p, 1);
        if (!isfinite(space->mu[t]))
            return fr_fail(FR_ENUMERIC,
                           "the features of a test point are too large: its prediction overflows");
        for (int64_t f = 0; f < k; f++)
            space->without[t * k + f] += models->b0[f];
    }
    return FR_OK;
}
