/* Inverses of symmetric positive definite matrices against Gauss-Jordan elimination; matrices that are not. */
#include "dense.h"
#include "support.h"

#include <frugal/linalg.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* R R' + shift I over random normals, n rows of `stride`; the upper triangle is left unset. */
static double *random_spd(uint64_t seed, int64_t n, int64_t stride, double shift)
{
    double *root = dense_new(n, n), *matrix = fr_alloc(n * stride, sizeof *matrix);
    assert_non_null(matrix);
    for (int64_t k = 0; k < n * n; k++)
        root[k] = fr_random_normal(seed, 0, (uint64_t)k);
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++) {
            double sum = a == b ? shift : 0;
            for (int64_t k = 0; k < n; k++)
                sum += root[a * n + k] * root[b * n + k];
            matrix[a * stride + b] = b <= a ? sum : NAN;
        }
    free(root);
    return matrix;
}

static void check_inverse(int64_t n, int64_t stride)
{
    double *matrix = random_spd((uint64_t)n, n, stride, 0.5 * (double)n), *whole = dense_new(n, n), log_det;
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++)
            whole[a * n + b] = a >= b ? matrix[a * stride + b] : matrix[b * stride + a];
    assert_ok(fr_spd_invert(n, matrix, stride, &log_det));
    double expected = dense_invert(n, whole), largest = dense_largest(n * n, whole);
    assert_near(log_det, expected, 1e-12 * (1 + fabs(expected)));
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < stride; b++) {
            if (b >= n) {
                assert_true(matrix[a * stride + b] == 0); /* padding stays */
                continue;
            }
            assert_near(matrix[a * stride + b], whole[a * n + b], 1e-12 * largest); /* condition below 10 */
            assert_true(matrix[a * stride + b] == matrix[b * stride + a]);
        }
    fr_free(matrix), free(whole);
}

static void inverses(void **state)
{
    (void)state;
    const int64_t sizes[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 94, 100, 130};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        check_inverse(sizes[k], (sizes[k] + 7) / 8 * 8);
        check_inverse(sizes[k], sizes[k]); /* no padding: the slow way */
        check_inverse(sizes[k], sizes[k] + 3);
    }
}

static void not_positive_definite(void **state)
{
    (void)state;
    const int64_t sizes[] = {1, 5, 16, 40, 100};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        int64_t n = sizes[k], stride = (n + 7) / 8 * 8, place[] = {0, n / 2, n - 1};
        const double wrong[] = {-1, 0, NAN, -INFINITY};
        for (int p = 0; p < 3; p++)
            for (int w = 0; w < 4; w++) {
                double *matrix = random_spd(1, n, stride, (double)n), log_det;
                matrix[place[p] * stride + place[p]] = wrong[w];
                assert_int_equal(fr_spd_invert(n, matrix, stride, &log_det), FR_ENUMERIC);
                fr_free(matrix);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverses),
        cmocka_unit_test(not_positive_definite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
