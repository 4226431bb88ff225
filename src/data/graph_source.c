/* A window over the text of a file, and its lines one by one. */
#include "graph_source.h"
#include "lines.h"

#include <string.h>

enum { smallest_window = 1 << 16 };

/* ---- the window ---- */

int graph_source_fill(graph_source *source, int64_t wanted)
{
    if (source->ended || source->size - source->next >= wanted) return FR_OK;
    source->done += source->next;
    source->size -= source->next;
    memmove(source->bytes, source->bytes + source->next, (size_t)source->size);
    source->next = 0;
    if (wanted > source->room) {
        int64_t room = 0;
        int status = fr_size_mul(wanted, 2, &room);
        char *moved = status == FR_OK ? fr_realloc(source->bytes, room, 1) : NULL;
        if (moved == NULL) return FR_ENOMEM;
        source->bytes = moved;
        source->room = room;
    }
    int64_t asked = source->room - 1 - source->size, got; /* one byte is kept for a missing line end */
    int status = fr_stream_read(&source->stream, source->bytes + source->size, asked, &got);
    if (status != FR_OK) return status;
    source->size += got;
    source->ended = got < asked;
    if (source->ended && source->size > 0 && source->bytes[source->size - 1] != '\n')
        source->bytes[source->size++] = '\n';
    return FR_OK;
}

/* Empty files and UTF-16; zero bytes are found line by line. */
static int check_start(const graph_source *source)
{
    return fr_text_check(source->file, source->bytes, source->size < 4 ? source->size : 4);
}

/* The first window: is this text, and where does it start? */
static int start(graph_source *source)
{
    source->bytes = fr_realloc(NULL, smallest_window, 1);
    if (source->bytes == NULL) return FR_ENOMEM;
    source->room = smallest_window;
    int64_t got;
    int status = fr_stream_read(&source->stream, source->bytes, source->room - 1, &got);
    source->size = got;
    source->ended = got < source->room - 1;
    if (status == FR_OK) status = check_start(source);
    if (status != FR_OK) return status;
    fr_text text;
    fr_text_start(&text, source->bytes, source->size);
    source->next = text.next - source->bytes;
    if (source->ended && source->bytes[source->size - 1] != '\n') source->bytes[source->size++] = '\n';
    return FR_OK;
}

int graph_source_open_memory(const char *bytes, int64_t size, const char *name, graph_source *out)
{
    *out = (graph_source){.file = name};
    int status = fr_stream_open_memory(name, bytes, size, &out->stream);
    if (status == FR_OK) status = start(out);
    if (status != FR_OK) graph_source_close(out);
    return status;
}

int graph_source_open(const char *path, graph_source *out)
{
    *out = (graph_source){.file = path};
    int status = fr_stream_open(path, &out->stream);
    if (status == FR_OK) status = start(out);
    if (status != FR_OK) graph_source_close(out);
    return status;
}

void graph_source_close(graph_source *source)
{
    fr_stream_close(&source->stream);
    fr_free(source->bytes);
    *source = (graph_source){0};
}

/* ---- lines ---- */

/* Bytes of the line that starts at bytes[next + ahead], its '\n' included; 0 behind the last. The window may move. */
static int measure_line(graph_source *source, int64_t ahead, int64_t *length)
{
    *length = 0;
    for (int64_t known = ahead;;) {
        int64_t at_hand = source->size - source->next;
        const char *from = source->bytes + source->next;
        const char *stop = at_hand > known ? memchr(from + known, '\n', (size_t)(at_hand - known)) : NULL;
        if (stop != NULL) *length = stop + 1 - from - ahead;
        if (stop != NULL || source->ended) return FR_OK;
        known = at_hand;
        int status =
            graph_source_fill(source, at_hand < smallest_window / 4 ? smallest_window / 2 : 2 * at_hand);
        if (status != FR_OK) return status;
    }
}

/* Without its line end. */
static int64_t trimmed(const char *text, int64_t length)
{
    length--;
    return length > 0 && text[length - 1] == '\r' ? length - 1 : length;
}

int graph_source_line(graph_source *source, const char **text, int64_t *length)
{
    *text = NULL;
    int status = measure_line(source, 0, length);
    if (status != FR_OK || *length == 0) return status;
    *text = source->bytes + source->next;
    source->next += *length;
    source->line++;
    *length = trimmed(*text, *length);
    return graph_line_check(source->file, *text, *length, source->line);
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
    int64_t place[2] = {0}, found = 0, ahead = 0, size;
    text[0] = text[1] = NULL;
    length[0] = length[1] = 0;
    while (found < 2) {
        int status = measure_line(source, ahead, &size);
        if (status != FR_OK) return status;
        if (size == 0) break;
        const char *line = source->bytes + source->next + ahead;
        if (!graph_line_skippable(line, trimmed(line, size))) {
            length[found] = trimmed(line, size);
            place[found++] = ahead;
        }
        ahead += size;
    }
    for (int64_t k = 0; k < found; k++) /* only now does the window lie still */
        text[k] = source->bytes + source->next + place[k];
    return FR_OK;
}
