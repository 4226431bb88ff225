/* The self-contained report: one HTML page, pictures inside as base64 data, no scripts, nothing fetched. */
#include <frugal/data.h>
#include <frugal/report.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fr_report {
    FILE *stream; /* writes to text */
    char *text;
    size_t size;
    int n_columns; /* of the table being written */
    int n_figures;
    bool failed;
};

enum { largest_svg = 1500000 };

static const char style[] =
    "body{font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica "
    "Neue',Arial,sans-serif;color:#1f2328;background:#fff;max-width:56rem;margin:2.5rem auto 4rem;padding:0 "
    "1.25rem}h1{font-size:1.75rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 "
    ".75rem;padding-bottom:.3rem;border-bottom:1px solid #d8dee4}p{margin:.6rem "
    "0}.subtitle{color:#57606a;margin-top:0}.note{background:#fff8e5;border-left:4px solid "
    "#d4a72c;padding:.5rem .9rem;margin:.6rem 0}figure{margin:1.5rem 0 2rem}figure "
    "img{display:block;max-width:100%;height:auto;margin:0 "
    "auto}figcaption{font-size:.92rem;color:#424a53;margin-top:.6rem}.scroll{overflow-x:auto}table{border-"
    "collapse:collapse;font-size:.92rem;margin:.6rem "
    "0}th{text-align:left;border-bottom:1.5px solid #57606a}th,td{padding:.28rem 1.4rem .28rem "
    "0;vertical-align:top}td{border-bottom:1px solid "
    "#eaeef2;overflow-wrap:break-word}td.number{text-align:right;white-space:nowrap;font-variant-numeric:"
    "tabular-nums}pre{background:#f6f8fa;padding:.7rem "
    ".9rem;font-size:.86rem;white-space:pre-wrap;overflow-wrap:anywhere}@media print{body{margin:0 "
    "auto;max-width:none}figure,table{break-inside:avoid}}";

static void put(fr_report *report, const char *text)
{
    if (fputs(text, report->stream) < 0) report->failed = true;
}

/* Text with the five special characters replaced and control characters left out. */
static void put_escaped(fr_report *report, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            put(report, "&amp;");
            break;
        case '<':
            put(report, "&lt;");
            break;
        case '>':
            put(report, "&gt;");
            break;
        case '"':
            put(report, "&quot;");
            break;
        case '\'':
            put(report, "&#39;");
            break;
        default:
            if ((unsigned char)*text >= ' ' || *text == '\n' || *text == '\t') {
                if (fputc(*text, report->stream) == EOF) report->failed = true;
            }
        }
    }
}

/* One element with printf-style text inside, which is escaped. */
static void put_element(fr_report *report, const char *open, const char *close, const char *format,
                        va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0) {
        report->failed = true;
        return;
    }
    put(report, open);
    put_escaped(report, text);
    put(report, close);
    free(text);
}

int fr_report_new(const char *title, const char *subtitle, fr_report **out)
{
    *out = NULL;
    fr_report *report = fr_alloc(1, sizeof *report);
    if (report == NULL) return FR_ENOMEM;
    report->stream = open_memstream(&report->text, &report->size);
    if (report->stream == NULL) {
        fr_free(report);
        return fr_fail(FR_ENOMEM, "out of memory for the report");
    }
    put(report, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    put_escaped(report, title);
    put(report, "</title>\n<style>");
    put(report, style);
    put(report, "</style>\n</head>\n<body>\n<h1>");
    put_escaped(report, title);
    put(report, "</h1>\n");
    if (subtitle != NULL) {
        put(report, "<p class=\"subtitle\">");
        put_escaped(report, subtitle);
        put(report, "</p>\n");
    }
    *out = report;
    return FR_OK;
}

void fr_report_section(fr_report *report, const char *heading)
{
    put(report, "<h2>");
    put_escaped(report, heading);
    put(report, "</h2>\n");
}

void fr_report_paragraph(fr_report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_element(report, "<p>", "</p>\n", format, arguments);
    va_end(arguments);
}

void fr_report_note(fr_report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_element(report, "<p class=\"note\">", "</p>\n", format, arguments);
    va_end(arguments);
}

void fr_report_verbatim(fr_report *report, const char *text)
{
    put(report, "<pre>");
    put_escaped(report, text);
    put(report, "</pre>\n");
}

static bool is_number(const char *text)
{
    if (!isdigit((unsigned char)*text) && *text != '-' && *text != '+' && *text != '.') return false;
    char *end;
    strtod(text, &end);
    return end != text && *end == '\0';
}

static void put_row(fr_report *report, const char *const *cells, const char *tag)
{
    put(report, "<tr>");
    for (int c = 0; c < report->n_columns; c++) {
        const char *cell = cells[c] != NULL ? cells[c] : "";
        put(report, "<");
        put(report, tag);
        put(report, is_number(cell) ? " class=\"number\">" : ">");
        put_escaped(report, cell);
        put(report, "</");
        put(report, tag);
        put(report, ">");
    }
    put(report, "</tr>\n");
}

void fr_report_table_begin(fr_report *report, int n_columns, const char *const *heading)
{
    report->n_columns = n_columns;
    put(report, "<div class=\"scroll\"><table>\n<thead>");
    put_row(report, heading, "th");
    put(report, "</thead>\n<tbody>\n");
}

void fr_report_table_row(fr_report *report, const char *const *cells)
{
    put_row(report, cells, "td");
}

void fr_report_table_end(fr_report *report)
{
    put(report, "</tbody>\n</table></div>\n");
}

static void put_base64(fr_report *report, const unsigned char *bytes, int64_t size)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int64_t k = 0; k < size; k += 3) {
        unsigned block = (unsigned)bytes[k] << 16;
        if (k + 1 < size) block |= (unsigned)bytes[k + 1] << 8;
        if (k + 2 < size) block |= bytes[k + 2];
        char four[5] = {digit[block >> 18], digit[block >> 12 & 63], '=', '=', '\0'};
        if (k + 1 < size) four[2] = digit[block >> 6 & 63];
        if (k + 2 < size) four[3] = digit[block & 63];
        put(report, four);
    }
}

/* The bytes of STEM.ending if it can be read; fr_last_error keeps what it said before. */
static bool read_picture(const char *stem, const char *ending, char **bytes, int64_t *size)
{
    char *path;
    if (asprintf(&path, "%s.%s", stem, ending) < 0) return false;
    bool there = access(path, R_OK) == 0 && fr_file_read(path, bytes, size) == FR_OK;
    free(path);
    return there;
}

/* Width in points of a canvas of fr_figure_draw: the SVG's viewBox, a third of the PNG's pixels; 0 if it does not tell. */
static double picture_width(const char *bytes, int64_t size, bool png)
{
    if (png) {
        const unsigned char *header = (const unsigned char *)bytes;
        return size < 24
                   ? 0
                   : (header[16] * 16777216.0 + header[17] * 65536.0 + header[18] * 256.0 + header[19]) / 3;
    }
    const char *box = strstr(bytes, "viewBox=\"");
    double width = 0;
    if (box == NULL || sscanf(box, "viewBox=\"%*f %*f %lf", &width) != 1) return 0;
    return width;
}

bool fr_report_figure(fr_report *report, const char *stem, const char *caption)
{
    char *bytes = NULL, *smaller = NULL;
    int64_t size = 0, smaller_size = 0;
    const char *type = "svg+xml";
    bool there = read_picture(stem, "svg", &bytes, &size);
    if ((!there || size > largest_svg) && read_picture(stem, "png", &smaller, &smaller_size)) {
        fr_free(bytes);
        bytes = smaller;
        size = smaller_size;
        type = "png";
        there = true;
    }
    if (!there) return false;
    report->n_figures++;
    put(report, "<figure><img");
    double width = picture_width(bytes, size, type[0] == 'p');
    if (width > 0 && fprintf(report->stream, " width=\"%.0f\"", 1.2 * width) < 0) report->failed = true;
    put(report, " alt=\"");
    put_escaped(report, caption);
    put(report, "\" src=\"data:image/");
    put(report, type);
    put(report, ";base64,");
    put_base64(report, (const unsigned char *)bytes, size);
    if (fprintf(report->stream, "\">\n<figcaption><strong>Figure %d.</strong> ", report->n_figures) < 0)
        report->failed = true;
    put_escaped(report, caption);
    put(report, "</figcaption></figure>\n");
    fr_free(bytes);
    return true;
}

int fr_report_write(fr_report *report, const char *path)
{
    put(report, "</body>\n</html>\n");
    if (fflush(report->stream) != 0 || report->failed)
        return fr_fail(FR_ENOMEM, "out of memory for the report");
    return fr_file_write(path, report->text, (int64_t)report->size);
}

void fr_report_free(fr_report *report)
{
    if (report == NULL) return;
    fclose(report->stream);
    free(report->text);
    fr_free(report);
}
