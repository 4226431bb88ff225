/* Four individuals, six SNPs, four nodes: every intermediate quantity of the likelihood, and its closed form for two
 * observed nodes. */
#include "dense.h"
#include "feems_cases.h"
#include "oracle_feems.h"
#include "support.h"

#include "feems/genotypes.h"
#include "feems/model.h"
#include "feems/penalty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 4, n_snps = 6, d = 4, m = 5, o = 2 };
static const double tolerance = 1e-10; /* that of the reference */

static double *values(const json_t *tiny, const char *name, int64_t count)
{
    return oracle_list(json_object_get(tiny, name), count);
}

static void compare(const json_t *tiny, const char *name, int64_t count, const double *got)
{
    double *expected = values(tiny, name, count);
    for (int64_t k = 0; k < count; k++)
        assert_near(got[k], expected[k], tolerance * fmax(fabs(expected[k]), 1e-3)); /* zeros are exact */
    free(expected);
}

/* ---- genotypes ---------------------------------------------------------------------------------------------------------- */

static void decoded_genotypes(void **state)
{
    (void)state;
    feems_input tiny4;
    feems_input_load(TINY4, &tiny4);
    json_t *all = oracle_json("small_cases.json"),
           *rows = json_object_get(json_object_get(all, "tiny4"), "genotypes_A1");
    assert_int_equal(tiny4.plink.n_samples, n_samples);
    assert_int_equal(tiny4.plink.n_snps, n_snps);
    for (int64_t snp = 0; snp < n_snps; snp++) {
        int8_t dosage[n_samples];
        fr_plink_dosages(&tiny4.plink, snp, dosage);
        for (size_t k = 0; k < n_samples; k++) {
            const json_t *cell = json_array_get(json_array_get(rows, k), (size_t)snp);
            assert_int_equal(dosage[k], json_is_null(cell) ? -1 : (int)json_number_value(cell));
        }
    }
    json_decref(all);
    feems_input_free(&tiny4);
}

static void node_frequencies(void **state)
{
    (void)state;
    feems_input tiny4;
    feems_input_load(TINY4, &tiny4);
    json_t *all = oracle_json("small_cases.json"), *tiny = json_object_get(all, "tiny4");
    double frequencies[o][n_snps], mu[n_snps];
    feems_genotypes given;
    assert_ok(feems_genotypes_new(&tiny4.data, &tiny4.plink, &given));
    for (int64_t snp = 0; snp < n_snps; snp++) {
        int8_t dosage[n_samples];
        double mean[o];
        int64_t missing;
        assert_int_equal(feems_node_dosages(&given, snp, dosage, mean, &missing), SNP_USED);
        assert_int_equal(missing, snp == 2 ? 1 : 0);
        for (int a = 0; a < o; a++)
            frequencies[a][snp] = mean[a];
        mu[snp] = (mean[0] + mean[1]) / 4;
    }
    compare(tiny, "frequencies", o * n_snps, frequencies[0]);
    compare(tiny, "mu", n_snps, mu);
    assert_int_equal(tiny4.data.n_snps, n_snps);
    assert_int_equal(tiny4.data.n_observed, o);
    for (int a = 0; a < o; a++) {
        assert_int_equal(tiny4.data.observed[a],
                         json_integer_value(json_array_get(json_object_get(tiny, "observed"), (size_t)a)));
        assert_int_equal(tiny4.data.n_at[a],
                         json_integer_value(json_array_get(json_object_get(tiny, "n"), (size_t)a)));
    }
    compare(tiny, "S", o * o, tiny4.data.similarity);
    feems_genotypes_free(&given);
    json_decref(all);
    feems_input_free(&tiny4);
}

/* ---- likelihood ----------------------------------------------------------------------------------------------------------- */

/* B = Q - Q A Q and Z = H A Q from the parts of an evaluated model. */
static void check_parts(const json_t *tiny, const feems_model *model, const double q[o])
{
    double reduced[o * o], b[o * o], z[d * o];
    int64_t stride = model->stride;
    const double *h = fr_kron_extension(model->kron);
    for (int r = 0; r < o; r++)
        for (int c = 0; c < o; c++) {
            reduced[r * o + c] = model->reduced[r * stride + c];
            b[r * o + c] = (r == c ? q[r] : 0) - q[r] * model->inverse[r * stride + c] * q[c];
        }
    for (int v = 0; v < d; v++)
        for (int c = 0; c < o; c++) {
            z[v * o + c] = 0;
            for (int a = 0; a < o; a++)
                z[v * o + c] +=
                    h[fr_kron_row(model->kron, v) * stride + a] * model->inverse[a * stride + c] * q[c];
        }
    compare(tiny, "K", o * o, reduced);
    compare(tiny, "B", o * o, b);
    compare(tiny, "Z", d * o, z);
    double resistance =
        model->pseudo_inverse[0] + model->pseudo_inverse[stride + 1] - 2 * model->pseudo_inverse[1];
    assert_close(resistance, oracle_number(tiny, "effective_resistance", NULL), tolerance);
}

static void likelihood_and_gradients(void **state)
{
    (void)state;
    feems_input tiny4;
    feems_input_load(TINY4, &tiny4);
    json_t *all = oracle_json("small_cases.json"), *tiny = json_object_get(all, "tiny4");
    double *weights = values(tiny, "weights", m), s2 = oracle_number(tiny, "s2", NULL), q[o], nll, by_w[m],
           by_s2[o];
    feems_model model;
    assert_ok(feems_model_new(&tiny4.data, &model));
    assert_int_equal(model.m, m);
    for (int a = 0; a < o; a++)
        q[a] = (double)tiny4.data.n_at[a] / s2;
    assert_ok(feems_model_evaluate(&model, weights, q, &nll, by_w, by_s2));
    assert_close(nll, 18.09386487297236, tolerance);
    assert_close(nll, oracle_number(tiny, "nll", NULL), tolerance);
    compare(tiny, "dnll_dw", m, by_w);
    compare(tiny, "dnll_ds2", o, by_s2);
    check_parts(tiny, &model, q);
    free(weights);
    feems_model_free(&model);
    json_decref(all);
    feems_input_free(&tiny4);
}

static void penalty_of_the_pairs(void **state)
{
    (void)state;
    feems_input tiny4;
    feems_input_load(TINY4, &tiny4);
    json_t *all = oracle_json("small_cases.json"), *tiny = json_object_get(all, "tiny4");
    double *weights = values(tiny, "weights", m), *edges = values(tiny, "edges", 2 * m), gradient[m];
    for (int e = 0; e < m; e++) {
        assert_int_equal(tiny4.data.graph.i[e], (int)edges[2 * e]);
        assert_int_equal(tiny4.data.graph.j[e], (int)edges[2 * e + 1]);
    }
    feems_penalty penalty;
    assert_ok(feems_penalty_new(&tiny4.data.graph, &penalty));
    double value = feems_penalty_edges(&penalty, 2, 0.7, weights, gradient);
    assert_close(value, oracle_number(tiny, "penalty_lambda2_alpha0p7", NULL), tolerance);
    compare(tiny, "dpenalty_dw", m, gradient);
    feems_penalty_free(&penalty);
    free(weights), free(edges);
    json_decref(all);
    feems_input_free(&tiny4);
}

/* ---- closed form ------------------------------------------------------------------------------------------------------------ */

/* Two observed nodes at resistance R: nll = p (beta D - log(2 beta)), beta = 1 / (R + r1 + r2), r = s2 / n. */
static double closed_form(const fr_feems_data *data, double resistance, double r1, double r2)
{
    const double *s = data->similarity;
    double beta = 1 / (resistance + r1 + r2), seen = s[0] + s[3] - 2 * s[1];
    return (double)data->n_snps * (beta * seen - log(2 * beta));
}

static void check_closed_form(const fr_feems_data *data, const double *weights, const double s2[2])
{
    feems_model model;
    double r[2], q[2], nll;
    assert_ok(feems_model_new(data, &model));
    for (int a = 0; a < 2; a++) {
        r[a] = s2[a] / (double)data->n_at[a];
        q[a] = 1 / r[a];
    }
    assert_ok(feems_model_evaluate(&model, weights, q, &nll, NULL, NULL));
    double expected = closed_form(data, 1 / model.reduced[0], r[0], r[1]);
    assert_near(nll, expected,
                1e-12 * fmax(fabs(expected), (double)data->n_snps)); /* its two terms may cancel */
    feems_model_free(&model);
}

static void two_observed_nodes(void **state)
{
    (void)state;
    feems_input tiny4;
    feems_input_load(TINY4, &tiny4);
    json_t *all = oracle_json("small_cases.json"), *tiny = json_object_get(all, "tiny4");
    double *weights = values(tiny, "weights", m), s2[2] = {1.5, 1.5};
    double resistance = oracle_number(tiny, "effective_resistance", NULL);
    assert_close(closed_form(&tiny4.data, resistance, 0.75, 0.75),
                 oracle_number(tiny, "nll_closed_form", NULL), 1e-12);
    check_closed_form(&tiny4.data, weights, s2);
    free(weights);
    json_decref(all);
    feems_input_free(&tiny4);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        fr_feems_graph graph = random_graph(seed, 5 + (int64_t)seed, 8);
        fr_feems_data data = random_data(seed, &graph, 2, 50);
        double *w = random_values(seed, graph.n_edges, 1.5), *variances = random_values(seed + 50, 2, 1);
        check_closed_form(&data, w, variances);
        free(w), free(variances);
        fr_feems_data_free(&data);
        fr_feems_graph_free(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_genotypes),        cmocka_unit_test(node_frequencies),
        cmocka_unit_test(likelihood_and_gradients), cmocka_unit_test(penalty_of_the_pairs),
        cmocka_unit_test(two_observed_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
