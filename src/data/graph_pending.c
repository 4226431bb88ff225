/* Holds the place of the formats that are about to land. */
#include "graph_build.h"

__attribute__((weak)) int graph_parse_gml(const char *bytes, int64_t size, const char *name,
                                          const fr_graph_settings *settings, graph_arcs *arcs,
                                          fr_graph_attributes *attributes)
{
    (void)bytes, (void)size, (void)settings, (void)arcs, (void)attributes;
    return fr_fail(FR_EUNAVAILABLE, "%s: GML is not read yet", name);
}

__attribute__((weak)) int graph_parse_graphml(const char *bytes, int64_t size, const char *name,
                                              const fr_graph_settings *settings, graph_arcs *arcs,
                                              fr_graph_attributes *attributes)
{
    (void)bytes, (void)size, (void)settings, (void)arcs, (void)attributes;
    return fr_fail(FR_EUNAVAILABLE, "%s: GraphML is not read yet", name);
}

__attribute__((weak)) int fr_fgraph_open(const char *path, fr_graph *out)
{
    *out = (fr_graph){0};
    return fr_fail(FR_EUNAVAILABLE, "%s: binary graphs are not read yet", path);
}

__attribute__((weak)) void fr_graph_attributes_free(fr_graph_attributes *attributes)
{
    *attributes = (fr_graph_attributes){0};
}
