/* The same work for many test points, on threads. */
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
} conformal_work;

/* Every process of an mpirun job does all of it: sets have no fixed size, which task sets ask for. The failure of smallest index
 * that happened gives the status and the message. */
int conformal_run(const conformal_work *work);

#endif
