/* Lines of two numbers: what the EEMS text formats have in common. */
#include "pairs.h"
#include "number.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static bool is_separator(char c)
{
    return fr_is_blank(c) || c == ',' || c == ';';
}

fr_pair fr_pair_of(const fr_text *line)
{
    fr_pair pair = {0};
    for (int64_t i = 0;;) {
        while (i < line->length && is_separator(line->text[i]))
            i++;
        if (i == line->length) return pair;
        int64_t start = i;
        while (i < line->length && !is_separator(line->text[i]))
            i++;
        if (pair.n < 2) {
            pair.text[pair.n] = line->text + start;
            pair.length[pair.n] = i - start;
        }
        pair.n++;
    }
}

int fr_pair_numbers(const fr_text *line, const char *name, double *x, double *y)
{
    fr_pair pair = fr_pair_of(line);
    double *value[2] = {x, y};
    if (pair.n != 2)
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": expected two numbers (longitude latitude), found %" PRId64
                       " columns%s",
                       name, line->number, pair.n,
                       pair.n == 4 && memchr(line->text, ',', (size_t)line->length) != NULL
                           ? "; decimals are written with a point, not a comma"
                           : "");
    for (int k = 0; k < 2; k++)
        if (!fr_number_f64(pair.text[k], pair.length[k], value[k]))
            return fr_fail(FR_EINPUT,
                           "%s:%" PRId64 ": column %d: expected a finite number (%s), found '%.*s'", name,
                           line->number, k + 1, k == 0 ? "longitude" : "latitude",
                           (int)(pair.length[k] < 40 ? pair.length[k] : 40), pair.text[k]);
    return FR_OK;
}

/* Is the word (quotes around it left out) one of the list? */
static bool is_among(const char *const *list, const char *text, int64_t length)
{
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') text++, length -= 2;
    for (; *list != NULL; list++)
        if ((int64_t)strlen(*list) == length && strncasecmp(*list, text, (size_t)length) == 0) return true;
    return false;
}

int fr_pair_heading(const fr_text *line, const char *name, bool *heading)
{
    static const char *const longitude[] = {"lon", "long", "lng", "longitude", "x", NULL};
    static const char *const latitude[] = {"lat", "latitude", "y", NULL};
    fr_pair pair = fr_pair_of(line);
    *heading = pair.n == 2 && is_among(longitude, pair.text[0], pair.length[0]) &&
               is_among(latitude, pair.text[1], pair.length[1]);
    if (pair.n == 2 && is_among(latitude, pair.text[0], pair.length[0]) &&
        is_among(longitude, pair.text[1], pair.length[1]))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": latitude comes first; expected longitude, then latitude",
                       name, line->number);
    return FR_OK;
}

int64_t fr_pairs_count(const char *bytes, int64_t size)
{
    fr_text line;
    fr_text_start(&line, bytes, size);
    int64_t n = 0;
    while (fr_text_next(&line))
        n += !fr_text_skippable(&line);
    return n;
}
