/* One fit with its metrics and tables. */
#include "feems_tables.h"
#include "feems_work.h"

static const char *yes_or_no(bool yes)
{
    return yes ? "yes" : "no";
}

void feems_note_fit(cli_job *job, const fr_feems_info *info)
{
    job_metric(job, "nll", info->nll);
    job_metric(job, "penalty", info->penalty);
    job_metric(job, "loss", info->loss);
    job_metric(job, "null_loss", info->null_loss);
    job_metric(job, "null_w0", info->null_w0);
    job_metric(job, "null_s2", info->null_s2);
    job_metric(job, "w0", info->w0);
    job_metric(job, "s2", info->s2);
    job_metric(job, "alpha", info->alpha);
    job_metric(job, "lambda", info->lambda);
    job_metric_count(job, "iterations", info->iterations);
    job_metric_count(job, "evaluations", info->evaluations);
    job_metric(job, "gradient_max", info->gradient_max);
    job_metric(job, "r_squared", info->r_squared);
    job_metric(job, "slope", info->slope);
    job_metric(job, "intercept", info->intercept);
    job_setting(job, "alpha", info->alpha);
    job_setting(job, "w0", info->w0);
    job_setting(job, "s2", info->s2);
    job_setting(job, "lambda", info->lambda);
}

int feems_work_fit(cli_job *job, const feems_inputs *inputs, const fr_feems_settings *settings,
                   fr_feems_result *out)
{
    fr_feems_result fit;
    int status = fr_feems_fit(&inputs->data, settings, &fit);
    if (status != FR_OK) return status;
    const fr_feems_info *info = &fit.info;
    feems_note_fit(job, info);
    summary_set(&job->summary, job->summary.metrics, "converged", json_boolean(info->converged));
    summary_number(&job->summary, job->summary.timings, "null_fit", info->seconds_null);
    job_phase(job, "fit");
    job_say(job, "lambda %.6g: loss %.10g, R squared %.4f, %lld iterations, converged: %s", info->lambda,
            info->loss, info->r_squared, (long long)info->iterations, yes_or_no(info->converged));
    if (!info->converged) {
        job->not_converged = true;
        fr_warn("the fit stopped after %lld iterations with a gradient of %.3g, before it converged; the "
                "best weights so far are written",
                (long long)info->iterations, info->gradient_max);
    }
    if (job_writes(job)) status = feems_write_fit(job, inputs, &fit);
    job_phase(job, "write");
    if (status == FR_OK && out != NULL)
        *out = fit;
    else
        fr_feems_result_free(&fit);
    return status;
}
