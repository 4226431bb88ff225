/* frugal cluster ppr-path: the best sweep at every tolerance of seeded PageRank (Kloster, Gleich). */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option ppr_rows[] = {
    {.name = "damping",
     .type = OPTION_NUMBER,
     .value = "T",
     .fallback = "0.99",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "chance that the walk goes on; it is not lazy: T = (1 - alpha)/(1 + alpha)"},
    {.name = "eps-min",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-4",
     .range = RANGE_POSITIVE,
     .help = "the last tolerance"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "0.1",
     .range = RANGE_BELOW,
     .low = 0,
     .high = 1,
     .help = "share of the current tolerance that a push leaves behind"},
    {.name = NULL},
};
static const option_group ppr_options = {"PageRank path", ppr_rows, false};
static const option_group *const ppr_groups[] = {&ppr_options,
                                                 &cluster_seed_options,
                                                 &cluster_target_options,
                                                 &cluster_graph_options,
                                                 &cluster_figure_options,
                                                 &output_options,
                                                 &general_options,
                                                 NULL};

static int write_rows(cli_job *job, const cluster_input *input, const fr_cluster_ppr_path_result *path)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "ppr_path.csv", "eps,conductance,cut,volume,size,step", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < path->count; k++) {
        fr_csv_f64(csv, path->eps[k]);
        fr_csv_f64(csv, path->conductance[k]);
        fr_csv_f64(csv, path->cut[k]);
        fr_csv_f64(csv, path->volume[k]);
        fr_csv_i64(csv, path->size[k]);
        fr_csv_i64(csv, path->step[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    fr_cluster_ppr_path_settings settings;
    fr_cluster_ppr_path_result path = {0};
    fr_cluster_ppr_path_settings_default(&settings);
    settings.damping = options_number(&job->options, "damping", settings.damping);
    settings.eps_min = options_number(&job->options, "eps-min", settings.eps_min);
    settings.rho = options_number(&job->options, "rho", settings.rho);
    int status = fr_cluster_ppr_path(input->workspace, &seeds->seeds, &settings, &path);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    cluster_note_info(job, &path.info, path.ranked);
    job_metric_count(job, "rows", path.count);
    job_say(job, "%lld push%s, %lld node%s, %lld tolerance%s", (long long)path.steps,
            plural(path.steps, "es"), (long long)path.ranked, plural(path.ranked, "s"), (long long)path.count,
            plural(path.count, "s"));
    if (job_writes(job)) status = write_rows(job, input, &path);
    if (status == FR_OK) status = cluster_give_set(job, input, "ppr-path", &path.best);
    job_phase(job, "write");
    fr_cluster_ppr_path_result_free(&path);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_ppr_path_command = {
    .method = "cluster",
    .verb = "ppr-path",
    .purpose = "the best cluster of seeded PageRank at every tolerance",
    .description = "Pushes the largest residual first, and after each fall of the tolerance notes the best "
                   "sweep so far: all "
                   "clusters that PageRank finds between a coarse and a fine tolerance, in one run.\n\n"
                   "Writes ppr_path.csv (a row for each tolerance) and cluster.csv, with a target f1.csv.",
    .example = "frugal cluster ppr-path graph.edges.gz --seed-nodes 17 --damping 0.99 --eps-min 1e-4 -o out",
    .arguments = "GRAPH",
    .groups = ppr_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
