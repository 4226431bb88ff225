/* Lists of changes: edge lists whose lines are looked up in a graph, and new nodes that come up in them. */
#include "graph_line.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What fr_graph_edits.owned points to. */
typedef struct {
    int64_t room;
    graph_names names; /* of the new nodes */
} owned_edits;

typedef struct {
    const char *path;
    const fr_graph *graph;
    fr_graph_change change;
    bool new_nodes;
    char separator;
    bool first; /* no data line yet */
    char *text; /* room for one field of any line, ended by '\0' */
    fr_graph_edits *edits;
} edits_reader;

void fr_graph_edits_free(fr_graph_edits *edits)
{
    owned_edits *owned = edits->owned;
    if (owned != NULL) {
        graph_names_free(&owned->names);
        fr_free(owned);
        fr_free(edits->edge);
    }
    *edits = (fr_graph_edits){0};
}

static int append(edits_reader *reader, const fr_graph_edge_edit *edit)
{
    fr_graph_edits *edits = reader->edits;
    owned_edits *owned = edits->owned;
    if (edits->count == owned->room) {
        int64_t room = owned->room == 0 ? 64 : 2 * owned->room;
        fr_graph_edge_edit *edge = fr_realloc(edits->edge, room, sizeof *edge);
        if (edge == NULL) return FR_ENOMEM;
        edits->edge = edge;
        owned->room = room;
    }
    edits->edge[edits->count++] = *edit;
    return FR_OK;
}

/* A node that is not in the graph, by name. */
static int new_name(edits_reader *reader, const char *text, int64_t length, int64_t *node)
{
    owned_edits *owned = reader->edits->owned;
    int status = graph_names_add(&owned->names, text, length, node, NULL);
    if (status != FR_OK) return status;
    *node += reader->graph->n;
    reader->edits->n_new = owned->names.count;
    reader->edits->new_names = owned->names.bytes;
    return FR_OK;
}

/* The same by number; those between the last node and it come to be too. */
static int new_number(edits_reader *reader, const char *what, const char *text, int64_t length, int64_t *node)
{
    if (!graph_line_integer(text, length, node) || *node < 0 || *node >= GRAPH_MOST_NODES)
        return fr_fail(FR_EINPUT, "%s: expected the number of a node, from 0 to %" PRId64 ", found '%.40s'",
                       what, GRAPH_MOST_NODES - 1, text);
    int64_t more = *node + 1 - reader->graph->n;
    if (more > reader->edits->n_new) reader->edits->n_new = more;
    return FR_OK;
}

static int find_node(edits_reader *reader, const char *what, const char *field, int64_t length, int64_t *node)
{
    if (length == 0) return fr_fail(FR_EINPUT, "%s: expected a node, found an empty field", what);
    memcpy(reader->text, field, (size_t)length);
    reader->text[length] = '\0';
    int status = fr_graph_find(reader->graph, reader->text, what, node);
    if (status != FR_EINPUT || !reader->new_nodes) return status;
    return reader->graph->name_offset != NULL ? new_name(reader, reader->text, length, node)
                                              : new_number(reader, what, reader->text, length, node);
}

static int take_line(edits_reader *reader, const fr_text *line)
{
    static const int64_t wanted[3] = {0, 1, 2};
    const char *field[3];
    int64_t size[3];
    char what[300];
    bool first = reader->first;
    if (first) reader->separator = graph_line_separator(line->text, line->length);
    reader->first = false;
    snprintf(what, sizeof what, "%.250s:%" PRId64, reader->path, line->number);
    int64_t count = graph_line_fields(reader->separator, line->text, line->length, wanted, field, size);
    if (count < 2 || count > 3)
        return fr_fail(FR_EINPUT, "%s: expected from, to and perhaps a weight, found %" PRId64 " field%s",
                       what, count, count == 1 ? "" : "s");
    if (first && count == 3 && !graph_line_is_number(field[2], size[2])) return FR_OK; /* a header */
    fr_graph_edge_edit edit = {.weight = reader->change == FR_GRAPH_REMOVE ? INFINITY : 1,
                               .change = reader->change,
                               .file = reader->path,
                               .line = line->number};
    if (count == 3 && (!fr_number_f64(field[2], size[2], &edit.weight) || !(edit.weight >= 0)))
        return fr_fail(FR_EINPUT, "%s: expected a finite weight >= 0, found '%.*s'", what,
                       size[2] < 40 ? (int)size[2] : 40, field[2]);
    int status = find_node(reader, what, field[0], size[0], &edit.from);
    if (status == FR_OK) status = find_node(reader, what, field[1], size[1], &edit.to);
    return status == FR_OK ? append(reader, &edit) : status;
}

static int take_lines(edits_reader *reader, const char *bytes, int64_t size)
{
    reader->text = fr_alloc(size + 1, 1);
    if (reader->text == NULL) return FR_ENOMEM;
    fr_text line;
    int status = FR_OK;
    fr_text_start(&line, bytes, size);
    while (status == FR_OK && fr_text_next(&line))
        if (!graph_line_skippable(line.text, line.length)) status = take_line(reader, &line);
    fr_free(reader->text);
    return status;
}

/* What was there before is kept as it was: new nodes of an unfinished list go away again. */
static void forget(fr_graph_edits *edits, int64_t count, int64_t n_new)
{
    owned_edits *owned = edits->owned;
    edits->count = count;
    edits->n_new = n_new;
    edits->new_names = n_new > 0 ? owned->names.bytes : NULL;
    if (owned->names.count <= n_new) return;
    owned->names.count = n_new;
    owned->names.bytes_used = owned->names.offset[n_new];
    fr_free(owned->names.slot); /* made anew from what is left */
    owned->names.slot = NULL;
    owned->names.slots = 0;
}

int fr_graph_edits_read(const char *path, const fr_graph *graph, fr_graph_change change, bool new_nodes,
                        fr_graph_edits *edits)
{
    if ((unsigned)change > FR_GRAPH_REMOVE ||
        (edits->owned == NULL && (edits->count > 0 || edits->n_new > 0)))
        return fr_fail(FR_EUSAGE,
                       "changes of another kind, or to be appended to a list that is the caller's own");
    if (edits->owned == NULL) edits->owned = fr_alloc(1, sizeof(owned_edits));
    if (edits->owned == NULL) return FR_ENOMEM;
    int64_t count = edits->count, n_new = edits->n_new, size = 0;
    edits_reader reader = {.path = path,
                           .graph = graph,
                           .change = change,
                           .new_nodes = new_nodes && change != FR_GRAPH_REMOVE,
                           .first = true,
                           .edits = edits};
    char *bytes = NULL;
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_text_check(path, bytes, size);
    if (status == FR_OK) status = take_lines(&reader, bytes, size);
    if (status == FR_OK && edits->count == count)
        status = fr_fail(FR_EINPUT, "%s: the file lists no edges", path);
    if (status != FR_OK) forget(edits, count, n_new);
    fr_free(bytes);
    return status;
}
