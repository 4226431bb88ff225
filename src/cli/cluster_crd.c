/* frugal cluster crd: capacity releasing diffusion (Wang et al., ICML 2017). */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

static const cli_option crd_rows[] = {
    {.name = "capacity",
     .type = OPTION_INTEGER,
     .value = "U",
     .fallback = "3",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e9,
     .help = "most flow over an edge in a round"},
    {.name = "height",
     .type = OPTION_INTEGER,
     .value = "H",
     .fallback = "10",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 60000,
     .help = "limit of the labels: how far mass flows in a round"},
    {.name = "growth",
     .type = OPTION_NUMBER,
     .value = "W",
     .fallback = "2",
     .range = RANGE_ABOVE,
     .low = 1,
     .high = 1e9,
     .help = "factor on the mass from round to round"},
    {.name = "iterations",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "20",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e6,
     .help = "most rounds"},
    {.name = NULL},
};
static const option_group crd_options = {"Diffusion", crd_rows, false};
static const option_group *const crd_groups[] = {&crd_options,
                                                 &cluster_source_options,
                                                 &cluster_target_options,
                                                 &cluster_graph_options,
                                                 &cluster_figure_options,
                                                 &output_options,
                                                 &general_options,
                                                 NULL};

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    const cli_options *parsed = &job->options;
    fr_cluster_crd_settings settings;
    fr_cluster_crd_result result = {0};
    if (seeds->mass != NULL)
        return fr_fail(FR_EUSAGE, "crd starts each seed with twice its degree; masses have no place in it");
    fr_cluster_crd_settings_default(&settings);
    settings.capacity = options_integer(parsed, "capacity", settings.capacity);
    settings.height = options_integer(parsed, "height", settings.height);
    settings.growth = options_number(parsed, "growth", settings.growth);
    settings.iterations = options_integer(parsed, "iterations", settings.iterations);
    int status = fr_cluster_crd(input->workspace, seeds->count, seeds->node, &settings, &result);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    if (result.set.scores.volume == 0)
        fr_warn("the seeds have no neighbours: nothing can spread from them, and they are the cluster");
    job_metric_count(job, "rounds", result.rounds);
    job_metric_count(job, "pushes", result.pushes);
    job_metric_count(job, "arcs_read", result.arcs_read);
    job_metric(job, "seconds", result.seconds);
    status = cluster_give_set(job, input, "crd", &result.set);
    job_phase(job, "write");
    fr_cluster_crd_result_free(&result);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_crd_command = {
    .method = "cluster",
    .verb = "crd",
    .purpose = "capacity releasing diffusion from seeds",
    .description =
        "Pours mass onto the seeds round after round; it flows downhill over edges of limited capacity and "
        "fills the cluster "
        "before it can leave through few edges. Stops when too much mass is stuck: the borders of a cluster "
        "are reached. Uses unweighted degrees.\n\n"
        "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster crd graph.edges.gz --seed-nodes 17 -o out",
    .arguments = "GRAPH",
    .groups = crd_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
