/* Text in memory, cut into lines, and into pieces of whole lines that threads parse side by side. The pieces' arcs are joined in
 * the order of the file, and of several errors the first in the file is told. */
#include "graph_source.h"
#include "lines.h"

#include <string.h>

int graph_source_open_memory(const char *bytes, int64_t size, const char *name, graph_source *out)
{
    *out = (graph_source){.file = name};
    int status = fr_text_check(name, bytes, size);
    int64_t room = 0;
    if (status == FR_OK) status = fr_size_add(size, 1, &room);
    if (status != FR_OK) return status;
    out->bytes = fr_realloc(NULL, room, 1);
    if (out->bytes == NULL) return FR_ENOMEM;
    memcpy(out->bytes, bytes, (size_t)size);
    out->bytes[size] = '\0';
    out->size = size;
    fr_text text;
    fr_text_start(&text, out->bytes, size);
    out->next = text.next - out->bytes;
    return FR_OK;
}

int graph_source_open(const char *path, graph_source *out)
{
    *out = (graph_source){.file = path};
    int status = fr_file_read(path, &out->bytes, &out->size);
    if (status == FR_OK) status = fr_text_check(path, out->bytes, out->size);
    if (status != FR_OK) {
        graph_source_close(out);
        return status;
    }
    fr_text text;
    fr_text_start(&text, out->bytes, out->size);
    out->next = text.next - out->bytes;
    return FR_OK;
}

void graph_source_close(graph_source *source)
{
    fr_free(source->bytes);
    *source = (graph_source){0};
}

int graph_source_line(graph_source *source, const char **text, int64_t *length)
{
    fr_text lines = {.next = source->bytes + source->next, .end = source->bytes + source->size};
    *text = NULL;
    *length = 0;
    if (!fr_text_next(&lines)) return FR_OK;
    *text = lines.text;
    *length = lines.length;
    source->line++;
    source->next = lines.next - source->bytes;
    return FR_OK;
}

int graph_source_data_line(graph_source *source, const char **text, int64_t *length)
{
    int status;
    do {
        status = graph_source_line(source, text, length);
    } while (status == FR_OK && *text != NULL && graph_line_skippable(*text, *length));
    return status;
}

int graph_source_peek(graph_source *source, const char *text[2], int64_t length[2])
{
    int64_t next = source->next, line = source->line;
    int status = graph_source_data_line(source, &text[0], &length[0]);
    if (status == FR_OK) status = graph_source_data_line(source, &text[1], &length[1]);
    source->next = next;
    source->line = line;
    return status;
}

int graph_source_arcs(graph_source *source, const graph_line_rule *rule, graph_arcs *arcs)
{
    const char *text;
    int64_t length;
    int status = graph_source_line(source, &text, &length);
    for (; status == FR_OK && text != NULL; status = graph_source_line(source, &text, &length)) {
        status = graph_line_add(rule, text, length, source->line, arcs);
        if (status != FR_OK) return status;
    }
    return status;
}
