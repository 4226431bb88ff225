/* frugal cluster sweep: the best prefix of nodes by the values of a table. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option sweep_rows[] = {
    {.name = "vector",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help = "the values: vector.csv of a run (its p_over_degree), a table with the columns node and value, "
             "or two columns "
             "without a header"},
    {.name = "column",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "the column of the values, where it is another one"},
    {.name = "no-sort", .type = OPTION_FLAG, .help = "sweep in the order of the file; it needs no values"},
    {.name = "two-sided",
     .type = OPTION_FLAG,
     .help = "also sweep from the smallest value up, and keep the better; for vectors of both signs"},
    {.name = NULL},
};
static const option_group vector_options = {"Vector", sweep_rows, false};
static const option_group *const sweep_groups[] = {
    &vector_options,         &cluster_sweep_options, &cluster_target_options, &cluster_graph_options,
    &cluster_figure_options, &output_options,        &general_options,        NULL};

typedef struct {
    int64_t count, *node;
    double *value; /* NULL with --no-sort */
} sweep_list;

static int64_t column_called(const fr_table *table, const char *name)
{
    for (int64_t k = 0; table->names != NULL && k < table->n_columns; k++)
        if (strcmp(table->names[k], name) == 0) return k;
    return -1;
}

/* The column of the values: the one asked for, or p_over_degree, value, or else the second. */
static int value_column(const fr_table *table, const char *asked, int64_t *column)
{
    if (asked != NULL) return fr_table_column(table, asked, column);
    *column = column_called(table, "p_over_degree");
    if (*column < 0) *column = column_called(table, "value");
    if (*column < 0) *column = 1;
    return table->n_columns > 1
               ? FR_OK
               : fr_fail(FR_EINPUT, "%s has one column; the values are missing (or --no-sort)", table->file);
}

static int take_rows(const cluster_input *input, const fr_table *table, int64_t node, int64_t value,
                     sweep_list *out)
{
    char what[4096];
    out->node = fr_alloc(table->n_rows, sizeof *out->node);
    if (value >= 0) out->value = fr_alloc(table->n_rows, sizeof *out->value);
    if (out->node == NULL || (value >= 0 && out->value == NULL)) return FR_ENOMEM;
    int status = FR_OK;
    for (int64_t row = 0; status == FR_OK && row < table->n_rows; row++) {
        snprintf(what, sizeof what, "%s:%" PRId64, table->file, table->line[row]);
        status = cluster_node_find(input, fr_table_text(table, row, node), what, &out->node[row]);
        if (status == FR_OK && value >= 0) status = fr_table_f64(table, row, value, &out->value[row]);
        out->count++;
    }
    return status;
}

static int read_list(cli_job *job, const cluster_input *input, sweep_list *out)
{
    const char *path = options_text(&job->options, "vector"), *asked = options_text(&job->options, "column");
    bool sorted = options_flag(&job->options, "no-sort");
    fr_table table = {0};
    fr_table_settings settings;
    int64_t node, value = -1;
    fr_table_settings_default(&settings);
    if (asked != NULL) settings.header = FR_HEADER_YES;
    if (sorted && asked != NULL)
        return fr_fail(FR_EUSAGE, "--no-sort looks at no values; leave --column out");
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_table_read(path, &settings, &table);
    node = column_called(&table, "node");
    if (status == FR_OK && node < 0 && table.names != NULL && asked == NULL) {
        /* names of nodes make a first row look like a header */
        fr_table_free(&table);
        settings.header = FR_HEADER_NO;
        status = fr_table_read(path, &settings, &table);
    }
    if (node < 0) node = 0;
    if (status == FR_OK && !sorted) status = value_column(&table, asked, &value);
    if (status == FR_OK) status = take_rows(input, &table, node, value, out);
    fr_table_free(&table);
    return status;
}

static int work(cli_job *job, cluster_input *input)
{
    sweep_list list = {0};
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep = {0};
    int status = job_agree(job, read_list(job, input, &list));
    cluster_sweep_settings(&job->options, &settings);
    settings.sorted = options_flag(&job->options, "no-sort");
    settings.two_sided = options_flag(&job->options, "two-sided");
    double start = fr_clock();
    if (status == FR_OK)
        status = fr_cluster_sweep(input->workspace, list.count, list.node, list.value, &settings, &sweep);
    if (status != FR_OK) goto done;
    job_metric(job, "seconds", fr_clock() - start);
    job_metric_count(job, "listed", list.count);
    job_metric_count(job, "prefix", sweep.prefix);
    if (settings.two_sided) cluster_note_flag(job, "negated", sweep.negated);
    job_phase(job, "sweep");
    if (job_writes(job)) status = cluster_write_profile(job, input, &sweep);
    if (status == FR_OK) status = cluster_give_set(job, input, "sweep", &sweep.best);
    job_phase(job, "write");
done:
    fr_cluster_sweep_result_free(&sweep);
    fr_free(list.node);
    fr_free(list.value);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    if (options_flag(&job->options, "no-sort") && options_flag(&job->options, "two-sided"))
        return fr_fail(FR_EUSAGE, "--no-sort and --two-sided exclude each other");
    int status = cluster_open(job, CLUSTER_LOCAL, &input);
    if (status != FR_OK) return status;
    status = work(job, &input);
    cluster_close(&input);
    return status;
}

const cli_command cluster_sweep_command = {
    .method = "cluster",
    .verb = "sweep",
    .purpose = "sweep cut: the best prefix of a ranking of nodes",
    .description = "Takes the nodes by descending value (equal ones by ascending id) and gives the prefix of "
                   "smallest conductance; of "
                   "equal ones the shortest.\n\n"
                   "Writes sweep.csv (scores of every prefix) and cluster.csv, with a target f1.csv.",
    .example = "frugal cluster sweep graph.edges.gz --vector out/vector.csv -o swept",
    .arguments = "GRAPH",
    .groups = sweep_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
