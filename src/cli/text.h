/* Running text for a terminal. */
#ifndef FRUGAL_CLI_TEXT_H
#define FRUGAL_CLI_TEXT_H

#include "options.h"

#include <stdio.h>

/* `text` broken at blanks into lines of at most 80 columns, each after `indent` blanks; the first line has them already if
 * `column` is `indent`. "\n\n" ends a paragraph. */
void text_wrap(FILE *out, const char *text, int indent, int column);
/* The ending of a noun after a number: "" for 1, otherwise `many`, such as "s". */
const char *plural(int64_t n, const char *many);
/* "--lambda X" with the letter before it if there is one. */
void option_heading(const cli_option *option, char *text, size_t size);
/* Help, range and default as one text. */
void option_help(const cli_option *option, char *text, size_t size);

#endif
