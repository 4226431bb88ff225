/* How often sets held the truth. Clopper-Pearson: the binomial chances p for which so few, or so many, successes are not
 * rarer than (1 - level) / 2 on either side; they are quantiles of beta distributions, found by bisection on the
 * regularised incomplete beta function (continued fraction of Lentz's kind: Press et al., Numerical Recipes, section
 * 6.4). */
#include <frugal/conformal.h>

#include <float.h>
#include <math.h>

/* ---- binomial tails ---------------------------------------------------------------------------------------------------------- */

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double away_from_zero(double value)
{
    return fabs(value) < DBL_MIN ? DBL_MIN : value;
}

/* Continued fraction of I_x(a, b) for x below (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;
    for (double k = 1; k < 1e6; k++) {
        double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= c * d;
        double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1) < 1e-15) break;
    }
    return value;
}

/* I_x(a, b) for a, b > 0, which is the chance of at least a successes out of a + b - 1 with chance x. */
static double beta_share(double a, double b, double x)
{
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* The x at which I_x(a, b) = share. */
static double beta_quantile(double a, double b, double share)
{
    double low = 0, high = 1;
    while (high - low > 1e-15 * high) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (beta_share(a, b, middle) < share)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

void fr_clopper_pearson(int64_t successes, int64_t trials, double level, double *low, double *high)
{
    double s = (double)successes, failures = (double)(trials - successes), tail = (1 - level) / 2;
    *low = successes > 0 ? beta_quantile(s, failures + 1, tail) : 0;
    *high = failures > 0 ? 1 - beta_quantile(failures, s + 1, tail) : 1;
}

/* ---- sets against the truth ----------------------------------------------------------------------------------------------------- */

static int check_truth(int64_t m, const double *y, const uint8_t *subset)
{
    for (int64_t t = 0; t < m; t++)
        if ((subset == NULL || subset[t]) && !isfinite(y[t]))
            return fr_fail(FR_EINPUT,
                           "the true response of test point %lld (from 0) is %g, not a finite number",
                           (long long)t, y[t]);
    return FR_OK;
}

static double width_of(const fr_conformal_result *sets, int64_t cell)
{
    double width = 0;
    for (int64_t k = sets->first[cell]; k < sets->first[cell + 1]; k++)
        width += sets->pieces[k].upper - sets->pieces[k].lower;
    return width;
}

static bool holds(const fr_conformal_result *sets, int64_t cell, double y)
{
    for (int64_t k = sets->first[cell]; k < sets->first[cell + 1]; k++)
        if (sets->pieces[k].lower <= y && y <= sets->pieces[k].upper) return true;
    return false;
}

static void count_set(const fr_conformal_result *sets, int64_t cell, double y, double *widths,
                      int64_t *finite, fr_conformal_coverage *out)
{
    int64_t pieces = sets->first[cell + 1] - sets->first[cell];
    double width = width_of(sets, cell);
    out->m++;
    out->covered += holds(sets, cell, y);
    out->infinite += isinf(width);
    out->empty += pieces == 0;
    out->disconnected += pieces > 1;
    if (!isinf(width)) widths[(*finite)++] = width;
}

static void describe_widths(int64_t count, double *widths, fr_conformal_coverage *out)
{
    out->mean_width = out->median_width = NAN;
    if (count == 0) return;
    double sum = 0;
    for (int64_t k = 0; k < count; k++)
        sum += widths[k] / (double)count;
    out->mean_width = sum;
    double lower = fr_conformal_select(count, widths, (count + 1) / 2);
    out->median_width = lower + (fr_conformal_select(count, widths, count / 2 + 1) - lower) / 2;
}

int fr_conformal_coverage_of(const fr_conformal_result *sets, int64_t alpha, const double *y,
                             const uint8_t *subset, fr_conformal_coverage *out)
{
    *out = (fr_conformal_coverage){0};
    if (alpha < 0 || alpha >= sets->n_alphas)
        return fr_fail(FR_EUSAGE, "there is no level number %lld", (long long)alpha);
    int status = check_truth(sets->m, y, subset);
    if (status != FR_OK) return status;
    int64_t finite = 0;
    double *widths = fr_alloc(sets->m, sizeof *widths), claimed = sets->guarantee[alpha];
    if (widths == NULL) return FR_ENOMEM;
    for (int64_t t = 0; t < sets->m; t++)
        if (subset == NULL || subset[t])
            count_set(sets, t * sets->n_alphas + alpha, y[t], widths, &finite, out);
    describe_widths(finite, widths, out);
    fr_free(widths);
    double m = (double)out->m, s = (double)out->covered;
    out->coverage = s / m; /* NaN of no points, like the shares */
    out->infinite /= m;
    out->empty /= m;
    out->disconnected /= m;
    out->low = 0, out->high = 1;
    if (out->m > 0) fr_clopper_pearson(out->covered, out->m, 0.95, &out->low, &out->high);
    out->p_value = NAN;
    if (out->m > 0 && !isnan(claimed)) out->p_value = s == m ? 1 : beta_share(m - s, s + 1, 1 - claimed);
    return FR_OK;
}
