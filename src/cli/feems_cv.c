/* frugal feems cv: prediction errors of held-out nodes, for each smoothness lambda. */
#include "feems_commands.h"
#include "feems_work.h"

static const cli_option refit_rows[] = {
    {.name = "refit",
     .type = OPTION_FLAG,
     .help = "fit at the best lambda afterwards and write its tables too"},
    {.name = NULL},
};
static const option_group refit_options = {"Fit", refit_rows, false};
static const option_group *const cv_groups[] = {&feems_sample_options,
                                                &feems_graph_options,
                                                &feems_cv_options,
                                                &refit_options,
                                                &feems_model_options,
                                                &feems_filter_options,
                                                &feems_figure_options,
                                                &output_options,
                                                &resume_options,
                                                &general_options,
                                                NULL};

static bool resumes(const cli_options *parsed)
{
    (void)parsed;
    return true;
}

static int run(cli_job *job)
{
    feems_inputs inputs = {0};
    fr_feems_settings settings;
    fr_feems_cv_result cv = {0};
    int status = feems_check_figures(job);
    if (status == FR_OK) status = feems_inputs_read(job, NULL, NULL, &inputs);
    if (status != FR_OK) return status;
    feems_fit_settings(&job->options, &settings);
    status = feems_work_cv(job, &inputs, &settings, NULL, &cv);
    if (status == FR_OK && options_flag(&job->options, "refit")) {
        settings.lambda = cv.lambdas[cv.best];
        status = feems_work_fit(job, &inputs, &settings, NULL);
    }
    fr_feems_cv_result_free(&cv);
    feems_inputs_free(&inputs);
    return status;
}

const cli_command feems_cv_command = {
    .method = "feems",
    .verb = "cv",
    .purpose = "choose the smoothness lambda by cross-validation",
    .description = "Holds sampled nodes out, fits without them at each lambda (from large to small, each fit "
                   "starting from the one before), "
                   "and predicts their allele frequencies from the others. The best lambda has the smallest "
                   "mean error; the largest lambda "
                   "within one standard error of it is reported as well.\n\n"
                   "Writes cv.csv (lambda, fold, error), cv_mean.csv, folds.csv and the chart of the errors; "
                   "with --refit also what fit "
                   "writes. Finished folds are kept while the run goes on: after Ctrl-C, a crash or a power "
                   "failure the same command with "
                   "--resume goes on from them. Under mpirun the folds are spread over all ranks; results "
                   "are the same bytes.",
    .example = "frugal feems cv --bfile wolves --coords wolves.coord --nodes grid.nodes --edges grid.edges "
               "--lambda-grid 100:0.001:10 --folds 10 -o wolves-cv",
    .groups = cv_groups,
    .writes_folder = true,
    .resumes = resumes,
    .run = run,
    .draw = feems_draw,
};
