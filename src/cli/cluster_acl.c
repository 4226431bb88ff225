/* frugal cluster acl: approximate PageRank by pushes (Andersen, Chung, Lang, FOCS 2006), and PageRank-Nibble. */
#include "cluster_batch.h"
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "text.h"

static const cli_option acl_rows[] = {
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.15",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "teleportation of the lazy walk"},
    {.name = "eps",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "stop when no residual is above E times the degree"},
    {.name = "nibble",
     .type = OPTION_FLAG,
     .help = "alpha and eps from a volume and a conductance that the cluster should have"},
    {.name = "nibble-volume",
     .type = OPTION_NUMBER,
     .value = "V",
     .fallback = "100",
     .range = RANGE_FROM_ZERO,
     .help = "the volume, with --nibble"},
    {.name = "nibble-conductance",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0.5",
     .range = RANGE_ABOVE,
     .low = 0,
     .high = 1,
     .help = "the conductance, with --nibble"},
    {.name = "residual", .type = OPTION_FLAG, .help = "write the residual too: residual.csv"},
    {.name = NULL},
};
static const option_group acl_options = {"Pushes", acl_rows, false};
static const option_group *const acl_groups[] = {&acl_options,
                                                 &cluster_seed_options,
                                                 &cluster_batch_options,
                                                 &cluster_sweep_options,
                                                 &cluster_improve_options,
                                                 &cluster_flow_options,
                                                 &cluster_limit_options,
                                                 &cluster_diagnose_options,
                                                 &cluster_target_options,
                                                 &cluster_graph_options,
                                                 &cluster_figure_options,
                                                 &output_options,
                                                 &general_options,
                                                 NULL};

static int check_options(const cli_options *parsed)
{
    static const char *const of_nibble[] = {"nibble-volume", "nibble-conductance"}, *const others[] = {
                                                                                        "alpha", "eps"};
    bool nibble = options_flag(parsed, "nibble");
    for (int k = 0; k < 2; k++) {
        if (!nibble && options_given(parsed, of_nibble[k]))
            return fr_fail(FR_EUSAGE, "--%s needs --nibble", of_nibble[k]);
        if (nibble && options_given(parsed, others[k]))
            return fr_fail(FR_EUSAGE, "--nibble chooses alpha and eps; leave --%s out", others[k]);
    }
    return cluster_is_batch(parsed) ? cluster_check_batch(parsed) : FR_OK;
}

static int settings_of(cli_job *job, const fr_graph *graph, fr_cluster_acl_settings *out)
{
    const cli_options *parsed = &job->options;
    fr_cluster_acl_settings_default(out);
    out->alpha = options_number(parsed, "alpha", out->alpha);
    out->eps = options_number(parsed, "eps", out->eps);
    out->max_steps = options_integer(parsed, "max-steps", out->max_steps);
    out->time_limit = options_number(parsed, "time-limit", out->time_limit);
    out->keep_residual = options_flag(parsed, "residual");
    if (!options_flag(parsed, "nibble")) return FR_OK;
    int status = fr_cluster_nibble_parameters(graph, options_number(parsed, "nibble-volume", 100),
                                              options_number(parsed, "nibble-conductance", 0.5), &out->alpha,
                                              &out->eps);
    job_setting(job, "alpha", out->alpha);
    job_setting(job, "eps", out->eps);
    return status;
}

static int from_seeds(cli_job *job, cluster_input *input, const fr_cluster_acl_settings *settings)
{
    cluster_seeds seeds = {0};
    fr_cluster_vector vector = {0};
    fr_cluster_set best = {0};
    int status = cluster_seeds_read(job, input, &seeds);
    if (status == FR_OK) status = fr_cluster_acl(input->workspace, &seeds.seeds, settings, &vector);
    if (status != FR_OK) goto done;
    job_phase(job, "solve");
    cluster_note_info(job, &vector.info, cluster_support(&vector));
    job_say(job, "%lld push%s to reach %lld node%s, sum of p %.6g", (long long)vector.info.steps,
            plural(vector.info.steps, "es"), (long long)vector.count, plural(vector.count, "s"),
            vector.info.sum_p);
    cluster_note_convergence(job, vector.info.converged, "raise --max-steps or --time-limit");
    status = cluster_give_vector(job, input, "acl", &vector, &best);
    cluster_ask(job, input, &seeds.seeds, settings->alpha, settings->eps);
    if (status == FR_OK) status = cluster_improve_and_give(job, input, "acl", &best);
    job_phase(job, "write");
done:
    fr_cluster_set_free(&best);
    fr_cluster_vector_free(&vector);
    cluster_seeds_free(&seeds);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    fr_cluster_acl_settings settings;
    fr_cluster_batch_settings batch = {.acl = true};
    int status = check_options(&job->options);
    if (status == FR_OK) status = cluster_open(job, CLUSTER_LOCAL, &input);
    if (status != FR_OK) return status;
    status = settings_of(job, input.graph, &settings);
    fr_cluster_l1_settings_default(&batch.l1);
    batch.l1.alpha = settings.alpha;
    batch.l1.rho = settings.eps;
    batch.l1.max_steps = settings.max_steps;
    batch.l1.time_limit = settings.time_limit;
    if (status == FR_OK)
        status = cluster_is_batch(&job->options) ? cluster_run_batch(job, &input, &batch)
                                                 : from_seeds(job, &input, &settings);
    cluster_close(&input);
    return status;
}

const cli_command cluster_acl_command = {
    .method = "cluster",
    .verb = "acl",
    .purpose = "approximate PageRank by pushes, and its best cluster",
    .description = "Andersen, Chung and Lang's push procedure: mass moves from the residual to p until no "
                   "residual is above eps times "
                   "the degree; the seeds begin in the order given. It reads at most 1/(alpha eps) arcs of "
                   "unit weight. The cluster is "
                   "the best prefix of the nodes by descending p/degree. --nibble sets alpha and eps as "
                   "PageRank-Nibble does.\n\n"
                   "Writes vector.csv, sweep.csv, cluster.csv, with a target f1.csv; with --batch or "
                   "--each-seed only batch.csv and "
                   "batch_sets.csv.",
    .example = "frugal cluster acl graph.edges.gz --seed-nodes 17 --alpha 0.1 --eps 1e-5 -o out",
    .arguments = "GRAPH",
    .groups = acl_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
