/* Figures through gnuplot: both formats, its complaints, a missing program, a folder that cannot be written. The tests that
 * need gnuplot are skipped where it is not installed. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *in_scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static fr_figure *line_figure(void)
{
    fr_figure *figure;
    assert_int_equal(fr_figure_new(200, 100, &figure), FR_OK);
    fr_figure_add(figure, "$line << EOD\n0 0\n1 %g\nEOD\n", 2.5);
    fr_figure_add(figure, "plot $line with lines title 'λ'\n");
    return figure;
}

static void need_gnuplot(void)
{
    if (system("gnuplot --version >/dev/null 2>&1") != 0) {
        print_message("skipped: gnuplot is not installed\n");
        skip();
    }
}

static void test_both_formats(void **state)
{
    (void)state;
    need_gnuplot();
    fr_figure *figure = line_figure();
    char *stem = in_scratch("a 'name' with $quotes"), *svg = in_scratch("a 'name' with $quotes.svg");
    char *png = in_scratch("a 'name' with $quotes.png"), *bytes;
    int64_t size;
    assert_int_equal(fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG | FR_FIGURE_PNG), FR_OK);
    assert_int_equal(fr_file_read(svg, &bytes, &size), FR_OK);
    assert_non_null(strstr(bytes, "viewBox=\"0 0 200 100\""));
    assert_non_null(strstr(bytes, "λ"));
    assert_non_null(strstr(bytes, "</svg>"));
    fr_free(bytes);
    assert_int_equal(fr_file_read(png, &bytes, &size), FR_OK);
    assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal((unsigned char)bytes[18] * 256 + (unsigned char)bytes[19],
                     600); /* three pixels a point */
    fr_free(bytes);
    fr_figure_free(figure);
    free(stem);
    free(svg);
    free(png);
}

static void test_complaint_is_told(void **state)
{
    (void)state;
    need_gnuplot();
    fr_figure *figure;
    assert_int_equal(fr_figure_new(200, 100, &figure), FR_OK);
    fr_figure_add(figure, "plot no_such_variable\n");
    char *stem = in_scratch("broken"), *svg = in_scratch("broken.svg");
    assert_int_equal(fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG), FR_ENUMERIC);
    assert_non_null(strstr(fr_last_error(), "no_such_variable"));
    assert_int_not_equal(access(svg, F_OK), 0);
    fr_figure_free(figure);
    free(stem);
    free(svg);
}

static void test_missing_program(void **state)
{
    (void)state;
    fr_figure *figure = line_figure();
    char *stem = in_scratch("missing"), *svg = in_scratch("missing.svg");
    assert_int_equal(fr_figure_draw(figure, "no-such-gnuplot", stem, FR_FIGURE_SVG), FR_EUNAVAILABLE);
    assert_non_null(strstr(fr_last_error(), "no-such-gnuplot"));
    assert_int_equal(fr_figure_draw(figure, "/nonexistent/gnuplot", stem, FR_FIGURE_SVG), FR_EUNAVAILABLE);
    assert_int_not_equal(access(svg, F_OK), 0);
    fr_figure_free(figure);
    free(stem);
    free(svg);
}

static void test_unwritable(void **state)
{
    (void)state;
    need_gnuplot();
    fr_figure *figure = line_figure();
    char *stem = in_scratch("no/such/folder/figure");
    assert_int_equal(fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG), FR_EIO);
    fr_figure_free(figure);
    free(stem);
}

static void test_append(void **state)
{
    (void)state;
    need_gnuplot();
    fr_figure *figure, *rest = line_figure();
    assert_int_equal(fr_figure_new(50, 40, &figure), FR_OK);
    fr_figure_append(figure, rest);
    fr_figure_free(rest);
    char *stem = in_scratch("appended");
    assert_int_equal(fr_figure_draw(figure, NULL, stem, FR_FIGURE_SVG), FR_OK);
    fr_figure_free(figure);
    fr_figure_free(NULL);
    free(stem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_formats),    cmocka_unit_test(test_complaint_is_told),
        cmocka_unit_test(test_missing_program), cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
