/* The sets of many tasks, end to end. A task's result is a block of fixed size that may come from another process; its set stays
 * in the process that found it. */
#include "found_sets.h"

#include <string.h>

int found_sets_new(int64_t count, found_sets *out)
{
    *out = (found_sets){count, fr_alloc(count, sizeof(int64_t *)), fr_alloc(count, sizeof(double *))};
    if (out->node != NULL && out->value != NULL) return FR_OK;
    found_sets_free(out);
    return FR_ENOMEM;
}

void found_sets_free(found_sets *sets)
{
    for (int64_t k = 0; sets->node != NULL && k < sets->count; k++)
        fr_free(sets->node[k]);
    for (int64_t k = 0; sets->value != NULL && k < sets->count; k++)
        fr_free(sets->value[k]);
    fr_free(sets->node);
    fr_free(sets->value);
    *sets = (found_sets){0};
}

int found_sets_workspace_new(const void *context, void **workspace)
{
    const fr_graph *const *graph = context;
    return fr_cluster_workspace_new(*graph, (fr_cluster_workspace **)workspace);
}

void found_sets_workspace_free(void *workspace)
{
    fr_cluster_workspace_free(workspace);
}

int found_sets_complete(found_sets *sets, const fr_tasks *tasks, const int64_t *size)
{
    void *workspace = NULL, *result = NULL;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < sets->count; k++) {
        if (size[k] == 0 || sets->node[k] != NULL) continue;
        if (workspace == NULL) status = tasks->workspace_new(tasks->context, &workspace);
        if (result == NULL && (result = fr_alloc(tasks->result_size, 1)) == NULL) status = FR_ENOMEM;
        if (status == FR_OK) status = tasks->run(k, tasks->context, workspace, result);
    }
    if (workspace != NULL) tasks->workspace_free(workspace);
    fr_free(result);
    return status;
}

int found_sets_join(found_sets *sets, const fr_tasks *tasks, const int64_t *size, int64_t *start,
                    int64_t **nodes, int64_t *total)
{
    int64_t all = *total;
    int status = found_sets_complete(sets, tasks, size);
    for (int64_t k = 0; status == FR_OK && k < sets->count; k++)
        status = fr_size_add(all, size[k], &all);
    if (status != FR_OK) return status;
    int64_t *grown = fr_realloc(*nodes, all, sizeof *grown);
    if (grown == NULL) return FR_ENOMEM;
    *nodes = grown;
    for (int64_t k = 0; k < sets->count; k++) {
        start[k] = *total;
        if (size[k] == 0) continue;
        memcpy(grown + *total, sets->node[k], (size_t)size[k] * sizeof *grown);
        *total += size[k];
    }
    return FR_OK;
}
