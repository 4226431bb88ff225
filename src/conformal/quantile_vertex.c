/* The exact end of a quantile regression. At a vertex b fits q independent rows exactly (the basis); the dual vector is
 * d = tau or tau - 1 where residuals are not 0, and follows from Z'd = 0 in the basis. The vertex is optimal if d lies
 * within [tau - 1, tau] there.
 *
 * An interior point method ends in the middle of the optimal face. Rows whose d is inside the box have residual 0; where
 * they leave b free, it moves along the face until further residuals become 0. Should rounding have spoilt that, the
 * simplex method of Barrodale and Roberts (SIAM J. Numerical Analysis 10(5), 1973) mends it: a row whose d lies outside
 * the box leaves the basis, and b slides along the edge to the lowest point. */
#include "quantile.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double box_tolerance = 1e-9; /* of d, which is of order 1 */
static const double no_residual = 1e-12;  /* of responses of order 1: any d in the box fits */

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

static void join_basis(vertex_state *at, int64_t *count, int64_t row)
{
    at->basis[(*count)++] = row;
    at->inside[row] = true;
}

/* Independent rows whose d is inside the box, those farthest from its bounds first. There the residual is 0: of the two,
 * which go to 0 together, the residual is the smaller. */
static int64_t rows_of_the_face(vertex_state *at, const double *a)
{
    const quantile_design *design = at->design;
    int64_t n = design->n, q = design->q, count = 0;
    for (int64_t i = 0; i < n; i++)
        at->order[i] = (keyed_row){-fmin(a[i], 1 - a[i]), i};
    qsort(at->order, (size_t)n, sizeof *at->order, ascending);
    for (int64_t k = 0; k < n && count < q; k++) {
        int64_t i = at->order[k].row;
        if (-at->order[k].key <= fabs(at->residual[i])) continue;
        memcpy(at->factor + count * q, design->z + i * q, (size_t)q * sizeof(double));
        if (project(count, q, at->factor, at->factor + count * q) >= 1e-8) join_basis(at, &count, i);
    }
    return count;
}

/* A direction that leaves the residuals of the basis alone: the unit vector of which most is left outside of its rows. */
static void free_direction(vertex_state *at, int64_t count)
{
    int64_t q = at->design->q, best = 0;
    double most = -INFINITY;
    for (int64_t c = 0; c < q; c++) {
        double left = 1;
        for (int64_t k = 0; k < count; k++)
            left -= at->factor[k * q + c] * at->factor[k * q + c];
        if (left > most) most = left, best = c;
    }
    memset(at->edge, 0, (size_t)q * sizeof(double));
    at->edge[best] = 1;
    project(count, q, at->factor, at->edge);
}

/* Moves along the face to where the next residual is 0, and takes that row; false if there is none. */
static bool follow_face(vertex_state *at, int64_t *count)
{
    const quantile_design *design = at->design;
    int64_t n = design->n, q = design->q, next = -1;
    double step = INFINITY;
    free_direction(at, *count);
    for (int64_t i = 0; i < n; i++) {
        double along = cblas_ddot((int)q, design->z + i * q, 1, at->edge, 1),
               length = at->residual[i] / along;
        if (fabs(along) > 1e-9 && fabs(length) < fabs(step)) step = length, next = i;
    }
    if (next < 0) return false;
    for (int64_t i = 0; i < n; i++)
        at->residual[i] -= step * cblas_ddot((int)q, design->z + i * q, 1, at->edge, 1);
    memcpy(at->factor + *count * q, design->z + next * q, (size_t)q * sizeof(double));
    project(*count, q, at->factor, at->factor + *count * q);
    join_basis(at, count, next);
    return true;
}

static bool choose_basis(vertex_state *at, const double *a, const double *b)
{
    quantile_objective(at->design, b, at->residual);
    int64_t count = rows_of_the_face(at, a);
    while (count < at->design->q)
        if (!follow_face(at, &count)) return false;
    return true;
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

/* Row number `leaving` of the basis gets a residual of the sign of its d; the objective falls with slope -`steepness` at
 * first and less steeply after each row whose residual changes sign: the row where it stops falling enters. False if
 * there is none. */
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

/* Factors the basis and looks whether the vertex is the optimum; keeps the best lower bound. False if the basis is singular. */
static bool examine(vertex_state *at, int64_t *worst, double *outside, double *bound)
{
    if (!visit(at)) return false;
    *bound = fmax(*bound, lower_bound(at));
    *outside = violation(at, worst);
    return true;
}

static bool find_optimum(vertex_state *at, double *bound)
{
    const quantile_design *design = at->design;
    int64_t worst = 0;
    double outside = INFINITY, tau = design->tau;
    if (!examine(at, &worst, &outside, bound)) return false;
    if (outside <= box_tolerance) return true;
    for (int64_t i = 0; i < design->n; i++) /* the simplex method has rows at the bounds alone */
        at->sign[i] = at->sign[i] > tau - 0.5 ? tau : tau - 1;
    for (int64_t moves = 0; moves <= 50 + 10 * design->q; moves++) {
        if (!examine(at, &worst, &outside, bound)) return false;
        if (outside <= box_tolerance) return true;
        if (!slide(at, worst, outside)) return false;
    }
    return false;
}

int quantile_vertex(const quantile_design *design, const double *a, double *b, double *bound,
                    fr_quantile_info *info)
{
    vertex_state at;
    int status = vertex_new(design, &at);
    if (status != FR_OK) return status;
    for (int64_t i = 0; i < design->n; i++)
        at.sign[i] = a[i] - 1 + design->tau;
    info->vertex = choose_basis(&at, a, b) && find_optimum(&at, bound);
    double objective = quantile_objective(design, at.b, at.residual);
    if (objective <= info->objective || info->vertex) {
        memcpy(b, at.b, (size_t)design->q * sizeof *b);
        info->objective = objective;
    }
    vertex_free(&at);
    return FR_OK;
}
