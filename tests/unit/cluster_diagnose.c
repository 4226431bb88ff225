/* Diagnosis of a cluster and its seeds: every number against dense matrices, the flags on graphs where the answer is plain,
 * and what it foretells on the local random model against what l1-PageRank then does. */
#include "cluster_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static fr_cluster_diagnosis diagnosis_of(fr_graph *graph, const fr_cluster_seeds *seeds, int64_t count,
                                         const int64_t *nodes, double alpha, double rho)
{
    fr_cluster_workspace *workspace;
    fr_cluster_diagnosis out, again;
    assert_ok(fr_cluster_workspace_new(graph, &workspace));
    assert_ok(fr_cluster_diagnose(workspace, seeds, count, nodes, alpha, rho, &out));
    assert_ok(fr_cluster_diagnose(workspace, seeds, count, nodes, alpha, rho, &again)); /* left clean */
    assert_int_equal(again.outside_neighbours, out.outside_neighbours);
    assert_true(again.seed_outside == out.seed_outside && again.p == out.p && again.q == out.q);
    fr_cluster_workspace_free(workspace);
    return out;
}

/* ---- against dense matrices -------------------------------------------------------------------------------------------- */

/* Smallest eigenvalue of I - D^-1/2 A D^-1/2 on the first `count` nodes: 2 minus the largest of I + D^-1/2 A D^-1/2, by
 * the power method until nothing changes. */
static double dense_lambda(const fr_graph *graph, const double *adjacency, int64_t count)
{
    double *v = calloc((size_t)count, sizeof *v), *w = calloc((size_t)count, sizeof *w), value = 0;
    assert_true(v != NULL && w != NULL);
    for (int64_t i = 0; i < count; i++)
        v[i] = 1 / sqrt((double)count);
    for (int round = 0; round < 20000; round++) {
        double norm = 0;
        for (int64_t i = 0; i < count; i++) {
            w[i] = v[i];
            for (int64_t j = 0; j < count; j++)
                w[i] += adjacency[i * graph->n + j] * v[j] /
                        sqrt(fr_graph_degree(graph, i) * fr_graph_degree(graph, j));
            norm += w[i] * w[i];
        }
        value = sqrt(norm);
        for (int64_t i = 0; i < count; i++)
            v[i] = w[i] / value;
    }
    free(v);
    free(w);
    return 2 - value;
}

static void numbers_against_dense_matrices(void **state)
{
    (void)state;
    enum { n = 40, k = 9 };
    static const int64_t set[k] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, seed[3] = {2, 7, 30};
    static const double mass[3] = {0.5, 0.2, 0.3};
    fr_graph graph;
    random_cluster_graph(11, n, 150, true, 6, &graph);
    double *a = dense_adjacency(&graph), volume = 0, cut = 0, leak = 0, weight = 0;
    int64_t inside = 0, outside = 0, neighbours = 0;
    for (int64_t i = 0; i < k; i++) {
        volume += fr_graph_degree(&graph, i);
        for (int64_t j = 0; j < n; j++) {
            if (i == j || !(a[i * n + j] > 0)) continue;
            weight += a[i * n + j];
            if (j < k)
                inside++;
            else
                outside++, cut += a[i * n + j];
        }
    }
    for (int64_t j = k; j < n; j++) {
        bool linked = false;
        for (int s = 0; s < 3; s++) {
            leak += mass[s] * a[seed[s] * n + j] / fr_graph_degree(&graph, seed[s]);
            linked = linked || a[seed[s] * n + j] > 0;
        }
        neighbours += linked;
    }
    fr_cluster_seeds seeds = {.count = 3, .node = seed, .mass = mass};
    fr_cluster_diagnosis got = diagnosis_of(&graph, &seeds, k, set, 0.1, 1e-3);
    assert_int_equal(got.scores.size, k);
    assert_true(got.alpha == 0.1 && got.rho == 1e-3);
    assert_close(got.gamma, 1 - cut / volume, 1e-12);
    assert_close(got.seed_outside, leak, 1e-12);
    assert_int_equal(got.outside_neighbours, neighbours);
    assert_close(got.seed_elsewhere, 0.3, 1e-15);
    double p = (double)inside / (k * (k - 1)), q = (double)outside / (k * (n - k));
    assert_close(got.p, p, 1e-15);
    assert_close(got.q, q, 1e-15);
    assert_close(got.common, p * p * k, 1e-14);
    assert_close(got.common_wanted, log(k), 1e-15);
    /* the tolerance of the eigenvectors, 1e-10, squared over the gap of the spectrum, leaves rounding alone */
    assert_near(got.local_lambda, dense_lambda(&graph, a, k), 1e-12);
    assert_close(got.gap, got.local_lambda / got.scores.conductance, 1e-15);
    double mean_weight = weight / (double)(inside + outside);
    assert_close(got.rho_threshold, fr_cluster_model_rho(n, k, p, q, 0.1) / mean_weight, 1e-12);
    free(a);
    fr_graph_free(&graph);
}

/* All weights three times as large: the shares stay, the threshold is a third, as rho then is. */
static void weights_only_scale_rho(void **state)
{
    (void)state;
    static const uint32_t from[] = {0, 0, 1, 2, 3, 3, 4}, to[] = {1, 2, 2, 3, 4, 5, 5};
    static const int64_t set[] = {0, 1, 2};
    static const double three[] = {3, 3, 3, 3, 3, 3, 3};
    fr_cluster_seeds seeds = {.count = 1, .node = set};
    fr_graph plain, heavy;
    assert_ok(fr_graph_from_arcs(6, 7, from, to, NULL, NULL, &plain));
    assert_ok(fr_graph_from_arcs(6, 7, from, to, three, NULL, &heavy));
    fr_cluster_diagnosis a = diagnosis_of(&plain, &seeds, 3, set, 0.1, 1e-3),
                         b = diagnosis_of(&heavy, &seeds, 3, set, 0.1, 1e-3);
    assert_close(a.gamma, 6.0 / 7, 1e-15);
    assert_true(a.p == 1 && b.p == 1 && a.q == 1.0 / 9 && b.q == 1.0 / 9);
    assert_close(b.gamma, a.gamma, 1e-15);
    assert_close(b.rho_threshold, a.rho_threshold / 3, 1e-14);
    fr_graph_free(&plain);
    fr_graph_free(&heavy);
}

/* ---- flags ------------------------------------------------------------------------------------------------------------- */

static void flags_where_the_answer_is_plain(void **state)
{
    (void)state;
    enum { n = 60, k = 30 };
    int64_t set[n], middle = 15, border = 29;
    for (int64_t i = 0; i < n; i++)
        set[i] = i;
    fr_cluster_seeds inner = {.count = 1, .node = &middle}, outer = {.count = 1, .node = &border};
    fr_graph path;
    path_cluster_graph(n, &path);
    /* half of a path: hardly any triangles, a walk leaves it slowly: lambda is about (pi / 60)^2 / 2 = 0.0014 */
    fr_cluster_diagnosis got = diagnosis_of(&path, &inner, k, set, 0.15, 1e-4);
    assert_true(got.few_common && got.large_alpha && !got.seed_leaks && got.seed_outside == 0);
    assert_near(got.local_lambda, 0.0014, 1e-4);
    got = diagnosis_of(&path, &outer, k, set, 0.001, 1e-4);
    assert_true(!got.large_alpha && got.seed_leaks && got.outside_neighbours == 1);
    assert_close(got.seed_outside, 0.5, 1e-15);
    /* all of the graph: nothing leaves it, so that no alpha is too large */
    got = diagnosis_of(&path, &outer, n, set, 0.9, 1e-4);
    assert_true(got.gamma == 1 && got.q == 0 && !got.seed_leaks && !got.large_alpha && isnan(got.gap));
    /* one node: no pairs, no threshold */
    got = diagnosis_of(&path, &outer, 1, &border, 0.1, 1e-4);
    assert_true(got.gamma == 0 && got.p == 0 && isnan(got.rho_threshold) && !got.large_rho &&
                !got.few_common);
    fr_graph_free(&path);
}

static void refusals(void **state)
{
    (void)state;
    static const int64_t twice[] = {1, 1};
    fr_graph path;
    fr_cluster_workspace *workspace;
    fr_cluster_diagnosis got;
    path_cluster_graph(5, &path);
    assert_ok(fr_cluster_workspace_new(&path, &workspace));
    fr_cluster_seeds seeds = {.count = 1, .node = twice}, wrong = {.count = 1, .node = (int64_t[]){5}};
    assert_refused(fr_cluster_diagnose(workspace, &seeds, 1, twice, 1, 1e-3, &got), FR_EUSAGE, "alpha is 1");
    assert_refused(fr_cluster_diagnose(workspace, &seeds, 1, twice, 0.1, 0, &got), FR_EUSAGE, "rho");
    assert_refused(fr_cluster_diagnose(workspace, &seeds, 2, twice, 0.1, 1, &got), FR_EUSAGE, "listed twice");
    assert_refused(fr_cluster_diagnose(workspace, &seeds, 0, twice, 0.1, 1, &got), FR_EUSAGE,
                   "nodes of the set");
    assert_refused(fr_cluster_diagnose(workspace, &wrong, 1, twice, 0.1, 1, &got), FR_EUSAGE, "seed 5");
    assert_int_equal(got.scores.size, 0);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&path);
}

/* ---- the local random model -------------------------------------------------------------------------------------------- */

enum { model_n = 1000, model_k = 100 };

/* Nodes inside and outside of the target 0 .. model_k - 1 in the support of the l1 optimum. */
static void count_support(fr_graph *graph, const fr_cluster_seeds *seeds, double alpha, double rho,
                          int64_t *inside, int64_t *outside)
{
    fr_cluster_workspace *workspace;
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = alpha, settings.rho = rho, settings.tolerance = 1e-9;
    assert_ok(fr_cluster_workspace_new(graph, &workspace));
    assert_ok(fr_cluster_l1(workspace, seeds, &settings, &vector));
    *inside = *outside = 0;
    for (int64_t i = 0; i < vector.count; i++)
        ++*(vector.node[i] < model_k ? inside : outside);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
}

/* Fails unless the estimate, a mean of so many independent draws, is within 5 standard deviations of p. */
static void assert_share(double estimate, double p, double draws)
{
    assert_near(estimate, p, 5 * sqrt(p * (1 - p) / draws));
}

/* Below half of the threshold all members are active and the seed's neighbours outside are the only false positives; well
 * above it members are missing; nodes outside have as many links as members, fewer would let them in. In the graphs drawn here,
 * as in 20 of 20 with p = 1/2, q <= 0.02. */
static void foretells_what_l1_pagerank_finds(void **state)
{
    (void)state;
    int64_t set[model_k], inside, outside, seed = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    for (int64_t i = 0; i < model_k; i++)
        set[i] = i;
    for (uint64_t draw = 1; draw <= 5; draw++) {
        fr_graph graph;
        assert_ok(fr_cluster_generate_local_model(model_n, model_k, 0.5, 0.01, 58, draw, &graph));
        fr_cluster_diagnosis got = diagnosis_of(&graph, &seeds, model_k, set, 0.1, 1e-6);
        assert_share(got.p, 0.5, model_k * (model_k - 1) / 2.0);
        assert_share(got.q, 0.01, model_k * (model_n - model_k));
        double threshold = fr_cluster_model_rho(model_n, model_k, 0.5, 0.01, 0.1);
        /* it goes with p / degree^2, and both vary by some percent */
        assert_close(got.rho_threshold, threshold, 0.1);
        assert_true(!got.few_common && !got.large_alpha && !got.large_rho && got.gap > 0.9 &&
                    got.gap < 1.0001);
        assert_true(got.seed_leaks == (got.outside_neighbours > 0));
        count_support(&graph, &seeds, 0.1, got.rho_threshold / 2, &inside, &outside);
        assert_int_equal(inside, model_k);
        assert_int_equal(outside, got.outside_neighbours);
        double large = 1.5 * got.rho_threshold;
        count_support(&graph, &seeds, 0.1, large, &inside, &outside);
        assert_true(inside < model_k);
        assert_true(diagnosis_of(&graph, &seeds, model_k, set, 0.1, large).large_rho);
        fr_graph_free(&graph);
    }
}

/* The second theorem: a seed without links that leave the target finds it exactly. */
static void a_seed_that_does_not_leak_finds_the_target(void **state)
{
    (void)state;
    int64_t set[model_k], inside, outside, seed = 0;
    int exact = 0;
    fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    fr_graph graph;
    for (int64_t i = 0; i < model_k; i++)
        set[i] = i;
    assert_ok(fr_cluster_generate_local_model(model_n, model_k, 0.5, 0.002, 58, 1, &graph));
    for (seed = 0; seed < model_k; seed++) {
        fr_cluster_diagnosis got = diagnosis_of(&graph, &seeds, model_k, set, 0.1, 1e-6);
        if (got.seed_leaks) continue;
        count_support(&graph, &seeds, 0.1, got.rho_threshold / 2, &inside, &outside);
        assert_true(inside == model_k && outside == 0);
        exact++;
    }
    assert_true(exact >= 5); /* each member is such a seed with probability 0.998^900 = 0.165 */
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_against_dense_matrices),
        cmocka_unit_test(weights_only_scale_rho),
        cmocka_unit_test(flags_where_the_answer_is_plain),
        cmocka_unit_test(refusals),
        cmocka_unit_test(foretells_what_l1_pagerank_finds),
        cmocka_unit_test(a_seed_that_does_not_leak_finds_the_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
