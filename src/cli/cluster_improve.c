/* Polishing a set by minimum cuts: MQI inside it, SimpleLocal around it; as a step after l1pr and acl, and the settings that
 * the verbs of these names share. */
#include "cluster_results.h"

#include <string.h>

static const cli_option improve_rows[] = {
    {.name = "improve",
     .type = OPTION_CHOICE,
     .value = "none|mqi|simplelocal",
     .fallback = "none",
     .help = "polish the cluster: mqi finds the best cut inside it, simplelocal may add nodes too"},
    {.name = NULL},
};
const option_group cluster_improve_options = {"Improvement", improve_rows, false};

/* Those about delta first: FlowImprove has none. */
enum { n_delta_rows = 2 };
static const cli_option flow_rows[] = {
    {.name = "delta",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0.3",
     .range = RANGE_FROM_ZERO,
     .help = "how near SimpleLocal stays to its input: a large one keeps it inside, 0 reads the whole graph "
             "(FlowImprove)"},
    {.name = "delta-from-target",
     .type = OPTION_FLAG,
     .help = "delta by the share of the target that the input holds, as in the experiments of the paper; "
             "needs a target"},
    {.name = "side",
     .type = OPTION_CHOICE,
     .value = "none|count|volume",
     .fallback = "count",
     .help = "give the complement where the set has more than half of the nodes, or of the volume"},
    {.name = "keep-disconnected",
     .type = OPTION_FLAG,
     .help = "keep all components of the set, not only the one of smallest ratio"},
    {.name = "exact-conductance",
     .type = OPTION_FLAG,
     .help = "improve the conductance itself from round to round, not the ratio that is tied to the input"},
    {.name = NULL},
};
const option_group cluster_flow_options = {"SimpleLocal", flow_rows, false};
const option_group cluster_cut_options = {"FlowImprove", flow_rows + n_delta_rows, false};

static int delta_from_target(cli_job *job, const cluster_input *input, int64_t count, const int64_t *nodes,
                             double *delta)
{
    if (options_given(&job->options, "delta"))
        return fr_fail(FR_EUSAGE, "--delta and --delta-from-target exclude each other");
    if (input->target == NULL)
        return fr_fail(FR_EUSAGE, "--delta-from-target needs a target, such as --target");
    int status = fr_cluster_flow_delta(input->workspace, count, nodes, input->n_target, input->target, delta);
    if (status == FR_OK) job_setting(job, "delta", *delta);
    return status;
}

int cluster_flow_settings(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes,
                          fr_cluster_flow_settings *out)
{
    static const fr_cluster_side sides[] = {FR_CLUSTER_SIDE_NONE, FR_CLUSTER_SIDE_COUNT,
                                            FR_CLUSTER_SIDE_VOLUME};
    const cli_options *parsed = &job->options;
    int status = FR_OK;
    fr_cluster_flow_settings_default(out);
    out->delta = options_number(parsed, "delta", out->delta);
    out->side = sides[options_integer(parsed, "side", 1)];
    out->keep_disconnected = options_flag(parsed, "keep-disconnected");
    out->exact_conductance = options_flag(parsed, "exact-conductance");
    if (options_flag(parsed, "delta-from-target"))
        status = delta_from_target(job, input, count, nodes, &out->delta);
    /* without a penalty all of the graph is read, which a mapped file must have been checked for */
    if (status == FR_OK && out->delta <= 0 && !input->graph->trusted) status = fr_graph_check(&input->whole);
    return status;
}

static void note_flow(cli_job *job, const fr_cluster_flow_result *flow)
{
    job_metric(job, "relative_conductance", flow->relative_conductance);
    job_metric_count(job, "rounds", flow->rounds);
    job_metric_count(job, "flow_arcs_read", flow->arcs_read);
    job_metric_count(job, "peak_nodes", flow->peak_nodes);
    job_metric(job, "visited_volume", flow->visited_volume);
    job_metric(job, "flow_seconds", flow->seconds);
    cluster_note_scores(job, "raw_", &flow->raw.scores);
}

int cluster_give_flow(cli_job *job, cluster_input *input, const char *method,
                      const fr_cluster_flow_result *flow)
{
    note_flow(job, flow);
    job_metric_count(job, "arcs_read", flow->arcs_read);
    job_metric(job, "seconds", flow->seconds);
    job_phase(job, "solve");
    int status =
        flow->raw.count == flow->set.count ? FR_OK : cluster_compare(job, input, "before rules", &flow->raw);
    return status == FR_OK ? cluster_give_set(job, input, method, &flow->set) : status;
}

/* MQI takes at most half of the volume; a larger set is given as it is. */
static bool too_large_for_mqi(const cluster_input *input, const fr_cluster_set *set)
{
    return set->scores.volume > input->graph->volume / 2;
}

int cluster_improve_and_give(cli_job *job, cluster_input *input, const char *method,
                             const fr_cluster_set *set)
{
    enum { NONE, MQI, SIMPLELOCAL };
    int64_t how = options_integer(&job->options, "improve", NONE);
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow = {0};
    if (how == MQI && too_large_for_mqi(input, set)) {
        fr_warn("the cluster has more than half of the volume, and mqi cannot improve it");
        how = NONE;
    }
    if (how == NONE || set->count == 0) return cluster_give_set(job, input, method, set);
    cluster_note_scores(job, "sweep_", &set->scores);
    int status = cluster_compare(job, input, method, set);
    if (status == FR_OK && how == MQI)
        status = fr_cluster_mqi(input->workspace, set->count, set->node, &flow);
    if (status == FR_OK && how == SIMPLELOCAL)
        status = cluster_flow_settings(job, input, set->count, set->node, &settings);
    if (status == FR_OK && how == SIMPLELOCAL)
        status = fr_cluster_local_flow(input->workspace, set->count, set->node, &settings, &flow);
    if (status != FR_OK) return status;
    note_flow(job, &flow);
    job_phase(job, "improve");
    job_say(job, "%s: conductance %.6g before the improvement", method, set->scores.conductance);
    status = cluster_give_set(job, input, how == MQI ? "mqi" : "simplelocal", &flow.set);
    fr_cluster_flow_result_free(&flow);
    return status;
}
