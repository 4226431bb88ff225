/* GML (M. Himsolt, GML: a portable graph file format, 1997): lists of keys and values,
 *
 *     graph [ directed 0  node [ id 1 label "a" ... ]  edge [ source 1 target 2 weight 0.5 ... ] ]
 *
 * read twice: first the nodes, in order of appearance, and the names of the attributes of edges, then the edges. Ids are
 * any whole numbers. Nodes are called by their labels if all have one, else by their ids unless these are 0, 1, 2, ... */
#include "gml_scanner.h"
#include "graph_attributes.h"
#include "graph_markup.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    gml_scanner scanner;
    const fr_graph_settings *settings;
    graph_arcs *arcs;
    graph_names ids, labels; /* of the nodes */
    attribute_list *cells;   /* NULL: not wanted */
    edge_attributes edges;
    const char *weight;   /* the attribute that is the weight; NULL: none */
    int64_t n, n_missing; /* nodes; edges without a weight */
    bool second_pass, directed;
    char *decoded; /* text of the last string in which entities were resolved */
    int64_t decoded_room;
} gml_reader;

/* Resolves &quot; &amp; &lt; &gt; &apos;; anything else with & stays as it is. */
static int decode(gml_reader *reader, const char **text, int64_t *length)
{
    static const char *const entity[] = {"&quot;", "&amp;", "&lt;", "&gt;", "&apos;"};
    static const char character[] = "\"&<>'";
    gml_scanner *scanner = &reader->scanner;
    *text = scanner->text;
    *length = scanner->length;
    if (scanner->kind != GML_STRING || memchr(scanner->text, '&', (size_t)scanner->length) == NULL)
        return FR_OK;
    if (reader->decoded_room < scanner->length) {
        char *moved = fr_realloc(reader->decoded, scanner->length, 1);
        if (moved == NULL) return FR_ENOMEM;
        reader->decoded = moved;
        reader->decoded_room = scanner->length;
    }
    char *to = reader->decoded;
    for (int64_t i = 0; i < scanner->length;) {
        int64_t step = 1;
        *to = scanner->text[i];
        for (size_t k = 0; k < sizeof entity / sizeof *entity && *to == '&' && step == 1; k++) {
            int64_t size = (int64_t)strlen(entity[k]);
            if (size > scanner->length - i || memcmp(scanner->text + i, entity[k], (size_t)size) != 0)
                continue;
            *to = character[k];
            step = size;
        }
        to++;
        i += step;
    }
    *text = reader->decoded;
    *length = to - reader->decoded;
    return FR_OK;
}

/* A whole number as the value of `key`, written into `digits` in its plain form. */
static int read_id(gml_scanner *scanner, const char *key, char digits[24], int64_t *length)
{
    int64_t value;
    if (scanner->kind != GML_WORD || !fr_number_i64(scanner->text, scanner->length, &value)) {
        char what[64];
        snprintf(what, sizeof what, "a whole number as %s", key);
        return gml_unexpected(scanner, what);
    }
    *length = snprintf(digits, 24, "%" PRId64, value);
    return FR_OK;
}

/* node [ ... ]: the id, the label, and in passing every attribute. */
typedef struct {
    const char *key;
    int64_t key_length;
    bool has_id, has_label;
} gml_node;

static int node_value(gml_reader *reader, gml_node *node)
{
    gml_scanner *scanner = &reader->scanner;
    int64_t number = reader->n, column, length;
    const char *text;
    int status = decode(reader, &text, &length);
    if (status != FR_OK) return status;
    if (node->key_length == 2 && memcmp(node->key, "id", 2) == 0) {
        char digits[24];
        int64_t found;
        bool added = false;
        status = read_id(scanner, "the id of a node", digits, &length);
        if (status == FR_OK && node->has_id)
            status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": the node has two ids", scanner->file,
                             scanner->token_line);
        if (status == FR_OK) status = graph_names_add(&reader->ids, digits, length, &found, &added);
        if (status == FR_OK && !added)
            status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": node %s is defined twice", scanner->file,
                             scanner->token_line, digits);
        node->has_id = true;
        if (status != FR_OK || reader->cells == NULL) return status;
        return attribute_list_put(reader->cells, number, 0, digits, length);
    }
    if (node->key_length == 5 && memcmp(node->key, "label", 5) == 0 && !node->has_label) {
        node->has_label = true;
        if (reader->labels.count == number) status = graph_names_append(&reader->labels, text, length);
    }
    if (status == FR_OK && reader->cells != NULL) {
        status = attribute_list_column(reader->cells, node->key, node->key_length, &column);
        if (status == FR_OK) status = attribute_list_put(reader->cells, number, column, text, length);
    }
    return status;
}

static int read_node(gml_reader *reader)
{
    gml_scanner *scanner = &reader->scanner;
    gml_node node = {0};
    int64_t line = scanner->token_line;
    bool more;
    int status = gml_key(scanner, true, &more);
    while (status == FR_OK && more) {
        node.key = scanner->text;
        node.key_length = scanner->length;
        status = gml_value(scanner);
        if (status == FR_OK)
            status = scanner->kind == GML_OPEN ? gml_skip_list(scanner) : node_value(reader, &node);
        if (status == FR_OK) status = gml_key(scanner, true, &more);
    }
    if (status == FR_OK && !node.has_id)
        status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": a node without an id", scanner->file, line);
    reader->n++;
    return status;
}

/* The end of an edge as the number of its node; in the first pass only its form is looked at. */
static int edge_end(gml_reader *reader, const char *key, int64_t *node)
{
    gml_scanner *scanner = &reader->scanner;
    char digits[24];
    int64_t length = 0;
    int status = read_id(scanner, key, digits, &length);
    if (status != FR_OK) return status;
    *node = 0;
    if (!reader->second_pass) return FR_OK;
    *node = graph_names_find(&reader->ids, digits, length);
    if (*node >= 0) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %s %s is not the id of a node", scanner->file,
                   scanner->token_line, key, digits);
}

typedef struct {
    int64_t source, target;
    double weight;
    bool has_weight;
} gml_edge;

static int edge_value(gml_reader *reader, const char *key, int64_t key_length, gml_edge *edge)
{
    gml_scanner *scanner = &reader->scanner;
    if (key_length == 6 && memcmp(key, "source", 6) == 0) return edge_end(reader, "source", &edge->source);
    if (key_length == 6 && memcmp(key, "target", 6) == 0) return edge_end(reader, "target", &edge->target);
    if (!reader->second_pass && key_length == 2 && memcmp(key, "id", 2) == 0) return FR_OK; /* no attribute */
    if (!reader->second_pass)
        return edge_attributes_add(&reader->edges, key, key_length, scanner->kind == GML_WORD);
    if (reader->weight == NULL || (int64_t)strlen(reader->weight) != key_length ||
        memcmp(key, reader->weight, (size_t)key_length) != 0)
        return FR_OK;
    edge->has_weight = true;
    return graph_weight_parse(scanner->file, scanner->token_line, reader->weight, scanner->text,
                              scanner->length, &edge->weight);
}

static int finish_edge(gml_reader *reader, const gml_edge *edge, int64_t line)
{
    if (edge->source < 0 || edge->target < 0)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": an edge without a %s", reader->scanner.file, line,
                       edge->source < 0 ? "source" : "target");
    if (!reader->second_pass) return FR_OK;
    reader->n_missing += !edge->has_weight;
    return graph_arcs_add(reader->arcs, edge->source, edge->target, edge->weight, line);
}

static int read_edge(gml_reader *reader)
{
    gml_scanner *scanner = &reader->scanner;
    gml_edge edge = {.source = -1, .target = -1, .weight = 1};
    int64_t line = scanner->token_line;
    bool more;
    int status = gml_key(scanner, true, &more);
    while (status == FR_OK && more) {
        const char *key = scanner->text;
        int64_t key_length = scanner->length;
        status = gml_value(scanner);
        if (status == FR_OK)
            status = scanner->kind == GML_OPEN ? gml_skip_list(scanner)
                                               : edge_value(reader, key, key_length, &edge);
        if (status == FR_OK) status = gml_key(scanner, true, &more);
    }
    return status == FR_OK ? finish_edge(reader, &edge, line) : status;
}

/* The value of a key of graph [ ... ]. */
static int graph_value(gml_reader *reader, bool node, bool edge, bool directed)
{
    gml_scanner *scanner = &reader->scanner;
    int status = gml_value(scanner);
    if (status != FR_OK) return status;
    if ((node || edge) && scanner->kind != GML_OPEN)
        return gml_unexpected(scanner, node ? "[ after node" : "[ after edge");
    if (scanner->kind == GML_OPEN) {
        bool wanted = edge || (node && !reader->second_pass);
        return !wanted ? gml_skip_list(scanner) : node ? read_node(reader) : read_edge(reader);
    }
    if (directed) reader->directed = scanner->length == 1 && *scanner->text == '1';
    return FR_OK;
}

static int read_graph(gml_reader *reader)
{
    gml_scanner *scanner = &reader->scanner;
    bool more;
    int64_t count = 0;
    int status = gml_key(scanner, true, &more);
    while (status == FR_OK && more) {
        status = graph_value(reader, gml_is_word(scanner, "node"), gml_is_word(scanner, "edge"),
                             gml_is_word(scanner, "directed"));
        if (status == FR_OK && count++ % 65536 == 0) status = fr_progress_tick(NULL, 0, 0);
        if (status == FR_OK) status = gml_key(scanner, true, &more);
    }
    return status;
}

/* One pass over the whole file, which must have one graph. */
static int read_file(gml_reader *reader)
{
    gml_scanner *scanner = &reader->scanner;
    bool more, found = false;
    int status = gml_key(scanner, false, &more);
    while (status == FR_OK && more) {
        bool graph = gml_is_word(scanner, "graph");
        int64_t line = scanner->token_line;
        if (graph && found)
            return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a second graph; a file holds one", scanner->file,
                           line);
        found = found || graph;
        /* Creator and Version may have values of any form. */
        status = graph ? gml_value(scanner) : gml_token(scanner);
        if (status == FR_OK && graph && scanner->kind != GML_OPEN)
            return gml_unexpected(scanner, "[ after graph");
        if (status == FR_OK && scanner->kind == GML_OPEN)
            status = graph ? read_graph(reader) : gml_skip_list(scanner);
        if (status == FR_OK) status = gml_key(scanner, false, &more);
    }
    if (status == FR_OK && !found)
        status = fr_fail(FR_EINPUT, "%s: no graph [ ... ] in it: this is not GML", scanner->file);
    if (status == FR_OK && reader->n == 0)
        status = fr_fail(FR_EINPUT, "%s: the graph has no nodes", scanner->file);
    return status;
}

/* The names by which the nodes are known. */
static void take_names(gml_reader *reader)
{
    if (reader->labels.count == reader->n) {
        reader->arcs->names = reader->labels;
        reader->labels = (graph_names){0};
    } else if (!graph_names_are_numbers(&reader->ids)) {
        reader->arcs->names = reader->ids;
        reader->ids = (graph_names){0};
    }
}

int graph_parse_gml(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                    graph_arcs *arcs, fr_graph_attributes *attributes)
{
    attribute_list cells = {0};
    gml_reader reader = {.settings = settings, .arcs = arcs, .cells = attributes != NULL ? &cells : NULL};
    int64_t chosen = -1;
    int status = fr_text_check(name, bytes, size);
    if (status != FR_OK) return status;
    gml_start(&reader.scanner, name, bytes, size);
    if (attributes != NULL) status = attribute_list_column(&cells, "id", 2, &(int64_t){0}); /* column 0 */
    if (status == FR_OK) status = read_file(&reader);
    if (status == FR_OK) status = edge_attributes_weight(&reader.edges, name, settings, &chosen);
    if (status != FR_OK) goto done;
    if (chosen >= 0) reader.weight = reader.edges.names.bytes + reader.edges.names.offset[chosen];
    reader.second_pass = true;
    gml_start(&reader.scanner, name, bytes, size);
    status = read_file(&reader);
    if (status != FR_OK) goto done;
    if (reader.directed) fr_warn("%s: directed 1: the directions of the edges are not looked at", name);
    if (reader.weight != NULL) graph_weight_missing(name, reader.weight, reader.n_missing);
    if (reader.n > arcs->n) arcs->n = reader.n;
    if (attributes != NULL) status = attribute_list_finish(&cells, arcs->n, attributes);
    if (status == FR_OK) take_names(&reader);
done:
    graph_names_free(&reader.ids);
    graph_names_free(&reader.labels);
    edge_attributes_free(&reader.edges);
    attribute_list_free(&cells);
    fr_free(reader.decoded);
    return status;
}
