/* The nodes that one call meets, numbered 0, 1, 2, ... in the order met, with columns of doubles beside them. What a local
 * method keeps about nodes lies here, so that memory and clearing follow what is touched and never the graph. */
#ifndef FRUGAL_CLUSTER_TOUCHED_H
#define FRUGAL_CLUSTER_TOUCHED_H

#include "workspace.h"

enum { touched_max_columns = 4 };

typedef struct {
    const fr_graph *graph;
    fr_cluster_workspace *workspace;
    uint32_t *index; /* of the workspace: 1 + number of a node, 0 where it was not met */
    int64_t count, capacity;
    uint32_t *node;                      /* by number */
    double *degree;                      /* by number */
    double *column[touched_max_columns]; /* by number; zero when the node is met */
    int n_columns;
} touched_nodes;

int touched_new(fr_cluster_workspace *workspace, int n_columns, touched_nodes *out);
void touched_free(touched_nodes *touched); /* and clears the workspace's index; a zeroed struct is fine */

/* Room for `more` further nodes; the columns may move. */
int touched_reserve(touched_nodes *touched, int64_t more);

/* To be called before the arcs of a node are read: checks the row and makes room for all its neighbours. */
int touched_row(touched_nodes *touched, int64_t node);

/* The node's number; it is met if it was not. Room must have been made. */
static inline uint32_t touched_number(touched_nodes *touched, uint32_t node)
{
    uint32_t found = touched->index[node];
    if (found != 0) return found - 1;
    int64_t number = touched->count++;
    touched->index[node] = (uint32_t)number + 1;
    touched->node[number] = node;
    touched->degree[number] = fr_graph_degree(touched->graph, node);
    for (int c = 0; c < touched->n_columns; c++)
        touched->column[c][number] = 0;
    return (uint32_t)number;
}

/* Meets the seeds that have neighbours and puts their masses into column 0. */
int touched_seeds(touched_nodes *touched, int64_t count, const int64_t *seed, const double *mass);

#endif
