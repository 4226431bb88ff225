/* Tables of vectors, sweeps and sets, with the ids and names of the graph as it was read. */
#include "cluster_results.h"

#include <stdio.h>
#include <string.h>

/* The column "node" of the header, NULL if there is none. */
static const char *node_column(const char *header)
{
    for (const char *found = header; (found = strstr(found, "node")) != NULL; found += 4) {
        bool begins = found == header || found[-1] == ',', ends = found[4] == ',' || found[4] == '\0';
        if (begins && ends) return found;
    }
    return NULL;
}

int cluster_csv_create(cli_job *job, const cluster_input *input, const char *file, const char *header,
                       fr_csv **csv)
{
    char named[256];
    const char *path = job_file(job, file), *node = node_column(header);
    *csv = NULL;
    if (path == NULL) return FR_ENOMEM;
    if (input->whole.name_offset != NULL && node != NULL) {
        snprintf(named, sizeof named, "%.*s,name%s", (int)(node - header) + 4, header, node + 4);
        header = named;
    }
    return fr_csv_create(path, header, csv);
}

void cluster_csv_node(fr_csv *csv, const cluster_input *input, int64_t node)
{
    char buffer[24];
    int64_t id = cluster_id(input, node);
    fr_csv_i64(csv, id);
    if (input->whole.name_offset != NULL) fr_csv_text(csv, fr_graph_name(&input->whole, id, buffer));
}

int cluster_write_nodes(cli_job *job, const cluster_input *input, const char *file, int64_t count,
                        const int64_t *nodes)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, file, "node", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < count; k++) {
        cluster_csv_node(csv, input, nodes[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static int write_residual(cli_job *job, const cluster_input *input, const fr_cluster_vector *vector)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "residual.csv", "node,residual", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < vector->n_residual; k++) {
        cluster_csv_node(csv, input, vector->residual_node[k]);
        fr_csv_f64(csv, vector->residual[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

int cluster_write_vector(cli_job *job, const cluster_input *input, const fr_cluster_vector *vector)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "vector.csv", "node,p,p_over_degree", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < vector->count; k++) {
        if (!(vector->p[k] > 0)) continue; /* a seed that was not pushed */
        cluster_csv_node(csv, input, vector->node[k]);
        fr_csv_f64(csv, vector->p[k]);
        fr_csv_f64(csv, vector->p_over_degree[k]);
        fr_csv_end_row(csv);
    }
    status = fr_csv_close(csv);
    if (status == FR_OK && vector->residual_node != NULL) status = write_residual(job, input, vector);
    return status;
}

int cluster_write_profile(cli_job *job, const cluster_input *input, const fr_cluster_sweep_result *sweep)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "sweep.csv", "rank,node,volume,cut,conductance", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < sweep->n_profile; k++) {
        fr_csv_i64(csv, k);
        cluster_csv_node(csv, input, sweep->profile_node[k]);
        fr_csv_f64(csv, sweep->profile_volume[k]);
        fr_csv_f64(csv, sweep->profile_cut[k]);
        fr_csv_f64(csv, sweep->profile_conductance[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

int cluster_write_path(cli_job *job, const cluster_input *input, const fr_cluster_path_result *path)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "path.csv", "order,node,rho,volume,cut,conductance", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < path->count; k++) {
        fr_csv_i64(csv, k);
        cluster_csv_node(csv, input, path->node[k]);
        fr_csv_f64(csv, path->rho[k]);
        fr_csv_f64(csv, path->volume[k]);
        fr_csv_f64(csv, path->cut[k]);
        fr_csv_f64(csv, path->conductance[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}
