/* frugal conformal coverage: intervals of one or more runs, or of other programs, against the truth. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const cli_option coverage_rows[] = {
    {.name = "truth",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "the targets of the test points: in their order, or with a column test_id; otherwise those that "
             "the first run knew (points.csv)"},
    {.name = "target",
     .type = OPTION_TEXT,
     .value = "NAME",
     .help = "the column of --truth that holds them, where there are several"},
    {.name = "groups",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "a group for each test point: coverage in each of them too"},
    {.name = "claimed",
     .type = OPTION_NUMBER,
     .value = "G",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "the coverage that is claimed; otherwise the guarantee of the run (coverage.csv beside the "
             "intervals)"},
    {.name = "alpha",
     .letter = 'a',
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.1",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "the level of tables without a column alpha"},
    {.name = "scores",
     .type = OPTION_INTEGER,
     .value = "N",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e15,
     .help = "how many calibration or training points the sets rest on, whose luck is then counted in; "
             "otherwise as the run says, or none"},
    {.name = NULL},
};
static const option_group coverage_options = {"Coverage", coverage_rows, false};
static const option_group *const coverage_groups[] = {&coverage_options, &output_options, &general_options,
                                                      NULL};

/* All series of all tables. */
typedef struct {
    int64_t n;
    conformal_series *series;
    int64_t *scores; /* n: points that the sets of each rest on; 0: not known */
    double *truth;
    int64_t *group;
    conformal_names group_names;
} everything;

static void everything_free(everything *all)
{
    conformal_series_free(all->series, all->n);
    fr_free(all->scores);
    fr_free(all->truth);
    fr_free(all->group);
    conformal_names_free(&all->group_names);
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------- */

/* The folder of an argument, or the one that the file lies in; to be freed with free. */
static char *folder_of(const char *argument)
{
    struct stat facts;
    if (stat(argument, &facts) == 0 && S_ISDIR(facts.st_mode)) return strdup(argument);
    const char *slash = strrchr(argument, '/');
    return slash == NULL ? strdup(".") : strndup(argument, (size_t)(slash - argument + (slash == argument)));
}

static char *table_of(const char *argument)
{
    struct stat facts;
    char *path;
    if (stat(argument, &facts) != 0 || !S_ISDIR(facts.st_mode)) return strdup(argument);
    return asprintf(&path, "%s/intervals.csv", argument) < 0 ? NULL : path;
}

/* The guarantee that the run of this folder has written for a method and a level, and the number of points it rests on. */
static int take_guarantees(const char *folder, conformal_series *series, int64_t *scores)
{
    fr_table table;
    bool there;
    int64_t method, alpha, group, guarantee, ranked;
    int status = result_table_read(folder, "coverage.csv", &table, &there);
    if (status != FR_OK || !there) return status;
    bool ours = table.names != NULL && fr_table_column(&table, "method", &method) == FR_OK &&
                fr_table_column(&table, "alpha", &alpha) == FR_OK &&
                fr_table_column(&table, "group", &group) == FR_OK &&
                fr_table_column(&table, "guarantee", &guarantee) == FR_OK &&
                fr_table_column(&table, "scores", &ranked) == FR_OK;
    for (int64_t row = 0; ours && row < table.n_rows; row++) {
        double level, value;
        if (strcmp(fr_table_text(&table, row, method), series->method) != 0) continue;
        if (*fr_table_text(&table, row, group) != '\0' || *fr_table_text(&table, row, guarantee) == '\0')
            continue;
        if (fr_table_f64(&table, row, alpha, &level) != FR_OK) continue;
        if (fr_table_f64(&table, row, guarantee, &value) != FR_OK) continue;
        if (*fr_table_text(&table, row, ranked) != '\0' && fr_table_i64(&table, row, ranked, scores) != FR_OK)
            continue;
        for (int64_t a = 0; a < series->sets.n_alphas; a++)
            if (series->sets.alphas[a] == level) series->sets.guarantee[a] = value;
    }
    fr_table_free(&table);
    return FR_OK;
}

/* A method that came before gets the name of its folder behind it. */
static int make_unique(const everything *all, const char *argument, conformal_series *series)
{
    bool taken = *series->method == '\0';
    for (int64_t s = 0; s < all->n; s++)
        taken = taken || strcmp(all->series[s].method, series->method) == 0;
    if (!taken) return FR_OK;
    char text[512];
    size_t length = strlen(argument);
    while (length > 1 && argument[length - 1] == '/')
        length--;
    snprintf(text, sizeof text, "%.200s%s%.*s%s", series->method, *series->method != '\0' ? " (" : "",
             (int)(length < 200 ? length : 200), argument, *series->method != '\0' ? ")" : "");
    char *copy = fr_strdup(text);
    if (copy == NULL) return FR_ENOMEM;
    fr_free(series->method);
    series->method = copy;
    return FR_OK;
}

static int check_points(const everything *all, const char *argument, const conformal_series *series)
{
    if (all->n == 0 || series->sets.m == all->series[0].sets.m) return FR_OK;
    return fr_fail(FR_EINPUT, "%s has %" PRId64 " test points, the table before it %" PRId64, argument,
                   series->sets.m, all->series[0].sets.m);
}

static int add_table(cli_job *job, const char *argument, everything *all)
{
    char *path = table_of(argument), *folder = folder_of(argument);
    conformal_series *series = NULL;
    int64_t n = 0;
    int status = path == NULL || folder == NULL ? fr_fail(FR_ENOMEM, "out of memory for a file name") : FR_OK;
    if (status == FR_OK) status = job_input(job, path);
    if (status == FR_OK)
        status = conformal_series_read(path, options_number(&job->options, "alpha", 0.1), &series, &n);
    if (status != FR_OK) goto done;
    conformal_series *moved = fr_realloc(all->series, all->n + n, sizeof *moved);
    if (moved == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    all->series = moved;
    int64_t *scores = fr_realloc(all->scores, all->n + n, sizeof *scores);
    if (scores == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    all->scores = scores;
    for (int64_t s = 0; s < n; s++) {
        if (status == FR_OK) status = check_points(all, argument, &series[s]);
        scores[all->n] = 0;
        if (status == FR_OK) status = take_guarantees(folder, &series[s], &scores[all->n]);
        if (status == FR_OK) status = make_unique(all, argument, &series[s]);
        all->series[all->n++] = series[s];
    }
    fr_free(series);
    series = NULL;
done:
    conformal_series_free(series, n);
    free(path);
    free(folder);
    return status;
}

/* ---- the truth -------------------------------------------------------------------------------------------------------------------- */

/* Values by the column test_id. */
static int match_by_id(const conformal_sheet *sheet, int64_t id, int64_t column,
                       const conformal_series *series, double *truth)
{
    json_t *row_of = json_object();
    int status = row_of == NULL ? fr_fail(FR_ENOMEM, "out of memory for the test points") : FR_OK;
    for (int64_t row = 0; status == FR_OK && row < sheet->n_rows; row++)
        if (json_object_set_new_nocheck(row_of, fr_table_text(&sheet->table, row, id), json_integer(row)) !=
            0)
            status = fr_fail(FR_ENOMEM, "out of memory for the test points");
    for (int64_t t = 0; status == FR_OK && t < series->sets.m; t++) {
        const json_t *row = json_object_get(row_of, series->test_id[t]);
        if (row == NULL)
            status = fr_fail(FR_EINPUT, "%s has no row of test point '%s'", sheet->path, series->test_id[t]);
        else if (conformal_sheet_unknown(sheet, (int64_t)json_integer_value(row), column))
            truth[t] = NAN;
        else
            status = conformal_sheet_f64(sheet, (int64_t)json_integer_value(row), column, &truth[t]);
    }
    json_decref(row_of);
    return status;
}

static int match_by_order(const conformal_sheet *sheet, int64_t column, int64_t m, double *truth)
{
    int status = FR_OK;
    if (sheet->n_rows != m)
        return fr_fail(FR_EINPUT, "%s has %" PRId64 " values for %" PRId64 " test points", sheet->path,
                       sheet->n_rows, m);
    for (int64_t t = 0; status == FR_OK && t < m; t++) {
        if (conformal_sheet_unknown(sheet, t, column))
            truth[t] = NAN;
        else
            status = conformal_sheet_f64(sheet, t, column, &truth[t]);
    }
    return status;
}

/* The column of the truth: the one asked for, the one called truth, or the only one that is not test_id. */
static int truth_column(const conformal_sheet *sheet, const char *asked, int64_t id, int64_t *column)
{
    if (asked != NULL) return conformal_sheet_column(sheet, asked, column);
    int status = conformal_sheet_find(sheet, "truth", column);
    if (status != FR_OK || *column >= 0) return status;
    if (sheet->n_columns - (id >= 0) != 1)
        return fr_fail(FR_EUSAGE, "%s has %" PRId64 " columns; choose one by --target", sheet->path,
                       sheet->n_columns);
    *column = id == 0 ? 1 : 0;
    return FR_OK;
}

static int read_truth(cli_job *job, const char *path, const char *asked, everything *all)
{
    conformal_sheet sheet;
    int64_t id, column, m = all->series[0].sets.m;
    int status = conformal_sheet_read(job, path, &sheet);
    if (status != FR_OK) return status;
    if (sheet.values != NULL && sheet.n_rows == 1) { /* an array of shape 1 x m */
        sheet.n_rows = sheet.n_columns;
        sheet.n_columns = 1;
    }
    status = conformal_sheet_find(&sheet, "test_id", &id);
    if (status == FR_OK) status = truth_column(&sheet, asked, id, &column);
    if (status == FR_OK) all->truth = fr_alloc(m, sizeof *all->truth);
    if (status == FR_OK && all->truth == NULL) status = FR_ENOMEM;
    if (status == FR_OK)
        status = id >= 0 ? match_by_id(&sheet, id, column, &all->series[0], all->truth)
                         : match_by_order(&sheet, column, m, all->truth);
    conformal_sheet_free(&sheet);
    int64_t known = 0;
    for (int64_t t = 0; status == FR_OK && t < m; t++)
        known += !isnan(all->truth[t]);
    if (status == FR_OK && known == 0)
        status = fr_fail(FR_EINPUT, "%s does not hold the truth of any test point; give it by --truth", path);
    return status;
}

static int find_truth(cli_job *job, everything *all)
{
    const char *path = options_text(&job->options, "truth");
    char *folder, *points = NULL;
    if (path != NULL) return read_truth(job, path, options_text(&job->options, "target"), all);
    folder = folder_of(job->options.arguments[0]);
    if (folder == NULL || asprintf(&points, "%s/points.csv", folder) < 0) points = NULL;
    free(folder);
    if (points == NULL) return fr_fail(FR_ENOMEM, "out of memory for a file name");
    struct stat facts;
    int status = stat(points, &facts) == 0
                     ? read_truth(job, points, "truth", all)
                     : fr_fail(FR_EUSAGE, "--truth FILE is missing: the targets of the test points");
    free(points);
    return status;
}

/* ---- the work ----------------------------------------------------------------------------------------------------------------------- */

static int read_everything(cli_job *job, everything *all)
{
    const cli_options *parsed = &job->options;
    const char *groups = options_text(parsed, "groups");
    int64_t count;
    int status = FR_OK;
    for (int64_t k = 0; status == FR_OK && k < parsed->n_arguments; k++)
        status = add_table(job, parsed->arguments[k], all);
    if (status == FR_OK) status = find_truth(job, all);
    if (status == FR_OK && groups != NULL)
        status = conformal_labels_read(job, groups, all->series[0].sets.m, "test points", &all->group_names,
                                       &all->group, &count);
    for (int64_t s = 0; s < all->n; s++) {
        all->scores[s] = options_integer(parsed, "scores", all->scores[s]);
        for (int64_t a = 0; a < all->series[s].sets.n_alphas; a++)
            all->series[s].sets.guarantee[a] =
                options_number(parsed, "claimed", all->series[s].sets.guarantee[a]);
    }
    job_phase(job, "read");
    return job_agree(job, status);
}

static conformal_outcome outcome_of(const everything *all, int64_t s)
{
    return (conformal_outcome){.method = all->series[s].method,
                               .sets = &all->series[s].sets,
                               .truth = all->truth,
                               .test_id = all->series[s].test_id,
                               .scores = all->scores[s],
                               .group = all->group,
                               .group_names = &all->group_names,
                               .marginal = true};
}

static void say_row(cli_job *job, const conformal_series *series, int64_t level,
                    const fr_conformal_coverage *row)
{
    double guarantee = series->sets.guarantee[level];
    char claimed[64] = "nothing is claimed";
    if (!isnan(guarantee)) snprintf(claimed, sizeof claimed, "at least %.6g is claimed", guarantee);
    job_say(job,
            "%s, alpha %g: covered %lld of %lld, %.4g (95 %% interval %.4g to %.4g), mean width %.6g; %s",
            series->method, series->sets.alphas[level], (long long)row->covered, (long long)row->m,
            row->coverage, row->low, row->high, row->mean_width, claimed);
}

/* The numbers of a row in the summary; with several methods under "METHOD, alpha A". */
static void note_row(cli_job *job, const conformal_series *series, int64_t level,
                     const fr_conformal_coverage *row, json_t *metrics)
{
    cli_summary *summary = &job->summary;
    summary_number(summary, metrics, "alpha", series->sets.alphas[level]);
    summary_number(summary, metrics, "guarantee", series->sets.guarantee[level]);
    summary_count(summary, metrics, "covered", row->covered);
    summary_count(summary, metrics, "test_points", row->m);
    summary_number(summary, metrics, "coverage", row->coverage);
    summary_number(summary, metrics, "coverage_low", row->low);
    summary_number(summary, metrics, "coverage_high", row->high);
    summary_number(summary, metrics, "p_value", row->p_value);
    summary_number(summary, metrics, "mean_width", row->mean_width);
    summary_number(summary, metrics, "median_width", row->median_width);
    summary_number(summary, metrics, "share_infinite", row->infinite);
    summary_number(summary, metrics, "share_empty", row->empty);
    summary_number(summary, metrics, "share_disconnected", row->disconnected);
}

static int cover_all(cli_job *job, const everything *all)
{
    conformal_coverage_table table;
    int status = conformal_coverage_begin(job, &table);
    if (status != FR_OK) return status;
    bool single = all->n == 1 && all->series[0].sets.n_alphas == 1;
    for (int64_t s = 0; s < all->n; s++)
        for (int64_t a = 0; status == FR_OK && a < all->series[s].sets.n_alphas; a++) {
            const conformal_outcome outcome = outcome_of(all, s);
            fr_conformal_coverage row;
            status = conformal_coverage_level(&table, &outcome, a, &row);
            if (status != FR_OK) break;
            say_row(job, &all->series[s], a, &row);
            char name[600];
            snprintf(name, sizeof name, "%s, alpha %g", all->series[s].method, all->series[s].sets.alphas[a]);
            json_t *metrics = single ? job->summary.metrics : json_object();
            note_row(job, &all->series[s], a, &row, metrics);
            if (!single) summary_set(&job->summary, job->summary.metrics, name, metrics);
        }
    int closed = conformal_coverage_end(&table);
    return status == FR_OK ? closed : status;
}

/* The tables that the figures are drawn from. */
static int copy_sets(cli_job *job, const everything *all)
{
    fr_csv *csv;
    const char *path = job_file(job, "intervals.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, conformal_intervals_header, &csv);
    if (status != FR_OK) return status;
    for (int64_t s = 0; s < all->n; s++) {
        const conformal_outcome outcome = outcome_of(all, s);
        conformal_write_sets(csv, &outcome);
    }
    status = fr_csv_close(csv);
    const conformal_outcome first = outcome_of(all, 0);
    return status == FR_OK ? conformal_write_points(job, &first) : status;
}

static int run(cli_job *job)
{
    everything all = {0};
    int status = read_everything(job, &all);
    if (status == FR_OK && job_writes(job)) status = cover_all(job, &all);
    if (status == FR_OK && job_writes(job)) status = copy_sets(job, &all);
    job_phase(job, "write");
    everything_free(&all);
    return status;
}

const cli_command conformal_coverage_command = {
    .method = "conformal",
    .verb = "coverage",
    .purpose = "compare prediction sets with the truth: coverage, widths, whether the guarantee can hold",
    .description = "Takes intervals.csv of one or more runs (or their folders), or tables of other programs "
                   "with the columns lower "
                   "and upper, and tells for each method and level how many truths are covered, with the "
                   "exact 95 % interval of "
                   "Clopper and Pearson, and how wide the sets are. Coverage that the guarantee makes very "
                   "unlikely (p < 0.01) is "
                   "warned of: the points are then probably not exchangeable.\n\n"
                   "Writes coverage.csv, intervals.csv (all tables in one), points.csv.",
    .example = "frugal conformal coverage out-full out-split --truth truth.csv -o compared",
    .arguments = "INTERVALS...",
    .groups = coverage_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
