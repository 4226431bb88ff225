/* METIS graphs: "nodes edges [format [node weights]]", then for each node a line of its neighbours, 1-based, as
 * "w_1 .. w_c  v_1 [e_1] v_2 [e_2] ...": node weights if the format's second digit from the right is 1 (they are not
 * looked at), edge weights if the last one is. % starts a comment; an empty line is a node without neighbours.
 * Karypis and Kumar, METIS manual, section 4.1. */
#include "graph_formats.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    int64_t n, edges;
    bool edge_weights;
    int64_t node_weights; /* numbers at the start of each line */
} metis_head;

static int read_head(graph_source *source, metis_head *head)
{
    const char *text, *word[4];
    int64_t length, size[4], value[4] = {0};
    int status = graph_source_data_line(source, &text, &length);
    if (status != FR_OK) return status;
    if (text == NULL) return fr_fail(FR_EINPUT, "%s: no line 'nodes edges [format]'", source->file);
    int64_t found = fr_line_words(text, length, 4, word, size);
    bool good = found >= 2 && found <= 4;
    for (int64_t k = 0; good && k < found; k++)
        good = graph_line_integer(word[k], size[k], &value[k]) && value[k] >= 0;
    if (!good)
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": expected 'nodes edges [format [node weights]]', found '%.*s'",
                       source->file, source->line, length < 60 ? (int)length : 60, text);
    if (value[2] != 0 && value[2] != 1 && value[2] != 10 && value[2] != 11)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": format %" PRId64 " is none of 0, 1, 10, 11", source->file,
                       source->line, value[2]);
    if (value[0] > GRAPH_MOST_NODES)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %" PRId64 " nodes; the most are %" PRId64, source->file,
                       source->line, value[0], GRAPH_MOST_NODES);
    head->n = value[0];
    head->edges = value[1];
    head->edge_weights = value[2] % 10 == 1;
    head->node_weights = value[2] >= 10 ? (found == 4 ? value[3] : 1) : 0;
    return FR_OK;
}

/* The next word of the line at *text, which moves behind it; false at the end of the line. */
static bool next_word(const char **text, const char *end, const char **word, int64_t *length)
{
    const char *c = *text;
    while (c < end && (*c == ' ' || *c == '\t'))
        c++;
    *word = c;
    while (c < end && *c != ' ' && *c != '\t')
        c++;
    *text = c;
    *length = c - *word;
    return *length > 0;
}

static int refuse_word(const graph_source *source, int64_t node, const char *wanted, const char *word,
                       int64_t length)
{
    if (length == 0)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": node %" PRId64 ": expected %s, found the end of the line",
                       source->file, source->line, node, wanted);
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": node %" PRId64 ": expected %s, found '%.*s'", source->file,
                   source->line, node, wanted, length < 40 ? (int)length : 40, word);
}

/* A weight, or NaN for one that graph_arcs_add may drop. */
static int read_weight(const graph_source *source, int64_t node, const char *word, int64_t length,
                       double *weight)
{
    if (fr_number_f64(word, length, weight)) return FR_OK;
    if (!fr_number_is_special(word, length))
        return refuse_word(source, node, "the weight of an edge", word, length);
    *weight = NAN;
    return FR_OK;
}

/* The neighbours of `node` (1-based); counts the loops. */
static int read_node(const graph_source *source, const metis_head *head, int64_t node, const char *text,
                     int64_t length, graph_arcs *arcs, int64_t *loops)
{
    const char *end = text + length, *word;
    int64_t size, other;
    for (int64_t k = 0; k < head->node_weights; k++)
        if (!next_word(&text, end, &word, &size))
            return refuse_word(source, node, "the weight of the node", word, size);
    while (next_word(&text, end, &word, &size)) {
        double weight = 1;
        if (!graph_line_integer(word, size, &other) || other < 1 || other > head->n) {
            char wanted[64];
            snprintf(wanted, sizeof wanted, "a node between 1 and %" PRId64, head->n);
            return refuse_word(source, node, wanted, word, size);
        }
        if (head->edge_weights && !next_word(&text, end, &word, &size))
            return refuse_word(source, node, "the weight of an edge", word, size);
        int status = FR_OK;
        if (head->edge_weights && !arcs->settings.unweighted)
            status = read_weight(source, node, word, size, &weight);
        if (status == FR_OK) status = graph_arcs_add(arcs, node - 1, other - 1, weight, source->line);
        if (status != FR_OK) return status;
        *loops += other == node;
    }
    return FR_OK;
}

/* The lists of all nodes; lines of comments are none. */
static int read_nodes(graph_source *source, const metis_head *head, graph_arcs *arcs, int64_t *loops)
{
    int64_t node = 0, length;
    const char *text;
    for (;;) {
        int status = graph_source_line(source, &text, &length);
        if (status != FR_OK) return status;
        if (text == NULL) break;
        bool blank = graph_line_skippable(text, length);
        const char *mark = blank ? memchr(text, '%', (size_t)length) : NULL;
        if (mark != NULL || (blank && node == head->n)) continue;
        if (node == head->n)
            return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a line behind the lists of all %" PRId64 " nodes",
                           source->file, source->line, head->n);
        node++;
        status = read_node(source, head, node, text, length, arcs, loops);
        if (status != FR_OK) return status;
    }
    if (node == head->n) return FR_OK;
    return fr_fail(FR_EINPUT, "%s: %" PRId64 " nodes are promised, but the file has lists of %" PRId64,
                   source->file, head->n, node);
}

int graph_parse_metis(graph_source *source, graph_arcs *arcs)
{
    metis_head head = {0};
    int64_t loops = 0;
    int status = read_head(source, &head);
    if (status != FR_OK) return status;
    int64_t line = source->line;
    if (head.n > arcs->n) arcs->n = head.n;
    status = read_nodes(source, &head, arcs, &loops);
    if (status != FR_OK) return status;
    /* Each edge stands in two lists; of a loop, which METIS itself does not allow, files have one entry or two. */
    int64_t entries = arcs->notes.lines, edges2 = 2 * head.edges;
    if (entries != edges2 && entries + loops != edges2 && entries - loops != edges2)
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": %" PRId64 " edges are promised, but the lists have %" PRId64
                       " entries (each edge stands in the lists of both its nodes)",
                       arcs->file, line, head.edges, entries);
    return FR_OK;
}
