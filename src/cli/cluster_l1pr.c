/* frugal cluster l1pr: l1-regularised PageRank with its certificate, sweep, and improvement of the cluster. */
#include "cluster_batch.h"
#include "cluster_commands.h"
#include "cluster_figures.h"
#include "text.h"

static const cli_option l1_rows[] = {
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "A",
     .fallback = "0.15",
     .range = RANGE_OPEN,
     .low = 0,
     .high = 1,
     .help = "teleportation of the lazy walk; a small one looks further"},
    {.name = "rho",
     .type = OPTION_NUMBER,
     .value = "R",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "regularisation: the volume of the support is at most 1/R"},
    {.name = "target-volume",
     .type = OPTION_NUMBER,
     .value = "V",
     .range = RANGE_POSITIVE,
     .help = "instead of --rho: the volume that the cluster should have about; rho is 0.15/V"},
    {.name = "solver",
     .type = OPTION_CHOICE,
     .value = "cd|exact|ista|fista",
     .fallback = "cd",
     .help = "coordinate descent, active set with exact solutions, proximal gradients, or these with "
             "acceleration"},
    {.name = "order",
     .type = OPTION_CHOICE,
     .value = "fifo|cyclic|greedy|random",
     .fallback = "fifo",
     .help = "order of the coordinates, for cd"},
    {.name = "certificate",
     .alias = "eps",
     .type = OPTION_NUMBER,
     .value = "E",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "stop when every p/degree is certainly within E times rho of the optimum"},
    {.name = "start",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "begin with vector.csv of another run instead of zero, such as the answer before some edges "
             "changed; for "
             "cd and exact"},
    {.name = "residual", .type = OPTION_FLAG, .help = "write the residual too: residual.csv"},
    {.name = NULL},
};
static const option_group l1_options = {"l1-PageRank", l1_rows, false};
static const option_group *const l1_groups[] = {&l1_options,
                                                &cluster_seed_options,
                                                &cluster_batch_options,
                                                &cluster_sweep_options,
                                                &cluster_improve_options,
                                                &cluster_flow_options,
                                                &cluster_limit_options,
                                                &cluster_diagnose_options,
                                                &cluster_target_options,
                                                &cluster_graph_options,
                                                &cluster_figure_options,
                                                &output_options,
                                                &general_options,
                                                NULL};

static int settings_of(cli_job *job, fr_cluster_l1_settings *out)
{
    static const fr_cluster_solver solvers[] = {FR_CLUSTER_CD, FR_CLUSTER_EXACT, FR_CLUSTER_ISTA,
                                                FR_CLUSTER_FISTA};
    static const fr_cluster_order orders[] = {FR_CLUSTER_FIFO, FR_CLUSTER_CYCLIC, FR_CLUSTER_GREEDY,
                                              FR_CLUSTER_RANDOM};
    const cli_options *parsed = &job->options;
    bool by_volume = options_given(parsed, "target-volume");
    if (by_volume && options_given(parsed, "rho"))
        return fr_fail(FR_EUSAGE, "give --rho or --target-volume, not both: one follows from the other");
    fr_cluster_l1_settings_default(out);
    out->solver = solvers[options_integer(parsed, "solver", 0)];
    out->order = orders[options_integer(parsed, "order", 0)];
    if (options_given(parsed, "order") && out->solver != FR_CLUSTER_CD)
        return fr_fail(FR_EUSAGE, "--order is for --solver cd");
    out->alpha = options_number(parsed, "alpha", out->alpha);
    out->rho = by_volume ? fr_cluster_rho_for_volume(options_number(parsed, "target-volume", 1))
                         : options_number(parsed, "rho", out->rho);
    out->tolerance = options_number(parsed, "certificate", out->tolerance);
    out->seed = (uint64_t)options_integer(parsed, "seed", 1);
    out->max_steps = options_integer(parsed, "max-steps", out->max_steps);
    out->time_limit = options_number(parsed, "time-limit", out->time_limit);
    out->keep_residual = options_flag(parsed, "residual");
    if (options_given(parsed, "start") && out->solver != FR_CLUSTER_CD && out->solver != FR_CLUSTER_EXACT)
        return fr_fail(FR_EUSAGE, "--start is for --solver cd and exact; the others begin with zero");
    if (options_given(parsed, "start") && cluster_is_batch(parsed))
        return fr_fail(FR_EUSAGE, "--start is for one set of seeds, not for a batch");
    job_setting(job, "rho", out->rho);
    return FR_OK;
}

static int from_seeds(cli_job *job, cluster_input *input, fr_cluster_l1_settings *settings)
{
    cluster_seeds seeds = {0};
    cluster_values given = {0};
    fr_cluster_vector start, vector = {0};
    fr_cluster_set best = {0};
    int status = cluster_seeds_read(job, input, &seeds);
    if (status == FR_OK && options_given(&job->options, "start")) {
        status = cluster_start_read(job, input, &given);
        start = (fr_cluster_vector){.count = given.count, .node = given.node, .p_over_degree = given.value};
        settings->start = &start;
        job_metric_count(job, "start_support", given.count);
    }
    if (status == FR_OK) status = fr_cluster_l1(input->workspace, &seeds.seeds, settings, &vector);
    if (status != FR_OK) goto done;
    job_phase(job, "solve");
    cluster_note_info(job, &vector.info, cluster_support(&vector));
    job_say(job, "support of %lld node%s, sum of p %.6g; every p/degree is within %.3g of the optimum",
            (long long)vector.count, plural(vector.count, "s"), vector.info.sum_p, vector.info.error_bound);
    bool limited = settings->max_steps > 0 || settings->time_limit > 0;
    cluster_note_convergence(job, vector.info.converged,
                             limited ? "raise --max-steps or --time-limit, or relax --certificate"
                                     : "rounding allows no closer certificate; relax --certificate");
    status = cluster_give_vector(job, input, "l1pr", &vector, &best);
    cluster_ask(job, input, &seeds.seeds, settings->alpha, settings->rho);
    if (status == FR_OK) status = cluster_improve_and_give(job, input, "l1pr", &best);
    job_phase(job, "write");
done:
    fr_cluster_set_free(&best);
    fr_cluster_vector_free(&vector);
    cluster_values_free(&given);
    cluster_seeds_free(&seeds);
    return status;
}

static int run(cli_job *job)
{
    cluster_input input;
    fr_cluster_batch_settings settings = {0};
    int status = settings_of(job, &settings.l1);
    if (status == FR_OK && cluster_is_batch(&job->options)) status = cluster_check_batch(&job->options);
    if (status == FR_OK) status = cluster_open(job, CLUSTER_LOCAL, &input);
    if (status != FR_OK) return status;
    status = cluster_is_batch(&job->options) ? cluster_run_batch(job, &input, &settings)
                                             : from_seeds(job, &input, &settings.l1);
    cluster_close(&input);
    return status;
}

const cli_command cluster_l1pr_command = {
    .method = "cluster",
    .verb = "l1pr",
    .purpose = "l1-regularised PageRank around seeds, certified, and its best cluster",
    .description =
        "Minimises x'Qx/2 - alpha s'x + rho alpha sum d|x|, where s is the distribution of the "
        "seeds, d the degree and Q = "
        "alpha D + (1 - alpha)/2 L. The solution p = Dx is zero outside of a set of volume at "
        "most 1/rho; the run touches "
        "little more, however large the graph. The cluster is the best prefix of the nodes by "
        "descending p/degree.\n\n"
        "Every answer carries its proof: error_bound limits the error of each p/degree, "
        "duality_gap that of the "
        "objective.\n\n"
        "With --start an earlier answer is repaired: one for another rho, or for this graph before edit "
        "changed some of its edges. The answer is the same, and so is its proof; where one edge has "
        "changed it takes two thirds of the work.\n\n"
        "Writes vector.csv (non-zeros), sweep.csv (all prefixes), cluster.csv, with a target "
        "f1.csv; with --batch or "
        "--each-seed only batch.csv and batch_sets.csv.",
    .example = "frugal cluster l1pr graph.edges.gz --seed-nodes 17,204 --alpha 0.1 --rho 1e-4 -o out",
    .arguments = "GRAPH",
    .groups = l1_groups,
    .writes_folder = true,
    .run = run,
    .draw = cluster_draw,
};
