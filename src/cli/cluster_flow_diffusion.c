/* frugal cluster flow-diffusion: p-norm flow diffusion (Fountoulakis, Wang, Yang, ICML 2020) and its sweep. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

#include <math.h>

static const cli_option diffusion_rows[] = {
    {.name = "p",
     .type = OPTION_NUMBER,
     .value = "P",
     .fallback = "2",
     .range = RANGE_CLOSED,
     .low = 2,
     .high = 8,
     .help = "norm of the flow; a larger one fills a cluster more evenly before it leaves it"},
    {.name = "total-mass",
     .type = OPTION_NUMBER,
     .value = "M",
     .range = RANGE_POSITIVE,
     .help = "mass on the seeds in all; by default three times the volume of the seeds and their neighbours, "
             "at most half of the graph's"},
    {.name = "target-volume",
     .type = OPTION_NUMBER,
     .value = "V",
     .range = RANGE_POSITIVE,
     .help = "instead: the volume that the cluster should have; the mass is three times as much"},
    {.name = "mass",
     .type = OPTION_CHOICE,
     .value = "uniform|degree",
     .fallback = "degree",
     .help = "the part that each seed gets of the mass: the same, or in proportion to its degree"},
    {.name = "tolerance",
     .type = OPTION_NUMBER,
     .value = "T",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "mass left above capacity, as a share of all, and gap of the energy, as a share of it"},
    {.name = NULL},
};
static const option_group diffusion_options = {"Flow diffusion", diffusion_rows, false};
static const option_group *const diffusion_groups[] = {
    &diffusion_options,      &cluster_source_options, &cluster_sweep_options,  &cluster_improve_options,
    &cluster_flow_options,   &cluster_limit_options,  &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options,         &general_options,        NULL};

static int settings_of(const cli_options *parsed, fr_cluster_flow_diffusion_settings *out)
{
    if (options_given(parsed, "total-mass") && options_given(parsed, "target-volume"))
        return fr_fail(FR_EUSAGE,
                       "give --total-mass or --target-volume, not both: one follows from the other");
    fr_cluster_flow_diffusion_settings_default(out);
    out->p = options_number(parsed, "p", out->p);
    out->mass = options_number(parsed, "total-mass", out->mass);
    if (options_given(parsed, "target-volume"))
        out->mass = fr_cluster_flow_diffusion_mass(options_number(parsed, "target-volume", 1));
    out->tolerance = options_number(parsed, "tolerance", out->tolerance);
    out->max_steps = options_integer(parsed, "max-steps", out->max_steps);
    out->time_limit = options_number(parsed, "time-limit", out->time_limit);
    return FR_OK;
}

static void note_info(cli_job *job, const fr_cluster_flow_diffusion_result *result)
{
    const fr_cluster_flow_diffusion_info *info = &result->info;
    job_metric_count(job, "support", result->count);
    job_metric(job, "support_volume", info->support_volume);
    job_metric(job, "mass", info->mass);
    job_metric(job, "excess", info->excess);
    job_metric(job, "energy", info->energy);
    job_metric(job, "objective", info->objective);
    job_metric(job, "duality_gap", info->duality_gap);
    job_metric(job, "misfit", info->misfit);
    cluster_note_flag(job, "converged", info->converged);
    job_metric_count(job, "rounds", info->rounds);
    job_metric_count(job, "steps", info->steps);
    job_metric_count(job, "pushes", info->pushes);
    job_metric_count(job, "arcs_read", info->arcs_read);
    job_metric_count(job, "peak_support", info->peak_support);
    job_metric(job, "seconds", info->seconds);
    job_say(job, "mass %.6g fills %lld node%s of volume %.6g; energy within a share of %.2g of the least",
            info->mass, (long long)result->count, plural(result->count, "s"), info->support_volume,
            info->energy > 0 ? info->duality_gap / info->energy : 0);
    cluster_note_convergence(job, info->converged,
                             "raise --max-steps or --time-limit, or relax --tolerance, or lower --p");
}

static int write_vector(cli_job *job, const cluster_input *input,
                        const fr_cluster_flow_diffusion_result *result)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "vector.csv", "node,x", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < result->count; k++) {
        cluster_csv_node(csv, input, result->node[k]);
        fr_csv_f64(csv, result->x[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    fr_cluster_flow_diffusion_settings settings;
    fr_cluster_flow_diffusion_result result = {0};
    fr_cluster_set best = {0};
    int status = settings_of(&job->options, &settings);
    if (status == FR_OK)
        status = fr_cluster_flow_diffusion(input->workspace, &seeds->seeds, &settings, &result);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    note_info(job, &result);
    status = cluster_give_ranking(job, input, "flow-diffusion", result.count, result.node, result.x, &best);
    if (status == FR_OK && job_writes(job)) status = write_vector(job, input, &result);
    if (status == FR_OK) status = cluster_improve_and_give(job, input, "flow-diffusion", &best);
    job_phase(job, "write");
    fr_cluster_set_free(&best);
    fr_cluster_flow_diffusion_result_free(&result);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_flow_diffusion_command = {
    .method = "cluster",
    .verb = "flow-diffusion",
    .purpose = "p-norm flow diffusion from seeds, certified, and its best cluster",
    .description =
        "Mass on the seeds spreads over the edges until no node holds more than its degree, by the flow f "
        "that "
        "minimises sum w |f/w|^p / p. Edges that leave a cluster are few and would carry much, which a large "
        "p "
        "makes costly: mass stays inside while there is room. The potential x that drives the flow is above "
        "zero on "
        "nodes that are full, whose volume is at most the mass; the run touches little more, however large "
        "the "
        "graph. The cluster is the best prefix of the nodes by descending x.\n\n"
        "Give about three times the volume of the cluster as mass: with --target-volume that is done. Every "
        "answer "
        "carries its proof: duality_gap bounds how far the energy is from the least one, excess is the mass "
        "that "
        "the flow leaves above the capacities.\n\n"
        "Writes vector.csv (node, x), sweep.csv (all prefixes), cluster.csv, with a target f1.csv.",
    .example = "frugal cluster flow-diffusion graph.edges.gz --seed-nodes 17 --target-volume 500 -o out",
    .arguments = "GRAPH",
    .groups = diffusion_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
