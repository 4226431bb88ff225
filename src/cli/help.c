/* Help on a terminal: of the program, of a method, of a command. */
#include "command.h"
#include "text.h"

#include <string.h>

enum { help_column = 28 };

/* "  name       what it does" */
static void put_row(FILE *out, const char *name, const char *purpose)
{
    int column = fprintf(out, "  %-16s ", name);
    text_wrap(out, purpose, 19, column);
}

void help_program(FILE *out)
{
    fputs("frugal " FRUGAL_VERSION ": statistical methods that do more with less\n\n"
          "Usage: frugal METHOD VERB [OPTION]...\n       frugal COMMAND [OPTION]...\n\nMethods:\n",
          out);
    for (const cli_method *found = methods; found->name != NULL; found++)
        put_row(out, found->name, found->purpose);
    fputs("\nCommands:\n", out);
    for (const cli_command *const *found = commands; *found != NULL; found++)
        if ((*found)->method == NULL) put_row(out, (*found)->verb, (*found)->purpose);
    fputs("\nHelp:\n"
          "  frugal METHOD --help        what the method is, and its verbs\n"
          "  frugal METHOD VERB --help   all options, with an example\n\n"
          "Example, a made-up data set from genotypes to map in under a minute:\n  frugal demo -o demo\n",
          out);
}

void help_method(FILE *out, const cli_method *method)
{
    const cli_command *first = NULL;
    fprintf(out, "frugal %s: %s\n\nUsage: frugal %s VERB [OPTION]...\n\n", method->name, method->purpose,
            method->name);
    text_wrap(out, method->description, 0, 0);
    fputs("\nVerbs:\n", out);
    for (const cli_command *const *found = commands; *found != NULL; found++) {
        if ((*found)->method == NULL || strcmp((*found)->method, method->name) != 0) continue;
        put_row(out, (*found)->verb, (*found)->purpose);
        if (first == NULL) first = *found;
    }
    fprintf(out, "\nAll options of a verb: frugal %s VERB --help\n", method->name);
    if (first != NULL) fprintf(out, "\nExample:\n  %s\n", first->example);
}

static void put_option(FILE *out, const cli_option *option)
{
    char heading[160], help[800];
    option_heading(option, heading, sizeof heading);
    option_help(option, help, sizeof help);
    int column = fprintf(out, option->letter != '\0' ? "  %s" : "      %s", heading);
    if (column >= help_column) {
        putc('\n', out);
        column = 0;
    }
    text_wrap(out, help, help_column, column);
}

void help_command(FILE *out, const cli_command *command)
{
    char name[64];
    command_name(command, " ", name, sizeof name);
    fprintf(out, "%s: %s\n\nUsage: %s %s%s[OPTION]...\n\n", name, command->purpose, name,
            command->arguments != NULL ? command->arguments : "", command->arguments != NULL ? " " : "");
    text_wrap(out, command->description, 0, 0);
    for (const option_group *const *group = command->groups; *group != NULL; group++) {
        fprintf(out, "\n%s:\n", (*group)->title);
        for (const cli_option *row = (*group)->options; row->name != NULL; row++)
            put_option(out, row);
    }
    fprintf(out,
            "\nExample:\n  %s\n\nExit codes: 0 done; 1 not converged (results are written); 2 bad usage; 3 "
            "bad input;\n"
            "4 out of memory or disk; 130 interrupted.\n",
            command->example);
}
