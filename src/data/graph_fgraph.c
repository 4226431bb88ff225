/* .fgraph: the arrays of a graph in a file, as they are in memory (frugal/graph.h has the layout). Opening maps the file and looks
 * at its first page and the ends of its sections; what is between is read when it is used. */
#include "file.h"
#include "graph_build.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               ".fgraph files are little endian and used as they are");

enum { page = 4096, most_sections = 6 };
enum { WEIGHTED = 1, NAMED = 2 };

typedef struct {
    char magic[8];
    uint64_t flags, n, n_arcs, n_loops;
    double volume, min_weight, max_weight;
    uint64_t name_size, checksum;
} fgraph_header;

_Static_assert(sizeof(fgraph_header) == 80, "the header has no gaps");

static const char magic[8] = {'F', 'G', 'R', 'A', 'P', 'H', '0', '1'};

/* ---- layout ---- */

typedef enum { ROW, NEIGHBOUR, WEIGHT, DEGREE, NAME_OFFSET, NAME_BYTES } section;
static const char *const section_name[most_sections] = {"rows",    "neighbours",   "weights",
                                                        "degrees", "name offsets", "names"};

/* Where the sections lie in the file; size 0: there is none. The last ends the file. */
typedef struct {
    int64_t offset[most_sections], size[most_sections];
    int64_t file_size;
} fgraph_layout;

static int64_t next_page(int64_t offset)
{
    return (offset + page - 1) / page * page;
}

/* n < 2^32, n_arcs and name_size < 2^56, so that nothing here overflows. */
static fgraph_layout layout_of(const fgraph_header *header)
{
    int64_t n = (int64_t)header->n, n_arcs = (int64_t)header->n_arcs;
    bool weighted = (header->flags & WEIGHTED) != 0, named = (header->flags & NAMED) != 0;
    fgraph_layout layout = {.file_size = page};
    layout.size[ROW] = (n + 1) * (int64_t)sizeof(int64_t);
    layout.size[NEIGHBOUR] = n_arcs * (int64_t)sizeof(uint32_t);
    layout.size[WEIGHT] = weighted ? n_arcs * (int64_t)sizeof(double) : 0;
    layout.size[DEGREE] = weighted ? n * (int64_t)sizeof(double) : 0;
    layout.size[NAME_OFFSET] = named ? (n + 1) * (int64_t)sizeof(int64_t) : 0;
    layout.size[NAME_BYTES] = named ? (int64_t)header->name_size : 0;
    for (int k = 0; k < most_sections; k++) {
        layout.offset[k] = next_page(layout.file_size);
        if (layout.size[k] > 0) layout.file_size = layout.offset[k] + layout.size[k];
    }
    return layout;
}

/* FNV-1a, continued. */
static uint64_t checksum(uint64_t hash, const void *bytes, int64_t size)
{
    const uint8_t *byte = bytes;
    for (int64_t k = 0; k < size; k++)
        hash = (hash ^ byte[k]) * UINT64_C(1099511628211);
    return hash;
}

static const uint64_t checksum_start = UINT64_C(14695981039346656037);

/* ---- writing ---- */

static const uint8_t zeros[page];

/* Gives the bytes behind the header, in order, to the checksum (file NULL) or to the file. */
static int put_sections(const fgraph_layout *layout, const void *const *data, fr_file *file, uint64_t *hash)
{
    enum { piece = 1 << 24 };
    int64_t at = page;
    for (int k = 0; k < most_sections; k++) {
        if (layout->size[k] == 0) continue;
        int64_t gap = layout->offset[k] - at;
        if (file != NULL)
            fr_file_put(file, zeros, gap);
        else
            *hash = checksum(*hash, zeros, gap);
        for (int64_t done = 0; done < layout->size[k]; done += piece) {
            const char *bytes = (const char *)data[k] + done;
            int64_t size = layout->size[k] - done < piece ? layout->size[k] - done : piece;
            if (file != NULL)
                fr_file_put(file, bytes, size);
            else
                *hash = checksum(*hash, bytes, size);
            int status = fr_progress_tick("writing the graph", layout->offset[k] + done, layout->file_size);
            if (status != FR_OK) return status;
        }
        at = layout->offset[k] + layout->size[k];
    }
    return FR_OK;
}

int fr_fgraph_write(const char *path, const fr_graph *graph)
{
    bool weighted = graph->weight != NULL, named = graph->name_offset != NULL;
    fgraph_header header = {.flags = (weighted ? WEIGHTED : 0U) | (named ? NAMED : 0U),
                            .n = (uint64_t)graph->n,
                            .n_arcs = (uint64_t)graph->n_arcs,
                            .n_loops = (uint64_t)graph->n_loops,
                            .volume = graph->volume,
                            .min_weight = graph->min_weight,
                            .max_weight = graph->max_weight,
                            .name_size = named ? (uint64_t)graph->name_offset[graph->n] : 0,
                            .checksum = checksum_start};
    memcpy(header.magic, magic, sizeof magic);
    fgraph_layout layout = layout_of(&header);
    const void *data[most_sections] = {graph->row,    graph->neighbour,   graph->weight,
                                       graph->degree, graph->name_offset, graph->name_bytes};
    int status = put_sections(&layout, data, NULL, &header.checksum);
    if (status != FR_OK) return status;
    fr_file file;
    status = fr_file_create(path, &file);
    if (status != FR_OK) return status;
    fr_file_put(&file, &header, sizeof header);
    fr_file_put(&file, zeros, page - (int64_t)sizeof header);
    status = put_sections(&layout, data, &file, NULL);
    if (status == FR_OK) return fr_file_commit(&file);
    fr_file_discard(&file);
    return status;
}

/* ---- opening ---- */

/* The whole file, read-only. */
static int map_file(const char *path, const char **bytes, int64_t *size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fr_fail(FR_EIO, "cannot open %s: %s", path, strerror(errno));
    struct stat about;
    int status = FR_OK;
    void *map = MAP_FAILED;
    if (fstat(descriptor, &about) != 0)
        status = fr_fail(FR_EIO, "cannot read %s: %s", path, strerror(errno));
    else if (S_ISDIR(about.st_mode))
        status = fr_fail(FR_EIO, "cannot read %s: it is a folder, not a file", path);
    else if (!S_ISREG(about.st_mode))
        status = fr_fail(FR_EIO, "cannot map %s: it is not a file on disk", path);
    else if (about.st_size < page)
        status = fr_fail(FR_EINPUT, "%s: expected a .fgraph file of at least %d bytes, found %" PRId64, path,
                         page, (int64_t)about.st_size);
    else if ((map = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0)) == MAP_FAILED)
        status = fr_fail(FR_EIO, "cannot map %s: %s", path, strerror(errno));
    close(descriptor);
    if (status != FR_OK) return status;
    *bytes = map;
    *size = about.st_size;
    return FR_OK;
}

static int check_magic(const char *path, const fgraph_header *header)
{
    static const uint8_t packed[][3] = {{0x1f, 0x8b, 0x08}, {'B', 'Z', 'h'}, {0xfd, '7', 'z'}};
    if (memcmp(header->magic, magic, sizeof magic) == 0) return FR_OK;
    for (size_t k = 0; k < sizeof packed / sizeof *packed; k++)
        if (memcmp(header->magic, packed[k], sizeof packed[k]) == 0)
            return fr_fail(FR_EINPUT, "%s: a compressed file cannot be mapped; unpack it first", path);
    if (memcmp(header->magic, magic, 6) == 0)
        return fr_fail(FR_EINPUT, "%s: version '%.2s' of the .fgraph format is not known, expected 01", path,
                       header->magic + 6);
    return fr_fail(FR_EINPUT, "%s: this is not a .fgraph file", path);
}

static int bad_header(const char *path, const char *what)
{
    return fr_fail(FR_EINPUT, "%s: damaged header: %s", path, what);
}

/* Counts first, so that sizes can be computed from them. */
static int check_counts(const char *path, const fgraph_header *header)
{
    if ((header->flags & ~(uint64_t)(WEIGHTED | NAMED)) != 0) return bad_header(path, "unknown flags");
    if (header->n > (uint64_t)GRAPH_MOST_NODES)
        return bad_header(path, "the number of nodes is beyond 2^32 - 2");
    if (header->n_arcs >> 56 != 0) return bad_header(path, "the number of arcs is beyond 2^56");
    if (header->name_size >> 56 != 0) return bad_header(path, "the size of the names is beyond 2^56");
    if (header->n_loops > header->n || header->n_loops > header->n_arcs ||
        (header->n_arcs - header->n_loops) % 2 != 0)
        return bad_header(path, "the number of loops does not agree with the numbers of nodes and arcs");
    if ((header->flags & NAMED) != 0 ? header->name_size < header->n : header->name_size != 0)
        return bad_header(path, "the size of the names does not agree with the number of nodes");
    return FR_OK;
}

static int check_weights(const char *path, const fgraph_header *header)
{
    double least = header->n_arcs > 0 ? 1 : 0;
    if ((header->flags & WEIGHTED) == 0) {
        if (header->volume != (double)header->n_arcs || header->min_weight != least ||
            header->max_weight != least)
            return bad_header(path, "volume and weights do not agree with the number of arcs");
        return FR_OK;
    }
    bool some = header->min_weight > 0 && header->min_weight <= header->max_weight &&
                isfinite(header->max_weight) && header->volume >= header->max_weight &&
                isfinite(header->volume);
    bool none = header->volume == 0 && header->min_weight == 0 && header->max_weight == 0;
    if (header->n_arcs > 0 ? !some : !none)
        return bad_header(path, "impossible volume or range of the weights");
    return FR_OK;
}

/* The header, the size of the file, and the ends of the sections. */
static int check_file(const char *path, const char *bytes, int64_t size, fgraph_layout *layout)
{
    fgraph_header header;
    memcpy(&header, bytes, sizeof header);
    int status = check_magic(path, &header);
    if (status == FR_OK) status = check_counts(path, &header);
    if (status == FR_OK) status = check_weights(path, &header);
    if (status != FR_OK) return status;
    if (memcmp(bytes + sizeof header, zeros, page - sizeof header) != 0)
        return bad_header(path, "it is not zero up to byte 4096");
    *layout = layout_of(&header);
    for (int k = 0; k < most_sections; k++)
        if (layout->size[k] > 0 && layout->offset[k] + layout->size[k] > size)
            return fr_fail(FR_EINPUT,
                           "%s: the file is truncated: the %s end at byte %" PRId64 ", the file at %" PRId64,
                           path, section_name[k], layout->offset[k] + layout->size[k], size);
    if (size != layout->file_size)
        return fr_fail(FR_EINPUT, "%s: %" PRId64 " bytes follow the end of the graph: the file is damaged",
                       path, size - layout->file_size);
    return FR_OK;
}

/* Points the graph into the file. */
static void point(const char *bytes, const fgraph_layout *layout, fr_graph *out)
{
    fgraph_header header;
    memcpy(&header, bytes, sizeof header);
    const void *data[most_sections];
    for (int k = 0; k < most_sections; k++)
        data[k] = layout->size[k] > 0 ? bytes + layout->offset[k] : NULL;
    bool weighted = (header.flags & WEIGHTED) != 0;
    *out = (fr_graph){.n = (int64_t)header.n,
                      .n_arcs = (int64_t)header.n_arcs,
                      .n_loops = (int64_t)header.n_loops,
                      .row = data[ROW],
                      .neighbour = data[NEIGHBOUR],
                      .weight = data[WEIGHT],
                      .degree = data[DEGREE],
                      .volume = header.volume,
                      .min_weight = header.min_weight,
                      .max_weight = header.max_weight,
                      .name_offset = data[NAME_OFFSET],
                      .name_bytes = data[NAME_BYTES]};
    /* Sections may be empty; their pointers still say that the graph is weighted, or named. */
    if (weighted && out->weight == NULL) out->weight = (const double *)(const void *)bytes;
    if (weighted && out->degree == NULL) out->degree = (const double *)(const void *)bytes;
    if (out->neighbour == NULL) out->neighbour = (const uint32_t *)(const void *)bytes;
    if (out->name_offset != NULL && out->name_bytes == NULL) out->name_bytes = bytes;
}

static int check_ends(const char *path, const fr_graph *graph, int64_t name_size)
{
    if (graph->row[0] != 0 || graph->row[graph->n] != graph->n_arcs)
        return fr_fail(FR_EINPUT,
                       "%s: the rows go from %" PRId64 " to %" PRId64 ", expected 0 to %" PRId64 " arcs",
                       path, graph->row[0], graph->row[graph->n], graph->n_arcs);
    if (graph->name_offset == NULL) return FR_OK;
    if (graph->name_offset[0] != 0 || graph->name_offset[graph->n] != name_size)
        return fr_fail(FR_EINPUT,
                       "%s: the names go from %" PRId64 " to %" PRId64 ", expected 0 to %" PRId64 " bytes",
                       path, graph->name_offset[0], graph->name_offset[graph->n], name_size);
    if (name_size > 0 && graph->name_bytes[name_size - 1] != '\0')
        return fr_fail(FR_EINPUT, "%s: the last name does not end", path);
    return FR_OK;
}

int fr_fgraph_open(const char *path, fr_graph *out)
{
    const char *bytes = NULL;
    int64_t size = 0;
    fgraph_layout layout;
    *out = (fr_graph){0};
    int status = map_file(path, &bytes, &size);
    if (status != FR_OK) return status;
    graph_owned *owned = fr_alloc(1, sizeof *owned);
    status = owned == NULL ? FR_ENOMEM : check_file(path, bytes, size, &layout);
    if (status == FR_OK) {
        point(bytes, &layout, out);
        status = check_ends(path, out, layout.size[NAME_BYTES]);
    }
    if (status != FR_OK) {
        munmap((void *)(uintptr_t)bytes, (size_t)size);
        fr_free(owned);
        *out = (fr_graph){0};
        return status;
    }
    owned->mapping = (void *)(uintptr_t)bytes;
    owned->mapping_size = size;
    owned->name_size = layout.size[NAME_BYTES];
    out->owned = owned;
    return FR_OK;
}

/* ---- checking ---- */

static int check_checksum(const char *path, const fr_graph *graph)
{
    const graph_owned *owned = graph->owned;
    const char *bytes = owned->mapping;
    enum { piece = 1 << 24 };
    fgraph_header header;
    memcpy(&header, bytes, sizeof header);
    uint64_t hash = checksum_start;
    for (int64_t at = page; at < owned->mapping_size; at += piece) {
        int64_t size = owned->mapping_size - at < piece ? owned->mapping_size - at : piece;
        hash = checksum(hash, bytes + at, size);
        int status = fr_progress_tick("checksum", at, owned->mapping_size);
        if (status != FR_OK) return status;
    }
    if (hash == header.checksum) return FR_OK;
    return fr_fail(FR_EINPUT,
                   "%s: the checksum is %016" PRIx64 ", the header says %016" PRIx64 ": the file is damaged",
                   path, hash, header.checksum);
}

int fr_fgraph_check(const char *path)
{
    fr_graph graph;
    int status = fr_fgraph_open(path, &graph);
    if (status != FR_OK) return status;
    status = check_checksum(path, &graph);
    if (status == FR_OK) status = fr_graph_check(&graph);
    fr_graph_free(&graph);
    return status;
}
