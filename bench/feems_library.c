/* Seconds of single library calls of FEEMS on the wolves: reading, set-up, null fit, one evaluation of the likelihood with its
 * gradient, the fit, and the making of grids.
 *
 *   feems_library FOLDER SECONDS    FOLDER holds the wolf data, SECONDS is spent on each call (three runs at least)
 *
 * prints a CSV table: call, nodes, median, fastest, runs. bench/feems.py turns it into a page.
 */
#include "timing.h"

#include <feems/model.h>
#include <feems/null.h>

#include <frugal/feems.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the calls ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    char genotypes[4096], places[4096], nodes[4096], edges[4096], outline[4096];
    fr_feems_data data;
    feems_model model;
    double *weights, *q, *gradient_w, *gradient_s2;
    double factr; /* stop rule of the fit */
    fr_polygons polygons;
    int64_t resolution, n_nodes; /* of the grid to make, and how many nodes it had */
} bench_case;

/* Everything between the files and the first fit: genotypes to statistics, samples to nodes, graph to its checked form. */
static int load(void *context)
{
    bench_case *bench = context;
    fr_plink plink = {0};
    fr_points samples = {0};
    fr_feems_graph graph = {0};
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    fr_feems_data_free(&bench->data);
    int status = fr_plink_open(bench->genotypes, &plink);
    if (status == FR_OK) status = fr_points_read(bench->places, &samples);
    if (status == FR_OK) status = fr_feems_graph_read(bench->nodes, bench->edges, &graph);
    if (status == FR_OK) status = fr_feems_data_from_plink(&graph, &samples, &plink, &settings, &bench->data);
    fr_feems_graph_free(&graph);
    fr_points_free(&samples);
    fr_plink_close(&plink);
    return status;
}

/* Order of elimination and pattern of the factor. */
static int set_up(void *context)
{
    bench_case *bench = context;
    feems_model_free(&bench->model);
    return feems_model_new(&bench->data, &bench->model);
}

static int null_fit(void *context)
{
    bench_case *bench = context;
    double w0 = 0, s2 = 0, nll;
    return feems_null_fit(&bench->model, &w0, &s2, &nll);
}

static int evaluate(void *context)
{
    bench_case *bench = context;
    double nll;
    return feems_model_evaluate(&bench->model, bench->weights, bench->q, &nll, bench->gradient_w,
                                bench->gradient_s2);
}

static int fit(void *context)
{
    bench_case *bench = context;
    fr_feems_settings settings;
    fr_feems_result result;
    fr_feems_settings_default(&settings);
    settings.lambda = 2.06913808;
    settings.factr = bench->factr;
    int status = fr_feems_fit(&bench->data, &settings, &result);
    fr_feems_result_free(&result);
    return status;
}

static int make_grid(void *context)
{
    bench_case *bench = context;
    fr_feems_grid_settings settings;
    fr_feems_graph graph;
    fr_feems_grid_settings_default(&settings);
    settings.resolution = bench->resolution;
    int status = fr_feems_grid_make(&bench->polygons, NULL, false, &settings, &graph);
    bench->n_nodes = graph.n_nodes;
    fr_feems_graph_free(&graph);
    return status;
}

/* ---- one graph, and the grids ----------------------------------------------------------------------------------------------- */

/* The weights and precisions at which the likelihood is evaluated: those of the null fit. */
static int make_point(bench_case *bench)
{
    const fr_feems_data *data = &bench->data;
    double w0 = 0, s2 = 0, nll;
    bench->weights = fr_alloc(data->graph.n_edges, sizeof(double));
    bench->gradient_w = fr_alloc(data->graph.n_edges, sizeof(double));
    bench->q = fr_alloc(data->n_observed, sizeof(double));
    bench->gradient_s2 = fr_alloc(data->n_observed, sizeof(double));
    if (bench->weights == NULL || bench->gradient_w == NULL || bench->q == NULL || bench->gradient_s2 == NULL)
        return FR_ENOMEM;
    int status = feems_null_fit(&bench->model, &w0, &s2, &nll);
    for (int64_t e = 0; e < data->graph.n_edges; e++)
        bench->weights[e] = w0;
    for (int64_t a = 0; a < data->n_observed; a++)
        bench->q[a] = (double)data->n_at[a] / s2;
    return status;
}

static void bench_free(bench_case *bench)
{
    feems_model_free(&bench->model);
    fr_feems_data_free(&bench->data);
    fr_polygons_free(&bench->polygons);
    fr_free(bench->weights);
    fr_free(bench->q);
    fr_free(bench->gradient_w);
    fr_free(bench->gradient_s2);
}

static int measure_graph(const char *folder, const char *graph)
{
    bench_case bench = {0};
    snprintf(bench.genotypes, sizeof bench.genotypes, "%s/wolvesadmix", folder);
    snprintf(bench.places, sizeof bench.places, "%s/wolvesadmix.coord", folder);
    snprintf(bench.nodes, sizeof bench.nodes, "%s/%s.nodes", folder, graph);
    snprintf(bench.edges, sizeof bench.edges, "%s/%s.edges", folder, graph);
    int status = load(&bench);
    int64_t n = bench.data.graph.n_nodes;
    if (status == FR_OK) status = measure("load", n, load, &bench);
    if (status == FR_OK) status = measure("set_up", n, set_up, &bench);
    if (status == FR_OK) status = measure("null_fit", n, null_fit, &bench);
    if (status == FR_OK) status = make_point(&bench);
    if (status == FR_OK) status = measure("evaluation", n, evaluate, &bench);
    if (status == FR_OK) status = measure("fit", n, fit, &bench);
    bench.factr = 1e7; /* the reference implementation's rule, which stops earlier */
    if (status == FR_OK) status = measure("fit_factr_1e7", n, fit, &bench);
    bench_free(&bench);
    return status;
}

static int measure_grids(const char *folder)
{
    bench_case bench = {0};
    snprintf(bench.outline, sizeof bench.outline, "%s/wolvesadmix.outer", folder);
    int status = fr_polygons_read(bench.outline, &bench.polygons);
    for (bench.resolution = 32; status == FR_OK && bench.resolution <= 512; bench.resolution *= 2) {
        char name[32];
        snprintf(name, sizeof name, "grid_%" PRId64, bench.resolution);
        status = make_grid(&bench);
        if (status == FR_OK) status = measure(name, bench.n_nodes, make_grid, &bench);
    }
    bench_free(&bench);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3 || !((seconds_for_each = atof(argv[2])) > 0)) {
        fputs("usage: feems_library FOLDER SECONDS\n", stderr);
        return 2;
    }
    fr_threads_set(0); /* as the program does */
    puts("call,nodes,median,fastest,runs");
    int status = measure_graph(argv[1], "wolves_grid250");
    if (status == FR_OK) status = measure_graph(argv[1], "wolves_grid100");
    if (status == FR_OK) status = measure_grids(argv[1]);
    if (status != FR_OK) fprintf(stderr, "feems_library: %s\n", fr_last_error());
    return status == FR_OK ? 0 : 1;
}
