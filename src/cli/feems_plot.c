/* frugal feems plot: draws figures and report of a result folder again. They are made beside the folder, on links to its
 * tables, and then exchanged with the old ones, so that a failure leaves the folder as it was. */
#include "feems_commands.h"
#include "feems_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const option_group *const plot_groups[] = {&feems_figure_options, &general_options, NULL};

/* What drawing makes, and what it leaves behind when it replaces: not to be linked. */
static bool is_drawn(const char *name)
{
    return strcmp(name, "figures") == 0 || strcmp(name, "report.html") == 0 || *name == '.';
}

/* Links every table of `folder` (an absolute path) into the scratch folder. */
static int link_tables(const char *folder, fr_output *scratch)
{
    int status = FR_OK;
    DIR *listing = opendir(folder);
    if (listing == NULL) return fr_fail(FR_EINPUT, "cannot read the folder %s: %s", folder, strerror(errno));
    for (struct dirent *entry; status == FR_OK && (entry = readdir(listing)) != NULL;) {
        if (is_drawn(entry->d_name)) continue;
        char *target;
        const char *link = fr_output_file(scratch, entry->d_name);
        if (link == NULL || asprintf(&target, "%s/%s", folder, entry->d_name) < 0) {
            status = fr_fail(FR_ENOMEM, "out of memory for a file name");
            break;
        }
        if (symlink(target, link) != 0) status = fr_fail(FR_EIO, "cannot make %s: %s", link, strerror(errno));
        free(target);
    }
    closedir(listing);
    return status;
}

/* Moves the new `name` of the scratch folder into `folder`; the old one goes to the scratch folder and away with it. */
static int exchange(const char *folder, fr_output *scratch, const char *name)
{
    const char *made = fr_output_file(scratch, name);
    char *place = NULL, *aside = NULL;
    int status = FR_OK;
    if (made == NULL) return FR_ENOMEM;
    if (access(made, F_OK) != 0) return FR_OK; /* nothing was drawn: no gnuplot */
    if (asprintf(&place, "%s/%s", folder, name) < 0) place = NULL;
    if (asprintf(&aside, "%s.old", made) < 0) aside = NULL;
    if (place == NULL || aside == NULL)
        status = fr_fail(FR_ENOMEM, "out of memory for a file name");
    else if (rename(place, aside) != 0 && errno != ENOENT)
        status = fr_fail(FR_EIO, "cannot replace %s: %s", place, strerror(errno));
    else if (rename(made, place) != 0) {
        status = fr_fail(FR_EIO, "cannot replace %s: %s", place, strerror(errno));
        (void)rename(aside, place);
    }
    free(place);
    free(aside);
    return status;
}

/* Only result folders are drawn into. */
static int check_result(const char *folder)
{
    char *path;
    if (asprintf(&path, "%s/summary.json", folder) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = access(path, R_OK) == 0
                     ? FR_OK
                     : fr_fail(FR_EINPUT, "%s is no result folder: it has no summary.json", folder);
    free(path);
    return status;
}

/* A scratch folder FOLDER.plot.partial on the same file system. */
static int begin_scratch(const char *folder, fr_output *scratch)
{
    char *name;
    if (asprintf(&name, "%s.plot", folder) < 0) return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = fr_output_begin(name, true, false, scratch);
    free(name);
    return status;
}

static int run(cli_job *job)
{
    const char *given = job->options.arguments[0];
    fr_output scratch = {0};
    char *folder = NULL;
    if (!job_writes(job)) return FR_OK;
    int status = feems_check_figures(job);
    if (status == FR_OK && (folder = realpath(given, NULL)) == NULL)
        status = fr_fail(FR_EINPUT, "cannot read the folder %s: %s", given, strerror(errno));
    if (status == FR_OK) status = check_result(folder);
    if (status == FR_OK) status = begin_scratch(folder, &scratch);
    if (status == FR_OK) status = link_tables(folder, &scratch);
    if (status == FR_OK) status = feems_draw(job, scratch.partial);
    if (status == FR_OK) status = exchange(folder, &scratch, "figures");
    if (status == FR_OK) status = exchange(folder, &scratch, "report.html");
    if (status == FR_OK) job_phase(job, "figures");
    if (status == FR_OK) job_say(job, "drew the figures and report.html in %s", given);
    fr_output_abandon(&scratch, false);
    fr_output_free(&scratch);
    free(folder);
    return status;
}

const cli_command feems_plot_command = {
    .method = "feems",
    .verb = "plot",
    .purpose = "draw figures and report of a result folder again",
    .description =
        "Draws the figures and report.html of a folder that fit, cv, grid or simulate has written, from its "
        "tables, with another projection, coastline, palette or colour range. Tables and summary.json stay "
        "as they are.",
    .example = "frugal feems plot wolves-out --basemap coast.shp --palette red-blue --color-limit 1",
    .arguments = "DIR",
    .groups = plot_groups,
    .run = run,
};
