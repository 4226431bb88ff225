/* frugal reproduce: an experiment of a paper computed again, its numbers beside those reported and expected; without a name, the
 * list of experiments. */
#include "reproduce_page.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

extern const cli_command reproduce_command;

static const cli_option experiment_rows[] = {
    {.name = "data",
     .type = OPTION_PATH,
     .value = "DIR",
     .help =
         "the folder of the experiment's inputs; a missing file is told by name, with where it comes from"},
    {.name = "graph",
     .type = OPTION_CHOICE,
     .value = "all|johnshopkins|sfld|ppi",
     .fallback = "all",
     .help = "which of the graphs of cluster-f1"},
    {.name = "all-seeds",
     .type = OPTION_FLAG,
     .help = "every member of each group as seed, also where the expected numbers are of a part of them"},
    {.name = "replicates",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "20",
     .range = RANGE_CLOSED,
     .low = 2,
     .high = 1000000,
     .help = "random graphs for each setting of cluster-model"},
    {.name = "trials",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "60",
     .range = RANGE_CLOSED,
     .low = 2,
     .high = 1000000,
     .help = "data sets for each setting of tcp-table1 and tcp-figures, random halves and days of tcp-bike"},
    {.name = "full",
     .type = OPTION_FLAG,
     .help = "as much as in the paper: 500 trials, and every value of the sweeps of tcp-figures"},
    {.name = NULL},
};
static const option_group experiment_options = {"Experiment", experiment_rows, false};

static const cli_option folder_rows[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_PATH,
     .value = "DIR",
     .help = "the folder of results; it is written whole or not at all; needed with a name"},
    {.name = "force",
     .letter = 'f',
     .type = OPTION_FLAG,
     .help = "replace a result folder that exists already"},
    {.name = "resume",
     .type = OPTION_FLAG,
     .help = "go on with an interrupted run: what it finished lies in DIR.partial"},
    {.name = "no-figures", .type = OPTION_FLAG, .help = "write the tables alone, without figures and report"},
    {.name = NULL},
};
static const option_group folder_options = {"Output", folder_rows, true};
static const option_group *const reproduce_groups[] = {&experiment_options, &folder_options, &general_options,
                                                       NULL};

/* ---- the list --------------------------------------------------------------------------------------------------------- */

static void list_paragraph(const char *text)
{
    int column = printf("  ");
    text_wrap(stdout, text, 2, column);
}

static void list_experiments(cli_job *job)
{
    json_t *names = json_array();
    for (const reproduce_experiment *const *found = reproduce_experiments; *found != NULL; found++)
        json_array_append_new(names, json_string((*found)->name));
    summary_set(&job->summary, job->summary.metrics, "experiments", names);
    if (!job_writes(job) || options_flag(&job->options, "json")) return;
    for (const reproduce_experiment *const *found = reproduce_experiments; *found != NULL; found++) {
        const reproduce_experiment *experiment = *found;
        printf("%s: %s\n", experiment->name, experiment->purpose);
        list_paragraph(experiment->shows);
        printf("  Needs: ");
        text_wrap(stdout, experiment->needs != NULL ? experiment->needs : "nothing", 2, 9);
        list_paragraph(experiment->paper);
        fputs("  Options:", stdout);
        for (const char *const *option = experiment->options; *option != NULL; option++)
            printf(" --%s", *option);
        printf("\n  Run: frugal reproduce %s%s -o DIR\n\n", experiment->name,
               experiment->needs != NULL ? " --data FOLDER" : "");
    }
}

/* ---- one experiment --------------------------------------------------------------------------------------------------- */

/* Options of other experiments are a mistake. */
static int check_options(const cli_options *parsed, const reproduce_experiment *experiment)
{
    for (const cli_option *row = experiment_rows; row->name != NULL; row++) {
        const char *const *known = experiment->options;
        while (*known != NULL && strcmp(*known, row->name) != 0)
            known++;
        if (*known == NULL && options_given(parsed, row->name))
            return fr_fail(FR_EUSAGE, "--%s means nothing to %s", row->name, experiment->name);
    }
    if (options_given(parsed, "full") && options_given(parsed, "trials"))
        return fr_fail(FR_EUSAGE, "--full means 500 trials: give it or --trials");
    if (!options_given(parsed, "output"))
        return fr_fail(FR_EUSAGE, "--output DIR is missing: the folder of results");
    return FR_OK;
}

static void read_settings(const cli_options *parsed, reproduce_settings *settings)
{
    reproduce_settings_default(settings);
    settings->data = options_text(parsed, "data");
    settings->graph = options_text(parsed, "graph");
    settings->all_seeds = options_flag(parsed, "all-seeds");
    settings->replicates = options_integer(parsed, "replicates", settings->replicates);
    settings->trials = options_integer(parsed, "trials", settings->trials);
    settings->full = options_flag(parsed, "full");
    settings->seed = (uint64_t)options_integer(parsed, "seed", 1);
}

static int note_inputs(cli_job *job, const reproduce_experiment *experiment,
                       const reproduce_settings *settings)
{
    reproduce_inputs inputs = {0};
    int status = experiment->find_inputs != NULL ? experiment->find_inputs(settings, &inputs) : FR_OK;
    for (int64_t k = 0; k < inputs.n && status == FR_OK; k++)
        status = job_input(job, inputs.path[k]);
    reproduce_inputs_free(&inputs);
    return status;
}

/* "-" for a number that there is not */
static const char *number_text(double value, char text[24])
{
    if (isnan(value)) return "-";
    snprintf(text, 24, "%.6g", value);
    return text;
}

static void print_comparison(const reproduce_comparison *comparison)
{
    char text[5][24];
    int table = 5, setting = 7, quantity = 8;
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        table = (int)fmax(table, (double)strlen(row->table));
        setting = (int)fmax(setting, (double)strlen(row->setting));
        quantity = (int)fmax(quantity, (double)strlen(row->quantity));
    }
    printf("%-*s  %-*s  %-*s  %11s  %11s  %11s  %11s  %9s  verdict\n", table, "table", setting, "setting",
           quantity, "quantity", "reported", "expected", "obtained", "std error", "tolerance");
    for (int64_t k = 0; k < comparison->n; k++) {
        const reproduce_row *row = &comparison->rows[k];
        printf("%-*s  %-*s  %-*s  %11s  %11s  %11s  %11s  %9s  %s\n", table, row->table, setting,
               row->setting, quantity, row->quantity, number_text(row->reported, text[0]),
               number_text(row->expected, text[1]), number_text(row->obtained, text[2]),
               number_text(row->obtained_error, text[3]), number_text(row->tolerance, text[4]),
               reproduce_verdict_text(row->verdict));
    }
}

static int tell(cli_job *job, const reproduce_comparison *comparison)
{
    int64_t differ = reproduce_count(comparison, REPRODUCE_DIFFERS);
    job->differs = differ > 0;
    job_metric_count(job, "rows", comparison->n);
    job_metric_count(job, "agree", reproduce_count(comparison, REPRODUCE_AGREES));
    job_metric_count(job, "differ", differ);
    job_metric_count(job, "open", reproduce_count(comparison, REPRODUCE_OPEN));
    if (!job_writes(job)) return FR_OK;
    const char *path = job_file(job, "comparison.csv");
    int status = path == NULL ? FR_ENOMEM : reproduce_write(comparison, path);
    if (status != FR_OK || options_flag(&job->options, "json")) return status;
    print_comparison(comparison);
    fflush(stdout); /* before what goes to standard error */
    job_say(job, "%lld of %lld rows agree, %lld differ, %lld have nothing to be judged by",
            (long long)reproduce_count(comparison, REPRODUCE_AGREES), (long long)comparison->n,
            (long long)differ, (long long)reproduce_count(comparison, REPRODUCE_OPEN));
    return FR_OK;
}

static int run(cli_job *job)
{
    if (job->options.n_arguments == 0) {
        if (options_given(&job->options, "output"))
            return fr_fail(FR_EUSAGE, "which experiment? 'frugal reproduce' alone lists them");
        list_experiments(job);
        return FR_OK;
    }
    const reproduce_experiment *experiment = reproduce_find(job->options.arguments[0]);
    reproduce_settings settings;
    reproduce_comparison comparison = {0};
    int status = experiment == NULL ? FR_EUSAGE : check_options(&job->options, experiment);
    if (status != FR_OK) return job_agree(job, status);
    read_settings(&job->options, &settings);
    status = job_agree(job, note_inputs(job, experiment, &settings));
    if (status == FR_OK) status = job_begin_output(job);
    if (status == FR_OK) status = job_journal(job);
    if (status != FR_OK) return status;
    status = experiment->run(&settings, job->journal, &comparison);
    job_phase(job, "compute");
    if (status == FR_OK) status = tell(job, &comparison);
    reproduce_comparison_free(&comparison);
    return status;
}

static int draw(cli_job *job, const char *folder)
{
    return reproduce_page(reproduce_find(job->options.arguments[0]), folder);
}

static bool resumes(const cli_options *parsed)
{
    return parsed->n_arguments > 0;
}

const cli_command reproduce_command = {
    .verb = "reproduce",
    .purpose = "repeat an experiment of a paper and compare the numbers",
    .description =
        "Computes an experiment of one of the papers behind the methods and prints its numbers beside the "
        "reported ones "
        "and those of an independent computation, with a verdict on each: agrees, differs, or open where "
        "there is "
        "nothing to be judged by. Without NAME: lists the experiments, what each shows and what it needs.\n\n"
        "Writes comparison.csv, figures and report.html. The exit code is 1 if a number differs. An "
        "interrupted run "
        "goes on with --resume.",
    .example = "frugal reproduce cluster-model --replicates 5 -o cluster-model",
    .arguments = "[NAME]",
    .groups = reproduce_groups,
    .resumes = resumes,
    .run = run,
    .draw = draw,
};
