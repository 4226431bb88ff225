/* Orders of nodes: by value, and by number. */
#ifndef FRUGAL_CLUSTER_RANK_H
#define FRUGAL_CLUSTER_RANK_H

#include <stdint.h>
#include <string.h>

typedef struct {
    uint64_t key;
    uint32_t node;
    uint32_t place; /* where it stood in the caller's list */
} rank_item;

/* Ascending keys are descending values; +0 and -0 are equal. Not for NaN. */
static inline uint64_t rank_descending(double value)
{
    uint64_t bits;
    value += 0; /* -0 becomes +0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? bits : ~bits & INT64_MAX;
}

/* Sorts by key, then by node; `spare` holds as many items. */
void rank_sort(int64_t count, rank_item *items, rank_item *spare);
/* Whether they are in that order already. */
int rank_sorted(int64_t count, const rank_item *items);

#endif
