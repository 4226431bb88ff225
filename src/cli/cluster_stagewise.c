/* frugal cluster stagewise: steepest descent in small steps of fixed mass, which traces the path of l1-PageRank. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option stagewise_rows[] = {
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.15",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "teleportation of the lazy walk"},
    {.name = "rho-min",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1e-3",
     .range = RANGE_POSITIVE,
     .help = "stop when the largest residual per degree is no more than this"},
    {.name = "eta",
     .type = OPTION_NUMBER,
     .value = "M",
     .fallback = "1e-4",
     .range = RANGE_POSITIVE,
     .help = "mass of a step; the result tends to the exact path as it falls"},
    {.name = "max-steps",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "stop after so many steps; 0: no limit"},
    {.name = "allow-unconverged",
     .type = OPTION_FLAG,
     .help = "exit with 0 also where --max-steps ended the run early"},
    {.name = NULL},
};
static const option_group stagewise_options = {"Stagewise", stagewise_rows, false};
static const option_group *const stagewise_groups[] = {
    &stagewise_options,      &cluster_seed_options,  &cluster_sweep_options,
    &cluster_target_options, &cluster_graph_options, &cluster_figure_options,
    &output_options,         &general_options,       NULL};

static int write_steps(cli_job *job, const cluster_input *input, const fr_cluster_stagewise_result *result)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "stagewise.csv", "step,node,rho", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < result->n_steps; k++) {
        fr_csv_i64(csv, k);
        cluster_csv_node(csv, input, result->node[k]);
        fr_csv_f64(csv, result->rho[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    const cli_options *parsed = &job->options;
    fr_cluster_stagewise_settings settings;
    fr_cluster_stagewise_result result = {0};
    fr_cluster_stagewise_settings_default(&settings);
    settings.alpha = options_number(parsed, "alpha", settings.alpha);
    settings.rho_min = options_number(parsed, "rho-min", settings.rho_min);
    settings.eta = options_number(parsed, "eta", settings.eta);
    settings.max_steps = options_integer(parsed, "max-steps", settings.max_steps);
    int status = fr_cluster_stagewise(input->workspace, &seeds->seeds, &settings, &result);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    cluster_note_info(job, &result.vector.info, cluster_support(&result.vector));
    job_say(job, "%lld step%s to reach %lld node%s", (long long)result.n_steps, plural(result.n_steps, "s"),
            (long long)result.vector.count, plural(result.vector.count, "s"));
    cluster_note_convergence(job, result.vector.info.converged, "raise --max-steps");
    if (job_writes(job)) status = write_steps(job, input, &result);
    if (status == FR_OK) status = cluster_give_vector(job, input, "stagewise", &result.vector, NULL);
    job_phase(job, "write");
    fr_cluster_stagewise_result_free(&result);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_stagewise_command = {
    .method = "cluster",
    .verb = "stagewise",
    .purpose = "forward stagewise steps along the path of l1-PageRank",
    .description = "Adds a mass of eta at a time to the node with the largest residual per degree, until "
                   "none is above rho-min. As eta "
                   "falls this tends to the exact path, at an error in proportion to eta. The cluster is the "
                   "best prefix of the nodes "
                   "by descending p/degree at the end.\n\n"
                   "Writes stagewise.csv (a row for each step), vector.csv, sweep.csv, cluster.csv, with a "
                   "target f1.csv.",
    .example = "frugal cluster stagewise graph.edges.gz --seed-nodes 17 --eta 1e-4 -o out",
    .arguments = "GRAPH",
    .groups = stagewise_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
