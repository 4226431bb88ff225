/* Outlines: rings of a text file, rings that cross themselves, inside and outside, the antimeridian and the poles. */
#include "support.h"

#include <frugal/geo.h>

#include "data/region.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fr_polygons parse(const char *text)
{
    fr_polygons polygons;
    watch_warnings();
    if (fr_polygons_parse(text, (int64_t)strlen(text), "w.outer", &polygons) != FR_OK)
        fail_msg("%s", fr_last_error());
    return polygons;
}

static void expect_refused(const char *text, const char *message)
{
    fr_polygons polygons;
    assert_int_equal(fr_polygons_parse(text, (int64_t)strlen(text), "w.outer", &polygons), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(polygons.x);
}

/* "4 3": how many points the rings have. */
static void expect_rings(const char *text, const char *sizes)
{
    fr_polygons polygons = parse(text);
    char found[128] = "";
    for (int64_t r = 0; r < polygons.n_rings; r++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%d", r > 0 ? " " : "",
                 (int)(polygons.start[r + 1] - polygons.start[r]));
    assert_string_equal(found, sizes);
    fr_polygons_free(&polygons);
    fr_polygons_free(&polygons);
}

#define SQUARE "0 0\n10 0\n10 10\n0 10\n"
#define HOLE   "2 2\n2 8\n8 8\n8 2\n"

static void reads_rings(void **state)
{
    (void)state;
    expect_rings(SQUARE, "4");
    expect_rings(SQUARE "0 0\n", "4");
    expect_rings("lon,lat\r\n0,0\r\n10,0\r\n10,0\r\n10,10\r\n", "3");
    expect_rings("\n\n# c\n\n" SQUARE "\n" HOLE "\n\n", "4 4");
    expect_rings(SQUARE "0 0\n\n\n" HOLE "2 2\n", "4 4");
    expect_rings(SQUARE "A\n" HOLE, "4 4");
    expect_rings(SQUARE "NA NA\n" HOLE, "4 4");
    expect_rings("a\n" SQUARE "# c\nb\n" HOLE "c\n", "4 4");
}

static void skips_blank_lines_that_separate_nothing(void **state)
{
    (void)state;
    expect_rings("0 0\n\n10 0\n\n10 10\n\n0 10\n", "4"); /* every other line is blank */
    expect_rings("0 0\n10 0\n10 10\n\n5 20\n0 10\n-5 5\n0 0\n",
                 "6");                               /* comes back to its start after the blank */
    expect_rings("0 0\n10 0\n\n10 10\n0 10\n", "4"); /* two points are no ring */
    expect_rings("0 0\n1 0\n1 1\n\n5 5\n6 5\n6 6\n", "3 3");
}

static void refuses_what_is_no_outline(void **state)
{
    (void)state;
    expect_refused("0 0\n10 10\n10 0\n0 10\n", "w.outer: ring 1 crosses or overlaps itself at 5 5");
    expect_refused(SQUARE "A\n0 0\n10 10\n10 0\n1 9\n", "w.outer: ring 2 crosses or overlaps itself at 5 5");
    expect_refused("0 0\n10 0\n", "w.outer: ring 1 has 2 different points; a ring needs at least 3");
    expect_refused("0 0\n1 1\n0 0\n0 0\n", "w.outer: ring 1 has 2 different points; a ring needs at least 3");
    expect_refused("0 0\n1 inf\n", "w.outer:2: column 2: expected a finite number (latitude), found 'inf'");
    expect_refused(
        "0 0\n1e12 1\n0 1\n",
        "w.outer: point 2 of ring 1 (1e+12 1) is no place: a coordinate is not finite or beyond 1e9");
    expect_refused("A\n\n#\n", "w.outer: no outline, only blank lines, comments or separators");
    expect_refused("", "w.outer: the file is empty");
    expect_rings("0 0\n5 5\n10 0\n10 10\n5 5\n0 10\n", "6"); /* touching itself in a point is no crossing */
}

static bool same_answers(const fr_polygons *polygons, const fr_region *region, double x, double y)
{
    double turned = x;
    return fr_polygons_contain(polygons, x, y) == fr_region_holds(region, &turned, y);
}

static void tells_inside_from_outside(void **state)
{
    (void)state;
    fr_polygons p = parse(SQUARE "A\n" HOLE);
    static const struct {
        double x, y;
        bool inside;
    } places[] = {{1, 1, true},   {5, 5, false},  {0, 0, true},    {10, 10, true},    {5, 0, true},
                  {0, 5, true},   {10, 5, true},  {2, 5, true},    {5, 8, true},      {8, 8, true},
                  {11, 5, false}, {-1, 0, false}, {-1, 10, false}, {5, -1e-9, false}, {9, 2, true},
                  {1, 8, true},   {5, 11, false}, {361, 1, true}};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        if (fr_polygons_contain(&p, places[k].x, places[k].y) != places[k].inside)
            fail_msg("%g %g", places[k].x, places[k].y);
    assert_false(fr_polygons_contain(&p, NAN, 1));
    assert_false(fr_polygons_contain(&p, 1, NAN));
    assert_false(fr_polygons_contain(&p, -1e300, 1));
    double x0, x1, y0, y1;
    fr_polygons_box(&p, &x0, &x1, &y0, &y1);
    assert_true(x0 == 0 && x1 == 10 && y0 == 0 && y1 == 10);
    fr_polygons_free(&p);
    p = (fr_polygons){0};
    assert_false(fr_polygons_contain(&p, 0, 0));
}

/* Points of an edge that is not parallel to an axis are inside though they are rounded. */
static void the_boundary_is_inside(void **state)
{
    (void)state;
    fr_polygons p = parse("0 0\n7 3\n4 9\n");
    for (int k = 0; k <= 100; k++) {
        double t = k / 100.0;
        assert_true(fr_polygons_contain(&p, 7 * t, 3 * t));
        assert_true(fr_polygons_contain(&p, 7 - 3 * t, 3 + 6 * t));
        assert_true(fr_polygons_contain(&p, 4 - 4 * t, 9 - 9 * t));
        assert_false(fr_polygons_contain(&p, 7 * t, 3 * t - 1e-9));
    }
    fr_polygons_free(&p);
}

/* A star with many edges, level ones among them: the bands answer as the plain walk over all edges does. */
static void bands_answer_as_all_edges_do(void **state)
{
    (void)state;
    enum { n = 1500 };
    static double x[n], y[n];
    int64_t start[] = {0, n};
    fr_polygons star = {1, start, x, y};
    for (int k = 0; k < n; k++) {
        double radius = k % 2 == 0 ? 40 : 30 + 5 * sin(k), angle = 2 * M_PI * k / n;
        x[k] = radius * cos(angle);
        y[k] = round(radius * sin(angle));
    }
    fr_region *region;
    assert_int_equal(fr_region_new(&star, &region), FR_OK);
    assert_true(fr_region_in_degrees(region));
    int inside = 0;
    for (int k = 0; k < 20000; k++) {
        double px = 100 * fr_random_uniform(1, 0, (uint64_t)k) - 50,
               py = 100 * fr_random_uniform(1, 1, (uint64_t)k) - 50;
        if (k % 4 == 0) py = round(py);
        if (k % 8 == 0) px = x[k % n], py = y[k % n];
        assert_true(same_answers(&star, region, px, py));
        inside += fr_polygons_contain(&star, px, py);
    }
    assert_in_range(inside, 5000, 15000);
    fr_region_free(region);
}

static void expect_range(const char *text, double x0, double x1, double y0, double y1)
{
    fr_polygons p = parse(text), again;
    double box[4];
    fr_polygons_box(&p, &box[0], &box[1], &box[2], &box[3]);
    double expected[4] = {x0, x1, y0, y1};
    for (int k = 0; k < 4; k++)
        if (box[k] != expected[k]) fail_msg("%s: %g %g %g %g", text, box[0], box[1], box[2], box[3]);
    fr_region *region; /* which makes longitudes continuous again: nothing must change */
    assert_int_equal(fr_region_new(&p, &region), FR_OK);
    again = *fr_region_polygons(region);
    assert_int_equal(again.start[again.n_rings], p.start[p.n_rings]);
    assert_memory_equal(again.x, p.x, (size_t)p.start[p.n_rings] * sizeof *p.x);
    fr_region_free(region);
    fr_polygons_free(&p);
}

static void makes_longitudes_continuous(void **state)
{
    (void)state;
    expect_range("170 -20\n-170 -20\n-170 -10\n170 -10\n", 170, 190, -20, -10);
    assert_string_equal(
        last_warning(),
        "w.outer: the outline is taken to cross the antimeridian: longitudes run from 170 to 190");
    expect_range("-170 -20\n170 -20\n170 -10\n-170 -10\n", -190, -170, -20, -10);
    expect_range("175 60\n180 62\n-180 62\n-175 60\n-180 50\n180 50\n", 175, 185, 50,
                 62); /* the seam drawn twice */
    expect_range("30 50\n180 50\n180 70\n30 70\nA\n-180 60\n-170 60\n-170 70\n-180 70\n", 30, 190, 50, 70);
    expect_range("190 10\n200 10\n195 20\n", 190, 200, 10, 20);
    assert_string_equal(last_warning(), "");
    expect_range(SQUARE, 0, 10, 0, 10);
    expect_range("100 -5000\n5000 -5000\n5000 1\n100 1\n", 100, 5000, -5000, 1); /* plane coordinates */
    assert_string_equal(last_warning(), "");
}

static void keeps_boxes_around_the_earth(void **state)
{
    (void)state;
    expect_range("-180 -90\n180 -90\n180 90\n-180 90\n", -180, 180, -90, 90);
    expect_range("-180 50\n180 50\n180 80\n-180 80\n", -180, 180, 50, 80);
    expect_range("0 -60\n360 -60\n360 70\n0 70\n", 0, 360, -60, 70);
    expect_range("-180 -60\n0 -60\n180 -60\n180 70\n0 70\n-180 70\n", -180, 180, -60, 70);
    assert_string_equal(last_warning(), "");
}

static void closes_rings_around_a_pole(void **state)
{
    (void)state;
    expect_range("0 70\n90 70\n180 70\n-90 70\n", 0, 360, 70, 90);
    expect_range("0 -60\n120 -65\n-120 -70\n", 0, 360, -90, -60);
    fr_polygons p = parse("0 70\n90 70\n180 70\n-90 70\n");
    assert_true(fr_polygons_contain(&p, -45, 75));
    assert_true(fr_polygons_contain(&p, 123, 89));
    assert_true(fr_polygons_contain(&p, 0, 90));
    assert_false(fr_polygons_contain(&p, -45, 69));
    assert_false(fr_polygons_contain(&p, 45, -75));
    fr_polygons_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rings),
        cmocka_unit_test(skips_blank_lines_that_separate_nothing),
        cmocka_unit_test(refuses_what_is_no_outline),
        cmocka_unit_test(tells_inside_from_outside),
        cmocka_unit_test(the_boundary_is_inside),
        cmocka_unit_test(bands_answer_as_all_edges_do),
        cmocka_unit_test(makes_longitudes_continuous),
        cmocka_unit_test(keeps_boxes_around_the_earth),
        cmocka_unit_test(closes_rings_around_a_pole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
