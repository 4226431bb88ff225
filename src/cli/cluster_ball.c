/* frugal cluster ball: breadth first from seeds, by distance or until a share of a target is reached. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

static const cli_option ball_rows[] = {
    {.name = "radius",
     .type = OPTION_INTEGER,
     .value = "R",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "nodes within so many steps of the seeds; 0: the seeds alone"},
    {.name = "until-share",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "instead: node by node from one seed, until more than this share of the target's volume is in "
             "it, or a quarter of the graph's volume (0.75 in the experiments of the paper)"},
    {.name = NULL},
};
static const option_group ball_options = {"Ball", ball_rows, false};
static const option_group *const ball_groups[] = {&ball_options,
                                                  &cluster_source_options,
                                                  &cluster_improve_options,
                                                  &cluster_flow_options,
                                                  &cluster_target_options,
                                                  &cluster_graph_options,
                                                  &cluster_figure_options,
                                                  &output_options,
                                                  &general_options,
                                                  NULL};

static int find(cli_job *job, cluster_input *input, const cluster_seeds *seeds, int64_t **nodes,
                int64_t *count)
{
    const cli_options *parsed = &job->options;
    if (!options_given(parsed, "until-share"))
        return fr_cluster_ball(input->workspace, seeds->count, seeds->node,
                               options_integer(parsed, "radius", 1), nodes, count);
    if (options_given(parsed, "radius"))
        return fr_fail(FR_EUSAGE, "--radius and --until-share exclude each other");
    if (seeds->count != 1)
        return fr_fail(FR_EUSAGE, "--until-share starts from one seed, found %lld", (long long)seeds->count);
    if (input->target == NULL) return fr_fail(FR_EUSAGE, "--until-share needs a target, such as --target");
    return fr_cluster_grow(input->workspace, seeds->node[0], input->n_target, input->target,
                           options_number(parsed, "until-share", 1), nodes, count);
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    fr_cluster_set set = {0};
    double start = fr_clock();
    int status = find(job, input, seeds, &set.node, &set.count);
    if (status == FR_OK) status = fr_cluster_score(input->workspace, set.count, set.node, &set.scores);
    if (status != FR_OK) goto done;
    job_metric(job, "seconds", fr_clock() - start);
    job_phase(job, "solve");
    cluster_nodes_sort(set.count, set.node);
    status = cluster_improve_and_give(job, input, "ball", &set);
    job_phase(job, "write");
done:
    fr_cluster_set_free(&set);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_ball_command = {
    .method = "cluster",
    .verb = "ball",
    .purpose = "the nodes around seeds, breadth first",
    .description =
        "All nodes within --radius steps of the seeds; or, to start a minimum-cut method from as in the "
        "experiments of the paper, "
        "breadth first until a share of a target is reached. --improve polishes the set at once.\n\n"
        "Writes cluster.csv, with a target f1.csv.",
    .example = "frugal cluster ball graph.edges.gz --seed-nodes 17 --radius 2 --improve simplelocal -o out",
    .arguments = "GRAPH",
    .groups = ball_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
