/* Growing lists of touched nodes. */
#include "touched.h"

#include "grow.h"

int touched_new(fr_cluster_workspace *workspace, int n_columns, touched_nodes *out)
{
    *out = (touched_nodes){.graph = workspace->graph, .workspace = workspace, .n_columns = n_columns};
    out->index = workspace_index(workspace);
    return out->index != NULL ? FR_OK : FR_ENOMEM;
}

void touched_free(touched_nodes *touched)
{
    for (int64_t k = 0; k < touched->count; k++)
        touched->index[touched->node[k]] = 0;
    fr_free(touched->node);
    fr_free(touched->degree);
    for (int c = 0; c < touched->n_columns; c++)
        fr_free(touched->column[c]);
    *touched = (touched_nodes){0};
}

int touched_reserve(touched_nodes *touched, int64_t more)
{
    int64_t needed;
    if (fr_size_add(touched->count, more, &needed) != FR_OK) return FR_ENOMEM;
    if (needed > touched->graph->n) needed = touched->graph->n;
    if (needed <= touched->capacity) return FR_OK;
    int64_t capacity = cluster_room(needed, touched->capacity);
    if (!cluster_grow(&touched->node, capacity, sizeof *touched->node)) return FR_ENOMEM;
    if (!cluster_grow(&touched->degree, capacity, sizeof *touched->degree)) return FR_ENOMEM;
    for (int c = 0; c < touched->n_columns; c++)
        if (!cluster_grow(&touched->column[c], capacity, sizeof(double))) return FR_ENOMEM;
    touched->capacity = capacity;
    return FR_OK;
}

int touched_row(touched_nodes *touched, int64_t node)
{
    int status = workspace_row(touched->workspace, node);
    if (status != FR_OK) return status;
    return touched_reserve(touched, touched->graph->row[node + 1] - touched->graph->row[node]);
}

int touched_seeds(touched_nodes *touched, int64_t count, const int64_t *seed, const double *mass)
{
    int status = touched_reserve(touched, count);
    for (int64_t k = 0; status == FR_OK && k < count; k++)
        if (fr_graph_degree(touched->graph, seed[k]) > 0)
            touched->column[0][touched_number(touched, (uint32_t)seed[k])] = mass[k];
    return status;
}
