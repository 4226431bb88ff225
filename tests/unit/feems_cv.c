/* Cross-validation: folds and lambdas as asked for, the error of a fold against kriging of every SNP after a fit without
 * the fold's nodes, the choices, threads, interruption and going on from a journal. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 40, n_snps = 300, n_observed = 10 };

typedef struct {
    fr_feems_graph graph;
    fr_feems_data data;
    int8_t *dosages;
    fr_feems_cv_settings settings;
} cv_case;

/* Individuals at ten nodes of a 4 x 6 lattice; neighbours have similar genotypes. */
static void case_init(cv_case *c)
{
    double x[n_samples], y[n_samples];
    c->graph = lattice_graph(4, 6);
    for (int64_t k = 0; k < n_samples; k++) {
        int64_t place = k * n_observed / n_samples, node = 2 * place + place / 3 % 2;
        x[k] = c->graph.x[node];
        y[k] = c->graph.y[node];
    }
    fr_points samples = {.n = n_samples, .x = x, .y = y};
    c->dosages = random_dosages(1, &samples, n_snps, 0);
    fr_plink plink = plink_of(c->dosages, n_samples, n_snps);
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    assert_ok(fr_feems_data_from_plink(&c->graph, &samples, &plink, &settings, &c->data));
    assert_int_equal(c->data.n_observed, n_observed);
    assert_int_equal(c->data.n_snps, n_snps);
    fr_plink_close(&plink);
    fr_feems_cv_settings_default(&c->settings);
}

static void case_free(cv_case *c)
{
    fr_feems_data_free(&c->data);
    fr_feems_graph_free(&c->graph);
    free(c->dosages);
}

static fr_feems_cv_result validate(const cv_case *c)
{
    fr_feems_cv_result result;
    assert_ok(fr_feems_cv(&c->data, &c->settings, &result));
    return result;
}

/* Weights that can hardly move, so that a fit ends where it starts. */
static void pin_weights(cv_case *c)
{
    c->settings.fit.w0 = 0.7;
    c->settings.fit.s2 = 1.1;
    c->settings.fit.lower = 0.7 * (1 - 1e-13);
    c->settings.fit.upper = 0.7 * (1 + 1e-13);
}

/* ---- folds and lambdas ---------------------------------------------------------------------------------------------------- */

static void default_grid_leaves_one_out(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    pin_weights(&c);
    fr_feems_cv_result result = validate(&c);
    assert_int_equal(result.n_lambdas, 20);
    assert_true(result.lambdas[0] == 100);
    assert_close(result.lambdas[19], 1e-6, 1e-13);
    for (int64_t k = 1; k < 20; k++)
        assert_close(result.lambdas[k] / result.lambdas[k - 1], pow(10, -8.0 / 19), 1e-13);
    assert_int_equal(result.n_folds, n_observed);
    for (int64_t a = 0; a < n_observed; a++)
        assert_int_equal(result.fold[a], a);
    assert_true(result.w0 == 0.7 && result.s2 == 1.1);
    assert_close(result.alpha, 1 / 0.7, 1e-15);
    fr_feems_cv_result_free(&result);
    fr_feems_cv_result_free(&result);
    case_free(&c);
}

static void shuffled_folds(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    pin_weights(&c);
    const double lambda = 1;
    c.settings.n_lambdas = 1;
    c.settings.lambdas = &lambda;
    c.settings.n_folds = 4;
    int64_t first[n_observed];
    int differing = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        c.settings.seed = seed;
        fr_feems_cv_result result = validate(&c);
        int64_t size[4] = {0};
        assert_int_equal(result.n_folds, 4);
        for (int64_t a = 0; a < n_observed; a++) {
            assert_in_range(result.fold[a], 0, 3);
            size[result.fold[a]]++;
        }
        const int64_t expected[4] = {3, 3, 2, 2}; /* 10 = 4 * 2 + 2 */
        assert_memory_equal(size, expected, sizeof size);
        if (seed == 1) memcpy(first, result.fold, sizeof first);
        differing += memcmp(first, result.fold, sizeof first) != 0;
        fr_feems_cv_result_free(&result);
    }
    assert_true(differing >= 3); /* 25200 ways to split: two equal ones would be rare */
    c.settings.seed = 1;
    fr_feems_cv_result again = validate(&c);
    assert_memory_equal(again.fold, first, sizeof first);
    fr_feems_cv_result_free(&again);
    case_free(&c);
}

static void lambdas_in_any_order(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    const double up[] = {0.5, 3, 20}, mixed[] = {3, 0.5, 20};
    c.settings.n_lambdas = 3;
    c.settings.lambdas = up;
    fr_feems_cv_result one = validate(&c);
    c.settings.lambdas = mixed;
    fr_feems_cv_result other = validate(&c);
    assert_true(one.lambdas[0] == 20 && one.lambdas[1] == 3 && one.lambdas[2] == 0.5);
    assert_memory_equal(other.lambdas, one.lambdas, 3 * sizeof(double));
    assert_memory_equal(other.error, one.error, 3 * n_observed * sizeof(double));
    assert_true(one.error[0] != one.error[n_observed]);
    fr_feems_cv_result_free(&one);
    fr_feems_cv_result_free(&other);
    case_free(&c);
}

static void plans_out_of_range(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    const fr_feems_cv_settings good = c.settings;
    const double negative[] = {1, -1}, twice[] = {2, 1, 2}, none[] = {NAN};
    int64_t empty[n_observed] = {0, 0, 0, 0, 0, 2, 2, 2, 2, 2},
            large[n_observed] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1},
            outside[n_observed] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 2};
    const struct {
        int status;
        const char *message;
    } expected[] = {{FR_EUSAGE, "at least one lambda"},
                    {FR_EUSAGE, "lambda is -1"},
                    {FR_EUSAGE, "asked for twice"},
                    {FR_EUSAGE, "lambda is nan"},
                    {FR_EUSAGE, "folds is 1"},
                    {FR_EUSAGE, "folds is 11"},
                    {FR_EUSAGE, "folds is -1"},
                    {FR_EINPUT, "fold 1 holds no node"},
                    {FR_EINPUT, "fold 1 leaves 1 of 10 observed nodes"},
                    {FR_EINPUT, "in fold 2; folds are numbered 0 to 1"},
                    {FR_EUSAGE, "alpha"}};
    for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++) {
        fr_feems_cv_settings *s = &c.settings;
        *s = good;
        if (k == 0) s->n_lambdas = 0;
        if (k == 1) s->n_lambdas = 2, s->lambdas = negative;
        if (k == 2) s->n_lambdas = 3, s->lambdas = twice;
        if (k == 3) s->n_lambdas = 1, s->lambdas = none;
        if (k == 4) s->n_folds = 1;
        if (k == 5) s->n_folds = 11;
        if (k == 6) s->n_folds = -1;
        if (k == 7) s->n_folds = 3, s->fold = empty;
        if (k == 8) s->n_folds = 2, s->fold = large;
        if (k == 9) s->n_folds = 2, s->fold = outside;
        if (k == 10) s->fit.alpha = -1;
        fr_feems_cv_result result;
        assert_refused(fr_feems_cv(&c.data, s, &result), expected[k].status, expected[k].message);
        assert_null(result.lambdas);
        assert_null(result.error);
    }
    case_free(&c);
}

/* ---- the error of a fold ---------------------------------------------------------------------------------------------------- */

/* Mean dosage of a SNP at each observed node. */
static void node_means(const cv_case *c, int64_t snp, double f[n_observed])
{
    memset(f, 0, n_observed * sizeof *f);
    for (int64_t a = 0; a < n_observed; a++)
        for (int64_t k = 0; k < n_samples; k++)
            if (c->data.sample_node[k] == c->data.observed[a])
                f[a] += c->dosages[snp * n_samples + k] / (double)c->data.n_at[a];
}

/* Mean over SNPs and held-out nodes of the squared error of simple kriging from the training nodes, the mean over all
 * observed nodes taken as known. */
static double kriging_error(const cv_case *c, const double *weights, const double *s2, const int64_t *fold,
                            int64_t h)
{
    int64_t train[n_observed], test[n_observed], train_node[n_observed], test_node[n_observed], r = 0, t = 0;
    for (int64_t a = 0; a < n_observed; a++)
        if (fold[a] == h)
            test[t] = a, test_node[t++] = c->data.observed[a];
        else
            train[r] = a, train_node[r++] = c->data.observed[a];
    int64_t d = c->graph.n_nodes;
    double *plus = dense_pseudo_inverse(&c->graph, weights),
           *inverse = dense_part(d, plus, r, train_node, r, train_node);
    double *cross = dense_part(d, plus, t, test_node, r, train_node), *w = dense_new(t, r), sum = 0;
    for (int64_t a = 0; a < r; a++)
        inverse[a * r + a] += s2[train_node[a]] / (double)c->data.n_at[train[a]];
    dense_invert(r, inverse);
    dense_multiply(t, r, r, cross, inverse, w);
    for (int64_t snp = 0; snp < n_snps; snp++) {
        double f[n_observed], mean = 0;
        node_means(c, snp, f);
        for (int64_t a = 0; a < n_observed; a++)
            mean += f[a] / n_observed;
        for (int64_t b = 0; b < t; b++) {
            double predicted = mean;
            for (int64_t a = 0; a < r; a++)
                predicted += w[b * r + a] * (f[train[a]] - mean);
            sum += (predicted - f[test[b]]) * (predicted - f[test[b]]);
        }
    }
    free(plus), free(inverse), free(cross), free(w);
    return sum / (double)(t * n_snps);
}

static int64_t three_folds[n_observed] = {0, 1, 2, 0, 1, 2, 2, 0, 2, 1};

/* With the weights held, formula (4.1) is tested alone. */
static void error_is_that_of_every_snp(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    pin_weights(&c);
    const double lambdas[] = {5, 1};
    double *weights = dense_new(c.graph.n_edges, 1), *s2 = dense_new(c.graph.n_nodes, 1);
    for (int64_t e = 0; e < c.graph.n_edges; e++)
        weights[e] = 0.7;
    for (int64_t v = 0; v < c.graph.n_nodes; v++)
        s2[v] = 1.1;
    c.settings.n_lambdas = 2;
    c.settings.lambdas = lambdas;
    for (int kind = 0; kind < 2; kind++) {
        c.settings.n_folds = kind == 0 ? 0 : 3;
        c.settings.fold = kind == 0 ? NULL : three_folds;
        fr_feems_cv_result result = validate(&c);
        if (kind == 1) assert_memory_equal(result.fold, three_folds, sizeof three_folds);
        for (int64_t k = 0; k < 2; k++)
            for (int64_t h = 0; h < result.n_folds; h++) /* bounds leave 1e-13, sums 1e-15 */
                assert_close(result.error[k * result.n_folds + h],
                             kriging_error(&c, weights, s2, result.fold, h), 1e-11);
        fr_feems_cv_result_free(&result);
    }
    free(weights), free(s2);
    case_free(&c);
}

/* The statistics without the fold's samples: its nodes are unobserved ones. */
static fr_feems_data training_data(const fr_feems_data *data, const int64_t *fold, int64_t h)
{
    fr_feems_data less = *data;
    less.observed = fr_alloc(n_observed, sizeof *less.observed);
    less.n_at = fr_alloc(n_observed, sizeof *less.n_at);
    less.similarity = fr_alloc(n_observed * n_observed, sizeof(double));
    less.n_observed = 0;
    for (int64_t a = 0; a < n_observed; a++)
        less.n_observed += fold[a] != h;
    for (int64_t a = 0, r = 0, cell = 0; a < n_observed; a++) {
        if (fold[a] == h) continue;
        less.observed[r] = data->observed[a];
        less.n_at[r++] = data->n_at[a];
        for (int64_t b = 0; b < n_observed; b++)
            if (fold[b] != h) less.similarity[cell++] = data->similarity[a * n_observed + b];
    }
    return less;
}

/* The same, each fold fitted apart by a model built without its nodes, for all modes of residual variance. */
static void folds_are_fits_without_their_nodes(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    const double lambda = 2;
    c.settings.n_lambdas = 1;
    c.settings.lambdas = &lambda;
    c.settings.n_folds = 3;
    c.settings.fold = three_folds;
    c.settings.fit.tight = true;
    c.settings.fit.lambda_q = 10; /* 300 SNPs hardly determine the variances of nodes */
    for (int mode = FR_FEEMS_S2_FIXED; mode <= FR_FEEMS_S2_NODE; mode++) {
        c.settings.fit.s2_mode = (fr_feems_s2_mode)mode;
        fr_feems_cv_result result = validate(&c);
        assert_int_equal(result.n_not_converged, 0);
        assert_true(result.iterations > 0 && result.evaluations >= result.iterations);
        for (int64_t h = 0; h < 3; h++) {
            fr_feems_data train = training_data(&c.data, three_folds, h);
            fr_feems_settings fit = c.settings.fit;
            fit.lambda = lambda, fit.w0 = result.w0, fit.s2 = result.s2, fit.alpha = result.alpha;
            fr_feems_result fitted;
            assert_ok(fr_feems_fit(&train, &fit, &fitted));
            /* Gradients of 1e-8 p leave log w free by some 1e-7, and the error by as much. */
            assert_close(result.error[h], kriging_error(&c, fitted.weights, fitted.s2, three_folds, h), 1e-6);
            fr_feems_result_free(&fitted);
            fr_free(train.observed), fr_free(train.n_at), fr_free(train.similarity);
        }
        fr_feems_cv_result_free(&result);
    }
    case_free(&c);
}

/* ---- means and choices ---------------------------------------------------------------------------------------------------------- */

static void means_and_choices(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    const double lambdas[] = {100, 10, 1, 0.1, 0.01};
    c.settings.n_lambdas = 5;
    c.settings.lambdas = lambdas;
    fr_feems_cv_result result = validate(&c);
    int64_t best = 0, one = 0;
    for (int64_t k = 0; k < 5; k++) {
        double mean = 0, squares = 0;
        for (int64_t h = 0; h < n_observed; h++)
            mean += result.error[k * n_observed + h] / n_observed;
        for (int64_t h = 0; h < n_observed; h++)
            squares += pow(result.error[k * n_observed + h] - mean, 2);
        assert_close(result.mean[k], mean, 1e-14);
        assert_close(result.standard_error[k], sqrt(squares / (n_observed - 1) / n_observed), 1e-12);
        if (mean < result.mean[best]) best = k;
    }
    while (result.mean[one] > result.mean[best] + result.standard_error[best])
        one++;
    assert_int_equal(result.best, best);
    assert_int_equal(result.one_standard_error, one);
    fr_feems_cv_result_free(&result);
    c.settings.fit.max_iterations = 1;
    result = validate(&c);
    assert_int_equal(result.n_not_converged, 5 * n_observed);
    fr_feems_cv_result_free(&result);
    case_free(&c);
}

/* ---- threads, interruption, journal ---------------------------------------------------------------------------------------------- */

static const double few_lambdas[] = {30, 3, 0.3};

static void use_few_lambdas(cv_case *c)
{
    c->settings.n_lambdas = 3;
    c->settings.lambdas = few_lambdas;
}

static void assert_same(const fr_feems_cv_result *a, const fr_feems_cv_result *b)
{
    assert_int_equal(a->n_folds, b->n_folds);
    assert_memory_equal(a->error, b->error, (size_t)(a->n_lambdas * a->n_folds) * sizeof(double));
    assert_memory_equal(a->mean, b->mean, (size_t)a->n_lambdas * sizeof(double));
    assert_memory_equal(a->standard_error, b->standard_error, (size_t)a->n_lambdas * sizeof(double));
    assert_int_equal(a->best, b->best);
    assert_int_equal(a->iterations, b->iterations);
    assert_int_equal(a->evaluations, b->evaluations);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    use_few_lambdas(&c);
    fr_threads_set(1);
    fr_feems_cv_result one = validate(&c);
    for (int threads = 2; threads <= 3; threads++) {
        fr_threads_set(threads);
        fr_feems_cv_result more = validate(&c);
        assert_same(&more, &one);
        fr_feems_cv_result_free(&more);
    }
    fr_threads_set(0);
    fr_feems_cv_result_free(&one);
    case_free(&c);
}

/* Stops once some folds are done. Reports come at most every tenth of a second, so that a run may also finish. */
static void stop_when_half_done(void *context, const char *phase, int64_t done, int64_t total)
{
    atomic_int *reports = context;
    if (total == n_observed && strcmp(phase, "cross-validation") == 0 && done >= 2) {
        atomic_fetch_add(reports, 1);
        fr_interrupt();
    }
}

static void interrupted_run_goes_on_from_its_journal(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    use_few_lambdas(&c);
    fr_threads_set(1);
    fr_feems_cv_result whole = validate(&c), part;
    const char *path = scratch_file("cv.journal");
    atomic_int reports = 0;
    const fr_observer observer = {.context = &reports, .progress = stop_when_half_done};
    int64_t done = 0;
    for (int round = 0; round < 100; round++) { /* as often as it takes */
        assert_ok(fr_journal_open(path, "key", round > 0, &c.settings.journal));
        fr_observe(&observer);
        int status = fr_feems_cv(&c.data, &c.settings, &part);
        fr_observe(NULL);
        fr_interrupt_clear();
        fr_journal_close(c.settings.journal);
        if (status == FR_OK) break;
        assert_int_equal(status, FR_EINTERRUPTED);
        int64_t finished = 0;
        for (int64_t h = 0; h < n_observed; h++) {
            if (isnan(part.error[h])) continue;
            finished++;
            for (int64_t k = 0; k < 3; k++)
                assert_true(part.error[k * n_observed + h] == whole.error[k * n_observed + h]);
        }
        assert_true(finished >= done && finished >= 2);
        done = finished;
        fr_feems_cv_result_free(&part);
    }
    assert_same(&part, &whole);
    fr_feems_cv_result_free(&part);
    fr_feems_cv_result_free(&whole);
    fr_threads_set(0);
    case_free(&c);
}

/* Nothing is refitted that the journal holds. */
static void journal_is_believed(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    use_few_lambdas(&c);
    const char *path = scratch_file("believed.journal");
    assert_ok(fr_journal_open(path, "key", false, &c.settings.journal));
    fr_feems_cv_result first = validate(&c);
    fr_journal_close(c.settings.journal);
    assert_ok(fr_journal_open(path, "key", true, &c.settings.journal));
    c.settings.fit.max_iterations = 1; /* would give other errors */
    fr_feems_cv_result second = validate(&c);
    fr_journal_close(c.settings.journal);
    assert_same(&second, &first);
    fr_feems_cv_result_free(&first);
    fr_feems_cv_result_free(&second);
    case_free(&c);
}

static void stopped_before_it_begins(void **state)
{
    (void)state;
    cv_case c;
    case_init(&c);
    use_few_lambdas(&c);
    fr_feems_cv_result result;
    fr_interrupt();
    int status = fr_feems_cv(&c.data, &c.settings, &result);
    fr_interrupt_clear();
    assert_int_equal(status, FR_EINTERRUPTED);
    for (int64_t k = 0; result.error != NULL && k < 3 * n_observed; k++) /* nothing yet */
        assert_true(isnan(result.error[k]));
    for (int64_t k = 0; result.mean != NULL && k < 3; k++)
        assert_true(isnan(result.mean[k]));
    fr_feems_cv_result_free(&result);
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_grid_leaves_one_out),
        cmocka_unit_test(shuffled_folds),
        cmocka_unit_test(lambdas_in_any_order),
        cmocka_unit_test(plans_out_of_range),
        cmocka_unit_test(error_is_that_of_every_snp),
        cmocka_unit_test(folds_are_fits_without_their_nodes),
        cmocka_unit_test(means_and_choices),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(interrupted_run_goes_on_from_its_journal),
        cmocka_unit_test(journal_is_believed),
        cmocka_unit_test(stopped_before_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
