/* frugal conformal online: adaptive conformal inference, a level that follows the errors of a stream. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const cli_option online_rows[] = {
    {.name = "gamma",
     .type = OPTION_NUMBER,
     .value = "G",
     .fallback = "0.005",
     .range = RANGE_FROM_ZERO,
     .help = "step of the level after each point: alpha := alpha + G (target - error); 0 keeps it"},
    {.name = "window",
     .type = OPTION_INTEGER,
     .value = "W",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "quantiles over the last W errors seen instead of the calibration points; 0: these"},
    {.name = "normalised",
     .alias = "normalized",
     .type = OPTION_FLAG,
     .help = "errors in units of a scale that depends on x"},
    {.name = NULL},
};
static const option_group online_options = {"Online", online_rows, false};
static const option_group *const online_groups[] = {
    &conformal_data_options,   &conformal_level_options, &online_options,  &conformal_fit_options,
    &conformal_prefit_options, &output_options,          &general_options, NULL};

/* The stream: scores of the calibration points and, in order, of the test points; what each step did. */
typedef struct {
    int64_t n, m, levels;
    const double *alphas;
    double *calibration, *scores;
    fr_conformal_online_step *steps; /* m x levels, one level after the other */
    double *alpha_next;              /* levels */
} stream;

static void stream_free(stream *all)
{
    fr_free(all->calibration);
    fr_free(all->scores);
    fr_free(all->steps);
    fr_free(all->alpha_next);
}

static int take_scores(const conformal_calibrated *input, stream *out)
{
    const fr_conformal_calibration *from = &input->calibration;
    int64_t size;
    out->n = from->n;
    out->m = from->m;
    int status = fr_size_mul(out->m, out->levels, &size);
    if (status != FR_OK) return status;
    out->calibration = fr_alloc(out->n, sizeof *out->calibration);
    out->scores = fr_alloc(out->m, sizeof *out->scores);
    out->steps = fr_alloc(size, sizeof *out->steps);
    out->alpha_next = fr_alloc(out->levels, sizeof *out->alpha_next);
    if (out->calibration == NULL || out->scores == NULL || out->steps == NULL || out->alpha_next == NULL)
        return FR_ENOMEM;
    if (input->truth == NULL)
        return fr_fail(FR_EUSAGE, "online needs the targets of the test points, in order: give --test-y");
    for (int64_t i = 0; i < out->n; i++)
        out->calibration[i] = fabs(from->y[i] - from->mu[i]) / (from->sigma != NULL ? from->sigma[i] : 1);
    for (int64_t t = 0; t < out->m; t++) {
        if (isnan(input->truth[t]))
            return fr_fail(FR_EINPUT,
                           "the target of test point %" PRId64 " (from 0) is missing; online needs all", t);
        out->scores[t] =
            fabs(input->truth[t] - from->mu_test[t]) / (from->sigma_test != NULL ? from->sigma_test[t] : 1);
    }
    return FR_OK;
}

static int walk(cli_job *job, stream *all)
{
    int status = FR_OK;
    for (int64_t a = 0; status == FR_OK && a < all->levels; a++)
        status = fr_conformal_online(all->n, all->calibration, all->m, all->scores, all->alphas[a],
                                     options_number(&job->options, "gamma", 0.005),
                                     options_integer(&job->options, "window", 0), all->steps + a * all->m,
                                     &all->alpha_next[a]);
    return status;
}

/* The sets of all steps as one result. */
static int make_sets(const conformal_calibrated *input, const stream *all, fr_conformal_result *out)
{
    const fr_conformal_calibration *from = &input->calibration;
    int64_t m = all->m, levels = all->levels, piece = 0;
    *out = (fr_conformal_result){.m = m,
                                 .n_alphas = levels,
                                 .alphas = fr_alloc(levels, sizeof(double)),
                                 .first = fr_alloc(m * levels + 1, sizeof(int64_t)),
                                 .pieces = fr_alloc(m * levels, sizeof(fr_interval)),
                                 .status = fr_alloc(m * levels, 1),
                                 .centre = fr_alloc(m, sizeof(double)),
                                 .guarantee = fr_alloc(levels, sizeof(double))};
    if (out->alphas == NULL || out->first == NULL || out->pieces == NULL || out->status == NULL ||
        out->centre == NULL || out->guarantee == NULL)
        return FR_ENOMEM;
    for (int64_t a = 0; a < levels; a++) {
        out->alphas[a] = all->alphas[a];
        out->guarantee[a] = NAN;
    }
    for (int64_t t = 0; t < m; t++) {
        out->centre[t] = from->mu_test[t];
        for (int64_t a = 0; a < levels; a++) {
            double q = all->steps[a * m + t].q * (from->sigma_test != NULL ? from->sigma_test[t] : 1);
            out->status[t * levels + a] = isnan(q)   ? FR_CONFORMAL_EMPTY
                                          : isinf(q) ? FR_CONFORMAL_INFINITE
                                                     : FR_CONFORMAL_PLAIN;
            if (!isnan(q)) out->pieces[piece++] = (fr_interval){out->centre[t] - q, out->centre[t] + q};
            out->first[t * levels + a + 1] = piece;
        }
    }
    return FR_OK;
}

static int write_steps(cli_job *job, const conformal_calibrated *input, const stream *all)
{
    fr_csv *csv;
    if (!job_writes(job)) return FR_OK;
    const char *path = job_file(job, "online.csv");
    int status = path == NULL
                     ? FR_ENOMEM
                     : fr_csv_create(path, "step,test_id,alpha,alpha_t,q,score,error,error_rate", &csv);
    if (status != FR_OK) return status;
    for (int64_t a = 0; a < all->levels; a++) {
        int64_t errors = 0;
        for (int64_t t = 0; t < all->m; t++) {
            const fr_conformal_online_step *step = &all->steps[a * all->m + t];
            errors += step->error;
            fr_csv_i64(csv, t);
            conformal_csv_id(csv, input->test_id, t);
            fr_csv_f64(csv, all->alphas[a]);
            fr_csv_f64(csv, step->alpha);
            fr_csv_f64(csv, step->q);
            fr_csv_f64(csv, all->scores[t]);
            fr_csv_i64(csv, step->error);
            fr_csv_f64(csv, (double)errors / (double)(t + 1));
            fr_csv_end_row(csv);
        }
    }
    return fr_csv_close(csv);
}

static int give(cli_job *job, const conformal_calibrated *input, const stream *all)
{
    fr_conformal_result sets = {0};
    int status = make_sets(input, all, &sets);
    const conformal_outcome outcome = {
        .method = "aci", .sets = &sets, .truth = input->truth, .test_id = input->test_id};
    if (status == FR_OK) status = write_steps(job, input, all);
    if (status == FR_OK) status = conformal_give(job, &outcome);
    if (status == FR_OK) {
        conformal_metric(job, "alpha_next", all->levels, all->alphas, all->alpha_next);
        job_say(job, "in the long run the share of misses tends to alpha, whatever the stream");
    }
    fr_conformal_result_free(&sets);
    return status;
}

static int run(cli_job *job)
{
    conformal_calibrated input;
    stream all = {0};
    int status = conformal_levels(job, &all.alphas, &all.levels);
    if (status == FR_OK)
        status = conformal_calibrated_read(job, options_flag(&job->options, "normalised"), &input);
    if (status != FR_OK) return status;
    status = job_agree(job, take_scores(&input, &all));
    if (status == FR_OK) status = walk(job, &all);
    job_phase(job, "solve");
    if (status == FR_OK) status = give(job, &input, &all);
    stream_free(&all);
    conformal_calibrated_free(&input);
    return status;
}

const cli_command conformal_online_command = {
    .method = "conformal",
    .verb = "online",
    .purpose = "adaptive conformal inference: sets for a stream whose distribution drifts",
    .description = "Predicts the test points in order and adjusts the level after each: down after a miss, "
                   "up otherwise (Gibbs, "
                   "Candes, NeurIPS 2021). A level at or below 0 gives the whole line, one at or above 1 the "
                   "empty set. Predictions "
                   "come from a fit to one part of the training points, or from any other program by "
                   "--cal-mu, --cal-y, --test-mu; "
                   "the targets of the test points by --test-y.\n\n"
                   "Nothing is proved for a single point; in the long run the share of misses tends to "
                   "alpha, whatever the "
                   "stream.\n\n"
                   "Writes online.csv (every step), intervals.csv, points.csv, coverage.csv.",
    .example =
        "frugal conformal online --cal-mu mu.npy --cal-y y.npy --test-mu new.npy --test-y seen.npy -o out",
    .groups = online_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
