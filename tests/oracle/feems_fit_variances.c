/* Fits of the wolves with residual variances: one for all, and one for each node. The joint problem is long and flat, so
 * that losses are compared (at most 0.1 above the better of two reference runs), not weights. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>

static double reference_loss(const json_t *variants, const char *name)
{
    return fmax(oracle_number(variants, name, "loss", NULL),
                oracle_number(variants, name, "loss_from_perturbed_start", NULL));
}

static void check_mode(fr_feems_s2_mode mode, const char *name)
{
    feems_input wolves;
    feems_input_load(WOLVES_250, &wolves);
    json_t *json = oracle_json("wolves250.json"), *variants = oracle_json("wolves250_variants.json");
    fr_feems_settings settings = oracle_settings(json, oracle_number(variants, name, "lam", NULL));
    settings.s2_mode = mode;
    settings.lambda_q = 1;
    settings.alpha_q = 1 / settings.s2;
    fr_feems_result result;
    assert_ok(fr_feems_fit(&wolves.data, &settings, &result));
    assert_true(result.info.converged);
    double expected = reference_loss(variants, name);
    if (!(result.info.loss <= expected + 0.1))
        fail_msg("loss %.10g, reference %.10g", result.info.loss, expected);
    fr_feems_result_free(&result);
    json_decref(json);
    json_decref(variants);
    feems_input_free(&wolves);
}

static void one_variance(void **state)
{
    (void)state;
    check_mode(FR_FEEMS_S2_ONE, "one_s2");
}

static void variance_of_every_node(void **state)
{
    (void)state;
    check_mode(FR_FEEMS_S2_NODE, "node_s2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_variance),
        cmocka_unit_test(variance_of_every_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
