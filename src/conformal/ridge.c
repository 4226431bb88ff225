/* Full conformal sets of ridge regression, exact (Nouretdinov, Melluish, Vovk, ICML 2001). With trial response y for the test point x,
 * prediction mu of the fit to the training points, h = x'A^-1 x and g_i = x_i'A^-1 x, the residuals of the fit to all n + 1 points are
 *   r_i(y) = e_i + g_i (mu - y) / (1 + h),   r_t(y) = (y - mu) / (1 + h).
 * Where all slopes |g_i| are below 1, each training point allows one interval [c_i, d_i] and the set is [k-th largest c_i, k-th smallest
 * d_i]; otherwise the sweep over all roots decides, and the set can be infinite or fall into pieces. */
#include "points.h"
#include "ridge_model.h"
#include "sets.h"
#include "sweep.h"

#include <core/for_each_cpu.h>

#include <math.h>

void fr_conformal_ridge_settings_default(fr_conformal_ridge_settings *settings)
{
    *settings = (fr_conformal_ridge_settings){.rho = 1};
}

typedef struct {
    const fr_conformal_data *data;
    const ridge_model *model;
    fr_conformal_curve *curves;
    conformal_sets *sets;
    fr_conformal_result *out;
} ridge_work;

typedef struct {
    ridge_space fit;
    sweep_space sweep;
    double *u, *v;    /* n + 1 */
    double *low, *up; /* n: c_i and d_i */
    fr_conformal_pieces pieces;
} ridge_scratch;

static void scratch_free(void *workspace)
{
    ridge_scratch *scratch = workspace;
    ridge_space_free(&scratch->fit);
    sweep_space_free(&scratch->sweep);
    fr_free(scratch->u);
    fr_free(scratch->v);
    fr_free(scratch->low);
    fr_free(scratch->up);
    fr_conformal_pieces_free(&scratch->pieces);
    fr_free(scratch);
}

static int scratch_new(void *context, void **workspace)
{
    const ridge_work *work = context;
    int64_t n = work->data->n;
    ridge_scratch *scratch = fr_alloc(1, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    scratch->u = fr_alloc(n + 1, sizeof(double));
    scratch->v = fr_alloc(n + 1, sizeof(double));
    scratch->low = fr_alloc(n, sizeof(double));
    scratch->up = fr_alloc(n, sizeof(double));
    int status = ridge_space_new(work->model, &scratch->fit);
    if (scratch->u == NULL || scratch->v == NULL || scratch->low == NULL || scratch->up == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK)
        *workspace = scratch;
    else
        scratch_free(scratch);
    return status;
}

FR_FOR_EACH_CPU
static void residual_lines(int64_t n, const double *residual, const double *g, double mu, double h, double *u,
                           double *v)
{
    double share = 1 / (1 + h);
    for (int64_t i = 0; i < n; i++) {
        v[i] = -share * g[i];
        u[i] = residual[i] - mu * v[i];
    }
    u[n] = -mu * share;
    v[n] = share;
}

/* c_i and d_i; false if a training residual is (nearly) as steep as that of the test point. */
FR_FOR_EACH_CPU
static bool single_intervals(int64_t n, const double *u, const double *v, double *low, double *up)
{
    double u_t = u[n], v_t = v[n], steepest = 0;
    for (int64_t i = 0; i < n; i++) {
        double first = -(u_t - u[i]) / (v_t - v[i]), second = -(u_t + u[i]) / (v_t + v[i]);
        double slope = v[i] < 0 ? -v[i] : v[i];
        steepest = steepest > slope ? steepest : slope;
        low[i] = first < second ? first : second;
        up[i] = first < second ? second : first;
    }
    return steepest < (1 - 1e-12) * v_t;
}

static int find_sets(ridge_work *work, ridge_scratch *scratch, int64_t t)
{
    int64_t n = work->data->n;
    const double *u = scratch->u, *v = scratch->v;
    bool swept = work->curves != NULL || !single_intervals(n, u, v, scratch->low, scratch->up);
    int status = swept ? sweep_curve(&scratch->sweep, n, u, v, -INFINITY, INFINITY) : FR_OK;
    for (int64_t a = 0; status == FR_OK && a < work->out->n_alphas; a++) {
        int64_t rank = fr_conformal_rank(work->out->alphas[a], n + 1);
        if (!swept) {
            double lower = fr_conformal_select(n, scratch->low, n + 1 - rank);
            double upper = fr_conformal_select(n, scratch->up, rank);
            status = conformal_sets_put_interval(work->sets, work->out, t, a, lower, upper);
            continue;
        }
        scratch->pieces.count = 0;
        status = sweep_members(&scratch->sweep.curve, rank, &scratch->pieces);
        if (status == FR_OK)
            status = conformal_sets_put(work->sets, work->out, t, a, scratch->pieces.count,
                                        scratch->pieces.pieces, false);
    }
    int64_t room = 0;
    if (status == FR_OK && work->curves != NULL)
        status = conformal_curve_append(&work->curves[t], &room, &scratch->sweep.curve);
    return status;
}

static int64_t block_size(const ridge_work *work, int64_t index)
{
    int64_t left = work->data->m - index * ridge_block;
    return left < ridge_block ? left : ridge_block;
}

static int run_block(int64_t index, void *context, void *workspace)
{
    ridge_work *work = context;
    ridge_scratch *scratch = workspace;
    const fr_conformal_data *data = work->data;
    int64_t first = index * ridge_block, count = block_size(work, index);
    int status = ridge_predict(work->model, &scratch->fit, count, data->x_test + first * data->p);
    for (int64_t t = 0; status == FR_OK && t < count; t++) {
        residual_lines(data->n, work->model->residual, scratch->fit.g + t * data->n, scratch->fit.mu[t],
                       scratch->fit.h[t], scratch->u, scratch->v);
        work->out->centre[first + t] = scratch->fit.mu[t];
        status = find_sets(work, scratch, first + t);
    }
    return status;
}

static bool pack_block(int64_t index, void *context, void *block)
{
    const ridge_work *work = context;
    return conformal_sets_pack(work->sets, work->out, index * ridge_block, block_size(work, index), block);
}

static int unpack_block(int64_t index, void *context, const void *block)
{
    const ridge_work *work = context;
    return conformal_sets_unpack(work->sets, work->out, index * ridge_block, block_size(work, index), block);
}

int fr_conformal_ridge(const fr_conformal_data *data, const fr_conformal_ridge_settings *settings,
                       fr_conformal_result *out)
{
    double begin = fr_clock();
    ridge_model model = {0};
    conformal_sets sets;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    for (int64_t t = 0; settings->curves != NULL && t < data->m; t++)
        settings->curves[t] = (fr_conformal_curve){0};
    status = conformal_check_data(data);
    if (status == FR_OK)
        status =
            ridge_model_new(data->n, data->p, data->x, data->y, settings->rho, settings->intercept, &model);
    if (status != FR_OK) goto done;
    out->fit_seconds = fr_clock() - begin;
    conformal_warn_small_alphas(out->n_alphas, out->alphas, data->n + 1, "the sets are infinite");
    ridge_work work = {data, &model, settings->curves, &sets, out};
    const conformal_work points = {.phase = "test points",
                                   .count = (data->m + ridge_block - 1) / ridge_block,
                                   .run = run_block,
                                   .context = &work,
                                   .workspace_new = scratch_new,
                                   .workspace_free = scratch_free,
                                   .packed_size = conformal_sets_packed_size(out->n_alphas, ridge_block),
                                   .pack = settings->curves == NULL ? pack_block : NULL,
                                   .unpack = unpack_block};
    status = conformal_run(&points);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    for (int64_t a = 0; a < out->n_alphas; a++)
        out->guarantee[a] = 1 - out->alphas[a];
    out->seconds = fr_clock() - begin;
done:
    for (int64_t t = 0; status != FR_OK && settings->curves != NULL && t < data->m; t++)
        fr_conformal_curve_free(&settings->curves[t]);
    ridge_model_free(&model);
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
