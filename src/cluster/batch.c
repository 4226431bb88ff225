/* One local cluster for each of many seed sets, in parallel: a PageRank vector, and the best prefix of its sweep. */
#include "found_sets.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const fr_graph *graph; /* first: found_sets_workspace_new */
    const int64_t *first, *nodes;
    const fr_cluster_batch_settings *settings;
    found_sets *sets;
} batch_work;

static int find_vector(const batch_work *work, fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                       fr_cluster_vector *out)
{
    const fr_cluster_l1_settings *l1 = &work->settings->l1;
    if (!work->settings->acl) return fr_cluster_l1(workspace, seeds, l1, out);
    fr_cluster_acl_settings settings;
    fr_cluster_acl_settings_default(&settings);
    settings.alpha = l1->alpha;
    settings.eps = l1->rho;
    settings.max_steps = l1->max_steps;
    settings.time_limit = l1->time_limit;
    return fr_cluster_acl(workspace, seeds, &settings, out);
}

static int find_cluster(int64_t index, const void *context, void *workspace, void *result)
{
    const batch_work *work = context;
    const fr_cluster_seeds seeds = {.count = work->first[index + 1] - work->first[index],
                                    .node = work->nodes + work->first[index]};
    fr_cluster_batch_row *row = result;
    fr_cluster_vector vector;
    fr_cluster_sweep_result sweep = {0};
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_settings_default(&settings);
    settings.sorted = true;
    int status = find_vector(work, workspace, &seeds, &vector);
    if (status != FR_OK) return status;
    status = fr_cluster_sweep(workspace, vector.count, vector.node, NULL, &settings, &sweep);
    if (status == FR_OK) {
        row->scores = sweep.best.scores;
        row->info = vector.info;
        row->support = vector.count;
        work->sets->node[index] = sweep.best.node; /* handed over */
        sweep.best.node = NULL;
    }
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&vector);
    return status;
}

/* Where the sets are, and the sets themselves. */
static int join(const batch_work *work, fr_cluster_batch_result *out)
{
    int64_t *size = fr_alloc(out->count, sizeof *size), *start = fr_alloc(out->count, sizeof *start);
    int status = size != NULL && start != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t k = 0; status == FR_OK && k < out->count; k++)
        size[k] = out->rows[k].scores.size;
    if (status == FR_OK) status = found_sets_join(work->sets, size, start, &out->set_node, &out->n_set_nodes);
    for (int64_t k = 0; status == FR_OK && k < out->count; k++)
        out->rows[k].set = start[k];
    fr_free(size);
    fr_free(start);
    return status;
}

int fr_cluster_batch(const fr_graph *graph, int64_t count, const int64_t *first, const int64_t *nodes,
                     const fr_cluster_batch_settings *settings, fr_cluster_batch_result *out)
{
    double begin = fr_clock();
    *out = (fr_cluster_batch_result){0};
    if (count < 1) return fr_fail(FR_EUSAGE, "there are no seed sets");
    for (int64_t k = 0; k < count; k++)
        if (first[k + 1] <= first[k]) return fr_fail(FR_EUSAGE, "seed set %" PRId64 " is empty", k);
    found_sets sets;
    int status = found_sets_new(count, &sets);
    batch_work work = {graph, first, nodes, settings, &sets};
    fr_tasks tasks = {.name = "seed sets",
                      .count = count,
                      .result_size = sizeof *out->rows,
                      .run = find_cluster,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    out->count = count;
    out->rows = fr_alloc(count, sizeof *out->rows);
    if (status == FR_OK && out->rows == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = fr_tasks_run(&tasks, NULL, out->rows, NULL);
    if (status == FR_OK) status = join(&work, out);
    out->seconds = fr_clock() - begin;
    found_sets_free(&sets);
    if (status != FR_OK) fr_cluster_batch_result_free(out);
    return status;
}

void fr_cluster_batch_result_free(fr_cluster_batch_result *result)
{
    fr_free(result->rows);
    fr_free(result->set_node);
    memset(result, 0, sizeof *result);
}
