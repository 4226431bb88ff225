/* Line breaking, and the words in which help, man pages and completion describe an option. */
#include "text.h"

#include <string.h>

enum { page_width = 80 };

/* Columns of UTF-8 text. */
static int columns_of(const char *text, size_t length)
{
    int n = 0;
    for (size_t k = 0; k < length; k++)
        n += ((unsigned char)text[k] & 0xC0) != 0x80;
    return n;
}

void text_wrap(FILE *out, const char *text, int indent, int column)
{
    bool fresh = true; /* nothing on this line yet */
    for (const char *word = text; *word != '\0';) {
        if (word[0] == '\n' && word[1] == '\n') {
            fputs("\n\n", out);
            column = 0;
            fresh = true;
        }
        word += strspn(word, " \n");
        size_t length = strcspn(word, " \n");
        if (length == 0) break;
        int width = columns_of(word, length);
        if (!fresh && column + 1 + width > page_width) {
            putc('\n', out);
            column = 0;
            fresh = true;
        }
        if (fresh)
            fprintf(out, "%*s", column < indent ? indent - column : 0, "");
        else
            putc(' ', out);
        column = (fresh ? (column < indent ? indent : column) : column + 1) + width;
        fresh = false;
        fwrite(word, 1, length, out);
        word += length;
    }
    putc('\n', out);
}

/* Many words make a heading too wide: they go into the help. */
static bool has_many_words(const cli_option *option)
{
    return option->type == OPTION_CHOICE && strlen(option->value) > 36;
}

void option_heading(const cli_option *option, char *text, size_t size)
{
    const char *value = has_many_words(option) ? "WORD" : option->value;
    if (option->type == OPTION_FLAG) value = "";
    const char *gap = *value != '\0' ? " " : "";
    if (option->letter != '\0')
        snprintf(text, size, "-%c, --%s%s%s", option->letter, option->name, gap, value);
    else
        snprintf(text, size, "--%s%s%s", option->name, gap, value);
}

void option_help(const cli_option *option, char *text, size_t size)
{
    char range[160] = "", also[80] = "", fallback[120] = "";
    if (option->type != OPTION_CHOICE || has_many_words(option))
        option_range_text(option, range, sizeof range);
    if (option->alias != NULL) snprintf(also, sizeof also, "; also --%s", option->alias);
    if (option->fallback != NULL) snprintf(fallback, sizeof fallback, "; default %s", option->fallback);
    snprintf(text, size, "%s%s%s%s%s%s", option->help, *range != '\0' ? "; " : "", range, fallback,
             option->required ? "; required" : "", also);
}

const char *plural(int64_t n, const char *many)
{
    return n == 1 ? "" : many;
}
