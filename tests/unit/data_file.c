/* Whole files: gzip without being told, truncated and damaged gzip, bounded unpacking, atomic writing, a full disk. */
#include "support.h"

#include "data/file.h"
#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char *scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static void write_raw(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static void write_gzip(const char *path, const char *mode, const void *bytes, size_t size)
{
    gzFile stream = gzopen(path, mode);
    assert_non_null(stream);
    if (size > 0) assert_int_equal(gzwrite(stream, bytes, (unsigned)size), (int)size);
    assert_int_equal(gzclose(stream), Z_OK);
}

static void expect_content(const char *path, const char *expected, int64_t expected_size)
{
    char *bytes;
    int64_t size;
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    assert_int_equal(size, expected_size);
    assert_memory_equal(bytes, expected, (size_t)expected_size);
    assert_int_equal(bytes[size], 0);
    fr_free(bytes);
}

static void expect_failure(const char *path, int expected_status, const char *part)
{
    char *bytes = (char *)1;
    int64_t size = 1;
    assert_int_equal(fr_file_read(path, &bytes, &size), expected_status);
    assert_null(bytes);
    assert_int_equal(size, 0);
    assert_non_null(strstr(fr_last_error(), part));
}

static void reads_plain(void **state)
{
    (void)state;
    char *path = scratch("plain");
    write_raw(path, "a\0b\n", 4);
    expect_content(path, "a\0b\n", 4);
    write_raw(path, "", 0);
    expect_content(path, "", 0);
    free(path);
}

static void reads_files_without_a_size(void **state)
{
    (void)state;
    char *bytes;
    int64_t size;
    assert_int_equal(fr_file_read("/proc/self/status", &bytes, &size), FR_OK);
    assert_memory_equal(bytes, "Name:", 5);
    assert_int_equal(strlen(bytes), size);
    fr_free(bytes);
}

static void reads_gzip(void **state)
{
    (void)state;
    char *path = scratch("packed");
    write_gzip(path, "wb", "hello\n", 6);
    expect_content(path, "hello\n", 6);
    write_gzip(path, "ab", "again\n", 6); /* a second member */
    expect_content(path, "hello\nagain\n", 12);
    FILE *stream = fopen(path, "ab");
    for (int i = 0; i < 100; i++)
        putc(0, stream);
    fclose(stream);
    expect_content(path, "hello\nagain\n", 12);
    write_gzip(path, "wb", "", 0);
    expect_content(path, "", 0);
    free(path);
}

static void reads_gzip_larger_than_its_buffer(void **state)
{
    (void)state;
    enum { size = 3000001 };
    char *path = scratch("large.gz"), *bytes = malloc(size);
    for (int i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / 1000);
    write_gzip(path, "wb", bytes, size);
    expect_content(path, bytes, size);
    free(bytes);
    free(path);
}

static void refuses_bad_gzip(void **state)
{
    (void)state;
    char *path = scratch("bad.gz");
    uint8_t packed[256];
    write_gzip(path, "wb", "some text that is long enough to be cut anywhere", 48);
    FILE *stream = fopen(path, "rb");
    size_t size = fread(packed, 1, sizeof packed, stream);
    fclose(stream);
    for (size_t cut = 2; cut < size; cut++) { /* every truncation is told */
        write_raw(path, packed, cut);
        expect_failure(path, FR_EINPUT, "truncated");
    }
    packed[size - 6] ^= 1; /* the checksum */
    write_raw(path, packed, size);
    expect_failure(path, FR_EINPUT, "damaged gzip data");
    packed[size - 6] ^= 1;
    memcpy(packed + size, "junk", 4);
    write_raw(path, packed, size + 4);
    expect_failure(path, FR_EINPUT, "4 bytes follow the gzip data");
    free(path);
}

static void unpacking_is_bounded(void **state)
{
    (void)state;
    enum { size = 1 << 20 };
    char *path = scratch("bomb.gz"), *zeros = calloc(size, 1), *out;
    uint8_t packed[8192];
    write_gzip(path, "wb", zeros, size);
    FILE *stream = fopen(path, "rb");
    size_t packed_size = fread(packed, 1, sizeof packed, stream);
    fclose(stream);
    int64_t out_size;
    assert_int_equal(fr_gunzip("bomb.gz", packed, (int64_t)packed_size, size - 1, &out, &out_size),
                     FR_ENOMEM);
    assert_non_null(strstr(fr_last_error(), "bomb.gz: unpacks to more than 1048575 bytes"));
    assert_int_equal(fr_gunzip("bomb.gz", packed, (int64_t)packed_size, size, &out, &out_size), FR_OK);
    assert_int_equal(out_size, size);
    fr_free(out);
    free(zeros);
    free(path);
}

static void tells_what_it_cannot_open(void **state)
{
    (void)state;
    char *missing = scratch("no-such-file");
    expect_failure(missing, FR_EIO, "no-such-file: No such file or directory");
    expect_failure(scratch_folder(), FR_EIO, "it is a folder");
    free(missing);
}

static void writes_whole_files(void **state)
{
    (void)state;
    char *path = scratch("written"), *link = scratch("link");
    assert_int_equal(fr_file_write(path, "first", 5), FR_OK);
    expect_content(path, "first", 5);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(fr_file_write(link, "second", 6), FR_OK); /* follows the link, keeps the mode */
    expect_content(path, "second", 6);
    struct stat about;
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    free(path);
    free(link);
}

static void a_discarded_file_leaves_the_old_one(void **state)
{
    (void)state;
    char *path = scratch("kept");
    fr_file file;
    assert_int_equal(fr_file_write(path, "old", 3), FR_OK);
    assert_int_equal(fr_file_create(path, &file), FR_OK);
    fr_file_put(&file, "new", 3);
    char *temporary = strdup(file.temporary);
    fr_file_discard(&file);
    fr_file_discard(&file);
    expect_content(path, "old", 3);
    assert_int_equal(access(temporary, F_OK), -1);
    free(temporary);
    free(path);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    assert_int_equal(fr_file_write("/dev/full", "x", 1), FR_EIO);
    assert_string_equal(fr_last_error(), "cannot write /dev/full: No space left on device");
    char *large = calloc(1, 1 << 20); /* fails in the middle, not at the end */
    assert_int_equal(fr_file_write("/dev/full", large, 1 << 20), FR_EIO);
    assert_string_equal(fr_last_error(), "cannot write /dev/full: No space left on device");
    free(large);
}

static void refuses_to_write_where_it_cannot(void **state)
{
    (void)state;
    char *path = scratch("no/such/folder/file");
    assert_int_equal(fr_file_write(path, "x", 1), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "No such file or directory"));
    assert_int_equal(fr_file_write(scratch_folder(), "x", 1), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "it is a folder"));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain),
        cmocka_unit_test(reads_files_without_a_size),
        cmocka_unit_test(reads_gzip),
        cmocka_unit_test(reads_gzip_larger_than_its_buffer),
        cmocka_unit_test(refuses_bad_gzip),
        cmocka_unit_test(unpacking_is_bounded),
        cmocka_unit_test(tells_what_it_cannot_open),
        cmocka_unit_test(writes_whole_files),
        cmocka_unit_test(a_discarded_file_leaves_the_old_one),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(refuses_to_write_where_it_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
