/* frugal cluster components, cores, triangles: the graph as a whole, node by node. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const option_group *const structure_groups[] = {&cluster_graph_options, &output_options,
                                                       &general_options, NULL};

static void note_volume(cli_job *job, const cluster_input *input)
{
    job_metric(job, "volume", input->graph->volume);
}

/* ---- components ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t *label;        /* n */
    int64_t *size;         /* n: nodes with that label */
    uint8_t *articulation; /* n */
    int64_t components, biconnected, n_articulation;
} component_table;

static int write_components(cli_job *job, const cluster_input *input, const component_table *found)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "components.csv", "node,component,size,articulation", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < input->graph->n; v++) {
        cluster_csv_node(csv, input, v);
        fr_csv_i64(csv, found->label[v]);
        fr_csv_i64(csv, found->size[found->label[v]]);
        fr_csv_i64(csv, found->articulation[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static void note_components(cli_job *job, const cluster_input *input, const component_table *found,
                            double seconds)
{
    int64_t largest = 0, isolated = 0;
    for (int64_t v = 0; v < input->graph->n; v++) {
        found->size[found->label[v]]++;
        isolated += input->graph->row[v + 1] == input->graph->row[v];
    }
    for (int64_t c = 0; c < input->graph->n; c++)
        if (found->size[c] > largest) largest = found->size[c];
    note_volume(job, input);
    job_metric_count(job, "components", found->components);
    job_metric_count(job, "largest_component", largest);
    job_metric_count(job, "isolated", isolated);
    job_metric_count(job, "biconnected_components", found->biconnected);
    job_metric_count(job, "articulation_points", found->n_articulation);
    job_metric(job, "seconds", seconds);
    job_say(job,
            "%lld component%s, the largest of %lld node%s; %lld biconnected component%s, %lld articulation "
            "point%s",
            (long long)found->components, plural(found->components, "s"), (long long)largest,
            plural(largest, "s"), (long long)found->biconnected, plural(found->biconnected, "s"),
            (long long)found->n_articulation, plural(found->n_articulation, "s"));
}

static int run_components(cli_job *job)
{
    cluster_input input;
    component_table found = {0};
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    int64_t n = input.graph->n;
    found.label = fr_alloc(n, sizeof *found.label);
    found.size = fr_alloc(n, sizeof *found.size);
    found.articulation = fr_alloc(n, 1);
    if (found.label == NULL || found.size == NULL || found.articulation == NULL) status = FR_ENOMEM;
    double start = fr_clock();
    if (status == FR_OK) status = fr_cluster_components(input.graph, found.label, &found.components);
    if (status == FR_OK)
        status = fr_cluster_biconnected(input.graph, found.articulation, &found.biconnected,
                                        &found.n_articulation);
    job_phase(job, "solve");
    if (status == FR_OK) note_components(job, &input, &found, fr_clock() - start);
    if (status == FR_OK && job_writes(job)) status = write_components(job, &input, &found);
    job_phase(job, "write");
    fr_free(found.label);
    fr_free(found.size);
    fr_free(found.articulation);
    cluster_close(&input);
    return status;
}

const cli_command cluster_components_command = {
    .method = "cluster",
    .verb = "components",
    .purpose = "connected and biconnected components, articulation points",
    .description = "Connected components, numbered by their smallest node; the number of biconnected "
                   "components (a single edge is one, isolated "
                   "nodes are none); and the articulation points, whose removal would split a component.\n\n"
                   "Writes components.csv: node, component, its size, and 1 for articulation points.",
    .example = "frugal cluster components graph.edges.gz -o out",
    .arguments = "GRAPH",
    .groups = structure_groups,
    .writes_folder = true,
    .run = run_components,
    .draw = cluster_draw,
};

/* ---- cores ------------------------------------------------------------------------------------------------------------------- */

static int write_cores(cli_job *job, const cluster_input *input, const int64_t *core)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "cores.csv", "node,core,degree", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < input->graph->n; v++) {
        cluster_csv_node(csv, input, v);
        fr_csv_i64(csv, core[v]);
        fr_csv_f64(csv, fr_graph_degree(input->graph, v));
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int run_cores(cli_job *job)
{
    cluster_input input;
    int64_t largest = 0, in_largest = 0;
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    int64_t *core = fr_alloc(input.graph->n, sizeof *core);
    double start = fr_clock();
    status = core == NULL ? FR_ENOMEM : fr_cluster_cores(input.graph, core, &largest);
    if (status == FR_OK) {
        for (int64_t v = 0; v < input.graph->n; v++)
            in_largest += core[v] == largest;
        job_metric(job, "seconds", fr_clock() - start);
        job_phase(job, "solve");
        note_volume(job, &input);
        job_metric_count(job, "max_core", largest);
        job_metric_count(job, "max_core_size", in_largest);
        job_say(job, "the largest core number is %lld, of %lld node%s", (long long)largest,
                (long long)in_largest, plural(in_largest, "s"));
    }
    if (status == FR_OK && job_writes(job)) status = write_cores(job, &input, core);
    job_phase(job, "write");
    fr_free(core);
    cluster_close(&input);
    return status;
}

const cli_command cluster_cores_command = {
    .method = "cluster",
    .verb = "cores",
    .purpose = "k-core number of every node",
    .description = "The core number of a node is the largest k for which it lies in a subgraph where all "
                   "nodes have at least k neighbours. "
                   "Weights and loops do not count.\n\n"
                   "Writes cores.csv: node, core, degree.",
    .example = "frugal cluster cores graph.edges.gz -o out",
    .arguments = "GRAPH",
    .groups = structure_groups,
    .writes_folder = true,
    .run = run_cores,
    .draw = cluster_draw,
};

/* ---- triangles ----------------------------------------------------------------------------------------------------------------- */

static int write_triangles(cli_job *job, const cluster_input *input, const fr_cluster_neighbourhoods *found)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "triangles.csv",
                                    "node,conductance,cut,volume,coefficient,triangles", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < input->graph->n; v++) {
        cluster_csv_node(csv, input, v);
        fr_csv_f64(csv, found->conductance[v]);
        fr_csv_f64(csv, found->cut[v]);
        fr_csv_f64(csv, found->volume[v]);
        fr_csv_f64(csv, found->coefficient[v]);
        fr_csv_i64(csv, found->triangles[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static void note_triangles(cli_job *job, const cluster_input *input, const fr_cluster_neighbourhoods *found)
{
    double sum = 0;
    int64_t n = input->graph->n, best = -1;
    for (int64_t v = 0; v < n; v++) {
        sum += found->coefficient[v];
        if (best < 0 || found->conductance[v] < found->conductance[best]) best = v;
    }
    note_volume(job, input);
    job_metric_count(job, "triangles", found->total);
    job_metric(job, "mean_coefficient", n > 0 ? sum / (double)n : 0);
    if (best >= 0) {
        job_metric(job, "best_conductance", found->conductance[best]);
        job_metric_count(job, "best_node", cluster_id(input, best));
        job_say(
            job,
            "%lld triangle%s, mean clustering coefficient %.6g; the best neighbourhood is that of node %lld, "
            "conductance %.6g",
            (long long)found->total, plural(found->total, "s"), sum / (double)n,
            (long long)cluster_id(input, best), found->conductance[best]);
    }
}

static int run_triangles(cli_job *job)
{
    cluster_input input;
    fr_cluster_neighbourhoods found = {0};
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    double start = fr_clock();
    status = fr_cluster_neighbourhoods_find(input.graph, &found);
    if (status == FR_OK) {
        job_metric(job, "seconds", fr_clock() - start);
        job_phase(job, "solve");
        note_triangles(job, &input, &found);
    }
    if (status == FR_OK && job_writes(job)) status = write_triangles(job, &input, &found);
    job_phase(job, "write");
    fr_cluster_neighbourhoods_free(&found);
    cluster_close(&input);
    return status;
}

const cli_command cluster_triangles_command = {
    .method = "cluster",
    .verb = "triangles",
    .purpose = "triangles, and every node with its neighbours as a cluster",
    .description =
        "For every node: the triangles at it, its clustering coefficient, and volume, cut and conductance of "
        "the set of it and "
        "its neighbours (Gleich, Seshadhri, KDD 2012). Nodes with small values are good seeds. Weights and "
        "loops do not count.\n\n"
        "Writes triangles.csv: node, conductance, cut, volume, coefficient, triangles.",
    .example = "frugal cluster triangles graph.edges.gz -o out",
    .arguments = "GRAPH",
    .groups = structure_groups,
    .writes_folder = true,
    .run = run_triangles,
    .draw = cluster_draw,
};
