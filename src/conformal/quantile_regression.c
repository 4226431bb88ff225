/* Linear quantile regression by the Frisch-Newton method (Portnoy, Koenker, Statistical Science 12(4), 1997): a
 * primal-dual interior point method with Mehrotra's corrector for
 *   max y'd  subject to  Z'd = 0,  tau - 1 <= d <= tau,
 * the dual of min sum_i tau max(r_i, 0) + (1 - tau) max(-r_i, 0), r = y - Z b. In its terms a = d + 1 - tau lies in
 * (0, 1), z and w are multipliers of a >= 0 and a <= 1, and r = w - z. */
#include "quantile.h"

#include "sets.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

double quantile_objective(const quantile_design *design, const double *b, double *residual)
{
    int n = (int)design->n, q = (int)design->q;
    double sum = 0;
    memcpy(residual, design->y, (size_t)n * sizeof *residual);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, n, q, -1, design->z, q, b, 1, 1, residual, 1);
    for (int64_t i = 0; i < n; i++)
        sum += residual[i] > 0 ? design->tau * residual[i] : (design->tau - 1) * residual[i];
    return sum;
}

/* All arrays of n, but for those of the q coefficients. */
typedef struct {
    double *a, *z, *w, *residual;
    double *da, *dz, *dw;
    double *inverse;        /* 1 / (z / a + w / (1 - a)) */
    double *right;          /* of the rows */
    double *weighted;       /* n x q: rows of Z times sqrt(inverse) */
    double *b, *db, *equal; /* q; equal: (1 - tau) Z'1 */
    double *normal;         /* q x q */
} interior;

static void interior_free(interior *in)
{
    double *arrays[] = {in->a,       in->z,     in->w,        in->residual, in->da, in->dz,    in->dw,
                        in->inverse, in->right, in->weighted, in->b,        in->db, in->equal, in->normal};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        fr_free(arrays[k]);
}

static int interior_new(int64_t n, int64_t q, interior *out)
{
    *out = (interior){0};
    double **rows[] = {&out->a,  &out->z,  &out->w,       &out->residual, &out->da,
                       &out->dz, &out->dw, &out->inverse, &out->right};
    double **coefficients[] = {&out->b, &out->db, &out->equal};
    bool fine = true;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        fine = (*rows[k] = fr_alloc(n, sizeof(double))) != NULL && fine;
    for (size_t k = 0; k < sizeof coefficients / sizeof *coefficients; k++)
        fine = (*coefficients[k] = fr_alloc(q, sizeof(double))) != NULL && fine;
    out->weighted = fr_alloc(n * q, sizeof(double));
    out->normal = fr_alloc(q * q, sizeof(double));
    if (fine && out->weighted != NULL && out->normal != NULL) return FR_OK;
    interior_free(out);
    return FR_ENOMEM;
}

/* Cholesky factor of Z' diag(inverse) Z; false if it breaks down. */
static bool factorise(const quantile_design *design, interior *in)
{
    int n = (int)design->n, q = (int)design->q;
    for (int64_t i = 0; i < n; i++) {
        double root = sqrt(in->inverse[i]);
        for (int64_t c = 0; c < q; c++)
            in->weighted[i * q + c] = root * design->z[i * q + c];
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, q, n, 1, in->weighted, q, 0, in->normal, q);
    return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', q, in->normal, q) == 0;
}

static void solve(const quantile_design *design, const interior *in, double *x)
{
    int q = (int)design->q;
    LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', q, 1, in->normal, q, x, q);
}

/* The step for complementarity targets t1 of z a and t2 of w (1 - a): both 0, or, from the step before, mu - da dz and
 * mu + da dw. */
static void find_step(const quantile_design *design, interior *in, bool corrector, double mu)
{
    int n = (int)design->n, q = (int)design->q;
    double *scratch = in->right;
    for (int64_t i = 0; i < n; i++) {
        double t1 = corrector ? mu - in->da[i] * in->dz[i] : 0,
               t2 = corrector ? mu + in->da[i] * in->dw[i] : 0;
        in->dz[i] = t1 / in->a[i]; /* for the time being */
        in->dw[i] = t2 / (1 - in->a[i]);
        in->da[i] = in->residual[i] + in->dz[i] - in->dw[i];
        scratch[i] = in->inverse[i] * in->da[i] + in->a[i];
    }
    cblas_dgemv(CblasRowMajor, CblasTrans, n, q, 1, design->z, q, scratch, 1, 0, in->db, 1);
    cblas_daxpy(q, -1, in->equal, 1, in->db, 1);
    solve(design, in, in->db);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, n, q, -1, design->z, q, in->db, 1, 1, in->da, 1);
    for (int64_t i = 0; i < n; i++) {
        in->da[i] *= in->inverse[i];
        in->dz[i] -= in->z[i] + in->z[i] / in->a[i] * in->da[i];
        in->dw[i] += in->w[i] / (1 - in->a[i]) * in->da[i] - in->w[i];
    }
}

typedef struct {
    double weights, multipliers; /* of a; of b, z and w */
} step_lengths;

/* Almost to where one of the variables becomes 0, at most 1. */
static step_lengths longest_step(int64_t n, const interior *in)
{
    step_lengths longest = {INFINITY, INFINITY};
    for (int64_t i = 0; i < n; i++) {
        double a = in->da[i] < 0 ? -in->a[i] / in->da[i] : (1 - in->a[i]) / in->da[i];
        double z = in->dz[i] < 0 ? -in->z[i] / in->dz[i] : INFINITY;
        double w = in->dw[i] < 0 ? -in->w[i] / in->dw[i] : INFINITY;
        if (in->da[i] != 0) longest.weights = fmin(longest.weights, a);
        longest.multipliers = fmin(longest.multipliers, fmin(z, w));
    }
    return (step_lengths){fmin(1, 0.99995 * longest.weights), fmin(1, 0.99995 * longest.multipliers)};
}

/* z'a + w'(1 - a) after a step. */
static double gap_after(int64_t n, const interior *in, step_lengths step)
{
    double gap = 0;
    for (int64_t i = 0; i < n; i++) {
        double a = in->a[i] + step.weights * in->da[i];
        gap += (in->z[i] + step.multipliers * in->dz[i]) * a +
               (in->w[i] + step.multipliers * in->dw[i]) * (1 - a);
    }
    return gap;
}

static void take_step(int64_t n, int64_t q, interior *in, step_lengths step)
{
    for (int64_t i = 0; i < n; i++) {
        /* rounding does not reach the boundary */
        in->a[i] = fmin(1 - DBL_EPSILON, fmax(DBL_MIN, in->a[i] + step.weights * in->da[i]));
        in->z[i] = fmax(DBL_MIN, in->z[i] + step.multipliers * in->dz[i]);
        in->w[i] = fmax(DBL_MIN, in->w[i] + step.multipliers * in->dw[i]);
    }
    for (int64_t c = 0; c < q; c++)
        in->b[c] += step.multipliers * in->db[c];
}

/* a = 1 - tau, least squares, multipliers that fit its residuals. Returns the mean absolute residual. */
static double start(const quantile_design *design, interior *in)
{
    int n = (int)design->n, q = (int)design->q;
    for (int64_t i = 0; i < n; i++) {
        in->a[i] = 1 - design->tau;
        in->inverse[i] = 1;
    }
    cblas_dgemv(CblasRowMajor, CblasTrans, n, q, 1, design->z, q, in->a, 1, 0, in->equal, 1);
    cblas_dgemv(CblasRowMajor, CblasTrans, n, q, 1, design->z, q, design->y, 1, 0, in->b, 1);
    if (factorise(design, in)) solve(design, in, in->b);
    quantile_objective(design, in->b, in->residual);
    double mean = cblas_dasum(n, in->residual, 1) / n;
    for (int64_t i = 0; i < n; i++) {
        in->z[i] = fmax(-in->residual[i], 0) + 0.1 * mean;
        in->w[i] = fmax(in->residual[i], 0) + 0.1 * mean;
    }
    return mean;
}

static void follow_path(const quantile_design *design, interior *in, double mean, fr_quantile_info *info)
{
    const step_lengths none = {0, 0};
    int64_t n = design->n, q = design->q;
    info->objective = quantile_objective(design, in->b, in->residual);
    for (info->iterations = 0; info->iterations < 200; info->iterations++) {
        double gap = gap_after(n, in, none);
        if (gap <= 1e-12 * fmax(info->objective, mean)) return;
        for (int64_t i = 0; i < n; i++)
            in->inverse[i] = 1 / (in->z[i] / in->a[i] + in->w[i] / (1 - in->a[i]));
        if (!factorise(design, in)) return; /* as far as rounding goes; the vertex is near */
        find_step(design, in, false, 0);
        double predicted = gap_after(n, in, longest_step(n, in)), shrunk = predicted / gap;
        find_step(design, in, true, shrunk * shrunk * shrunk * gap / (2 * (double)n));
        step_lengths step = longest_step(n, in);
        if (!isfinite(gap_after(n, in, step))) return;
        take_step(n, q, in, step);
        info->objective = quantile_objective(design, in->b, in->residual);
    }
}

/* y'd for the dual vector of the end, freed of the rounding in Z'd = 0 by projection and then shrunk into the box: the
 * optimum is not below. */
static double lower_bound(const quantile_design *design, interior *in)
{
    int n = (int)design->n, q = (int)design->q;
    double tau = design->tau, shrink = 1, *d = in->right;
    for (int64_t i = 0; i < n; i++) {
        in->inverse[i] = 1;
        d[i] = in->a[i] - 1 + tau;
    }
    if (!factorise(design, in)) return 0;
    cblas_dgemv(CblasRowMajor, CblasTrans, n, q, 1, design->z, q, d, 1, 0, in->db, 1);
    solve(design, in, in->db);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, n, q, -1, design->z, q, in->db, 1, 1, d, 1);
    for (int64_t i = 0; i < n; i++) {
        if (d[i] > tau) shrink = fmin(shrink, tau / d[i]);
        if (d[i] < tau - 1) shrink = fmin(shrink, (tau - 1) / d[i]);
    }
    return shrink * cblas_ddot(n, d, 1, design->y, 1);
}

/* A fit without residuals is the best there is. */
static const double no_residual = 1e-13;

static int fit(const quantile_design *design, double *coefficients, fr_quantile_info *info)
{
    interior in;
    int status = interior_new(design->n, design->q, &in);
    if (status != FR_OK) return status;
    double mean = start(design, &in);
    if (mean <= no_residual) {
        info->vertex = true;
    } else {
        follow_path(design, &in, mean, info);
        double bound = lower_bound(design, &in);
        status = quantile_vertex(design, in.a, in.b, &bound, info);
        info->gap = info->objective > 0 ? fmax(0, 1 - bound / info->objective) : 0;
    }
    memcpy(coefficients, in.b, (size_t)design->q * sizeof *coefficients);
    interior_free(&in);
    return status;
}

static int check(int64_t n, int64_t p, const double *x, const double *y, double tau)
{
    int64_t cells;
    if (n < 1) return fr_fail(FR_EUSAGE, "quantile regression: there are no rows");
    if (p < 0 || p >= INT32_MAX || n > INT32_MAX)
        return fr_fail(FR_EUSAGE, "quantile regression takes at most 2147483647 rows and columns");
    if (!(tau > 0 && tau < 1))
        return fr_fail(FR_EUSAGE, "the level of a quantile lies between 0 and 1, which %g does not", tau);
    int status = fr_size_mul(n, p, &cells);
    if (status == FR_OK) status = conformal_check_finite("features", cells, p, x);
    if (status == FR_OK) status = conformal_check_finite("responses", n, 1, y);
    return status;
}

int fr_quantile_regression(int64_t n, int64_t p, const double *x, const double *y, double tau, double *b,
                           fr_quantile_info *info)
{
    *info = (fr_quantile_info){0};
    quantile_design design = {0};
    double *coefficients = NULL;
    int status = check(n, p, x, y, tau);
    if (status != FR_OK) return status;
    memset(b, 0, (size_t)(p + 1) * sizeof *b);
    status = quantile_design_new(n, p, x, y, tau, &design);
    if (status == FR_OK && (coefficients = fr_alloc(design.q, sizeof *coefficients)) == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK) status = fit(&design, coefficients, info);
    if (status == FR_OK) quantile_design_back(&design, coefficients, b);
    info->objective *= design.y_scale;
    fr_free(coefficients);
    quantile_design_free(&design);
    if (status != FR_OK) *info = (fr_quantile_info){0};
    return status;
}
