/* The tables of one output folder of `frugal feems`, read back for figures and report. */
#ifndef FRUGAL_CLI_FEEMS_FOLDER_H
#define FRUGAL_CLI_FEEMS_FOLDER_H

#include <frugal/core.h>

#include <jansson.h>

/* What is absent has count 0 and NULL arrays. */
typedef struct {
    char *path;
    int64_t n_nodes;
    double *lon, *lat;                 /* degrees, or plane coordinates */
    double *n_samples, *observed, *s2; /* zero where there is no nodes.csv */
    int64_t n_edges;
    double *edge;     /* n_edges * 4: lon_i, lat_i, lon_j, lat_j */
    double *weight;   /* NULL for a grid without weights */
    double *relative; /* log10 w - mean log10 w; NULL like weight */
    int64_t n_pairs;
    double *seen, *fitted, *kilometres;
    int64_t n_lambdas;
    double *lambda, *cv_mean, *cv_error; /* by descending lambda */
    /* n_lambdas: standard error of error(lambda) - error(best) over folds; may be NULL */
    double *paired_error;
    int64_t best;    /* index of the chosen lambda */
    json_t *summary; /* NULL where there is none */
} feems_folder;

int feems_folder_read(const char *path, feems_folder *out);
void feems_folder_free(feems_folder *folder);
/* A number / text / object of the summary by a path such as "metrics/r_squared"; NAN / NULL if absent. */
double feems_folder_number(const feems_folder *folder, const char *path);
const char *feems_folder_string(const feems_folder *folder, const char *path);
const json_t *feems_folder_value(const feems_folder *folder, const char *path);

#endif
