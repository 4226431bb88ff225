/* The experiments there are. */
#include "reproduce.h"

#include <stdio.h>
#include <string.h>

const reproduce_experiment *const reproduce_experiments[] = {&reproduce_cluster_model, &reproduce_cluster_f1,
                                                             &reproduce_tcp_table1,    &reproduce_tcp_bike,
                                                             &reproduce_tcp_figures,   NULL};

const reproduce_experiment *reproduce_find(const char *name)
{
    char names[400] = "";
    for (const reproduce_experiment *const *found = reproduce_experiments; *found != NULL; found++) {
        if (strcmp((*found)->name, name) == 0) return *found;
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", length > 0 ? ", " : "", (*found)->name);
    }
    fr_fail(FR_EUSAGE, "there is no experiment '%s'; there are %s", name, names);
    return NULL;
}

void reproduce_settings_default(reproduce_settings *settings)
{
    *settings = (reproduce_settings){.graph = "all", .replicates = 20, .trials = 60, .seed = 1};
}
