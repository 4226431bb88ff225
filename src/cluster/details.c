/* What is inside a set: density, components, triangles, separability, and how hard it is to cut in two. All of it comes
 * from the subgraph on the set, but for the Dirichlet eigenvalue, which sees the degrees of the whole graph. */
#include "workspace.h"

#include <math.h>

/* Weight of the edges between distinct nodes. */
static double edge_weight(const fr_graph *graph)
{
    double loops = 0;
    for (int64_t i = 0; graph->n_loops > 0 && i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] == i) loops += graph->weight != NULL ? graph->weight[k] : 1;
    return (graph->volume - loops) / 2;
}

/* Best sweep of the second eigenvector of the subgraph: 0 if it is in pieces, 1 if it is a single node. */
static int inner_conductance(const fr_graph *inside, int64_t components, double *out)
{
    *out = components > 1 ? 0 : 1;
    if (components > 1 || inside->n < 2) return FR_OK;
    fr_cluster_fiedler_settings settings;
    fr_cluster_spectral_result result;
    fr_cluster_fiedler_settings_default(&settings);
    int status = fr_cluster_fiedler(inside, &settings, &result);
    if (status != FR_OK) return status;
    *out = result.sweep.best.scores.conductance;
    fr_cluster_spectral_result_free(&result);
    return FR_OK;
}

static int triangles_inside(const fr_graph *inside, int64_t *triangles)
{
    fr_cluster_neighbourhoods result;
    int status = fr_cluster_neighbourhoods_find(inside, &result);
    if (status != FR_OK) return status;
    *triangles = result.total;
    fr_cluster_neighbourhoods_free(&result);
    return FR_OK;
}

/* What the subgraph tells. */
static int look_inside(const fr_graph *inside, fr_cluster_details *out)
{
    int64_t *label = fr_alloc(inside->n, sizeof *label);
    double n = (double)inside->n;
    if (label == NULL) return FR_ENOMEM;
    out->density = inside->n < 2 ? 0 : edge_weight(inside) / (n * (n - 1) / 2);
    int status = fr_cluster_components(inside, label, &out->components);
    if (status == FR_OK) status = triangles_inside(inside, &out->triangles);
    if (status == FR_OK) status = inner_conductance(inside, out->components, &out->inner_conductance);
    fr_free(label);
    return status;
}

int fr_cluster_detail(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                      fr_cluster_details *out)
{
    *out = (fr_cluster_details){0};
    fr_cluster_details found = {0};
    fr_cluster_spectral_result local = {0};
    fr_graph inside = {0};
    int status = fr_cluster_score(workspace, count, nodes, &found.scores);
    if (status == FR_OK) status = fr_cluster_fiedler_local(workspace, count, nodes, 1e-10, &local);
    if (status == FR_OK) status = fr_graph_subgraph(workspace->graph, count, nodes, &inside);
    if (status == FR_OK && !inside.trusted)
        status = fr_graph_check(&inside); /* rows were, symmetry was not */
    if (status == FR_OK) status = look_inside(&inside, &found);
    if (status != FR_OK) goto done;
    found.local_lambda = local.lambda[0];
    found.edges = found.scores.volume - found.scores.cut;
    found.separability = found.scores.cut > 0 ? found.edges / (2 * found.scores.cut) : INFINITY;
    *out = found;
done:
    fr_cluster_spectral_result_free(&local);
    fr_graph_free(&inside);
    return status;
}
