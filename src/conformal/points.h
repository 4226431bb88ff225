/* The same work for many test points, on threads and on the processes of an mpirun job. */
#ifndef FRUGAL_CONFORMAL_POINTS_H
#define FRUGAL_CONFORMAL_POINTS_H

#include <frugal/conformal.h>

typedef struct {
    const char *phase; /* of the progress; NULL: none is told */
    int64_t count;
    /* Work number `index`, on some thread; leaves its results where `context` says, by index. */
    int (*run)(int64_t index, void *context, void *workspace);
    void *context;
    /* One workspace for each thread, made on it; both NULL if none is needed. */
    int (*workspace_new)(void *context, void **workspace);
    void (*workspace_free)(void *workspace);
    /* What work number `index` left, as a block of `packed_size` bytes, and back on the other processes, which are
     * spared the work; pack says false where it does not fit, and each process does the work. NULL: each process does
     * all of it. */
    int64_t packed_size;
    bool (*pack)(int64_t index, void *context, void *block);
    int (*unpack)(int64_t index, void *context, const void *block);
} conformal_work;

/* The failure of smallest index that happened gives the status and the message. */
int conformal_run(const conformal_work *work);

#endif
