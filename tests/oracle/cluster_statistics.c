/* Components, biconnected components, cores, triangles and neighbourhood clusters against stored counts and tables. */
#include "support.h"
#include "cluster_cases.h"

#include <stdlib.h>
#include <string.h>

/* Quotients and sums of integers that a double holds: both sides round once. */
static const double tolerance = 1e-14;

static void *zeroed(int64_t count, size_t size)
{
    void *block = calloc((size_t)count + 1, size);
    if (block == NULL) abort();
    return block;
}

static int64_t count_of(const json_t *item, const char *member)
{
    return (int64_t)cluster_number(item, member);
}

/* ---- counts ---- */

static void expect_size(const fr_graph *graph, const json_t *item)
{
    double max_degree = 0;
    int64_t isolated = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        double degree = fr_graph_degree(graph, i);
        if (degree > max_degree) max_degree = degree;
        isolated += degree == 0;
    }
    assert_int_equal(graph->n, count_of(item, "n"));
    assert_int_equal(graph->n_arcs, count_of(item, "arcs"));
    assert_int_equal(graph->n_loops, count_of(item, "self_loops"));
    assert_int_equal(fr_graph_edges(graph), count_of(item, "edges"));
    assert_int_equal(isolated, count_of(item, "isolated"));
    assert_close(graph->volume, cluster_number(item, "volume"), tolerance);
    assert_close(max_degree, cluster_number(item, "max_degree"), tolerance);
}

static void expect_components(const fr_graph *graph, const json_t *item)
{
    int64_t components, largest, *nodes, articulation;
    int64_t *label = zeroed(graph->n, sizeof *label);
    assert_ok(fr_cluster_components(graph, label, &components));
    assert_int_equal(components, count_of(item, "components"));
    assert_ok(fr_cluster_largest_component(graph, &nodes, &largest));
    assert_int_equal(largest, count_of(item, "largest"));
    assert_ok(fr_cluster_biconnected(graph, NULL, &components, &articulation));
    assert_int_equal(components, count_of(item, "biconnected"));
    assert_int_equal(articulation, count_of(item, "articulation"));
    fr_free(nodes);
    free(label);
}

static void expect_cores(const fr_graph *graph, const json_t *item)
{
    int64_t max_core, sum = 0, top = 0;
    int64_t *core = zeroed(graph->n, sizeof *core);
    assert_ok(fr_cluster_cores(graph, core, &max_core));
    for (int64_t i = 0; i < graph->n; i++) {
        sum += core[i];
        top += core[i] == max_core;
    }
    assert_int_equal(max_core, count_of(item, "max_core"));
    assert_int_equal(sum, count_of(item, "core_sum"));
    assert_int_equal(top, count_of(item, "core_hist_top"));
    free(core);
}

static void graph_counts(void **state)
{
    (void)state;
    json_t *cases = cluster_json("graphstats.json"), *item;
    size_t k;
    json_array_foreach(cases, k, item)
    {
        fr_graph graph;
        fr_cluster_neighbourhoods around;
        cluster_graph_load(cluster_text(item, "graph"), &graph);
        expect_size(&graph, item);
        expect_components(&graph, item);
        expect_cores(&graph, item);
        assert_ok(fr_cluster_neighbourhoods_find(&graph, &around));
        if (!json_is_null(
                json_object_get(item, "triangles"))) /* not counted for the two with the largest hubs */
            assert_int_equal(around.total, count_of(item, "triangles"));
        fr_cluster_neighbourhoods_free(&around);
        fr_graph_free(&graph);
    }
    assert_int_equal(k, 17);
    json_decref(cases);
}

/* ---- neighbourhood clusters ---- */

static void expect_column(const char *file, const char *column, int64_t n, const double *got)
{
    int64_t count;
    double *expected = cluster_column(file, column, &count);
    assert_int_equal(count, n);
    for (int64_t i = 0; i < n; i++)
        assert_near(got[i], expected[i], tolerance * (1 + expected[i]));
    free(expected);
}

static void neighbourhood_table(const char *name, const char *file)
{
    fr_graph graph;
    fr_cluster_neighbourhoods around;
    cluster_graph_load(name, &graph);
    assert_ok(fr_cluster_neighbourhoods_find(&graph, &around));
    double *triangles = zeroed(graph.n, sizeof *triangles);
    for (int64_t i = 0; i < graph.n; i++)
        triangles[i] = (double)around.triangles[i];
    expect_column(file, "cond", graph.n, around.conductance);
    expect_column(file, "cut", graph.n, around.cut);
    expect_column(file, "vol", graph.n, around.volume);
    expect_column(file, "cc", graph.n, around.coefficient);
    expect_column(file, "triangles", graph.n, triangles);
    free(triangles);
    fr_cluster_neighbourhoods_free(&around);
    fr_graph_free(&graph);
}

static void neighbourhood_tables(void **state)
{
    (void)state;
    neighbourhood_table("dolphins.smat", "triangle_dolphins.csv");
    neighbourhood_table("celegans.smat", "triangle_celegans.csv");
}

static void expect_list(const json_t *list, int64_t n, const double *got)
{
    assert_int_equal(json_array_size(list), n);
    for (int64_t i = 0; i < n; i++)
        assert_near(got[i], json_number_value(json_array_get(list, (size_t)i)), tolerance);
}

static void tiny_neighbourhoods(void **state)
{
    (void)state;
    json_t *tiny = cluster_json("tiny_barbell6.json"), *lists = json_object_get(tiny, "triangle");
    fr_graph graph;
    fr_cluster_neighbourhoods around;
    double triangles[6];
    cluster_graph_load("barbell6.edgelist", &graph);
    assert_ok(fr_cluster_neighbourhoods_find(&graph, &around));
    for (int i = 0; i < 6; i++)
        triangles[i] = (double)around.triangles[i];
    expect_list(json_array_get(lists, 0), 6, around.conductance);
    expect_list(json_array_get(lists, 1), 6, around.cut);
    expect_list(json_array_get(lists, 2), 6, around.volume);
    expect_list(json_array_get(lists, 3), 6, around.coefficient);
    expect_list(json_array_get(lists, 4), 6, triangles);
    fr_cluster_neighbourhoods_free(&around);
    fr_graph_free(&graph);
    json_decref(tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph_counts),
        cmocka_unit_test(neighbourhood_tables),
        cmocka_unit_test(tiny_neighbourhoods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
