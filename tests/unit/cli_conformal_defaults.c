/* The defaults that the help of `frugal conformal` shows are those of the library. */
#include "support.h"

#include <cli/command.h>

#include <frugal/conformal.h>

#include <stdlib.h>
#include <string.h>

/* The default of an option of a verb, as a number; a choice gives the index of its word. */
static double shown(const char *verb, const char *name)
{
    const cli_command *command = command_find("conformal", verb);
    assert_non_null(command);
    for (const option_group *const *group = command->groups; *group != NULL; group++)
        for (const cli_option *row = (*group)->options; row->name != NULL; row++) {
            if (strcmp(row->name, name) != 0) continue;
            option_value value = {.option = row, .group = *group};
            assert_non_null(row->fallback);
            assert_int_equal(option_value_set(&value, row->fallback), FR_OK);
            double number = row->type == OPTION_CHOICE    ? (double)value.integer
                            : row->type == OPTION_NUMBERS ? value.numbers[0]
                            : row->type == OPTION_TEXT    ? strtod(row->fallback, NULL)
                                                          : value.number;
            fr_free(value.text);
            fr_free(value.numbers);
            return number;
        }
    fail_msg("frugal conformal %s has no option --%s", verb, name);
    return 0;
}

#define same(verb, name, value) assert_true(shown(verb, name) == (double)(value))

static void test_full(void **state)
{
    (void)state;
    fr_conformal_ridge_settings ridge;
    fr_conformal_lasso_settings lasso;
    fr_conformal_ridge_settings_default(&ridge);
    fr_conformal_lasso_settings_default(&lasso);
    same("full", "rho", ridge.rho);
    same("full", "l2", lasso.ridge);
    same("full", "max-segments", lasso.max_segments);
    assert_false(ridge.intercept);
    assert_false(lasso.intercept);
}

static void test_trimmed(void **state)
{
    (void)state;
    fr_conformal_tcp_settings tcp;
    fr_conformal_tcp_settings_default(&tcp);
    same("tcp", "trim", tcp.trim);
    same("tcp", "sigma", tcp.sigma);
    same("tcp", "l2", tcp.ridge);
    same("tcp", "rho", tcp.rho);
    same("tcp", "max-segments", tcp.max_segments);
    same("tcp", "seed", tcp.seed);
    assert_false(tcp.intercept);
    assert_false(tcp.exact_level);
    assert_false(tcp.hull);
}

static void test_jackknife(void **state)
{
    (void)state;
    fr_conformal_jackknife_settings jackknife;
    fr_conformal_jackknife_settings_default(&jackknife);
    same("jackknife", "variant", jackknife.kind);
    same("jackknife", "model", jackknife.lasso);
    same("jackknife", "rho", jackknife.rho);
    same("jackknife", "folds", jackknife.n_folds);
    same("jackknife", "seed", jackknife.seed);
    assert_true(jackknife.intercept);
}

/* Where the library has a level of its own it is the one that --alpha shows. */
static void test_others(void **state)
{
    static const char *const verbs[] = {"full", "tcp", "split", "jackknife", "cqr", "classify", "online"};
    (void)state;
    fr_conformal_class_settings classes;
    fr_conformal_class_settings_default(&classes);
    same("classify", "score", classes.score);
    assert_false(classes.at_least_one);
    assert_false(classes.by_label);
    for (size_t k = 0; k < sizeof verbs / sizeof verbs[0]; k++)
        same(verbs[k], "alpha", 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_trimmed),
        cmocka_unit_test(test_jackknife),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
