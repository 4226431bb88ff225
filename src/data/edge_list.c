/* EEMS .edges text: two 1-based node numbers a line. */
#include <frugal/data.h>
#include <frugal/geo.h>

#include "file.h"
#include "number.h"
#include "pairs.h"

#include <inttypes.h>
#include <stdio.h>

void fr_edge_list_free(fr_edge_list *edges)
{
    if (edges == NULL) return;
    fr_free(edges->i);
    fr_free(edges->j);
    fr_free(edges->line);
    *edges = (fr_edge_list){0};
}

static int read_edge(const fr_text *line, const char *name, int64_t *i, int64_t *j)
{
    fr_pair pair = fr_pair_of(line);
    int64_t *value[2] = {i, j};
    if (pair.n != 2)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected two node numbers, found %" PRId64 " columns",
                       name, line->number, pair.n);
    for (int k = 0; k < 2; k++) {
        if (!fr_number_i64(pair.text[k], pair.length[k], value[k]) || *value[k] < 1)
            return fr_fail(
                FR_EINPUT, "%s:%" PRId64 ": column %d: expected a node number (1, 2, ...), found '%.*s'",
                name, line->number, k + 1, (int)(pair.length[k] < 40 ? pair.length[k] : 40), pair.text[k]);
        --*value[k];
    }
    return FR_OK;
}

static int read_lines(const char *bytes, int64_t size, const char *name, fr_edge_list *out)
{
    fr_text line;
    fr_text_start(&line, bytes, size);
    while (fr_text_next(&line)) {
        if (fr_text_skippable(&line)) continue;
        int status = read_edge(&line, name, &out->i[out->n], &out->j[out->n]);
        if (status != FR_OK) return status;
        out->line[out->n++] = line.number;
    }
    return out->n > 0 ? FR_OK : fr_fail(FR_EINPUT, "%s: no edges, only blank lines or comments", name);
}

int fr_edge_list_parse(const char *bytes, int64_t size, const char *name, fr_edge_list *out)
{
    *out = (fr_edge_list){0};
    int status = fr_text_check(name, bytes, size);
    if (status != FR_OK) return status;
    int64_t most = fr_pairs_count(bytes, size);
    out->i = fr_alloc(most, sizeof *out->i);
    out->j = fr_alloc(most, sizeof *out->j);
    out->line = fr_alloc(most, sizeof *out->line);
    bool room = out->i != NULL && out->j != NULL && out->line != NULL;
    status = room ? read_lines(bytes, size, name, out) : FR_ENOMEM;
    if (status != FR_OK) fr_edge_list_free(out);
    return status;
}

int fr_edge_list_read(const char *path, fr_edge_list *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (fr_edge_list){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_edge_list_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}

int fr_edge_list_write(const char *path, const fr_edge_list *edges)
{
    fr_file file;
    int status = fr_file_create(path, &file);
    if (status != FR_OK) return status;
    for (int64_t e = 0; e < edges->n; e++) {
        char text[64];
        int length =
            snprintf(text, sizeof text, "%" PRId64 " %" PRId64 "\n", edges->i[e] + 1, edges->j[e] + 1);
        fr_file_put(&file, text, length);
    }
    return fr_file_commit(&file);
}
