/* Allele frequencies where nobody was sampled (kriging on the fitted graph). With z_v = row v of H A Q,
 *   universal: f_v = z_v F / 2 (the mean is estimated; rows of z sum to 1),
 *   simple:    f_v = [Fbar + L^+_vo Sigma^-1 (F - Fbar)] / 2, Sigma = L^+_oo + diag(1/q), Fbar the mean over observed nodes,
 * both linear in F, so that one set of kriging weights serves all SNPs. In units of mu (1 - mu) the variance is
 *   (1/4) [L^+_vv - 2 k_v' L^+_ov + k_v' Sigma k_v] for kriging weights k_v (Marcus et al. 2021, Methods). */
#include "genotypes.h"
#include "model.h"

#include <cblas.h>
#include <inttypes.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

typedef struct {
    feems_model model;
    double *q;        /* o */
    double *kriging;  /* d x o weights, by node */
    double *g, gamma; /* by row of the extension; see feems_model_centering */
    double *sigma;    /* o x stride: L^+_oo + diag(1/q) */
} predictor;

static void predictor_free(predictor *p)
{
    feems_model_free(&p->model);
    fr_free(p->q);
    fr_free(p->kriging);
    fr_free(p->g);
    fr_free(p->sigma);
}

static int check_point(const fr_feems_data *data, const double *weights, const double *s2)
{
    for (int64_t e = 0; e < data->graph.n_edges; e++)
        if (!(weights[e] > 0 && isfinite(weights[e])))
            return fr_fail(FR_EINPUT, "weight %" PRId64 " is %g; weights must be positive numbers", e,
                           weights[e]);
    for (int64_t a = 0; a < data->n_observed; a++)
        if (!(s2[data->observed[a]] > 0 && isfinite(s2[data->observed[a]])))
            return fr_fail(FR_EINPUT, "the residual variance of node %" PRId64 " is %g; it must be positive",
                           data->node_id[data->observed[a]], s2[data->observed[a]]);
    return FR_OK;
}

static int predictor_new(const fr_feems_data *data, const double *weights, const double *s2, predictor *out)
{
    *out = (predictor){0};
    int status = check_point(data, weights, s2);
    if (status == FR_OK) status = feems_model_new(data, &out->model);
    if (status != FR_OK) return status;
    int64_t d = out->model.d, o = out->model.o, stride = out->model.stride;
    out->q = fr_alloc(o, sizeof(double));
    out->kriging = fr_alloc(d * o, sizeof(double));
    out->g = fr_alloc(d, sizeof(double));
    out->sigma = fr_alloc(o * stride, sizeof(double));
    if (out->q == NULL || out->kriging == NULL || out->g == NULL || out->sigma == NULL) return FR_ENOMEM;
    for (int64_t a = 0; a < o; a++)
        out->q[a] = (double)data->n_at[a] / s2[data->observed[a]];
    double nll;
    status = feems_model_evaluate(&out->model, weights, out->q, &nll, NULL, NULL); /* K, K^+ and A */
    if (status == FR_OK) status = feems_model_centering(&out->model, out->g, &out->gamma);
    if (status == FR_OK) status = feems_model_covariance(&out->model, out->sigma);
    for (int64_t a = 0; status == FR_OK && a < o; a++)
        out->sigma[a * stride + a] += 1 / out->q[a];
    return status;
}

/* Rows of L^+ at the observed nodes, by row of the extension (d x o). */
static void fill_covariance_rows(predictor *p, double *rows)
{
    int64_t d = p->model.d, o = p->model.o, stride = p->model.stride, u = fr_kron_eliminated(p->model.kron);
    double n = (double)d;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)d, (blasint)o, (blasint)o, 1,
                fr_kron_extension(p->model.kron), (blasint)stride, p->model.pseudo_inverse, (blasint)stride,
                0, rows, (blasint)o);
    for (int64_t r = 0; r < d; r++)
        for (int64_t b = 0; b < o; b++)
            rows[r * o + b] += p->gamma / (n * n) - (p->g[r] + p->g[u + b]) / n;
}

/* Kriging weights by row of the extension (d x o), from the rows of L^+ (simple) or from A (universal). */
static int fill_weights(predictor *p, fr_feems_kriging kind, const double *rows, double *weights)
{
    int64_t d = p->model.d, o = p->model.o, stride = p->model.stride;
    if (kind == FR_FEEMS_UNIVERSAL) {
        for (int64_t a = 0; a < o; a++)
            for (int64_t b = 0; b < o; b++)
                p->model.scratch[a * stride + b] = p->model.inverse[a * stride + b] * p->q[b];
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)d, (blasint)o, (blasint)o, 1,
                    fr_kron_extension(p->model.kron), (blasint)stride, p->model.scratch, (blasint)stride, 0,
                    weights, (blasint)o);
        return FR_OK;
    }
    memcpy(weights, rows, (size_t)(d * o) * sizeof(double));
    memcpy(p->model.scratch, p->sigma, (size_t)(o * stride) * sizeof(double));
    if (LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (lapack_int)o, (lapack_int)d, p->model.scratch,
                           (lapack_int)stride, weights, (lapack_int)o) !=
        0) /* column-major: the d rows of `weights` are its right-hand sides */
        return fr_fail(FR_ENUMERIC,
                       "the covariance of the observed nodes is not positive definite at these weights");
    return FR_OK;
}

/* diag(L_uu^-1) by solving for blocks of unit vectors. */
static int inverse_diagonal(const predictor *p, double *diagonal)
{
    enum { width = 64 };
    int64_t u = fr_kron_eliminated(p->model.kron);
    double *block = fr_alloc(u * width, sizeof *block);
    int status = block == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t first = 0; status == FR_OK && first < u; first += width) {
        memset(block, 0, (size_t)(u * width) * sizeof *block);
        for (int64_t c = 0; c < width && first + c < u; c++)
            block[(first + c) * width + c] = 1;
        fr_kron_solve(p->model.kron, block, width);
        for (int64_t c = 0; c < width && first + c < u; c++)
            diagonal[first + c] = block[(first + c) * width + c];
        status = fr_progress_tick("prediction variances", first, u);
    }
    fr_free(block);
    return status;
}

/* (1/4) [L^+_vv - 2 k' L^+_ov + k' Sigma k] for every row of the extension. */
static int fill_variances(const predictor *p, const double *rows, const double *weights, double *variance)
{
    int64_t d = p->model.d, o = p->model.o, stride = p->model.stride;
    const double *h = fr_kron_extension(p->model.kron);
    double n = (double)d, *image = fr_alloc(o, sizeof *image);
    memset(variance, 0, (size_t)d * sizeof *variance);
    int status = image == NULL ? FR_ENOMEM : inverse_diagonal(p, variance); /* zero at the observed nodes */
    for (int64_t r = 0; status == FR_OK && r < d; r++) {
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)o, (blasint)o, 1, p->model.pseudo_inverse,
                    (blasint)stride, h + r * stride, 1, 0, image, 1);
        double own = cblas_ddot((blasint)o, h + r * stride, 1, image, 1) + variance[r] - 2 * p->g[r] / n +
                     p->gamma / (n * n);
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)o, (blasint)o, 1, p->sigma, (blasint)stride,
                    weights + r * o, 1, 0, image, 1);
        variance[r] = 0.25 * (own - 2 * cblas_ddot((blasint)o, weights + r * o, 1, rows + r * o, 1) +
                              cblas_ddot((blasint)o, weights + r * o, 1, image, 1));
    }
    fr_free(image);
    return status;
}

/* Frequencies of one SNP at every node; not-a-number where no genotype is called. */
static void predict_snp(const predictor *p, fr_feems_kriging kind, feems_snp called, double *mean,
                        double *frequency)
{
    int64_t d = p->model.d, o = p->model.o;
    double average = 0;
    for (int64_t a = 0; a < o; a++)
        average += mean[a] / (double)o;
    if (kind == FR_FEEMS_UNIVERSAL) average = 0;
    for (int64_t a = 0; a < o; a++)
        mean[a] -= average;
    for (int64_t v = 0; v < d; v++)
        frequency[v] = called == SNP_NO_CALL
                           ? NAN
                           : (average + cblas_ddot((blasint)o, p->kriging + v * o, 1, mean, 1)) / 2;
}

static int predict_all(const predictor *p, const fr_feems_data *data, const fr_plink *plink,
                       const int64_t *snps, int64_t n, fr_feems_kriging kind, double *frequencies)
{
    int64_t missing;
    feems_genotypes given = {0};
    double *mean = fr_alloc(data->n_observed, sizeof *mean);
    int8_t *dosage = fr_alloc(plink->n_samples, sizeof *dosage);
    int status = mean == NULL || dosage == NULL ? FR_ENOMEM : feems_genotypes_new(data, plink, &given);
    given.keep_invariant = true;
    for (int64_t k = 0; status == FR_OK && k < n; k++) {
        if (snps[k] < 0 || snps[k] >= plink->n_snps) {
            status = fr_fail(FR_EUSAGE, "SNP number %" PRId64 " is asked for; there are %" PRId64, snps[k],
                             plink->n_snps);
            break;
        }
        feems_snp called = feems_node_dosages(&given, snps[k], dosage, mean, &missing);
        predict_snp(p, kind, called, mean, frequencies + k * data->graph.n_nodes);
        status = fr_progress_tick("predicting", k + 1, n);
    }
    feems_genotypes_free(&given);
    fr_free(mean);
    fr_free(dosage);
    return status;
}

int fr_feems_predict(const fr_feems_data *data, const double *weights, const double *s2,
                     const fr_plink *plink, const int64_t *snps, int64_t n, fr_feems_kriging kriging,
                     double *frequencies, double *variance)
{
    int64_t d = data->graph.n_nodes, o = data->n_observed;
    predictor p = {0};
    double *rows = fr_alloc(d * o, sizeof *rows), *by_row = fr_alloc(d * o, sizeof *by_row),
           *spread = fr_alloc(d, sizeof *spread);
    int blas = fr_blas_threads(1), status = FR_ENOMEM;
    if (rows != NULL && by_row != NULL && spread != NULL) status = predictor_new(data, weights, s2, &p);
    if (status != FR_OK) goto done;
    fill_covariance_rows(&p, rows);
    status = fill_weights(&p, kriging, rows, by_row);
    if (status == FR_OK && variance != NULL) status = fill_variances(&p, rows, by_row, spread);
    if (status != FR_OK) goto done;
    for (int64_t v = 0; v < d; v++) {
        int64_t row = fr_kron_row(p.model.kron, v);
        memcpy(p.kriging + v * o, by_row + row * o, (size_t)o * sizeof(double));
        if (variance != NULL) variance[v] = spread[row];
    }
    status = predict_all(&p, data, plink, snps, n, kriging, frequencies);
done:
    if (status != FR_OK) {
        memset(frequencies, 0, (size_t)(n > 0 ? n * d : 0) * sizeof(double));
        if (variance != NULL) memset(variance, 0, (size_t)d * sizeof(double));
    }
    fr_blas_threads(blas);
    predictor_free(&p);
    fr_free(rows);
    fr_free(by_row);
    fr_free(spread);
    return status;
}
