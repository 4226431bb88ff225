/* Which node a sample goes to, and which part of the graph is fitted: ties, the sphere, the antimeridian, isolated nodes,
 * components with and without samples, samples that lie far off. */
#include "support.h"

#include <frugal/feems.h>

#include "feems/placement.h"

#include <math.h>
#include <string.h>

/* A graph, samples and what came of them. */
typedef struct {
    fr_feems_graph graph;
    fr_points samples;
    fr_feems_data_settings settings;
    fr_feems_data data;
} place_case;

enum { most = 16 };

/* Edges are given as pairs. The case holds no memory of its own but for `data`. */
static place_case case_of(int64_t n_nodes, double (*nodes)[2], int64_t n_edges, int64_t (*edges)[2],
                          int64_t n_samples, double (*samples)[2])
{
    static double x[most], y[most], sample_x[most], sample_y[most];
    static int64_t i[most], j[most];
    for (int64_t v = 0; v < n_nodes; v++)
        x[v] = nodes[v][0], y[v] = nodes[v][1];
    for (int64_t e = 0; e < n_edges; e++)
        i[e] = edges[e][0], j[e] = edges[e][1];
    for (int64_t k = 0; k < n_samples; k++)
        sample_x[k] = samples[k][0], sample_y[k] = samples[k][1];
    place_case c = {.graph = {.n_nodes = n_nodes, .n_edges = n_edges, .x = x, .y = y, .i = i, .j = j},
                    .samples = {.n = n_samples, .x = sample_x, .y = sample_y}};
    fr_feems_data_settings_default(&c.settings);
    return c;
}

static int place(place_case *c, const bool *wanted, char *const *names)
{
    fr_feems_data_free(&c->data);
    watch_warnings();
    int status = feems_place(&c->graph, &c->samples, wanted, names, &c->settings, &c->data);
    fr_observe(NULL);
    return status;
}

static void finish(place_case *c)
{
    fr_feems_data_free(&c->data);
    fr_feems_data_free(&c->data);
}

static void expect_numbers(int64_t n, const int64_t *got, int64_t n_expected, const int64_t *expected)
{
    assert_int_equal(n, n_expected);
    for (int64_t k = 0; k < n; k++)
        assert_int_equal(got[k], expected[k]);
}

/* ---- the nearest node ---------------------------------------------------------------------------------------------------- */

/* A path 0 - 1 - 2 - 3 along a parallel. */
static double path_nodes[4][2] = {{10, 50}, {11, 50}, {12, 50}, {13, 50}};
static int64_t path_edges[3][2] = {{0, 1}, {1, 2}, {2, 3}};

static void nearest_and_first_on_ties(void **state)
{
    (void)state;
    double samples[6][2] = {{12.6, 50.2}, {10.5, 50}, {10.1, 49.5}, {11.5, 50.3}, {12.9, 50}, {10.2, 50}};
    place_case c = case_of(4, path_nodes, 3, path_edges, 6, samples);
    assert_ok(place(&c, NULL, NULL));
    assert_int_equal(warnings_seen(), 0);
    expect_numbers(c.data.n_samples, c.data.sample, 6, (const int64_t[]){0, 1, 2, 3, 4, 5});
    expect_numbers(c.data.n_samples, c.data.sample_node, 6, (const int64_t[]){3, 0, 0, 1, 3, 0});
    expect_numbers(c.data.n_observed, c.data.observed, 3, (const int64_t[]){0, 1, 3});
    expect_numbers(c.data.n_observed, c.data.n_at, 3, (const int64_t[]){3, 1, 2});
    expect_numbers(c.data.graph.n_nodes, c.data.node_id, 4, (const int64_t[]){0, 1, 2, 3});
    assert_int_equal(c.data.n_nodes_dropped, 0);
    assert_int_equal(c.data.graph.n_edges, 3);
    finish(&c);
}

static void unwanted_samples_do_not_count(void **state)
{
    (void)state;
    double samples[4][2] = {{10, 50}, {11, 50}, {12, 50}, {40, 0}}; /* the last would be far off */
    const bool wanted[4] = {true, false, true, false};
    place_case c = case_of(4, path_nodes, 3, path_edges, 4, samples);
    assert_ok(place(&c, wanted, NULL));
    assert_int_equal(warnings_seen(), 0);
    expect_numbers(c.data.n_samples, c.data.sample, 2, (const int64_t[]){0, 2});
    expect_numbers(c.data.n_samples, c.data.sample_node, 2, (const int64_t[]){0, 2});
    finish(&c);
}

/* At 80 degrees north 2 degrees of longitude are 39 km, 1 degree of latitude is 111 km. */
static void sphere_and_plane_differ(void **state)
{
    (void)state;
    double nodes[3][2] = {{0, 80}, {2.5, 80}, {0, 81}}, samples[2][2] = {{0.2, 81}, {1.8, 80.9}};
    int64_t edges[2][2] = {{0, 1}, {0, 2}};
    double second[2][2] = {{2.3, 80}, {0, 80.6}};
    place_case c = case_of(3, nodes, 2, edges, 2, samples);
    assert_int_equal(place(&c, NULL, NULL),
                     FR_OK); /* the second: (0.7, 0.9) from node 1, (1.8, 0.1) from node 2 */
    expect_numbers(c.data.n_samples, c.data.sample_node, 2, (const int64_t[]){2, 1});
    finish(&c);
    c.settings.assign = FR_FEEMS_ASSIGN_SPHERE;
    assert_refused(place(&c, NULL, NULL), FR_EINPUT,
                   "assigned to one node (number 2"); /* both go north now */
    finish(&c);
    c = case_of(3, nodes, 2, edges, 2, second);
    c.settings.assign = FR_FEEMS_ASSIGN_SPHERE;
    assert_ok(place(&c, NULL, NULL));
    expect_numbers(c.data.n_samples, c.data.sample_node, 2, (const int64_t[]){1, 2});
    finish(&c);
}

/* Longitudes are brought to the nodes' side of the antimeridian, whichever that is. */
static void antimeridian(void **state)
{
    (void)state;
    double east[4][2] = {{175, 60}, {179, 60}, {183, 60}, {187, 60}};
    double samples[4][2] = {{-173.5, 60}, {-178, 60}, {176, 60}, {179.5, 60}};
    place_case c = case_of(4, east, 3, path_edges, 4, samples);
    for (int side = 0; side < 2; side++) {
        for (int assign = FR_FEEMS_ASSIGN_PLANAR; assign <= FR_FEEMS_ASSIGN_SPHERE; assign++) {
            c.settings.assign = (fr_feems_assign)assign;
            assert_ok(place(&c, NULL, NULL));
            assert_int_equal(warnings_seen(), 0);
            expect_numbers(c.data.n_samples, c.data.sample_node, 4, (const int64_t[]){3, 2, 0, 1});
        }
        for (int v = 0; v < 4; v++)
            c.graph.x[v] -= 360;
    }
    finish(&c);
}

/* Plane coordinates: no turns of 360, no sphere. */
static void plane_coordinates(void **state)
{
    (void)state;
    double nodes[3][2] = {{0, 0}, {300, 0}, {300, 400}}, samples[3][2] = {{10, 5}, {310, 390}, {-40, 0}};
    int64_t edges[2][2] = {{0, 1}, {1, 2}};
    place_case c = case_of(3, nodes, 2, edges, 3, samples);
    assert_ok(place(&c, NULL, NULL));
    assert_int_equal(warnings_seen(), 0);
    expect_numbers(c.data.n_samples, c.data.sample_node, 3, (const int64_t[]){0, 2, 0});
    c.settings.assign = FR_FEEMS_ASSIGN_SPHERE;
    assert_refused(place(&c, NULL, NULL), FR_EUSAGE, "only where nodes are longitude and latitude");
    finish(&c);
}

/* ---- samples far off -------------------------------------------------------------------------------------------------------- */

static void far_samples(void **state)
{
    (void)state;
    double samples[4][2] = {{10, 50}, {11, 52}, {13, 53}, {12, 50.1}};
    char *names[4] = {"ann", "bob", "cai", "dee"};
    place_case c = case_of(4, path_nodes, 3, path_edges, 4, samples);
    assert_ok(place(&c, NULL, names)); /* an edge is 71.5 km long; two samples are 222 and 334 km away */
    assert_int_equal(warnings_seen(), 1);
    assert_non_null(strstr(last_warning(), "2 samples lie farther than one edge length (71.5 km)"));
    assert_non_null(strstr(last_warning(), "sample 3 cai at 13 53, 333.6 km away"));
    c.settings.max_assign_km = 333;
    assert_refused(place(&c, NULL, names), FR_EINPUT, "1 samples lie farther than 333 km");
    assert_non_null(strstr(fr_last_error(), "sample 3 cai at 13 53, 333.6 km away"));
    c.settings.max_assign_km = 334;
    assert_ok(place(&c, NULL, names));
    assert_int_equal(warnings_seen(), 0);
    finish(&c);
}

/* ---- the part that is fitted --------------------------------------------------------------------------------------------------- */

/* Nodes 0 and 6 have no edge; 1 - 3 - 5 and 2 - 4 - 7 are two paths. */
static double parted_nodes[8][2] = {{0, 0}, {1, 0}, {1, 9}, {2, 0}, {2, 9}, {3, 0}, {3, 3}, {3, 9}};
static int64_t parted_edges[4][2] = {{1, 3}, {2, 4}, {3, 5}, {4, 7}};

static void isolated_nodes_and_empty_components(void **state)
{
    (void)state;
    double samples[3][2] = {{0.3, 0.1}, {3, 0}, {2, 0.2}}; /* the first is nearest to the isolated node 0 */
    place_case c = case_of(8, parted_nodes, 4, parted_edges, 3, samples);
    assert_ok(place(&c, NULL, NULL));
    assert_int_equal(warnings_seen(), 1);
    assert_non_null(strstr(last_warning(), "5 of 8 nodes are left out"));
    assert_int_equal(c.data.n_nodes_dropped, 5);
    expect_numbers(c.data.graph.n_nodes, c.data.node_id, 3, (const int64_t[]){1, 3, 5});
    expect_numbers(c.data.graph.n_edges, c.data.graph.i, 2, (const int64_t[]){0, 1});
    expect_numbers(c.data.graph.n_edges, c.data.graph.j, 2, (const int64_t[]){1, 2});
    expect_numbers(c.data.n_samples, c.data.sample_node, 3, (const int64_t[]){0, 2, 1});
    for (int64_t v = 0; v < 3; v++) {
        assert_true(c.data.graph.x[v] == parted_nodes[c.data.node_id[v]][0]);
        assert_true(c.data.graph.y[v] == parted_nodes[c.data.node_id[v]][1]);
    }
    finish(&c);
}

static void components_with_samples(void **state)
{
    (void)state;
    double samples[5][2] = {{1, 0}, {1, 9}, {2, 9}, {3, 0}, {3, 9}};
    place_case c = case_of(8, parted_nodes, 4, parted_edges, 5, samples);
    assert_refused(place(&c, NULL, NULL), FR_EINPUT, "disconnected: samples lie in 2 parts");
    assert_non_null(strstr(fr_last_error(), "2 samples in the part of node 1 (1 0)"));
    assert_non_null(strstr(fr_last_error(), "3 samples in the part of node 2 (1 9)"));
    c.settings.keep_largest = true;
    assert_ok(place(&c, NULL, NULL));
    assert_int_equal(warnings_seen(), 2); /* the parts, then the nodes */
    expect_numbers(c.data.graph.n_nodes, c.data.node_id, 3, (const int64_t[]){2, 4, 7});
    expect_numbers(c.data.n_samples, c.data.sample, 3, (const int64_t[]){1, 2, 4});
    expect_numbers(c.data.n_samples, c.data.sample_node, 3, (const int64_t[]){0, 1, 2});
    finish(&c);
}

/* Only as many parts as fit a sentence are listed. */
static void many_components(void **state)
{
    (void)state;
    double nodes[14][2];
    int64_t edges[7][2];
    for (int k = 0; k < 14; k++) {
        nodes[k][0] = k;
        nodes[k][1] = 0;
        edges[k / 2][k % 2] = k;
    }
    place_case c = case_of(14, nodes, 7, edges, 14, nodes);
    assert_refused(place(&c, NULL, NULL), FR_EINPUT, "7 parts");
    assert_non_null(strstr(fr_last_error(), "the part of node 8"));
    assert_non_null(strstr(fr_last_error(), ", ..."));
    finish(&c);
}

static void too_little_to_fit(void **state)
{
    (void)state;
    double samples[3][2] = {{12.1, 50}, {12, 50.1}, {11.9, 50}};
    place_case c = case_of(4, path_nodes, 3, path_edges, 3, samples);
    assert_refused(place(&c, NULL, NULL), FR_EINPUT,
                   "all 3 samples are assigned to one node (number 2, at 12 50)");
    const bool none[3] = {false, false, false};
    assert_refused(place(&c, none, NULL), FR_EINPUT, "no sample is left");
    c.graph.n_edges = 0;
    assert_refused(place(&c, NULL, NULL), FR_EINPUT, "4 nodes and no edge");
    finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_and_first_on_ties),
        cmocka_unit_test(unwanted_samples_do_not_count),
        cmocka_unit_test(sphere_and_plane_differ),
        cmocka_unit_test(antimeridian),
        cmocka_unit_test(plane_coordinates),
        cmocka_unit_test(far_samples),
        cmocka_unit_test(isolated_nodes_and_empty_components),
        cmocka_unit_test(components_with_samples),
        cmocka_unit_test(many_components),
        cmocka_unit_test(too_little_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
