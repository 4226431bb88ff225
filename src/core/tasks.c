/* Task sets: independent pieces of work on the threads of this process, or on those of all ranks. */
#include <frugal/core.h>

#include "journal.h"
#include "ranks.h"
#include "task_pool.h"
#include "task_ranks.h"
#include "threads.h"

#include <inttypes.h>
#include <omp.h>
#include <string.h>

static const int64_t largest_result = 1000000000; /* what one MPI message and one SQLite value can hold */

static int check(const fr_tasks *tasks, const fr_journal *journal, bool nested)
{
    int64_t bytes;
    if (tasks->name == NULL || tasks->run == NULL ||
        (tasks->workspace_new == NULL) != (tasks->workspace_free == NULL))
        return fr_fail(FR_EUSAGE,
                       "a task set needs a name, a function, and both or none of the workspace functions");
    if (tasks->count < 0 || tasks->result_size < 0 || tasks->result_size > largest_result)
        return fr_fail(FR_EUSAGE,
                       "task set %s: %" PRId64 " tasks with results of %" PRId64
                       " bytes, expected a count of at least 0 and 0 to %" PRId64 " bytes",
                       tasks->name, tasks->count, tasks->result_size, largest_result);
    if (nested && journal != NULL)
        return fr_fail(FR_EUSAGE, "task set %s: a set inside a task cannot have a journal", tasks->name);
    return fr_size_mul(tasks->count, tasks->result_size, &bytes);
}

/* Queues what the journal does not hold, on the rank that hands tasks out. */
static int fill(fr_task_pool *pool)
{
    const fr_tasks *tasks = pool->tasks;
    if (tasks->count * tasks->result_size > 0)
        memset(pool->results, 0, (size_t)(tasks->count * tasks->result_size));
    if (pool->sends) return FR_OK;
    if (pool->journal != NULL) {
        int status = fr_journal_get(pool->journal, tasks->name, tasks->count, tasks->result_size,
                                    pool->results, pool->finished);
        if (status != FR_OK) return status;
    }
    for (int64_t index = 0; index < tasks->count; index++) {
        if (pool->finished[index])
            atomic_fetch_add(&pool->mark.done, 1);
        else
            fr_task_pool_add(pool, &index, 1);
    }
    fr_task_pool_close(pool);
    return FR_OK;
}

/* The threads, each with one workspace; with `ranks` one more, which speaks with the other ranks. */
static void run_threads(fr_task_pool *pool, fr_task_ranks *ranks)
{
    int64_t most = ranks == NULL ? pool->tail : pool->tasks->count;
    int threads = fr_threads();
    if (threads > most) threads = most > 1 ? (int)most : 1;
    if (ranks != NULL) threads++;
    fr_thread_counts before = fr_threads_outermost();
#pragma omp parallel num_threads(threads)
    {
        fr_threads_innermost();
        if (ranks != NULL && omp_get_thread_num() == 0)
            fr_task_ranks_serve(ranks, pool, omp_get_num_threads() == 1);
        else
            fr_task_worker_run(pool);
    }
    fr_threads_restore(before);
}

/* Status and message of the whole set, for the caller's thread. */
static int outcome(const fr_task_pool *pool)
{
    if (pool->failure != FR_OK) return fr_fail(pool->failure, "%s", pool->failure_message);
    for (int64_t index = 0; index < pool->tasks->count; index++)
        if (!pool->finished[index]) return fr_fail(FR_EINTERRUPTED, "stopped on request");
    return FR_OK;
}

int fr_tasks_ranks(void)
{
    return fr_task_thread_get() != NULL ? 1 : fr_ranks();
}

int fr_tasks_run(const fr_tasks *tasks, fr_journal *journal, void *results, uint8_t *finished)
{
    bool nested = fr_task_thread_get() != NULL, shared = fr_tasks_ranks() > 1;
    bool first = !shared || fr_rank() == 0;
    fr_task_pool pool = {0};
    fr_task_ranks ranks = {0};
    int status = check(tasks, journal, nested);
    if (status != FR_OK) return status;
    status = fr_task_pool_new(tasks, first ? journal : NULL, results, !first, &pool);
    if (status == FR_OK && shared) status = fr_task_ranks_new(tasks, &ranks);
    if (status == FR_OK) status = fill(&pool);
    if (shared) status = fr_ranks_agree(status);
    if (status != FR_OK) goto done;
    if (nested)
        fr_task_worker_run(&pool);
    else
        run_threads(&pool, shared ? &ranks : NULL);
    if (shared) {
        fr_ranks_share(pool.finished, tasks->count);
        fr_ranks_share(results, tasks->count * tasks->result_size);
    }
    status = outcome(&pool);
    if (shared) status = fr_ranks_broadcast(status, NULL, 0);
done:
    if (finished != NULL && tasks->count > 0) {
        if (pool.finished != NULL)
            memcpy(finished, pool.finished, (size_t)tasks->count);
        else
            memset(finished, 0, (size_t)tasks->count);
    }
    fr_task_ranks_free(&ranks);
    fr_task_pool_free(&pool);
    return status;
}
