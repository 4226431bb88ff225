/* report.html of a result folder of `frugal cluster`. */
#ifndef FRUGAL_CLI_CLUSTER_REPORT_H
#define FRUGAL_CLI_CLUSTER_REPORT_H

#include "result_page.h"

typedef struct {
    const char *name;  /* of the picture, without ending */
    const char *table; /* drawn where this file is there */
    result_draw draw;  /* context: the folder's path */
    const char *caption;
} cluster_figure;
extern const cluster_figure cluster_figures[]; /* in the order of the report; ends with an empty name */

extern const result_meaning cluster_metrics[], cluster_files[]; /* each ends with an empty name */

/* The diagnosis in words, if the summary holds one. */
void cluster_report_diagnosis(fr_report *report, const json_t *summary);

int cluster_report_write(const char *folder, const char *verb);

#endif
