/* The weight among the attributes of edges: the one asked for, else "weight", "weights", "value"; and what the user is told. */
#include "graph_markup.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int edge_attributes_add(edge_attributes *attributes, const char *name, int64_t length, bool numeric)
{
    int64_t number;
    bool added;
    int status = graph_names_add(&attributes->names, name, length, &number, &added);
    if (status != FR_OK) return status;
    if (number >= attributes->room) {
        int64_t room = 2 * number + 16;
        bool *moved = fr_realloc(attributes->numeric, room, sizeof *moved);
        if (moved == NULL) return FR_ENOMEM;
        attributes->numeric = moved;
        attributes->room = room;
    }
    attributes->numeric[number] = numeric && (added || attributes->numeric[number]);
    return FR_OK;
}

void edge_attributes_free(edge_attributes *attributes)
{
    graph_names_free(&attributes->names);
    fr_free(attributes->numeric);
    *attributes = (edge_attributes){0};
}

static const char *name_of(const edge_attributes *attributes, int64_t number)
{
    return attributes->names.bytes + attributes->names.offset[number];
}

/* "a, b, ..." of the numeric attributes but `chosen`; empty if there is none. */
static void list_others(const edge_attributes *attributes, int64_t chosen, char *text, size_t room)
{
    enum { most = 10 };
    int count = 0, used = 0;
    *text = '\0';
    for (int64_t k = 0; k < attributes->names.count && count <= most; k++) {
        if (k == chosen || !attributes->numeric[k]) continue;
        used += snprintf(text + used, room - (size_t)used, "%s%.40s", count > 0 ? ", " : "",
                         count < most ? name_of(attributes, k) : "...");
        count++;
    }
}

static int64_t usual_weight(const edge_attributes *attributes)
{
    static const char *const usual[] = {"weight", "weights", "value"};
    int64_t found = -1;
    for (size_t k = 0; k < sizeof usual / sizeof *usual && found < 0; k++)
        found = graph_names_find(&attributes->names, usual[k], (int64_t)strlen(usual[k]));
    return found;
}

int edge_attributes_weight(const edge_attributes *attributes, const char *file,
                           const fr_graph_settings *settings, int64_t *chosen)
{
    char others[11 * 43];
    const char *wanted = settings->weight_attribute;
    *chosen = -1;
    if (settings->unweighted) return FR_OK;
    if (wanted != NULL) {
        *chosen = graph_names_find(&attributes->names, wanted, (int64_t)strlen(wanted));
        if (*chosen >= 0) return FR_OK;
        list_others(attributes, -1, others, sizeof others);
        return fr_fail(FR_EINPUT, "%s: the edges have no attribute '%.80s'; their numeric attributes: %s",
                       file, wanted, *others != '\0' ? others : "none");
    }
    *chosen = usual_weight(attributes);
    list_others(attributes, *chosen, others, sizeof others);
    if (*others == '\0') return FR_OK;
    if (*chosen >= 0)
        fr_warn("%s: the edge attribute '%s' is the weight; other numeric edge attributes: %s", file,
                name_of(attributes, *chosen), others);
    else
        fr_warn("%s: no edge attribute is called weight, weights or value, so that every edge has weight 1; "
                "numeric edge attributes: %s",
                file, others);
    return FR_OK;
}

int graph_weight_parse(const char *file, int64_t line, const char *attribute, const char *text,
                       int64_t length, double *weight)
{
    while (length > 0 && (fr_is_blank(*text) || *text == '\n'))
        text++, length--;
    while (length > 0 && (fr_is_blank(text[length - 1]) || text[length - 1] == '\n'))
        length--;
    if (fr_number_f64(text, length, weight)) return FR_OK;
    if (!fr_number_is_special(text, length))
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": edge attribute '%.80s': expected a number, found '%.*s'",
                       file, line, attribute, (int)(length < 40 ? length : 40), text);
    int64_t sign = *text == '-' || *text == '+';
    bool infinite = text[sign] == 'i' || text[sign] == 'I';
    *weight = !infinite ? (double)NAN : *text == '-' ? -(double)INFINITY : (double)INFINITY;
    return FR_OK;
}

void graph_weight_missing(const char *file, const char *attribute, int64_t count)
{
    if (count > 0)
        fr_warn("%s: edges without the attribute '%.80s' get weight 1 (there are %" PRId64 ")", file,
                attribute, count);
}

bool graph_names_are_numbers(const graph_names *names)
{
    for (int64_t k = 0; k < names->count; k++) {
        char digits[24];
        snprintf(digits, sizeof digits, "%" PRId64, k);
        if (strcmp(digits, names->bytes + names->offset[k]) != 0) return false;
    }
    return true;
}
