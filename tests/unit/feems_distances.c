/* Distance matrices: from complete genotypes they give the centred S0 of those genotypes; matrices that are none. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 17, n_snps = 50 };

typedef struct {
    fr_feems_graph graph;
    double x[n_samples], y[n_samples];
    fr_points samples;
    fr_feems_data_settings settings;
    int8_t *dosages;
    double distances[n_samples * n_samples];
} distance_case;

/* Individuals at six of twelve nodes, one to four at each, and their mean squared dosage differences. */
static void case_init(distance_case *c)
{
    c->graph = lattice_graph(3, 4);
    for (int64_t k = 0; k < n_samples; k++) {
        int64_t node = k * k % 12;
        c->x[k] = c->graph.x[node];
        c->y[k] = c->graph.y[node];
    }
    c->samples = (fr_points){.n = n_samples, .x = c->x, .y = c->y};
    fr_feems_data_settings_default(&c->settings);
    c->dosages = random_dosages(1, &c->samples, n_snps, 0);
    memset(c->distances, 0, sizeof c->distances);
    for (int64_t a = 0; a < n_samples; a++)
        for (int64_t b = 0; b < n_samples; b++)
            for (int64_t snp = 0; snp < n_snps; snp++) {
                double step = c->dosages[snp * n_samples + a] - c->dosages[snp * n_samples + b];
                c->distances[a * n_samples + b] += step * step / n_snps;
            }
}

static void case_free(distance_case *c)
{
    fr_feems_graph_free(&c->graph);
    free(c->dosages);
}

static int read_into(const distance_case *c, int64_t n_sites, fr_feems_data *data)
{
    return fr_feems_data_from_distances(&c->graph, &c->samples, c->distances, n_sites, &c->settings, data);
}

static void same_as_centred_genotypes(void **state)
{
    (void)state;
    distance_case c;
    case_init(&c);
    fr_feems_data expected, data;
    fr_plink plink = plink_of(c.dosages, n_samples, n_snps);
    assert_ok(fr_feems_data_from_plink(&c.graph, &c.samples, &plink, &c.settings, &expected));
    assert_ok(read_into(&c, n_snps, &data));
    fr_plink_close(&plink);
    assert_int_equal(expected.n_snps, n_snps);
    assert_int_equal(data.n_snps, n_snps);
    assert_int_equal(data.n_samples, n_samples);
    assert_int_equal(data.n_observed, expected.n_observed);
    assert_memory_equal(data.observed, expected.observed, (size_t)data.n_observed * sizeof *data.observed);
    assert_memory_equal(data.n_at, expected.n_at, (size_t)data.n_observed * sizeof *data.n_at);
    int64_t o = data.n_observed;
    assert_true(o > 2 && o < n_samples); /* nodes with several individuals: the zeros on the diagonal count */
    for (int64_t k = 0; k < o * o; k++) {
        assert_near(data.similarity[k], expected.similarity0[k],
                    1e-15); /* an identity between numbers below 1 */
        assert_true(data.similarity0[k] == data.similarity[k]);
        assert_true(data.similarity[k] == data.similarity[k % o * o + k / o]);
    }
    fr_feems_data_free(&expected);
    fr_feems_data_free(&data);
    case_free(&c);
}

/* The likelihood sees contrasts alone, so that S0 and distances fit alike. */
static void distances_can_be_fitted(void **state)
{
    (void)state;
    distance_case c;
    case_init(&c);
    fr_feems_data data;
    assert_ok(read_into(&c, 1000, &data));
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    fr_feems_result result;
    assert_ok(fr_feems_fit(&data, &settings, &result));
    assert_true(result.info.converged);
    assert_true(result.info.loss < result.info.null_loss);
    int64_t o = data.n_observed;
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < a; b++)
            assert_true(result.seen[a * o + b] > 0);
    fr_feems_result_free(&result);
    fr_feems_data_free(&data);
    case_free(&c);
}

static void matrices_that_are_no_distances(void **state)
{
    (void)state;
    distance_case c;
    case_init(&c);
    fr_feems_data data;
    const struct {
        int64_t row, column;
        double value;
        const char *message;
    } wrong[] = {
        {2, 5, -0.5, "row 3, column 6: -0.5 is no distance"},
        {2, 5, NAN, "row 3, column 6: nan is no distance"},
        {16, 0, INFINITY, "row 17, column 1: inf is no distance"},
        {4, 4, 0.25, "row 5: the distance of an individual to itself is 0.25"},
        {5, 2, 77, "row 6, column 3 holds 77"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        double *cell = &c.distances[wrong[k].row * n_samples + wrong[k].column], kept = *cell;
        *cell = wrong[k].value;
        assert_refused(read_into(&c, n_snps, &data), FR_EINPUT, wrong[k].message);
        assert_null(data.graph.x);
        *cell = kept;
    }
    assert_refused(read_into(&c, 0, &data), FR_EUSAGE, "number of sites");
    c.distances[1] *= 1 + 1e-9; /* rounded on the way: still symmetric */
    assert_ok(read_into(&c, n_snps, &data));
    fr_feems_data_free(&data);
    memset(c.distances, 0, sizeof c.distances);
    assert_refused(read_into(&c, n_snps, &data), FR_EINPUT, "all distances are 0");
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_centred_genotypes),
        cmocka_unit_test(distances_can_be_fitted),
        cmocka_unit_test(matrices_that_are_no_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
