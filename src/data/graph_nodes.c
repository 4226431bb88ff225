/* Lists of nodes: one a line, by number or name, with or without a mass behind it. */
#include <frugal/data.h>
#include <frugal/graph.h>

#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const fr_graph *graph;
    const char *path;
    char *line; /* a copy of the line that can be cut */
    int64_t count, n_masses, room;
    int64_t *node;
    double *mass;
} node_list;

/* Blanks around the text go away. */
static char *trim(char *text)
{
    while (fr_is_blank(*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && fr_is_blank(end[-1]))
        end--;
    *end = '\0';
    return text;
}

/* Takes the quotes off a text that is in quotes as a whole, as spreadsheets write names with commas; "" in it is one. */
static void unquote(char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"') return;
    text[length - 1] = '\0';
    char *to = text;
    for (const char *from = text + 1; *from != '\0'; from++) {
        from += from[0] == '"' && from[1] == '"';
        *to++ = *from;
    }
    *to = '\0';
}

/* The closing quote of a text that begins with a quote and has one, else its start: separators before it are none. */
static char *behind_quotes(char *text)
{
    char *end = text + 1;
    if (text[0] != '"') return text;
    while ((end = strchr(end, '"')) != NULL && end[1] == '"')
        end += 2;
    return end != NULL ? end : text;
}

/* Cuts off the next field: fields are divided by tabs, else by commas or semicolons, else by blanks; NULL when there is none. */
static char *cut_field(char **rest, char separator)
{
    if (*rest == NULL) return NULL;
    char *field = *rest, *stop = strchr(behind_quotes(field), separator);
    if (stop != NULL) *stop = '\0';
    *rest = stop != NULL ? trim(stop + 1) : NULL;
    field = trim(field);
    unquote(field);
    return field;
}

static char separator_of(const char *line)
{
    static const char candidates[] = "\t,;";
    for (const char *c = candidates; *c != '\0'; c++)
        if (strchr(line, *c) != NULL) return *c;
    return ' ';
}

static int grow(node_list *list)
{
    if (list->count < list->room) return FR_OK;
    int64_t room = list->room == 0 ? 64 : 2 * list->room;
    int64_t *node = fr_realloc(list->node, room, sizeof *node);
    if (node != NULL) list->node = node;
    double *mass = fr_realloc(list->mass, room, sizeof *mass);
    if (mass != NULL) list->mass = mass;
    if (node == NULL || mass == NULL) return FR_ENOMEM;
    list->room = room;
    return FR_OK;
}

static int add(node_list *list, int64_t number, int64_t node, const char *mass)
{
    int status = grow(list);
    if (status != FR_OK) return status;
    double value = 0;
    if (mass != NULL && (!fr_number_f64(mass, (int64_t)strlen(mass), &value) || value < 0))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected a mass from 0, found '%.60s'", list->path, number,
                       mass);
    if (list->count > 0 && (mass != NULL) != (list->n_masses > 0))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": some nodes have a mass and some have not", list->path,
                       number);
    list->n_masses += mass != NULL;
    list->node[list->count] = node;
    list->mass[list->count++] = value;
    return FR_OK;
}

/* One line. A whole line that is a name is a node; otherwise its first field is. The heading "node" of the tables that we write is
 * passed over. */
static int take_line(node_list *list, const fr_text *line, bool masses)
{
    char what[300];
    snprintf(what, sizeof what, "%.250s:%" PRId64, list->path, line->number);
    memcpy(list->line, line->text, (size_t)line->length);
    list->line[line->length] = '\0';
    char *rest = trim(list->line);
    int64_t node;
    if (fr_graph_find(list->graph, rest, what, &node) == FR_OK) return add(list, line->number, node, NULL);
    char separator = separator_of(behind_quotes(rest));
    for (char *c = behind_quotes(rest); separator == ' ' && *c != '\0'; c++)
        if (fr_is_blank(*c)) *c = ' ';
    char *name = cut_field(&rest, separator), *mass = cut_field(&rest, separator);
    int status = fr_graph_find(list->graph, name, what, &node);
    if (status == FR_EINPUT && list->count == 0 && strcmp(name, "node") == 0) return FR_OK;
    if (status != FR_OK) return status;
    if (rest != NULL)
        return fr_fail(FR_EINPUT, "%s: expected a node%s, found '%.60s' behind it", what,
                       masses ? " and a mass" : "", rest);
    if (mass != NULL && !masses)
        return fr_fail(FR_EINPUT, "%s: expected a node alone, found '%.60s' behind it", what, mass);
    return add(list, line->number, node, mass);
}

int fr_graph_nodes_parse(const char *bytes, int64_t size, const char *name, const fr_graph *graph,
                         int64_t **nodes, double **masses, int64_t *count)
{
    *nodes = NULL;
    *count = 0;
    if (masses != NULL) *masses = NULL;
    node_list list = {.graph = graph, .path = name};
    int status = fr_text_check(name, bytes, size);
    if (status == FR_OK && (list.line = fr_alloc(size + 1, 1)) == NULL) status = FR_ENOMEM;
    fr_text line = {0};
    if (status == FR_OK) fr_text_start(&line, bytes, size);
    while (status == FR_OK && fr_text_next(&line))
        if (!fr_text_skippable(&line)) status = take_line(&list, &line, masses != NULL);
    if (status == FR_OK && list.count == 0) status = fr_fail(FR_EINPUT, "%s: the file names no nodes", name);
    if (status == FR_OK) {
        *nodes = list.node, list.node = NULL;
        *count = list.count;
        if (list.n_masses > 0) *masses = list.mass, list.mass = NULL;
    }
    fr_free(list.node);
    fr_free(list.mass);
    fr_free(list.line);
    return status;
}

int fr_graph_nodes_read(const char *path, const fr_graph *graph, int64_t **nodes, double **masses,
                        int64_t *count)
{
    char *bytes = NULL;
    int64_t size = 0;
    *nodes = NULL;
    *count = 0;
    if (masses != NULL) *masses = NULL;
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_graph_nodes_parse(bytes, size, path, graph, nodes, masses, count);
    fr_free(bytes);
    return status;
}
