/* One option's text to its value, with the checks that its row of the table asks for. */
#include "options.h"

#include <data/number.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a|b|c -> one of a, b, c */
static void words_text(const char *words, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "one of ");
    for (; *words != '\0' && length + 3 < size; words++) {
        text[length++] = *words == '|' ? ',' : *words;
        if (*words == '|') text[length++] = ' ';
    }
    text[length] = '\0';
}

void option_range_text(const cli_option *option, char *text, size_t size)
{
    const char *what = option->type == OPTION_INTEGER   ? "a whole number"
                       : option->type == OPTION_NUMBERS ? "numbers"
                                                        : "a number";
    *text = '\0';
    if (option->type == OPTION_CHOICE) {
        words_text(option->value, text, size);
        return;
    }
    if (option->type != OPTION_NUMBER && option->type != OPTION_INTEGER && option->type != OPTION_NUMBERS)
        return;
    const char *unit = option->unit != NULL ? option->unit : "", *gap = option->unit != NULL ? " " : "";
    switch (option->range) {
    case RANGE_ANY:
        snprintf(text, size, "%s%s%s", what, gap, unit);
        break;
    case RANGE_POSITIVE:
        snprintf(text, size, "%s above 0%s%s", what, gap, unit);
        break;
    case RANGE_FROM_ZERO:
        snprintf(text, size, "%s not below 0%s%s", what, gap, unit);
        break;
    case RANGE_CLOSED:
        snprintf(text, size, "%s from %.10g to %.10g%s%s", what, option->low, option->high, gap, unit);
        break;
    case RANGE_BELOW:
        snprintf(text, size, "%s from %.10g, below %.10g%s%s", what, option->low, option->high, gap, unit);
        break;
    case RANGE_ABOVE:
        snprintf(text, size, "%s above %.10g, up to %.10g%s%s", what, option->low, option->high, gap, unit);
        break;
    case RANGE_OPEN:
        snprintf(text, size, "%s above %.10g, below %.10g%s%s", what, option->low, option->high, gap, unit);
        break;
    }
}

static bool in_range(const cli_option *option, double x)
{
    switch (option->range) {
    case RANGE_ANY:
        return true;
    case RANGE_POSITIVE:
        return x > 0;
    case RANGE_FROM_ZERO:
        return x >= 0;
    case RANGE_CLOSED:
        return x >= option->low && x <= option->high;
    case RANGE_BELOW:
        return x >= option->low && x < option->high;
    case RANGE_ABOVE:
        return x > option->low && x <= option->high;
    case RANGE_OPEN:
        return x > option->low && x < option->high;
    }
    return false;
}

static int refuse(const cli_option *option, const char *text)
{
    char range[160];
    option_range_text(option, range, sizeof range);
    return fr_fail(FR_EUSAGE, "--%s must be %s, found '%s'", option->name, range, text);
}

/* Length of the text without the unit that may follow the number. */
static int64_t without_unit(const cli_option *option, const char *text)
{
    size_t length = strlen(text), tail = option->unit != NULL ? strlen(option->unit) : 0;
    if (tail > 0 && length > tail && strcmp(text + length - tail, option->unit) == 0) {
        length -= tail;
        while (length > 0 && text[length - 1] == ' ')
            length--;
    }
    return (int64_t)length;
}

static int set_number(option_value *value, const char *text)
{
    const cli_option *option = value->option;
    int64_t length = without_unit(option, text);
    bool good = option->type == OPTION_INTEGER ? fr_number_i64(text, length, &value->integer)
                                               : fr_number_f64(text, length, &value->number);
    if (good && option->type == OPTION_INTEGER) value->number = (double)value->integer;
    return good && in_range(option, value->number) ? FR_OK : refuse(option, text);
}

static int set_numbers(option_value *value, const char *text)
{
    int64_t n = 1;
    for (const char *c = text; *c != '\0'; c++)
        n += *c == ',';
    double *numbers = fr_alloc(n, sizeof *numbers);
    if (numbers == NULL) return FR_ENOMEM;
    const char *start = text;
    for (int64_t k = 0; k < n; k++) {
        size_t length = strcspn(start, ",");
        if (!fr_number_f64(start, (int64_t)length, &numbers[k]) || !in_range(value->option, numbers[k])) {
            fr_free(numbers);
            return refuse(value->option, text);
        }
        start += length + 1;
    }
    fr_free(value->numbers);
    value->numbers = numbers;
    value->n_numbers = n;
    return FR_OK;
}

static int set_choice(option_value *value, const char *text)
{
    const char *word = value->option->value;
    for (int64_t index = 0;; index++) {
        size_t length = strcspn(word, "|");
        if (strlen(text) == length && strncmp(word, text, length) == 0) {
            value->integer = index;
            return FR_OK;
        }
        if (word[length] == '\0') return refuse(value->option, text);
        word += length + 1;
    }
}

static int set_text(option_value *value, const char *text)
{
    return *text != '\0' ? FR_OK
                         : fr_fail(FR_EUSAGE, "--%s needs a value that is not empty", value->option->name);
}

int option_value_set(option_value *value, const char *text)
{
    int status = FR_OK;
    switch (value->option->type) {
    case OPTION_FLAG:
        value->integer = 1;
        return FR_OK;
    case OPTION_TEXT:
    case OPTION_PATH:
        status = set_text(value, text);
        break;
    case OPTION_NUMBER:
    case OPTION_INTEGER:
        status = set_number(value, text);
        break;
    case OPTION_NUMBERS:
        status = set_numbers(value, text);
        break;
    case OPTION_CHOICE:
        status = set_choice(value, text);
        break;
    }
    if (status != FR_OK) return status;
    char *copy = fr_strdup(text);
    if (copy == NULL) return FR_ENOMEM;
    fr_free(value->text);
    value->text = copy;
    return FR_OK;
}
