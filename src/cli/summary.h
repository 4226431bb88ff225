/* summary.json: what was run on what, and what came out. */
#ifndef FRUGAL_CLI_SUMMARY_H
#define FRUGAL_CLI_SUMMARY_H

#include "options.h"

#include <jansson.h>

typedef struct cli_summary {
    json_t *settings; /* every option with its resolved value */
    json_t *inputs;   /* path: {bytes, sha256} */
    json_t *metrics;
    json_t *timings; /* phase: seconds */
    json_t *warnings;
    bool failed; /* out of memory on the way; told by summary_text */
} cli_summary;

int summary_init(cli_summary *summary, const cli_options *parsed);
void summary_free(cli_summary *summary);

/* Adds a member to one of the objects above (replacing one of that name). A number that is not finite becomes null.
 * summary_set takes `value` over. */
void summary_set(cli_summary *summary, json_t *object, const char *name, json_t *value);
void summary_number(cli_summary *summary, json_t *object, const char *name, double value);
void summary_count(cli_summary *summary, json_t *object, const char *name, int64_t value);
void summary_warning(cli_summary *summary, const char *message);
/* Takes an option that has no part in this run out of the settings. */
void summary_leave_out(cli_summary *summary, const cli_option *option);
/* Checksum of a file under its path; a file that cannot be read is FR_EINPUT. A pipe is noted without one: reading it would leave
 * nothing for the method. */
int summary_input(cli_summary *summary, const char *path);
bool summary_is_pipe(const char *path);
/* The same with a checksum that is known already; `kind` names it. */
void summary_input_entry(cli_summary *summary, const char *path, int64_t bytes, const char *kind,
                         const char *hex);
/* Identifies the work: a checksum of the version, the settings that shape results, the seed and the contents of the inputs. */
int summary_key(const cli_summary *summary, const cli_options *parsed, const char *command, char key[65]);

/* The whole as JSON text, to be freed with free. `status`: "done", "not_converged", "differs" or "interrupted". */
int summary_text(cli_summary *summary, const char *command_line, const char *status, int64_t seed,
                 char **text);

#endif
