/* frugal cluster clusters, segment: every node of the graph to a cluster. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_ranges.h"

static const cli_option k_rows[] = {
    {.name = "k",
     .letter = 'k',
     .type = OPTION_INTEGER,
     .value = "K",
     .required = true,
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 20000,
     .help = "number of clusters"},
    {.name = NULL},
};
static const option_group k_options = {"Clusters", k_rows, false};

static const cli_option segment_rows[] = {
    {.name = "sample",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "5",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e9,
     .help = "nodes drawn at a time, whose best clusters are cut out"},
    {.name = "remain",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0.01",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "stop when no more than this share of the nodes is left"},
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.15",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "teleportation of the lazy walk"},
    {.name = "mqi", .type = OPTION_FLAG, .help = "improve each cluster by MQI before it is cut out"},
    {.name = "merge",
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "merge the segments into so many; 0: do not merge"},
    {.name = NULL},
};
static const option_group segment_options = {"Segments", segment_rows, false};

static const option_group *const clusters_groups[] = {
    &k_options, &cluster_range_options, &cluster_graph_options, &output_options, &general_options, NULL};
static const option_group *const segment_groups[] = {&segment_options, &cluster_graph_options,
                                                     &output_options, &general_options, NULL};

/* FILE: node and the number of its part. */
static int write_parts(cli_job *job, const cluster_input *input, const char *file, const char *header,
                       const int64_t *label)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, file, header, &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < input->graph->n; v++) {
        cluster_csv_node(csv, input, v);
        fr_csv_i64(csv, label[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* What both verbs do around their work, which labels the nodes and says how many labels there are. */
static int partition(cli_job *job, const char *file, const char *header, const char *what,
                     int (*work)(cli_job *job, const cluster_input *input, int64_t *label, int64_t *parts))
{
    cluster_input input;
    int64_t parts = 0;
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    int64_t *label = fr_alloc(input.graph->n, sizeof *label);
    double start = fr_clock();
    status = label == NULL ? FR_ENOMEM : work(job, &input, label, &parts);
    if (status == FR_OK) {
        job_metric(job, "seconds", fr_clock() - start);
        job_phase(job, "solve");
        job_metric_count(job, what, parts);
        job_say(job, "%lld %s", (long long)parts, what);
        if (job_writes(job)) status = write_parts(job, &input, file, header, label);
        job_phase(job, "write");
    }
    fr_free(label);
    cluster_close(&input);
    return status;
}

/* ---- clusters ----------------------------------------------------------------------------------------------------------------- */

static int work_clusters(cli_job *job, const cluster_input *input, int64_t *label, int64_t *parts)
{
    fr_cluster_search_settings settings;
    int64_t k = options_integer(&job->options, "k", 1);
    int status = cluster_search_settings(&job->options, &settings);
    if (status == FR_OK) status = fr_cluster_all_nodes(input->graph, k, &settings, label);
    *parts = k;
    return status;
}

static int run_clusters(cli_job *job)
{
    return partition(job, "clusters.csv", "node,cluster", "clusters", work_clusters);
}

const cli_command cluster_clusters_command = {
    .method = "cluster",
    .verb = "clusters",
    .purpose = "k clusters of all nodes, by their local vectors",
    .description = "Finds for every node its best l1-PageRank vector over a grid of alpha and rho, and joins "
                   "nodes with similar vectors "
                   "(cosine distance, average linkage) into k clusters, numbered by their smallest node. For "
                   "graphs of up to "
                   "20000 nodes.\n\n"
                   "Writes clusters.csv: node, cluster.",
    .example = "frugal cluster clusters graph.edges.gz --k 8 -o out",
    .arguments = "GRAPH",
    .groups = clusters_groups,
    .writes_folder = true,
    .run = run_clusters,
    .draw = cluster_draw,
};

/* ---- segment ------------------------------------------------------------------------------------------------------------------ */

static int work_segment(cli_job *job, const cluster_input *input, int64_t *label, int64_t *parts)
{
    const cli_options *parsed = &job->options;
    fr_cluster_segment_settings settings;
    fr_cluster_segment_settings_default(&settings);
    settings.sample = options_integer(parsed, "sample", settings.sample);
    settings.remain = options_number(parsed, "remain", settings.remain);
    settings.alpha = options_number(parsed, "alpha", settings.alpha);
    settings.improve = options_flag(parsed, "mqi");
    settings.clusters = options_integer(parsed, "merge", settings.clusters);
    settings.seed = (uint64_t)options_integer(parsed, "seed", 1);
    return fr_cluster_segment(input->graph, &settings, label, parts);
}

static int run_segment(cli_job *job)
{
    return partition(job, "segments.csv", "node,segment", "segments", work_segment);
}

const cli_command cluster_segment_command = {
    .method = "cluster",
    .verb = "segment",
    .purpose = "cut the graph into segments, local cluster by local cluster",
    .description = "Draws a few nodes, cuts their best local clusters out of the graph, and goes on with the "
                   "rest until little remains; every node "
                   "that is left becomes a segment of its own. Segments are numbered by their smallest node. "
                   "--merge joins "
                   "those with similar vectors (complete linkage).\n\n"
                   "Writes segments.csv: node, segment.",
    .example = "frugal cluster segment graph.edges.gz --merge 8 -o out",
    .arguments = "GRAPH",
    .groups = segment_groups,
    .writes_folder = true,
    .run = run_segment,
    .draw = cluster_draw,
};
