/* frugal cluster generate: random graphs with known structure, with their communities or coordinates as tables. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option block_rows[] = {
    {.name = "nodes",
     .letter = 'n',
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "1000",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "number of nodes (sbm, local-model, geometric, lfr)"},
    {.name = "blocks",
     .type = OPTION_INTEGER,
     .value = "B",
     .fallback = "20",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "number of blocks (planted)"},
    {.name = "block-size",
     .letter = 'k',
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "50",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "nodes of a block (planted, sbm), or of the target (local-model)"},
    {.name = "degree-in",
     .type = OPTION_NUMBER,
     .value = "D",
     .fallback = "10",
     .range = RANGE_FROM_ZERO,
     .help = "mean degree inside blocks (planted)"},
    {.name = "degree-out",
     .type = OPTION_NUMBER,
     .value = "D",
     .fallback = "2",
     .range = RANGE_FROM_ZERO,
     .help = "mean degree across blocks (planted)"},
    {.name = "p",
     .type = OPTION_NUMBER,
     .value = "P",
     .fallback = "0.5",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "probability of an edge inside a block (sbm), inside the target (local-model)"},
    {.name = "q",
     .type = OPTION_NUMBER,
     .value = "Q",
     .fallback = "0.01",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "probability of an edge across blocks (sbm), out of the target (local-model)"},
    {.name = "outside-degree",
     .type = OPTION_NUMBER,
     .value = "D",
     .fallback = "10",
     .range = RANGE_FROM_ZERO,
     .help = "mean degree among the nodes outside of the target (local-model)"},
    {.name = NULL},
};
static const option_group block_options = {"Blocks", block_rows, false};

static const cli_option other_rows[] = {
    {.name = "scale",
     .type = OPTION_INTEGER,
     .value = "S",
     .fallback = "14",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 31,
     .help = "2^S nodes (rmat)"},
    {.name = "edge-factor",
     .type = OPTION_INTEGER,
     .value = "F",
     .fallback = "16",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e6,
     .help = "edges drawn per node, before equal ones are merged (rmat)"},
    {.name = "abc",
     .type = OPTION_NUMBERS,
     .value = "A,B,C",
     .fallback = "0.57,0.19,0.19",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "probabilities of three quadrants; the fourth gets the rest (rmat)"},
    {.name = "permute",
     .type = OPTION_FLAG,
     .help = "shuffle the ids, so that they tell nothing of the degree (rmat)"},
    {.name = "radius",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "0.05",
     .range = RANGE_POSITIVE,
     .help = "points in the unit square nearer than this are joined (geometric)"},
    {.name = "tau1",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "2.5",
     .range = RANGE_POSITIVE,
     .help = "exponent of the degrees (lfr)"},
    {.name = "tau2",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1.5",
     .range = RANGE_POSITIVE,
     .help = "exponent of the community sizes (lfr)"},
    {.name = "mean-degree",
     .type = OPTION_NUMBER,
     .value = "D",
     .fallback = "15",
     .range = RANGE_POSITIVE,
     .help = "mean degree (lfr)"},
    {.name = "max-degree",
     .type = OPTION_INTEGER,
     .value = "D",
     .fallback = "50",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "largest degree (lfr)"},
    {.name = "min-community",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "20",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "smallest community (lfr)"},
    {.name = "max-community",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "100",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 4294967294,
     .help = "largest community (lfr)"},
    {.name = "mixing",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0.1",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "share of each node's edges that leave its community (lfr)"},
    {.name = NULL},
};
static const option_group other_options = {"Degrees and distances", other_rows, false};

static const cli_option write_rows[] = {
    {.name = "edgelist",
     .type = OPTION_FLAG,
     .help = "write graph.edgelist too: two ids a line, each edge once"},
    {.name = NULL},
};
static const option_group write_options = {"Files", write_rows, false};
static const option_group *const generate_groups[] = {&block_options,  &other_options,   &write_options,
                                                      &output_options, &general_options, NULL};

/* ---- the models --------------------------------------------------------------------------------------------------------------- */

typedef struct {
    fr_graph graph;
    int64_t *community; /* n; NULL: the model has none */
    double *x, *y;      /* n; NULL: it has no places */
} generated;

static void generated_free(generated *made)
{
    fr_graph_free(&made->graph);
    fr_free(made->community);
    fr_free(made->x);
    fr_free(made->y);
    *made = (generated){0};
}

/* Blocks of k nodes are communities 0, 1, ...; with `target` the first k nodes are 1 and the others 0. */
static int block_communities(generated *made, int64_t k, bool target)
{
    made->community = fr_alloc(made->graph.n, sizeof *made->community);
    if (made->community == NULL) return FR_ENOMEM;
    for (int64_t v = 0; v < made->graph.n; v++)
        made->community[v] = target ? v < k : v / k;
    return FR_OK;
}

static int make_planted(const cli_options *o, uint64_t seed, generated *out)
{
    int64_t size = options_integer(o, "block-size", 50);
    int status = fr_cluster_generate_planted(options_integer(o, "blocks", 20), size,
                                             options_number(o, "degree-in", 10),
                                             options_number(o, "degree-out", 2), seed, &out->graph);
    return status == FR_OK ? block_communities(out, size, false) : status;
}

static int make_sbm(const cli_options *o, uint64_t seed, generated *out)
{
    int64_t size = options_integer(o, "block-size", 50);
    int status = fr_cluster_generate_sbm(options_integer(o, "nodes", 1000), size, options_number(o, "p", 0.5),
                                         options_number(o, "q", 0.01), seed, &out->graph);
    return status == FR_OK ? block_communities(out, size, false) : status;
}

static int make_local_model(const cli_options *o, uint64_t seed, generated *out)
{
    int64_t size = options_integer(o, "block-size", 50);
    int status = fr_cluster_generate_local_model(options_integer(o, "nodes", 1000), size,
                                                 options_number(o, "p", 0.5), options_number(o, "q", 0.01),
                                                 options_number(o, "outside-degree", 10), seed, &out->graph);
    return status == FR_OK ? block_communities(out, size, true) : status;
}

static int make_rmat(const cli_options *o, uint64_t seed, generated *out)
{
    const option_value *abc = options_find(o, "abc");
    if (abc->n_numbers != 3) return fr_fail(FR_EUSAGE, "--abc takes three numbers, found '%s'", abc->text);
    return fr_cluster_generate_rmat((int)options_integer(o, "scale", 14),
                                    options_integer(o, "edge-factor", 16), abc->numbers[0], abc->numbers[1],
                                    abc->numbers[2], options_flag(o, "permute"), seed, &out->graph);
}

static int make_geometric(const cli_options *o, uint64_t seed, generated *out)
{
    int64_t n = options_integer(o, "nodes", 1000);
    out->x = fr_alloc(n, sizeof *out->x);
    out->y = fr_alloc(n, sizeof *out->y);
    if (out->x == NULL || out->y == NULL) return FR_ENOMEM;
    return fr_cluster_generate_geometric(n, options_number(o, "radius", 0.05), seed, &out->graph, out->x,
                                         out->y);
}

static int make_lfr(const cli_options *o, uint64_t seed, generated *out)
{
    fr_cluster_lfr_settings settings;
    fr_cluster_lfr_settings_default(&settings);
    settings.n = options_integer(o, "nodes", 1000);
    settings.tau1 = options_number(o, "tau1", settings.tau1);
    settings.tau2 = options_number(o, "tau2", settings.tau2);
    settings.mean_degree = options_number(o, "mean-degree", settings.mean_degree);
    settings.max_degree = options_integer(o, "max-degree", settings.max_degree);
    settings.min_community = options_integer(o, "min-community", settings.min_community);
    settings.max_community = options_integer(o, "max-community", settings.max_community);
    settings.mixing = options_number(o, "mixing", settings.mixing);
    settings.seed = seed;
    out->community = fr_alloc(settings.n, sizeof *out->community);
    if (out->community == NULL) return FR_ENOMEM;
    return fr_cluster_generate_lfr(&settings, &out->graph, out->community);
}

typedef struct {
    const char *name;
    int (*make)(const cli_options *parsed, uint64_t seed, generated *out);
    const char *options; /* those that it takes, between blanks */
} graph_model;
static const graph_model models[] = {
    {"planted", make_planted, " blocks block-size degree-in degree-out "},
    {"sbm", make_sbm, " nodes block-size p q "},
    {"local-model", make_local_model, " nodes block-size p q outside-degree "},
    {"rmat", make_rmat, " scale edge-factor abc permute "},
    {"geometric", make_geometric, " nodes radius "},
    {"lfr", make_lfr, " nodes tau1 tau2 mean-degree max-degree min-community max-community mixing "},
};
enum { n_models = sizeof models / sizeof models[0] };

static int find_model(const char *name, const graph_model **out)
{
    const char *names[n_models];
    for (int k = 0; k < n_models; k++) {
        names[k] = models[k].name;
        *out = &models[k];
        if (strcmp(name, names[k]) == 0) return FR_OK;
    }
    const char *near = suggest(name, names, n_models);
    if (near != NULL) return fr_fail(FR_EUSAGE, "there is no model '%s'; did you mean %s?", name, near);
    return fr_fail(FR_EUSAGE,
                   "there is no model '%s'; there are planted, sbm, local-model, rmat, geometric, lfr", name);
}

/* Options of other models are a slip. */
static int check_options(const cli_options *parsed, const graph_model *model)
{
    for (int64_t k = 0; k < parsed->n; k++) {
        const option_value *value = &parsed->values[k];
        char name[40];
        if (!value->given || (value->group != &block_options && value->group != &other_options)) continue;
        snprintf(name, sizeof name, " %s ", value->option->name);
        if (strstr(model->options, name) == NULL)
            return fr_fail(FR_EUSAGE, "--%s does not belong to the model %s", value->option->name,
                           model->name);
    }
    return FR_OK;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

static int write_edgelist(cli_job *job, const fr_graph *graph)
{
    const char *path = job_file(job, "graph.edgelist");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file == NULL) return path == NULL ? FR_ENOMEM : fr_fail(FR_EIO, "cannot write %s", path);
    fprintf(file, "# %lld nodes\n", (long long)graph->n);
    for (int64_t v = 0; v < graph->n; v++)
        for (int64_t k = graph->row[v]; k < graph->row[v + 1]; k++)
            if (graph->neighbour[k] >= v) fprintf(file, "%lld\t%u\n", (long long)v, graph->neighbour[k]);
    bool failed = ferror(file) != 0;
    return fclose(file) != 0 || failed ? fr_fail(FR_EIO, "cannot write %s", path) : FR_OK;
}

static int write_communities(cli_job *job, const generated *made)
{
    fr_csv *csv;
    const char *path = job_file(job, "communities.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node,community", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < made->graph.n; v++) {
        fr_csv_i64(csv, v);
        fr_csv_i64(csv, made->community[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_coordinates(cli_job *job, const generated *made)
{
    fr_csv *csv;
    const char *path = job_file(job, "coordinates.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node,x,y", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < made->graph.n; v++) {
        fr_csv_i64(csv, v);
        fr_csv_f64(csv, made->x[v]);
        fr_csv_f64(csv, made->y[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_all(cli_job *job, const generated *made)
{
    const char *path = job_file(job, "graph.fgraph");
    int status = path == NULL ? FR_ENOMEM : fr_fgraph_write(path, &made->graph);
    if (status == FR_OK && options_flag(&job->options, "edgelist"))
        status = write_edgelist(job, &made->graph);
    if (status == FR_OK && made->community != NULL) status = write_communities(job, made);
    if (status == FR_OK && made->x != NULL) status = write_coordinates(job, made);
    return status;
}

static void note(cli_job *job, const generated *made)
{
    int64_t communities = 0;
    for (int64_t v = 0; made->community != NULL && v < made->graph.n; v++)
        if (made->community[v] >= communities) communities = made->community[v] + 1;
    job_metric_count(job, "n", made->graph.n);
    job_metric_count(job, "arcs", made->graph.n_arcs);
    job_metric_count(job, "edges", fr_graph_edges(&made->graph));
    job_metric(job, "volume", made->graph.volume);
    if (communities > 0) job_metric_count(job, "communities", communities);
    job_say(job, "%lld node%s, %lld edge%s", (long long)made->graph.n, plural(made->graph.n, "s"),
            (long long)fr_graph_edges(&made->graph), plural(fr_graph_edges(&made->graph), "s"));
}

static int run(cli_job *job)
{
    const graph_model *model;
    generated made = {0};
    int status = find_model(job->options.arguments[0], &model);
    if (status == FR_OK) status = check_options(&job->options, model);
    if (status != FR_OK) return status;
    double start = fr_clock();
    status = model->make(&job->options, (uint64_t)options_integer(&job->options, "seed", 1), &made);
    if (status == FR_OK) {
        job_metric(job, "seconds", fr_clock() - start);
        job_phase(job, "generate");
        note(job, &made);
        if (job_writes(job)) status = write_all(job, &made);
        job_phase(job, "write");
    }
    generated_free(&made);
    return status;
}

const cli_command cluster_generate_command = {
    .method = "cluster",
    .verb = "generate",
    .purpose = "random graphs with known communities",
    .description = "MODEL is one of: planted (blocks of equal size with given mean degrees inside and "
                   "across), sbm (stochastic block model), local-model "
                   "(one target in a random graph; Ha, Fountoulakis, Mahoney 2021), rmat (Graph500), "
                   "geometric (points in the unit "
                   "square), lfr (communities and degrees with power laws). A graph is a function of its "
                   "parameters and --seed.\n\n"
                   "Writes graph.fgraph, with --edgelist graph.edgelist; communities.csv (node, community; "
                   "of local-model: 1 for the "
                   "target) where the model has some, coordinates.csv for geometric. Both tables are what "
                   "--labels and --layout take.",
    .example = "frugal cluster generate sbm --nodes 1000 --block-size 100 --p 0.3 --q 0.01 -o graph",
    .arguments = "MODEL",
    .groups = generate_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
