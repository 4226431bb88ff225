/* Tables: delimiters, header, quotes, line ends, and messages that lead to the place of the mistake. */
#include "support.h"

#include <frugal/data.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static int parse(const char *text, fr_table *out)
{
    return fr_table_parse(text, (int64_t)strlen(text), "t.csv", NULL, out);
}

/* The table of `text` has these sizes and, row by row, these cells ("|" between all of them). */
static void expect_cells(const char *text, int64_t n_rows, int64_t n_columns, bool header, const char *cells)
{
    fr_table table;
    if (parse(text, &table) != FR_OK) fail_msg("%s", fr_last_error());
    assert_int_equal(table.n_rows, n_rows);
    assert_int_equal(table.n_columns, n_columns);
    assert_int_equal(table.names != NULL, header);
    char joined[1024] = "";
    for (int64_t i = 0; i < n_rows * n_columns; i++) {
        if (i > 0) strcat(joined, "|");
        strcat(joined, table.cells[i]);
    }
    assert_string_equal(joined, cells);
    fr_table_free(&table);
    fr_table_free(&table);
}

static void expect_refused(const char *text, const char *message)
{
    fr_table table;
    assert_int_equal(parse(text, &table), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(table.cells);
    assert_null(table.text);
}

static void finds_the_delimiter(void **state)
{
    (void)state;
    expect_cells("1,2\n3,4\n", 2, 2, false, "1|2|3|4");
    expect_cells("1;2\n3;4\n", 2, 2, false, "1|2|3|4");
    expect_cells("1\t2\n3\t4\n", 2, 2, false, "1|2|3|4");
    expect_cells("1 2\n 3   4 \n", 2, 2, false, "1|2|3|4");
    expect_cells("1 2\t\n3 4\n", 2, 2, false, "1|2|3|4");
    expect_cells("7\n8\n", 2, 1, false, "7|8");
    expect_cells("1\t\t3\n\t5\t\n", 2, 3, false, "1||3||5|");
    expect_cells("\"a,b\";\"c\"\n1;2\n", 1, 2, true, "1|2");
    fr_table table;
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.delimiter = ' ';
    assert_int_equal(fr_table_parse("1\t2\n3 \t 4", 9, "t", &settings, &table), FR_OK);
    assert_int_equal(table.n_columns, 2);
    assert_string_equal(fr_table_text(&table, 1, 1), "4");
    fr_table_free(&table);
    settings.delimiter = 'x';
    assert_int_equal(fr_table_parse("1\t2\n3 \t 4", 9, "t", &settings, &table), FR_EUSAGE);
}

static void finds_the_header(void **state)
{
    (void)state;
    expect_cells("id,x\na,1\n", 1, 2, true, "a|1");
    expect_cells("1,,nan\n2,3,4\n", 2, 3, false, "1||nan|2|3|4");
    expect_cells("x,y\n", 0, 2, true, "");
    fr_table table;
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_NO;
    assert_int_equal(fr_table_parse("a,b\nc,d", 7, "t", &settings, &table), FR_OK);
    assert_int_equal(table.n_rows, 2);
    fr_table_free(&table);
    settings.header = FR_HEADER_YES;
    assert_int_equal(fr_table_parse("1,2\n3,4", 7, "t", &settings, &table), FR_OK);
    assert_int_equal(table.n_rows, 1);
    assert_string_equal(table.names[1], "2");
    assert_int_equal(table.line[0], 2);
    fr_table_free(&table);
}

static void takes_all_kinds_of_lines(void **state)
{
    (void)state;
    expect_cells("\xEF\xBB\xBF"
                 "1,2\r\n\r\n3,4\r\n",
                 2, 2, false, "1|2|3|4");
    expect_cells("1,2\n3,4", 2, 2, false, "1|2|3|4");
    expect_cells("# by hand\n\n  # more\n1,2\n#3,4\n 5 , 6 \n", 2, 2, false, "1|2|5|6");
    expect_cells("1,\n,2", 2, 2, false, "1|||2");
    fr_table table;
    assert_int_equal(parse("# c\n\n1,2\r\n# d\n3,4", &table), FR_OK);
    assert_int_equal(table.line[0], 3);
    assert_int_equal(table.line[1], 5);
    fr_table_free(&table);
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.skip_comments = false;
    assert_int_equal(fr_table_parse("#1,2\n", 5, "t", &settings, &table), FR_OK);
    assert_string_equal(table.names[0], "#1");
    fr_table_free(&table);
}

static void resolves_quotes(void **state)
{
    (void)state;
    expect_cells("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", 1, 2, true, "x, y|say \"hi\"");
    expect_cells("a,b\n \" padded \" ,\"\"\n", 1, 2, true, " padded |");
    expect_cells("a,b\n\"two\nlines\",1\nc,2\n", 2, 2, true, "two\nlines|1|c|2");
    expect_cells("\"a b\" \"c\"\n1 2\n", 1, 2, true, "1|2");
    expect_cells("a,b\n5'10\",x\n", 1, 2, true, "5'10\"|x");
    fr_table table;
    assert_int_equal(parse("a,b\n\"two\nlines\",1\nc,2\n", &table), FR_OK);
    assert_int_equal(table.line[0], 2);
    assert_int_equal(table.line[1], 4);
    fr_table_free(&table);
    expect_refused("a,b\n1,\"open\n2,3\n", "t.csv:2: a quoted cell is never closed");
    expect_refused("a,b\n1,2\n1,\"x\"y\n", "t.csv:3: text follows the closing quote of cell 2");
}

static void refuses_what_is_no_table(void **state)
{
    (void)state;
    expect_refused("", "t.csv: the file is empty");
    expect_refused("\xEF\xBB\xBF", "t.csv: the file is empty");
    expect_refused("\n# only\n\n", "t.csv: the table has no rows, only blank lines or comments");
    expect_refused("# c\n1,2,3\n4,5\n", "t.csv:3: expected 3 columns as in line 2, found 2");
    expect_refused("1 2\n3 4\n3 4 5\n", "t.csv:3: expected 2 columns as in line 1, found 3");
    expect_refused("a b\nr1 3 4\n",
                   "t.csv:2: expected 2 columns as in line 1, found 3; write the table without row "
                   "names (R: row.names = FALSE) if it has them");
    fr_table table;
    assert_int_equal(fr_table_parse("1,2\n3,\0\n", 8, "t.csv", NULL, &table), FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv:2: a zero byte: this is not a text file");
    assert_int_equal(fr_table_parse("\xFF\xFE"
                                    "1\0,\0",
                                    6, "t.csv", NULL, &table),
                     FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv: the text is in UTF-16; save it as UTF-8");
}

static void expect_number(const char *text, double expected)
{
    fr_table table;
    fr_table_settings settings;
    fr_table_settings_default(&settings);
    settings.header = FR_HEADER_NO;
    assert_int_equal(fr_table_parse(text, (int64_t)strlen(text), "t", &settings, &table), FR_OK);
    double value;
    if (fr_table_f64(&table, 0, 0, &value) != FR_OK) fail_msg("%s", fr_last_error());
    assert_memory_equal(&value, &expected, sizeof value);
    fr_table_free(&table);
}

static void reads_numbers_exactly(void **state)
{
    (void)state;
    expect_number("0", 0.0);
    expect_number("-0", -0.0);
    expect_number("+.5", 0.5);
    expect_number("5.", 5.0);
    expect_number("1e-3", 1e-3);
    expect_number("1E+22", 1e22);
    expect_number("1e23", 1e23);
    expect_number("0.8660254037844386", 0.8660254037844386);
    expect_number("9007199254740993", 9007199254740992.0);
    expect_number("123456789012345678901234567890", 123456789012345678901234567890.0);
    expect_number("0."
                  "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                  "000000000000000"
                  "0000000000000000000000000000000012345678901234567890",
                  1.2345678901234567890e-138);
    expect_number("4.9e-324", 4.9e-324);
    expect_number("1.7976931348623157e308", 1.7976931348623157e308);
    expect_number("1e-400", 0.0);
    expect_number("0e999999999999", 0.0);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    for (int i = 0; i < 4; i++)
        if (setlocale(LC_ALL, names[i]) != NULL) break;
    expect_number("1234.56789012345678901", 1234.5678901234568);
    setlocale(LC_ALL, "C");
}

static void tells_cells_that_are_no_numbers(void **state)
{
    (void)state;
    fr_table table;
    double value;
    int64_t whole;
    assert_int_equal(parse("id,lat\nw1,inf\nw2,nan\nw3,\nw4,\"1,5\"\nw5,0x10\nw6,1e999\nw7,1 2\nw8,"
                           "a very long text that goes on and on and on and on\nw9,1e\n",
                           &table),
                     FR_OK);
    static const char *const found[] = {
        "t.csv:2: column 2 (lat): expected a finite number, found 'inf'",
        "t.csv:3: column 2 (lat): expected a finite number, found 'nan'",
        "t.csv:4: column 2 (lat): expected a finite number, found an empty cell",
        ("t.csv:5: column 2 (lat): expected a finite number, found '1,5' (numbers are written with a decimal "
         "point, not a comma)"),
        "t.csv:6: column 2 (lat): expected a finite number, found '0x10'",
        "t.csv:7: column 2 (lat): expected a finite number, found '1e999'",
        "t.csv:8: column 2 (lat): expected a finite number, found '1 2'",
        "t.csv:9: column 2 (lat): expected a finite number, found 'a very long text that goes on and on ...'",
        "t.csv:10: column 2 (lat): expected a finite number, found '1e'",
    };
    for (int64_t row = 0; row < table.n_rows; row++) {
        assert_int_equal(fr_table_f64(&table, row, 1, &value), FR_EINPUT);
        assert_string_equal(fr_last_error(), found[row]);
    }
    assert_int_equal(fr_table_f64(&table, 9, 0, &value), FR_EUSAGE);
    assert_int_equal(fr_table_i64(&table, 0, 2, &whole), FR_EUSAGE);
    fr_table_free(&table);
    assert_int_equal(parse("12,-3,4.0,1e3,4.5,9223372036854775807,9223372036854775808", &table), FR_OK);
    static const int64_t expected[] = {12, -3, 4, 1000};
    for (int64_t column = 0; column < 4; column++) {
        assert_int_equal(fr_table_i64(&table, 0, column, &whole), FR_OK);
        assert_int_equal(whole, expected[column]);
    }
    assert_int_equal(fr_table_i64(&table, 0, 4, &whole), FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv:1: column 5: expected a whole number, found '4.5'");
    assert_int_equal(fr_table_i64(&table, 0, 5, &whole), FR_OK);
    assert_int_equal(whole, INT64_MAX);
    assert_int_equal(fr_table_i64(&table, 0, 6, &whole), FR_EINPUT);
    fr_table_free(&table);
}

static void finds_columns_by_name(void **state)
{
    (void)state;
    fr_table table;
    int64_t column;
    assert_int_equal(parse("id,lon,lat,lon\n1,2,3,4\n", &table), FR_OK);
    assert_int_equal(fr_table_column(&table, "lat", &column), FR_OK);
    assert_int_equal(column, 2);
    assert_int_equal(fr_table_column(&table, "LAT", &column), FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv: no column 'LAT'; the columns are id, lon, lat, lon");
    assert_int_equal(fr_table_column(&table, "lon", &column), FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv: two columns are named 'lon'");
    fr_table_free(&table);
    assert_int_equal(parse("1,2\n", &table), FR_OK);
    assert_int_equal(fr_table_column(&table, "x", &column), FR_EINPUT);
    assert_string_equal(fr_last_error(), "t.csv: the table has no header line, so no column 'x'");
    fr_table_free(&table);
    char text[20001]; /* thousands of columns: the list of names is cut */
    for (int i = 0; i < 5000; i++)
        memcpy(text + 4 * i, "abc,", 4);
    text[19999] = '\0';
    assert_int_equal(parse(text, &table), FR_OK);
    assert_int_equal(table.n_columns, 5000);
    assert_int_equal(fr_table_column(&table, "x", &column), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "abc, abc, ..."));
    fr_table_free(&table);
}

static void takes_very_long_lines(void **state)
{
    (void)state;
    enum { n = 1000000 };
    char *text = malloc(2 * n);
    for (int i = 0; i < n; i++)
        memcpy(text + 2 * i, "7,", 2);
    text[2 * n - 1] = '\n';
    fr_table table;
    assert_int_equal(fr_table_parse(text, 2 * n, "t", NULL, &table), FR_OK);
    assert_int_equal(table.n_columns, n);
    assert_int_equal(table.n_rows, 1);
    fr_table_free(&table);
    free(text);
}

static void reads_files_and_gzip(void **state)
{
    (void)state;
    char *path;
    if (asprintf(&path, "%s/t.csv.gz", scratch_folder()) < 0) abort();
    gzFile stream = gzopen(path, "wb");
    gzputs(stream, "x,y\n1,2\n3\n");
    gzclose(stream);
    fr_table table;
    assert_int_equal(fr_table_read(path, NULL, &table), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "t.csv.gz:3: expected 2 columns as in line 1, found 1"));
    stream = gzopen(path, "wb");
    gzputs(stream, "x,y\n1,2\n");
    gzclose(stream);
    assert_int_equal(fr_table_read(path, NULL, &table), FR_OK);
    assert_string_equal(fr_table_text(&table, 0, 1), "2");
    assert_string_equal(table.file, path);
    fr_table_free(&table);
    assert_int_equal(fr_table_read("no-such.csv", NULL, &table), FR_EIO);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_delimiter),
        cmocka_unit_test(finds_the_header),
        cmocka_unit_test(takes_all_kinds_of_lines),
        cmocka_unit_test(resolves_quotes),
        cmocka_unit_test(refuses_what_is_no_table),
        cmocka_unit_test(reads_numbers_exactly),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(tells_cells_that_are_no_numbers),
        cmocka_unit_test(finds_columns_by_name),
        cmocka_unit_test(takes_very_long_lines),
        cmocka_unit_test(reads_files_and_gzip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
