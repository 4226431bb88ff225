/* frugal cluster convert, check: a graph file to our mapped format; what is in a graph file and whether it is sound. */
#include "cluster_commands.h"
#include "cluster_inputs.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cli_option convert_rows[] = {
    {.name = "force", .letter = 'f', .type = OPTION_FLAG, .help = "replace a file that exists already"},
    {.name = "map",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "with a set or --largest-component: write node,whole, the new and the old number of each node"},
    {.name = NULL},
};
static const option_group convert_options = {"Output", convert_rows, true};
static const cli_option label_rows[] = {
    {.name = "labels",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "attributes of nodes for --set: CSV or TSV with a header whose column node holds ids or names"},
    {.name = NULL},
};
static const option_group label_options = {"Labels", label_rows, false};
static const option_group *const convert_groups[] = {
    &convert_options, &cluster_set_options, &label_options, &cluster_graph_options, &general_options, NULL};
static const option_group *const check_groups[] = {&cluster_graph_options, &general_options, NULL};

/* ---- convert ------------------------------------------------------------------------------------------------------------------ */

static int check_target(const cli_options *parsed, const char *path)
{
    if (access(path, F_OK) == 0 && !options_flag(parsed, "force"))
        return fr_fail(FR_EUSAGE, "%s exists already; --force replaces it", path);
    return FR_OK;
}

int cluster_check_fgraph(const cli_options *parsed, const char *path)
{
    static const char ending[] = ".fgraph";
    size_t length = strlen(path), tail = sizeof ending - 1;
    if (length <= tail || strcmp(path + length - tail, ending) != 0)
        return fr_fail(FR_EUSAGE, "the file to write must end in .fgraph, found '%s'", path);
    return check_target(parsed, path);
}

static int check_convert(const cli_options *parsed)
{
    const char *map = options_text(parsed, "map");
    if (map != NULL && !cluster_set_given(parsed) && !options_flag(parsed, "largest-component"))
        return fr_fail(FR_EUSAGE, "--map needs a set or --largest-component: otherwise numbers stay");
    int status = cluster_check_fgraph(parsed, parsed->arguments[1]);
    return status == FR_OK && map != NULL ? check_target(parsed, map) : status;
}

/* map.csv: the new number of each node and the old one. */
static int write_map(const char *path, const cluster_input *input, int64_t count, const int64_t *nodes)
{
    fr_csv *csv;
    int status = fr_csv_create(path, "node,whole", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < count; k++) {
        fr_csv_i64(csv, k);
        fr_csv_i64(csv, cluster_id(input, nodes != NULL ? nodes[k] : k));
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int convert(cli_job *job, cluster_input *input)
{
    const char *path = job->options.arguments[1], *map = options_text(&job->options, "map");
    const fr_graph *graph = input->graph;
    fr_graph subgraph = {0};
    int64_t *nodes = NULL, count = graph->n;
    int status = FR_OK;
    if (cluster_set_given(&job->options)) {
        status = cluster_set_read(job, input, &nodes, &count);
        if (status == FR_OK) cluster_nodes_sort(count, nodes);
        if (status == FR_OK) status = fr_graph_subgraph(input->graph, count, nodes, &subgraph);
        graph = &subgraph;
    }
    if (status == FR_OK && job_writes(job)) status = fr_fgraph_write(path, graph);
    if (status == FR_OK && job_writes(job) && map != NULL) status = write_map(map, input, count, nodes);
    job_phase(job, "write");
    if (status == FR_OK)
        job_say(job, "wrote %s: %lld node%s, %lld edge%s", path, (long long)graph->n, plural(graph->n, "s"),
                (long long)fr_graph_edges(graph), plural(fr_graph_edges(graph), "s"));
    fr_graph_free(&subgraph);
    fr_free(nodes);
    return status;
}

static int run_convert(cli_job *job)
{
    cluster_input input;
    int status = check_convert(&job->options);
    if (status == FR_OK) status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = convert(job, &input);
    cluster_close(&input);
    return status;
}

const cli_command cluster_convert_command = {
    .method = "cluster",
    .verb = "convert",
    .purpose = "write a graph in the format that opens at once, whatever its size",
    .description =
        "Reads a graph in any format and writes it as .fgraph: sorted rows that are mapped into memory "
        "instead of being read. All verbs take such a file, and the local ones then touch only what they "
        "need of it. Names are kept; attributes of nodes are not. With a set or --largest-component the "
        "subgraph is written, its nodes numbered anew in the old order; --map keeps both numbers.",
    .example = "frugal cluster convert graph.edges.gz graph.fgraph",
    .arguments = "GRAPH OUT.fgraph",
    .groups = convert_groups,
    .run = run_convert,
};

/* ---- check -------------------------------------------------------------------------------------------------------------------- */

/* Facts that need a look at every node and at the components. */
static int note_facts(cli_job *job, const fr_graph *graph)
{
    int64_t isolated = 0, components = 0, largest = 0, *label = fr_alloc(graph->n, sizeof *label);
    int64_t *size = fr_alloc(graph->n, sizeof *size);
    double least = INFINITY, most = 0;
    int status = label == NULL || size == NULL ? FR_ENOMEM : fr_cluster_components(graph, label, &components);
    for (int64_t v = 0; status == FR_OK && v < graph->n; v++) {
        double degree = fr_graph_degree(graph, v);
        isolated += graph->row[v + 1] == graph->row[v];
        least = fmin(least, degree), most = fmax(most, degree);
        if (++size[label[v]] > largest) largest = size[label[v]];
    }
    fr_free(label);
    fr_free(size);
    if (status != FR_OK) return status;
    job_metric(job, "volume", graph->volume);
    job_metric_count(job, "weighted", graph->weight != NULL);
    job_metric_count(job, "named", graph->name_offset != NULL);
    job_metric(job, "min_weight", graph->min_weight);
    job_metric(job, "max_weight", graph->max_weight);
    job_metric(job, "min_degree", graph->n > 0 ? least : 0);
    job_metric(job, "max_degree", most);
    job_metric_count(job, "isolated", isolated);
    job_metric_count(job, "components", components);
    job_metric_count(job, "largest_component", largest);
    return FR_OK;
}

/* The metrics as "name value" lines; those of reading too. */
static void print_facts(json_t *metrics)
{
    const char *name;
    json_t *value;
    json_object_foreach(metrics, name, value)
    {
        if (strcmp(name, "graph_volume") == 0) continue; /* it is the volume */
        if (json_is_object(value)) print_facts(value);
        if (json_is_integer(value)) printf("%-18s %lld\n", name, (long long)json_integer_value(value));
        if (json_is_real(value)) printf("%-18s %.15g\n", name, json_real_value(value));
    }
}

static void print_attributes(const fr_graph_attributes *attributes)
{
    if (attributes->n_columns == 0) return;
    printf("%-18s", "attributes");
    for (int64_t k = 0; k < attributes->n_columns; k++)
        printf(" %s", attributes->names[k]);
    putchar('\n');
}

static int run_check(cli_job *job)
{
    cluster_input input;
    const char *path = job->options.arguments[0];
    int status = cluster_is_mapped(job, path) ? job_agree(job, fr_fgraph_check(path)) : FR_OK;
    if (status == FR_OK) status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = note_facts(job, input.graph);
    job_phase(job, "check");
    if (status == FR_OK && job_writes(job) && !options_flag(&job->options, "json")) {
        print_facts(job->summary.metrics);
        print_attributes(&input.attributes);
    }
    cluster_close(&input);
    return status;
}

const cli_command cluster_check_command = {
    .method = "cluster",
    .verb = "check",
    .purpose = "verify a graph file and print what is in it",
    .description = "Reads a graph by all the rules (of a .fgraph file also the checksum, the order of its "
                   "rows, symmetry, degrees) and prints the facts, one a line: numbers of nodes, edges and "
                   "components, volume, range of weights and degrees. What is wrong is told with file and "
                   "line.",
    .example = "frugal cluster check graph.edges.gz",
    .arguments = "GRAPH",
    .groups = check_groups,
    .run = run_check,
};
