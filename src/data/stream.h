/* The bytes of a file, a part at a time, unpacked if its first bytes are those of gzip, bzip2 or xz. */
#ifndef FRUGAL_DATA_STREAM_H
#define FRUGAL_DATA_STREAM_H

#include <frugal/core.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>

typedef enum { STREAM_PLAIN, STREAM_GZIP, STREAM_BZIP2, STREAM_XZ } fr_stream_kind;

typedef struct {
    const char *name; /* for messages; borrowed */
    bool from_file;   /* else the input is in memory */
    int descriptor;
    int64_t expected; /* bytes of the file as it lies on disk; 0: unknown */
    fr_stream_kind kind;
    const uint8_t *input; /* input[taken..available) is still to be used */
    int64_t available, taken;
    bool input_ended;
    uint8_t *buffer; /* owned; what `input` points to when it comes from a descriptor */
    bool in_member;  /* a decoder is open */
    union {
        z_stream gzip;
        bz_stream bzip2;
        lzma_stream xz;
    } decoder;
} fr_stream;

/* FR_EIO if the file cannot be opened or is a folder. */
int fr_stream_open(const char *path, fr_stream *out);
/* `bytes` must outlive the stream. */
int fr_stream_open_memory(const char *name, const void *bytes, int64_t size, fr_stream *out);
/* Up to `room` bytes; fewer only at the end. FR_EINPUT for packed data that are damaged or end too early. */
int fr_stream_read(fr_stream *stream, void *bytes, int64_t room, int64_t *got);
/* All bytes that are left, followed by one '\0'. More than `limit` unpacked bytes are FR_ENOMEM. */
int fr_stream_read_all(fr_stream *stream, int64_t limit, char **bytes, int64_t *size);
/* Safe on a zeroed struct and twice. */
void fr_stream_close(fr_stream *stream);

#endif
