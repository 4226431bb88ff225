/* The text of a graph file, a part at a time: lines one by one (headers, adjacency lists) or all that are left at once, on all
 * threads. */
#ifndef FRUGAL_DATA_GRAPH_SOURCE_H
#define FRUGAL_DATA_GRAPH_SOURCE_H

#include "graph_line.h"
#include "stream.h"

typedef struct {
    const char *file; /* for messages; borrowed */
    fr_stream stream;
    char *bytes;              /* a window of the text */
    int64_t room, next, size; /* bytes[next..size) is at hand and still to be taken */
    int64_t done;             /* bytes before the window */
    bool ended;               /* nothing follows; the window ends with '\n' unless it is empty */
    int64_t line;             /* number of the line before bytes[next], 1-based */
} graph_source;

int graph_source_open(const char *path, graph_source *out);
/* `bytes` must outlive the source. */
int graph_source_open_memory(const char *bytes, int64_t size, const char *name, graph_source *out);
/* Safe on a zeroed struct and twice. */
void graph_source_close(graph_source *source);

/* The next line (line end excluded; source->line is its number), or *text NULL behind the last. It stays valid until the next
 * call. */
int graph_source_line(graph_source *source, const char **text, int64_t *length);
/* The same, over blank lines and comments. */
int graph_source_data_line(graph_source *source, const char **text, int64_t *length);
/* The next two data lines, not taken (NULL where there are none). */
int graph_source_peek(graph_source *source, const char *text[2], int64_t length[2]);
/* Adds the arcs of all lines that are left. */
int graph_source_arcs(graph_source *source, const graph_line_rule *rule, graph_arcs *arcs);

/* Makes at least `wanted` bytes from bytes[next] on lie in the window, unless the text ends before. */
int graph_source_fill(graph_source *source, int64_t wanted);

#endif
