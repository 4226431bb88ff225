/* CSV out: what is written reads back, numbers bit by bit; a full disk and rows of the wrong width are told. */
#include "support.h"

#include "data/number.h"
#include <frugal/data.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static void expect_format(double value, const char *expected)
{
    char text[FR_NUMBER_ROOM];
    assert_int_equal(fr_number_format(value, text), (int)strlen(expected));
    assert_string_equal(text, expected);
}

static void numbers_have_the_fewest_digits(void **state)
{
    (void)state;
    expect_format(0, "0");
    expect_format(-0.0, "-0");
    expect_format(0.1, "0.1");
    expect_format(0.1 + 0.2, "0.30000000000000004");
    expect_format(1.0 / 3, "0.3333333333333333");
    expect_format(-123456, "-123456");
    expect_format(1e15, "1e+15");
    expect_format(1e22, "1e+22");
    expect_format(5e-324, "5e-324");
    expect_format(DBL_MAX, "1.7976931348623157e+308");
    expect_format(-DBL_MAX, "-1.7976931348623157e+308");
    expect_format(DBL_MIN, "2.2250738585072014e-308");
    expect_format(INFINITY, "inf");
    expect_format(-INFINITY, "-inf");
    expect_format(NAN, "nan");
}

static void numbers_read_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        bits ^= bits << 13, bits ^= bits >> 7,
            bits ^= bits << 17; /* xorshift: bit patterns of all magnitudes */
        double value, back;
        memcpy(&value, &bits, 8);
        if (!isfinite(value)) continue;
        char text[FR_NUMBER_ROOM];
        int length = fr_number_format(value, text);
        assert_true(fr_number_f64(text, length, &back));
        assert_memory_equal(&back, &value, 8);
        assert_true(strtod(text, NULL) == value); /* and for the C library */
    }
}

static void writes_a_comma_for_no_locale(void **state)
{
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL && setlocale(LC_ALL, "fr_FR.UTF-8") == NULL) skip();
    expect_format(0.5, "0.5");
    setlocale(LC_ALL, "C");
}

static void expect_file(const char *path, const char *expected)
{
    char *bytes;
    int64_t size;
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    assert_string_equal(bytes, expected);
    fr_free(bytes);
}

static void writes_rows(void **state)
{
    (void)state;
    char *path = scratch("rows.csv");
    fr_csv *csv;
    assert_int_equal(fr_csv_create(path, "id,x,n", &csv), FR_OK);
    fr_csv_text(csv, "w1"), fr_csv_f64(csv, 0.25), fr_csv_i64(csv, INT64_MIN), fr_csv_end_row(csv);
    fr_csv_text(csv, "a \"b\", c"), fr_csv_f64(csv, NAN), fr_csv_i64(csv, 0), fr_csv_end_row(csv);
    assert_int_equal(access(path, F_OK), -1); /* not there before it is whole */
    assert_int_equal(fr_csv_close(csv), FR_OK);
    expect_file(path, "id,x,n\nw1,0.25,-9223372036854775808\n\"a \"\"b\"\", c\",,0\n");
    assert_int_equal(fr_csv_close(NULL), FR_OK);
    free(path);
}

static void texts_read_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "plain",  "",   "#1",    " blank ",          "a,b", "a;b", "a\tb", "\"", "\"\"x", "two\nlines", "r\r",
        "5'10\"", "\t", "tab\t", "\xC3\xA9\xC3\xA8", "\f"};
    enum { n = sizeof texts / sizeof *texts };
    for (int n_columns = 1; n_columns <= 2; n_columns++) {
        char *path = scratch("texts.csv");
        fr_csv *csv;
        assert_int_equal(fr_csv_create(path, n_columns == 1 ? "text" : "text,number", &csv), FR_OK);
        for (int i = 0; i < n; i++) {
            fr_csv_text(csv, texts[i]);
            if (n_columns == 2) fr_csv_i64(csv, i);
            fr_csv_end_row(csv);
        }
        assert_int_equal(fr_csv_close(csv), FR_OK);
        fr_table table;
        fr_table_settings settings;
        fr_table_settings_default(&settings);
        settings.delimiter = ',';
        if (fr_table_read(path, &settings, &table) != FR_OK) fail_msg("%s", fr_last_error());
        assert_int_equal(table.n_rows, n);
        for (int i = 0; i < n; i++)
            assert_string_equal(fr_table_text(&table, i, 0), texts[i]);
        fr_table_free(&table);
        free(path);
    }
}

static void tells_rows_of_the_wrong_width(void **state)
{
    (void)state;
    char *path = scratch("width.csv");
    fr_csv *csv;
    assert_int_equal(fr_csv_create(path, "a,\"b,c\"", &csv), FR_OK);
    fr_csv_i64(csv, 1), fr_csv_i64(csv, 2), fr_csv_end_row(csv);
    fr_csv_i64(csv, 1), fr_csv_end_row(csv);
    assert_int_equal(fr_csv_close(csv), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "width.csv: row 2 has 1 cells, the header 2"));
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

static void tells_a_full_disk(void **state)
{
    (void)state;
    fr_csv *csv;
    if (access("/dev/full", W_OK) != 0) skip();
    for (int rows = 1; rows <= 100001; rows += 100000) { /* seen at the end, and in the middle */
        assert_int_equal(fr_csv_create("/dev/full", "a", &csv), FR_OK);
        for (int i = 0; i < rows; i++)
            fr_csv_i64(csv, i), fr_csv_end_row(csv);
        assert_int_equal(fr_csv_close(csv), FR_EIO);
        assert_string_equal(fr_last_error(), "cannot write /dev/full: No space left on device");
    }
    assert_int_equal(fr_csv_create("no/such/folder/x.csv", "a", &csv), FR_EIO);
    assert_null(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_the_fewest_digits),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(writes_a_comma_for_no_locale),
        cmocka_unit_test(writes_rows),
        cmocka_unit_test(texts_read_back),
        cmocka_unit_test(tells_rows_of_the_wrong_width),
        cmocka_unit_test(tells_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
