/* Text files of two numbers a line (.coord, .nodes, .edges, .outer), blanks, tabs, commas or semicolons between them. */
#ifndef FRUGAL_DATA_PAIRS_H
#define FRUGAL_DATA_PAIRS_H

#include "lines.h"

/* A line cut into words; `n` counts all, the first two are kept. */
typedef struct {
    int64_t n;
    const char *text[2];
    int64_t length[2];
} fr_pair;

fr_pair fr_pair_of(const fr_text *line);
/* The two finite numbers of a line; FR_EINPUT says where and what was found instead. */
int fr_pair_numbers(const fr_text *line, const char *name, double *x, double *y);
/* A first line of words such as "longitude latitude": *heading is true. Latitude before longitude is FR_EINPUT. */
int fr_pair_heading(const fr_text *line, const char *name, bool *heading);
/* Lines of the text that are neither blank nor comments. */
int64_t fr_pairs_count(const char *bytes, int64_t size);

#endif
