/* Progress, warnings and interruption: what running work tells the program around it, and the request to stop. */
#include <frugal/core.h>

#include "task_thread.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static const int64_t report_every_ns = 100000000; /* ten reports a second */

static fr_observer observer;
static pthread_mutex_t observer_lock = PTHREAD_MUTEX_INITIALIZER; /* one call at a time */
static _Atomic int64_t next_report;                               /* in the nanoseconds of coarse_clock */
static atomic_bool interrupt_requested; /* lock-free, hence safe in signal handlers */
static _Thread_local const fr_task_thread *task_thread;

void fr_observe(const fr_observer *wanted)
{
    pthread_mutex_lock(&observer_lock);
    observer = wanted == NULL ? (fr_observer){0} : *wanted;
    atomic_store(&next_report, 0);
    pthread_mutex_unlock(&observer_lock);
}

const fr_task_thread *fr_task_thread_get(void)
{
    return task_thread;
}

void fr_task_thread_set(const fr_task_thread *mark)
{
    task_thread = mark;
}

void fr_warn(const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (task_thread != NULL && task_thread->warn != NULL) {
        task_thread->warn(task_thread->context, message);
        return;
    }
    pthread_mutex_lock(&observer_lock);
    if (observer.warn != NULL) observer.warn(observer.context, message);
    pthread_mutex_unlock(&observer_lock);
}

void fr_interrupt(void)
{
    atomic_store(&interrupt_requested, true);
}

void fr_interrupt_clear(void)
{
    atomic_store(&interrupt_requested, false);
}

bool fr_interrupted(void)
{
    return atomic_load_explicit(&interrupt_requested, memory_order_relaxed);
}

/* A few milliseconds of resolution for a few nanoseconds of cost: ticks sit in inner loops. */
static int64_t coarse_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int fr_progress_tick(const char *phase, int64_t done, int64_t total)
{
    if (fr_interrupted()) return fr_fail(FR_EINTERRUPTED, "stopped on request");
    if (observer.progress == NULL || (phase == NULL && task_thread == NULL)) return FR_OK;
    if (task_thread != NULL && task_thread->warn != NULL) return FR_OK; /* rank 0 tells of the whole set */
    int64_t now = coarse_clock(), due = atomic_load_explicit(&next_report, memory_order_relaxed);
    /* Of several threads that find a report due, the one that moves the date makes it. */
    if (now < due || !atomic_compare_exchange_strong(&next_report, &due, now + report_every_ns)) return FR_OK;
    if (task_thread != NULL) {
        phase = task_thread->phase;
        done = atomic_load(&task_thread->done);
        total = task_thread->total;
    }
    pthread_mutex_lock(&observer_lock);
    if (observer.progress != NULL) observer.progress(observer.context, phase, done, total);
    pthread_mutex_unlock(&observer_lock);
    return fr_interrupted() ? fr_fail(FR_EINTERRUPTED, "stopped on request") : FR_OK;
}
