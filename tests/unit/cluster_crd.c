/* Capacity releasing diffusion against the same process on dense arrays with a linear search for the top of the heap; weighted
 * graphs, seeds without neighbours, several seeds, locality, settings out of range. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <string.h>

/* The process as the paper tells it. */
typedef struct {
    int64_t n;
    const double *adjacency;
    const fr_cluster_crd_settings *settings;
    double *degree, *start, *mass, *flow;
    int64_t *label, *current;
    bool *queued;
    uint8_t *best;
    double best_conductance;
} plain;

static bool edge(const plain *p, int64_t i, int64_t j)
{
    return p->adjacency[i * p->n + j] > 0;
}

static double excess(const plain *p, int64_t v)
{
    return fmax(p->mass[v] - p->degree[v], 0);
}

static int64_t top(const plain *p)
{
    int64_t found = -1;
    for (int64_t v = 0; v < p->n; v++)
        if (p->queued[v] && (found < 0 || p->label[v] < p->label[found])) found = v;
    return found;
}

static void plain_flow(plain *p)
{
    const fr_cluster_crd_settings *settings = p->settings;
    memset(p->flow, 0, (size_t)(p->n * p->n) * sizeof *p->flow);
    for (int64_t v = 0; v < p->n; v++) {
        p->mass[v] = p->start[v];
        p->queued[v] = excess(p, v) > 0;
        p->label[v] = p->queued[v];
        p->current[v] = 0;
    }
    for (int64_t v; (v = top(p)) >= 0;) {
        int64_t u = p->current[v]; /* all nodes stand for arcs; those that are none are passed over */
        double room = fmin((double)p->label[v], (double)settings->capacity) - p->flow[v * p->n + u];
        double free_mass = settings->growth * p->degree[u] - p->mass[u];
        if (edge(p, v, u) && u != v && room > 0 && p->label[v] > p->label[u] && free_mass > 0) {
            double amount = fmin(excess(p, v), fmin(room, free_mass));
            p->flow[v * p->n + u] += amount;
            p->flow[u * p->n + v] -= amount;
            p->mass[v] -= amount;
            p->mass[u] += amount;
            if (excess(p, v) == 0) p->queued[v] = false;
            if (excess(p, u) > 0 && !p->queued[u] && p->label[u] < settings->height) {
                p->queued[u] = true;
                p->current[u] = 0;
            }
        } else if (++p->current[v] == p->n) {
            p->current[v] = 0;
            p->label[v]++;
            p->queued[v] = p->label[v] < settings->height;
        }
    }
}

static double plain_volume(const plain *p)
{
    double volume = 0;
    for (int64_t v = 0; v < p->n; v++)
        volume += p->degree[v];
    return volume;
}

static void plain_levels(plain *p)
{
    for (int64_t level = p->settings->height + 1; level > 0; level--) {
        double volume = 0, cut = 0, whole = plain_volume(p);
        for (int64_t v = 0; v < p->n; v++) {
            if (p->label[v] < level) continue;
            volume += p->degree[v];
            for (int64_t u = 0; u < p->n; u++)
                cut += edge(p, v, u) && p->label[u] < level;
        }
        double smaller = fmin(volume, whole - volume), conductance = smaller > 0 ? cut / smaller : 1;
        if (volume == 0 || conductance >= p->best_conductance) continue;
        p->best_conductance = conductance;
        for (int64_t v = 0; v < p->n; v++)
            p->best[v] = p->label[v] >= level;
    }
}

static int64_t plain_diffuse(plain *p, int64_t first_seed)
{
    for (int64_t round = 0; round < p->settings->iterations; round++) {
        plain_flow(p);
        plain_levels(p);
        double trapped = 0, full = 0;
        for (int64_t v = 0; v < p->n; v++) {
            trapped += excess(p, v);
            if (p->mass[v] >= p->degree[v]) full += p->degree[v];
            p->start[v] = p->settings->growth * (p->mass[v] - excess(p, v));
        }
        if (trapped > p->degree[first_seed] * pow(2, (double)round) / 10 || full > plain_volume(p) / 3)
            return round + 1;
    }
    return p->settings->iterations;
}

static void *zeroed(int64_t count, size_t size)
{
    void *block = calloc((size_t)count, size);
    assert_non_null(block);
    return block;
}

/* The answer of the plain process; returns the number of rounds. */
static int64_t plain_crd(const fr_graph *graph, int64_t count, const int64_t *seeds,
                         const fr_cluster_crd_settings *settings, uint8_t *set)
{
    int64_t n = graph->n;
    double *adjacency = dense_adjacency(graph), *numbers = zeroed(3 * n + n * n, sizeof *numbers);
    int64_t *whole = zeroed(2 * n, sizeof *whole);
    plain p = {.n = n,
               .adjacency = adjacency,
               .settings = settings,
               .degree = numbers,
               .start = numbers + n,
               .mass = numbers + 2 * n,
               .flow = numbers + 3 * n,
               .label = whole,
               .current = whole + n,
               .queued = zeroed(n, sizeof(bool)),
               .best = set,
               .best_conductance = INFINITY};
    for (int64_t v = 0; v < n; v++)
        for (int64_t u = 0; u < n; u++)
            p.degree[v] += edge(&p, v, u);
    for (int64_t k = 0; k < count; k++)
        p.start[seeds[k]] = 2 * p.degree[seeds[k]];
    int64_t rounds = plain_diffuse(&p, seeds[0]);
    free(p.queued);
    free(whole);
    free(numbers);
    free(adjacency);
    return rounds;
}

static void same_as_the_plain_process(void **state)
{
    (void)state;
    /* Growth by halves and fourths keeps all masses exact, so that both go the same way. */
    static const fr_cluster_crd_settings settings[] = {{3, 10, 2, 20},  {1, 4, 1.5, 10}, {3, 2, 2, 20},
                                                       {10, 25, 3, 12}, {2, 1, 2, 5},    {5, 10, 1.25, 20}};
    for (uint64_t seed = 1; seed <= 300; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        int64_t n = 8 + (int64_t)(seed % 40);
        random_cluster_graph(seed, n, (int64_t)(seed % 5) * n / 2, seed % 2 == 0, (int64_t)(seed % 3),
                             &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t nodes[] = {(int64_t)(seed * 7) % n, (int64_t)(seed * 7 + 3) % n, (int64_t)(seed * 7 + 5) % n};
        uint8_t *expected = zeroed(n, 1);
        int64_t count = 1 + (int64_t)(seed % 3);
        int64_t rounds = plain_crd(&graph, count, nodes, &settings[seed % 6], expected);
        for (int again = 0; again < 2; again++) {
            fr_cluster_crd_result result;
            assert_ok(fr_cluster_crd(workspace, count, nodes, &settings[seed % 6], &result));
            assert_int_equal(result.rounds, rounds);
            int64_t size = 0;
            for (int64_t v = 0; v < n; v++)
                size += expected[v];
            assert_int_equal(result.set.count, size);
            for (int64_t k = 0; k < result.set.count; k++)
                assert_int_equal(expected[result.set.node[k]], 1);
            fr_cluster_crd_result_free(&result);
        }
        free(expected);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

/* Weights change the scores of the set, not the set. */
static void weights_do_not_matter(void **state)
{
    (void)state;
    fr_graph weighted, plain_graph;
    fr_cluster_workspace *a, *b;
    random_cluster_graph(3, 60, 120, true, 0, &weighted);
    assert_ok(fr_graph_from_csr(weighted.n, weighted.row, weighted.neighbour, NULL, &plain_graph));
    assert_ok(fr_cluster_workspace_new(&weighted, &a));
    assert_ok(fr_cluster_workspace_new(&plain_graph, &b));
    for (int64_t seed = 0; seed < 60; seed += 7) {
        fr_cluster_crd_result with, without;
        fr_cluster_scores scores;
        assert_ok(fr_cluster_crd(a, 1, &seed, NULL, &with));
        assert_ok(fr_cluster_crd(b, 1, &seed, NULL, &without));
        assert_set_equal(with.set.count, with.set.node, without.set.count, without.set.node);
        assert_ok(fr_cluster_score(a, with.set.count, with.set.node, &scores));
        assert_near(with.set.scores.conductance, scores.conductance, 0);
        fr_cluster_crd_result_free(&with);
        fr_cluster_crd_result_free(&without);
    }
    fr_cluster_workspace_free(a);
    fr_cluster_workspace_free(b);
    fr_graph_free(&plain_graph);
    fr_graph_free(&weighted);
}

static void seeds_without_neighbours(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    assert_ok(
        fr_graph_from_arcs(5, 2, (const uint32_t[]){0, 1}, (const uint32_t[]){1, 2}, NULL, NULL, &graph));
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_crd_result result;
    assert_ok(fr_cluster_crd(workspace, 2, (int64_t[]){4, 3}, NULL, &result));
    assert_set_equal(result.set.count, result.set.node, 2, (int64_t[]){3, 4});
    assert_near(result.set.scores.conductance, 1, 0);
    fr_cluster_crd_result_free(&result);
    assert_ok(fr_cluster_crd(workspace, 2, (int64_t[]){4, 0}, NULL, &result));
    assert_true(result.set.count > 0 && result.set.scores.volume > 0);
    fr_cluster_crd_result_free(&result);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void work_is_local(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(300000, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_crd_result result;
    assert_ok(fr_cluster_crd(workspace, 1, (int64_t[]){150000}, NULL, &result));
    /* On a path mass spreads by at most `height` steps in a round before it is trapped. */
    assert_true(result.set.count <= 21 * 20);
    assert_true(result.arcs_read < 50000);
    fr_cluster_crd_result_free(&result);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void refusals(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    path_cluster_graph(6, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    static const struct {
        fr_cluster_crd_settings settings;
        const char *part;
    } cases[] = {{{0, 10, 2, 20}, "capacity"},      {{3, 0, 2, 20}, "height"},
                 {{3, 70000, 2, 20}, "height"},     {{3, 10, 1, 20}, "growth"},
                 {{3, 10, INFINITY, 20}, "growth"}, {{3, 10, NAN, 20}, "growth"},
                 {{3, 10, 2, 0}, "iterations"}};
    fr_cluster_crd_result result;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_refused(fr_cluster_crd(workspace, 1, (int64_t[]){0}, &cases[k].settings, &result), FR_EUSAGE,
                       cases[k].part);
    assert_refused(fr_cluster_crd(workspace, 0, NULL, NULL, &result), FR_EUSAGE, "empty");
    assert_refused(fr_cluster_crd(workspace, 1, (int64_t[]){6}, NULL, &result), FR_EUSAGE, "out of range");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A mapped graph whose arc 1 -> 2 is missing. */
static void damaged_graph(void **state)
{
    (void)state;
    const int64_t row[] = {0, 1, 2, 4, 6, 8, 9};
    const uint32_t neighbour[] = {1, 0, 1, 3, 2, 4, 3, 5, 4};
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_crd_result result;
    assert_ok(fr_graph_from_csr(6, row, neighbour, NULL, &graph));
    graph.trusted = false;
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    assert_refused(fr_cluster_crd(workspace, 2, (int64_t[]){1, 2}, NULL, &result), FR_EINPUT, "damaged");
    assert_ok(
        fr_cluster_crd(workspace, 1, (int64_t[]){5}, NULL, &result)); /* clean again, and away from it */
    fr_cluster_crd_result_free(&result);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_the_plain_process),
        cmocka_unit_test(weights_do_not_matter),
        cmocka_unit_test(seeds_without_neighbours),
        cmocka_unit_test(work_is_local),
        cmocka_unit_test(refusals),
        cmocka_unit_test(damaged_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
