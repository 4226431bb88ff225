/* Matrix Market, coordinate: a banner, comments, "rows columns entries", then "i j [value]", 1-based. Of a symmetric matrix
 * the file lists one triangle. https://math.nist.gov/MatrixMarket/formats.html */
#include "graph_formats.h"
#include "lines.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

typedef struct {
    bool pattern, symmetric;
} banner;

static bool is_word(const char *text, int64_t length, const char *word)
{
    return (int64_t)strlen(word) == length && strncasecmp(text, word, (size_t)length) == 0;
}

/* %%MatrixMarket matrix coordinate (real|integer|pattern) (general|symmetric) */
static int read_banner(graph_source *source, banner *out)
{
    const char *text, *word[5];
    int64_t length, size[5];
    int status = graph_source_line(source, &text, &length);
    if (status != FR_OK) return status;
    if (text == NULL || fr_line_words(text, length, 5, word, size) != 5 ||
        !is_word(word[0], size[0], "%%MatrixMarket") || !is_word(word[1], size[1], "matrix"))
        return fr_fail(FR_EINPUT,
                       "%s:1: expected '%%%%MatrixMarket matrix coordinate', a field (real, integer, "
                       "pattern) and a symmetry (general, symmetric), found '%.*s'",
                       source->file, length < 60 ? (int)length : 60, text != NULL ? text : "");
    if (!is_word(word[2], size[2], "coordinate"))
        return fr_fail(FR_EINPUT, "%s:1: a graph is read from the coordinate format, not from '%.*s'",
                       source->file, size[2] < 40 ? (int)size[2] : 40, word[2]);
    out->pattern = is_word(word[3], size[3], "pattern");
    if (!out->pattern && !is_word(word[3], size[3], "real") && !is_word(word[3], size[3], "integer"))
        return fr_fail(FR_EINPUT, "%s:1: the entries must be real, integer or pattern, not '%.*s'",
                       source->file, size[3] < 40 ? (int)size[3] : 40, word[3]);
    out->symmetric = is_word(word[4], size[4], "symmetric");
    if (!out->symmetric && !is_word(word[4], size[4], "general"))
        return fr_fail(FR_EINPUT, "%s:1: the matrix must be general or symmetric, not '%.*s'", source->file,
                       size[4] < 40 ? (int)size[4] : 40, word[4]);
    return FR_OK;
}

static int read_sizes(graph_source *source, int64_t sizes[3])
{
    const char *text, *word[3];
    int64_t length, size[3];
    int status = graph_source_data_line(source, &text, &length);
    if (status != FR_OK) return status;
    if (text == NULL)
        return fr_fail(FR_EINPUT, "%s: the line 'rows columns entries' is missing", source->file);
    bool good = fr_line_words(text, length, 3, word, size) == 3;
    for (int k = 0; good && k < 3; k++)
        good = graph_line_integer(word[k], size[k], &sizes[k]) && sizes[k] >= 0;
    if (!good)
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": expected three whole numbers (rows, columns, entries), found '%.*s'",
                       source->file, source->line, length < 60 ? (int)length : 60, text);
    if (sizes[0] != sizes[1])
        return fr_fail(FR_EINPUT,
                       "%s:%" PRId64 ": a matrix of %" PRId64 " rows and %" PRId64
                       " columns; a graph's matrix is square",
                       source->file, source->line, sizes[0], sizes[1]);
    if (sizes[0] > GRAPH_MOST_NODES)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": %" PRId64 " nodes; the most are %" PRId64, source->file,
                       source->line, sizes[0], GRAPH_MOST_NODES);
    return FR_OK;
}

int graph_parse_mtx(graph_source *source, graph_arcs *arcs)
{
    banner kind = {0};
    int64_t sizes[3] = {0};
    int status = read_banner(source, &kind);
    if (status == FR_OK) status = read_sizes(source, sizes);
    if (status != FR_OK) return status;
    if (sizes[0] > arcs->n) arcs->n = sizes[0];
    arcs->both_ways = kind.symmetric;
    graph_line_rule rule = {.separator = ' ',
                            .base = 1,
                            .column = {0, 1, 2},
                            .weight = kind.pattern ? WEIGHT_NONE : WEIGHT_REQUIRED,
                            .most = sizes[0]};
    int64_t head = source->line;
    status = graph_source_arcs(source, &rule, arcs);
    if (status == FR_OK && arcs->notes.lines != sizes[2])
        status =
            fr_fail(FR_EINPUT, "%s: line %" PRId64 " promises %" PRId64 " entries, but %" PRId64 " follow",
                    arcs->file, head, sizes[2], arcs->notes.lines);
    return status;
}
