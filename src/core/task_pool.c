/* A queue of tasks that threads take from, and what becomes of each task. The queue is full from the start where there is one
 * rank, and filled as rank 0 hands tasks out on the others. */
#include "task_pool.h"

#include "journal.h"

#include <stdio.h>
#include <string.h>

static void warn_rank_zero(void *context, const char *message)
{
    fr_task_pool *pool = context;
    fr_task_warning *warning = fr_alloc(1, sizeof *warning);
    if (warning == NULL) return; /* without memory the task itself will fail, and say so */
    snprintf(warning->message, sizeof warning->message, "%s", message);
    pthread_mutex_lock(&pool->lock);
    *pool->last_warning = warning;
    pool->last_warning = &warning->next;
    pthread_mutex_unlock(&pool->lock);
}

int fr_task_pool_new(const fr_tasks *tasks, fr_journal *journal, void *results, bool sends,
                     fr_task_pool *pool)
{
    *pool = (fr_task_pool){.tasks = tasks, .journal = journal, .results = results, .sends = sends};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pool->last_warning = &pool->first_warning;
    pool->mark.phase = tasks->name;
    pool->mark.total = tasks->count;
    if (sends) {
        pool->mark.warn = warn_rank_zero;
        pool->mark.context = pool;
    }
    pool->finished = fr_alloc(tasks->count, sizeof *pool->finished);
    pool->queue = fr_alloc(tasks->count, sizeof *pool->queue);
    pool->outbox = fr_alloc(sends ? tasks->count : 0, sizeof *pool->outbox);
    return pool->finished == NULL || pool->queue == NULL || pool->outbox == NULL ? FR_ENOMEM : FR_OK;
}

void fr_task_pool_free(fr_task_pool *pool)
{
    while (pool->first_warning != NULL) {
        fr_task_warning *warning = pool->first_warning;
        pool->first_warning = warning->next;
        fr_free(warning);
    }
    fr_free(pool->finished);
    fr_free(pool->queue);
    fr_free(pool->outbox);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    memset(pool, 0, sizeof *pool);
}

/* ---- the queue ---------------------------------------------------------------------------------------------------- */

void fr_task_pool_add(fr_task_pool *pool, const int64_t *indices, int64_t n)
{
    pthread_mutex_lock(&pool->lock);
    memcpy(pool->queue + pool->tail, indices, (size_t)n * sizeof *indices);
    pool->tail += n;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

void fr_task_pool_close(fr_task_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void stop_locked(fr_task_pool *pool, bool interrupted)
{
    pool->stopped = true;
    pool->interrupted = pool->interrupted || interrupted;
    pthread_cond_broadcast(&pool->changed);
}

void fr_task_pool_stop(fr_task_pool *pool, bool interrupted)
{
    if (interrupted) fr_interrupt();
    pthread_mutex_lock(&pool->lock);
    stop_locked(pool, interrupted);
    pthread_mutex_unlock(&pool->lock);
}

int64_t fr_task_pool_give(fr_task_pool *pool, int64_t n, int64_t part, int64_t *indices)
{
    pthread_mutex_lock(&pool->lock);
    int64_t left = pool->stopped ? 0 : pool->tail - pool->head, portion = (left + part - 1) / part;
    int64_t given = portion < n ? portion : n;
    memcpy(indices, pool->queue + pool->head, (size_t)given * sizeof *indices);
    pool->head += given;
    pthread_mutex_unlock(&pool->lock);
    return given;
}

int fr_task_pool_stopped(fr_task_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    if (fr_interrupted() && !pool->interrupted) stop_locked(pool, true);
    int level = pool->interrupted ? 2 : pool->stopped ? 1 : 0;
    pthread_mutex_unlock(&pool->lock);
    return level;
}

bool fr_task_pool_idle(fr_task_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool idle = pool->running == 0 && (pool->stopped || (pool->closed && pool->head == pool->tail));
    pthread_mutex_unlock(&pool->lock);
    return idle;
}

/* The next task, or -1. */
static int64_t take(fr_task_pool *pool, bool wait)
{
    int64_t index = -1;
    pthread_mutex_lock(&pool->lock);
    while (wait && pool->head == pool->tail && !pool->closed && !pool->stopped) {
        pool->waiting++;
        pthread_cond_wait(&pool->changed, &pool->lock);
        pool->waiting--;
    }
    if (fr_interrupted()) stop_locked(pool, true);
    if (!pool->stopped && pool->head < pool->tail) {
        index = pool->queue[pool->head++];
        pool->running++;
    }
    pthread_mutex_unlock(&pool->lock);
    return index;
}

/* ---- what becomes of a task ----------------------------------------------------------------------------------------- */

void fr_task_pool_fail(fr_task_pool *pool, int64_t index, int status, const char *message)
{
    pthread_mutex_lock(&pool->lock);
    if (status == FR_EINTERRUPTED) {
        stop_locked(pool, true);
    } else {
        stop_locked(pool, false);
        if (pool->failure == FR_OK || index < pool->failed_index) {
            pool->failure = status;
            pool->failed_index = index;
            snprintf(pool->failure_message, sizeof pool->failure_message, "%s", message);
        }
    }
    pthread_mutex_unlock(&pool->lock);
}

void fr_task_pool_done(fr_task_pool *pool, int64_t index)
{
    const fr_tasks *tasks = pool->tasks;
    if (pool->journal != NULL) {
        int status = fr_journal_put(pool->journal, tasks->name, index,
                                    pool->results + index * tasks->result_size, tasks->result_size);
        if (status != FR_OK) fr_task_pool_fail(pool, index, status, fr_last_error());
    }
    pthread_mutex_lock(&pool->lock);
    pool->finished[index] = 1;
    if (pool->sends) pool->outbox[pool->written++] = index;
    pthread_mutex_unlock(&pool->lock);
    int64_t done = atomic_fetch_add(&pool->mark.done, 1) + 1;
    (void)fr_progress_tick(tasks->name, done,
                           tasks->count); /* a request to stop is seen where the next task is taken */
}

/* ---- threads ---------------------------------------------------------------------------------------------------------- */

/* The workspace is made with the thread's first task, so that no thread makes one for nothing. */
static int run_task(fr_task_pool *pool, fr_task_worker *worker, int64_t index)
{
    const fr_tasks *tasks = pool->tasks;
    char *result = pool->results + index * tasks->result_size;
    int status = FR_OK;
    if (!worker->ready && tasks->workspace_new != NULL)
        status = tasks->workspace_new(tasks->context, &worker->workspace);
    if (status != FR_OK) return status;
    worker->ready = true;
    status = tasks->run(index, tasks->context, worker->workspace, result);
    if (status != FR_OK && tasks->result_size > 0) memset(result, 0, (size_t)tasks->result_size);
    return status;
}

bool fr_task_worker_step(fr_task_pool *pool, fr_task_worker *worker, bool wait)
{
    int64_t index = take(pool, wait);
    if (index < 0) return false;
    const fr_task_thread *outer = fr_task_thread_get();
    if (outer == NULL) fr_task_thread_set(&pool->mark);
    double start = fr_clock();
    int status = run_task(pool, worker, index);
    double seconds = fr_clock() - start;
    if (status == FR_OK)
        fr_task_pool_done(pool, index);
    else
        fr_task_pool_fail(pool, index, status, fr_last_error());
    fr_task_thread_set(outer);
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    pool->seconds += seconds;
    pool->ended++;
    pthread_mutex_unlock(&pool->lock);
    return true;
}

void fr_task_worker_free(const fr_task_pool *pool, fr_task_worker *worker)
{
    if (worker->ready && pool->tasks->workspace_free != NULL) pool->tasks->workspace_free(worker->workspace);
    *worker = (fr_task_worker){0};
}

void fr_task_worker_run(fr_task_pool *pool)
{
    fr_task_worker worker = {0};
    while (fr_task_worker_step(pool, &worker, true))
        continue;
    fr_task_worker_free(pool, &worker);
}
