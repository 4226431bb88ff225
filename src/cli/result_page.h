/* What the report.html of every method shares: warnings, key numbers, settings, inputs, command, timings, files, citation; and
 * the drawing of one figure after the other. */
#ifndef FRUGAL_CLI_RESULT_PAGE_H
#define FRUGAL_CLI_RESULT_PAGE_H

#include "result_folder.h"

#include <frugal/report.h>

/* A name with what it means; a list ends with an empty name. */
typedef struct {
    const char *name, *meaning;
} result_meaning;

/* A page with the subtitle "frugal METHOD, version V; status: S". */
int result_page_new(const char *method, const char *title, const json_t *summary, fr_report **out);
/* The summary's warnings as boxed remarks. */
void result_page_warnings(fr_report *report, const json_t *summary);
/* Was FOLDER/figures/NAME drawn, as SVG or PNG? */
bool result_figure_there(const char *folder, const char *name);
/* The figure FOLDER/figures/NAME with a caption, if it was drawn; returns whether. */
bool result_page_figure(fr_report *report, const char *folder, const char *name, const char *caption);
/* Key numbers, settings, inputs, command, timings, files that are there, how to cite. */
void result_page_numbers(fr_report *report, const char *folder, const json_t *summary,
                         const result_meaning *metrics, const result_meaning *files, const char *citation);
/* Writes FOLDER/report.html and frees the report. */
int result_page_write(fr_report *report, const char *folder);

/* Draws FOLDER/figures/NAME with `draw`, removing an older picture first. Without gnuplot warns once and sets *can_draw false, after which
 * calls do nothing; a figure that gnuplot cannot draw is warned of and left out. `again` is the command that draws anew. */
typedef int (*result_draw)(const void *context, const char *stem);
int result_figure(const char *folder, const char *name, result_draw draw, const void *context,
                  const char *again, bool *can_draw);

#endif
