/* A parallel loop that stops at failures and carries the message of the first one to the calling thread. In an mpirun
 * job the work is a task set where its results can travel; those that cannot are found again by each process that lacks
 * them. */
#include "points.h"

#include <stdio.h>

/* ---- on the threads of this process -------------------------------------------------------------------------------------- */

typedef struct {
    int status;
    int64_t index;
    int64_t done;
    char message[1024];
} progress;

static void record_failure(progress *all, int64_t index, int status)
{
#pragma omp critical(conformal_failure)
    if (all->status == FR_OK || index < all->index) {
        __atomic_store_n(&all->status, status, __ATOMIC_RELAXED);
        all->index = index;
        snprintf(all->message, sizeof all->message, "%s", fr_last_error());
    }
}

static int run_one(const conformal_work *work, progress *all, int64_t index, void *workspace)
{
    int status = work->run(index, work->context, workspace);
    if (status != FR_OK) return status;
    int64_t done = __atomic_add_fetch(&all->done, 1, __ATOMIC_RELAXED);
    return fr_progress_tick(work->phase, done, work->count);
}

static int run_here(const conformal_work *work)
{
    progress all = {0};
    int threads = fr_threads();
    if (threads > work->count) threads = work->count > 0 ? (int)work->count : 1;
#pragma omp parallel num_threads(threads)
    {
        void *workspace = NULL;
        int ready = work->workspace_new != NULL ? work->workspace_new(work->context, &workspace) : FR_OK;
        if (ready != FR_OK) record_failure(&all, -1, ready);
#pragma omp for schedule(dynamic, 1)
        for (int64_t index = 0; index < work->count; index++) {
            if (__atomic_load_n(&all.status, __ATOMIC_RELAXED) != FR_OK) continue;
            int status = run_one(work, &all, index, workspace);
            if (status != FR_OK) record_failure(&all, index, status);
        }
        if (work->workspace_free != NULL && workspace != NULL) work->workspace_free(workspace);
    }
    return all.status == FR_OK ? FR_OK : fr_fail(all.status, "%s", all.message);
}

/* ---- on all processes ---------------------------------------------------------------------------------------------------- */

typedef struct {
    const conformal_work *work;
    uint8_t *here; /* count: done by this process */
} shared_work;

/* The first byte of a result tells whether the block behind it is filled. */
enum { block_offset = 64 };

static int shared_run(int64_t index, const void *context, void *workspace, void *result)
{
    const shared_work *shared = context;
    const conformal_work *work = shared->work;
    int status = work->run(index, work->context, workspace);
    if (status != FR_OK) return status;
    shared->here[index] = 1;
    *(uint8_t *)result = work->pack(index, work->context, (char *)result + block_offset);
    return FR_OK;
}

static int shared_workspace_new(const void *context, void **workspace)
{
    const conformal_work *work = ((const shared_work *)context)->work;
    return work->workspace_new(work->context, workspace);
}

/* What other processes have done: taken from their results, or done here too. */
static int take_results(const shared_work *shared, const char *results, int64_t size)
{
    const conformal_work *work = shared->work;
    void *workspace = NULL;
    int status = FR_OK;
    for (int64_t index = 0; status == FR_OK && index < work->count; index++) {
        const char *result = results + index * size;
        if (shared->here[index]) continue;
        if (*result != 0) {
            status = work->unpack(index, work->context, result + block_offset);
            continue;
        }
        if (workspace == NULL && work->workspace_new != NULL)
            status = work->workspace_new(work->context, &workspace);
        if (status == FR_OK) status = work->run(index, work->context, workspace);
    }
    if (workspace != NULL) work->workspace_free(workspace);
    return status;
}

static int run_shared(const conformal_work *work)
{
    int64_t size = block_offset + (work->packed_size + block_offset - 1) / block_offset * block_offset, bytes;
    shared_work shared = {work, fr_alloc(work->count, 1)};
    const fr_tasks tasks = {.name = work->phase,
                            .count = work->count,
                            .result_size = size,
                            .run = shared_run,
                            .context = &shared,
                            .workspace_new = work->workspace_new != NULL ? shared_workspace_new : NULL,
                            .workspace_free = work->workspace_free};
    int status = fr_size_mul(work->count, size, &bytes);
    char *results = status == FR_OK ? fr_alloc(bytes, 1) : NULL;
    if (shared.here == NULL || results == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = fr_tasks_run(&tasks, NULL, results, NULL);
    if (status == FR_OK) status = take_results(&shared, results, size);
    fr_free(shared.here);
    fr_free(results);
    return status;
}

int conformal_run(const conformal_work *work)
{
    return fr_tasks_ranks() > 1 && work->pack != NULL ? run_shared(work) : run_here(work);
}
