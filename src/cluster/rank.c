/* Sorting by radix: byte by byte from the lowest, stable, without comparisons; bytes that all items share are passed over
 * (node numbers seldom fill four bytes). Short lists by insertion. */
#include "rank.h"
#include "workspace.h"

enum { key_bytes = 8, node_bytes = 4, digits = key_bytes + node_bytes, few = 32 };

static int before(const rank_item *a, const rank_item *b)
{
    return a->key != b->key ? a->key < b->key : a->node < b->node;
}

int rank_sorted(int64_t count, const rank_item *items)
{
    for (int64_t k = 1; k < count; k++)
        if (before(&items[k], &items[k - 1])) return 0;
    return 1;
}

static void sort_few(int64_t count, rank_item *items)
{
    for (int64_t k = 1; k < count; k++) {
        rank_item item = items[k];
        int64_t place = k;
        for (; place > 0 && before(&item, &items[place - 1]); place--)
            items[place] = items[place - 1];
        items[place] = item;
    }
}

/* Digit 0 is the lowest byte of the node, digit 11 the highest of the key. */
static unsigned digit_of(const rank_item *item, int digit)
{
    uint64_t bits = digit < node_bytes ? item->node >> 8 * digit : item->key >> 8 * (digit - node_bytes);
    return bits & 0xff;
}

static void count_digits(int64_t count, const rank_item *items, int64_t places[digits][256])
{
    memset(places, 0, sizeof(int64_t[digits][256]));
    for (int64_t k = 0; k < count; k++) {
        for (int d = 0; d < digits; d++)
            places[d][digit_of(&items[k], d)]++;
    }
}

/* One stable pass from `from` to `to`; `place` comes with the counts. */
static void move_by_digit(int64_t count, const rank_item *from, rank_item *to, int digit, int64_t *place)
{
    int64_t sum = 0;
    for (int value = 0; value < 256; value++) {
        int64_t here = place[value];
        place[value] = sum;
        sum += here;
    }
    for (int64_t k = 0; k < count; k++)
        to[place[digit_of(&from[k], digit)]++] = from[k];
}

void rank_sort(int64_t count, rank_item *items, rank_item *spare)
{
    if (count <= few) {
        sort_few(count, items);
        return;
    }
    int64_t places[digits][256];
    count_digits(count, items, places);
    rank_item *from = items, *to = spare;
    for (int d = 0; d < digits; d++) {
        if (places[d][digit_of(&items[0], d)] == count) continue;
        move_by_digit(count, from, to, d, places[d]);
        rank_item *swap = from;
        from = to, to = swap;
    }
    if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}
