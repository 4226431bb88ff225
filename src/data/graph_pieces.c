/* All arcs of the lines that are left: the window is cut into pieces of whole lines, which the threads parse side by side. Their
 * arcs are joined in the order of the file, and of several errors the first in the file is told, so nothing depends on the
 * number of threads. */
#include "graph_source.h"

#include <string.h>

enum { piece_size = 1 << 20, pieces_per_thread = 4 };

typedef struct {
    const char *start, *end;
    int64_t lines, before; /* in the piece; before it in the file */
    graph_arcs arcs;
    int status;
    char *message; /* of a failure */
} piece;

static int64_t count_lines(const char *start, const char *end)
{
    int64_t lines = 0;
    for (const char *c = start; c < end; c++)
        lines += *c == '\n';
    return lines;
}

/* The lines of start .. end; the first one has number `before` + 1. */
static int parse_lines(const graph_line_rule *rule, const char *start, const char *end, int64_t before,
                       graph_arcs *arcs)
{
    int64_t lines;
    while (start < end) {
        start = graph_line_scan(rule, start, end, arcs, &lines);
        before += lines;
        if (start == end) break;
        const char *stop = memchr(start, '\n', (size_t)(end - start));
        int64_t length = stop - start;
        if (length > 0 && start[length - 1] == '\r') length--;
        int status = graph_line_add(rule, start, length, ++before, arcs);
        if (status != FR_OK) return status;
        start = stop + 1;
    }
    return FR_OK;
}

/* Cuts start .. end into at most `most` pieces of about equal size; returns their number. */
static int64_t cut(const char *start, const char *end, int64_t most, piece *pieces)
{
    int64_t n = 0;
    for (; n < most && start < end; n++) {
        const char *stop = start + (end - start) / (most - n);
        if (stop > start) stop--;
        stop = memchr(stop, '\n', (size_t)(end - stop));
        pieces[n] = (piece){.start = start, .end = stop + 1};
        start = pieces[n].end;
    }
    return n;
}

static void parse_piece(const graph_line_rule *rule, const graph_arcs *arcs, piece *part)
{
    part->status = graph_arcs_init(&part->arcs, arcs->file, &arcs->settings);
    if (part->status == FR_OK)
        part->status = parse_lines(rule, part->start, part->end, part->before, &part->arcs);
    if (part->status != FR_OK) part->message = fr_strdup(fr_last_error());
}

/* Parses the lines of start .. end on all threads; *line, the number of the line before, moves on. */
static int parse_window(const graph_line_rule *rule, const char *start, const char *end, int64_t *line,
                        graph_arcs *arcs)
{
    int64_t most = (end - start) / piece_size + 1;
    piece *pieces = fr_alloc(most, sizeof *pieces);
    if (pieces == NULL) return FR_ENOMEM;
    int64_t n = cut(start, end, most, pieces);
    int threads = n < fr_threads() ? (int)n : fr_threads();
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int64_t k = 0; k < n; k++)
        pieces[k].lines = count_lines(pieces[k].start, pieces[k].end);
    for (int64_t k = 0; k < n; k++) {
        pieces[k].before = *line;
        *line += pieces[k].lines;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int64_t k = 0; k < n; k++)
        parse_piece(rule, arcs, &pieces[k]);
    int status = FR_OK;
    for (int64_t k = 0; k < n; k++) {
        const char *message = pieces[k].message;
        if (status == FR_OK && pieces[k].status != FR_OK)
            status = fr_fail(pieces[k].status, "%s", message != NULL ? message : "out of memory");
        if (status == FR_OK) status = graph_arcs_absorb(arcs, &pieces[k].arcs);
        graph_arcs_free(&pieces[k].arcs);
        fr_free(pieces[k].message);
    }
    fr_free(pieces);
    return status;
}

/* Makes the window hold a few whole lines for every thread; *end is behind the last of them. */
static int next_window(graph_source *source, const char **end)
{
    int64_t wanted = (int64_t)piece_size * pieces_per_thread * fr_threads();
    for (;; wanted *= 2) {
        int status = graph_source_fill(source, wanted);
        if (status != FR_OK) return status;
        const char *start = source->bytes + source->next;
        const char *last = memrchr(start, '\n', (size_t)(source->size - source->next));
        *end = last != NULL ? last + 1 : start;
        if (last != NULL || source->ended) return FR_OK;
    }
}

int graph_source_arcs(graph_source *source, const graph_line_rule *rule, graph_arcs *arcs)
{
    int64_t total = source->stream.kind == STREAM_PLAIN ? source->stream.expected : 0;
    int status = FR_OK;
    while (status == FR_OK) {
        const char *end;
        status = next_window(source, &end);
        const char *start = source->bytes + source->next;
        if (status != FR_OK || start == end) break;
        if (rule->named) { /* numbered by first appearance: one after the other */
            status = parse_lines(rule, start, end, source->line, arcs);
            source->line += count_lines(start, end);
        } else {
            status = parse_window(rule, start, end, &source->line, arcs);
        }
        source->next = end - source->bytes;
        if (status == FR_OK)
            status = fr_progress_tick("reading the graph", source->done + source->next, total);
    }
    return status;
}
