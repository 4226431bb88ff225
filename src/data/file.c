/* Whole files in and out. Reading takes gzip (also of several members, as bgzip writes) without being told; the room for
 * what it unpacks to grows with what has really come out, never by what a header claims, up to the machine's memory.
 * Writing goes through a sibling and rename, so that a reader sees the old file or the new one, never a part. */
#include <frugal/data.h>

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { smallest_buffer = 1 << 16, largest_step = 1 << 30 };

/* ---- reading ---- */

/* Makes room for at least one more byte and the final '\0'. */
static int grow(char **buffer, int64_t *capacity, int64_t wanted)
{
    int64_t larger;
    int status = fr_size_mul(*capacity, 2, &larger);
    if (status != FR_OK) return status;
    if (larger < wanted) larger = wanted;
    char *moved = fr_realloc(*buffer, larger, 1);
    if (moved == NULL) return FR_ENOMEM;
    *buffer = moved;
    *capacity = larger;
    return FR_OK;
}

/* All bytes that `descriptor` still gives. `expected` is a guess of their number. */
static int read_descriptor(int descriptor, const char *path, int64_t expected, char **bytes, int64_t *size)
{
    char *buffer = NULL;
    int64_t capacity = 0, used = 0;
    int status = grow(&buffer, &capacity, expected > 0 ? expected + 2 : smallest_buffer);
    while (status == FR_OK) {
        if (capacity - used < 2 && (status = grow(&buffer, &capacity, 0)) != FR_OK) break;
        int64_t room = capacity - used - 1;
        ssize_t got = read(descriptor, buffer + used, (size_t)(room < largest_step ? room : largest_step));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = fr_fail(FR_EIO, "cannot read %s: %s", path, strerror(errno));
        if (got <= 0) break;
        used += got;
    }
    if (status != FR_OK) {
        fr_free(buffer);
        return status;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *size = used;
    return FR_OK;
}

/* One gzip member; `consumed` bytes of the input belong to it. */
static int inflate_member(const char *name, const uint8_t *bytes, int64_t size, int64_t limit, char **buffer,
                          int64_t *capacity, int64_t *used, int64_t *consumed)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return fr_fail(FR_ENOMEM, "out of memory while unpacking %s", name);
    int status = FR_OK;
    int code = Z_OK;
    int64_t taken = 0;
    while (status == FR_OK && code != Z_STREAM_END) {
        if (*capacity - *used < 2 && (status = grow(buffer, capacity, 0)) != FR_OK) break;
        int64_t available = size - taken < largest_step ? size - taken : largest_step;
        int64_t room = *capacity - *used - 1 < largest_step ? *capacity - *used - 1 : largest_step;
        stream.next_in = (z_const Bytef *)(uintptr_t)(bytes + taken);
        stream.avail_in = (uInt)available;
        stream.next_out = (Bytef *)*buffer + *used;
        stream.avail_out = (uInt)room;
        code = inflate(&stream, Z_NO_FLUSH);
        taken += available - stream.avail_in;
        *used += room - stream.avail_out;
        if (code == Z_BUF_ERROR || (code == Z_OK && taken == size && stream.avail_out > 0))
            status = fr_fail(FR_EINPUT, "%s: the gzip data end too early: the file is truncated", name);
        else if (code == Z_MEM_ERROR)
            status = fr_fail(FR_ENOMEM, "out of memory while unpacking %s", name);
        else if (code != Z_OK && code != Z_STREAM_END)
            status = fr_fail(FR_EINPUT, "%s: damaged gzip data (%s)", name,
                             stream.msg != NULL ? stream.msg : "unreadable");
        else if (*used > limit)
            status =
                fr_fail(FR_ENOMEM, "%s: unpacks to more than %" PRId64 " bytes, the memory of this machine",
                        name, limit);
    }
    inflateEnd(&stream);
    *consumed = taken;
    return status;
}

static bool is_gzip(const uint8_t *bytes, int64_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

int fr_gunzip(const char *name, const void *bytes, int64_t size, int64_t limit, char **out, int64_t *out_size)
{
    *out = NULL;
    *out_size = 0;
    const uint8_t *next = bytes;
    int64_t left = size, capacity = 0, used = 0;
    char *buffer = NULL;
    int status = grow(&buffer, &capacity, smallest_buffer);
    while (status == FR_OK && is_gzip(next, left)) {
        int64_t consumed = 0;
        status = inflate_member(name, next, left, limit, &buffer, &capacity, &used, &consumed);
        next += consumed;
        left -= consumed;
    }
    while (status == FR_OK && left > 0 && *next == 0)
        next++, left--; /* padding to whole blocks is harmless */
    if (status == FR_OK && left > 0)
        status =
            fr_fail(FR_EINPUT, "%s: %" PRId64 " bytes follow the gzip data: the file is damaged", name, left);
    char *exact = status == FR_OK ? fr_realloc(buffer, used + 1, 1) : NULL;
    if (exact == NULL) {
        fr_free(buffer);
        return status != FR_OK ? status : FR_ENOMEM;
    }
    exact[used] = '\0';
    *out = exact;
    *out_size = used;
    return FR_OK;
}

static int64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (int64_t)pages * page : INT64_MAX;
}

int fr_file_read(const char *path, char **bytes, int64_t *size)
{
    *bytes = NULL;
    *size = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fr_fail(FR_EIO, "cannot open %s: %s", path, strerror(errno));
    struct stat about;
    char *raw = NULL;
    int64_t raw_size = 0;
    int status = FR_OK;
    if (fstat(descriptor, &about) != 0)
        status = fr_fail(FR_EIO, "cannot read %s: %s", path, strerror(errno));
    else if (S_ISDIR(about.st_mode))
        status = fr_fail(FR_EIO, "cannot read %s: it is a folder, not a file", path);
    else
        status =
            read_descriptor(descriptor, path, S_ISREG(about.st_mode) ? about.st_size : 0, &raw, &raw_size);
    close(descriptor);
    if (status == FR_OK && is_gzip((const uint8_t *)raw, raw_size)) {
        status = fr_gunzip(path, raw, raw_size, machine_memory(), bytes, size);
        fr_free(raw);
    } else if (status == FR_OK) {
        *bytes = raw;
        *size = raw_size;
    }
    return status;
}

/* ---- writing ---- */

/* The file that a chain of symbolic links ends in, so that the link stays a link; a plain copy where there is none. */
static char *final_path(const char *path)
{
    char *resolved = realpath(path, NULL);
    char *copy = fr_strdup(resolved != NULL ? resolved : path);
    free(resolved);
    return copy;
}

/* Opens a new sibling of file->path. The counter keeps threads apart, the process number programs. */
static int open_sibling(fr_file *file, int *descriptor)
{
    static _Atomic unsigned counter;
    size_t room = strlen(file->path) + 48;
    file->temporary = fr_alloc((int64_t)room, 1);
    if (file->temporary == NULL) return FR_ENOMEM;
    do {
        unsigned number = atomic_fetch_add(&counter, 1);
        snprintf(file->temporary, room, "%s.tmp%ld-%u", file->path, (long)getpid(), number);
        *descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (*descriptor < 0 && errno == EEXIST);
    if (*descriptor >= 0) return FR_OK;
    int status = fr_fail(FR_EIO, "cannot write %s: %s", file->path, strerror(errno));
    fr_free(file->temporary);
    file->temporary = NULL;
    return status;
}

int fr_file_create(const char *path, fr_file *out)
{
    *out = (fr_file){0};
    struct stat about;
    int descriptor = -1;
    int status = FR_OK;
    bool exists = stat(path, &about) == 0;
    out->path = final_path(path);
    if (out->path == NULL) return FR_ENOMEM;
    if (exists && S_ISDIR(about.st_mode)) {
        status = fr_fail(FR_EIO, "cannot write %s: it is a folder", path);
    } else if (exists && !S_ISREG(about.st_mode)) {
        descriptor = open(path, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) status = fr_fail(FR_EIO, "cannot write %s: %s", path, strerror(errno));
    } else {
        out->replaces = exists;
        status = open_sibling(out, &descriptor);
        if (status == FR_OK && exists && fchmod(descriptor, about.st_mode & 07777) != 0)
            status = fr_fail(FR_EIO, "cannot write %s: %s", path, strerror(errno));
    }
    if (status == FR_OK && (out->stream = fdopen(descriptor, "w")) == NULL)
        status = fr_fail(FR_EIO, "cannot write %s: %s", path, strerror(errno));
    if (status != FR_OK) {
        if (descriptor >= 0) close(descriptor);
        fr_file_discard(out);
    }
    return status;
}

void fr_file_put(fr_file *file, const void *bytes, int64_t size)
{
    if (file->error != 0 || size <= 0) return;
    errno = 0;
    if (fwrite(bytes, 1, (size_t)size, file->stream) != (size_t)size) file->error = errno != 0 ? errno : EIO;
}

int fr_file_commit(fr_file *file)
{
    errno = 0;
    if (file->error == 0 && fflush(file->stream) != 0) file->error = errno != 0 ? errno : EIO;
    /* Only where an older file would be lost is it worth waiting for the disk. */
    if (file->error == 0 && file->replaces && fsync(fileno(file->stream)) != 0) file->error = errno;
    if (fclose(file->stream) != 0 && file->error == 0) file->error = errno != 0 ? errno : EIO;
    file->stream = NULL;
    if (file->error == 0 && file->temporary != NULL && rename(file->temporary, file->path) != 0)
        file->error = errno;
    int status = FR_OK;
    if (file->error != 0)
        status = fr_fail(FR_EIO, "cannot write %s: %s", file->path, strerror(file->error));
    else if (file->temporary != NULL)
        *file->temporary = '\0'; /* nothing left to remove */
    fr_file_discard(file);
    return status;
}

void fr_file_discard(fr_file *file)
{
    if (file->stream != NULL) fclose(file->stream);
    if (file->temporary != NULL && *file->temporary != '\0') unlink(file->temporary);
    fr_free(file->temporary);
    fr_free(file->path);
    *file = (fr_file){0};
}

int fr_file_write(const char *path, const void *bytes, int64_t size)
{
    fr_file file;
    int status = fr_file_create(path, &file);
    if (status != FR_OK) return status;
    fr_file_put(&file, bytes, size);
    return fr_file_commit(&file);
}
