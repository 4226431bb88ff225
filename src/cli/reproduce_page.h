/* Figures and report of a reproduced experiment. */
#ifndef FRUGAL_CLI_REPRODUCE_PAGE_H
#define FRUGAL_CLI_REPRODUCE_PAGE_H

#include "job.h"

#include <reproduce/reproduce.h>

/* Draws the experiment's figures from comparison.csv in `folder` and writes report.html, which quotes its summary.json. */
int reproduce_page(const reproduce_experiment *experiment, const char *folder);

#endif
