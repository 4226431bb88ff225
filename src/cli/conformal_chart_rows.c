/* The frame of charts whose rows are methods, levels and groups: names at the left, the first on top, one scale below (a
 * forest plot). Unlike columns it stays readable with dozens of rows and long names. */
#include "chart.h"
#include "conformal_figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { longest_name = 48 };

void conformal_label(fr_figure *figure, const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr("\"\\`", *text) != NULL)
            fr_figure_add(figure, "'");
        else if (strchr("_^{}@&~", *text) != NULL)
            fr_figure_add(figure, "\\\\%c", *text);
        else
            fr_figure_add(figure, "%c", *text);
}

/* Characters of a UTF-8 text. */
static size_t letters_of(const char *text)
{
    size_t letters = 0;
    for (; *text != '\0'; text++)
        letters += ((unsigned char)*text & 0xC0) != 0x80;
    return letters;
}

/* Cuts a name that is too long for the margin, where at least three bytes are saved. */
static void shorten(char *name)
{
    size_t letters = 0;
    if (letters_of(name) <= longest_name + 3) return;
    for (; letters < longest_name || ((unsigned char)*name & 0xC0) == 0x80; name++)
        letters += ((unsigned char)*name & 0xC0) != 0x80;
    memcpy(name, "…", sizeof "…");
}

int conformal_rows_add(conformal_rows *rows, const char *method, double alpha, const char *group)
{
    if (rows->n == conformal_most_rows) return FR_OK;
    int size = asprintf(&rows->name[rows->n], "%s%sα = %g%s%s", method, *method != '\0' ? ", " : "", alpha,
                        *group != '\0' ? ", " : "", group);
    if (size < 0) return fr_fail(FR_ENOMEM, "out of memory for the name of a row");
    shorten(rows->name[rows->n++]);
    return FR_OK;
}

void conformal_rows_free(conformal_rows *rows)
{
    for (int64_t k = 0; k < rows->n; k++)
        free(rows->name[k]);
    *rows = (conformal_rows){0};
}

int conformal_rows_figure(const conformal_rows *rows, int64_t all, const char *what, fr_figure **out)
{
    size_t longest = 0;
    char label[120];
    for (int64_t k = 0; k < rows->n; k++) {
        size_t letters = letters_of(rows->name[k]);
        longest = letters > longest ? letters : longest;
    }
    double margin = 24 + 7.4 * (double)longest, width = margin + 400, height = 136 + 25 * (double)rows->n;
    int status = fr_figure_new(width, height, out);
    if (status != FR_OK) return status;
    if (all > rows->n)
        snprintf(label, sizeof label, "%s (the first %lld rows of %lld)", what, (long long)rows->n,
                 (long long)all);
    else
        snprintf(label, sizeof label, "%s", what);
    chart_axes(*out, label, "");
    fr_figure_add(*out,
                  "set lmargin at screen %.5f\nset rmargin at screen %.5f\nset tmargin at screen %.5f\n"
                  "set bmargin at screen %.5f\nset key at screen 0.5,screen %.5f center top vertical\n"
                  "unset grid\nset grid xtics lc rgb '#E8E8E8' lw 0.7 lt 1\n"
                  "set yrange [%lld.6:0.4]\nset ytics scale 0 (",
                  margin / width, 1 - 20 / width, 1 - 60 / height, 72 / height, 1 - 8 / height,
                  (long long)rows->n);
    for (int64_t k = 0; k < rows->n; k++) {
        fr_figure_add(*out, "%s\"", k > 0 ? ", " : "");
        conformal_label(*out, rows->name[k]);
        fr_figure_add(*out, "\" %lld", (long long)k + 1);
    }
    fr_figure_add(*out, ")\n");
    return FR_OK;
}
