/* Simulated genotypes: the same for any number of threads; sampling designs, frequency filter, missing genotypes; lattice
 * and given graphs; settings out of range. */
#include "support.h"

#include <frugal/feems.h>

#include <math.h>
#include <string.h>

/* A small lattice, so that each simulation takes milliseconds. */
static fr_feems_simulate_settings small_settings(void)
{
    fr_feems_simulate_settings settings;
    fr_feems_simulate_settings_default(&settings);
    settings.rows = 4;
    settings.columns = 12;
    settings.max_per_node = 4;
    settings.trees = 300;
    return settings;
}

static fr_feems_simulation simulate(const fr_feems_simulate_settings *settings)
{
    fr_feems_simulation simulation;
    if (fr_feems_simulate(NULL, NULL, settings, &simulation) != FR_OK) fail_msg("%s", fr_last_error());
    return simulation;
}

static int64_t find_edge(const fr_feems_graph *graph, int64_t i, int64_t j)
{
    for (int64_t e = 0; e < graph->n_edges; e++)
        if (graph->i[e] == i && graph->j[e] == j) return e;
    return -1;
}

static void lattice_of_the_paper(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings;
    fr_feems_simulate_settings_default(&settings);
    settings.barrier_weight = 0.1;
    settings.anisotropy = 5;
    settings.trees = 20;
    fr_feems_simulation s = simulate(&settings);
    const fr_feems_graph *graph = &s.graph;
    assert_int_equal(graph->n_nodes, 96);
    assert_int_equal(graph->n_edges, 249);
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        assert_true(i < j &&
                    (e == 0 || graph->i[e - 1] < i || (graph->i[e - 1] == i && graph->j[e - 1] < j)));
        double dx = graph->x[i] - graph->x[j], dy = graph->y[i] - graph->y[j],
               x = (graph->x[i] + graph->x[j]) / 2;
        assert_close(hypot(dx, dy), 1, 1e-14); /* all edges have length 1, up to rounding */
        double expected = (x > 2.5 && x < 8.5 ? 0.1 : 1) * (i / 12 == j / 12 ? 5 : 1);
        assert_close(s.weights[e], expected, 1e-15);
    }
    /* Even rows go down to the left, odd rows to the right; an edge with its middle on the barrier's end is outside. */
    assert_true(find_edge(graph, 1, 12) >= 0 && find_edge(graph, 1, 14) < 0);
    assert_true(find_edge(graph, 13, 26) >= 0 && find_edge(graph, 13, 24) < 0);
    assert_close(s.weights[find_edge(graph, 2, 3)], 5, 1e-15);
    assert_close(s.weights[find_edge(graph, 3, 4)], 0.5, 1e-15);
    fr_feems_simulation_free(&s);
    fr_feems_simulation_free(&s);
}

static void same_for_any_number_of_threads(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings = small_settings();
    settings.missing = 0.1;
    settings.barrier_weight = 0.02; /* two classes of rates */
    fr_threads_set(1);
    fr_feems_simulation one = simulate(&settings);
    fr_threads_set(4);
    fr_feems_simulation four = simulate(&settings);
    assert_int_equal(one.n_samples, four.n_samples);
    assert_int_equal(one.n_snps, four.n_snps);
    assert_memory_equal(one.node, four.node, (size_t)one.n_samples * sizeof *one.node);
    assert_memory_equal(one.dosages, four.dosages, (size_t)(one.n_snps * one.n_samples));
    settings.seed = 2;
    fr_feems_simulation other = simulate(&settings);
    assert_true(other.n_samples != one.n_samples ||
                memcmp(other.dosages, one.dosages, (size_t)(one.n_samples * 10)) != 0);
    fr_feems_simulation_free(&one), fr_feems_simulation_free(&four), fr_feems_simulation_free(&other);

    double times[2][48 * 48];
    settings.seed = 1;
    for (int k = 0; k < 2; k++) {
        fr_threads_set(1 + 3 * k);
        assert_int_equal(fr_feems_simulate_times(NULL, NULL, &settings, times[k]), FR_OK);
    }
    assert_memory_equal(times[0], times[1], sizeof times[0]);
    fr_threads_set(0);
}

/* Samples per zone (left, barrier, right) and the number of sampled nodes. */
static int64_t count_zones(const fr_feems_simulation *s, int64_t zone[3])
{
    int64_t n_sampled = 0;
    memset(zone, 0, 3 * sizeof *zone);
    for (int64_t k = 0; k < s->n_samples; k++) {
        double x = s->graph.x[s->node[k]];
        zone[x <= 2.5 ? 0 : x >= 8.5 ? 2 : 1]++;
        assert_true(k == 0 || s->node[k - 1] <= s->node[k]);
        n_sampled += k == 0 || s->node[k - 1] != s->node[k];
    }
    return n_sampled;
}

static void designs(void **state)
{
    (void)state;
    int64_t zone[3];
    /* At each of 400 nodes Binomial(15, 1/2): mean 7.5, standard deviation of the sum 38; 5 of them allowed. */
    fr_feems_simulate_settings settings = small_settings();
    settings.rows = 20, settings.columns = 20, settings.max_per_node = 15, settings.trees = 3;
    settings.maf = 0;
    fr_feems_simulation s = simulate(&settings);
    assert_in_range(s.n_samples, 3000 - 5 * 38, 3000 + 5 * 38);
    assert_true(count_zones(&s, zone) > 390);
    fr_feems_simulation_free(&s);

    /* One node in five: Binomial(400, 0.2), mean 80, standard deviation 8. */
    fr_feems_simulate_design(&settings, FR_FEEMS_MISSING_AT_RANDOM);
    s = simulate(&settings);
    assert_in_range(count_zones(&s, zone), 80 - 5 * 8, 80 + 5 * 8);
    fr_feems_simulation_free(&s);

    fr_feems_simulate_design(&settings, FR_FEEMS_CORRIDOR_BIASED);
    s = simulate(&settings);
    count_zones(&s, zone);
    assert_true(zone[0] > 0 && zone[1] == 0 && zone[2] > 0);
    fr_feems_simulation_free(&s);

    fr_feems_simulate_design(&settings, FR_FEEMS_RIGHT_BIASED);
    s = simulate(&settings);
    count_zones(&s, zone);
    assert_true(zone[0] == 0 && zone[1] > 0 && zone[2] > 0);
    fr_feems_simulation_free(&s);

    fr_feems_simulate_design(&settings, FR_FEEMS_NONMISSING); /* takes all of them back */
    fr_feems_simulate_settings defaults;
    fr_feems_simulate_settings_default(&defaults);
    assert_true(settings.probability_left == defaults.probability_left &&
                settings.probability_barrier == defaults.probability_barrier &&
                settings.probability_right == defaults.probability_right &&
                settings.sample_probability == defaults.sample_probability);
}

static void keeps_frequent_alleles_and_counts_the_rest(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings = small_settings();
    settings.maf = 0;
    fr_feems_simulation all = simulate(&settings);
    settings.maf = 0.2;
    fr_feems_simulation frequent = simulate(&settings);
    assert_int_equal(all.n_below_maf, 0);
    assert_int_equal(all.n_snps + all.n_trees_without_mutation, settings.trees);
    assert_int_equal(frequent.n_trees_without_mutation, all.n_trees_without_mutation);
    assert_int_equal(frequent.n_snps + frequent.n_below_maf, all.n_snps);
    assert_true(all.n_trees_without_mutation > 0 && frequent.n_below_maf > 0);
    int64_t kept = 0, n = all.n_samples; /* those that remain are the same, in the same order */
    for (int64_t snp = 0; snp < all.n_snps; snp++) {
        int64_t copies = 0;
        for (int64_t k = 0; k < n; k++) {
            assert_in_range(all.dosages[snp * n + k], 0, 2);
            copies += all.dosages[snp * n + k];
        }
        double frequency = (double)copies / (double)(2 * n);
        assert_true(copies > 0 && copies < 2 * n);
        if (frequency < 0.2 || frequency > 0.8) continue;
        assert_true(kept < frequent.n_snps);
        assert_memory_equal(all.dosages + snp * n, frequent.dosages + kept++ * n, (size_t)n);
    }
    assert_int_equal(kept, frequent.n_snps);
    fr_feems_simulation_free(&all), fr_feems_simulation_free(&frequent);
}

static void missing_genotypes(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings = small_settings();
    fr_feems_simulation whole = simulate(&settings);
    settings.missing = 0.3;
    fr_feems_simulation holed = simulate(&settings);
    assert_int_equal(whole.n_snps, holed.n_snps);
    int64_t n = whole.n_snps * whole.n_samples, n_missing = 0;
    for (int64_t k = 0; k < n; k++) {
        assert_true(holed.dosages[k] == -1 || holed.dosages[k] == whole.dosages[k]);
        n_missing += holed.dosages[k] == -1;
    }
    double standard_deviation = sqrt((double)n * 0.3 * 0.7);
    assert_true(fabs((double)n_missing - 0.3 * (double)n) < 5 * standard_deviation);
    fr_feems_simulation_free(&whole), fr_feems_simulation_free(&holed);
}

/* A path of four nodes in degrees, given by the caller. */
static double path_x[] = {20, 21, 22, 23}, path_y[] = {50, 50, 51, 51};
static int64_t path_i[] = {0, 1, 2}, path_j[] = {1, 2, 3};
static const fr_feems_graph path = {
    .n_nodes = 4, .n_edges = 3, .x = path_x, .y = path_y, .i = path_i, .j = path_j};

static void simulates_on_a_given_graph(void **state)
{
    (void)state;
    double weights[] = {1e-3, 2, 300}; /* three classes of rates */
    fr_feems_simulate_settings settings = small_settings();
    settings.barrier_weight = 7, settings.anisotropy = 9; /* say nothing about a given graph */
    fr_feems_simulation s;
    assert_int_equal(fr_feems_simulate(&path, weights, &settings, &s), FR_OK);
    assert_int_equal(s.graph.n_nodes, 4);
    assert_int_equal(s.graph.n_edges, 3);
    assert_memory_equal(s.weights, weights, sizeof weights);
    assert_memory_equal(s.graph.x, path_x, sizeof path_x);
    assert_memory_equal(s.graph.j, path_j, sizeof path_j);
    assert_true(s.n_samples > 0 && s.node[s.n_samples - 1] < 4);
    fr_feems_simulation_free(&s);
}

/* Two lineages in the only node merge at rate 1/2: mean 2; 5 standard errors of 4000 exponential variates. */
static void one_node_is_the_standard_coalescent(void **state)
{
    (void)state;
    double x = 0, y = 0, time;
    fr_feems_graph node = {.n_nodes = 1, .x = &x, .y = &y};
    fr_feems_simulate_settings settings = small_settings();
    settings.trees = 4000;
    assert_int_equal(fr_feems_simulate_times(&node, &x, &settings, &time), FR_OK);
    assert_true(fabs(time - 2) < 5 * 2 / sqrt(4000));
}

/* Two nodes: T_00 = 4, T_01 = 4 + 1 / (2 w), whose standard deviation is about its mean (the four pairs of a tree share
 * nearly all of it). Work must not grow with 1 / w. */
static void small_weights_mean_long_times(void **state)
{
    (void)state;
    double x[] = {0, 1}, y[] = {0, 0}, weight = 1e-6, times[4];
    int64_t i = 0, j = 1;
    fr_feems_graph pair = {.n_nodes = 2, .n_edges = 1, .x = x, .y = y, .i = &i, .j = &j};
    fr_feems_simulate_settings settings = small_settings();
    settings.trees = 4000;
    assert_int_equal(fr_feems_simulate_times(&pair, &weight, &settings, times), FR_OK);
    assert_close(times[1], 4 + 0.5e6, 5 / sqrt(4000));
    assert_true(times[1] == times[2]);
}

static void expect_refused(const fr_feems_graph *graph, const double *weights,
                           const fr_feems_simulate_settings *settings, const char *message)
{
    fr_feems_simulation s;
    memset(&s, 1, sizeof s);
    assert_int_equal(fr_feems_simulate(graph, weights, settings, &s), FR_EUSAGE);
    if (strstr(fr_last_error(), message) == NULL)
        fail_msg("'%s' does not say '%s'", fr_last_error(), message);
    assert_null(s.dosages);
    assert_null(s.weights);
    assert_int_equal(s.n_snps, 0);
}

#define expect_setting_refused(field, value, message)                                                        \
    do {                                                                                                     \
        fr_feems_simulate_settings changed = small_settings();                                               \
        changed.field = value;                                                                               \
        expect_refused(NULL, NULL, &changed, message);                                                       \
    } while (0)

static void refuses_settings_out_of_range(void **state)
{
    (void)state;
    expect_setting_refused(rows, 0, "number of rows must lie between 1 and");
    expect_setting_refused(columns, -1, "number of columns");
    expect_setting_refused(barrier_weight, 0, "barrier weight must be positive");
    expect_setting_refused(corridor_weight, NAN, "corridor weight");
    expect_setting_refused(anisotropy, INFINITY, "anisotropy");
    expect_setting_refused(barrier_left, 9, "the barrier's left end 9 lies right of its right end 8.5");
    expect_setting_refused(max_per_node, 0, "largest sample of a node");
    expect_setting_refused(probability_left, 1.5,
                           "probability on the left must lie between 0 and 1, not be 1.5");
    expect_setting_refused(probability_barrier, NAN, "probability in the barrier");
    expect_setting_refused(probability_right, -0.1, "probability on the right");
    expect_setting_refused(sample_probability, 2, "probability that a node is sampled");
    expect_setting_refused(trees, 0, "number of trees");
    expect_setting_refused(mutation_rate, 0, "mutation rate must be positive");
    expect_setting_refused(maf, 0.6, "minor allele frequency");
    expect_setting_refused(missing, -1, "fraction of missing genotypes");
    expect_setting_refused(sample_probability, 0, "no individual was sampled at any of the 48 nodes");
    expect_setting_refused(mutation_rate, 1e-12,
                           "none of the 300 genealogies gave a SNP (300 had no mutation");
}

static void refuses_unusable_graphs(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings = small_settings();
    double weights[] = {1, 1, 1};
    expect_refused(&path, NULL, &settings, "a graph to simulate on needs edge weights");
    expect_refused(NULL, weights, &settings, "weights need a graph");
    weights[1] = 0;
    expect_refused(&path, weights, &settings, "edge 1 (nodes 1, 2) has weight 0");
    weights[1] = 1;
    fr_feems_graph broken = path;
    int64_t beyond[] = {1, 2, 4};
    broken.j = beyond;
    expect_refused(&broken, weights, &settings, "edge 2 joins nodes 2 and 4");
    broken.j = path_j;
    broken.n_edges = 2;
    expect_refused(&broken, weights, &settings, "no path of edges joins nodes 0 and 3");
    double times[16];
    assert_int_equal(fr_feems_simulate_times(&broken, weights, &settings, times), FR_EUSAGE);
}

static void stops_when_interrupted(void **state)
{
    (void)state;
    fr_feems_simulate_settings settings = small_settings();
    fr_feems_simulation s;
    fr_interrupt();
    assert_int_equal(fr_feems_simulate(NULL, NULL, &settings, &s), FR_EINTERRUPTED);
    fr_interrupt_clear();
    assert_null(s.dosages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lattice_of_the_paper),
        cmocka_unit_test(same_for_any_number_of_threads),
        cmocka_unit_test(designs),
        cmocka_unit_test(keeps_frequent_alleles_and_counts_the_rest),
        cmocka_unit_test(missing_genotypes),
        cmocka_unit_test(simulates_on_a_given_graph),
        cmocka_unit_test(one_node_is_the_standard_coalescent),
        cmocka_unit_test(small_weights_mean_long_times),
        cmocka_unit_test(refuses_settings_out_of_range),
        cmocka_unit_test(refuses_unusable_graphs),
        cmocka_unit_test(stops_when_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
