/* Philox known answers, laws of the draws (chi-square at fixed seeds), independence of the order of calls.
 *
 * A chi-square statistic with d degrees of freedom exceeds d + 2 sqrt(d t) + 2 t with probability below exp(-t) (Laurent and
 * Massart 2000); t = 12 makes that 6e-6. The seeds are fixed, so that a test passes always or never. */
#include "support.h"

#include <frugal/core.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { draws = 200000 };

static void assert_chi_square(const char *what, int64_t cells, const int64_t *count, const double *expected)
{
    double statistic = 0;
    for (int64_t c = 0; c < cells; c++) {
        double difference = (double)count[c] - expected[c];
        statistic += difference * difference / expected[c];
    }
    double freedom = (double)(cells - 1), t = 12, limit = freedom + 2 * sqrt(freedom * t) + 2 * t;
    if (!(statistic < limit))
        fail_msg("%s: chi-square %g with %g degrees of freedom, expected below %g", what, statistic, freedom,
                 limit);
}

/* Random123's published vectors (kat_vectors, philox4x32 10). */
static void test_philox_known_answers(void **state)
{
    (void)state;
    static const uint32_t vector[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e,
         0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb,
         0x5001e420, 0x24126ea1},
    };
    for (int v = 0; v < 3; v++) {
        uint32_t out[4];
        fr_philox(vector[v], vector[v] + 4, out);
        assert_memory_equal(out, vector[v] + 6, sizeof out);
    }
}

/* Where seed, stream and index go, and how words become numbers: against the first and third vector. */
static void test_addressing(void **state)
{
    (void)state;
    assert_true(fr_random_bits(0, 0, 0) == UINT64_C(0xe169c58d6627e8d5));
    uint64_t seed = UINT64_C(0x299f31d0a4093822), stream = UINT64_C(0x0370734413198a2e),
             index = UINT64_C(0x85a308d3243f6a88), bits = UINT64_C(0x94fdccebd16cfe09);
    assert_true(fr_random_bits(seed, stream, index) == bits);
    double u = ldexp((double)(bits >> 12) + 0.5, -52);
    double v = ldexp((double)(UINT64_C(0x24126ea15001e420) >> 12) + 0.5, -52);
    assert_true(fr_random_uniform(seed, stream, index) == u);
    /* One formula, two compilations: a few units in the last place. */
    assert_close(fr_random_normal(seed, stream, index), sqrt(-2 * log(u)) * cos(2 * acos(-1.0) * v), 1e-14);
}

static void check_uniform(const char *what, double (*draw)(int64_t k, fr_rng *rng))
{
    enum { cells = 100 };
    int64_t count[cells] = {0}, pair[cells] = {0};
    double expected[cells], expected_pairs[cells], previous = 0.5;
    fr_rng rng;
    fr_rng_init(&rng, 11, 0, 0);
    for (int64_t k = 0; k < draws; k++) {
        double u = draw(k, &rng);
        assert_true(u > 0 && u < 1);
        count[(int)(u * cells)]++;
        pair[(int)(previous * 10) * 10 + (int)(u * 10)]++; /* neighbours are independent */
        previous = u;
    }
    for (int c = 0; c < cells; c++)
        expected[c] = expected_pairs[c] = (double)draws / cells;
    assert_chi_square(what, cells, count, expected);
    assert_chi_square(what, cells, pair, expected_pairs);
}

static double uniform_by_index(int64_t k, fr_rng *rng)
{
    (void)rng;
    return fr_random_uniform(11, 3, (uint64_t)k);
}

static double uniform_by_stream(int64_t k, fr_rng *rng)
{
    (void)rng;
    return fr_random_uniform(11, (uint64_t)k, 3);
}

static double uniform_by_seed(int64_t k, fr_rng *rng)
{
    (void)rng;
    return fr_random_uniform((uint64_t)k, 3, 11);
}

static double uniform_in_sequence(int64_t k, fr_rng *rng)
{
    (void)k;
    return fr_rng_uniform(rng);
}

static double first_of_sequences(int64_t k, fr_rng *rng)
{
    fr_rng_init(rng, 11, 0, (uint64_t)k);
    return fr_rng_uniform(rng);
}

static double exponential_in_sequence(int64_t k, fr_rng *rng)
{
    (void)k;
    return exp(-fr_rng_exponential(rng));
}

static double normal_by_index(int64_t k, fr_rng *rng)
{
    (void)rng;
    return 0.5 * erfc(-fr_random_normal(11, 3, (uint64_t)k) / sqrt(2));
}

static double normal_in_sequence(int64_t k, fr_rng *rng)
{
    (void)k;
    return 0.5 * erfc(-fr_rng_normal(rng) / sqrt(2));
}

static void test_uniforms(void **state)
{
    (void)state;
    check_uniform("uniforms by index", uniform_by_index);
    check_uniform("uniforms by stream", uniform_by_stream);
    check_uniform("uniforms by seed", uniform_by_seed);
    check_uniform("uniforms of a sequence", uniform_in_sequence);
    check_uniform("first uniforms of sequences", first_of_sequences);
    check_uniform("exp(-exponential)", exponential_in_sequence);
    check_uniform("normal distribution function by index", normal_by_index);
    check_uniform("normal distribution function in sequence", normal_in_sequence);
}

/* The tails, which a chi-square of the body does not see: 5-sigma limits on binomial counts. */
static void test_normal_tails(void **state)
{
    (void)state;
    const double cut[] = {2, 3, 4};
    for (int c = 0; c < 3; c++) {
        int64_t beyond = 0;
        for (int64_t k = 0; k < 1000000; k++)
            if (fabs(fr_random_normal(5, 0, (uint64_t)k)) > cut[c]) beyond++;
        double expected = 1e6 * erfc(cut[c] / sqrt(2));
        assert_true(fabs((double)beyond - expected) < 5 * sqrt(expected));
    }
}

static void test_bounded_integers(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 1, 2, 3);
    int64_t count[37] = {0};
    double expected[37];
    for (int64_t k = 0; k < draws; k++) {
        int64_t value = fr_rng_below(&rng, 37);
        assert_in_range(value, 0, 36);
        count[value]++;
        assert_int_equal(fr_rng_below(&rng, 1), 0);
    }
    for (int c = 0; c < 37; c++)
        expected[c] = (double)draws / 37;
    assert_chi_square("integers below 37", 37, count, expected);
    /* 3/8 of 2^64: without rejection the 8 residues of the bits would fall on the 3 of the product as 3 : 3 : 2. */
    int64_t residue[3] = {0};
    double thirds[3] = {draws / 3.0, draws / 3.0, draws / 3.0};
    for (int64_t k = 0; k < draws; k++)
        residue[fr_rng_below(&rng, INT64_C(3) << 61) % 3]++;
    assert_chi_square("residues of integers below 3/8 2^64", 3, residue, thirds);
}

/* ---- counts ------------------------------------------------------------------------------------------------------- */

/* Chi-square against probabilities given by the recurrence p(k+1) = p(k) ratio(k), started at the mode: cells of single
 * values where at least `least` are expected, and two tails. */
static void check_counts(const char *what, int64_t mode, int64_t low, int64_t high,
                         double (*ratio)(int64_t k, const double *), const double *parameter,
                         int64_t (*draw)(fr_rng *rng, const double *parameter))
{
    enum { least = 10 };
    int64_t values = high - low + 1, cells = 0;
    double *probability = calloc((size_t)values, sizeof *probability), total = 0;
    int64_t *cell = calloc((size_t)values, sizeof *cell), *count = calloc((size_t)values + 2, sizeof *count);
    double *expected = calloc((size_t)values + 2, sizeof *expected);
    probability[mode - low] = 1;
    for (int64_t k = mode; k < high; k++)
        probability[k + 1 - low] = probability[k - low] * ratio(k, parameter);
    for (int64_t k = mode; k > low; k--)
        probability[k - 1 - low] = probability[k - low] / ratio(k - 1, parameter);
    for (int64_t k = 0; k < values; k++)
        total += probability[k];
    double pending = 0; /* neighbours are merged until a cell expects enough; the rest joins the last cell */
    for (int64_t k = 0; k < values; k++) {
        pending += draws * probability[k] / total;
        cell[k] = cells;
        expected[cells] = pending;
        if (pending >= least) {
            cells++;
            pending = 0;
        }
    }
    if (pending > 0 && cells > 0) {
        expected[cells - 1] += pending;
        for (int64_t k = 0; k < values; k++)
            if (cell[k] == cells) cell[k] = cells - 1;
    }
    fr_rng rng;
    fr_rng_init(&rng, 2024, (uint64_t)mode, 0);
    for (int64_t d = 0; d < draws; d++) {
        int64_t k = draw(&rng, parameter);
        if (k < low || k > high)
            fail_msg("%s: drew %lld, outside %lld..%lld", what, (long long)k, (long long)low,
                     (long long)high);
        count[cell[k - low]]++;
    }
    assert_chi_square(what, cells, count, expected);
    free(probability);
    free(cell);
    free(count);
    free(expected);
}

static double poisson_ratio(int64_t k, const double *mean)
{
    return *mean / (double)(k + 1);
}

static int64_t poisson_draw(fr_rng *rng, const double *mean)
{
    return fr_rng_poisson(rng, *mean);
}

static double binomial_ratio(int64_t k, const double *parameter)
{
    return (parameter[0] - (double)k) / (double)(k + 1) * parameter[1] / (1 - parameter[1]);
}

static int64_t binomial_draw(fr_rng *rng, const double *parameter)
{
    return fr_rng_binomial(rng, (int64_t)parameter[0], parameter[1]);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Range of 12 standard deviations and some more for skew: nothing outside it in 2e5 draws. */
static void test_poisson_law(void **state)
{
    (void)state;
    const double means[] = {0.01, 0.7, 4, 9.99, 10, 10.3, 17.5, 60, 1000.25, 30000};
    for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
        char what[64];
        snprintf(what, sizeof what, "Poisson(%g)", means[m]);
        int64_t mode = (int64_t)means[m], reach = (int64_t)(12 * sqrt(means[m])) + 30;
        check_counts(what, mode, larger(0, mode - reach), mode + reach, poisson_ratio, &means[m],
                     poisson_draw);
    }
}

static void test_binomial_law(void **state)
{
    (void)state;
    const double cases[][2] = {{1, 0.3},      {5, 0.5},       {20, 0.49},  {20, 0.5},   {21, 0.5},
                               {40, 0.3},     {40, 0.93},     {100, 0.1},  {1000, 0.5}, {1000, 0.99},
                               {1e6, 9.9e-6}, {1e6, 1.05e-5}, {1e6, 0.25}, {1e8, 0.999}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double n = cases[c][0], p = cases[c][1];
        char what[64];
        snprintf(what, sizeof what, "binomial(%g, %g)", n, p);
        int64_t mode = (int64_t)((n + 1) * p), reach = (int64_t)(12 * sqrt(n * p * (1 - p))) + 30,
                trials = (int64_t)n;
        if (mode > trials) mode = trials;
        int64_t high = mode + reach < trials ? mode + reach : trials;
        check_counts(what, mode, larger(0, mode - reach), high, binomial_ratio, cases[c], binomial_draw);
    }
}

/* Where no table of single values is possible: the standardised draw is normal to 1e-6 or better. */
static void check_large(const char *what, int64_t times, double mean, double deviation,
                        int64_t (*draw)(fr_rng *, const double *), const double *parameter)
{
    enum { cells = 50 };
    int64_t count[cells] = {0};
    double expected[cells];
    fr_rng rng;
    fr_rng_init(&rng, 7, 0, 0);
    for (int64_t k = 0; k < times; k++) {
        double z = ((double)draw(&rng, parameter) - mean) / deviation;
        int cell = (int)(0.5 * erfc(-z / sqrt(2)) * cells);
        count[cell == cells ? cells - 1 : cell]++;
    }
    for (int c = 0; c < cells; c++)
        expected[c] = (double)times / cells;
    assert_chi_square(what, cells, count, expected);
}

static int64_t binomial_of_huge(fr_rng *rng, const double *p)
{
    return fr_rng_binomial(rng, INT64_MAX, *p);
}

static void test_large_counts(void **state)
{
    (void)state;
    double mean = 1e15, binomial[2] = {1e15, 0.37}, p = 0.4, n = (double)INT64_MAX, tiny = 3e-4;
    check_large("Poisson(1e15)", draws, mean, sqrt(mean), poisson_draw, &mean);
    check_large("binomial(1e15, 0.37)", draws, 0.37e15, sqrt(0.37e15 * 0.63), binomial_draw, binomial);
    check_large("binomial(2^63 - 1, 0.4)", draws / 50, n * p, sqrt(n * p * (1 - p)), binomial_of_huge, &p);
    check_large("binomial(2^63 - 1, 3e-4)", draws / 50, n * tiny, sqrt(n * tiny * (1 - tiny)),
                binomial_of_huge, &tiny);
}

static void test_degenerate_counts(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 1, 1, 1);
    assert_int_equal(fr_rng_binomial(&rng, 0, 0.5), 0);
    assert_int_equal(fr_rng_binomial(&rng, 12, 0.0), 0);
    assert_int_equal(fr_rng_binomial(&rng, 12, 1.0), 12);
    assert_int_equal(fr_rng_binomial(&rng, INT64_MAX, 1.0), INT64_MAX);
    assert_int_equal(fr_rng_binomial(&rng, INT64_MAX, 1e-300), 0);
    assert_int_equal(fr_rng_poisson(&rng, 0.0), 0);
    assert_int_equal(fr_rng_poisson(&rng, 1e-300), 0);
}

/* ---- order ---------------------------------------------------------------------------------------------------------- */

static void test_permutations(void **state)
{
    (void)state;
    enum { n = 1000, small = 4, orders = 24 };
    int64_t permutation[n], again[n], seen[n] = {0}, count[orders] = {0};
    double expected[orders];
    fr_random_permutation(3, 1, 4, n, permutation);
    for (int k = 0; k < n; k++) {
        assert_in_range(permutation[k], 0, n - 1);
        seen[permutation[k]]++;
    }
    for (int k = 0; k < n; k++)
        assert_int_equal(seen[k], 1);
    fr_random_permutation(3, 1, 4, n, again);
    assert_memory_equal(permutation, again, sizeof again);
    fr_random_permutation(3, 1, 5, n, again);
    assert_memory_not_equal(permutation, again, sizeof again);
    for (int64_t k = 0; k < draws; k++) {
        int64_t p[small];
        fr_random_permutation(3, 0, (uint64_t)k, small, p);
        int64_t lower1 = p[1] - (p[0] < p[1]), lower2 = (p[2] > p[3]); /* rank among the 24 orders */
        count[p[0] * 6 + lower1 * 2 + lower2]++;
    }
    for (int c = 0; c < orders; c++)
        expected[c] = (double)draws / orders;
    assert_chi_square("orders of four", orders, count, expected);
    fr_random_permutation(3, 0, 0, 0, permutation);
}

static void test_draws_depend_on_their_address_only(void **state)
{
    (void)state;
    int64_t first = fr_random_binomial(9, 8, 7, 1000, 0.3), count = fr_random_poisson(9, 8, 6, 55.5);
    double normal = fr_random_normal(9, 8, 5);
    for (int64_t k = 100; k >= 0; k--) {
        fr_random_binomial(9, 8, (uint64_t)k, 1000, 0.3);
        fr_random_poisson(9, 8, (uint64_t)k, 55.5);
        fr_random_normal(9, 8, (uint64_t)k);
    }
    assert_int_equal(fr_random_binomial(9, 8, 7, 1000, 0.3), first);
    assert_int_equal(fr_random_poisson(9, 8, 6, 55.5), count);
    assert_true(fr_random_normal(9, 8, 5) == normal);
    fr_rng a, b;
    fr_rng_init(&a, 9, 8, 7);
    fr_rng_init(&b, 9, 8, 7);
    for (int k = 0; k < 1000; k++)
        assert_true(fr_rng_bits(&a) == fr_rng_bits(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox_known_answers),
        cmocka_unit_test(test_addressing),
        cmocka_unit_test(test_uniforms),
        cmocka_unit_test(test_normal_tails),
        cmocka_unit_test(test_bounded_integers),
        cmocka_unit_test(test_poisson_law),
        cmocka_unit_test(test_binomial_law),
        cmocka_unit_test(test_large_counts),
        cmocka_unit_test(test_degenerate_counts),
        cmocka_unit_test(test_permutations),
        cmocka_unit_test(test_draws_depend_on_their_address_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
