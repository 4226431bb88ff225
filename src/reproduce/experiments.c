/* The experiments there are. */
#include "reproduce.h"

#include <stdio.h>
#include <string.h>

const reproduce_experiment *const reproduce_experiments[] = {&reproduce_cluster_model, &reproduce_cluster_f1,
                                                             NULL};

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
    *settings = (reproduce_settings){.graph = "all", .replicates = 20, .seed = 1};
}

void reproduce_inputs_free(reproduce_inputs *inputs)
{
    for (int64_t k = 0; k < inputs->n; k++)
        fr_free(inputs->path[k]);
    *inputs = (reproduce_inputs){0};
}
