/* frugal cluster score: how good a set is, what is inside it, and how well it matches a target. */
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "cluster_results.h"
#include "text.h"

static const option_group *const score_groups[] = {&cluster_set_options,
                                                   &cluster_target_options,
                                                   &cluster_graph_options,
                                                   &cluster_figure_options,
                                                   &output_options,
                                                   &general_options,
                                                   NULL};

static int work(cli_job *job, cluster_input *input, int64_t count, const int64_t *nodes)
{
    fr_cluster_details details;
    fr_cluster_set set = {0};
    double start = fr_clock();
    int status = fr_cluster_detail(input->workspace, count, nodes, &details);
    if (status != FR_OK) return status;
    job_metric(job, "seconds", fr_clock() - start);
    job_phase(job, "solve");
    job_metric(job, "weight_inside", details.edges);
    job_metric(job, "inner_density", details.density);
    job_metric_count(job, "components", details.components);
    job_metric_count(job, "triangles", details.triangles);
    job_metric(job, "separability", details.separability);
    job_metric(job, "local_lambda", details.local_lambda);
    job_metric(job, "inner_conductance", details.inner_conductance);
    job_metric_count(job, "size_smaller", details.scores.size_smaller);
    job_metric(job, "volume_smaller", details.scores.volume_smaller);
    job_say(job, "density %.6g, %lld component%s, %lld triangle%s, local lambda %.6g, inner conductance %.6g",
            details.density, (long long)details.components, plural(details.components, "s"),
            (long long)details.triangles, plural(details.triangles, "s"), details.local_lambda,
            details.inner_conductance);
    set.count = count;
    set.node = fr_alloc(count, sizeof *set.node);
    if (set.node == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++)
        set.node[k] = nodes[k];
    set.scores = details.scores;
    status = cluster_give_set(job, input, "score", &set);
    job_phase(job, "write");
    fr_cluster_set_free(&set);
    return status;
}

static int run(cli_job *job)
{
    return cluster_run_set(job, CLUSTER_LOCAL, work);
}

const cli_command cluster_score_command = {
    .method = "cluster",
    .verb = "score",
    .purpose = "scores of a set, alone and against a target",
    .description = "Volume, cut, conductance and expansion of a set; what is inside: density, components, "
                   "triangles, conductance of its own best "
                   "cut, smallest eigenvalue of the normalised Laplacian on it. With a target: precision, "
                   "recall and F1, by volume and "
                   "by number of nodes.\n\n"
                   "Writes cluster.csv, with a target f1.csv; the scores are in summary.json.",
    .example =
        "frugal cluster score graph.edges.gz --labels labels.csv --set 'dorm=12' --target 'year=2009' -o out",
    .arguments = "GRAPH",
    .groups = score_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
