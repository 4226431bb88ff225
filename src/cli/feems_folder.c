/* Reads edges.csv, nodes.csv, distances.csv, cv_mean.csv, cv.csv, summary.json or, from a grid or a simulation, the EEMS text
 * files *.nodes and *.edges; each of them only where it is there. */
#include "feems_folder.h"
#include "result_folder.h"

#include <frugal/data.h>
#include <frugal/geo.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void feems_folder_free(feems_folder *folder)
{
    double *arrays[] = {folder->lon,     folder->lat,      folder->n_samples,   folder->observed,
                        folder->s2,      folder->edge,     folder->weight,      folder->relative,
                        folder->seen,    folder->fitted,   folder->kilometres,  folder->lambda,
                        folder->cv_mean, folder->cv_error, folder->paired_error};
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++)
        fr_free(arrays[k]);
    fr_free(folder->path);
    json_decref(folder->summary);
    memset(folder, 0, sizeof *folder);
}

static int read_edges(feems_folder *folder)
{
    static const char *const names[] = {"lon_i", "lat_i", "lon_j", "lat_j"};
    fr_table table;
    bool there;
    int status = result_table_read(folder->path, "edges.csv", &table, &there);
    if (status == FR_OK && there) {
        folder->n_edges = table.n_rows;
        folder->edge = fr_alloc(4 * table.n_rows, sizeof *folder->edge);
        if (folder->edge == NULL) status = FR_ENOMEM;
        for (int k = 0; status == FR_OK && k < 4; k++)
            status = result_column_copy(&table, names[k], folder->edge + k, 4);
        if (status == FR_OK) status = result_column(&table, "weight", &folder->weight);
        if (status == FR_OK) status = result_column(&table, "log10_relative_weight", &folder->relative);
    }
    fr_table_free(&table);
    return status;
}

static int read_nodes(feems_folder *folder)
{
    fr_table table;
    bool there;
    int status = result_table_read(folder->path, "nodes.csv", &table, &there);
    if (status == FR_OK && there) {
        folder->n_nodes = table.n_rows;
        status = result_column(&table, "lon", &folder->lon);
        if (status == FR_OK) status = result_column(&table, "lat", &folder->lat);
        if (status == FR_OK) status = result_column(&table, "n_samples", &folder->n_samples);
        if (status == FR_OK) status = result_column(&table, "observed", &folder->observed);
        if (status == FR_OK) status = result_column(&table, "s2", &folder->s2);
    }
    fr_table_free(&table);
    return status;
}

static int read_distances(feems_folder *folder)
{
    fr_table table;
    bool there;
    int status = result_table_read(folder->path, "distances.csv", &table, &there);
    if (status == FR_OK && there) {
        folder->n_pairs = table.n_rows;
        status = result_column(&table, "observed", &folder->seen);
        if (status == FR_OK) status = result_column(&table, "fitted", &folder->fitted);
        if (status == FR_OK) status = result_column(&table, "great_circle_km", &folder->kilometres);
    }
    fr_table_free(&table);
    return status;
}

static int64_t nearest_lambda(const feems_folder *folder, double lambda)
{
    int64_t nearest = 0;
    for (int64_t k = 1; k < folder->n_lambdas; k++)
        if (fabs(folder->lambda[k] - lambda) < fabs(folder->lambda[nearest] - lambda)) nearest = k;
    return nearest;
}

/* Standard error over folds of error(lambda) - error(best): folds differ much more than lambdas do. The rows of cv.csv may
 * be in any order; folds[] of a lambda are matched by number. */
static int read_paired_errors(feems_folder *folder)
{
    fr_table table;
    bool there;
    double *lambda = NULL, *fold = NULL, *error = NULL, *by_fold = NULL;
    int64_t n_folds = 0;
    int status = result_table_read(folder->path, "cv.csv", &table, &there);
    if (status != FR_OK || !there || folder->n_lambdas < 2) goto done;
    status = result_column(&table, "lambda", &lambda);
    if (status == FR_OK) status = result_column(&table, "fold", &fold);
    if (status == FR_OK) status = result_column(&table, "error", &error);
    if (status != FR_OK) goto done;
    for (int64_t row = 0; row < table.n_rows; row++) {
        if (!(fold[row] >= 0 && fold[row] <= (double)table.n_rows)) goto done;
        if ((int64_t)fold[row] >= n_folds) n_folds = (int64_t)fold[row] + 1;
    }
    by_fold = fr_alloc(folder->n_lambdas * n_folds, sizeof *by_fold);
    folder->paired_error = fr_alloc(folder->n_lambdas, sizeof *folder->paired_error);
    if (by_fold == NULL || folder->paired_error == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t k = 0; k < folder->n_lambdas * n_folds; k++)
        by_fold[k] = NAN;
    for (int64_t row = 0; row < table.n_rows; row++)
        by_fold[nearest_lambda(folder, lambda[row]) * n_folds + (int64_t)fold[row]] = error[row];
    for (int64_t k = 0; k < folder->n_lambdas; k++) {
        double count = 0, mean = 0, squares = 0;
        for (int64_t h = 0; h < n_folds; h++) {
            double difference = by_fold[k * n_folds + h] - by_fold[folder->best * n_folds + h];
            if (!isfinite(difference)) continue;
            double step = difference - mean;
            count++;
            mean += step / count;
            squares += step * (difference - mean);
        }
        folder->paired_error[k] = count > 1 ? sqrt(squares / (count - 1) / count) : 0;
    }
done:
    fr_free(lambda);
    fr_free(fold);
    fr_free(error);
    fr_free(by_fold);
    fr_table_free(&table);
    return status;
}

/* The chosen lambda: the summary's best_lambda, else the smallest mean. */
static int64_t chosen_lambda(const feems_folder *folder)
{
    double told = feems_folder_number(folder, "metrics/best_lambda");
    if (isfinite(told)) return nearest_lambda(folder, told);
    int64_t best = 0;
    for (int64_t k = 1; k < folder->n_lambdas; k++)
        if (folder->cv_mean[k] < folder->cv_mean[best] || !isfinite(folder->cv_mean[best])) best = k;
    return best;
}

static int read_cv(feems_folder *folder)
{
    fr_table table;
    bool there;
    int status = result_table_read(folder->path, "cv_mean.csv", &table, &there);
    if (status == FR_OK && there) {
        folder->n_lambdas = table.n_rows;
        status = result_column(&table, "lambda", &folder->lambda);
        if (status == FR_OK) status = result_column(&table, "mean", &folder->cv_mean);
        if (status == FR_OK) status = result_column(&table, "standard_error", &folder->cv_error);
    }
    fr_table_free(&table);
    if (status != FR_OK || folder->n_lambdas == 0) return status;
    folder->best = chosen_lambda(folder);
    return read_paired_errors(folder);
}

/* Path of the first file in the folder with the given ending (such as grid.nodes), or NULL. */
static char *find_file(const feems_folder *folder, const char *ending)
{
    char *path = NULL;
    DIR *listing = opendir(folder->path);
    if (listing == NULL) return NULL;
    for (struct dirent *entry = readdir(listing); entry != NULL && path == NULL; entry = readdir(listing)) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        if (length > tail && strcmp(entry->d_name + length - tail, ending) == 0 &&
            asprintf(&path, "%s/%s", folder->path, entry->d_name) < 0)
            path = NULL;
    }
    closedir(listing);
    return path;
}

/* Adds the samples of a simulation (a .coord file) to the nodes they lie on. */
static int count_samples(feems_folder *folder)
{
    char *path = find_file(folder, ".coord");
    fr_points samples = {0};
    int status = path == NULL ? FR_OK : fr_points_read(path, &samples);
    for (int64_t s = 0; status == FR_OK && s < samples.n; s++) {
        int64_t nearest = 0;
        double best = INFINITY;
        for (int64_t k = 0; k < folder->n_nodes; k++) {
            double distance = hypot(folder->lon[k] - samples.x[s], folder->lat[k] - samples.y[s]);
            if (distance < best) best = distance, nearest = k;
        }
        if (folder->n_nodes > 0) folder->n_samples[nearest]++, folder->observed[nearest] = 1;
    }
    fr_points_free(&samples);
    free(path);
    return status;
}

static int read_eems_text(feems_folder *folder)
{
    char *nodes_path = find_file(folder, ".nodes"), *edges_path = find_file(folder, ".edges");
    fr_points nodes = {0};
    fr_edge_list edges = {0};
    int status = FR_OK;
    if (nodes_path == NULL || edges_path == NULL) goto done;
    status = fr_points_read(nodes_path, &nodes);
    if (status == FR_OK) status = fr_edge_list_read(edges_path, &edges);
    if (status != FR_OK) goto done;
    folder->lon = fr_alloc(nodes.n, sizeof(double));
    folder->lat = fr_alloc(nodes.n, sizeof(double));
    folder->n_samples = fr_alloc(nodes.n, sizeof(double));
    folder->observed = fr_alloc(nodes.n, sizeof(double));
    folder->s2 = fr_alloc(nodes.n, sizeof(double));
    folder->edge = fr_alloc(4 * edges.n, sizeof(double));
    if (folder->lon == NULL || folder->lat == NULL || folder->n_samples == NULL || folder->observed == NULL ||
        folder->s2 == NULL || folder->edge == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    folder->n_nodes = nodes.n;
    folder->n_edges = edges.n;
    memcpy(folder->lon, nodes.x, (size_t)nodes.n * sizeof(double));
    memcpy(folder->lat, nodes.y, (size_t)nodes.n * sizeof(double));
    for (int64_t e = 0; status == FR_OK && e < edges.n; e++) {
        int64_t i = edges.i[e], j = edges.j[e];
        if (i < 0 || j < 0 || i >= nodes.n || j >= nodes.n) {
            status = fr_fail(FR_EINPUT, "%s: edge %lld names a node that %s does not have", edges_path,
                             (long long)e + 1, nodes_path);
            break;
        }
        double *edge = folder->edge + 4 * e;
        edge[0] = nodes.x[i], edge[1] = nodes.y[i], edge[2] = nodes.x[j], edge[3] = nodes.y[j];
    }
    if (status == FR_OK) status = count_samples(folder);
done:
    fr_points_free(&nodes);
    fr_edge_list_free(&edges);
    free(nodes_path);
    free(edges_path);
    return status;
}

int feems_folder_read(const char *path, feems_folder *out)
{
    memset(out, 0, sizeof *out);
    out->path = fr_strdup(path);
    int status = out->path == NULL ? FR_ENOMEM : result_summary_read(path, &out->summary);
    if (status == FR_OK) status = read_edges(out);
    if (status == FR_OK) status = read_nodes(out);
    if (status == FR_OK && out->n_edges == 0 && out->n_nodes == 0) status = read_eems_text(out);
    if (status == FR_OK) status = read_distances(out);
    if (status == FR_OK) status = read_cv(out);
    if (status != FR_OK) feems_folder_free(out);
    return status;
}

const json_t *feems_folder_value(const feems_folder *folder, const char *path)
{
    return result_value(folder->summary, path);
}

double feems_folder_number(const feems_folder *folder, const char *path)
{
    return result_number(folder->summary, path);
}

const char *feems_folder_string(const feems_folder *folder, const char *path)
{
    return result_string(folder->summary, path);
}
