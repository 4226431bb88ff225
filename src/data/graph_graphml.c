/* GraphML (graphml.graphdrawing.org), by the event parser of libxml2, fed in pieces: no tree is built, nothing but the given
 * bytes is read, entities other than the five of XML are refused.
 *
 *     graphml > key(id, for, attr.name, attr.type) > default
 *     graphml > graph > node(id) > data(key), edge(source, target) > data(key)
 *
 * Node ids are numbered in document order and are the nodes' names, unless they are 0, 1, 2, ... Edges whose ends come later
 * in the document wait for a second reading. */
#include "graph_attributes.h"
#include "graph_markup.h"
#include "lines.h"

#include <inttypes.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <string.h>

/* Where the reader is. Elements of no interest are passed over with all that they hold. */
typedef enum { AT_TOP, AT_GRAPHML, AT_KEY, AT_DEFAULT, AT_GRAPH, AT_NODE, AT_EDGE, AT_DATA } place;

/* A key of nodes or of edges. */
typedef struct {
    int64_t attribute;      /* its column of the node attributes, or its number among the edge attributes */
    int64_t default_offset; /* into `defaults`; -1: none */
} key;

typedef struct {
    graph_names ids;
    key *key; /* of each id */
    int64_t room;
} key_table;

typedef struct {
    const char *file;
    xmlParserCtxtPtr parser;
    const fr_graph_settings *settings;
    graph_arcs *arcs;
    attribute_list *cells; /* NULL: not wanted */
    int status;            /* of the first failure */

    place place, owner;     /* owner: what the data element is in */
    int64_t skipped;        /* depth within an element that is passed over */
    bool seen_graph, later; /* later: the second reading, for edges only */

    key_table node_keys, edge_keys;
    int64_t new_node_key, new_edge_key; /* those of the current key element, or -1 */
    graph_names defaults;
    edge_attributes edges;
    int64_t weight; /* the edge attribute that is the weight; -1: none */
    const char *weight_name;
    double default_weight;
    bool has_default_weight;

    int64_t line;           /* of the current edge */
    int64_t source, target; /* its ends; -1: not known yet */
    double edge_weight;
    bool has_weight;
    int64_t data_key;                    /* of the current data element; -1: of no interest */
    int64_t n_edges, n_taken, n_missing; /* the first n_taken edges are listed */
    bool waiting;                        /* an edge has been met whose ends are not known yet */

    char *text; /* of the current data or default element */
    int64_t text_length, text_room;
} graphml_reader;

static int64_t line_of(const graphml_reader *reader)
{
    return xmlSAX2GetLineNumber(reader->parser);
}

/* Ends the reading. */
static void stop(graphml_reader *reader, int status)
{
    if (status == FR_OK || reader->status != FR_OK) return;
    reader->status = status;
    xmlStopParser(reader->parser);
}

/* ---- attributes of elements ---- */

/* A value in the document: not terminated. NULL text: the attribute is not there. */
typedef struct {
    const char *text;
    int64_t length;
} span;

/* libxml2 gives five pointers for each attribute: name, prefix, namespace, begin and end of the value. */
static span attribute(const xmlChar **list, int count, const char *name)
{
    for (int k = 0; k < count; k++)
        if (strcmp((const char *)list[5 * k], name) == 0)
            return (span){(const char *)list[5 * k + 3], list[5 * k + 4] - list[5 * k + 3]};
    return (span){0};
}

static bool is_span(span value, const char *text)
{
    return value.text != NULL && (int64_t)strlen(text) == value.length &&
           memcmp(value.text, text, (size_t)value.length) == 0;
}

/* The attribute must be there. */
static int need(const graphml_reader *reader, span value, const char *element, const char *name)
{
    if (value.text != NULL) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the element '%s' has no '%s'", reader->file, line_of(reader),
                   element, name);
}

static int shown(span value)
{
    return (int)(value.length < 60 ? value.length : 60);
}

/* ---- keys ---- */

static int add_key(const graphml_reader *reader, key_table *table, span id, int64_t attribute_number,
                   int64_t *number)
{
    bool added;
    int status = graph_names_add(&table->ids, id.text, id.length, number, &added);
    if (status != FR_OK) return status;
    if (!added)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the key '%.*s' is declared twice", reader->file,
                       line_of(reader), shown(id), id.text);
    if (*number >= table->room) {
        int64_t room = 2 * *number + 16;
        key *moved = fr_realloc(table->key, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        table->key = moved;
        table->room = room;
    }
    table->key[*number] = (key){attribute_number, -1};
    return FR_OK;
}

/* A key without a name is called by its id; a type that is missing may be a number. */
static int start_key(graphml_reader *reader, const xmlChar **list, int count)
{
    span id = attribute(list, count, "id"), name = attribute(list, count, "attr.name");
    span domain = attribute(list, count, "for"), type = attribute(list, count, "attr.type");
    bool all = domain.text == NULL || is_span(domain, "all");
    bool numeric = !is_span(type, "string") && !is_span(type, "boolean");
    int64_t number = 0;
    reader->new_node_key = reader->new_edge_key = -1;
    int status = need(reader, id, "key", "id");
    if (name.text == NULL) name = id;
    if (status == FR_OK && (all || is_span(domain, "node"))) {
        if (reader->cells != NULL)
            status = attribute_list_column(reader->cells, name.text, name.length, &number);
        if (status == FR_OK) status = add_key(reader, &reader->node_keys, id, number, &reader->new_node_key);
    }
    if (status == FR_OK && (all || is_span(domain, "edge"))) {
        status = edge_attributes_add(&reader->edges, name.text, name.length, numeric);
        number = graph_names_find(&reader->edges.names, name.text, name.length);
        if (status == FR_OK) status = add_key(reader, &reader->edge_keys, id, number, &reader->new_edge_key);
    }
    return status;
}

static int end_default(graphml_reader *reader)
{
    int64_t offset = reader->defaults.bytes_used;
    int status = graph_names_append(&reader->defaults, reader->text, reader->text_length);
    if (status != FR_OK) return status;
    if (reader->new_node_key >= 0) reader->node_keys.key[reader->new_node_key].default_offset = offset;
    if (reader->new_edge_key >= 0) reader->edge_keys.key[reader->new_edge_key].default_offset = offset;
    return FR_OK;
}

/* ---- the graph ---- */

/* All keys are known: chooses the weight. */
static int start_graph(graphml_reader *reader)
{
    if (reader->seen_graph)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a second graph; a file holds one", reader->file,
                       line_of(reader));
    reader->seen_graph = true;
    if (reader->later) return FR_OK;
    int status = edge_attributes_weight(&reader->edges, reader->file, reader->settings, &reader->weight);
    if (status != FR_OK || reader->weight < 0) return status;
    reader->weight_name = reader->edges.names.bytes + reader->edges.names.offset[reader->weight];
    for (int64_t k = 0; k < reader->edge_keys.ids.count && status == FR_OK; k++) {
        const key *declared = &reader->edge_keys.key[k];
        if (declared->attribute != reader->weight || declared->default_offset < 0) continue;
        const char *text = reader->defaults.bytes + declared->default_offset;
        reader->has_default_weight = true;
        status = graph_weight_parse(reader->file, line_of(reader), reader->weight_name, text,
                                    (int64_t)strlen(text), &reader->default_weight);
    }
    return status;
}

static int put_cell(graphml_reader *reader, int64_t column, const char *text, int64_t length)
{
    return attribute_list_put(reader->cells, reader->arcs->names.count - 1, column, text, length);
}

static int start_node(graphml_reader *reader, const xmlChar **list, int count)
{
    span id = attribute(list, count, "id");
    int64_t number;
    bool added;
    int status = need(reader, id, "node", "id");
    if (status == FR_OK) status = graph_names_add(&reader->arcs->names, id.text, id.length, &number, &added);
    if (status != FR_OK) return status;
    if (!added)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the node '%.*s' is defined twice", reader->file,
                       line_of(reader), shown(id), id.text);
    if (reader->cells == NULL) return FR_OK;
    status = put_cell(reader, 0, id.text, id.length);
    for (int64_t k = 0; k < reader->node_keys.ids.count && status == FR_OK; k++) {
        const key *declared = &reader->node_keys.key[k];
        if (declared->default_offset < 0) continue;
        const char *text = reader->defaults.bytes + declared->default_offset;
        status = put_cell(reader, declared->attribute, text, (int64_t)strlen(text));
    }
    return status;
}

/* The number of the node, or -1: it may come later. */
static int find_end(graphml_reader *reader, const xmlChar **list, int count, const char *name, int64_t *node)
{
    span id = attribute(list, count, name);
    int status = need(reader, id, "edge", name);
    if (status != FR_OK) return status;
    *node = graph_names_find(&reader->arcs->names, id.text, id.length);
    if (*node >= 0 || !reader->later) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %s '%.*s' is not the id of a node", reader->file,
                   line_of(reader), name, shown(id), id.text);
}

static int start_edge(graphml_reader *reader, const xmlChar **list, int count)
{
    reader->line = line_of(reader);
    reader->edge_weight = reader->has_default_weight ? reader->default_weight : 1;
    reader->has_weight = reader->has_default_weight;
    int status = find_end(reader, list, count, "source", &reader->source);
    if (status == FR_OK) status = find_end(reader, list, count, "target", &reader->target);
    if (status == FR_OK && reader->n_edges % 65536 == 0) status = fr_progress_tick(NULL, 0, 0);
    return status;
}

/* Lists the edge, once for all readings; the order of the file is kept by letting all edges behind one that waits wait too. */
static int end_edge(graphml_reader *reader)
{
    int64_t number = reader->n_edges++;
    if (number < reader->n_taken) return FR_OK;
    reader->waiting = reader->waiting || reader->source < 0 || reader->target < 0;
    if (reader->waiting) return FR_OK;
    reader->n_taken++;
    reader->n_missing += !reader->has_weight;
    return graph_arcs_add(reader->arcs, reader->source, reader->target, reader->edge_weight, reader->line);
}

/* ---- data ---- */

static int start_data(graphml_reader *reader, const xmlChar **list, int count)
{
    span id = attribute(list, count, "key");
    const key_table *table = reader->owner == AT_NODE ? &reader->node_keys : &reader->edge_keys;
    int status = need(reader, id, "data", "key");
    if (status != FR_OK) return status;
    reader->data_key = graph_names_find(&table->ids, id.text, id.length);
    if (reader->data_key >= 0) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": no key element declares the key '%.*s' for %s", reader->file,
                   line_of(reader), shown(id), id.text, reader->owner == AT_NODE ? "nodes" : "edges");
}

static int end_data(graphml_reader *reader)
{
    if (reader->owner == AT_NODE) {
        if (reader->cells == NULL || reader->later) return FR_OK;
        return put_cell(reader, reader->node_keys.key[reader->data_key].attribute, reader->text,
                        reader->text_length);
    }
    if (reader->weight < 0 || reader->edge_keys.key[reader->data_key].attribute != reader->weight)
        return FR_OK;
    reader->has_weight = true;
    return graph_weight_parse(reader->file, line_of(reader), reader->weight_name, reader->text,
                              reader->text_length, &reader->edge_weight);
}

/* ---- events ---- */

/* The blanks around a text do not belong to it. */
static void trim_text(graphml_reader *reader)
{
    int64_t begin = 0, end = reader->text_length;
    while (begin < end && (fr_is_blank(reader->text[begin]) || reader->text[begin] == '\n'))
        begin++;
    while (end > begin && (fr_is_blank(reader->text[end - 1]) || reader->text[end - 1] == '\n'))
        end--;
    memmove(reader->text, reader->text + begin, (size_t)(end - begin));
    reader->text_length = end - begin;
}

static int reject(const graphml_reader *reader, const char *what)
{
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %s", reader->file, line_of(reader), what);
}

/* A child of the current element: the place it leads to, or the current place where it is to be passed over. */
static int enter(graphml_reader *reader, const char *name, const xmlChar **list, int count)
{
    bool graph = strcmp(name, "graph") == 0, data = strcmp(name, "data") == 0;
    place before = reader->place;
    switch (before) {
    case AT_TOP:
        if (strcmp(name, "graphml") != 0)
            return fr_fail(FR_EINPUT,
                           "%s:%" PRId64 ": expected a graphml element, found '%.60s': this is not GraphML",
                           reader->file, line_of(reader), name);
        reader->place = AT_GRAPHML;
        return FR_OK;
    case AT_GRAPHML:
        if (graph) {
            reader->place = AT_GRAPH;
            return start_graph(reader);
        }
        if (strcmp(name, "key") != 0 || reader->later) return FR_OK;
        reader->place = AT_KEY;
        return start_key(reader, list, count);
    case AT_KEY:
        if (strcmp(name, "default") == 0) reader->place = AT_DEFAULT;
        return FR_OK;
    case AT_GRAPH:
        if (strcmp(name, "hyperedge") == 0)
            return reject(reader, "edges with more than two ends are not supported");
        if (strcmp(name, "node") == 0) {
            reader->place = AT_NODE;
            return reader->later ? FR_OK : start_node(reader, list, count);
        }
        if (strcmp(name, "edge") != 0) return FR_OK;
        reader->place = AT_EDGE;
        return start_edge(reader, list, count);
    case AT_NODE:
    case AT_EDGE:
        if (graph) return reject(reader, "a graph within a node or an edge; nested graphs are not supported");
        if (!data) return FR_OK;
        reader->place = AT_DATA;
        reader->owner = before;
        return start_data(reader, list, count);
    default:
        return FR_OK;
    }
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space,
                     int n_spaces, const xmlChar **spaces, int n_attributes, int n_defaulted,
                     const xmlChar **attributes)
{
    (void)prefix, (void)space, (void)n_spaces, (void)spaces, (void)n_defaulted;
    graphml_reader *reader = context;
    if (reader->status != FR_OK) return;
    if (reader->skipped > 0) {
        reader->skipped++;
        return;
    }
    place before = reader->place;
    stop(reader, enter(reader, (const char *)name, attributes, n_attributes));
    if (reader->place == before)
        reader->skipped = 1;
    else
        reader->text_length = 0;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
    (void)name, (void)prefix, (void)space;
    graphml_reader *reader = context;
    if (reader->status != FR_OK) return;
    if (reader->skipped > 0) {
        reader->skipped--;
        return;
    }
    int status = FR_OK;
    place after = AT_TOP;
    if (reader->place == AT_DATA || reader->place == AT_DEFAULT) trim_text(reader);
    switch (reader->place) {
    case AT_DATA:
        status = end_data(reader);
        after = reader->owner;
        break;
    case AT_DEFAULT:
        status = end_default(reader);
        after = AT_KEY;
        break;
    case AT_EDGE:
        status = end_edge(reader);
        after = AT_GRAPH;
        break;
    case AT_NODE:
        after = AT_GRAPH;
        break;
    case AT_KEY:
    case AT_GRAPH:
        after = AT_GRAPHML;
        break;
    default:
        break;
    }
    reader->place = after;
    stop(reader, status);
}

static void on_text(void *context, const xmlChar *text, int length)
{
    graphml_reader *reader = context;
    if (reader->status != FR_OK || reader->skipped > 0 ||
        (reader->place != AT_DATA && reader->place != AT_DEFAULT))
        return;
    if (reader->text_length + length > reader->text_room) {
        int64_t room = 2 * reader->text_room + length + 64;
        char *moved = fr_realloc(reader->text, room, 1);
        if (moved == NULL) {
            stop(reader, FR_ENOMEM);
            return;
        }
        reader->text = moved;
        reader->text_room = room;
    }
    memcpy(reader->text + reader->text_length, text, (size_t)length);
    reader->text_length += length;
}

static xmlEntityPtr on_entity(void *context, const xmlChar *name)
{
    (void)context;
    return xmlGetPredefinedEntity(name);
}

static void on_reference(void *context, const xmlChar *name)
{
    graphml_reader *reader = context;
    if (reader->status != FR_OK) return;
    stop(reader, fr_fail(FR_EINPUT, "%s:%" PRId64 ": the entity '%.60s' is not known", reader->file,
                         line_of(reader), (const char *)name));
}

/* Declared entities can make a small file large, or read other files. */
static void on_entity_declaration(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                                  const xmlChar *system_id, xmlChar *content)
{
    (void)type, (void)public_id, (void)system_id, (void)content;
    graphml_reader *reader = context;
    if (reader->status != FR_OK) return;
    stop(reader, fr_fail(FR_EINPUT,
                         "%s:%" PRId64 ": the document declares the entity '%.60s', which is not supported",
                         reader->file, line_of(reader), (const char *)name));
}

#if LIBXML_VERSION >= 21200
typedef const xmlError xml_error;
#else
typedef xmlError xml_error;
#endif

static void on_error(void *context, xml_error *error)
{
    graphml_reader *reader = context;
    if (reader->status != FR_OK || error->level < XML_ERR_ERROR) return;
    int status = error->code == XML_ERR_NO_MEMORY ? FR_ENOMEM : FR_EINPUT;
    int length = error->message != NULL ? (int)strcspn(error->message, "\n") : 0;
    stop(reader, fr_fail(status, "%s:%d: not well-formed XML: %.*s", reader->file, error->line,
                         length < 300 ? length : 300, error->message != NULL ? error->message : ""));
}

/* One reading of the document. */
static int read_document(graphml_reader *reader, const char *bytes, int64_t size)
{
    enum { piece = 65536 };
    xmlSAXHandler events = {.initialized = XML_SAX2_MAGIC,
                            .startElementNs = on_start,
                            .endElementNs = on_end,
                            .characters = on_text,
                            .cdataBlock = on_text,
                            .getEntity = on_entity,
                            .reference = on_reference,
                            .entityDecl = on_entity_declaration,
                            .serror = on_error};
    reader->parser = xmlCreatePushParserCtxt(&events, reader, NULL, 0, reader->file);
    if (reader->parser == NULL) return fr_fail(FR_ENOMEM, "out of memory while reading %s", reader->file);
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET);
    reader->place = AT_TOP;
    reader->skipped = 0;
    reader->seen_graph = false;
    reader->n_edges = 0;
    reader->waiting = false;
    int code = 0;
    for (int64_t at = 0; at < size && code == 0 && reader->status == FR_OK; at += piece)
        code = xmlParseChunk(reader->parser, bytes + at, (int)(size - at < piece ? size - at : piece), 0);
    if (code == 0 && reader->status == FR_OK) code = xmlParseChunk(reader->parser, NULL, 0, 1);
    if (reader->status == FR_OK && code != 0)
        reader->status =
            fr_fail(FR_EINPUT, "%s:%" PRId64 ": not well-formed XML", reader->file, line_of(reader));
    if (reader->status == FR_OK && !reader->seen_graph)
        reader->status = fr_fail(FR_EINPUT, "%s: no graph element", reader->file);
    xmlFreeDoc(reader->parser->myDoc);
    reader->parser->myDoc = NULL;
    xmlFreeParserCtxt(reader->parser);
    return reader->status;
}

static void free_keys(key_table *table)
{
    graph_names_free(&table->ids);
    fr_free(table->key);
}

int graph_parse_graphml(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                        graph_arcs *arcs, fr_graph_attributes *attributes)
{
    attribute_list cells = {0};
    graphml_reader reader = {.file = name, .settings = settings, .arcs = arcs, .weight = -1};
    reader.text_room = 256;
    reader.text = fr_alloc(reader.text_room, 1);
    int status = reader.text != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK && attributes != NULL) {
        reader.cells = &cells;
        status = attribute_list_column(&cells, "id", 2, &(int64_t){0}); /* column 0 */
    }
    xmlInitParser();
    if (status == FR_OK) status = read_document(&reader, bytes, size);
    if (status == FR_OK && reader.waiting) {
        reader.later = true;
        status = read_document(&reader, bytes, size);
    }
    if (status == FR_OK && arcs->names.count == 0)
        status = fr_fail(FR_EINPUT, "%s: the graph has no nodes", name);
    if (arcs->names.count > arcs->n) arcs->n = arcs->names.count;
    if (status == FR_OK && attributes != NULL) status = attribute_list_finish(&cells, arcs->n, attributes);
    if (status == FR_OK && reader.weight >= 0)
        graph_weight_missing(name, reader.weight_name, reader.n_missing);
    if (status == FR_OK && graph_names_are_numbers(&arcs->names)) graph_names_free(&arcs->names);
    free_keys(&reader.node_keys);
    free_keys(&reader.edge_keys);
    graph_names_free(&reader.defaults);
    edge_attributes_free(&reader.edges);
    attribute_list_free(&cells);
    fr_free(reader.text);
    return status;
}
