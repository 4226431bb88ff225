/* frugal cluster hk: heat kernel PageRank by pushes on a Taylor polynomial (Kloster, Gleich, KDD 2014). */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option hk_rows[] = {
    {.name = "t",
     .type = OPTION_NUMBER,
     .value = "T",
     .fallback = "15",
     .range = RANGE_ABOVE,
     .low = 0,
     .high = 500,
     .help = "time of the diffusion; a longer one looks further"},
    {.name = "eps",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-4",
     .range = RANGE_POSITIVE,
     .help = "largest error of each value over its degree"},
    {.name = NULL},
};
static const option_group hk_options = {"Heat kernel", hk_rows, false};
static const option_group *const hk_groups[] = {&hk_options,
                                                &cluster_seed_options,
                                                &cluster_sweep_options,
                                                &cluster_improve_options,
                                                &cluster_flow_options,
                                                &cluster_target_options,
                                                &cluster_graph_options,
                                                &cluster_figure_options,
                                                &output_options,
                                                &general_options,
                                                NULL};

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    fr_cluster_heat_settings settings;
    fr_cluster_vector vector = {0};
    fr_cluster_set best = {0};
    fr_cluster_heat_settings_default(&settings);
    settings.t = options_number(&job->options, "t", settings.t);
    settings.eps = options_number(&job->options, "eps", settings.eps);
    int status = fr_cluster_heat(input->workspace, &seeds->seeds, &settings, &vector);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    cluster_note_info(job, &vector.info, cluster_support(&vector));
    job_say(job, "%lld push%s to reach %lld node%s, sum of p %.6g", (long long)vector.info.steps,
            plural(vector.info.steps, "es"), (long long)vector.count, plural(vector.count, "s"),
            vector.info.sum_p);
    status = cluster_give_vector(job, input, "hk", &vector, &best);
    if (status == FR_OK) status = cluster_improve_and_give(job, input, "hk", &best);
    job_phase(job, "write");
    fr_cluster_set_free(&best);
    fr_cluster_vector_free(&vector);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_hk_command = {
    .method = "cluster",
    .verb = "hk",
    .purpose = "heat kernel PageRank around seeds, and its best cluster",
    .description = "The heat kernel e^-t sum_k t^k/k! P^k s, where P is the random walk and s the "
                   "distribution of the seeds, by "
                   "pushes on a Taylor polynomial: each value is too small by at most eps times the degree. "
                   "The cluster is "
                   "the best prefix of the nodes by descending value/degree.\n\n"
                   "Writes vector.csv, sweep.csv, cluster.csv, with a target f1.csv.",
    .example = "frugal cluster hk graph.edges.gz --seed-nodes 17 --t 15 --eps 1e-4 -o out",
    .arguments = "GRAPH",
    .groups = hk_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
