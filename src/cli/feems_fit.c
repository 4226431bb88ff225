/* frugal feems fit: the migration surface, at a given smoothness or at the one that cross-validation prefers. */
#include "feems_commands.h"
#include "feems_tables.h"
#include "feems_work.h"

static const cli_option fit_rows[] = {
    {.name = "lambda",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "20",
     .range = RANGE_FROM_ZERO,
     .help = "smoothness of the weights; a larger one gives a smoother map"},
    {.name = "cv", .type = OPTION_FLAG, .help = "choose lambda by cross-validation"},
    {.name = "eval-only", .type = OPTION_FLAG, .help = "do not fit: value and gradients at --weights"},
    {.name = "weights",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "weights for --eval-only: edges.csv of a fit (or its folder), a table with the columns node_i, "
             "node_j, weight, or "
             "one weight a line in the order of the edges"},
    {.name = NULL},
};
static const option_group fit_options = {"Fit", fit_rows, false};
static const option_group *const fit_groups[] = {&feems_sample_options,
                                                 &feems_graph_options,
                                                 &fit_options,
                                                 &feems_cv_options,
                                                 &feems_model_options,
                                                 &feems_filter_options,
                                                 &feems_figure_options,
                                                 &output_options,
                                                 &resume_options,
                                                 &general_options,
                                                 NULL};

static int check_options(const cli_options *parsed)
{
    static const char *const of_cv[] = {"lambdas", "lambda-grid", "folds"};
    bool cv = options_flag(parsed, "cv"), evaluate = options_flag(parsed, "eval-only");
    if (cv && options_given(parsed, "lambda"))
        return fr_fail(FR_EUSAGE, "give --lambda or --cv, not both: cross-validation chooses lambda");
    if (cv && evaluate) return fr_fail(FR_EUSAGE, "--cv and --eval-only exclude each other");
    if (evaluate != options_given(parsed, "weights"))
        return fr_fail(FR_EUSAGE, "--eval-only and --weights go together");
    for (size_t k = 0; !cv && k < sizeof of_cv / sizeof of_cv[0]; k++)
        if (options_given(parsed, of_cv[k])) return fr_fail(FR_EUSAGE, "--%s needs --cv", of_cv[k]);
    if (options_number(parsed, "lower", 0) >= options_number(parsed, "upper", 1))
        return fr_fail(FR_EUSAGE, "--lower must be below --upper");
    return FR_OK;
}

static int evaluate(cli_job *job, const feems_inputs *inputs, const fr_feems_settings *settings)
{
    const fr_feems_data *data = &inputs->data;
    fr_feems_result value = {0};
    double *weights = fr_alloc(data->graph.n_edges, sizeof *weights);
    double *gradient_w = fr_alloc(data->graph.n_edges, sizeof *gradient_w);
    double *penalty_w = fr_alloc(data->graph.n_edges, sizeof *penalty_w);
    double *gradient_s2 = fr_alloc(data->n_observed, sizeof *gradient_s2);
    int status =
        weights == NULL || gradient_w == NULL || penalty_w == NULL || gradient_s2 == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK)
        status = feems_weights_read(job, options_text(&job->options, "weights"), &data->graph, data->node_id,
                                    options_text(&job->options, "edges"), weights);
    if (status == FR_OK)
        status = fr_feems_evaluate(data, settings, weights, &value, gradient_w, penalty_w, gradient_s2);
    if (status != FR_OK) goto done;
    feems_note_fit(job, &value.info);
    summary_set(&job->summary, job->summary.metrics, "converged", json_null()); /* nothing was fitted */
    job_phase(job, "evaluate");
    job_say(job, "nll %.12g, penalty %.12g, loss %.12g", value.info.nll, value.info.penalty, value.info.loss);
    if (job_writes(job)) status = feems_write_fit(job, inputs, &value);
    if (status == FR_OK && job_writes(job))
        status = feems_write_gradients(job, inputs, weights, gradient_w, penalty_w, gradient_s2);
    job_phase(job, "write");
done:
    fr_feems_result_free(&value);
    fr_free(weights);
    fr_free(gradient_w);
    fr_free(penalty_w);
    fr_free(gradient_s2);
    return status;
}

static bool resumes(const cli_options *parsed)
{
    return options_flag(parsed, "cv");
}

static int run(cli_job *job)
{
    feems_inputs inputs = {0};
    fr_feems_settings settings;
    fr_feems_cv_result cv = {0};
    int status = check_options(&job->options);
    if (status == FR_OK) status = feems_check_figures(job);
    if (status == FR_OK) status = feems_inputs_read(job, NULL, NULL, &inputs);
    if (status != FR_OK) return status;
    feems_fit_settings(&job->options, &settings);
    if (options_flag(&job->options, "cv")) {
        status = feems_work_cv(job, &inputs, &settings, NULL, &cv);
        if (status == FR_OK) settings.lambda = cv.lambdas[cv.best];
    }
    if (status == FR_OK && options_flag(&job->options, "eval-only"))
        status = evaluate(job, &inputs, &settings);
    else if (status == FR_OK)
        status = feems_work_fit(job, &inputs, &settings, NULL);
    fr_feems_cv_result_free(&cv);
    feems_inputs_free(&inputs);
    return status;
}

const cli_command feems_fit_command = {
    .method = "feems",
    .verb = "fit",
    .purpose = "fit the migration surface and draw the map",
    .description = "Finds the weights of the grid's edges that minimise nll + penalty: the Wishart "
                   "likelihood of the allele-frequency "
                   "covariance of the sampled nodes under a Gaussian Markov random field, and lambda/2 times "
                   "the squared differences of "
                   "the transformed weights of adjacent edges.\n\n"
                   "Writes edges.csv, nodes.csv, distances.csv, edges.geojson, summary.json, figures and "
                   "report.html; with --cv also "
                   "cv.csv, cv_mean.csv and folds.csv; with --eval-only also gradients.csv and "
                   "s2_gradients.csv. Nodes are numbered from 0 "
                   "as in the .nodes file; nodes that cannot be fitted (isolated, or in a part without "
                   "samples) have no rows.",
    .example = "frugal feems fit --bfile wolves --coords wolves.coord --outer wolves.outer --spacing 110km "
               "--cv -o wolves-out",
    .groups = fit_groups,
    .writes_folder = true,
    .resumes = resumes,
    .run = run,
    .draw = feems_draw,
};
