/* Figures and report of the result folders of `frugal conformal`, drawn from their finished tables. */
#ifndef FRUGAL_CLI_CONFORMAL_FIGURES_H
#define FRUGAL_CLI_CONFORMAL_FIGURES_H

#include "command.h"
#include "result_page.h"

/* The `draw` of every verb: SVG and PNG figures of the tables that are there, then report.html. */
int conformal_draw(cli_job *job, const char *folder);
int conformal_report_write(const char *folder, const char *verb);

/* A figure: its file, the table it is drawn from, what draws it, its caption. The list ends with an empty name. */
typedef struct {
    const char *name, *table;
    result_draw draw; /* of the folder's path */
    const char *caption;
} conformal_figure;
extern const conformal_figure conformal_figures[];

/* Each draws stem.svg and stem.png from what `context`, a folder's path (const char *), holds. */
int conformal_chart_intervals(const void *folder, const char *stem);
int conformal_chart_widths(const void *folder, const char *stem);
int conformal_chart_coverage(const void *folder, const char *stem);
int conformal_chart_curves(const void *folder, const char *stem);
int conformal_chart_sizes(const void *folder, const char *stem);
int conformal_chart_online(const void *folder, const char *stem);

/* Appends a text inside gnuplot's double quotes, as it stands. */
void conformal_label(fr_figure *figure, const char *text);
/* How far apart labels of so many letters stand on an axis, in points. */
double conformal_label_spacing(size_t longest);

#endif
