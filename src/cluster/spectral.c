/* The nodes that spectral methods look at, and their results: scaled vectors, signs, sweep. */
#include "spectral.h"

#include <math.h>
#include <string.h>

void spectral_trivial(const walk_matrix *matrix, double *out)
{
    double square = 0;
    for (int64_t i = 0; i < matrix->n; i++) {
        out[i] = matrix->scale[i] > 0 ? 1 / matrix->scale[i] : 0;
        square += out[i] * out[i];
    }
    for (int64_t i = 0; i < matrix->n; i++)
        out[i] /= sqrt(square);
}

/* Sizes of the components that hold more than an isolated node; *largest: label of the largest. */
static int count_sizes(const fr_graph *graph, const int64_t *label, int64_t labels, int64_t *components,
                       int64_t *largest)
{
    int64_t *size = fr_alloc(labels, sizeof *size);
    if (size == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < graph->n; i++)
        if (fr_graph_degree(graph, i) > 0) size[label[i]]++;
    *components = 0, *largest = 0;
    for (int64_t c = 0; c < labels; c++) {
        *components += size[c] > 0;
        if (size[c] > size[*largest]) *largest = c;
    }
    fr_free(size);
    return FR_OK;
}

int spectral_nodes(const fr_graph *graph, bool all, int64_t **nodes, int64_t *count, int64_t *components)
{
    *nodes = NULL, *count = 0;
    int64_t labels, largest = 0, found = 0;
    int64_t *label = fr_alloc(graph->n, sizeof *label), *list = fr_alloc(graph->n, sizeof *list);
    int status = label != NULL && list != NULL ? fr_cluster_components(graph, label, &labels) : FR_ENOMEM;
    if (status == FR_OK) status = count_sizes(graph, label, labels, components, &largest);
    if (status != FR_OK) goto done;
    for (int64_t i = 0; i < graph->n; i++)
        if (fr_graph_degree(graph, i) > 0 && (all || label[i] == largest)) list[found++] = i;
    if (found < 2) {
        status = fr_fail(FR_EUSAGE, "the graph has no two connected nodes");
        goto done;
    }
    *nodes = list, *count = found;
    list = NULL;
done:
    fr_free(label);
    fr_free(list);
    return status;
}

/* D^-1/2 v with a positive entry of largest modulus. Moduli that differ by rounding only are equal: the first counts. */
static void scale_vector(const walk_matrix *matrix, const double *v, double *out)
{
    double largest = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < matrix->n; i++) {
        out[i] = matrix->scale[i] * v[i];
        largest = fmax(largest, fabs(out[i]));
    }
    while (at < matrix->n - 1 && fabs(out[at]) < largest * (1 - 1e-9))
        at++;
    if (out[at] >= 0) return;
    for (int64_t i = 0; i < matrix->n; i++)
        out[i] = -out[i];
}

int spectral_finish(fr_cluster_workspace *workspace, const walk_matrix *matrix, const int64_t *nodes,
                    int64_t n_values, const double *unit_vectors, bool two_sided,
                    fr_cluster_spectral_result *out)
{
    int64_t n = matrix->n, cells;
    int status = fr_size_mul(n, n_values, &cells);
    if (status != FR_OK) return status;
    out->node = fr_alloc(n, sizeof *out->node);
    out->vector = fr_alloc(cells, sizeof *out->vector);
    if (out->node == NULL || out->vector == NULL) return FR_ENOMEM;
    memcpy(out->node, nodes, (size_t)n * sizeof *nodes);
    for (int64_t k = 0; k < n_values; k++)
        scale_vector(matrix, unit_vectors + k * n, out->vector + k * n);
    out->n = n, out->n_values = n_values;
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_settings_default(&settings);
    settings.two_sided = two_sided;
    settings.keep_profile = true;
    return fr_cluster_sweep(workspace, n, out->node, out->vector, &settings, &out->sweep);
}

void fr_cluster_spectral_result_free(fr_cluster_spectral_result *result)
{
    fr_free(result->node);
    fr_free(result->lambda);
    fr_free(result->vector);
    fr_cluster_sweep_result_free(&result->sweep);
    memset(result, 0, sizeof *result);
}
