/* The parts of report.html that all methods share, and the drawing of their figures one by one. */
#include "result_page.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the page ------------------------------------------------------------------------------------------------------- */

int result_page_new(const char *method, const char *title, const json_t *summary, fr_report **out)
{
    const char *version = result_string(summary, "version"), *outcome = result_string(summary, "status");
    char subtitle[200];
    snprintf(subtitle, sizeof subtitle, "frugal %s%s%s%s%s", method, version != NULL ? ", version " : "",
             version != NULL ? version : "", outcome != NULL ? "; status: " : "",
             outcome != NULL ? outcome : "");
    return fr_report_new(title, subtitle, out);
}

void result_page_warnings(fr_report *report, const json_t *summary)
{
    size_t index;
    json_t *warning;
    json_array_foreach((json_t *)(uintptr_t)result_value(summary, "warnings"), index,
                       warning) if (json_is_string(warning))
        fr_report_note(report, "Warning: %s", json_string_value(warning));
}

bool result_figure_there(const char *folder, const char *name)
{
    static const char *const endings[] = {"svg", "png"};
    bool there = false;
    for (int k = 0; k < 2 && !there; k++) {
        char *path;
        if (asprintf(&path, "%s/figures/%s.%s", folder, name, endings[k]) < 0) return false;
        there = access(path, F_OK) == 0;
        free(path);
    }
    return there;
}

bool result_page_figure(fr_report *report, const char *folder, const char *name, const char *caption)
{
    char *stem;
    if (asprintf(&stem, "%s/figures/%s", folder, name) < 0) return false;
    bool there = fr_report_figure(report, stem, caption);
    free(stem);
    return there;
}

static void put_value(FILE *out, const json_t *value)
{
    const char *key, *before = "";
    json_t *member;
    size_t index;
    if (json_is_string(value)) {
        fputs(json_string_value(value), out);
    } else if (json_is_real(value)) {
        fprintf(out, "%.10g", json_real_value(value));
    } else if (json_is_integer(value)) {
        fprintf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        fputs(json_is_true(value) ? "yes" : "no", out);
    } else if (json_is_array(value)) {
        json_array_foreach((json_t *)(uintptr_t)value, index, member)
        {
            fputs(before, out);
            put_value(out, member);
            before = ", ";
        }
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, member)
        {
            fprintf(out, "%s%s: ", before, key);
            put_value(out, member);
            before = ", ";
        }
    } else {
        fputs("-", out);
    }
}

/* A JSON value as text for a cell: "no_call: 0, maf: 12" for an object. Free with free; NULL if out of memory. */
static char *value_text(const json_t *value)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    put_value(out, value);
    fclose(out);
    return text;
}

static const char *meaning_of(const result_meaning *meanings, const char *name)
{
    for (; meanings->name != NULL; meanings++)
        if (strcmp(meanings->name, name) == 0) return meanings->meaning;
    return NULL;
}

/* An object of the summary as a table of name, value and, with `meanings`, meaning. */
static void add_object(fr_report *report, const json_t *object, const char *heading,
                       const char *value_heading, const result_meaning *meanings)
{
    if (json_object_size(object) == 0) return;
    fr_report_section(report, heading);
    fr_report_table_begin(report, meanings != NULL ? 3 : 2,
                          (const char *[]){"Name", value_heading, "Meaning"});
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        char *text = value_text(value);
        const char *meaning = meanings != NULL ? meaning_of(meanings, key) : NULL;
        fr_report_table_row(report, (const char *[]){key, text, meaning});
        free(text);
    }
    fr_report_table_end(report);
}

/* Of an entry of the summary's inputs; a graph in our own format has the checksum that it carries, a pipe has none. */
static const char *checksum_text(const json_t *entry, char buffer[96])
{
    const char *sha256 = json_string_value(json_object_get(entry, "sha256"));
    const char *fnv1a = json_string_value(json_object_get(entry, "fnv1a"));
    snprintf(buffer, 96, "%s%s",
             sha256 != NULL  ? "SHA-256 "
             : fnv1a != NULL ? "FNV-1a "
                             : "none: a pipe",
             sha256 != NULL  ? sha256
             : fnv1a != NULL ? fnv1a
                             : "");
    return buffer;
}

static void add_inputs(fr_report *report, const json_t *inputs)
{
    if (json_object_size(inputs) == 0) return;
    fr_report_section(report, "Inputs");
    fr_report_table_begin(report, 3, (const char *[]){"File", "Bytes", "Checksum"});
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)inputs, key, value)
    {
        char bytes[32] = "", checksum[96];
        const json_t *size = json_object_get(value, "bytes");
        if (size != NULL) snprintf(bytes, sizeof bytes, "%lld", (long long)json_integer_value(size));
        fr_report_table_row(report, (const char *[]){key, bytes, checksum_text(value, checksum)});
    }
    fr_report_table_end(report);
}

static void add_files(fr_report *report, const char *folder, const result_meaning *files)
{
    fr_report_section(report, "Files in this folder");
    fr_report_table_begin(report, 2, (const char *[]){"File", "What it holds"});
    for (; files->name != NULL; files++) {
        char *path;
        if (asprintf(&path, "%s/%s", folder, files->name) < 0) return;
        if (access(path, F_OK) == 0)
            fr_report_table_row(report, (const char *[]){files->name, files->meaning});
        free(path);
    }
    fr_report_table_end(report);
}

void result_page_numbers(fr_report *report, const char *folder, const json_t *summary,
                         const result_meaning *metrics, const result_meaning *files, const char *citation)
{
    add_object(report, result_value(summary, "metrics"), "Key numbers", "Value", metrics);
    add_object(report, result_value(summary, "settings"), "Settings", "Value", NULL);
    add_inputs(report, result_value(summary, "inputs"));
    const char *command = result_string(summary, "command");
    if (command != NULL) {
        fr_report_section(report, "Command");
        fr_report_verbatim(report, command);
    }
    add_object(report, result_value(summary, "timings"), "Timings", "Seconds", NULL);
    double memory = result_number(summary, "peak_memory_bytes");
    if (isfinite(memory)) fr_report_paragraph(report, "Peak memory: %.1f MB.", memory / 1e6);
    add_files(report, folder, files);
    fr_report_section(report, "How to cite");
    fr_report_paragraph(report, "Please cite the method:");
    fr_report_verbatim(report, citation);
}

int result_page_write(fr_report *report, const char *folder)
{
    char *path;
    int status = FR_OK;
    if (asprintf(&path, "%s/report.html", folder) < 0) {
        path = NULL;
        status = fr_fail(FR_ENOMEM, "out of memory for a file name");
    }
    if (status == FR_OK) status = fr_report_write(report, path);
    free(path);
    fr_report_free(report);
    return status;
}

/* ---- figures -------------------------------------------------------------------------------------------------------- */

/* Removes a picture of an earlier drawing, so that none is left that does not belong to the tables. */
static void remove_old(const char *stem)
{
    static const char *const endings[] = {"svg", "png"};
    for (int k = 0; k < 2; k++) {
        char *path;
        if (asprintf(&path, "%s.%s", stem, endings[k]) < 0) return;
        unlink(path);
        free(path);
    }
}

/* FOLDER/figures/NAME, with the folder of figures made; NULL on failure. Free with free. */
static char *figure_stem(const char *folder, const char *name)
{
    char *figures = NULL, *stem = NULL;
    if (asprintf(&figures, "%s/figures", folder) < 0) figures = NULL;
    if (figures == NULL || asprintf(&stem, "%s/%s", figures, name) < 0) {
        stem = NULL;
        fr_fail(FR_ENOMEM, "out of memory for a file name");
    } else if (mkdir(figures, 0777) != 0 && errno != EEXIST) {
        fr_fail(FR_EIO, "cannot make the folder %s: %s", figures, strerror(errno));
        free(stem);
        stem = NULL;
    }
    free(figures);
    return stem;
}

/* Removes the folder of figures if nothing is in it. */
static void remove_empty(const char *folder)
{
    char *figures;
    if (asprintf(&figures, "%s/figures", folder) < 0) return;
    rmdir(figures);
    free(figures);
}

int result_figure(const char *folder, const char *name, result_draw draw, const void *context,
                  const char *again, bool *can_draw)
{
    if (!*can_draw) return FR_OK;
    char *stem = figure_stem(folder, name);
    if (stem == NULL) return FR_EIO;
    remove_old(stem);
    int status = fr_interrupted() ? FR_EINTERRUPTED : draw(context, stem);
    free(stem);
    if (status == FR_EUNAVAILABLE) {
        *can_draw = false;
        remove_empty(folder);
        fr_warn("No figures were drawn, the tables are complete: %s. Install gnuplot (Debian, Ubuntu: "
                "apt install gnuplot-nox; Fedora: dnf install gnuplot; macOS: brew install gnuplot), then "
                "run: %s",
                fr_last_error(), again);
        return FR_OK;
    }
    if (status == FR_ENUMERIC && !fr_interrupted()) {
        fr_warn("figure %s was not drawn: %s", name, fr_last_error());
        return FR_OK;
    }
    return status;
}
