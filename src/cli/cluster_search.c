/* frugal cluster search: a grid over alpha and rho, with it the path of each alpha, and the cluster of smallest conductance. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_ranges.h"

#include <math.h>

static const cli_option range_rows[] = {
    {.name = "alpha-range",
     .type = OPTION_NUMBERS,
     .value = "LOW,HIGH,COUNT",
     .fallback = "0.01,0.15,4",
     .range = RANGE_POSITIVE,
     .help = "values of alpha, evenly spaced in its logarithm"},
    {.name = "rho-range",
     .type = OPTION_NUMBERS,
     .value = "LOW,HIGH,COUNT",
     .fallback = "1e-6,1e-2,9",
     .range = RANGE_POSITIVE,
     .help = "values of rho, in the same way"},
    {.name = "certificate",
     .alias = "eps",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "every p/degree is certainly within E times rho of the optimum"},
    {.name = NULL},
};
const option_group cluster_range_options = {"Grid", range_rows, false};
static const cli_option path_rows[] = {
    {.name = "on-path",
     .type = OPTION_FLAG,
     .help = "look at every support down to the smallest rho too, along the exact path of each alpha"},
    {.name = "path-nodes",
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "1000",
     .range = RANGE_FROM_ZERO,
     .help = "with --on-path: a path ends when so many nodes have entered; 0: no limit"},
    {.name = NULL},
};
static const option_group path_options = {"Path", path_rows, false};
static const option_group *const search_groups[] = {&cluster_range_options,
                                                    &path_options,
                                                    &cluster_seed_options,
                                                    &cluster_sweep_options,
                                                    &cluster_diagnose_options,
                                                    &cluster_target_options,
                                                    &cluster_graph_options,
                                                    &cluster_figure_options,
                                                    &output_options,
                                                    &general_options,
                                                    NULL};

static int range_of(const cli_options *parsed, const char *name, double *low, double *high, int64_t *count)
{
    const option_value *value = options_find(parsed, name);
    if (value->n_numbers != 3 || value->numbers[0] > value->numbers[1] || value->numbers[2] < 1 ||
        value->numbers[2] > 1e6 || value->numbers[2] != floor(value->numbers[2]))
        return fr_fail(FR_EUSAGE,
                       "--%s takes a low and a high value and how many there are, such as %s, found '%s'",
                       name, value->option->fallback, value->text);
    *low = value->numbers[0], *high = value->numbers[1], *count = (int64_t)value->numbers[2];
    return FR_OK;
}

int cluster_search_settings(const cli_options *parsed, fr_cluster_search_settings *out)
{
    fr_cluster_search_settings_default(out);
    int status = range_of(parsed, "alpha-range", &out->alpha_low, &out->alpha_high, &out->n_alpha);
    if (status == FR_OK) status = range_of(parsed, "rho-range", &out->rho_low, &out->rho_high, &out->n_rho);
    if (status == FR_OK && out->alpha_high >= 1)
        status = fr_fail(FR_EUSAGE, "--alpha-range must end below 1, found %g", out->alpha_high);
    out->tolerance = options_number(parsed, "certificate", out->tolerance);
    return status;
}

static int write_grid(cli_job *job, const cluster_input *input, const fr_cluster_search_result *search)
{
    fr_csv *csv;
    int status = cluster_csv_create(
        job, input, "search.csv",
        "alpha,rho,support,support_volume,support_conductance,sweep_size,sweep_conductance,path_supports",
        &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < search->count; k++) {
        fr_csv_f64(csv, search->alpha[k]);
        fr_csv_f64(csv, search->rho[k]);
        fr_csv_i64(csv, search->support[k]);
        fr_csv_f64(csv, search->support_volume[k]);
        fr_csv_f64(csv, search->support_conductance[k]);
        fr_csv_i64(csv, search->sweep_size[k]);
        fr_csv_f64(csv, search->sweep_conductance[k]);
        fr_csv_i64(csv, search->path_supports[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, cluster_input *input, const cluster_seeds *seeds)
{
    fr_cluster_search_settings settings;
    fr_cluster_search_result search = {0};
    fr_cluster_set sweep = {0};
    int status = cluster_search_settings(&job->options, &settings);
    settings.on_path = options_flag(&job->options, "on-path");
    settings.path_nodes = options_integer(&job->options, "path-nodes", settings.path_nodes);
    if (status == FR_OK && !settings.on_path && options_given(&job->options, "path-nodes"))
        status = fr_fail(FR_EUSAGE, "--path-nodes is for --on-path");
    if (status == FR_OK) status = fr_cluster_search(input->workspace, &seeds->seeds, &settings, &search);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    cluster_note_info(job, &search.info, cluster_support(&search.vector));
    job_metric(job, "best_alpha", search.best_alpha);
    job_metric(job, "best_rho", search.best_rho);
    cluster_note_flag(job, "best_is_sweep", search.best_is_sweep);
    job_say(job, "best at alpha %.6g, rho %.6g: %s", search.best_alpha, search.best_rho,
            search.best_is_sweep ? "the best prefix" : "the whole support");
    if (job_writes(job)) status = write_grid(job, input, &search);
    if (job_writes(job) && status == FR_OK && settings.on_path)
        status = cluster_write_path(job, input, &search.path);
    if (status == FR_OK) status = cluster_give_vector(job, input, "sweep", &search.vector, &sweep);
    cluster_ask(job, input, &seeds->seeds, search.best_alpha, search.best_rho);
    if (status == FR_OK) status = cluster_give_set(job, input, "search", &search.best);
    job_phase(job, "write");
    fr_cluster_set_free(&sweep);
    fr_cluster_search_result_free(&search);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_seeds(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_search_command = {
    .method = "cluster",
    .verb = "search",
    .purpose = "the best cluster over a grid of alpha and rho",
    .description =
        "Solves l1-PageRank for every alpha and rho of a grid, from large to small, and keeps the support or "
        "the prefix of smallest conductance; of equal ones the later.\n\n"
        "With --on-path no support between two values of rho is missed: the exact path of each alpha is "
        "followed "
        "down to the smallest rho, and the best support on it is tried with the prefixes of its solution. "
        "About 20 "
        "milliseconds for a path of 300 nodes, a quarter of a second for 1000.\n\n"
        "Writes search.csv (a row for each point of the grid, and for each path); vector.csv and sweep.csv "
        "of the "
        "winner; with --on-path path.csv of its alpha; cluster.csv, with a target f1.csv.",
    .example = "frugal cluster search graph.edges.gz --seed-nodes 17 --rho-range 1e-5,1e-3,9 -o out",
    .arguments = "GRAPH",
    .groups = search_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
