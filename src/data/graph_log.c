/* The packed list of arcs: writing, joining, freeing. */
#include "graph_log.h"

enum { smallest_segment = 1 << 10 };

static int add_segment(graph_log *log)
{
    if (log->n_segments == log->room) {
        int64_t room = log->room == 0 ? 8 : 2 * log->room;
        graph_segment *moved = fr_realloc(log->segment, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        log->segment = moved;
        log->room = room;
    }
    log->segment[log->n_segments++] = (graph_segment){0};
    return FR_OK;
}

static int grow_bytes(graph_segment *segment)
{
    int64_t room = segment->room == 0 ? smallest_segment : 2 * segment->room;
    uint8_t *moved = fr_realloc(segment->bytes, room, 1);
    if (moved == NULL) return FR_ENOMEM;
    segment->bytes = moved;
    segment->room = room;
    return FR_OK;
}

/* Room for one more weight; the arcs before the first that is not 1 get theirs. */
static int grow_weights(graph_segment *segment)
{
    if (segment->weight != NULL && segment->count < segment->weight_room) return FR_OK;
    bool first = segment->weight == NULL;
    int64_t room = first ? segment->count + smallest_segment : 2 * segment->weight_room;
    double *moved = fr_realloc(segment->weight, room, sizeof *moved);
    if (moved == NULL) return FR_ENOMEM;
    for (int64_t k = 0; first && k < segment->count; k++)
        moved[k] = 1;
    segment->weight = moved;
    segment->weight_room = room;
    return FR_OK;
}

int graph_log_add(graph_log *log, uint32_t from, uint32_t to, double weight)
{
    int status = FR_OK;
    if (log->n_segments == 0 || log->segment[log->n_segments - 1].count == log_segment_arcs)
        status = add_segment(log);
    if (status != FR_OK) return status;
    graph_segment *segment = &log->segment[log->n_segments - 1];
    if (segment->room - segment->used < log_largest_arc + log_padding) status = grow_bytes(segment);
    if (status == FR_OK && (weight != 1 || segment->weight != NULL)) status = grow_weights(segment);
    if (status != FR_OK) return status;
    double *weights = segment->weight;
    segment->weight = NULL; /* what _put asks for */
    graph_log_put(log, from, to);
    segment->weight = weights;
    if (weights != NULL) {
        weights[segment->count - 1] = weight;
        log->weighted = true;
    }
    return FR_OK;
}

/* Gives back the room that the segment will not need. */
static void trim(graph_segment *segment)
{
    uint8_t *bytes = fr_realloc(segment->bytes, segment->used + log_padding, 1);
    if (bytes != NULL) segment->bytes = bytes, segment->room = segment->used + log_padding;
    if (segment->weight == NULL) return;
    double *weight = fr_realloc(segment->weight, segment->count, sizeof *weight);
    if (weight != NULL) segment->weight = weight, segment->weight_room = segment->count;
}

int graph_log_absorb(graph_log *log, graph_log *other)
{
    for (int64_t k = 0; k < other->n_segments; k++) {
        int status = add_segment(log);
        if (status != FR_OK) return status;
        trim(&other->segment[k]);
        log->segment[log->n_segments - 1] = other->segment[k];
        other->segment[k] = (graph_segment){0};
    }
    log->weighted = log->weighted || other->weighted;
    graph_log_clear(other);
    return FR_OK;
}

int64_t graph_log_count(const graph_log *log)
{
    int64_t count = 0;
    for (int64_t k = 0; k < log->n_segments; k++)
        count += log->segment[k].count;
    return count;
}

void graph_log_clear(graph_log *log)
{
    for (int64_t k = 0; k < log->n_segments; k++) {
        fr_free(log->segment[k].bytes);
        fr_free(log->segment[k].weight);
    }
    fr_free(log->segment);
    *log = (graph_log){0};
}
