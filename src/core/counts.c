/* Binomial and Poisson counts, exact in law. Small means: inversion by sequential search. From mean 10 on: transformed
 * rejection with squeeze, whose cost does not grow with the mean:
 *   W. Hoermann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46 (1993)   (BTRS);
 *   W. Hoermann, "The transformed rejection method for generating Poisson random variables", Insurance: Math. Econ. 12
 *   (1993)   (PTRS).
 * The probabilities compared in the rejection are those of C. Loader, "Fast and accurate computation of binomial
 * probabilities" (2000): differences of lgamma would lose all digits for counts of 1e15. */
#include <frugal/core.h>

#include <math.h>

static const double rejection_from = 10.0; /* the constants of both hats hold from this mean on */
/* Inversion gives up here and draws anew: beyond it the probability is below 1e-60 for means up to 10. */
static const double inversion_limit = 200.0;
/* Counts up to 2^53 are exact in a double. */
static const int64_t exact_limit = INT64_C(1) << 53;

/* ---- log probabilities ------------------------------------------------------------------------------------------ */

/* log k! - log(sqrt(2 pi k) (k/e)^k), with the value for k = 0 that makes the formulas below hold there. */
static double stirling_error(double k)
{
    if (k < 16) return log(tgamma(k + 1)) - (k + 0.5) * log(fmax(k, 1)) + k - 0.5 * log(2 * M_PI);
    double square = k * k;
    return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - 1 / 1680.0 / square) / square) / square) / k;
}

/* Deviance term x log(x / mean) + mean - x, without cancellation near the mean. */
static double deviance_term(double x, double mean)
{
    double difference = x - mean, v = difference / (x + mean);
    if (x <= 0) return mean;
    if (fabs(v) >= 0.1) return x * log(x / mean) - difference;
    /* log(x / mean) = 2 atanh(v) = 2 (v + v^3/3 + v^5/5 + ...) */
    double sum = difference * v, term = 2 * x * v;
    for (int power = 3; power < 100; power += 2) {
        term *= v * v;
        double next = sum + term / power;
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

static double log_poisson(double k, double mean)
{
    return -stirling_error(k) - deviance_term(k, mean) - 0.5 * log(2 * M_PI * fmax(k, 1));
}

/* Up to a constant that does not depend on k. */
static double log_binomial(double k, double n, double p)
{
    double failures = n - k;
    return -stirling_error(k) - stirling_error(failures) - deviance_term(k, n * p) -
           deviance_term(failures, n * (1 - p)) - 0.5 * log(fmax(k, 1)) - 0.5 * log(fmax(failures, 1));
}

/* ---- Poisson ------------------------------------------------------------------------------------------------------ */

static int64_t poisson_by_inversion(fr_rng *rng, double mean)
{
    while (true) {
        double u = fr_rng_uniform(rng), probability = exp(-mean);
        for (double k = 0; k < inversion_limit; k++) {
            if (u <= probability) return (int64_t)k;
            u -= probability;
            probability *= mean / (k + 1);
        }
    }
}

static int64_t poisson_by_rejection(fr_rng *rng, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double squeeze = 0.9277 - 3.6224 / (b - 2), log_scale = log(1.1239 + 1.1328 / (b - 3.4));
    while (true) {
        double u = fr_rng_uniform(rng) - 0.5, v = fr_rng_uniform(rng), s = 0.5 - fabs(u);
        double k = floor((2 * a / s + b) * u + mean + 0.43);
        if (s >= 0.07 && v <= squeeze) return (int64_t)k;
        if (k < 0 || (s < 0.013 && v > s)) continue;
        if (log(v) + log_scale - log(a / (s * s) + b) <= log_poisson(k, mean)) return (int64_t)k;
    }
}

int64_t fr_rng_poisson(fr_rng *rng, double mean)
{
    if (!(mean > 0)) return 0;
    return mean < rejection_from ? poisson_by_inversion(rng, mean) : poisson_by_rejection(rng, mean);
}

/* ---- binomial ----------------------------------------------------------------------------------------------------- */

static int64_t binomial_by_inversion(fr_rng *rng, double n, double p)
{
    double odds = p / (1 - p), start = exp(n * log1p(-p));
    while (true) {
        double u = fr_rng_uniform(rng), probability = start;
        for (double k = 0; k <= fmin(n, inversion_limit); k++) {
            if (u <= probability) return (int64_t)k;
            u -= probability;
            probability *= odds * (n - k) / (k + 1);
        }
    }
}

static int64_t binomial_by_rejection(fr_rng *rng, double n, double p)
{
    double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double squeeze = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread, mode = floor((n + 1) * p);
    double log_mode = log_binomial(mode, n, p);
    while (true) {
        double u = fr_rng_uniform(rng) - 0.5, v = fr_rng_uniform(rng), s = 0.5 - fabs(u);
        double k = floor((2 * a / s + b) * u + n * p + 0.5);
        if (s >= 0.07 && v <= squeeze) return (int64_t)k;
        if (k < 0 || k > n) continue;
        if (log(v * alpha / (a / (s * s) + b)) <= log_binomial(k, n, p) - log_mode) return (int64_t)k;
    }
}

/* p <= 1/2, n <= 2^53. */
static int64_t binomial_small_half(fr_rng *rng, double n, double p)
{
    return n * p < rejection_from ? binomial_by_inversion(rng, n, p) : binomial_by_rejection(rng, n, p);
}

int64_t fr_rng_binomial(fr_rng *rng, int64_t trials, double p)
{
    if (trials <= 0 || !(p > 0)) return 0;
    if (p >= 1) return trials;
    if (p > 0.5) return trials - fr_rng_binomial(rng, trials, 1 - p);
    int64_t successes = 0;
    while (trials > exact_limit) { /* a sum of independent binomials of equal p is one */
        successes += binomial_small_half(rng, (double)exact_limit, p);
        trials -= exact_limit;
    }
    return successes + binomial_small_half(rng, (double)trials, p);
}

/* ---- addressed ---------------------------------------------------------------------------------------------------- */

int64_t fr_random_binomial(uint64_t seed, uint64_t stream, uint64_t index, int64_t trials, double p)
{
    fr_rng rng;
    fr_rng_init(&rng, seed, stream, index);
    return fr_rng_binomial(&rng, trials, p);
}

int64_t fr_random_poisson(uint64_t seed, uint64_t stream, uint64_t index, double mean)
{
    fr_rng rng;
    fr_rng_init(&rng, seed, stream, index);
    return fr_rng_poisson(&rng, mean);
}
