/* Network community profile (Leskovec, Lang, Dasgupta, Mahoney 2009): clusters of all sizes from samples of nodes and
 * neighbourhoods, kept where they hold less than half of the volume. Samples are drawn before the runs, each stage from its own
 * sequence, so that they depend on the random seed alone. */
#include "ncp.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { smallest_degree = 5 }; /* of local minima */

void fr_cluster_ncp_settings_default(fr_cluster_ncp_settings *settings)
{
    *settings = (fr_cluster_ncp_settings){.preset = FR_CLUSTER_NCP_APR, .seed = 1};
}

void fr_cluster_ncp_result_free(fr_cluster_ncp_result *result)
{
    fr_free(result->rows);
    fr_free(result->set_node);
    memset(result, 0, sizeof *result);
}

/* What all stages share. */
typedef struct {
    const fr_cluster_ncp_settings *settings;
    const fr_graph *graph; /* the part that is sampled */
    const int64_t *id;     /* of its nodes in the whole graph; NULL: the same */
    int64_t n_minima;
    int64_t *minimum; /* locally best neighbourhoods */
    double end;       /* of the time; 0: no limit */
    fr_cluster_ncp_result *out;
} profile;

/* Nodes of degree 5 or more whose neighbourhood has a smaller conductance than those of all neighbours. */
static int find_minima(profile *ncp)
{
    fr_cluster_neighbourhoods around;
    const fr_graph *graph = ncp->graph;
    int64_t found, kept = 0;
    int status = fr_cluster_neighbourhoods_find(graph, &around);
    if (status != FR_OK) return status;
    status = fr_cluster_extrema(graph, around.conductance, true, false, &ncp->minimum, &found);
    for (int64_t k = 0; status == FR_OK && k < found; k++) {
        int64_t node = ncp->minimum[k];
        if (graph->row[node + 1] - graph->row[node] >= smallest_degree) ncp->minimum[kept++] = node;
    }
    ncp->n_minima = kept;
    fr_cluster_neighbourhoods_free(&around);
    return status;
}

/* The nodes that a stage starts from. Free *nodes. */
static int draw(const profile *ncp, const ncp_stage *stage, int number, int64_t **nodes, int64_t *count)
{
    const fr_cluster_ncp_settings *settings = ncp->settings;
    int64_t all = stage->local_minima ? ncp->n_minima : ncp->graph->n;
    int64_t given = stage->local_minima ? settings->local_minima : settings->samples;
    int64_t wanted = given > 0 ? given : (int64_t)ceil(stage->share * (double)all);
    *nodes = fr_alloc(all, sizeof **nodes);
    if (*nodes == NULL) return FR_ENOMEM;
    fr_random_permutation(settings->seed, (uint64_t)number, 0, all, *nodes);
    *count = wanted < all ? wanted : all;
    for (int64_t k = 0; stage->local_minima && k < *count; k++)
        (*nodes)[k] = ncp->minimum[(*nodes)[k]];
    return FR_OK;
}

/* Appends the sets of a stage, by the ids of the whole graph; start[k]: where that of run k begins. */
static int append_sets(profile *ncp, found_sets *sets, const ncp_run *runs, int64_t *start)
{
    int64_t *size = fr_alloc(sets->count, sizeof *size), before = ncp->out->n_set_nodes;
    if (size == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < sets->count; k++)
        size[k] = runs[k].output.size;
    int status = found_sets_join(sets, size, start, &ncp->out->set_node, &ncp->out->n_set_nodes);
    for (int64_t k = before; ncp->id != NULL && k < ncp->out->n_set_nodes; k++)
        ncp->out->set_node[k] = ncp->id[ncp->out->set_node[k]];
    fr_free(size);
    return status;
}

/* Appends a row for each run that found something. */
static int append_rows(profile *ncp, const ncp_work *work, int64_t count, const ncp_run *runs,
                       const int64_t *start)
{
    fr_cluster_ncp_result *out = ncp->out;
    fr_cluster_ncp_row *rows = fr_realloc(out->rows, out->n_rows + count, sizeof *rows);
    if (rows == NULL) return FR_ENOMEM;
    out->rows = rows;
    out->runs += count;
    for (int64_t k = 0; k < count; k++) {
        out->unfinished += !runs[k].finished;
        if (runs[k].output.size == 0) continue;
        rows[out->n_rows++] =
            (fr_cluster_ncp_row){.method = work->stage->name,
                                 .kind = work->stage->kind,
                                 .node = ncp->id != NULL ? ncp->id[work->node[k]] : work->node[k],
                                 .alpha = work->stage->alpha,
                                 .rho = work->stage->rho,
                                 .input = runs[k].input,
                                 .output = runs[k].output,
                                 .set = start[k],
                                 .seconds = runs[k].seconds};
    }
    return FR_OK;
}

static int run_stage(profile *ncp, const ncp_stage *stage, int number)
{
    bool keep = ncp->settings->keep_sets;
    int64_t *nodes = NULL, *start = NULL, count;
    ncp_run *runs = NULL;
    found_sets sets = {0};
    int status = draw(ncp, stage, number, &nodes, &count);
    if (status != FR_OK || count == 0) goto done;
    if (keep) status = found_sets_new(count, &sets);
    runs = fr_alloc(count, sizeof *runs);
    start = fr_alloc(count, sizeof *start);
    if (runs == NULL || start == NULL) status = FR_ENOMEM;
    if (status != FR_OK) goto done;
    double now = fr_clock();
    ncp_work work = {.graph = ncp->graph, .stage = stage, .node = nodes, .sets = keep ? &sets : NULL};
    if (ncp->end > 0) work.deadline = now + stage->time_share * fmax(ncp->end - now, 0);
    char name[64];
    snprintf(name, sizeof name, "%s from %s", stage->name,
             stage->kind == FR_CLUSTER_INPUT_NODE ? "nodes" : "neighbourhoods");
    fr_tasks tasks = {.name = name,
                      .count = count,
                      .result_size = sizeof *runs,
                      .run = ncp_run_one,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    status = fr_tasks_run(&tasks, NULL, runs, NULL);
    bool interrupted = status == FR_EINTERRUPTED; /* what was finished counts */
    if (interrupted) status = FR_OK;
    if (status == FR_OK && keep) status = append_sets(ncp, &sets, runs, start);
    if (status == FR_OK) status = append_rows(ncp, &work, count, runs, start);
    if (status == FR_OK && interrupted) status = fr_fail(FR_EINTERRUPTED, "stopped on request");
done:
    found_sets_free(&sets);
    fr_free(nodes);
    fr_free(start);
    fr_free(runs);
    return status;
}

static int check(const fr_graph *graph, const fr_cluster_ncp_settings *settings)
{
    if ((int)settings->preset < FR_CLUSTER_NCP_APR || settings->preset > FR_CLUSTER_NCP_MQI)
        return fr_fail(FR_EUSAGE, "there is no preset number %d of the community profile",
                       (int)settings->preset);
    if (settings->samples < 0 || settings->local_minima < 0 || !(settings->time_limit >= 0))
        return fr_fail(FR_EUSAGE,
                       "%" PRId64 " samples, %" PRId64
                       " local minima and a time limit of %g s, expected numbers from 0",
                       settings->samples, settings->local_minima, settings->time_limit);
    return cluster_whole_graph(graph);
}

static int run_stages(profile *ncp)
{
    ncp_stage stages[ncp_most_stages];
    int count = ncp_stages(ncp->settings->preset, stages);
    bool minima = false;
    for (int k = 0; k < count; k++)
        minima = minima || stages[k].local_minima;
    int status = minima ? find_minima(ncp) : FR_OK;
    for (int k = 0; status == FR_OK && k < count; k++)
        status = run_stage(ncp, &stages[k], k);
    return status;
}

int fr_cluster_ncp(const fr_graph *graph, const fr_cluster_ncp_settings *settings, fr_cluster_ncp_result *out)
{
    double begin = fr_clock();
    *out = (fr_cluster_ncp_result){0};
    int64_t *id = NULL, n = 0;
    fr_graph part = {0};
    profile ncp = {.settings = settings, .graph = graph, .out = out};
    if (settings->time_limit > 0) ncp.end = begin + settings->time_limit;
    int status = check(graph, settings);
    if (status == FR_OK && !settings->whole_graph) status = fr_cluster_largest_component(graph, &id, &n);
    if (status == FR_OK && !settings->whole_graph && n < graph->n) {
        status = fr_graph_subgraph(graph, n, id, &part);
        ncp.graph = &part, ncp.id = id;
    }
    if (status == FR_OK) {
        out->n = ncp.graph->n, out->n_arcs = ncp.graph->n_arcs;
        status = run_stages(&ncp);
    }
    out->seconds = fr_clock() - begin;
    fr_free(ncp.minimum);
    fr_free(id);
    fr_graph_free(&part);
    if (status != FR_OK && status != FR_EINTERRUPTED) fr_cluster_ncp_result_free(out);
    return status;
}
