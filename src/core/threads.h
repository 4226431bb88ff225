/* Inside core: who decides how many processors there are, and turning inner parallelism off around task sets. */
#ifndef FRUGAL_CORE_THREADS_H
#define FRUGAL_CORE_THREADS_H

/* This rank's share of the processors, where several ranks live on one machine (0: all that the process may use). */
void fr_threads_share(int processors);

typedef struct {
    int openmp, blas;
} fr_thread_counts;

/* Makes BLAS and the OpenMP regions of the calling thread serial; gives back the counts for fr_threads_restore. */
fr_thread_counts fr_threads_serial(void);
void fr_threads_restore(fr_thread_counts before);

#endif
