/* The life of a command: options, output folder, the work itself, summary, figures, and the folder put in place; or, when
 * something fails, one sentence, the exit code and no folder. */
#include "job.h"

#include <core/ranks.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char journal_name[] = "journal.sqlite";

int exit_code(int status)
{
    switch (status) {
    case FR_OK:
        return 0;
    case FR_ENUMERIC:
        return 1;
    case FR_EUSAGE:
    case FR_EUNAVAILABLE:
        return 2;
    case FR_EINPUT:
        return 3;
    case FR_EINTERRUPTED:
        return 130;
    default:
        return 4; /* FR_ENOMEM, FR_EIO */
    }
}

/* ---- what the user hears ---------------------------------------------------------------------------------------------- */

bool job_writes(const cli_job *job)
{
    (void)job;
    return fr_rank() == 0;
}

int job_agree(cli_job *job, int status)
{
    status = fr_ranks_agree(status);
    job->agreed = status != FR_OK;
    return status;
}

static void on_warning(void *context, const char *message)
{
    cli_job *job = context;
    summary_warning(&job->summary, message);
    if (!job_writes(job) || job->progress.quiet) return;
    progress_clear(&job->progress);
    fprintf(stderr, "frugal: warning: %s\n", message);
}

static void on_progress(void *context, const char *phase, int64_t done, int64_t total)
{
    cli_job *job = context;
    if (job_writes(job)) progress_show(&job->progress, phase, done, total);
}

static void say(cli_job *job, const char *format, va_list arguments)
{
    if (!job_writes(job) || job->progress.quiet) return;
    progress_clear(&job->progress);
    vfprintf(stderr, format, arguments);
    putc('\n', stderr);
}

void job_say(cli_job *job, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(job, format, arguments);
    va_end(arguments);
}

void job_say_more(cli_job *job, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (options_flag(&job->options, "verbose")) say(job, format, arguments);
    va_end(arguments);
}

/* ---- the summary ------------------------------------------------------------------------------------------------------- */

static bool resumes(const cli_job *job)
{
    return options_flag(&job->options, "resume") && job->command->resumes != NULL &&
           job->command->resumes(&job->options);
}

int job_input(cli_job *job, const char *path)
{
    if (path == NULL) return FR_OK;
    if (resumes(job) && summary_is_pipe(path))
        return fr_fail(FR_EUSAGE, "%s is a pipe: --resume cannot tell whether it gives the same as before",
                       path);
    if (job_writes(job)) return summary_input(&job->summary, path);
    if (access(path, R_OK) == 0) return FR_OK;
    return fr_fail(FR_EINPUT, "cannot read %s: %s", path, strerror(errno));
}

void job_phase(cli_job *job, const char *name)
{
    double now = fr_clock(), seconds = now - job->phase_start;
    job->phase_start = now;
    summary_number(&job->summary, job->summary.timings, name, (double)(int64_t)(seconds * 1e6 + 0.5) / 1e6);
    job_say_more(job, "%s: %.3f s", name, seconds);
}

void job_metric(cli_job *job, const char *name, double value)
{
    summary_number(&job->summary, job->summary.metrics, name, value);
}

void job_metric_count(cli_job *job, const char *name, int64_t value)
{
    summary_count(&job->summary, job->summary.metrics, name, value);
}

void job_setting(cli_job *job, const char *name, double value)
{
    summary_number(&job->summary, job->summary.settings, name, value);
}

static int write_summary(cli_job *job, const char *status)
{
    char *text;
    int64_t seed = options_integer(&job->options, "seed", 1);
    int outcome = summary_text(&job->summary, job->command_line, status, seed, &text);
    const char *path = outcome == FR_OK ? job_file(job, "summary.json") : NULL;
    if (outcome == FR_OK)
        outcome = path == NULL ? FR_ENOMEM : fr_file_write(path, text, (int64_t)strlen(text));
    free(text);
    return outcome;
}

static int print_summary(cli_job *job, const char *status)
{
    char *text;
    int64_t seed = options_integer(&job->options, "seed", 1);
    int outcome = summary_text(&job->summary, job->command_line, status, seed, &text);
    if (outcome == FR_OK) fputs(text, stdout);
    free(text);
    return outcome;
}

/* ---- the output folder --------------------------------------------------------------------------------------------------- */

const char *job_file(cli_job *job, const char *name)
{
    return fr_output_file(&job->output, name);
}

/* A default folder, which nobody has named, gets the folder above it made. */
static int make_above(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return FR_OK;
    char *above = strndup(path, (size_t)(slash - path));
    if (above == NULL) return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = FR_OK;
    if (mkdir(above, 0777) != 0 && errno != EEXIST)
        status = fr_fail(FR_EIO, "cannot make the folder %s: %s", above, strerror(errno));
    free(above);
    return status;
}

/* --resume where nothing is kept to go on from must not write into what another run has left. */
static int check_resume(const cli_job *job, const char *path)
{
    char *partial;
    if (!options_flag(&job->options, "resume") || resumes(job)) return FR_OK;
    if (asprintf(&partial, "%s.partial", path) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = FR_OK;
    if (access(partial, F_OK) == 0)
        status =
            fr_fail(FR_EUSAGE,
                    "%s is left from a run of another kind, which this one cannot go on with; choose another "
                    "name or start over with --force alone",
                    partial);
    free(partial);
    return status;
}

int job_begin_output(cli_job *job)
{
    const char *path = options_text(&job->options, "output");
    bool named = options_given(&job->options, "output");
    int status = FR_OK;
    if (fr_rank() == 0) {
        status = named ? check_resume(job, path) : make_above(path);
        if (status == FR_OK)
            status = fr_output_begin(path, options_flag(&job->options, "force") || !named, resumes(job),
                                     &job->output);
    }
    return fr_ranks_broadcast(status, NULL, 0);
}

int job_journal(cli_job *job)
{
    char key[65] = "", name[64];
    const char *path = "";
    int status = FR_OK;
    command_name(job->command, " ", name, sizeof name);
    if (fr_rank() == 0) {
        status = summary_key(&job->summary, &job->options, name, key);
        path = status == FR_OK ? job_file(job, journal_name) : "";
        if (path == NULL) status = FR_ENOMEM;
    }
    status = fr_ranks_broadcast(status, NULL, 0);
    if (status == FR_OK) status = fr_journal_open(path, key, resumes(job), &job->journal);
    job->keep = job->keep || status == FR_OK;
    return status;
}

static void close_journal(cli_job *job)
{
    fr_journal_close(job->journal);
    job->journal = NULL;
}

static int remove_journal(cli_job *job)
{
    const char *path = job_file(job, journal_name);
    if (path == NULL) return FR_ENOMEM;
    if (unlink(path) == 0 || errno == ENOENT) return FR_OK;
    return fr_fail(FR_EIO, "cannot remove %s: %s", path, strerror(errno));
}

/* Summary, figures with the report (which reads the summary), the summary again with its last timings and warnings. The
 * journal goes last: until then a killed run can be resumed. */
static int finish_folder(cli_job *job, const char *outcome)
{
    close_journal(job);
    int status = write_summary(job, outcome);
    if (status == FR_OK && job->command->draw != NULL && !options_flag(&job->options, "no-figures")) {
        status = job->command->draw(job, job->output.partial);
        job_phase(job, "figures");
    }
    if (status == FR_OK) status = write_summary(job, outcome);
    if (status == FR_OK) status = remove_journal(job);
    if (status == FR_OK) status = fr_output_commit(&job->output);
    return status;
}

/* After a failure or Ctrl-C: what an interrupted run has finished is kept, everything else goes. */
static void give_up(cli_job *job, int status)
{
    bool resumed = resumes(job);
    bool journal = job->command->resumes != NULL && job->command->resumes(&job->options);
    bool keep = job->keep && (status == FR_EINTERRUPTED || status == FR_EIO || status == FR_ENOMEM);
    close_journal(job);
    if (status == FR_EINTERRUPTED && keep) (void)write_summary(job, "interrupted");
    if (job->output.partial == NULL) return;
    if (keep)
        fprintf(stderr, "frugal: what was finished is kept in %s%s\n", job->output.partial,
                journal ? "; the same command with --resume goes on from there" : "");
    fr_output_abandon(&job->output, keep || resumed);
}

static void tell_failure(cli_job *job, int status)
{
    char name[64];
    progress_clear(&job->progress);
    command_name(job->command, " ", name, sizeof name);
    if (status == FR_EINTERRUPTED)
        fputs("frugal: interrupted\n", stderr);
    else
        fprintf(stderr, "frugal: %s\n", fr_last_error());
    if (status == FR_EUSAGE) fprintf(stderr, "Try: %s --help\n", name);
}

/* Rank 0 at the end of the work: everything written, or one sentence about why not. */
static int close_job(cli_job *job, int status)
{
    const char *outcome = job->not_converged ? "not_converged" : job->differs ? "differs" : "done";
    if (status == FR_OK && job->output.partial != NULL) status = finish_folder(job, outcome);
    if (status == FR_OK && options_flag(&job->options, "json")) status = print_summary(job, outcome);
    if (status != FR_OK) {
        tell_failure(job, status);
        give_up(job, status);
        return exit_code(status);
    }
    progress_clear(&job->progress);
    if (job->output.path != NULL) job_say(job, "wrote %s", job->output.path);
    if (job->tell_report && !options_flag(&job->options, "json"))
        printf("%s%s\n", job->output.path, options_flag(&job->options, "no-figures") ? "" : "/report.html");
    return job->not_converged || job->differs ? 1 : 0;
}

/* ---- from argv to the exit code --------------------------------------------------------------------------------------------- */

static bool is_plain(const char *word)
{
    return *word != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "_-./,:=+@%")] == '\0';
}

/* The command as it can be pasted into a shell. */
static char *quote_command(const cli_command *command, int argc, const char *const *argv)
{
    char *text = NULL, name[64];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    command_name(command, " ", name, sizeof name);
    fputs(name, out);
    for (int k = 1; k < argc; k++) {
        putc(' ', out);
        if (is_plain(argv[k])) {
            fputs(argv[k], out);
            continue;
        }
        putc('\'', out);
        for (const char *c = argv[k]; *c != '\0'; c++)
            fputs(*c == '\'' ? "'\\''" : (char[]){*c, '\0'}, out);
        putc('\'', out);
    }
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static int check_arguments(const cli_command *command, const cli_options *parsed)
{
    const char *names = command->arguments;
    int64_t most = 0, least = 0;
    for (const char *name = names; name != NULL && *name != '\0'; name += strspn(name, " ")) {
        most++;
        least += *name != '[';
        name += strcspn(name, " ");
        if (name[-1] == '.') most = INT64_MAX; /* "FILE..." */
    }
    if (parsed->n_arguments >= least && parsed->n_arguments <= most) return FR_OK;
    if (most == 0)
        return fr_fail(FR_EUSAGE, "'%s' is no option; options begin with --", parsed->arguments[0]);
    return fr_fail(FR_EUSAGE, "give %s%s, found %lld", most == 1 && least == 1 ? "one " : "", names,
                   (long long)parsed->n_arguments);
}

/* --help and --version end here. */
static bool tell_about(const cli_job *job)
{
    bool help = options_flag(&job->options, "help"), version = options_flag(&job->options, "version");
    if (fr_rank() == 0 && help)
        help_command(stdout, job->command);
    else if (fr_rank() == 0 && version)
        puts("frugal " FRUGAL_VERSION);
    return help || version;
}

static int work(cli_job *job, int argc, const char *const *argv)
{
    int status = check_arguments(job->command, &job->options);
    if (status != FR_OK) return status;
    job->phase_start = fr_clock();
    progress_init(&job->progress, options_flag(&job->options, "quiet"));
    job->command_line = quote_command(job->command, argc, argv);
    status = job->command_line == NULL ? fr_fail(FR_ENOMEM, "out of memory for the command line")
                                       : summary_init(&job->summary, &job->options);
    if (status != FR_OK) return status;
    fr_threads_set((int)options_integer(&job->options, "threads", 0));
    job_setting(job, "threads", fr_threads());
    fr_observe(&(fr_observer){.context = job, .warn = on_warning, .progress = on_progress});
    if (job->command->writes_folder) status = job_begin_output(job);
    if (status != FR_OK) return status;
    job->agreed = false;
    return job->command->run(job);
}

/* A rank that fails alone must not leave the others waiting for its part. Rank 0, where it fails in the same way, first
 * removes what is unfinished; the others give it time for that. */
static void end_other_ranks(int code)
{
    if (fr_rank() != 0) sleep(5);
    fr_ranks_abort(code);
}

int job_main(const cli_command *command, int argc, const char *const *argv)
{
    cli_job job = {.command = command, .agreed = true};
    int code = 0, status = options_parse(argc, argv, command->groups, &job.options);
    if (status == FR_OK && tell_about(&job)) goto done;
    if (status == FR_OK) status = work(&job, argc, argv);
    if (fr_rank() == 0)
        code = close_job(&job, status);
    else
        code = exit_code(status);
    if (code != 0 && !job.not_converged && !job.differs && !job.agreed && fr_ranks() > 1)
        end_other_ranks(code);
done:
    fr_observe(NULL);
    close_journal(&job);
    summary_free(&job.summary);
    fr_output_free(&job.output);
    options_free(&job.options);
    free(job.command_line);
    return code;
}
