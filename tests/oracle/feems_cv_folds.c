/* Five-fold cross-validation of the wolves on 307 nodes, folds as given, against the authors' package and a tight
 * independent run. Errors are near 0.3; tolerances are absolute. */
#include "oracle_feems.h"
#include "support.h"

#include <stdlib.h>

enum { n_folds = 5, n_lambdas = 4, n_observed = 78 };

typedef struct {
    feems_input wolves;
    json_t *json, *reference;
    double *lambdas;
    int64_t fold[n_observed];
    fr_feems_cv_settings settings;
} folds_case;

static void case_init(folds_case *c)
{
    feems_input_load(WOLVES_250, &c->wolves);
    assert_int_equal(c->wolves.data.n_observed, n_observed);
    c->json = oracle_json("wolves250.json");
    c->reference = oracle_json("wolves250_cv5.json");
    c->lambdas = oracle_list(json_object_get(c->reference, "lambdas"), n_lambdas);
    double *node = oracle_column("wolves250_cv5_folds.csv", "node", n_observed),
           *fold = oracle_column("wolves250_cv5_folds.csv", "fold", n_observed);
    for (int64_t a = 0; a < n_observed; a++) {
        assert_int_equal(c->wolves.data.observed[a], (int64_t)node[a]);
        c->fold[a] = (int64_t)fold[a];
    }
    free(node), free(fold);
    fr_feems_cv_settings_default(&c->settings);
    c->settings.fit = oracle_settings(c->json, 1);
    c->settings.lambdas = c->lambdas;
    c->settings.n_lambdas = n_lambdas;
    c->settings.n_folds = n_folds;
    c->settings.fold = c->fold;
}

static void case_free(folds_case *c)
{
    free(c->lambdas);
    json_decref(c->json);
    json_decref(c->reference);
    feems_input_free(&c->wolves);
}

/* The last lambda, 0.1, has a tolerance of its own: there the surface is rough and the stop rule matters more. */
static void compare(const folds_case *c, const char *name, double tolerance, double at_smallest)
{
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&c->wolves.data, &c->settings, &result));
    double *expected = oracle_list(json_object_get(c->reference, name), n_folds * n_lambdas);
    for (int k = 0; k < n_lambdas; k++) {
        assert_true(result.lambdas[k] == c->lambdas[k]);
        for (int h = 0; h < n_folds; h++)
            assert_near(result.error[k * n_folds + h], expected[h * n_lambdas + k],
                        k == n_lambdas - 1 ? at_smallest : tolerance);
    }
    assert_int_equal(result.best, 2);
    free(expected);
    fr_feems_cv_result_free(&result);
}

static void authors_errors(void **state)
{
    (void)state;
    folds_case c;
    case_init(&c);
    compare(&c, "per_fold", 3e-5, 2e-4);
    case_free(&c);
}

/* With their stop rule the optimiser goes their way, step by step. */
static void authors_stop_rule(void **state)
{
    (void)state;
    folds_case c;
    case_init(&c);
    c.settings.fit.factr = 1e7;
    compare(&c, "per_fold", 1e-9, 2e-4);
    case_free(&c);
}

static void tight_errors(void **state)
{
    (void)state;
    folds_case c;
    case_init(&c);
    c.settings.fit.tight = true;
    compare(&c, "per_fold_tight_own", 5e-6, 1e-4);
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authors_errors),
        cmocka_unit_test(authors_stop_rule),
        cmocka_unit_test(tight_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
