/* Multi-class prediction: an l1-PageRank vector for each class from its seeds; a node goes to the class in whose vector
 * it stands first (Gleich, Mahoney, "Using local spectral methods to robustify graph-based learning algorithms", KDD
 * 2015). */
#include "found_sets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void fr_cluster_label_settings_default(fr_cluster_label_settings *settings)
{
    *settings =
        (fr_cluster_label_settings){.alpha = 0.15, .rho = 1e-6, .tolerance = 1e-6, .rule = FR_CLUSTER_RANK_P};
}

typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const int64_t *first, *nodes;
    const fr_cluster_label_settings *settings;
} label_work;

/* The vector of one class as n masses. */
static int find_vector(int64_t index, const void *context, void *workspace, void *result)
{
    const label_work *work = context;
    const fr_cluster_seeds seeds = {.count = work->first[index + 1] - work->first[index],
                                    .node = work->nodes + work->first[index]};
    double *p = result;
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = work->settings->alpha;
    settings.rho = work->settings->rho;
    settings.tolerance = work->settings->tolerance;
    int status = fr_cluster_l1(workspace, &seeds, &settings, &vector);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < vector.count; k++)
        p[vector.node[k]] = vector.p[k];
    fr_cluster_vector_free(&vector);
    return FR_OK;
}

typedef struct {
    double value;
    int64_t node;
} ranked;

static int by_value(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? 1 : -1;
    return (x->node > y->node) - (x->node < y->node);
}

/* Places of the nodes with p > 0 by descending p (or p/d), into rank[node * n_classes]; `order` has n entries. */
static void rank_class(const fr_graph *graph, const double *p, bool by_x, ranked *order, int64_t n_classes,
                       int64_t *rank)
{
    int64_t count = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        rank[i * n_classes] = graph->n;
        if (p[i] > 0) order[count++] = (ranked){by_x ? p[i] / fr_graph_degree(graph, i) : p[i], i};
    }
    qsort(order, (size_t)count, sizeof *order, by_value);
    for (int64_t k = 0; k < count; k++)
        rank[order[k].node * n_classes] = k;
}

/* The class of best rank or largest mass, the first on equality; -1 where all masses are 0. */
static int64_t decide(const fr_cluster_label_result *result, int64_t node, bool by_mass)
{
    const int64_t *rank = result->rank + node * result->n_classes;
    const double *p = result->p + node * result->n_classes;
    int64_t best = -1;
    for (int64_t c = 0; c < result->n_classes; c++) {
        if (!(p[c] > 0)) continue;
        if (best < 0 || (by_mass ? p[c] > p[best] : rank[c] < rank[best])) best = c;
    }
    return best;
}

static int fill(const fr_graph *graph, const fr_cluster_label_settings *settings, const double *vectors,
                fr_cluster_label_result *out)
{
    ranked *order = fr_alloc(graph->n, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    for (int64_t c = 0; c < out->n_classes; c++) {
        const double *p = vectors + c * graph->n;
        rank_class(graph, p, settings->rule == FR_CLUSTER_RANK_X, order, out->n_classes, out->rank + c);
        for (int64_t i = 0; i < graph->n; i++)
            out->p[i * out->n_classes + c] = p[i];
    }
    for (int64_t i = 0; i < graph->n; i++)
        out->label[i] = decide(out, i, settings->rule == FR_CLUSTER_VALUE_P);
    fr_free(order);
    return FR_OK;
}

int fr_cluster_label(const fr_graph *graph, int64_t n_classes, const int64_t *first, const int64_t *nodes,
                     const fr_cluster_label_settings *settings, fr_cluster_label_result *out)
{
    double begin = fr_clock();
    *out = (fr_cluster_label_result){0};
    if (n_classes < 1) return fr_fail(FR_EUSAGE, "there are no classes");
    for (int64_t c = 0; c < n_classes; c++)
        if (first[c + 1] <= first[c]) return fr_fail(FR_EUSAGE, "class %" PRId64 " has no seeds", c);
    int64_t cells;
    int status = fr_size_mul(graph->n, n_classes, &cells);
    if (status != FR_OK) return status;
    double *vectors = fr_alloc(cells, sizeof *vectors);
    out->n = graph->n, out->n_classes = n_classes;
    out->label = fr_alloc(graph->n, sizeof *out->label);
    out->rank = fr_alloc(cells, sizeof *out->rank);
    out->p = fr_alloc(cells, sizeof *out->p);
    if (vectors == NULL || out->label == NULL || out->rank == NULL || out->p == NULL) status = FR_ENOMEM;
    label_work work = {graph, first, nodes, settings};
    fr_tasks tasks = {.name = "classes",
                      .count = n_classes,
                      .result_size = graph->n * (int64_t)sizeof *vectors,
                      .run = find_vector,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    if (status == FR_OK) status = fr_tasks_run(&tasks, NULL, vectors, NULL);
    if (status == FR_OK) status = fill(graph, settings, vectors, out);
    out->seconds = fr_clock() - begin;
    fr_free(vectors);
    if (status != FR_OK) fr_cluster_label_result_free(out);
    return status;
}

void fr_cluster_label_result_free(fr_cluster_label_result *result)
{
    fr_free(result->label);
    fr_free(result->rank);
    fr_free(result->p);
    memset(result, 0, sizeof *result);
}
