/* Which figures a result folder of `frugal cluster` gets: those whose tables are there; then its report. */
#include "cluster_figures.h"
#include "cluster_report.h"
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const cluster_figure cluster_figures[] = {
    {"cluster_drawing", "layout.csv", cluster_chart_layout,
     "The cluster on the coordinates that were given: members and the edges between them in blue, seeds in "
     "red, all else in grey. Of more than 20000 edges a part is drawn, those of members first."},
    {"sweep_profile", "sweep.csv", cluster_chart_sweep,
     "Sweep profile: conductance of the first 1, 2, 3, ... nodes of the ranking. A sharp minimum is a "
     "cluster with a clear border; a long flat valley means that many sets of that size are about as good."},
    {"path", "path.csv", cluster_chart_path,
     "The exact solution path. As ρ falls nodes enter the support and never leave. Above: conductance of the "
     "support; below: its size. A long step to the right of an entry is a natural size of the cluster."},
    {"ppr_path", "ppr_path.csv", cluster_chart_ppr_path,
     "Best sweep at each tolerance of the PageRank path. Drops are moments at which a better cluster comes "
     "within reach; plateaus are clusters that stay the best for long."},
    {"stagewise", "stagewise.csv", cluster_chart_stagewise,
     "Forward stagewise: the largest residual per degree before each step, which plays the part of ρ on the "
     "path."},
    {"search", "search.csv", cluster_chart_search,
     "The grid of the search: conductance of the best sweep for each α and ρ. Crosses: the best support on "
     "the exact path of an α, and its sweep."},
    {"network_community_profile", "ncp.csv", cluster_chart_ncp,
     "Network community profile: every cluster that was found, by volume of its smaller side and "
     "conductance, and the lower envelope. A curve that falls with volume means large good clusters; one "
     "that rises beyond some volume means that the best communities have about that size and melt into a "
     "core."},
    {"neighbourhoods", "triangles.csv", cluster_chart_neighbourhoods,
     "Conductance of every node with its neighbours, by volume. Low points are nodes whose neighbourhood is "
     "a cluster by itself: good seeds."},
    {"batch", "batch.csv", cluster_chart_batch,
     "Every line of the batch: conductance of its cluster by volume."},
    {"classes", "labels.csv", cluster_chart_labels, "How many nodes were given each class."},
    {"clusters", "clusters.csv", cluster_chart_clusters, "How many nodes each cluster has."},
    {"segments", "segments.csv", cluster_chart_segments, "How many nodes each segment has."},
    {"cores", "cores.csv", cluster_chart_cores, "How many nodes have each core number."},
    {"f1", "f1.csv", cluster_chart_f1, "Precision, recall and F1 against the target, by volume."},
    {NULL, NULL, NULL, NULL},
};

static bool has_table(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) return false;
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

int cluster_draw(cli_job *job, const char *folder)
{
    bool can_draw = true;
    int status = FR_OK;
    for (const cluster_figure *figure = cluster_figures; figure->name != NULL && status == FR_OK; figure++)
        if (has_table(folder, figure->table))
            status = result_figure(folder, figure->name, figure->draw, folder, job->command_line, &can_draw);
    return status == FR_OK ? cluster_report_write(folder, job->command->verb) : status;
}
