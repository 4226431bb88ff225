/* Inside core: the tasks of a set that are on this rank, and the threads that run them. */
#ifndef FRUGAL_CORE_TASK_POOL_H
#define FRUGAL_CORE_TASK_POOL_H

#include <frugal/core.h>

#include "task_thread.h"

#include <pthread.h>

enum { fr_message_size = 1024 };

/* A warning on its way to rank 0. */
typedef struct fr_task_warning {
    struct fr_task_warning *next;
    char message[fr_message_size];
} fr_task_warning;

typedef struct {
    const fr_tasks *tasks;
    char *results;       /* borrowed */
    fr_journal *journal; /* borrowed; NULL: none, or not on this rank */
    uint8_t *finished;   /* count */
    fr_task_thread mark; /* on the threads that run tasks; counts the finished ones */
    bool sends;          /* results and warnings go to rank 0 */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    int64_t *queue, head, tail;     /* handed to this rank, not yet begun: queue[head..tail) */
    int64_t *outbox, sent, written; /* finished here, not yet sent: outbox[sent..written) */
    fr_task_warning *first_warning, **last_warning;
    bool closed;      /* nothing will be added to the queue */
    bool stopped;     /* nothing of the queue will be begun */
    bool interrupted; /* stopped on request */
    int running, waiting;
    double seconds; /* spent in tasks that ended */
    int64_t ended;
    int failure; /* status of the failed task of lowest index; FR_OK: none */
    int64_t failed_index;
    char failure_message[fr_message_size];
} fr_task_pool;

int fr_task_pool_new(const fr_tasks *tasks, fr_journal *journal, void *results, bool sends,
                     fr_task_pool *pool);
void fr_task_pool_free(fr_task_pool *pool);

/* Adds tasks to the queue; says that there will be no more; drops the queue (and asks running tasks to end, if the reason is
 * an interruption). */
void fr_task_pool_add(fr_task_pool *pool, const int64_t *indices, int64_t n);
void fr_task_pool_close(fr_task_pool *pool);
void fr_task_pool_stop(fr_task_pool *pool, bool interrupted);

/* Takes up to n tasks off the queue, for another rank; returns how many. At most the `part`-th part of those that are left
 * (but one), so that towards the end portions are small. */
int64_t fr_task_pool_give(fr_task_pool *pool, int64_t n, int64_t part, int64_t *indices);

/* Task `index`, whose result is in place, is finished: flag, journal, progress. */
void fr_task_pool_done(fr_task_pool *pool, int64_t index);
void fr_task_pool_fail(fr_task_pool *pool, int64_t index, int status, const char *message);

/* Whether no task is running and none will be begun here. */
bool fr_task_pool_idle(fr_task_pool *pool);

/* Whether to stop: 0 no, 1 begin no more tasks, 2 interrupted. */
int fr_task_pool_stopped(fr_task_pool *pool);

/* A thread's part: its workspace. */
typedef struct {
    void *workspace;
    bool ready;
} fr_task_worker;

/* Runs the next task, if there is one (with `wait`: if there will be one); false if not. */
bool fr_task_worker_step(fr_task_pool *pool, fr_task_worker *worker, bool wait);
void fr_task_worker_free(const fr_task_pool *pool, fr_task_worker *worker);
/* Runs tasks until there are no more. */
void fr_task_worker_run(fr_task_pool *pool);

#endif
