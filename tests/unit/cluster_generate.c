/* Random graphs: what a model promises about degrees and edges, within the spread that the model itself has; the same graph
 * for the same seed and for any number of threads. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fails unless a count with this mean and variance is within 5 standard deviations: one false alarm in 1.7 million. */
static void assert_count(int64_t count, double mean, double variance)
{
    if (!(fabs((double)count - mean) <= 5 * sqrt(variance) + 1e-9))
        fail_msg("counted %ld, expected %g +- %g", (long)count, mean, sqrt(variance));
}

/* Number of edges for which each of `trials` pairs has probability p. */
static void assert_binomial(int64_t count, double trials, double p)
{
    assert_count(count, trials * p, trials * p * (1 - p));
}

/* Edges between nodes [a, b) and [c, d), which are the same or disjoint. */
static int64_t edges_between(const fr_graph *graph, int64_t a, int64_t b, int64_t c, int64_t d)
{
    int64_t count = 0;
    for (int64_t i = a; i < b && i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            count += graph->neighbour[k] >= c && graph->neighbour[k] < d;
    return a == c ? count / 2 : count;
}

/* Well-formed, of weight 1, without loops. */
static void check_graph(fr_graph *graph, int64_t n)
{
    assert_ok(fr_graph_check(graph));
    assert_int_equal(graph->n, n);
    assert_int_equal(graph->n_loops, 0);
    assert_null(graph->weight);
}

/* ---- planted partition ---- */

static void planted_degrees(void **state)
{
    (void)state;
    enum { blocks = 400, size = 100, n = blocks * size };
    fr_graph graph;
    assert_ok(fr_cluster_generate_planted(blocks, size, 16, 6, 1, &graph));
    check_graph(&graph, n);
    /* 800 draws from 4950 pairs leave 4950 (1 - (1 - 1/4950)^800) distinct ones; fewer repeats than draws vary. */
    double pairs = size * (size - 1) / 2.0, mean = pairs * (1 - pow(1 - 1 / pairs, 800));
    int64_t inside = 0;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t edges = edges_between(&graph, b * size, (b + 1) * size, b * size, (b + 1) * size);
        assert_true(edges <= 800);
        inside += edges;
    }
    assert_count(inside, blocks * mean, blocks * (800 - mean));
    /* 120000 draws across; about 120000^2 / (2 * 7.98e8) = 9 are repeats. */
    int64_t across = fr_graph_edges(&graph) - inside;
    assert_true(across <= 120000);
    assert_count(120000 - across, 9.02, 9.02);
    fr_graph_free(&graph);
}

/* The arcs within a block, as if it were alone. */
static void block_of(const fr_graph *graph, int64_t block, int64_t size, fr_graph *out)
{
    int64_t *nodes = malloc((size_t)size * sizeof *nodes);
    assert_non_null(nodes);
    for (int64_t k = 0; k < size; k++)
        nodes[k] = block * size + k;
    assert_ok(fr_graph_subgraph(graph, size, nodes, out));
    free(nodes);
}

static void a_planted_block_does_not_depend_on_the_others(void **state)
{
    (void)state;
    fr_graph small, large, a, b;
    assert_ok(fr_cluster_generate_planted(3, 50, 10, 2, 7, &small));
    assert_ok(fr_cluster_generate_planted(40, 50, 10, 2, 7, &large));
    for (int64_t block = 0; block < 3; block++) {
        block_of(&small, block, 50, &a);
        block_of(&large, block, 50, &b);
        assert_graph_equal(&a, &b);
        fr_graph_free(&a);
        fr_graph_free(&b);
    }
    fr_graph_free(&small);
    assert_ok(fr_cluster_generate_planted(1, 50, 10, 0, 7, &small));
    block_of(&large, 0, 50, &b);
    assert_graph_equal(&small, &b);
    fr_graph_free(&b);
    fr_graph_free(&small);
    fr_graph_free(&large);
}

/* ---- block models ---- */

static void block_model_counts(void **state)
{
    (void)state;
    fr_graph graph;
    assert_ok(fr_cluster_generate_sbm(2050, 100, 0.3, 0.02, 3, &graph)); /* the last block has 50 nodes */
    check_graph(&graph, 2050);
    int64_t inside = 0;
    for (int64_t b = 0; b < 21; b++)
        inside += edges_between(&graph, 100 * b, 100 * (b + 1), 100 * b, 100 * (b + 1));
    double pairs_inside = 20 * 4950.0 + 1225, pairs = 2050 * 2049 / 2.0;
    assert_binomial(inside, pairs_inside, 0.3);
    assert_binomial(fr_graph_edges(&graph) - inside, pairs - pairs_inside, 0.02);
    /* Not only in all: the first and the last nodes of rows and blocks have their share, too. */
    assert_binomial(edges_between(&graph, 0, 1, 1, 100), 99, 0.3);
    assert_binomial(edges_between(&graph, 98, 99, 99, 100), 1, 0.3);
    assert_binomial(edges_between(&graph, 1900, 2000, 2000, 2050), 5000, 0.02);
    assert_binomial(edges_between(&graph, 0, 100, 2000, 2050), 5000, 0.02);
    fr_graph_free(&graph);
}

/* All pairs, or none: every one is reached exactly once. */
static void certain_edges(void **state)
{
    (void)state;
    fr_graph graph;
    assert_ok(fr_cluster_generate_sbm(70, 20, 1, 0, 1, &graph));
    check_graph(&graph, 70);
    assert_int_equal(fr_graph_edges(&graph), 3 * 190 + 45);
    fr_graph_free(&graph);
    assert_ok(fr_cluster_generate_sbm(70, 20, 0, 1, 1, &graph));
    assert_int_equal(fr_graph_edges(&graph), 70 * 69 / 2 - (3 * 190 + 45));
    fr_graph_free(&graph);
    assert_ok(fr_cluster_generate_sbm(70, 70, 1, 1, 1, &graph));
    assert_int_equal(fr_graph_edges(&graph), 70 * 69 / 2);
    fr_graph_free(&graph);
    assert_ok(fr_cluster_generate_sbm(1, 1, 1, 1, 1, &graph));
    assert_int_equal(graph.n_arcs, 0);
    fr_graph_free(&graph);
    assert_ok(fr_cluster_generate_local_model(30, 10, 1, 1, 19, 1, &graph));
    assert_int_equal(fr_graph_edges(&graph), 30 * 29 / 2);
    fr_graph_free(&graph);
}

/* Each of the 10 pairs of 5 nodes is an edge in about p of many graphs, and all pairs of pairs in about p^2. */
static void pairs_are_equally_likely(void **state)
{
    (void)state;
    enum { n = 5, repeats = 4000 };
    int64_t count[n][n] = {0}, both = 0;
    for (uint64_t seed = 0; seed < repeats; seed++) {
        fr_graph graph;
        assert_ok(fr_cluster_generate_sbm(n, n, 0.25, 0, seed, &graph));
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = graph.row[i]; k < graph.row[i + 1]; k++)
                count[i][graph.neighbour[k]]++;
        both += edges_between(&graph, 0, 1, 1, 2) + edges_between(&graph, 3, 4, 4, 5) == 2;
        fr_graph_free(&graph);
    }
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            assert_binomial(count[i][j], repeats, 0.25);
    assert_binomial(both, repeats, 0.0625);
}

static void local_model_counts(void **state)
{
    (void)state;
    enum { n = 100000, k = 100 };
    fr_graph graph;
    assert_ok(fr_cluster_generate_local_model(n, k, 0.5, 0.001, 8, 5, &graph));
    check_graph(&graph, n);
    double others = n - k, pairs = others * (others - 1) / 2;
    assert_binomial(edges_between(&graph, 0, k, 0, k), 4950, 0.5);
    assert_binomial(edges_between(&graph, 0, k, k, n), k * others, 0.001);
    assert_binomial(edges_between(&graph, k, n, k, n), pairs, 8 / (others - 1));
    /* Rows are made in pieces of 65536. */
    assert_binomial(edges_between(&graph, k, k + 65536, k + 65536, n), 65536.0 * (others - 65536),
                    8 / (others - 1));
    fr_graph_free(&graph);
}

static void threshold_of_the_model(void **state)
{
    (void)state;
    int64_t count;
    double *q = cluster_column("random_model_A.csv", "q", &count),
           *rho = cluster_column("random_model_A.csv", "rho", &count);
    /* The table has half the threshold; a dozen operations on numbers without cancellation. */
    for (int64_t k = 0; k < count; k++)
        assert_close(fr_cluster_model_rho(1000, 100, 0.5, q[k], 0.1) / 2, rho[k], 1e-14);
    free(q);
    free(rho);
}

/* ---- R-MAT ---- */

static void rmat_quarters(void **state)
{
    (void)state;
    enum { scale = 12, n = 1 << scale };
    fr_graph graph;
    /* All arcs in one quarter of the matrix at every level: from the first node to the last. */
    assert_ok(fr_cluster_generate_rmat(scale, 4, 0, 1, 0, false, 1, &graph));
    check_graph(&graph, n);
    assert_int_equal(fr_graph_edges(&graph), 1);
    assert_int_equal(graph.neighbour[graph.row[0]], n - 1);
    fr_graph_free(&graph);
    /* Equal quarters: uniformly random pairs. d draws from m = n^2 places give m (1 - exp(-d / m)) arcs, which meet as edges. */
    assert_ok(fr_cluster_generate_rmat(scale, 8, 0.25, 0.25, 0.25, false, 1, &graph));
    check_graph(&graph, n);
    double edges = (n - 1.0) * n / 2 * (1 - exp(-8.0 * n * 2 / ((double)n * n)));
    assert_count(fr_graph_edges(&graph), edges, edges);
    assert_count(edges_between(&graph, 0, n / 2, n / 2, n), edges / 2, edges / 4);
    fr_graph_free(&graph);
    /* Few ones among the bits of an end: nodes of the first half have most of the ends. */
    assert_ok(fr_cluster_generate_rmat(scale, 16, 0.57, 0.19, 0.19, false, 1, &graph));
    check_graph(&graph, n);
    assert_true(graph.row[n / 2] > 2 * (graph.n_arcs - graph.row[n / 2]));
    fr_graph_free(&graph);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t *sorted_degrees(const fr_graph *graph)
{
    int64_t *degree = malloc((size_t)graph->n * sizeof *degree);
    assert_non_null(degree);
    for (int64_t i = 0; i < graph->n; i++)
        degree[i] = graph->row[i + 1] - graph->row[i];
    qsort(degree, (size_t)graph->n, sizeof *degree, by_number);
    return degree;
}

/* Other numbers for the same graph. */
static void rmat_permuted(void **state)
{
    (void)state;
    fr_graph graph, permuted;
    assert_ok(fr_cluster_generate_rmat(10, 8, 0.57, 0.19, 0.19, false, 2, &graph));
    assert_ok(fr_cluster_generate_rmat(10, 8, 0.57, 0.19, 0.19, true, 2, &permuted));
    check_graph(&permuted, 1024);
    assert_int_equal(graph.n_arcs, permuted.n_arcs);
    assert_memory_not_equal(graph.neighbour, permuted.neighbour,
                            (size_t)graph.n_arcs * sizeof *graph.neighbour);
    int64_t *a = sorted_degrees(&graph), *b = sorted_degrees(&permuted);
    assert_memory_equal(a, b, 1024 * sizeof *a);
    free(a);
    free(b);
    fr_graph_free(&graph);
    fr_graph_free(&permuted);
}

/* ---- geometric ---- */

static void geometric_pairs(void **state)
{
    (void)state;
    enum { n = 700 };
    static const double radius[] = {0.003, 0.05, 0.31, 0.5, 0.9, 2};
    double x[n], y[n];
    for (size_t r = 0; r < sizeof radius / sizeof *radius; r++) {
        fr_graph graph;
        assert_ok(fr_cluster_generate_geometric(n, radius[r], 4, &graph, x, y));
        check_graph(&graph, n);
        for (int64_t i = 0; i < n; i++) {
            int64_t next = graph.row[i];
            for (int64_t j = 0; j < n; j++) {
                double dx = x[i] - x[j], dy = y[i] - y[j];
                if (i == j || !(dx * dx + dy * dy < radius[r] * radius[r])) continue;
                assert_true(next < graph.row[i + 1] && graph.neighbour[next] == j);
                next++;
            }
            assert_int_equal(next, graph.row[i + 1]);
        }
        fr_graph_free(&graph);
    }
    int64_t right = 0, above = 0;
    for (int64_t i = 0; i < n; i++) {
        assert_true(x[i] > 0 && x[i] < 1 && y[i] > 0 && y[i] < 1);
        right += x[i] > 0.5;
        above += y[i] > 0.5;
    }
    assert_binomial(right, n, 0.5);
    assert_binomial(above, n, 0.5);
}

/* ---- communities ---- */

static void communities(void **state)
{
    (void)state;
    enum { n = 20000 };
    int64_t *community = malloc(n * sizeof *community), *size = malloc(n * sizeof *size);
    assert_true(community != NULL && size != NULL);
    static const double mixing[] = {0, 0.1, 0.4, 1};
    for (size_t m = 0; m < sizeof mixing / sizeof *mixing; m++) {
        fr_cluster_lfr_settings settings;
        fr_cluster_lfr_settings_default(&settings);
        settings.n = n;
        settings.mixing = mixing[m];
        fr_graph graph;
        assert_ok(fr_cluster_generate_lfr(&settings, &graph, community));
        check_graph(&graph, n);
        int64_t across = 0, largest = 0, members = 0;
        memset(size, 0, n * sizeof *size);
        for (int64_t i = 0; i < n; i++) {
            int64_t degree = graph.row[i + 1] - graph.row[i];
            largest = degree > largest ? degree : largest;
            size[community[i]]++;
            for (int64_t k = graph.row[i]; k < graph.row[i + 1]; k++)
                across += community[graph.neighbour[k]] != community[i];
        }
        for (int64_t c = 0; c < n && size[c] > 0; c++) {
            assert_true(size[c] >= settings.min_community && size[c] <= settings.max_community);
            members += size[c];
        }
        assert_int_equal(members, n); /* numbered 0, 1, ... without gaps */
        assert_true(largest <= settings.max_degree && largest > 40);
        /* The degrees have a standard deviation of about 8, so their mean is known to 0.06; odd ends and edges that find no
         * place take away less than 1 in 100. */
        assert_near((double)graph.n_arcs / n, settings.mean_degree, 0.3);
        /* Rounding is unbiased; each of about 3e5 ends is across with the probability `mixing`: standard error 0.001. */
        assert_near((double)across / (double)graph.n_arcs, mixing[m],
                    mixing[m] == 0 || mixing[m] == 1 ? 0 : 0.005);
        fr_graph_free(&graph);
    }
    free(community);
    free(size);
}

/* Communities of the smallest size are nearly complete graphs; one community; degrees that do not fit. */
static void tight_communities(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_lfr_settings settings;
    int64_t community[60];
    fr_cluster_lfr_settings_default(&settings);
    settings.n = 60;
    settings.min_community = settings.max_community = 10;
    settings.mixing = 0.01;
    assert_ok(fr_cluster_generate_lfr(&settings, &graph, community));
    check_graph(&graph, 60);
    for (int64_t i = 0; i < 60; i++)
        assert_true(community[i] < 6 && graph.row[i + 1] - graph.row[i] <= 50);
    fr_graph_free(&graph);
    settings.min_community = settings.max_community = 60;
    settings.mixing = 0;
    assert_ok(fr_cluster_generate_lfr(&settings, &graph, NULL));
    check_graph(&graph, 60);
    fr_graph_free(&graph);
}

/* ---- all models ---- */

enum { n_models = 6 };

static void generate(int model, uint64_t seed, fr_graph *out)
{
    fr_cluster_lfr_settings settings;
    fr_cluster_lfr_settings_default(&settings);
    settings.seed = seed;
    int status = model == 0   ? fr_cluster_generate_planted(20, 50, 8, 3, seed, out)
                 : model == 1 ? fr_cluster_generate_sbm(1000, 50, 0.2, 0.01, seed, out)
                 : model == 2 ? fr_cluster_generate_local_model(1000, 50, 0.2, 0.01, 5, seed, out)
                 : model == 3 ? fr_cluster_generate_rmat(10, 8, 0.57, 0.19, 0.19, true, seed, out)
                 : model == 4 ? fr_cluster_generate_geometric(1000, 0.07, seed, out, NULL, NULL)
                              : fr_cluster_generate_lfr(&settings, out, NULL);
    assert_ok(status);
}

static void the_seed_decides(void **state)
{
    (void)state;
    for (int model = 0; model < n_models; model++) {
        fr_graph a, b, other;
        fr_threads_set(1);
        generate(model, 5, &a);
        fr_threads_set(2);
        generate(model, 5, &b);
        generate(model, 6, &other);
        assert_graph_equal(&b, &a);
        assert_true(a.n_arcs != other.n_arcs ||
                    memcmp(a.neighbour, other.neighbour, (size_t)a.n_arcs * sizeof *a.neighbour) != 0);
        fr_graph_free(&a);
        fr_graph_free(&b);
        fr_graph_free(&other);
    }
}

static void refused(int status, const fr_graph *graph, const char *part)
{
    assert_refused(status, FR_EUSAGE, part);
    assert_null(graph->row);
}

static void refused_lfr(const fr_cluster_lfr_settings *settings, const char *part)
{
    fr_graph graph;
    refused(fr_cluster_generate_lfr(settings, &graph, NULL), &graph, part);
}

static void impossible_parameters(void **state)
{
    (void)state;
    fr_graph g;
    refused(fr_cluster_generate_planted(0, 5, 1, 1, 1, &g), &g, "at least one block");
    refused(fr_cluster_generate_planted(1 << 20, 1 << 20, 1, 1, 1, &g), &g, "4294967294 nodes");
    refused(fr_cluster_generate_planted(10, 10, -1, 1, 1, &g), &g, "degree inside");
    refused(fr_cluster_generate_planted(10, 10, 1, NAN, 1, &g), &g, "degree across");
    refused(fr_cluster_generate_planted(10, 10, 1e300, 1, 1, &g), &g, "degree inside");
    refused(fr_cluster_generate_planted(1 << 10, 1 << 20, 1 << 12, 1, 1, &g), &g, "more than 2^40 edges");
    refused(fr_cluster_generate_planted(10, 10, 9.5, 1, 1, &g), &g, "a block of 10 has no 9.5 others");
    refused(fr_cluster_generate_planted(10, 1, 4, 1, 1, &g), &g, "blocks of one node");
    refused(fr_cluster_generate_planted(1, 10, 4, 1, 1, &g), &g, "a single block");
    refused(fr_cluster_generate_sbm(0, 1, 0.5, 0.5, 1, &g), &g, "not 0");
    refused(fr_cluster_generate_sbm(10, 11, 0.5, 0.5, 1, &g), &g, "blocks of 11");
    refused(fr_cluster_generate_sbm(10, 5, 1.5, 0.5, 1, &g), &g, "p is a probability");
    refused(fr_cluster_generate_sbm(10, 5, 0.5, NAN, 1, &g), &g, "q is a probability");
    refused(fr_cluster_generate_local_model(10, 0, 0.5, 0.5, 1, 1, &g), &g, "a target of 0");
    refused(fr_cluster_generate_local_model(10, 5, 0.5, 0.5, 4.5, 1, &g), &g, "expected 0 to 4");
    refused(fr_cluster_generate_rmat(0, 5, 0.5, 0.2, 0.2, false, 1, &g), &g, "the scale is 1 to 31");
    refused(fr_cluster_generate_rmat(32, 5, 0.5, 0.2, 0.2, false, 1, &g), &g, "the scale is 1 to 31");
    refused(fr_cluster_generate_rmat(5, 0, 0.5, 0.2, 0.2, false, 1, &g), &g, "edge factor");
    refused(fr_cluster_generate_rmat(5, 5, 0.5, 0.4, 0.2, false, 1, &g), &g, "sum of at most 1");
    refused(fr_cluster_generate_geometric(5, 0, 1, &g, NULL, NULL), &g, "radius");
    refused(fr_cluster_generate_geometric(5, NAN, 1, &g, NULL, NULL), &g, "radius");
    fr_cluster_lfr_settings good, bad;
    fr_cluster_lfr_settings_default(&good);
    bad = good, bad.n = 0;
    refused_lfr(&bad, "not 0");
    bad = good, bad.max_degree = 1000;
    refused_lfr(&bad, "largest degree is 1 to 999");
    bad = good, bad.mean_degree = 50;
    refused_lfr(&bad, "mean degree");
    bad = good, bad.tau1 = 0;
    refused_lfr(&bad, "exponents");
    bad = good, bad.tau1 = 0.1, bad.mean_degree = 1;
    refused_lfr(&bad, "mean degree");
    bad = good, bad.min_community = 200;
    refused_lfr(&bad, "in order");
    bad = good, bad.mixing = 1.1;
    refused_lfr(&bad, "mixing is a probability");
    bad = good, bad.min_community = 600, bad.max_community = 900;
    refused_lfr(&bad, "cannot be divided");
    bad = good, bad.min_community = bad.max_community = 1000;
    refused_lfr(&bad, "a single community");
}

static void interruption(void **state)
{
    (void)state;
    fr_graph graph;
    fr_interrupt();
    assert_int_equal(fr_cluster_generate_planted(1000, 50, 8, 3, 1, &graph), FR_EINTERRUPTED);
    assert_null(graph.row);
    fr_interrupt_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_degrees),
        cmocka_unit_test(a_planted_block_does_not_depend_on_the_others),
        cmocka_unit_test(block_model_counts),
        cmocka_unit_test(certain_edges),
        cmocka_unit_test(pairs_are_equally_likely),
        cmocka_unit_test(local_model_counts),
        cmocka_unit_test(threshold_of_the_model),
        cmocka_unit_test(rmat_quarters),
        cmocka_unit_test(rmat_permuted),
        cmocka_unit_test(geometric_pairs),
        cmocka_unit_test(communities),
        cmocka_unit_test(tight_communities),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(impossible_parameters),
        cmocka_unit_test(interruption),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
