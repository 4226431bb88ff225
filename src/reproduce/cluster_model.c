/* Recovery of a planted target K from one of its nodes by l1-regularised PageRank (Ha, Fountoulakis, Mahoney, JMLR
 * 22(148), 2021): stochastic block model of n = 1000 nodes in blocks of k = 100, links inside a block with probability p
 * = 1/2 and across with q; K is the first block, the seed its node 0. With rho_mf the mean-field threshold below which
 * all of K is active,
 *   A: alpha = 0.1;  B: the same without the seed's links out of K;  C: alpha = (1 - gamma) / (1 + gamma) + 0.001,
 * gamma = p(k-1) / (p(k-1) + q(n-k)). Recall, false positives and sweep at rho_mf / 2; the path at 40 values of rho. */
#include "cluster_model.h"

#include <frugal/cluster.h>

#include <math.h>
#include <stdio.h>

enum { n_nodes = 1000, target_size = 100, path_values = 40 };

static const double inside = 0.5;
static const double path_low = 0.05, path_high = 8; /* times rho_mf */

enum { RECALL, FALSE_POSITIVES, FULL_RECALL, EXACT, BEST_F1, EXACT_ON_PATH, SWEEP_F1 };

typedef struct {
    double value[CLUSTER_MODEL_TABLES][CLUSTER_MODEL_QUANTITIES];
} replicate;

/* ---- one graph -------------------------------------------------------------------------------------------------------- */

/* The graph without the links from node 0 to nodes outside the target. */
static int without_seed_links(const fr_graph *graph, fr_graph *out)
{
    int64_t count = 0;
    uint32_t *from = fr_alloc(graph->n_arcs, sizeof *from), *to = fr_alloc(graph->n_arcs, sizeof *to);
    int status = from == NULL || to == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t node = 0; status == FR_OK && node < graph->n; node++)
        for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
            uint32_t other = graph->neighbour[k];
            if (other < node || (node == 0 && other >= target_size)) continue;
            from[count] = (uint32_t)node;
            to[count++] = other;
        }
    if (status == FR_OK) status = fr_graph_from_arcs(graph->n, count, from, to, NULL, NULL, out);
    fr_free(from);
    fr_free(to);
    return status;
}

static double target_volume(const fr_graph *graph)
{
    double volume = 0;
    for (int64_t node = 0; node < target_size; node++)
        volume += fr_graph_degree(graph, node);
    return volume;
}

/* A growing set against the target. */
typedef struct {
    int64_t size, common;
    double volume, volume_common;
} overlap;

static void grow(overlap *set, const fr_graph *graph, int64_t node)
{
    double degree = fr_graph_degree(graph, node);
    set->size++;
    set->volume += degree;
    if (node >= target_size) return;
    set->common++;
    set->volume_common += degree;
}

static bool is_target(const overlap *set)
{
    return set->size == target_size && set->common == target_size;
}

/* Best F1 and exactness over the supports at path_values values of rho, in geometric progression from large to small. */
static int measure_path(const fr_graph *graph, fr_cluster_workspace *workspace, double alpha,
                        double threshold, double *value)
{
    const fr_cluster_seeds seeds = {.count = 1, .node = &(int64_t){0}};
    fr_cluster_path_settings settings;
    fr_cluster_path_result path;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho_min = path_low * threshold;
    int status = fr_cluster_path(workspace, &seeds, &settings, &path);
    if (status != FR_OK) return status;
    overlap set = {0};
    double volume = target_volume(graph);
    for (int64_t entry = 0, k = 0; k < path_values; k++) {
        double step = (double)k / (path_values - 1);
        double rho = threshold * path_high * pow(path_low / path_high, step);
        while (entry < path.count && path.rho[entry] > rho)
            grow(&set, graph, path.node[entry++]);
        value[BEST_F1] = fmax(value[BEST_F1], 2 * set.volume_common / (set.volume + volume));
        if (is_target(&set)) value[EXACT_ON_PATH] = 1;
    }
    fr_cluster_path_result_free(&path);
    return FR_OK;
}

/* Support and sweep at one rho. */
static int measure_support(const fr_graph *graph, fr_cluster_workspace *workspace, double alpha, double rho,
                           double *value)
{
    const fr_cluster_seeds seeds = {.count = 1, .node = &(int64_t){0}};
    int64_t target[target_size];
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector = {0};
    fr_cluster_sweep_result sweep = {0};
    fr_cluster_f1_scores scores = {0};
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = alpha;
    settings.rho = rho;
    settings.tolerance = 1e-8;
    for (int64_t node = 0; node < target_size; node++)
        target[node] = node;
    int status = fr_cluster_l1(workspace, &seeds, &settings, &vector);
    if (status == FR_OK)
        status = fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &sweep);
    if (status == FR_OK)
        status = fr_cluster_f1(workspace, sweep.best.count, sweep.best.node, target_size, target, &scores);
    overlap set = {0};
    double volume = target_volume(graph);
    for (int64_t k = 0; k < vector.count; k++)
        grow(&set, graph, vector.node[k]);
    value[RECALL] = set.volume_common / volume;
    value[FALSE_POSITIVES] = (set.volume - set.volume_common) / volume;
    value[FULL_RECALL] = set.common == target_size;
    value[EXACT] = is_target(&set);
    value[SWEEP_F1] = scores.f1;
    fr_cluster_sweep_result_free(&sweep);
    fr_cluster_vector_free(&vector);
    return status;
}

static int measure(const fr_graph *graph, double q, double alpha, double *value)
{
    double threshold = fr_cluster_model_rho(n_nodes, target_size, inside, q, alpha);
    fr_cluster_workspace *workspace;
    int status = fr_cluster_workspace_new(graph, &workspace);
    if (status != FR_OK) return status;
    status = measure_path(graph, workspace, alpha, threshold, value);
    if (status == FR_OK) status = measure_support(graph, workspace, alpha, threshold / 2, value);
    fr_cluster_workspace_free(workspace);
    return status;
}

/* ---- all graphs ------------------------------------------------------------------------------------------------------- */

/* The alpha of tables A and B, and that of C. */
static const double fixed_alpha = 0.1;
static double alpha_of_gamma(double q)
{
    double within = inside * (target_size - 1), across = q * (n_nodes - target_size);
    double gamma = within / (within + across);
    return (1 - gamma) / (1 + gamma) + 0.001;
}

/* Task: replicate index % replicates of the index / replicates-th q; all three tables use the same graph. */
static int run_task(int64_t index, const void *context, void *workspace, void *result)
{
    const reproduce_settings *settings = context;
    (void)workspace;
    replicate *out = result;
    int64_t which = index / settings->replicates;
    double q = cluster_model_q[which];
    uint64_t seed = fr_random_bits(settings->seed, (uint64_t)which, (uint64_t)(index % settings->replicates));
    fr_graph graph = {0}, cut = {0};
    int status = fr_cluster_generate_sbm(n_nodes, target_size, inside, q, seed, &graph);
    if (status == FR_OK) status = without_seed_links(&graph, &cut);
    if (status == FR_OK) status = measure(&graph, q, fixed_alpha, out->value[0]);
    if (status == FR_OK) status = measure(&cut, q, fixed_alpha, out->value[1]);
    if (status == FR_OK) status = measure(&graph, q, alpha_of_gamma(q), out->value[2]);
    fr_graph_free(&cut);
    fr_graph_free(&graph);
    return status;
}

/* Mean and standard error over the replicates; judged within max(0.02, four standard errors of the difference). */
static void summarise(const replicate *replicates, int64_t n, int table, int q, int quantity,
                      reproduce_row *row)
{
    const double *expected = cluster_model_expected[table][q][quantity];
    double mean, error;
    reproduce_mean(&replicates->value[table][quantity], n, sizeof *replicates / sizeof(double), &mean,
                   &error);
    *row = (reproduce_row){.reported = NAN,
                           .expected = expected[0],
                           .expected_error = expected[1],
                           .obtained = mean,
                           .obtained_error = error,
                           .tolerance = fmax(0.02, 4 * hypot(expected[1], error))};
    snprintf(row->table, sizeof row->table, "%s", cluster_model_table[table]);
    snprintf(row->quantity, sizeof row->quantity, "%s", cluster_model_quantity[quantity]);
    cluster_model_setting(q, row->setting, sizeof row->setting);
}

static int run(const reproduce_settings *settings, fr_journal *journal, reproduce_comparison *out)
{
    if (settings->replicates < 2 || settings->replicates > 1000000)
        return fr_fail(FR_EUSAGE, "%lld replicates, expected 2 to 1000000", (long long)settings->replicates);
    int64_t n = settings->replicates, count = n * CLUSTER_MODEL_QS;
    replicate *replicates = fr_alloc(count, sizeof *replicates);
    if (replicates == NULL) return FR_ENOMEM;
    const fr_tasks tasks = {.name = "cluster-model",
                            .count = count,
                            .result_size = sizeof *replicates,
                            .run = run_task,
                            .context = settings};
    int status = fr_tasks_run(&tasks, journal, replicates, NULL);
    for (int table = 0; table < CLUSTER_MODEL_TABLES; table++)
        for (int q = 0; q < CLUSTER_MODEL_QS; q++)
            for (int quantity = 0; status == FR_OK && quantity < CLUSTER_MODEL_QUANTITIES; quantity++) {
                reproduce_row row;
                summarise(replicates + q * n, n, table, q, quantity, &row);
                status = reproduce_add(out, &row);
            }
    fr_free(replicates);
    return status;
}

static const char *const options[] = {"replicates", "seed", NULL};

const reproduce_experiment reproduce_cluster_model = {
    .name = "cluster-model",
    .purpose = "recovery of a planted target by l1-regularised PageRank",
    .shows = "Random graphs of 1000 nodes in blocks of 100, linked with probability 0.5 inside a block and q "
             "across; the target is one block, the seed one of its nodes. rho* is the mean-field threshold "
             "below which the whole target is active. Table A: alpha = 0.1. Table B: the same graphs without "
             "the seed's links out of the target. Table C: alpha = (1 - gamma)/(1 + gamma) + 0.001, gamma "
             "being the expected share of a target node's links that stay inside. At rho*/2: recall by "
             "volume, volume of false positives over that of the target, how often all of the target and "
             "exactly the target is found, F1 of the sweep. On the path: best F1 and how often some support "
             "is exactly the target, over 40 values of rho. As the paper's theorems say, the target is "
             "always covered, false positives grow as q does, and without outside links of the seed the path "
             "contains exactly the target. The paper's own parameters are not stated with enough detail to "
             "repeat its figure number by number: the expected numbers are of an independent computation on "
             "20 other random graphs.",
    .paper = "Ha W, Fountoulakis K, Mahoney MW (2021). Statistical guarantees for local graph clustering. "
             "Journal of Machine Learning Research 22(148):1-54. https://arxiv.org/abs/1906.04863",
    .options = options,
    .run = run,
    .figures = {{"recovery", "Recovery of the target as links across blocks become more frequent. Points: "
                             "means over the random graphs of this run with their standard errors; dashed: "
                             "the independent computation. Upper row at rho*/2, lower row except the left "
                             "panel over the path."}},
    .draw = cluster_model_draw,
};
