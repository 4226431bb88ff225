/* Inverse by bordering. The rank-one updates wait until there are enough of them for one matrix product, which moves M
 * through memory once for all; until then a product with M adds theirs one by one. */
#include "inverse.h"

#include <cblas.h>
#include <core/for_each_cpu.h>
#include <math.h>
#include <string.h>

enum { most_pending = 32 };

void inverse_free(growing_inverse *inverse)
{
    fr_free(inverse->inverse);
    fr_free(inverse->pending);
    *inverse = (growing_inverse){0};
}

/* w += a[0] x0 + ... + a[3] x3, entry by entry: the result does not depend on the width of the vectors. */
FR_FOR_EACH_CPU
static void add_four(int64_t n, const double a[4], const double *x0, const double *x1, const double *x2,
                     const double *x3, double *restrict w)
{
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        w[i] += a[0] * x0[i] + a[1] * x1[i] + a[2] * x2[i] + a[3] * x3[i];
}

/* w += sum_k a_k x_k over `count` vectors. */
static void add_all(int64_t n, int64_t count, const double *a, const double *const *x, double *w)
{
    for (int64_t k = 0; k < count; k += 4) {
        double factor[4] = {0};
        const double *vector[4];
        for (int64_t l = 0; l < 4; l++) {
            vector[l] = x[k + l < count ? k + l : k];
            if (k + l < count) factor[l] = a[k + l];
        }
        add_four(n, factor, vector[0], vector[1], vector[2], vector[3], w);
    }
}

void inverse_multiply(const growing_inverse *inverse, int64_t count, const uint32_t *place, const double *a,
                      double *w)
{
    memset(w, 0, (size_t)inverse->n * sizeof *w);
    double factor[most_pending];
    const double *vector[most_pending];
    int64_t used = 0;
    for (int64_t k = 0; k < count; k++) {
        if (place[k] >= inverse->folded) continue;
        factor[used] = a[k];
        vector[used++] = inverse->inverse + (int64_t)place[k] * inverse->capacity;
        if (used < most_pending) continue;
        add_all(inverse->folded, used, factor, vector, w);
        used = 0;
    }
    add_all(inverse->folded, used, factor, vector, w);
    int64_t pending = inverse->n - inverse->folded;
    for (int64_t l = 0; l < pending; l++) {
        const double *z = inverse->pending + l * inverse->capacity;
        double product = 0;
        for (int64_t k = 0; k < count; k++)
            product += z[place[k]] * a[k];
        factor[l] = product;
        vector[l] = z;
    }
    add_all(inverse->n, pending, factor, vector, w);
}

/* Doubles the capacity. */
static int grow(growing_inverse *inverse)
{
    int64_t old = inverse->capacity, capacity = old > 0 ? 2 * old : 128, cells;
    if (fr_size_mul(capacity, capacity, &cells) != FR_OK) return FR_ENOMEM;
    double *matrix = fr_alloc(cells, sizeof *matrix);
    double *pending = fr_alloc(capacity * most_pending, sizeof *pending);
    if (matrix == NULL || pending == NULL) {
        fr_free(matrix);
        fr_free(pending);
        return FR_ENOMEM;
    }
    for (int64_t i = 0; i < inverse->folded; i++)
        memcpy(matrix + i * capacity, inverse->inverse + i * old, (size_t)inverse->folded * sizeof *matrix);
    for (int64_t l = 0; l < inverse->n - inverse->folded; l++)
        memcpy(pending + l * capacity, inverse->pending + l * old, (size_t)inverse->n * sizeof *pending);
    fr_free(inverse->inverse);
    fr_free(inverse->pending);
    inverse->inverse = matrix, inverse->pending = pending, inverse->capacity = capacity;
    return FR_OK;
}

/* M += Z'Z, with the pending vectors as the rows of Z. */
static void fold(growing_inverse *inverse)
{
    int n = (int)inverse->n, stride = (int)inverse->capacity, pending = (int)(inverse->n - inverse->folded);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, pending, 1, inverse->pending, stride,
                inverse->pending, stride, 1, inverse->inverse, stride);
    memset(inverse->pending, 0, (size_t)pending * (size_t)stride * sizeof *inverse->pending);
    inverse->folded = inverse->n;
}

int inverse_append(growing_inverse *inverse, const double *w, double s)
{
    if (inverse->n == inverse->capacity && grow(inverse) != FR_OK) return FR_ENOMEM;
    double scale = 1 / sqrt(s), *z = inverse->pending + (inverse->n - inverse->folded) * inverse->capacity;
    for (int64_t i = 0; i < inverse->n; i++)
        z[i] = scale * w[i];
    z[inverse->n++] = scale;
    if (inverse->n - inverse->folded == most_pending) fold(inverse);
    return FR_OK;
}
