/* ESRI shapefiles (ESRI White Paper J-7855, 1998), the .shp part alone: shapelib reads the records; the index it wants (.shx) is
 * made here from the lengths in the .shp, each of them checked against the file's size, so that the file can be memory and
 * lies about counts are found before anything is allocated for them. */
#include "shapefile.h"
#include "rings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { header_size = 100, record_header_size = 8 };

typedef struct {
    const uint8_t *bytes;
    int64_t size, at;
} memory_file;

struct fr_shapes {
    const char *name;
    memory_file shp, shx;
    uint8_t *index; /* the bytes of shx */
    int64_t n;
    SHPHandle handle;
};

/* ---- a file in memory, for shapelib ---- */

/* shapelib gives its hooks no context but the name: it carries the address of the fr_shapes. */
static SAFile memory_open(const char *name, const char *access)
{
    (void)access;
    char *ending = NULL;
    fr_shapes *shapes = (fr_shapes *)(uintptr_t)strtoull(name, &ending, 16);
    if (strcmp(ending, ".shp") == 0) return (SAFile)&shapes->shp;
    return strcmp(ending, ".shx") == 0 ? (SAFile)&shapes->shx : NULL;
}

static SAOffset memory_read(void *out, SAOffset size, SAOffset count, SAFile file)
{
    memory_file *memory = (memory_file *)file;
    int64_t left = memory->size - memory->at;
    SAOffset whole = size > 0 ? (SAOffset)left / size : 0;
    if (count > whole) count = whole;
    memcpy(out, memory->bytes + memory->at, count * size);
    memory->at += (int64_t)(count * size);
    return count;
}

static SAOffset memory_write(void *bytes, SAOffset size, SAOffset count, SAFile file)
{
    (void)bytes, (void)size, (void)count, (void)file;
    return 0;
}

static SAOffset memory_seek(SAFile file, SAOffset offset, int whence)
{
    memory_file *memory = (memory_file *)file;
    int64_t from = whence == SEEK_CUR ? memory->at : whence == SEEK_END ? memory->size : 0;
    int64_t at = from + (int64_t)offset;
    if (at < 0 || at > memory->size) return (SAOffset)-1;
    memory->at = at;
    return 0;
}

static SAOffset memory_tell(SAFile file)
{
    return (SAOffset)((memory_file *)file)->at;
}

static int memory_flush(SAFile file)
{
    (void)file;
    return 0;
}

static int memory_remove(const char *name)
{
    (void)name;
    return -1;
}

static void stay_silent(const char *message)
{
    (void)message;
}

/* ---- records ---- */

static int64_t big_endian(const uint8_t *b)
{
    return (int64_t)b[0] << 24 | (int64_t)b[1] << 16 | (int64_t)b[2] << 8 | (int64_t)b[3];
}

static void put_big_endian(uint8_t *b, int64_t value)
{
    for (int k = 0; k < 4; k++)
        b[k] = (uint8_t)(value >> (24 - 8 * k) & 0xFF);
}

bool fr_is_shapefile(const char *bytes, int64_t size)
{
    return size >= 4 && memcmp(bytes, "\0\0\x27\x0A", 4) == 0;
}

/* Walks the records; fills `index` (8 bytes a record) unless it is NULL. */
static int walk_records(const memory_file *shp, int64_t end, const char *name, uint8_t *index, int64_t *n)
{
    *n = 0;
    for (int64_t at = header_size; at < end;) {
        if (end - at < record_header_size)
            return fr_fail(FR_EINPUT,
                           "%s: the file ends within the head of record %" PRId64 ": it is truncated", name,
                           *n + 1);
        int64_t content = 2 * big_endian(shp->bytes + at + 4);
        if (content < 4 || content > end - at - record_header_size)
            return fr_fail(FR_EINPUT,
                           "%s: record %" PRId64 " claims %" PRId64 " bytes, %" PRId64
                           " are left: the file is truncated or damaged",
                           name, *n + 1, content, end - at - record_header_size);
        if (index != NULL) {
            put_big_endian(index + 8 * *n, at / 2);
            put_big_endian(index + 8 * *n + 4, content / 2);
        }
        at += record_header_size + content;
        ++*n;
    }
    return FR_OK;
}

static int make_index(fr_shapes *shapes)
{
    const memory_file *shp = &shapes->shp;
    if (shp->size < header_size)
        return fr_fail(FR_EINPUT,
                       "%s: expected at least %d bytes, found %" PRId64 ": the shapefile is truncated",
                       shapes->name, header_size, shp->size);
    int64_t end = 2 * big_endian(shp->bytes + 24);
    if (end > shp->size)
        return fr_fail(FR_EINPUT,
                       "%s: expected %" PRId64 " bytes, found %" PRId64 ": the shapefile is truncated",
                       shapes->name, end, shp->size);
    int status = walk_records(shp, end, shapes->name, NULL, &shapes->n);
    if (status != FR_OK) return status;
    int64_t size = header_size + 8 * shapes->n;
    shapes->index = fr_alloc(size, 1);
    if (shapes->index == NULL) return FR_ENOMEM;
    memcpy(shapes->index, shp->bytes, header_size);
    put_big_endian(shapes->index + 24, size / 2);
    shapes->shx = (memory_file){.bytes = shapes->index, .size = size};
    return walk_records(shp, end, shapes->name, shapes->index + header_size, &shapes->n);
}

int fr_shapes_open(const char *bytes, int64_t size, const char *name, fr_shapes **out)
{
    *out = NULL;
    size_t length = strlen(name);
    if (!fr_is_shapefile(bytes, size)) return fr_fail(FR_EINPUT, "%s: not a shapefile (.shp)", name);
    if (length > 4 && strcmp(name + length - 4, ".shx") == 0)
        return fr_fail(FR_EINPUT, "%s: this is the index of a shapefile; name the file that ends in .shp",
                       name);
    fr_shapes *shapes = fr_alloc(1, sizeof *shapes);
    if (shapes == NULL) return FR_ENOMEM;
    shapes->name = name;
    shapes->shp = (memory_file){.bytes = (const uint8_t *)bytes, .size = size};
    int status = make_index(shapes);
    if (status == FR_OK && shapes->n > 0) {
        SAHooks hooks = {memory_open,  memory_read,  memory_write,  memory_seek, memory_tell,
                         memory_flush, memory_flush, memory_remove, stay_silent, atof};
        char address[40];
        snprintf(address, sizeof address, "%" PRIxPTR ".shp", (uintptr_t)shapes);
        shapes->handle = SHPOpenLL(address, "rb", &hooks);
        if (shapes->handle == NULL)
            status = fr_fail(FR_EINPUT, "%s: the head of the shapefile is damaged", name);
    }
    if (status != FR_OK) {
        fr_shapes_close(shapes);
        return status;
    }
    *out = shapes;
    return FR_OK;
}

int64_t fr_shapes_count(const fr_shapes *shapes)
{
    return shapes->n;
}

/* shapelib checks that parts start within the points, but not that each has any. */
static bool has_ordered_parts(const SHPObject *object)
{
    for (int p = 0; p < object->nParts; p++) {
        int end = p + 1 < object->nParts ? object->panPartStart[p + 1] : object->nVertices;
        if (object->panPartStart[p] < 0 || object->panPartStart[p] >= end || end > object->nVertices)
            return false;
    }
    return true;
}

int fr_shapes_record(fr_shapes *shapes, int64_t k, SHPObject **out)
{
    *out = SHPReadObject(shapes->handle, (int)k);
    if (*out != NULL && has_ordered_parts(*out)) return FR_OK;
    if (*out != NULL) SHPDestroyObject(*out);
    *out = NULL;
    return fr_fail(FR_EINPUT, "%s: record %" PRId64 " is damaged: its counts do not fit its length",
                   shapes->name, k + 1);
}

void fr_shapes_close(fr_shapes *shapes)
{
    if (shapes == NULL) return;
    if (shapes->handle != NULL) SHPClose(shapes->handle);
    fr_free(shapes->index);
    fr_free(shapes);
}

/* ---- polygons and lines ---- */

static bool is_polygon(int type)
{
    return type == SHPT_POLYGON || type == SHPT_POLYGONZ || type == SHPT_POLYGONM;
}

static bool is_line(int type)
{
    return type == SHPT_ARC || type == SHPT_ARCZ || type == SHPT_ARCM;
}

static int add_parts(const SHPObject *object, int64_t record, bool closed, fr_rings *rings)
{
    int status = FR_OK;
    for (int p = 0; p < object->nParts && status == FR_OK; p++) {
        int end = p + 1 < object->nParts ? object->panPartStart[p + 1] : object->nVertices;
        for (int v = object->panPartStart[p]; v < end && status == FR_OK; v++)
            status = fr_rings_point(rings, object->padfX[v], object->padfY[v]);
        if (status == FR_OK) status = fr_rings_end(rings, record, closed);
    }
    return status;
}

int fr_shapefile_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings)
{
    fr_shapes *shapes;
    int status = fr_shapes_open(bytes, size, name, &shapes);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < shapes->n && status == FR_OK; k++) {
        SHPObject *object;
        status = fr_shapes_record(shapes, k, &object);
        if (status != FR_OK) break;
        bool closed = is_polygon(object->nSHPType);
        if (closed || (want == FR_WANT_LINES && is_line(object->nSHPType)))
            status = add_parts(object, k, closed, rings);
        else if (object->nSHPType != SHPT_NULL)
            status = fr_fail(FR_EINPUT, "%s: record %" PRId64 " holds %s, expected polygons%s", name, k + 1,
                             is_line(object->nSHPType) ? "lines" : "neither lines nor polygons",
                             want == FR_WANT_LINES ? " or lines" : "");
        SHPDestroyObject(object);
    }
    if (status == FR_OK && rings->n_lines == 0)
        status = fr_fail(FR_EINPUT, "%s: the shapefile holds no polygons", name);
    fr_shapes_close(shapes);
    return status;
}
