/* Inside core: the tasks of a set on all ranks of an mpirun job. */
#ifndef FRUGAL_CORE_TASK_RANKS_H
#define FRUGAL_CORE_TASK_RANKS_H

#include "task_pool.h"

/* What rank 0 knows of another rank. */
typedef struct {
    int64_t wanted; /* tasks that it asked for */
    int told;       /* the gravest order to stop that it was given */
    bool finished;  /* it will send no more */
} fr_task_peer;

typedef struct {
    fr_task_peer *peers;
    char *in, *out; /* messages */
} fr_task_ranks;

int fr_task_ranks_new(const fr_tasks *tasks, fr_task_ranks *ranks);
void fr_task_ranks_free(fr_task_ranks *ranks);

/* The part of the one thread that speaks with the other ranks, while other threads run tasks from the pool (or, if there
 * are none, between tasks that it runs itself: `alone`). Ends on all ranks together. */
void fr_task_ranks_serve(fr_task_ranks *ranks, fr_task_pool *pool, bool alone);

#endif
