/* The parts under the path methods: the heap, the inverse that grows, conjugate gradients. */
#include "support.h"

#include "cluster/conjugate.h"
#include "cluster/heap.h"
#include "cluster/inverse.h"

#include <math.h>
#include <stdlib.h>

/* ---- heap ------------------------------------------------------------------------------------------------------------ */

/* Random insertions, changes up and down and pops, with few distinct keys, against a search through all. */
static void heap_against_search(void **state)
{
    (void)state;
    enum { items = 300 };
    double key[items];
    bool present[items] = {false};
    node_heap heap = {0};
    fr_rng rng;
    fr_rng_init(&rng, 1, 2, 3);
    for (int step = 0; step < 20000; step++) {
        assert_ok(heap_reserve(&heap, step < 100 ? 150 : items));
        if (fr_rng_below(&rng, 3) > 0) {
            uint32_t item = (uint32_t)fr_rng_below(&rng, step < 100 ? 150 : items);
            key[item] = (double)fr_rng_below(&rng, 40) - 20;
            present[item] = true;
            heap_set(&heap, item, items - item, key[item]);
            continue;
        }
        int best = -1; /* ties: the smaller node is the larger item */
        for (int k = items - 1; k >= 0; k--)
            if (present[k] && (best < 0 || key[k] > key[best])) best = k;
        if (best < 0) {
            assert_int_equal(heap.count, 0);
            continue;
        }
        heap_entry top = heap_pop(&heap);
        assert_int_equal(top.item, best);
        assert_int_equal(top.node, items - best);
        assert_true(top.key == key[best]);
        present[best] = false;
    }
    heap_free(&heap);
}

/* ---- linear solvers ---------------------------------------------------------------------------------------------------- */

/* A random sparse M-matrix of order n, row by row, strictly dominant; free with free. */
static double *random_matrix(int64_t n)
{
    double *q = calloc((size_t)(n * n), sizeof *q);
    assert_non_null(q);
    fr_rng rng;
    fr_rng_init(&rng, 9, 0, 0);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++)
            if (fr_rng_below(&rng, 10) == 0) q[i * n + j] = q[j * n + i] = -fr_rng_uniform(&rng);
    for (int64_t i = 0; i < n; i++) {
        double sum = 0.1;
        for (int64_t j = 0; j < n; j++)
            sum -= q[i * n + j];
        q[i * n + i] = sum;
    }
    return q;
}

typedef struct {
    int64_t n;
    const double *q;
} square;

static void multiply(void *context, const double *x, double *y)
{
    const square *matrix = context;
    for (int64_t i = 0; i < matrix->n; i++) {
        y[i] = 0;
        for (int64_t j = 0; j < matrix->n; j++)
            y[i] += matrix->q[i * matrix->n + j] * x[j];
    }
}

/* Bordering through several doublings and folds: at the end Q M a = a. */
static void growing_inverse_inverts(void **state)
{
    (void)state;
    enum { n = 300 };
    double *q = random_matrix(n), w[n], a[n], image[n];
    uint32_t place[n];
    growing_inverse inverse = {0};
    for (int64_t k = 0; k < n; k++) {
        int64_t count = 0;
        double schur = q[k * n + k];
        for (int64_t j = 0; j < k; j++)
            if (q[k * n + j] != 0) {
                place[count] = (uint32_t)j;
                a[count++] = -q[k * n + j];
            }
        inverse_multiply(&inverse, count, place, a, w);
        for (int64_t l = 0; l < count; l++)
            schur -= a[l] * w[place[l]];
        assert_ok(inverse_append(&inverse, w, schur));
    }
    square matrix = {n, q};
    for (int64_t k = 0; k < n; k += 7) {
        place[0] = (uint32_t)k;
        a[0] = 1;
        inverse_multiply(&inverse, 1, place, a, w);
        multiply(&matrix, w, image);
        for (int64_t i = 0; i < n; i++)
            assert_near(image[i], i == k ? 1 : 0, 1e-13); /* n eps times the largest row sum of |Q| M */
    }
    inverse_free(&inverse);
    free(q);
}

static void conjugate_gradients_solve(void **state)
{
    (void)state;
    enum { n = 200 };
    double *q = random_matrix(n), diagonal[n], b[n], x[n], image[n], scratch[3 * n];
    for (int64_t i = 0; i < n; i++) {
        diagonal[i] = q[i * n + i];
        b[i] = i % 13 == 0 ? (double)(i + 1) : 0;
    }
    square matrix = {n, q};
    conjugate_matrix product = {n, diagonal, 1000, multiply, &matrix};
    int64_t products = conjugate_gradients(&product, b, 1e-15, x, scratch);
    assert_in_range(products, 2, n); /* condition number: at most 2 * 20 / 0.1 */
    multiply(&matrix, x, image);
    for (int64_t i = 0; i < n; i++)
        assert_near(image[i], b[i], 1e-12 * n); /* rounding of the sums, of size 200 */
    for (int64_t i = 0; i < n; i++)
        b[i] = 0;
    assert_int_equal(conjugate_gradients(&product, b, 1e-15, x, scratch), 0);
    assert_true(x[5] == 0);
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_against_search),
        cmocka_unit_test(growing_inverse_inverts),
        cmocka_unit_test(conjugate_gradients_solve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
