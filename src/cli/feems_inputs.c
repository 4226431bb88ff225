/* Samples with their genotypes (PLINK) or distances (EEMS .diffs), joined with the graph. */
#include "feems_inputs.h"
#include "feems_lookup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cli_option sample_rows[] = {
    {.name = "bfile",
     .type = OPTION_PATH,
     .value = "PREFIX",
     .help = "genotypes: PLINK files PREFIX.bed, .bim and .fam"},
    {.name = "coords",
     .alias = "coord",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "longitude and latitude of each individual, a line each, in the order of the .fam file"},
    {.name = "diffs",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "instead of genotypes: the matrix of mean squared dosage differences (EEMS), text or .npy; with "
             "--nsites"},
    {.name = "nsites",
     .type = OPTION_INTEGER,
     .value = "N",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 9e15,
     .help = "number of sites behind --diffs"},
    {.name = NULL},
};
const option_group feems_sample_options = {"Samples", sample_rows, false};

static const cli_option filter_rows[] = {
    {.name = "maf",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0",
     .range = RANGE_BELOW,
     .low = 0,
     .high = 0.5,
     .help = "leave out SNPs with a minor allele rarer than this"},
    {.name = "geno",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "leave out SNPs with a larger share of missing genotypes"},
    {.name = "mind",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 1,
     .help = "leave out individuals with a larger share of missing genotypes"},
    {.name = "frequency-scale",
     .type = OPTION_CHOICE,
     .value = "paper|v2compat",
     .fallback = "paper",
     .help = "scaling of the frequencies: of the paper, or of the authors' version 2 for comparison only"},
    {.name = "assign",
     .type = OPTION_CHOICE,
     .value = "planar|sphere",
     .fallback = "planar",
     .help = "nearest node in degrees, as the authors do, or on the sphere"},
    {.name = "max-assign-km",
     .type = OPTION_NUMBER,
     .value = "KM",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .unit = "km",
     .help = "refuse samples farther from their node; 0: warn beyond one edge length"},
    {.name = "keep-largest",
     .type = OPTION_FLAG,
     .help = "where samples lie in several parts of the graph that are not joined, keep the part with most "
             "of them"},
    {.name = NULL},
};
const option_group feems_filter_options = {"Filters", filter_rows, false};

static void data_settings(const cli_options *parsed, fr_feems_data_settings *out)
{
    fr_feems_data_settings_default(out);
    out->scale =
        options_integer(parsed, "frequency-scale", 0) == 0 ? FR_FEEMS_SCALE_PAPER : FR_FEEMS_SCALE_V2;
    out->assign = options_integer(parsed, "assign", 0) == 0 ? FR_FEEMS_ASSIGN_PLANAR : FR_FEEMS_ASSIGN_SPHERE;
    out->max_assign_km = options_number(parsed, "max-assign-km", 0);
    out->maf = options_number(parsed, "maf", 0);
    out->max_missing_snp = options_number(parsed, "geno", 1);
    out->max_missing_sample = options_number(parsed, "mind", 1);
    out->keep_largest = options_flag(parsed, "keep-largest");
}

/* Notes PREFIX.bed, .bim, .fam, packed ones where only those exist; missing ones are named without .gz. */
static int note_fileset(cli_job *job, const char *prefix)
{
    static const char *const endings[] = {".bed", ".bim", ".fam"};
    size_t length = strlen(prefix);
    if (length > 4 && strcmp(prefix + length - 4, ".bed") == 0) length -= 4;
    int status = FR_OK;
    for (int k = 0; k < 3 && status == FR_OK; k++) {
        char *path;
        if (asprintf(&path, "%.*s%s.gz", (int)length, prefix, endings[k]) < 0)
            return fr_fail(FR_ENOMEM, "out of memory for a file name");
        size_t plain = strlen(path) - 3;
        if (access(path, F_OK) == 0) {
            path[plain] = '\0';
            if (access(path, F_OK) != 0) path[plain] = '.';
        } else {
            path[plain] = '\0';
        }
        status = job_input(job, path);
        free(path);
    }
    return status;
}

static int read_genotypes(cli_job *job, const char *prefix, const char *coords, feems_inputs *out)
{
    int status = note_fileset(job, prefix);
    if (status == FR_OK) status = fr_plink_open(prefix, &out->plink);
    if (status == FR_OK && out->plink.n_samples != out->samples.n)
        status = fr_fail(FR_EINPUT,
                         "%s has %lld places but %s.fam lists %lld individuals; there must be one line for "
                         "each, in the same order",
                         coords, (long long)out->samples.n, prefix, (long long)out->plink.n_samples);
    return status;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* An n x n matrix, from .npy or text without a header. Free with fr_free. */
static int read_matrix(const char *path, int64_t n, double **values)
{
    fr_table table = {0};
    fr_array array = {0};
    int64_t rows = 0, columns = 0;
    int status;
    *values = NULL;
    if (ends_with(path, ".npy")) {
        status = fr_npy_read(path, &array);
        if (status == FR_OK && array.n_dimensions == 2) rows = array.shape[0], columns = array.shape[1];
    } else {
        fr_table_settings settings;
        fr_table_settings_default(&settings);
        settings.header = FR_HEADER_NO;
        status = fr_table_read(path, &settings, &table);
        rows = table.n_rows, columns = table.n_columns;
    }
    if (status == FR_OK && (rows != n || columns != n))
        status = fr_fail(
            FR_EINPUT, "%s has %lld rows and %lld columns; with %lld places there must be that many of both",
            path, (long long)rows, (long long)columns, (long long)n);
    if (status == FR_OK && array.values != NULL) status = fr_array_to_f64(&array, values);
    if (status == FR_OK && array.values == NULL) {
        *values = fr_alloc(n * n, sizeof **values);
        if (*values == NULL) status = FR_ENOMEM;
        for (int64_t k = 0; status == FR_OK && k < n * n; k++)
            status = fr_table_f64(&table, k / n, k % n, &(*values)[k]);
    }
    fr_table_free(&table);
    fr_array_free(&array);
    return status;
}

int feems_check_swapped(const char *path, const fr_points *samples, const fr_feems_graph *graph)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (int64_t v = 0; v < graph->n_nodes; v++) {
        x0 = fmin(x0, graph->x[v]), x1 = fmax(x1, graph->x[v]);
        y0 = fmin(y0, graph->y[v]), y1 = fmax(y1, graph->y[v]);
    }
    double margin_x = 0.1 * (x1 - x0), margin_y = 0.1 * (y1 - y0);
    int64_t inside = 0, inside_swapped = 0;
    for (int64_t k = 0; k < samples->n; k++) {
        double x = samples->x[k], y = samples->y[k];
        inside += x >= x0 - margin_x && x <= x1 + margin_x && y >= y0 - margin_y && y <= y1 + margin_y;
        inside_swapped +=
            y >= x0 - margin_x && y <= x1 + margin_x && x >= y0 - margin_y && x <= y1 + margin_y;
    }
    if (2 * inside > samples->n || 2 * inside_swapped <= samples->n) return FR_OK;
    return fr_fail(
        FR_EINPUT,
        "%s: longitude and latitude seem to be exchanged: %lld of %lld places lie within the graph "
        "(longitude %.6g to %.6g, latitude %.6g to %.6g) as they are, %lld the other way round; each line "
        "must be \"lon lat\"",
        path, (long long)inside, (long long)samples->n, x0, x1, y0, y1, (long long)inside_swapped);
}

void feems_note_inputs(cli_job *job, const feems_inputs *inputs)
{
    const fr_feems_data *data = &inputs->data;
    json_t *dropped = json_object();
    cli_summary *summary = &job->summary;
    job_metric_count(job, "n_samples", data->n_samples);
    job_metric_count(job, "n_snps_used", data->n_snps);
    summary_set(summary, summary->metrics, "n_snps_dropped", dropped);
    summary_count(summary, dropped, "no_call", data->n_snps_no_call);
    summary_count(summary, dropped, "invariant", data->n_snps_invariant);
    summary_count(summary, dropped, "maf", data->n_snps_maf);
    summary_count(summary, dropped, "missing", data->n_snps_missing);
    job_metric(job, "missing_share", data->missing_share);
    job_metric_count(job, "n_nodes", data->graph.n_nodes);
    job_metric_count(job, "n_nodes_dropped", data->n_nodes_dropped);
    job_metric_count(job, "n_edges", data->graph.n_edges);
    job_metric_count(job, "n_observed", data->n_observed);
    job_say_more(job, "%lld individuals at %lld of %lld nodes, %lld edges, %lld SNPs",
                 (long long)data->n_samples, (long long)data->n_observed, (long long)data->graph.n_nodes,
                 (long long)data->graph.n_edges, (long long)data->n_snps);
}

int feems_inputs_read(cli_job *job, fr_feems_graph *given, int64_t *node_id, feems_inputs *out)
{
    const cli_options *parsed = &job->options;
    const char *prefix = options_text(parsed, "bfile"), *diffs = options_text(parsed, "diffs");
    const char *coords = options_text(parsed, "coords");
    double *distances = NULL;
    fr_feems_data_settings settings;
    *out = (feems_inputs){.node_id = node_id};
    data_settings(parsed, &settings);
    if (given != NULL) {
        out->graph = *given;
        *given = (fr_feems_graph){0};
    }
    int status = FR_OK;
    if ((prefix == NULL) == (diffs == NULL))
        status = fr_fail(FR_EUSAGE, "give either --bfile with genotypes or --diffs with distances");
    else if (coords == NULL)
        status = fr_fail(FR_EUSAGE, "--coords FILE is missing: the places of the individuals");
    else if (diffs != NULL && !options_given(parsed, "nsites"))
        status = fr_fail(FR_EUSAGE, "--diffs needs --nsites, the number of sites behind the distances");
    if (status == FR_OK) status = job_input(job, coords);
    if (status == FR_OK) status = fr_points_read(coords, &out->samples);
    if (status == FR_OK && out->samples.n == 0) status = fr_fail(FR_EINPUT, "%s holds no places", coords);
    if (status == FR_OK && prefix != NULL) status = read_genotypes(job, prefix, coords, out);
    if (status == FR_OK && diffs != NULL) status = job_input(job, diffs);
    if (status == FR_OK && diffs != NULL) status = read_matrix(diffs, out->samples.n, &distances);
    if (status == FR_OK && given == NULL) status = feems_graph_input(job, &out->samples, &out->graph);
    if (status == FR_OK) status = feems_check_swapped(coords, &out->samples, &out->graph);
    if (status == FR_OK && prefix != NULL)
        status = fr_feems_data_from_plink(&out->graph, &out->samples, &out->plink, &settings, &out->data);
    else if (status == FR_OK)
        status = fr_feems_data_from_distances(&out->graph, &out->samples, distances,
                                              options_integer(parsed, "nsites", 0), &settings, &out->data);
    fr_free(distances);
    status = job_agree(job, status);
    if (status != FR_OK) {
        feems_inputs_free(out);
        return status;
    }
    feems_note_inputs(job, out);
    job_phase(job, "read");
    return FR_OK;
}

void feems_inputs_free(feems_inputs *inputs)
{
    fr_feems_graph_free(&inputs->graph);
    fr_points_free(&inputs->samples);
    fr_plink_close(&inputs->plink);
    fr_feems_data_free(&inputs->data);
    fr_free(inputs->node_id);
    *inputs = (feems_inputs){0};
}

int64_t feems_node_id(const feems_inputs *inputs, int64_t node)
{
    int64_t v = inputs->data.node_id[node];
    return inputs->node_id != NULL ? inputs->node_id[v] : v;
}

int64_t feems_node_of_id(const feems_inputs *inputs, int64_t id)
{
    int64_t v = inputs->node_id == NULL ? id : feems_find(inputs->node_id, inputs->graph.n_nodes, id);
    return feems_find(inputs->data.node_id, inputs->data.graph.n_nodes, v);
}
