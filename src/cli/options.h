/* Options of a command as rows of a table: parsing, range checks, --help, man pages, completion and the settings of
 * summary.json all come from it. */
#ifndef FRUGAL_CLI_OPTIONS_H
#define FRUGAL_CLI_OPTIONS_H

#include <frugal/core.h>

typedef enum {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_PATH, /* of a file or folder */
    OPTION_NUMBER,
    OPTION_INTEGER,
    OPTION_NUMBERS, /* a,b,c */
    OPTION_CHOICE
} option_type;

typedef enum {
    RANGE_ANY,
    RANGE_POSITIVE,
    RANGE_FROM_ZERO,
    RANGE_CLOSED, /* low <= x <= high */
    RANGE_BELOW,  /* low <= x < high */
    RANGE_ABOVE,  /* low < x <= high */
    RANGE_OPEN    /* low < x < high */
} option_range;

/* One row. An option without `name` ends a table. */
typedef struct {
    const char *name;  /* long name, without the dashes */
    char letter;       /* one-letter form; '\0': none */
    const char *alias; /* a second long name; NULL: none */
    option_type type;
    const char *value;    /* stands for the value in help, such as FILE; for OPTION_CHOICE the words: a|b|c */
    const char *fallback; /* the default as a user would type it; NULL: none */
    option_range range;
    double low, high;
    const char *unit; /* may follow the number, such as km */
    bool required;
    const char *help; /* a sentence without capital letter and full stop */
} cli_option;

typedef struct {
    const char *title;
    const cli_option *options;
    bool cosmetic; /* the results do not depend on these */
} option_group;

typedef struct {
    const cli_option *option;
    const option_group *group;
    bool given;      /* on the command line */
    char *text;      /* as given, or the default; NULL: neither */
    double number;   /* OPTION_NUMBER and OPTION_INTEGER */
    int64_t integer; /* OPTION_INTEGER; the index of the word for OPTION_CHOICE; 1 for a flag that is set */
    double *numbers; /* OPTION_NUMBERS */
    int64_t n_numbers;
} option_value;

typedef struct {
    int64_t n;
    option_value *values;
    int64_t n_arguments; /* what is no option */
    char **arguments;
} cli_options;

/* Parses argv[1..argc-1] by the tables (NULL-terminated list of groups). With an option named "help" or "version" among
 * them, required ones are not missed. FR_EUSAGE with a sentence that names the option, the range and what was found. */
int options_parse(int argc, const char *const *argv, const option_group *const *groups, cli_options *out);
void options_free(cli_options *parsed);

/* Values by name. An option that the command does not have reads as not given. */
bool options_flag(const cli_options *parsed, const char *name);
bool options_given(const cli_options *parsed, const char *name);
const char *options_text(const cli_options *parsed, const char *name); /* NULL: none */
double options_number(const cli_options *parsed, const char *name,
                      double none); /* `none` where there is no value */
int64_t options_integer(const cli_options *parsed, const char *name, int64_t none);
const option_value *options_find(const cli_options *parsed, const char *name);

/* Puts `text` in as if it had been the value on the command line; FR_EUSAGE if it is out of range. */
int option_value_set(option_value *value, const char *text);
/* The range in words, such as "a number from 0 to 0.5"; "" for texts. */
void option_range_text(const cli_option *option, char *text, size_t size);

/* The candidate nearest to `word` (Damerau-Levenshtein distance), if it is near enough to be a slip; otherwise NULL. */
const char *suggest(const char *word, const char *const *candidates, int64_t n);

#endif
