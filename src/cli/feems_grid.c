/* frugal feems grid: a triangular grid inside an outline, as EEMS text and GeoJSON. */
#include "feems_commands.h"
#include "feems_inputs.h"
#include "feems_tables.h"

static const cli_option grid_rows[] = {
    {.name = "coords",
     .alias = "coord",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "places of samples, to go around where there is no --outer"},
    {.name = NULL},
};
static const option_group grid_samples = {"Samples", grid_rows, false};
static const option_group *const grid_groups[] = {
    &feems_graph_options, &grid_samples, &feems_figure_options, &output_options, &general_options, NULL};

static int write_grid(cli_job *job, const fr_feems_graph *graph)
{
    const char *nodes = job_file(job, "grid.nodes"), *edges = job_file(job, "grid.edges");
    if (nodes == NULL || edges == NULL) return FR_ENOMEM;
    int status = fr_feems_graph_write(nodes, edges, graph);
    return status == FR_OK ? feems_write_grid_geojson(job, "grid.geojson", graph) : status;
}

/* Number of connected parts. */
static int count_parts(const fr_feems_graph *graph, int64_t *parts)
{
    int64_t *parent = fr_alloc(graph->n_nodes, sizeof *parent);
    if (parent == NULL) return FR_ENOMEM;
    for (int64_t v = 0; v < graph->n_nodes; v++)
        parent[v] = v;
    *parts = graph->n_nodes;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t a = graph->i[e], b = graph->j[e];
        while (parent[a] != a)
            a = parent[a] = parent[parent[a]];
        while (parent[b] != b)
            b = parent[b] = parent[parent[b]];
        *parts -= a != b;
        parent[a] = b;
    }
    fr_free(parent);
    return FR_OK;
}

static void note_lengths(cli_job *job, const fr_feems_graph *graph)
{
    if (!feems_is_geographic(graph) || graph->n_edges == 0) return;
    double sum = 0;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        sum += fr_great_circle(graph->x[i], graph->y[i], graph->x[j], graph->y[j]) / 1000;
    }
    job_metric(job, "mean_edge_km", sum / (double)graph->n_edges);
}

static int run(cli_job *job)
{
    const char *coords = options_text(&job->options, "coords");
    fr_points samples = {0};
    fr_feems_graph graph = {0};
    int64_t parts = 0;
    int status = feems_check_figures(job);
    if (status == FR_OK) status = job_input(job, coords);
    if (status == FR_OK && coords != NULL) status = fr_points_read(coords, &samples);
    if (status == FR_OK) status = feems_graph_input(job, coords != NULL ? &samples : NULL, &graph);
    if (status == FR_OK && coords != NULL) status = feems_check_swapped(coords, &samples, &graph);
    if (status == FR_OK) status = count_parts(&graph, &parts);
    if (status != FR_OK) goto done;
    job_metric_count(job, "n_nodes", graph.n_nodes);
    job_metric_count(job, "n_edges", graph.n_edges);
    job_metric_count(job, "n_components", parts);
    note_lengths(job, &graph);
    job_phase(job, "grid");
    if (parts > 1)
        fr_warn("the grid has %lld parts that are not joined; samples must lie in one of them, or use "
                "--keep-largest in fit",
                (long long)parts);
    job_say(job, "%lld nodes, %lld edges", (long long)graph.n_nodes, (long long)graph.n_edges);
    if (job_writes(job)) status = write_grid(job, &graph);
    job_phase(job, "write");
done:
    fr_points_free(&samples);
    fr_feems_graph_free(&graph);
    return status;
}

const cli_command feems_grid_command = {
    .method = "feems",
    .verb = "grid",
    .purpose = "make a triangular grid inside an outline",
    .description = "Makes a grid of triangles of nearly equal area inside the outline of a habitat: the "
                   "icosahedral Snyder equal-area grid "
                   "with any number of subdivisions, or an equilateral lattice in a local plane for small "
                   "regions, or the tiles of a "
                   "shapefile. A mask cuts seas or mountains out.\n\n"
                   "Writes grid.nodes and grid.edges (EEMS text, edges counted from 1), grid.geojson, and a "
                   "map. A grid need not be made "
                   "beforehand: fit and cv take the same options.",
    .example = "frugal feems grid --outer wolves.outer --spacing 110km -o wolves-grid",
    .groups = grid_groups,
    .writes_folder = true,
    .run = run,
    .draw = feems_draw,
};
