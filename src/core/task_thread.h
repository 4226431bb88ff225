/* Inside core: the mark on a thread that is running a task. While it is there, fr_threads() is 1, fr_progress_tick tells
 * of the task set instead of the loop inside the task, and fr_warn may be taken elsewhere. */
#ifndef FRUGAL_CORE_TASK_THREAD_H
#define FRUGAL_CORE_TASK_THREAD_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct {
    const char *phase;
    int64_t total;
    _Atomic int64_t done;
    void (*warn)(void *context, const char *message); /* on ranks other than 0, towards rank 0 */
    void *context;
} fr_task_thread;

/* The mark of the calling thread, NULL outside tasks. */
const fr_task_thread *fr_task_thread_get(void);
void fr_task_thread_set(const fr_task_thread *mark);

#endif
