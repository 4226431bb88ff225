/* Segmentation by peeling: the best local clusters of a few random nodes are cut out of the graph, and again from what
 * is left. A node belongs to the last cluster that claims it; the few nodes that remain at the end are segments of their
 * own. Segments may then be merged by complete linkage of the l1-PageRank vectors that start from them. */
#include "agglomerate.h"

#include <inttypes.h>
#include <string.h>

void fr_cluster_segment_settings_default(fr_cluster_segment_settings *settings)
{
    *settings = (fr_cluster_segment_settings){.sample = 5, .remain = 0.01, .alpha = 0.15, .seed = 1};
}

/* ---- peeling ---------------------------------------------------------------------------------------------------------------- */

/* What is left of the graph. */
typedef struct {
    const fr_cluster_segment_settings *settings;
    fr_graph graph;
    int64_t *id;     /* of its nodes in the whole graph */
    int64_t *label;  /* of the nodes of the whole graph; -1: not yet cut out */
    int64_t claimed; /* clusters found so far */
    uint64_t round;
} peel;

typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const fr_cluster_segment_settings *settings;
    const int64_t *node;
    found_sets *sets;
} peel_work;

/* Replaces the set by its best quotient subset, unless it holds more than half of the volume. */
static int improve(fr_cluster_workspace *workspace, fr_cluster_set *set)
{
    fr_cluster_flow_result result;
    if (!(set->scores.volume > 0) || set->scores.volume > workspace->graph->volume / 2) return FR_OK;
    int status = fr_cluster_mqi(workspace, set->count, set->node, &result);
    if (status != FR_OK) return status;
    fr_cluster_set_free(set);
    *set = result.set, result.set = (fr_cluster_set){0};
    fr_cluster_flow_result_free(&result);
    return FR_OK;
}

/* The best local cluster of one node; the result is its size. */
static int find_cluster(int64_t index, const void *context, void *workspace, void *result)
{
    const peel_work *work = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = work->node + index};
    fr_cluster_search_settings grid;
    fr_cluster_search_result found;
    fr_cluster_search_settings_default(&grid);
    grid.alpha_low = grid.alpha_high = work->settings->alpha, grid.n_alpha = 1;
    int status = fr_cluster_search(workspace, &seeds, &grid, &found);
    if (status != FR_OK) return status;
    if (work->settings->improve) status = improve(workspace, &found.best);
    if (status == FR_OK) {
        *(int64_t *)result = found.best.count;
        work->sets->node[index] = found.best.node; /* handed over */
        found.best.node = NULL;
    }
    fr_cluster_search_result_free(&found);
    return status;
}

/* Labels what the clusters claim; a sampled node without a cluster claims itself. */
static void claim(peel *left, int64_t count, const int64_t *sample, const found_sets *sets,
                  const int64_t *size)
{
    for (int64_t k = 0; k < count; k++) {
        for (int64_t m = 0; m < size[k]; m++)
            left->label[left->id[sets->node[k][m]]] = left->claimed;
        if (size[k] == 0) left->label[left->id[sample[k]]] = left->claimed;
        left->claimed++;
    }
}

/* The graph shrinks to the nodes that have no label. */
static int shrink(peel *left)
{
    int64_t n = left->graph.n, count = 0;
    int64_t *kept = fr_alloc(n, sizeof *kept);
    if (kept == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < n; i++)
        if (left->label[left->id[i]] < 0) kept[count++] = i;
    fr_graph part;
    int status = fr_graph_subgraph(&left->graph, count, kept, &part);
    if (status == FR_OK) {
        for (int64_t i = 0; i < count; i++)
            left->id[i] = left->id[kept[i]]; /* kept[i] >= i */
        fr_graph_free(&left->graph);
        left->graph = part;
    }
    fr_free(kept);
    return status;
}

/* One round: a few nodes, their clusters, what is left. */
static int peel_off(peel *left)
{
    int64_t n = left->graph.n, count = left->settings->sample < n ? left->settings->sample : n;
    int64_t *sample = fr_alloc(n, sizeof *sample), *size = fr_alloc(count, sizeof *size);
    found_sets sets = {0};
    peel_work work = {&left->graph, left->settings, sample, &sets};
    fr_tasks tasks = {.name = "segments",
                      .count = count,
                      .result_size = sizeof *size,
                      .run = find_cluster,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    int status = sample != NULL && size != NULL ? found_sets_new(count, &sets) : FR_ENOMEM;
    if (status == FR_OK) {
        fr_random_permutation(left->settings->seed, 0, left->round++, n, sample);
        status = fr_tasks_run(&tasks, NULL, size, NULL);
    }
    if (status == FR_OK) status = found_sets_complete(&sets, size);
    if (status == FR_OK) claim(left, count, sample, &sets, size);
    if (status == FR_OK) status = shrink(left);
    found_sets_free(&sets);
    fr_free(sample);
    fr_free(size);
    return status;
}

/* Labels become 0, 1, ... by smallest member; returns how many there are, or -1 without memory. */
static int64_t renumber(int64_t n, int64_t labels, int64_t *label)
{
    int64_t *number = fr_alloc(labels, sizeof *number), next = 0;
    if (number == NULL) return -1;
    for (int64_t i = 0; i < n; i++) {
        if (number[label[i]] == 0) number[label[i]] = ++next;
        label[i] = number[label[i]] - 1;
    }
    fr_free(number);
    return next;
}

/* ---- merging ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const fr_cluster_segment_settings *settings;
    const int64_t *first, *node; /* the nodes of segment k are node[first[k]] .. node[first[k+1]-1] */
    found_sets *vectors;
} merge_work;

/* l1-PageRank from all nodes of a segment, with rho for a cluster of its volume; the result is the number of entries. */
static int find_vector(int64_t index, const void *context, void *workspace, void *result)
{
    const merge_work *work = context;
    const int64_t *node = work->node + work->first[index],
                  count = work->first[index + 1] - work->first[index];
    const fr_cluster_seeds seeds = {.count = count, .node = node};
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector;
    double volume = 0;
    for (int64_t k = 0; k < count; k++)
        volume += fr_graph_degree(work->graph, node[k]);
    if (!(volume > 0)) return FR_OK; /* isolated nodes reach nothing */
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = work->settings->alpha;
    settings.rho = fr_cluster_rho_for_volume(volume);
    int status = fr_cluster_l1(workspace, &seeds, &settings, &vector);
    if (status != FR_OK) return status;
    *(int64_t *)result = vector.count;
    work->vectors->node[index] = vector.node; /* handed over */
    work->vectors->value[index] = vector.p_over_degree;
    vector.node = NULL;
    vector.p_over_degree = NULL;
    fr_cluster_vector_free(&vector);
    return FR_OK;
}

/* Nodes by segment, ascending within each. */
static void group(int64_t n, const int64_t *label, int64_t segments, int64_t *first, int64_t *node)
{
    for (int64_t i = 0; i < n; i++)
        first[label[i] + 1]++;
    for (int64_t s = 0; s < segments; s++)
        first[s + 1] += first[s];
    for (int64_t i = 0; i < n; i++) /* first[s] runs to the end of segment s ... */
        node[first[label[i]]++] = i;
    memmove(first + 1, first, (size_t)segments * sizeof *first); /* ... which begins the next */
    first[0] = 0;
}

static int merge(const fr_graph *graph, const fr_cluster_segment_settings *settings, int64_t *label,
                 int64_t *segments)
{
    int64_t n = graph->n, count = *segments;
    if (count > cluster_most_things)
        return fr_fail(FR_EUSAGE,
                       "%" PRId64
                       " segments are too many to merge, which works for up to %d; let fewer nodes remain",
                       count, cluster_most_things);
    int64_t *first = fr_alloc(count + 1, sizeof *first), *node = fr_alloc(n, sizeof *node);
    int64_t *size = fr_alloc(count, sizeof *size), *merged = fr_alloc(count, sizeof *merged);
    double *distance = NULL;
    found_sets vectors = {0};
    merge_work work = {graph, settings, first, node, &vectors};
    fr_tasks tasks = {.name = "vectors of the segments",
                      .count = count,
                      .result_size = sizeof *size,
                      .run = find_vector,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    bool made = first != NULL && node != NULL && size != NULL && merged != NULL;
    int status = made ? found_sets_new(count, &vectors) : FR_ENOMEM;
    if (status != FR_OK) goto done;
    group(n, label, count, first, node);
    status = fr_tasks_run(&tasks, NULL, size, NULL);
    if (status == FR_OK) status = found_sets_complete(&vectors, size);
    if (status == FR_OK) status = cluster_cosine_distances(&vectors, size, n, &distance);
    if (status == FR_OK)
        status = cluster_agglomerate(count, distance, LINKAGE_COMPLETE, settings->clusters, merged);
    for (int64_t i = 0; status == FR_OK && i < n; i++)
        label[i] = merged[label[i]]; /* segments are in the order of their smallest members */
    if (status == FR_OK) *segments = settings->clusters;
done:
    found_sets_free(&vectors);
    fr_free(first);
    fr_free(node);
    fr_free(size);
    fr_free(merged);
    fr_free(distance);
    return status;
}

/* ---- both ------------------------------------------------------------------------------------------------------------------- */

static int check(const fr_graph *graph, const fr_cluster_segment_settings *settings)
{
    if (settings->sample < 1)
        return fr_fail(FR_EUSAGE, "%" PRId64 " nodes at a time, expected at least 1", settings->sample);
    if (!(settings->remain >= 0 && settings->remain < 1))
        return fr_fail(FR_EUSAGE,
                       "the share of nodes that remain is %g, expected a number from 0 and below 1",
                       settings->remain);
    if (settings->clusters < 0)
        return fr_fail(FR_EUSAGE, "%" PRId64 " clusters were asked for, expected a number from 0",
                       settings->clusters);
    return cluster_whole_graph(graph);
}

int fr_cluster_segment(const fr_graph *graph, const fr_cluster_segment_settings *settings, int64_t *label,
                       int64_t *segments)
{
    *segments = 0;
    int status = check(graph, settings);
    if (status != FR_OK) return status;
    int64_t n = graph->n, enough = (int64_t)(settings->remain * (double)n);
    peel left = {.settings = settings, .label = label, .id = fr_alloc(n, sizeof *left.id)};
    if (left.id == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < n; i++)
        left.id[i] = i, label[i] = -1;
    status = fr_graph_subgraph(graph, n, left.id, &left.graph);
    while (status == FR_OK && left.graph.n > enough) {
        status = peel_off(&left);
        if (status == FR_OK) status = fr_progress_tick("segments", n - left.graph.n, n);
    }
    for (int64_t i = 0; status == FR_OK && i < left.graph.n; i++)
        label[left.id[i]] = left.claimed++;
    fr_graph_free(&left.graph);
    fr_free(left.id);
    if (status == FR_OK && (*segments = renumber(n, left.claimed, label)) < 0) status = FR_ENOMEM;
    if (status == FR_OK && settings->clusters > 0 && settings->clusters < *segments)
        status = merge(graph, settings, label, segments);
    if (status != FR_OK) *segments = 0;
    return status;
}
