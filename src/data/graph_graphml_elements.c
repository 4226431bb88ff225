/* What the elements of GraphML mean: keys and their defaults, nodes, edges, data. */
#include "graph_graphml.h"

#include <inttypes.h>
#include <string.h>

/* ---- attributes of elements ---- */

/* A value in the document: not terminated. NULL text: the attribute is not there. */
typedef struct {
    const char *text;
    int64_t length;
} span;

/* Attributes with a prefix, such as xml:id, are others. */
static span attribute(const xmlChar **list, int count, const char *name)
{
    for (int k = 0; k < count; k++)
        if (list[5 * k + 1] == NULL && strcmp((const char *)list[5 * k], name) == 0)
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
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the element '%s' has no '%s'", reader->file,
                   graphml_line(reader), element, name);
}

static int shown(span value)
{
    return (int)(value.length < 60 ? value.length : 60);
}

/* ---- keys ---- */

static int add_key(const graphml_reader *reader, graphml_keys *table, span id, int64_t attribute_number,
                   int64_t *number)
{
    bool added;
    int status = graph_names_add(&table->ids, id.text, id.length, number, &added);
    if (status != FR_OK) return status;
    if (!added)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the key '%.*s' is declared twice", reader->file,
                       graphml_line(reader), shown(id), id.text);
    if (*number >= table->room) {
        int64_t room = 2 * *number + 16;
        graphml_key *moved = fr_realloc(table->key, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        table->key = moved;
        table->room = room;
    }
    table->key[*number] = (graphml_key){attribute_number, -1};
    return FR_OK;
}

/* A key without a name is called by its id; a type that is missing may be a number. */
int graphml_start_key(graphml_reader *reader, const xmlChar **list, int count)
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

int graphml_end_default(graphml_reader *reader)
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
int graphml_start_graph(graphml_reader *reader)
{
    if (reader->seen_graph)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a second graph; a file holds one", reader->file,
                       graphml_line(reader));
    reader->seen_graph = true;
    if (reader->later) return FR_OK;
    int status = edge_attributes_weight(&reader->edges, reader->file, reader->settings, &reader->weight);
    if (status != FR_OK || reader->weight < 0) return status;
    reader->weight_name = reader->edges.names.bytes + reader->edges.names.offset[reader->weight];
    for (int64_t k = 0; k < reader->edge_keys.ids.count && status == FR_OK; k++) {
        const graphml_key *declared = &reader->edge_keys.key[k];
        if (declared->attribute != reader->weight || declared->default_offset < 0) continue;
        const char *text = reader->defaults.bytes + declared->default_offset;
        reader->has_default_weight = true;
        status = graph_weight_parse(reader->file, graphml_line(reader), reader->weight_name, text,
                                    (int64_t)strlen(text), &reader->default_weight);
    }
    return status;
}

static int put_cell(graphml_reader *reader, int64_t column, const char *text, int64_t length)
{
    return attribute_list_put(reader->cells, reader->arcs->names.count - 1, column, text, length);
}

int graphml_start_node(graphml_reader *reader, const xmlChar **list, int count)
{
    span id = attribute(list, count, "id");
    int64_t number;
    bool added;
    int status = need(reader, id, "node", "id");
    if (status == FR_OK) status = graph_names_add(&reader->arcs->names, id.text, id.length, &number, &added);
    if (status != FR_OK) return status;
    if (!added)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": the node '%.*s' is defined twice", reader->file,
                       graphml_line(reader), shown(id), id.text);
    if (reader->cells == NULL) return FR_OK;
    status = put_cell(reader, 0, id.text, id.length);
    for (int64_t k = 0; k < reader->node_keys.ids.count && status == FR_OK; k++) {
        const graphml_key *declared = &reader->node_keys.key[k];
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
                   graphml_line(reader), name, shown(id), id.text);
}

int graphml_start_edge(graphml_reader *reader, const xmlChar **list, int count)
{
    reader->line = graphml_line(reader);
    reader->edge_weight = reader->has_default_weight ? reader->default_weight : 1;
    reader->has_weight = reader->has_default_weight;
    int status = find_end(reader, list, count, "source", &reader->source);
    if (status == FR_OK) status = find_end(reader, list, count, "target", &reader->target);
    if (status == FR_OK && reader->n_edges % 65536 == 0) status = fr_progress_tick(NULL, 0, 0);
    return status;
}

/* Lists the edge, once for all readings; the order of the file is kept by letting all edges behind one that waits wait too. */
int graphml_end_edge(graphml_reader *reader)
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

int graphml_start_data(graphml_reader *reader, const xmlChar **list, int count)
{
    span id = attribute(list, count, "key");
    const graphml_keys *table = reader->owner == AT_NODE ? &reader->node_keys : &reader->edge_keys;
    int status = need(reader, id, "data", "key");
    if (status != FR_OK) return status;
    reader->data_key = graph_names_find(&table->ids, id.text, id.length);
    if (reader->data_key >= 0) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": no key element declares the key '%.*s' for %s", reader->file,
                   graphml_line(reader), shown(id), id.text, reader->owner == AT_NODE ? "nodes" : "edges");
}

int graphml_end_data(graphml_reader *reader)
{
    if (reader->owner == AT_NODE) {
        if (reader->cells == NULL || reader->later) return FR_OK;
        return put_cell(reader, reader->node_keys.key[reader->data_key].attribute, reader->text,
                        reader->text_length);
    }
    if (reader->weight < 0 || reader->edge_keys.key[reader->data_key].attribute != reader->weight)
        return FR_OK;
    reader->has_weight = true;
    return graph_weight_parse(reader->file, graphml_line(reader), reader->weight_name, reader->text,
                              reader->text_length, &reader->edge_weight);
}
