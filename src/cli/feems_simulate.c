/* frugal feems simulate: genotypes from the structured coalescent on a lattice or a given graph, with the true weights. */
#include "feems_commands.h"
#include "feems_inputs.h"
#include "feems_simulated.h"

#include <string.h>

static const cli_option simulate_rows[] = {
    {.name = "scenario",
     .type = OPTION_CHOICE,
     .value = "ibdiso|hetiso|ibdaniso|hetaniso|weakhetiso|weakaniso",
     .fallback = "hetiso",
     .help = "the paper's weights: all 1; a barrier of 0.1; horizontal edges times 5; both; a barrier of "
             "0.75; horizontal edges times 0.75"},
    {.name = "design",
     .type = OPTION_CHOICE,
     .value = "nonmissing|missingatrandom|corridorbiased|rightbiased",
     .fallback = "nonmissing",
     .help = "the paper's sampling: everywhere; a fifth of the nodes; none in the barrier; none on the "
             "left"},
    {.name = "rows",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "8",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 10000,
     .help = "rows of the lattice"},
    {.name = "columns",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "12",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 10000,
     .help = "nodes in a row"},
    {.name = "barrier-weight",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "weight of edges whose middle lies in the barrier, instead of the scenario's"},
    {.name = "corridor-weight",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "weight of the other edges, instead of the scenario's"},
    {.name = "barrier-left",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "2.5",
     .help = "where the barrier begins"},
    {.name = "barrier-right",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "8.5",
     .help = "where the barrier ends"},
    {.name = "anisotropy",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "factor on horizontal edges, instead of the scenario's"},
    {.name = "max-per-node",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "15",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 100000,
     .help = "most individuals at a node; their number is binomial"},
    {.name = "probability-left",
     .type = OPTION_NUMBER,
     .value = "P",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "that each of them is sampled, left of the barrier, instead of the design's"},
    {.name = "probability-barrier",
     .type = OPTION_NUMBER,
     .value = "P",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "the same in the barrier"},
    {.name = "probability-right",
     .type = OPTION_NUMBER,
     .value = "P",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "the same right of it"},
    {.name = "sample-probability",
     .type = OPTION_NUMBER,
     .value = "P",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "that a node is sampled at all, instead of the design's"},
    {.name = "trees",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "20000",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e9,
     .help = "independent genealogies; each gives at most one SNP"},
    {.name = "mutation-rate",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1e-3",
     .range = RANGE_POSITIVE,
     .help = "mutations per unit of branch length"},
    {.name = "maf",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0.05",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 0.5,
     .help = "leave out SNPs with a minor allele rarer than this"},
    {.name = "missing",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "share of genotypes set missing at random"},
    {.name = NULL},
};
static const option_group simulate_options = {"Simulation", simulate_rows, false};

static const cli_option graph_rows[] = {
    {.name = "nodes",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "simulate on this graph (EEMS), instead of the lattice"},
    {.name = "edges",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "its edges, two node numbers a line, counted from 1"},
    {.name = "weights",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "its weights: edges.csv of a fit (or its folder), a table with node_i, node_j, weight, or one a "
             "line; by default 1"},
    {.name = NULL},
};
static const option_group graph_options = {"Given graph", graph_rows, false};
static const option_group *const simulate_groups[] = {
    &simulate_options, &graph_options, &feems_figure_options, &output_options, &general_options, NULL};

/* Barrier weight and anisotropy of the scenarios, in the order of the choices. */
static const double scenarios[][2] = {{1, 1}, {0.1, 1}, {1, 5}, {0.1, 5}, {0.75, 1}, {1, 0.75}};

static void settings_of(const cli_options *parsed, fr_feems_simulate_settings *out)
{
    static const fr_feems_design designs[] = {FR_FEEMS_NONMISSING, FR_FEEMS_MISSING_AT_RANDOM,
                                              FR_FEEMS_CORRIDOR_BIASED, FR_FEEMS_RIGHT_BIASED};
    const double *scenario = scenarios[options_integer(parsed, "scenario", 0)];
    fr_feems_simulate_settings_default(out);
    fr_feems_simulate_design(out, designs[options_integer(parsed, "design", 0)]);
    out->rows = options_integer(parsed, "rows", out->rows);
    out->columns = options_integer(parsed, "columns", out->columns);
    out->barrier_weight = options_number(parsed, "barrier-weight", scenario[0]);
    out->corridor_weight = options_number(parsed, "corridor-weight", out->corridor_weight);
    out->barrier_left = options_number(parsed, "barrier-left", out->barrier_left);
    out->barrier_right = options_number(parsed, "barrier-right", out->barrier_right);
    out->anisotropy = options_number(parsed, "anisotropy", scenario[1]);
    out->max_per_node = options_integer(parsed, "max-per-node", out->max_per_node);
    out->probability_left = options_number(parsed, "probability-left", out->probability_left);
    out->probability_barrier = options_number(parsed, "probability-barrier", out->probability_barrier);
    out->probability_right = options_number(parsed, "probability-right", out->probability_right);
    out->sample_probability = options_number(parsed, "sample-probability", out->sample_probability);
    out->trees = options_integer(parsed, "trees", out->trees);
    out->mutation_rate = options_number(parsed, "mutation-rate", out->mutation_rate);
    out->maf = options_number(parsed, "maf", out->maf);
    out->missing = options_number(parsed, "missing", out->missing);
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
}

static int read_graph(cli_job *job, fr_feems_graph *graph, double **weights)
{
    const cli_options *parsed = &job->options;
    const char *nodes = options_text(parsed, "nodes"), *edges = options_text(parsed, "edges");
    const char *path = options_text(parsed, "weights");
    if ((nodes == NULL) != (edges == NULL)) return fr_fail(FR_EUSAGE, "--nodes and --edges go together");
    if (nodes == NULL && path != NULL) return fr_fail(FR_EUSAGE, "--weights needs --nodes and --edges");
    if (nodes == NULL) return FR_OK;
    int status = job_input(job, nodes);
    if (status == FR_OK) status = job_input(job, edges);
    if (status == FR_OK) status = fr_feems_graph_read(nodes, edges, graph);
    if (status != FR_OK) return status;
    *weights = fr_alloc(graph->n_edges, sizeof **weights);
    if (*weights == NULL) return FR_ENOMEM;
    if (path != NULL) return feems_weights_read(job, path, graph, NULL, edges, *weights);
    for (int64_t e = 0; e < graph->n_edges; e++)
        (*weights)[e] = 1;
    return FR_OK;
}

static int run(cli_job *job)
{
    fr_feems_graph graph = {0};
    fr_feems_simulate_settings settings;
    fr_feems_simulation simulation = {0};
    double *weights = NULL;
    settings_of(&job->options, &settings);
    int status = feems_check_figures(job);
    if (status == FR_OK) status = read_graph(job, &graph, &weights);
    status = job_agree(job, status);
    if (status == FR_OK)
        status = fr_feems_simulate(weights != NULL ? &graph : NULL, weights, &settings, &simulation);
    if (status != FR_OK) goto done;
    job_phase(job, "simulate");
    feems_note_simulation(job, &simulation, settings.trees);
    if (job_writes(job)) status = feems_write_simulation(job, &simulation, "sim", "true_weights.csv");
    job_phase(job, "write");
    job_say(job, "%lld individuals, %lld SNPs", (long long)simulation.n_samples,
            (long long)simulation.n_snps);
done:
    fr_feems_simulation_free(&simulation);
    fr_feems_graph_free(&graph);
    fr_free(weights);
    return status;
}

const cli_command feems_simulate_command = {
    .method = "feems",
    .verb = "simulate",
    .purpose = "simulate genotypes on a lattice or graph with known weights",
    .description = "Draws genotypes of sampled individuals from the structured coalescent: lineages move "
                   "along the edges at rates that are "
                   "the weights and meet within nodes; each independent genealogy carries at most one SNP. "
                   "Without a graph, the lattice of "
                   "the paper with its barrier, anisotropy and sampling designs.\n\n"
                   "Writes sim.bed, sim.bim, sim.fam (PLINK), sim.coord, sim.nodes, sim.edges (EEMS) and "
                   "true_weights.csv, which fit takes as "
                   "they are.",
    .example = "frugal feems simulate --scenario hetiso --design missingatrandom --seed 7 -o barrier",
    .groups = simulate_groups,
    .writes_folder = true,
    .run = run,
    .draw = feems_draw,
};
