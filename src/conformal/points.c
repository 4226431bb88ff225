/* A parallel loop that stops at failures and carries the message of the first one to the calling thread. */
#include "points.h"

#include <stdio.h>

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

int conformal_run(const conformal_work *work)
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
