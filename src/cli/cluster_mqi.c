/* frugal cluster mqi, flowimprove, simplelocal: better sets from a set, by minimum cuts. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option mqi_rows[] = {
    {.name = "complement",
     .type = OPTION_FLAG,
     .help = "work on the rest of the graph where the set has more than half of the volume"},
    {.name = NULL},
};
static const option_group mqi_options = {"MQI", mqi_rows, false};

static const option_group *const mqi_groups[] = {
    &cluster_set_options,    &mqi_options,    &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options, &general_options,        NULL};
static const option_group *const flowimprove_groups[] = {
    &cluster_set_options,    &cluster_cut_options, &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options,      &general_options,        NULL};
static const option_group *const simplelocal_groups[] = {
    &cluster_set_options,    &cluster_flow_options, &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options,       &general_options,        NULL};

/* ---- mqi ----------------------------------------------------------------------------------------------------------------- */

/* All nodes that are not in the set. Free with fr_free. */
static int complement_of(const fr_graph *graph, int64_t count, const int64_t *nodes, int64_t **rest,
                         int64_t *n_rest)
{
    uint8_t *member = fr_alloc(graph->n, 1);
    *rest = fr_alloc(graph->n, sizeof **rest);
    *n_rest = 0;
    if (member == NULL || *rest == NULL) {
        fr_free(member);
        return FR_ENOMEM;
    }
    for (int64_t k = 0; k < count; k++)
        member[nodes[k]] = 1;
    for (int64_t v = 0; v < graph->n; v++)
        if (!member[v]) (*rest)[(*n_rest)++] = v;
    fr_free(member);
    return FR_OK;
}

static int note_input(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes, double *volume)
{
    fr_cluster_scores scores;
    int status = fr_cluster_score(input->workspace, count, nodes, &scores);
    *volume = status == FR_OK ? scores.volume : 0;
    if (status == FR_OK) cluster_note_scores(job, "input_", &scores);
    if (status == FR_OK)
        job_say(job, "the set has %lld node%s, volume %.10g, conductance %.6g", (long long)count,
                plural(count, "s"), scores.volume, scores.conductance);
    return status;
}

static int work_mqi(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    fr_cluster_flow_result flow = {0};
    double volume;
    int64_t *rest = NULL;
    int status = note_input(job, input, count, nodes, &volume);
    bool turn = options_flag(&job->options, "complement") && volume > input->graph->volume / 2;
    if (status == FR_OK && !turn && volume > input->graph->volume / 2)
        status = fr_fail(FR_EUSAGE,
                         "MQI takes a set of at most half of the graph's volume, %g, not %g; --complement "
                         "works on the rest",
                         input->graph->volume / 2, volume);
    if (status == FR_OK && turn) status = complement_of(input->graph, count, nodes, &rest, &count);
    if (status == FR_OK && turn)
        job_say(job, "working on the other %lld node%s", (long long)count, plural(count, "s"));
    if (status == FR_OK) status = fr_cluster_mqi(input->workspace, count, turn ? rest : nodes, &flow);
    if (status == FR_OK) status = cluster_give_flow(job, input, "mqi", &flow);
    fr_cluster_flow_result_free(&flow);
    fr_free(rest);
    return status;
}

static int run_mqi(cli_job *job)
{
    bool turn = options_flag(&job->options, "complement");
    return cluster_run_set(job, turn ? CLUSTER_WHOLE : CLUSTER_LOCAL, work_mqi);
}

const cli_command cluster_mqi_command = {
    .method = "cluster",
    .verb = "mqi",
    .purpose = "the best cut inside a set",
    .description =
        "Finds the subset of the set with the smallest cut/volume of all its subsets, by a few minimum cuts "
        "(Lang, "
        "Rao 2004); of equal ones the largest. The set may have at most half of the volume of the graph.\n\n"
        "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster mqi graph.edges.gz --set-file out/cluster.csv -o better",
    .arguments = "GRAPH",
    .groups = mqi_groups,
    .writes_folder = true,
    .run = run_mqi,
    .draw = cluster_draw,
};

/* ---- flowimprove and simplelocal ---------------------------------------------------------------------------------------------- */

static int work_flow(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes, bool global)
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow = {0};
    double volume;
    int status = note_input(job, input, count, nodes, &volume);
    if (status == FR_OK) status = cluster_flow_settings(job, input, count, nodes, &settings);
    if (status == FR_OK && global) settings.delta = 0;
    if (status == FR_OK) status = fr_cluster_local_flow(input->workspace, count, nodes, &settings, &flow);
    if (status == FR_OK)
        status = cluster_give_flow(job, input, global ? "flowimprove" : "simplelocal", &flow);
    fr_cluster_flow_result_free(&flow);
    return status;
}

static int work_flowimprove(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    return work_flow(job, input, count, nodes, true);
}

static int work_simplelocal(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    return work_flow(job, input, count, nodes, false);
}

static int run_flowimprove(cli_job *job)
{
    return cluster_run_set(job, CLUSTER_WHOLE, work_flowimprove);
}

static int run_simplelocal(cli_job *job)
{
    return cluster_run_set(job, CLUSTER_LOCAL, work_simplelocal);
}

const cli_command cluster_flowimprove_command = {
    .method = "cluster",
    .verb = "flowimprove",
    .purpose = "a better cut near a set, over the whole graph",
    .description = "Finds the set S with the smallest cut(S) / (vol(S and R) - f vol(S without R)), where R "
                   "is the set given and f = "
                   "vol(R) / vol(rest): nodes may be added and dropped (Andersen, Lang, SODA 2008). Reads "
                   "all of the graph; "
                   "simplelocal is its local form.\n\n"
                   "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster flowimprove graph.edges.gz --set-file out/cluster.csv -o better",
    .arguments = "GRAPH",
    .groups = flowimprove_groups,
    .writes_folder = true,
    .run = run_flowimprove,
    .draw = cluster_draw,
};

const cli_command cluster_simplelocal_command = {
    .method = "cluster",
    .verb = "simplelocal",
    .purpose = "a better cut near a set, looking only around it",
    .description =
        "FlowImprove with a penalty delta on leaving the set (Veldt, Gleich, Mahoney, ICML 2016): finds the "
        "same set as "
        "a minimum cut over the whole graph would, but reads only a volume of about vol(R)(1 + 2/delta).\n\n"
        "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster simplelocal graph.edges.gz --set-file out/cluster.csv --delta 0.3 -o better",
    .arguments = "GRAPH",
    .groups = simplelocal_groups,
    .writes_folder = true,
    .run = run_simplelocal,
    .draw = cluster_draw,
};
