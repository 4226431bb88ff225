/* Label tables, expressions that choose nodes, lists of nodes and of changes, for a graph with names (first byte even) or without. */
#include <frugal/graph.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_list(const char *path, const fr_graph *graph)
{
    int64_t *nodes, count;
    double *masses;
    if (fr_graph_nodes_read(path, graph, &nodes, &masses, &count) != FR_OK) return;
    for (int64_t k = 0; k < count; k++)
        if (nodes[k] < 0 || nodes[k] >= graph->n || (masses != NULL && !(masses[k] >= 0))) __builtin_trap();
    fr_free(nodes);
    fr_free(masses);
}

/* Every cell as an expression. */
static void read_table(const char *path, const fr_graph *graph)
{
    fr_graph_attributes labels;
    if (fr_graph_labels_read(path, graph, &labels) != FR_OK) return;
    for (int64_t c = 0; c < labels.n_columns; c++)
        for (int64_t i = 0; i < labels.n; i++) {
            char expression[300];
            const char *cell = labels.cells[i * labels.n_columns + c];
            int64_t *nodes, count;
            if (cell == NULL || strlen(cell) + strlen(labels.names[c]) > 250 ||
                strchr(labels.names[c], '=') != NULL)
                continue;
            snprintf(expression, sizeof expression, "%s=%s", labels.names[c], cell);
            if (fr_graph_select(&labels, expression, &nodes, &count) == FR_OK) fr_free(nodes);
        }
    fr_graph_attributes_free(&labels);
}

/* The list as edges to set, perhaps to new nodes, then as edges to remove. What comes out must be a graph. */
static void read_changes(const char *path, const fr_graph *graph)
{
    enum { most_new = 1000 };
    fr_graph_edits edits = {0};
    fr_graph changed;
    int status = fr_graph_edits_read(path, graph, FR_GRAPH_SET, true, &edits);
    if (status == FR_OK) (void)fr_graph_edits_read(path, graph, FR_GRAPH_REMOVE, false, &edits);
    if (status == FR_OK && edits.n_new < most_new && fr_graph_edit(graph, &edits, &changed, NULL) == FR_OK) {
        if (fr_graph_check(&changed) != FR_OK || changed.n != graph->n + edits.n_new) __builtin_trap();
        fr_graph_free(&changed);
    }
    fr_graph_edits_free(&edits);
}

/* Made once. */
static const fr_graph *named_or_not(bool named)
{
    static const char *const texts[] = {"0 1\n1 2\n2 3\n", "a b\nb c\nc node\n"};
    static fr_graph graphs[2];
    const char *text = texts[named];
    if (graphs[named].row == NULL && fr_graph_parse(text, (int64_t)strlen(text), "fuzz.edgelist", NULL,
                                                    &graphs[named], NULL, NULL) != FR_OK)
        __builtin_trap();
    return &graphs[named];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1) return 0;
    const fr_graph *graph = named_or_not(bytes[0] % 2 == 0);
    char path[64];
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, bytes + 1, size - 1) != (ssize_t)(size - 1)) __builtin_trap();
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    read_list(path, graph);
    read_table(path, graph);
    read_changes(path, graph);
    close(descriptor);
    return 0;
}
