/* The report of a reproduced experiment: what it shows, how many numbers agree, the figures, the comparison row by row. */
#include "reproduce_page.h"
#include "result_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const result_meaning metrics[] = {
    {"rows", "numbers compared"},
    {"agree", "within the tolerance of the expected number, or of the reported one where none is expected"},
    {"differ", "outside of it"},
    {"open", "numbers without anything to be judged by"},
    {NULL, NULL},
};

static const result_meaning files[] = {
    {"comparison.csv",
     "one row per number: table, setting, quantity; reported, expected, obtained with standard errors; "
     "tolerance; verdict"},
    {"summary.json", "everything on this page for programs: settings, inputs, metrics, timings, warnings"},
    {"figures", "all figures as SVG (for editing and print) and PNG"},
    {NULL, NULL},
};

typedef struct {
    const reproduce_experiment *experiment;
    const reproduce_comparison *comparison;
    int figure;
} figure_job;

static int draw_job(const void *context, const char *stem)
{
    const figure_job *job = context;
    return job->experiment->draw(job->comparison, job->figure, stem);
}

static bool has_figure(const reproduce_experiment *experiment, int k)
{
    return k < REPRODUCE_MOST_FIGURES && experiment->figures[k].stem != NULL;
}

static int draw_figures(const reproduce_experiment *experiment, const reproduce_comparison *comparison,
                        const char *folder)
{
    bool can_draw = true;
    int status = FR_OK;
    for (int k = 0; has_figure(experiment, k) && status == FR_OK; k++) {
        const figure_job job = {experiment, comparison, k};
        status = result_figure(folder, experiment->figures[k].stem, draw_job, &job,
                               "frugal reproduce NAME -o DIR --force", &can_draw);
    }
    return status;
}

static const char *cell(double value, char text[24])
{
    if (isnan(value)) return NULL;
    snprintf(text, 24, "%.6g", value);
    return text;
}

static void add_table(fr_report *report, const reproduce_comparison *comparison, int64_t first, int64_t end)
{
    char text[6][24];
    fr_report_table_begin(report, 9,
                          (const char *[]){"Setting", "Quantity", "Reported", "Expected", "Its std. error",
                                           "Obtained", "Its std. error", "Tolerance", "Verdict"});
    for (int64_t k = first; k < end; k++) {
        const reproduce_row *row = &comparison->rows[k];
        fr_report_table_row(
            report, (const char *[]){row->setting, row->quantity, cell(row->reported, text[0]),
                                     cell(row->expected, text[1]), cell(row->expected_error, text[2]),
                                     cell(row->obtained, text[3]), cell(row->obtained_error, text[4]),
                                     cell(row->tolerance, text[5]), reproduce_verdict_text(row->verdict)});
    }
    fr_report_table_end(report);
}

/* Rows of one table stand together. */
static void add_tables(fr_report *report, const reproduce_comparison *comparison)
{
    for (int64_t first = 0, end; first < comparison->n; first = end) {
        char heading[64];
        for (end = first; end < comparison->n; end++)
            if (strcmp(comparison->rows[end].table, comparison->rows[first].table) != 0) break;
        snprintf(heading, sizeof heading, "Table: %s", comparison->rows[first].table);
        fr_report_section(report, heading);
        add_table(report, comparison, first, end);
    }
}

static int write_page(const reproduce_experiment *experiment, const reproduce_comparison *comparison,
                      const char *folder, const json_t *summary)
{
    fr_report *report;
    char title[160];
    snprintf(title, sizeof title, "Reproduced: %s", experiment->purpose);
    int status = result_page_new("reproduce", title, summary, &report);
    if (status != FR_OK) return status;
    fr_report_paragraph(report, "%s", experiment->shows);
    fr_report_paragraph(report,
                        "Of %lld numbers %lld agree, %lld differ, and %lld have nothing to be judged by.",
                        (long long)comparison->n, (long long)reproduce_count(comparison, REPRODUCE_AGREES),
                        (long long)reproduce_count(comparison, REPRODUCE_DIFFERS),
                        (long long)reproduce_count(comparison, REPRODUCE_OPEN));
    result_page_warnings(report, summary);
    fr_report_section(report, "Figures");
    for (int k = 0; has_figure(experiment, k); k++)
        result_page_figure(report, folder, experiment->figures[k].stem, experiment->figures[k].caption);
    add_tables(report, comparison);
    result_page_numbers(report, folder, summary, metrics, files, experiment->paper);
    return result_page_write(report, folder);
}

int reproduce_page(const reproduce_experiment *experiment, const char *folder)
{
    reproduce_comparison comparison = {0};
    json_t *summary = NULL;
    char *path;
    if (asprintf(&path, "%s/comparison.csv", folder) < 0)
        return fr_fail(FR_ENOMEM, "out of memory for a file name");
    int status = reproduce_read(path, &comparison);
    if (status == FR_OK) status = draw_figures(experiment, &comparison, folder);
    if (status == FR_OK) status = result_summary_read(folder, &summary);
    if (status == FR_OK) status = write_page(experiment, &comparison, folder, summary);
    json_decref(summary);
    reproduce_comparison_free(&comparison);
    free(path);
    return status;
}
