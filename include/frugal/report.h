/* frugal/report.h: figures drawn through gnuplot (SVG and PNG), colour palettes, and the self-contained report.html. */
#ifndef FRUGAL_REPORT_H
#define FRUGAL_REPORT_H

#include <frugal/core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- palettes ---------------------------------------------------------------------------------------------------------- */

enum { FR_PALETTE_CLASSES = 256 };

/* Equally spaced colours 0xRRGGBB, linear between neighbours, cut into 256 classes. */
typedef struct {
    const char *name;
    int n_colours;
    uint32_t colours[13];
} fr_palette;

/* "feems" (brown-white-blue, the published one), "purple-green", "red-blue" (diverging, safe for colour-blind readers),
 * "viridis" and "purples" (sequential). NULL and FR_EUSAGE in fr_last_error for another name: the message lists them. */
const fr_palette *fr_palette_find(const char *name);
/* Class of a value on [low, high]: min(255, floor(256 t)), t = (value - low) / (high - low) held within [0, 1]. */
int fr_palette_class(double value, double low, double high);
/* Colour of class k in 0..255: at position (n_colours - 1) k / 255 among the colours; 0xRRGGBB. */
uint32_t fr_palette_colour(const fr_palette *palette, int k);

/* ---- figures ------------------------------------------------------------------------------------------------------------- */

/* One figure: a list of gnuplot commands (data in inline blocks) for a canvas of width x height points (1/72 inch, the
 * SVG's pixels; the PNG has three times as many each way). Terminal, fonts and encoding are set for it. */
typedef struct fr_figure fr_figure;

int fr_figure_new(double width, double height, fr_figure **out);
/* Appends to the script, printf-style, with no line end added. A failure is remembered and told by fr_figure_draw. */
void fr_figure_add(fr_figure *figure, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends all commands of another figure. */
void fr_figure_append(fr_figure *figure, fr_figure *other);

typedef enum { FR_FIGURE_SVG = 1, FR_FIGURE_PNG = 2 } fr_figure_format;

/* Writes STEM.svg and/or STEM.png (`formats`: sum of fr_figure_format) by running the program `gnuplot` (NULL: "gnuplot" from
 * the PATH), without a shell. FR_EUNAVAILABLE if there is no such program, FR_ENUMERIC with what gnuplot said if it failed,
 * FR_EIO if a file cannot be written. */
int fr_figure_draw(fr_figure *figure, const char *gnuplot, const char *stem, int formats);
void fr_figure_free(fr_figure *figure); /* NULL is fine */

/* ---- the report ------------------------------------------------------------------------------------------------------------ */

/* One HTML page without scripts or outside files. All text is escaped; a failure is remembered and told by
 * fr_report_write. */
typedef struct fr_report fr_report;

int fr_report_new(const char *title, const char *subtitle, fr_report **out);
void fr_report_section(fr_report *report, const char *heading);
void fr_report_paragraph(fr_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A boxed remark, for warnings. */
void fr_report_note(fr_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text kept as it is, line by line, such as a command line or a citation. */
void fr_report_verbatim(fr_report *report, const char *text);
/* A table, row by row: `cells` has n_columns texts (NULL: empty). The first row is the heading. Cells that are numbers are
 * set to the right. */
void fr_report_table_begin(fr_report *report, int n_columns, const char *const *heading);
void fr_report_table_row(fr_report *report, const char *const *cells);
void fr_report_table_end(fr_report *report);
/* Takes STEM.svg into the page, or STEM.png where the SVG is missing or larger than 1.5 MB; does nothing (false) if
 * neither exists. */
bool fr_report_figure(fr_report *report, const char *stem, const char *caption);
int fr_report_write(fr_report *report, const char *path);
void fr_report_free(fr_report *report); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
