/* Is the seed good? The findings of fr_cluster_diagnose as metrics, as a line each to the user, and as a section of the report,
 * which reads them back from the metrics. */
#include "cluster_report.h"
#include "cluster_results.h"
#include "text.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

static const cli_option diagnose_rows[] = {
    {.name = "diagnose",
     .type = OPTION_FLAG,
     .help = "tell how well the seeds and the parameters suit the cluster that was found: which conditions "
             "of the theorems look violated"},
    {.name = NULL},
};
const option_group cluster_diagnose_options = {"Diagnosis", diagnose_rows, false};

/* ---- metrics ------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    size_t offset; /* of a double in the diagnosis */
} numbers[] =
    {
        {"alpha", offsetof(fr_cluster_diagnosis, alpha)},
        {"rho", offsetof(fr_cluster_diagnosis, rho)},
        {"gamma", offsetof(fr_cluster_diagnosis, gamma)},
        {"seed_outside", offsetof(fr_cluster_diagnosis, seed_outside)},
        {"seed_elsewhere", offsetof(fr_cluster_diagnosis, seed_elsewhere)},
        {"local_lambda", offsetof(fr_cluster_diagnosis, local_lambda)},
        {"gap", offsetof(fr_cluster_diagnosis, gap)},
        {"p", offsetof(fr_cluster_diagnosis, p)},
        {"q", offsetof(fr_cluster_diagnosis, q)},
        {"common", offsetof(fr_cluster_diagnosis, common)},
        {"common_wanted", offsetof(fr_cluster_diagnosis, common_wanted)},
        {"rho_threshold", offsetof(fr_cluster_diagnosis, rho_threshold)},
},
  flags[] = {
      {"few_common", offsetof(fr_cluster_diagnosis, few_common)},
      {"seed_leaks", offsetof(fr_cluster_diagnosis, seed_leaks)},
      {"large_alpha", offsetof(fr_cluster_diagnosis, large_alpha)},
      {"large_rho", offsetof(fr_cluster_diagnosis, large_rho)},
};
enum { n_numbers = sizeof numbers / sizeof numbers[0], n_flags = sizeof flags / sizeof flags[0] };

/* The metrics' names are those of the fields, with this before them. */
static const char prefix[] = "diagnose_";

static void note(cli_job *job, const fr_cluster_diagnosis *found)
{
    char name[64];
    for (int k = 0; k < n_numbers; k++) {
        snprintf(name, sizeof name, "%s%s", prefix, numbers[k].name);
        job_metric(job, name, *(const double *)((const char *)found + numbers[k].offset));
    }
    job_metric_count(job, "diagnose_outside_neighbours", found->outside_neighbours);
    for (int k = 0; k < n_flags; k++) {
        snprintf(name, sizeof name, "%s%s", prefix, flags[k].name);
        cluster_note_flag(job, name, *(const bool *)((const char *)found + flags[k].offset));
    }
}

/* What `note` wrote. */
static void read_back(const json_t *summary, fr_cluster_diagnosis *out)
{
    char name[64];
    *out = (fr_cluster_diagnosis){0};
    for (int k = 0; k < n_numbers; k++) {
        snprintf(name, sizeof name, "metrics/%s%s", prefix, numbers[k].name);
        *(double *)((char *)out + numbers[k].offset) = result_number(summary, name);
    }
    for (int k = 0; k < n_flags; k++) {
        snprintf(name, sizeof name, "metrics/%s%s", prefix, flags[k].name);
        *(bool *)((char *)out + flags[k].offset) = json_is_true(result_value(summary, name));
    }
    out->outside_neighbours = (int64_t)result_number(summary, "metrics/diagnose_outside_neighbours");
    out->scores.cut = result_number(summary, "metrics/cut");
}

/* ---- words -------------------------------------------------------------------------------------------------------------- */

static void tell_cluster(const fr_cluster_diagnosis *d, char *text, size_t size)
{
    static const double fair_gap = 0.5; /* of 1, the most for a cluster of at most half of the volume */
    if (!(d->scores.cut > 0)) {
        snprintf(text, size, "nothing leaves the cluster: it is a component of the graph, or several");
        return;
    }
    const char *verdict = "no part of it holds a walk much better than the whole";
    if (d->gap < fair_gap)
        verdict = "a part of it holds a walk better than the whole; look for a smaller cluster in it, by mqi "
                  "or a larger rho";
    else if (d->gamma < 0.5)
        verdict = "more leaves than stays, as from a set that is no cluster, or not all of one";
    snprintf(text, size,
             "%.3g %% of the cluster's link weight stays inside; its local lambda is %.3g, %.2f of the "
             "conductance: %s",
             100 * d->gamma, d->local_lambda, d->gap, verdict);
}

static void tell_seed(const fr_cluster_diagnosis *d, char *text, size_t size)
{
    int length;
    if (d->seed_leaks)
        length = snprintf(text, size,
                          "%.3g %% of the seed's links leave the cluster, to %lld node%s there (of all "
                          "members' links: %.3g %%): these enter first where rho is small, as false "
                          "positives; a seed with fewer links outside is a better one",
                          100 * d->seed_outside, (long long)d->outside_neighbours,
                          plural(d->outside_neighbours, "s"), 100 * (1 - d->gamma));
    else
        length = snprintf(text, size,
                          "no link of the seed leaves the cluster, as the theorem on exact recovery wants "
                          "it");
    if (d->seed_elsewhere > 0 && length > 0 && (size_t)length < size)
        snprintf(text + length, size - (size_t)length, "; %.3g %% of the seed mass lies outside of it",
                 100 * d->seed_elsewhere);
}

static void tell_common(const fr_cluster_diagnosis *d, char *text, size_t size)
{
    if (!(d->common_wanted > 0)) {
        snprintf(text, size, "a cluster of one node has no pairs of members");
        return;
    }
    snprintf(text, size,
             "%.3g %% of the pairs of members are linked, so that two members have about %.3g common "
             "neighbours; log(size) is %.3g: %s",
             100 * d->p, d->common, d->common_wanted,
             d->few_common ? "too few, and no theorem promises that one seed finds all members; try "
                             "several seeds"
                           : "enough");
}

static void tell_alpha(const fr_cluster_diagnosis *d, char *text, size_t size)
{
    if (!(d->local_lambda > 0))
        snprintf(text, size, "alpha %.4g: any will do where nothing leaves", d->alpha);
    else if (!d->large_alpha)
        snprintf(text, size, "alpha %.4g is %.2g times the local lambda: not too large", d->alpha,
                 d->alpha / d->local_lambda);
    else
        snprintf(text, size,
                 "alpha %.4g is %.2g times the local lambda: the walk jumps back before it has seen all of "
                 "the cluster; try %.2g to %.2g",
                 d->alpha, d->alpha / d->local_lambda, 0.5 * d->local_lambda, 1.625 * d->local_lambda);
}

static void tell_rho(const fr_cluster_diagnosis *d, char *text, size_t size)
{
    if (isnan(d->rho_threshold))
        snprintf(text, size, "rho %.4g: the cluster is too small or too loose for a threshold", d->rho);
    else if (d->large_rho)
        snprintf(text, size,
                 "rho %.4g is above %.3g, from where on a random cluster of this kind is not wholly "
                 "active: members may be missing; try %.2g",
                 d->rho, d->rho_threshold, d->rho_threshold / 2);
    else
        snprintf(text, size, "rho %.4g is below %.3g, where a random cluster of this kind is wholly active",
                 d->rho, d->rho_threshold);
}

static void (*const findings[])(const fr_cluster_diagnosis *d, char *text,
                                size_t size) = {tell_cluster, tell_seed, tell_common, tell_alpha, tell_rho};
enum { n_findings = sizeof findings / sizeof findings[0], finding_size = 400 };

/* ---- for the user ------------------------------------------------------------------------------------------------------- */

void cluster_ask(cli_job *job, cluster_input *input, const fr_cluster_seeds *seeds, double alpha, double rho)
{
    if (options_flag(&job->options, "diagnose")) input->question = (cluster_question){seeds, alpha, rho};
}

int cluster_diagnose(cli_job *job, cluster_input *input, const fr_cluster_set *set)
{
    const cluster_question *question = &input->question;
    fr_cluster_diagnosis found;
    char text[finding_size];
    if (set->count == 0) {
        fr_warn("there is no cluster to diagnose");
        return FR_OK;
    }
    int status = fr_cluster_diagnose(input->workspace, question->seeds, set->count, set->node,
                                     question->alpha, question->rho, &found);
    if (status != FR_OK) return status;
    note(job, &found);
    job_phase(job, "diagnose");
    for (int k = 0; k < n_findings; k++) {
        findings[k](&found, text, sizeof text);
        job_say(job, "diagnosis: %s", text);
    }
    return FR_OK;
}

void cluster_report_diagnosis(fr_report *report, const json_t *summary)
{
    fr_cluster_diagnosis found;
    char text[finding_size];
    read_back(summary, &found);
    if (!(found.alpha > 0)) return;
    fr_report_section(report, "Is the seed good?");
    for (int k = 0; k < n_findings; k++) {
        findings[k](&found, text, sizeof text);
        text[0] = text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0];
        fr_report_paragraph(report, "%s.", text);
    }
    fr_report_paragraph(
        report,
        "Two theorems (Ha et al. 2021) say when one seed finds a cluster of a random graph: all of it where "
        "members have enough common neighbours, alpha is of the order of what leaves the cluster, and rho is "
        "small enough; nothing else where moreover no link of the seed leaves it. The cluster that was found "
        "stands here for the one that is sought: where it holds wrong nodes already, the numbers are too "
        "kind.");
}
