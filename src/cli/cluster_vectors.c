/* A PageRank-type vector: its tables, its sweep, and the best prefix as the cluster. */
#include "cluster_results.h"

static const cli_option sweep_rows[] = {
    {.name = "objective",
     .type = OPTION_CHOICE,
     .value = "conductance|expansion|cut",
     .fallback = "conductance",
     .help = "what the best prefix of the sweep has least of"},
    {.name = "max-volume",
     .type = OPTION_NUMBER,
     .value = "V",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "sweep over prefixes up to this volume; 0: over all"},
    {.name = "min-size",
     .type = OPTION_INTEGER,
     .value = "K",
     .fallback = "1",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 9e15,
     .help = "sweep over prefixes of at least so many nodes"},
    {.name = NULL},
};
const option_group cluster_sweep_options = {"Sweep", sweep_rows, false};

void cluster_sweep_settings(const cli_options *parsed, fr_cluster_sweep_settings *out)
{
    static const fr_cluster_objective objectives[] = {FR_CLUSTER_BY_CONDUCTANCE, FR_CLUSTER_BY_EXPANSION,
                                                      FR_CLUSTER_BY_CUT};
    fr_cluster_sweep_settings_default(out);
    out->objective = objectives[options_integer(parsed, "objective", 0)];
    out->max_volume = options_number(parsed, "max-volume", out->max_volume);
    out->min_size = options_integer(parsed, "min-size", out->min_size);
    out->keep_profile = true;
}

int cluster_give_ranking(cli_job *job, cluster_input *input, const char *method, int64_t count,
                         const int64_t *nodes, const double *values, fr_cluster_set *best)
{
    fr_cluster_sweep_settings settings;
    fr_cluster_sweep_result sweep = {0};
    cluster_sweep_settings(&job->options, &settings);
    double start = fr_clock();
    int status = fr_cluster_sweep(input->workspace, count, nodes, values, &settings, &sweep);
    if (status != FR_OK) return status;
    job_metric(job, "sweep_seconds", fr_clock() - start);
    job_phase(job, "sweep");
    if (job_writes(job)) status = cluster_write_profile(job, input, &sweep);
    if (status == FR_OK && best != NULL) {
        *best = sweep.best;
        sweep.best = (fr_cluster_set){0};
    } else if (status == FR_OK) {
        status = cluster_give_set(job, input, method, &sweep.best);
    }
    fr_cluster_sweep_result_free(&sweep);
    return status;
}

int cluster_give_vector(cli_job *job, cluster_input *input, const char *method,
                        const fr_cluster_vector *vector, fr_cluster_set *best)
{
    int status =
        cluster_give_ranking(job, input, method, vector->count, vector->node, vector->p_over_degree, best);
    return status == FR_OK && job_writes(job) ? cluster_write_vector(job, input, vector) : status;
}
