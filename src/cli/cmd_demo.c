/* frugal demo: a method on made-up data whose truth is known, from the data to the report, compared with the truth. */
#include "demo.h"
#include "feems_inputs.h"

#include <string.h>

extern const cli_command demo_command;

static const cli_option demo_rows[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_PATH,
     .value = "DIR",
     .fallback = "out/demo",
     .help = "the folder of results; the default one is replaced if it is there"},
    {.name = "force",
     .letter = 'f',
     .type = OPTION_FLAG,
     .help = "replace a result folder that exists already"},
    {.name = "no-figures", .type = OPTION_FLAG, .help = "write the tables alone, without figures and report"},
    {.name = NULL},
};
static const option_group demo_options = {"Demo", demo_rows, false};
static const option_group *const demo_groups[] = {&demo_options, &feems_demo_options, &feems_figure_options,
                                                  &general_options, NULL};

static const demonstration *const demonstrations[] = {&feems_demonstration, &cluster_demonstration};
enum { n_demonstrations = sizeof demonstrations / sizeof demonstrations[0] };

/* The one that the argument names, by default the first; NULL: there is none of that name. */
static const demonstration *wanted(const cli_options *parsed)
{
    if (parsed->n_arguments == 0) return demonstrations[0];
    for (int k = 0; k < n_demonstrations; k++)
        if (strcmp(parsed->arguments[0], demonstrations[k]->method) == 0) return demonstrations[k];
    return NULL;
}

static int fail_unknown(const char *word)
{
    const char *names[n_demonstrations];
    for (int k = 0; k < n_demonstrations; k++)
        names[k] = demonstrations[k]->method;
    const char *near = suggest(word, names, n_demonstrations);
    if (near != NULL) return fr_fail(FR_EUSAGE, "there is no demo of '%s'; did you mean %s?", word, near);
    return fr_fail(FR_EUSAGE, "there is no demo of '%s'; there are feems, cluster", word);
}

static bool owns(const demonstration *demo, const option_group *group)
{
    for (const option_group *const *own = demo->groups; *own != NULL; own++)
        if (*own == group) return true;
    return false;
}

/* Options of another demo are a slip, and their defaults no settings of this one. */
static int leave_others_out(cli_job *job, const demonstration *demo)
{
    for (int64_t k = 0; k < job->options.n; k++) {
        const option_value *value = &job->options.values[k];
        for (int other = 0; other < n_demonstrations; other++) {
            if (demonstrations[other] == demo || !owns(demonstrations[other], value->group)) continue;
            if (value->given)
                return fr_fail(FR_EUSAGE, "--%s belongs to frugal demo %s", value->option->name,
                               demonstrations[other]->method);
            summary_leave_out(&job->summary, value->option);
        }
    }
    return FR_OK;
}

static int run(cli_job *job)
{
    const demonstration *demo = wanted(&job->options);
    if (demo == NULL) return fail_unknown(job->options.arguments[0]);
    if (fr_ranks() > 1) return fr_fail(FR_EUSAGE, "frugal demo runs as one process, without mpirun");
    job->tell_report = true;
    int status = leave_others_out(job, demo);
    return status == FR_OK ? demo->run(job) : status;
}

static int draw(cli_job *job, const char *folder)
{
    return wanted(&job->options)->draw(job, folder);
}

const cli_command demo_command = {
    .verb = "demo",
    .purpose = "a method on made-up data, compared with the truth",
    .description =
        "METHOD is feems (the default) or cluster. Takes well under a minute. The last line of output is the "
        "path of the report. The made-up data lie in DIR/data, in the form of real ones, so that all "
        "commands can be tried on them.\n\n"
        "feems: simulates genotypes of individuals on a lattice with a barrier in the middle, chooses the "
        "smoothness by 10-fold cross-validation, fits the migration surface, draws it, and reports the "
        "correlation of the weights with the true ones.\n\n"
        "cluster: draws a random graph of 20000 nodes in which 200 are linked among themselves more than "
        "with others, and looks for them from one: by the path of l1-PageRank, by l1-PageRank for a cluster "
        "of that volume, and by improving its cluster with minimum cuts. f1.csv compares each with the "
        "truth.",
    .example = "frugal demo cluster -o demo",
    .arguments = "[METHOD]",
    .groups = demo_groups,
    .writes_folder = true,
    .run = run,
    .draw = draw,
};
