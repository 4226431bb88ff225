/* Indexed 4-ary heap. Entries hold their keys, so that a sift reads one line of memory per level. */
#include "heap.h"

#include "grow.h"

int heap_reserve(node_heap *heap, int64_t items)
{
    if (items <= heap->capacity) return FR_OK;
    int64_t capacity = cluster_room(items, heap->capacity);
    if (!cluster_grow(&heap->entry, capacity, sizeof *heap->entry) ||
        !cluster_grow(&heap->place, capacity, sizeof *heap->place))
        return FR_ENOMEM;
    memset(heap->place + heap->capacity, 0, (size_t)(capacity - heap->capacity) * sizeof *heap->place);
    heap->capacity = capacity;
    return FR_OK;
}

void heap_free(node_heap *heap)
{
    fr_free(heap->entry);
    fr_free(heap->place);
    *heap = (node_heap){0};
}

static inline bool before(heap_entry a, heap_entry b)
{
    return a.key > b.key || (a.key == b.key && a.node < b.node);
}

static inline void put(node_heap *heap, int64_t at, heap_entry entry)
{
    heap->entry[at] = entry;
    heap->place[entry.item] = (uint32_t)at + 1;
}

static int64_t sift_up(node_heap *heap, int64_t at, heap_entry entry)
{
    while (at > 0) {
        int64_t parent = (at - 1) / 4;
        if (!before(entry, heap->entry[parent])) break;
        put(heap, at, heap->entry[parent]);
        at = parent;
    }
    put(heap, at, entry);
    return at;
}

static void sift_down(node_heap *heap, int64_t at, heap_entry entry)
{
    for (;;) {
        int64_t first = 4 * at + 1, end = first + 4 < heap->count ? first + 4 : heap->count, best = first;
        for (int64_t child = first + 1; child < end; child++)
            if (before(heap->entry[child], heap->entry[best])) best = child;
        if (first >= heap->count || !before(heap->entry[best], entry)) break;
        put(heap, at, heap->entry[best]);
        at = best;
    }
    put(heap, at, entry);
}

void heap_set(node_heap *heap, uint32_t item, uint32_t node, double key)
{
    heap_entry entry = {key, node, item};
    int64_t at = heap->place[item] != 0 ? (int64_t)heap->place[item] - 1 : heap->count++;
    if (sift_up(heap, at, entry) == at) sift_down(heap, at, entry);
}

heap_entry heap_pop(node_heap *heap)
{
    heap_entry top = heap->entry[0];
    heap->place[top.item] = 0;
    heap->count--;
    if (heap->count > 0) sift_down(heap, 0, heap->entry[heap->count]);
    return top;
}
