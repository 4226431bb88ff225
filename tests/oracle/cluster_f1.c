/* Precision, recall, F1 and conductance of local clusters against known groups: the experiment cluster-f1 against the means of
 * an independent computation and, for the flow methods, those that the authors' notebooks printed. */
#include "cluster_cases.h"
#include "support.h"

#include <reproduce/cluster_f1.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every decision of the pushes and sweeps is the reference's, so that means differ by rounding alone. */
static const double rounding = 1e-12;

/* Flow means: the reported numbers were printed by other code; equal sets give equal means up to rounding. */
static const double flow_tolerance = 1e-8;

static void reproduce(const char *graph, bool all_seeds, reproduce_comparison *out)
{
    char *folder = strdup(shared_path("data/localgraph"));
    reproduce_settings settings;
    reproduce_settings_default(&settings);
    settings.data = folder;
    settings.graph = graph;
    settings.all_seeds = all_seeds;
    *out = (reproduce_comparison){0};
    assert_ok(reproduce_cluster_f1.run(&settings, NULL, out));
    free(folder);
}

/* The rows of a table of oracles/localgraph whose column holds this word. */
typedef struct {
    fr_table table;
} reference;

static void reference_read(const char *name, reference *out)
{
    char path[200];
    snprintf(path, sizeof path, "oracles/localgraph/%s", name);
    assert_ok(fr_table_read(shared_path(path), NULL, &out->table));
}

static const char *reference_text(const reference *from, int64_t row, const char *column)
{
    int64_t index;
    assert_ok(fr_table_column(&from->table, column, &index));
    return fr_table_text(&from->table, row, index);
}

static double reference_number(const reference *from, int64_t row, const char *column)
{
    int64_t index;
    double value;
    assert_ok(fr_table_column(&from->table, column, &index));
    assert_ok(fr_table_f64(&from->table, row, index, &value));
    return value;
}

static void check_quantities(const reproduce_comparison *comparison, const char *title, const char *setting,
                             const reference *from, int64_t row, const char *conductance, double tolerance)
{
    const char *const columns[] = {"precision", "recall", "f1", conductance};
    for (int k = 0; k < F1_QUANTITIES; k++) {
        const reproduce_row *found = reproduce_find_row(comparison, title, setting, f1_quantity[k]);
        if (found == NULL) fail_msg("no row %s, %s, %s", title, setting, f1_quantity[k]);
        double expected = reference_number(from, row, columns[k]);
        if (!(fabs(found->obtained - expected) <= tolerance))
            fail_msg("%s, %s, %s: got %.17g, expected %.17g", title, setting, f1_quantity[k], found->obtained,
                     expected);
    }
}

/* All rows of f1_table.csv for a data set; its targets may have a suffix that the tables of the experiment leave out. */
static int64_t check_l1(const reproduce_comparison *comparison, const char *dataset, const char *title,
                        const char *suffix)
{
    reference from;
    int64_t checked = 0;
    reference_read("f1_table.csv", &from);
    for (int64_t row = 0; row < from.table.n_rows; row++) {
        char target[96], setting[160];
        if (strcmp(reference_text(&from, row, "dataset"), dataset) != 0) continue;
        snprintf(target, sizeof target, "%s", reference_text(&from, row, "target"));
        size_t length = strlen(target), tail = strlen(suffix);
        if (length > tail && strcmp(target + length - tail, suffix) == 0) target[length - tail] = '\0';
        bool part = reference_number(&from, row, "nseeds") < reference_number(&from, row, "size");
        snprintf(setting, sizeof setting, "%s, l1 + sweep%s", target, part ? ", first 20" : "");
        check_quantities(comparison, title, setting, &from, row, "sweep_conductance", rounding);
        checked++;
    }
    fr_table_free(&from.table);
    return checked;
}

static void check_flow(const reproduce_comparison *comparison, const char *target, const char *authors_method,
                       const char *method)
{
    reference from;
    bool there = false;
    reference_read("f1_reported_by_authors.csv", &from);
    for (int64_t row = 0; row < from.table.n_rows; row++) {
        char setting[160];
        if (strcmp(reference_text(&from, row, "dataset"), "sfld") != 0 ||
            strcmp(reference_text(&from, row, "target"), target) != 0 ||
            strcmp(reference_text(&from, row, "method"), authors_method) != 0)
            continue;
        snprintf(setting, sizeof setting, "%s, %s", target, method);
        check_quantities(comparison, "SFLD", setting, &from, row, "conductance", flow_tolerance);
        there = true;
    }
    fr_table_free(&from.table);
    assert_true(there);
}

static void check_sfld(void **state)
{
    (void)state;
    reproduce_comparison comparison;
    reproduce("sfld", false, &comparison);
    assert_int_equal(check_l1(&comparison, "sfld", "SFLD", ""), 2);
    check_flow(&comparison, "AMP", "BFS+SL", "BFS + SimpleLocal");
    check_flow(&comparison, "urease.0", "BFS+SL", "BFS + SimpleLocal");
    check_flow(&comparison, "AMP", "L1+SL", "l1 + SimpleLocal");
    check_flow(&comparison, "AMP", "APPR+SL", "ACL + SimpleLocal");
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_AGREES), 8 * F1_QUANTITIES);
    reproduce_comparison_free(&comparison);
}

static void check_ppi(void **state)
{
    (void)state;
    reproduce_comparison comparison;
    reproduce("ppi", false, &comparison);
    assert_int_equal(check_l1(&comparison, "ppi_mips", "PPI", ":1.0"), 19);
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_AGREES), 19 * F1_QUANTITIES);
    reproduce_comparison_free(&comparison);
}

static void check_johnshopkins(void **state)
{
    (void)state;
    reproduce_comparison comparison;
    reference from;
    reproduce("johnshopkins", false, &comparison);
    assert_int_equal(check_l1(&comparison, "JohnsHopkins", "Johns Hopkins", ""), 9);
    reference_read("f1_johnshopkins_strided.csv", &from);
    for (int64_t row = 0; row < from.table.n_rows; row++) {
        char setting[160];
        const char *target = reference_text(&from, row, "target");
        snprintf(setting, sizeof setting, "%s, l1 + sweep, every %s", target,
                 strncmp(target, "year", 4) == 0 ? "10th" : "40th");
        check_quantities(&comparison, "Johns Hopkins", setting, &from, row, "sweep_conductance", rounding);
    }
    assert_int_equal(from.table.n_rows, 7);
    assert_int_equal(reproduce_count(&comparison, REPRODUCE_AGREES), 16 * F1_QUANTITIES);
    fr_table_free(&from.table);
    reproduce_comparison_free(&comparison);
}

/* The numbers that the program carries are those of the reference files. */
static void check_carried_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *dataset, *suffix;
    } named[F1_GRAPHS] = {{"JohnsHopkins", ""}, {"sfld", ""}, {"ppi_mips", ":1.0"}};
    const char *const columns[] = {"precision", "recall", "f1", "sweep_conductance"};
    reference from;
    reference_read("f1_table.csv", &from);
    int64_t checked = 0;
    for (int64_t row = 0; row < from.table.n_rows; row++)
        for (int graph = 0; graph < F1_GRAPHS; graph++) {
            if (strcmp(reference_text(&from, row, "dataset"), named[graph].dataset) != 0) continue;
            for (int64_t k = 0; k < f1_graphs[graph].n_settings; k++) {
                const f1_setting *setting = &f1_graphs[graph].settings[k];
                char target[96];
                snprintf(target, sizeof target, "%s%s", setting->target, named[graph].suffix);
                if (strcmp(target, reference_text(&from, row, "target")) != 0 || setting->method != F1_L1 ||
                    setting->every != 1)
                    continue;
                assert_near(setting->rho_factor, reference_number(&from, row, "rho_factor"), 0);
                for (int q = 0; q < F1_QUANTITIES; q++)
                    assert_near(setting->expected[q], reference_number(&from, row, columns[q]), 0);
                checked++;
            }
        }
    assert_int_equal(checked, 2 + 19 + 9);
    fr_table_free(&from.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_carried_numbers),
        cmocka_unit_test(check_sfld),
        cmocka_unit_test(check_ppi),
        cmocka_unit_test(check_johnshopkins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
