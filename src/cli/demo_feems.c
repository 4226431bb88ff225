/* frugal demo feems: the whole way from genotypes to map on made-up data with a known barrier, with a check against the truth. */
#include "demo.h"
#include "feems_inputs.h"
#include "feems_simulated.h"
#include "feems_work.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option demo_rows[] = {
    {.name = "trees",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "5000",
     .range = RANGE_CLOSED,
     .low = 100,
     .high = 1e6,
     .help = "genealogies to simulate; each gives at most one SNP"},
    {.name = NULL},
};
const option_group feems_demo_options = {"Simulation (feems)", demo_rows, false};
static const option_group *const demo_groups[] = {&feems_demo_options, &feems_figure_options, NULL};

static const char stem[] = "data/sim";

/* Simulates, writes the files, and reads the genotypes back as those of real individuals are read. */
static int make_inputs(cli_job *job, fr_feems_simulation *simulation, feems_inputs *inputs)
{
    fr_feems_simulate_settings settings;
    fr_feems_data_settings data_settings;
    fr_feems_simulate_settings_default(&settings);
    settings.barrier_weight = 0.1;
    settings.trees = options_integer(&job->options, "trees", 5000);
    settings.seed = (uint64_t)options_integer(&job->options, "seed", 1);
    job_say(job, "simulating %lld genealogies on an 8 x 12 lattice with a barrier (weight 0.1) in the middle",
            (long long)settings.trees);
    int status = fr_feems_simulate(NULL, NULL, &settings, simulation);
    if (status != FR_OK) return status;
    job_phase(job, "simulate");
    feems_note_simulation(job, simulation, settings.trees);
    status = feems_write_simulation(job, simulation, stem, "data/true_weights.csv");
    const char *prefix = status == FR_OK ? job_file(job, stem) : NULL;
    if (status == FR_OK) status = prefix == NULL ? FR_ENOMEM : fr_plink_open(prefix, &inputs->plink);
    if (status == FR_OK) status = feems_simulated_places(simulation, &inputs->samples);
    fr_feems_data_settings_default(&data_settings);
    if (status == FR_OK)
        status = fr_feems_data_from_plink(&simulation->graph, &inputs->samples, &inputs->plink,
                                          &data_settings, &inputs->data);
    job_phase(job, "read");
    return status;
}

/* Correlation of log fitted and log true weights; the data keep all edges of the lattice, in its order. */
static double log_correlation(const double *fitted, const double *truth, int64_t n)
{
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, count = (double)n;
    for (int64_t e = 0; e < n; e++) {
        double x = log(fitted[e]), y = log(truth[e]);
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
    }
    return (count * sxy - sx * sy) / sqrt((count * sxx - sx * sx) * (count * syy - sy * sy));
}

static int fit_and_compare(cli_job *job, const feems_inputs *inputs, const fr_feems_simulation *simulation)
{
    static const double lambdas[] = {100, 10, 1, 0.1};
    const feems_cv_plan plan = {.lambdas = lambdas, .n_lambdas = 4, .n_folds = 10};
    fr_feems_settings settings;
    fr_feems_cv_result cv = {0};
    fr_feems_result fit = {0};
    fr_feems_settings_default(&settings);
    int status = feems_work_cv(job, inputs, &settings, &plan, &cv);
    if (status != FR_OK) return status;
    settings.lambda = cv.lambdas[cv.best];
    status = feems_work_fit(job, inputs, &settings, &fit);
    if (status == FR_OK) {
        double correlation = log_correlation(fit.weights, simulation->weights, simulation->graph.n_edges);
        job_metric(job, "correlation_with_truth", correlation);
        job_say(job, "correlation of the log weights with the truth: %.3f", correlation);
    }
    fr_feems_cv_result_free(&cv);
    fr_feems_result_free(&fit);
    return status;
}

/* The paper's colour range for simulations, unless another is asked for. */
static int narrow_colours(cli_job *job)
{
    for (int64_t k = 0; k < job->options.n; k++) {
        option_value *value = &job->options.values[k];
        if (strcmp(value->option->name, "color-limit") != 0 || value->given) continue;
        job_setting(job, "color_limit", 1);
        return option_value_set(value, "1");
    }
    return FR_OK;
}

static int run(cli_job *job)
{
    fr_feems_simulation simulation = {0};
    feems_inputs inputs = {0};
    int status = feems_check_figures(job);
    if (status == FR_OK) status = narrow_colours(job);
    if (status == FR_OK) status = make_inputs(job, &simulation, &inputs);
    if (status == FR_OK && inputs.data.graph.n_edges != simulation.graph.n_edges)
        status =
            fr_fail(FR_ENUMERIC, "too few samples were drawn to fit the whole lattice; take another --seed");
    if (status == FR_OK) {
        feems_note_inputs(job, &inputs);
        status = fit_and_compare(job, &inputs, &simulation);
    }
    feems_inputs_free(&inputs);
    fr_feems_simulation_free(&simulation);
    return status;
}

const demonstration feems_demonstration = {"feems", demo_groups, run, feems_draw};
