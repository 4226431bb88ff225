/* Edge lists, "from to [weight]" a line, and smat files, the same behind a line "rows columns entries" that may be missing. */
#include "graph_formats.h"

#include <inttypes.h>
#include <string.h>

static const int64_t first_three[3] = {0, 1, 2};

/* What the header rule asks about a line. */
typedef struct {
    bool exists, ids, third, number; /* ids: both integers; third field; it is a number, or a missing one */
} line_kind;

static line_kind kind_of(const graph_line_rule *rule, const char *text, int64_t length)
{
    line_kind kind = {0};
    if (text == NULL) return kind;
    const char *field[3];
    int64_t size[3];
    graph_line_fields(rule->separator, text, length, rule->column, field, size);
    kind.exists = true;
    kind.ids = field[0] != NULL && field[1] != NULL && graph_line_is_integer(field[0], size[0]) &&
               graph_line_is_integer(field[1], size[1]);
    kind.third = field[2] != NULL;
    kind.number = kind.third && (size[2] == 0 || graph_line_is_number(field[2], size[2]));
    return kind;
}

/* Separator, header and whether ids are names, from the first two data lines; the header is taken. */
static int prepare(graph_source *source, const fr_graph_settings *settings, graph_line_rule *rule)
{
    const char *text[2];
    int64_t length[2];
    int status = graph_source_peek(source, text, length);
    if (status != FR_OK || text[0] == NULL) return status;
    if (rule->separator == 0) rule->separator = graph_line_separator(text[0], length[0]);
    line_kind first = kind_of(rule, text[0], length[0]), second = kind_of(rule, text[1], length[1]);
    bool header =
        second.exists && ((!first.ids && second.ids) || (first.third && !first.number && second.number));
    if (settings->header != FR_HEADER_AUTO) header = settings->header == FR_HEADER_YES;
    const line_kind *data = header ? &second : &first;
    if (!rule->named) rule->named = data->exists && !data->ids;
    return header ? graph_source_data_line(source, &text[0], &length[0]) : FR_OK;
}

static graph_line_rule rule_of(const fr_graph_settings *settings)
{
    return (graph_line_rule){.separator = settings->separator,
                             .base = settings->one_based ? 1 : 0,
                             .column = {settings->columns[0], settings->columns[1], settings->columns[2]},
                             .weight = settings->columns[2] >= 0
                                           ? settings->columns_given ? WEIGHT_REQUIRED : WEIGHT_OPTIONAL
                                           : WEIGHT_NONE,
                             .more_columns = settings->columns_given,
                             .named = settings->named,
                             .most = GRAPH_MOST_NODES};
}

int graph_parse_edgelist(graph_source *source, graph_arcs *arcs)
{
    graph_line_rule rule = rule_of(&arcs->settings);
    int status = prepare(source, &arcs->settings, &rule);
    if (status == FR_OK) status = graph_source_arcs(source, &rule, arcs);
    if (status == FR_OK && arcs->notes.lines == 0 && arcs->settings.n_nodes == 0)
        status = fr_fail(FR_EINPUT, "%s: no edges, only blank lines, comments or a header", arcs->file);
    return status;
}

/* Three whole numbers? Then the line may be the header of an smat file. */
static bool three_integers(const graph_line_rule *rule, const char *text, int64_t length, int64_t value[3])
{
    const char *field[3];
    int64_t size[3];
    if (text == NULL || graph_line_fields(rule->separator, text, length, first_three, field, size) != 3)
        return false;
    for (int k = 0; k < 3; k++)
        if (!graph_line_integer(field[k], size[k], &value[k]) || value[k] < 0) return false;
    return true;
}

/* Moves the arcs of `first` before those of `arcs`. */
static int put_in_front(graph_arcs *first, graph_arcs *arcs)
{
    int status = graph_arcs_absorb(first, arcs);
    graph_log *log = arcs->log;
    arcs->log = first->log;
    first->log = log;
    arcs->notes = first->notes;
    arcs->n = first->n;
    return status;
}

static char *copy_line(const char *text, int64_t length)
{
    char *copy = fr_alloc(length + 1, 1);
    return copy == NULL ? NULL : memcpy(copy, text, (size_t)length);
}

int graph_parse_smat(graph_source *source, graph_arcs *arcs)
{
    graph_line_rule rule = rule_of(&arcs->settings);
    const char *text[2];
    int64_t length[2], head[3];
    int status = graph_source_peek(source, text, length);
    if (status != FR_OK) return status;
    if (text[0] != NULL && rule.separator == 0) rule.separator = graph_line_separator(text[0], length[0]);
    if (arcs->settings.header != FR_HEADER_AUTO || arcs->settings.named ||
        !three_integers(&rule, text[0], length[0], head))
        return graph_parse_edgelist(source, arcs);
    /* Only the number of lines that follow tells a header from an arc, so this one waits. */
    graph_arcs first = {0};
    char *waiting = copy_line(text[0], length[0]);
    status = waiting == NULL ? FR_ENOMEM : graph_source_data_line(source, &text[0], &length[0]);
    int64_t line = source->line;
    if (status == FR_OK) status = graph_source_arcs(source, &rule, arcs);
    if (status != FR_OK) goto done;
    if (arcs->notes.lines != head[2]) {
        status = graph_arcs_init(&first, arcs->file, &arcs->settings);
        if (status == FR_OK) status = graph_line_add(&rule, waiting, length[0], line, &first);
        if (status == FR_OK) status = put_in_front(&first, arcs);
    } else if (head[0] != head[1]) {
        status = fr_fail(FR_EINPUT,
                         "%s:%" PRId64 ": a matrix of %" PRId64 " rows and %" PRId64
                         " columns; a graph's matrix is square",
                         arcs->file, line, head[0], head[1]);
    } else if (head[0] > GRAPH_MOST_NODES) {
        status = fr_fail(FR_EINPUT, "%s:%" PRId64 ": %" PRId64 " nodes; the most are %" PRId64, arcs->file,
                         line, head[0], GRAPH_MOST_NODES);
    } else if (arcs->n < head[0]) {
        arcs->n = head[0];
    }
done:
    graph_arcs_free(&first);
    fr_free(waiting);
    return status;
}
