/* Which columns of the training and the test file are features, and which hold the target, the names and the groups. */
#ifndef FRUGAL_CLI_CONFORMAL_COLUMNS_H
#define FRUGAL_CLI_CONFORMAL_COLUMNS_H

#include "conformal_sheet.h"

/* Columns of the training table: the features in order, and the target (-1: in a file of its own). */
typedef struct {
    const conformal_sheet *train, *test;
    int64_t p, *feature;                                /* column of the training table */
    int64_t *match;                                     /* column of the test table */
    int64_t target, target_test, id, group, group_test; /* -1: none */
} conformal_columns;

/* By the options --target, --group-column, --ignore, --id: all other columns are features, but for those without a name.
 * Those of the test file are found by name where both files have names, otherwise by position. */
int conformal_columns_find(cli_job *job, const conformal_sheet *train, const conformal_sheet *test,
                           conformal_columns *out);
void conformal_columns_free(conformal_columns *columns);

#endif
