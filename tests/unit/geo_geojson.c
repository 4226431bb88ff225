/* GeoJSON in (outlines and line work, nested in everything it may be nested in) and out. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/geo.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RING(x0, x1)         "[[" #x0 ",0],[" #x1 ",0],[" #x1 ",10],[" #x0 ",10],[" #x0 ",0]]"
#define POLYGON(rings)       "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"
#define FEATURE(geometry)    "{\"type\":\"Feature\",\"properties\":null,\"geometry\":" geometry "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static fr_polygons parse(const char *text)
{
    fr_polygons polygons;
    watch_warnings();
    if (fr_polygons_parse(text, (int64_t)strlen(text), "o.json", &polygons) != FR_OK)
        fail_msg("%s", fr_last_error());
    return polygons;
}

static void expect_rings(const char *text, int64_t n_rings, int64_t n_points)
{
    fr_polygons polygons = parse(text);
    assert_int_equal(polygons.n_rings, n_rings);
    assert_int_equal(polygons.start[n_rings], n_points);
    fr_polygons_free(&polygons);
}

static void expect_refused(const char *text, const char *message)
{
    fr_polygons polygons;
    assert_int_equal(fr_polygons_parse(text, (int64_t)strlen(text), "o.json", &polygons), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(polygons.x);
}

static void reads_polygons_wherever_they_are(void **state)
{
    (void)state;
    expect_rings(POLYGON(RING(0, 10)), 1, 4);
    expect_rings("\xEF\xBB\xBF \r\n" POLYGON(RING(0, 10) "," RING(2, 8)), 2, 8);
    expect_rings("{\"coordinates\":[[" RING(0, 10) "],[" RING(20, 30) "]],\"type\":\"MultiPolygon\"}", 2, 8);
    expect_rings(FEATURE(POLYGON(RING(0, 10))), 1, 4);
    expect_rings(COLLECTION(FEATURE("null") "," FEATURE(POLYGON(RING(0, 10)))), 1, 4);
    expect_rings(FEATURE("{\"type\":\"GeometryCollection\",\"geometries\":[" POLYGON(RING(0, 10)) "," POLYGON(
                     RING(11, 12)) "]}"),
                 2, 8);
    expect_rings("{\"type\":\"Polygon\",\"coordinates\":[[[0,0,5],[1,0,5],[1.5e0,1,5]]]}", 1, 3);
}

static void leaves_out_other_geometries(void **state)
{
    (void)state;
    expect_rings(
        COLLECTION(FEATURE("{\"type\":\"Point\",\"coordinates\":[1,2]}") "," FEATURE(POLYGON(RING(0, 10)))),
        1, 4);
    assert_string_equal(last_warning(),
                        "o.json: 1 geometries that are no polygons (the first: Point) are left out");
    expect_refused(FEATURE("{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}"),
                   "o.json: no polygons, only geometries such as LineString");
    expect_refused(COLLECTION(""), "o.json: no polygons");
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    expect_refused("{\"type\":\n \"Polygon\",}",
                   "o.json:2: column 12: this is not JSON: string or '}' expected near '}'");
    expect_refused("{\"a\":1}", "o.json: expected a GeoJSON object with a member 'type'");
    expect_refused("[1,2]", "o.json: expected a GeoJSON object with a member 'type'");
    expect_refused("{\"type\":\"Topology\"}", "o.json: this is TopoJSON; convert it to GeoJSON");
    expect_refused("{\"type\":\"Circle\"}",
                   "o.json: expected a GeoJSON type such as Polygon or FeatureCollection");
    expect_refused("{\"type\":\"FeatureCollection\"}", "o.json: expected a list named 'features'");
    expect_refused("{\"type\":\"Feature\"}", "o.json: expected a member 'geometry'");
    expect_refused(
        COLLECTION(FEATURE("null") "," FEATURE("{\"type\":\"Polygon\",\"coordinates\":[[[1,\"2\"]]]}")),
        "o.json: feature 2: expected a position [longitude, latitude] of two numbers");
    expect_refused("{\"type\":\"Polygon\",\"coordinates\":[[1,2],[3,4]]}",
                   "o.json: expected a position [longitude, latitude] of two numbers");
    expect_refused("{\"type\":\"Polygon\",\"coordinates\":[[]]}", "o.json: expected a list of positions");
    expect_refused("{\"type\":\"Polygon\",\"coordinates\":7}",
                   "o.json: expected a list of lists of positions");
    expect_refused("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0]]]}",
                   "o.json: ring 1 has 2 different points; a ring needs at least 3");
    expect_refused("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[10,10],[10,0],[0,10]]]}",
                   "o.json: ring 1 crosses or overlaps itself at 5 5");
}

/* Even-odd would make holes of overlaps. */
static void unites_polygons_that_overlap(void **state)
{
    (void)state;
    fr_polygons p = parse(COLLECTION(FEATURE(POLYGON(RING(0, 10))) "," FEATURE(POLYGON(RING(5, 15)))));
    assert_int_equal(p.n_rings, 1);
    assert_true(fr_polygons_contain(&p, 7, 5) && fr_polygons_contain(&p, 2, 5) &&
                fr_polygons_contain(&p, 14, 5));
    assert_false(fr_polygons_contain(&p, 16, 5));
    fr_polygons_free(&p);
    p = parse(
        COLLECTION(FEATURE(POLYGON(RING(0, 10))) "," FEATURE(POLYGON(RING(0, 10))))); /* twice the same */
    assert_true(fr_polygons_contain(&p, 5, 5));
    fr_polygons_free(&p);
    /* A hole stays a hole, an island in it an island. */
    p = parse(
        COLLECTION(FEATURE(POLYGON("[[0,0],[10,0],[10,10],[0,10]],[[1,1],[9,1],[9,9],[1,9]]")) "," FEATURE(
            POLYGON("[[4,4],[6,4],[6,6],[4,6]]"))));
    assert_int_equal(p.n_rings, 3);
    assert_true(fr_polygons_contain(&p, 0.5, 5) && fr_polygons_contain(&p, 5, 5));
    assert_false(fr_polygons_contain(&p, 2, 5));
    fr_polygons_free(&p);
}

static void reads_line_work(void **state)
{
    (void)state;
    fr_lines lines;
    const char *text =
        COLLECTION(FEATURE("{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4],[1,2]]}") "," FEATURE(
            POLYGON(RING(0, 10))) "," FEATURE("{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[3,4]],["
                                              "[5,6],[7,8]]]}"));
    assert_int_equal(fr_lines_parse(text, (int64_t)strlen(text), "c.json", &lines), FR_OK);
    assert_int_equal(lines.n_lines, 4);
    static const int64_t start[] = {0, 3, 7, 9, 11};
    static const bool closed[] = {false, true, false, false};
    assert_memory_equal(lines.start, start, sizeof start);
    assert_memory_equal(lines.closed, closed, sizeof closed);
    assert_true(lines.x[0] == 1 && lines.y[1] == 4 && lines.x[10] == 7);
    fr_lines_free(&lines);
    fr_lines_free(&lines);
    assert_int_equal(fr_lines_parse("1 2\n3 4\n", 8, "c.txt", &lines), FR_EINPUT);
    assert_string_equal(fr_last_error(), "c.txt: neither GeoJSON nor a shapefile (.shp)");
    assert_int_equal(fr_lines_read("/nonexistent.json", &lines), FR_EIO);
}

/* ---- out ---------------------------------------------------------------------------------------------------------------------- */

static char *scratch_path(void)
{
    char *path;
    if (asprintf(&path, "%s/out.geojson", scratch_folder()) < 0) abort();
    unlink(path);
    return path;
}

static void writes_features(void **state)
{
    (void)state;
    char *path = scratch_path();
    fr_geojson *geojson;
    assert_int_equal(fr_geojson_create(path, &geojson), FR_OK);
    fr_geojson_point(geojson, 0.1, -5);
    fr_geojson_i64(geojson, "node", 7);
    fr_geojson_text(geojson, "name", "a \"b\"\n\xC3\xA9");
    fr_geojson_segment(geojson, 1, 2, 3, 4);
    fr_geojson_segment(geojson, 5, 6, 7, 8.5);
    fr_geojson_f64(geojson, "weight", 1.0 / 3);
    fr_geojson_f64(geojson, "none", NAN);
    fr_geojson_text(geojson, "latin1", "\xE9");
    fr_geojson_text(geojson, "nothing", NULL);
    assert_int_not_equal(access(path, F_OK), 0); /* not there before it is whole */
    assert_int_equal(fr_geojson_close(geojson), FR_OK);
    char *bytes;
    int64_t size;
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    assert_string_equal(bytes, "{\"type\": \"FeatureCollection\", \"features\": [\n"
                               "{\"type\": \"Feature\", \"geometry\": {\"type\": \"Point\", \"coordinates\": "
                               "[0.1, -5]}, \"properties\": "
                               "{\"node\": 7, \"name\": \"a \\\"b\\\"\\n\xC3\xA9\"}},\n"
                               "{\"type\": \"Feature\", \"geometry\": {\"type\": \"LineString\", "
                               "\"coordinates\": [[1, 2], [3, 4]]}, "
                               "\"properties\": {}},\n"
                               "{\"type\": \"Feature\", \"geometry\": {\"type\": \"LineString\", "
                               "\"coordinates\": [[5, 6], [7, 8.5]]}, "
                               "\"properties\": {\"weight\": 0.3333333333333333, \"none\": null, \"latin1\": "
                               "\"\xC3\xA9\", \"nothing\": null}}\n"
                               "]}\n");
    fr_free(bytes);
    fr_lines lines;
    assert_int_equal(fr_lines_read(path, &lines), FR_OK);
    assert_int_equal(lines.n_lines, 2);
    fr_lines_free(&lines);
    free(path);
}

static void cuts_segments_at_the_antimeridian(void **state)
{
    (void)state;
    char *path = scratch_path();
    fr_geojson *geojson;
    fr_lines lines;
    assert_int_equal(fr_geojson_create(path, &geojson), FR_OK);
    fr_geojson_segment(geojson, 179, 10, -177, 14);
    fr_geojson_segment(geojson, -180, 1, 179, 2);
    fr_geojson_segment(geojson, 179, 10, 181, 14); /* continuous longitudes are left alone */
    assert_int_equal(fr_geojson_close(geojson), FR_OK);
    assert_int_equal(fr_lines_read(path, &lines), FR_OK);
    static const double x[] = {179, 180, -180, -177, -180, -180, 180, 179, 179, 181};
    static const double y[] = {10, 11, 11, 14, 1, 1, 1, 2, 10, 14};
    assert_int_equal(lines.n_lines, 5);
    assert_int_equal(lines.start[5], 10);
    assert_memory_equal(lines.x, x, sizeof x);
    assert_memory_equal(lines.y, y, sizeof y);
    fr_lines_free(&lines);
    free(path);
}

static void an_empty_collection_is_valid(void **state)
{
    (void)state;
    char *path = scratch_path();
    fr_geojson *geojson;
    assert_int_equal(fr_geojson_create(path, &geojson), FR_OK);
    assert_int_equal(fr_geojson_close(geojson), FR_OK);
    json_t *root = json_load_file(path, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(root, "features")), 0);
    assert_true(json_is_array(json_object_get(root, "features")));
    json_decref(root);
    free(path);
}

static void mistakes_leave_no_file(void **state)
{
    (void)state;
    char *path = scratch_path();
    fr_geojson *geojson;
    assert_int_equal(fr_geojson_create(path, &geojson), FR_OK);
    fr_geojson_point(geojson, INFINITY, 1);
    assert_int_equal(fr_geojson_close(geojson), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "feature 1 has a coordinate that is not finite"));
    assert_int_equal(fr_geojson_create(path, &geojson), FR_OK);
    fr_geojson_i64(geojson, "node", 1);
    assert_int_equal(fr_geojson_close(geojson), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "the property node comes before the first feature"));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(fr_geojson_create("/nonexistent/x.geojson", &geojson), FR_EIO);
    assert_null(geojson);
    assert_int_equal(fr_geojson_close(NULL), FR_OK);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_polygons_wherever_they_are),
        cmocka_unit_test(leaves_out_other_geometries),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(unites_polygons_that_overlap),
        cmocka_unit_test(reads_line_work),
        cmocka_unit_test(writes_features),
        cmocka_unit_test(cuts_segments_at_the_antimeridian),
        cmocka_unit_test(an_empty_collection_is_valid),
        cmocka_unit_test(mistakes_leave_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
