/* Configuration model without loops and repeated edges: a random pairing of all ends, then exchanges of ends between a bad
 * edge and a random good one (the repair of Lancichinetti, Fortunato, Radicchi, Phys. Rev. E 78, 2008). */
#include "generate_wire.h"

enum { most_tries = 200 };

/* The good edges, by open addressing with linear probing; key 0 is an empty place (an edge {0, 0} would be a loop). */
typedef struct {
    uint64_t *key;
    uint64_t mask;
} edge_set;

static uint64_t key_of(uint32_t i, uint32_t j)
{
    return i < j ? (uint64_t)i << 32 | j : (uint64_t)j << 32 | i;
}

static uint64_t home(const edge_set *set, uint64_t key)
{
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (key ^ key >> 32) & set->mask;
}

/* Where the key is, or the empty place where it would go. */
static uint64_t place_of(const edge_set *set, uint64_t key)
{
    uint64_t at = home(set, key);
    while (set->key[at] != 0 && set->key[at] != key)
        at = (at + 1) & set->mask;
    return at;
}

static void add(edge_set *set, uint64_t key)
{
    set->key[place_of(set, key)] = key;
}

/* Keys behind the gap whose home lies before it move up, so that searches do not stop at the gap. */
static void take_out(edge_set *set, uint64_t key)
{
    uint64_t gap = place_of(set, key);
    for (uint64_t at = (gap + 1) & set->mask; set->key[at] != 0; at = (at + 1) & set->mask) {
        uint64_t way = (at - home(set, set->key[at])) & set->mask;
        if (way < ((at - gap) & set->mask)) continue;
        set->key[gap] = set->key[at];
        gap = at;
    }
    set->key[gap] = 0;
}

static bool is_good(const edge_set *set, const int64_t *group, uint32_t i, uint32_t j)
{
    if (i == j || (group != NULL && group[i] == group[j])) return false;
    return set->key[place_of(set, key_of(i, j))] == 0;
}

static void exchange(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

/* The bad edge {a, b} and a good one {c, d} become {a, d} and {c, b}, if both are good. */
static bool repair(edge_set *set, const int64_t *group, uint32_t bad[2], uint32_t good[2])
{
    uint64_t before = key_of(good[0], good[1]);
    if (!is_good(set, group, bad[0], good[1]) || !is_good(set, group, good[0], bad[1]) ||
        key_of(bad[0], good[1]) == key_of(good[0], bad[1]))
        return false;
    take_out(set, before);
    exchange(&bad[1], &good[1]);
    add(set, key_of(bad[0], bad[1]));
    add(set, key_of(good[0], good[1]));
    return true;
}

/* Good edges first; returns how many there are. */
static int64_t sort_out(edge_set *set, int64_t edges, uint32_t *end, const int64_t *group)
{
    int64_t good = 0;
    for (int64_t e = 0; e < edges; e++) {
        if (!is_good(set, group, end[2 * e], end[2 * e + 1])) continue;
        add(set, key_of(end[2 * e], end[2 * e + 1]));
        exchange(&end[2 * e], &end[2 * good]);
        exchange(&end[2 * e + 1], &end[2 * good + 1]);
        good++;
    }
    return good;
}

int generate_wire(fr_rng *rng, int64_t count, uint32_t *end, const int64_t *group, int64_t *edges)
{
    *edges = 0;
    if (count < 2) return FR_OK;
    uint64_t room = 4;
    while (room < (uint64_t)count) /* twice the number of edges, at least */
        room *= 2;
    edge_set set = {.key = fr_alloc((int64_t)room, sizeof *set.key), .mask = room - 1};
    if (set.key == NULL) return FR_ENOMEM;
    for (int64_t k = count - 1; k > 0; k--)
        exchange(&end[k], &end[fr_rng_below(rng, k + 1)]);
    int64_t good = sort_out(&set, count / 2, end, group), last = count / 2;
    while (good > 0 && good < last) {
        int tries = 0;
        uint32_t *bad = &end[2 * good];
        while (tries < most_tries && !repair(&set, group, bad, &end[2 * fr_rng_below(rng, good)]))
            tries++;
        if (tries < most_tries) {
            good++;
        } else { /* given up */
            last--;
            exchange(&bad[0], &end[2 * last]);
            exchange(&bad[1], &end[2 * last + 1]);
        }
    }
    *edges = good;
    fr_free(set.key);
    return FR_OK;
}
