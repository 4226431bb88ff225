/* Lasso and elastic net at one lambda: coordinate descent to a rough solution, whose active set is then made exact.
 * Where that takes too many changes, the active set is followed from lambda_max down; where that fails too, descent goes
 * on to the gap that was asked for. */
#include "lasso_fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Descent among columns that are almost dependent can take tens of thousands of passes to a solution that is even rough;
 * so many it gets before the active set is searched from wherever it is. */
enum { few_passes = 200 };

void fr_lasso_settings_default(fr_lasso_settings *settings)
{
    *settings = (fr_lasso_settings){.tolerance = 1e-12, .polish = true};
}

static void all_candidates(lasso_fit *fit)
{
    fit->n_candidates = 0;
    for (int64_t j = 0; j < fit->columns.p; j++)
        if (fit->norm[j] > 0) fit->candidate[fit->n_candidates++] = j;
}

/* Largest violation of |x_j'r| <= lambda, and of x_j'r - ridge b_j = lambda sign(b_j) where b_j is not 0, relative to
 * lambda. */
static double violation(const lasso_fit *fit, int64_t *nonzeros)
{
    double largest = 0;
    *nonzeros = 0;
    for (int64_t j = 0; j < fit->columns.p; j++) {
        double b = fit->b[j], excess = fit->bound[j] - fit->lambda;
        if (b != 0) {
            double product = lasso_dot(&fit->columns, j, fit->residual) - fit->ridge * b;
            excess = fabs(product - copysign(fit->lambda, b));
            (*nonzeros)++;
        }
        largest = fmax(largest, excess);
    }
    return largest / fit->lambda;
}

static void describe(lasso_fit *fit, double target, bool exact, fr_lasso_info *info)
{
    double norm = lasso_norm(fit->n, fit->y), largest = 0;
    for (int64_t j = 0; j < fit->columns.p; j++)
        largest = fmax(largest, fit->norm[j]);
    all_candidates(fit);
    lasso_gap gap = lasso_fit_gap(fit, lasso_fit_scan(fit));
    *info = (fr_lasso_info){.objective = gap.primal * fit->scale * fit->scale,
                            .gap = norm > 0 ? fmax(gap.gap, 0) / (norm * norm / 2) : 0,
                            .passes = fit->passes,
                            .degenerate = fit->degenerate};
    info->kkt = violation(fit, &info->nonzeros);
    info->converged = gap.gap <= target || (exact && info->kkt <= lasso_rounding(largest, norm, fit->lambda));
}

static int search_support(lasso_fit *fit, bool *exact)
{
    int status = lasso_support_take(fit);
    return status == FR_OK ? lasso_support_solve(fit, exact) : status;
}

/* Where lambda is so small that its active set is hard to find from afar: from lambda_max down to it, each active set
 * from the one before. */
static int come_down(lasso_fit *fit, bool *exact)
{
    double lambda = fit->lambda;
    memset(fit->b, 0, (size_t)fit->columns.p * sizeof *fit->b);
    lasso_fit_residual(fit);
    all_candidates(fit);
    fit->lambda = 0; /* every column is looked at */
    double largest = lasso_fit_scan(fit), stages = fmin(ceil(log(fmax(largest / lambda, 1)) / log(1.25)), 80);
    int status = lasso_support_take(fit);
    *exact = true;
    for (double k = 1; status == FR_OK && *exact && k <= stages; k++) {
        fit->lambda = k < stages ? largest * pow(lambda / largest, k / stages) : lambda;
        status = lasso_support_solve(fit, exact);
    }
    if (stages < 1) *exact = false;
    fit->lambda = lambda;
    return status;
}

int lasso_fit_solve(lasso_fit *fit, double lambda, const fr_lasso_settings *settings, fr_lasso_info *info)
{
    double norm = lasso_norm(fit->n, fit->y), target = settings->tolerance * norm * norm / 2;
    double rough = fmax(target, 1e-3 * norm * norm / 2);
    int64_t most = settings->max_iterations > 0 ? settings->max_iterations : 100000;
    bool exact = false, again = fit->n_active > 0; /* the active set of another lambda */
    fit->lambda = fmin(lambda / fit->scale, 1e300);
    fit->passes = 0;
    all_candidates(fit);
    int status = FR_OK;
    if (settings->polish) {
        if (again) status = lasso_support_solve(fit, &exact);
        if (status == FR_OK && !exact)
            status = lasso_descend(fit, rough, most < few_passes ? most : few_passes);
        if (status == FR_OK && !exact) status = search_support(fit, &exact);
        if (status == FR_OK && !exact && fit->passes < most) status = come_down(fit, &exact);
    }
    if (status == FR_OK && !exact) status = lasso_descend(fit, target, most);
    if (status == FR_OK && !exact && settings->polish) status = search_support(fit, &exact);
    if (status != FR_OK) return status;
    if (!exact) fit->n_active = fit->factor.n = 0;
    describe(fit, target, exact, info);
    return FR_OK;
}

int lasso_check(int64_t n, int64_t p, int64_t stride, const fr_lasso_settings *settings)
{
    if (n < 1 || p < 1 || stride < n)
        return fr_fail(FR_EUSAGE,
                       "lasso: %" PRId64 " rows, %" PRId64 " columns, %" PRId64
                       " from column to column: expected at least 1, 1, and the number of rows",
                       n, p, stride);
    if (!(settings->ridge >= 0 && isfinite(settings->ridge)))
        return fr_fail(FR_EUSAGE, "lasso: the ridge penalty is %g, expected a finite number of at least 0",
                       settings->ridge);
    if (!(settings->tolerance >= 0))
        return fr_fail(FR_EUSAGE, "lasso: the tolerance is %g, expected at least 0", settings->tolerance);
    return FR_OK;
}

int lasso_check_lambda(double lambda)
{
    if (lambda > 0 && isfinite(lambda)) return FR_OK;
    return fr_fail(FR_EUSAGE, "lasso: lambda is %g, expected a finite number above 0", lambda);
}

int fr_lasso(int64_t n, int64_t p, const double *x, int64_t stride, const double *y,
             const fr_lasso_settings *settings, double *b, double *b0, fr_lasso_info *info)
{
    lasso_columns columns = {n, p, stride, x, NULL};
    lasso_fit fit = {0};
    fr_lasso_info found = {0};
    int status = lasso_check(n, p, stride, settings);
    if (status == FR_OK) status = lasso_check_lambda(settings->lambda);
    if (status == FR_OK) status = lasso_fit_new(&columns, y, settings->intercept, settings->ridge, &fit);
    if (status == FR_OK) {
        lasso_fit_start(&fit, b);
        status = lasso_fit_solve(&fit, settings->lambda, settings, &found);
    }
    if (status == FR_OK) {
        lasso_fit_result(&fit, b, b0);
    } else {
        if (p > 0) memset(b, 0, (size_t)p * sizeof *b);
        if (b0 != NULL) *b0 = 0;
    }
    if (info != NULL) *info = found;
    lasso_fit_free(&fit);
    return status;
}

double fr_lasso_lambda_max(int64_t n, int64_t p, const double *x, int64_t stride, const double *y,
                           bool intercept)
{
    lasso_columns columns = {n, p, stride, x, NULL};
    double mean = 0, largest = 0;
    for (int64_t i = 0; intercept && i < n; i++)
        mean += y[i] / (double)n;
    for (int64_t j = 0; j < p; j++) {
        double product = lasso_dot(&columns, j, y), sum = 0;
        if (intercept) {
            for (int64_t i = 0; i < n; i++)
                sum += x[j * stride + i];
            product -= mean * sum;
        }
        largest = fmax(largest, fabs(product));
    }
    return largest;
}
