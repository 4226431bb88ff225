/* Inside the GraphML reader: its state, and what each element means. */
#ifndef FRUGAL_DATA_GRAPH_GRAPHML_H
#define FRUGAL_DATA_GRAPH_GRAPHML_H

#include "graph_attributes.h"
#include "graph_markup.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

/* Where the reader is. Elements of no interest are passed over with all that they hold. */
typedef enum { AT_TOP, AT_GRAPHML, AT_KEY, AT_DEFAULT, AT_GRAPH, AT_NODE, AT_EDGE, AT_DATA } graphml_place;

/* A key of nodes or of edges. */
typedef struct {
    int64_t attribute;      /* its column of the node attributes, or its number among the edge attributes */
    int64_t default_offset; /* into `defaults`; -1: none */
} graphml_key;

typedef struct {
    graph_names ids;
    graphml_key *key; /* of each id */
    int64_t room;
} graphml_keys;

typedef struct {
    const char *file;
    xmlParserCtxtPtr parser;
    const fr_graph_settings *settings;
    graph_arcs *arcs;
    attribute_list *cells; /* NULL: not wanted */
    int status;            /* of the first failure */

    graphml_place place, owner; /* owner: what the data element is in */
    int64_t skipped;            /* depth within an element that is passed over */
    bool seen_graph, later;     /* later: the second reading, for edges only */

    graphml_keys node_keys, edge_keys;
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

static inline int64_t graphml_line(const graphml_reader *reader)
{
    return xmlSAX2GetLineNumber(reader->parser);
}

/* Beginnings and ends of elements. `list` holds five pointers for each of `count` attributes: name, prefix, namespace, begin
 * and end of the value. */
int graphml_start_key(graphml_reader *reader, const xmlChar **list, int count);
int graphml_end_default(graphml_reader *reader);
int graphml_start_graph(graphml_reader *reader);
int graphml_start_node(graphml_reader *reader, const xmlChar **list, int count);
int graphml_start_edge(graphml_reader *reader, const xmlChar **list, int count);
int graphml_end_edge(graphml_reader *reader);
int graphml_start_data(graphml_reader *reader, const xmlChar **list, int count);
int graphml_end_data(graphml_reader *reader);

#endif
