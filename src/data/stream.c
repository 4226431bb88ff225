/* Files as streams. Packed files may have several members one after the other (as bgzip and `cat a.gz b.gz` make them) and
 * zeros behind the last. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { buffer_size = 1 << 18, longest_magic = 10, smallest_room = 1 << 16, largest_step = 1 << 30 };

static const char *const kind_name[] = {"plain", "gzip", "bzip2", "xz"};

/* ---- input ---- */

static fr_stream_kind kind_of(const uint8_t *bytes, int64_t size)
{
    static const uint8_t xz[] = {0xFD, '7', 'z', 'X', 'Z', 0};
    static const uint8_t block[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59},
                         end[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) return STREAM_GZIP;
    if (size >= 6 && memcmp(bytes, xz, sizeof xz) == 0) return STREAM_XZ;
    if (size >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
        (memcmp(bytes + 4, block, 6) == 0 || memcmp(bytes + 4, end, 6) == 0))
        return STREAM_BZIP2;
    return STREAM_PLAIN;
}

int fr_stream_open_memory(const char *name, const void *bytes, int64_t size, fr_stream *out)
{
    *out = (fr_stream){.name = name,
                       .expected = size,
                       .kind = kind_of(bytes, size),
                       .input = bytes,
                       .available = size,
                       .input_ended = true};
    return FR_OK;
}

/* Reads more unless `wanted` bytes are at hand; what is left of the input moves to the start of the buffer. */
static int refill(fr_stream *stream, int64_t wanted)
{
    if (stream->input_ended || stream->available - stream->taken >= wanted) return FR_OK;
    stream->available -= stream->taken;
    memmove(stream->buffer, stream->buffer + stream->taken, (size_t)stream->available);
    stream->taken = 0;
    while (!stream->input_ended && stream->available < wanted) {
        ssize_t got = read(stream->descriptor, stream->buffer + stream->available,
                           (size_t)(buffer_size - stream->available));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fr_fail(FR_EIO, "cannot read %s: %s", stream->name, strerror(errno));
        stream->input_ended = got == 0;
        stream->available += got;
    }
    return FR_OK;
}

int fr_stream_open(const char *path, fr_stream *out)
{
    *out = (fr_stream){0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fr_fail(FR_EIO, "cannot open %s: %s", path, strerror(errno));
    *out = (fr_stream){.name = path, .from_file = true, .descriptor = descriptor};
    struct stat about;
    int status = FR_OK;
    if (fstat(out->descriptor, &about) != 0)
        status = fr_fail(FR_EIO, "cannot read %s: %s", path, strerror(errno));
    else if (S_ISDIR(about.st_mode))
        status = fr_fail(FR_EIO, "cannot read %s: it is a folder, not a file", path);
    else if ((out->buffer = fr_alloc(buffer_size, 1)) == NULL)
        status = FR_ENOMEM;
    out->input = out->buffer;
    if (status == FR_OK) {
        out->expected = S_ISREG(about.st_mode) ? about.st_size : 0;
        status = refill(out, longest_magic);
    }
    if (status == FR_OK)
        out->kind = kind_of(out->input, out->available);
    else
        fr_stream_close(out);
    return status;
}

/* ---- decoders: one member each ---- */

static int open_member(fr_stream *stream)
{
    memset(&stream->decoder, 0, sizeof stream->decoder);
    bool opened = false;
    if (stream->kind == STREAM_GZIP) opened = inflateInit2(&stream->decoder.gzip, 15 + 16) == Z_OK;
    if (stream->kind == STREAM_BZIP2) opened = BZ2_bzDecompressInit(&stream->decoder.bzip2, 0, 0) == BZ_OK;
    if (stream->kind == STREAM_XZ)
        opened = lzma_stream_decoder(&stream->decoder.xz, UINT64_MAX, 0) == LZMA_OK;
    stream->in_member = opened;
    return opened ? FR_OK : fr_fail(FR_ENOMEM, "out of memory while unpacking %s", stream->name);
}

static void close_member(fr_stream *stream)
{
    if (!stream->in_member) return;
    if (stream->kind == STREAM_GZIP) inflateEnd(&stream->decoder.gzip);
    if (stream->kind == STREAM_BZIP2) BZ2_bzDecompressEnd(&stream->decoder.bzip2);
    if (stream->kind == STREAM_XZ) lzma_end(&stream->decoder.xz);
    stream->in_member = false;
}

typedef enum { DECODED, MEMBER_ENDS, DAMAGED, NO_MEMORY } decoded;

static decoded inflate_some(z_stream *decoder, const uint8_t *input, int64_t *input_size, uint8_t *output,
                            int64_t *output_size)
{
    decoder->next_in = (z_const Bytef *)(uintptr_t)input;
    decoder->avail_in = (uInt)*input_size;
    decoder->next_out = output;
    decoder->avail_out = (uInt)*output_size;
    int code = inflate(decoder, Z_NO_FLUSH);
    *input_size -= decoder->avail_in;
    *output_size -= decoder->avail_out;
    if (code == Z_OK || code == Z_BUF_ERROR) return DECODED;
    return code == Z_STREAM_END ? MEMBER_ENDS : code == Z_MEM_ERROR ? NO_MEMORY : DAMAGED;
}

static decoded bunzip2_some(bz_stream *decoder, const uint8_t *input, int64_t *input_size, uint8_t *output,
                            int64_t *output_size)
{
    decoder->next_in = (char *)(uintptr_t)input;
    decoder->avail_in = (unsigned)*input_size;
    decoder->next_out = (char *)output;
    decoder->avail_out = (unsigned)*output_size;
    int code = BZ2_bzDecompress(decoder);
    *input_size -= decoder->avail_in;
    *output_size -= decoder->avail_out;
    if (code == BZ_OK) return DECODED;
    return code == BZ_STREAM_END ? MEMBER_ENDS : code == BZ_MEM_ERROR ? NO_MEMORY : DAMAGED;
}

static decoded unxz_some(lzma_stream *decoder, const uint8_t *input, int64_t *input_size, uint8_t *output,
                         int64_t *output_size)
{
    decoder->next_in = input;
    decoder->avail_in = (size_t)*input_size;
    decoder->next_out = output;
    decoder->avail_out = (size_t)*output_size;
    lzma_ret code = lzma_code(decoder, LZMA_RUN);
    *input_size -= (int64_t)decoder->avail_in;
    *output_size -= (int64_t)decoder->avail_out;
    if (code == LZMA_OK || code == LZMA_BUF_ERROR) return DECODED;
    return code == LZMA_STREAM_END ? MEMBER_ENDS : code == LZMA_MEM_ERROR ? NO_MEMORY : DAMAGED;
}

/* Unpacks what the input at hand gives, at most `room` bytes. */
static int decode(fr_stream *stream, uint8_t *bytes, int64_t room, int64_t *got)
{
    const uint8_t *input = stream->input + stream->taken;
    int64_t used = stream->available - stream->taken;
    if (used > largest_step) used = largest_step;
    *got = room < largest_step ? room : largest_step;
    decoded code = stream->kind == STREAM_GZIP ? inflate_some(&stream->decoder.gzip, input, &used, bytes, got)
                   : stream->kind == STREAM_BZIP2
                       ? bunzip2_some(&stream->decoder.bzip2, input, &used, bytes, got)
                       : unxz_some(&stream->decoder.xz, input, &used, bytes, got);
    stream->taken += used;
    if (code == MEMBER_ENDS) close_member(stream);
    if (code == NO_MEMORY) return fr_fail(FR_ENOMEM, "out of memory while unpacking %s", stream->name);
    if (code == DAMAGED)
        return fr_fail(FR_EINPUT, "%s: damaged %s data", stream->name, kind_name[stream->kind]);
    if (code == DECODED && used == 0 && *got == 0 && stream->taken == stream->available &&
        stream->input_ended)
        return fr_fail(FR_EINPUT, "%s: the %s data end too early: the file is truncated", stream->name,
                       kind_name[stream->kind]);
    return FR_OK;
}

/* Behind a member: another one, zeros that fill a block, or the end. */
static int next_member(fr_stream *stream, bool *ends)
{
    int status = refill(stream, longest_magic);
    *ends = status != FR_OK || stream->taken == stream->available;
    if (*ends) return status;
    const uint8_t *next = stream->input + stream->taken;
    if (kind_of(next, stream->available - stream->taken) == stream->kind) return open_member(stream);
    int64_t others = 0;
    for (; status == FR_OK && stream->taken < stream->available; status = refill(stream, 1))
        while (stream->taken < stream->available)
            others += stream->input[stream->taken++] != 0 || others > 0;
    *ends = true;
    if (status != FR_OK || others == 0) return status;
    return fr_fail(FR_EINPUT, "%s: %" PRId64 " bytes follow the %s data: the file is damaged", stream->name,
                   others, kind_name[stream->kind]);
}

static int read_plain(fr_stream *stream, uint8_t *bytes, int64_t room, int64_t *got)
{
    int64_t ready = stream->available - stream->taken;
    *got = ready < room ? ready : room;
    memcpy(bytes, stream->input + stream->taken, (size_t)*got);
    stream->taken += *got;
    while (*got < room && !stream->input_ended) { /* past the buffer */
        int64_t left = room - *got < largest_step ? room - *got : largest_step;
        ssize_t more = read(stream->descriptor, bytes + *got, (size_t)left);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return fr_fail(FR_EIO, "cannot read %s: %s", stream->name, strerror(errno));
        stream->input_ended = more == 0;
        *got += more;
    }
    return FR_OK;
}

int fr_stream_read(fr_stream *stream, void *bytes, int64_t room, int64_t *got)
{
    *got = 0;
    if (stream->kind == STREAM_PLAIN) return read_plain(stream, bytes, room, got);
    int status = FR_OK;
    bool ends = false;
    while (status == FR_OK && *got < room) {
        int64_t more = 0;
        if (!stream->in_member) status = next_member(stream, &ends);
        if (status != FR_OK || ends) break;
        status = refill(stream, 1);
        if (status == FR_OK) status = decode(stream, (uint8_t *)bytes + *got, room - *got, &more);
        *got += more;
    }
    if (status != FR_OK) *got = 0;
    return status;
}

int fr_stream_read_all(fr_stream *stream, int64_t limit, char **bytes, int64_t *size)
{
    char *buffer = NULL, *moved;
    int64_t room = stream->kind == STREAM_PLAIN ? stream->expected + 2 : smallest_room, used = 0, got = 0,
            asked = 0;
    int status = FR_OK;
    *bytes = NULL;
    *size = 0;
    while (status == FR_OK && got == asked) { /* less than was asked for: the end */
        if (buffer != NULL) status = fr_size_mul(room, 2, &room);
        if (status == FR_OK && (moved = fr_realloc(buffer, room, 1)) == NULL) status = FR_ENOMEM;
        if (status != FR_OK) break;
        buffer = moved;
        asked = room - used - 1;
        status = fr_stream_read(stream, buffer + used, asked, &got);
        used += got;
        if (status == FR_OK && stream->kind != STREAM_PLAIN && used > limit)
            status =
                fr_fail(FR_ENOMEM, "%s: unpacks to more than %" PRId64 " bytes, the memory of this machine",
                        stream->name, limit);
    }
    if (status == FR_OK && (moved = fr_realloc(buffer, used + 1, 1)) == NULL) status = FR_ENOMEM;
    if (status != FR_OK) {
        fr_free(buffer);
        return status;
    }
    moved[used] = '\0';
    *bytes = moved;
    *size = used;
    return FR_OK;
}

void fr_stream_close(fr_stream *stream)
{
    close_member(stream);
    if (stream->from_file) close(stream->descriptor);
    fr_free(stream->buffer);
    *stream = (fr_stream){0};
}
