/* EEMS .outer text: "longitude latitude" a line. Rings are apart by a line with one letter, by "NA NA" (as R writes it) or by
 * a blank line; a blank line that cannot separate rings is skipped as in other files. */
#include "pairs.h"
#include "rings.h"

#include <ctype.h>
#include <string.h>

typedef enum { GOES_ON, AFTER_BLANK, AFTER_SEPARATOR } outer_break;

typedef struct {
    int64_t n;
    double *x, *y;
    uint8_t *before; /* what stood between a point and the one before: outer_break */
} outer_points;

static bool is_separator(const fr_text *line)
{
    fr_pair pair = fr_pair_of(line);
    if (pair.n == 1 && pair.length[0] == 1) return isalpha((unsigned char)pair.text[0][0]) != 0;
    bool missing = pair.n == 1 || pair.n == 2;
    for (int64_t k = 0; k < pair.n && missing; k++)
        missing = pair.length[k] == 2 && memcmp(pair.text[k], "NA", 2) == 0;
    return missing;
}

static bool is_blank_line(const fr_text *line)
{
    return fr_text_skippable(line) && memchr(line->text, '#', (size_t)line->length) == NULL;
}

static int read_lines(const char *bytes, int64_t size, const char *name, outer_points *out)
{
    fr_text line;
    fr_text_start(&line, bytes, size);
    outer_break before = GOES_ON;
    bool first = true;
    while (fr_text_next(&line)) {
        if (is_blank_line(&line) && before == GOES_ON) before = AFTER_BLANK;
        if (fr_text_skippable(&line)) continue;
        bool heading = false;
        int status = first ? fr_pair_heading(&line, name, &heading) : FR_OK;
        first = false;
        if (status == FR_OK && is_separator(&line)) {
            before = AFTER_SEPARATOR;
            continue;
        }
        if (status == FR_OK && !heading) {
            status = fr_pair_numbers(&line, name, &out->x[out->n], &out->y[out->n]);
            out->before[out->n++] = (uint8_t)before;
        }
        if (status != FR_OK) return status;
        before = GOES_ON;
    }
    return out->n > 0 ? FR_OK
                      : fr_fail(FR_EINPUT, "%s: no outline, only blank lines, comments or separators", name);
}

/* Do the blank lines among points [first, end) separate rings? Not if they leave fewer than three points between them, nor
 * if the part before the first of them is open and the last point comes back to its start. */
static bool blanks_separate(const outer_points *p, int64_t first, int64_t end)
{
    int64_t block = first, smallest = end - first, first_block = end;
    for (int64_t k = first + 1; k <= end; k++) {
        if (k < end && p->before[k] != AFTER_BLANK) continue;
        if (k < first_block) first_block = k;
        if (k - block < smallest) smallest = k - block;
        block = k;
    }
    bool open = p->x[first_block - 1] != p->x[first] || p->y[first_block - 1] != p->y[first];
    bool comes_back = p->x[end - 1] == p->x[first] && p->y[end - 1] == p->y[first];
    return smallest >= 3 && !(open && comes_back);
}

static int add_rings(const outer_points *p, fr_rings *rings)
{
    int status = FR_OK;
    for (int64_t first = 0, end; first < p->n && status == FR_OK; first = end) {
        for (end = first + 1; end < p->n && p->before[end] != AFTER_SEPARATOR;)
            end++;
        bool separate = blanks_separate(p, first, end);
        for (int64_t k = first; k < end && status == FR_OK; k++) {
            if (k > first && separate && p->before[k] == AFTER_BLANK) status = fr_rings_end(rings, 0, true);
            if (status == FR_OK) status = fr_rings_point(rings, p->x[k], p->y[k]);
        }
        if (status == FR_OK) status = fr_rings_end(rings, 0, true);
    }
    return status;
}

int fr_outer_parse(const char *bytes, int64_t size, const char *name, fr_rings *rings)
{
    int status = fr_text_check(name, bytes, size);
    if (status != FR_OK) return status;
    int64_t most = fr_pairs_count(bytes, size);
    outer_points points = {0};
    points.x = fr_alloc(most, sizeof *points.x);
    points.y = fr_alloc(most, sizeof *points.y);
    points.before = fr_alloc(most, sizeof *points.before);
    status = points.x != NULL && points.y != NULL && points.before != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK) status = read_lines(bytes, size, name, &points);
    if (status == FR_OK) status = add_rings(&points, rings);
    fr_free(points.x);
    fr_free(points.y);
    fr_free(points.before);
    return status;
}
