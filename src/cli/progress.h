/* How far the work is, for people: a bar on a terminal, otherwise a line every ten seconds. */
#ifndef FRUGAL_CLI_PROGRESS_H
#define FRUGAL_CLI_PROGRESS_H

#include <frugal/core.h>

typedef struct cli_progress {
    bool quiet, terminal;
    bool drawn; /* a bar stands on the current line */
    char phase[48];
    double phase_start; /* fr_clock of the phase's first call, and the steps done by then */
    int64_t first;
    double last; /* fr_clock of the last line */
} cli_progress;

void progress_init(cli_progress *progress, bool quiet);
void progress_show(cli_progress *progress, const char *phase, int64_t done, int64_t total);
/* Takes the bar away, so that something else can be said. */
void progress_clear(cli_progress *progress);

#endif
