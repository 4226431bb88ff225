#include "support.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef FRUGAL_SOURCE_FOLDER
#define FRUGAL_SOURCE_FOLDER "."
#endif

const char *shared_path(const char *name)
{
    const char *folder = getenv("FRUGAL_DATA");
    if (folder == NULL || *folder == '\0') folder = FRUGAL_SOURCE_FOLDER "/../shared";
    if (access(folder, R_OK) != 0) {
        const char *ci = getenv("CI");
        if (ci != NULL && strcmp(ci, "true") == 0) fail_msg("the folder of real inputs, %s, is missing", folder);
        print_message("skipped: the folder of real inputs, %s, is missing (set FRUGAL_DATA)\n", folder);
        skip();
    }
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) abort();
    return path;
}

static char scratch[64];

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *position)
{
    (void)status, (void)flag, (void)position;
    return remove(path);
}

static void remove_scratch(void)
{
    nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_folder(void)
{
    if (*scratch != '\0') return scratch;
    snprintf(scratch, sizeof scratch, "/tmp/frugal-test-XXXXXX");
    if (mkdtemp(scratch) == NULL) abort();
    atexit(remove_scratch);
    return scratch;
}

void assert_close(double got, double expected, double relative_tolerance)
{
    double allowed = relative_tolerance * fmax(1e-300, fabs(expected));
    if (!(fabs(got - expected) <= allowed))
        fail_msg("got %.17g, expected %.17g within %g relative (off by %g)", got, expected, relative_tolerance,
                 fabs(got - expected) / fmax(1e-300, fabs(expected)));
}
