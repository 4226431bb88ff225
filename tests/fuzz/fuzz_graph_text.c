/* Graphs as edge lists, smat, Matrix Market and METIS, also packed. The first byte chooses the format, the second the settings;
 * what is read must be a well-formed graph, and its parts too. */
#include <frugal/graph.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { most_nodes = 100000 };

/* A number that would be a fine id, but of a graph too large to be made thousands of times a second. */
static bool has_large_id(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t k = 0; k < size; k++) {
        bool digit = bytes[k] >= '0' && bytes[k] <= '9';
        if (digit && value < UINT64_C(1) << 40) value = 10 * value + (bytes[k] - '0');
        bool ends = !digit || k + 1 == size;
        if (ends && value > most_nodes && value < UINT64_C(1) << 33) return true;
        if (!digit) value = 0;
    }
    return false;
}

/* The first few nodes by themselves, found by their names. */
static void look_up(const fr_graph *graph)
{
    int64_t nodes[3], count = graph->n < 3 ? graph->n : 3;
    char buffer[24];
    for (int64_t i = 0; i < count; i++) {
        nodes[i] = count - 1 - i;
        int64_t found;
        const char *name = fr_graph_name(graph, i, buffer);
        if (fr_graph_find(graph, name, "fuzz", &found) != FR_OK) __builtin_trap();
        if (graph->name_offset == NULL && found != i) __builtin_trap();
    }
    fr_graph part;
    if (fr_graph_subgraph(graph, count, nodes, &part) != FR_OK || fr_graph_check(&part) != FR_OK)
        __builtin_trap();
    fr_graph_free(&part);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fr_graph_format formats[] = {FR_GRAPH_EDGELIST, FR_GRAPH_SMAT, FR_GRAPH_MTX, FR_GRAPH_METIS};
    if (size < 2 || has_large_id(bytes + 2, size - 2)) return 0;
    fr_graph graph;
    fr_graph_notes notes;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    unsigned choice = bytes[1];
    settings.format = formats[bytes[0] % 4];
    settings.separator = "\0\t,; "[bytes[0] / 4 % 5];
    settings.header = (fr_header)(bytes[0] / 20 % 3);
    settings.named = choice % 2 == 1;
    settings.one_based = choice / 2 % 2 == 1;
    settings.unweighted = choice / 4 % 2 == 1;
    settings.drop_bad_weights = choice / 8 % 2 == 1;
    settings.drop_loops = choice / 16 % 2 == 1;
    settings.duplicates = (fr_graph_duplicates)(choice / 32 % 4);
    settings.symmetrise = (fr_graph_symmetrise)(choice / 128);
    if (fr_graph_parse((const char *)bytes + 2, (int64_t)size - 2, "fuzz", &settings, &graph, NULL, &notes) !=
        FR_OK)
        return 0;
    if (fr_graph_check(&graph) != FR_OK || notes.lines < notes.duplicates) __builtin_trap();
    look_up(&graph);
    fr_graph_free(&graph);
    return 0;
}
