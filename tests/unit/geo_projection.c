/* Named projections: their captions, what "auto" chooses, equal areas, and what is refused. */
#include "support.h"

#include <frugal/geo.h>

#include <math.h>
#include <string.h>

static fr_projection *make(const char *name, double lon0, double lon1, double lat0, double lat1)
{
    fr_projection *projection;
    if (fr_projection_new(name, lon0, lon1, lat0, lat1, &projection) != FR_OK)
        fail_msg("%s", fr_last_error());
    return projection;
}

static void expect_name(const char *name, double lon0, double lon1, double lat0, double lat1,
                        const char *caption)
{
    fr_projection *projection = make(name, lon0, lon1, lat0, lat1);
    double x, y;
    assert_string_equal(fr_projection_name(projection), caption);
    assert_true(fr_project(projection, (lon0 + lon1) / 2, (lat0 + lat1) / 2, &x, &y));
    assert_true(fr_project(projection, lon0 + 0.1, lat0 + 0.1, &x, &y));
    fr_projection_free(projection);
}

static void captions_name_the_parameters(void **state)
{
    (void)state;
    expect_name("equidistant-conic", -170, -55, 25, 84,
                "equidistant conic, centre 112.5 W 54.5 N, standard parallels 34.8 N and 74.2 N");
    expect_name("albers", 10, 20, 40, 52,
                "Albers equal-area conic, centre 15 E 46 N, standard parallels 42 N and 50 N");
    expect_name("azimuthal-equidistant", -10, 10, -50, -30, "azimuthal equidistant, centre 0 40 S");
    expect_name("lambert-azimuthal", -10, 10, -50, -30, "Lambert azimuthal equal-area, centre 0 40 S");
    expect_name("mollweide", 0, 20, 0, 20, "Mollweide, central meridian 10 E");
    expect_name("mercator", 170, 190, 0, 20, "Mercator, central meridian 180");
    expect_name("mercator", 170, -170, 0, 20, "Mercator, central meridian 180");
    expect_name("plane", 0, 2000, 0, 300, "plane coordinates");
    expect_name("+proj=sinu +R=6371007.2", 0, 10, 0, 10, "+proj=sinu +R=6371007.2");
}

static void automatic_choice_suits_the_box(void **state)
{
    (void)state;
    expect_name("auto", -170, -55, 25, 84, "Lambert azimuthal equal-area, centre 112.5 W 54.5 N");
    expect_name("auto", -10, 40, 36, 60,
                "Albers equal-area conic, centre 15 E 48 N, standard parallels 40 N and 56 N");
    expect_name("auto", 10, 12, 45, 50, "Lambert azimuthal equal-area, centre 11 E 47.5 N");
    expect_name("auto", 90, 140, -10, 10,
                "cylindrical equal-area, central meridian 115 E, standard parallel 5 N");
    expect_name("auto", -180, 180, -60, 84, "Equal Earth, central meridian 0");
    expect_name("auto", -180, 180, 50, 90, "Lambert azimuthal equal-area, centre 0 90 N");
    expect_name("auto", 0, 360, -90, -60, "Lambert azimuthal equal-area, centre 180 90 S");
}

/* A cell of a hundredth of a degree keeps its area wherever it lies: R^2 cos(lat) d^2, up to second order in d. */
static void automatic_choices_keep_areas(void **state)
{
    (void)state;
    static const double boxes[][4] = {{-170, -55, 25, 84},  {-10, 40, 36, 60},   {90, 140, -10, 10},
                                      {-180, 180, -60, 84}, {-180, 180, 50, 90}, {0, 1, 0, 1}};
    for (size_t b = 0; b < sizeof boxes / sizeof *boxes; b++) {
        const double *box = boxes[b], d = 0.01;
        fr_projection *projection = make("auto", box[0], box[1], box[2], box[3]);
        for (int k = 1; k < 25; k++) {
            double lon = box[0] + (box[1] - box[0]) * (k % 5 + 0.5) / 5.5,
                   lat = box[2] + (box[3] - box[2]) * k / 26.0;
            double x[4], y[4];
            for (int corner = 0; corner < 4; corner++)
                assert_true(fr_project(projection, lon + (corner == 1 || corner == 2 ? d : 0),
                                       lat + (corner >= 2 ? d : 0), &x[corner], &y[corner]));
            double area = ((x[2] - x[0]) * (y[3] - y[1]) - (x[3] - x[1]) * (y[2] - y[0])) / 2;
            double on_sphere = FR_EARTH_RADIUS_M * FR_EARTH_RADIUS_M * d * M_PI / 180 *
                               (sin((lat + d) * M_PI / 180) - sin(lat * M_PI / 180));
            assert_close(fabs(area), on_sphere, 1e-5);
        }
        fr_projection_free(projection);
    }
}

static void longitudes_are_modulo_a_turn(void **state)
{
    (void)state;
    fr_projection *projection = make("auto", 170, 200, 50, 70);
    double x1, y1, x2, y2;
    assert_true(fr_project(projection, 190, 60, &x1, &y1));
    assert_true(fr_project(projection, -170, 60, &x2, &y2));
    assert_true(hypot(x1 - x2, y1 - y2) < 1e-6);
    fr_projection_free(projection);
}

static void some_places_have_no_image(void **state)
{
    (void)state;
    double x, y;
    fr_projection *projection = make("mercator", 0, 10, 0, 10);
    assert_false(fr_project(projection, 0, 90, &x, &y));
    assert_false(fr_project(projection, 0, 91, &x, &y));
    assert_false(fr_project(projection, NAN, 0, &x, &y));
    assert_true(fr_project(projection, 5, 5, &x, &y)); /* a failure leaves no trace */
    fr_projection_free(projection);
    projection = make("+proj=ortho +R=1000", 0, 10, 0, 10);
    assert_false(fr_project(projection, 170, 0, &x, &y));
    assert_true(fr_project(projection, 90, 0, &x, &y));
    assert_close(x, 1000, 1e-12);
    fr_projection_free(projection);
    projection = make("plane", 0, 0, 0, 0);
    assert_true(fr_project(projection, 123, 4567, &x, &y));
    assert_true(x == 123 && y == 4567);
    assert_false(fr_project(projection, NAN, 0, &x, &y));
    fr_projection_free(projection);
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    fr_projection *projection;
    assert_int_equal(fr_projection_new("alberts", 0, 1, 0, 1, &projection), FR_EUSAGE);
    assert_null(projection);
    assert_non_null(strstr(fr_last_error(), "the projection 'alberts' is not known: expected auto, "));
    assert_int_equal(fr_projection_new("albers", 0, 10, -20, 20, &projection), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "not defined for a map that is symmetric about the equator"));
    assert_int_equal(fr_projection_new("auto", 0, 10, 0, 2000, &projection), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "use the projection 'plane'"));
    assert_int_equal(fr_projection_new("+proj=nosuch", 0, 10, 0, 20, &projection), FR_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captions_name_the_parameters), cmocka_unit_test(automatic_choice_suits_the_box),
        cmocka_unit_test(automatic_choices_keep_areas), cmocka_unit_test(longitudes_are_modulo_a_turn),
        cmocka_unit_test(some_places_have_no_image),    cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
