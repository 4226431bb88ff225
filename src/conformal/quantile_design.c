/* The design of a quantile regression: with the intercept in it, columns can be centred and scaled at will, and what is
 * a combination of the columns before (a constant, a copy) is left out, with coefficient 0. */
#include "quantile.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

void quantile_design_free(quantile_design *design)
{
    fr_free(design->z);
    fr_free(design->y);
    fr_free(design->column);
    fr_free(design->mean);
    fr_free(design->scale);
    *design = (quantile_design){0};
}

/* to[i * step] := (from[i * stride] - mean) / scale; 0 for what does not vary, the scale of which is 0. */
static void standardise(int64_t n, const double *from, int64_t stride, double *to, int64_t step, double *mean,
                        double *scale)
{
    *mean = *scale = 0;
    for (int pass = 0; pass < 2; pass++) { /* the second takes the rounding of the first away */
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += (from[i * stride] - *mean) / (double)n;
        *mean += sum;
    }
    for (int64_t i = 0; i < n; i++)
        *scale = fmax(*scale, fabs(from[i * stride] - *mean));
    for (int64_t i = 0; i < n; i++)
        to[i * step] = *scale > 0 ? (from[i * stride] - *mean) / *scale : 0;
}

/* Cholesky of the Gram matrix, column by column; keeps those whose part beyond the ones before is more than rounding.
 * factor: rows of kept columns. Returns the number kept, listed in `kept`. */
static int64_t independent_columns(int64_t n, int64_t k, const double *gram, double *factor, int64_t *kept)
{
    int64_t count = 0;
    for (int64_t j = 0; j < k && count < n; j++) {
        double *row = factor + count * k, pivot = gram[j * k + j];
        for (int64_t c = 0; c < count; c++) {
            const double *other = factor + c * k;
            row[c] = (gram[j * k + kept[c]] - cblas_ddot((int)c, row, 1, other, 1)) / other[c];
            pivot -= row[c] * row[c];
        }
        if (!(pivot > 1e-12 * gram[j * k + j])) continue;
        row[count] = sqrt(pivot);
        kept[count++] = j;
    }
    return count;
}

/* z (n x k, first column 1): closes up the columns that are kept. */
static int choose_columns(int64_t n, int64_t k, quantile_design *out)
{
    int64_t square;
    int status = fr_size_mul(k, k, &square);
    if (status != FR_OK) return status;
    double *gram = fr_alloc(square, sizeof *gram), *factor = fr_alloc(square, sizeof *factor);
    int64_t *kept = fr_alloc(k, sizeof *kept);
    if (gram == NULL || factor == NULL || kept == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)k, (int)n, 1, out->z, (int)k, 0, gram, (int)k);
    out->q = independent_columns(n, k, gram, factor, kept);
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < out->q; c++)
            out->z[i * out->q + c] = out->z[i * k + kept[c]];
    for (int64_t c = 0; c < out->q; c++)
        out->column[c] = kept[c] - 1;
done:
    fr_free(gram);
    fr_free(factor);
    fr_free(kept);
    return status;
}

int quantile_design_new(int64_t n, int64_t p, const double *x, const double *y, double tau,
                        quantile_design *out)
{
    int64_t k = p + 1, cells;
    *out = (quantile_design){.n = n, .p = p, .tau = tau};
    int status = fr_size_mul(n, k, &cells);
    if (status != FR_OK) return status;
    out->z = fr_alloc(cells, sizeof(double));
    out->y = fr_alloc(n, sizeof(double));
    out->column = fr_alloc(k, sizeof *out->column);
    out->mean = fr_alloc(p, sizeof(double));
    out->scale = fr_alloc(p, sizeof(double));
    if (out->z == NULL || out->y == NULL || out->column == NULL || out->mean == NULL || out->scale == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK) {
        for (int64_t i = 0; i < n; i++)
            out->z[i * k] = 1;
        for (int64_t j = 0; j < p; j++)
            standardise(n, x + j, p, out->z + j + 1, k, &out->mean[j], &out->scale[j]);
        standardise(n, y, 1, out->y, 1, &out->y_mean, &out->y_scale);
        status = choose_columns(n, k, out);
    }
    if (status != FR_OK) quantile_design_free(out);
    return status;
}

void quantile_design_back(const quantile_design *design, const double *coefficients, double *b)
{
    memset(b, 0, (size_t)(design->p + 1) * sizeof *b);
    b[0] = design->y_mean + design->y_scale * coefficients[0];
    for (int64_t c = 1; c < design->q; c++) {
        int64_t j = design->column[c];
        b[j + 1] = design->y_scale / design->scale[j] * coefficients[c];
        b[0] -= b[j + 1] * design->mean[j];
    }
}
