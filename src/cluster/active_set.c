/* Solves with Q_SS: the factor, or conjugate gradients, give corrections for what is left of b, which is summed up in extended
 * precision, so that x ends at the rounding of its own entries. */
#include "active_set.h"

#include "conjugate.h"

#include <math.h>
#include <string.h>
#include <suitesparse/cholmod.h>

enum { cholesky_nodes = 2000, most_corrections = 8 };

/* ---- the matrix ------------------------------------------------------------------------------------------------------ */

void active_matrix_free(active_matrix *matrix)
{
    fr_free(matrix->first);
    fr_free(matrix->column);
    fr_free(matrix->value);
    fr_free(matrix->diagonal);
    *matrix = (active_matrix){0};
}

static void fill(const fr_graph *graph, double alpha, const int64_t *node, const uint32_t *place,
                 active_matrix *out)
{
    double beta = (1 - alpha) / 2;
    int64_t entries = 0;
    for (int64_t k = 0; k < out->n; k++) {
        int64_t i = node[k];
        out->diagonal[k] = (1 + alpha) / 2 * fr_graph_degree(graph, i);
        for (int64_t a = graph->row[i]; a < graph->row[i + 1]; a++) {
            double entry = beta * (graph->weight != NULL ? graph->weight[a] : 1);
            uint32_t other = place[graph->neighbour[a]];
            if (other == k + 1) {
                out->diagonal[k] -= entry;
            } else if (other != 0 && other <= out->n) {
                out->column[entries] = other - 1;
                out->value[entries++] = -entry;
            }
        }
        out->first[k + 1] = entries;
    }
}

int active_matrix_new(const fr_graph *graph, double alpha, int64_t n, const int64_t *node,
                      const uint32_t *place, active_matrix *out)
{
    *out = (active_matrix){.n = n, .alpha = alpha};
    int64_t arcs = 0;
    for (int64_t k = 0; k < n; k++)
        arcs += graph->row[node[k] + 1] - graph->row[node[k]];
    out->arcs_read = arcs;
    out->first = fr_alloc(n + 1, sizeof *out->first);
    out->column = fr_alloc(arcs, sizeof *out->column);
    out->value = fr_alloc(arcs, sizeof *out->value);
    out->diagonal = fr_alloc(n, sizeof *out->diagonal);
    if (out->first == NULL || out->column == NULL || out->value == NULL || out->diagonal == NULL) {
        active_matrix_free(out);
        return FR_ENOMEM;
    }
    fill(graph, alpha, node, place, out);
    return FR_OK;
}

static void multiply(void *context, const double *x, double *y)
{
    active_matrix *matrix = context;
    for (int64_t k = 0; k < matrix->n; k++) {
        double sum = matrix->diagonal[k] * x[k];
        for (int64_t a = matrix->first[k]; a < matrix->first[k + 1]; a++)
            sum += matrix->value[a] * x[matrix->column[a]];
        y[k] = sum;
    }
    matrix->arcs_read += matrix->first[matrix->n];
}

/* r = b - Q x, rounded once; returns the largest |r_i| / Q_ii */
static double extended_residual(active_matrix *matrix, const double *b, const double *x, double *r)
{
    double largest = 0;
    for (int64_t k = 0; k < matrix->n; k++) {
        long double sum = b[k] - (long double)matrix->diagonal[k] * x[k];
        for (int64_t a = matrix->first[k]; a < matrix->first[k + 1]; a++)
            sum -= (long double)matrix->value[a] * x[matrix->column[a]];
        r[k] = (double)sum;
        largest = fmax(largest, fabs(r[k]) / matrix->diagonal[k]);
    }
    matrix->arcs_read += matrix->first[matrix->n];
    return largest;
}

/* ---- sparse Cholesky ------------------------------------------------------------------------------------------------- */

typedef struct {
    cholmod_common common;
    cholmod_factor *factor;
    cholmod_dense *right;
} cholesky;

/* The lower triangle, column by column: Q is symmetric, so the rows are the columns. */
static cholmod_sparse *lower_triangle(const active_matrix *matrix, cholmod_common *common)
{
    size_t n = (size_t)matrix->n, most = n + (size_t)matrix->first[matrix->n] / 2;
    cholmod_sparse *lower = cholmod_l_allocate_sparse(n, n, most, 0, 1, -1, CHOLMOD_REAL, common);
    if (lower == NULL) return NULL;
    SuiteSparse_long *start = lower->p, *row = lower->i, entries = 0;
    double *value = lower->x;
    for (int64_t k = 0; k < matrix->n; k++) {
        start[k] = entries;
        row[entries] = k;
        value[entries++] = matrix->diagonal[k];
        for (int64_t a = matrix->first[k]; a < matrix->first[k + 1]; a++) {
            if (matrix->column[a] < k) continue;
            row[entries] = matrix->column[a];
            value[entries++] = matrix->value[a];
        }
    }
    start[n] = entries;
    return lower;
}

static int cholesky_new(const active_matrix *matrix, cholesky *out)
{
    memset(out, 0, sizeof *out);
    cholmod_common *common = &out->common;
    cholmod_l_start(common);
    common->print = 0;
    cholmod_sparse *lower = lower_triangle(matrix, common);
    if (lower != NULL) out->factor = cholmod_l_analyze(lower, common);
    if (out->factor != NULL) cholmod_l_factorize(lower, out->factor, common);
    int status = common->status;
    cholmod_l_free_sparse(&lower, common);
    out->right = cholmod_l_allocate_dense((size_t)matrix->n, 1, (size_t)matrix->n, CHOLMOD_REAL, common);
    if (out->right == NULL || out->factor == NULL || status < CHOLMOD_OK)
        return fr_fail(FR_ENOMEM, "out of memory for the Cholesky factor of %lld nodes",
                       (long long)matrix->n);
    if (status != CHOLMOD_OK)
        return fr_fail(FR_ENUMERIC,
                       "the matrix of %lld nodes is not positive definite: the weights differ too much",
                       (long long)matrix->n);
    return FR_OK;
}

static void cholesky_free(cholesky *solver)
{
    cholmod_l_free_dense(&solver->right, &solver->common);
    cholmod_l_free_factor(&solver->factor, &solver->common);
    cholmod_l_finish(&solver->common);
}

static int cholesky_solve(cholesky *solver, int64_t n, const double *b, double *x)
{
    memcpy(solver->right->x, b, (size_t)n * sizeof *b);
    cholmod_dense *solution = cholmod_l_solve(CHOLMOD_A, solver->factor, solver->right, &solver->common);
    if (solution == NULL) return fr_fail(FR_ENOMEM, "out of memory for a solve of %lld nodes", (long long)n);
    memcpy(x, solution->x, (size_t)n * sizeof *x);
    cholmod_l_free_dense(&solution, &solver->common);
    return FR_OK;
}

/* ---- refinement ------------------------------------------------------------------------------------------------------ */

/* step = Q^-1 r, roughly */
static int correct(active_matrix *matrix, cholesky *factor, const double *r, double *step, double *scratch)
{
    if (factor != NULL) return cholesky_solve(factor, matrix->n, r, step);
    conjugate_matrix product = {matrix->n, matrix->diagonal, 2 / matrix->alpha, multiply, matrix};
    conjugate_gradients(&product, r, 1e-8, step, scratch);
    return FR_OK;
}

/* x += Q^-1 (b - Q x) while that makes what is left smaller. */
static int refine(active_matrix *matrix, cholesky *factor, const double *b, double *x, double *scratch)
{
    int64_t n = matrix->n;
    double *left = scratch, *step = scratch + n, before = INFINITY;
    for (int k = 0; k < most_corrections; k++) {
        double now = extended_residual(matrix, b, x, left);
        if (!(now > 0 && now < before / 2)) break;
        before = now;
        int status = correct(matrix, factor, left, step, scratch + 2 * n);
        if (status != FR_OK) return status;
        for (int64_t i = 0; i < n; i++)
            x[i] += step[i];
    }
    return FR_OK;
}

int active_matrix_solve(active_matrix *matrix, const double *b, double *x)
{
    bool direct = matrix->n < cholesky_nodes;
    cholesky factor;
    double *scratch = fr_alloc(5 * matrix->n, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    int blas = fr_blas_threads(1); /* the factor's blocks are small, and the sums do not depend on threads */
    int status = direct ? cholesky_new(matrix, &factor) : FR_OK;
    if (status == FR_OK) status = refine(matrix, direct ? &factor : NULL, b, x, scratch);
    fr_blas_threads(blas);
    if (direct) cholesky_free(&factor);
    fr_free(scratch);
    return status;
}
