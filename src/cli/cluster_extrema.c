/* frugal cluster extrema: nodes whose value is below or above that of all their neighbours. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const cli_option extrema_rows[] = {
    {.name = "maxima",
     .type = OPTION_FLAG,
     .help = "the largest among their neighbours instead of the smallest"},
    {.name = "strict", .type = OPTION_FLAG, .help = "not equal to any neighbour either"},
    {.name = NULL},
};
static const option_group extrema_options = {"Extrema", extrema_rows, false};
static const option_group *const extrema_groups[] = {&cluster_value_options, &extrema_options,
                                                     &cluster_graph_options, &output_options,
                                                     &general_options,       NULL};

static int write_extrema(cli_job *job, const cluster_input *input, int64_t count, const int64_t *nodes,
                         const double *values)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "extrema.csv", "node,value", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < count; k++) {
        cluster_csv_node(csv, input, nodes[k]);
        fr_csv_f64(csv, values[nodes[k]]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, const cluster_input *input, const cluster_values *list)
{
    bool maxima = options_flag(&job->options, "maxima"), strict = options_flag(&job->options, "strict");
    int64_t *nodes = NULL, count = 0;
    double *values = fr_alloc(input->graph->n, sizeof *values);
    if (values == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < list->count; k++)
        values[list->node[k]] = list->value[k];
    double start = fr_clock();
    int status = fr_cluster_extrema(input->graph, values, strict, maxima, &nodes, &count);
    if (status == FR_OK) {
        job_metric(job, "seconds", fr_clock() - start);
        job_phase(job, "solve");
        job_metric_count(job, "extrema", count);
        job_say(job, "local %s: %lld node%s", maxima ? "maxima" : "minima", (long long)count,
                plural(count, "s"));
        if (job_writes(job)) status = write_extrema(job, input, count, nodes, values);
        job_phase(job, "write");
    }
    fr_free(nodes);
    fr_free(values);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    cluster_values list = {0};
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = cluster_values_read(job, &input, true, &list);
    if (status == FR_OK) status = work(job, &input, &list);
    cluster_values_free(&list);
    cluster_close(&input);
    return status;
}

const cli_command cluster_extrema_command = {
    .method = "cluster",
    .verb = "extrema",
    .purpose = "nodes whose value is the smallest or largest around them",
    .description =
        "Nodes with a value that no neighbour undercuts, such as those with the best neighbourhoods (of "
        "triangles.csv): seeds for other "
        "methods. Nodes without neighbours count; nodes that are not in the table have value 0.\n\n"
        "Writes extrema.csv: node, value.",
    .example = "frugal cluster extrema graph.edges.gz --vector out/triangles.csv --column conductance "
               "--strict -o minima",
    .arguments = "GRAPH",
    .groups = extrema_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
