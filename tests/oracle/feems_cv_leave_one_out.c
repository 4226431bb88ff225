/* Leave-one-out cross-validation of the wolves on 307 nodes: the published choice of lambda, means, and single folds under
 * the reference's stop rule. Errors are near 0.3; tolerances are absolute. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { n_observed = 78, n_lambdas = 8 };

/* The eight largest of 20 values from 1e2 to 1e-6; index 4 is 2.06913808. */
static void fill_lambdas(double lambdas[n_lambdas])
{
    for (int k = 0; k < n_lambdas; k++)
        lambdas[k] = pow(10, 2 - 8.0 * k / 19);
}

static void means_and_choice(void **state)
{
    (void)state;
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    double lambdas[n_lambdas];
    fill_lambdas(lambdas);
    fr_feems_cv_settings settings;
    fr_feems_cv_settings_default(&settings);
    settings.n_lambdas = n_lambdas;
    settings.lambdas = lambdas;
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&wolves.data, &settings, &result));
    assert_int_equal(result.n_folds, n_observed);
    const double expected[n_lambdas] = {0.328389, 0.327644, 0.326866, 0.326303,
                                        0.326273, 0.326677, 0.326778, 0.326927};
    for (int k = 0; k < n_lambdas; k++) /* the reference's own stop rule moves means by 1.1e-5 and 5.5e-5 */
        assert_near(result.mean[k], expected[k], k <= 4 ? 3e-5 : 3e-4);
    assert_close(result.lambdas[result.best], 2.06913808, 1e-8);
    fr_feems_cv_result_free(&result);
    feems_input_free(&wolves);
}

/* With the reference's stop rule single folds repeat: the path of the optimiser is the same until rounding, which grows along
 * it, tells two linear algebras apart (1e-12 at first, 4e-11 at lambda 2; below lambda 0.5 some folds end elsewhere). */
static void single_folds(void **state)
{
    (void)state;
    enum { few = 5 };
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    json_t *json = oracle_json("wolves250.json");
    double lambdas[n_lambdas];
    fill_lambdas(lambdas);
    fr_feems_cv_settings settings;
    fr_feems_cv_settings_default(&settings);
    settings.fit = oracle_settings(json, 1);
    settings.fit.factr = 1e8;
    settings.n_lambdas = few;
    settings.lambdas = lambdas;
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&wolves.data, &settings, &result));
    const char *column[few] = {"100", "37.92690191", "14.38449888", "5.455594781", "2.069138081"};
    for (int k = 0; k < few; k++) {
        double *expected = oracle_column("wolves250_loo.csv", column[k], n_observed);
        for (int h = 0; h < n_observed; h++)
            assert_near(result.error[k * n_observed + h], expected[h], 1e-9);
        free(expected);
    }
    fr_feems_cv_result_free(&result);
    json_decref(json);
    feems_input_free(&wolves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_choice),
        cmocka_unit_test(single_folds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
