/* One line, one arc: fields, numbers and what can be wrong with them. */
#include "graph_line.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool graph_line_skippable(const char *text, int64_t length)
{
    int64_t i = 0;
    while (i < length && fr_is_blank(text[i]))
        i++;
    return i == length || text[i] == '#' || text[i] == '%';
}

int graph_line_check(const char *file, const char *text, int64_t length, int64_t number)
{
    if (memchr(text, '\0', (size_t)length) == NULL) return FR_OK;
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a zero byte: this is not a text file", file, number);
}

char graph_line_separator(const char *text, int64_t length)
{
    static const char candidates[] = {'\t', ',', ';'};
    while (length > 0 && (*text == ' ' || *text == '\t')) /* a tab before the first field separates nothing */
        text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    for (size_t k = 0; k < sizeof candidates; k++)
        if (memchr(text, candidates[k], (size_t)length) != NULL) return candidates[k];
    return ' ';
}

/* Behind the field that starts at `i`. */
static int64_t field_end(char separator, const char *text, int64_t length, int64_t i)
{
    if (i < length && text[i] == '"') {
        const char *closing = memchr(text + i + 1, '"', (size_t)(length - i - 1));
        if (closing != NULL) i = closing - text + 1;
    }
    while (i < length && (separator == ' ' ? !fr_is_blank(text[i]) : text[i] != separator))
        i++;
    return i;
}

int64_t graph_line_fields(char separator, const char *text, int64_t length, const int64_t wanted[3],
                          const char *field[3], int64_t field_length[3])
{
    int64_t n = 0;
    for (int k = 0; k < 3; k++)
        field[k] = NULL, field_length[k] = 0;
    for (int64_t i = 0;; n++) {
        while (i < length && fr_is_blank(text[i]) && text[i] != separator)
            i++;
        while (separator == ' ' && i < length && text[i] == ' ')
            i++;
        if (i == length && (separator == ' ' || n == 0)) return n;
        int64_t start = i, stop = field_end(separator, text, length, i);
        i = stop;
        while (stop > start && fr_is_blank(text[stop - 1]))
            stop--;
        if (stop - start >= 2 && text[start] == '"' && text[stop - 1] == '"') start++, stop--;
        for (int k = 0; k < 3; k++)
            if (wanted[k] == n) field[k] = text + start, field_length[k] = stop - start;
        if (separator == ' ') continue;
        if (i == length) return n + 1;
        i++;
    }
}

bool graph_line_is_integer(const char *text, int64_t length)
{
    int64_t i = length > 0 && (*text == '-' || *text == '+');
    int64_t digits = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
        digits++;
    return digits > 0 && i == length;
}

bool graph_line_integer(const char *text, int64_t length, int64_t *value)
{
    enum { safe_digits = 18 };
    int64_t start = length > 0 && (*text == '-' || *text == '+'), number = 0;
    while (length - start > safe_digits && text[start] == '0')
        start++;
    if (length == start || length - start > safe_digits) return false;
    for (int64_t i = start; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        number = 10 * number + (text[i] - '0');
    }
    *value = *text == '-' ? -number : number;
    return true;
}

bool graph_line_is_number(const char *text, int64_t length)
{
    double ignored;
    return fr_number_f64(text, length, &ignored) || fr_number_is_special(text, length);
}

/* For messages: at most 40 bytes of a field. */
static int shown(int64_t length)
{
    return length < 40 ? (int)length : 40;
}

static int refuse_field(const graph_arcs *arcs, int64_t number, int64_t column, const char *wanted,
                        const char *text, int64_t length)
{
    if (length == 0)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": column %" PRId64 ": expected %s, found an empty field",
                       arcs->file, number, column + 1, wanted);
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": column %" PRId64 ": expected %s, found '%.*s'", arcs->file,
                   number, column + 1, wanted, shown(length), text);
}

static int read_node(const graph_line_rule *rule, int64_t column, const char *text, int64_t length,
                     int64_t number, graph_arcs *arcs, int64_t *node)
{
    if (rule->named) {
        if (length == 0) return refuse_field(arcs, number, column, "the name of a node", text, length);
        return graph_names_add(&arcs->names, text, length, node, NULL);
    }
    bool fits = graph_line_integer(text, length, node);
    if (!fits && !graph_line_is_integer(text, length))
        return refuse_field(arcs, number, column, "the number of a node, a whole number", text, length);
    *node -= rule->base;
    if (fits && *node >= 0 && *node < rule->most) return FR_OK;
    if (rule->most < GRAPH_MOST_NODES)
        return fr_fail(
            FR_EINPUT,
            "%s:%" PRId64 ": column %" PRId64 ": node %.*s is not between %" PRId64 " and %" PRId64,
            arcs->file, number, column + 1, shown(length), text, rule->base, rule->most - 1 + rule->base);
    if (*text == '-' || (fits && *node < 0))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": column %" PRId64 ": node %.*s is below %" PRId64 "%s",
                       arcs->file, number, column + 1, shown(length), text, rule->base,
                       rule->base == 1 ? " (ids were said to be 1-based)" : "");
    return fr_fail(FR_EINPUT,
                   "%s:%" PRId64 ": column %" PRId64 ": node %.*s is too large, ids go up to %" PRId64
                   " (larger ones can be read as names)",
                   arcs->file, number, column + 1, shown(length), text, GRAPH_MOST_NODES - 1 + rule->base);
}

/* NaN: a weight whose line is to be dropped. */
static int read_weight(const graph_line_rule *rule, const char *text, int64_t length, int64_t number,
                       graph_arcs *arcs, double *weight)
{
    int64_t column = rule->column[2];
    bool ordinary = fr_number_f64(text, length, weight) && *weight >= 0;
    if (ordinary) return FR_OK;
    bool special = fr_number_is_special(text, length);
    bool negative = !special && fr_number_f64(text, length, weight);
    *weight = NAN;
    if ((special || negative) && arcs->settings.drop_bad_weights) return FR_OK;
    const char *wanted =
        special || negative ? "a finite weight >= 0 (lines with others can be dropped)" : "a weight >= 0";
    return refuse_field(arcs, number, column, wanted, text, length);
}

/* The message about a line with too few or too many fields. */
static int refuse_count(const graph_line_rule *rule, const graph_arcs *arcs, int64_t number, int64_t found)
{
    const char *wanted = rule->weight == WEIGHT_REQUIRED   ? "from, to and a weight"
                         : rule->weight == WEIGHT_OPTIONAL ? "from, to and perhaps a weight"
                                                           : "from and to";
    char places[96] = "";
    if (rule->more_columns && rule->weight == WEIGHT_NONE)
        snprintf(places, sizeof places, " in columns %" PRId64 " and %" PRId64, rule->column[0] + 1,
                 rule->column[1] + 1);
    else if (rule->more_columns)
        snprintf(places, sizeof places, " in columns %" PRId64 ", %" PRId64 " and %" PRId64,
                 rule->column[0] + 1, rule->column[1] + 1, rule->column[2] + 1);
    bool many = !rule->more_columns && found > (rule->weight == WEIGHT_NONE ? 2 : 3);
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected %s%s, found %" PRId64 " field%s%s", arcs->file,
                   number, wanted, places, found, found == 1 ? "" : "s",
                   many ? " (--columns says which of them to read, --sep what separates them)" : "");
}

int graph_line_add(const graph_line_rule *rule, const char *text, int64_t length, int64_t number,
                   graph_arcs *arcs)
{
    int status = graph_line_check(arcs->file, text, length, number);
    if (status != FR_OK || graph_line_skippable(text, length)) return status;
    const char *field[3];
    int64_t size[3], node[2];
    int64_t found = graph_line_fields(rule->separator, text, length, rule->column, field, size);
    bool weighed = rule->weight != WEIGHT_NONE && field[2] != NULL;
    if (field[0] == NULL || field[1] == NULL || (rule->weight == WEIGHT_REQUIRED && !weighed) ||
        (!rule->more_columns && found > (rule->weight == WEIGHT_NONE ? 2 : 3)))
        return refuse_count(rule, arcs, number, found);
    double weight = 1;
    if (weighed && !arcs->settings.unweighted)
        status = read_weight(rule, field[2], size[2], number, arcs, &weight);
    if (status == FR_OK &&
        isnan(weight)) { /* the whole line is as if it were not there: no new names either */
        arcs->notes.lines++;
        arcs->notes.dropped_weights++;
        return FR_OK;
    }
    for (int k = 0; status == FR_OK && k < 2; k++)
        status = read_node(rule, rule->column[k], field[k], size[k], number, arcs, &node[k]);
    return status != FR_OK ? status : graph_arcs_add(arcs, node[0], node[1], weight, number);
}
