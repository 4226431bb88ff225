/* From the push scratch to the sorted vector that the user gets. */
#include "push.h"
#include "rank.h"

void fr_cluster_vector_free(fr_cluster_vector *vector)
{
    fr_free(vector->node);
    fr_free(vector->p);
    fr_free(vector->p_over_degree);
    fr_free(vector->residual_node);
    fr_free(vector->residual);
    *vector = (fr_cluster_vector){0};
}

static double p_over_degree(const push_scratch *scratch, uint32_t node)
{
    double degree = scratch->node[node].degree;
    return degree > 0 ? scratch->p[node] / degree : 0;
}

static rank_item item_of(const push_scratch *scratch, uint32_t node)
{
    return (rank_item){.key = rank_descending(p_over_degree(scratch, node)), .node = node};
}

/* The nodes with p > 0, and the seeds. */
static int64_t collect(const push_scratch *scratch, int64_t n_seeds, const int64_t *seeds, rank_item *items)
{
    int64_t count = 0;
    for (int64_t k = 0; k < scratch->n_support; k++)
        if (scratch->p[scratch->support[k]] > 0) items[count++] = item_of(scratch, scratch->support[k]);
    for (int64_t k = 0; k < n_seeds; k++)
        if (!(scratch->p[seeds[k]] > 0)) items[count++] = item_of(scratch, (uint32_t)seeds[k]);
    return count;
}

static int fill_masses(push_scratch *scratch, int64_t n_seeds, const int64_t *seeds, fr_cluster_vector *out)
{
    int64_t most = scratch->n_support + n_seeds;
    rank_item *items = fr_alloc(2 * most, sizeof *items);
    if (items == NULL) return FR_ENOMEM;
    int64_t count = collect(scratch, n_seeds, seeds, items);
    rank_sort(count, items, items + most);
    out->count = count;
    out->node = fr_alloc(count, sizeof *out->node);
    out->p = fr_alloc(count, sizeof *out->p);
    out->p_over_degree = fr_alloc(count, sizeof *out->p_over_degree);
    bool made = out->node != NULL && out->p != NULL && out->p_over_degree != NULL;
    for (int64_t k = 0; made && k < count; k++) {
        out->node[k] = items[k].node;
        out->p[k] = scratch->p[items[k].node];
        out->p_over_degree[k] = p_over_degree(scratch, items[k].node);
    }
    fr_free(items);
    return made ? FR_OK : FR_ENOMEM;
}

static int fill_residual(const push_scratch *scratch, fr_cluster_vector *out)
{
    int64_t count = 0;
    out->residual_node = fr_alloc(scratch->n_touched, sizeof *out->residual_node);
    out->residual = fr_alloc(scratch->n_touched, sizeof *out->residual);
    if (out->residual_node == NULL || out->residual == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < scratch->n_touched; k++)
        if (scratch->node[scratch->touched[k]].residual != 0)
            out->residual_node[count++] = scratch->touched[k];
    cluster_sort_nodes(count, out->residual_node);
    for (int64_t k = 0; k < count; k++)
        out->residual[k] = scratch->node[out->residual_node[k]].residual;
    out->n_residual = count;
    return FR_OK;
}

int push_vector(push_scratch *scratch, int64_t n_seeds, const int64_t *seeds, bool keep_residual,
                fr_cluster_vector *out)
{
    int status = fill_masses(scratch, n_seeds, seeds, out);
    if (status == FR_OK && keep_residual) status = fill_residual(scratch, out);
    if (status != FR_OK) fr_cluster_vector_free(out);
    return status;
}
