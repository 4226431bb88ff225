/* frugal cluster densest: the densest subgraph, exactly or by greedy peeling. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

static const cli_option densest_rows[] = {
    {.name = "loops", .type = OPTION_FLAG, .help = "count loops too, half of their weight each"},
    {.name = "greedy",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1e6,
     .help = "N rounds of greedy peeling instead of minimum cuts: 1 gives at least half of the density, more "
             "come near it; 0: exact"},
    {.name = NULL},
};
static const option_group densest_options = {"Density", densest_rows, false};
static const option_group *const densest_groups[] = {&densest_options,
                                                     &cluster_target_options,
                                                     &cluster_graph_options,
                                                     &cluster_figure_options,
                                                     &output_options,
                                                     &general_options,
                                                     NULL};

static int run(cli_job *job)
{
    cluster_input input;
    fr_cluster_densest_settings settings;
    fr_cluster_densest_result result = {0};
    fr_cluster_densest_settings_default(&settings);
    settings.loops = options_flag(&job->options, "loops");
    settings.greedy_rounds = options_integer(&job->options, "greedy", 0);
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = fr_cluster_densest(input.graph, &settings, &result);
    if (status == FR_OK) {
        job_phase(job, "solve");
        job_metric(job, "density", result.density);
        job_metric(job, "upper_bound", result.upper_bound);
        job_metric_count(job, "rounds", result.rounds);
        job_metric(job, "seconds", result.seconds);
        job_say(job, "density %.12g, at most %.12g", result.density, result.upper_bound);
        status = cluster_give_set(job, &input, "densest", &result.set);
        job_phase(job, "write");
    }
    fr_cluster_densest_result_free(&result);
    cluster_close(&input);
    return status;
}

const cli_command cluster_densest_command = {
    .method = "cluster",
    .verb = "densest",
    .purpose = "the densest subgraph",
    .description = "The set with the largest weight inside per node (Goldberg 1984): exact by minimum cuts, "
                   "the largest of equal ones; or "
                   "by greedy peeling with an upper bound that it proves.\n\n"
                   "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster densest graph.edges.gz -o out",
    .arguments = "GRAPH",
    .groups = densest_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
