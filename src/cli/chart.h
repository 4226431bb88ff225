/* What charts share: the columns of a table, axes, thinning. */
#ifndef FRUGAL_CLI_CHART_H
#define FRUGAL_CLI_CHART_H

#include "result_folder.h"

#include <frugal/report.h>

/* One table of the folder, with its columns as numbers. */
typedef struct {
    int64_t n;
    double *column[6];
} chart_table;

/* Reads FOLDER/name if it is there: n = -1 where it is not. `columns`: up to 6 names, ends with NULL; those of a table without rows
 * stay NULL. */
int chart_table_read(const char *folder, const char *name, const char *const *columns, chart_table *out);
void chart_table_free(chart_table *table);

/* White ground, light grid, axes left and below. */
void chart_axes(fr_figure *figure, const char *x_label, const char *y_label);
/* A logarithmic axis 'x' or 'y' with readable tics: powers of ten, or plain numbers over less than two decades. */
void chart_log_axis(fr_figure *figure, char axis, double low, double high);
/* Every how many points one is drawn, so that at most `most` are. */
int64_t chart_stride(int64_t n, int64_t most);

#endif
