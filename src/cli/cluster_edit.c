/* frugal cluster edit: a graph with edges removed, set or added by lists, as a mapped file. */
#include "cluster_commands.h"
#include "cluster_inputs.h"
#include "text.h"

static const cli_option edit_rows[] = {
    {.name = "remove",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "edges to take away, 'from to [weight]' a line, nodes by name or by id from 0; with a weight "
             "only so much of it"},
    {.name = "set",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "edges and their new weight (1 where none is given; 0 takes the edge away), after --remove"},
    {.name = "add",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "edges to add, after --remove and --set; one that is there gets so much more weight (1 where "
             "none is given)"},
    {.name = "new-nodes",
     .type = OPTION_FLAG,
     .help = "nodes of --set and --add that the graph does not have become new ones, behind the others"},
    {.name = NULL},
};
static const option_group edit_options = {"Changes", edit_rows, false};
static const cli_option output_rows[] = {
    {.name = "force", .letter = 'f', .type = OPTION_FLAG, .help = "replace a file that exists already"},
    {.name = NULL},
};
static const option_group file_options = {"Output", output_rows, true};
static const option_group *const edit_groups[] = {&edit_options, &file_options, &cluster_graph_options,
                                                  &general_options, NULL};

static int check_options(const cli_options *parsed)
{
    if (options_flag(parsed, "largest-component"))
        return fr_fail(FR_EUSAGE,
                       "edit changes a whole graph; convert --largest-component takes a part of one");
    if (!options_given(parsed, "add") && !options_given(parsed, "set") && !options_given(parsed, "remove"))
        return fr_fail(FR_EUSAGE, "give the changes by --remove, --set or --add");
    return cluster_check_fgraph(parsed, parsed->arguments[1]);
}

/* The lists, in the order in which they are made. */
static int read_edits(cli_job *job, const fr_graph *graph, fr_graph_edits *edits)
{
    static const struct {
        const char *option;
        fr_graph_change change;
    } lists[] = {{"remove", FR_GRAPH_REMOVE}, {"set", FR_GRAPH_SET}, {"add", FR_GRAPH_ADD}};
    bool new_nodes = options_flag(&job->options, "new-nodes");
    int status = FR_OK;
    for (size_t k = 0; status == FR_OK && k < sizeof lists / sizeof *lists; k++) {
        const char *path = options_text(&job->options, lists[k].option);
        if (path == NULL) continue;
        status = job_input(job, path);
        if (status == FR_OK) status = fr_graph_edits_read(path, graph, lists[k].change, new_nodes, edits);
    }
    return status;
}

static void note_edits(cli_job *job, const fr_graph *graph, const fr_graph_edits *edits,
                       const fr_graph_edit_notes *notes)
{
    job_metric_count(job, "changes", edits->count);
    job_metric_count(job, "edges_added", notes->added);
    job_metric_count(job, "edges_removed", notes->removed);
    job_metric_count(job, "edges_changed", notes->changed);
    job_metric_count(job, "new_nodes", edits->n_new);
    job_metric_count(job, "n_after", graph->n);
    job_metric_count(job, "edges_after", fr_graph_edges(graph));
    job_metric(job, "volume_after", graph->volume);
}

static int edit(cli_job *job, const cluster_input *input)
{
    const char *path = job->options.arguments[1];
    fr_graph_edits edits = {0};
    fr_graph_edit_notes notes;
    fr_graph changed = {0};
    int status = read_edits(job, input->graph, &edits);
    if (status == FR_OK) status = fr_graph_edit(input->graph, &edits, &changed, &notes);
    status = job_agree(job, status);
    if (status != FR_OK) goto done;
    job_phase(job, "edit");
    note_edits(job, &changed, &edits, &notes);
    if (job_writes(job)) status = fr_fgraph_write(path, &changed);
    job_phase(job, "write");
    if (status == FR_OK)
        job_say(job, "wrote %s: %lld edge%s added, %lld removed, %lld of another weight, %lld new node%s",
                path, (long long)notes.added, plural(notes.added, "s"), (long long)notes.removed,
                (long long)notes.changed, (long long)edits.n_new, plural(edits.n_new, "s"));
done:
    fr_graph_free(&changed);
    fr_graph_edits_free(&edits);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    int status = check_options(&job->options);
    if (status == FR_OK) status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = edit(job, &input);
    cluster_close(&input);
    return status;
}

const cli_command cluster_edit_command = {
    .method = "cluster",
    .verb = "edit",
    .purpose = "change some edges of a graph",
    .description = "Reads a graph in any format, takes away the edges of --remove, gives those of --set "
                   "their new weight, adds those "
                   "of --add, and writes the result as .fgraph. The lists are edge lists (tabs, commas, "
                   "semicolons or blanks; '#' and "
                   "'%' comments; packed files too). Each line is one change of the edge between two nodes, "
                   "in whichever order: an "
                   "edge that is listed in both directions is changed twice. An edge to remove that is not "
                   "there, a weight that would "
                   "fall below 0 and, without --new-nodes, an unknown node end the run with file and line, "
                   "and nothing is written.\n\n"
                   "Numbers of nodes stay, so that labels, layouts, sets and vectors of the old graph go on "
                   "to fit; l1pr --start "
                   "repairs the old answer instead of beginning anew.",
    .example = "frugal cluster edit graph.edges.gz today.fgraph --add new.edges --remove gone.edges",
    .arguments = "GRAPH OUT.fgraph",
    .groups = edit_groups,
    .run = run,
};
