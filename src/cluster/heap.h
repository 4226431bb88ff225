/* Indexed 4-ary heap of nodes: the largest key on top, ties by smaller node. Items are small numbers (those of touched
 * nodes, or the nodes themselves); each is in the heap at most once and its key may go up and down. */
#ifndef FRUGAL_CLUSTER_HEAP_H
#define FRUGAL_CLUSTER_HEAP_H

#include <frugal/core.h>

typedef struct {
    double key;
    uint32_t node;
    uint32_t item;
} heap_entry;

typedef struct {
    int64_t count, capacity;
    heap_entry *entry;
    uint32_t *place; /* by item: 1 + place in entry, 0 if it is not in the heap */
} node_heap;

/* Room for the items 0 .. items-1. A zeroed struct is an empty heap. */
int heap_reserve(node_heap *heap, int64_t items);
void heap_free(node_heap *heap);

/* Puts the item in, or changes its key. */
void heap_set(node_heap *heap, uint32_t item, uint32_t node, double key);
/* Takes the top out of a heap that is not empty. */
heap_entry heap_pop(node_heap *heap);

#endif
