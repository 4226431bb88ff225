/* The sets of many tasks, end to end. A task's result is a block of fixed size that may come from another rank; its set stays
 * on the rank that found it until all are exchanged. */
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

/* ---- between ranks ---------------------------------------------------------------------------------------------------------
 * Each rank in turn sends what it found as words of 8 bytes: for each set its task, 1 if it has values, its nodes, its values. */

static int64_t words_of(const found_sets *sets, const int64_t *size, int64_t k)
{
    return sets->node[k] == NULL || size[k] == 0 ? 0 : 2 + size[k] * (sets->value[k] != NULL ? 2 : 1);
}

static void pack(const found_sets *sets, const int64_t *size, int64_t *words)
{
    for (int64_t k = 0; k < sets->count; k++) {
        if (words_of(sets, size, k) == 0) continue;
        *words++ = k;
        *words++ = sets->value[k] != NULL;
        memcpy(words, sets->node[k], (size_t)size[k] * sizeof *words);
        words += size[k];
        if (sets->value[k] == NULL) continue;
        memcpy(words, sets->value[k], (size_t)size[k] * sizeof *words);
        words += size[k];
    }
}

static int unpack(found_sets *sets, const int64_t *size, int64_t count, const int64_t *words)
{
    for (const int64_t *end = words + count; words < end;) {
        int64_t k = words[0];
        bool values = words[1] != 0;
        words += 2;
        sets->node[k] = fr_alloc(size[k], sizeof **sets->node);
        if (values) sets->value[k] = fr_alloc(size[k], sizeof **sets->value);
        if (sets->node[k] == NULL || (values && sets->value[k] == NULL)) return FR_ENOMEM;
        memcpy(sets->node[k], words, (size_t)size[k] * sizeof *words);
        words += size[k];
        if (!values) continue;
        memcpy(sets->value[k], words, (size_t)size[k] * sizeof *words);
        words += size[k];
    }
    return FR_OK;
}

/* The status of the first rank that fails, on all; no rank may leave while others wait for it. */
static int agree(int status)
{
    for (int rank = 0; rank < fr_ranks(); rank++)
        status = fr_ranks_broadcast_from(rank, status, NULL, 0);
    return status;
}

static int exchange(found_sets *sets, const int64_t *size)
{
    int64_t own = 0, largest = 0, *mine = NULL, *others = NULL, *count = fr_alloc(fr_ranks(), sizeof *count);
    int status = agree(count != NULL ? FR_OK : FR_ENOMEM);
    if (status != FR_OK) goto done;
    for (int64_t k = 0; k < sets->count; k++)
        own += words_of(sets, size, k);
    for (int rank = 0; rank < fr_ranks(); rank++) {
        count[rank] = own;
        fr_ranks_broadcast_from(rank, FR_OK, &count[rank], sizeof *count);
        if (rank != fr_rank() && count[rank] > largest) largest = count[rank];
    }
    mine = fr_alloc(own, sizeof *mine); /* packed before others' sets come in beside the own ones */
    others = fr_alloc(largest, sizeof *others);
    status = agree(mine != NULL && others != NULL ? FR_OK : FR_ENOMEM);
    if (status != FR_OK) goto done;
    pack(sets, size, mine);
    int unpacked = FR_OK;
    for (int rank = 0; rank < fr_ranks(); rank++) {
        bool here = rank == fr_rank();
        fr_ranks_broadcast_from(rank, FR_OK, here ? mine : others, count[rank] * (int64_t)sizeof *mine);
        if (!here && unpacked == FR_OK) unpacked = unpack(sets, size, count[rank], others);
    }
    status = agree(unpacked);
done:
    fr_free(mine);
    fr_free(others);
    fr_free(count);
    return status;
}

int found_sets_complete(found_sets *sets, const int64_t *size)
{
    return fr_tasks_ranks() > 1 ? exchange(sets, size) : FR_OK;
}

int found_sets_join(found_sets *sets, const int64_t *size, int64_t *start, int64_t **nodes, int64_t *total)
{
    int64_t all = *total;
    int status = found_sets_complete(sets, size);
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
