/* Kriging of allele frequencies against dense formulas, universal and simple, with variances; SNPs without calls or
 * without variation; arguments out of range. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 26, n_snps = 9, rows = 4, columns = 5, n_nodes = rows * columns };

typedef struct {
    fr_feems_graph graph;
    fr_feems_data data;
    fr_plink plink;
    int8_t *dosages;
    double *weights, s2[n_nodes];
    int64_t o;
} predict_case;

/* Samples at every `every`-th node; SNP 7 is never called, SNP 8 invariant. */
static void case_init(predict_case *c, int64_t every)
{
    double x[n_samples], y[n_samples];
    c->graph = lattice_graph(rows, columns);
    c->o = (n_nodes + every - 1) / every;
    for (int64_t k = 0; k < n_samples; k++) {
        x[k] = c->graph.x[k % c->o * every];
        y[k] = c->graph.y[k % c->o * every];
    }
    fr_points samples = {.n = n_samples, .x = x, .y = y};
    c->dosages = random_dosages(1, &samples, n_snps, 0.1);
    memset(c->dosages + 7 * n_samples, -1, n_samples);
    memset(c->dosages + 8 * n_samples, 2, n_samples);
    c->plink = plink_of(c->dosages, n_samples, n_snps);
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    assert_ok(fr_feems_data_from_plink(&c->graph, &samples, &c->plink, &settings, &c->data));
    assert_int_equal(c->data.n_observed, c->o);
    c->weights = random_values(2, c->graph.n_edges, 0.7);
    for (int v = 0; v < n_nodes; v++)
        c->s2[v] = 0.5 + 0.1 * v;
}

static void case_free(predict_case *c)
{
    fr_plink_close(&c->plink);
    fr_feems_data_free(&c->data);
    fr_feems_graph_free(&c->graph);
    free(c->dosages), free(c->weights);
}

/* Mean dosage at each observed node, missing genotypes filled in by the SNP's mean. */
static void node_means(const predict_case *c, int64_t snp, double *f)
{
    const int8_t *dosage = c->dosages + snp * n_samples;
    double total = 0, called = 0;
    for (int64_t k = 0; k < n_samples; k++)
        if (dosage[k] >= 0) total += dosage[k], called++;
    for (int64_t a = 0; a < c->o; a++) {
        f[a] = 0;
        for (int64_t k = 0; k < n_samples; k++)
            if (c->data.sample_node[k] == c->data.observed[a])
                f[a] += (dosage[k] < 0 ? total / called : dosage[k]) / (double)c->data.n_at[a];
    }
}

/* Kriging weights (n_nodes x o) and variances by textbook formulas: simple, C Sigma^-1; universal, with the generalised
 * least-squares mean, C Sigma^-1 + (1 - C Sigma^-1 1) 1' Sigma^-1 / 1' Sigma^-1 1. */
static void dense_kriging(const predict_case *c, fr_feems_kriging kind, double *kriging, double *variance)
{
    int64_t o = c->o, all[n_nodes];
    double *plus = dense_pseudo_inverse(&c->graph, c->weights), total = 0;
    for (int64_t v = 0; v < n_nodes; v++)
        all[v] = v;
    double *cross = dense_part(n_nodes, plus, n_nodes, all, o, c->data.observed);
    double *sigma = dense_part(n_nodes, plus, o, c->data.observed, o, c->data.observed),
           *column = dense_new(o, 1);
    for (int64_t a = 0; a < o; a++)
        sigma[a * o + a] += c->s2[c->data.observed[a]] / (double)c->data.n_at[a];
    double *inverse = dense_new(o, o);
    memcpy(inverse, sigma, (size_t)(o * o) * sizeof *inverse);
    dense_invert(o, inverse);
    for (int64_t k = 0; k < o * o; k++) {
        column[k % o] += inverse[k];
        total += inverse[k];
    }
    dense_multiply(n_nodes, o, o, cross, inverse, kriging);
    for (int64_t v = 0; v < n_nodes; v++) {
        double *k = kriging + v * o, missing = 1, spread = plus[v * n_nodes + v];
        for (int64_t a = 0; a < o; a++)
            missing -= k[a];
        for (int64_t a = 0; kind == FR_FEEMS_UNIVERSAL && a < o; a++)
            k[a] += missing * column[a] / total;
        for (int64_t a = 0; a < o; a++) {
            spread -= 2 * k[a] * cross[v * o + a];
            for (int64_t b = 0; b < o; b++)
                spread += k[a] * sigma[a * o + b] * k[b];
        }
        variance[v] = spread / 4;
    }
    free(plus), free(cross), free(sigma), free(inverse), free(column);
}

static void check_against_dense(const predict_case *c, fr_feems_kriging kind)
{
    const int64_t snps[] = {3, 0, 6}; /* any order */
    double frequencies[3][n_nodes], variance[n_nodes], expected_variance[n_nodes], f[n_nodes];
    double *kriging = dense_new(n_nodes, c->o);
    assert_ok(
        fr_feems_predict(&c->data, c->weights, c->s2, &c->plink, snps, 3, kind, frequencies[0], variance));
    dense_kriging(c, kind, kriging, expected_variance);
    for (int k = 0; k < 3; k++) {
        double mean = 0;
        node_means(c, snps[k], f);
        for (int64_t a = 0; kind == FR_FEEMS_SIMPLE && a < c->o; a++)
            mean += f[a] / (double)c->o;
        for (int64_t v = 0; v < n_nodes; v++) {
            double expected = mean;
            for (int64_t a = 0; a < c->o; a++)
                expected += kriging[v * c->o + a] * (f[a] - mean);
            assert_near(frequencies[k][v], expected / 2, 1e-12); /* weights and dosages of order 1 */
        }
    }
    for (int64_t v = 0; v < n_nodes; v++) {
        assert_true(variance[v] > 0);
        assert_near(variance[v], expected_variance[v], 1e-12);
    }
    /* Where the mean is estimated as well, the variance is larger. */
    if (kind == FR_FEEMS_UNIVERSAL) {
        dense_kriging(c, FR_FEEMS_SIMPLE, kriging, expected_variance);
        for (int64_t v = 0; v < n_nodes; v++)
            assert_true(variance[v] > expected_variance[v] - 1e-12);
    }
    free(kriging);
}

static void dense_formulas(void **state)
{
    (void)state;
    for (int64_t every = 1; every <= 4; every++) { /* 1: every node is observed */
        predict_case c;
        case_init(&c, every);
        check_against_dense(&c, FR_FEEMS_UNIVERSAL);
        check_against_dense(&c, FR_FEEMS_SIMPLE);
        case_free(&c);
    }
}

static void snps_without_variation_or_calls(void **state)
{
    (void)state;
    predict_case c;
    case_init(&c, 3);
    assert_int_equal(c.data.n_snps_no_call, 1);
    assert_int_equal(c.data.n_snps_invariant, 1);
    const int64_t snps[] = {7, 8};
    for (int kind = FR_FEEMS_UNIVERSAL; kind <= FR_FEEMS_SIMPLE; kind++) {
        double frequencies[2][n_nodes];
        assert_ok(fr_feems_predict(&c.data, c.weights, c.s2, &c.plink, snps, 2, (fr_feems_kriging)kind,
                                   frequencies[0], NULL));
        for (int v = 0; v < n_nodes; v++) {
            assert_true(isnan(frequencies[0][v]));
            assert_near(frequencies[1][v], 1, 1e-13);
        }
    }
    case_free(&c);
}

/* The variance needs no SNP, and no SNPs are fine. */
static void no_snps(void **state)
{
    (void)state;
    predict_case c;
    case_init(&c, 2);
    double variance[n_nodes], expected[n_nodes], unused[1], *kriging = dense_new(n_nodes, c.o);
    assert_ok(
        fr_feems_predict(&c.data, c.weights, c.s2, &c.plink, NULL, 0, FR_FEEMS_SIMPLE, unused, variance));
    dense_kriging(&c, FR_FEEMS_SIMPLE, kriging, expected);
    for (int v = 0; v < n_nodes; v++)
        assert_near(variance[v], expected[v], 1e-12);
    free(kriging);
    case_free(&c);
}

static void refused_arguments(void **state)
{
    (void)state;
    predict_case c;
    case_init(&c, 3);
    for (int k = 0; k < 6; k++) {
        int64_t snps[] = {0, 1};
        double frequencies[2][n_nodes], variance[n_nodes], weight = c.weights[4], s2 = c.s2[3];
        frequencies[0][0] = variance[5] = 1;
        if (k == 0) snps[1] = n_snps;
        if (k == 1) snps[0] = -1;
        if (k == 2) c.weights[4] = 0;
        if (k == 3) c.weights[4] = NAN;
        if (k == 4) c.s2[3] = -1;
        if (k == 5) c.s2[3] = INFINITY;
        int status = fr_feems_predict(&c.data, c.weights, c.s2, &c.plink, snps, 2, FR_FEEMS_UNIVERSAL,
                                      frequencies[0], variance);
        if (k < 2)
            assert_refused(status, FR_EUSAGE, "is asked for; there are 9");
        else
            assert_refused(status, FR_EINPUT, k < 4 ? "weight 4 is" : "residual variance of node 3 is");
        for (int v = 0; v < n_nodes; v++)
            assert_true(frequencies[0][v] == 0 && frequencies[1][v] == 0 && variance[v] == 0);
        c.weights[4] = weight, c.s2[3] = s2;
    }
    c.s2[1] = -1; /* an unobserved node: not looked at */
    double frequencies[n_nodes];
    const int64_t snp = 0;
    assert_ok(
        fr_feems_predict(&c.data, c.weights, c.s2, &c.plink, &snp, 1, FR_FEEMS_UNIVERSAL, frequencies, NULL));
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_formulas),
        cmocka_unit_test(snps_without_variation_or_calls),
        cmocka_unit_test(no_snps),
        cmocka_unit_test(refused_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
