/* The bar with the time left, redrawn in place; the time is that which the phase took so far, carried forward. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { bar_width = 30 };
static const double seconds_between_lines = 10, seconds_before_bar = 0.3;

void progress_init(cli_progress *progress, bool quiet)
{
    *progress = (struct cli_progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO) == 1};
}

void progress_clear(cli_progress *progress)
{
    if (progress->drawn) fputs("\r\033[K", stderr);
    progress->drawn = false;
}

/* "about 2 min 05 s left", from the speed of this phase so far; "" while that says nothing. */
static void time_left(const cli_progress *progress, int64_t done, int64_t total, char *text, size_t size)
{
    double elapsed = fr_clock() - progress->phase_start;
    int64_t advanced = done - progress->first;
    *text = '\0';
    if (total <= 0 || advanced <= 0 || elapsed < 1 || done >= total) return;
    double left = elapsed * (double)(total - done) / (double)advanced;
    int64_t seconds = left < 1e9 ? (int64_t)(left + 0.5) : 1000000000;
    if (seconds >= 3600)
        snprintf(text, size, ", about %lld h %02lld min left", (long long)(seconds / 3600),
                 (long long)(seconds / 60 % 60));
    else if (seconds >= 60)
        snprintf(text, size, ", about %lld min %02lld s left", (long long)(seconds / 60),
                 (long long)(seconds % 60));
    else
        snprintf(text, size, ", about %lld s left", (long long)seconds);
}

static void show_bar(cli_progress *progress, int64_t done, int64_t total)
{
    char left[64], bar[bar_width + 1];
    time_left(progress, done, total, left, sizeof left);
    if (total > 0) {
        int64_t filled = (int64_t)((double)bar_width * (double)done / (double)total);
        for (int64_t k = 0; k < bar_width; k++)
            bar[k] = k < filled ? '#' : '.';
        bar[bar_width] = '\0';
        fprintf(stderr, "\r\033[K%s [%s] %lld/%lld%s", progress->phase, bar, (long long)done,
                (long long)total, left);
    } else {
        fprintf(stderr, "\r\033[K%s: %lld steps", progress->phase, (long long)done);
    }
    fflush(stderr);
    progress->drawn = true;
}

static void show_line(const cli_progress *progress, int64_t done, int64_t total)
{
    char left[64];
    time_left(progress, done, total, left, sizeof left);
    if (total > 0)
        fprintf(stderr, "%s: %lld of %lld (%.0f %%)%s\n", progress->phase, (long long)done, (long long)total,
                100 * (double)done / (double)total, left);
    else
        fprintf(stderr, "%s: %lld steps\n", progress->phase, (long long)done);
}

void progress_show(cli_progress *progress, const char *phase, int64_t done, int64_t total)
{
    if (progress->quiet) return;
    double now = fr_clock();
    if (strncmp(progress->phase, phase, sizeof progress->phase - 1) != 0) {
        progress_clear(progress);
        snprintf(progress->phase, sizeof progress->phase, "%s", phase);
        progress->phase_start = progress->last = now;
        progress->first = done;
    }
    if (progress->terminal) {
        /* what is over at once needs no bar */
        if (now - progress->phase_start >= seconds_before_bar) show_bar(progress, done, total);
    } else if (now - progress->last >= seconds_between_lines) {
        progress->last = now;
        show_line(progress, done, total);
    }
}
