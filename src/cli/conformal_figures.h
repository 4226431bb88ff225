/* Figures and report of the result folders of `frugal conformal`, drawn from their finished tables. */
#ifndef FRUGAL_CLI_CONFORMAL_FIGURES_H
#define FRUGAL_CLI_CONFORMAL_FIGURES_H

#include "conformal_results.h"
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

bool conformal_table_there(const char *folder, const char *name);
/* The sets of FOLDER/intervals.csv. */
int conformal_series_of(const char *folder, conformal_series **series, int64_t *n);

/* Appends a text inside gnuplot's double quotes, as it stands. */
void conformal_label(fr_figure *figure, const char *text);

/* The rows of a chart by their names, the first ones only where there are many. Free with conformal_rows_free. */
enum { conformal_most_rows = 40 };
typedef struct {
    int64_t n;
    char *name[conformal_most_rows];
} conformal_rows;
/* group "": none. */
int conformal_rows_add(conformal_rows *rows, const char *method, double alpha, const char *group);
void conformal_rows_free(conformal_rows *rows);
/* Begins a figure with row k at y = k + 1; `what` is on the axis below, with the number of `all` rows where some are
 * left out. */
int conformal_rows_figure(const conformal_rows *rows, int64_t all, const char *what, fr_figure **out);

#endif
