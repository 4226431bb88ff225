/* Connected components, breadth first from the smallest node that is left, and the largest of them. */
#include "workspace.h"

/* Gives `label` to everything reachable from `start`; `queue` has n entries. Returns how many nodes that were. */
static int64_t spread(const fr_graph *graph, int64_t start, int64_t label, int64_t *labels, uint32_t *queue)
{
    int64_t head = 0, tail = 0;
    queue[tail++] = (uint32_t)start;
    labels[start] = label;
    while (head < tail) {
        int64_t node = queue[head++];
        for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
            uint32_t other = graph->neighbour[k];
            if (labels[other] >= 0) continue;
            labels[other] = label;
            queue[tail++] = other;
        }
    }
    return tail;
}

/* Labels all nodes. *largest: the label of the largest component (the first on equality), *size: its size. */
static int label_all(const fr_graph *graph, int64_t *labels, int64_t *components, int64_t *largest,
                     int64_t *size)
{
    *components = 0, *largest = 0, *size = 0;
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    uint32_t *queue = fr_alloc(graph->n, sizeof *queue);
    if (queue == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < graph->n; i++)
        labels[i] = -1;
    for (int64_t i = 0; i < graph->n; i++) {
        if (labels[i] >= 0) continue;
        int64_t label = (*components)++, count = spread(graph, i, label, labels, queue);
        if (count > *size) *largest = label, *size = count;
    }
    fr_free(queue);
    return FR_OK;
}

int fr_cluster_components(const fr_graph *graph, int64_t *label, int64_t *components)
{
    int64_t largest, size;
    return label_all(graph, label, components, &largest, &size);
}

int fr_cluster_largest_component(const fr_graph *graph, int64_t **nodes, int64_t *count)
{
    *nodes = NULL, *count = 0;
    int64_t components, largest, size, found = 0;
    int64_t *label = fr_alloc(graph->n, sizeof *label), *list = NULL;
    int status = label == NULL ? FR_ENOMEM : label_all(graph, label, &components, &largest, &size);
    if (status == FR_OK && (list = fr_alloc(size, sizeof *list)) == NULL) status = FR_ENOMEM;
    if (status != FR_OK) goto done;
    for (int64_t i = 0; i < graph->n; i++)
        if (label[i] == largest) list[found++] = i;
    *nodes = list, *count = size;
done:
    fr_free(label);
    return status;
}
