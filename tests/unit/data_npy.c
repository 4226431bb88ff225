/* NumPy arrays: round trips in every type and order, headers as NumPy writes them, and malformed ones. */
#include "support.h"

#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A version 1 to 3 file with this dictionary and `n_values` value bytes 1, 2, 3, ... */
static int64_t make(uint8_t *file, int version, const char *dictionary, int64_t n_values)
{
    int64_t length = (int64_t)strlen(dictionary), start = version == 1 ? 10 : 12;
    memset(file, 0, 12);
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (uint8_t)version;
    file[8] = (uint8_t)(length & 0xFF);
    file[9] = (uint8_t)(length >> 8);
    memcpy(file + start, dictionary, (size_t)length);
    for (int64_t i = 0; i < n_values; i++)
        file[start + length + i] = (uint8_t)(i + 1);
    return start + length + n_values;
}

static void expect_refused(const char *dictionary, int64_t n_values, const char *part)
{
    uint8_t file[1024];
    fr_array array;
    int64_t size = make(file, 1, dictionary, n_values);
    assert_int_equal(fr_npy_parse(file, size, "a.npy", &array), FR_EINPUT);
    assert_null(array.values);
    if (strncmp(fr_last_error(), "a.npy: ", 7) != 0 || strstr(fr_last_error(), part) == NULL)
        fail_msg("'%s' does not hold '%s'", fr_last_error(), part);
}

static void reads_what_numpy_writes(void **state)
{
    (void)state;
    static const char *const dictionaries[] = {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }          \n",
        "{'shape': (2L, 3L), 'descr': '<u1', 'fortran_order': False}\n",
        "{\"fortran_order\":False,\"descr\":\"|u1\",\"shape\":(2,3,)}",
    };
    for (int version = 1; version <= 3; version++)
        for (int i = 0; i < 3; i++) {
            uint8_t file[256];
            fr_array array;
            int64_t size = make(file, version, dictionaries[i], 6);
            if (fr_npy_parse(file, size, "a.npy", &array) != FR_OK) fail_msg("%s", fr_last_error());
            assert_int_equal(array.dtype, FR_U8);
            assert_int_equal(array.n_dimensions, 2);
            assert_int_equal(array.shape[0], 2);
            assert_int_equal(array.shape[1], 3);
            assert_false(array.fortran);
            assert_memory_equal(array.values, "\1\2\3\4\5\6", 6);
            fr_array_free(&array);
            fr_array_free(&array);
        }
}

static void reads_scalars_and_empty_arrays(void **state)
{
    (void)state;
    uint8_t file[256];
    fr_array array;
    double *values;
    int64_t size = make(file, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': ()}", 1);
    assert_int_equal(fr_npy_parse(file, size, "a", &array), FR_OK);
    assert_int_equal(fr_array_count(&array), 1);
    assert_int_equal(fr_array_to_f64(&array, &values), FR_OK);
    assert_true(values[0] == 1);
    fr_free(values);
    fr_array_free(&array);
    /* Sizes beside a zero need not fit together. */
    size = make(
        file, 1,
        "{'descr': '<f8', 'fortran_order': True, 'shape': (4611686018427387904, 4611686018427387904, 0)}", 0);
    assert_int_equal(fr_npy_parse(file, size, "a", &array), FR_OK);
    assert_int_equal(fr_array_count(&array), 0);
    assert_int_equal(fr_array_to_f64(&array, &values), FR_OK);
    fr_free(values);
    fr_array_free(&array);
}

static void refuses_malformed_headers(void **state)
{
    (void)state;
#define HEAD "{'descr': '|u1', 'fortran_order': False, "
    expect_refused("", 0, "a dictionary in braces");
    expect_refused("{", 0, "a quoted key");
    expect_refused("{}", 0, "each once");
    expect_refused(HEAD "}", 0, "each once");
    expect_refused(HEAD "'descr': '|u1', 'shape': (1,)}", 1, "each once");
    expect_refused(HEAD "'other': 1, 'shape': (1,)}", 1, "each once");
    expect_refused(HEAD "'shape' (1,)}", 1, "':' after a key");
    expect_refused(HEAD "'shape': 1}", 1, "a shape in parentheses");
    expect_refused(HEAD "'shape': (1)}", 1, "a comma after the only size");
    expect_refused(HEAD "'shape': (-1,)}", 1, "a whole number in the shape");
    expect_refused(HEAD "'shape': (1.0,)}", 1, "',' or ')' in the shape");
    expect_refused(HEAD "'shape': (,)}", 1, "a whole number in the shape");
    expect_refused(HEAD "'shape': (1,", 1, "a whole number in the shape");
    expect_refused(HEAD "'shape': (1,1", 0, "',' or ')' in the shape");
    expect_refused(HEAD "'shape': (1,) 'x'", 1, "',' or '}' after an entry");
    expect_refused(HEAD "'shape': (1,)} x", 1, "nothing after the dictionary");
    expect_refused(HEAD "'shape': (99999999999999999999,)}", 1, "sizes that fit into 63 bits");
    expect_refused(HEAD "'shape': (4294967296, 4294967296)}", 1, "too large for any file");
    expect_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976,)}", 1,
                   "too large for any file");
    expect_refused(HEAD "'shape': (1,1,1,1,1,1,1,1,1)}", 1, "more than 8 dimensions");
    expect_refused(HEAD "'shape': (1000000000000,)}", 4,
                   "expected 1000000000000 bytes of values, found 4: the file is truncated");
    expect_refused(HEAD "'shape': (2,)}", 3, "expected 2 bytes of values, found 3: the file is longer");
    expect_refused("{'descr': '|u1', 'fortran_order': 1, 'shape': (1,)}", 1, "True or False");
#undef HEAD
}

static void refuses_other_types(void **state)
{
    (void)state;
#define TAIL ", 'fortran_order': False, 'shape': (1,)}"
    expect_refused("{'descr': '>f8'" TAIL, 8,
                   "big-endian values ('>f8'); save it again after array.astype('<f8')");
    expect_refused("{'descr': '|O'" TAIL, 8, "Python objects");
    expect_refused("{'descr': '<c16'" TAIL, 16, "values of type '<c16'; expected '<f8'");
    expect_refused("{'descr': ''" TAIL, 1, "values of type ''");
    expect_refused("{'descr': [('x', '<f8')]" TAIL, 8, "a structured array");
    expect_refused("{'descr': 8" TAIL, 8, "a type such as '<f8'");
    expect_refused("{'descr': '<f8" TAIL, 8, "");
#undef TAIL
}

static void refuses_other_files(void **state)
{
    (void)state;
    uint8_t file[256];
    fr_array array;
    int64_t size = make(file, 2, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", 2);
    for (int64_t cut = 0; cut < size; cut++) { /* from an own block, so that reading past the end is seen */
        uint8_t *part = malloc((size_t)cut + (cut == 0));
        memcpy(part, file, (size_t)cut);
        assert_int_equal(fr_npy_parse(part, cut, "a.npy", &array), FR_EINPUT);
        assert_non_null(strstr(fr_last_error(), cut < 6 ? "a.npy: not a NumPy .npy file" : "truncated"));
        free(part);
    }
    file[6] = 4;
    assert_int_equal(fr_npy_parse(file, size, "a.npy", &array), FR_EINPUT);
    assert_string_equal(fr_last_error(), "a.npy: .npy format version 4; versions 1 to 3 can be read");
    memcpy(file, "PK\3\4 archive", 12);
    assert_int_equal(fr_npy_parse(file, size, "a.npy", &array), FR_EINPUT);
    assert_string_equal(fr_last_error(), "a.npy: not a NumPy .npy file");
}

static void round_trip(fr_dtype dtype, size_t value_size, const void *values, bool fortran)
{
    char *path;
    if (asprintf(&path, "%s/%d-%d.npy", scratch_folder(), dtype, fortran) < 0) abort();
    fr_array array = {.dtype = dtype,
                      .n_dimensions = 2,
                      .shape = {2, 3},
                      .fortran = fortran,
                      .values = (void *)(uintptr_t)values};
    assert_int_equal(fr_npy_write(path, &array), FR_OK);
    fr_array back;
    assert_int_equal(fr_npy_read(path, &back), FR_OK);
    assert_int_equal(back.dtype, dtype);
    assert_int_equal(back.n_dimensions, 2);
    assert_int_equal(back.shape[0], 2);
    assert_int_equal(back.shape[1], 3);
    assert_int_equal(back.fortran, fortran);
    assert_memory_equal(back.values, values, 6 * value_size);
    double *doubles;
    assert_int_equal(fr_array_to_f64(&back, &doubles), FR_OK);
    static const double row_major[] = {1, 2, 3, 4, 5, 6}, transposed[] = {1, 3, 5, 2, 4, 6};
    assert_memory_equal(doubles, fortran ? transposed : row_major, sizeof row_major);
    fr_free(doubles);
    fr_array_free(&back);
    free(path);
}

static void all_types_and_orders_round_trip(void **state)
{
    (void)state;
    static const double f64[] = {1, 2, 3, 4, 5, 6};
    static const float f32[] = {1, 2, 3, 4, 5, 6};
    static const int64_t i64[] = {1, 2, 3, 4, 5, 6};
    static const int32_t i32[] = {1, 2, 3, 4, 5, 6};
    static const uint8_t u8[] = {1, 2, 3, 4, 5, 6};
    for (int fortran = 0; fortran < 2; fortran++) {
        round_trip(FR_F64, 8, f64, fortran);
        round_trip(FR_F32, 4, f32, fortran);
        round_trip(FR_I64, 8, i64, fortran);
        round_trip(FR_I32, 4, i32, fortran);
        round_trip(FR_U8, 1, u8, fortran);
    }
}

static void fortran_order_in_three_dimensions(void **state)
{
    (void)state;
    int32_t stored[24];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 4; k++)
                stored[i + 2 * (j + 3 * k)] = 100 * i + 10 * j + k;
    fr_array array = {
        .dtype = FR_I32, .n_dimensions = 3, .shape = {2, 3, 4}, .fortran = true, .values = stored};
    double *values;
    assert_int_equal(fr_array_to_f64(&array, &values), FR_OK);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 4; k++)
                assert_true(values[(i * 3 + j) * 4 + k] == 100 * i + 10 * j + k);
    fr_free(values);
}

static void the_header_is_aligned(void **state)
{
    (void)state;
    char *path, *bytes;
    int64_t size;
    if (asprintf(&path, "%s/aligned.npy", scratch_folder()) < 0) abort();
    double value = 1.5;
    fr_array array = {.dtype = FR_F64, .n_dimensions = 1, .shape = {1}, .values = &value};
    assert_int_equal(fr_npy_write(path, &array), FR_OK);
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    assert_int_equal(size % 64, 8);
    assert_memory_equal(bytes + 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", 57);
    assert_int_equal(bytes[size - 9], '\n');
    fr_free(bytes);
    array.n_dimensions = 9;
    assert_int_equal(fr_npy_write(path, &array), FR_EUSAGE);
    array.n_dimensions = 1;
    if (fr_npy_write("/dev/full", &array) != FR_EIO) fail_msg("a full disk is not told");
    free(path);
}

static void reads_gzip_and_references(void **state)
{
    (void)state;
    char *path;
    if (asprintf(&path, "%s/a.npy.gz", scratch_folder()) < 0) abort();
    uint8_t file[256];
    int64_t size = make(file, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", 2);
    gzFile stream = gzopen(path, "wb");
    gzwrite(stream, file, (unsigned)size);
    gzclose(stream);
    fr_array array;
    assert_int_equal(fr_npy_read(path, &array), FR_OK);
    fr_array_free(&array);
    free(path);
    assert_int_equal(fr_npy_read("no-such.npy", &array), FR_EIO);
    assert_int_equal(fr_npy_read(shared_path("oracles/feems/wolves250_S.npy"), &array), FR_OK);
    assert_int_equal(array.n_dimensions, 2); /* covariances of the 78 observed nodes */
    assert_int_equal(array.shape[0], 78);
    assert_int_equal(array.shape[1], 78);
    const double *s = array.values;
    assert_close(s[1], s[78], 1e-12); /* symmetric up to rounding */
    fr_array_free(&array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_numpy_writes),
        cmocka_unit_test(reads_scalars_and_empty_arrays),
        cmocka_unit_test(refuses_malformed_headers),
        cmocka_unit_test(refuses_other_types),
        cmocka_unit_test(refuses_other_files),
        cmocka_unit_test(all_types_and_orders_round_trip),
        cmocka_unit_test(fortran_order_in_three_dimensions),
        cmocka_unit_test(the_header_is_aligned),
        cmocka_unit_test(reads_gzip_and_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
