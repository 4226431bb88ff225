/* Input files of experiments: FOLDER/NAME, plain or gzipped. */
#include "reproduce.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int reproduce_find_file(const char *folder, const char *name, char **path)
{
    static const char *const endings[] = {"", ".gz"};
    *path = NULL;
    for (int k = 0; k < 2; k++) {
        char *text;
        if (asprintf(&text, "%s/%s%s", folder, name, endings[k]) < 0)
            return fr_fail(FR_ENOMEM, "out of memory for a file name");
        bool there = access(text, F_OK) == 0;
        if (there) *path = fr_strdup(text);
        free(text);
        if (there) return *path != NULL ? FR_OK : FR_ENOMEM;
    }
    return FR_OK;
}

void reproduce_inputs_free(reproduce_inputs *inputs)
{
    for (int64_t k = 0; k < inputs->n; k++)
        fr_free(inputs->path[k]);
    *inputs = (reproduce_inputs){0};
}
