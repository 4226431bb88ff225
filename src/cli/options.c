/* A command line to option values: popt splits it into options and arguments, the tables say what is allowed. */
#include "options.h"

#include <popt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- values by name ----------------------------------------------------------------------------------------------- */

const option_value *options_find(const cli_options *parsed, const char *name)
{
    for (int64_t k = 0; k < parsed->n; k++)
        if (strcmp(parsed->values[k].option->name, name) == 0) return &parsed->values[k];
    return NULL;
}

bool options_flag(const cli_options *parsed, const char *name)
{
    const option_value *value = options_find(parsed, name);
    return value != NULL && value->integer != 0;
}

bool options_given(const cli_options *parsed, const char *name)
{
    const option_value *value = options_find(parsed, name);
    return value != NULL && value->given;
}

const char *options_text(const cli_options *parsed, const char *name)
{
    const option_value *value = options_find(parsed, name);
    return value != NULL ? value->text : NULL;
}

double options_number(const cli_options *parsed, const char *name, double none)
{
    const option_value *value = options_find(parsed, name);
    return value != NULL && value->text != NULL ? value->number : none;
}

int64_t options_integer(const cli_options *parsed, const char *name, int64_t none)
{
    const option_value *value = options_find(parsed, name);
    return value != NULL && value->text != NULL ? value->integer : none;
}

/* ---- parsing ------------------------------------------------------------------------------------------------------ */

static int64_t count_options(const option_group *const *groups)
{
    int64_t n = 0;
    for (; *groups != NULL; groups++)
        for (const cli_option *row = (*groups)->options; row->name != NULL; row++)
            n++;
    return n;
}

/* One value per row of the tables, holding the default. */
static int fill_defaults(const option_group *const *groups, cli_options *out)
{
    out->values = fr_alloc(count_options(groups), sizeof *out->values);
    if (out->values == NULL) return FR_ENOMEM;
    for (; *groups != NULL; groups++)
        for (const cli_option *row = (*groups)->options; row->name != NULL; row++) {
            option_value *value = &out->values[out->n++];
            *value = (option_value){.option = row, .group = *groups};
            int status = row->fallback == NULL ? FR_OK : option_value_set(value, row->fallback);
            if (status != FR_OK) return status;
        }
    return FR_OK;
}

/* popt's table: row k + 1 is our value k; an alias is a second row for the same value. Ends with an empty row. */
static struct poptOption *make_table(const cli_options *parsed)
{
    struct poptOption *table = fr_alloc(2 * parsed->n + 1, sizeof *table);
    if (table == NULL) return NULL;
    struct poptOption *row = table;
    for (int64_t k = 0; k < parsed->n; k++) {
        const cli_option *option = parsed->values[k].option;
        unsigned int kind = option->type == OPTION_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
        *row++ = (struct poptOption){
            .longName = option->name, .shortName = option->letter, .argInfo = kind, .val = (int)k + 1};
        if (option->alias != NULL)
            *row++ = (struct poptOption){.longName = option->alias, .argInfo = kind, .val = (int)k + 1};
    }
    return table;
}

/* Adds the nearest name to the message about an unknown option. */
static int fail_unknown(const cli_options *parsed, const char *given)
{
    const char *word = given + strspn(given, "-");
    size_t length = strcspn(word, "=");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), word);
    const char **names = fr_alloc(2 * parsed->n, sizeof *names);
    if (names == NULL) return FR_ENOMEM;
    int64_t n = 0;
    for (int64_t k = 0; k < parsed->n; k++) {
        names[n++] = parsed->values[k].option->name;
        if (parsed->values[k].option->alias != NULL) names[n++] = parsed->values[k].option->alias;
    }
    const char *near = suggest(name, names, n);
    fr_free(names);
    return near != NULL ? fr_fail(FR_EUSAGE, "unknown option %s; did you mean --%s?", given, near)
                        : fr_fail(FR_EUSAGE, "unknown option %s", given);
}

static int fail_popt(const cli_options *parsed, poptContext context, int code)
{
    const char *given = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    if (given == NULL) given = "?";
    if (code == POPT_ERROR_BADOPT) return fail_unknown(parsed, given);
    if (code == POPT_ERROR_NOARG) return fr_fail(FR_EUSAGE, "option %s needs a value", given);
    if (code == POPT_ERROR_UNWANTEDARG) return fr_fail(FR_EUSAGE, "option %s takes no value", given);
    return fr_fail(FR_EUSAGE, "option %s: %s", given, poptStrerror(code));
}

static int take_options(poptContext context, cli_options *out)
{
    int code;
    while ((code = poptGetNextOpt(context)) > 0) {
        option_value *value = &out->values[code - 1];
        char *text = poptGetOptArg(context);
        int status = option_value_set(value, text != NULL ? text : "");
        value->given = true;
        free(text);
        if (status != FR_OK) return status;
    }
    return code < -1 ? fail_popt(out, context, code) : FR_OK;
}

static int take_arguments(poptContext context, cli_options *out)
{
    const char **found = poptGetArgs(context);
    int64_t n = 0;
    while (found != NULL && found[n] != NULL)
        n++;
    out->arguments = fr_alloc(n, sizeof *out->arguments);
    if (out->arguments == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < n; k++) {
        out->arguments[k] = fr_strdup(found[k]);
        if (out->arguments[k] == NULL) return FR_ENOMEM;
        out->n_arguments++;
    }
    return FR_OK;
}

static int check_required(const cli_options *parsed)
{
    if (options_flag(parsed, "help") || options_flag(parsed, "version")) return FR_OK;
    for (int64_t k = 0; k < parsed->n; k++) {
        const cli_option *option = parsed->values[k].option;
        if (option->required && parsed->values[k].text == NULL)
            return fr_fail(FR_EUSAGE, "--%s %s is missing: %s", option->name, option->value, option->help);
    }
    return FR_OK;
}

int options_parse(int argc, const char *const *argv, const option_group *const *groups, cli_options *out)
{
    *out = (cli_options){0};
    struct poptOption *table = NULL;
    poptContext context = NULL;
    int status = fill_defaults(groups, out);
    if (status != FR_OK) goto done;
    table = make_table(out);
    context = table == NULL ? NULL : poptGetContext(NULL, argc, (const char **)(uintptr_t)argv, table, 0);
    if (context == NULL) {
        status = fr_fail(FR_ENOMEM, "out of memory for the command line");
        goto done;
    }
    status = take_options(context, out);
    if (status == FR_OK) status = take_arguments(context, out);
    if (status == FR_OK) status = check_required(out);
done:
    if (context != NULL) poptFreeContext(context);
    fr_free(table);
    if (status != FR_OK) options_free(out);
    return status;
}

void options_free(cli_options *parsed)
{
    for (int64_t k = 0; k < parsed->n; k++) {
        fr_free(parsed->values[k].text);
        fr_free(parsed->values[k].numbers);
    }
    for (int64_t k = 0; k < parsed->n_arguments; k++)
        fr_free(parsed->arguments[k]);
    fr_free(parsed->values);
    fr_free(parsed->arguments);
    *parsed = (cli_options){0};
}
