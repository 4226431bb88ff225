/* What `frugal demo METHOD` shows. */
#ifndef FRUGAL_CLI_DEMO_H
#define FRUGAL_CLI_DEMO_H

#include "job.h"

typedef struct {
    const char *method;
    const option_group *const *groups; /* options that only this one takes; NULL-terminated */
    int (*run)(cli_job *job);
    int (*draw)(cli_job *job, const char *folder);
} demonstration;

extern const demonstration feems_demonstration, cluster_demonstration;
extern const option_group feems_demo_options; /* --trees */

#endif
