/* Objective and settings of the penalised FEEMS fit, for L-BFGS-B in the logarithms of weights and residual variances. */
#include "problem.h"
#include "null.h"

#include <core/for_each_cpu.h>
#include <core/vector_math.h>

#include <inttypes.h>
#include <string.h>

static const double s2_lower = 1e-10, s2_upper = 1e10; /* far outside of what data can ask for */

void fr_feems_settings_default(fr_feems_settings *settings)
{
    *settings = (fr_feems_settings){.lambda = 20,
                                    .s2_mode = FR_FEEMS_S2_FIXED,
                                    .lambda_q = 1,
                                    .lower = 1e-6,
                                    .upper = 1e6,
                                    .max_iterations = 15000};
}

static int check_settings(const fr_feems_settings *s)
{
    const struct {
        const char *name;
        double value;
    } not_negative[] = {{"lambda", s->lambda},     {"alpha", s->alpha},     {"w0", s->w0},      {"s2", s->s2},
                        {"lambda_q", s->lambda_q}, {"alpha_q", s->alpha_q}, {"factr", s->factr}};
    for (size_t k = 0; k < sizeof not_negative / sizeof not_negative[0]; k++)
        if (!(not_negative[k].value >= 0 && isfinite(not_negative[k].value)))
            return fr_fail(FR_EUSAGE, "%s is %g; it must be a number that is not negative",
                           not_negative[k].name, not_negative[k].value);
    if (!(s->lower > 0 && s->lower < s->upper && isfinite(s->upper)))
        return fr_fail(FR_EUSAGE, "the bounds of the weights are %g and %g; 0 < lower < upper is needed",
                       s->lower, s->upper);
    if (s->w0 > 0 && (s->w0 < s->lower || s->w0 > s->upper))
        return fr_fail(FR_EUSAGE, "w0 is %g; it must lie between the bounds of the weights, %g and %g", s->w0,
                       s->lower, s->upper);
    if (s->max_iterations < 1)
        return fr_fail(FR_EUSAGE, "the number of iterations allowed is %" PRId64 "; it must be at least 1",
                       s->max_iterations);
    if (s->s2_mode < FR_FEEMS_S2_FIXED || s->s2_mode > FR_FEEMS_S2_NODE)
        return fr_fail(FR_EUSAGE, "unknown s2 mode %d", (int)s->s2_mode);
    return FR_OK;
}

int feems_problem_new(const fr_feems_data *data, const fr_feems_settings *settings, feems_problem *out)
{
    memset(out, 0, sizeof *out);
    int status = check_settings(settings);
    if (status != FR_OK) return status;
    out->settings = settings;
    out->lambda = settings->lambda;
    out->factr = settings->factr;
    out->pgtol = settings->factr > 0 ? 1e-5 : (settings->tight ? 1e-8 : 1e-6) * (double)data->n_snps;
    int64_t m = data->graph.n_edges, d = data->graph.n_nodes, o = data->n_observed;
    out->n = m + (settings->s2_mode == FR_FEEMS_S2_ONE ? 1 : settings->s2_mode == FR_FEEMS_S2_NODE ? d : 0);
    status = feems_model_new(data, &out->model);
    if (status == FR_OK) status = feems_penalty_new(&data->graph, &out->penalty);
    out->x = fr_alloc(out->n, sizeof(double));
    out->lower = fr_alloc(out->n, sizeof(double));
    out->upper = fr_alloc(out->n, sizeof(double));
    out->weights = fr_alloc(m, sizeof(double));
    out->node_s2 = fr_alloc(d, sizeof(double));
    out->q = fr_alloc(o, sizeof(double));
    out->s2_gradient = fr_alloc(o, sizeof(double));
    out->node_gradient = fr_alloc(d, sizeof(double));
    out->penalty_gradient = fr_alloc(m, sizeof(double));
    if (status == FR_OK &&
        (out->x == NULL || out->lower == NULL || out->upper == NULL || out->weights == NULL ||
         out->node_s2 == NULL || out->q == NULL || out->s2_gradient == NULL || out->node_gradient == NULL ||
         out->penalty_gradient == NULL))
        status = FR_ENOMEM;
    if (status != FR_OK) {
        feems_problem_free(out);
        return status;
    }
    for (int64_t k = 0; k < out->n; k++) {
        out->lower[k] = log(k < m ? settings->lower : s2_lower);
        out->upper[k] = log(k < m ? settings->upper : s2_upper);
    }
    return FR_OK;
}

void feems_problem_free(feems_problem *problem)
{
    feems_model_free(&problem->model);
    feems_penalty_free(&problem->penalty);
    double *arrays[] = {problem->x,           problem->lower,         problem->upper,
                        problem->weights,     problem->node_s2,       problem->q,
                        problem->s2_gradient, problem->node_gradient, problem->penalty_gradient};
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++)
        fr_free(arrays[k]);
    memset(problem, 0, sizeof *problem);
}

int feems_problem_resolve(feems_problem *problem)
{
    const fr_feems_settings *s = problem->settings;
    problem->w0 = s->w0, problem->s2 = s->s2;
    int status = feems_null_fit(&problem->model, &problem->w0, &problem->s2, &problem->null_nll);
    problem->w0 = fmin(s->upper, fmax(s->lower, problem->w0));
    problem->alpha = s->alpha > 0 ? s->alpha : 1 / problem->w0;
    problem->alpha_q = s->alpha_q > 0 ? s->alpha_q : 1 / problem->s2;
    return status;
}

void feems_problem_restart(feems_problem *problem)
{
    for (int64_t k = 0; k < problem->n; k++)
        problem->x[k] = log(k < problem->model.m ? problem->w0 : problem->s2);
}

FR_FOR_EACH_CPU
static void exponentials(int64_t n, const double *x, double *out)
{
#pragma omp simd
    for (int64_t k = 0; k < n; k++)
        out[k] = exp(x[k]);
}

void feems_problem_unpack(feems_problem *problem, const double *x)
{
    const fr_feems_data *data = problem->model.data;
    int64_t m = problem->model.m;
    exponentials(m, x, problem->weights);
    for (int64_t v = 0; v < data->graph.n_nodes; v++)
        switch (problem->settings->s2_mode) {
        case FR_FEEMS_S2_ONE:
            problem->node_s2[v] = exp(x[m]);
            break;
        case FR_FEEMS_S2_NODE:
            problem->node_s2[v] = exp(x[m + v]);
            break;
        default:
            problem->node_s2[v] = problem->s2;
        }
    for (int64_t a = 0; a < data->n_observed; a++) {
        bool kept_out = problem->held != NULL && problem->held[a];
        problem->q[a] = kept_out ? 0 : (double)data->n_at[a] / problem->node_s2[data->observed[a]];
    }
}

/* Gradient by log s2, one or per node, from that of the likelihood by the observed s2. */
static void finish_variances(feems_problem *problem, double *gradient)
{
    const fr_feems_data *data = problem->model.data;
    problem->node_penalty = 0;
    if (problem->settings->s2_mode == FR_FEEMS_S2_ONE) {
        gradient[0] = 0;
        for (int64_t a = 0; a < data->n_observed; a++)
            gradient[0] += problem->s2_gradient[a] * problem->node_s2[data->observed[a]];
        return;
    }
    problem->node_penalty = feems_penalty_nodes(&problem->penalty, problem->settings->lambda_q,
                                                problem->alpha_q, problem->node_s2, problem->node_gradient);
    for (int64_t v = 0; v < data->graph.n_nodes; v++)
        gradient[v] = problem->node_gradient[v] * problem->node_s2[v];
    for (int64_t a = 0; a < data->n_observed; a++)
        gradient[data->observed[a]] += problem->s2_gradient[a] * problem->node_s2[data->observed[a]];
}

int feems_problem_value(const double *x, double *value, double *gradient, void *context)
{
    feems_problem *problem = context;
    int64_t m = problem->model.m;
    bool fits_s2 = problem->settings->s2_mode != FR_FEEMS_S2_FIXED;
    feems_problem_unpack(problem, x);
    int status = feems_model_evaluate(&problem->model, problem->weights, problem->q, &problem->nll, gradient,
                                      fits_s2 ? problem->s2_gradient : NULL);
    if (status != FR_OK) return status;
    problem->edge_penalty = feems_penalty_edges(&problem->penalty, problem->lambda, problem->alpha,
                                                problem->weights, problem->penalty_gradient);
    for (int64_t e = 0; e < m; e++)
        gradient[e] = (gradient[e] + problem->penalty_gradient[e]) * problem->weights[e];
    if (fits_s2) finish_variances(problem, gradient + m);
    *value = problem->nll + problem->edge_penalty + problem->node_penalty;
    return FR_OK;
}

static fr_lbfgsb_settings stop_rules(const feems_problem *problem, const char *phase)
{
    fr_lbfgsb_settings settings;
    fr_lbfgsb_settings_default(&settings);
    settings.factr = problem->factr;
    settings.pgtol = problem->pgtol;
    settings.pgtol_rounding = 1e-5 * (double)problem->model.data->n_snps;
    settings.max_iterations = problem->settings->max_iterations;
    settings.phase = phase;
    return settings;
}

/* Brings weights, node_s2, nll and penalties to the point x, which the last evaluation need not have been at. */
static int settle(feems_problem *problem)
{
    double value, *gradient = fr_alloc(problem->n, sizeof *gradient);
    int status = gradient == NULL ? FR_ENOMEM : feems_problem_value(problem->x, &value, gradient, problem);
    fr_free(gradient);
    return status;
}

int feems_problem_minimise(feems_problem *problem, const char *phase, fr_lbfgsb_info *info)
{
    fr_lbfgsb_settings settings = stop_rules(problem, phase);
    int status = fr_lbfgsb(problem->n, problem->x, problem->lower, problem->upper, feems_problem_value,
                           problem, &settings, info);
    return status == FR_OK ? settle(problem) : status;
}

int feems_problem_minimise_again(feems_problem *problem, fr_lbfgs_memory *memory, fr_lbfgsb_info *info)
{
    fr_lbfgsb_settings settings = stop_rules(problem, NULL);
    int status = fr_lbfgs(problem->n, problem->x, problem->lower, problem->upper, feems_problem_value,
                          problem, &settings, memory, info);
    if (status == FR_OK) feems_problem_unpack(problem, problem->x);
    return status;
}
