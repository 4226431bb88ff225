/* Ridge regression by one Cholesky factorisation, of A = X'X + rho I or, with more columns than rows, of K = X X' + rho I:
 *   X A^-1 x = K^-1 X x,   x'A^-1 x = (x'x - x'X' K^-1 X x) / rho,   y - X A^-1 X'y = rho K^-1 y.
 * An unpenalised intercept amounts to centred columns and 1/n added to every product x'A^-1 x. */
#include "ridge_model.h"

#include "points.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

void ridge_model_free(ridge_model *model)
{
    fr_free(model->x);
    fr_free(model->x_mean);
    fr_free(model->factor);
    fr_free(model->fit);
    fr_free(model->residual);
    *model = (ridge_model){0};
}

static int make_arrays(int64_t n, int64_t p, ridge_model *out)
{
    int64_t cells, square, k = out->dual ? n : p;
    int status = fr_size_mul(n, p, &cells);
    if (status == FR_OK) status = fr_size_mul(k, k, &square);
    if (status != FR_OK) return status;
    if (n > INT32_MAX || p > INT32_MAX)
        return fr_fail(FR_EUSAGE, "ridge regression takes at most 2147483647 rows and columns");
    out->x = fr_alloc(cells, sizeof(double));
    out->x_mean = fr_alloc(p, sizeof(double));
    out->factor = fr_alloc(square, sizeof(double));
    out->fit = fr_alloc(k, sizeof(double));
    out->residual = fr_alloc(n, sizeof(double));
    if (out->x == NULL || out->x_mean == NULL || out->factor == NULL || out->fit == NULL ||
        out->residual == NULL)
        return FR_ENOMEM;
    return FR_OK;
}

/* mean := of the columns, in two passes: the second takes the rounding of the first away, so that a constant column has
 * its value for a mean exactly and is not taken for a feature. */
static void column_means(int64_t n, int64_t p, const double *x, double *mean)
{
    for (int pass = 0; pass < 2; pass++)
        for (int64_t j = 0; j < p; j++) {
            double sum = 0;
            for (int64_t i = 0; i < n; i++)
                sum += (x[i * p + j] - mean[j]) / (double)n;
            mean[j] += sum;
        }
}

static void centre(ridge_model *model)
{
    column_means(model->n, model->p, model->x, model->x_mean);
    for (int64_t i = 0; i < model->n; i++)
        for (int64_t j = 0; j < model->p; j++)
            model->x[i * model->p + j] -= model->x_mean[j];
}

/* `squares`: the diagonal before the factorisation, in which a pivot that is nearly nothing tells a dependent column. */
static int factorise(ridge_model *model, int64_t k, double *squares)
{
    double *a = model->factor;
    for (int64_t j = 0; j < k; j++) {
        a[j * k + j] += model->rho;
        squares[j] = a[j * k + j];
        if (!isfinite(squares[j]))
            return fr_fail(FR_ENUMERIC, "the training features are too large: their squares overflow");
    }
    lapack_int failed =
        LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (lapack_int)k, a, (lapack_int)k); /* our lower triangle */
    if (model->rho > 0)
        return failed == 0
                   ? FR_OK
                   : fr_fail(FR_ENUMERIC,
                             "ridge regression: rho = %g is too small beside the squares of the features",
                             model->rho);
    for (int64_t j = 0; j < k; j++)
        if (failed == j + 1 || !(a[j * k + j] * a[j * k + j] > 1e-12 * squares[j]))
            return fr_fail(
                FR_EINPUT,
                "least squares (rho = 0): column %lld (from 0) is constant or a combination of the "
                "columns before it; leave it out or give rho > 0",
                (long long)j);
    return FR_OK;
}

static int64_t gram_block(int64_t k)
{
    return k > 1024 ? 128 : 64;
}

/* Found on threads in blocks that do not depend on their number. Block number `index` of the lower triangle, counted row
 * by row. */
static int find_gram_block(int64_t index, void *context, void *workspace)
{
    (void)workspace;
    ridge_model *model = context;
    int64_t k = model->dual ? model->n : model->p, size = gram_block(k), r = 0;
    while ((r + 1) * (r + 2) / 2 <= index)
        r++;
    int64_t first = r * size, column = (index - r * (r + 1) / 2) * size, stride = model->p;
    int rows = (int)(k - first < size ? k - first : size),
        columns = (int)(k - column < size ? k - column : size);
    double *to = model->factor + first * k + column;
    if (model->dual)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, (int)model->p, 1,
                    model->x + first * stride, (int)stride, model->x + column * stride, (int)stride, 0, to,
                    (int)k);
    else
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, rows, columns, (int)model->n, 1,
                    model->x + first, (int)stride, model->x + column, (int)stride, 0, to, (int)k);
    return FR_OK;
}

/* The lower triangle of X X' or X'X into `factor`. */
static int find_gram(ridge_model *model, int64_t k)
{
    int64_t blocks = (k + gram_block(k) - 1) / gram_block(k);
    const conformal_work work = {
        .count = blocks * (blocks + 1) / 2, .run = find_gram_block, .context = model};
    return conformal_run(&work);
}

static int fit(ridge_model *model, double *y)
{
    int64_t n = model->n, p = model->p, k = model->dual ? n : p;
    int rows = (int)n, columns = (int)p, order = (int)k;
    int status = find_gram(model, k);
    if (status != FR_OK) return status;
    double *squares = fr_alloc(k, sizeof *squares);
    if (squares == NULL) return FR_ENOMEM;
    status = factorise(model, k, squares);
    fr_free(squares);
    if (status != FR_OK) return status;
    if (model->dual)
        memcpy(model->fit, y, (size_t)n * sizeof *y);
    else
        cblas_dgemv(CblasRowMajor, CblasTrans, rows, columns, 1, model->x, columns, y, 1, 0, model->fit, 1);
    LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', order, 1, model->factor, order, model->fit, order);
    memcpy(model->residual, y, (size_t)n * sizeof *y);
    if (model->dual)
        for (int64_t i = 0; i < n; i++)
            model->residual[i] = model->rho * model->fit[i];
    else
        cblas_dgemv(CblasRowMajor, CblasNoTrans, rows, columns, -1, model->x, columns, model->fit, 1, 1,
                    model->residual, 1);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(model->residual[i]))
            return fr_fail(FR_ENUMERIC, "ridge regression: the fit to the training points overflows");
    return FR_OK;
}

int ridge_model_new(int64_t n, int64_t p, const double *x, const double *y, double rho, bool intercept,
                    ridge_model *out)
{
    *out = (ridge_model){
        .n = n, .p = p, .rho = rho, .dual = rho > 0 && p > n, .constant = intercept ? 1 / (double)n : 0};
    if (!(rho >= 0 && isfinite(rho)))
        return fr_fail(FR_EUSAGE, "the ridge penalty rho is a number of at least 0, not %g", rho);
    if (rho == 0 && p + intercept > n)
        return fr_fail(FR_EUSAGE, "least squares (rho = 0) of %lld columns needs at least as many rows",
                       (long long)(p + intercept));
    double *centred = fr_alloc(n, sizeof *centred);
    int status = centred != NULL ? make_arrays(n, p, out) : FR_ENOMEM;
    if (status == FR_OK) {
        memcpy(out->x, x, (size_t)(n * p) * sizeof *x);
        if (intercept) centre(out);
        if (intercept) column_means(n, 1, y, &out->y_mean);
        for (int64_t i = 0; i < n; i++)
            centred[i] = y[i] - out->y_mean;
        status = fit(out, centred);
    }
    fr_free(centred);
    if (status != FR_OK) ridge_model_free(out);
    return status;
}

void ridge_model_coefficients(const ridge_model *model, double *b, double *b0)
{
    int n = (int)model->n, p = (int)model->p;
    if (model->dual)
        cblas_dgemv(CblasRowMajor, CblasTrans, n, p, 1, model->x, p, model->fit, 1, 0, b, 1);
    else
        memcpy(b, model->fit, (size_t)p * sizeof *b);
    *b0 = model->y_mean - cblas_ddot(p, b, 1, model->x_mean, 1);
}

/* ---- test points ------------------------------------------------------------------------------------------------------------ */

void ridge_space_free(ridge_space *space)
{
    fr_free(space->rows);
    fr_free(space->product);
    fr_free(space->g);
    *space = (ridge_space){0};
}

int ridge_space_new(const ridge_model *model, ridge_space *out)
{
    *out =
        (ridge_space){.rows = fr_alloc(ridge_block * model->p, sizeof(double)),
                      .product = fr_alloc(ridge_block * (model->dual ? model->n : model->p), sizeof(double)),
                      .g = fr_alloc(ridge_block * model->n, sizeof(double))};
    if (out->rows != NULL && out->product != NULL && out->g != NULL) return FR_OK;
    ridge_space_free(out);
    return FR_ENOMEM;
}

/* h = rho |w|^2 + |X w|^2 with w = A^-1 x = (x - X'g) / rho and X w = g: without cancellation, at the price of another product.
 * Overwrites x. */
static double careful_leverage(const ridge_model *model, double *x, const double *g)
{
    int n = (int)model->n, p = (int)model->p;
    cblas_dgemv(CblasRowMajor, CblasTrans, n, p, -1, model->x, p, g, 1, 1, x, 1);
    return cblas_ddot(p, x, 1, x, 1) / model->rho + cblas_ddot(n, g, 1, g, 1);
}

static void predict_dual(const ridge_model *model, ridge_space *space, int count)
{
    int n = (int)model->n, p = (int)model->p;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, n, p, 1, space->rows, p, model->x, p, 0,
                space->product, n);
    memcpy(space->g, space->product, (size_t)count * (size_t)n * sizeof *space->g);
    LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', n, count, model->factor, n, space->g, n);
    for (int t = 0; t < count; t++) {
        double *x = space->rows + (int64_t)t * p, *product = space->product + (int64_t)t * n;
        const double *g = space->g + (int64_t)t * n;
        double square = cblas_ddot(p, x, 1, x, 1), rest = square - cblas_ddot(n, product, 1, g, 1);
        space->mu[t] = cblas_ddot(n, product, 1, model->fit, 1);
        space->h[t] = rest < 1e-6 * square ? careful_leverage(model, x, g) : rest / model->rho;
    }
}

static void predict_primal(const ridge_model *model, ridge_space *space, int count)
{
    int n = (int)model->n, p = (int)model->p;
    memcpy(space->product, space->rows, (size_t)count * (size_t)p * sizeof *space->rows);
    LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', p, count, model->factor, p, space->product, p);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, n, p, 1, space->product, p, model->x, p, 0,
                space->g, n);
    for (int t = 0; t < count; t++) {
        const double *x = space->rows + (int64_t)t * p;
        space->mu[t] = cblas_ddot(p, x, 1, model->fit, 1);
        space->h[t] = cblas_ddot(p, x, 1, space->product + (int64_t)t * p, 1);
    }
}

int ridge_predict(const ridge_model *model, ridge_space *space, int64_t count, const double *x_test)
{
    int64_t n = model->n, p = model->p;
    for (int64_t t = 0; t < count; t++)
        for (int64_t j = 0; j < p; j++)
            space->rows[t * p + j] = x_test[t * p + j] - model->x_mean[j];
    if (model->dual)
        predict_dual(model, space, (int)count);
    else
        predict_primal(model, space, (int)count);
    for (int64_t t = 0; t < count; t++) {
        space->mu[t] += model->y_mean;
        space->h[t] += model->constant;
        if (!isfinite(space->mu[t]) || !isfinite(space->h[t]))
            return fr_fail(FR_ENUMERIC, "the features of a test point are too large: their squares overflow");
    }
    if (model->constant > 0)
        for (int64_t k = 0; k < count * n; k++)
            space->g[k] += model->constant;
    return FR_OK;
}
