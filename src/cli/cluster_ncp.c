/* frugal cluster ncp: the network community profile: the best conductance at each size, from many runs. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option ncp_rows[] = {
    {.name = "preset",
     .type = OPTION_CHOICE,
     .value = "apr|deep|l1|crd|mqi",
     .fallback = "apr",
     .help = "what is run from where: pushes from nodes and neighbourhoods; these with a ten times smaller "
             "alpha too; l1-PageRank; capacity releasing diffusion; MQI of neighbourhoods"},
    {.name = "samples",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "nodes or neighbourhoods drawn in each stage; 0: a share of the nodes, by the preset"},
    {.name = "local-minima",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "at most so many neighbourhoods that are better than those around them in each stage; 0: by the "
             "preset"},
    {.name = "time-limit",
     .type = OPTION_NUMBER,
     .value = "S",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .unit = "s",
     .help = "leave out what is not done after so much time; 0: no limit"},
    {.name = "whole-graph", .type = OPTION_FLAG, .help = "all components, not the largest alone"},
    {.name = "keep-sets", .type = OPTION_FLAG, .help = "write the nodes of every cluster: ncp_sets.csv"},
    {.name = "bins",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "100",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e6,
     .help = "bins of the envelope, of equal width in the logarithm"},
    {.name = "by-size",
     .type = OPTION_FLAG,
     .help = "envelope over the number of nodes instead of the volume"},
    {.name = "by-expansion",
     .type = OPTION_FLAG,
     .help = "envelope of the expansion instead of the conductance"},
    {.name = NULL},
};
static const option_group ncp_options = {"Profile", ncp_rows, false};
static const option_group *const ncp_groups[] = {&ncp_options, &cluster_graph_options, &output_options,
                                                 &general_options, NULL};

static const char columns[] = "method,input,node,alpha,rho,"
                              "input_size,input_volume,input_cut,input_conductance,input_expansion,"
                              "input_size_smaller,input_volume_smaller,"
                              "output_size,output_volume,output_cut,output_conductance,output_expansion,"
                              "output_size_smaller,output_volume_smaller";

static void put_scores(fr_csv *csv, const fr_cluster_scores *scores)
{
    fr_csv_i64(csv, scores->size);
    fr_csv_f64(csv, scores->volume);
    fr_csv_f64(csv, scores->cut);
    fr_csv_f64(csv, scores->conductance);
    fr_csv_f64(csv, scores->expansion);
    fr_csv_i64(csv, scores->size_smaller);
    fr_csv_f64(csv, scores->volume_smaller);
}

static void put_row(fr_csv *csv, const cluster_input *input, const fr_cluster_ncp_row *row)
{
    static const char *const kinds[] = {"node", "neighborhood", "set", "refine"};
    fr_csv_text(csv, row->method);
    fr_csv_text(csv, kinds[row->kind]);
    if (row->node >= 0) {
        cluster_csv_node(csv, input, row->node);
    } else {
        fr_csv_text(csv, "");
        if (input->whole.name_offset != NULL) fr_csv_text(csv, "");
    }
    fr_csv_f64(csv, row->alpha);
    fr_csv_f64(csv, row->rho);
    put_scores(csv, &row->input);
    put_scores(csv, &row->output);
    fr_csv_end_row(csv);
}

/* All rows, or those that `chosen` (may be NULL) lists. */
static int write_rows(cli_job *job, const cluster_input *input, const char *file,
                      const fr_cluster_ncp_result *ncp, int64_t count, const int64_t *chosen)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, file, columns, &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < count; k++)
        put_row(csv, input, &ncp->rows[chosen != NULL ? chosen[k] : k]);
    return fr_csv_close(csv);
}

static int write_sets(cli_job *job, const cluster_input *input, const fr_cluster_ncp_result *ncp)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "ncp_sets.csv", "row,node", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < ncp->n_rows; k++)
        for (int64_t j = 0; j < ncp->rows[k].output.size; j++) {
            fr_csv_i64(csv, k);
            cluster_csv_node(csv, input, ncp->set_node[ncp->rows[k].set + j]);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

static int write_all(cli_job *job, const cluster_input *input, const fr_cluster_ncp_result *ncp)
{
    const cli_options *parsed = &job->options;
    int64_t bins = options_integer(parsed, "bins", 100), count = 0;
    int64_t *chosen = fr_alloc(bins, sizeof *chosen);
    int status = chosen == NULL
                     ? FR_ENOMEM
                     : fr_cluster_ncp_envelope(ncp, options_flag(parsed, "by-size"),
                                               options_flag(parsed, "by-expansion"), bins, chosen, &count);
    if (status == FR_OK) status = write_rows(job, input, "ncp.csv", ncp, ncp->n_rows, NULL);
    if (status == FR_OK) status = write_rows(job, input, "ncp_envelope.csv", ncp, count, chosen);
    if (status == FR_OK && options_flag(parsed, "keep-sets")) status = write_sets(job, input, ncp);
    fr_free(chosen);
    return status;
}

static void note_profile(cli_job *job, const fr_cluster_ncp_result *ncp)
{
    const fr_cluster_ncp_row *best = NULL;
    for (int64_t k = 0; k < ncp->n_rows; k++)
        if (best == NULL || ncp->rows[k].output.conductance < best->output.conductance) best = &ncp->rows[k];
    job_metric_count(job, "rows", ncp->n_rows);
    job_metric_count(job, "runs", ncp->runs);
    job_metric_count(job, "unfinished", ncp->unfinished);
    job_metric_count(job, "sampled_n", ncp->n);
    job_metric_count(job, "sampled_arcs", ncp->n_arcs);
    job_metric(job, "seconds", ncp->seconds);
    if (ncp->unfinished > 0)
        fr_warn("not finished and left out: %lld of %lld run%s", (long long)ncp->unfinished,
                (long long)ncp->runs, plural(ncp->runs, "s"));
    if (best == NULL) return;
    cluster_note_scores(job, "best_", &best->output);
    job_say(job, "%lld cluster%s from %lld run%s; the best has %lld node%s, conductance %.6g",
            (long long)ncp->n_rows, plural(ncp->n_rows, "s"), (long long)ncp->runs, plural(ncp->runs, "s"),
            (long long)best->output.size, plural(best->output.size, "s"), best->output.conductance);
}

static void settings_of(const cli_options *parsed, fr_cluster_ncp_settings *out)
{
    static const fr_cluster_ncp_preset presets[] = {
        FR_CLUSTER_NCP_APR, FR_CLUSTER_NCP_DEEP, FR_CLUSTER_NCP_L1, FR_CLUSTER_NCP_CRD, FR_CLUSTER_NCP_MQI};
    fr_cluster_ncp_settings_default(out);
    out->preset = presets[options_integer(parsed, "preset", 0)];
    out->samples = options_integer(parsed, "samples", out->samples);
    out->local_minima = options_integer(parsed, "local-minima", out->local_minima);
    out->whole_graph = options_flag(parsed, "whole-graph");
    out->time_limit = options_number(parsed, "time-limit", out->time_limit);
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
    out->keep_sets = options_flag(parsed, "keep-sets");
}

static int run(cli_job *job)
{
    cluster_input input;
    fr_cluster_ncp_settings settings;
    fr_cluster_ncp_result ncp = {0};
    settings_of(&job->options, &settings);
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = fr_cluster_ncp(input.graph, &settings, &ncp);
    bool stopped = status == FR_EINTERRUPTED && ncp.n_rows > 0;
    if (status == FR_OK || stopped) {
        job_phase(job, "solve");
        note_profile(job, &ncp);
        if (job_writes(job)) status = write_all(job, &input, &ncp);
        job_phase(job, "write");
    }
    if (stopped && status == FR_OK) {
        job->keep = true;
        status = fr_fail(FR_EINTERRUPTED, "stopped on request");
    }
    fr_cluster_ncp_result_free(&ncp);
    cluster_close(&input);
    return status;
}

const cli_command cluster_ncp_command = {
    .method = "cluster",
    .verb = "ncp",
    .purpose = "network community profile: the best conductance at each size",
    .description = "Runs a method from many random nodes, neighbourhoods and locally best neighbourhoods, "
                   "keeps every cluster of less than half of "
                   "the volume, and takes the lower envelope of conductance against volume (Leskovec, Lang, "
                   "Dasgupta, Mahoney 2009). "
                   "The samples depend on --seed alone, not on the number of threads.\n\n"
                   "Writes ncp.csv (a row for each cluster: method, input, scores of input and output), "
                   "ncp_envelope.csv, with "
                   "--keep-sets ncp_sets.csv.",
    .example = "frugal cluster ncp graph.edges.gz --preset apr --samples 200 -o out",
    .arguments = "GRAPH",
    .groups = ncp_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
