/* frugal cluster labels: classes of all nodes from a few seeds of each (Gleich, Mahoney, KDD 2015). */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

#include <data/number.h>

#include <stdlib.h>
#include <string.h>

static const cli_option label_rows[] = {
    {.name = "classes",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help = "the seeds: a table of nodes and their classes, node,class; nodes without a class are what is "
             "asked for"},
    {.name = "column",
     .type = OPTION_TEXT,
     .value = "NAME",
     .fallback = "class",
     .help = "the column of that file that holds the class"},
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.15",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "teleportation of the lazy walk"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "regularisation: each class reaches a volume of at most 1/R"},
    {.name = "certificate",
     .alias = "eps",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "every p/degree is certainly within E times rho of the optimum"},
    {.name = "rank",
     .type = OPTION_CHOICE,
     .value = "p|x|value",
     .fallback = "p",
     .help = "a node gets the class in which it ranks highest by p, or by x = p/degree, or the class of the "
             "largest p"},
    {.name = NULL},
};
static const option_group label_options = {"Classes", label_rows, false};
static const option_group *const label_groups[] = {&label_options, &cluster_graph_options, &output_options,
                                                   &general_options, NULL};

/* The classes in order, with their seeds: those of class c are node[first[c]] .. node[first[c+1]-1], ascending. */
typedef struct {
    int64_t n;
    const char **name; /* borrowed from the attributes */
    int64_t *first, *node;
} class_list;

static void class_list_free(class_list *classes)
{
    fr_free(classes->name);
    fr_free(classes->first);
    fr_free(classes->node);
    *classes = (class_list){0};
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Numbers by size, then texts by their bytes. */
static int by_name(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double vx, vy;
    bool nx = fr_number_f64(x, (int64_t)strlen(x), &vx), ny = fr_number_f64(y, (int64_t)strlen(y), &vy);
    if (nx && ny && vx != vy) return vx < vy ? -1 : 1;
    if (nx != ny) return nx ? -1 : 1;
    return strcmp(x, y);
}

static int column_of(const fr_graph_attributes *attributes, const char *path, const char *name,
                     int64_t *column)
{
    for (*column = 0; *column < attributes->n_columns; ++*column)
        if (strcmp(attributes->names[*column], name) == 0) return FR_OK;
    return fr_fail(FR_EINPUT, "%s has no column '%s'; name the column of the classes by --column", path,
                   name);
}

static const char *cell_of(const cluster_input *input, const fr_graph_attributes *attributes, int64_t column,
                           int64_t node)
{
    const char *cell = attributes->cells[cluster_id(input, node) * attributes->n_columns + column];
    return cell != NULL && *cell != '\0' ? cell : NULL;
}

static int64_t class_of(const class_list *classes, const char *name)
{
    const char **found = bsearch(&name, classes->name, (size_t)classes->n, sizeof *classes->name, by_name);
    return found == NULL ? -1 : found - classes->name;
}

/* The distinct cells, sorted, and the nodes of each. */
static int group(const cluster_input *input, const fr_graph_attributes *attributes, int64_t column,
                 class_list *out)
{
    int64_t n = input->graph->n, seeds = 0;
    out->name = fr_alloc(n, sizeof *out->name);
    out->node = fr_alloc(n, sizeof *out->node);
    if (out->name == NULL || out->node == NULL) return FR_ENOMEM;
    for (int64_t v = 0; v < n; v++) {
        const char *cell = cell_of(input, attributes, column, v);
        if (cell != NULL) out->name[seeds++] = cell;
    }
    qsort(out->name, (size_t)seeds, sizeof *out->name, by_name);
    for (int64_t k = 0; k < seeds; k++)
        if (out->n == 0 || by_name(&out->name[out->n - 1], &out->name[k]) != 0)
            out->name[out->n++] = out->name[k];
    out->first = fr_alloc(out->n + 2, sizeof *out->first);
    if (out->first == NULL) return FR_ENOMEM;
    int64_t *next = out->first + 1; /* next[c]: where the next seed of class c goes */
    for (int64_t v = 0; v < n; v++) {
        const char *cell = cell_of(input, attributes, column, v);
        if (cell != NULL) next[class_of(out, cell) + 1]++;
    }
    for (int64_t c = 1; c <= out->n; c++)
        next[c] += next[c - 1];
    for (int64_t v = 0; v < n; v++) {
        const char *cell = cell_of(input, attributes, column, v);
        if (cell != NULL) out->node[next[class_of(out, cell)]++] = v;
    }
    return FR_OK; /* first[c + 1] has moved on from the start of class c to its end */
}

static int read_classes(cli_job *job, const cluster_input *input, fr_graph_attributes *attributes,
                        class_list *out)
{
    const char *path = options_text(&job->options, "classes");
    int64_t column;
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_graph_labels_read(path, &input->whole, attributes);
    if (status == FR_OK) status = column_of(attributes, path, options_text(&job->options, "column"), &column);
    if (status == FR_OK) status = group(input, attributes, column, out);
    if (status == FR_OK && out->n == 0)
        status = fr_fail(FR_EINPUT, "%s gives no node of the graph a class", path);
    return status;
}

/* ---- results --------------------------------------------------------------------------------------------------------------- */

static int write_labels(cli_job *job, const cluster_input *input, const class_list *classes,
                        const fr_cluster_label_result *result)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "labels.csv", "node,label,class,rank,p", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < result->n; v++) {
        int64_t c = result->label[v];
        cluster_csv_node(csv, input, v);
        fr_csv_i64(csv, c);
        fr_csv_text(csv, c >= 0 ? classes->name[c] : "");
        if (c >= 0)
            fr_csv_i64(csv, result->rank[v * result->n_classes + c]);
        else
            fr_csv_text(csv, "");
        fr_csv_f64(csv, c >= 0 ? result->p[v * result->n_classes + c] : 0);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* classes.csv: how many seeds a class had, how many nodes its vector reaches and how many it was given. */
static int write_classes(cli_job *job, const cluster_input *input, const class_list *classes,
                         const fr_cluster_label_result *result)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "classes.csv", "label,class,seeds,support,nodes", &csv);
    if (status != FR_OK) return status;
    for (int64_t c = 0; c < classes->n; c++) {
        int64_t support = 0, nodes = 0;
        for (int64_t v = 0; v < result->n; v++) {
            support += result->p[v * result->n_classes + c] > 0;
            nodes += result->label[v] == c;
        }
        fr_csv_i64(csv, c);
        fr_csv_text(csv, classes->name[c]);
        fr_csv_i64(csv, classes->first[c + 1] - classes->first[c]);
        fr_csv_i64(csv, support);
        fr_csv_i64(csv, nodes);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int work(cli_job *job, cluster_input *input, const class_list *classes)
{
    static const fr_cluster_label_rule rules[] = {FR_CLUSTER_RANK_P, FR_CLUSTER_RANK_X, FR_CLUSTER_VALUE_P};
    const cli_options *parsed = &job->options;
    fr_cluster_label_settings settings;
    fr_cluster_label_result result = {0};
    int64_t labelled = 0;
    fr_cluster_label_settings_default(&settings);
    settings.alpha = options_number(parsed, "alpha", settings.alpha);
    settings.rho = options_number(parsed, "rho", settings.rho);
    settings.tolerance = options_number(parsed, "certificate", settings.tolerance);
    settings.rule = rules[options_integer(parsed, "rank", 0)];
    int status =
        fr_cluster_label(input->graph, classes->n, classes->first, classes->node, &settings, &result);
    if (status != FR_OK) return status;
    job_phase(job, "solve");
    for (int64_t v = 0; v < result.n; v++)
        labelled += result.label[v] >= 0;
    job_metric_count(job, "classes", classes->n);
    job_metric_count(job, "seeds", classes->first[classes->n]);
    job_metric_count(job, "labelled", labelled);
    job_metric_count(job, "unlabelled", result.n - labelled);
    job_metric(job, "seconds", result.seconds);
    job_say(job, "%lld class%s from %lld seed%s; nodes with a class: %lld, out of reach: %lld",
            (long long)classes->n, plural(classes->n, "es"), (long long)classes->first[classes->n],
            plural(classes->first[classes->n], "s"), (long long)labelled, (long long)(result.n - labelled));
    if (job_writes(job)) status = write_labels(job, input, classes, &result);
    if (status == FR_OK && job_writes(job)) status = write_classes(job, input, classes, &result);
    job_phase(job, "write");
    fr_cluster_label_result_free(&result);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    fr_graph_attributes attributes = {0};
    class_list classes = {0};
    int status = cluster_open(job, CLUSTER_WHOLE, &input);
    if (status != FR_OK) return status;
    status = job_agree(job, read_classes(job, &input, &attributes, &classes));
    if (status == FR_OK) status = work(job, &input, &classes);
    class_list_free(&classes);
    fr_graph_attributes_free(&attributes);
    cluster_close(&input);
    return status;
}

const cli_command cluster_labels_command = {
    .method = "cluster",
    .verb = "labels",
    .purpose = "classes of all nodes from seeds of each class",
    .description =
        "Solves l1-PageRank from the seeds of each class, and gives every node the class in whose vector it "
        "ranks highest; of "
        "equal ranks the first class. Classes are in order of their numbers, or names. Nodes that no class "
        "reaches have label -1.\n\n"
        "Writes labels.csv (node, label, class, its rank and p there) and classes.csv.",
    .example = "frugal cluster labels graph.edges.gz --classes known.csv --rho 1e-4 -o out",
    .arguments = "GRAPH",
    .groups = label_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
