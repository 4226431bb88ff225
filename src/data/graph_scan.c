/* The fast way through plain lines of numbers: one look at each character, no fields. What is not plain (comments, names, signs,
 * exponents, anything wrong) ends the scan and is left to graph_line_add. */
#include "graph_line.h"
#include "graph_log.h"

enum { most_id_digits = 10, most_weight_digits = 15 };

static inline unsigned digit(const char *c)
{
    return (unsigned)*c - '0';
}

/* Digits at *c, which moves behind them; false if there are none or too many to be sure. */
static inline bool scan_id(const char **c, uint64_t *id)
{
    const char *start = *c;
    uint64_t value = 0;
    for (; digit(*c) <= 9; ++*c)
        value = 10 * value + digit(*c);
    *id = value;
    return *c > start && *c - start <= most_id_digits;
}

/* Blanks, or one separator with spaces around it. */
static inline bool scan_separator(const char **c, char separator)
{
    const char *start = *c;
    if (separator == ' ') {
        while (**c == ' ' || **c == '\t')
            ++*c;
        return *c > start;
    }
    while (**c == ' ')
        ++*c;
    if (**c != separator) return false;
    ++*c;
    while (**c == ' ')
        ++*c;
    return true;
}

/* Digits with perhaps a point among them; exact in a double before the one division (see number.c). */
static inline bool scan_weight(const char **c, double *weight)
{
    static const double power[most_weight_digits + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *start = *c;
    uint64_t digits = 0;
    int64_t point = 0, used;
    for (; digit(*c) <= 9; ++*c)
        digits = 10 * digits + digit(*c);
    used = *c - start;
    if (**c == '.') {
        const char *fraction = ++*c;
        for (; digit(*c) <= 9; ++*c)
            digits = 10 * digits + digit(*c);
        point = *c - fraction;
    }
    if (used + point == 0 || used + point > most_weight_digits) return false;
    *weight = point > 0 ? (double)digits / power[point] : (double)digits;
    return true;
}

/* Trailing blanks and the line end; *c moves to the next line. */
static inline bool scan_line_end(const char **c)
{
    while (**c == ' ' || **c == '\r')
        ++*c;
    if (**c != '\n') return false;
    ++*c;
    return true;
}

const char *graph_line_scan(const graph_line_rule *rule, const char *text, const char *end, graph_arcs *arcs,
                            int64_t *lines)
{
    *lines = 0;
    bool usual =
        rule->column[0] == 0 && rule->column[1] == 1 && (rule->column[2] == 2 || rule->weight == WEIGHT_NONE);
    if (!usual || rule->named || rule->more_columns) return text;
    uint64_t base = (uint64_t)rule->base;
    uint64_t most = (uint64_t)rule->most;
    bool weightless = rule->weight != WEIGHT_REQUIRED, unweighted = arcs->settings.unweighted;
    bool drop_loops = arcs->settings.drop_loops;
    const char separator = rule->separator;
    uint64_t largest = 0;
    while (text < end) {
        const char *c = text;
        uint64_t from, to;
        double weight = 1;
        while (*c == ' ')
            c++;
        if (!scan_id(&c, &from) || !scan_separator(&c, separator) || !scan_id(&c, &to)) break;
        from -= base, to -= base; /* 0 - 1 is beyond any bound */
        if (from >= most || to >= most) break;
        if (*c != '\n' || !weightless) {
            const char *behind = c;
            if (weightless && scan_line_end(&behind))
                c = behind - 1;
            else if (rule->weight == WEIGHT_NONE || !scan_separator(&c, separator) ||
                     !scan_weight(&c, &weight))
                break;
        }
        if (!scan_line_end(&c)) break;
        if (unweighted) weight = 1;
        if (from == to && drop_loops)
            arcs->notes.dropped_loops++;
        else if (!(weight == 1 && graph_log_put(arcs->log, (uint32_t)from, (uint32_t)to)) &&
                 graph_log_add(arcs->log, (uint32_t)from, (uint32_t)to, weight) != FR_OK)
            break; /* out of memory: found again, and told, the slow way */
        uint64_t larger = from > to ? from : to;
        largest = larger + 1 > largest ? larger + 1 : largest;
        ++*lines;
        text = c;
    }
    arcs->notes.lines += *lines;
    if ((int64_t)largest > arcs->n) arcs->n = (int64_t)largest;
    return text;
}
