/* Components, biconnected components, cores, triangles, extrema, balls and details of sets against their definitions on
 * small random graphs. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most = 40 };

/* A random graph of at most `most` nodes in several pieces, with loops and isolated nodes. */
static void scattered_graph(uint64_t seed, bool weighted, fr_graph *out)
{
    fr_rng rng;
    fr_rng_init(&rng, seed, 5, 0);
    int64_t n = 1 + fr_rng_below(&rng, most), count = fr_rng_below(&rng, 3 * n / 2 + 1);
    uint32_t from[2 * most], to[2 * most];
    double weight[2 * most];
    for (int64_t k = 0; k < count; k++) {
        from[k] = (uint32_t)fr_rng_below(&rng, n);
        to[k] = (uint32_t)fr_rng_below(&rng, n);
        weight[k] = 0.5 + fr_rng_uniform(&rng);
    }
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.duplicates = FR_GRAPH_DUP_FIRST;
    assert_ok(fr_graph_from_arcs(n, count, from, to, weighted ? weight : NULL, &settings, out));
}

static bool linked(const fr_graph *graph, int64_t i, int64_t j)
{
    for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
        if (graph->neighbour[k] == j) return true;
    return false;
}

/* Labels every node of `alive` by the smallest one that it reaches within it; others get -1. Returns the number of labels. */
static int64_t reach(const fr_graph *graph, const bool *alive, int64_t *label)
{
    int64_t pieces = 0;
    for (int64_t i = 0; i < graph->n; i++)
        label[i] = alive[i] ? i : -1;
    for (bool changed = true; changed;) {
        changed = false;
        for (int64_t i = 0; i < graph->n; i++)
            for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
                int64_t j = graph->neighbour[k];
                if (alive[i] && alive[j] && label[j] < label[i]) label[i] = label[j], changed = true;
            }
    }
    for (int64_t i = 0; i < graph->n; i++)
        pieces += label[i] == i;
    return pieces;
}

static void components_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fr_graph graph;
        bool alive[most];
        int64_t smallest[most], label[most], components, *nodes, count, next = 0, size[most] = {0},
                                                                        largest = 0;
        scattered_graph(seed, false, &graph);
        memset(alive, true, sizeof alive);
        int64_t pieces = reach(&graph, alive, smallest);
        assert_ok(fr_cluster_components(&graph, label, &components));
        assert_int_equal(components, pieces);
        for (int64_t i = 0; i < graph.n; i++) {
            if (smallest[i] == i) assert_int_equal(label[i], next++); /* numbered by smallest node */
            assert_int_equal(label[i], label[smallest[i]]);
            size[smallest[i]]++;
        }
        for (int64_t i = 0; i < graph.n; i++)
            if (size[i] > size[largest]) largest = i;
        assert_ok(fr_cluster_largest_component(&graph, &nodes, &count));
        assert_int_equal(count, size[largest]);
        for (int64_t k = 0; k < count; k++) {
            assert_int_equal(smallest[nodes[k]], largest);
            if (k > 0) assert_true(nodes[k - 1] < nodes[k]);
        }
        fr_free(nodes);
        fr_graph_free(&graph);
    }
}

/* In a connected graph of two nodes or more, without v there are as many pieces as v has biconnected components, and these form
 * a tree: their number is 1 + sum over v of (pieces - 1). */
static void cuts_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fr_graph graph;
        bool alive[most];
        int64_t label[most], scratch[most], components, points, expected = 0, expected_points = 0;
        uint8_t articulation[most];
        scattered_graph(seed, false, &graph);
        memset(alive, true, sizeof alive);
        int64_t pieces = reach(&graph, alive, label);
        for (int64_t i = 0; i < graph.n; i++) {
            bool lonely = true;
            for (int64_t j = 0; j < graph.n; j++)
                if (j != i && label[j] == label[i]) lonely = false;
            if (lonely) continue;
            if (label[i] == i) expected++;
            alive[i] = false;
            int64_t more = reach(&graph, alive, scratch) - pieces;
            alive[i] = true;
            expected += more;
            expected_points += more > 0;
        }
        assert_ok(fr_cluster_biconnected(&graph, articulation, &components, &points));
        assert_int_equal(components, expected);
        assert_int_equal(points, expected_points);
        for (int64_t i = 0; i < graph.n; i++)
            points -= articulation[i];
        assert_int_equal(points, 0);
        fr_graph_free(&graph);
    }
}

static void cores_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fr_graph graph;
        int64_t core[most], expected[most] = {0}, max_core, largest = 0;
        scattered_graph(seed, false, &graph);
        for (int64_t k = 1; k < most; k++) { /* what is left when nodes with fewer than k neighbours go */
            bool alive[most];
            memset(alive, true, sizeof alive);
            for (bool changed = true; changed;) {
                changed = false;
                for (int64_t i = 0; i < graph.n; i++) {
                    int64_t degree = 0;
                    for (int64_t j = 0; j < graph.n; j++)
                        degree += j != i && alive[j] && linked(&graph, i, j);
                    if (alive[i] && degree < k) alive[i] = false, changed = true;
                }
            }
            for (int64_t i = 0; i < graph.n; i++)
                if (alive[i]) expected[i] = k, largest = k;
        }
        assert_ok(fr_cluster_cores(&graph, core, &max_core));
        assert_int_equal(max_core, largest);
        for (int64_t i = 0; i < graph.n; i++)
            assert_int_equal(core[i], expected[i]);
        fr_graph_free(&graph);
    }
}

/* The scores of {v} + neighbours in the graph without weights and loops. */
static void expect_neighbourhood(const fr_graph *graph, const fr_cluster_neighbourhoods *around, int64_t node)
{
    bool inside[most];
    double volume = 0, cut = 0, total = 0, degree = 0;
    for (int64_t i = 0; i < graph->n; i++)
        inside[i] = i == node || linked(graph, node, i);
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t j = 0; j < graph->n; j++) {
            if (i == j || !linked(graph, i, j)) continue;
            total++;
            volume += inside[i];
            cut += inside[i] && !inside[j];
            degree += i == node;
        }
    double smaller = fmin(volume, total - volume), pairs = degree * (degree - 1) / 2;
    assert_true(around->volume[node] == volume);
    assert_true(around->cut[node] == cut);
    assert_near(around->conductance[node], smaller > 0 ? cut / smaller : 1, 1e-15);
    assert_near(around->coefficient[node], degree < 2 ? 0 : (double)around->triangles[node] / pairs, 1e-15);
}

static void triangles_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fr_graph graph;
        fr_cluster_neighbourhoods around;
        int64_t total = 0;
        scattered_graph(seed, seed % 2 == 0, &graph);
        fr_threads_set(1 + (int)(seed % 3));
        assert_ok(fr_cluster_neighbourhoods_find(&graph, &around));
        for (int64_t i = 0; i < graph.n; i++) {
            int64_t triangles = 0;
            for (int64_t j = 0; j < graph.n; j++)
                for (int64_t k = 0; k < j; k++)
                    triangles += i != j && i != k && linked(&graph, i, j) && linked(&graph, i, k) &&
                                 linked(&graph, j, k);
            assert_int_equal(around.triangles[i], triangles);
            expect_neighbourhood(&graph, &around, i);
            total += triangles;
        }
        assert_int_equal(around.total * 3, total);
        fr_cluster_neighbourhoods_free(&around);
        fr_graph_free(&graph);
    }
    fr_threads_set(0);
}

static void extrema_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fr_graph graph;
        double values[most];
        scattered_graph(seed, false, &graph);
        for (int64_t i = 0; i < graph.n; i++)
            values[i] = floor(5 * fr_random_uniform(seed, 6, (uint64_t)i));
        for (int which = 0; which < 4; which++) {
            bool strict = which % 2 == 1, maxima = which / 2 == 1;
            int64_t *nodes, count, at = 0;
            assert_ok(fr_cluster_extrema(&graph, values, strict, maxima, &nodes, &count));
            for (int64_t i = 0; i < graph.n; i++) {
                bool expected = true;
                for (int64_t j = 0; j < graph.n; j++) {
                    if (j == i || !linked(&graph, i, j)) continue;
                    if (maxima ? values[j] > values[i] : values[j] < values[i]) expected = false;
                    if (strict && values[j] == values[i]) expected = false;
                }
                if (expected) assert_true(at < count && nodes[at++] == i);
            }
            assert_int_equal(at, count);
            fr_free(nodes);
        }
        fr_graph_free(&graph);
    }
}

static void values_of_nodes_are_numbers(void **state)
{
    (void)state;
    fr_graph graph;
    int64_t *nodes, count;
    path_cluster_graph(3, &graph);
    assert_refused(fr_cluster_extrema(&graph, (double[]){0, 1, NAN}, true, false, &nodes, &count), FR_EUSAGE,
                   "node 2");
    fr_graph_free(&graph);
}

static void balls_are_nodes_by_distance(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        random_cluster_graph(seed, 60, 20, false, 2, &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        int64_t distance[60], seeds[2] = {(int64_t)(seed % 60), (int64_t)((seed * 7 + 3) % 60)};
        int64_t n_seeds = seeds[0] == seeds[1] ? 1 : 2;
        for (int64_t i = 0; i < 60; i++)
            distance[i] = i == seeds[0] || i == seeds[1] ? 0 : 1000;
        for (int round = 0; round < 60; round++)
            for (int64_t i = 0; i < 60; i++)
                for (int64_t k = graph.row[i]; k < graph.row[i + 1]; k++)
                    if (distance[graph.neighbour[k]] + 1 < distance[i])
                        distance[i] = distance[graph.neighbour[k]] + 1;
        for (int64_t radius = 0; radius < 5; radius++) {
            int64_t *nodes, count, expected = 0;
            assert_ok(fr_cluster_ball(workspace, n_seeds, seeds, radius, &nodes, &count));
            for (int64_t i = 0; i < 60; i++)
                expected += distance[i] <= radius;
            assert_int_equal(count, expected);
            for (int64_t k = 0; k < count; k++) {
                assert_true(distance[nodes[k]] <= radius);
                if (k > 0) assert_true(distance[nodes[k - 1]] <= distance[nodes[k]]);
            }
            fr_free(nodes);
        }
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

/* On a path the order is known: 5, 4, 6, 3, 7, ... */
static void growth_stops_after_the_node_that_suffices(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    int64_t *nodes, count;
    path_cluster_graph(50, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    /* Of the target {3, 4, 5, 6}, all of degree 2, three quarters are not enough and all are. */
    assert_ok(fr_cluster_grow(workspace, 5, 4, (int64_t[]){6, 3, 5, 4}, 0.75, &nodes, &count));
    assert_set_equal(count, nodes, 4, (int64_t[]){5, 4, 6, 3});
    fr_free(nodes);
    assert_ok(fr_cluster_grow(workspace, 5, 4, (int64_t[]){6, 3, 5, 4}, 0.5, &nodes, &count));
    assert_set_equal(count, nodes, 3, (int64_t[]){5, 4, 6});
    fr_free(nodes);
    /* A target out of reach: until more than a quarter of the volume 98 is there. */
    assert_ok(fr_cluster_grow(workspace, 5, 1, (int64_t[]){49}, 0.75, &nodes, &count));
    assert_int_equal(count, 13);
    fr_free(nodes);
    assert_refused(fr_cluster_grow(workspace, 50, 1, (int64_t[]){49}, 0.75, &nodes, &count), FR_EUSAGE,
                   "node 50");
    assert_refused(fr_cluster_grow(workspace, 0, 0, NULL, 0.75, &nodes, &count), FR_EUSAGE, "empty");
    assert_refused(fr_cluster_grow(workspace, 0, 1, (int64_t[]){49}, 2, &nodes, &count), FR_EUSAGE, "share");
    assert_refused(fr_cluster_ball(workspace, 1, (int64_t[]){0}, -1, &nodes, &count), FR_EUSAGE, "radius");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void details_of_random_sets(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_cluster_details details;
        int64_t nodes[30], order[30], label[30], triangles = 0, count = 1 + (int64_t)(seed % 12);
        bool alive[30] = {false};
        random_cluster_graph(seed, 30, 60, seed % 2 == 1, 6, &graph);
        double *a = dense_adjacency(&graph), inside = 0, off_diagonal = 0;
        fr_random_permutation(seed, 8, 0, 30, order);
        for (int64_t k = 0; k < count; k++)
            nodes[k] = order[k], alive[order[k]] = true;
        for (int64_t k = 0; k < count; k++)
            for (int64_t l = 0; l < count; l++) {
                double w = a[nodes[k] * 30 + nodes[l]];
                inside += w;
                if (l < k) off_diagonal += w;
                for (int64_t m = 0; l < k && m < l; m++)
                    triangles += w > 0 && a[nodes[k] * 30 + nodes[m]] > 0 && a[nodes[l] * 30 + nodes[m]] > 0;
            }
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        assert_ok(fr_cluster_detail(workspace, count, nodes, &details));
        double pairs = (double)(count * (count - 1)) / 2;
        assert_near(details.edges, inside, 1e-12 * graph.volume); /* sums of weights, rounded */
        assert_near(details.density, count < 2 ? 0 : off_diagonal / pairs, 1e-12 * graph.volume);
        assert_int_equal(details.triangles, triangles);
        assert_int_equal(details.components, reach(&graph, alive, label));
        assert_near(details.separability, inside / (2 * details.scores.cut), 1e-9);
        assert_true(details.local_lambda >= 0 && details.local_lambda <= 2);
        assert_true((details.inner_conductance == 0) == (details.components > 1));
        fr_cluster_workspace_free(workspace);
        free(a);
        fr_graph_free(&graph);
    }
}

/* The whole of two triangles joined by an edge: cut in the middle it has conductance 1/7, and nothing leaves it. */
static void details_of_everything(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_details details;
    const uint32_t from[] = {0, 0, 1, 2, 3, 3, 4}, to[] = {1, 2, 2, 3, 4, 5, 5};
    assert_ok(fr_graph_from_arcs(6, 7, from, to, NULL, NULL, &graph));
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    assert_ok(fr_cluster_detail(workspace, 6, (int64_t[]){0, 1, 2, 3, 4, 5}, &details));
    assert_true(isinf(details.separability));
    assert_near(details.local_lambda, 0, 1e-12);
    assert_near(details.inner_conductance, 1.0 / 7, 1e-15);
    assert_int_equal(details.triangles, 2);
    assert_refused(fr_cluster_detail(workspace, 2, (int64_t[]){1, 1}, &details), FR_EUSAGE, "twice");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* Depth of the walk = 300000: nothing recursive would live. */
static void long_path(void **state)
{
    (void)state;
    fr_graph graph;
    int64_t components, points, max_core;
    path_cluster_graph(300000, &graph);
    int64_t *core = calloc(300000, sizeof *core);
    assert_ok(fr_cluster_biconnected(&graph, NULL, &components, &points));
    assert_int_equal(components, 299999);
    assert_int_equal(points, 299998);
    assert_ok(fr_cluster_cores(&graph, core, &max_core));
    assert_int_equal(max_core, 1);
    free(core);
    fr_graph_free(&graph);
}

static void mapped_graphs_are_checked_first(void **state)
{
    (void)state;
    fr_graph graph;
    int64_t label[10], number, *nodes;
    fr_cluster_neighbourhoods around;
    path_cluster_graph(10, &graph);
    graph.trusted = false;
    assert_refused(fr_cluster_components(&graph, label, &number), FR_EUSAGE, "fr_graph_check");
    assert_refused(fr_cluster_largest_component(&graph, &nodes, &number), FR_EUSAGE, "fr_graph_check");
    assert_refused(fr_cluster_cores(&graph, label, &number), FR_EUSAGE, "fr_graph_check");
    assert_refused(fr_cluster_biconnected(&graph, NULL, &number, label), FR_EUSAGE, "fr_graph_check");
    assert_refused(fr_cluster_neighbourhoods_find(&graph, &around), FR_EUSAGE, "fr_graph_check");
    assert_refused(fr_cluster_extrema(&graph, (double[10]){0}, true, false, &nodes, &number), FR_EUSAGE,
                   "fr_graph_check");
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_of_random_graphs),
        cmocka_unit_test(cuts_of_random_graphs),
        cmocka_unit_test(cores_of_random_graphs),
        cmocka_unit_test(triangles_of_random_graphs),
        cmocka_unit_test(extrema_of_random_graphs),
        cmocka_unit_test(values_of_nodes_are_numbers),
        cmocka_unit_test(balls_are_nodes_by_distance),
        cmocka_unit_test(growth_stops_after_the_node_that_suffices),
        cmocka_unit_test(details_of_random_sets),
        cmocka_unit_test(details_of_everything),
        cmocka_unit_test(long_path),
        cmocka_unit_test(mapped_graphs_are_checked_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
