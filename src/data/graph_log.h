/* Listed arcs in the order of the file, packed: a graph's text is read once, and until its rows can be sized the arcs wait here.
 *
 * An arc takes one byte for two lengths and then the differences to the arc before, of 0 to 4 bytes each (zigzag: the sign in the
 * lowest bit). A list sorted by its first column needs 3 to 5 bytes an arc, a shuffled one of ten million nodes 7. Weights
 * take 8 bytes more in segments where one of them is not 1.
 */
#ifndef FRUGAL_DATA_GRAPH_LOG_H
#define FRUGAL_DATA_GRAPH_LOG_H

#include <frugal/core.h>

#include <endian.h>
#include <string.h>

enum {
    log_largest_arc = 9, /* bytes of one packed arc */
    log_padding = 8,     /* bytes readable behind the last */
    log_segment_arcs = 1 << 20
};

typedef struct {
    int64_t count;
    uint8_t *bytes;
    int64_t used, room;
    double *weight; /* NULL: all one */
    int64_t weight_room;
    uint32_t from, to; /* of the last arc */
} graph_segment;

typedef struct graph_log {
    graph_segment *segment;
    int64_t n_segments, room;
    bool weighted; /* some weight is not 1 */
} graph_log;

/* Appends one arc. */
int graph_log_add(graph_log *log, uint32_t from, uint32_t to, double weight);
/* Moves all arcs of `other` behind those of `log`; `other` is empty then. */
int graph_log_absorb(graph_log *log, graph_log *other);
int64_t graph_log_count(const graph_log *log);
void graph_log_clear(graph_log *log);

/* ---- packing ---- */

static inline uint32_t log_zigzag(uint32_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 31));
}

/* Bytes that hold the code, 0 for 0. */
static inline unsigned log_code_length(uint32_t code)
{
    return code == 0 ? 0 : (unsigned)(39 - __builtin_clz(code)) / 8;
}

/* Appends an arc of weight 1 to the last segment where that takes no more room and no list of weights; false otherwise. */
static inline bool graph_log_put(graph_log *log, uint32_t from, uint32_t to)
{
    if (log->n_segments == 0) return false;
    graph_segment *segment = &log->segment[log->n_segments - 1];
    if (segment->weight != NULL || segment->count >= log_segment_arcs ||
        segment->room - segment->used < log_largest_arc + log_padding)
        return false;
    uint32_t from_code = log_zigzag(from - segment->from), to_code = log_zigzag(to - segment->to);
    unsigned from_length = log_code_length(from_code), to_length = log_code_length(to_code);
    uint64_t word = htole64(from_code | (uint64_t)to_code << (8 * from_length));
    uint8_t *place = segment->bytes + segment->used;
    *place = (uint8_t)(from_length | to_length << 4);
    memcpy(place + 1, &word, sizeof word);
    segment->used += 1 + from_length + to_length;
    segment->from = from;
    segment->to = to;
    segment->count++;
    return true;
}

/* ---- unpacking ---- */

/* Reading: for (graph_reader r = graph_segment_start(s); graph_segment_next(&r);) uses r.from, r.to, r.weight. */
typedef struct {
    const uint8_t *next, *end;
    const double *weights;
    uint32_t from, to;
    double weight;
} graph_reader;

static inline uint32_t log_unzigzag(uint32_t code)
{
    return (code >> 1) ^ (0 - (code & 1));
}

static inline graph_reader graph_segment_start(const graph_segment *segment)
{
    return (graph_reader){.next = segment->bytes,
                          .end = segment->bytes + segment->used,
                          .weights = segment->weight,
                          .weight = 1};
}

static inline bool graph_segment_next(graph_reader *reader)
{
    if (reader->next == reader->end) return false;
    unsigned from_length = *reader->next & 15u, to_length = *reader->next >> 4;
    uint64_t word;
    memcpy(&word, reader->next + 1, sizeof word);
    word = le64toh(word);
    uint64_t from_code = word & ((UINT64_C(1) << (8 * from_length)) - 1);
    uint64_t to_code = (word >> (8 * from_length)) & ((UINT64_C(1) << (8 * to_length)) - 1);
    reader->from += log_unzigzag((uint32_t)from_code);
    reader->to += log_unzigzag((uint32_t)to_code);
    reader->next += 1 + from_length + to_length;
    if (reader->weights != NULL) reader->weight = *reader->weights++;
    return true;
}

#endif
