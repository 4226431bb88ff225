/* A spectral cut biased towards a seed set [MOV]: minimise x'Lx with x'Dx = 1, x'D1 = 0 and (x'Ds)^2 >= kappa.
 *
 * With v = D^1/2 x and the unit vector b = D^1/2 s: v is proportional to (N - g)^-1 b, g < lambda2, with g such that
 * (v'b)^2 = kappa; or v is the Fiedler vector where that correlates enough (g = lambda2). The Krylov space of b serves all g at
 * once: with T = Q'NQ, v = Q y and (T - g) y = e_1, so that g is found by bisection on a tridiagonal matrix. */
#include "lanczos.h"
#include "spectral.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { most_steps = 2000, most_cells = 1 << 26 };

typedef struct {
    walk_matrix matrix;
    double *locked;  /* the trivial vector and the Fiedler vector */
    double *seed;    /* b */
    double *vector;  /* v */
    double *scratch; /* 2n */
    double lambda2;
    bool
        fiedler_locked; /* b has no part along the Fiedler vector, and the Krylov space is kept clear of it */
    int64_t products;
} problem;

static void problem_free(problem *mov)
{
    walk_matrix_free(&mov->matrix);
    fr_free(mov->locked);
    fr_free(mov->seed);
    fr_free(mov->vector);
    fr_free(mov->scratch);
}

/* b: D^1/2 times the indicator of the seeds, less its part along the trivial vector, of length 1. */
static int make_seed(const fr_graph *graph, int64_t count, const int64_t *nodes, uint32_t *index,
                     const int64_t *part, problem *mov)
{
    int64_t n = mov->matrix.n;
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 1;
    for (int64_t i = 0; i < n; i++)
        mov->seed[i] = index[part[i]] != 0 ? sqrt(fr_graph_degree(graph, part[i])) : 0;
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 0;
    double before = cblas_dnrm2((int)n, mov->seed, 1);
    double along = cblas_ddot((int)n, mov->seed, 1, mov->locked, 1);
    cblas_daxpy((int)n, -along, mov->locked, 1, mov->seed, 1);
    double length = cblas_dnrm2((int)n, mov->seed, 1);
    if (!(length > 1e-12 * before))
        return fr_fail(FR_EUSAGE, "the seeds have no neighbours, or are all nodes that have any");
    cblas_dscal((int)n, 1 / length, mov->seed, 1);
    return FR_OK;
}

/* Solves (T - g) y = e_1 for the tridiagonal T = 2 - Q'MQ, by elimination from the last row up; returns (y'e_1)^2 / y'y, or -1
 * if g is not below the eigenvalues of T. */
static double correlation_at(const lanczos *space, double g, double *y)
{
    int64_t size = space->size;
    double pivot = 0, square = 1;
    for (int64_t i = size - 1; i >= 0; i--) { /* y[i] holds the ratio y_i / y_{i-1} for the time being */
        double coupling = i < size - 1 ? space->off[i] : 0;
        pivot = 2 - space->diagonal[i] - g - (i < size - 1 ? coupling * y[i + 1] : 0);
        if (!(pivot > 0)) return -1;
        y[i] = i > 0 ? space->off[i - 1] / pivot : 1 / pivot;
    }
    for (int64_t i = 1; i < size; i++)
        y[i] *= y[i - 1];
    for (int64_t i = 1; i < size; i++)
        square += y[i] / y[0] * (y[i] / y[0]);
    return 1 / square;
}

/* The g below lambda2 with correlation kappa, which falls as g rises; false if it is still above kappa at lambda2. */
static bool find_shift(const problem *mov, const lanczos *space, double kappa, double *y, double *g)
{
    double least = -14, most = 12; /* log10 of lambda2 - g */
    *g = mov->lambda2 - 1e-14;
    if (correlation_at(space, *g, y) >= kappa) return false;
    for (int step = 0; step < 80; step++) {
        double middle = (least + most) / 2;
        *g = mov->lambda2 - pow(10, middle);
        if (correlation_at(space, *g, y) >= kappa)
            most = middle;
        else
            least = middle;
    }
    *g = mov->lambda2 - pow(10, most);
    correlation_at(space, *g, y);
    return true;
}

/* Unit vector of the Krylov space, and where g is at lambda2 as much of the Fiedler vector as leaves the correlation kappa. */
static void take_vector(const problem *mov, const lanczos *space, double kappa, bool found, double *y)
{
    int64_t n = mov->matrix.n;
    double length = cblas_dnrm2((int)space->size, y, 1), share = 1 / length;
    if (!found && mov->fiedler_locked) share = fmin(sqrt(kappa) / fabs(y[0]), 1 / length);
    cblas_dscal((int)space->size, share, y, 1);
    lanczos_combine(space, y, mov->vector);
    double rest = 1 - share * share * length * length;
    if (rest > 0 && mov->fiedler_locked) cblas_daxpy((int)n, sqrt(rest), mov->locked + n, 1, mov->vector, 1);
}

/* Krylov steps from b until the pair (v, g) is good enough. */
static int solve(problem *mov, double kappa, double tolerance, fr_cluster_spectral_result *out)
{
    int64_t n = mov->matrix.n, capacity = most_cells / (n + 1), check = 10;
    if (capacity > most_steps) capacity = most_steps;
    if (capacity < 60) capacity = 60;
    lanczos space;
    int status = lanczos_new(&mov->matrix, mov->fiedler_locked ? 2 : 1, mov->locked, capacity, &space);
    if (status != FR_OK) return status;
    double *y = fr_alloc(space.capacity, sizeof *y);
    status = y != NULL ? lanczos_begin(&space, mov->seed) : FR_ENOMEM;
    while (status == FR_OK) {
        if ((status = lanczos_step(&space)) != FR_OK) break;
        bool last = space.size == space.capacity || space.length == 0;
        if (space.size < check && !last) continue;
        check = space.size + 5;
        bool found = find_shift(mov, &space, kappa, y, &out->shift);
        double length = cblas_dnrm2((int)space.size, y, 1);
        double left = space.length * fabs(y[space.size - 1]) / length;
        bool done = left <= 0.3 * tolerance && (found || mov->fiedler_locked);
        if (done || last) {
            take_vector(mov, &space, kappa, found, y);
            break;
        }
        status = fr_progress_tick("seeded cut", space.size, 0);
    }
    mov->products += space.products;
    fr_free(y);
    lanczos_free(&space);
    return status;
}

/* ||(N - g) v - c b|| with the c that makes it smallest. */
static double kkt_residual(problem *mov, double g)
{
    int64_t n = mov->matrix.n;
    double *scaled = mov->scratch, *rest = mov->scratch + n;
    for (int64_t i = 0; i < n; i++)
        scaled[i] = mov->matrix.scale[i] * mov->vector[i];
    walk_matrix_rows(&mov->matrix, 0, n, mov->vector, scaled, rest);
    mov->products++;
    for (int64_t i = 0; i < n; i++)
        rest[i] = (2 - g) * mov->vector[i] - rest[i];
    double along = cblas_ddot((int)n, rest, 1, mov->seed, 1);
    cblas_daxpy((int)n, -along, mov->seed, 1, rest, 1);
    return cblas_dnrm2((int)n, rest, 1);
}

static int minimise(problem *mov, double kappa, double tolerance, fr_cluster_spectral_result *out)
{
    int64_t n = mov->matrix.n;
    lanczos_pair pair;
    lanczos_start(&mov->matrix, 0, mov->vector);
    int status =
        lanczos_largest(&mov->matrix, 1, mov->locked, mov->vector, 0.1 * tolerance, mov->locked + n, &pair);
    if (status != FR_OK) return status;
    double along = cblas_ddot((int)n, mov->locked + n, 1, mov->seed, 1);
    mov->products = pair.products;
    mov->lambda2 = fmax(2 - pair.value, 0);
    mov->fiedler_locked = fabs(along) < 1e-9;
    if (along * along >= kappa) {
        memcpy(mov->vector, mov->locked + n, (size_t)n * sizeof *mov->vector);
        out->shift = mov->lambda2;
    } else {
        status = solve(mov, kappa, tolerance, out);
    }
    if (status != FR_OK) return status;
    double value, correlation = cblas_ddot((int)n, mov->vector, 1, mov->seed, 1);
    lanczos_residual(&mov->matrix, mov->vector, mov->scratch, &value);
    out->lambda[0] = fmax(2 - value, 0);
    out->correlation = correlation * correlation;
    out->residual = kkt_residual(mov, out->shift);
    out->converged = out->residual <= tolerance && out->correlation >= kappa * (1 - 1e-9);
    out->products = mov->products + 1;
    return FR_OK;
}

static int check(const fr_graph *graph, double kappa, double tolerance)
{
    if (!(kappa > 0 && kappa < 1))
        return fr_fail(FR_EUSAGE, "kappa is %g, expected a number between 0 and 1", kappa);
    if (!(tolerance > 0))
        return fr_fail(FR_EUSAGE, "the tolerance of eigenvectors is %g, expected a number above 0",
                       tolerance);
    return cluster_whole_graph(graph);
}

int fr_cluster_mov(const fr_graph *graph, int64_t count, const int64_t *nodes, double kappa, double tolerance,
                   fr_cluster_spectral_result *out)
{
    double begin = fr_clock();
    int blas = fr_blas_threads(1); /* the sums of its threads would depend on their number */
    *out = (fr_cluster_spectral_result){0};
    int64_t *part = NULL, n = 0;
    problem mov = {0};
    fr_cluster_workspace *workspace = NULL;
    int status = check(graph, kappa, tolerance);
    if (status == FR_OK) status = fr_cluster_workspace_new(graph, &workspace);
    if (status == FR_OK) status = workspace_check_set(workspace, count, nodes, "seeds");
    if (status == FR_OK) status = spectral_nodes(graph, true, &part, &n, &out->components);
    if (status == FR_OK) status = walk_matrix_new(graph, n, part, workspace_index(workspace), &mov.matrix);
    if (status != FR_OK) goto done;
    mov.locked = fr_alloc(2 * n, sizeof(double));
    mov.seed = fr_alloc(n, sizeof(double));
    mov.vector = fr_alloc(n, sizeof(double));
    mov.scratch = fr_alloc(2 * n, sizeof(double));
    out->lambda = fr_alloc(1, sizeof(double));
    if (mov.locked == NULL || mov.seed == NULL || mov.vector == NULL || mov.scratch == NULL ||
        out->lambda == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    spectral_trivial(&mov.matrix, mov.locked);
    status = make_seed(graph, count, nodes, workspace_index(workspace), part, &mov);
    if (status == FR_OK) status = minimise(&mov, kappa, tolerance, out);
    if (status == FR_OK) status = spectral_finish(workspace, &mov.matrix, part, 1, mov.vector, true, out);
    out->seconds = fr_clock() - begin;
done:
    fr_blas_threads(blas);
    fr_cluster_workspace_free(workspace);
    problem_free(&mov);
    fr_free(part);
    if (status != FR_OK) fr_cluster_spectral_result_free(out);
    return status;
}
