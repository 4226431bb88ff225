/* The reduced likelihood against its definition with a dense pseudo-inverse: values, gradients, nodes whose samples are
 * held out, extreme weights, allele swaps, and covariances. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include "feems/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    fr_feems_graph graph;
    fr_feems_data data;
    feems_model model;
    double *weights, *s2, *q, *gradient_w, *gradient_s2;
} model_case;

/* The model borrows the data, so that a case must not move. */
static void case_init(model_case *c, uint64_t seed, int64_t d, int64_t extra, int64_t o)
{
    c->graph = random_graph(seed, d, extra);
    c->data = random_data(seed, &c->graph, o, 100);
    assert_ok(feems_model_new(&c->data, &c->model));
    c->weights = random_values(seed + 100, c->graph.n_edges, 1);
    c->s2 = random_values(seed + 200, o, 0.5);
    c->q = dense_new(o, 1);
    for (int64_t a = 0; a < o; a++)
        c->q[a] = (double)c->data.n_at[a] / c->s2[a];
    c->gradient_w = dense_new(c->graph.n_edges, 1);
    c->gradient_s2 = dense_new(o, 1);
}

static void case_free(model_case *c)
{
    feems_model_free(&c->model);
    feems_model_free(&c->model);
    fr_feems_data_free(&c->data);
    fr_feems_graph_free(&c->graph);
    free(c->weights), free(c->s2), free(c->q), free(c->gradient_w), free(c->gradient_s2);
}

static double nll_of(model_case *c)
{
    double nll;
    assert_ok(feems_model_evaluate(&c->model, c->weights, c->q, &nll, NULL, NULL));
    return nll;
}

static const int64_t shapes[][3] = {/* nodes, extra edges, observed; the last ones observe every node */
                                    {3, 1, 2},    {6, 3, 3},    {12, 10, 4}, {25, 30, 9},
                                    {40, 20, 17}, {60, 90, 24}, {2, 0, 2},   {16, 14, 16}};
enum { n_shapes = sizeof shapes / sizeof shapes[0] };

/* ---- value -------------------------------------------------------------------------------------------------------------- */

static void value_by_definition(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < n_shapes; k++) {
        model_case c;
        case_init(&c, k, shapes[k][0], shapes[k][1], shapes[k][2]);
        double expected = reference_nll(&c.data, c.weights, c.s2, NULL);
        /* nll may be near 0, its parts are not: rounding is that of p times some numbers of order o. */
        assert_near(nll_of(&c), expected, 1e-12 * 100 * (double)c.data.n_observed * 10);
        case_free(&c);
    }
}

/* Either form of tr(B S) is taken, by which of Q and K is larger; the definition loses digits long before they do. */
static void value_at_large_and_small_weights(void **state)
{
    (void)state;
    model_case c;
    case_init(&c, 11, 30, 25, 8);
    double previous = NAN;
    for (double scale = 1e-4; scale < 2e4; scale *= 10) {
        for (int64_t e = 0; e < c.graph.n_edges; e++)
            c.weights[e] = scale * exp(fr_random_normal(5, 0, (uint64_t)e));
        double nll = nll_of(&c), expected = reference_nll(&c.data, c.weights, c.s2, NULL);
        /* The definition subtracts 11'/d from an inverse with entries up to 1 / scale, and B from Sigma^-1. */
        assert_close(nll, expected, 1e-10);
        assert_true(nll != previous);
        previous = nll;
    }
    case_free(&c);
}

/* Sigma is homogeneous: weights times c with variances over c divide it by c. */
static void value_scales(void **state)
{
    (void)state;
    model_case c;
    case_init(&c, 12, 20, 15, 7);
    double once = nll_of(&c), p = (double)c.data.n_snps, contrasts = (double)(c.data.n_observed - 1);
    for (int64_t k = 0; k < c.data.n_observed * c.model.stride; k++)
        c.model.similarity[k] /= 8; /* so that tr(B S) stays */
    for (int64_t e = 0; e < c.graph.n_edges; e++)
        c.weights[e] *= 8;
    for (int64_t a = 0; a < c.data.n_observed; a++)
        c.q[a] *= 8;
    assert_close(nll_of(&c), once - p * contrasts * log(8), 1e-12);
    case_free(&c);
}

/* ---- gradient -------------------------------------------------------------------------------------------------------------- */

/* Central differences in log w and log s2. With steps of 1e-5 truncation is some 1e-10 of the value's variation, rounding
 * 1e-16 |nll| / 1e-5; both stay below 1e-7 of the largest component. */
static void check_gradients(model_case *c)
{
    double nll, step = 1e-5;
    assert_ok(feems_model_evaluate(&c->model, c->weights, c->q, &nll, c->gradient_w, c->gradient_s2));
    assert_true(nll == nll_of(c));
    int64_t m = c->graph.n_edges, o = c->data.n_observed;
    double *by_log = dense_new(m + o, 1), *expected = dense_new(m + o, 1);
    for (int64_t k = 0; k < m + o; k++) {
        double *x = k < m ? &c->weights[k] : &c->q[k - m], kept = *x;
        if (kept == 0) continue; /* held out: its s2 does not matter */
        by_log[k] = k < m ? kept * c->gradient_w[k] : c->s2[k - m] * c->gradient_s2[k - m];
        double sign = k < m ? 1 : -1; /* log q = log n - log s2 */
        *x = kept * exp(sign * step);
        double above = nll_of(c);
        *x = kept * exp(-sign * step);
        expected[k] = (above - nll_of(c)) / (2 * step);
        *x = kept;
    }
    double largest = dense_largest(m + o, expected);
    for (int64_t k = 0; k < m + o; k++)
        assert_near(by_log[k], expected[k], 1e-7 * largest);
    free(by_log), free(expected);
}

static void gradients_by_differences(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < n_shapes; k++) {
        model_case c;
        case_init(&c, 20 + k, shapes[k][0], shapes[k][1], shapes[k][2]);
        check_gradients(&c);
        for (int64_t e = 0; e < c.graph.n_edges; e++)
            c.weights[e] *= 30; /* the other form of tr(B S) */
        check_gradients(&c);
        case_free(&c);
    }
}

/* Several blocks of rows, and the product over threads: the same bytes. */
static void gradient_does_not_depend_on_threads(void **state)
{
    (void)state;
    fr_feems_graph graph = lattice_graph(90, 90);
    fr_feems_data data = random_data(3, &graph, 120, 1000); /* d o^2 > 1e8 */
    feems_model model;
    assert_ok(feems_model_new(&data, &model));
    double *weights = random_values(1, graph.n_edges, 0.5), *q = random_values(2, 120, 0.5), value[2];
    double *gradient = dense_new(2, graph.n_edges);
    for (int k = 0; k < 2; k++) {
        fr_threads_set(k == 0 ? 1 : 3);
        assert_ok(feems_model_evaluate(&model, weights, q, &value[k], gradient + k * graph.n_edges, NULL));
    }
    fr_threads_set(0);
    assert_true(value[0] == value[1]);
    assert_memory_equal(gradient, gradient + graph.n_edges, (size_t)graph.n_edges * sizeof *gradient);
    free(weights), free(q), free(gradient);
    feems_model_free(&model);
    fr_feems_data_free(&data);
    fr_feems_graph_free(&graph);
}

/* ---- held-out nodes --------------------------------------------------------------------------------------------------------- */

/* The statistics without the samples of one observed node, which becomes an unobserved one. */
static fr_feems_data without(const fr_feems_data *data, int64_t left_out)
{
    int64_t o = data->n_observed;
    fr_feems_data less = *data;
    less.n_observed = o - 1;
    less.observed = fr_alloc(o, sizeof *less.observed);
    less.n_at = fr_alloc(o, sizeof *less.n_at);
    less.similarity = fr_alloc(o * o, sizeof(double));
    for (int64_t a = 0, r = 0; a < o; a++) {
        if (a == left_out) continue;
        less.observed[r] = data->observed[a];
        less.n_at[r] = data->n_at[a];
        for (int64_t b = 0, c = 0; b < o; b++)
            if (b != left_out) less.similarity[r * (o - 1) + c++] = data->similarity[a * o + b];
        r++;
    }
    return less;
}

static void without_free(fr_feems_data *less)
{
    fr_free(less->observed);
    fr_free(less->n_at);
    fr_free(less->similarity);
}

static void held_out_node_is_an_unobserved_one(void **state)
{
    (void)state;
    for (uint64_t k = 2; k < n_shapes; k++) {
        if (shapes[k][2] < 3) continue;
        model_case c;
        case_init(&c, 40 + k, shapes[k][0], shapes[k][1], shapes[k][2]);
        int64_t o = c.data.n_observed, h = o / 2, m = c.graph.n_edges;
        fr_feems_data less = without(&c.data, h);
        feems_model smaller;
        double *q = dense_new(o, 1), *gradient_w = dense_new(m, 1), *gradient_s2 = dense_new(o, 1), nll,
               expected;
        for (int64_t a = 0, r = 0; a < o; a++)
            if (a != h) q[r++] = c.q[a];
        assert_ok(feems_model_new(&less, &smaller));
        assert_ok(feems_model_evaluate(&smaller, c.weights, q, &expected, gradient_w, gradient_s2));
        c.q[h] = 0;
        assert_ok(feems_model_evaluate(&c.model, c.weights, c.q, &nll, c.gradient_w, c.gradient_s2));
        /* One model with two eliminations: rounding of well-conditioned matrices, see value_by_definition. */
        assert_near(nll, expected, 1e-9 * (double)o);
        double largest = dense_largest(m, gradient_w);
        for (int64_t e = 0; e < m; e++)
            assert_near(c.gradient_w[e], gradient_w[e], 1e-11 * largest);
        largest = dense_largest(o, gradient_s2);
        for (int64_t a = 0, r = 0; a < o; a++)
            if (a != h) assert_near(c.gradient_s2[a], gradient_s2[r++], 1e-11 * largest);
        free(q), free(gradient_w), free(gradient_s2);
        feems_model_free(&smaller);
        without_free(&less);
        case_free(&c);
    }
}

static void several_held_out_nodes(void **state)
{
    (void)state;
    for (int larger = 0; larger < 2; larger++) {
        model_case c;
        case_init(&c, 50, 40, 30, 12);
        bool held[12] = {true, false, true, false, false, false, false, true, false, false, false, true};
        for (int64_t a = 0; a < 12; a++)
            if (held[a]) c.q[a] = 0;
        if (larger == 1)
            for (int64_t e = 0; e < c.graph.n_edges; e++)
                c.weights[e] *= 50;
        assert_near(nll_of(&c), reference_nll(&c.data, c.weights, c.s2, held), 1e-8);
        check_gradients(&c);
        case_free(&c);
    }
}

/* ---- breakdown ----------------------------------------------------------------------------------------------------------------- */

static void weights_out_of_range(void **state)
{
    (void)state;
    model_case c;
    case_init(&c, 60, 20, 10, 6);
    double *kept = dense_new(c.graph.n_edges, 1), before = nll_of(&c), nll;
    memcpy(kept, c.weights, (size_t)c.graph.n_edges * sizeof *kept);
    const double wrong[] = {0, -1, NAN, INFINITY, 1e308};
    for (int k = 0; k < 5; k++) {
        for (int64_t e = 0; e < c.graph.n_edges; e++)
            c.weights[e] = wrong[k];
        assert_int_equal(feems_model_evaluate(&c.model, c.weights, c.q, &nll, c.gradient_w, NULL),
                         FR_ENUMERIC);
    }
    memcpy(c.weights, kept, (size_t)c.graph.n_edges * sizeof *kept);
    assert_true(nll_of(&c) == before);
    free(kept);
    case_free(&c);
}

/* ---- alleles --------------------------------------------------------------------------------------------------------------------- */

static fr_feems_data genotype_data(const fr_feems_graph *graph, const fr_points *samples,
                                   const int8_t *dosages, int64_t n_snps, fr_feems_scale scale)
{
    fr_plink plink = plink_of(dosages, samples->n, n_snps);
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    settings.scale = scale;
    fr_feems_data data;
    assert_ok(fr_feems_data_from_plink(graph, samples, &plink, &settings, &data));
    fr_plink_close(&plink);
    return data;
}

/* Which allele is counted moves S by a1' + 1a' + c11', which contrasts do not see, in the paper's scaling only. */
static void alleles_may_be_swapped(void **state)
{
    (void)state;
    enum { n_samples = 30, n_snps = 40 };
    fr_feems_graph graph = lattice_graph(4, 5);
    double x[n_samples], y[n_samples];
    fr_points samples = {.n = n_samples, .x = x, .y = y};
    for (int64_t k = 0; k < n_samples; k++) {
        x[k] = graph.x[k % 9 * 2];
        y[k] = graph.y[k % 9 * 2];
    }
    int8_t *dosages = random_dosages(1, &samples, n_snps, 0.05), *swapped = calloc(n_samples * n_snps, 1);
    for (int64_t k = 0; k < n_samples * n_snps; k++) {
        bool swap = (k / n_samples) % 3 == 0;
        swapped[k] = (int8_t)(dosages[k] < 0 ? -1 : swap ? 2 - dosages[k] : dosages[k]);
    }
    double *weights = random_values(2, graph.n_edges, 0.5);
    watch_warnings();
    for (int scale = FR_FEEMS_SCALE_PAPER; scale <= FR_FEEMS_SCALE_V2; scale++) {
        double nll[2], *gradient = dense_new(2, graph.n_edges), q[20];
        for (int k = 0; k < 2; k++) {
            fr_feems_data data =
                genotype_data(&graph, &samples, k == 0 ? dosages : swapped, n_snps, (fr_feems_scale)scale);
            feems_model model;
            assert_ok(feems_model_new(&data, &model));
            for (int64_t a = 0; a < data.n_observed; a++)
                q[a] = (double)data.n_at[a] / 0.8;
            assert_ok(feems_model_evaluate(&model, weights, q, &nll[k], gradient + k * graph.n_edges, NULL));
            feems_model_free(&model);
            fr_feems_data_free(&data);
        }
        if (scale == FR_FEEMS_SCALE_V2) {
            assert_true(fabs(nll[1] - nll[0]) > 1e-3 * fabs(nll[0]));
            assert_non_null(strstr(last_warning(), "not invariant"));
        } else {
            assert_int_equal(warnings_seen(), 0);
            assert_close(nll[1], nll[0], 1e-12);
            double largest = dense_largest(graph.n_edges, gradient);
            for (int64_t e = 0; e < graph.n_edges; e++)
                assert_near(gradient[graph.n_edges + e], gradient[e], 1e-11 * largest);
        }
        free(gradient);
    }
    fr_observe(NULL);
    free(dosages), free(swapped), free(weights);
    fr_feems_graph_free(&graph);
}

/* ---- covariances ------------------------------------------------------------------------------------------------------------------ */

static void covariance_is_the_pseudo_inverse(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < n_shapes; k++) {
        model_case c;
        case_init(&c, 70 + k, shapes[k][0], shapes[k][1], shapes[k][2]);
        int64_t d = c.graph.n_nodes, o = c.data.n_observed, stride = c.model.stride;
        double *plus = dense_pseudo_inverse(&c.graph, c.weights), *covariance = dense_new(o, stride);
        double *g = dense_new(d, 1), gamma, scale = dense_largest(d * d, plus);
        assert_ok(feems_model_reduce(&c.model, c.weights));
        assert_ok(feems_model_covariance(&c.model, covariance));
        for (int64_t a = 0; a < o; a++)
            for (int64_t b = 0; b < o; b++)
                assert_near(covariance[a * stride + b], plus[c.data.observed[a] * d + c.data.observed[b]],
                            1e-11 * scale);
        /* Rows of L^+ at the observed nodes, from the parts. */
        assert_ok(feems_model_centering(&c.model, g, &gamma));
        const double *h = fr_kron_extension(c.model.kron);
        double n = (double)d;
        for (int64_t v = 0; v < d; v++)
            for (int64_t b = 0; b < o; b++) {
                int64_t row = fr_kron_row(c.model.kron, v);
                double sum = gamma / (n * n) - (g[row] + g[d - o + b]) / n;
                for (int64_t a = 0; a < o; a++)
                    sum += h[row * stride + a] * c.model.pseudo_inverse[a * stride + b];
                assert_near(sum, plus[v * d + c.data.observed[b]], 1e-11 * scale);
            }
        free(plus), free(covariance), free(g);
        case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_by_definition),
        cmocka_unit_test(value_at_large_and_small_weights),
        cmocka_unit_test(value_scales),
        cmocka_unit_test(gradients_by_differences),
        cmocka_unit_test(gradient_does_not_depend_on_threads),
        cmocka_unit_test(held_out_node_is_an_unobserved_one),
        cmocka_unit_test(several_held_out_nodes),
        cmocka_unit_test(weights_out_of_range),
        cmocka_unit_test(alleles_may_be_swapped),
        cmocka_unit_test(covariance_is_the_pseudo_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
