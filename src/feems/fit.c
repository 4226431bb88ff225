/* The fit of one migration surface (Marcus et al. 2021): null fit, penalised fit, and how well fitted genetic distances
 * describe the observed ones. */
#include "problem.h"

#include <math.h>
#include <string.h>

void fr_feems_result_free(fr_feems_result *result)
{
    fr_free(result->weights);
    fr_free(result->s2);
    fr_free(result->fitted);
    fr_free(result->seen);
    memset(result, 0, sizeof *result);
}

static int result_new(const fr_feems_data *data, fr_feems_result *out)
{
    int64_t pairs = data->n_observed * data->n_observed;
    out->weights = fr_alloc(data->graph.n_edges, sizeof(double));
    out->s2 = fr_alloc(data->graph.n_nodes, sizeof(double));
    out->fitted = fr_alloc(pairs, sizeof(double));
    out->seen = fr_alloc(pairs, sizeof(double));
    return out->weights == NULL || out->s2 == NULL || out->fitted == NULL || out->seen == NULL ? FR_ENOMEM
                                                                                               : FR_OK;
}

/* Least squares observed ~ fitted over all pairs of observed nodes. */
static void regress(const fr_feems_result *result, int64_t o, fr_feems_info *info)
{
    double n = (double)o * (double)(o - 1) / 2, x_mean = 0, y_mean = 0, xx = 0, xy = 0, yy = 0;
    for (int64_t a = 1; a < o; a++)
        for (int64_t b = 0; b < a; b++) {
            x_mean += result->fitted[a * o + b] / n;
            y_mean += result->seen[a * o + b] / n;
        }
    for (int64_t a = 1; a < o; a++)
        for (int64_t b = 0; b < a; b++) {
            double x = result->fitted[a * o + b] - x_mean, y = result->seen[a * o + b] - y_mean;
            xx += x * x, xy += x * y, yy += y * y;
        }
    info->slope = xx > 0 ? xy / xx : NAN; /* two nodes, or all alike: no line */
    info->intercept = y_mean - info->slope * x_mean;
    info->r_squared = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : NAN;
}

/* Distances on the scale of S: D_ab = R_ab + s2_a / n_a + s2_b / n_b with R the effective resistance, and the observed ones. */
static int fill_distances(feems_problem *problem, fr_feems_result *out)
{
    const fr_feems_data *data = problem->model.data;
    int64_t o = data->n_observed, stride = problem->model.stride;
    int status = feems_model_reduce(&problem->model, problem->weights);
    if (status != FR_OK) return status;
    const double *plus = problem->model.pseudo_inverse, *s = data->similarity;
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++) {
            if (a == b) continue;
            double resistance = plus[a * stride + a] + plus[b * stride + b] - 2 * plus[a * stride + b];
            out->fitted[a * o + b] = resistance + 1 / problem->q[a] + 1 / problem->q[b];
            out->seen[a * o + b] = s[a * o + a] + s[b * o + b] - 2 * s[a * o + b];
        }
    regress(out, o, &out->info);
    return FR_OK;
}

/* Copies the problem's current point and what is known about it. */
static int fill_result(feems_problem *problem, fr_feems_result *out)
{
    const fr_feems_data *data = problem->model.data;
    fr_feems_info *info = &out->info;
    memcpy(out->weights, problem->weights, (size_t)data->graph.n_edges * sizeof(double));
    memcpy(out->s2, problem->node_s2, (size_t)data->graph.n_nodes * sizeof(double));
    info->null_loss = problem->null_nll;
    info->null_w0 = info->w0 = problem->w0;
    info->null_s2 = problem->s2;
    info->alpha = problem->alpha;
    info->lambda = problem->lambda;
    for (int64_t a = 0; a < data->n_observed; a++)
        info->s2 += problem->node_s2[data->observed[a]] / (double)data->n_observed;
    if (problem->settings->s2_mode != FR_FEEMS_S2_NODE) info->s2 = problem->node_s2[0];
    info->nll = problem->nll;
    info->penalty = problem->edge_penalty + problem->node_penalty;
    info->loss = info->nll + info->penalty;
    return fill_distances(problem, out);
}

int fr_feems_fit(const fr_feems_data *data, const fr_feems_settings *settings, fr_feems_result *out)
{
    memset(out, 0, sizeof *out);
    feems_problem problem = {0};
    fr_lbfgsb_info run = {0};
    double started = fr_clock(), resolved = started;
    int blas = fr_blas_threads(1), status = result_new(data, out);
    if (status == FR_OK) status = feems_problem_new(data, settings, &problem);
    if (status == FR_OK) status = feems_problem_resolve(&problem);
    if (status != FR_OK) goto done;
    resolved = fr_clock();
    feems_problem_restart(&problem);
    status = feems_problem_minimise(&problem, "fitting", &run);
    if (status == FR_OK) status = fill_result(&problem, out);
    if (status != FR_OK) goto done;
    out->info.iterations = run.iterations;
    out->info.evaluations = run.evaluations;
    out->info.gradient_max = run.gradient_max;
    out->info.converged = run.converged;
    out->info.seconds_null = resolved - started;
    out->info.seconds_fit = fr_clock() - resolved;
done:
    feems_problem_free(&problem);
    fr_blas_threads(blas);
    if (status != FR_OK) fr_feems_result_free(out);
    return status;
}

int fr_feems_evaluate(const fr_feems_data *data, const fr_feems_settings *settings, const double *weights,
                      fr_feems_result *out, double *gradient_w, double *penalty_w, double *gradient_s2)
{
    memset(out, 0, sizeof *out);
    feems_problem problem = {0};
    int64_t m = data->graph.n_edges, o = data->n_observed;
    double *gradient = gradient_w;
    int blas = fr_blas_threads(1), status = result_new(data, out);
    if (status == FR_OK) status = feems_problem_new(data, settings, &problem);
    if (status == FR_OK) status = feems_problem_resolve(&problem);
    if (status == FR_OK && gradient == NULL && (gradient = fr_alloc(m, sizeof *gradient)) == NULL)
        status = FR_ENOMEM;
    if (status != FR_OK) goto done;
    for (int64_t e = 0; e < m; e++)
        if (!(weights[e] > 0 && isfinite(weights[e]))) {
            status = fr_fail(FR_EINPUT, "weight %lld is %g; weights must be positive numbers", (long long)e,
                             weights[e]);
            goto done;
        }
    feems_problem_restart(&problem);
    feems_problem_unpack(&problem, problem.x); /* s2 and q */
    memcpy(problem.weights, weights, (size_t)m * sizeof(double));
    status =
        feems_model_evaluate(&problem.model, weights, problem.q, &problem.nll, gradient, problem.s2_gradient);
    if (status != FR_OK) goto done;
    problem.edge_penalty = feems_penalty_edges(&problem.penalty, problem.lambda, problem.alpha, weights,
                                               problem.penalty_gradient);
    status = fill_result(&problem, out);
    if (status != FR_OK) goto done;
    for (int64_t e = 0; e < m; e++)
        out->info.gradient_max =
            fmax(out->info.gradient_max, fabs(weights[e] * (gradient[e] + problem.penalty_gradient[e])));
    out->info.evaluations = 1;
    if (penalty_w != NULL) memcpy(penalty_w, problem.penalty_gradient, (size_t)m * sizeof(double));
    if (gradient_s2 != NULL) memcpy(gradient_s2, problem.s2_gradient, (size_t)o * sizeof(double));
done:
    if (gradient != gradient_w) fr_free(gradient);
    feems_problem_free(&problem);
    fr_blas_threads(blas);
    if (status != FR_OK) fr_feems_result_free(out);
    return status;
}
