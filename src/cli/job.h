/* One run of a command: its options, its output folder, its summary, what it tells the user on the way. */
#ifndef FRUGAL_CLI_JOB_H
#define FRUGAL_CLI_JOB_H

#include "command.h"
#include "progress.h"
#include "summary.h"

#include <frugal/core.h>
#include <frugal/data.h>

struct cli_job {
    const cli_command *command;
    cli_options options;
    char *command_line;
    cli_summary summary;
    cli_progress progress;
    fr_output output;    /* rank 0 only */
    fr_journal *journal; /* NULL until job_journal */
    bool keep;           /* the unfinished folder holds something worth keeping */
    bool not_converged;  /* the result is written, and the exit code says so */
    bool differs;        /* the same, for a result that is not what it was expected to be */
    bool tell_report;    /* print the path of the report at the end */
    bool agreed;         /* all ranks know the status with which the work ended */
    double phase_start;
};

/* Parses argv[1..] by the command's tables and does all of it; returns the program's exit code. */
int job_main(const cli_command *command, int argc, const char *const *argv);

/* The same status on all ranks: that of the lowest one that failed. To be called by all before work that they share. */
int job_agree(cli_job *job, int status);
/* Only rank 0 reads checksums and writes results. */
bool job_writes(const cli_job *job);
/* Notes an input file and its checksum in the summary; FR_EINPUT if it cannot be read. NULL is fine: no such input. */
int job_input(cli_job *job, const char *path);
/* Makes the unfinished folder of --output, for commands that do not always write one; the others have it from the start. */
int job_begin_output(cli_job *job);
/* Path of a file in the output folder, valid until the end; NULL on failure. Rank 0 only. */
const char *job_file(cli_job *job, const char *name);
/* Ends a phase: its seconds go to the timings. */
void job_phase(cli_job *job, const char *name);
/* Opens job->journal in the unfinished folder, so that --resume can go on from there. To be called when all inputs are noted. */
int job_journal(cli_job *job);
/* Says something on standard error: unless --quiet / with --verbose only. */
void job_say(cli_job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
void job_say_more(cli_job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One more member of the summary's metrics / the resolved value of a setting. */
void job_metric(cli_job *job, const char *name, double value);
void job_metric_count(cli_job *job, const char *name, int64_t value);
void job_setting(cli_job *job, const char *name, double value);

/* Exit code of a status: 0 done, 1 not converged, 2 usage, 3 input, 4 memory or disk, 130 interrupted. */
int exit_code(int status);

#endif
