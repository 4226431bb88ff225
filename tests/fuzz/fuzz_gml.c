/* GML with attributes; what is read must be a well-formed graph. */
#include <frugal/graph.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fr_graph graph;
    fr_graph_attributes attributes;
    if (fr_graph_parse((const char *)bytes, (int64_t)size, "fuzz.gml", NULL, &graph, &attributes, NULL) !=
        FR_OK)
        return 0;
    if (fr_graph_check(&graph) != FR_OK || attributes.n != graph.n) __builtin_trap();
    fr_graph_attributes_free(&attributes);
    fr_graph_free(&graph);
    return 0;
}
