/* Projections against PROJ's own values, kept with the definition they were made with. */
#include "support.h"

#include <frugal/geo.h>

#include <jansson.h>
#include <math.h>

static void projections_equal_the_reference(void **state)
{
    (void)state;
    json_t *cases = json_load_file(shared_path("oracles/feems/small_cases.json"), 0, NULL),
           *all = json_object_get(cases, "projections"), *one, *point;
    const char *key;
    size_t k;
    assert_int_equal(json_object_size(all), 6);
    json_object_foreach(all, key, one)
    {
        fr_projection *projection;
        if (fr_projection_new(json_string_value(json_object_get(one, "definition")), -170, -55, 25, 84,
                              &projection) != FR_OK)
            fail_msg("%s", fr_last_error());
        json_array_foreach(json_object_get(one, "points"), k, point)
        {
            double x, y;
            assert_true(fr_project(projection, json_number_value(json_object_get(point, "lon")),
                                   json_number_value(json_object_get(point, "lat")), &x, &y));
            /* 1e-5 m: the formulas of any PROJ version, far below what a map shows. */
            double off = hypot(x - json_number_value(json_object_get(point, "x")),
                               y - json_number_value(json_object_get(point, "y")));
            if (!(off < 1e-5)) fail_msg("%s is %g m off", key, off);
        }
        fr_projection_free(projection);
    }
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(projections_equal_the_reference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
