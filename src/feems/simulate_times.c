/* Mean pairwise coalescence times by simulation. They solve (Strobeck 1987; two lineages in nodes i and j, weights w)
 *   (deg_i + deg_j) T_ij = 1 + sum_k w_ik T_kj + sum_k w_jk T_ik,   (2 deg_i + 1/2) T_ii = 1 + 2 sum_k w_ik T_ki,
 * which makes them the check of the simulator. */
#include "coalescent.h"
#include "simulate_scenario.h"

#include <string.h>

enum { most_blocks = 64 };

typedef struct {
    const fr_feems_simulate_settings *settings;
    fr_coalescent_model model;
    int64_t n_nodes, n_blocks;
} pairs;

/* A thread's room: its coalescent, and the leaves below each merged lineage as chains. */
typedef struct {
    fr_coalescent *coalescent;
    int32_t *first, *last; /* per tree node: ends of its chain of leaves */
    int32_t *next;         /* per leaf */
} workspace;

static void workspace_free(void *room)
{
    workspace *w = room;
    if (w == NULL) return;
    fr_coalescent_free(w->coalescent);
    fr_free(w->first), fr_free(w->last), fr_free(w->next);
    fr_free(w);
}

static int workspace_new(const void *context, void **room)
{
    const pairs *p = context;
    int64_t n_leaves = p->model.n_leaves;
    workspace *w = fr_alloc(1, sizeof *w);
    *room = NULL;
    if (w == NULL) return FR_ENOMEM;
    int status = fr_coalescent_new(&p->model, &w->coalescent);
    if (status == FR_OK) {
        w->first = fr_alloc(2 * n_leaves, sizeof *w->first);
        w->last = fr_alloc(2 * n_leaves, sizeof *w->last);
        w->next = fr_alloc(n_leaves, sizeof *w->next);
        if (w->first == NULL || w->last == NULL || w->next == NULL) status = FR_ENOMEM;
    }
    if (status == FR_OK)
        *room = w;
    else
        workspace_free(w);
    return status;
}

/* Adds the age at which each pair of leaves meets to the sum of the pair's nodes. One individual is at every node. */
static void add_times(const fr_genealogy *tree, workspace *w, int64_t n_nodes, double *sum)
{
    for (int32_t leaf = 0; leaf < tree->n_leaves; leaf++) {
        w->first[leaf] = w->last[leaf] = leaf;
        w->next[leaf] = -1;
    }
    for (int64_t k = 0; k < tree->n_leaves - 1; k++) {
        int32_t left = tree->left[k], right = tree->right[k];
        double age = tree->age[tree->n_leaves + k];
        for (int32_t a = w->first[left]; a >= 0; a = w->next[a])
            for (int32_t b = w->first[right]; b >= 0; b = w->next[b]) {
                int64_t i = a / 2, j = b / 2;
                sum[i < j ? i * n_nodes + j : j * n_nodes + i] += age;
            }
        w->next[w->last[left]] = w->first[right];
        w->first[tree->n_leaves + k] = w->first[left];
        w->last[tree->n_leaves + k] = w->last[right];
    }
}

/* Trees block, block + n_blocks, ..: sums are in the same order for any number of threads. */
static int simulate_block(int64_t block, const void *context, void *room, void *result)
{
    const pairs *p = context;
    workspace *w = room;
    int status = FR_OK;
    memset(result, 0, (size_t)(p->n_nodes * p->n_nodes) * sizeof(double));
    for (int64_t t = block; t < p->settings->trees && status == FR_OK; t += p->n_blocks) {
        const fr_genealogy *tree;
        fr_rng rng;
        if (fr_interrupted())
            return fr_fail(FR_EINTERRUPTED, "interrupted while genealogies were being drawn");
        fr_rng_init(&rng, p->settings->seed, (uint64_t)t, 0);
        status = fr_coalescent_draw(w->coalescent, &rng, &tree);
        if (status == FR_OK) add_times(tree, w, p->n_nodes, result);
    }
    return status;
}

/* The pairs of leaves of two different nodes are four, of one node one. */
static void average(const pairs *p, const double *sum, double *times)
{
    int64_t n = p->n_nodes;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i; j < n; j++) {
            double total = 0;
            for (int64_t block = 0; block < p->n_blocks; block++)
                total += sum[block * n * n + i * n + j];
            times[i * n + j] = times[j * n + i] = total / (double)p->settings->trees / (i == j ? 1 : 4);
        }
}

int fr_feems_simulate_times(const fr_feems_graph *graph, const double *weights,
                            const fr_feems_simulate_settings *settings, double *times)
{
    fr_feems_graph own = {0};
    pairs p = {.settings = settings};
    double *own_weights = NULL, *sum = NULL;
    int64_t *node = NULL, n_pairs = 0, result_size = 0;
    int status = fr_simulate_check(settings);
    if (status == FR_OK) status = fr_simulate_graph(graph, weights, settings, &own, &own_weights);
    if (status != FR_OK) return status;
    p.n_nodes = own.n_nodes;
    p.n_blocks = settings->trees < most_blocks ? settings->trees : most_blocks;
    node = fr_alloc(own.n_nodes, sizeof *node);
    if (node == NULL) status = FR_ENOMEM;
    for (int64_t i = 0; status == FR_OK && i < own.n_nodes; i++)
        node[i] = i;
    if (status == FR_OK) status = fr_coalescent_model_init(&own, own_weights, node, own.n_nodes, &p.model);
    if (status == FR_OK) status = fr_size_mul(own.n_nodes, own.n_nodes, &n_pairs);
    if (status == FR_OK) status = fr_size_mul(n_pairs, sizeof *sum, &result_size);
    if (status == FR_OK && (sum = fr_alloc(p.n_blocks, (size_t)result_size)) == NULL) status = FR_ENOMEM;
    if (status == FR_OK)
        status = fr_tasks_run(&(fr_tasks){.name = "simulating coalescence times",
                                          .count = p.n_blocks,
                                          .result_size = result_size,
                                          .run = simulate_block,
                                          .context = &p,
                                          .workspace_new = workspace_new,
                                          .workspace_free = workspace_free},
                              NULL, sum, NULL);
    if (status == FR_OK) average(&p, sum, times);
    fr_free(sum), fr_free(node), fr_free(own_weights);
    fr_coalescent_model_free(&p.model);
    fr_feems_graph_free(&own);
    return status;
}
