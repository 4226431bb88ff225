/* The number of threads. The BLAS is serial unless a caller asks it for threads: for the many small products in these
 * methods its threads cost more than they save, and its results would depend on their number. OpenBLAS's OpenMP build has as
 * many as OpenMP's default, so that default is 1, and parallel regions of ours say num_threads(fr_threads()). */
#include <frugal/core.h>

#include "task_thread.h"
#include "threads.h"

#include <omp.h>

/* OpenBLAS's own switch. Weak: core asks for no BLAS, but where the program is linked with one its threads follow ours.
 * (The OpenMP build of OpenBLAS is serial inside parallel regions by itself, the pthread build is not.) */
extern void openblas_set_num_threads(int n) __attribute__((weak));

static int chosen; /* 0: not yet, all processors */
static int share;  /* 0: all that the process may use */

void fr_threads_share(int processors)
{
    share = processors;
}

static int processors_available(void)
{
    return share > 0 ? share : omp_get_num_procs();
}

static void set_blas(int n)
{
    if (openblas_set_num_threads != NULL) openblas_set_num_threads(n); /* of the pthread build */
    omp_set_num_threads(n);
}

int fr_threads_set(int n)
{
    chosen = n > 0 ? n : processors_available();
    set_blas(1);
    return chosen;
}

int fr_threads(void)
{
    if (fr_task_thread_get() != NULL) return 1;
    return chosen > 0 ? chosen : processors_available();
}

int fr_blas_threads(int n)
{
    int before = omp_get_max_threads();
    if (fr_task_thread_get() != NULL) return 1;
    if (n != before) set_blas(n);
    return before;
}

fr_thread_counts fr_threads_outermost(void)
{
    fr_thread_counts before = {omp_get_max_threads(), omp_get_max_active_levels()};
    set_blas(1);
    omp_set_max_active_levels(1);
    return before;
}

void fr_threads_innermost(void)
{
    omp_set_num_threads(1);
    if (!omp_in_parallel())
        omp_set_max_active_levels(0); /* libraries may ask for a number of threads of their own */
}

void fr_threads_restore(fr_thread_counts before)
{
    set_blas(before.blas);
    omp_set_max_active_levels(before.levels);
}
