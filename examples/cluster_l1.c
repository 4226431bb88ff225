/* A cluster through the library: reads a graph, solves l1-regularised PageRank from one seed, sweeps, and prints the nodes of
 * the cluster, one a line. Build it against the installed library with
 *   cc cluster_l1.c $(pkg-config --cflags --libs frugal) -o cluster_l1
 */
#include <frugal/frugal.h>

#include <stdio.h>
#include <stdlib.h>

static int cluster(const fr_graph *graph, const char *seed_name, double volume)
{
    fr_cluster_workspace *workspace = NULL;
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector = {0};
    fr_cluster_sweep_result sweep = {0};
    int64_t seed;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = 0.1;
    settings.rho = fr_cluster_rho_for_volume(volume);
    int status = fr_graph_find(graph, seed_name, "the seed", &seed);
    if (status == FR_OK) status = fr_cluster_workspace_new(graph, &workspace);
    if (status != FR_OK) return status;
    const fr_cluster_seeds seeds = {.count = 1, .node = &seed};
    status = fr_cluster_l1(workspace, &seeds, &settings, &vector);
    if (status == FR_OK)
        status = fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &sweep);
    if (status == FR_OK) {
        fprintf(stderr, "conductance %.4g, volume %.6g; every p/degree is within %.2g of the optimum\n",
                sweep.best.scores.conductance, sweep.best.scores.volume, vector.info.error_bound);
        for (int64_t k = 0; k < sweep.best.count; k++) {
            char number[24];
            puts(fr_graph_name(graph, sweep.best.node[k], number));
        }
    }
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&vector);
    fr_cluster_workspace_free(workspace);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: cluster_l1 GRAPH SEED VOLUME\n", stderr);
        return 2;
    }
    fr_graph graph = {0};
    int status = fr_graph_read(argv[1], NULL, &graph, NULL, NULL);
    if (status == FR_OK) status = cluster(&graph, argv[2], atof(argv[3]));
    if (status != FR_OK) fprintf(stderr, "cluster_l1: %s\n", fr_last_error());
    fr_graph_free(&graph);
    return status == FR_OK ? 0 : 1;
}
