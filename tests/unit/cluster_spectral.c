/* Fiedler vectors, Dirichlet eigenvectors and seeded cuts against a plain eigenvalue method, known spectra and their
 * optimality conditions. */
#include "support.h"
#include "cluster_cases.h"

#include <cluster/lanczos.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *zeroed(int64_t count, size_t size)
{
    void *block = calloc((size_t)count + 1, size);
    if (block == NULL) abort();
    return block;
}

static fr_cluster_fiedler_settings wanted(int64_t dimensions, bool whole_graph)
{
    fr_cluster_fiedler_settings settings;
    fr_cluster_fiedler_settings_default(&settings);
    settings.dimensions = dimensions;
    settings.whole_graph = whole_graph;
    return settings;
}

/* ---- plain versions ---- */

/* N = I - D^-1/2 A D^-1/2, dense. */
static double *dense_laplacian_of(const fr_graph *graph)
{
    int64_t n = graph->n;
    double *a = dense_adjacency(graph);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double scale = sqrt(fr_graph_degree(graph, i) * fr_graph_degree(graph, j));
            a[i * n + j] = (i == j) - (scale > 0 ? a[i * n + j] / scale : 0);
        }
    return a;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations; the matrix is lost. */
static void jacobi(int64_t n, double *a, double *values)
{
    for (int sweep = 0; sweep < 60; sweep++)
        for (int64_t p = 0; p < n; p++)
            for (int64_t q = p + 1; q < n; q++) {
                if (a[p * n + q] == 0) continue;
                double angle = 0.5 * atan2(2 * a[p * n + q], a[q * n + q] - a[p * n + p]);
                double c = cos(angle), s = sin(angle);
                for (int64_t k = 0; k < n; k++) {
                    double x = a[k * n + p], y = a[k * n + q];
                    a[k * n + p] = c * x - s * y, a[k * n + q] = s * x + c * y;
                }
                for (int64_t k = 0; k < n; k++) {
                    double x = a[p * n + k], y = a[q * n + k];
                    a[p * n + k] = c * x - s * y, a[q * n + k] = s * x + c * y;
                }
            }
    for (int64_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
    qsort(values, (size_t)n, sizeof *values, ascending);
}

/* sum_i d_i x_i y_i over the nodes of a result; y NULL: all one */
static double weighted_product(const fr_graph *graph, const fr_cluster_spectral_result *result,
                               const double *x, const double *y)
{
    double sum = 0;
    for (int64_t i = 0; i < result->n; i++)
        sum += fr_graph_degree(graph, result->node[i]) * x[i] * (y != NULL ? y[i] : 1);
    return sum;
}

/* The largest entry is positive. */
static void expect_sign(const fr_cluster_spectral_result *result)
{
    for (int64_t k = 0; k < result->n_values; k++) {
        const double *x = result->vector + k * result->n;
        double most = 0, least = 0;
        for (int64_t i = 0; i < result->n; i++)
            most = fmax(most, x[i]), least = fmin(least, x[i]);
        assert_true(most > 0 && most >= -least * (1 - 1e-9));
    }
}

/* Vectors of length 1 in the norm of D, orthogonal to each other and to 1. The residuals ask for 1e-10. */
static void expect_orthonormal(const fr_graph *graph, const fr_cluster_spectral_result *result)
{
    for (int64_t k = 0; k < result->n_values; k++) {
        const double *x = result->vector + k * result->n;
        assert_near(weighted_product(graph, result, x, NULL) / sqrt(graph->volume), 0, 1e-9);
        for (int64_t l = 0; l <= k; l++)
            assert_near(weighted_product(graph, result, x, result->vector + l * result->n), k == l, 1e-9);
    }
}

/* ---- Fiedler vectors ---- */

static void fiedler_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        fr_graph graph;
        fr_cluster_spectral_result result;
        double values[30];
        random_cluster_graph(seed, 30, 40, seed % 2 == 0, (int64_t)(seed % 5), &graph);
        double *laplacian = dense_laplacian_of(&graph);
        jacobi(30, laplacian, values);
        fr_cluster_fiedler_settings settings = wanted(5, false);
        assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
        assert_true(result.converged && result.components == 1 && result.n == 30 && result.n_values == 5);
        for (int k = 0; k < 5; k++)
            assert_near(result.lambda[k], values[k + 1], 1e-12);
        expect_orthonormal(&graph, &result);
        expect_sign(&result);
        fr_cluster_spectral_result_free(&result);
        fr_graph_free(&graph);
        free(laplacian);
    }
}

/* All eigenvalues of a complete graph but one are n / (n - 1); more are asked for than there are. */
static void multiple_eigenvalues(void **state)
{
    (void)state;
    uint32_t from[45], to[45];
    int64_t count = 0;
    for (uint32_t i = 0; i < 10; i++)
        for (uint32_t j = 0; j < i; j++)
            from[count] = i, to[count++] = j;
    fr_graph graph;
    fr_cluster_spectral_result result;
    fr_cluster_fiedler_settings settings = wanted(20, false);
    assert_ok(fr_graph_from_arcs(10, 45, from, to, NULL, NULL, &graph));
    assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
    assert_int_equal(result.n_values, 9);
    for (int k = 0; k < 9; k++)
        assert_near(result.lambda[k], 10.0 / 9, 1e-13);
    expect_orthonormal(&graph, &result);
    fr_cluster_spectral_result_free(&result);
    fr_graph_free(&graph);
}

/* A ring's eigenvalues 1 - cos(2 pi k / n) come in pairs, and its gaps are small. */
static void eigenvalues_of_a_ring(void **state)
{
    (void)state;
    enum { n = 700 };
    uint32_t from[n], to[n];
    for (uint32_t i = 0; i < n; i++)
        from[i] = i, to[i] = (i + 1) % n;
    fr_graph graph;
    fr_cluster_spectral_result result;
    fr_cluster_fiedler_settings settings = wanted(4, false);
    assert_ok(fr_graph_from_arcs(n, n, from, to, NULL, NULL, &graph));
    assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
    assert_true(result.converged);
    for (int k = 0; k < 4; k++) /* errors of the order of the residual squared over the gap 1.2e-4 */
        assert_near(result.lambda[k], 1 - cos(2 * acos(-1) * (k / 2 + 1) / n), 1e-12);
    expect_orthonormal(&graph, &result);
    /* An arc of half of the ring: two edges are cut. */
    assert_near(result.sweep.best.scores.conductance, 2.0 / n, 1e-15);
    fr_cluster_spectral_result_free(&result);
    fr_graph_free(&graph);
}

/* Components of 3, 5, 4 and 1 nodes and an isolated one; a loop makes a component. */
static void disconnected_graph(fr_graph *out)
{
    const uint32_t from[] = {0, 1, 3, 4, 5, 6, 3, 8, 9, 10, 12}, to[] = {1, 2, 4, 5, 6, 7, 7, 9, 10, 11, 12};
    assert_ok(fr_graph_from_arcs(14, 11, from, to, NULL, NULL, out));
}

static void disconnected_graphs(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result result;
    disconnected_graph(&graph);
    fr_cluster_fiedler_settings settings = wanted(1, false);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
    assert_int_equal(result.components, 4);
    assert_set_equal(result.n, result.node, 5, (int64_t[]){3, 4, 5, 6, 7}); /* a ring of 5 */
    assert_near(result.lambda[0], 1 - cos(2 * acos(-1) / 5), 1e-13);
    /* Two or three neighbours of the ring: the component is cut, not cut off. */
    const fr_cluster_scores *scores = &result.sweep.best.scores;
    assert_true(result.sweep.best.count == 2 || result.sweep.best.count == 3);
    assert_true(scores->cut == 2 && scores->volume_smaller == 4 && scores->size_smaller == 2);
    for (int64_t k = 0; k < result.sweep.best.count; k++)
        assert_in_range(result.sweep.best.node[k], 3, 7);
    assert_int_equal(result.sweep.n_profile, 5);
    for (int64_t k = 0; k < 5; k++)
        assert_in_range(result.sweep.profile_node[k], 3, 7);
    fr_cluster_spectral_result_free(&result);
    settings = wanted(4, true);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
    assert_int_equal(result.n, 13);
    for (int k = 0; k < 3; k++)
        assert_near(result.lambda[k], 0, 1e-13);
    assert_true(result.lambda[3] > 0.1);
    assert_true(result.sweep.best.scores.conductance == 0);
    fr_cluster_spectral_result_free(&result);
    fr_graph_free(&graph);
}

static void two_nodes(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result result;
    fr_cluster_fiedler_settings settings = wanted(1, false);
    path_cluster_graph(2, &graph);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &result));
    assert_near(result.lambda[0], 2, 1e-15);
    fr_cluster_spectral_result_free(&result);
    fr_graph_free(&graph);
}

static void fiedler_refuses(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result result;
    fr_cluster_fiedler_settings settings = wanted(0, false);
    path_cluster_graph(3, &graph);
    assert_refused(fr_cluster_fiedler(&graph, &settings, &result), FR_EUSAGE, "eigenvectors");
    settings = wanted(1, false);
    settings.tolerance = 0;
    assert_refused(fr_cluster_fiedler(&graph, &settings, &result), FR_EUSAGE, "tolerance");
    settings = wanted(1, false);
    graph.trusted = false;
    assert_refused(fr_cluster_fiedler(&graph, &settings, &result), FR_EUSAGE, "fr_graph_check");
    fr_graph_free(&graph);
    assert_ok(fr_graph_from_arcs(3, 0, NULL, NULL, NULL, NULL, &graph));
    assert_refused(fr_cluster_fiedler(&graph, &settings, &result), FR_EUSAGE, "no two connected nodes");
    fr_graph_free(&graph);
}

/* Large enough for several threads; the tolerance does not matter here. */
static void threads_change_nothing(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result one, two;
    fr_cluster_fiedler_settings settings = wanted(1, false);
    settings.tolerance = 1e-3;
    random_cluster_graph(1, 120000, 500000, false, 0, &graph);
    fr_threads_set(1);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &one));
    fr_threads_set(2);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &two));
    fr_threads_set(0);
    assert_int_equal(one.products, two.products);
    assert_memory_equal(one.lambda, two.lambda, sizeof *one.lambda);
    assert_memory_equal(one.vector, two.vector, (size_t)one.n * sizeof *one.vector);
    fr_cluster_spectral_result_free(&one);
    fr_cluster_spectral_result_free(&two);
    fr_graph_free(&graph);
}

/* ---- Lanczos ---- */

/* A basis that is too small for the gap (paths have eigenvalues 1 - cos(pi k / (n - 1))): restarts, again and again. */
static void restarts(void **state)
{
    (void)state;
    enum { n = 100, keep = 6 };
    fr_graph graph;
    walk_matrix matrix;
    lanczos space;
    int64_t nodes[n];
    double trivial[n], start[n], values[keep], vectors[keep * n], square = 0;
    path_cluster_graph(n, &graph);
    for (int64_t i = 0; i < n; i++)
        nodes[i] = i, square += fr_graph_degree(&graph, i);
    for (int64_t i = 0; i < n; i++)
        trivial[i] = sqrt(fr_graph_degree(&graph, i) / square);
    assert_ok(walk_matrix_new(&graph, n, nodes, NULL, &matrix));
    assert_ok(lanczos_new(&matrix, 1, trivial, 20, &space));
    lanczos_start(&matrix, 0, start);
    assert_ok(lanczos_begin(&space, start));
    for (int restart = 0; restart < 40; restart++) {
        while (space.size < space.capacity)
            assert_ok(lanczos_step(&space));
        assert_ok(lanczos_restart(&space, keep));
        for (int64_t a = 0; a <= space.size;
             a++) /* the basis is orthogonal as well as the square root of the precision */
            for (int64_t b = 0; b < a; b++) {
                double product = 0;
                for (int64_t i = 0; i < n; i++)
                    product += space.basis[a * n + i] * space.basis[b * n + i];
                assert_near(a == space.size ? product / space.length : product, 0, 2e-8);
            }
    }
    while (space.size < space.capacity)
        assert_ok(lanczos_step(&space));
    assert_ok(lanczos_ritz(&space, keep, values, vectors));
    for (int k = 0; k < 3; k++)
        assert_near(2 - values[k], 1 - cos(acos(-1) * (k + 1) / (n - 1)), 1e-12);
    lanczos_free(&space);
    walk_matrix_free(&matrix);
    fr_graph_free(&graph);
}

/* ---- Dirichlet eigenvectors ---- */

static void dirichlet_of_random_sets(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_cluster_spectral_result result;
        int64_t order[30], count = 1 + (int64_t)(seed % 30);
        double values[30], part[900];
        random_cluster_graph(seed, 30, 40, seed % 2 == 0, (int64_t)(seed % 5), &graph);
        double *laplacian = dense_laplacian_of(&graph);
        fr_random_permutation(seed, 4, 0, 30, order);
        for (int64_t k = 0; k < count; k++)
            for (int64_t l = 0; l < count; l++)
                part[k * count + l] = laplacian[order[k] * 30 + order[l]];
        jacobi(count, part, values);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        assert_ok(fr_cluster_fiedler_local(workspace, count, order, 1e-10, &result));
        assert_true(result.converged && result.n == count);
        assert_near(result.lambda[0], values[0], 1e-12);
        assert_near(weighted_product(&graph, &result, result.vector, result.vector), 1, 1e-12);
        for (int64_t i = 0; i < count; i++) {
            assert_true(result.vector[i] >= 0);
            if (i > 0) assert_true(result.node[i - 1] < result.node[i]);
        }
        /* N v = lambda v on the set, with v = D^1/2 x. */
        for (int64_t i = 0; i < count; i++) {
            double sum = 0;
            for (int64_t j = 0; j < count; j++)
                sum += laplacian[result.node[i] * 30 + result.node[j]] * result.vector[j] *
                       sqrt(fr_graph_degree(&graph, result.node[j]));
            double v = result.vector[i] * sqrt(fr_graph_degree(&graph, result.node[i]));
            assert_near(sum, result.lambda[0] * v, 1e-10);
        }
        fr_cluster_spectral_result_free(&result);
        fr_cluster_workspace_free(workspace);
        free(laplacian);
        fr_graph_free(&graph);
    }
}

static void dirichlet_edges(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_spectral_result result;
    disconnected_graph(&graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    assert_ok(fr_cluster_fiedler_local(workspace, 1, (int64_t[]){13}, 1e-10, &result)); /* isolated */
    assert_near(result.lambda[0], 1, 1e-15);
    fr_cluster_spectral_result_free(&result);
    assert_ok(
        fr_cluster_fiedler_local(workspace, 5, (int64_t[]){7, 3, 4, 5, 6}, 1e-10, &result)); /* a component */
    assert_near(result.lambda[0], 0, 1e-14);
    fr_cluster_spectral_result_free(&result);
    assert_refused(fr_cluster_fiedler_local(workspace, 0, NULL, 1e-10, &result), FR_EUSAGE, "empty");
    assert_refused(fr_cluster_fiedler_local(workspace, 1, (int64_t[]){14}, 1e-10, &result), FR_EUSAGE,
                   "out of range");
    assert_refused(fr_cluster_fiedler_local(workspace, 1, (int64_t[]){3}, -1, &result), FR_EUSAGE,
                   "tolerance");
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* ---- seeded cuts ---- */

/* D^1/2 times the seeds' indicator, orthogonal to D^1/2 1, of length 1. */
static void seed_vector(const fr_graph *graph, int64_t count, const int64_t *nodes, double *b)
{
    double inside = 0, square = 0;
    for (int64_t i = 0; i < graph->n; i++)
        b[i] = 0;
    for (int64_t k = 0; k < count; k++)
        b[nodes[k]] = 1, inside += fr_graph_degree(graph, nodes[k]);
    for (int64_t i = 0; i < graph->n; i++) {
        b[i] = (b[i] - inside / graph->volume) * sqrt(fr_graph_degree(graph, i));
        square += b[i] * b[i];
    }
    for (int64_t i = 0; i < graph->n; i++)
        b[i] /= sqrt(square);
}

/* The conditions that make v optimal: feasible, (N - g) v = c b with g <= lambda2, and g = lambda2 or the bound on the
 * correlation met with equality. All nodes have neighbours. */
static void expect_optimal(const fr_graph *graph, int64_t count, const int64_t *nodes, double kappa,
                           double lambda2, const fr_cluster_spectral_result *result)
{
    int64_t n = graph->n;
    double *b = zeroed(n, sizeof *b), *rest = zeroed(n, sizeof *rest), *laplacian = dense_laplacian_of(graph);
    double along = 0, correlation = 0, left = 0;
    seed_vector(graph, count, nodes, b);
    assert_true(result->converged && result->n == n);
    assert_near(weighted_product(graph, result, result->vector, result->vector), 1, 1e-9);
    assert_near(weighted_product(graph, result, result->vector, NULL) / sqrt(graph->volume), 0, 1e-9);
    for (int64_t i = 0; i < n; i++) {
        double v = result->vector[i] * sqrt(fr_graph_degree(graph, i));
        correlation += v * b[i];
        rest[i] = -result->shift * v;
        for (int64_t j = 0; j < n; j++)
            rest[i] += laplacian[i * n + j] * result->vector[j] * sqrt(fr_graph_degree(graph, j));
        along += rest[i] * b[i];
    }
    for (int64_t i = 0; i < n; i++)
        left += pow(rest[i] - along * b[i], 2);
    assert_near(correlation * correlation, result->correlation, 1e-9);
    assert_true(result->correlation >= kappa * (1 - 1e-9));
    assert_true(sqrt(left) <= 1e-9);
    assert_true(result->shift <= lambda2 + 1e-12);
    if (result->shift < lambda2 - 1e-9) assert_near(result->correlation, kappa, 1e-9);
    free(b);
    free(rest);
    free(laplacian);
}

static void seeded_cuts_of_random_graphs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        fr_graph graph;
        fr_cluster_spectral_result result, fiedler;
        fr_cluster_fiedler_settings settings = wanted(1, false);
        int64_t nodes[3] = {(int64_t)(seed % 10), 20, 33}, count = 1 + (int64_t)(seed % 3);
        double before = 0;
        random_cluster_graph(seed, 40, 50, seed % 2 == 0, (int64_t)(seed % 4), &graph);
        assert_ok(fr_cluster_fiedler(&graph, &settings, &fiedler));
        for (int k = 0; k < 6; k++) {
            double kappa = (double[]){1e-6, 0.01, 0.1, 0.4, 0.8, 0.9999}[k];
            assert_ok(fr_cluster_mov(&graph, count, nodes, kappa, 1e-10, &result));
            expect_optimal(&graph, count, nodes, kappa, fiedler.lambda[0], &result);
            assert_true(result.lambda[0] >= before - 1e-12); /* less freedom */
            before = result.lambda[0];
            fr_cluster_spectral_result_free(&result);
        }
        fr_cluster_spectral_result_free(&fiedler);
        fr_graph_free(&graph);
    }
}

/* kappa -> 1 is the seed vector itself, and where the Fiedler vector correlates enough it is the answer. */
static void limits_of_seeded_cuts(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result result, fiedler;
    fr_cluster_fiedler_settings settings = wanted(1, false);
    double b[40];
    int64_t node = 3;
    random_cluster_graph(5, 40, 50, true, 0, &graph);
    assert_ok(fr_cluster_fiedler(&graph, &settings, &fiedler));
    assert_ok(fr_cluster_mov(&graph, 1, &node, 1e-9, 1e-10, &result));
    assert_near(result.shift, fiedler.lambda[0], 1e-12);
    for (int64_t i = 0; i < 40; i++)
        assert_near(result.vector[i], fiedler.vector[i], 1e-8);
    fr_cluster_spectral_result_free(&result);
    assert_ok(fr_cluster_mov(&graph, 1, &node, 1 - 1e-10, 1e-10, &result));
    assert_true(result.shift < -1000);
    seed_vector(&graph, 1, &node, b);
    for (int64_t i = 0; i < 40; i++) /* 1 - kappa is the square of the sine of the angle between the two */
        assert_near(result.vector[i] * sqrt(fr_graph_degree(&graph, i)), b[i], 2e-5);
    fr_cluster_spectral_result_free(&result);
    fr_cluster_spectral_result_free(&fiedler);
    fr_graph_free(&graph);
}

/* The middle of a path: the Fiedler vector is 0 there and odd, the seed even. For small kappa the answer mixes the two with g =
 * lambda2; for large ones the odd part is gone. */
static void seed_without_fiedler_part(void **state)
{
    (void)state;
    enum { n = 21 };
    fr_graph graph;
    fr_cluster_spectral_result result;
    int64_t middle = n / 2;
    double lambda2 = 1 - cos(acos(-1) / (n - 1));
    path_cluster_graph(n, &graph);
    for (int k = 0; k < 4; k++) {
        double kappa = (double[]){1e-4, 0.01, 0.3, 0.9}[k], odd = 0;
        assert_ok(fr_cluster_mov(&graph, 1, &middle, kappa, 1e-10, &result));
        expect_optimal(&graph, 1, &middle, kappa, lambda2, &result);
        for (int64_t i = 0; i < n; i++)
            odd = fmax(odd, fabs(result.vector[i] - result.vector[n - 1 - i]));
        if (k < 2)
            assert_true(odd > 0.01 && fabs(result.shift - lambda2) < 1e-9);
        else
            assert_true(odd < 1e-6 && result.shift < lambda2 - 1e-6);
        fr_cluster_spectral_result_free(&result);
    }
    fr_graph_free(&graph);
}

static void seeded_cuts_refuse(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_spectral_result result;
    disconnected_graph(&graph);
    assert_refused(fr_cluster_mov(&graph, 1, (int64_t[]){0}, 0, 1e-10, &result), FR_EUSAGE, "kappa");
    assert_refused(fr_cluster_mov(&graph, 1, (int64_t[]){0}, 1, 1e-10, &result), FR_EUSAGE, "kappa");
    assert_refused(fr_cluster_mov(&graph, 1, (int64_t[]){0}, 0.5, 0, &result), FR_EUSAGE, "tolerance");
    assert_refused(fr_cluster_mov(&graph, 1, (int64_t[]){13}, 0.5, 1e-10, &result), FR_EUSAGE, "neighbours");
    assert_refused(fr_cluster_mov(&graph, 2, (int64_t[]){1, 1}, 0.5, 1e-10, &result), FR_EUSAGE, "twice");
    assert_ok(fr_cluster_mov(&graph, 1, (int64_t[]){0}, 0.5, 1e-10, &result));
    assert_true(result.converged);
    fr_cluster_spectral_result_free(&result);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fiedler_of_random_graphs),
        cmocka_unit_test(multiple_eigenvalues),
        cmocka_unit_test(eigenvalues_of_a_ring),
        cmocka_unit_test(disconnected_graphs),
        cmocka_unit_test(two_nodes),
        cmocka_unit_test(fiedler_refuses),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(restarts),
        cmocka_unit_test(dirichlet_of_random_sets),
        cmocka_unit_test(dirichlet_edges),
        cmocka_unit_test(seeded_cuts_of_random_graphs),
        cmocka_unit_test(limits_of_seeded_cuts),
        cmocka_unit_test(seed_without_fiedler_part),
        cmocka_unit_test(seeded_cuts_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
