/* What a command is: a row of its method's table of verbs, with the options it takes and the function that does it. */
#ifndef FRUGAL_CLI_COMMAND_H
#define FRUGAL_CLI_COMMAND_H

#include "options.h"

#include <stdio.h>

typedef struct cli_job cli_job;

typedef struct {
    const char *name, *purpose;
    const char *description; /* paragraphs separated by an empty line */
} cli_method;

typedef struct {
    const char *method; /* NULL: the command is one word, such as `frugal info` */
    const char *verb;
    const char *purpose;     /* one line, without full stop */
    const char *description; /* paragraphs separated by an empty line */
    const char *example;
    /* names of the positional ones, such as "GRAPH OUT"; "[NAME]" may be missing, "NAME..." is one or more; NULL: none */
    const char *arguments;
    const option_group *const *groups;             /* NULL-terminated */
    bool writes_folder;                            /* makes a result folder */
    bool (*resumes)(const cli_options *parsed);    /* does this run keep a journal? NULL: never */
    int (*run)(cli_job *job);                      /* an fr_status */
    int (*draw)(cli_job *job, const char *folder); /* figures and report of the finished tables; NULL: none */
} cli_command;

extern const cli_method methods[];          /* ends with an empty name */
extern const cli_command *const commands[]; /* NULL-terminated, the verbs of a method side by side */

const cli_method *method_find(const char *name);
/* `method` NULL: a command of one word. */
const cli_command *command_find(const char *method_name, const char *verb);
/* "frugal feems fit" */
void command_name(const cli_command *command, const char *separator, char *text, size_t size);

/* Options that every command takes, and those of every command that makes a result folder. */
extern const option_group general_options, output_options;
extern const option_group resume_options; /* of commands that keep a journal */

/* Help pages: of the program, of a method, of a command. */
void help_program(FILE *out);
void help_method(FILE *out, const cli_method *method);
void help_command(FILE *out, const cli_command *command);

/* Man pages are named frugal, frugal-feems, frugal-feems-fit (the leading "frugal-" may be left out). */
int man_page(FILE *out, const char *name);
/* One page name a line. */
void man_list(FILE *out);
/* The script that makes bash complete methods, verbs, options and words of choice options. */
void bash_completion(FILE *out);

#endif
