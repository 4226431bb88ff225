/* Grids against independent reference values: the ISEA grid as published tools make it, and the grids of the FEEMS paper. */
#include "support.h"

#include <frugal/feems.h>

#include "feems/isea.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEGREE (M_PI / 180)

static void must(int status)
{
    if (status != FR_OK) fail_msg("%s", fr_last_error());
}

static fr_polygons world(void)
{
    static int64_t start[] = {0, 4};
    static double x[] = {-180, 180, 180, -180}, y[] = {-90, -90, 90, 90};
    return (fr_polygons){1, start, x, y};
}

/* ---- sets of points on the sphere -------------------------------------------------------------------------------------------- */

static double chord(double lon1, double lat1, double lon2, double lat2)
{
    double a = cos(lat1 * DEGREE), b = cos(lat2 * DEGREE);
    double x = a * cos(lon1 * DEGREE) - b * cos(lon2 * DEGREE),
           y = a * sin(lon1 * DEGREE) - b * sin(lon2 * DEGREE);
    double z = sin(lat1 * DEGREE) - sin(lat2 * DEGREE);
    return sqrt(x * x + y * y + z * z);
}

/* match[k]: the node of the graph at place k of the other set; every node is matched once, within the tolerance (degrees; at
 * the poles, whose longitude is arbitrary, twice as much). Nodes of our grids come by decreasing latitude. */
static void match_sets(const fr_feems_graph *graph, int64_t n, const double *x, const double *y,
                       double tolerance, int64_t *match)
{
    assert_int_equal(graph->n_nodes, n);
    bool *taken = calloc((size_t)n, sizeof *taken);
    for (int64_t k = 0; k < n; k++) {
        double allowed = (fabs(y[k]) > 89.999 ? 2 : 1) * tolerance * DEGREE;
        int64_t low = 0, high = n;
        while (low < high) { /* the first node not north of the place by more than the tolerance */
            int64_t middle = (low + high) / 2;
            if (graph->y[middle] > y[k] + 2 * tolerance)
                low = middle + 1;
            else
                high = middle;
        }
        int64_t v = low;
        while (v < n && chord(graph->x[v], graph->y[v], x[k], y[k]) > allowed &&
               graph->y[v] > y[k] - 4 * tolerance)
            v++;
        if (v == n || chord(graph->x[v], graph->y[v], x[k], y[k]) > allowed || taken[v])
            fail_msg("no node, or a second one, at %.10f %.10f", x[k], y[k]);
        taken[v] = true;
        match[k] = v;
    }
    free(taken);
}

static bool has_edge(const fr_feems_graph *graph, int64_t a, int64_t b)
{
    int64_t i = a < b ? a : b, j = a < b ? b : a, low = 0, high = graph->n_edges;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        bool before = graph->i[middle] < i || (graph->i[middle] == i && graph->j[middle] < j);
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low < graph->n_edges && graph->i[low] == i && graph->j[low] == j;
}

/* ---- the whole Earth ----------------------------------------------------------------------------------------------------------- */

static void make_world(int64_t n, int digits, fr_feems_graph *graph)
{
    fr_polygons outline = world();
    fr_feems_grid_settings settings;
    fr_feems_grid_settings_default(&settings);
    settings.resolution = n;
    settings.round_digits = digits;
    must(fr_feems_grid_make(&outline, NULL, false, &settings, graph));
    assert_int_equal(graph->n_nodes, 10 * n * n + 2);
    assert_int_equal(graph->n_edges, 30 * n * n);
}

static void check_isea(int64_t n, const char *nodes_name, const char *edges_name)
{
    fr_feems_graph graph;
    fr_table nodes, edges;
    make_world(n, -1, &graph);
    must(fr_table_read(shared_path(nodes_name), NULL, &nodes));
    must(fr_table_read(shared_path(edges_name), NULL, &edges));
    double *x = calloc((size_t)nodes.n_rows, sizeof *x), *y = calloc((size_t)nodes.n_rows, sizeof *y);
    int64_t *match = calloc((size_t)nodes.n_rows, sizeof *match);
    for (int64_t k = 0; k < nodes.n_rows; k++) {
        must(fr_table_f64(&nodes, k, 0, &x[k]));
        must(fr_table_f64(&nodes, k, 1, &y[k]));
    }
    /* The reference has ten decimals; its poles carry 9e-7 degrees of arcsin rounding. */
    match_sets(&graph, nodes.n_rows, x, y, 1e-6, match);
    assert_int_equal(edges.n_rows, graph.n_edges);
    for (int64_t e = 0; e < edges.n_rows; e++) {
        int64_t i, j;
        must(fr_table_i64(&edges, e, 0, &i));
        must(fr_table_i64(&edges, e, 1, &j));
        assert_true(has_edge(&graph, match[i], match[j]));
    }
    free(x), free(y), free(match);
    fr_table_free(&nodes);
    fr_table_free(&edges);
    fr_feems_graph_free(&graph);
}

static void isea_equals_the_reference(void **state)
{
    (void)state;
    check_isea(4, "oracles/feems/isea_n4_nodes.csv", "oracles/feems/isea_n4_edges.csv");
    check_isea(8, "oracles/feems/isea_n8_nodes.csv", "oracles/feems/isea_n8_edges.csv");
}

/* The inverse of the map on one face. */
static void snyder_inverse_equals_the_reference(void **state)
{
    (void)state;
    json_t *cases = json_load_file(shared_path("oracles/feems/small_cases.json"), 0, NULL),
           *list = json_object_get(cases, "isea_inverse_face");
    assert_int_equal(json_array_size(list), 4);
    for (size_t k = 0; k < json_array_size(list); k++) {
        json_t *one = json_array_get(list, k);
        double distance, azimuth;
        feems_isea_inverse(json_number_value(json_object_get(one, "rho")),
                           json_number_value(json_object_get(one, "azimuth_plane")), &distance, &azimuth);
        /* Newton's iteration ends at the rounding of its equation, about 1e-15. */
        assert_close(distance, json_number_value(json_object_get(one, "z")), 1e-12);
        assert_close(azimuth, json_number_value(json_object_get(one, "azimuth_sphere")), 1e-12);
    }
    json_decref(cases);
}

static void edge_lengths_equal_the_reference(void **state)
{
    (void)state;
    json_t *cases = json_load_file(shared_path("oracles/feems/small_cases.json"), 0, NULL),
           *all = json_object_get(cases, "isea_edge_km"), *one;
    const char *key;
    json_object_foreach(all, key, one)
    {
        fr_feems_graph graph;
        make_world(atol(key), -1, &graph);
        double least = INFINITY, most = 0, sum = 0;
        for (int64_t e = 0; e < graph.n_edges; e++) {
            int64_t i = graph.i[e], j = graph.j[e];
            double km = fr_great_circle(graph.x[i], graph.y[i], graph.x[j], graph.y[j]) / 1000;
            least = fmin(least, km);
            most = fmax(most, km);
            sum += km;
        }
        /* Differences of nearby unit vectors lose digits: 1e-16 / 0.01 on either side. */
        assert_close(least, json_number_value(json_object_get(one, "min")), 1e-9);
        assert_close(most, json_number_value(json_object_get(one, "max")), 1e-9);
        assert_close(sum / (double)graph.n_edges, json_number_value(json_object_get(one, "mean")), 1e-9);
        fr_feems_graph_free(&graph);
    }
    json_decref(cases);
}

/* The graph of the merged tiles, and all unrounded corners to 3 mm: the shapefile keeps 8 decimals, 1 mm each way, and its
 * tiles disagree in the last of them, which is why they merge after rounding to 3. */
static void isea_equals_the_published_shapefile(void **state)
{
    (void)state;
    fr_triangles tiles;
    fr_feems_graph theirs, ours;
    must(fr_triangles_read(shared_path("data/feems/grid_250.shp"), &tiles));
    assert_int_equal(tiles.n, 20 * 32 * 32);
    must(fr_feems_grid_from_triangles(&tiles, NULL, NULL, false, 3, &theirs));
    make_world(32, -1, &ours);
    assert_int_equal(theirs.n_nodes, ours.n_nodes);
    assert_int_equal(theirs.n_edges, ours.n_edges);
    int64_t *match = calloc((size_t)ours.n_nodes, sizeof *match);
    match_sets(&ours, theirs.n_nodes, theirs.x, theirs.y, 1e-3, match); /* rounded: half of it each way */
    for (int64_t e = 0; e < theirs.n_edges; e++)
        assert_true(has_edge(&ours, match[theirs.i[e]], match[theirs.j[e]]));
    for (int64_t c = 0; c < 3 * tiles.n; c++) { /* unrounded corners: 3 mm are 2.7e-8 degrees */
        double nearest = INFINITY;
        int64_t low = 0, high = ours.n_nodes;
        while (low < high) {
            int64_t middle = (low + high) / 2;
            if (ours.y[middle] > tiles.y[c] + 1e-5)
                low = middle + 1;
            else
                high = middle;
        }
        for (int64_t v = low; v < ours.n_nodes && ours.y[v] > tiles.y[c] - 1e-5; v++)
            nearest = fmin(nearest, FR_EARTH_RADIUS_M * chord(ours.x[v], ours.y[v], tiles.x[c], tiles.y[c]));
        if (!(nearest < 3e-3))
            fail_msg("corner %.9f %.9f is %g m from the nearest node", tiles.x[c], tiles.y[c], nearest);
    }
    free(match);
    fr_triangles_free(&tiles);
    fr_feems_graph_free(&theirs);
    fr_feems_graph_free(&ours);
}

/* ---- the wolves ------------------------------------------------------------------------------------------------------------------ */

static int64_t find_place(const fr_feems_graph *graph, double x, double y)
{
    for (int64_t v = 0; v < graph->n_nodes; v++)
        if (graph->x[v] == x && graph->y[v] == y) return v;
    fail_msg("no node at %g %g", x, y);
    return -1;
}

/* The same rounded nodes and the same edges between them, in any order. */
static void expect_same_sets(const fr_feems_graph *ours, const fr_feems_graph *theirs)
{
    assert_int_equal(ours->n_nodes, theirs->n_nodes);
    assert_int_equal(ours->n_edges, theirs->n_edges);
    for (int64_t e = 0; e < theirs->n_edges; e++) {
        int64_t i = theirs->i[e], j = theirs->j[e];
        assert_true(has_edge(ours, find_place(ours, theirs->x[i], theirs->y[i]),
                             find_place(ours, theirs->x[j], theirs->y[j])));
    }
    for (int64_t v = 0; v < theirs->n_nodes; v++)
        find_place(ours, theirs->x[v], theirs->y[v]);
}

static void check_wolves(int64_t n, const char *nodes, const char *edges, int64_t n_nodes, int64_t n_edges)
{
    fr_polygons outline;
    fr_feems_graph ours, theirs;
    fr_feems_grid_settings settings;
    fr_feems_grid_settings_default(&settings);
    settings.resolution = n;
    must(fr_polygons_read(shared_path("data/feems/wolvesadmix.outer"), &outline));
    must(fr_feems_grid_make(&outline, NULL, false, &settings, &ours));
    must(fr_feems_graph_read(shared_path(nodes), shared_path(edges), &theirs));
    assert_int_equal(ours.n_nodes, n_nodes);
    assert_int_equal(ours.n_edges, n_edges);
    expect_same_sets(&ours, &theirs);
    for (int64_t v = 1; v < ours.n_nodes; v++)
        assert_true(ours.y[v] < ours.y[v - 1] || (ours.y[v] == ours.y[v - 1] && ours.x[v] > ours.x[v - 1]));
    fr_polygons_free(&outline);
    fr_feems_graph_free(&ours);
    fr_feems_graph_free(&theirs);
}

static void generated_grids_equal_the_papers(void **state)
{
    (void)state;
    check_wolves(32, "data/feems/wolves_grid250.nodes", "data/feems/wolves_grid250.edges", 307, 841);
    check_wolves(64, "data/feems/wolves_grid100.nodes", "data/feems/wolves_grid100.edges", 1207, 3458);
}

/* Line by line, not only as sets. */
static void clipped_shapefile_equals_the_papers(void **state)
{
    (void)state;
    fr_polygons outline;
    fr_triangles tiles;
    fr_feems_graph ours, theirs;
    must(fr_polygons_read(shared_path("data/feems/wolvesadmix.outer"), &outline));
    must(fr_triangles_read(shared_path("data/feems/grid_250.shp"), &tiles));
    must(fr_feems_grid_from_triangles(&tiles, &outline, NULL, false, 3, &ours));
    must(fr_feems_graph_read(shared_path("data/feems/wolves_grid250.nodes"),
                             shared_path("data/feems/wolves_grid250.edges"), &theirs));
    assert_int_equal(ours.n_nodes, theirs.n_nodes);
    assert_int_equal(ours.n_edges, theirs.n_edges);
    assert_memory_equal(ours.x, theirs.x, (size_t)ours.n_nodes * sizeof *ours.x);
    assert_memory_equal(ours.y, theirs.y, (size_t)ours.n_nodes * sizeof *ours.y);
    assert_memory_equal(ours.i, theirs.i, (size_t)ours.n_edges * sizeof *ours.i);
    assert_memory_equal(ours.j, theirs.j, (size_t)ours.n_edges * sizeof *ours.j);
    fr_polygons_free(&outline);
    fr_triangles_free(&tiles);
    fr_feems_graph_free(&ours);
    fr_feems_graph_free(&theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(isea_equals_the_reference),
        cmocka_unit_test(snyder_inverse_equals_the_reference),
        cmocka_unit_test(edge_lengths_equal_the_reference),
        cmocka_unit_test(isea_equals_the_published_shapefile),
        cmocka_unit_test(generated_grids_equal_the_papers),
        cmocka_unit_test(clipped_shapefile_equals_the_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
