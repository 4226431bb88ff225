/* frugal conformal split: one fit, one quantile of the errors on other points; by scale, sign, group and weight. */
#include "conformal_commands.h"
#include "conformal_figures.h"
#include "conformal_results.h"

#include <math.h>
#include <stdio.h>

static const cli_option split_rows[] = {
    {.name = "normalised",
     .alias = "normalized",
     .type = OPTION_FLAG,
     .help = "errors in units of a scale that depends on x: wider sets where the model errs more"},
    {.name = "signed",
     .type = OPTION_FLAG,
     .help = "errors up and down apart, alpha/2 each: sets that need not be symmetric"},
    {.name = NULL},
};
static const option_group split_options = {"Score", split_rows, false};
static const option_group *const split_groups[] = {&conformal_data_options,   &conformal_level_options,
                                                   &conformal_fit_options,    &split_options,
                                                   &conformal_prefit_options, &conformal_group_options,
                                                   &conformal_weight_options, &output_options,
                                                   &general_options,          NULL};

static int check_options(const cli_options *parsed)
{
    bool side = options_flag(parsed, "signed"), weights = options_given(parsed, "weights");
    bool groups = options_given(parsed, "groups") || options_given(parsed, "group-column");
    if (side && options_flag(parsed, "normalised"))
        return fr_fail(FR_EUSAGE, "--signed and --normalised exclude each other");
    if (weights && (side || groups))
        return fr_fail(FR_EUSAGE, "--weights goes neither with --signed nor with groups");
    return FR_OK;
}

/* Calibration points of each group; weighted ones count as (sum w)^2 / sum w^2 equal ones. */
static int count_scores(const conformal_calibrated *input, int64_t *all, int64_t **of_groups)
{
    double sum = 0, squares = 0;
    *all = input->calibration.n;
    *of_groups = NULL;
    for (int64_t i = 0; input->weight != NULL && i < input->calibration.n; i++) {
        sum += input->weight[i];
        squares += input->weight[i] * input->weight[i];
    }
    if (squares > 0 && isfinite(sum * sum / squares)) *all = (int64_t)fmax(1, round(sum * sum / squares));
    if (input->group == NULL) return FR_OK;
    *of_groups = fr_alloc(input->group_names.n, sizeof **of_groups);
    if (*of_groups == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < input->calibration.n; i++)
        (*of_groups)[input->group[i]]++;
    return FR_OK;
}

static int run(cli_job *job)
{
    const cli_options *parsed = &job->options;
    bool scale = options_flag(parsed, "normalised");
    fr_conformal_score score = scale                            ? FR_CONFORMAL_NORMALISED
                               : options_flag(parsed, "signed") ? FR_CONFORMAL_SIGNED
                                                                : FR_CONFORMAL_ABSOLUTE;
    conformal_calibrated input;
    fr_conformal_result sets = {0};
    const double *alphas;
    int64_t levels, ranked, *of_groups = NULL;
    char method[64];
    int status = check_options(parsed);
    if (status == FR_OK) status = conformal_levels(job, &alphas, &levels);
    if (status == FR_OK) status = conformal_calibrated_read(job, scale, &input);
    if (status != FR_OK) return status;
    status = fr_conformal_split(&input.calibration, score, levels, alphas, &sets);
    job_phase(job, "solve");
    if (status == FR_OK) status = count_scores(&input, &ranked, &of_groups);
    if (status == FR_OK) {
        snprintf(method, sizeof method, "split-%s%s%s%s", input.model, scale ? "-normalised" : "",
                 score == FR_CONFORMAL_SIGNED ? "-signed" : "", input.weight != NULL ? "-weighted" : "");
        const conformal_outcome outcome = {
            .method = method,
            .sets = &sets,
            .truth = input.truth,
            .test_id = input.test_id,
            .scores = ranked,
            .group_scores = of_groups,
            .group = input.group_test,
            .group_names = &input.group_names,
            .condition = input.weight != NULL  ? ", if the weights are the ratio of the densities"
                         : input.group != NULL ? " in each group, if its points are exchangeable"
                                               : ", if calibration and test points are exchangeable"};
        status = conformal_give(job, &outcome);
    }
    fr_free(of_groups);
    fr_conformal_result_free(&sets);
    conformal_calibrated_free(&input);
    return status;
}

const cli_command conformal_split_command = {
    .method = "conformal",
    .verb = "split",
    .purpose = "split conformal sets, from one fit or from predictions of any model",
    .description = "Fits a model to one part of the training points, takes the errors on the other part, and "
                   "adds their quantile on "
                   "both sides of each prediction. The cheapest method, and the one for models of any other "
                   "program: give its "
                   "predictions at calibration and test points by --cal-mu, --cal-y and --test-mu.\n\n"
                   "Covers with probability at least 1 - alpha, with groups within each of them, with "
                   "weights under the covariate "
                   "shift that they describe. Too few calibration points give infinite sets.\n\n"
                   "Writes intervals.csv, points.csv, coverage.csv.",
    .example = "frugal conformal split --cal-mu mu.npy --cal-y y.npy --test-mu new.npy --alpha 0.1 -o out",
    .groups = split_groups,
    .writes_folder = true,
    .run = run,
    .draw = conformal_draw,
};
