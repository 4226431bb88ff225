/* A simulation as the files that a user of real data would have. */
#include "feems_simulated.h"

#include <stdio.h>

int feems_simulated_places(const fr_feems_simulation *simulation, fr_points *out)
{
    int64_t n = simulation->n_samples;
    *out = (fr_points){.n = n,
                       .x = fr_alloc(n, sizeof(double)),
                       .y = fr_alloc(n, sizeof(double)),
                       .line = fr_alloc(n, sizeof(int64_t))};
    if (out->x == NULL || out->y == NULL || out->line == NULL) {
        fr_points_free(out);
        return FR_ENOMEM;
    }
    for (int64_t k = 0; k < n; k++) {
        out->x[k] = simulation->graph.x[simulation->node[k]];
        out->y[k] = simulation->graph.y[simulation->node[k]];
        out->line[k] = k + 1;
    }
    return FR_OK;
}

/* STEM + ending in the output folder; NULL on failure. */
static const char *file_of(cli_job *job, const char *stem, const char *ending)
{
    char name[80];
    snprintf(name, sizeof name, "%s%s", stem, ending);
    return job_file(job, name);
}

static int write_weights(cli_job *job, const fr_feems_simulation *simulation, const char *name)
{
    const char *path = job_file(job, name);
    fr_csv *csv;
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node_i,node_j,weight", &csv);
    if (status != FR_OK) return status;
    for (int64_t e = 0; e < simulation->graph.n_edges; e++) {
        fr_csv_i64(csv, simulation->graph.i[e]);
        fr_csv_i64(csv, simulation->graph.j[e]);
        fr_csv_f64(csv, simulation->weights[e]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

int feems_write_simulation(cli_job *job, const fr_feems_simulation *simulation, const char *stem,
                           const char *weights_name)
{
    const char *prefix = file_of(job, stem, ""), *coords = file_of(job, stem, ".coord");
    const char *nodes = file_of(job, stem, ".nodes"), *edges = file_of(job, stem, ".edges");
    fr_points places = {0};
    if (prefix == NULL || coords == NULL || nodes == NULL || edges == NULL) return FR_ENOMEM;
    int status = fr_plink_write(prefix, simulation->n_samples, simulation->n_snps, simulation->dosages, NULL,
                                NULL, NULL);
    if (status == FR_OK) status = feems_simulated_places(simulation, &places);
    if (status == FR_OK) status = fr_points_write(coords, &places);
    if (status == FR_OK) status = fr_feems_graph_write(nodes, edges, &simulation->graph);
    if (status == FR_OK) status = write_weights(job, simulation, weights_name);
    fr_points_free(&places);
    return status;
}

void feems_note_simulation(cli_job *job, const fr_feems_simulation *simulation, int64_t trees)
{
    int64_t n_observed = 0;
    for (int64_t k = 0; k < simulation->n_samples; k++) /* nodes ascend */
        n_observed += k == 0 || simulation->node[k] != simulation->node[k - 1];
    job_metric_count(job, "n_samples", simulation->n_samples);
    job_metric_count(job, "n_snps", simulation->n_snps);
    job_metric_count(job, "n_nodes", simulation->graph.n_nodes);
    job_metric_count(job, "n_edges", simulation->graph.n_edges);
    job_metric_count(job, "n_observed", n_observed);
    job_metric_count(job, "n_trees", trees);
    job_metric_count(job, "n_trees_without_mutation", simulation->n_trees_without_mutation);
    job_metric_count(job, "n_below_maf", simulation->n_below_maf);
}
