/* Bicycle rentals predicted from those at other stations: the experiment tcp-bike against the numbers of an independent computation
 * with exact sets, and its reading of the counts. */
#include "support.h"

#include <reproduce/tcp.h>

#include <frugal/data.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reproduce(const char *folder, int64_t trials, reproduce_comparison *out)
{
    reproduce_settings settings;
    reproduce_settings_default(&settings);
    settings.data = folder;
    settings.trials = trials;
    *out = (reproduce_comparison){0};
    assert_ok(reproduce_tcp_bike.run(&settings, NULL, out));
}

static double obtained(const reproduce_comparison *comparison, const char *table, int method, int quantity)
{
    const reproduce_row *row =
        reproduce_find_row(comparison, table, tcp_method[method], tcp_quantity[quantity]);
    assert_non_null(row);
    return row->obtained;
}

/* Widths were given with two or three digits behind the point. Where a random half decides: four standard errors, the spread being
 * estimated from a few trials. */
static void rentals(void **state)
{
    (void)state;
    enum { judged_last_day = 3 * 3 + 2, judged_random_day = 1 + TCP_METHODS };
    reproduce_comparison comparison;
    char *folder = strdup(shared_path("data/conformal"));
    reproduce(folder, 4, &comparison);
    assert_near(obtained(&comparison, "last day", TCP_MAX, TCP_WIDTH), 12.058, 1e-2);
    assert_near(obtained(&comparison, "last day", TCP_MAX, TCP_TRIAL), 37.190, 1e-2);
    assert_near(obtained(&comparison, "last day", TCP_MAX, TCP_COVERAGE), 91.0 / 107, 1e-12);
    assert_near(obtained(&comparison, "last day", TCP_RIDGE, TCP_WIDTH), 12.06, 1e-2);
    assert_near(obtained(&comparison, "last day", TCP_RIDGE, TCP_TRIAL), 22.19, 1e-2);
    assert_near(obtained(&comparison, "last day", TCP_RIDGE, TCP_COVERAGE), 91.0 / 107, 1e-12);
    assert_int_equal(comparison.n, 2 * (3 * 3 + 2));
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_DIFFERS), 0);
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_AGREES), judged_last_day + judged_random_day);
    for (int64_t k = 0; k < comparison.n; k++) {
        const reproduce_row *row = &comparison.rows[k];
        assert_true(isfinite(row->reported));
        if (strcmp(row->table, "last day") == 0 && strncmp(row->setting, "Split", 5) != 0)
            assert_near(row->obtained_error, 0, 0); /* nothing random */
        if (strcmp(row->table, "random day") == 0 && strcmp(row->quantity, tcp_quantity[TCP_COVERAGE]) == 0)
            assert_close(row->expected, strcmp(row->setting, "Split") == 0 ? 43.0 / 47 : 84.0 / 93, 1e-15);
    }
    reproduce_comparison_free(&comparison);
    free(folder);
}

/* ---- the counts ------------------------------------------------------------------------------------------------------------ */

/* A file of `days` days: three stations with counts below 10, `factor` times; and one without any rentals. */
static const char *write_counts(int days, int factor, bool with_dead)
{
    char *path = strdup(scratch_file("bike_93x108.csv"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "date,a%s,b,c\n", with_dead ? ",dead" : "");
    for (int day = 0; day < days; day++)
        fprintf(file, "d%d,%d%s,%d,%d\n", day, factor * (7 * day % 10), with_dead ? ",0" : "",
                factor * (day * day % 9), factor * ((3 * day + 5) % 8));
    fclose(file);
    free(path);
    return scratch_folder();
}

/* A dead station changes nothing; widths are in rentals: ten times the counts have ten times the widths. */
static void dead_stations_and_units(void **state)
{
    (void)state;
    reproduce_comparison with, without, tenfold;
    reproduce(write_counts(24, 1, true), 2, &with);
    reproduce(write_counts(24, 1, false), 2, &without);
    reproduce(write_counts(24, 10, false), 2, &tenfold);
    for (int64_t k = 0; k < with.n; k++) {
        double scale = strcmp(with.rows[k].quantity, "coverage") == 0 ? 1 : 10;
        assert_true(isfinite(with.rows[k].obtained));
        assert_near(with.rows[k].obtained, without.rows[k].obtained, 0);
        assert_close(tenfold.rows[k].obtained, scale * with.rows[k].obtained, 1e-9);
    }
    reproduce_comparison_free(&with);
    reproduce_comparison_free(&without);
    reproduce_comparison_free(&tenfold);
}

/* The range that MaxTrim searches is twice the largest deviation of a station from its mean on the days before the last. */
static void range_of_the_responses(void **state)
{
    (void)state;
    enum { days = 24 };
    reproduce_comparison comparison;
    reproduce(write_counts(days, 1, false), 2, &comparison);
    double expected = 0;
    for (int station = 0; station < 3; station++) {
        double count[days], mean = 0, most = 0;
        for (int day = 0; day < days; day++) {
            count[day] = station == 0 ? 7 * day % 10 : station == 1 ? day * day % 9 : (3 * day + 5) % 8;
            mean += count[day] / days;
        }
        for (int day = 0; day < days - 1; day++)
            most = fmax(most, fabs(count[day] - mean));
        expected += 2 * most / 3;
    }
    assert_close(obtained(&comparison, "last day", TCP_MAX, TCP_TRIAL), expected, 1e-12);
    reproduce_comparison_free(&comparison);
}

static const char *write_text(const char *text)
{
    char *path = strdup(scratch_file("bike_93x108.csv"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
    return scratch_folder();
}

static void bad_counts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"date,a,b\nd1,1,2\nd2,2,1\nd3,3,x\n", "found 'x'"},
        {"date,a,b\nd1,1,2\nd2,2,1\nd3,nan,3\n", "a finite number"},
        {"date,a,b\nd1,1,2\nd2,2,1\nd3,3,3\n",
         "expected 19 days and 2 stations with changing counts or more, found 3 and 2"},
        {"date,a,b\nd1,1,2\nd2,2,2\nd3,3,2\n", "found 3 and 1"},
    };
    reproduce_settings settings;
    reproduce_comparison comparison = {0};
    reproduce_settings_default(&settings);
    settings.trials = 2;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        settings.data = write_text(cases[k].text);
        assert_refused(reproduce_tcp_bike.run(&settings, NULL, &comparison), FR_EINPUT, cases[k].message);
    }
    settings.data = "/nowhere";
    assert_refused(reproduce_tcp_bike.run(&settings, NULL, &comparison), FR_EINPUT,
                   "/nowhere/bike_93x108.csv is missing");
    settings.data = NULL;
    assert_refused(reproduce_tcp_bike.run(&settings, NULL, &comparison), FR_EUSAGE, "--data DIR is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rentals),
        cmocka_unit_test(dead_stations_and_units),
        cmocka_unit_test(range_of_the_responses),
        cmocka_unit_test(bad_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
