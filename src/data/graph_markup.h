/* What GML and GraphML have in common: which attribute of the edges is the weight; ids that are only numbers. */
#ifndef FRUGAL_DATA_GRAPH_MARKUP_H
#define FRUGAL_DATA_GRAPH_MARKUP_H

#include "graph_build.h"

/* The edge attributes that a file has. A zeroed struct is empty. */
typedef struct {
    graph_names names;
    bool *numeric; /* of each name */
    int64_t room;
} edge_attributes;

/* Adds the attribute if it is new; it is numeric if it was so whenever it was added. */
int edge_attributes_add(edge_attributes *attributes, const char *name, int64_t length, bool numeric);
/* The number of the attribute that is the weight, -1 if there is none: settings->weight_attribute (FR_EINPUT if it is
 * missing), else "weight", else "weights", else "value". Warns which one is taken when there are other numeric ones. */
int edge_attributes_weight(const edge_attributes *attributes, const char *file,
                           const fr_graph_settings *settings, int64_t *chosen);
void edge_attributes_free(edge_attributes *attributes);

/* A weight as text: a number, or something like inf or nan, which is for graph_arcs_add to judge. */
int graph_weight_parse(const char *file, int64_t line, const char *attribute, const char *text,
                       int64_t length, double *weight);
/* Warns of edges without the attribute, whose weight is 1. */
void graph_weight_missing(const char *file, const char *attribute, int64_t count);

/* Are the texts 0, 1, 2, ...? */
bool graph_names_are_numbers(const graph_names *names);

#endif
