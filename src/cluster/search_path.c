/* The search on the exact path: of one alpha the support of smallest conductance over all rho, not over those of a grid. Supports
 * are nested and change at breakpoints only (F3), so that the path visits every one of them. */
#include "search.h"

#include <math.h>

/* A rho at which the first `count` entries are the support: between the last one's and the next one's. */
static double rho_of(const fr_cluster_path_result *path, int64_t count, double reached)
{
    if (count == 0) return reached;
    double enters = path->rho[count - 1], next = count < path->count ? path->rho[count] : reached;
    return sqrt(enters) * sqrt(next);
}

/* Supports that the path visits: one for each rho at which nodes enter. */
static int64_t count_supports(const fr_cluster_path_result *path)
{
    int64_t supports = path->count > 0;
    for (int64_t k = 1; k < path->count; k++)
        supports += path->rho[k] < path->rho[k - 1];
    return supports;
}

int search_path(search_run *run)
{
    const fr_cluster_search_settings *settings = run->settings;
    fr_cluster_path_settings path;
    fr_cluster_path_settings_default(&path);
    path.alpha = run->l1.alpha;
    path.rho_min = settings->rho_low;
    path.max_nodes = settings->path_nodes;
    fr_cluster_path_result_free(&run->path);
    int status = fr_cluster_path(run->workspace, run->seeds, &path, &run->path);
    if (status != FR_OK) return status;
    const fr_cluster_path_result *found = &run->path;
    bool stopped = path.max_nodes > 0 && found->count >= path.max_nodes;
    double reached = stopped ? found->rho[found->count - 1] : settings->rho_low;
    search_add_info(run, &found->info);
    run->l1.rho = rho_of(found, found->best.count, reached);
    return search_solve(run, &found->best, count_supports(found));
}
