/* Probabilities and labels for sets of labels. Columns of tables with headings are matched by the names of the classes;
 * labels are such names or numbers of columns. */
#include "conformal_classes.h"

#include <data/number.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void conformal_classes_free(conformal_classes *all)
{
    conformal_names_free(&all->names);
    fr_free(all->p);
    fr_free(all->p_test);
    fr_free(all->u);
    fr_free(all->label);
    fr_free(all->label_test);
    *all = (conformal_classes){0};
}

/* All numbers of a sheet; column k of the result is column order[k] of the file. */
static int take_numbers(const conformal_sheet *sheet, const int64_t *order, double **values)
{
    int64_t size, width = sheet->n_columns;
    int status = fr_size_mul(sheet->n_rows, width, &size);
    *values = status == FR_OK ? fr_alloc(size, sizeof **values) : NULL;
    if (*values == NULL) return FR_ENOMEM;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++)
        for (int64_t k = 0; status == FR_OK && k < width; k++)
            status =
                conformal_sheet_f64(sheet, row, order != NULL ? order[k] : k, &(*values)[row * width + k]);
    return status;
}

/* Names of the classes: the heading, or numbers from 0. */
static int name_classes(const conformal_sheet *sheet, conformal_names *names)
{
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < sheet->n_columns; k++) {
        char number[32];
        int64_t at;
        snprintf(number, sizeof number, "%" PRId64, k);
        status =
            conformal_names_number(names, conformal_sheet_named(sheet) ? sheet->table.names[k] : number, &at);
        if (status == FR_OK && at != k)
            status = fr_fail(FR_EINPUT, "%s: two columns are named '%s'", sheet->path, names->names[at]);
    }
    return status;
}

static int match_classes(const conformal_sheet *sheet, const conformal_classes *all, int64_t *order)
{
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < all->classes; k++) {
        status = conformal_sheet_find(sheet, all->names.names[k], &order[k]);
        if (status == FR_OK && order[k] < 0)
            status = fr_fail(FR_EINPUT, "%s: the class '%s' of the calibration points is missing",
                             sheet->path, all->names.names[k]);
    }
    return status;
}

static int read_probabilities(cli_job *job, conformal_classes *all)
{
    const cli_options *parsed = &job->options;
    conformal_sheet cal = {0}, test = {0};
    int64_t *order = NULL;
    int status = conformal_sheet_read(job, options_text(parsed, "cal-prob"), &cal);
    if (status == FR_OK) status = name_classes(&cal, &all->names);
    if (status == FR_OK) status = take_numbers(&cal, NULL, &all->p);
    all->n = cal.n_rows;
    all->classes = cal.n_columns;
    if (status == FR_OK && all->classes < 2)
        status = fr_fail(FR_EINPUT, "%s has one column; at least two classes are needed", cal.path);
    if (status == FR_OK) status = conformal_sheet_read(job, options_text(parsed, "prob"), &test);
    if (status == FR_OK && test.n_columns != all->classes)
        status = fr_fail(FR_EINPUT, "%s has %" PRId64 " columns, %s has %" PRId64, test.path, test.n_columns,
                         cal.path, all->classes);
    if (status == FR_OK && conformal_sheet_named(&cal) && conformal_sheet_named(&test)) {
        order = fr_alloc(all->classes, sizeof *order);
        status = order == NULL ? FR_ENOMEM : match_classes(&test, all, order);
    }
    if (status == FR_OK) status = take_numbers(&test, order, &all->p_test);
    all->m = test.n_rows;
    fr_free(order);
    conformal_sheet_free(&cal);
    conformal_sheet_free(&test);
    return status;
}

/* Labels that are no names of classes may be numbers of their columns. */
static int resolve(const char *path, const conformal_names *found, int64_t classes, int64_t *labels,
                   int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const char *text = found->names[labels[i]];
        int64_t number;
        if (labels[i] < classes) continue;
        bool whole = fr_number_i64(text, (int64_t)strlen(text), &number);
        if (!whole || number < 0 || number >= classes)
            return fr_fail(FR_EINPUT,
                           "%s: label '%.60s' (row %" PRId64
                           " from 0) is neither the name of a class nor its number from 0 to %" PRId64,
                           path, text, i, classes - 1);
        labels[i] = number;
    }
    return FR_OK;
}

static int read_labels(cli_job *job, const char *option, int64_t n, const char *of, conformal_classes *all,
                       int64_t **labels)
{
    const char *path = options_text(&job->options, option);
    int64_t count;
    if (path == NULL) return FR_OK;
    int status = conformal_labels_read(job, path, n, of, &all->names, labels, &count);
    if (status == FR_OK) status = resolve(path, &all->names, all->classes, *labels, n);
    while (all->names.n > all->classes) /* what was no name of a class is forgotten */
        fr_free(all->names.names[--all->names.n]);
    return status;
}

enum { randomise_stream = 4102 };

static int read_randomisation(cli_job *job, conformal_classes *all)
{
    const char *text = options_text(&job->options, "randomise");
    int64_t count = all->n + all->m;
    if (text == NULL) return FR_OK;
    if (options_integer(&job->options, "score", 0) == FR_CONFORMAL_LAC)
        return fr_fail(FR_EUSAGE, "--randomise is for --score aps and raps");
    if (strcmp(text, "seed") != 0) {
        int status =
            conformal_vector_read(job, text, NULL, count, "calibration and test points", &all->u, &count);
        for (int64_t i = 0; status == FR_OK && i < count; i++)
            if (!(all->u[i] >= 0 && all->u[i] <= 1))
                status = fr_fail(FR_EINPUT, "%s: number %" PRId64 " (from 0) must lie in 0 to 1, found %g",
                                 text, i, all->u[i]);
        return status;
    }
    all->u = fr_alloc(count, sizeof *all->u);
    if (all->u == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < count; i++)
        all->u[i] = fr_random_uniform((uint64_t)options_integer(&job->options, "seed", 1), randomise_stream,
                                      (uint64_t)i);
    return FR_OK;
}

int conformal_classes_read(cli_job *job, conformal_classes *all)
{
    *all = (conformal_classes){0};
    int status = read_probabilities(job, all);
    if (status == FR_OK)
        status = read_labels(job, "cal-label", all->n, "calibration points", all, &all->label);
    if (status == FR_OK)
        status = read_labels(job, "test-label", all->m, "test points", all, &all->label_test);
    if (status == FR_OK) status = read_randomisation(job, all);
    job_phase(job, "read");
    return job_agree(job, status);
}
