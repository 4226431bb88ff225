/* Inside core: who decides how many processors there are, and turning inner parallelism off around task sets. */
#ifndef FRUGAL_CORE_THREADS_H
#define FRUGAL_CORE_THREADS_H

/* This rank's share of the processors, where several ranks live on one machine (0: all that the process may use). */
void fr_threads_share(int processors);

typedef struct {
    int blas, levels;
} fr_thread_counts;

/* For the time of a task set: BLAS is serial, and the parallel region over the tasks is the last level of OpenMP that has more
 * than one thread. Gives back what fr_threads_restore needs. */
fr_thread_counts fr_threads_outermost(void);
void fr_threads_restore(fr_thread_counts before);

/* On a thread of that region: nothing below it is parallel, not even where the region has a single thread. */
void fr_threads_innermost(void);

#endif
