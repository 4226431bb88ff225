/* The text formats of lines; each fills `arcs` from a source at its start. */
#ifndef FRUGAL_DATA_GRAPH_FORMATS_H
#define FRUGAL_DATA_GRAPH_FORMATS_H

#include "graph_source.h"

int graph_parse_edgelist(graph_source *source, graph_arcs *arcs);
int graph_parse_smat(graph_source *source, graph_arcs *arcs);
int graph_parse_mtx(graph_source *source, graph_arcs *arcs);
int graph_parse_metis(graph_source *source, graph_arcs *arcs);

#endif
