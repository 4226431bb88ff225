/* frugal cluster sweep: the best prefix of nodes by the values of a table. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

static const cli_option sweep_rows[] = {
    {.name = "no-sort", .type = OPTION_FLAG, .help = "sweep in the order of the file; it needs no values"},
    {.name = "two-sided",
     .type = OPTION_FLAG,
     .help = "also sweep from the smallest value up, and keep the better; for vectors of both signs"},
    {.name = NULL},
};
static const option_group order_options = {"Order", sweep_rows, false};
static const option_group *const sweep_groups[] = {
    &cluster_value_options,  &order_options,         &cluster_sweep_options,
    &cluster_target_options, &cluster_graph_options, &cluster_figure_options,
    &output_options,         &general_options,       NULL};

static int work(cli_job *job, cluster_input *input)
{
    cluster_values list = {0};
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep = {0};
    int status = cluster_values_read(job, input, !options_flag(&job->options, "no-sort"), &list);
    cluster_sweep_settings(&job->options, &settings);
    settings.sorted = options_flag(&job->options, "no-sort");
    settings.two_sided = options_flag(&job->options, "two-sided");
    double start = fr_clock();
    if (status == FR_OK)
        status = fr_cluster_sweep(input->workspace, list.count, list.node, list.value, &settings, &sweep);
    if (status != FR_OK) goto done;
    job_metric(job, "seconds", fr_clock() - start);
    job_metric_count(job, "listed", list.count);
    job_metric_count(job, "prefix", sweep.prefix);
    if (settings.two_sided) cluster_note_flag(job, "negated", sweep.negated);
    job_phase(job, "sweep");
    if (job_writes(job)) status = cluster_write_profile(job, input, &sweep);
    if (status == FR_OK) status = cluster_give_set(job, input, "sweep", &sweep.best);
    job_phase(job, "write");
done:
    fr_cluster_sweep_result_free(&sweep);
    cluster_values_free(&list);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    if (options_flag(&job->options, "no-sort") && options_flag(&job->options, "two-sided"))
        return fr_fail(FR_EUSAGE, "--no-sort and --two-sided exclude each other");
    int status = cluster_open(job, CLUSTER_LOCAL, &input);
    if (status != FR_OK) return status;
    status = work(job, &input);
    cluster_close(&input);
    return status;
}

const cli_command cluster_sweep_command = {
    .method = "cluster",
    .verb = "sweep",
    .purpose = "sweep cut: the best prefix of a ranking of nodes",
    .description = "Takes the nodes by descending value (equal ones by ascending id) and gives the prefix of "
                   "smallest conductance; of "
                   "equal ones the shortest.\n\n"
                   "Writes sweep.csv (scores of every prefix) and cluster.csv, with a target f1.csv.",
    .example = "frugal cluster sweep graph.edges.gz --vector out/vector.csv -o swept",
    .arguments = "GRAPH",
    .groups = sweep_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
