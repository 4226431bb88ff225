/* Nodes as users name them: a list of ids or names, a file, or an expression over attributes such as 'year=2009'. */
#include "cluster_inputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cli_option seed_rows[] = {
    {.name = "mass",
     .type = OPTION_CHOICE,
     .value = "uniform|degree|each-one",
     .fallback = "uniform",
     .help =
         "mass of k seeds: 1/k each, in proportion to the degree, or 1 each as LocalGraphClustering has it"},
    {.name = "seed-nodes",
     .type = OPTION_TEXT,
     .value = "A,B,...",
     .help = "the seeds: ids, counted from 0, or names; names with commas go into a file"},
    {.name = "seed-file",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "a file of seeds, one id or name a line, with an optional second field: its mass"},
    {.name = "seed-set",
     .type = OPTION_TEXT,
     .value = "'COLUMN=VALUE'",
     .help = "all nodes where this holds, of --labels or of the graph's own attributes; '&' joins several"},
    {.name = NULL},
};
const option_group cluster_seed_options = {"Seeds", seed_rows, false};
const option_group cluster_source_options = {"Seeds", seed_rows + 1, false};

static const cli_option set_rows[] = {
    {.name = "set-nodes",
     .type = OPTION_TEXT,
     .value = "A,B,...",
     .help = "the set: ids, counted from 0, or names; names with commas go into a file"},
    {.name = "set-file",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "a file of its nodes, one id or name a line, such as cluster.csv of another run"},
    {.name = "set",
     .type = OPTION_TEXT,
     .value = "'COLUMN=VALUE'",
     .help = "all nodes where this holds, of --labels or of the graph's own attributes; '&' joins several"},
    {.name = NULL},
};
const option_group cluster_set_options = {"Set", set_rows, false};

static const cli_option target_rows[] = {
    {.name = "target",
     .type = OPTION_TEXT,
     .value = "'COLUMN=VALUE'",
     .help = "compare what is found with these nodes: precision, recall, F1"},
    {.name = "target-nodes",
     .type = OPTION_TEXT,
     .value = "A,B,...",
     .help = "the same with a list of ids or names"},
    {.name = "target-file", .type = OPTION_PATH, .value = "FILE", .help = "the same with a file"},
    {.name = "labels",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "attributes of nodes: CSV or TSV with a header whose column node holds ids or names"},
    {.name = NULL},
};
const option_group cluster_target_options = {"Labels and target", target_rows, false};

/* The options by which a list of nodes is given; `what` they are in messages. */
typedef struct {
    const char *what, *list, *file, *expression;
} node_source;
static const node_source seed_source = {"seeds", "seed-nodes", "seed-file", "seed-set"};
static const node_source set_source = {"set", "set-nodes", "set-file", "set"};
static const node_source target_source = {"target", "target-nodes", "target-file", "target"};

/* ---- the three ways --------------------------------------------------------------------------------------------------- */

/* "7,12,Marge" */
static int from_list(const fr_graph *graph, const char *option, const char *text, int64_t **nodes,
                     int64_t *count)
{
    int64_t n = 1;
    char what[32];
    snprintf(what, sizeof what, "--%s", option);
    for (const char *c = text; *c != '\0'; c++)
        n += *c == ',';
    char *copy = fr_strdup(text);
    *nodes = fr_alloc(n, sizeof **nodes);
    int status = copy == NULL || *nodes == NULL ? FR_ENOMEM : FR_OK;
    char *rest = copy;
    for (int64_t k = 0; k < n && status == FR_OK; k++) {
        char *word = strsep(&rest, ",");
        word += strspn(word, " \t");
        for (size_t length = strlen(word); length > 0 && word[length - 1] == ' '; length--)
            word[length - 1] = '\0';
        if (*word == '\0')
            status = fr_fail(FR_EUSAGE, "%s: a node is missing in '%s'", what, text);
        else
            status = fr_graph_find(graph, word, what, &(*nodes)[(*count)++]);
    }
    fr_free(copy);
    return status;
}

/* Keeps of the ascending list `nodes` what is in the ascending list `others` as well. */
static int64_t intersect(int64_t *nodes, int64_t count, const int64_t *others, int64_t n_others)
{
    int64_t kept = 0;
    for (int64_t k = 0, j = 0; k < count; k++) {
        while (j < n_others && others[j] < nodes[k])
            j++;
        if (j < n_others && others[j] == nodes[k]) nodes[kept++] = nodes[k];
    }
    return kept;
}

/* 'year=2009' or 'year=2009 & dorm=12' */
static int from_expression(const fr_graph_attributes *attributes, const char *option, const char *text,
                           int64_t **nodes, int64_t *count)
{
    if (attributes->n_columns == 0)
        return fr_fail(FR_EUSAGE, "--%s needs --labels FILE: the graph file has no attributes of nodes",
                       option);
    char *copy = fr_strdup(text), *rest = copy;
    int status = copy == NULL ? FR_ENOMEM : FR_OK;
    for (bool first = true; status == FR_OK && rest != NULL; first = false) {
        int64_t *found = NULL, n_found = 0;
        const char *part = strsep(&rest, "&");
        status = fr_graph_select(attributes, part + strspn(part, " "), &found, &n_found);
        if (status == FR_OK && first) {
            *nodes = found, *count = n_found;
            continue;
        }
        if (status == FR_OK) *count = intersect(*nodes, *count, found, n_found);
        fr_free(found);
    }
    if (status == FR_OK && *count == 0)
        status = fr_fail(FR_EINPUT, "--%s '%s' holds for no node", option, text);
    fr_free(copy);
    return status;
}

/* cluster.csv of another run, or any table with a column "node": is the first line such a header? */
static bool is_table(const char *bytes)
{
    const char *line = strncmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? bytes + 3 : bytes;
    return strncmp(line, "node", 4) == 0 && line[4] != '\0' && strchr(",;\t\r\n", line[4]) != NULL;
}

/* The node whose number and name a row has both, as in the tables that we write; -1: none. */
static int64_t node_of_both(const fr_graph *graph, const char *number, const char *name)
{
    char buffer[24], *end;
    if (*number < '0' || *number > '9') return -1;
    long long node = strtoll(number, &end, 10);
    bool same = *end == '\0' && node < graph->n && strcmp(fr_graph_name(graph, node, buffer), name) == 0;
    return same ? node : -1;
}

static int row_node(const fr_graph *graph, const fr_table *table, int64_t row, int64_t column, int64_t *node)
{
    const char *text = fr_table_text(table, row, column), *name = NULL;
    char what[4096];
    snprintf(what, sizeof what, "%s:%" PRId64, table->file, table->line[row]);
    for (int64_t k = 0; table->names != NULL && graph->name_offset != NULL && k < table->n_columns; k++)
        if (strcmp(table->names[k], "name") == 0) name = fr_table_text(table, row, k);
    *node = name != NULL ? node_of_both(graph, text, name) : -1;
    if (*node >= 0 || (name != NULL && fr_graph_find(graph, name, what, node) == FR_OK)) return FR_OK;
    return fr_graph_find(graph, text, what, node);
}

static int from_table(const fr_graph *graph, const char *bytes, int64_t size, const char *path,
                      int64_t **nodes, int64_t *count)
{
    fr_table table = {0};
    fr_table_settings settings;
    int64_t column;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_YES;
    int status = fr_table_parse(bytes, size, path, &settings, &table);
    if (status == FR_OK) status = fr_table_column(&table, "node", &column);
    if (status == FR_OK && (*nodes = fr_alloc(table.n_rows, sizeof **nodes)) == NULL) status = FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < table.n_rows; row++)
        status = row_node(graph, &table, row, column, &(*nodes)[(*count)++]);
    fr_table_free(&table);
    return status;
}

/* Read once, since it may be a pipe. */
static int from_file(const fr_graph *graph, const char *path, int64_t **nodes, double **masses,
                     int64_t *count)
{
    char *bytes;
    int64_t size;
    int status = fr_file_read(path, &bytes, &size);
    if (status != FR_OK) return status;
    status = is_table(bytes) ? from_table(graph, bytes, size, path, nodes, count)
                             : fr_graph_nodes_parse(bytes, size, path, graph, nodes, masses, count);
    fr_free(bytes);
    return status == FR_OK && *count == 0 ? fr_fail(FR_EINPUT, "%s lists no nodes", path) : status;
}

static int64_t ways_given(const cli_options *parsed, const node_source *source)
{
    return options_given(parsed, source->list) + options_given(parsed, source->file) +
           options_given(parsed, source->expression);
}

/* The nodes in the numbers of input->graph. `masses` NULL: the file may not have a second field. */
static int read_nodes(cli_job *job, const cluster_input *input, const node_source *source, int64_t **nodes,
                      double **masses, int64_t *count)
{
    const cli_options *parsed = &job->options;
    const char *list = options_text(parsed, source->list), *file = options_text(parsed, source->file);
    const char *expression = options_text(parsed, source->expression), *option = source->list;
    int64_t ways = ways_given(parsed, source);
    *nodes = NULL, *count = 0;
    if (masses != NULL) *masses = NULL;
    if (ways != 1)
        return fr_fail(FR_EUSAGE, "give the %s by one of --%s, --%s and --%s%s", source->what, source->list,
                       source->file, source->expression, ways > 1 ? ", not by several" : "");
    int status = job_input(job, file);
    if (status == FR_OK && list != NULL) status = from_list(&input->whole, source->list, list, nodes, count);
    if (status == FR_OK && file != NULL) {
        option = source->file;
        status = from_file(&input->whole, file, nodes, masses, count);
    }
    if (status == FR_OK && expression != NULL) {
        option = source->expression;
        status = from_expression(&input->attributes, source->expression, expression, nodes, count);
    }
    if (status == FR_OK)
        status = cluster_nodes_inside(input, option, expression == NULL, count, *nodes,
                                      masses != NULL ? *masses : NULL);
    if (status == FR_OK && *count == 0)
        status = fr_fail(FR_EINPUT, "no node of --%s lies in the largest component", option);
    if (status == FR_OK) return FR_OK;
    fr_free(*nodes);
    if (masses != NULL) {
        fr_free(*masses);
        *masses = NULL;
    }
    *nodes = NULL, *count = 0;
    return status;
}

int cluster_nodes_inside(const cluster_input *input, const char *what, bool strict, int64_t *count,
                         int64_t *nodes, double *masses)
{
    char buffer[24];
    int64_t kept = 0;
    if (input->place == NULL) return FR_OK;
    for (int64_t k = 0; k < *count; k++) {
        int64_t place = input->place[nodes[k]];
        if (place < 0 && strict)
            return fr_fail(FR_EUSAGE, "--%s: node %s is not in the largest component", what,
                           fr_graph_name(&input->whole, nodes[k], buffer));
        if (place < 0) continue;
        if (masses != NULL) masses[kept] = masses[k];
        nodes[kept++] = place;
    }
    *count = kept;
    return FR_OK;
}

/* A node of `whole`, which `text` names, to one of `graph`. */
static int find_place(const cluster_input *input, const char *text, const char *what, int64_t *node)
{
    if (input->place == NULL) return FR_OK;
    *node = input->place[*node];
    return *node >= 0 ? FR_OK : fr_fail(FR_EINPUT, "%s: node %s is not in the largest component", what, text);
}

int cluster_node_find(const cluster_input *input, const char *text, const char *what, int64_t *node)
{
    int status = fr_graph_find(&input->whole, text, what, node);
    return status == FR_OK ? find_place(input, text, what, node) : status;
}

int cluster_row_find(const cluster_input *input, const fr_table *table, int64_t row, int64_t column,
                     int64_t *node)
{
    char what[4096];
    snprintf(what, sizeof what, "%s:%" PRId64, table->file, table->line[row]);
    int status = row_node(&input->whole, table, row, column, node);
    return status == FR_OK ? find_place(input, fr_table_text(table, row, column), what, node) : status;
}

/* ---- seeds, set, target ------------------------------------------------------------------------------------------------- */

int cluster_seeds_read(cli_job *job, cluster_input *input, cluster_seeds *out)
{
    static const fr_cluster_mass rules[] = {FR_CLUSTER_UNIFORM, FR_CLUSTER_BY_DEGREE, FR_CLUSTER_EACH_ONE};
    *out = (cluster_seeds){0};
    int status = read_nodes(job, input, &seed_source, &out->node, &out->mass, &out->count);
    if (status == FR_OK && out->mass != NULL && options_given(&job->options, "mass")) {
        cluster_seeds_free(out);
        status = fr_fail(FR_EUSAGE, "%s gives the masses of the seeds; leave --mass out",
                         options_text(&job->options, "seed-file"));
    }
    status = job_agree(job, status);
    if (status != FR_OK) {
        cluster_seeds_free(out);
        return status;
    }
    out->seeds = (fr_cluster_seeds){.count = out->count,
                                    .node = out->node,
                                    .mass = out->mass,
                                    .rule = rules[options_integer(&job->options, "mass", 0)]};
    input->n_seeds = out->count;
    input->seeds = out->node;
    job_metric_count(job, "seeds", out->count);
    return FR_OK;
}

void cluster_seeds_free(cluster_seeds *seeds)
{
    fr_free(seeds->node);
    fr_free(seeds->mass);
    *seeds = (cluster_seeds){0};
}

bool cluster_set_given(const cli_options *parsed)
{
    return ways_given(parsed, &set_source) > 0;
}

int cluster_set_read(cli_job *job, const cluster_input *input, int64_t **nodes, int64_t *count)
{
    int status = job_agree(job, read_nodes(job, input, &set_source, nodes, NULL, count));
    if (status == FR_OK) job_metric_count(job, "input_size", *count);
    return status;
}

int cluster_target_read(cli_job *job, cluster_input *input)
{
    if (ways_given(&job->options, &target_source) == 0) return FR_OK;
    int status = read_nodes(job, input, &target_source, &input->target, NULL, &input->n_target);
    if (status == FR_OK) job_metric_count(job, "target_size", input->n_target);
    return status;
}

int cluster_run_seeds(cli_job *job, cluster_reach reach,
                      int (*work)(cli_job *job, cluster_input *input, const cluster_seeds *seeds))
{
    cluster_input input;
    cluster_seeds seeds = {0};
    int status = cluster_open(job, reach, &input);
    if (status == FR_OK) status = cluster_seeds_read(job, &input, &seeds);
    if (status == FR_OK) status = work(job, &input, &seeds);
    cluster_seeds_free(&seeds);
    cluster_close(&input);
    return status;
}

int cluster_run_set(cli_job *job, cluster_reach reach,
                    int (*work)(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes))
{
    cluster_input input;
    int64_t *nodes = NULL, count = 0;
    int status = cluster_open(job, reach, &input);
    if (status == FR_OK) status = cluster_set_read(job, &input, &nodes, &count);
    if (status == FR_OK) status = work(job, &input, count, nodes);
    fr_free(nodes);
    cluster_close(&input);
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void cluster_nodes_sort(int64_t count, int64_t *nodes)
{
    qsort(nodes, (size_t)count, sizeof *nodes, by_number);
}
