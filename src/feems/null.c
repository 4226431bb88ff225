/* Null fit of FEEMS. The reduced Laplacian is proportional to w0, so one eigendecomposition makes every evaluation O(o):
 * with K1 = K at w0 = 1, N = diag(n_a), N^-1/2 K1 N^-1/2 = U diag(kappa) U', t_k = (U' N^1/2 S N^1/2 U)_kk, y = w0 kappa and
 * e = 1 + s2 y,
 *   nll / p = sum_k (t_k y_k / e_k + log e_k) - (o - 1) log w0 - log det(K1 + 11'/o).
 * Newton's method in (log w0, log s2) with damping. */
#include "null.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

typedef struct {
    int64_t o;
    const double *kappa, *t; /* o */
    double log_det;
} spectrum;

/* nll / p at x = (log w0, log s2), with gradient and Hessian (00, 01, 11). */
static double evaluate(const spectrum *given, const double x[2], double gradient[2], double hessian[3])
{
    double w0 = exp(x[0]), s2 = exp(x[1]), contrasts = (double)(given->o - 1);
    double value = -contrasts * x[0] - given->log_det;
    gradient[0] = -contrasts, gradient[1] = 0;
    hessian[0] = hessian[1] = hessian[2] = 0;
    for (int64_t k = 0; k < given->o; k++) {
        double y = w0 * given->kappa[k], sy = s2 * y, e = 1 + sy, t = given->t[k];
        double share = sy / e, fit = t * y / e;
        value += fit + log1p(sy);
        gradient[0] += fit / e + share;
        gradient[1] += -fit * share + share;
        hessian[0] += fit / e * (1 - 2 * share) + share / e;
        hessian[1] += -2 * fit * share / e + share / e;
        hessian[2] += fit * share * (2 * share - 1) + share / e;
    }
    return value;
}

/* Step of the free coordinates against the gradient, the Hessian made positive definite by `damping`. */
static void newton_step(const bool free[2], const double g[2], const double hessian[3], double damping,
                        double step[2])
{
    double a = hessian[0] + damping, b = hessian[1], c = hessian[2] + damping;
    step[0] = step[1] = 0;
    if (free[0] && free[1]) {
        double det = a * c - b * b;
        if (a > 0 && det > 1e-12 * a * fabs(c)) {
            step[0] = -(c * g[0] - b * g[1]) / det;
            step[1] = -(a * g[1] - b * g[0]) / det;
        } else {
            step[0] = -g[0], step[1] = -g[1];
        }
    } else {
        int k = free[0] ? 0 : 1;
        double curvature = k == 0 ? a : c;
        step[k] = curvature > 0 ? -g[k] / curvature : -g[k];
    }
    double length = hypot(step[0], step[1]);
    for (int k = 0; k < 2; k++)
        if (length > 2) step[k] *= 2 / length;
}

/* Replaces x by the minimiser within |x| <= 25; returns the value. */
static double minimise(const spectrum *given, const bool free[2], double x[2])
{
    double gradient[2], hessian[3], damping = 0;
    double value = evaluate(given, x, gradient, hessian);
    for (int iteration = 0; iteration < 200; iteration++) {
        double largest = fmax(free[0] ? fabs(gradient[0]) : 0, free[1] ? fabs(gradient[1]) : 0);
        if (largest <= 1e-11 * (double)given->o) break;
        double step[2], next[2], g[2], h[3];
        newton_step(free, gradient, hessian, damping, step);
        for (int k = 0; k < 2; k++)
            next[k] = fmin(25, fmax(-25, x[k] + step[k]));
        double next_value = evaluate(given, next, g, h);
        if (!(next_value <= value)) {
            if (fabs(step[0]) + fabs(step[1]) < 1e-9) break; /* rounding */
            damping = damping == 0 ? 1e-3 * (fabs(hessian[0]) + fabs(hessian[2]) + 1) : 4 * damping;
            continue;
        }
        if (next[0] == x[0] && next[1] == x[1]) break; /* held by the limits */
        damping = damping < 1e-8 ? 0 : damping / 4;
        memcpy(x, next, sizeof next);
        memcpy(gradient, g, sizeof g);
        memcpy(hessian, h, sizeof h);
        value = next_value;
    }
    return value;
}

/* kappa and t from K1 and S; `matrix` and `scratch` are o x stride. */
static int decompose(const feems_model *model, double *matrix, double *scratch, double *kappa, double *t)
{
    int64_t o = model->o, stride = model->stride;
    const int64_t *n = model->data->n_at;
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++) {
            double root = sqrt((double)n[a] * (double)n[b]);
            matrix[a * stride + b] = model->reduced[a * stride + b] / root;
            scratch[a * stride + b] = model->similarity[a * stride + b] * root;
        }
    if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', (lapack_int)o, matrix, (lapack_int)stride, kappa) != 0)
        return fr_fail(FR_ENUMERIC, "the eigenvalues of the reduced graph could not be found");
    kappa[0] = 0; /* the constant; column-major, so that eigenvector k is the contiguous row k of `matrix` */
    double *image = model->scratch2;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)o, (blasint)o, (blasint)o, 1, matrix,
                (blasint)stride, scratch, (blasint)stride, 0, image, (blasint)stride);
    for (int64_t k = 0; k < o; k++)
        t[k] = cblas_ddot((blasint)o, image + k * stride, 1, matrix + k * stride, 1);
    return FR_OK;
}

int feems_null_fit(feems_model *model, double *w0, double *s2, double *nll)
{
    int64_t o = model->o;
    bool free[2] = {*w0 == 0, *s2 == 0};
    double x[2] = {free[0] ? 0 : log(*w0), free[1] ? 0 : log(*s2)};
    spectrum given = {.o = o};
    double *ones = fr_alloc(model->m, sizeof *ones), *kappa = fr_alloc(o, sizeof *kappa),
           *t = fr_alloc(o, sizeof *t);
    int status = ones == NULL || kappa == NULL || t == NULL ? FR_ENOMEM : FR_OK;
    if (status != FR_OK) goto done;
    for (int64_t e = 0; e < model->m; e++)
        ones[e] = 1;
    status = feems_model_reduce_with_determinant(model, ones, &given.log_det);
    if (status == FR_OK) status = decompose(model, model->inner, model->scratch, kappa, t);
    if (status != FR_OK) goto done;
    given.kappa = kappa, given.t = t;
    *nll = (double)model->data->n_snps * minimise(&given, free, x);
    if (free[0]) *w0 = exp(x[0]);
    if (free[1]) *s2 = exp(x[1]);
    if ((free[0] && fabs(x[0]) >= 25) || (free[1] && fabs(x[1]) >= 25))
        fr_warn("the null fit runs off to w0 = %.3g, s2 = %.3g: these data hold no isolation by distance "
                "that a common migration weight could describe",
                *w0, *s2);
done:
    fr_free(ones);
    fr_free(kappa);
    fr_free(t);
    return status;
}
