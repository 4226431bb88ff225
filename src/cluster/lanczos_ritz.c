/* Ritz pairs of a Krylov space, thick restarts, and the largest eigenpair by them (Wu, Simon, "Thick-restart Lanczos method",
 * SIMAX 22, 2000). The residual of the Ritz pair (theta, Q y) is off[size-1] |y_last|; what is returned is also measured. */
#include "lanczos.h"

#include <cblas.h>
#include <inttypes.h>
#include <lapacke.h>
#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    kept_vectors = 20,
    most_products = 30000,
    most_columns = 1000, /* of the basis, where n allows ... */
    fewest_columns = 60,
    most_cells = 1 << 26 /* ... half a gigabyte */
};

void lanczos_combine(const lanczos *space, const double *y, double *out)
{
    int64_t n = space->matrix->n;
#pragma omp parallel for schedule(static) num_threads(walk_matrix_threads(space->matrix))
    for (int64_t first = 0; first < n; first += lanczos_block_rows)
        cblas_dgemv(CblasColMajor, CblasNoTrans,
                    (int)(n - first < lanczos_block_rows ? n - first : lanczos_block_rows), (int)space->size,
                    1, space->basis + first, (int)n, y, 1, 0, out + first, 1);
}

/* The whole of T, column-major. */
static void fill_dense(const lanczos *space, double *t)
{
    int64_t size = space->size, kept = space->kept;
    for (int64_t i = 0; i < size; i++) {
        t[i * size + i] = space->diagonal[i];
        int64_t other = i < kept ? kept : i + 1;
        if (other < size) t[i * size + other] = t[other * size + i] = space->off[i];
    }
}

int lanczos_ritz(const lanczos *space, int64_t count, double *values, double *vectors)
{
    int64_t size = space->size, least = size - count + 1;
    bool dense = space->kept > 0;
    lapack_int found = 0, failed;
    double *t = fr_alloc(dense ? size * size : 2 * size, sizeof *t);
    double *all = fr_alloc(size, sizeof *all), *column = fr_alloc(size * count, sizeof *column);
    lapack_int *support = fr_alloc(2 * count, sizeof *support);
    int status = t != NULL && all != NULL && column != NULL && support != NULL ? FR_OK : FR_ENOMEM;
    if (status != FR_OK) goto done;
    if (dense) {
        fill_dense(space, t);
        failed = LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'L', (lapack_int)size, t, (lapack_int)size, 0, 0,
                                (lapack_int)least, (lapack_int)size, 0, &found, all, column, (lapack_int)size,
                                support);
    } else {
        memcpy(t, space->diagonal, (size_t)size * sizeof *t);
        memcpy(t + size, space->off, (size_t)(size - 1) * sizeof *t);
        failed =
            LAPACKE_dstevr(LAPACK_COL_MAJOR, 'V', 'I', (lapack_int)size, t, t + size, 0, 0, (lapack_int)least,
                           (lapack_int)size, 0, &found, all, column, (lapack_int)size, support);
    }
    if (failed != 0 || found != count) {
        status = fr_fail(FR_ENUMERIC,
                         "the eigenvalues of a matrix of %" PRId64 " Lanczos steps were not found", size);
        goto done;
    }
    for (int64_t k = 0; k < count; k++) {
        values[k] = all[count - 1 - k];
        memcpy(vectors + k * size, column + (count - 1 - k) * size, (size_t)size * sizeof *vectors);
    }
done:
    fr_free(t);
    fr_free(all);
    fr_free(column);
    fr_free(support);
    return status;
}

/* The first columns of the basis become basis * y, block by block of rows; the residual vector follows them. */
static int rotate(lanczos *space, int64_t keep, const double *y)
{
    int64_t n = space->matrix->n, size = space->size;
    int threads = walk_matrix_threads(space->matrix);
    double *scratch = fr_alloc((int64_t)threads * lanczos_block_rows * keep, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t first = 0; first < n; first += lanczos_block_rows) {
        int rows = (int)(n - first < lanczos_block_rows ? n - first : lanczos_block_rows);
        double *own = scratch + (int64_t)omp_get_thread_num() * lanczos_block_rows * keep;
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows, (int)keep, (int)size, 1,
                    space->basis + first, (int)n, y, (int)size, 0, own, rows);
        for (int64_t k = 0; k < keep; k++)
            memcpy(space->basis + k * n + first, own + k * rows, (size_t)rows * sizeof *own);
        memcpy(space->basis + keep * n + first, space->basis + size * n + first, (size_t)rows * sizeof *own);
    }
    fr_free(scratch);
    return FR_OK;
}

int lanczos_restart(lanczos *space, int64_t keep)
{
    int64_t size = space->size;
    double *y = fr_alloc(size * keep, sizeof *y), *values = fr_alloc(keep, sizeof *values);
    int status = y != NULL && values != NULL ? lanczos_ritz(space, keep, values, y) : FR_ENOMEM;
    if (status == FR_OK) status = rotate(space, keep, y);
    if (status == FR_OK) {
        for (int64_t k = 0; k < keep; k++) {
            space->diagonal[k] = values[k];
            space->off[k] = space->length * y[k * size + size - 1];
        }
        space->size = space->kept = keep;
    }
    fr_free(y);
    fr_free(values);
    return status;
}

double lanczos_residual(const walk_matrix *matrix, const double *x, double *scratch, double *value)
{
    int64_t n = matrix->n;
    double *scaled = scratch, *product = scratch + n, square = 0;
    for (int64_t i = 0; i < n; i++)
        scaled[i] = matrix->scale[i] * x[i];
#pragma omp parallel for schedule(dynamic) num_threads(walk_matrix_threads(matrix))
    for (int64_t first = 0; first < n; first += lanczos_block_rows)
        walk_matrix_rows(matrix, first, first + lanczos_block_rows < n ? first + lanczos_block_rows : n, x,
                         scaled, product);
    *value = 0;
    for (int64_t i = 0; i < n; i++)
        *value += x[i] * product[i];
    for (int64_t i = 0; i < n; i++) {
        double difference = product[i] - *value * x[i];
        square += difference * difference;
    }
    return sqrt(square);
}

void lanczos_start(const walk_matrix *matrix, uint64_t stream, double *start)
{
    for (int64_t i = 0; i < matrix->n; i++)
        start[i] =
            matrix->scale[i] > 0 ? (2 * fr_random_uniform(1, stream, (uint64_t)i) - 1) / matrix->scale[i] : 0;
}

/* The largest Ritz pair as a vector of length 1, measured. */
static void take_largest(lanczos *space, const double *y, double *scratch, double *vector, lanczos_pair *out)
{
    int64_t n = space->matrix->n;
    lanczos_combine(space, y, vector);
    double length = cblas_dnrm2((int)n, vector, 1);
    for (int64_t i = 0; i < n; i++)
        vector[i] /= length;
    out->residual = lanczos_residual(space->matrix, vector, scratch, &out->value);
    space->products++;
}

/* Steps and restarts until the largest pair is good enough, the space is complete or there were too many products. A basis
 * that is orthogonal to the square root of the precision alone can leave a residual near 1e-9 where T promises less: then a new
 * space begins at the vector that was found, in which such errors are multiplied by that residual. */
static int iterate(lanczos *space, double tolerance, double *scratch, double *y, double *vector,
                   lanczos_pair *out)
{
    int64_t keep = space->capacity / 3 < kept_vectors ? space->capacity / 3 : kept_vectors;
    int64_t check = 10;
    double residual_before = INFINITY;
    int status;
    for (;;) {
        if ((status = lanczos_step(space)) != FR_OK) return status;
        bool full = space->size == space->capacity, complete = space->length == 0;
        bool last = space->products >= most_products || complete || (full && keep < 1);
        if (space->size < check && !full && !last) continue;
        /* A check is cheap for a tridiagonal T and not otherwise. */
        check = space->size + 5 + (space->kept > 0 ? space->size / 5 : 0);
        double value;
        if ((status = lanczos_ritz(space, 1, &value, y)) != FR_OK) return status;
        if ((status = fr_progress_tick("eigenvectors", space->products, 0)) != FR_OK) return status;
        if (last || space->length * fabs(y[space->size - 1]) <= 0.3 * tolerance) {
            take_largest(space, y, scratch, vector, out);
            out->converged = out->residual <= tolerance;
            if (out->converged || last || !(out->residual < residual_before / 2)) return FR_OK;
            residual_before = out->residual;
            if ((status = lanczos_begin(space, vector)) != FR_OK) return status;
            check = 10;
        } else if (full) {
            if ((status = lanczos_restart(space, keep)) != FR_OK) return status;
            check = keep + 5;
        }
    }
}

int lanczos_largest(const walk_matrix *matrix, int64_t n_locked, const double *locked, const double *start,
                    double tolerance, double *vector, lanczos_pair *out)
{
    *out = (lanczos_pair){0};
    int64_t capacity = most_cells / (matrix->n + 1);
    if (capacity > most_columns) capacity = most_columns;
    if (capacity < fewest_columns) capacity = fewest_columns;
    lanczos space;
    int status = lanczos_new(matrix, n_locked, locked, capacity, &space);
    if (status != FR_OK) return status;
    double *scratch = fr_alloc(2 * matrix->n, sizeof *scratch), *y = fr_alloc(space.capacity, sizeof *y);
    status = scratch != NULL && y != NULL ? lanczos_begin(&space, start) : FR_ENOMEM;
    if (status == FR_OK) status = iterate(&space, tolerance, scratch, y, vector, out);
    out->products = space.products;
    fr_free(scratch);
    fr_free(y);
    lanczos_free(&space);
    return status;
}
