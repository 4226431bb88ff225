/* The coalescent simulator against exact mean coalescence times, and numbers of SNPs of the paper's scenarios. */
#include "support.h"

#include <frugal/feems.h>

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { n_nodes = 12, n_edges = 23 };

static void pairwise_times(void **state)
{
    (void)state;
    json_error_t error;
    json_t *cases = json_load_file(shared_path("oracles/feems/small_cases.json"), 0, &error);
    if (cases == NULL) fail_msg("%s", error.text);
    const json_t *lattice = json_object_get(cases, "coalescence_3x4");
    const json_t *nodes = json_object_get(lattice, "nodes"), *edges = json_object_get(lattice, "edges");
    assert_int_equal(json_array_size(nodes), n_nodes);
    assert_int_equal(json_array_size(edges), n_edges);
    double x[n_nodes], y[n_nodes], weights[n_edges], times[n_nodes * n_nodes];
    int64_t i[n_edges], j[n_edges];
    for (size_t v = 0; v < n_nodes; v++) {
        x[v] = json_number_value(json_array_get(json_array_get(nodes, v), 0));
        y[v] = json_number_value(json_array_get(json_array_get(nodes, v), 1));
    }
    for (size_t e = 0; e < n_edges; e++) {
        i[e] = json_integer_value(json_array_get(json_array_get(edges, e), 0));
        j[e] = json_integer_value(json_array_get(json_array_get(edges, e), 1));
        weights[e] = json_number_value(json_array_get(json_object_get(lattice, "w"), e));
    }
    fr_feems_graph graph = {.n_nodes = n_nodes, .n_edges = n_edges, .x = x, .y = y, .i = i, .j = j};
    fr_feems_simulate_settings settings;
    fr_feems_simulate_settings_default(&settings);
    settings.trees = 100000;
    if (fr_feems_simulate_times(&graph, weights, &settings, times) != FR_OK) fail_msg("%s", fr_last_error());
    const json_t *expected = json_object_get(lattice, "expected_pairwise_T");
    double mean_deviation = 0;
    for (size_t a = 0; a < n_nodes; a++)
        for (size_t b = 0; b < n_nodes; b++) {
            double exact = json_number_value(json_array_get(json_array_get(expected, a), b));
            /* The standard error of an entry is up to 0.39 percent; 1.5 percent is nearly four of them. */
            assert_close(times[a * n_nodes + b], exact, 0.015);
            mean_deviation += (times[a * n_nodes + b] / exact - 1) / (n_nodes * n_nodes);
        }
    /* All entries together: the entries of one tree are strongly correlated, two thirds of its age being shared; half a
     * percent is about three standard errors of their mean. */
    assert_true(fabs(mean_deviation) < 0.005);
    json_decref(cases);
}

/* The number of SNPs with minor allele frequency >= 0.05 among `trees` genealogies of the 8 x 12 lattice, scaled up to
 * the 20000 of the paper. */
static void expect_snps(double barrier_weight, double anisotropy, double expected)
{
    fr_feems_simulate_settings settings;
    fr_feems_simulate_settings_default(&settings);
    settings.barrier_weight = barrier_weight;
    settings.anisotropy = anisotropy;
    settings.trees = 4000;
    fr_feems_simulation simulation;
    if (fr_feems_simulate(NULL, NULL, &settings, &simulation) != FR_OK) fail_msg("%s", fr_last_error());
    double snps = (double)simulation.n_snps * 20000 / (double)settings.trees;
    /* The reference values are given within 250; ours are binomial with a standard deviation of
     * 20000 sqrt(0.37 * 0.63 / 4000) = 153, of which three are allowed on top. */
    if (!(fabs(snps - expected) < 250 + 3 * 153)) fail_msg("%g SNPs instead of about %g", snps, expected);
    fr_feems_simulation_free(&simulation);
}

static void snps_without_structure(void **state)
{
    (void)state;
    expect_snps(1, 1, 7430);
}

static void snps_with_a_barrier(void **state)
{
    (void)state;
    expect_snps(0.1, 1, 8150);
}

static void snps_with_anisotropy(void **state)
{
    (void)state;
    expect_snps(1, 5, 7120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairwise_times),
        cmocka_unit_test(snps_without_structure),
        cmocka_unit_test(snps_with_a_barrier),
        cmocka_unit_test(snps_with_anisotropy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
