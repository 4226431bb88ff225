/* Dirichlet eigenvector of a set R: the smallest eigenpair of the rows and columns R of the normalised Laplacian, with
 * the degrees of the whole graph (Chung, "Random walks and local cuts in graphs", 2007). Its vector has one sign; the
 * eigenvalue tells how well R holds a walk, and is the scale for alpha. */
#include "lanczos.h"
#include "spectral.h"

#include <math.h>
#include <string.h>

/* Rounding can leave zeros of either sign in parts of R that the vector does not reach. */
static void clip(int64_t n, double *vector)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += vector[i];
    for (int64_t i = 0; i < n; i++)
        vector[i] = fmax(sum < 0 ? -vector[i] : vector[i], 0);
}

static int find_pair(const walk_matrix *matrix, double tolerance, double *vector,
                     fr_cluster_spectral_result *out)
{
    double *start = fr_alloc(matrix->n, sizeof *start);
    lanczos_pair pair;
    if (start == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < matrix->n; i++) /* positive: never orthogonal to what is wanted */
        start[i] = matrix->scale[i] > 0 ? 1 / matrix->scale[i] : 1;
    int status = lanczos_largest(matrix, 0, NULL, start, tolerance, vector, &pair);
    clip(matrix->n, vector);
    out->lambda[0] = fmax(2 - pair.value, 0);
    out->residual = pair.residual;
    out->products = pair.products;
    out->converged = pair.converged;
    fr_free(start);
    return status;
}

int fr_cluster_fiedler_local(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                             double tolerance, fr_cluster_spectral_result *out)
{
    double begin = fr_clock();
    *out = (fr_cluster_spectral_result){0};
    if (!(tolerance > 0))
        return fr_fail(FR_EUSAGE, "the tolerance of eigenvectors is %g, expected a number above 0",
                       tolerance);
    int status = workspace_check_set(workspace, count, nodes, "nodes of the set");
    for (int64_t k = 0; status == FR_OK && k < count; k++)
        status = workspace_row(workspace, nodes[k]);
    if (status != FR_OK) return status;
    walk_matrix matrix = {0};
    int64_t *sorted = fr_alloc(count, sizeof *sorted);
    double *unit = fr_alloc(count, sizeof *unit);
    out->lambda = fr_alloc(1, sizeof *out->lambda);
    if (sorted == NULL || unit == NULL || out->lambda == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    memcpy(sorted, nodes, (size_t)count * sizeof *sorted);
    cluster_sort_nodes(count, sorted);
    status = walk_matrix_new(workspace->graph, count, sorted, workspace_index(workspace), &matrix);
    if (status == FR_OK) status = find_pair(&matrix, tolerance, unit, out);
    if (status == FR_OK) status = spectral_finish(workspace, &matrix, sorted, 1, unit, false, out);
    out->seconds = fr_clock() - begin;
done:
    walk_matrix_free(&matrix);
    fr_free(sorted);
    fr_free(unit);
    if (status != FR_OK) fr_cluster_spectral_result_free(out);
    return status;
}
