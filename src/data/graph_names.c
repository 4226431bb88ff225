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
    return (hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15); /* the high half is well mixed */
}

/* The slot of the text, or the empty one where it belongs. */
static graph_name_slot *slot_of(const graph_names *names, uint64_t hash, const char *text, int64_t length)
{
    int64_t mask = names->slots - 1, at = (int64_t)(hash >> 32) & mask;
    for (;; at = (at + 1) & mask) {
        graph_name_slot *slot = &names->slot[at];
        if (slot->number == 0) return slot;
        if (slot->hash != (uint32_t)hash) continue;
        const char *found = names->bytes + slot->start;
        if (strncmp(found, text, (size_t)length) == 0 && found[length] == '\0') return slot;
    }
}

/* Room in the hash for one more text than there are; the first of equal texts keeps the slot. */
static int grow_slots(graph_names *names)
{
    if (names->slot != NULL && 2 * (names->count + 1) <= names->slots) return FR_OK;
    int64_t slots = smallest_room;
    while (slots < 4 * (names->count + 1))
        slots *= 2;
    graph_name_slot *made = fr_alloc(slots, sizeof *made);
    if (made == NULL) return FR_ENOMEM;
    fr_free(names->slot);
    names->slot = made;
    names->slots = slots;
    for (int64_t k = 0; k < names->count; k++) {
        const char *text = names->bytes + names->offset[k];
        int64_t length = names->offset[k + 1] - names->offset[k] - 1;
        uint64_t hash = hash_of(text, length);
        graph_name_slot *slot = slot_of(names, hash, text, length);
        if (slot->number == 0)
            *slot = (graph_name_slot){
                .start = names->offset[k], .number = (uint32_t)(k + 1), .hash = (uint32_t)hash};
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
    uint64_t hash = hash_of(text, length);
    graph_name_slot *slot = slot_of(names, hash, text, length);
    if (slot->number == 0) {
        int64_t start = names->bytes_used;
        status = put_text(names, text, length);
        if (status != FR_OK) return status;
        *slot = (graph_name_slot){.start = start, .number = (uint32_t)names->count, .hash = (uint32_t)hash};
        if (added != NULL) *added = true;
    }
    *number = (int64_t)slot->number - 1;
    return FR_OK;
}

int graph_names_append(graph_names *names, const char *text, int64_t length)
{
    int status = names->slot != NULL ? grow_slots(names) : FR_OK;
    int64_t start = names->bytes_used;
    if (status == FR_OK) status = put_text(names, text, length);
    if (status != FR_OK || names->slot == NULL) return status;
    uint64_t hash = hash_of(text, length);
    graph_name_slot *slot = slot_of(names, hash, text, length);
    if (slot->number == 0)
        *slot = (graph_name_slot){.start = start, .number = (uint32_t)names->count, .hash = (uint32_t)hash};
    return FR_OK;
}

int64_t graph_names_find(const graph_names *names, const char *text, int64_t length)
{
    if (names->slot != NULL) return (int64_t)slot_of(names, hash_of(text, length), text, length)->number - 1;
    for (int64_t k = 0; k < names->count; k++) {
        const char *found = names->bytes + names->offset[k];
        if (strncmp(found, text, (size_t)length) == 0 && found[length] == '\0') return k;
    }
    return -1;
}

void graph_names_free(graph_names *names)
{
    fr_free(names->offset);
    fr_free(names->bytes);
    fr_free(names->slot);
    *names = (graph_names){0};
}
