/* Leave-one-out cross-validation of the wolves on the dense grid of the paper: the published choice among its neighbours,
 * and the first node's errors along the path of lambda. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { n_observed = 94 };

static void published_choice(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_100, &wolves);
    const double lambdas[] = {5.455594781, 2.06913808, 0.7847599704};
    fr_feems_cv_settings settings;
    fr_feems_cv_settings_default(&settings);
    settings.n_lambdas = 3;
    settings.lambdas = lambdas;
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&wolves.data, &settings, &result));
    assert_int_equal(result.n_folds, n_observed);
    assert_true(result.lambdas[result.best] == 2.06913808);
    fr_feems_cv_result_free(&result);
    feems_input_free(&wolves);
}

/* Fold 0 holds out the first observed node, as the reference does; the other two folds are there because every node is in
 * one. The file has ten digits. */
static void first_node_held_out(void **state)
{
    (void)state;
    enum { n_folds = 3, n_lambdas = 5, n_rows = 13 };
    feems_input wolves;
    feems_input_load(WOLVES_100, &wolves);
    json_t *json = oracle_json("wolves100.json");
    int64_t fold[n_observed];
    for (int64_t a = 0; a < n_observed; a++)
        fold[a] = a == 0 ? 0 : a < 3 ? 1 : 2;
    double lambdas[n_lambdas],
        *expected = oracle_column("wolves100_loo_firstnode.csv", "error_when_first_observed_node_is_held_out",
                                  n_rows);
    for (int k = 0; k < n_lambdas; k++)
        lambdas[k] = pow(10, 2 - 8.0 * k / 19);
    fr_feems_cv_settings settings;
    fr_feems_cv_settings_default(&settings);
    settings.fit = oracle_settings(json, 1);
    settings.fit.factr = 1e8;
    settings.n_lambdas = n_lambdas;
    settings.lambdas = lambdas;
    settings.n_folds = n_folds;
    settings.fold = fold;
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&wolves.data, &settings, &result));
    for (int k = 0; k < n_lambdas; k++)
        assert_near(result.error[k * n_folds], expected[k], 1e-9);
    fr_feems_cv_result_free(&result);
    free(expected);
    json_decref(json);
    feems_input_free(&wolves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_choice),
        cmocka_unit_test(first_node_held_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
