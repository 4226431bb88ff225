/* From listed arcs to a graph: what the readers of all text formats share.
 *
 * A reader makes a graph_arcs, lists what it finds (graph_arcs_add, in the file's order) and finishes it:
 *
 *     graph_arcs arcs;
 *     status = graph_arcs_init(&arcs, name, settings);
 *     ... graph_arcs_add(&arcs, from, to, weight, line) ...
 *     if (status == FR_OK) status = graph_arcs_finish(&arcs, out, notes);
 *     graph_arcs_free(&arcs);
 *
 * The parsers of single formats only fill arcs that their caller owns; on failure the caller drops them.
 */
#ifndef FRUGAL_DATA_GRAPH_BUILD_H
#define FRUGAL_DATA_GRAPH_BUILD_H

#include <frugal/graph.h>

#include <stdatomic.h>

#define GRAPH_MOST_NODES INT64_C(4294967294) /* 2^32 - 2: every id is below it */

/* ---- names ---------------------------------------------------------------------------------------------------------- */

/* One place of the hash: where the text starts, and enough of its hash to pass by most others without a look at them. */
typedef struct {
    int64_t start;
    uint32_t number; /* + 1; 0: empty */
    uint32_t hash;
} graph_name_slot;

/* Texts (without zero bytes) numbered 0, 1, ... as they are added; found by an open-addressing hash. A zeroed struct is empty. */
typedef struct {
    int64_t count, room;
    int64_t *offset; /* count + 1 (when count > 0) into bytes; each text ends with '\0' */
    char *bytes;
    int64_t bytes_used, bytes_room;
    graph_name_slot *slot; /* NULL until a text is looked up */
    int64_t slots;
} graph_names;

/* The number of the text, which is added if it is new (*added says so; may be NULL). */
int graph_names_add(graph_names *names, const char *text, int64_t length, int64_t *number, bool *added);
/* Adds the text as the next number even if it is there already; graph_names_find goes on to find the first. */
int graph_names_append(graph_names *names, const char *text, int64_t length);
/* Makes the hash, if there is none yet; then graph_names_find is quick (_add makes it by itself). */
int graph_names_index(graph_names *names);
/* The number of the text, or -1. */
int64_t graph_names_find(const graph_names *names, const char *text, int64_t length);
void graph_names_free(graph_names *names);

/* ---- listed arcs ---------------------------------------------------------------------------------------------------- */

typedef struct graph_log graph_log; /* arcs in the order listed, packed (graph_log.h) */

typedef struct {
    const char *file; /* for messages; borrowed */
    fr_graph_settings settings;
    graph_log *log;
    int64_t n; /* one more than the largest id so far; a reader may raise it (isolated nodes) */
    /* Names of the nodes 0, 1, ...; empty: the graph gets none. Otherwise there must be at least as many as nodes, and the
     * graph has names.count nodes. A name that is not unique is found (fr_graph_find) at its first node. */
    graph_names names;
    /* the format means (j, i) with (i, j) (a symmetric Matrix Market file): the rule is MAX */
    bool both_ways;
    fr_graph_notes notes; /* lines, dropped_weights, dropped_loops; the rest is counted by _finish */
} graph_arcs;

/* `settings` may be NULL; FR_EUSAGE if they are out of range. */
int graph_arcs_init(graph_arcs *arcs, const char *file, const fr_graph_settings *settings);
/* One listed arc (data line, edge element). Applies `unweighted`, `drop_bad_weights`, `drop_loops`; FR_EINPUT with file and
 * line for a negative or not finite weight and for ids outside 0 .. 2^32 - 3. */
int graph_arcs_add(graph_arcs *arcs, int64_t from, int64_t to, double weight, int64_t line);
/* Moves the arcs and the counts of `other` behind those of `arcs` (names aside); `other` can be filled again. */
int graph_arcs_absorb(graph_arcs *arcs, graph_arcs *other);
/* Merges duplicates, makes symmetric, drops zeros, makes rows, degrees, names. `notes` may be NULL. */
int graph_arcs_finish(graph_arcs *arcs, fr_graph *out, fr_graph_notes *notes);
void graph_arcs_free(graph_arcs *arcs);

/* ---- parsers of one format; `bytes` is the whole file, followed by a '\0' that `size` does not count ------------------- */

/* `attributes` may be NULL; otherwise it is filled (zeroed by the caller). The graph's names go to arcs->names. */
int graph_parse_gml(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                    graph_arcs *arcs, fr_graph_attributes *attributes);
int graph_parse_graphml(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                        graph_arcs *arcs, fr_graph_attributes *attributes);

/* ---- what a graph owns ---------------------------------------------------------------------------------------------- */

/* fr_graph.owned; every pointer may be NULL. Arrays of fr_alloc; a mapping is released by munmap. */
typedef struct {
    int64_t *row;
    uint32_t *neighbour;
    double *weight, *degree;
    int64_t *name_offset;
    char *name_bytes;
    int64_t name_size; /* bytes in graph->name_bytes, owned or mapped; the last of them must be '\0' */
    void *mapping;
    int64_t mapping_size;
    _Atomic(graph_names *) index; /* of the names, for fr_graph_find; made by the first call */
} graph_owned;

#endif
