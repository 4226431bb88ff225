/* Sets (or sparse vectors) that the tasks of a set of tasks find: one for each task, of any size, put end to end when
 * all are there. */
#ifndef FRUGAL_CLUSTER_FOUND_SETS_H
#define FRUGAL_CLUSTER_FOUND_SETS_H

#include "workspace.h"

typedef struct {
    int64_t count;  /* tasks */
    int64_t **node; /* of each, owned; NULL: none, or found by another process */
    double **value; /* of each, owned, beside the nodes of vectors */
} found_sets;

int found_sets_new(int64_t count, found_sets *out);
/* After fr_tasks_run: every rank gets the sets that the others found. `size`: nodes of each, the same on all ranks. */
int found_sets_complete(found_sets *sets, const int64_t *size);
void found_sets_free(found_sets *sets);

/* Puts the sets, completed, behind the *total nodes of *nodes, which grows; start[k] tells where that of task k begins. */
int found_sets_join(found_sets *sets, const int64_t *size, int64_t *start, int64_t **nodes, int64_t *total);

/* Workspaces for tasks whose context begins with a pointer to the graph. */
int found_sets_workspace_new(const void *context, void **workspace);
void found_sets_workspace_free(void *workspace);

#endif
