/* The exact end of a quantile regression. At a vertex b fits q independent rows exactly (the basis); the dual vector is d = tau or tau - 1
 * at the other rows, by the sign of their residuals, and follows from Z'd = 0 in the basis. The vertex is optimal iff d lies within
 * [tau - 1, tau] there. Otherwise a row whose d lies outside leaves, and b slides along the edge to the lowest point (Barrodale, Roberts,
 * SIAM J. Numerical Analysis 10(5), 1973). From the end of an interior point method there is usually nothing to slide. */
#include "quantile.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double box_tolerance = 1e-9; /* of d, which is of order 1 */
static const double no_residual = 1e-12;  /* of responses of order 1: either sign of d fits */

typedef struct {
    double key;
    int64_t row;
} keyed_row;

typedef struct {
    const quantile_design *design;
    int64_t *basis;       /* q rows */
    bool *inside;         /* n: in the basis */
    double *sign;         /* n: d of rows outside the basis */
    double *factor;       /* q x q: LU of the rows of the basis */
    lapack_int *pivots;   /* q */
    double *b, *d, *edge; /* q */
    double *residual;     /* n */
    keyed_row *order;     /* n */
} vertex_state;

static void vertex_free(vertex_state *at)
{
    fr_free(at->basis);
    fr_free(at->inside);
    fr_free(at->sign);
    fr_free(at->factor);
    fr_free(at->pivots);
    fr_free(at->b);
    fr_free(at->d);
    fr_free(at->edge);
    fr_free(at->residual);
    fr_free(at->order);
}

static int vertex_new(const quantile_design *design, vertex_state *out)
{
    int64_t n = design->n, q = design->q;
    *out = (vertex_state){.design = design,
                          .basis = fr_alloc(q, sizeof *out->basis),
                          .inside = fr_alloc(n, sizeof *out->inside),
                          .sign = fr_alloc(n, sizeof(double)),
                          .factor = fr_alloc(q * q, sizeof(double)),
                          .pivots = fr_alloc(q, sizeof *out->pivots),
                          .b = fr_alloc(q, sizeof(double)),
                          .d = fr_alloc(q, sizeof(double)),
                          .edge = fr_alloc(q, sizeof(double)),
                          .residual = fr_alloc(n, sizeof(double)),
                          .order = fr_alloc(n, sizeof *out->order)};
    if (out->basis != NULL && out->inside != NULL && out->sign != NULL && out->factor != NULL &&
        out->pivots != NULL && out->b != NULL && out->d != NULL && out->edge != NULL &&
        out->residual != NULL && out->order != NULL)
        return FR_OK;
    vertex_free(out);
    return FR_ENOMEM;
}

static int ascending(const void *a, const void *b)
{
    const keyed_row *left = a, *right = b;
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    return (left->row > right->row) - (left->row < right->row);
}

/* Takes what lies along the `count` orthonormal rows out of `row`, twice for the rounding's sake; returns the rest's share. */
static double project(int64_t count, int64_t q, const double *rows, double *row)
{
    int width = (int)q;
    double before = cblas_dnrm2(width, row, 1);
    for (int pass = 0; pass < 2; pass++)
        for (int64_t c = 0; c < count; c++) {
            const double *other = rows + c * q;
            cblas_daxpy(width, -cblas_ddot(width, row, 1, other, 1), other, 1, row, 1);
        }
    double after = cblas_dnrm2(width, row, 1);
    if (after > 0) cblas_dscal(width, 1 / after, row, 1);
    return before > 0 ? after / before : 0;
}

/* The rows farthest from both bounds of a that are linearly independent; false if there are not q. */
static bool choose_basis(vertex_state *at, const double *a)
{
    const quantile_design *design = at->design;
    int64_t n = design->n, q = design->q, count = 0;
    for (int64_t i = 0; i < n; i++)
        at->order[i] = (keyed_row){-fmin(a[i], 1 - a[i]), i};
    qsort(at->order, (size_t)n, sizeof *at->order, ascending);
    for (int64_t k = 0; k < n && count < q; k++) {
        int64_t i = at->order[k].row;
        memcpy(at->factor + count * q, design->z + i * q, (size_t)q * sizeof(double));
        if (project(count, q, at->factor, at->factor + count * q) < 1e-8) continue;
        at->basis[count++] = i;
        at->inside[i] = true;
    }
    return count == q;
}

/* Factors the basis, and finds b, the residuals and d; false if the basis is singular. */
static bool visit(vertex_state *at)
{
    const quantile_design *design = at->design;
    lapack_int q = (lapack_int)design->q;
    for (int64_t k = 0; k < q; k++) {
        memcpy(at->factor + k * q, design->z + at->basis[k] * q, (size_t)q * sizeof(double));
        at->b[k] = design->y[at->basis[k]];
    }
    /* column-major: the factor is that of the transpose */
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, q, q, at->factor, q, at->pivots) != 0) return false;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', q, 1, at->factor, q, at->pivots, at->b, q);
    quantile_objective(design, at->b, at->residual);
    memset(at->d, 0, (size_t)q * sizeof(double));
    for (int64_t i = 0; i < design->n; i++) {
        double r = at->residual[i];
        if (fabs(r) > no_residual) at->sign[i] = r > 0 ? design->tau : design->tau - 1;
        if (!at->inside[i]) cblas_daxpy(q, -at->sign[i], design->z + i * q, 1, at->d, 1);
    }
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', q, 1, at->factor, q, at->pivots, at->d, q);
    return true;
}

/* How far d_k lies outside the box; *k: the worst. */
static double violation(const vertex_state *at, int64_t *k)
{
    double tau = at->design->tau, worst = -INFINITY;
    for (int64_t c = 0; c < at->design->q; c++) {
        double outside = fmax(at->d[c] - tau, tau - 1 - at->d[c]);
        if (outside > worst) worst = outside, *k = c;
    }
    return worst;
}

/* Row number `leaving` of the basis gets a residual of the sign of its d; the objective falls with slope -`steepness` at first and
 * less steeply after each row whose residual changes sign: the row where it stops falling enters. False if there is none. */
static bool slide(vertex_state *at, int64_t leaving, double steepness)
{
    const quantile_design *design = at->design;
    int64_t n = design->n, q = design->q, count = 0;
    double tau = design->tau, up = at->d[leaving] > 0 ? 1 : -1, slope = -steepness;
    memset(at->edge, 0, (size_t)q * sizeof(double));
    at->edge[leaving] = -up;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', (lapack_int)q, 1, at->factor, (lapack_int)q, at->pivots,
                        at->edge, (lapack_int)q);
    double *rate = at->residual; /* becomes z_i'edge where it is needed, else 0 */
    for (int64_t i = 0; i < n; i++) {
        double along = cblas_ddot((int)q, design->z + i * q, 1, at->edge, 1), r = at->residual[i];
        bool turns = !at->inside[i] && (at->sign[i] > 0 ? along > 1e-12 : along < -1e-12);
        if (turns) at->order[count++] = (keyed_row){fmax(0, r / along), i};
        rate[i] = turns ? fabs(along) : 0;
    }
    qsort(at->order, (size_t)count, sizeof *at->order, ascending);
    for (int64_t k = 0; k < count; k++) {
        int64_t i = at->order[k].row;
        slope += rate[i];
        if (slope < 0) {
            at->sign[i] = at->sign[i] > 0 ? tau - 1 : tau;
            continue;
        }
        int64_t left = at->basis[leaving];
        at->basis[leaving] = i;
        at->inside[i] = true;
        at->inside[left] = false;
        at->sign[left] = up > 0 ? tau : tau - 1;
        return true;
    }
    return false;
}

/* A dual vector outside the box by rounding is shrunk into it: Z'd = 0 still holds, and y'd bounds the optimum from below. */
static double lower_bound(const vertex_state *at)
{
    const quantile_design *design = at->design;
    double tau = design->tau, shrink = 1, product = 0;
    for (int64_t k = 0; k < design->q; k++) {
        double d = at->d[k];
        if (d > tau) shrink = fmin(shrink, tau / d);
        if (d < tau - 1) shrink = fmin(shrink, (tau - 1) / d);
        product += d * design->y[at->basis[k]];
    }
    for (int64_t i = 0; i < design->n; i++)
        if (!at->inside[i]) product += at->sign[i] * design->y[i];
    return shrink * product;
}

int quantile_vertex(const quantile_design *design, const double *a, double *b, fr_quantile_info *info)
{
    vertex_state at;
    int status = vertex_new(design, &at);
    if (status != FR_OK) return status;
    bool going = choose_basis(&at, a);
    for (int64_t i = 0; i < design->n; i++)
        at.sign[i] = a[i] > 0.5 ? design->tau : design->tau - 1;
    double bound = -INFINITY;
    for (int64_t moves = 0; going && moves <= 50 * design->q + 1000; moves++) {
        int64_t worst = 0;
        if (!visit(&at)) break;
        bound = fmax(bound, lower_bound(&at));
        double outside = violation(&at, &worst);
        info->vertex = outside <= box_tolerance;
        going = !info->vertex && slide(&at, worst, outside);
    }
    double objective = quantile_objective(design, at.b, at.residual);
    if (objective <= info->objective || info->vertex) {
        memcpy(b, at.b, (size_t)design->q * sizeof *b);
        info->objective = objective;
    }
    info->gap = info->objective > 0 ? fmax(0, 1 - bound / info->objective) : 0;
    vertex_free(&at);
    return FR_OK;
}
