/* Coordinate and edge lists: separators, headings, comments, and messages that lead to the mistake; distances. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/geo.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *text, fr_points *out)
{
    watch_warnings();
    return fr_points_parse(text, (int64_t)strlen(text), "w.coord", out);
}

/* Two places, (1.5, 2) in line `first` and (-3, 4.25) in line `second`. */
static void expect_two(const char *text, int64_t first, int64_t second)
{
    fr_points points;
    if (parse(text, &points) != FR_OK) fail_msg("%s", fr_last_error());
    assert_int_equal(points.n, 2);
    assert_true(points.x[0] == 1.5 && points.y[0] == 2 && points.x[1] == -3 && points.y[1] == 4.25);
    assert_int_equal(points.line[0], first);
    assert_int_equal(points.line[1], second);
    assert_string_equal(last_warning(), "");
    fr_points_free(&points);
    fr_points_free(&points);
    assert_null(points.x);
}

static void expect_refused(const char *text, const char *message)
{
    fr_points points;
    assert_int_equal(parse(text, &points), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(points.x);
    assert_int_equal(points.n, 0);
}

static void reads_coordinates(void **state)
{
    (void)state;
    expect_two("1.5 2\n-3 4.25\n", 1, 2);
    expect_two("1.5\t2\r\n-3\t4.25\r\n", 1, 2);
    expect_two("1.5,2\n-3, 4.25", 1, 2);
    expect_two("1.5;2\n  -3 ; 4.25  \n", 1, 2);
    expect_two("\xEF\xBB\xBF# places\n\n1.5 2\n  \n# more\n-3 4.25\n\n", 3, 6);
    expect_two("1.500000000000000000e+00 2.000000000000000000e+00\n-3e0 42.5e-1\n", 1, 2);
}

static void takes_a_heading(void **state)
{
    (void)state;
    expect_two("lon lat\n1.5 2\n-3 4.25\n", 2, 3);
    expect_two("# c\nLongitude,Latitude\n1.5 2\n-3 4.25\n", 3, 4);
    expect_two("\"long\";\"lat\"\r\n1.5;2\r\n-3;4.25\r\n", 2, 3);
    expect_refused("lat lon\n2 1.5\n", "w.coord:1: latitude comes first; expected longitude, then latitude");
    expect_refused("east north\n1 2\n",
                   "w.coord:1: column 1: expected a finite number (longitude), found 'east'");
    expect_refused("1 2\nlon lat\n",
                   "w.coord:2: column 1: expected a finite number (longitude), found 'lon'");
    expect_refused("lon lat\n", "w.coord: no places, only blank lines, comments or a heading");
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    expect_refused("", "w.coord: the file is empty");
    expect_refused("# c\n\n", "w.coord: no places, only blank lines, comments or a heading");
    expect_refused("1 2\n3\n", "w.coord:2: expected two numbers (longitude latitude), found 1 columns");
    expect_refused("1 2 3\n", "w.coord:1: expected two numbers (longitude latitude), found 3 columns");
    expect_refused("1,5 2,5\n",
                   "w.coord:1: expected two numbers (longitude latitude), found 4 columns; decimals "
                   "are written with a point, not a comma");
    expect_refused("1 nan\n", "w.coord:1: column 2: expected a finite number (latitude), found 'nan'");
    expect_refused("1 2\n\n3 1e999\n",
                   "w.coord:3: column 2: expected a finite number (latitude), found '1e999'");
    expect_refused("1 62N\n", "w.coord:1: column 2: expected a finite number (latitude), found '62N'");
}

static void warns_of_swapped_columns(void **state)
{
    (void)state;
    fr_points points;
    assert_int_equal(parse("60 -120\n61 30\n", &points), FR_OK);
    assert_string_equal(last_warning(),
                        "w.coord:1: the latitude -120 lies outside [-90, 90] (1 of 2 lines): are longitude "
                        "and latitude swapped?");
    fr_points_free(&points);
    assert_int_equal(parse("160 20\n161 95\n", &points), FR_OK);
    assert_string_equal(last_warning(), "w.coord:2: the latitude 95 lies outside [-90, 90] (1 of 2 lines)");
    fr_points_free(&points);
}

static void reads_edges(void **state)
{
    (void)state;
    fr_edge_list edges;
    const char *text = "1 2\r\n# c\n\n4,3\r\n";
    assert_int_equal(fr_edge_list_parse(text, (int64_t)strlen(text), "w.edges", &edges), FR_OK);
    assert_int_equal(edges.n, 2);
    assert_true(edges.i[0] == 0 && edges.j[0] == 1 && edges.i[1] == 3 && edges.j[1] == 2);
    assert_int_equal(edges.line[1], 4);
    fr_edge_list_free(&edges);
    static const char *const bad[][2] = {
        {"0 1\n", "w.edges:1: column 1: expected a node number (1, 2, ...), found '0'"},
        {"1 2\n1 2.5\n", "w.edges:2: column 2: expected a node number (1, 2, ...), found '2.5'"},
        {"1 -2\n", "w.edges:1: column 2: expected a node number (1, 2, ...), found '-2'"},
        {"1 2 0.5\n", "w.edges:1: expected two node numbers, found 3 columns"},
        {"\n# c\n", "w.edges: no edges, only blank lines or comments"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(fr_edge_list_parse(bad[k][0], (int64_t)strlen(bad[k][0]), "w.edges", &edges),
                         FR_EINPUT);
        assert_string_equal(fr_last_error(), bad[k][1]);
        assert_null(edges.i);
    }
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    double x[] = {0.1, -179.99999999999997, 12}, y[] = {1.0 / 3, -0.5, 90};
    int64_t i[] = {0, 1}, j[] = {1, 2};
    fr_points points = {.n = 3, .x = x, .y = y}, back;
    fr_edge_list edges = {.n = 2, .i = i, .j = j}, edges_back;
    char *path;
    if (asprintf(&path, "%s/w", scratch_folder()) < 0) abort();
    assert_int_equal(fr_points_write(path, &points), FR_OK);
    assert_int_equal(fr_points_read(path, &back), FR_OK);
    assert_int_equal(back.n, 3);
    assert_memory_equal(back.x, x, sizeof x);
    assert_memory_equal(back.y, y, sizeof y);
    assert_int_equal(fr_edge_list_write(path, &edges), FR_OK);
    assert_int_equal(fr_edge_list_read(path, &edges_back), FR_OK);
    assert_memory_equal(edges_back.i, i, sizeof i);
    assert_memory_equal(edges_back.j, j, sizeof j);
    fr_points_free(&back);
    fr_edge_list_free(&edges_back);
    free(path);
    assert_int_equal(fr_points_read("/nonexistent/w.coord", &back), FR_EIO);
    assert_int_equal(fr_points_write("/nonexistent/w.coord", &points), FR_EIO);
}

static void measures_great_circles(void **state)
{
    (void)state;
    /* Quarter and half circles are exact to rounding; of a metre, the rounding of latitudes in radians leaves nanometres. */
    assert_close(fr_great_circle(0, 0, 90, 0), FR_EARTH_RADIUS_M * M_PI / 2, 1e-15);
    assert_close(fr_great_circle(10, 20, -170, -20), FR_EARTH_RADIUS_M * M_PI, 1e-15);
    assert_close(fr_great_circle(179.5, 0, -179.5, 0), FR_EARTH_RADIUS_M * M_PI / 180, 1e-12);
    assert_close(fr_great_circle(30, 60, 30, 60 + 1e-5), FR_EARTH_RADIUS_M * M_PI / 180e5, 5e-9);
    assert_true(fr_great_circle(12, 34, 12, 34) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_coordinates),
        cmocka_unit_test(takes_a_heading),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(warns_of_swapped_columns),
        cmocka_unit_test(reads_edges),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(measures_great_circles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
