/* Cross-validation over lambda: folds are sets of observed nodes. A held-out node stays in the graph as an unobserved one;
 * with q = 0 there, all folds share the graph's elimination. The error of a fold, the mean over SNPs and held-out nodes of the
 * squared error of simple kriging with known mean, needs no genotypes: with C = L^+_oo + diag(s2/n) and
 * W = C[te,tr] C[tr,tr]^-1,
 *   error = trace(S0[te,te] - 2 W S0[tr,te] + W S0[tr,tr] W') / |te|.
 *
 * In each fold lambda goes down from the largest, and every fit starts from the one before, with what that one learnt about
 * the curvature. Down to lambda = 0.1, where the penalty leaves one optimum that is reached from anywhere, the start is moved
 * along with the path of all data, z_fold(previous) + z_all(lambda) - z_all(previous) for z = log w, which halves the work.
 * Below, nothing that was found with the held-out nodes is used: where the optimum is flat and one of many, it would let them
 * into the error. */
#include "problem.h"

#include <cblas.h>
#include <inttypes.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void fr_feems_cv_settings_default(fr_feems_cv_settings *settings)
{
    *settings = (fr_feems_cv_settings){.n_lambdas = 20, .seed = 1};
    fr_feems_settings_default(&settings->fit);
}

void fr_feems_cv_result_free(fr_feems_cv_result *result)
{
    fr_free(result->lambdas);
    fr_free(result->fold);
    fr_free(result->error);
    fr_free(result->mean);
    fr_free(result->standard_error);
    memset(result, 0, sizeof *result);
}

/* ---- lambdas and folds ------------------------------------------------------------------------------------------------ */

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static int choose_lambdas(const fr_feems_cv_settings *settings, fr_feems_cv_result *out)
{
    int64_t n = settings->n_lambdas;
    if (n < 1) return fr_fail(FR_EUSAGE, "cross-validation needs at least one lambda");
    out->lambdas = fr_alloc(n, sizeof *out->lambdas);
    if (out->lambdas == NULL) return FR_ENOMEM;
    out->n_lambdas = n;
    for (int64_t k = 0; k < n; k++) {
        out->lambdas[k] = settings->lambdas != NULL
                              ? settings->lambdas[k]
                              : pow(10, n > 1 ? 2 - 8.0 * (double)k / (double)(n - 1) : 2);
        if (!(out->lambdas[k] >= 0 && isfinite(out->lambdas[k])))
            return fr_fail(FR_EUSAGE, "lambda is %g; it must be a number that is not negative",
                           out->lambdas[k]);
    }
    qsort(out->lambdas, (size_t)n, sizeof *out->lambdas, descending);
    for (int64_t k = 1; k < n; k++)
        if (out->lambdas[k] == out->lambdas[k - 1])
            return fr_fail(FR_EUSAGE, "lambda %g is asked for twice", out->lambdas[k]);
    return FR_OK;
}

/* The first o mod K folds of a shuffled order get one node more. */
static int shuffle_folds(int64_t o, int64_t n_folds, uint64_t seed, int64_t *fold)
{
    int64_t *order = fr_alloc(o, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    fr_random_permutation(seed, 0, 0, o, order);
    for (int64_t k = 0, next = 0; k < n_folds; k++)
        for (int64_t size = o / n_folds + (k < o % n_folds); size > 0; size--)
            fold[order[next++]] = k;
    fr_free(order);
    return FR_OK;
}

static int check_folds(int64_t o, const fr_feems_cv_result *result)
{
    int status = FR_OK;
    int64_t *size = fr_alloc(result->n_folds, sizeof *size);
    if (size == NULL) return FR_ENOMEM;
    for (int64_t a = 0; status == FR_OK && a < o; a++) {
        if (result->fold[a] < 0 || result->fold[a] >= result->n_folds)
            status = fr_fail(FR_EINPUT,
                             "an observed node is in fold %" PRId64 "; folds are numbered 0 to %" PRId64,
                             result->fold[a], result->n_folds - 1);
        else
            size[result->fold[a]]++;
    }
    for (int64_t k = 0; status == FR_OK && k < result->n_folds; k++) {
        if (size[k] == 0)
            status = fr_fail(FR_EINPUT, "fold %" PRId64 " holds no node", k);
        else if (o - size[k] < 2)
            status = fr_fail(FR_EINPUT,
                             "fold %" PRId64 " leaves %" PRId64 " of %" PRId64
                             " observed nodes to fit; at least 2 are needed",
                             k, o - size[k], o);
    }
    fr_free(size);
    return status;
}

static int choose_folds(const fr_feems_cv_settings *settings, int64_t o, fr_feems_cv_result *out)
{
    int status = FR_OK;
    if (settings->n_folds < 0 || settings->n_folds == 1 || settings->n_folds > o)
        return fr_fail(FR_EUSAGE,
                       "the number of folds is %" PRId64
                       "; it must be 0 (leave one node out) or from 2 to the number of observed nodes, "
                       "%" PRId64,
                       settings->n_folds, o);
    out->n_folds = settings->n_folds == 0 ? o : settings->n_folds;
    out->fold = fr_alloc(o, sizeof *out->fold);
    if (out->fold == NULL) return FR_ENOMEM;
    if (settings->fold != NULL)
        memcpy(out->fold, settings->fold, (size_t)o * sizeof *out->fold);
    else if (settings->n_folds == 0)
        for (int64_t a = 0; a < o; a++)
            out->fold[a] = a;
    else
        status = shuffle_folds(o, out->n_folds, settings->seed, out->fold);
    return status == FR_OK ? check_folds(o, out) : status;
}

/* ---- one fold --------------------------------------------------------------------------------------------------------- */

/* Down to here the penalty leaves one optimum. */
static const double smallest_tied_lambda = 0.1;

/* Stop rule where the settings leave it open, as in the paper's cross-validation: a relative decrease of 2.2e-8; ten times
 * smaller where there is one optimum, so that means over folds repeat to some 1e-5 there, and ten times smaller again for a
 * fit from far away, which crosses plateaus. */
static double fold_factr(double lambda, bool far)
{
    return (lambda >= smallest_tied_lambda ? 1e7 : 1e8) / (far ? 10 : 1);
}

enum { curvature_pairs = 10 };
/* Is lambda k so much smaller than the one before that neither the old curvature nor the path of all data is a guide? */
static bool is_far(const double *lambdas, int64_t k)
{
    return k > 0 && lambdas[k - 1] > 4 * lambdas[k];
}

typedef struct {
    const fr_feems_data *data;
    const fr_feems_settings *fit;
    const fr_feems_cv_result *plan; /* lambdas and folds */
    double w0, s2, alpha, alpha_q;
    int64_t n_path;     /* the first lambdas, those with one optimum */
    const double *path; /* n_path x variables: log weights (and s2) of all data */
} fold_context;

typedef struct {
    feems_problem problem;
    fr_lbfgs_memory memory;
    bool *held;
    double *covariance;                     /* o x stride */
    double *train, *weights, *test, *image; /* C[tr,tr], C[tr,te] -> W', S0[tr,te], S0[tr,tr] W' */
    int64_t *index;                         /* o: training nodes, then held-out ones */
} fold_workspace;

/* What a fold reports, a row of doubles: the errors, then these. */
enum { fold_iterations, fold_evaluations, fold_not_converged, fold_extras };

static void workspace_free(void *pointer)
{
    fold_workspace *w = pointer;
    if (w == NULL) return;
    feems_problem_free(&w->problem);
    fr_lbfgs_memory_free(&w->memory);
    fr_free(w->held);
    fr_free(w->covariance);
    fr_free(w->train);
    fr_free(w->weights);
    fr_free(w->test);
    fr_free(w->image);
    fr_free(w->index);
    fr_free(w);
}

static int workspace_new(const void *pointer, void **out)
{
    const fold_context *context = pointer;
    int64_t o = context->data->n_observed;
    fold_workspace *w = fr_alloc(1, sizeof *w);
    if (w == NULL) return FR_ENOMEM;
    int status = feems_problem_new(context->data, context->fit, &w->problem);
    if (status == FR_OK) status = fr_lbfgs_memory_new(w->problem.n, curvature_pairs, &w->memory);
    w->held = fr_alloc(o, sizeof *w->held);
    w->covariance = fr_alloc(o * (o + 8), sizeof(double));
    w->train = fr_alloc(o * o, sizeof(double));
    w->weights = fr_alloc(o * o, sizeof(double));
    w->test = fr_alloc(o * o, sizeof(double));
    w->image = fr_alloc(o * o, sizeof(double));
    w->index = fr_alloc(o, sizeof *w->index);
    if (status == FR_OK && (w->held == NULL || w->covariance == NULL || w->train == NULL ||
                            w->weights == NULL || w->test == NULL || w->image == NULL || w->index == NULL))
        status = FR_ENOMEM;
    if (status != FR_OK) {
        workspace_free(w);
        return status;
    }
    w->problem.w0 = context->w0, w->problem.s2 = context->s2;
    w->problem.alpha = context->alpha, w->problem.alpha_q = context->alpha_q;
    w->problem.held = w->held;
    *out = w;
    return FR_OK;
}

/* The prediction error at the problem's current weights; index holds n_train training nodes, then the others. */
static int prediction_error(fold_workspace *w, int64_t n_train, double *error)
{
    const fr_feems_data *data = w->problem.model.data;
    int64_t o = data->n_observed, stride = w->problem.model.stride, n_test = o - n_train;
    int status = feems_model_reduce(&w->problem.model, w->problem.weights);
    if (status == FR_OK) status = feems_model_covariance(&w->problem.model, w->covariance);
    if (status != FR_OK) return status;
    for (int64_t r = 0; r < n_train; r++) { /* row-major; symmetric, or columns are held-out nodes */
        int64_t a = w->index[r];
        for (int64_t c = 0; c < o; c++) {
            double value = w->covariance[a * stride + w->index[c]];
            if (c < n_train)
                w->train[r * n_train + c] = value;
            else {
                w->weights[r * n_test + c - n_train] = value;
                w->test[r * n_test + c - n_train] = data->similarity0[a * o + w->index[c]];
            }
        }
        w->train[r * n_train + r] += 1 / w->problem.q[a];
    }
    if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)n_train, (lapack_int)n_test, w->train,
                      (lapack_int)n_train, w->weights, (lapack_int)n_test) != 0)
        return fr_fail(FR_ENUMERIC, "the covariance of the training nodes is not positive definite");
    for (int64_t r = 0; r < n_train; r++) /* C[tr,tr] is used up; its place takes S0[tr,tr] */
        for (int64_t c = 0; c < n_train; c++)
            w->train[r * n_train + c] = data->similarity0[w->index[r] * o + w->index[c]];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)n_train, (blasint)n_test,
                (blasint)n_train, 1, w->train, (blasint)n_train, w->weights, (blasint)n_test, 0, w->image,
                (blasint)n_test);
    double sum = 0;
    for (int64_t c = n_train; c < o; c++)
        sum += data->similarity0[w->index[c] * o + w->index[c]];
    for (int64_t k = 0; k < n_train * n_test; k++)
        sum += w->weights[k] * (w->image[k] - 2 * w->test[k]);
    *error = sum / (double)n_test;
    return FR_OK;
}

/* Brings the start from the fit at lambda k - 1 to that at lambda k. */
static void start_fit(fold_workspace *w, const fold_context *context, int64_t k)
{
    feems_problem *problem = &w->problem;
    const double *lambdas = context->plan->lambdas;
    if (is_far(lambdas, k)) {
        w->memory.count = 0;
        return;
    }
    if (k >= context->n_path) return;
    const double *now = context->path + k * problem->n, *before = now - (k > 0 ? problem->n : 0);
    for (int64_t v = 0; v < problem->n; v++) {
        double start = k == 0 ? now[v] : problem->x[v] + now[v] - before[v];
        problem->x[v] = fmin(problem->upper[v], fmax(problem->lower[v], start));
    }
}

static int run_fold(int64_t fold, const void *pointer, void *workspace, void *result)
{
    const fold_context *context = pointer;
    const fr_feems_cv_result *plan = context->plan;
    fold_workspace *w = workspace;
    double *row = result, *extras = row + plan->n_lambdas;
    int64_t o = context->data->n_observed, n_train = 0, last = o;
    for (int64_t a = 0; a < o; a++) {
        w->held[a] = plan->fold[a] == fold;
        if (w->held[a])
            w->index[--last] = a;
        else
            w->index[n_train++] = a;
    }
    memset(extras, 0, fold_extras * sizeof *extras);
    feems_problem_restart(&w->problem);
    w->memory.count = 0;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < plan->n_lambdas; k++) {
        fr_lbfgsb_info info;
        w->problem.lambda = plan->lambdas[k];
        if (context->fit->factr == 0 && !context->fit->tight)
            w->problem.factr = fold_factr(plan->lambdas[k], is_far(plan->lambdas, k));
        if (context->fit->factr > 0) {
            status = feems_problem_minimise(&w->problem, NULL, &info);
        } else {
            start_fit(w, context, k);
            status = feems_problem_minimise_again(&w->problem, &w->memory, &info);
        }
        if (status == FR_OK) status = prediction_error(w, n_train, &row[k]);
        if (status != FR_OK) break;
        extras[fold_iterations] += (double)info.iterations;
        extras[fold_evaluations] += (double)info.evaluations;
        extras[fold_not_converged] += info.converged ? 0 : 1;
    }
    return status;
}

/* ---- all folds --------------------------------------------------------------------------------------------------------- */

/* Means over the folds that are finished, and the two choices of lambda. */
static void summarise(const double *rows, const uint8_t *finished, fr_feems_cv_result *out)
{
    int64_t n_lambdas = out->n_lambdas, n_folds = out->n_folds, width = n_lambdas + fold_extras;
    for (int64_t k = 0; k < n_lambdas; k++) {
        double count = 0, mean = 0, squares = 0;
        for (int64_t h = 0; h < n_folds; h++) {
            double error = finished[h] ? rows[h * width + k] : NAN;
            out->error[k * n_folds + h] = error;
            if (!finished[h]) continue;
            double step = error - mean;
            count++;
            mean += step / count;
            squares += step * (error - mean);
        }
        out->mean[k] = count > 0 ? mean : NAN;
        out->standard_error[k] = count > 1 ? sqrt(squares / (count - 1) / count) : NAN;
        if (out->mean[k] < out->mean[out->best]) out->best = k;
    }
    for (int64_t h = 0; h < n_folds; h++) {
        if (!finished[h]) continue;
        const double *extras = rows + h * width + n_lambdas;
        out->iterations += (int64_t)extras[fold_iterations];
        out->evaluations += (int64_t)extras[fold_evaluations];
        out->n_not_converged += (int64_t)extras[fold_not_converged];
    }
    while (out->one_standard_error < out->best &&
           !(out->mean[out->one_standard_error] <= out->mean[out->best] + out->standard_error[out->best]))
        out->one_standard_error++;
}

/* Fits all data at the first lambdas, each from the one before. */
static int find_path(feems_problem *problem, const fr_feems_cv_result *plan, int64_t n_path, double *path)
{
    fr_lbfgs_memory memory;
    int status = fr_lbfgs_memory_new(problem->n, curvature_pairs, &memory);
    if (status != FR_OK) return status;
    if (!problem->settings->tight) problem->factr = fold_factr(INFINITY, false);
    feems_problem_restart(problem);
    for (int64_t k = 0; status == FR_OK && k < n_path; k++) {
        fr_lbfgsb_info info;
        problem->lambda = plan->lambdas[k];
        status = feems_problem_minimise_again(problem, &memory, &info);
        memcpy(path + k * problem->n, problem->x, (size_t)problem->n * sizeof *path);
        if (status == FR_OK) status = fr_progress_tick("fitting all data", k + 1, n_path);
    }
    fr_lbfgs_memory_free(&memory);
    return status;
}

int fr_feems_cv(const fr_feems_data *data, const fr_feems_cv_settings *settings, fr_feems_cv_result *out)
{
    memset(out, 0, sizeof *out);
    double started = fr_clock();
    feems_problem null = {0};
    double *rows = NULL, *path = NULL;
    uint8_t *finished = NULL;
    fold_context context = {.data = data, .fit = &settings->fit, .plan = out};
    int blas = fr_blas_threads(1), status = choose_lambdas(settings, out);
    if (status == FR_OK) status = choose_folds(settings, data->n_observed, out);
    if (status == FR_OK) status = feems_problem_new(data, &settings->fit, &null);
    if (status == FR_OK) status = feems_problem_resolve(&null);
    if (status != FR_OK) goto done;
    context.w0 = out->w0 = null.w0, context.s2 = out->s2 = null.s2;
    context.alpha = out->alpha = null.alpha, context.alpha_q = null.alpha_q;
    while (settings->fit.factr == 0 && context.n_path < out->n_lambdas &&
           out->lambdas[context.n_path] >= smallest_tied_lambda)
        context.n_path++;
    context.path = path = fr_alloc(context.n_path * null.n, sizeof *path);
    status = path == NULL ? FR_ENOMEM : find_path(&null, out, context.n_path, path);
    if (status != FR_OK) goto done;
    int64_t width = out->n_lambdas + fold_extras;
    rows = fr_alloc(out->n_folds * width, sizeof *rows);
    finished = fr_alloc(out->n_folds, sizeof *finished);
    out->error = fr_alloc(out->n_lambdas * out->n_folds, sizeof *out->error);
    out->mean = fr_alloc(out->n_lambdas, sizeof *out->mean);
    out->standard_error = fr_alloc(out->n_lambdas, sizeof *out->standard_error);
    if (rows == NULL || finished == NULL || out->error == NULL || out->mean == NULL ||
        out->standard_error == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    fr_tasks tasks = {.name = "cross-validation",
                      .count = out->n_folds,
                      .result_size = width * (int64_t)sizeof *rows,
                      .run = run_fold,
                      .context = &context,
                      .workspace_new = workspace_new,
                      .workspace_free = workspace_free};
    status = fr_tasks_run(&tasks, settings->journal, rows, finished);
    if (status == FR_OK || status == FR_EINTERRUPTED) summarise(rows, finished, out);
    out->seconds = fr_clock() - started;
done:
    fr_blas_threads(blas);
    feems_problem_free(&null);
    fr_free(path);
    fr_free(rows);
    fr_free(finished);
    if (status != FR_OK && status != FR_EINTERRUPTED) fr_feems_cv_result_free(out);
    return status;
}
