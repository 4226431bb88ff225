/* frugal cluster path: the exact solution path of l1-PageRank in rho, and the best support that it visits. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option path_rows[] = {
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
     .fallback = "1e-5",
     .range = RANGE_POSITIVE,
     .help = "where the path ends"},
    {.name = "max-nodes",
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "end when so many nodes have entered; 0: no limit"},
    {.name = "max-volume",
     .type = OPTION_NUMBER,
     .value = "V",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "end when the support has this volume; 0: no limit"},
    {.name = NULL},
};
static const option_group path_options = {"Path", path_rows, false};
static const option_group *const path_groups[] = {
    &path_options,           &cluster_seed_options,  &cluster_diagnose_options,
    &cluster_target_options, &cluster_graph_options, &cluster_figure_options,
    &output_options,         &general_options,       NULL};

/* The rho down to which the path was followed. */
static double end_of(const fr_cluster_path_result *path, const fr_cluster_path_settings *settings)
{
    if (path->count == 0) return settings->rho_min;
    bool nodes = settings->max_nodes > 0 && path->count >= settings->max_nodes;
    bool volume = settings->max_volume > 0 && path->volume[path->count - 1] >= settings->max_volume;
    return nodes || volume ? path->rho[path->count - 1] : settings->rho_min;
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    const cli_options *parsed = &job->options;
    fr_cluster_path_settings settings;
    fr_cluster_path_result path = {0};
    fr_cluster_path_settings_default(&settings);
    settings.alpha = options_number(parsed, "alpha", settings.alpha);
    settings.rho_min = options_number(parsed, "rho-min", settings.rho_min);
    settings.max_nodes = options_integer(parsed, "max-nodes", settings.max_nodes);
    settings.max_volume = options_number(parsed, "max-volume", settings.max_volume);
    int status = fr_cluster_path(input->workspace, &seeds->seeds, &settings, &path);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    cluster_note_info(job, &path.info, path.count);
    job_say(job, "%lld node%s in order of entry, down to rho %.6g", (long long)path.count,
            plural(path.count, "s"), path.count > 0 ? path.rho[path.count - 1] : settings.rho_min);
    if (job_writes(job)) status = cluster_write_path(job, input, &path);
    cluster_ask(job, input, &seeds->seeds, settings.alpha, end_of(&path, &settings));
    if (status == FR_OK) status = cluster_give_set(job, input, "path", &path.best);
    job_phase(job, "write");
    fr_cluster_path_result_free(&path);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_path_command = {
    .method = "cluster",
    .verb = "path",
    .purpose = "every cluster that l1-PageRank finds as rho falls, exactly",
    .description = "Follows the solution of l1-PageRank as rho falls: it is piecewise linear, and nodes "
                   "enter and never leave. The order "
                   "of entry ranks the nodes without any choice of rho; each support on the way is a "
                   "cluster, and the one of smallest "
                   "conductance is the answer.\n\n"
                   "Writes path.csv (a row for each entry, with the scores of the support up to it) and "
                   "cluster.csv, with a target "
                   "f1.csv.",
    .example = "frugal cluster path graph.edges.gz --seed-nodes 17 --alpha 0.1 --max-nodes 500 -o out",
    .arguments = "GRAPH",
    .groups = path_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
