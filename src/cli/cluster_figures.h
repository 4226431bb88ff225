/* Figures and report of the result folders of `frugal cluster`, drawn from their finished tables. */
#ifndef FRUGAL_CLI_CLUSTER_FIGURES_H
#define FRUGAL_CLI_CLUSTER_FIGURES_H

#include "chart.h"
#include "command.h"
#include "result_page.h"

#include <frugal/graph.h>

/* The `draw` of every verb: SVG and PNG figures of the tables that are there, then report.html. */
int cluster_draw(cli_job *job, const char *folder);

/* The column of that name; -1: there is none. */
int64_t cluster_attribute(const fr_graph_attributes *attributes, const char *name);

/* For a drawing of the cluster: copies the coordinates of FILE (--layout: node,x,y with or without a heading, node by
 * number or name; or three columns apart by blanks), or the attributes x and y of the nodes where FILE is NULL, to
 * layout.csv (node,x,y,member,seed) and up to 20000 edges to layout_edges.csv (x1,y1,x2,y2,inside: 2 both ends in the
 * set, 1 one end, 0 none; those with members first). */
int cluster_write_layout(cli_job *job, const fr_graph *graph, const fr_graph_attributes *attributes,
                         const char *file, int64_t count, const int64_t *members, int64_t n_seeds,
                         const int64_t *seeds);

/* ---- the charts ------------------------------------------------------------------------------------------------------ */

/* Each draws stem.svg and stem.png from what `context`, a folder's path (const char *), holds. */
int cluster_chart_sweep(const void *folder, const char *stem);
int cluster_chart_path(const void *folder, const char *stem);
int cluster_chart_ppr_path(const void *folder, const char *stem);
int cluster_chart_stagewise(const void *folder, const char *stem);
int cluster_chart_search(const void *folder, const char *stem);
int cluster_chart_ncp(const void *folder, const char *stem);
int cluster_chart_neighbourhoods(const void *folder, const char *stem);
int cluster_chart_batch(const void *folder, const char *stem);
int cluster_chart_labels(const void *folder, const char *stem);
int cluster_chart_clusters(const void *folder, const char *stem);
int cluster_chart_segments(const void *folder, const char *stem);
int cluster_chart_cores(const void *folder, const char *stem);
int cluster_chart_f1(const void *folder, const char *stem);
int cluster_chart_layout(const void *folder, const char *stem);

#endif
