/* A migration surface through the library: reads genotypes, places and a graph, fits at one smoothness, and prints one line
 * per edge. Build it against the installed library with
 *   cc feems_fit.c $(pkg-config --cflags --libs frugal) -o feems_fit
 */
#include <frugal/frugal.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    fr_plink plink;       /* genotypes */
    fr_points samples;    /* one place for each individual */
    fr_feems_graph graph; /* the grid */
    fr_feems_data data;   /* what the genotypes say about the grid */
} inputs;

static void inputs_free(inputs *in)
{
    fr_feems_data_free(&in->data);
    fr_feems_graph_free(&in->graph);
    fr_points_free(&in->samples);
    fr_plink_close(&in->plink);
}

static int inputs_read(const char *const *path, inputs *in)
{
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    int status = fr_plink_open(path[0], &in->plink);
    if (status == FR_OK) status = fr_points_read(path[1], &in->samples);
    if (status == FR_OK) status = fr_feems_graph_read(path[2], path[3], &in->graph);
    if (status == FR_OK)
        status = fr_feems_data_from_plink(&in->graph, &in->samples, &in->plink, &settings, &in->data);
    return status;
}

/* Weights mean something relative to each other: each is printed as the log of its ratio to the (geometric) mean. */
static void print_edges(const fr_feems_data *data, const fr_feems_result *fit)
{
    const fr_feems_graph *graph = &data->graph;
    double mean = 0;
    for (int64_t e = 0; e < graph->n_edges; e++)
        mean += log10(fit->weights[e]) / (double)graph->n_edges;
    puts("node_i,node_j,weight,log10_relative_weight");
    for (int64_t e = 0; e < graph->n_edges; e++)
        printf("%" PRId64 ",%" PRId64 ",%.6g,%.4f\n", data->node_id[graph->i[e]], data->node_id[graph->j[e]],
               fit->weights[e], log10(fit->weights[e]) - mean);
}

static void warn(void *context, const char *message)
{
    (void)context;
    fprintf(stderr, "warning: %s\n", message);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: feems_fit BFILE COORDS NODES EDGES [LAMBDA] > edges.csv\n", stderr);
        return 2;
    }
    const char *const paths[] = {argv[1], argv[2], argv[3], argv[4]};
    const fr_observer observer = {.warn = warn};
    inputs in = {0};
    fr_feems_settings settings;
    fr_feems_result fit = {0};
    fr_observe(&observer);
    fr_feems_settings_default(&settings);
    if (argc > 5) settings.lambda = atof(argv[5]);
    int status = inputs_read(paths, &in);
    if (status == FR_OK) status = fr_feems_fit(&in.data, &settings, &fit);
    if (status == FR_OK) {
        print_edges(&in.data, &fit);
        fprintf(stderr,
                "lambda %g: loss %.8g (constant weights: %.8g), R squared %.3f, %" PRId64 " steps%s\n",
                fit.info.lambda, fit.info.loss, fit.info.null_loss, fit.info.r_squared, fit.info.iterations,
                fit.info.converged ? "" : ", not converged");
    } else {
        fprintf(stderr, "feems_fit: %s\n", fr_last_error());
    }
    fr_feems_result_free(&fit);
    inputs_free(&in);
    return status == FR_OK ? 0 : 1;
}
