/* Growing arrays whose length is not known beforehand. */
#ifndef FRUGAL_CLUSTER_GROW_H
#define FRUGAL_CLUSTER_GROW_H

#include <frugal/core.h>

#include <string.h>

/* Makes the block that the pointer at `block_at` (of any object type) points to `count` elements long; false without memory. */
static inline bool cluster_grow(void *block_at, int64_t count, size_t size)
{
    void *block;
    memcpy(&block, block_at, sizeof block);
    block = fr_realloc(block, count, size);
    if (block == NULL) return false;
    memcpy(block_at, &block, sizeof block);
    return true;
}

/* At least `needed`, and twice what there was, so that the copies cost no more than the filling. */
static inline int64_t cluster_room(int64_t needed, int64_t room)
{
    int64_t doubled = room < 64 ? 64 : 2 * room;
    return needed > doubled ? needed : doubled;
}

#endif
