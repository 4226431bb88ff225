/* Gathers the members of summary.json and writes them as JSON, numbers with the fewest digits that read back the same. */
#include "summary.h"

#include <data/number.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void summary_set(cli_summary *summary, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0) summary->failed = true;
}

void summary_number(cli_summary *summary, json_t *object, const char *name, double value)
{
    summary_set(summary, object, name, isfinite(value) ? json_real(value) : json_null());
}

void summary_count(cli_summary *summary, json_t *object, const char *name, int64_t value)
{
    summary_set(summary, object, name, json_integer(value));
}

void summary_warning(cli_summary *summary, const char *message)
{
    json_t *text = json_string(message);
    if (text == NULL) text = json_string("a warning that is not UTF-8 text");
    if (json_array_append_new(summary->warnings, text) != 0) summary->failed = true;
}

/* Text that need not be UTF-8, such as a path, as JSON; other bytes become '?'. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) return value;
    char *copy = fr_strdup(text);
    if (copy == NULL) return NULL;
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    value = json_string(copy);
    fr_free(copy);
    return value;
}

static json_t *option_json(const option_value *value)
{
    json_t *list;
    if (value->option->type == OPTION_FLAG) return json_boolean(value->integer != 0);
    if (value->text == NULL) return json_null();
    switch (value->option->type) {
    case OPTION_NUMBER:
        return json_real(value->number);
    case OPTION_INTEGER:
        return json_integer(value->integer);
    case OPTION_NUMBERS:
        list = json_array();
        for (int64_t k = 0; k < value->n_numbers; k++)
            json_array_append_new(list, json_real(value->numbers[k]));
        return list;
    case OPTION_TEXT:
    case OPTION_PATH:
    case OPTION_CHOICE:
    case OPTION_FLAG:
        break;
    }
    return text_value(value->text);
}

static json_t *arguments_json(const cli_options *parsed)
{
    json_t *list = json_array();
    for (int64_t k = 0; k < parsed->n_arguments; k++)
        json_array_append_new(list, text_value(parsed->arguments[k]));
    return list;
}

/* s2-mode -> s2_mode */
static void member_name(const cli_option *option, char *name, size_t size)
{
    snprintf(name, size, "%s", option->name);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '-') *c = '_';
}

int summary_init(cli_summary *summary, const cli_options *parsed)
{
    summary->failed = false;
    summary->settings = json_object();
    summary->inputs = json_object();
    summary->metrics = json_object();
    summary->timings = json_object();
    summary->warnings = json_array();
    for (int64_t k = 0; k < parsed->n; k++) {
        const option_value *value = &parsed->values[k];
        char name[64];
        if (strcmp(value->option->name, "help") == 0 || strcmp(value->option->name, "version") == 0) continue;
        member_name(value->option, name, sizeof name);
        summary_set(summary, summary->settings, name, option_json(value));
    }
    if (parsed->n_arguments == 1)
        summary_set(summary, summary->settings, "argument", text_value(parsed->arguments[0]));
    if (parsed->n_arguments > 1) summary_set(summary, summary->settings, "arguments", arguments_json(parsed));
    if (summary->warnings == NULL || summary->timings == NULL || summary->failed) {
        summary_free(summary);
        return fr_fail(FR_ENOMEM, "out of memory for the summary");
    }
    return FR_OK;
}

void summary_leave_out(cli_summary *summary, const cli_option *option)
{
    char name[64];
    member_name(option, name, sizeof name);
    json_object_del(summary->settings, name);
}

void summary_free(cli_summary *summary)
{
    json_decref(summary->settings);
    json_decref(summary->inputs);
    json_decref(summary->metrics);
    json_decref(summary->timings);
    json_decref(summary->warnings);
    *summary = (struct cli_summary){0};
}

static void input_add(cli_summary *summary, const char *path, json_t *entry)
{
    json_t *name = text_value(path);
    if (name != NULL)
        summary_set(summary, summary->inputs, json_string_value(name), entry);
    else
        json_decref(entry), summary->failed = true;
    json_decref(name);
}

bool summary_is_pipe(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode));
}

int summary_input(cli_summary *summary, const char *path)
{
    char hex[65];
    int64_t bytes;
    if (access(path, R_OK) != 0) return fr_fail(FR_EINPUT, "cannot read %s: %s", path, strerror(errno));
    if (summary_is_pipe(path)) { /* it can be read once, by who needs it */
        input_add(summary, path, json_pack("{s:b}", "pipe", 1));
        return FR_OK;
    }
    int status = fr_sha256_file(path, hex, &bytes);
    if (status != FR_OK) return status == FR_EIO ? FR_EINPUT : status;
    summary_input_entry(summary, path, bytes, "sha256", hex);
    return FR_OK;
}

void summary_input_entry(cli_summary *summary, const char *path, int64_t bytes, const char *kind,
                         const char *hex)
{
    input_add(summary, path, json_pack("{s:I, s:s}", "bytes", (json_int_t)bytes, kind, hex));
}

int summary_key(const cli_summary *summary, const cli_options *parsed, const char *command, char key[65])
{
    json_t *list = json_array(), *input;
    const char *path;
    json_array_append_new(list, json_string(FRUGAL_VERSION));
    json_array_append_new(list, json_string(command));
    for (int64_t k = 0; k < parsed->n; k++) {
        const option_value *value = &parsed->values[k];
        bool shapes = !value->group->cosmetic || strcmp(value->option->name, "seed") == 0;
        /* the contents of files count, not where they lie; text options name no file */
        if (!shapes || value->option->type == OPTION_PATH) continue;
        json_array_append_new(list, json_string(value->option->name));
        json_array_append_new(list, option_json(value));
    }
    json_object_foreach(summary->inputs, path, input) json_array_append(list, input);
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    if (text == NULL) return fr_fail(FR_ENOMEM, "out of memory for the settings");
    fr_sha256(text, strlen(text), key);
    free(text);
    return FR_OK;
}

/* jansson writes a double with 17 digits: rewrites each with the fewest that read back as the same. */
static int shorten_numbers(const char *json, char **text)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    if (out == NULL) return fr_fail(FR_ENOMEM, "out of memory for the summary");
    bool quoted = false;
    for (const char *c = json; *c != '\0';) {
        size_t length = quoted ? 0 : strspn(c, "+-.eE0123456789");
        double value;
        char number[FR_NUMBER_ROOM];
        if (length > 0 && strcspn(c, ".eE") < length && fr_number_f64(c, (int64_t)length, &value)) {
            fr_number_format(value, number);
            fputs(number, out);
            c += length;
        } else if (length > 0) {
            fwrite(c, 1, length, out);
            c += length;
        } else {
            if (*c == '"') quoted = !quoted;
            if (quoted && *c == '\\' && c[1] != '\0') putc(*c++, out);
            putc(*c++, out);
        }
    }
    putc('\n', out);
    if (fclose(out) == 0) return FR_OK;
    free(*text);
    *text = NULL;
    return fr_fail(FR_ENOMEM, "out of memory for the summary");
}

int summary_text(cli_summary *summary, const char *command_line, const char *status, int64_t seed,
                 char **text)
{
    *text = NULL;
    json_t *whole = json_pack(
        "{s:o, s:s, s:s, s:O, s:O, s:I, s:i, s:O, s:O, s:I, s:O}", "command", text_value(command_line),
        "version", FRUGAL_VERSION, "status", status, "settings", summary->settings, "inputs", summary->inputs,
        "seed", (json_int_t)seed, "threads", fr_threads(), "metrics", summary->metrics, "timings",
        summary->timings, "peak_memory_bytes", (json_int_t)fr_peak_memory(), "warnings", summary->warnings);
    char *json = whole == NULL ? NULL : json_dumps(whole, JSON_INDENT(2));
    json_decref(whole);
    int outcome = json == NULL || summary->failed ? fr_fail(FR_ENOMEM, "out of memory for the summary")
                                                  : shorten_numbers(json, text);
    free(json);
    return outcome;
}
