/* One test point by trimmed conformal prediction with each trim, and by split conformal prediction with the lasso of one half:
 * widths and coverage at level 0.1. The trims spend as little of the miscoverage as they can. */
#include "tcp.h"

#include <frugal/conformal.h>

#include <string.h>

const char *const tcp_method[TCP_METHODS] = {"MaxTrim", "RidgeTrim", "SplitTrim", "Split"};
const char *const tcp_quantity[TCP_QUANTITIES] = {"PI width", "trial width", "coverage"};

static const double level = 0.1;

/* ---- the problem ---------------------------------------------------------------------------------------------------- */

int tcp_problem_new(int64_t n, int64_t p, tcp_problem *out)
{
    int64_t cells;
    *out = (tcp_problem){.n = n, .p = p};
    int status = fr_size_mul(n + 1, p, &cells);
    if (status != FR_OK) return status;
    out->x = fr_alloc(cells, sizeof *out->x);
    out->y = fr_alloc(n + 1, sizeof *out->y);
    out->first_half = fr_alloc(n, sizeof *out->first_half);
    if (out->x != NULL && out->y != NULL && out->first_half != NULL) return FR_OK;
    tcp_problem_free(out);
    return FR_ENOMEM;
}

void tcp_problem_free(tcp_problem *problem)
{
    fr_free(problem->x);
    fr_free(problem->y);
    fr_free(problem->first_half);
    *problem = (tcp_problem){0};
}

void tcp_choose_half(fr_rng *rng, tcp_problem *problem)
{
    int64_t left = problem->n / 2;
    for (int64_t i = 0; i < problem->n; i++) {
        problem->first_half[i] = fr_rng_below(rng, problem->n - i) < left;
        left -= problem->first_half[i];
    }
}

/* ---- measures ------------------------------------------------------------------------------------------------------- */

static void measure_set(const fr_conformal_result *result, double truth, double *value)
{
    value[TCP_WIDTH] = value[TCP_COVERAGE] = 0;
    for (int64_t k = result->first[0]; k < result->first[1]; k++) {
        const fr_interval *piece = &result->pieces[k];
        value[TCP_WIDTH] += piece->upper - piece->lower;
        if (truth >= piece->lower && truth <= piece->upper) value[TCP_COVERAGE] = 1;
    }
}

static int measure_trimmed(const tcp_problem *problem, fr_conformal_trim trim, double *value)
{
    const fr_conformal_data data = {.n = problem->n,
                                    .p = problem->p,
                                    .m = 1,
                                    .x = problem->x,
                                    .y = problem->y,
                                    .x_test = problem->x + problem->n * problem->p};
    fr_conformal_tcp_settings settings;
    fr_conformal_result result = {0};
    fr_conformal_tcp_settings_default(&settings);
    settings.alphas = &level;
    settings.n_alphas = 1;
    settings.trim = trim;
    settings.lambda = problem->lambda;
    settings.lambda_half = problem->lambda_half;
    settings.rho = problem->rho;
    settings.first_half = problem->first_half;
    int status = fr_conformal_tcp(&data, &settings, &result);
    if (status != FR_OK) return status;
    measure_set(&result, problem->y[problem->n], value);
    value[TCP_TRIAL] = result.trim[0].upper - result.trim[0].lower;
    fr_conformal_result_free(&result);
    return FR_OK;
}

/* The lasso of the first half: b (p). */
static int fit_half(const tcp_problem *problem, double *b)
{
    int64_t n = problem->n, p = problem->p, rows = 0;
    double *columns = fr_alloc(n * p, sizeof *columns), *y = fr_alloc(n, sizeof *y);
    int status = columns == NULL || y == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t i = 0; status == FR_OK && i < n; i++) {
        if (!problem->first_half[i]) continue;
        for (int64_t j = 0; j < p; j++)
            columns[j * n + rows] = problem->x[i * p + j];
        y[rows++] = problem->y[i];
    }
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    settings.lambda = problem->lambda_half;
    if (status == FR_OK) status = fr_lasso(rows, p, columns, n, y, &settings, b, NULL, &info);
    if (status == FR_OK && !info.converged)
        status = fr_fail(FR_ENUMERIC, "the lasso of one half did not converge");
    fr_free(columns);
    fr_free(y);
    return status;
}

static double predict(const tcp_problem *problem, const double *b, int64_t row)
{
    double sum = 0;
    for (int64_t j = 0; j < problem->p; j++)
        sum += problem->x[row * problem->p + j] * b[j];
    return sum;
}

static int measure_split(const tcp_problem *problem, double *value)
{
    int64_t n = problem->n, count = 0;
    double *b = fr_alloc(problem->p, sizeof *b), *mu = fr_alloc(n, sizeof *mu), *y = fr_alloc(n, sizeof *y);
    fr_conformal_result result = {0};
    int status = b == NULL || mu == NULL || y == NULL ? FR_ENOMEM : fit_half(problem, b);
    if (status == FR_OK) {
        for (int64_t i = 0; i < n; i++) {
            if (problem->first_half[i]) continue;
            mu[count] = predict(problem, b, i);
            y[count++] = problem->y[i];
        }
        double mu_test = predict(problem, b, n);
        const fr_conformal_calibration calibration = {
            .n = count, .m = 1, .mu = mu, .y = y, .mu_test = &mu_test};
        status = fr_conformal_split(&calibration, FR_CONFORMAL_ABSOLUTE, 1, &level, &result);
    }
    if (status == FR_OK) measure_set(&result, problem->y[n], value);
    value[TCP_TRIAL] = NAN;
    fr_conformal_result_free(&result);
    fr_free(b);
    fr_free(mu);
    fr_free(y);
    return status;
}

int tcp_measure(const tcp_problem *problem, tcp_measures *out)
{
    static const fr_conformal_trim trims[] = {[TCP_MAX] = FR_CONFORMAL_TRIM_MAX,
                                              [TCP_RIDGE] = FR_CONFORMAL_TRIM_RIDGE,
                                              [TCP_SPLIT] = FR_CONFORMAL_TRIM_SPLIT};
    for (int method = 0; method < TCP_SPLIT_ALONE; method++) {
        int status = measure_trimmed(problem, trims[method], out->value[method]);
        if (status != FR_OK) return status;
    }
    return measure_split(problem, out->value[TCP_SPLIT_ALONE]);
}
