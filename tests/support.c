#include "support.h"

#include <frugal/core.h>

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef FRUGAL_SOURCE_FOLDER
#define FRUGAL_SOURCE_FOLDER "."
#endif

/* ---- paths ------------------------------------------------------------------------------------------------------------ */

typedef struct kept_path {
    struct kept_path *next;
    char text[];
} kept_path;

static kept_path *kept_paths;

static void free_paths(void)
{
    while (kept_paths != NULL) {
        kept_path *next = kept_paths->next;
        free(kept_paths);
        kept_paths = next;
    }
}

/* "folder/name", freed at exit. */
static const char *keep_path(const char *folder, const char *name)
{
    size_t length = strlen(folder) + strlen(name) + 2;
    kept_path *path = malloc(sizeof *path + length);
    if (path == NULL) abort();
    if (kept_paths == NULL) atexit(free_paths);
    snprintf(path->text, length, "%s/%s", folder, name);
    path->next = kept_paths;
    kept_paths = path;
    return path->text;
}

const char *shared_path(const char *name)
{
    const char *folder = getenv("FRUGAL_DATA");
    if (folder == NULL || *folder == '\0') folder = FRUGAL_SOURCE_FOLDER "/../shared";
    if (access(folder, R_OK) != 0) {
        const char *ci = getenv("CI");
        if (ci != NULL && strcmp(ci, "true") == 0)
            fail_msg("the folder of real inputs, %s, is missing", folder);
        print_message("skipped: the folder of real inputs, %s, is missing (set FRUGAL_DATA)\n", folder);
        skip();
    }
    return keep_path(folder, name);
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

const char *scratch_file(const char *name)
{
    return keep_path(scratch_folder(), name);
}

/* ---- assertions ------------------------------------------------------------------------------------------------------- */

void assert_close(double got, double expected, double relative_tolerance)
{
    double allowed = relative_tolerance * fmax(1e-300, fabs(expected));
    if (!(fabs(got - expected) <= allowed))
        fail_msg("got %.17g, expected %.17g within %g relative (off by %g)", got, expected,
                 relative_tolerance, fabs(got - expected) / fmax(1e-300, fabs(expected)));
}

void assert_near(double got, double expected, double absolute_tolerance)
{
    if (!(fabs(got - expected) <= absolute_tolerance))
        fail_msg("got %.17g, expected %.17g within %g (off by %g)", got, expected, absolute_tolerance,
                 fabs(got - expected));
}

void assert_ok(int status)
{
    if (status != FR_OK) fail_msg("status %d: %s", status, fr_last_error());
}

void assert_refused(int status, int expected, const char *part)
{
    if (status != expected) fail_msg("status %d instead of %d (%s)", status, expected, fr_last_error());
    if (strstr(fr_last_error(), part) == NULL) fail_msg("no \"%s\" in \"%s\"", part, fr_last_error());
}

/* ---- warnings --------------------------------------------------------------------------------------------------------- */

static char warning[1024];
static int n_warnings;

static void keep_warning(void *context, const char *message)
{
    (void)context;
    snprintf(warning, sizeof warning, "%s", message);
    n_warnings++;
}

void watch_warnings(void)
{
    const fr_observer observer = {.warn = keep_warning};
    *warning = '\0';
    n_warnings = 0;
    fr_observe(&observer);
}

const char *last_warning(void)
{
    return warning;
}

int warnings_seen(void)
{
    return n_warnings;
}
