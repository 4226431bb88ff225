/* The report: escaping of all text, tables, pictures inside the page (SVG, or PNG where the SVG is too large), files that
 * cannot be written. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *in_scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

/* Writes the report, frees it, and returns the page. */
static char *page_of(fr_report *report)
{
    char *path = in_scratch("report.html"), *bytes;
    int64_t size;
    assert_int_equal(fr_report_write(report, path), FR_OK);
    fr_report_free(report);
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    free(path);
    return bytes;
}

static void test_text_is_escaped(void **state)
{
    (void)state;
    fr_report *report;
    assert_int_equal(fr_report_new("<script>alert(1)</script>", "a & b", &report), FR_OK);
    fr_report_section(report, "S<1>");
    fr_report_paragraph(report, "file \"%s\" & '%d'", "<x>.csv", 7);
    fr_report_note(report, "%s", "100% <b>\x01sure</b>");
    fr_report_verbatim(report, "frugal --out <dir> λ");
    fr_report_table_begin(report, 2, (const char *[]){"na<me", "value"});
    fr_report_table_row(report, (const char *[]){"<i>", "-1.5e3"});
    fr_report_table_row(report, (const char *[]){NULL, "nan<"});
    fr_report_table_end(report);
    char *page = page_of(report);
    assert_null(strstr(page, "<script"));
    assert_non_null(strstr(page, "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"));
    assert_non_null(strstr(page, "<p class=\"subtitle\">a &amp; b</p>"));
    assert_non_null(strstr(page, "<h2>S&lt;1&gt;</h2>"));
    assert_non_null(strstr(page, "<p>file &quot;&lt;x&gt;.csv&quot; &amp; &#39;7&#39;</p>"));
    assert_non_null(strstr(page, "<p class=\"note\">100% &lt;b&gt;sure&lt;/b&gt;</p>"));
    assert_non_null(strstr(page, "<pre>frugal --out &lt;dir&gt; λ</pre>"));
    assert_non_null(strstr(page, "<tr><th>na&lt;me</th><th>value</th></tr>"));
    assert_non_null(strstr(page, "<tr><td>&lt;i&gt;</td><td class=\"number\">-1.5e3</td></tr>"));
    assert_non_null(strstr(page, "<tr><td></td><td>nan&lt;</td></tr>"));
    assert_null(strstr(page, "http"));
    assert_non_null(strstr(page, "</html>\n"));
    fr_free(page);
}

static void test_pictures(void **state)
{
    (void)state;
    char *svg = in_scratch("one.svg"), *stem = in_scratch("one"), *missing = in_scratch("none");
    fr_report *report;
    assert_int_equal(fr_report_new("t", NULL, &report), FR_OK);
    assert_int_equal(fr_file_write(svg, "<svg>", 5), FR_OK); /* base64: PHN2Zz4= */
    assert_true(fr_report_figure(report, stem, "A \"first\" one"));
    assert_false(fr_report_figure(report, missing, "never"));
    assert_int_equal(fr_file_write(svg, "<svg/>", 6), FR_OK); /* PHN2Zy8+ */
    assert_true(fr_report_figure(report, stem, "Again"));
    assert_int_equal(fr_file_write(svg, "<svg", 4), FR_OK); /* PHN2Zw== */
    assert_true(fr_report_figure(report, stem, "Third"));
    char *page = page_of(report);
    assert_non_null(
        strstr(page, "alt=\"A &quot;first&quot; one\" src=\"data:image/svg+xml;base64,PHN2Zz4=\">"));
    assert_non_null(strstr(page, "base64,PHN2Zy8+\">"));
    assert_non_null(strstr(page, "base64,PHN2Zw==\">"));
    assert_non_null(strstr(page, "<strong>Figure 1.</strong> A &quot;first&quot; one</figcaption>"));
    assert_non_null(strstr(page, "<strong>Figure 3.</strong> Third</figcaption>"));
    assert_null(strstr(page, "never"));
    fr_free(page);
    free(svg);
    free(stem);
    free(missing);
}

static void test_large_svg_gives_way_to_png(void **state)
{
    (void)state;
    enum { large = 1500001 };
    char *svg = in_scratch("large.svg"), *png = in_scratch("large.png"), *stem = in_scratch("large");
    char *bytes = fr_alloc(large, 1);
    memset(bytes, ' ', large);
    assert_int_equal(fr_file_write(svg, bytes, large), FR_OK);
    fr_free(bytes);
    /* 24 bytes of a PNG: width 0x0258 = 600 pixels = 200 points, shown at 1.2 pixels a point */
    assert_int_equal(fr_file_write(png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x58\0\0\0\x01", 24), FR_OK);
    fr_report *report;
    assert_int_equal(fr_report_new("t", NULL, &report), FR_OK);
    assert_true(fr_report_figure(report, stem, "c"));
    char *page = page_of(report);
    assert_non_null(strstr(page, "<img width=\"240\" alt=\"c\" src=\"data:image/png;base64,iVBORw0KGgo"));
    assert_null(strstr(page, "svg+xml"));
    fr_free(page);
    free(svg);
    free(png);
    free(stem);
}

static void test_unwritable(void **state)
{
    (void)state;
    fr_report *report;
    char *path = in_scratch("no/such/folder/report.html");
    assert_int_equal(fr_report_new("t", NULL, &report), FR_OK);
    assert_int_equal(fr_report_write(report, path), FR_EIO);
    fr_report_free(report);
    fr_report_free(NULL);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_escaped),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_large_svg_gives_way_to_png),
        cmocka_unit_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
