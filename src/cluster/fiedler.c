/* Smallest eigenpairs of the normalised Laplacian N = I - D^-1/2 A D^-1/2 beside the trivial one. They are found one after the
 * other, each on the complement of those before, so that multiple eigenvalues come out as often as they are. */
#include "lanczos.h"
#include "spectral.h"

#include <math.h>
#include <string.h>

void fr_cluster_fiedler_settings_default(fr_cluster_fiedler_settings *settings)
{
    *settings = (fr_cluster_fiedler_settings){.tolerance = 1e-10, .dimensions = 1};
}

static int check(const fr_graph *graph, const fr_cluster_fiedler_settings *settings)
{
    if (!(settings->tolerance > 0))
        return fr_fail(FR_EUSAGE, "the tolerance of eigenvectors is %g, expected a number above 0",
                       settings->tolerance);
    if (settings->dimensions < 1)
        return fr_fail(FR_EUSAGE, "%lld eigenvectors asked for, expected at least 1",
                       (long long)settings->dimensions);
    return cluster_whole_graph(graph);
}

/* One that was missed may turn up after a larger one: ascending order by insertion. */
static void put_in_order(int64_t n, int64_t k, double *lambda, double *vectors, double *scratch)
{
    double value = lambda[k];
    int64_t to = k;
    while (to > 0 && lambda[to - 1] > value)
        to--;
    if (to == k) return;
    memcpy(scratch, vectors + k * n, (size_t)n * sizeof *scratch);
    memmove(vectors + (to + 1) * n, vectors + to * n, (size_t)((k - to) * n) * sizeof *vectors);
    memmove(lambda + to + 1, lambda + to, (size_t)(k - to) * sizeof *lambda);
    memcpy(vectors + to * n, scratch, (size_t)n * sizeof *scratch);
    lambda[to] = value;
}

/* The eigenpairs; unit: (count + 1) vectors, the trivial one first. */
static int find_pairs(const walk_matrix *matrix, int64_t count, double tolerance, double *unit,
                      fr_cluster_spectral_result *out)
{
    int64_t n = matrix->n;
    double *start = fr_alloc(n, sizeof *start);
    int status = start != NULL ? FR_OK : FR_ENOMEM;
    out->converged = true;
    spectral_trivial(matrix, unit);
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        lanczos_pair pair;
        lanczos_start(matrix, (uint64_t)k, start);
        status = lanczos_largest(matrix, k + 1, unit, start, tolerance, unit + (k + 1) * n, &pair);
        out->lambda[k] = fmax(2 - pair.value, 0); /* below 0 by rounding only */
        out->residual = fmax(out->residual, pair.residual);
        out->products += pair.products;
        out->converged = out->converged && pair.converged;
        put_in_order(n, k, out->lambda, unit + n, start);
    }
    fr_free(start);
    return status;
}

/* Eigenpairs and sweep on the listed nodes. */
static int cut_in_two(const fr_graph *graph, const fr_cluster_fiedler_settings *settings, int64_t n,
                      const int64_t *nodes, fr_cluster_spectral_result *out)
{
    int64_t cells, count = settings->dimensions < n ? settings->dimensions : n - 1;
    uint32_t *index = NULL;
    double *unit = NULL;
    walk_matrix matrix = {0};
    fr_cluster_workspace *workspace = NULL;
    int status = fr_size_mul(n, count + 1, &cells);
    if (status != FR_OK) return status;
    if (n < graph->n && (index = fr_alloc(graph->n, sizeof *index)) == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = walk_matrix_new(graph, n, nodes, index, &matrix);
    if (status != FR_OK) goto done;
    unit = fr_alloc(cells, sizeof *unit);
    out->lambda = fr_alloc(count, sizeof *out->lambda);
    if (unit == NULL || out->lambda == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = find_pairs(&matrix, count, settings->tolerance, unit, out);
    if (status == FR_OK) status = fr_cluster_workspace_new(graph, &workspace);
    if (status == FR_OK) status = spectral_finish(workspace, &matrix, nodes, count, unit + n, true, out);
done:
    fr_cluster_workspace_free(workspace);
    walk_matrix_free(&matrix);
    fr_free(index);
    fr_free(unit);
    return status;
}

static void rename_nodes(int64_t count, int64_t *nodes, const int64_t *names)
{
    for (int64_t k = 0; k < count; k++)
        nodes[k] = names[nodes[k]];
}

/* One of several components as a graph of its own: in the whole graph its cheapest cut would be the one around it. */
static int cut_component(const fr_graph *graph, const fr_cluster_fiedler_settings *settings, int64_t n,
                         const int64_t *nodes, fr_cluster_spectral_result *out)
{
    fr_graph part;
    int64_t *own = fr_alloc(n, sizeof *own);
    if (own == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < n; i++)
        own[i] = i;
    int status = fr_graph_subgraph(graph, n, nodes, &part);
    if (status == FR_OK) status = cut_in_two(&part, settings, n, own, out);
    if (status == FR_OK) {
        rename_nodes(n, out->node, nodes);
        rename_nodes(out->sweep.best.count, out->sweep.best.node, nodes);
        rename_nodes(out->sweep.n_profile, out->sweep.profile_node, nodes);
    }
    fr_graph_free(&part);
    fr_free(own);
    return status;
}

int fr_cluster_fiedler(const fr_graph *graph, const fr_cluster_fiedler_settings *settings,
                       fr_cluster_spectral_result *out)
{
    double begin = fr_clock();
    int blas = fr_blas_threads(1); /* the sums of its threads would depend on their number */
    *out = (fr_cluster_spectral_result){0};
    int64_t *nodes = NULL, n = 0;
    int status = check(graph, settings);
    if (status == FR_OK) status = spectral_nodes(graph, settings->whole_graph, &nodes, &n, &out->components);
    if (status == FR_OK) {
        bool apart = out->components > 1 && !settings->whole_graph;
        status = (apart ? cut_component : cut_in_two)(graph, settings, n, nodes, out);
    }
    out->seconds = fr_clock() - begin;
    fr_blas_threads(blas);
    fr_free(nodes);
    if (status != FR_OK) fr_cluster_spectral_result_free(out);
    return status;
}
