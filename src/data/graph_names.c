/* Names numbered by first appearance: one block of texts, their offsets, and an open-addressing hash (FNV-1a, linear
 * probing, at most half full). */
#include "graph_build.h"

#include <inttypes.h>
#include <string.h>

enum { smallest_room = 64 };

static uint64_t hash_of(const char *text, int64_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int64_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32; /* the low bits choose the slot */
}

static bool is_text(const graph_names *names, int64_t number, const char *text, int64_t length)
{
    int64_t start = names->offset[number];
    return names->offset[number + 1] - start - 1 == length &&
           memcmp(names->bytes + start, text, (size_t)length) == 0;
}

/* The slot of the text, or the empty one where it belongs. */
static int64_t slot_of(const graph_names *names, const char *text, int64_t length)
{
    int64_t mask = names->slots - 1, at = (int64_t)(hash_of(text, length) & (uint64_t)mask);
    while (names->slot[at] != 0 && !is_text(names, names->slot[at] - 1, text, length))
        at = (at + 1) & mask;
    return at;
}

/* Room in the hash for one more text than there are; the first of equal texts keeps the slot. */
static int grow_slots(graph_names *names)
{
    if (names->slot != NULL && 2 * (names->count + 1) <= names->slots) return FR_OK;
    int64_t slots = smallest_room;
    while (slots < 4 * (names->count + 1))
        slots *= 2;
    uint32_t *made = fr_alloc(slots, sizeof *made);
    if (made == NULL) return FR_ENOMEM;
    fr_free(names->slot);
    names->slot = made;
    names->slots = slots;
    for (int64_t k = 0; k < names->count; k++) {
        int64_t at =
            slot_of(names, names->bytes + names->offset[k], names->offset[k + 1] - names->offset[k] - 1);
        if (names->slot[at] == 0) names->slot[at] = (uint32_t)(k + 1);
    }
    return FR_OK;
}

/* Room for one more text of this length. */
static int grow_texts(graph_names *names, int64_t length)
{
    if (names->count >= GRAPH_MOST_NODES)
        return fr_fail(FR_EINPUT, "more than %" PRId64 " names of nodes", GRAPH_MOST_NODES);
    if (names->count + 2 > names->room) {
        int64_t room = names->room == 0 ? smallest_room : 2 * names->room;
        int64_t *moved = fr_realloc(names->offset, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        if (names->room == 0) moved[0] = 0;
        names->offset = moved;
        names->room = room;
    }
    if (names->bytes_used + length + 1 > names->bytes_room) {
        int64_t room = 2 * names->bytes_room + length + smallest_room;
        char *moved = fr_realloc(names->bytes, room, 1);
        if (moved == NULL) return FR_ENOMEM;
        names->bytes = moved;
        names->bytes_room = room;
    }
    return FR_OK;
}

static int put_text(graph_names *names, const char *text, int64_t length)
{
    int status = grow_texts(names, length);
    if (status != FR_OK) return status;
    memcpy(names->bytes + names->bytes_used, text, (size_t)length);
    names->bytes_used += length;
    names->bytes[names->bytes_used++] = '\0';
    names->offset[++names->count] = names->bytes_used;
    return FR_OK;
}

int graph_names_index(graph_names *names)
{
    return names->slot != NULL ? FR_OK : grow_slots(names);
}

int graph_names_add(graph_names *names, const char *text, int64_t length, int64_t *number, bool *added)
{
    *number = -1;
    if (added != NULL) *added = false;
    int status = grow_slots(names);
    if (status != FR_OK) return status;
    int64_t at = slot_of(names, text, length);
    if (names->slot[at] == 0) {
        status = put_text(names, text, length);
        if (status != FR_OK) return status;
        names->slot[at] = (uint32_t)names->count;
        if (added != NULL) *added = true;
    }
    *number = names->slot[at] - 1;
    return FR_OK;
}

int graph_names_append(graph_names *names, const char *text, int64_t length)
{
    int status = names->slot != NULL ? grow_slots(names) : FR_OK;
    if (status == FR_OK) status = put_text(names, text, length);
    if (status != FR_OK || names->slot == NULL) return status;
    int64_t at = slot_of(names, text, length);
    if (names->slot[at] == 0) names->slot[at] = (uint32_t)names->count;
    return FR_OK;
}

int64_t graph_names_find(const graph_names *names, const char *text, int64_t length)
{
    if (names->slot != NULL) return (int64_t)names->slot[slot_of(names, text, length)] - 1;
    for (int64_t k = 0; k < names->count; k++)
        if (is_text(names, k, text, length)) return k;
    return -1;
}

void graph_names_free(graph_names *names)
{
    fr_free(names->offset);
    fr_free(names->bytes);
    fr_free(names->slot);
    *names = (graph_names){0};
}
