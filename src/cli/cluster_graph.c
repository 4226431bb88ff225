/* The graph that a verb works on: the options of reading it, a note of what reading did, the largest component. */
#include "cluster_inputs.h"
#include "text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const cli_option graph_rows[] = {
    {.name = "format",
     .type = OPTION_CHOICE,
     .value = "auto|edgelist|smat|mtx|metis|gml|graphml|fgraph",
     .fallback = "auto",
     .help = "format of the graph; auto goes by the ending of its name (.smat, .mtx, .graph or .metis, .gml, "
             ".graphml, .fgraph), after .gz, .bz2 or .xz, and takes anything else for an edge list"},
    {.name = "sep",
     .type = OPTION_CHOICE,
     .value = "auto|tab|comma|semicolon|blank",
     .fallback = "auto",
     .help = "what stands between the fields of an edge list"},
    {.name = "header", .type = OPTION_FLAG, .help = "the first line of the edge list is a header"},
    {.name = "no-header", .type = OPTION_FLAG, .help = "it is an edge already, whatever it looks like"},
    {.name = "columns",
     .type = OPTION_NUMBERS,
     .value = "A,B[,W]",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e6,
     .help = "columns of the two ends and the weight in an edge list, counted from 1 as in messages; needed "
             "where there are more than three"},
    {.name = "one-based", .type = OPTION_FLAG, .help = "ids of the edge list count from 1"},
    {.name = "named",
     .type = OPTION_FLAG,
     .help = "ids of the edge list are names even if they look like numbers"},
    {.name = "nodes",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 4294967294,
     .help = "at least so many nodes, the last ones without edges; 0: up to the largest id"},
    {.name = "dup",
     .type = OPTION_CHOICE,
     .value = "sum|max|first|one",
     .fallback = "sum",
     .help = "weight of an arc that is listed more than once"},
    {.name = "symmetrise",
     .alias = "symmetrize",
     .type = OPTION_CHOICE,
     .value = "max|sum|error",
     .fallback = "max",
     .help = "weight where the two directions of an edge differ, after --dup"},
    {.name = "drop-loops", .type = OPTION_FLAG, .help = "leave out edges from a node to itself"},
    {.name = "bad-weights",
     .type = OPTION_CHOICE,
     .value = "error|drop",
     .fallback = "error",
     .help = "refuse a file with negative or infinite weights, or leave out their lines"},
    {.name = "unweighted",
     .type = OPTION_FLAG,
     .help = "do not look at weights: every listed edge has weight 1"},
    {.name = "weight-attr",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "attribute of edges in GML and GraphML that holds the weight; by default weight, else weights, "
             "else value"},
    {.name = "check",
     .type = OPTION_FLAG,
     .help = "verify a .fgraph file fully (checksum, order, symmetry) before its use"},
    {.name = "largest-component",
     .type = OPTION_FLAG,
     .help = "work on the largest connected component alone; ids stay those of the whole graph"},
    {.name = NULL},
};
const option_group cluster_graph_options = {"Graph", graph_rows, false};

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static int columns_of(const cli_options *parsed, fr_graph_settings *out)
{
    const option_value *value = options_find(parsed, "columns");
    if (value == NULL || !value->given) return FR_OK;
    bool good = value->n_numbers == 2 || value->n_numbers == 3;
    out->columns_given = true;
    out->columns[2] = -1;
    for (int64_t k = 0; good && k < value->n_numbers; k++) {
        out->columns[k] = (int64_t)value->numbers[k] - 1;
        good = value->numbers[k] == floor(value->numbers[k]);
    }
    return good ? FR_OK
                : fr_fail(FR_EUSAGE, "--columns takes two or three whole numbers, such as 1,2,3, found '%s'",
                          value->text);
}

static int settings_of(const cli_options *parsed, fr_graph_settings *out)
{
    static const fr_graph_format formats[] = {FR_GRAPH_AUTO,    FR_GRAPH_EDGELIST, FR_GRAPH_SMAT,
                                              FR_GRAPH_MTX,     FR_GRAPH_METIS,    FR_GRAPH_GML,
                                              FR_GRAPH_GRAPHML, FR_GRAPH_FGRAPH};
    static const fr_graph_duplicates duplicates[] = {FR_GRAPH_DUP_SUM, FR_GRAPH_DUP_MAX, FR_GRAPH_DUP_FIRST,
                                                     FR_GRAPH_DUP_ONE};
    static const fr_graph_symmetrise symmetrise[] = {FR_GRAPH_SYM_MAX, FR_GRAPH_SYM_SUM, FR_GRAPH_SYM_ERROR};
    bool header = options_flag(parsed, "header"), no_header = options_flag(parsed, "no-header");
    if (header && no_header) return fr_fail(FR_EUSAGE, "--header and --no-header exclude each other");
    fr_graph_settings_default(out);
    out->format = formats[options_integer(parsed, "format", 0)];
    out->separator = "\0\t,; "[options_integer(parsed, "sep", 0)];
    if (header || no_header) out->header = header ? FR_HEADER_YES : FR_HEADER_NO;
    out->one_based = options_flag(parsed, "one-based");
    out->named = options_flag(parsed, "named");
    out->n_nodes = options_integer(parsed, "nodes", 0);
    out->duplicates = duplicates[options_integer(parsed, "dup", 0)];
    out->symmetrise = symmetrise[options_integer(parsed, "symmetrise", 0)];
    out->drop_loops = options_flag(parsed, "drop-loops");
    out->drop_bad_weights = options_integer(parsed, "bad-weights", 0) == 1;
    out->unweighted = options_flag(parsed, "unweighted");
    out->weight_attribute = options_text(parsed, "weight-attr");
    return columns_of(parsed, out);
}

bool cluster_is_mapped(const cli_job *job, const char *path)
{
    static const char ending[] = ".fgraph";
    const char *format = options_text(&job->options, "format");
    size_t length = strlen(path), tail = sizeof ending - 1;
    if (format != NULL && strcmp(format, "auto") != 0) return strcmp(format, "fgraph") == 0;
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

/* A mapped file may be larger than memory, and a local method reads little of it: its own checksum stands in the summary,
 * read from its header. */
static int note_mapped(cli_job *job, const char *path)
{
    enum { checksum_at = 72 };
    uint8_t bytes[8];
    char hex[17];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return fr_fail(FR_EINPUT, "cannot read %s: %s", path, strerror(errno));
    bool good =
        fseeko(file, checksum_at, SEEK_SET) == 0 && fread(bytes, 1, sizeof bytes, file) == sizeof bytes;
    off_t size = good && fseeko(file, 0, SEEK_END) == 0 ? ftello(file) : -1;
    fclose(file);
    if (size < 0) return FR_OK; /* too short for a graph: opening it tells */
    for (int k = 0; k < 8; k++)
        snprintf(hex + 2 * k, 3, "%02x", bytes[7 - k]);
    summary_input_entry(&job->summary, path, (int64_t)size, "fnv1a", hex);
    return FR_OK;
}

int cluster_graph_read(cli_job *job, const char *path, fr_graph *graph, fr_graph_attributes *attributes,
                       fr_graph_notes *notes)
{
    fr_graph_settings settings;
    if (strcmp(path, "-") == 0) path = "/dev/stdin";
    bool mapped = cluster_is_mapped(job, path);
    int status = settings_of(&job->options, &settings);
    if (status == FR_OK) status = mapped ? note_mapped(job, path) : job_input(job, path);
    if (status == FR_OK && mapped && options_flag(&job->options, "check")) status = fr_fgraph_check(path);
    if (status != FR_OK) return status;
    return fr_graph_read(path, &settings, graph, attributes, notes);
}

void cluster_note_reading(cli_job *job, const fr_graph_notes *notes)
{
    json_t *reading = json_object();
    cli_summary *summary = &job->summary;
    if (notes->lines == 0) {
        json_decref(reading);
        return;
    }
    summary_set(summary, summary->metrics, "reading", reading);
    summary_count(summary, reading, "lines", notes->lines);
    summary_count(summary, reading, "duplicates", notes->duplicates);
    summary_count(summary, reading, "one_sided", notes->one_sided);
    summary_count(summary, reading, "dropped_weights", notes->dropped_weights);
    summary_count(summary, reading, "dropped_loops", notes->dropped_loops);
    summary_count(summary, reading, "dropped_zeros", notes->dropped_zeros);
    if (notes->dropped_weights > 0)
        fr_warn("left out: %lld line%s with a negative or infinite weight", (long long)notes->dropped_weights,
                plural(notes->dropped_weights, "s"));
    if (notes->duplicates > 0)
        job_say(job, "listed more than once: %lld arc%s, by --dup %s", (long long)notes->duplicates,
                plural(notes->duplicates, "s"), options_text(&job->options, "dup"));
    if (notes->dropped_zeros > 0)
        job_say(job, "left out: %lld arc%s of weight 0", (long long)notes->dropped_zeros,
                plural(notes->dropped_zeros, "s"));
    if (notes->dropped_loops > 0)
        job_say(job, "left out: %lld loop%s", (long long)notes->dropped_loops,
                plural(notes->dropped_loops, "s"));
    if (notes->one_sided > 0)
        job_say_more(job, "listed in one direction or with two weights: %lld arc%s, by --symmetrise %s",
                     (long long)notes->one_sided, plural(notes->one_sided, "s"),
                     options_text(&job->options, "symmetrise"));
}

/* ---- the graph to work on ----------------------------------------------------------------------------------------------- */

static int take_largest_component(cli_job *job, cluster_input *input)
{
    int64_t count = 0;
    int status = fr_cluster_largest_component(&input->whole, &input->id, &count);
    if (status == FR_OK) status = fr_graph_subgraph(&input->whole, count, input->id, &input->part);
    if (status != FR_OK) return status;
    input->place = fr_alloc(input->whole.n, sizeof *input->place);
    if (input->place == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < input->whole.n; k++)
        input->place[k] = -1;
    for (int64_t k = 0; k < count; k++)
        input->place[input->id[k]] = k;
    input->graph = &input->part;
    job_metric_count(job, "nodes_outside", input->whole.n - count);
    job_say_more(job, "the largest component has %lld of %lld node%s", (long long)count,
                 (long long)input->whole.n, plural(input->whole.n, "s"));
    return FR_OK;
}

static void note_graph(cli_job *job, const fr_graph *graph)
{
    job_metric_count(job, "n", graph->n);
    job_metric_count(job, "arcs", graph->n_arcs);
    job_metric_count(job, "edges", fr_graph_edges(graph));
    job_metric_count(job, "loops", graph->n_loops);
    job_metric(job, "graph_volume", graph->volume);
    job_say_more(job, "%lld node%s, %lld edge%s, volume %.10g", (long long)graph->n, plural(graph->n, "s"),
                 (long long)fr_graph_edges(graph), plural(fr_graph_edges(graph), "s"), graph->volume);
}

static int read_labels(cli_job *job, cluster_input *input)
{
    const char *path = options_text(&job->options, "labels");
    if (path == NULL) return FR_OK;
    fr_graph_attributes_free(&input->attributes);
    int status = job_input(job, path);
    return status == FR_OK ? fr_graph_labels_read(path, &input->whole, &input->attributes) : status;
}

int cluster_open(cli_job *job, cluster_reach reach, cluster_input *out)
{
    fr_graph_notes notes = {0};
    bool largest = options_flag(&job->options, "largest-component");
    *out = (cluster_input){.graph = &out->whole};
    int status = cluster_graph_read(job, job->options.arguments[0], &out->whole, &out->attributes, &notes);
    if (status == FR_OK) cluster_note_reading(job, &notes);
    if (status == FR_OK && !out->whole.trusted && (reach == CLUSTER_WHOLE || largest))
        status = fr_graph_check(&out->whole);
    if (status == FR_OK && largest) status = take_largest_component(job, out);
    if (status == FR_OK) status = read_labels(job, out);
    if (status == FR_OK) status = job_input(job, options_text(&job->options, "layout"));
    if (status == FR_OK) status = fr_cluster_workspace_new(out->graph, &out->workspace);
    if (status == FR_OK) status = cluster_target_read(job, out);
    status = job_agree(job, status);
    if (status != FR_OK) {
        cluster_close(out);
        return status;
    }
    note_graph(job, out->graph);
    job_phase(job, "read");
    return FR_OK;
}

void cluster_close(cluster_input *input)
{
    fr_cluster_workspace_free(input->workspace);
    fr_graph_free(&input->part);
    fr_graph_free(&input->whole);
    fr_graph_attributes_free(&input->attributes);
    fr_free(input->id);
    fr_free(input->place);
    fr_free(input->target);
    *input = (cluster_input){0};
}
