/* .fgraph files. The input is the 80 bytes of the header, then up to six sections, each a byte with its size and its contents, that
 * are put at multiples of 4096 as in a file. */
#include <frugal/cluster.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { header_size = 80, page = 4096, most_sections = 6 };

/* Everything that reads a file which has not been checked, then the check, then what relies on it. */
static void use(fr_graph *graph)
{
    char buffer[24];
    int64_t node;
    fr_cluster_workspace *workspace = NULL;
    fr_cluster_scores scores;
    fr_graph_find(graph, "a", "fuzz", &node);
    if (fr_cluster_workspace_new(graph, &workspace) == FR_OK)
        for (int64_t i = 0; i < graph->n; i++) {
            fr_graph_name(graph, i, buffer);
            fr_cluster_score(workspace, 1, &i, &scores);
        }
    fr_cluster_workspace_free(workspace);
    if (fr_graph_check(graph) != FR_OK) return;
    for (int64_t i = 0; i < graph->n; i++)
        if (strlen(fr_graph_name(graph, i, buffer)) > (size_t)page) __builtin_trap();
}

/* Lays the input out as a file; returns the size of the file. */
static size_t lay_out(const uint8_t *bytes, size_t size, uint8_t *file)
{
    size_t end = page, next = header_size;
    memcpy(file, bytes, header_size);
    for (int k = 0; k < most_sections && next < size; k++) {
        size_t length = bytes[next++];
        if (length > size - next) length = size - next;
        size_t begin = (end + page - 1) / page * page;
        memcpy(file + begin, bytes + next, length);
        next += length;
        if (length > 0) end = begin + length;
    }
    return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < header_size) return 0;
    uint8_t file[(most_sections + 1) * page] = {0};
    size_t end = lay_out(bytes, size, file);
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    fr_graph graph;
    if (descriptor < 0 || write(descriptor, file, end) != (ssize_t)end) __builtin_trap();
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    fr_fgraph_check(path);
    if (fr_fgraph_open(path, &graph) == FR_OK) {
        use(&graph);
        fr_graph_free(&graph);
    }
    close(descriptor);
    return 0;
}
