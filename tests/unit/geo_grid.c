/* FEEMS graphs and grids: text files, clipping, masks, the antimeridian, poles, plane lattices, hulls, and messages. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/feems.h>

#include "feems/isea.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int status)
{
    if (status != FR_OK) fail_msg("%s", fr_last_error());
}

static fr_polygons outline_of(const char *text)
{
    fr_polygons p;
    must(fr_polygons_parse(text, (int64_t)strlen(text), "w.outer", &p));
    return p;
}

static char *write_text(const char *name, const char *text)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    must(fr_file_write(path, text, (int64_t)strlen(text)));
    return path;
}

/* ---- graphs from text ------------------------------------------------------------------------------------------------------------ */

static void reads_graphs(void **state)
{
    (void)state;
    watch_warnings();
    char *nodes = write_text("g.nodes", "0 0\n1 0\n0 1\n1 1\n"),
         *edges = write_text("g.edges", "3 1\n1 2\n4 2\n2 1\n3 4\n");
    fr_feems_graph graph, back;
    must(fr_feems_graph_read(nodes, edges, &graph));
    static const int64_t i[] = {0, 0, 1, 2}, j[] = {1, 2, 3, 3};
    assert_int_equal(graph.n_nodes, 4);
    assert_int_equal(graph.n_edges, 4);
    assert_memory_equal(graph.i, i, sizeof i);
    assert_memory_equal(graph.j, j, sizeof j);
    assert_non_null(strstr(last_warning(), "1 of 5 edges are given more than once and count once"));
    must(fr_feems_graph_write(nodes, edges, &graph));
    watch_warnings();
    must(fr_feems_graph_read(nodes, edges, &back));
    assert_string_equal(last_warning(), "");
    assert_memory_equal(back.i, i, sizeof i);
    assert_memory_equal(back.j, j, sizeof j);
    assert_memory_equal(back.x, graph.x, 4 * sizeof *graph.x);
    fr_feems_graph_free(&graph);
    fr_feems_graph_free(&graph);
    fr_feems_graph_free(&back);
    free(nodes), free(edges);
}

static void refuses_edges_to_nowhere(void **state)
{
    (void)state;
    char *nodes = write_text("g.nodes", "0 0\n1 0\n0 1\n"), *edges = write_text("g.edges", "1 2\n\n2 4\n");
    fr_feems_graph graph;
    assert_int_equal(fr_feems_graph_read(nodes, edges, &graph), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "g.edges:3: node 4 does not exist: there are 3 nodes"));
    assert_null(graph.x);
    free(edges);
    edges = write_text("g.edges", "1 2\n3 3\n");
    assert_int_equal(fr_feems_graph_read(nodes, edges, &graph), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "g.edges:2: node 3 is joined to itself"));
    free(nodes), free(edges);
}

/* ---- the numbering of the icosahedral grid ---------------------------------------------------------------------------------------- */

/* Neighbours are mutual, number 5 at the 12 corners and 6 elsewhere, and every number occurs. */
static void isea_numbers_are_consistent(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 7; n++) {
        feems_isea isea;
        feems_isea_init(&isea, n);
        int64_t last = 10 * n * n + 2, n_edges = 0;
        bool *seen = calloc((size_t)last, sizeof *seen);
        for (int f = 0; f < FEEMS_ISEA_FACES; f++)
            for (int64_t a = 0; a <= n; a++)
                for (int64_t b = 0; a + b <= n; b++) {
                    int64_t w[3] = {a, b, n - a - b}, id = feems_isea_id(&isea, f, w);
                    assert_in_range(id, 0, last - 1);
                    seen[id] = true;
                    assert_true(feems_isea_first_face(&isea, f, w) <= f);
                }
        for (int64_t id = 0; id < last; id++) {
            int64_t near[6], back[6];
            assert_true(seen[id]);
            int count = feems_isea_neighbours(&isea, id, near);
            assert_int_equal(count, id < FEEMS_ISEA_CORNERS ? 5 : 6);
            n_edges += count;
            for (int k = 0; k < count; k++) {
                int n_back = feems_isea_neighbours(&isea, near[k], back), found = 0;
                for (int m = 0; m < n_back; m++)
                    found += back[m] == id;
                assert_int_equal(found, 1);
            }
        }
        assert_int_equal(n_edges, 60 * n * n);
        free(seen);
    }
}

/* ---- grids in outlines --------------------------------------------------------------------------------------------------------------- */

static fr_feems_grid_settings settings_of(fr_feems_grid_type type, int64_t resolution, double spacing)
{
    fr_feems_grid_settings settings;
    fr_feems_grid_settings_default(&settings);
    assert_int_equal(settings.type, FR_FEEMS_ISEA);
    assert_int_equal(settings.round_digits, 3);
    settings.type = type;
    settings.resolution = resolution;
    settings.spacing_km = spacing;
    return settings;
}

static fr_feems_graph make_grid(const char *outline, fr_feems_grid_type type, int64_t resolution,
                                double spacing)
{
    fr_polygons p = outline_of(outline);
    fr_feems_grid_settings settings = settings_of(type, resolution, spacing);
    fr_feems_graph graph;
    must(fr_feems_grid_make(&p, NULL, false, &settings, &graph));
    for (int64_t v = 0; v < graph.n_nodes; v++) {
        assert_true(fr_polygons_contain(&p, graph.x[v], graph.y[v]));
        assert_true(v == 0 || graph.y[v] < graph.y[v - 1] ||
                    (graph.y[v] == graph.y[v - 1] && graph.x[v] > graph.x[v - 1]));
    }
    for (int64_t e = 0; e < graph.n_edges; e++) {
        assert_true(graph.i[e] < graph.j[e] && graph.j[e] < graph.n_nodes);
        assert_true(e == 0 || graph.i[e] > graph.i[e - 1] ||
                    (graph.i[e] == graph.i[e - 1] && graph.j[e] > graph.j[e - 1]));
    }
    fr_polygons_free(&p);
    return graph;
}

/* Shortest and longest edge in km. */
static void edge_range(const fr_feems_graph *graph, double *least, double *most)
{
    *least = INFINITY;
    *most = 0;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        double km = fr_great_circle(graph->x[i], graph->y[i], graph->x[j], graph->y[j]) / 1000;
        *least = fmin(*least, km);
        *most = fmax(*most, km);
    }
}

#define WORLD "-180 -90\n180 -90\n180 90\n-180 90\n"

/* What clipping keeps must not depend on which blocks were visited: against all nodes of the Earth, filtered. */
static void visits_all_that_the_outline_holds(void **state)
{
    (void)state;
    static const char *const outlines[] = {
        "-20 -10\n50 -35\n60 20\n10 40\n",
        "170 -20\n-150 -40\n-170 30\n",
        "0 70\n90 60\n180 75\n-90 55\n",
        "10 88\n20 60\n25 60\n30 89\n",
        "0 0\n3 0\n3 3\n0 3\nA\n100 50\n104 50\n104 54\n",
        "-180 -30\n180 -30\n180 30\n-180 30\n",
    };
    for (size_t k = 0; k < sizeof outlines / sizeof *outlines; k++) {
        fr_feems_graph all = make_grid(WORLD, FR_FEEMS_ISEA, 40, 0);
        fr_feems_graph some = make_grid(outlines[k], FR_FEEMS_ISEA, 40, 0);
        fr_polygons p = outline_of(outlines[k]);
        int64_t inside = 0, joined = 0;
        for (int64_t v = 0; v < all.n_nodes; v++)
            inside += fr_polygons_contain(&p, all.x[v], all.y[v]);
        for (int64_t e = 0; e < all.n_edges; e++)
            joined += fr_polygons_contain(&p, all.x[all.i[e]], all.y[all.i[e]]) &&
                      fr_polygons_contain(&p, all.x[all.j[e]], all.y[all.j[e]]);
        assert_int_equal(some.n_nodes, inside);
        assert_int_equal(some.n_edges, joined);
        assert_true(inside > 0);
        fr_polygons_free(&p);
        fr_feems_graph_free(&all);
        fr_feems_graph_free(&some);
    }
}

static void nodes_stay_in_the_outlines_range(void **state)
{
    (void)state;
    fr_feems_graph graph = make_grid("170 -20\n-170 -20\n-170 -10\n170 -10\n", FR_FEEMS_ISEA, 64, 0);
    double least, most;
    for (int64_t v = 0; v < graph.n_nodes; v++)
        assert_true(graph.x[v] >= 170 && graph.x[v] <= 190);
    edge_range(&graph, &least, &most);
    assert_true(least > 100 && most < 135); /* joined across the antimeridian as elsewhere */
    fr_feems_graph_free(&graph);
}

static void a_spacing_chooses_the_resolution(void **state)
{
    (void)state;
    fr_feems_graph by_km = make_grid("0 40\n20 40\n20 55\n0 55\n", FR_FEEMS_ISEA, 0, 120.5);
    fr_feems_graph by_n = make_grid("0 40\n20 40\n20 55\n0 55\n", FR_FEEMS_ISEA, 64, 0);
    assert_int_equal(by_km.n_nodes, by_n.n_nodes);
    assert_memory_equal(by_km.x, by_n.x, (size_t)by_n.n_nodes * sizeof *by_n.x);
    fr_feems_graph_free(&by_km);
    fr_feems_graph_free(&by_n);
}

static void lattices_have_equal_sides(void **state)
{
    (void)state;
    static const char *const outlines[] = {"10 45\n12 45\n12 46.5\n10 46.5\n",
                                           "179 -20\n-179 -20\n-179 -18\n179 -18\n",
                                           "0 89\n90 89\n180 89\n-90 89\n"};
    for (size_t k = 0; k < 3; k++) {
        fr_feems_graph graph = make_grid(outlines[k], FR_FEEMS_LATTICE, 0, 10);
        double least, most;
        edge_range(&graph, &least, &most);
        /* 150 km from its centre the plane is true to 1e-4; coordinates are rounded to 0.1 km. */
        assert_true(least > 9.8 && most < 10.2);
        assert_true(graph.n_nodes > 200 && (double)graph.n_edges > 2.7 * (double)graph.n_nodes);
        fr_feems_graph_free(&graph);
    }
}

static void masks_keep_or_cut(void **state)
{
    (void)state;
    fr_polygons outline = outline_of("0 40\n20 40\n20 55\n0 55\n"),
                mask = outline_of("5 45\n10 45\n10 50\n5 50\n"), far = outline_of("50 50\n60 50\n60 60\n");
    fr_feems_grid_settings settings = settings_of(FR_FEEMS_ISEA, 64, 0);
    fr_feems_graph whole, kept, cut;
    must(fr_feems_grid_make(&outline, NULL, false, &settings, &whole));
    must(fr_feems_grid_make(&outline, &mask, true, &settings, &kept));
    must(fr_feems_grid_make(&outline, &mask, false, &settings, &cut));
    assert_true(kept.n_nodes > 5 && cut.n_nodes > 5);
    assert_int_equal(kept.n_nodes + cut.n_nodes, whole.n_nodes);
    for (int64_t v = 0; v < kept.n_nodes; v++)
        assert_true(fr_polygons_contain(&mask, kept.x[v], kept.y[v]));
    for (int64_t v = 0; v < cut.n_nodes; v++)
        assert_false(fr_polygons_contain(&mask, cut.x[v], cut.y[v]));
    fr_feems_graph_free(&cut);
    assert_int_equal(fr_feems_grid_make(&outline, &far, true, &settings, &cut), FR_EINPUT);
    assert_non_null(
        strstr(fr_last_error(), "the mask (longitude 50 to 60, latitude 50 to 60) leaves none of the"));
    fr_feems_graph_free(&whole);
    fr_feems_graph_free(&kept);
    fr_polygons_free(&outline);
    fr_polygons_free(&mask);
    fr_polygons_free(&far);
}

static void expect_failure(const char *text, fr_feems_grid_settings settings, int status, const char *message)
{
    fr_polygons outline = outline_of(text);
    fr_feems_graph graph;
    assert_int_equal(fr_feems_grid_make(&outline, NULL, false, &settings, &graph), status);
    if (strstr(fr_last_error(), message) == NULL) fail_msg("%s", fr_last_error());
    assert_null(graph.x);
    fr_polygons_free(&outline);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    const char *small = "10 50\n11 50\n11 51\n10 51\n";
    expect_failure(small, settings_of(FR_FEEMS_ISEA, 4, 0), FR_EINPUT,
                   "no node of the grid lies inside the outline (longitude 10 to 11, latitude 50 to 51): "
                   "nodes are about 1.93e+03 km apart; choose a finer grid");
    expect_failure("50 -120\n60 -120\n60 -100\n", settings_of(FR_FEEMS_ISEA, 4, 0), FR_EINPUT,
                   "is not in degrees, longitude first: are longitude and latitude swapped?");
    expect_failure("500000 5e6\n600000 5e6\n600000 6e6\n", settings_of(FR_FEEMS_ISEA, 4, 0), FR_EINPUT,
                   "if it is projected (metres), convert it to longitude and latitude");
    expect_failure(small, settings_of(FR_FEEMS_ISEA, 0, 0), FR_EUSAGE, "needs a resolution");
    expect_failure(small, settings_of(FR_FEEMS_ISEA, -3, 0), FR_EUSAGE, "must not be negative");
    expect_failure(small, settings_of(FR_FEEMS_ISEA, 0, NAN), FR_EUSAGE, "must not be negative");
    expect_failure(small, settings_of(FR_FEEMS_ISEA, 0, 1e-6), FR_EUSAGE, "too fine");
    expect_failure(small, settings_of(FR_FEEMS_ISEA, 20000, 0), FR_EUSAGE,
                   "rounded to 3 decimals are too coarse");
    expect_failure(WORLD, settings_of(FR_FEEMS_LATTICE, 0, 100), FR_EINPUT, "choose the ISEA grid");
}

/* ---- tiles ---------------------------------------------------------------------------------------------------------------------------- */

/* Four triangles around (1, 1) in one square, as a shapefile would give them. */
static double tile_x[] = {0, 2, 1, 2, 2.0001, 1, 2, 0, 1, 0, 0, 1},
              tile_y[] = {0, 0, 1, 0, 2, 1, 2, 2, 1, 2, 0, 1};

static void merges_tiles(void **state)
{
    (void)state;
    fr_triangles tiles = {4, tile_x, tile_y};
    fr_feems_graph graph;
    must(fr_feems_grid_from_triangles(&tiles, NULL, NULL, false, 3, &graph));
    static const double x[] = {0, 2, 1, 2, 0}, y[] = {0, 0, 1, 2, 2};
    static const int64_t i[] = {0, 0, 0, 1, 1, 2, 2, 3}, j[] = {1, 2, 4, 2, 3, 3, 4, 4};
    assert_int_equal(graph.n_nodes, 5);
    assert_int_equal(graph.n_edges, 8);
    assert_memory_equal(graph.x, x, sizeof x);
    assert_memory_equal(graph.y, y, sizeof y);
    assert_memory_equal(graph.i, i, sizeof i);
    assert_memory_equal(graph.j, j, sizeof j);
    fr_feems_graph_free(&graph);
    must(fr_feems_grid_from_triangles(&tiles, NULL, NULL, false, -1, &graph));
    assert_int_equal(graph.n_nodes, 6); /* not rounded: 2.0001 is another place */
    fr_feems_graph_free(&graph);
}

static void clips_tiles_by_corners(void **state)
{
    (void)state;
    fr_triangles tiles = {4, tile_x, tile_y};
    fr_polygons outline = outline_of("-1 -1\n3 -1\n3 1.5\n-1 1.5\n"),
                away = outline_of("20 20\n21 20\n21 21\n"),
                swapped = outline_of("-1 1.6\n0.5 1.6\n0.5 3\n-1 3\n");
    fr_feems_graph graph;
    must(fr_feems_grid_from_triangles(&tiles, &outline, NULL, false, 3, &graph));
    assert_int_equal(graph.n_nodes, 3);
    assert_int_equal(graph.n_edges, 3);
    fr_feems_graph_free(&graph);
    assert_int_equal(fr_feems_grid_from_triangles(&tiles, &away, NULL, false, 3, &graph), FR_EINPUT);
    assert_string_equal(
        fr_last_error(),
        "no node of the grid (longitude 0 to 2, latitude 0 to 2) lies inside the outline (longitude 20 to "
        "21, latitude 20 to 21): choose an outline where the grid is");
    tiles.n = 1; /* nodes (0, 0), (2, 0), (1, 1) */
    assert_int_equal(fr_feems_grid_from_triangles(&tiles, &swapped, NULL, false, 3, &graph), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "longitude and latitude of the outline are swapped"));
    fr_polygons_free(&outline);
    fr_polygons_free(&away);
    fr_polygons_free(&swapped);
}

/* ---- hull ------------------------------------------------------------------------------------------------------------------------------ */

static void hulls_hold_their_samples(void **state)
{
    (void)state;
    double x[] = {0, 10, 10, 0, 5}, y[] = {0, 0, 10, 10, 5};
    fr_points samples = {.n = 5, .x = x, .y = y};
    fr_polygons hull;
    must(fr_feems_hull(&samples, 0, &hull));
    assert_int_equal(hull.start[1], 4);
    fr_polygons_free(&hull);
    must(fr_feems_hull(&samples, 1, &hull));
    assert_int_equal(hull.n_rings, 1);
    assert_int_equal(hull.start[1], 4 * 16 + 4); /* 16 segments at each of four corners, and the sides */
    assert_true(fr_polygons_contain(&hull, -0.7, -0.7) && fr_polygons_contain(&hull, 11, 5));
    assert_false(fr_polygons_contain(&hull, -0.8, -0.8));
    fr_polygons_free(&hull);
    samples.n = 1;
    must(fr_feems_hull(&samples, 2, &hull));
    assert_int_equal(hull.start[1], 64);
    fr_polygons_free(&hull);
    assert_int_equal(fr_feems_hull(&samples, 0, &hull), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "their hull needs a buffer above 0"));
    assert_int_equal(fr_feems_hull(&samples, -1, &hull), FR_EUSAGE);
    samples.n = 0;
    assert_int_equal(fr_feems_hull(&samples, 1, &hull), FR_EINPUT);
}

static void hulls_cross_the_antimeridian(void **state)
{
    (void)state;
    double x[] = {178, -178, 179, -179}, y[] = {-18, -18, -16, 89.5}, x0, x1, y0, y1;
    fr_points samples = {.n = 4, .x = x, .y = y};
    fr_polygons hull;
    must(fr_feems_hull(&samples, 1, &hull));
    fr_polygons_box(&hull, &x0, &x1, &y0, &y1);
    /* Between the corners of a round end, 16 a quarter circle, 1 - cos(pi/64) = 0.0012 of its radius is missing. */
    assert_true(fabs(x1 - x0 - 6) < 0.0025 && fabs(fmod(x0 + 360, 360) - 177) < 0.00125);
    assert_true(y1 == 90 && x[1] == -178);
    fr_polygons_free(&hull);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_graphs),
        cmocka_unit_test(refuses_edges_to_nowhere),
        cmocka_unit_test(isea_numbers_are_consistent),
        cmocka_unit_test(visits_all_that_the_outline_holds),
        cmocka_unit_test(nodes_stay_in_the_outlines_range),
        cmocka_unit_test(a_spacing_chooses_the_resolution),
        cmocka_unit_test(lattices_have_equal_sides),
        cmocka_unit_test(masks_keep_or_cut),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(merges_tiles),
        cmocka_unit_test(clips_tiles_by_corners),
        cmocka_unit_test(hulls_hold_their_samples),
        cmocka_unit_test(hulls_cross_the_antimeridian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
