/* Lines and words of a text in memory. */
#include "lines.h"

#include <inttypes.h>
#include <string.h>

bool fr_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static int64_t mark_size(const char *bytes, int64_t size)
{
    return size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

int fr_text_check(const char *name, const char *bytes, int64_t size)
{
    if (size <= mark_size(bytes, size)) return fr_fail(FR_EINPUT, "%s: the file is empty", name);
    if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return fr_fail(FR_EINPUT, "%s: the text is in UTF-16; save it as UTF-8", name);
    const char *zero = memchr(bytes, '\0', (size_t)size);
    if (zero == NULL) return FR_OK;
    int64_t line = 1;
    for (const char *c = bytes; c < zero; c++)
        line += *c == '\n';
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a zero byte: this is not a text file", name, line);
}

void fr_text_start(fr_text *lines, const char *bytes, int64_t size)
{
    *lines = (fr_text){.text = bytes, .next = bytes + mark_size(bytes, size), .end = bytes + size};
}

bool fr_text_next(fr_text *lines)
{
    if (lines->next >= lines->end) return false;
    lines->text = lines->next;
    const char *stop = memchr(lines->text, '\n', (size_t)(lines->end - lines->text));
    lines->next = stop != NULL ? stop + 1 : lines->end;
    if (stop == NULL) stop = lines->end;
    if (stop > lines->text && stop[-1] == '\r') stop--;
    lines->length = stop - lines->text;
    lines->number++;
    return true;
}

bool fr_text_skippable(const fr_text *lines)
{
    int64_t i = 0;
    while (i < lines->length && fr_is_blank(lines->text[i]))
        i++;
    return i == lines->length || lines->text[i] == '#';
}

int64_t fr_line_words(const char *text, int64_t length, int64_t most, const char **word, int64_t *word_length)
{
    int64_t n = 0, i = 0;
    for (;;) {
        while (i < length && fr_is_blank(text[i]))
            i++;
        if (i == length) return n;
        int64_t start = i;
        while (i < length && !fr_is_blank(text[i]))
            i++;
        if (n < most) {
            word[n] = text + start;
            word_length[n] = i - start;
        }
        n++;
    }
}
