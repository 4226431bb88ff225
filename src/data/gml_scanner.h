/* Tokens of GML: keys, numbers, strings in quotes, brackets; comments from # to the end of the line. Failures are
 * FR_EINPUT with the place, what was expected and what was found. */
#ifndef FRUGAL_DATA_GML_SCANNER_H
#define FRUGAL_DATA_GML_SCANNER_H

#include <frugal/core.h>

typedef enum { GML_END, GML_WORD, GML_STRING, GML_OPEN, GML_CLOSE } gml_kind;

typedef struct {
    const char *file, *next, *end;
    int64_t line; /* where `next` is */
    gml_kind kind;
    const char *text; /* of a word (key, number) or a string, without its quotes and with its entities */
    int64_t length;
    int64_t token_line;
} gml_scanner;

void gml_start(gml_scanner *scanner, const char *file, const char *bytes, int64_t size);
/* The next token, GML_END behind the last. */
int gml_token(gml_scanner *scanner);
/* A key; `*more` is false where the list, or outside of lists the file, ends instead. */
int gml_key(gml_scanner *scanner, bool inside, bool *more);
/* The value behind a key: a word, a string or the opening of a list. */
int gml_value(gml_scanner *scanner);
/* Passes over the rest of a list that has been opened. */
int gml_skip_list(gml_scanner *scanner);
bool gml_is_word(const gml_scanner *scanner, const char *word);
/* "expected WHAT, found 'TOKEN'" */
int gml_unexpected(const gml_scanner *scanner, const char *what);

#endif
