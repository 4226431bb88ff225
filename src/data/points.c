/* Lists of places: EEMS .coord and .nodes text, "longitude latitude" a line. */
#include <frugal/data.h>
#include <frugal/geo.h>

#include "file.h"
#include "number.h"
#include "pairs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void fr_points_free(fr_points *points)
{
    if (points == NULL) return;
    fr_free(points->x);
    fr_free(points->y);
    fr_free(points->line);
    *points = (fr_points){0};
}

/* Places beyond the poles are most often pairs the wrong way round. */
static void warn_of_latitudes(const char *name, const fr_points *points)
{
    int64_t n_beyond = 0, first = 0;
    bool swap_helps = true;
    for (int64_t k = points->n - 1; k >= 0; k--) {
        if (fabs(points->x[k]) > 90) swap_helps = false;
        if (fabs(points->y[k]) > 90) n_beyond++, first = k;
    }
    if (n_beyond == 0) return;
    fr_warn("%s:%" PRId64 ": the latitude %g lies outside [-90, 90] (%" PRId64 " of %" PRId64 " lines)%s",
            name, points->line[first], points->y[first], n_beyond, points->n,
            swap_helps ? ": are longitude and latitude swapped?" : "");
}

static int read_lines(const char *bytes, int64_t size, const char *name, fr_points *out)
{
    fr_text line;
    fr_text_start(&line, bytes, size);
    bool first = true;
    while (fr_text_next(&line)) {
        if (fr_text_skippable(&line)) continue;
        bool heading = false;
        int status = first ? fr_pair_heading(&line, name, &heading) : FR_OK;
        first = false;
        if (status == FR_OK && !heading) {
            status = fr_pair_numbers(&line, name, &out->x[out->n], &out->y[out->n]);
            out->line[out->n++] = line.number;
        }
        if (status != FR_OK) return status;
    }
    return out->n > 0 ? FR_OK
                      : fr_fail(FR_EINPUT, "%s: no places, only blank lines, comments or a heading", name);
}

int fr_points_parse(const char *bytes, int64_t size, const char *name, fr_points *out)
{
    *out = (fr_points){0};
    int status = fr_text_check(name, bytes, size);
    if (status != FR_OK) return status;
    int64_t most = fr_pairs_count(bytes, size);
    out->x = fr_alloc(most, sizeof *out->x);
    out->y = fr_alloc(most, sizeof *out->y);
    out->line = fr_alloc(most, sizeof *out->line);
    bool room = out->x != NULL && out->y != NULL && out->line != NULL;
    status = room ? read_lines(bytes, size, name, out) : FR_ENOMEM;
    if (status == FR_OK) warn_of_latitudes(name, out);
    if (status != FR_OK) fr_points_free(out);
    return status;
}

int fr_points_read(const char *path, fr_points *out)
{
    char *bytes = NULL;
    int64_t size;
    *out = (fr_points){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_points_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}

int fr_points_write(const char *path, const fr_points *points)
{
    fr_file file;
    int status = fr_file_create(path, &file);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < points->n; k++) {
        char text[2 * FR_NUMBER_ROOM + 2];
        int length = fr_number_format(points->x[k], text);
        text[length++] = ' ';
        length += fr_number_format(points->y[k], text + length);
        text[length++] = '\n';
        fr_file_put(&file, text, length);
    }
    return fr_file_commit(&file);
}
