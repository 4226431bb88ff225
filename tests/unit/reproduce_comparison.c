/* Comparisons of reproduced experiments: means with standard errors, verdicts, the table written and read back. */
#include "support.h"

#include <reproduce/reproduce.h>

#include <frugal/data.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static void means(void **state)
{
    (void)state;
    const double values[] = {1, 9, 2, 9, 3, 9, 6, 9};
    double mean, error;
    reproduce_mean(values, 4, 2, &mean, &error);
    assert_near(mean, 3, 0);
    assert_close(error, sqrt(14.0 / 3 / 4), 1e-15);
    const double same[] = {0.1, 0.1, 0.1};
    reproduce_mean(same, 3, 1, &mean, &error);
    assert_true(mean == 0.1 && error == 0);
    reproduce_mean(values, 1, 1, &mean, &error);
    assert_true(mean == 1 && isnan(error));
}

static void verdicts(void **state)
{
    (void)state;
    static const struct {
        double reported, expected, obtained, tolerance;
        reproduce_verdict verdict;
    } cases[] = {
        {NAN, 1, 1.25, 0.25, REPRODUCE_AGREES},
        {NAN, 1, 1.5, 0.25, REPRODUCE_DIFFERS},
        {1, NAN, 1.25, 0.25, REPRODUCE_AGREES},
        {1, NAN, 0.5, 0.25, REPRODUCE_DIFFERS},
        {9, 1, 1, 0, REPRODUCE_AGREES},
        {1, 9, 1, 0, REPRODUCE_DIFFERS}, /* expected goes before reported */
        {1, 1, 1, NAN, REPRODUCE_OPEN},
        {NAN, NAN, 1, 1, REPRODUCE_OPEN},
        {NAN, 1, NAN, 1, REPRODUCE_DIFFERS},
    };
    reproduce_comparison comparison = {0};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const reproduce_row row = {.reported = cases[k].reported,
                                   .expected = cases[k].expected,
                                   .obtained = cases[k].obtained,
                                   .tolerance = cases[k].tolerance};
        assert_ok(reproduce_add(&comparison, &row));
        assert_int_equal(comparison.rows[k].verdict, cases[k].verdict);
    }
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_AGREES), 3);
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_DIFFERS), 4);
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_OPEN), 2);
    reproduce_comparison_free(&comparison);
    reproduce_comparison_free(&comparison);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void written_and_read_back(void **state)
{
    (void)state;
    const char *path = scratch_file("comparison.csv");
    reproduce_comparison written = {0}, read;
    for (int k = 0; k < 200; k++) {
        reproduce_row row = {.reported = k % 2 ? NAN : 1.0 / 3,
                             .expected = k % 3 ? 0.1 * k : NAN,
                             .expected_error = NAN,
                             .obtained = 0.1 * k,
                             .obtained_error = k % 5 ? 1e-17 : NAN,
                             .tolerance = 1e-12};
        snprintf(row.table, sizeof row.table, "table %d", k / 100);
        snprintf(row.setting, sizeof row.setting, "a \"quoted\", setting");
        snprintf(row.quantity, sizeof row.quantity, "quantity %d", k);
        assert_ok(reproduce_add(&written, &row));
    }
    assert_ok(reproduce_write(&written, path));
    assert_ok(reproduce_read(path, &read));
    assert_int_equal(read.n, written.n);
    for (int64_t k = 0; k < read.n; k++) {
        const reproduce_row *a = &written.rows[k], *b = &read.rows[k];
        assert_string_equal(a->table, b->table);
        assert_string_equal(a->setting, b->setting);
        assert_string_equal(a->quantity, b->quantity);
        assert_true(same(a->reported, b->reported) && same(a->expected, b->expected));
        assert_true(same(a->obtained, b->obtained) && same(a->obtained_error, b->obtained_error));
        assert_true(same(a->tolerance, b->tolerance) && isnan(b->expected_error));
        assert_int_equal(a->verdict, b->verdict);
    }
    const reproduce_row *found =
        reproduce_find_row(&read, "table 1", "a \"quoted\", setting", "quantity 150");
    assert_ptr_equal(found, &read.rows[150]);
    assert_null(reproduce_find_row(&read, "table 0", "a \"quoted\", setting", "quantity 150"));
    reproduce_comparison_free(&read);
    reproduce_comparison_free(&written);
}

static void bad_tables(void **state)
{
    (void)state;
    const char *path = scratch_file("bad.csv"), *two = "a,b\n1,2\n";
    const char *word =
        "table,setting,quantity,reported,expected,expected_error,obtained,obtained_error,tolerance,"
        "verdict\nA,q,recall,,one,,1,,,agrees\n";
    reproduce_comparison read;
    assert_ok(fr_file_write(path, two, (int64_t)strlen(two)));
    assert_refused(reproduce_read(path, &read), FR_EINPUT, "expected 10 columns, found 2");
    assert_ok(fr_file_write(path, word, (int64_t)strlen(word)));
    assert_refused(reproduce_read(path, &read), FR_EINPUT, "one");
    assert_int_equal(read.n, 0);
}

static void experiments(void **state)
{
    (void)state;
    int64_t n = 0;
    for (const reproduce_experiment *const *found = reproduce_experiments; *found != NULL; found++, n++) {
        assert_ptr_equal(reproduce_find((*found)->name), *found);
        assert_non_null((*found)->options);
        assert_true((*found)->needs == NULL || (*found)->find_inputs != NULL);
        assert_non_null((*found)->figures[0].stem);
    }
    assert_true(n >= 2);
    assert_null(reproduce_find("nothing"));
    assert_non_null(strstr(fr_last_error(), "cluster-model, cluster-f1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means),      cmocka_unit_test(verdicts),    cmocka_unit_test(written_and_read_back),
        cmocka_unit_test(bad_tables), cmocka_unit_test(experiments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
