/* frugal cluster fiedler, fiedler-local, mov: eigenvectors and their sweeps. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

#include <math.h>
#include <stdio.h>

static const cli_option fiedler_rows[] = {
    {.name = "dimensions",
     .alias = "dim",
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "1",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1000,
     .help = "number of eigenvectors beyond the trivial one"},
    {.name = "tolerance",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-10",
     .range = RANGE_POSITIVE,
     .help = "largest norm of the residual of an eigenpair"},
    {.name = "whole-graph",
     .type = OPTION_FLAG,
     .help = "all components, not the largest alone; lambda2 is 0 if there are several"},
    {.name = "allow-unconverged",
     .type = OPTION_FLAG,
     .help = "exit with 0 also where the residual stayed too large"},
    {.name = NULL},
};
static const option_group fiedler_options = {"Eigenvectors", fiedler_rows, false};

static const cli_option tolerance_rows[] = {
    {.name = "tolerance",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-10",
     .range = RANGE_POSITIVE,
     .help = "largest norm of the residual"},
    {.name = "allow-unconverged",
     .type = OPTION_FLAG,
     .help = "exit with 0 also where the residual stayed too large"},
    {.name = NULL},
};
static const option_group tolerance_options = {"Eigenvector", tolerance_rows, false};

static const cli_option mov_rows[] = {
    {.name = "kappa",
     .type = OPTION_NUMBER,
     .value = "K",
     .fallback = "0.5",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "least correlation with the set, squared: near 0 the Fiedler vector, near 1 the set itself"},
    {.name = NULL},
};
static const option_group mov_options = {"Locality", mov_rows, false};

static const option_group *const fiedler_groups[] = {&fiedler_options,
                                                     &cluster_target_options,
                                                     &cluster_graph_options,
                                                     &cluster_figure_options,
                                                     &output_options,
                                                     &general_options,
                                                     NULL};
static const option_group *const local_groups[] = {
    &cluster_set_options,    &tolerance_options, &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options,    &general_options,        NULL};
static const option_group *const mov_groups[] = {
    &cluster_set_options,    &mov_options,           &tolerance_options,
    &cluster_target_options, &cluster_graph_options, &cluster_figure_options,
    &output_options,         &general_options,       NULL};

/* FILE: the node and its entry of each vector. */
static int write_vectors(cli_job *job, const cluster_input *input, const fr_cluster_spectral_result *result)
{
    char *header = NULL;
    size_t size;
    FILE *text = open_memstream(&header, &size);
    if (text == NULL) return fr_fail(FR_ENOMEM, "out of memory for a table");
    fputs("node,value", text);
    for (int64_t j = 1; j < result->n_values; j++)
        fprintf(text, ",value%lld", (long long)j + 1);
    if (fclose(text) != 0) return fr_fail(FR_ENOMEM, "out of memory for a table");
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "fiedler.csv", header, &csv);
    free(header);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < result->n; k++) {
        cluster_csv_node(csv, input, result->node[k]);
        for (int64_t j = 0; j < result->n_values; j++)
            fr_csv_f64(csv, result->vector[j * result->n + k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int give(cli_job *job, cluster_input *input, const char *method, const char *lambda,
                const fr_cluster_spectral_result *result)
{
    json_t *values = json_array();
    for (int64_t j = 0; j < result->n_values; j++)
        json_array_append_new(values, json_real(result->lambda[j]));
    summary_set(&job->summary, job->summary.metrics, "eigenvalues", values);
    if (result->n_values > 0) job_metric(job, lambda, result->lambda[0]);
    job_metric_count(job, "nodes_in_question", result->n);
    job_metric(job, "residual", result->residual);
    job_metric_count(job, "products", result->products);
    cluster_note_flag(job, "converged", result->converged);
    job_metric(job, "seconds", result->seconds);
    job_phase(job, "solve");
    if (result->n_values > 0)
        job_say(job, "%s %.12g, residual %.3g", lambda, result->lambda[0], result->residual);
    cluster_note_convergence(job, result->converged, "relax --tolerance");
    int status = job_writes(job) ? write_vectors(job, input, result) : FR_OK;
    if (status == FR_OK && job_writes(job) && result->sweep.n_profile > 0)
        status = cluster_write_profile(job, input, &result->sweep);
    if (status == FR_OK) status = cluster_give_set(job, input, method, &result->sweep.best);
    job_phase(job, "write");
    return status;
}

/* ---- fiedler --------------------------------------------------------------------------------------------------------------- */

static int run_fiedler(cli_job *job)
{
    cluster_input input;
    fr_cluster_fiedler_settings settings;
    fr_cluster_spectral_result result = {0};
    fr_cluster_fiedler_settings_default(&settings);
    settings.dimensions = options_integer(&job->options, "dimensions", settings.dimensions);
    settings.tolerance = options_number(&job->options, "tolerance", settings.tolerance);
    settings.whole_graph = options_flag(&job->options, "whole-graph");
    if (settings.whole_graph && options_flag(&job->options, "largest-component"))
        return fr_fail(FR_EUSAGE, "--whole-graph and --largest-component exclude each other");
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = fr_cluster_fiedler(input.graph, &settings, &result);
    if (status == FR_OK) {
        job_metric_count(job, "components", result.components);
        if (result.components > 1)
            job_say(job, "%lld components; %s", (long long)result.components,
                    settings.whole_graph ? "lambda2 is 0" : "the largest is cut, --whole-graph takes all");
        status = give(job, &input, "fiedler", "lambda2", &result);
    }
    fr_cluster_spectral_result_free(&result);
    cluster_close(&input);
    return status;
}

const cli_command cluster_fiedler_command = {
    .method = "cluster",
    .verb = "fiedler",
    .purpose = "the spectral cut of the graph",
    .description = "The eigenvector of the second smallest eigenvalue of the normalised Laplacian I - D^-1/2 "
                   "A D^-1/2, divided by the "
                   "root of the degrees, and the best prefix of a sweep over it from both ends. Of the "
                   "largest component unless "
                   "--whole-graph; nodes without neighbours are left out.\n\n"
                   "Writes fiedler.csv (node and value; with --dimensions value2 and so on), sweep.csv, "
                   "cluster.csv, with a target "
                   "f1.csv.",
    .example = "frugal cluster fiedler graph.edges.gz -o out",
    .arguments = "GRAPH",
    .groups = fiedler_groups,
    .writes_folder = true,
    .run = run_fiedler,
    .draw = cluster_draw,
};

/* ---- fiedler-local ------------------------------------------------------------------------------------------------------------ */

static int work_local(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    fr_cluster_spectral_result result = {0};
    int status = fr_cluster_fiedler_local(input->workspace, count, nodes,
                                          options_number(&job->options, "tolerance", 1e-10), &result);
    if (status != FR_OK) return status;
    status = give(job, input, "fiedler-local", "lambda", &result);
    fr_cluster_spectral_result_free(&result);
    return status;
}

static int run_local(cli_job *job)
{
    return cluster_run_set(job, CLUSTER_LOCAL, work_local);
}

const cli_command cluster_fiedler_local_command = {
    .method = "cluster",
    .verb = "fiedler-local",
    .purpose = "the Dirichlet eigenvector of a set, and its eigenvalue",
    .description = "The smallest eigenvalue lambda of the normalised Laplacian restricted to the set, with "
                   "the degrees of the whole graph, its "
                   "eigenvector divided by the root of the degrees, and the best prefix of a sweep over it. "
                   "lambda is the "
                   "scale on which alpha of l1pr for this set is chosen.\n\n"
                   "Writes fiedler.csv, sweep.csv, cluster.csv, with a target f1.csv.",
    .example = "frugal cluster fiedler-local graph.edges.gz --set-file out/cluster.csv -o local",
    .arguments = "GRAPH",
    .groups = local_groups,
    .writes_folder = true,
    .run = run_local,
    .draw = cluster_draw,
};

/* ---- mov ------------------------------------------------------------------------------------------------------------------------ */

static int work_mov(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    fr_cluster_spectral_result result = {0};
    double kappa = options_number(&job->options, "kappa", 0.5);
    double tolerance = options_number(&job->options, "tolerance", 1e-10);
    int status = fr_cluster_mov(input->graph, count, nodes, kappa, tolerance, &result);
    if (status != FR_OK) return status;
    job_metric(job, "correlation", result.correlation);
    job_metric(job, "shift", result.shift);
    status = give(job, input, "mov", "lambda", &result);
    fr_cluster_spectral_result_free(&result);
    return status;
}

static int run_mov(cli_job *job)
{
    return cluster_run_set(job, CLUSTER_WHOLE, work_mov);
}

const cli_command cluster_mov_command = {
    .method = "cluster",
    .verb = "mov",
    .purpose = "the spectral cut that stays near a set",
    .description = "Minimises x'Lx over unit vectors whose squared correlation with the set is at least "
                   "kappa (Mahoney, Orecchia, Vishnoi, "
                   "JMLR 2012): between the Fiedler vector and the set itself. Then the best prefix of a "
                   "sweep from both ends.\n\n"
                   "Writes fiedler.csv, sweep.csv, cluster.csv, with a target f1.csv.",
    .example = "frugal cluster mov graph.edges.gz --set-nodes 17,18,19 --kappa 0.5 -o out",
    .arguments = "GRAPH",
    .groups = mov_groups,
    .writes_folder = true,
    .run = run_mov,
    .draw = cluster_draw,
};
