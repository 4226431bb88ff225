/* Whole files in and out. Reading takes gzip, bzip2 and xz without being told; the room for what they unpack to grows with what
 * has really come out, never by what a header claims, up to the machine's memory.
 * Writing goes through a sibling and rename, so that a reader sees the old file or the new one, never a part. */
#include <frugal/data.h>

#include "file.h"
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading ---- */

static int64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (int64_t)pages * page : INT64_MAX;
}

int fr_file_read(const char *path, char **bytes, int64_t *size)
{
    fr_stream stream;
    *bytes = NULL;
    *size = 0;
    int status = fr_stream_open(path, &stream);
    if (status == FR_OK) status = fr_stream_read_all(&stream, machine_memory(), bytes, size);
    fr_stream_close(&stream);
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
