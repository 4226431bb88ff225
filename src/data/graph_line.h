/* Lines that list one arc: what an edge list, an smat and a Matrix Market file have in common. */
#ifndef FRUGAL_DATA_GRAPH_LINE_H
#define FRUGAL_DATA_GRAPH_LINE_H

#include "graph_build.h"

typedef enum { WEIGHT_OPTIONAL, WEIGHT_REQUIRED, WEIGHT_NONE } graph_line_weight;

/* How the lines of one file are read. */
typedef struct {
    char separator;    /* '\t' ',' ';', or ' ': runs of blanks */
    int64_t base;      /* of the ids: 0 or 1 */
    int64_t column[3]; /* of from, to, weight */
    graph_line_weight weight;
    bool more_columns; /* may follow, and are not looked at */
    bool named;        /* ids are names */
    int64_t most;      /* ids (0-based) are below; GRAPH_MOST_NODES where the file sets no bound */
} graph_line_rule;

/* What separates the fields of a line: a tab, a comma, a semicolon, whichever it has, in this order; else runs of blanks. */
char graph_line_separator(const char *text, int64_t length);
/* Cuts a line into fields, trimmed (one in double quotes may hold the separator), and returns how many there are; field[k] is number
 * wanted[k] of them, or NULL. */
int64_t graph_line_fields(char separator, const char *text, int64_t length, const int64_t wanted[3],
                          const char *field[3], int64_t field_length[3]);
bool graph_line_skippable(const char *text, int64_t length); /* blank, or a comment: # or % */
/* FR_EINPUT if the line has a zero byte. */
int graph_line_check(const char *file, const char *text, int64_t length, int64_t number);
/* Whole number with an optional sign; false also beyond 18 digits. */
bool graph_line_integer(const char *text, int64_t length, int64_t *value);
bool graph_line_is_integer(const char *text, int64_t length); /* digits with an optional sign, of any size */
bool graph_line_is_number(const char *text, int64_t length);  /* inf and nan count */

/* Adds the arcs of the lines from `text` on, each of which ends with '\n' before `end`, as long as they are plain: numbers of nodes,
 * perhaps a short decimal weight, the separator between them. Returns behind the last one added; *lines counts them. The result
 * is that of graph_line_add, several times faster. */
const char *graph_line_scan(const graph_line_rule *rule, const char *text, const char *end, graph_arcs *arcs,
                            int64_t *lines);

/* Adds the arc of line `number` (skipped if blank or a comment). FR_EINPUT names line, column and what is wrong there. */
int graph_line_add(const graph_line_rule *rule, const char *text, int64_t length, int64_t number,
                   graph_arcs *arcs);

#endif
