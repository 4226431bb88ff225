/* The set that a verb found: its scores, its comparison with the target, the tables of both; how the run went. */
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

#include <math.h>
#include <stdio.h>

static const cli_option limit_rows[] = {
    {.name = "max-steps",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "stop after so many steps; 0: no limit"},
    {.name = "time-limit",
     .type = OPTION_NUMBER,
     .value = "S",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .unit = "s",
     .help = "stop after so much time; 0: no limit"},
    {.name = "allow-unconverged",
     .type = OPTION_FLAG,
     .help = "exit with 0 also where a limit ended the run early"},
    {.name = NULL},
};
const option_group cluster_limit_options = {"Limits", limit_rows, false};

static const cli_option figure_rows[] = {
    {.name = "layout",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "draw the cluster at these coordinates: node, x, y on each line; by default at the attributes x "
             "and y of the nodes, where the graph has them"},
    {.name = NULL},
};
const option_group cluster_figure_options = {"Figures", figure_rows, true};

/* ---- metrics ------------------------------------------------------------------------------------------------------------ */

void cluster_note_flag(cli_job *job, const char *name, bool flag)
{
    summary_set(&job->summary, job->summary.metrics, name, json_boolean(flag));
}

void cluster_note_scores(cli_job *job, const char *prefix, const fr_cluster_scores *scores)
{
    const struct {
        const char *name;
        double value;
    } rows[] = {{"volume", scores->volume},
                {"cut", scores->cut},
                {"conductance", scores->conductance},
                {"expansion", scores->expansion}};
    char name[64];
    snprintf(name, sizeof name, "%ssize", prefix);
    job_metric_count(job, name, scores->size);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        snprintf(name, sizeof name, "%s%s", prefix, rows[k].name);
        job_metric(job, name, rows[k].value);
    }
}

void cluster_note_info(cli_job *job, const fr_cluster_info *info, int64_t support)
{
    job_metric_count(job, "support", support);
    job_metric(job, "support_volume", info->support_volume);
    job_metric(job, "sum_p", info->sum_p);
    job_metric(job, "sum_residual", info->sum_residual);
    if (!isnan(info->objective)) {
        job_metric(job, "objective", info->objective);
        job_metric(job, "delta_below", info->delta_below);
        job_metric(job, "delta_above", info->delta_above);
        job_metric(job, "error_bound", info->error_bound);
        job_metric(job, "duality_gap", info->duality_gap);
    }
    cluster_note_flag(job, "converged", info->converged);
    job_metric_count(job, "steps", info->steps);
    job_metric_count(job, "pushes", info->pushes);
    job_metric_count(job, "arcs_read", info->arcs_read);
    job_metric_count(job, "peak_support", info->peak_support);
    job_metric(job, "seconds", info->seconds);
    if (!(info->isolated_mass > 0)) return;
    job_metric(job, "isolated_mass", info->isolated_mass);
    if (support == 0)
        fr_warn("the seeds have no neighbours: nothing can spread from them, and the answer is zero");
    else
        fr_warn("%.3g of the mass lies on seeds without neighbours and stays there", info->isolated_mass);
}

int64_t cluster_support(const fr_cluster_vector *vector)
{
    int64_t support = 0;
    for (int64_t k = 0; k < vector->count; k++)
        support += vector->p[k] > 0;
    return support;
}

void cluster_note_convergence(cli_job *job, bool converged, const char *how)
{
    if (converged) return;
    job->not_converged = !options_flag(&job->options, "allow-unconverged");
    fr_warn("the run ended before it converged; what is written is what it had by then; %s", how);
}

/* ---- the set ------------------------------------------------------------------------------------------------------------ */

int cluster_compare(cli_job *job, cluster_input *input, const char *method, const fr_cluster_set *set)
{
    (void)job;
    if (input->target == NULL || input->n_compared == most_compared) return FR_OK;
    cluster_compared *row = &input->compared[input->n_compared];
    *row = (cluster_compared){.method = method, .scores = set->scores};
    int status = set->count == 0 ? FR_OK
                                 : fr_cluster_f1(input->workspace, set->count, set->node, input->n_target,
                                                 input->target, &row->f1);
    if (status == FR_OK) input->n_compared++;
    return status;
}

static int write_compared(cli_job *job, const cluster_input *input)
{
    fr_csv *csv;
    int status = cluster_csv_create(
        job, input, "f1.csv",
        "method,size,volume,cut,conductance,precision,recall,f1,precision_count,recall_count,f1_count", &csv);
    if (status != FR_OK) return status;
    for (int k = 0; k < input->n_compared; k++) {
        const cluster_compared *row = &input->compared[k];
        const double values[] = {row->scores.volume,      row->scores.cut,      row->scores.conductance,
                                 row->f1.precision,       row->f1.recall,       row->f1.f1,
                                 row->f1.precision_count, row->f1.recall_count, row->f1.f1_count};
        fr_csv_text(csv, row->method);
        fr_csv_i64(csv, row->scores.size);
        for (size_t c = 0; c < sizeof values / sizeof values[0]; c++)
            fr_csv_f64(csv, values[c]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

static void note_compared(cli_job *job, const cluster_input *input)
{
    const fr_cluster_f1_scores *f1 = &input->compared[input->n_compared - 1].f1;
    job_metric(job, "precision", f1->precision);
    job_metric(job, "recall", f1->recall);
    job_metric(job, "f1", f1->f1);
    job_metric(job, "precision_count", f1->precision_count);
    job_metric(job, "recall_count", f1->recall_count);
    job_metric(job, "f1_count", f1->f1_count);
    job_say(job, "against the target: precision %.4f, recall %.4f, F1 %.4f", f1->precision, f1->recall,
            f1->f1);
}

/* layout.csv and layout_edges.csv, from which the cluster is drawn; in the numbers of the graph as read. */
static int write_layout(cli_job *job, cluster_input *input, const fr_cluster_set *set)
{
    const char *path = options_text(&job->options, "layout");
    bool placed =
        cluster_attribute(&input->attributes, "x") >= 0 && cluster_attribute(&input->attributes, "y") >= 0;
    if (path == NULL && (!placed || options_flag(&job->options, "no-figures"))) return FR_OK;
    int status = FR_OK;
    if (!input->whole.trusted) status = fr_graph_check(&input->whole); /* it reads many rows */
    int64_t *members = fr_alloc(set->count, sizeof *members),
            *seeds = fr_alloc(input->n_seeds, sizeof *seeds);
    if (members == NULL || seeds == NULL) status = FR_ENOMEM;
    for (int64_t k = 0; status == FR_OK && k < set->count; k++)
        members[k] = cluster_id(input, set->node[k]);
    for (int64_t k = 0; status == FR_OK && k < input->n_seeds; k++)
        seeds[k] = cluster_id(input, input->seeds[k]);
    if (status == FR_OK)
        status = cluster_write_layout(job, &input->whole, &input->attributes, path, set->count, members,
                                      input->n_seeds, seeds);
    fr_free(members);
    fr_free(seeds);
    return status;
}

int cluster_give_set(cli_job *job, cluster_input *input, const char *method, const fr_cluster_set *set)
{
    const fr_cluster_scores *scores = &set->scores;
    int status = cluster_compare(job, input, method, set);
    if (status != FR_OK) return status;
    cluster_note_scores(job, "", scores);
    job_say(job, "%s: %lld node%s, volume %.10g, cut %.10g, conductance %.6g", method, (long long)set->count,
            plural(set->count, "s"), scores->volume, scores->cut, scores->conductance);
    if (input->n_compared > 0) note_compared(job, input);
    if (input->question.seeds != NULL) status = cluster_diagnose(job, input, set);
    if (status != FR_OK || !job_writes(job)) return status;
    status = cluster_write_nodes(job, input, "cluster.csv", set->count, set->node);
    if (status == FR_OK && input->n_compared > 0) status = write_compared(job, input);
    return status == FR_OK ? write_layout(job, input, set) : status;
}
