/* How rare so low a coverage is. Coverage is proved on average over the ranked points too: for the n points of one run
 * it is itself random, Beta(k, n + 1 - k) for split methods (Vovk, ACML 2012), so that the number of covered test points
 * is beta-binomial,
 *   P(S = s) = C(m, s) B(a + s, b + m - s) / B(a, b),   a = g (n + 1),  b = (1 - g) (n + 1),  g the coverage in the mean.
 * A binomial count would take the luck of the ranked points for a broken assumption. */
#include <frugal/conformal.h>

#include <math.h>

typedef struct {
    double m, mean, a, b; /* a = 0: the binomial */
} count_law;

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double log_beta(double a, double b)
{
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

static double term(const count_law *law, double s)
{
    double ways = log_gamma(law->m + 1) - log_gamma(s + 1) - log_gamma(law->m - s + 1);
    if (law->a == 0) return exp(ways + s * log(law->mean) + (law->m - s) * log1p(-law->mean));
    return exp(ways + log_beta(law->a + s, law->b + law->m - s) - log_beta(law->a, law->b));
}

/* P(S = s + 1) / P(S = s). */
static double ratio(const count_law *law, double s)
{
    double ways = (law->m - s) / (s + 1);
    return law->a == 0 ? ways * law->mean / (1 - law->mean) : ways * (law->a + s) / (law->b + law->m - s - 1);
}

/* The terms fall away from the mean, so a tail is summed from its large end until nothing more is added. */
static double lower_tail(const count_law *law, double s)
{
    double value = term(law, s), sum = value;
    for (; s > 0 && value > 1e-18 * sum; s--) {
        value /= ratio(law, s - 1);
        sum += value;
    }
    return sum;
}

static double upper_tail(const count_law *law, double s)
{
    double value = term(law, s), sum = value;
    for (; s < law->m && value > 1e-18 * sum; s++) {
        value *= ratio(law, s);
        sum += value;
    }
    return sum;
}

double fr_conformal_chance(int64_t covered, int64_t m, double guarantee, int64_t n)
{
    if (isnan(guarantee)) return NAN;
    if (guarantee <= 0 || covered >= m) return 1;
    if (guarantee >= 1) return 0;
    count_law law = {.m = (double)m, .mean = guarantee};
    if (n > 0) {
        law.a = guarantee * ((double)n + 1);
        law.b = (1 - guarantee) * ((double)n + 1);
    }
    double s = (double)covered;
    double chance = s <= guarantee * law.m ? lower_tail(&law, s) : 1 - upper_tail(&law, s + 1);
    return fmin(1, fmax(0, chance));
}
