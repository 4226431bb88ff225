/* frugal feems predict: allele frequencies at every node of the graph, sampled or not. */
#include "feems_commands.h"
#include "feems_fitted.h"
#include "feems_inputs.h"

#include <stdio.h>
#include <string.h>

static const cli_option predict_rows[] = {
    {.name = "fit",
     .type = OPTION_PATH,
     .value = "DIR",
     .help = "take graph, weights and residual variances from the result folder of a fit"},
    {.name = "weights",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "weights for the graph of --nodes and --edges: edges.csv of a fit (or its folder), a table, or "
             "one a line"},
    {.name = "s2",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "residual variance with --weights; by default that of the fit with one weight for all edges"},
    {.name = "snps",
     .type = OPTION_TEXT,
     .value = "A,B,C",
     .help = "ids of the SNPs to predict; by default all"},
    {.name = "snps-file", .type = OPTION_PATH, .value = "FILE", .help = "a file with their ids, one a line"},
    {.name = "kriging",
     .type = OPTION_CHOICE,
     .value = "universal|simple",
     .fallback = "universal",
     .help =
         "estimate the mean frequency along with the field, or take the mean of the sampled nodes as known"},
    {.name = "units",
     .type = OPTION_CHOICE,
     .value = "frequency|dosage",
     .fallback = "frequency",
     .help = "frequencies of allele 1 (0 to 1) or mean copies (0 to 2)"},
    {.name = "variance",
     .type = OPTION_FLAG,
     .help = "also write variance.csv, the posterior variance divided by mu (1 - mu)"},
    {.name = NULL},
};
static const option_group predict_options = {"Prediction", predict_rows, false};
static const option_group *const predict_groups[] = {&feems_sample_options,
                                                     &feems_graph_options,
                                                     &predict_options,
                                                     &feems_filter_options,
                                                     &output_options,
                                                     &general_options,
                                                     NULL};

enum { most_columns = 500 }; /* of frequencies.csv; more SNPs go into an array */

/* ---- which SNPs ------------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    int64_t number;
} named_snp;

static int by_id(const void *a, const void *b)
{
    const named_snp *first = a, *second = b;
    int order = strcmp(first->id, second->id);
    return order != 0 ? order : (first->number > second->number) - (first->number < second->number);
}

/* First place of `id` among the n sorted names; n where there is none. */
static int64_t find_snp(const named_snp *names, int64_t n, const char *id)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(names[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && strcmp(names[low].id, id) == 0 ? low : n;
}

/* The ids to SNP numbers, in the order asked for. */
static int number_snps(const fr_plink *plink, const char *const *ids, int64_t n, const char *where,
                       int64_t *snps)
{
    named_snp *names = fr_alloc(plink->n_snps, sizeof *names);
    if (names == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < plink->n_snps; k++)
        names[k] = (named_snp){plink->snp_id[k], k};
    qsort(names, (size_t)plink->n_snps, sizeof *names, by_id);
    int status = FR_OK;
    for (int64_t k = 0; k < n && status == FR_OK; k++) {
        int64_t at = find_snp(names, plink->n_snps, ids[k]);
        if (at == plink->n_snps)
            status = fr_fail(FR_EINPUT, "%s: no SNP has the id '%s'", where, ids[k]);
        else if (at + 1 < plink->n_snps && strcmp(names[at + 1].id, ids[k]) == 0)
            status = fr_fail(FR_EINPUT, "%s: several SNPs have the id '%s'", where, ids[k]);
        else
            snps[k] = names[at].number;
    }
    fr_free(names);
    return status;
}

static int snps_of_file(cli_job *job, const fr_plink *plink, const char *path, int64_t **snps, int64_t *n)
{
    fr_table table = {0};
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_NO;
    settings.delimiter = ' ';
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_table_read(path, &settings, &table);
    if (status == FR_OK && table.n_columns != 1)
        status = fr_fail(FR_EINPUT, "%s: expected one SNP id a line, found %lld columns", path,
                         (long long)table.n_columns);
    if (status == FR_OK) {
        *n = table.n_rows;
        *snps = fr_alloc(*n, sizeof **snps);
        status =
            *snps == NULL ? FR_ENOMEM : number_snps(plink, (const char *const *)table.cells, *n, path, *snps);
    }
    fr_table_free(&table);
    return status;
}

static int snps_of_list(const fr_plink *plink, const char *list, int64_t **snps, int64_t *n)
{
    char *copy = fr_strdup(list);
    int64_t room = 1;
    for (const char *c = list; *c != '\0'; c++)
        room += *c == ',';
    const char **ids = fr_alloc(room, sizeof *ids);
    *snps = fr_alloc(room, sizeof **snps);
    int status = copy == NULL || ids == NULL || *snps == NULL ? FR_ENOMEM : FR_OK;
    *n = 0;
    if (status == FR_OK)
        for (char *rest = copy, *id; (id = strsep(&rest, ",")) != NULL;)
            ids[(*n)++] = id;
    if (status == FR_OK) status = number_snps(plink, ids, *n, "--snps", *snps);
    fr_free(ids);
    fr_free(copy);
    return status;
}

static int choose_snps(cli_job *job, const fr_plink *plink, int64_t **snps, int64_t *n)
{
    const char *list = options_text(&job->options, "snps"), *path = options_text(&job->options, "snps-file");
    if (list != NULL) return snps_of_list(plink, list, snps, n);
    if (path != NULL) return snps_of_file(job, plink, path, snps, n);
    *n = plink->n_snps;
    *snps = fr_alloc(*n, sizeof **snps);
    if (*snps == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < *n; k++)
        (*snps)[k] = k;
    return FR_OK;
}

/* ---- tables ----------------------------------------------------------------------------------------------------------- */

/* "node,lon,lat,ID,ID,...", ids with quotes where CSV needs them. Free with free. */
static char *make_header(const fr_plink *plink, const int64_t *snps, int64_t n)
{
    char *header = NULL;
    size_t size;
    FILE *out = open_memstream(&header, &size);
    if (out == NULL) return NULL;
    fputs("node,lon,lat", out);
    for (int64_t k = 0; k < n; k++) {
        const char *id = plink->snp_id[snps[k]];
        bool quoted = strpbrk(id, ",\"") != NULL;
        fputs(quoted ? ",\"" : ",", out);
        for (const char *c = id; *c != '\0'; c++)
            fputs(*c == '"' ? "\"\"" : (char[]){*c, '\0'}, out);
        if (quoted) putc('"', out);
    }
    if (fclose(out) == 0) return header;
    free(header);
    return NULL;
}

static void put_node(fr_csv *csv, const feems_inputs *inputs, int64_t node)
{
    fr_csv_i64(csv, feems_node_id(inputs, node));
    fr_csv_f64(csv, inputs->data.graph.x[node]);
    fr_csv_f64(csv, inputs->data.graph.y[node]);
}

static int write_frequencies(cli_job *job, const feems_inputs *inputs, const int64_t *snps, int64_t n,
                             const double *values)
{
    int64_t n_nodes = inputs->data.graph.n_nodes;
    char *header = make_header(&inputs->plink, snps, n);
    const char *path = header == NULL ? NULL : job_file(job, "frequencies.csv");
    fr_csv *csv;
    int status =
        path == NULL ? fr_fail(FR_ENOMEM, "out of memory for a table") : fr_csv_create(path, header, &csv);
    free(header);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < n_nodes; v++) {
        put_node(csv, inputs, v);
        for (int64_t k = 0; k < n; k++)
            fr_csv_f64(csv, values[k * n_nodes + v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* frequencies.npy (SNPs x nodes) with the names of its rows and columns beside it. */
static int write_array(cli_job *job, const feems_inputs *inputs, const int64_t *snps, int64_t n,
                       double *values)
{
    const fr_plink *plink = &inputs->plink;
    fr_array array = {
        .dtype = FR_F64, .n_dimensions = 2, .shape = {n, inputs->data.graph.n_nodes}, .values = values};
    const char *path = job_file(job, "frequencies.npy");
    fr_csv *csv;
    int status = path == NULL ? FR_ENOMEM : fr_npy_write(path, &array);
    if (status == FR_OK) path = job_file(job, "snps.csv");
    if (status == FR_OK)
        status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "snp,id,chromosome,position,allele", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n; k++) {
        fr_csv_i64(csv, snps[k]);
        fr_csv_text(csv, plink->snp_id[snps[k]]);
        fr_csv_text(csv, plink->chromosome[snps[k]]);
        fr_csv_i64(csv, plink->position[snps[k]]);
        fr_csv_text(csv, plink->allele1[snps[k]]);
        fr_csv_end_row(csv);
    }
    status = fr_csv_close(csv);
    path = status == FR_OK ? job_file(job, "nodes.csv") : NULL;
    if (status == FR_OK) status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node,lon,lat", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < inputs->data.graph.n_nodes; v++) {
        put_node(csv, inputs, v);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_variance(cli_job *job, const feems_inputs *inputs, const double *variance)
{
    const char *path = job_file(job, "variance.csv");
    fr_csv *csv;
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node,lon,lat,variance", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0; v < inputs->data.graph.n_nodes; v++) {
        put_node(csv, inputs, v);
        fr_csv_f64(csv, variance[v]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* ---- the work --------------------------------------------------------------------------------------------------------- */

static int check_options(const cli_options *parsed)
{
    bool fit = options_given(parsed, "fit"), weights = options_given(parsed, "weights");
    if (fit == weights)
        return fr_fail(FR_EUSAGE, "give either --fit with a result folder, or --weights and the graph");
    if (fit &&
        (options_given(parsed, "nodes") || options_given(parsed, "s2") || options_given(parsed, "outer")))
        return fr_fail(
            FR_EUSAGE,
            "--fit brings its own graph and residual variances; leave --nodes, --outer and --s2 out");
    if (!options_given(parsed, "bfile"))
        return fr_fail(FR_EUSAGE, "--bfile PREFIX is missing: predict needs genotypes");
    if (options_given(parsed, "snps") && options_given(parsed, "snps-file"))
        return fr_fail(FR_EUSAGE, "give --snps or --snps-file, not both");
    return FR_OK;
}

/* Samples and genotypes on the graph of the fit or of the options; weights (edges of data.graph) and s2 (its nodes). */
static int read_model(cli_job *job, feems_inputs *inputs, double **weights, double **s2)
{
    const char *folder = options_text(&job->options, "fit");
    feems_fitted fitted = {0};
    fr_feems_result value = {0};
    fr_feems_settings settings;
    int status = folder != NULL ? feems_fitted_read(job, folder, &fitted) : FR_OK;
    if (status == FR_OK)
        status = feems_inputs_read(job, folder != NULL ? &fitted.graph : NULL, fitted.node_id, inputs);
    fitted.node_id = NULL; /* taken over */
    if (status != FR_OK) goto done;
    const fr_feems_graph *graph = &inputs->data.graph;
    *weights = fr_alloc(graph->n_edges, sizeof **weights);
    *s2 = fr_alloc(graph->n_nodes, sizeof **s2);
    if (*weights == NULL || *s2 == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    if (folder != NULL) {
        feems_fitted_take(&fitted, &inputs->graph, &inputs->data, *weights, *s2);
        goto done;
    }
    status = feems_weights_read(job, options_text(&job->options, "weights"), graph, inputs->data.node_id,
                                options_text(&job->options, "edges"), *weights);
    fr_feems_settings_default(&settings);
    settings.s2 = options_number(&job->options, "s2", 0);
    if (status == FR_OK)
        status = fr_feems_evaluate(&inputs->data, &settings, *weights, &value, NULL, NULL, NULL);
    if (status == FR_OK) memcpy(*s2, value.s2, (size_t)graph->n_nodes * sizeof **s2);
    if (status == FR_OK) job_setting(job, "s2", value.info.s2);
done:
    fr_feems_result_free(&value);
    feems_fitted_free(&fitted);
    return status;
}

static int write_prediction(cli_job *job, const feems_inputs *inputs, const int64_t *snps, int64_t n,
                            double *values, const double *variance)
{
    int status = n <= most_columns ? write_frequencies(job, inputs, snps, n, values)
                                   : write_array(job, inputs, snps, n, values);
    return status == FR_OK && variance != NULL ? write_variance(job, inputs, variance) : status;
}

static int run(cli_job *job)
{
    feems_inputs inputs = {0};
    double *weights = NULL, *s2 = NULL, *values = NULL, *variance = NULL;
    int64_t *snps = NULL, n = 0, size = 0;
    int status = check_options(&job->options);
    if (status == FR_OK) status = read_model(job, &inputs, &weights, &s2);
    if (status == FR_OK) status = choose_snps(job, &inputs.plink, &snps, &n);
    if (status == FR_OK) status = fr_size_mul(n, inputs.data.graph.n_nodes, &size);
    if (status != FR_OK) goto done;
    values = fr_alloc(size, sizeof *values);
    if (options_flag(&job->options, "variance"))
        variance = fr_alloc(inputs.data.graph.n_nodes, sizeof *variance);
    if (values == NULL || (variance == NULL && options_flag(&job->options, "variance"))) {
        status = FR_ENOMEM;
        goto done;
    }
    fr_feems_kriging kriging =
        options_integer(&job->options, "kriging", 0) == 0 ? FR_FEEMS_UNIVERSAL : FR_FEEMS_SIMPLE;
    status = fr_feems_predict(&inputs.data, weights, s2, &inputs.plink, snps, n, kriging, values, variance);
    if (status != FR_OK) goto done;
    job_metric_count(job, "n_snps_predicted", n);
    job_phase(job, "predict");
    if (options_integer(&job->options, "units", 0) == 1)
        for (int64_t k = 0; k < size; k++)
            values[k] *= 2;
    if (job_writes(job)) status = write_prediction(job, &inputs, snps, n, values, variance);
    job_phase(job, "write");
    job_say(job, "%lld SNPs at %lld nodes", (long long)n, (long long)inputs.data.graph.n_nodes);
done:
    feems_inputs_free(&inputs);
    fr_free(weights);
    fr_free(s2);
    fr_free(values);
    fr_free(variance);
    fr_free(snps);
    return status;
}

const cli_command feems_predict_command = {
    .method = "feems",
    .verb = "predict",
    .purpose = "predict allele frequencies at all nodes, sampled or not",
    .description =
        "Posterior mean of the allele frequencies (kriging) under a fitted migration surface. Values are not "
        "cut to 0..1.\n\n"
        "Up to 500 SNPs are written to frequencies.csv: node, lon, lat and a column for each SNP. More go to "
        "frequencies.npy, "
        "a row for each SNP and a column for each node, with snps.csv and nodes.csv naming rows and columns.",
    .example = "frugal feems predict --fit wolves-out --bfile wolves --coords wolves.coord --snps rs1,rs2 -o "
               "wolves-predicted",
    .groups = predict_groups,
    .writes_folder = true,
    .run = run,
};
