/* Precision, recall and F1 of local clusters against known groups of nodes: every member of a group as single seed,
 * means over the seeds, as in section 6 of Ha, Fountoulakis, Mahoney (JMLR 22(148), 2021). One task per seed, over all
 * graphs and settings. */
#include "cluster_f1.h"

#include <core/ranks.h>

#include <frugal/cluster.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    double value[F1_QUANTITIES];
} f1_scores;

/* One setting that is run: its tasks are first_task .. first_task + n_seeds - 1. */
typedef struct {
    const f1_graph *graph;
    const f1_setting *setting;
    int64_t loaded; /* index of its graph among those read */
    f1_target target;
    int64_t first_task, n_seeds, every;
} f1_run;

typedef struct {
    int64_t n_graphs, n_runs, n_tasks;
    fr_graph graphs[F1_GRAPHS];
    f1_run *runs;
} f1_plan;

/* ---- inputs ----------------------------------------------------------------------------------------------------------- */

static bool is_asked_for(const f1_graph *graph, const reproduce_settings *settings)
{
    return strcmp(settings->graph, "all") == 0 || strcmp(settings->graph, graph->name) == 0;
}

/* The first source both of whose files are there; `missing` gets a file that is not. */
static int find_source(const char *folder, const f1_graph *graph, const f1_source **source, char **graph_path,
                       char **labels_path)
{
    const char *missing = NULL;
    *source = NULL;
    for (const f1_source *tried = graph->sources; tried->graph != NULL; tried++) {
        *labels_path = NULL;
        int status = reproduce_find_file(folder, tried->graph, graph_path);
        if (status == FR_OK) status = reproduce_find_file(folder, tried->labels, labels_path);
        if (status == FR_OK && *graph_path != NULL && *labels_path != NULL) {
            *source = tried;
            return FR_OK;
        }
        const char *absent = *graph_path == NULL ? tried->graph : tried->labels;
        if (missing == NULL || *graph_path != NULL) missing = absent;
        fr_free(*graph_path);
        fr_free(*labels_path);
        *graph_path = *labels_path = NULL;
        if (status != FR_OK) return status;
    }
    return fr_fail(FR_EINPUT, "%s/%s is missing: %s", folder, missing, graph->origin);
}

static int find_inputs(const reproduce_settings *settings, reproduce_inputs *out)
{
    *out = (reproduce_inputs){0};
    if (settings->data == NULL)
        return fr_fail(FR_EUSAGE, "--data DIR is missing: the folder with the graphs and their labels");
    for (int k = 0; k < F1_GRAPHS; k++) {
        const f1_source *source;
        if (!is_asked_for(&f1_graphs[k], settings)) continue;
        int status =
            find_source(settings->data, &f1_graphs[k], &source, &out->path[out->n], &out->path[out->n + 1]);
        if (status != FR_OK) {
            reproduce_inputs_free(out);
            return status;
        }
        out->n += 2;
    }
    return FR_OK;
}

/* ---- plan ------------------------------------------------------------------------------------------------------------- */

/* The labelled nodes that have neighbours, their volume, and the scale of alpha. */
static int find_target(const fr_graph *graph, const fr_graph_attributes *labels, const char *column,
                       const f1_setting *setting, f1_target *out)
{
    char *expression;
    int length = column != NULL ? asprintf(&expression, "%s=%s", column, setting->select)
                                : asprintf(&expression, "%s", setting->select);
    if (length < 0) return fr_fail(FR_ENOMEM, "out of memory for a label");
    int status = fr_graph_select(labels, expression, &out->node, &out->count);
    free(expression);
    if (status != FR_OK) return status;
    int64_t kept = 0;
    for (int64_t k = 0; k < out->count; k++) {
        double degree = fr_graph_degree(graph, out->node[k]);
        if (!(degree > 0)) continue;
        out->node[kept++] = out->node[k];
        out->volume += degree;
    }
    out->count = kept;
    if (kept == 0) return fr_fail(FR_EINPUT, "no node of the target %s has a neighbour", setting->target);
    return FR_OK;
}

static int find_lambda(const fr_graph *graph, f1_target *target)
{
    fr_cluster_workspace *workspace;
    fr_cluster_spectral_result result = {0};
    int status = fr_cluster_workspace_new(graph, &workspace);
    if (status != FR_OK) return status;
    status = fr_cluster_fiedler_local(workspace, target->count, target->node, 1e-10, &result);
    if (status == FR_OK) target->lambda = result.lambda[0];
    fr_cluster_spectral_result_free(&result);
    fr_cluster_workspace_free(workspace);
    return status;
}

static int plan_setting(f1_plan *plan, const f1_graph *graph, const f1_setting *setting,
                        const fr_graph_attributes *labels, const char *column, bool all_seeds)
{
    f1_run *run = &plan->runs[plan->n_runs++];
    const fr_graph *loaded = &plan->graphs[plan->n_graphs - 1];
    *run = (f1_run){.graph = graph, .setting = setting, .loaded = plan->n_graphs - 1};
    int status = find_target(loaded, labels, column, setting, &run->target);
    if (status == FR_OK) status = find_lambda(loaded, &run->target);
    if (status != FR_OK) return status;
    run->every = all_seeds ? 1 : setting->every;
    run->n_seeds = (run->target.count + run->every - 1) / run->every;
    if (!all_seeds && setting->most > 0 && run->n_seeds > setting->most) run->n_seeds = setting->most;
    run->first_task = plan->n_tasks;
    plan->n_tasks += run->n_seeds;
    return FR_OK;
}

static int plan_graph(f1_plan *plan, const f1_graph *graph, const reproduce_settings *settings)
{
    const f1_source *source = NULL;
    char *graph_path = NULL, *labels_path = NULL;
    fr_graph_settings reading;
    fr_graph_attributes labels = {0};
    fr_graph_settings_default(&reading);
    int status = find_source(settings->data, graph, &source, &graph_path, &labels_path);
    if (status != FR_OK) return status;
    reading.unweighted = source->unweighted;
    status = fr_graph_read(graph_path, &reading, &plan->graphs[plan->n_graphs], NULL, NULL);
    if (status == FR_OK) status = fr_graph_labels_read(labels_path, &plan->graphs[plan->n_graphs++], &labels);
    for (int64_t k = 0; k < graph->n_settings && status == FR_OK; k++)
        if (f1_setting_runs(&graph->settings[k], settings->all_seeds))
            status =
                plan_setting(plan, graph, &graph->settings[k], &labels, source->column, settings->all_seeds);
    fr_graph_attributes_free(&labels);
    fr_free(graph_path);
    fr_free(labels_path);
    return status;
}

static void plan_free(f1_plan *plan)
{
    for (int64_t k = 0; k < plan->n_runs; k++)
        fr_free(plan->runs[k].target.node);
    for (int64_t k = 0; k < plan->n_graphs; k++)
        fr_graph_free(&plan->graphs[k]);
    fr_free(plan->runs);
    *plan = (f1_plan){0};
}

static int plan_all(const reproduce_settings *settings, f1_plan *plan)
{
    int64_t most = 0;
    int status = FR_OK;
    *plan = (f1_plan){0};
    for (int k = 0; k < F1_GRAPHS; k++)
        most += f1_graphs[k].n_settings;
    plan->runs = fr_alloc(most, sizeof *plan->runs);
    if (plan->runs == NULL) return FR_ENOMEM;
    for (int k = 0; k < F1_GRAPHS && status == FR_OK; k++)
        if (is_asked_for(&f1_graphs[k], settings)) status = plan_graph(plan, &f1_graphs[k], settings);
    if (status != FR_OK) plan_free(plan);
    return status;
}

/* ---- tasks ------------------------------------------------------------------------------------------------------------ */

/* Per thread: the workspace of each graph. */
typedef struct {
    int64_t n;
    fr_cluster_workspace *of_graph[F1_GRAPHS];
} f1_workspace;

static void free_workspace(void *workspace)
{
    f1_workspace *freed = workspace;
    for (int64_t k = 0; k < freed->n; k++)
        fr_cluster_workspace_free(freed->of_graph[k]);
    fr_free(freed);
}

static int new_workspace(const void *context, void **workspace)
{
    const f1_plan *plan = context;
    f1_workspace *made = fr_alloc(1, sizeof *made);
    if (made == NULL) return FR_ENOMEM;
    for (; made->n < plan->n_graphs; made->n++) {
        int status = fr_cluster_workspace_new(&plan->graphs[made->n], &made->of_graph[made->n]);
        if (status == FR_OK) continue;
        free_workspace(made);
        return status;
    }
    *workspace = made;
    return FR_OK;
}

static int run_task(int64_t index, const void *context, void *workspace, void *result)
{
    const f1_plan *plan = context;
    const f1_workspace *mine = workspace;
    const f1_run *run = plan->runs;
    f1_scores *out = result;
    while (index >= run->first_task + run->n_seeds)
        run++;
    int64_t seed = run->target.node[(index - run->first_task) * run->every];
    return f1_measure(mine->of_graph[run->loaded], &run->target, run->setting->method,
                      run->setting->rho_factor, seed, out->value);
}

/* Mean over the seeds, with its standard error. Expected numbers are of the setting's own choice of seeds. */
static int summarise(const f1_run *run, const f1_scores *scores, bool all_seeds, reproduce_comparison *out)
{
    const f1_setting *setting = run->setting;
    bool other_seeds = all_seeds && (setting->most > 0 || setting->every > 1);
    int status = FR_OK;
    for (int quantity = 0; quantity < F1_QUANTITIES && status == FR_OK; quantity++) {
        double mean, error;
        reproduce_mean(&scores->value[quantity], run->n_seeds, F1_QUANTITIES, &mean, &error);
        reproduce_row row = {.reported = setting->reported[quantity],
                             .expected = other_seeds ? NAN : setting->expected[quantity],
                             .expected_error = NAN,
                             .obtained = mean,
                             .obtained_error = error,
                             .tolerance = setting->tolerance};
        snprintf(row.table, sizeof row.table, "%s", run->graph->title);
        snprintf(row.quantity, sizeof row.quantity, "%s", f1_quantity[quantity]);
        f1_setting_text(setting, all_seeds, row.setting, sizeof row.setting);
        status = reproduce_add(out, &row);
    }
    return status;
}

static int run(const reproduce_settings *settings, fr_journal *journal, reproduce_comparison *out)
{
    f1_plan plan;
    int status = fr_ranks_agree(plan_all(settings, &plan));
    f1_scores *scores = NULL;
    if (status == FR_OK) {
        scores = fr_alloc(plan.n_tasks, sizeof *scores);
        status = fr_ranks_agree(scores == NULL ? FR_ENOMEM : FR_OK);
    }
    if (status == FR_OK) {
        const fr_tasks tasks = {.name = "cluster-f1",
                                .count = plan.n_tasks,
                                .result_size = sizeof *scores,
                                .run = run_task,
                                .context = &plan,
                                .workspace_new = new_workspace,
                                .workspace_free = free_workspace};
        status = fr_tasks_run(&tasks, journal, scores, NULL);
    }
    for (int64_t k = 0; k < plan.n_runs && status == FR_OK; k++)
        status = summarise(&plan.runs[k], scores + plan.runs[k].first_task, settings->all_seeds, out);
    fr_free(scores);
    plan_free(&plan);
    return status;
}

static const char *const options[] = {"data", "graph", "all-seeds", NULL};

const reproduce_experiment reproduce_cluster_f1 = {
    .name = "cluster-f1",
    .purpose = "precision, recall and F1 against known groups in real graphs",
    .shows =
        "Every member of a known group of nodes is the single seed of a local cluster, whose precision, "
        "recall and F1 against the group are taken by volume and averaged over the seeds. Methods: "
        "l1-regularised PageRank and sweep, with rho = f/vol(group) and the best of four alphas scaled by "
        "the group's smallest Dirichlet eigenvalue; and, on the smallest graph, SimpleLocal started from a "
        "ball, from these sweeps and from those of ACL pushes. Graphs: Facebook at Johns Hopkins (classes, "
        "majors, dormitories, genders), amidohydrolase sequence similarities (SFLD), yeast protein "
        "interactions (PPI, complexes of MIPS). Reported: means printed by the authors' notebooks. Expected: "
        "an independent computation with the same settings; where both are given and differ, ties in the "
        "sweep, the stop rule of the authors' solver and rounded volumes in their flow program make the "
        "difference.",
    .needs = "--data DIR, a folder with JohnsHopkins.edgelist and JohnsHopkins_labels.csv, sfld.edgelist and "
             "sfld_labels.csv, ppi_mips.edgelist and ppi_mips_labels.csv, or the GraphML files of the last "
             "two as their authors publish them (all may be .gz)",
    .paper = "Ha W, Fountoulakis K, Mahoney MW (2021). Statistical guarantees for local graph clustering. "
             "Journal of Machine Learning Research 22(148):1-54. https://arxiv.org/abs/1906.04863",
    .options = options,
    .find_inputs = find_inputs,
    .run = run,
    .figures =
        {{"f1_johnshopkins",
          "F1 of l1 + sweep on Facebook, Johns Hopkins: means over seeds with standard errors."},
         {"f1_sfld",
          "F1 on amidohydrolase sequence similarities (SFLD): means over seeds with standard errors."},
         {"f1_ppi",
          "F1 of l1 + sweep on yeast protein complexes (PPI-MIPS): means over seeds with standard errors."}},
    .draw = cluster_f1_draw,
};
