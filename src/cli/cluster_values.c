/* Values of nodes from a table: a ranking to sweep over, or a function on the graph. */
#include "cluster_inputs.h"

#include <inttypes.h>
#include <string.h>

static const cli_option value_rows[] = {
    {.name = "vector",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help =
         "the values: vector.csv of a run (its p_over_degree or x), a table with the columns node and value, "
         "or two columns without a header"},
    {.name = "column",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "the column of the values, where it is another one"},
    {.name = NULL},
};
const option_group cluster_value_options = {"Vector", value_rows, false};

static int64_t column_called(const fr_table *table, const char *name)
{
    for (int64_t k = 0; table->names != NULL && k < table->n_columns; k++)
        if (strcmp(table->names[k], name) == 0) return k;
    return -1;
}

/* The column of the values: the one asked for, or p_over_degree, value, x, or else the second. */
static int value_column(const fr_table *table, const char *asked, int64_t *column)
{
    if (asked != NULL) return fr_table_column(table, asked, column);
    *column = column_called(table, "p_over_degree");
    if (*column < 0) *column = column_called(table, "value");
    if (*column < 0) *column = column_called(table, "x");
    if (*column < 0) *column = 1;
    return table->n_columns > 1
               ? FR_OK
               : fr_fail(FR_EINPUT, "%s has one column; the values are missing (or --no-sort)", table->file);
}

static int take_rows(const cluster_input *input, const fr_table *table, int64_t node, int64_t value,
                     cluster_values *out)
{
    out->node = fr_alloc(table->n_rows, sizeof *out->node);
    if (value >= 0) out->value = fr_alloc(table->n_rows, sizeof *out->value);
    if (out->node == NULL || (value >= 0 && out->value == NULL)) return FR_ENOMEM;
    int status = FR_OK;
    for (int64_t row = 0; status == FR_OK && row < table->n_rows; row++) {
        status = cluster_row_find(input, table, row, node, &out->node[row]);
        if (status == FR_OK && value >= 0) status = fr_table_f64(table, row, value, &out->value[row]);
        out->count++;
    }
    return status;
}

static int read_values(cli_job *job, const cluster_input *input, bool values, cluster_values *out)
{
    const char *path = options_text(&job->options, "vector"), *asked = options_text(&job->options, "column");
    fr_table table = {0};
    fr_table_settings settings;
    int64_t node, value = -1;
    fr_table_settings_default(&settings);
    if (asked != NULL) settings.header = FR_HEADER_YES;
    if (!values && asked != NULL)
        return fr_fail(FR_EUSAGE, "--no-sort looks at no values; leave --column out");
    char *bytes = NULL; /* read once, since it may be a pipe */
    int64_t size = 0;
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_table_parse(bytes, size, path, &settings, &table);
    node = column_called(&table, "node");
    if (status == FR_OK && node < 0 && table.names != NULL && asked == NULL) {
        /* names of nodes make a first row look like a header */
        fr_table_free(&table);
        settings.header = FR_HEADER_NO;
        status = fr_table_parse(bytes, size, path, &settings, &table);
    }
    if (node < 0) node = 0;
    if (status == FR_OK && values) status = value_column(&table, asked, &value);
    if (status == FR_OK) status = take_rows(input, &table, node, value, out);
    fr_table_free(&table);
    fr_free(bytes);
    return status;
}

int cluster_values_read(cli_job *job, const cluster_input *input, bool values, cluster_values *out)
{
    *out = (cluster_values){0};
    int status = job_agree(job, read_values(job, input, values, out));
    if (status != FR_OK) cluster_values_free(out);
    return status;
}

static int check_start(const cluster_input *input, const fr_table *table, const cluster_values *values)
{
    uint8_t *seen = fr_alloc(input->graph->n, 1);
    if (seen == NULL) return FR_ENOMEM;
    int status = FR_OK;
    for (int64_t row = 0; status == FR_OK && row < values->count; row++) {
        if (!(values->value[row] >= 0))
            status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": p_over_degree is %g, expected a number from 0",
                             table->file, table->line[row], values->value[row]);
        else if (seen[values->node[row]]++ > 0)
            status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": this node is listed twice", table->file,
                             table->line[row]);
    }
    fr_free(seen);
    return status;
}

static int read_start(cli_job *job, const cluster_input *input, cluster_values *out)
{
    const char *path = options_text(&job->options, "start");
    fr_table table = {0};
    fr_table_settings settings;
    int64_t node, value;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_YES;
    int status = job_input(job, path);
    if (status == FR_OK) status = fr_table_read(path, &settings, &table);
    if (status == FR_OK) status = fr_table_column(&table, "node", &node);
    if (status == FR_OK) status = fr_table_column(&table, "p_over_degree", &value);
    if (status == FR_OK) status = take_rows(input, &table, node, value, out);
    if (status == FR_OK) status = check_start(input, &table, out);
    fr_table_free(&table);
    return status;
}

int cluster_start_read(cli_job *job, const cluster_input *input, cluster_values *out)
{
    *out = (cluster_values){0};
    int status = job_agree(job, read_start(job, input, out));
    if (status != FR_OK) cluster_values_free(out);
    return status;
}

void cluster_values_free(cluster_values *values)
{
    fr_free(values->node);
    fr_free(values->value);
    *values = (cluster_values){0};
}
