/* Files being written, whole or not at all; shared by the writers of this folder. */
#ifndef FRUGAL_DATA_FILE_H
#define FRUGAL_DATA_FILE_H

#include <frugal/core.h>

#include <stdio.h>

/* A file on its way: written beside `path` and renamed by _commit. Devices and pipes are written in place. */
typedef struct {
    FILE *stream;
    char *path, *temporary; /* owned; temporary is NULL when written in place */
    int error;              /* errno of the first failed write */
    bool replaces;          /* an older file of that name exists */
} fr_file;

int fr_file_create(const char *path, fr_file *out);
/* A failure is remembered and told by _commit. */
void fr_file_put(fr_file *file, const void *bytes, int64_t size);
/* Closes and puts the file in place; on failure (FR_EIO) it is discarded. */
int fr_file_commit(fr_file *file);
/* Removes what was written. Safe on a zeroed struct and twice. */
void fr_file_discard(fr_file *file);

#endif
