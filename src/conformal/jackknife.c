/* The jackknife and its relatives (Barber, Candes, Ramdas, Tibshirani, Annals of Statistics 49(1), 2021). With R_i = |y_i - mu_-i(x_i)|:
 *   jackknife   mu(x) +- k-th smallest R_i
 *   jackknife+  [floor(alpha(n+1))-th smallest mu_-i(x) - R_i, k-th smallest mu_-i(x) + R_i]
 *   minmax      [min mu_-i(x) - k-th smallest R_i, max mu_-i(x) + k-th smallest R_i]
 *   CV+         jackknife+ with whole folds left out. */
#include "left_out.h"
#include "points.h"
#include "sets.h"

#include <math.h>
#include <string.h>

void fr_conformal_jackknife_settings_default(fr_conformal_jackknife_settings *settings)
{
    *settings = (fr_conformal_jackknife_settings){
        .kind = FR_CONFORMAL_JACKKNIFE_PLUS, .rho = 1, .intercept = true, .n_folds = 10, .seed = 1};
}

typedef struct {
    const fr_conformal_data *data;
    fr_conformal_jackknife_kind kind;
    const left_out *models;
    double *quantile; /* of the R_i at each level */
    conformal_sets *sets;
    fr_conformal_result *out;
} jackknife_work;

typedef struct {
    left_out_space predictions;
    double *low, *up; /* n */
} jackknife_scratch;

static void scratch_free(void *workspace)
{
    jackknife_scratch *scratch = workspace;
    left_out_space_free(&scratch->predictions);
    fr_free(scratch->low);
    fr_free(scratch->up);
    fr_free(scratch);
}

static int scratch_new(void *context, void **workspace)
{
    const jackknife_work *work = context;
    jackknife_scratch *scratch = fr_alloc(1, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    scratch->low = fr_alloc(work->data->n, sizeof(double));
    scratch->up = fr_alloc(work->data->n, sizeof(double));
    int status = left_out_space_new(work->models, &scratch->predictions);
    if (scratch->low == NULL || scratch->up == NULL) status = FR_ENOMEM;
    if (status == FR_OK)
        *workspace = scratch;
    else
        scratch_free(scratch);
    return status;
}

static fr_interval plus_interval(int64_t n, double alpha, jackknife_scratch *scratch)
{
    int64_t lower = (int64_t)floor(alpha * (double)(n + 1) + 1e-10);
    return (fr_interval){fr_conformal_select(n, scratch->low, lower),
                         fr_conformal_select(n, scratch->up, fr_conformal_rank(alpha, n + 1))};
}

/* `without`: predictions at the test point by each fit. */
static int find_sets(jackknife_work *work, jackknife_scratch *scratch, int64_t t, double mu,
                     const double *without)
{
    const left_out *models = work->models;
    int64_t n = models->n;
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        double prediction = without[models->fold == NULL ? i : models->fold[i]];
        scratch->low[i] = prediction - models->residual[i];
        scratch->up[i] = prediction + models->residual[i];
        least = fmin(least, prediction);
        most = fmax(most, prediction);
    }
    int status = FR_OK;
    for (int64_t a = 0; status == FR_OK && a < work->out->n_alphas; a++) {
        double q = work->quantile[a];
        fr_interval set = {mu - q, mu + q};
        if (work->kind == FR_CONFORMAL_JACKKNIFE_MINMAX)
            set = (fr_interval){least - q, most + q};
        else if (work->kind != FR_CONFORMAL_JACKKNIFE)
            set = plus_interval(n, work->out->alphas[a], scratch);
        status = conformal_sets_put_interval(work->sets, work->out, t, a, set.lower, set.upper);
    }
    return status;
}

static int64_t block_size(const jackknife_work *work, int64_t index)
{
    int64_t left = work->data->m - index * ridge_block;
    return left < ridge_block ? left : ridge_block;
}

static int run_block(int64_t index, void *context, void *workspace)
{
    jackknife_work *work = context;
    jackknife_scratch *scratch = workspace;
    left_out_space *space = &scratch->predictions;
    const fr_conformal_data *data = work->data;
    int64_t first = index * ridge_block, count = block_size(work, index);
    int status = left_out_predict(work->models, space, count, data->x_test + first * data->p);
    for (int64_t t = 0; status == FR_OK && t < count; t++) {
        work->out->centre[first + t] = space->mu[t];
        status =
            find_sets(work, scratch, first + t, space->mu[t], space->without + t * work->models->n_models);
    }
    return status;
}

static bool pack_block(int64_t index, void *context, void *block)
{
    const jackknife_work *work = context;
    return conformal_sets_pack(work->sets, work->out, index * ridge_block, block_size(work, index), block);
}

static int unpack_block(int64_t index, void *context, const void *block)
{
    const jackknife_work *work = context;
    return conformal_sets_unpack(work->sets, work->out, index * ridge_block, block_size(work, index), block);
}

/* ---- folds ------------------------------------------------------------------------------------------------------------------- */

/* Folds as given, or random ones, in *fold (free with fr_free); NULL where single rows are left out. */
static int make_folds(int64_t n, const fr_conformal_jackknife_settings *settings, int64_t *n_folds,
                      int64_t **fold)
{
    *fold = NULL;
    *n_folds = settings->n_folds;
    if (settings->kind != FR_CONFORMAL_CV_PLUS) return FR_OK;
    if (settings->fold == NULL && (settings->n_folds < 2 || settings->n_folds > n))
        return fr_fail(FR_EUSAGE,
                       "the number of folds is at least 2 and at most the number of rows, not %lld",
                       (long long)settings->n_folds);
    *fold = fr_alloc(n, sizeof **fold);
    if (*fold == NULL) return FR_ENOMEM;
    if (settings->fold == NULL) return conformal_random_folds(n, *n_folds, settings->seed, *fold);
    *n_folds = 1;
    for (int64_t i = 0; i < n; i++) {
        if (settings->fold[i] < 0 || settings->fold[i] >= n)
            return fr_fail(FR_EINPUT,
                           "the fold of row %lld (from 0) is %lld: folds are numbers from 0 to n - 1",
                           (long long)i, (long long)settings->fold[i]);
        (*fold)[i] = settings->fold[i];
        if (*n_folds <= settings->fold[i]) *n_folds = settings->fold[i] + 1;
    }
    return FR_OK;
}

/* ---- the method ------------------------------------------------------------------------------------------------------------------ */

/* What leaving out folds costs beyond 2 alpha: sqrt(2/n); with K folds of n/K rows each, min{2 (1 - 1/K) / (n/K + 1),
 * (1 - K/n) / (K + 1)} [jackknife+, theorem 4], which is smaller. */
static double cost_of_folds(int64_t n, int64_t n_folds, const int64_t *fold)
{
    double rows = (double)n, k = (double)n_folds, size = rows / k;
    int64_t *count = fr_alloc(n_folds, sizeof *count);
    bool equal = count != NULL && n % n_folds == 0;
    for (int64_t i = 0; equal && i < n; i++)
        equal = ++count[fold[i]] <= n / n_folds;
    fr_free(count);
    return equal ? fmin(2 * (1 - 1 / k) / (size + 1), (1 - k / rows) / (k + 1)) : sqrt(2 / rows);
}

static double guarantee(fr_conformal_jackknife_kind kind, double alpha, double folds)
{
    switch (kind) {
    case FR_CONFORMAL_JACKKNIFE_PLUS:
        return fmax(0, 1 - 2 * alpha);
    case FR_CONFORMAL_JACKKNIFE_MINMAX:
        return 1 - alpha;
    case FR_CONFORMAL_CV_PLUS:
        return fmax(0, 1 - 2 * alpha - folds);
    default:
        return NAN;
    }
}

static int find_quantiles(const left_out *models, const fr_conformal_result *out, double *quantile)
{
    int status = FR_OK;
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++)
        status = fr_conformal_quantile(models->n, models->residual, out->alphas[a], &quantile[a]);
    return status;
}

static int check(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings)
{
    if (settings->lasso && !(settings->lambda > 0 && isfinite(settings->lambda)))
        return fr_fail(FR_EUSAGE, "the lasso needs a penalty lambda above 0, not %g", settings->lambda);
    if (data->n > INT32_MAX || data->p > INT32_MAX)
        return fr_fail(FR_EUSAGE, "the jackknife takes at most 2147483647 rows and columns");
    return conformal_check_data(data);
}

int fr_conformal_jackknife(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                           fr_conformal_result *out)
{
    double begin = fr_clock();
    left_out models = {0};
    int64_t *fold = NULL, n_folds = 0;
    double *quantile = NULL;
    conformal_sets sets;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    status = check(data, settings);
    if (status == FR_OK) status = make_folds(data->n, settings, &n_folds, &fold);
    if (status == FR_OK) status = left_out_new(data, settings, n_folds, fold, &models);
    if (status != FR_OK) goto done;
    out->fit_seconds = fr_clock() - begin;
    out->degenerate = models.degenerate;
    conformal_warn_small_alphas(out->n_alphas, out->alphas, data->n + 1, "the sets are infinite");
    quantile = fr_alloc(out->n_alphas, sizeof *quantile);
    status = quantile != NULL ? find_quantiles(&models, out, quantile) : FR_ENOMEM;
    if (status != FR_OK) goto done;
    jackknife_work work = {data, settings->kind, &models, quantile, &sets, out};
    const conformal_work points = {.phase = "test points",
                                   .count = (data->m + ridge_block - 1) / ridge_block,
                                   .run = run_block,
                                   .context = &work,
                                   .workspace_new = scratch_new,
                                   .workspace_free = scratch_free,
                                   .packed_size = conformal_sets_packed_size(out->n_alphas, ridge_block),
                                   .pack = pack_block,
                                   .unpack = unpack_block};
    status = conformal_run(&points);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    double folds = fold != NULL ? cost_of_folds(data->n, n_folds, fold) : 0;
    for (int64_t a = 0; a < out->n_alphas; a++)
        out->guarantee[a] = guarantee(settings->kind, out->alphas[a], folds);
    if (settings->kind == FR_CONFORMAL_JACKKNIFE || settings->kind == FR_CONFORMAL_JACKKNIFE_MINMAX) {
        out->score_quantile = quantile;
        quantile = NULL;
    }
    out->seconds = fr_clock() - begin;
done:
    fr_free(quantile);
    fr_free(fold);
    left_out_free(&models);
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
