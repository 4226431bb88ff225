/* CSV and GeoJSON tables of a fit and of a cross-validation. */
#include "feems_tables.h"

#include <math.h>

bool feems_is_geographic(const fr_feems_graph *graph)
{
    for (int64_t v = 0; v < graph->n_nodes; v++)
        if (fabs(graph->y[v]) > 90 || fabs(graph->x[v]) > 540) return false;
    return true;
}

/* A CSV file in the output folder; NULL in *csv and a status on failure. */
static int create(cli_job *job, const char *name, const char *header, fr_csv **csv)
{
    const char *path = job_file(job, name);
    *csv = NULL;
    return path == NULL ? FR_ENOMEM : fr_csv_create(path, header, csv);
}

static double mean_log10(const double *weights, int64_t n)
{
    double sum = 0;
    for (int64_t e = 0; e < n; e++)
        sum += log10(weights[e]);
    return n > 0 ? sum / (double)n : 0;
}

static int write_edges(cli_job *job, const feems_inputs *inputs, const double *weights)
{
    const fr_feems_graph *graph = &inputs->data.graph;
    fr_csv *csv;
    int status =
        create(job, "edges.csv", "node_i,node_j,lon_i,lat_i,lon_j,lat_j,weight,log10_relative_weight", &csv);
    if (status != FR_OK) return status;
    double mean = mean_log10(weights, graph->n_edges);
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        fr_csv_i64(csv, feems_node_id(inputs, i));
        fr_csv_i64(csv, feems_node_id(inputs, j));
        fr_csv_f64(csv, graph->x[i]);
        fr_csv_f64(csv, graph->y[i]);
        fr_csv_f64(csv, graph->x[j]);
        fr_csv_f64(csv, graph->y[j]);
        fr_csv_f64(csv, weights[e]);
        fr_csv_f64(csv, log10(weights[e]) - mean);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_edges_geojson(cli_job *job, const feems_inputs *inputs, const double *weights)
{
    const fr_feems_graph *graph = &inputs->data.graph;
    const char *path = job_file(job, "edges.geojson");
    fr_geojson *geojson;
    int status = path == NULL ? FR_ENOMEM : fr_geojson_create(path, &geojson);
    if (status != FR_OK) return status;
    double mean = mean_log10(weights, graph->n_edges);
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        fr_geojson_segment(geojson, graph->x[i], graph->y[i], graph->x[j], graph->y[j]);
        fr_geojson_i64(geojson, "node_i", feems_node_id(inputs, i));
        fr_geojson_i64(geojson, "node_j", feems_node_id(inputs, j));
        fr_geojson_f64(geojson, "weight", weights[e]);
        fr_geojson_f64(geojson, "log10_relative_weight", log10(weights[e]) - mean);
    }
    return fr_geojson_close(geojson);
}

static int write_nodes(cli_job *job, const feems_inputs *inputs, const double *s2)
{
    const fr_feems_data *data = &inputs->data;
    fr_csv *csv;
    int status = create(job, "nodes.csv", "node,lon,lat,n_samples,observed,s2", &csv);
    if (status != FR_OK) return status;
    for (int64_t v = 0, a = 0; v < data->graph.n_nodes; v++) {
        bool observed = a < data->n_observed && data->observed[a] == v; /* observed ascends */
        fr_csv_i64(csv, feems_node_id(inputs, v));
        fr_csv_f64(csv, data->graph.x[v]);
        fr_csv_f64(csv, data->graph.y[v]);
        fr_csv_i64(csv, observed ? data->n_at[a] : 0);
        fr_csv_i64(csv, observed);
        fr_csv_f64(csv, s2[v]);
        fr_csv_end_row(csv);
        a += observed;
    }
    return fr_csv_close(csv);
}

static int write_distances(cli_job *job, const feems_inputs *inputs, const fr_feems_result *fit)
{
    const fr_feems_data *data = &inputs->data;
    const fr_feems_graph *graph = &data->graph;
    bool geographic = feems_is_geographic(graph);
    fr_csv *csv;
    int status = create(job, "distances.csv", "node_a,node_b,observed,fitted,great_circle_km", &csv);
    if (status != FR_OK) return status;
    for (int64_t a = 1; a < data->n_observed; a++)
        for (int64_t b = 0; b < a; b++) {
            int64_t v = data->observed[a], u = data->observed[b], k = a * data->n_observed + b;
            fr_csv_i64(csv, feems_node_id(inputs, v));
            fr_csv_i64(csv, feems_node_id(inputs, u));
            fr_csv_f64(csv, fit->seen[k]);
            fr_csv_f64(csv, fit->fitted[k]);
            fr_csv_f64(csv, geographic
                                ? fr_great_circle(graph->x[v], graph->y[v], graph->x[u], graph->y[u]) / 1000
                                : NAN);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

int feems_write_fit(cli_job *job, const feems_inputs *inputs, const fr_feems_result *fit)
{
    int status = write_edges(job, inputs, fit->weights);
    if (status == FR_OK) status = write_nodes(job, inputs, fit->s2);
    if (status == FR_OK) status = write_distances(job, inputs, fit);
    if (status == FR_OK) status = write_edges_geojson(job, inputs, fit->weights);
    return status;
}

int feems_write_gradients(cli_job *job, const feems_inputs *inputs, const double *weights,
                          const double *gradient_w, const double *penalty_w, const double *gradient_s2)
{
    const fr_feems_data *data = &inputs->data;
    fr_csv *csv;
    int status = create(job, "gradients.csv", "node_i,node_j,weight,nll_gradient,penalty_gradient", &csv);
    if (status != FR_OK) return status;
    for (int64_t e = 0; e < data->graph.n_edges; e++) {
        fr_csv_i64(csv, feems_node_id(inputs, data->graph.i[e]));
        fr_csv_i64(csv, feems_node_id(inputs, data->graph.j[e]));
        fr_csv_f64(csv, weights[e]);
        fr_csv_f64(csv, gradient_w[e]);
        fr_csv_f64(csv, penalty_w[e]);
        fr_csv_end_row(csv);
    }
    status = fr_csv_close(csv);
    if (status == FR_OK) status = create(job, "s2_gradients.csv", "node,s2_gradient", &csv);
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < data->n_observed; a++) {
        fr_csv_i64(csv, feems_node_id(inputs, data->observed[a]));
        fr_csv_f64(csv, gradient_s2[a]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_cv_errors(cli_job *job, const fr_feems_cv_result *cv)
{
    fr_csv *csv;
    int status = create(job, "cv.csv", "lambda,fold,error", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < cv->n_lambdas; k++)
        for (int64_t h = 0; h < cv->n_folds; h++) {
            double error = cv->error[k * cv->n_folds + h];
            if (!isfinite(error)) continue;
            fr_csv_f64(csv, cv->lambdas[k]);
            fr_csv_i64(csv, h);
            fr_csv_f64(csv, error);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

int feems_write_cv(cli_job *job, const feems_inputs *inputs, const fr_feems_cv_result *cv)
{
    fr_csv *csv;
    int status = write_cv_errors(job, cv);
    if (status == FR_OK) status = create(job, "cv_mean.csv", "lambda,mean,standard_error", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < cv->n_lambdas; k++) {
        fr_csv_f64(csv, cv->lambdas[k]);
        fr_csv_f64(csv, cv->mean[k]);
        fr_csv_f64(csv, cv->standard_error[k]);
        fr_csv_end_row(csv);
    }
    status = fr_csv_close(csv);
    if (status == FR_OK) status = create(job, "folds.csv", "node,fold", &csv);
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < inputs->data.n_observed; a++) {
        fr_csv_i64(csv, feems_node_id(inputs, inputs->data.observed[a]));
        fr_csv_i64(csv, cv->fold[a]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

int feems_write_grid_geojson(cli_job *job, const char *name, const fr_feems_graph *graph)
{
    const char *path = job_file(job, name);
    fr_geojson *geojson;
    int status = path == NULL ? FR_ENOMEM : fr_geojson_create(path, &geojson);
    if (status != FR_OK) return status;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        fr_geojson_segment(geojson, graph->x[i], graph->y[i], graph->x[j], graph->y[j]);
        fr_geojson_i64(geojson, "node_i", i);
        fr_geojson_i64(geojson, "node_j", j);
    }
    return fr_geojson_close(geojson);
}
