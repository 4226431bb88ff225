/* Man pages in roff, from the tables that parsing and --help use. */
#include "command.h"
#include "text.h"

#include <string.h>

/* Text with what roff would take as a request or an escape made harmless. */
static void put_text(FILE *out, const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c != '\0'; c++) {
        if (c[0] == '\n' && c[1] == '\n') {
            fputs("\n.PP\n", out);
            line_start = true;
            c++;
            continue;
        }
        if (line_start && (*c == '.' || *c == '\'')) fputs("\\&", out);
        if (*c == '\\')
            fputs("\\e", out);
        else if (*c == '-')
            fputs("\\-", out);
        else
            putc(*c, out);
        line_start = *c == '\n';
    }
    putc('\n', out);
}

static void put_title(FILE *out, const char *page, const char *purpose)
{
    fprintf(out, ".TH %s 1 \"\" \"frugal %s\" \"User commands\"\n.SH NAME\n", page, FRUGAL_VERSION);
    put_text(out, page);
    fputs("\\- ", out);
    put_text(out, purpose);
}

static void put_item(FILE *out, const char *heading, const char *text)
{
    fputs(".TP\n.B ", out);
    put_text(out, heading);
    put_text(out, text);
}

static void put_example(FILE *out, const char *example)
{
    fputs(".SH EXAMPLE\n.nf\n", out);
    put_text(out, example);
    fputs(".fi\n", out);
}

static void program_page(FILE *out)
{
    put_title(out, "frugal", "statistical methods that do more with less");
    fputs(".SH SYNOPSIS\n.B frugal\n.I METHOD VERB\n[OPTION]...\n.br\n.B frugal\n.I "
          "COMMAND\n[OPTION]...\n.SH METHODS\n",
          out);
    for (const cli_method *found = methods; found->name != NULL; found++)
        put_item(out, found->name, found->purpose);
    fputs(".SH COMMANDS\n", out);
    for (const cli_command *const *found = commands; *found != NULL; found++) {
        char name[64];
        command_name(*found, " ", name, sizeof name);
        put_item(out, name, (*found)->purpose);
    }
    fputs(".SH EXIT STATUS\n", out);
    put_item(out, "0", "done");
    put_item(out, "1", "the method did not converge; results are written and say so");
    put_item(out, "2", "bad usage");
    put_item(out, "3", "bad input");
    put_item(out, "4", "out of memory or disk");
    put_item(out, "130", "interrupted; partial results are kept where --resume can go on from them");
    put_example(out, "frugal demo -o demo");
}

static void method_page(FILE *out, const cli_method *method)
{
    char page[64], text[64];
    snprintf(page, sizeof page, "frugal-%s", method->name);
    put_title(out, page, method->purpose);
    fprintf(out, ".SH SYNOPSIS\n.B frugal %s\n.I VERB\n[OPTION]...\n.SH DESCRIPTION\n", method->name);
    put_text(out, method->description);
    fputs(".SH VERBS\n", out);
    for (const cli_command *const *found = commands; *found != NULL; found++)
        if ((*found)->method != NULL && strcmp((*found)->method, method->name) == 0) {
            command_name(*found, "-", text, sizeof text);
            size_t length = strlen(text);
            snprintf(text + length, sizeof text - length, "(1)");
            put_item(out, text, (*found)->purpose);
        }
}

static void command_page(FILE *out, const cli_command *command)
{
    char page[64], name[64];
    command_name(command, "-", page, sizeof page);
    command_name(command, " ", name, sizeof name);
    put_title(out, page, command->purpose);
    fprintf(out, ".SH SYNOPSIS\n.B %s\n", name);
    if (command->arguments != NULL) fprintf(out, ".I %s\n", command->arguments);
    fputs("[OPTION]...\n.SH DESCRIPTION\n", out);
    put_text(out, command->description);
    fputs(".SH OPTIONS\n", out);
    for (const option_group *const *group = command->groups; *group != NULL; group++) {
        fprintf(out, ".SS %s\n", (*group)->title);
        for (const cli_option *row = (*group)->options; row->name != NULL; row++) {
            char heading[160], help[800];
            option_heading(row, heading, sizeof heading);
            option_help(row, help, sizeof help);
            put_item(out, heading, help);
        }
    }
    put_example(out, command->example);
    fputs(".SH SEE ALSO\n.BR frugal (1)\n", out);
}

int man_page(FILE *out, const char *name)
{
    char page[64];
    if (strcmp(name, "frugal") == 0) {
        program_page(out);
        return FR_OK;
    }
    if (strncmp(name, "frugal-", 7) == 0) name += 7;
    for (const cli_method *found = methods; found->name != NULL; found++)
        if (strcmp(found->name, name) == 0) {
            method_page(out, found);
            return FR_OK;
        }
    for (const cli_command *const *found = commands; *found != NULL; found++) {
        command_name(*found, "-", page, sizeof page);
        if (strcmp(page + strlen("frugal-"), name) == 0) {
            command_page(out, *found);
            return FR_OK;
        }
    }
    return fr_fail(FR_EUSAGE, "there is no man page '%s'; --man list shows those there are", name);
}

void man_list(FILE *out)
{
    char page[64];
    fputs("frugal\n", out);
    for (const cli_method *found = methods; found->name != NULL; found++)
        fprintf(out, "frugal-%s\n", found->name);
    for (const cli_command *const *found = commands; *found != NULL; found++) {
        command_name(*found, "-", page, sizeof page);
        fprintf(out, "%s\n", page);
    }
}
