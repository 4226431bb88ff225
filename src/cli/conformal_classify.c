/* frugal conformal classify: sets of labels from the probabilities of any classifier. */
#include "conformal_classes.h"
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option class_rows[] = {
    {.name = "cal-prob",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help = "probabilities of the classes at points the classifier was not fitted to: a row a point, a "
             "column a class"},
    {.name = "cal-label",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help = "the classes of these points, by the heading of the column or by its number from 0"},
    {.name = "prob",
     .type = OPTION_PATH,
     .value = "FILE",
     .required = true,
     .help = "probabilities at the test points"},
    {.name = "test-label",
     .alias = "truth",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "the classes of the test points, where they are known: coverage is reported"},
    {.name = "score",
     .type = OPTION_CHOICE,
     .value = "lac|aps|raps",
     .fallback = "lac",
     .help = "1 - probability (smallest sets); sum of the probabilities down to the class (adaptive); the "
             "same with a penalty on long sets"},
    {.name = "randomise",
     .alias = "randomize",
     .type = OPTION_TEXT,
     .value = "seed|FILE",
     .help = "aps, raps: count a random part of the class's own probability, drawn by --seed, or numbers "
             "from 0 to 1 for the calibration points and then the test points"},
    {.name = "penalty",
     .type = OPTION_NUMBER,
     .value = "R",
     .range = RANGE_FROM_ZERO,
     .help = "raps: added for each rank beyond --free-ranks"},
    {.name = "free-ranks",
     .type = OPTION_NUMBER,
     .value = "K",
     .range = RANGE_FROM_ZERO,
     .help = "raps: ranks without penalty"},
    {.name = "at-least-one", .type = OPTION_FLAG, .help = "the most probable class is always in"},
    {.name = "by-label",
     .type = OPTION_FLAG,
     .help = "a quantile for each class: coverage holds among the points of each class"},
    {.name = "pvalues",
     .type = OPTION_FLAG,
     .help = "write pvalues.csv: the p-value of each label among the calibration points of its class"},
    {.name = NULL},
};
static const option_group class_options = {"Classes", class_rows, false};
static const option_group *const class_groups[] = {&class_options, &conformal_level_options, &output_options,
                                                   &general_options, NULL};

static int settings_of(cli_job *job, const conformal_classes *all, fr_conformal_class_settings *out)
{
    static const char *const of_raps[] = {"penalty", "free-ranks", NULL};
    const cli_options *parsed = &job->options;
    fr_conformal_class_settings_default(out);
    out->score = (fr_conformal_class_score)options_integer(parsed, "score", 0);
    out->at_least_one = options_flag(parsed, "at-least-one");
    out->by_label = options_flag(parsed, "by-label");
    out->u = all->u;
    out->u_test = all->u != NULL ? all->u + all->n : NULL;
    if (out->score != FR_CONFORMAL_RAPS) {
        int status = conformal_refuse(parsed, of_raps, "--score raps");
        if (status != FR_OK) return status;
    } else if (!options_given(parsed, "penalty") || !options_given(parsed, "free-ranks")) {
        return fr_fail(FR_EUSAGE, "--score raps needs --penalty and --free-ranks");
    }
    out->penalty = options_number(parsed, "penalty", 0);
    out->free_ranks = options_number(parsed, "free-ranks", 0);
    return conformal_levels(job, &out->alphas, &out->n_alphas);
}

/* ---- results ----------------------------------------------------------------------------------------------------------------------- */

/* A row for each label in the set; an empty set has one row without a label. */
static int write_sets(cli_job *job, const conformal_classes *all, const fr_conformal_class_result *found,
                      const double *alphas)
{
    fr_csv *csv;
    const char *path = job_file(job, "sets.csv");
    int status =
        path == NULL ? FR_ENOMEM : fr_csv_create(path, "test_id,alpha,size,label,probability,p_value", &csv);
    if (status != FR_OK) return status;
    for (int64_t t = 0; t < all->m; t++)
        for (int64_t a = 0; a < found->n_alphas; a++) {
            const uint8_t *member = found->member + (t * found->n_alphas + a) * all->classes;
            int64_t size = 0;
            for (int64_t c = 0; c < all->classes; c++)
                size += member[c];
            for (int64_t c = 0; c < all->classes; c++) {
                if (!member[c] && !(size == 0 && c == 0)) continue;
                fr_csv_i64(csv, t);
                fr_csv_f64(csv, alphas[a]);
                fr_csv_i64(csv, size);
                fr_csv_text(csv, size > 0 ? all->names.names[c] : "");
                fr_csv_f64(csv, size > 0 ? all->p_test[t * all->classes + c] : NAN);
                fr_csv_f64(csv, size > 0 ? found->p_value[t * all->classes + c] : NAN);
                fr_csv_end_row(csv);
            }
        }
    return fr_csv_close(csv);
}

static int write_p_values(cli_job *job, const conformal_classes *all, const fr_conformal_class_result *found)
{
    fr_csv *csv;
    const char *path = job_file(job, "pvalues.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "test_id,label,p_value", &csv);
    if (status != FR_OK) return status;
    for (int64_t t = 0; t < all->m; t++)
        for (int64_t c = 0; c < all->classes; c++) {
            fr_csv_i64(csv, t);
            fr_csv_text(csv, all->names.names[c]);
            fr_csv_f64(csv, found->p_value[t * all->classes + c]);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

static int write_thresholds(cli_job *job, const conformal_classes *all,
                            const fr_conformal_class_result *found, const double *alphas, bool by_label)
{
    fr_csv *csv;
    const char *path = job_file(job, "thresholds.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "alpha,label,threshold", &csv);
    int64_t each = by_label ? all->classes : 1;
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < found->n_alphas; a++)
        for (int64_t c = 0; c < each; c++) {
            fr_csv_f64(csv, alphas[a]);
            fr_csv_text(csv, by_label ? all->names.names[c] : "");
            fr_csv_f64(csv, found->q[a * each + c]);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

/* Labels as points of the line, so that coverage is counted as that of intervals is. */
static int as_intervals(const conformal_classes *all, const fr_conformal_class_result *found,
                        const double *alphas, fr_conformal_result *out)
{
    int64_t levels = found->n_alphas, sets = all->m * levels, piece = 0;
    *out = (fr_conformal_result){.m = all->m,
                                 .n_alphas = levels,
                                 .alphas = fr_alloc(levels, sizeof(double)),
                                 .first = fr_alloc(sets + 1, sizeof(int64_t)),
                                 .pieces = fr_alloc(sets * all->classes, sizeof(fr_interval)),
                                 .status = fr_alloc(sets, 1),
                                 .guarantee = fr_alloc(levels, sizeof(double))};
    if (out->alphas == NULL || out->first == NULL || out->pieces == NULL || out->status == NULL ||
        out->guarantee == NULL)
        return FR_ENOMEM;
    for (int64_t a = 0; a < levels; a++) {
        out->alphas[a] = alphas[a];
        out->guarantee[a] = found->guarantee[a];
    }
    for (int64_t s = 0; s < sets; s++) {
        int64_t before = piece;
        for (int64_t c = 0; c < all->classes; c++)
            if (found->member[s * all->classes + c])
                out->pieces[piece++] = (fr_interval){(double)c, (double)c};
        out->first[s + 1] = piece;
        out->status[s] = piece == before       ? FR_CONFORMAL_EMPTY
                         : piece == before + 1 ? FR_CONFORMAL_PLAIN
                                               : FR_CONFORMAL_DISCONNECTED;
    }
    return FR_OK;
}

static double *truth_of(const conformal_classes *all)
{
    double *truth = fr_alloc(all->m, sizeof *truth);
    for (int64_t t = 0; truth != NULL && t < all->m; t++)
        truth[t] = (double)all->label_test[t];
    return truth;
}

static void say_level(cli_job *job, const fr_conformal_result *sets, int64_t a, bool by_label,
                      const fr_conformal_coverage *row)
{
    job_say(
        job,
        "alpha %g: covers with probability at least %.6g%s, if calibration and test points are exchangeable",
        sets->alphas[a], sets->guarantee[a], by_label ? " in each class" : "");
    if (!isnan(row->coverage))
        job_say(job, "alpha %g: covered %lld of %lld, %.4g (95 %% interval %.4g to %.4g)", sets->alphas[a],
                (long long)row->covered, (long long)row->m, row->coverage, row->low, row->high);
    job_say(job, "alpha %g: %.4g labels in the mean, %.4g %% of the sets are empty", sets->alphas[a],
            row->mean_width, 100 * row->empty);
}

/* What every level came to, in the summary. */
static int note_levels(cli_job *job, const fr_conformal_result *sets, const fr_conformal_coverage *rows,
                       bool known)
{
    static const struct {
        const char *name;
        size_t offset;
        bool needs_truth;
    } fields[] = {{"coverage", offsetof(fr_conformal_coverage, coverage), true},
                  {"coverage_low", offsetof(fr_conformal_coverage, low), true},
                  {"coverage_high", offsetof(fr_conformal_coverage, high), true},
                  {"mean_size", offsetof(fr_conformal_coverage, mean_width), false},
                  {"median_size", offsetof(fr_conformal_coverage, median_width), false},
                  {"share_empty", offsetof(fr_conformal_coverage, empty), false}};
    double *values = fr_alloc(sets->n_alphas, sizeof *values);
    if (values == NULL) return FR_ENOMEM;
    conformal_metric(job, "guarantee", sets->n_alphas, sets->alphas, sets->guarantee);
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
        if (fields[k].needs_truth && !known) continue;
        for (int64_t a = 0; a < sets->n_alphas; a++)
            values[a] = *(const double *)((const char *)&rows[a] + fields[k].offset);
        conformal_metric(job, fields[k].name, sets->n_alphas, sets->alphas, values);
    }
    fr_free(values);
    return FR_OK;
}

/* coverage.csv, with a row for each true class where the classes are known. */
static int cover(cli_job *job, const conformal_classes *all, const fr_conformal_result *sets, bool by_label)
{
    static const char *const scores[] = {"lac", "aps", "raps"};
    conformal_coverage_table table;
    int64_t *ranked = fr_alloc(all->classes, sizeof *ranked);
    for (int64_t i = 0; ranked != NULL && i < all->n; i++)
        ranked[all->label[i]]++;
    double *truth = all->label_test != NULL ? truth_of(all) : NULL;
    fr_conformal_coverage *rows = fr_alloc(sets->n_alphas, sizeof *rows);
    const conformal_outcome outcome = {.method = scores[options_integer(&job->options, "score", 0)],
                                       .sets = sets,
                                       .truth = truth,
                                       .group = all->label_test,
                                       .group_names = &all->names,
                                       .scores = all->n,
                                       .group_scores = ranked,
                                       .marginal = !by_label,
                                       .labels = true};
    int status =
        ranked == NULL || rows == NULL || (all->label_test != NULL && truth == NULL) ? FR_ENOMEM : FR_OK;
    if (status == FR_OK) status = conformal_coverage_begin(job, &table);
    if (status != FR_OK) goto done;
    for (int64_t a = 0; status == FR_OK && a < sets->n_alphas; a++) {
        status = conformal_coverage_level(&table, &outcome, a, &rows[a]);
        if (status == FR_OK) say_level(job, sets, a, by_label, &rows[a]);
    }
    int closed = conformal_coverage_end(&table);
    if (status == FR_OK) status = closed;
    if (status == FR_OK) status = note_levels(job, sets, rows, truth != NULL);
done:
    fr_free(ranked);
    fr_free(rows);
    fr_free(truth);
    return status;
}

static int give(cli_job *job, const conformal_classes *all, const fr_conformal_class_settings *settings,
                const fr_conformal_class_result *found)
{
    fr_conformal_result sets = {0};
    if (!job_writes(job)) return FR_OK;
    int status = write_sets(job, all, found, settings->alphas);
    if (status == FR_OK) status = write_thresholds(job, all, found, settings->alphas, settings->by_label);
    if (status == FR_OK && options_flag(&job->options, "pvalues")) status = write_p_values(job, all, found);
    if (status == FR_OK) status = as_intervals(all, found, settings->alphas, &sets);
    if (status == FR_OK) status = cover(job, all, &sets, settings->by_label);
    if (!settings->by_label)
        conformal_metric(job, "threshold", settings->n_alphas, settings->alphas, found->q);
    job_metric_count(job, "calibration_points", all->n);
    job_metric_count(job, "test_points", all->m);
    job_metric_count(job, "classes", all->classes);
    job_metric(job, "seconds_per_test_point", found->seconds / (double)all->m);
    job_phase(job, "write");
    fr_conformal_result_free(&sets);
    return status;
}

static int run(cli_job *job)
{
    conformal_classes all;
    fr_conformal_class_settings settings;
    fr_conformal_class_result found = {0};
    int status = conformal_classes_read(job, &all);
    if (status == FR_OK) status = settings_of(job, &all, &settings);
    if (status == FR_OK)
        status =
            fr_conformal_classify(all.n, all.classes, all.p, all.label, all.m, all.p_test, &settings, &found);
    job_phase(job, "solve");
    if (status == FR_OK) status = give(job, &all, &settings, &found);
    fr_conformal_class_result_free(&found);
    conformal_classes_free(&all);
    return status;
}

const cli_command conformal_classify_command = {
    .method = "conformal",
    .verb = "classify",
    .purpose = "sets of labels that hold the true one with the asked probability, for any classifier",
    .description = "Takes probabilities of any classifier at calibration points, whose classes are known, "
                   "and at test points. lac "
                   "keeps the labels above one threshold of probability: the smallest sets on average. aps "
                   "(Romano, Sesia, Candes, "
                   "NeurIPS 2020) keeps the most probable labels up to a sum, so that sets are larger where "
                   "the classifier is "
                   "unsure; raps (Angelopoulos, Bates, Malik, Jordan, ICLR 2021) penalises long sets. Rows "
                   "of probabilities are "
                   "never renormalised.\n\n"
                   "Covers with probability at least 1 - alpha, with --by-label among the points of each "
                   "class. Sets can be empty: "
                   "no label is likely enough.\n\n"
                   "Writes sets.csv, thresholds.csv, coverage.csv; pvalues.csv with --pvalues.",
    .example =
        "frugal conformal classify --cal-prob cal.csv --cal-label y.csv --prob test.csv --score aps -o out",
    .groups = class_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
