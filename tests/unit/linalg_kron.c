/* Kron reduction against the dense Schur complement on random graphs, and by its defining equations on a larger lattice;
 * the supernodal factor below it; matrices that are not positive definite. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <frugal/linalg.h>

#include "linalg/supernodal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static fr_kron *kron_of(const fr_feems_graph *graph, int64_t o, const int64_t *kept)
{
    fr_kron *kron;
    assert_ok(fr_kron_new(graph->n_nodes, graph->n_edges, graph->i, graph->j, o, kept, &kron));
    assert_non_null(kron);
    return kron;
}

static double *aligned(int64_t count)
{
    double *values = fr_alloc(count, sizeof *values);
    assert_non_null(values);
    return values;
}

/* ---- against the dense Schur complement -------------------------------------------------------------------------------- */

/* H (n x o, by node) and K (o x o): -L_uu^-1 L_uo below the identity, L_oo + L_ou H_u. */
static void dense_reduction(const fr_feems_graph *graph, const double *weights, int64_t o,
                            const int64_t *kept, double *extension, double *reduced)
{
    int64_t n = graph->n_nodes, u = 0, *rest = calloc((size_t)n, sizeof *rest);
    for (int64_t v = 0; v < n; v++) {
        bool is_kept = false;
        for (int64_t a = 0; a < o; a++)
            is_kept |= kept[a] == v;
        if (!is_kept) rest[u++] = v;
    }
    double *l = dense_laplacian(graph, weights);
    double *inverse = dense_part(n, l, u, rest, u, rest), *l_uo = dense_part(n, l, u, rest, o, kept);
    double *h = dense_new(u, o);
    dense_invert(u, inverse);
    dense_multiply(u, u, o, inverse, l_uo, h);
    for (int64_t a = 0; a < o; a++) {
        extension[kept[a] * o + a] = 1;
        for (int64_t b = 0; b < o; b++) {
            reduced[a * o + b] = l[kept[a] * n + kept[b]];
            for (int64_t r = 0; r < u; r++)
                reduced[a * o + b] -= l_uo[r * o + a] * h[r * o + b];
        }
    }
    for (int64_t r = 0; r < u; r++)
        for (int64_t b = 0; b < o; b++)
            extension[rest[r] * o + b] = -h[r * o + b];
    free(rest), free(l), free(inverse), free(l_uo), free(h);
}

/* Kept nodes come in any order, and K and H follow it. */
static void check_reduction(const fr_feems_graph *graph, const double *weights, int64_t o,
                            const int64_t *kept, fr_kron *kron)
{
    int64_t n = graph->n_nodes, stride = fr_kron_stride(kron);
    double *extension = dense_new(n, o), *reduced = dense_new(o, o), *got = aligned(o * stride);
    dense_reduction(graph, weights, o, kept, extension, reduced);
    assert_true(stride >= o && stride < o + 8 && stride % 8 == 0);
    memset(got, 0xff, (size_t)(o * stride) * sizeof *got); /* padding must be written too */
    assert_ok(fr_kron_factor(kron, weights, got));
    double scale = fmax(dense_largest(o * o, reduced), dense_largest(graph->n_edges, weights));
    /* Both eliminate some 60 nodes of well-conditioned matrices: a few hundred rounding errors. */
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < stride; b++) {
            assert_near(got[a * stride + b], b < o ? reduced[a * o + b] : 0, b < o ? 1e-12 * scale : 0);
            if (b < o) assert_true(got[a * stride + b] == got[b * stride + a]);
        }
    const double *h = fr_kron_extension(kron);
    for (int64_t v = 0; v < n; v++) {
        const double *row = h + fr_kron_row(kron, v) * stride;
        for (int64_t b = 0; b < stride; b++)
            assert_near(row[b], b < o ? extension[v * o + b] : 0, b < o ? 1e-12 : 0);
    }
    free(extension), free(reduced), fr_free(got);
}

/* Eliminated nodes have the first rows, each one; kept nodes follow in their order. */
static void check_rows(const fr_kron *kron, int64_t n, int64_t o, const int64_t *kept)
{
    bool *taken = calloc((size_t)n, sizeof *taken);
    assert_int_equal(fr_kron_eliminated(kron), n - o);
    assert_true(fr_kron_nonzeros(kron) >= n - o);
    for (int64_t v = 0; v < n; v++) {
        int64_t row = fr_kron_row(kron, v);
        assert_in_range(row, 0, n - 1);
        assert_false(taken[row]);
        taken[row] = true;
    }
    for (int64_t a = 0; a < o; a++)
        assert_int_equal(fr_kron_row(kron, kept[a]), n - o + a);
    free(taken);
}

static void random_graphs(void **state)
{
    (void)state;
    const int64_t sizes[][3] = {{2, 0, 1},   {2, 0, 2},   {3, 1, 1},    {7, 4, 3},   {9, 100, 4},
                                {20, 8, 19}, {33, 0, 10}, {40, 45, 40}, {64, 80, 9}, {65, 150, 24}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        int64_t n = sizes[k][0], o = sizes[k][2], kept[80];
        fr_feems_graph graph = random_graph(k, n, sizes[k][1]);
        fr_random_permutation(k, 9, 0, n, kept);
        fr_kron *kron = kron_of(&graph, o, kept);
        check_rows(kron, n, o, kept);
        for (uint64_t seed = 1; seed <= 2; seed++) { /* one pattern, new weights */
            double *weights = random_values(seed, graph.n_edges, 1.5);
            check_reduction(&graph, weights, o, kept, kron);
            free(weights);
        }
        fr_kron_free(kron);
        fr_feems_graph_free(&graph);
    }
    fr_kron_free(NULL);
}

static void solves_with_the_eliminated_part(void **state)
{
    (void)state;
    enum { n = 50, o = 11, u = n - o, columns = 13, stride = 16 };
    int64_t kept[n], node_of[n] = {0};
    fr_feems_graph graph = random_graph(5, n, 60);
    fr_random_permutation(5, 9, 0, n, kept);
    double *weights = random_values(3, graph.n_edges, 1);
    fr_kron *kron = kron_of(&graph, o, kept);
    double *reduced = aligned(o * fr_kron_stride(kron)), *x = aligned(u * stride),
           *given = dense_new(u, stride);
    assert_ok(fr_kron_factor(kron, weights, reduced));
    for (int64_t v = 0; v < n; v++)
        node_of[fr_kron_row(kron, v)] = v;
    for (int64_t r = 0; r < u; r++)
        for (int64_t c = 0; c < columns; c++)
            x[r * stride + c] = given[r * stride + c] = fr_random_normal(1, (uint64_t)r, (uint64_t)c);
    fr_kron_solve(kron, x, stride);
    double *l = dense_laplacian(&graph, weights), *l_uu = dense_part(n, l, u, node_of, u, node_of);
    double *image = dense_new(u, stride);
    dense_multiply(u, u, stride, l_uu, x, image);
    for (int64_t k = 0; k < u * stride; k++)
        assert_near(image[k], given[k], 1e-11); /* residual: some 1e3 times the rounding of numbers near 10 */
    free(weights), free(given), free(l), free(l_uu), free(image);
    fr_free(reduced), fr_free(x);
    fr_kron_free(kron);
    fr_feems_graph_free(&graph);
}

/* A power of 4 goes through all square roots and quotients without rounding. */
static void scales_with_the_weights(void **state)
{
    (void)state;
    enum { n = 40, o = 9 };
    int64_t kept[n];
    fr_feems_graph graph = random_graph(8, n, 50);
    fr_random_permutation(8, 9, 0, n, kept);
    double *weights = random_values(8, graph.n_edges, 1);
    fr_kron *kron = kron_of(&graph, o, kept);
    int64_t stride = fr_kron_stride(kron);
    double *once = aligned(o * stride), *scaled = aligned(o * stride);
    assert_ok(fr_kron_factor(kron, weights, once));
    for (int64_t e = 0; e < graph.n_edges; e++)
        weights[e] *= 1024;
    assert_ok(fr_kron_factor(kron, weights, scaled));
    for (int64_t k = 0; k < o * stride; k++)
        assert_true(scaled[k] == 1024 * once[k]);
    free(weights);
    fr_free(once), fr_free(scaled);
    fr_kron_free(kron);
    fr_feems_graph_free(&graph);
}

/* ---- a larger graph ----------------------------------------------------------------------------------------------------- */

/* L H = [K; 0]: H is harmonic at the eliminated nodes, and K is what flows out at the kept ones. */
static void check_harmonic(const fr_feems_graph *graph, const double *weights, const fr_kron *kron, int64_t o,
                           const double *reduced)
{
    int64_t n = graph->n_nodes, stride = fr_kron_stride(kron), u = n - o;
    const double *h = fr_kron_extension(kron);
    double *flow = dense_new(n, stride), worst = 0;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = fr_kron_row(kron, graph->i[e]), j = fr_kron_row(kron, graph->j[e]);
        for (int64_t a = 0; a < o; a++) {
            double step = weights[e] * (h[i * stride + a] - h[j * stride + a]);
            flow[i * stride + a] += step;
            flow[j * stride + a] -= step;
        }
    }
    for (int64_t r = 0; r < n; r++) {
        double sum = 0;
        for (int64_t a = 0; a < o; a++) {
            double expected = r < u ? 0 : reduced[(r - u) * stride + a];
            worst = fmax(worst, fabs(flow[r * stride + a] - expected));
            sum += h[r * stride + a];
            assert_true(h[r * stride + a] > -1e-14);
        }
        assert_near(sum, 1, 1e-10);
    }
    assert_true(worst < 1e-10); /* weights up to some 50, entries up to 1, and sums of six edges */
    free(flow);
}

static void large_lattice(void **state)
{
    (void)state;
    enum { rows = 140, columns = 140, o = 61 }; /* large enough for the solves to go over threads */
    fr_feems_graph graph = lattice_graph(rows, columns);
    int64_t *kept = calloc(rows * columns, sizeof *kept);
    fr_random_permutation(2, 9, 0, rows * columns, kept);
    double *weights = random_values(4, graph.n_edges, 1);
    fr_kron *kron = kron_of(&graph, o, kept);
    int64_t stride = fr_kron_stride(kron);
    assert_true(fr_kron_nonzeros(kron) * stride > 50000000);
    assert_true(fr_kron_nonzeros(kron) <
                3000000); /* a good order: a banded one would store 140 a column, 2.7e6 */
    double *reduced = aligned(o * stride), *again = aligned(o * stride);
    fr_threads_set(1);
    assert_ok(fr_kron_factor(kron, weights, reduced));
    check_harmonic(&graph, weights, kron, o, reduced);
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++)
            assert_true(a == b ? reduced[a * stride + a] > 0 : reduced[a * stride + b] < 1e-14);
    fr_threads_set(3);
    assert_ok(fr_kron_factor(kron, weights, again));
    assert_memory_equal(again, reduced, (size_t)(o * stride) * sizeof *reduced);
    fr_threads_set(0);
    free(kept), free(weights);
    fr_free(reduced), fr_free(again);
    fr_kron_free(kron);
    fr_feems_graph_free(&graph);
}

/* ---- breakdown ---------------------------------------------------------------------------------------------------------- */

static void not_positive_definite(void **state)
{
    (void)state;
    enum { n = 30, o = 5 };
    int64_t kept[n];
    fr_feems_graph graph = random_graph(6, n, 30);
    fr_random_permutation(6, 9, 0, n, kept);
    fr_kron *kron = kron_of(&graph, o, kept);
    double *weights = random_values(6, graph.n_edges, 1), *reduced = aligned(o * fr_kron_stride(kron));
    const double wrong[] = {0, -1, NAN, -INFINITY};
    for (int k = 0; k < 4; k++) {
        double *bad = dense_new(graph.n_edges, 1);
        for (int64_t e = 0; e < graph.n_edges; e++)
            bad[e] = wrong[k] < 0 ? wrong[k] * weights[e] : wrong[k];
        assert_refused(fr_kron_factor(kron, bad, reduced), FR_ENUMERIC, "positive definite");
        free(bad);
    }
    check_reduction(&graph, weights, o, kept, kron); /* a breakdown leaves nothing behind */
    free(weights), fr_free(reduced);
    fr_kron_free(kron);
    fr_feems_graph_free(&graph);
}

/* ---- the supernodal factor ------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t n, m;
    int64_t *i, *j;
    double *matrix; /* n x n, dense */
    int64_t *permutation, *number;
    fr_supernodal factor;
} sparse_case;

/* A random pattern whose matrix has a dominant diagonal. */
static sparse_case sparse_new(uint64_t seed, int64_t n, int64_t extra)
{
    fr_feems_graph graph = random_graph(seed, n, extra);
    sparse_case c = {.n = n, .m = graph.n_edges, .i = graph.i, .j = graph.j};
    graph.i = graph.j = NULL;
    fr_feems_graph_free(&graph);
    c.matrix = dense_new(n, n);
    c.permutation = calloc((size_t)n, sizeof *c.permutation);
    c.number = calloc((size_t)n, sizeof *c.number);
    for (int64_t e = 0; e < c.m; e++) {
        double value = fr_random_normal(seed, 0, (uint64_t)e);
        c.matrix[c.i[e] * n + c.j[e]] = c.matrix[c.j[e] * n + c.i[e]] = value;
        c.matrix[c.i[e] * n + c.i[e]] += fabs(value) + 0.1;
        c.matrix[c.j[e] * n + c.j[e]] += fabs(value) + 0.1;
    }
    assert_ok(fr_supernodal_new(n, c.m, c.i, c.j, c.permutation, &c.factor));
    for (int64_t k = 0; k < n; k++)
        c.number[c.permutation[k]] = k;
    return c;
}

static void sparse_free(sparse_case *c)
{
    fr_free(c->i), fr_free(c->j);
    free(c->matrix), free(c->permutation), free(c->number);
    fr_supernodal_free(&c->factor);
    fr_supernodal_free(&c->factor);
}

static void sparse_load(sparse_case *c)
{
    fr_supernodal *f = &c->factor;
    memset(f->value, 0, (size_t)f->size * sizeof *f->value);
    for (int64_t k = 0; k < c->n; k++)
        f->value[fr_supernodal_entry(f, c->number[k], c->number[k])] = c->matrix[k * c->n + k];
    for (int64_t e = 0; e < c->m; e++) {
        int64_t a = c->number[c->i[e]], b = c->number[c->j[e]];
        f->value[fr_supernodal_entry(f, a > b ? a : b, a > b ? b : a)] = c->matrix[c->i[e] * c->n + c->j[e]];
    }
}

/* G as a dense lower triangle, through the lists of rows. */
static double *sparse_lower(const sparse_case *c)
{
    const fr_supernodal *f = &c->factor;
    double *lower = dense_new(c->n, c->n);
    for (int64_t s = 0; s < f->n_super; s++) {
        const int64_t *rows = f->rows + f->rows_start[s];
        int64_t height = f->rows_start[s + 1] - f->rows_start[s];
        for (int64_t column = f->first[s]; column < f->first[s + 1]; column++) {
            assert_int_equal(f->super_of[column], s);
            assert_int_equal(rows[column - f->first[s]], column);
            for (int64_t r = column - f->first[s]; r < height; r++) {
                int64_t entry = fr_supernodal_entry(f, rows[r], column);
                assert_int_equal(entry, f->block_start[s] + (column - f->first[s]) * height + r);
                lower[rows[r] * c->n + column] = f->value[entry];
            }
        }
    }
    return lower;
}

static void factor_times_its_transpose(void **state)
{
    (void)state;
    const int64_t sizes[][2] = {{1, 0}, {2, 0}, {10, 3}, {17, 200}, {60, 30}, {90, 300}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        sparse_case c = sparse_new(k, sizes[k][0], sizes[k][1]);
        if (c.n == 1) c.matrix[0] = 4; /* no edge: a matrix of one number */
        sparse_load(&c);
        assert_ok(fr_supernodal_factor(&c.factor));
        double *lower = sparse_lower(&c);
        for (int64_t a = 0; a < c.n; a++)
            for (int64_t b = 0; b <= a; b++) {
                double sum = 0;
                for (int64_t s = 0; s <= b; s++)
                    sum += lower[a * c.n + s] * lower[b * c.n + s];
                /* Backward stability: rounding of sums of entries below 100. */
                assert_near(sum, c.matrix[c.permutation[a] * c.n + c.permutation[b]], 1e-12);
            }
        free(lower);
        sparse_free(&c);
    }
}

/* Only the asked columns change, and they become solutions. */
static void solves_in_part_of_the_columns(void **state)
{
    (void)state;
    enum { n = 70, stride = 24, from = 8, to = 24 };
    sparse_case c = sparse_new(3, n, 90);
    double *x = aligned(n * stride), *given = dense_new(n, stride), *image = dense_new(n, stride),
           *permuted = dense_part(n, c.matrix, n, c.permutation, n, c.permutation);
    for (int64_t k = 0; k < n * stride; k++)
        x[k] = given[k] = fr_random_normal(1, 1, (uint64_t)k);
    sparse_load(&c);
    assert_ok(fr_supernodal_factor(&c.factor));
    fr_supernodal_solve(&c.factor, x, stride, from, to, NULL);
    dense_multiply(n, n, stride, permuted, x, image);
    for (int64_t k = 0; k < n * stride; k++)
        if (k % stride >= from)
            assert_near(image[k], given[k], 1e-12);
        else
            assert_true(x[k] == given[k]);
    free(given), free(image), free(permuted), fr_free(x);
    sparse_free(&c);
}

static void pivot_that_is_not_positive(void **state)
{
    (void)state;
    sparse_case c = sparse_new(4, 40, 60);
    for (int64_t k = 0; k < c.n;
         k += 13) { /* an indefinite matrix, wherever the bad row lands in the order */
        double kept = c.matrix[k * c.n + k];
        c.matrix[k * c.n + k] = -kept;
        sparse_load(&c);
        assert_int_equal(fr_supernodal_factor(&c.factor), FR_ENUMERIC);
        c.matrix[k * c.n + k] = kept;
    }
    sparse_load(&c);
    assert_ok(fr_supernodal_factor(&c.factor));
    sparse_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(solves_with_the_eliminated_part),
        cmocka_unit_test(scales_with_the_weights),
        cmocka_unit_test(large_lattice),
        cmocka_unit_test(not_positive_definite),
        cmocka_unit_test(factor_times_its_transpose),
        cmocka_unit_test(solves_in_part_of_the_columns),
        cmocka_unit_test(pivot_that_is_not_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
