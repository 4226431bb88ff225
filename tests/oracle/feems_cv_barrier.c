/* Leave-one-out cross-validation of the simulated barrier against the authors' package: 95 folds, four lambdas. Errors are
 * near 0.16; tolerances are absolute. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { n_observed = 95, n_lambdas = 4 };

typedef struct {
    feems_input barrier;
    json_t *json;
    double expected[n_lambdas][n_observed]; /* by observed node */
    fr_feems_cv_settings settings;
} barrier_case;

static const double lambdas[n_lambdas] = {100, 10, 1, 0.1};

/* Row k of the reference holds out the node in row k of its list. */
static void case_init(barrier_case *c)
{
    feems_input_load(BARRIER, &c->barrier);
    assert_int_equal(c->barrier.data.n_observed, n_observed);
    c->json = oracle_json("barrier.json");
    double *error = oracle_array("barrier_cv.npy", n_observed * n_lambdas),
           *node = oracle_column("barrier_cv_nodes.csv", "held_out_node", n_observed);
    for (int row = 0; row < n_observed; row++) {
        int64_t a = 0;
        while (a < n_observed && c->barrier.data.observed[a] != (int64_t)node[row])
            a++;
        assert_true(a < n_observed);
        for (int k = 0; k < n_lambdas; k++)
            c->expected[k][a] = error[row * n_lambdas + k];
    }
    fr_free(error), free(node);
    fr_feems_cv_settings_default(&c->settings);
    c->settings.fit = oracle_settings(c->json, 1);
    c->settings.lambdas = lambdas;
    c->settings.n_lambdas = n_lambdas;
}

static void case_free(barrier_case *c)
{
    json_decref(c->json);
    feems_input_free(&c->barrier);
}

static void compare(const barrier_case *c, const double of_means[n_lambdas], const double of_folds[n_lambdas])
{
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&c->barrier.data, &c->settings, &result));
    assert_int_equal(result.n_folds, n_observed);
    double *mean = oracle_list(json_object_get(json_object_get(c->json, "cv"), "mean_error"), n_lambdas);
    for (int k = 0; k < n_lambdas; k++) {
        assert_near(result.mean[k], mean[k], of_means[k]);
        for (int a = 0; a < n_observed; a++)
            assert_near(result.error[k * n_observed + a], c->expected[k][a], of_folds[k]);
    }
    assert_true(result.lambdas[result.best] == 1);
    free(mean);
    fr_feems_cv_result_free(&result);
}

static void tight_errors(void **state)
{
    (void)state;
    const double of_means[n_lambdas] = {1e-6, 1e-6, 1e-6, 1e-4},
                 of_folds[n_lambdas] = {1e-5, 1e-5, 1e-4, 2e-3};
    barrier_case c;
    case_init(&c);
    c.settings.fit.tight = true;
    compare(&c, of_means, of_folds);
    case_free(&c);
}

static void authors_stop_rule(void **state)
{
    (void)state;
    const double everywhere[n_lambdas] = {1e-9, 1e-9, 1e-9, 1e-9};
    barrier_case c;
    case_init(&c);
    c.settings.fit.factr = 1e7;
    compare(&c, everywhere, everywhere);
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tight_errors),
        cmocka_unit_test(authors_stop_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
