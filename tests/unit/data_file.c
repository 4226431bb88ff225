/* Whole files: gzip, bzip2 and xz without being told, truncated and damaged ones, bounded unpacking, atomic writing, a full disk. */
#include "support.h"

#include "data/file.h"
#include "data/stream.h"
#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The text packed as bzip2 or xz; returns the size. */
static size_t pack(const char *kind, const char *text, size_t size, uint8_t *packed, size_t room)
{
    if (strcmp(kind, "bzip2") == 0) {
        unsigned used = (unsigned)room;
        assert_int_equal(
            BZ2_bzBuffToBuffCompress((char *)packed, &used, (char *)(uintptr_t)text, (unsigned)size, 9, 0, 0),
            BZ_OK);
        return used;
    }
    size_t used = 0;
    assert_int_equal(
        lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text, size, packed, &used, room),
        LZMA_OK);
    return used;
}

static void reads_bzip2_and_xz(void **state)
{
    (void)state;
    static const char *const kinds[] = {"bzip2", "xz"};
    enum { large = 3000001 };
    char *path = scratch("other"), *bytes = malloc(large);
    uint8_t *packed = malloc(2 * large);
    for (int i = 0; i < large; i++)
        bytes[i] = (char)(i * 7 + i / 1000);
    for (int k = 0; k < 2; k++) {
        size_t size = pack(kinds[k], "hello\n", 6, packed, 1000);
        write_raw(path, packed, size);
        expect_content(path, "hello\n", 6);
        size += pack(kinds[k], "again\n", 6, packed + size, 1000); /* a second member */
        memset(packed + size, 0, 8);
        write_raw(path, packed, size + 8);
        expect_content(path, "hello\nagain\n", 12);
        size = pack(kinds[k], "", 0, packed, 1000);
        write_raw(path, packed, size);
        expect_content(path, "", 0);
        size = pack(kinds[k], bytes, large, packed, 2 * large);
        write_raw(path, packed, size);
        expect_content(path, bytes, large);
    }
    free(packed);
    free(bytes);
    free(path);
}

/* What is packed in `packed` is told when it is cut, altered or followed by something else. */
static void expect_all_damage_told(const char *kind, uint8_t *packed, size_t size, size_t magic)
{
    char *path = scratch("bad"), part[64];
    snprintf(part, sizeof part, "the %s data end too early: the file is truncated", kind);
    for (size_t cut = magic; cut < size; cut++) {
        write_raw(path, packed, cut);
        expect_failure(path, FR_EINPUT, part);
    }
    snprintf(part, sizeof part, "damaged %s data", kind);
    packed[size - 6] ^= 1; /* a checksum */
    write_raw(path, packed, size);
    expect_failure(path, FR_EINPUT, part);
    packed[size - 6] ^= 1;
    memcpy(packed + size, "junk", 4);
    snprintf(part, sizeof part, "4 bytes follow the %s data", kind);
    write_raw(path, packed, size + 4);
    expect_failure(path, FR_EINPUT, part);
    free(path);
}

static void refuses_bad_packed_files(void **state)
{
    (void)state;
    static const char text[] = "some text that is long enough to be cut anywhere";
    char *path = scratch("good.gz");
    uint8_t packed[512];
    write_gzip(path, "wb", text, 48);
    FILE *stream = fopen(path, "rb");
    size_t size = fread(packed, 1, sizeof packed, stream);
    fclose(stream);
    expect_all_damage_told("gzip", packed, size, 2);
    size = pack("bzip2", text, 48, packed, sizeof packed - 4);
    expect_all_damage_told("bzip2", packed, size, 10);
    size = pack("xz", text, 48, packed, sizeof packed - 4);
    expect_all_damage_told("xz", packed, size, 6);
    free(path);
}

static void unpacking_is_bounded(void **state)
{
    (void)state;
    enum { size = 1 << 20 };
    char *path = scratch("bomb.gz"), *zeros = calloc(size, 1), *out;
    write_gzip(path, "wb", zeros, size);
    int64_t out_size;
    fr_stream stream;
    assert_int_equal(fr_stream_open(path, &stream), FR_OK);
    assert_int_equal(fr_stream_read_all(&stream, size - 1, &out, &out_size), FR_ENOMEM);
    assert_non_null(strstr(fr_last_error(), "bomb.gz: unpacks to more than 1048575 bytes"));
    assert_null(out);
    fr_stream_close(&stream);
    assert_int_equal(fr_stream_open(path, &stream), FR_OK);
    assert_int_equal(fr_stream_read_all(&stream, size, &out, &out_size), FR_OK);
    assert_int_equal(out_size, size);
    fr_stream_close(&stream);
    fr_stream_close(&stream);
    fr_free(out);
    free(zeros);
    free(path);
}

static void reads_streams_by_parts(void **state)
{
    (void)state;
    enum { size = 1000003, part = 4099 };
    char *path = scratch("parts"), *bytes = malloc(size), *read = malloc(size);
    for (int i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / 1000);
    for (int packed = 0; packed < 2; packed++) {
        if (packed)
            write_gzip(path, "wb", bytes, size);
        else
            write_raw(path, bytes, size);
        fr_stream stream;
        assert_int_equal(fr_stream_open(path, &stream), FR_OK);
        int64_t used = 0, got = part;
        while (got == part) {
            assert_int_equal(
                fr_stream_read(&stream, read + used, size - used < part ? size - used : part, &got), FR_OK);
            used += got;
        }
        assert_int_equal(used, size);
        assert_memory_equal(read, bytes, size);
        assert_int_equal(fr_stream_read(&stream, read, 1, &got), FR_OK);
        assert_int_equal(got, 0);
        fr_stream_close(&stream);
    }
    free(read);
    free(bytes);
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
        cmocka_unit_test(reads_bzip2_and_xz),
        cmocka_unit_test(refuses_bad_packed_files),
        cmocka_unit_test(reads_streams_by_parts),
        cmocka_unit_test(unpacking_is_bounded),
        cmocka_unit_test(tells_what_it_cannot_open),
        cmocka_unit_test(writes_whole_files),
        cmocka_unit_test(a_discarded_file_leaves_the_old_one),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(refuses_to_write_where_it_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
