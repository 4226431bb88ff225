/* GraphML (graphml.graphdrawing.org), by the event parser of libxml2, fed in pieces: no tree is built, nothing but the given
 * bytes is read, entities other than the five of XML are refused.
 *
 *     graphml > key(id, for, attr.name, attr.type) > default
 *     graphml > graph > node(id) > data(key), edge(source, target) > data(key)
 *
 * Node ids are numbered in document order and are the nodes' names, unless they are 0, 1, 2, ... Edges whose ends come later
 * in the document wait for a second reading. */
#include "graph_graphml.h"
#include "lines.h"

#include <inttypes.h>
#include <string.h>

/* Ends the reading. */
static void stop(graphml_reader *reader, int status)
{
    if (status == FR_OK || reader->status != FR_OK) return;
    reader->status = status;
    xmlStopParser(reader->parser);
}

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
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %s", reader->file, graphml_line(reader), what);
}

/* A child of the current element: the place it leads to, or the current place where it is to be passed over. */
static int enter(graphml_reader *reader, const char *name, const xmlChar **list, int count)
{
    bool graph = strcmp(name, "graph") == 0, data = strcmp(name, "data") == 0;
    graphml_place before = reader->place;
    switch (before) {
    case AT_TOP:
        if (strcmp(name, "graphml") != 0)
            return fr_fail(FR_EINPUT,
                           "%s:%" PRId64 ": expected a graphml element, found '%.60s': this is not GraphML",
                           reader->file, graphml_line(reader), name);
        reader->place = AT_GRAPHML;
        return FR_OK;
    case AT_GRAPHML:
        if (graph) {
            reader->place = AT_GRAPH;
            return graphml_start_graph(reader);
        }
        if (strcmp(name, "key") != 0 || reader->later) return FR_OK;
        reader->place = AT_KEY;
        return graphml_start_key(reader, list, count);
    case AT_KEY:
        if (strcmp(name, "default") == 0) reader->place = AT_DEFAULT;
        return FR_OK;
    case AT_GRAPH:
        if (strcmp(name, "hyperedge") == 0)
            return reject(reader, "edges with more than two ends are not supported");
        if (strcmp(name, "node") == 0) {
            reader->place = AT_NODE;
            return reader->later ? FR_OK : graphml_start_node(reader, list, count);
        }
        if (strcmp(name, "edge") != 0) return FR_OK;
        reader->place = AT_EDGE;
        return graphml_start_edge(reader, list, count);
    case AT_NODE:
    case AT_EDGE:
        if (graph) return reject(reader, "a graph within a node or an edge; nested graphs are not supported");
        if (!data) return FR_OK;
        reader->place = AT_DATA;
        reader->owner = before;
        return graphml_start_data(reader, list, count);
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
    graphml_place before = reader->place;
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
    graphml_place after = AT_TOP;
    if (reader->place == AT_DATA || reader->place == AT_DEFAULT) trim_text(reader);
    switch (reader->place) {
    case AT_DATA:
        status = graphml_end_data(reader);
        after = reader->owner;
        break;
    case AT_DEFAULT:
        status = graphml_end_default(reader);
        after = AT_KEY;
        break;
    case AT_EDGE:
        status = graphml_end_edge(reader);
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
                         graphml_line(reader), (const char *)name));
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
                         reader->file, graphml_line(reader), (const char *)name));
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
            fr_fail(FR_EINPUT, "%s:%" PRId64 ": not well-formed XML", reader->file, graphml_line(reader));
    if (reader->status == FR_OK && !reader->seen_graph)
        reader->status = fr_fail(FR_EINPUT, "%s: no graph element", reader->file);
    xmlFreeDoc(reader->parser->myDoc);
    reader->parser->myDoc = NULL;
    xmlFreeParserCtxt(reader->parser);
    return reader->status;
}

static void free_keys(graphml_keys *table)
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
