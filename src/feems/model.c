/* Value and gradient of the FEEMS likelihood (Marcus et al. 2021, Methods), reduced to the observed nodes.
 *
 * With K the Laplacian reduced to the observed nodes, H the harmonic extension, Q = diag(q), A = (K + Q)^-1 and o' the
 * number of nodes with q > 0:
 *   B          = Q - Q A Q = K - K A K                 (the projected precision; whichever does not cancel is used)
 *   -log pdet B = log det(K + Q) - sum log q - log det(K + 11'/o) + log(o / o')
 *   M          = A [Q (S - K^+) Q - Q] A
 *   d nll / d w_ij = p (h_i - h_j)' M (h_i - h_j),      h_v = row v of H
 *   d nll / d s2_a = -(p / n_a) (K M K)_aa
 * which are formulas for the whole graph with a d x d inverse, in o x o matrices and two sparse solves with o right-hand
 * sides: for H and, since H M extends M as H extends the identity, for the y_v = M h_v. */
#include "model.h"

#include <core/for_each_cpu.h>

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <string.h>

FR_FOR_EACH_CPU
static double triple_dot(int64_t n, const double *x, const double *y, const double *z)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t k = 0; k < n; k++)
        sum += x[k] * y[k] * z[k];
    return sum;
}

/* to := x + constant. */
FR_FOR_EACH_CPU
static void shift(int64_t n, const double *x, double constant, double *to)
{
    for (int64_t k = 0; k < n; k++)
        to[k] = x[k] + constant;
}

/* to := factor * q * (x - y). */
FR_FOR_EACH_CPU
static void scaled_difference(int64_t n, double factor, const double *q, const double *x, const double *y,
                              double *to)
{
    for (int64_t k = 0; k < n; k++)
        to[k] = factor * q[k] * (x[k] - y[k]);
}

void feems_model_free(feems_model *model)
{
    fr_kron_free(model->kron);
    double *arrays[] = {model->similarity, model->reduced, model->pseudo_inverse, model->inverse,
                        model->inner,      model->scratch, model->scratch2,       model->product};
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++)
        fr_free(arrays[k]);
    fr_free(model->row_i);
    fr_free(model->row_j);
    memset(model, 0, sizeof *model);
}

int feems_model_new(const fr_feems_data *data, feems_model *out)
{
    const fr_feems_graph *graph = &data->graph;
    int64_t o = data->n_observed;
    *out = (feems_model){.data = data, .d = graph->n_nodes, .m = graph->n_edges, .o = o};
    int status = fr_kron_new(out->d, out->m, graph->i, graph->j, o, data->observed, &out->kron);
    if (status != FR_OK) return status;
    out->stride = fr_kron_stride(out->kron);
    int64_t cells = o * out->stride;
    out->row_i = fr_alloc(out->m, sizeof *out->row_i);
    out->row_j = fr_alloc(out->m, sizeof *out->row_j);
    out->similarity = fr_alloc(cells, sizeof(double));
    out->reduced = fr_alloc(cells, sizeof(double));
    out->pseudo_inverse = fr_alloc(cells, sizeof(double));
    out->inverse = fr_alloc(cells, sizeof(double));
    out->inner = fr_alloc(cells, sizeof(double));
    out->scratch = fr_alloc(cells, sizeof(double));
    out->scratch2 = fr_alloc(cells, sizeof(double));
    out->product = fr_alloc(out->d * out->stride, sizeof(double));
    if (out->row_i == NULL || out->row_j == NULL || out->similarity == NULL || out->reduced == NULL ||
        out->pseudo_inverse == NULL || out->inverse == NULL || out->inner == NULL || out->scratch == NULL ||
        out->scratch2 == NULL || out->product == NULL) {
        feems_model_free(out);
        return FR_ENOMEM;
    }
    for (int64_t e = 0; e < out->m; e++) {
        out->row_i[e] = fr_kron_row(out->kron, graph->i[e]);
        out->row_j[e] = fr_kron_row(out->kron, graph->j[e]);
    }
    for (int64_t a = 0; a < o; a++)
        memcpy(out->similarity + a * out->stride, data->similarity + a * o, (size_t)o * sizeof(double));
    return FR_OK;
}

static int invert(const feems_model *model, double *matrix, double *log_det)
{
    if (fr_spd_invert(model->o, matrix, model->stride, log_det) == FR_OK) return FR_OK;
    return fr_fail(FR_ENUMERIC,
                   "the covariance of the observed nodes is not positive definite at these weights");
}

int feems_model_reduce_with_determinant(feems_model *model, const double *weights, double *log_det)
{
    int64_t o = model->o, stride = model->stride;
    double ignored;
    int status = fr_kron_factor(model->kron, weights, model->reduced);
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < o; a++)
        shift(o, model->reduced + a * stride, 1.0 / (double)o, model->pseudo_inverse + a * stride);
    status = invert(model, model->pseudo_inverse, log_det == NULL ? &ignored : log_det);
    for (int64_t a = 0; status == FR_OK && a < o; a++)
        shift(o, model->pseudo_inverse + a * stride, -1.0 / (double)o, model->pseudo_inverse + a * stride);
    return status;
}

int feems_model_reduce(feems_model *model, const double *weights)
{
    return feems_model_reduce_with_determinant(model, weights, NULL);
}

/* out = left * right for symmetric o x stride matrices, or any with rows = o. */
static void multiply(const feems_model *model, const double *left, const double *right, double *out)
{
    blasint o = (blasint)model->o, stride = (blasint)model->stride;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, o, o, o, 1, left, stride, right, stride, 0, out,
                stride);
}

/* tr(B S), by the form of B that loses no digits: B tends to Q for large weights and to K for small ones. */
static double trace_of_fit(const feems_model *model, const double *q)
{
    int64_t o = model->o, stride = model->stride;
    const double *s = model->similarity, *inverse = model->inverse, *k = model->reduced;
    double trace_q = 0, trace_k = 0, whole = 0, minus = 0;
    for (int64_t a = 0; a < o; a++) {
        trace_q += q[a];
        trace_k += k[a * stride + a];
    }
    if (trace_q <= trace_k) { /* tr(Q S) - tr(A Q S Q) */
        for (int64_t a = 0; a < o; a++) {
            minus += q[a] * triple_dot(o, inverse + a * stride, q, s + a * stride);
            whole += q[a] * s[a * stride + a];
        }
        return whole - minus;
    }
    multiply(model, k, inverse, model->scratch); /* sum of (K - K A K) * S over nodes that have data */
    multiply(model, model->scratch, k, model->scratch2);
    for (int64_t a = 0; a < o; a++) {
        if (q[a] == 0) continue;
        double sum = 0;
        for (int64_t b = 0; b < o; b++)
            if (q[b] != 0) sum += (k[a * stride + b] - model->scratch2[a * stride + b]) * s[a * stride + b];
        whole += sum;
    }
    return whole;
}

/* M = A [Q (S - K^+) Q - Q] A. */
static void form_inner(feems_model *model, const double *q)
{
    int64_t o = model->o, stride = model->stride;
    for (int64_t a = 0; a < o; a++) {
        double *to = model->scratch2 + a * stride;
        const double *s = model->similarity + a * stride, *plus = model->pseudo_inverse + a * stride;
        scaled_difference(o, q[a], q, s, plus, to);
        to[a] -= q[a];
    }
    multiply(model, model->inverse, model->scratch2, model->scratch);
    multiply(model, model->scratch, model->inverse, model->inner);
}

/* (y_i - y_j)' (h_i - h_j). */
FR_FOR_EACH_CPU
static double paired_difference(const double *hi, const double *hj, const double *yi, const double *yj,
                                int64_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t a = 0; a < n; a++)
        sum += (yi[a] - yj[a]) * (hi[a] - hj[a]);
    return sum;
}

static void weight_gradient(feems_model *model, double *gradient)
{
    int64_t stride = model->stride, first_observed = fr_kron_eliminated(model->kron);
    const double *h = fr_kron_extension(model->kron);
    double *y = model->product, p = (double)model->data->n_snps;
    memcpy(y + first_observed * stride, model->inner, (size_t)(model->o * stride) * sizeof *y);
    fr_kron_extend(model->kron, y,
                   stride); /* H M without the product: its columns are harmonic extensions too */
    bool spread =
        !omp_in_parallel() && model->m * stride > 5000000; /* below, threads cost more than they save */
#pragma omp parallel for num_threads(fr_threads()) schedule(static) if (spread)
    for (int64_t e = 0; e < model->m; e++) {
        int64_t i = model->row_i[e] * stride, j = model->row_j[e] * stride;
        gradient[e] = p * paired_difference(h + i, h + j, y + i, y + j, stride);
    }
}

static void variance_gradient(feems_model *model, double *gradient)
{
    int64_t o = model->o, stride = model->stride;
    multiply(model, model->reduced, model->inner, model->scratch);
    for (int64_t a = 0; a < o; a++) {
        double sum = 0;
        for (int64_t b = 0; b < o; b++)
            sum += model->scratch[a * stride + b] * model->reduced[a * stride + b];
        gradient[a] = -(double)model->data->n_snps / (double)model->data->n_at[a] * sum;
    }
}

int feems_model_evaluate(feems_model *model, const double *weights, const double *q, double *nll,
                         double *gradient_w, double *gradient_s2)
{
    int64_t o = model->o, stride = model->stride;
    double log_det_k, log_det_sum, sum_log_q = 0;
    int status = feems_model_reduce_with_determinant(model, weights, &log_det_k);
    if (status != FR_OK) return status;
    memcpy(model->inverse, model->reduced, (size_t)(o * stride) * sizeof(double));
    int64_t with_data = 0;
    for (int64_t a = 0; a < o; a++) {
        model->inverse[a * stride + a] += q[a];
        if (q[a] > 0) sum_log_q += log(q[a]), with_data++;
    }
    status = invert(model, model->inverse, &log_det_sum);
    if (status != FR_OK) return status;
    double fit = trace_of_fit(model, q);
    *nll = (double)model->data->n_snps *
           (fit + log_det_sum - sum_log_q - log_det_k + log((double)o / (double)with_data));
    if (!isfinite(*nll)) return fr_fail(FR_ENUMERIC, "the likelihood is not finite at these weights");
    if (gradient_w == NULL && gradient_s2 == NULL) return FR_OK;
    form_inner(model, q);
    if (gradient_w != NULL) weight_gradient(model, gradient_w);
    if (gradient_s2 != NULL) variance_gradient(model, gradient_s2);
    return FR_OK;
}

int feems_model_centering(feems_model *model, double *g, double *gamma)
{
    int64_t o = model->o, d = model->d, stride = model->stride, u = fr_kron_eliminated(model->kron);
    const double *h = fr_kron_extension(model->kron);
    enum { lanes = 8 }; /* the narrowest right-hand side that the solver takes */
    double *v = fr_alloc(u * lanes, sizeof *v), *sums = fr_alloc(o, sizeof *sums),
           *a = fr_alloc(o, sizeof *a);
    int status = v == NULL || sums == NULL || a == NULL ? FR_ENOMEM : FR_OK;
    if (status != FR_OK) goto done;
    for (int64_t r = 0; r < u; r++)
        v[r * lanes] = 1;
    fr_kron_solve(model->kron, v, lanes); /* L_uu^-1 1 */
    for (int64_t r = 0; r < d; r++)
        for (int64_t b = 0; b < o; b++)
            sums[b] += h[r * stride + b];
    for (int64_t b = 0; b < o; b++)
        a[b] = cblas_ddot((blasint)o, model->pseudo_inverse + b * stride, 1, sums, 1);
    *gamma = cblas_ddot((blasint)o, sums, 1, a, 1);
    for (int64_t r = 0; r < d; r++) {
        g[r] = cblas_ddot((blasint)o, h + r * stride, 1, a, 1);
        if (r < u) g[r] += v[r * lanes], *gamma += v[r * lanes];
    }
done:
    fr_free(v);
    fr_free(sums);
    fr_free(a);
    return status;
}

int feems_model_covariance(feems_model *model, double *covariance)
{
    int64_t o = model->o, stride = model->stride, u = fr_kron_eliminated(model->kron);
    double n = (double)model->d, gamma;
    double *g = fr_alloc(model->d, sizeof *g);
    int status = g == NULL ? FR_ENOMEM : feems_model_centering(model, g, &gamma);
    for (int64_t a = 0; status == FR_OK && a < o; a++)
        for (int64_t b = 0; b < o; b++)
            covariance[a * stride + b] =
                model->pseudo_inverse[a * stride + b] - (g[u + a] + g[u + b]) / n + gamma / (n * n);
    fr_free(g);
    return status;
}
