/* The lines and words of a text in memory, in place: no copies, nothing to free. */
#ifndef FRUGAL_DATA_LINES_H
#define FRUGAL_DATA_LINES_H

#include <frugal/core.h>

typedef struct {
    const char *text; /* the current line, not terminated; line end (\n, \r\n) excluded */
    int64_t length;
    int64_t number; /* 1-based */
    const char *next, *end;
} fr_text;

/* FR_EINPUT unless `bytes` can be text: empty files, zero bytes and UTF-16 are told apart. */
int fr_text_check(const char *name, const char *bytes, int64_t size);
/* Starts before the first line, after a UTF-8 byte order mark. */
void fr_text_start(fr_text *lines, const char *bytes, int64_t size);
/* Goes to the next line; false after the last. */
bool fr_text_next(fr_text *lines);
/* Blank, or a comment that starts with '#'. */
bool fr_text_skippable(const fr_text *lines);

/* Splits a line at runs of blanks and tabs into at most `most` words (start and length of each) and returns how many there
 * are, also beyond `most`. */
int64_t fr_line_words(const char *text, int64_t length, int64_t most, const char **word,
                      int64_t *word_length);

bool fr_is_blank(char c); /* space, tab, \r, \v, \f */

#endif
