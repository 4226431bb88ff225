/* frugal demo cluster: from one node of a known cluster to the cluster. The graph is drawn from the local random model of Ha,
 * Fountoulakis, Mahoney (JMLR 2021): k of n nodes are linked with probability p among themselves and q with each other node. */
#include "cluster_figures.h"
#include "cluster_results.h"
#include "demo.h"
#include "text.h"

#include <stdio.h>

enum { n_nodes = 20000, target_size = 200 };
static const double inside = 0.2, across = 0.0006; /* 40 links of a member stay inside, 12 leave */
static const double outside_degree = 12;           /* links of other nodes among themselves */
static const double alpha = 0.1;
static const int64_t seed_node = 0; /* one member is like the other */
static const fr_cluster_seeds seeds = {.count = 1, .node = &seed_node};

static const option_group *const no_groups[] = {NULL};

/* ---- data ----------------------------------------------------------------------------------------------------------------- */

/* As `frugal cluster generate` writes it: what --labels takes. */
static int write_communities(cli_job *job)
{
    fr_csv *csv;
    const char *path = job_file(job, "data/communities.csv");
    int status = path == NULL ? FR_ENOMEM : fr_csv_create(path, "node,community", &csv);
    if (status != FR_OK) return status;
    for (int64_t node = 0; node < n_nodes; node++) {
        fr_csv_i64(csv, node);
        fr_csv_i64(csv, node < target_size);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* Draws the graph and writes it; the first nodes are the target. */
static int make_input(cli_job *job, cluster_input *out)
{
    *out = (cluster_input){.graph = &out->whole, .n_target = target_size, .n_seeds = 1, .seeds = &seed_node};
    job_say(job,
            "drawing a graph of %d nodes, of which %d are linked among themselves more than with others; the "
            "seed is one of these",
            n_nodes, target_size);
    int status =
        fr_cluster_generate_local_model(n_nodes, target_size, inside, across, outside_degree,
                                        (uint64_t)options_integer(&job->options, "seed", 1), &out->whole);
    if (status == FR_OK) status = fr_cluster_workspace_new(&out->whole, &out->workspace);
    if (status == FR_OK && (out->target = fr_alloc(target_size, sizeof *out->target)) == NULL)
        status = FR_ENOMEM;
    if (status != FR_OK) return status;
    for (int64_t node = 0; node < target_size; node++)
        out->target[node] = node;
    job_metric_count(job, "n", out->whole.n);
    job_metric_count(job, "arcs", out->whole.n_arcs);
    job_metric_count(job, "edges", fr_graph_edges(&out->whole));
    job_metric(job, "graph_volume", out->whole.volume);
    job_metric_count(job, "target_size", target_size);
    const char *path = job_file(job, "data/graph.fgraph");
    status = path == NULL ? FR_ENOMEM : fr_fgraph_write(path, &out->whole);
    if (status == FR_OK) status = write_communities(job);
    job_phase(job, "generate");
    return status;
}

/* ---- three ways to the target ----------------------------------------------------------------------------------------------- */

/* A row of f1.csv, a metric, a line to the user. */
static int compare(cli_job *job, cluster_input *input, const char *method, const fr_cluster_set *set)
{
    char name[32];
    int status = cluster_compare(job, input, method, set);
    if (status != FR_OK) return status;
    const fr_cluster_f1_scores *f1 = &input->compared[input->n_compared - 1].f1;
    snprintf(name, sizeof name, "%s_f1", method);
    job_metric(job, name, f1->f1);
    job_say(job, "%s: %lld node%s, conductance %.4f; precision %.4f, recall %.4f, F1 %.4f", method,
            (long long)set->count, plural(set->count, "s"), set->scores.conductance, f1->precision,
            f1->recall, f1->f1);
    return FR_OK;
}

/* Without an idea of the size: down to where all of such a target is active. */
static int follow_path(cli_job *job, cluster_input *input)
{
    fr_cluster_path_settings settings;
    fr_cluster_path_result path = {0};
    fr_cluster_path_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho_min = fr_cluster_model_rho(n_nodes, target_size, inside, across, alpha) / 2;
    int status = fr_cluster_path(input->workspace, &seeds, &settings, &path);
    if (status == FR_OK) status = cluster_write_path(job, input, &path);
    if (status == FR_OK) status = compare(job, input, "path", &path.best);
    job_phase(job, "path");
    fr_cluster_path_result_free(&path);
    return status;
}

/* With an idea of the volume. */
static int solve(cli_job *job, cluster_input *input, double *rho, fr_cluster_set *best)
{
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector = {0};
    fr_cluster_scores target;
    int status = fr_cluster_score(input->workspace, input->n_target, input->target, &target);
    if (status != FR_OK) return status;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho = *rho = fr_cluster_rho_for_volume(target.volume);
    status = fr_cluster_l1(input->workspace, &seeds, &settings, &vector);
    if (status == FR_OK) {
        cluster_note_info(job, &vector.info, cluster_support(&vector));
        status = cluster_give_vector(job, input, "l1pr", &vector, best);
    }
    if (status == FR_OK) status = compare(job, input, "l1pr", best);
    job_phase(job, "l1pr");
    fr_cluster_vector_free(&vector);
    return status;
}

/* From its cluster by minimum cuts; this is the answer. */
static int improve(cli_job *job, cluster_input *input, const fr_cluster_set *set)
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow = {0};
    fr_cluster_flow_settings_default(&settings);
    int status = fr_cluster_local_flow(input->workspace, set->count, set->node, &settings, &flow);
    job_phase(job, "simplelocal");
    if (status == FR_OK) status = cluster_give_set(job, input, "simplelocal", &flow.set);
    fr_cluster_flow_result_free(&flow);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    fr_cluster_set set = {0};
    double rho = 0;
    int status = make_input(job, &input);
    if (status == FR_OK) status = follow_path(job, &input);
    if (status == FR_OK) status = solve(job, &input, &rho, &set);
    job_setting(job, "alpha", alpha);
    job_setting(job, "rho", rho);
    input.question = (cluster_question){&seeds, alpha, rho};
    if (status == FR_OK) status = improve(job, &input, &set);
    fr_cluster_set_free(&set);
    cluster_close(&input);
    return status;
}

const demonstration cluster_demonstration = {"cluster", no_groups, run, cluster_draw};
