/* Seconds of single library calls of local graph clustering.
 *
 *   cluster_library calls FOLDER SECONDS   on the Facebook graphs in FOLDER and on a planted graph of 10^6 nodes
 *   cluster_library rho FOLDER SECONDS     against 1/rho
 *   cluster_library threads FOLDER SECONDS the community profile against the number of threads
 *   cluster_library load FILE SECONDS      writes a planted graph as text to FILE, reads it, maps FILE.fgraph
 *   cluster_library growth SECONDS         the same cluster in planted graphs of 10^4 to 10^7 nodes
 *   cluster_library huge FILE              writes a graph of 10^8 arcs to FILE (.fgraph)
 *   cluster_library map FILE               maps it and clusters
 *
 * prints a CSV table; bench/cluster.py turns it into a page. SECONDS is spent on each call (three runs at least).
 */
#include "timing.h"

#include <frugal/cluster.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    fr_graph graph;
    fr_cluster_workspace *workspace;
    int64_t seed;
    double alpha, rho;
    double tolerance; /* of l1; 0: the default */
    fr_cluster_solver solver;
    fr_cluster_vector vector; /* to sweep over */
    int64_t count, *nodes;    /* a set */
    double p, mass;           /* of flow diffusion */
    fr_cluster_info info;     /* of the last run */
} bench_case;

static void bench_close(bench_case *bench)
{
    fr_cluster_vector_free(&bench->vector);
    fr_free(bench->nodes);
    fr_cluster_workspace_free(bench->workspace);
    fr_graph_free(&bench->graph);
    *bench = (bench_case){0};
}

static int bench_open(const char *folder, const char *name, bench_case *bench)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    *bench = (bench_case){0};
    int status = fr_graph_read(path, NULL, &bench->graph, NULL, NULL);
    return status == FR_OK ? fr_cluster_workspace_new(&bench->graph, &bench->workspace) : status;
}

static int bench_plant(int64_t n, bench_case *bench)
{
    *bench = (bench_case){0};
    int status = fr_cluster_generate_planted(n / 100, 100, 20, 2, 1, &bench->graph);
    return status == FR_OK ? fr_cluster_workspace_new(&bench->graph, &bench->workspace) : status;
}

/* ---- the calls -------------------------------------------------------------------------------------------------------- */

static int run_acl(void *context)
{
    bench_case *bench = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = &bench->seed};
    fr_cluster_acl_settings settings;
    fr_cluster_vector vector;
    fr_cluster_acl_settings_default(&settings);
    settings.alpha = bench->alpha, settings.eps = bench->rho;
    int status = fr_cluster_acl(bench->workspace, &seeds, &settings, &vector);
    bench->info = vector.info;
    fr_cluster_vector_free(&vector);
    return status;
}

static int run_l1(void *context)
{
    bench_case *bench = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = &bench->seed};
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = bench->alpha, settings.rho = bench->rho, settings.solver = bench->solver;
    if (bench->tolerance > 0) settings.tolerance = bench->tolerance;
    int status = fr_cluster_l1(bench->workspace, &seeds, &settings, &vector);
    bench->info = vector.info;
    fr_cluster_vector_free(&vector);
    return status;
}

static int run_sweep(void *context)
{
    bench_case *bench = context;
    fr_cluster_sweep_result sweep;
    int status = fr_cluster_sweep(bench->workspace, bench->vector.count, bench->vector.node,
                                  bench->vector.p_over_degree, NULL, &sweep);
    fr_cluster_sweep_result_free(&sweep);
    return status;
}

static int run_path(void *context)
{
    bench_case *bench = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = &bench->seed};
    fr_cluster_path_settings settings;
    fr_cluster_path_result path;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = bench->alpha, settings.rho_min = bench->rho, settings.max_nodes = 500;
    int status = fr_cluster_path(bench->workspace, &seeds, &settings, &path);
    fr_cluster_path_result_free(&path);
    return status;
}

static int run_simplelocal(void *context)
{
    bench_case *bench = context;
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow;
    fr_cluster_flow_settings_default(&settings);
    int status = fr_cluster_local_flow(bench->workspace, bench->count, bench->nodes, &settings, &flow);
    fr_cluster_flow_result_free(&flow);
    return status;
}

static int run_mqi(void *context)
{
    bench_case *bench = context;
    fr_cluster_flow_result flow;
    int status = fr_cluster_mqi(bench->workspace, bench->count, bench->nodes, &flow);
    fr_cluster_flow_result_free(&flow);
    return status;
}

static int run_crd(void *context)
{
    bench_case *bench = context;
    fr_cluster_crd_settings settings;
    fr_cluster_crd_result crd;
    fr_cluster_crd_settings_default(&settings);
    int status = fr_cluster_crd(bench->workspace, 1, &bench->seed, &settings, &crd);
    fr_cluster_crd_result_free(&crd);
    return status;
}

static int run_diffusion(void *context)
{
    bench_case *bench = context;
    const fr_cluster_seeds seeds = {.count = 1, .node = &bench->seed};
    fr_cluster_flow_diffusion_settings settings;
    fr_cluster_flow_diffusion_result result;
    fr_cluster_flow_diffusion_settings_default(&settings);
    settings.p = bench->p, settings.mass = bench->mass;
    int status = fr_cluster_flow_diffusion(bench->workspace, &seeds, &settings, &result);
    fr_cluster_flow_diffusion_result_free(&result);
    return status;
}

static int run_triangles(void *context)
{
    bench_case *bench = context;
    fr_cluster_neighbourhoods found;
    int status = fr_cluster_neighbourhoods_find(&bench->graph, &found);
    fr_cluster_neighbourhoods_free(&found);
    return status;
}

static int run_fiedler(void *context)
{
    bench_case *bench = context;
    fr_cluster_fiedler_settings settings;
    fr_cluster_spectral_result spectral;
    fr_cluster_fiedler_settings_default(&settings);
    int status = fr_cluster_fiedler(&bench->graph, &settings, &spectral);
    fr_cluster_spectral_result_free(&spectral);
    return status;
}

static int run_ncp(void *context)
{
    bench_case *bench = context;
    fr_cluster_ncp_settings settings;
    fr_cluster_ncp_result ncp;
    fr_cluster_ncp_settings_default(&settings);
    settings.samples = 200;
    settings.local_minima = 20;
    int status = fr_cluster_ncp(&bench->graph, &settings, &ncp);
    fr_cluster_ncp_result_free(&ncp);
    return status;
}

/* ---- the tables ------------------------------------------------------------------------------------------------------- */

static int measure_vector(bench_case *bench, const char *name, double alpha, double rho,
                          int (*call)(void *context))
{
    char label[80];
    bench->alpha = alpha, bench->rho = rho;
    snprintf(label, sizeof label, "%s %g %g", name, alpha, rho);
    return measure(label, bench->graph.n, call, bench);
}

/* From a small cluster to most of the graph. */
static int measure_diffusion(bench_case *bench)
{
    static const double norms[] = {2, 4}, masses[] = {1e4, 1e5, 3e5};
    int status = FR_OK;
    for (int k = 0; status == FR_OK && k < 6; k++) {
        char label[80];
        bench->p = norms[k / 3], bench->mass = masses[k % 3];
        snprintf(label, sizeof label, "flow diffusion %g %g", bench->p, bench->mass);
        status = measure(label, bench->graph.n, run_diffusion, bench);
    }
    return status;
}

/* The vector of pushes as what is swept over. */
static int take_vector(bench_case *bench, double alpha, double eps)
{
    const fr_cluster_seeds seeds = {.count = 1, .node = &bench->seed};
    fr_cluster_acl_settings settings;
    fr_cluster_acl_settings_default(&settings);
    settings.alpha = alpha, settings.eps = eps;
    fr_cluster_vector_free(&bench->vector);
    return fr_cluster_acl(bench->workspace, &seeds, &settings, &bench->vector);
}

/* The seed and its neighbours. */
static int take_ball(bench_case *bench)
{
    fr_free(bench->nodes);
    bench->nodes = NULL;
    return fr_cluster_ball(bench->workspace, 1, &bench->seed, 1, &bench->nodes, &bench->count);
}

static int measure_hopkins(const char *folder)
{
    bench_case bench;
    int status = bench_open(folder, "JohnsHopkins.edgelist.gz", &bench);
    static const double grid[][2] = {{0.1, 1e-5}, {0.05, 5e-6}, {0.01, 1e-6}};
    bench.seed = 3382;
    for (int k = 0; status == FR_OK && k < 3; k++)
        status = measure_vector(&bench, "acl", grid[k][0], grid[k][1], run_acl);
    for (int k = 0; status == FR_OK && k < 3; k++)
        status = measure_vector(&bench, "l1 coordinate descent", grid[k][0], grid[k][1], run_l1);
    bench.tolerance = 1e-2; /* the package's default */
    for (int k = 0; status == FR_OK && k < 3; k++)
        status = measure_vector(&bench, "l1 coordinate descent to 1e-2", grid[k][0], grid[k][1], run_l1);
    bench.tolerance = 0;
    bench.solver = FR_CLUSTER_FISTA;
    if (status == FR_OK) status = measure_vector(&bench, "l1 FISTA", 0.1, 1e-5, run_l1);
    bench.solver = FR_CLUSTER_EXACT;
    if (status == FR_OK) status = measure_vector(&bench, "l1 exact", 0.1, 1e-5, run_l1);
    if (status == FR_OK) status = measure_vector(&bench, "path to 500 nodes", 0.1, 1e-9, run_path);
    if (status == FR_OK) status = take_vector(&bench, 0.1, 1e-5);
    if (status == FR_OK) status = measure("sweep", bench.vector.count, run_sweep, &bench);
    if (status == FR_OK) status = take_ball(&bench);
    if (status == FR_OK) status = measure("mqi", bench.count, run_mqi, &bench);
    if (status == FR_OK) status = measure("simplelocal", bench.count, run_simplelocal, &bench);
    if (status == FR_OK) status = measure("crd", 1, run_crd, &bench);
    if (status == FR_OK) status = measure_diffusion(&bench);
    if (status == FR_OK) status = measure("triangles", bench.graph.n, run_triangles, &bench);
    if (status == FR_OK) status = measure("fiedler", bench.graph.n, run_fiedler, &bench);
    if (status == FR_OK) status = measure("ncp apr", bench.graph.n, run_ncp, &bench);
    bench_close(&bench);
    return status;
}

static int measure_cornell(const char *folder)
{
    bench_case bench;
    int status = bench_open(folder, "Cornell5.edgelist.gz", &bench);
    if (status == FR_OK) status = measure("triangles on Cornell5", bench.graph.n, run_triangles, &bench);
    if (status == FR_OK) status = measure("fiedler on Cornell5", bench.graph.n, run_fiedler, &bench);
    bench_close(&bench);
    return status;
}

static int measure_planted(void)
{
    bench_case bench;
    int status = bench_plant(1000000, &bench);
    if (status == FR_OK) status = measure_vector(&bench, "planted acl", 0.1, 1e-4, run_acl);
    if (status == FR_OK) status = measure_vector(&bench, "planted l1 coordinate descent", 0.1, 1e-4, run_l1);
    bench.solver = FR_CLUSTER_FISTA;
    if (status == FR_OK) status = measure_vector(&bench, "planted l1 FISTA", 0.1, 1e-4, run_l1);
    if (status == FR_OK) status = take_vector(&bench, 0.1, 1e-4);
    if (status == FR_OK) status = measure("planted sweep", bench.vector.count, run_sweep, &bench);
    bench_close(&bench);
    return status;
}

static int calls(const char *folder)
{
    puts("call,size,median,fastest,runs");
    int status = measure_hopkins(folder);
    if (status == FR_OK) status = measure_cornell(folder);
    return status == FR_OK ? measure_planted() : status;
}

/* Time, arcs read and memory of one call, for a fixed cluster in a growing graph. */
static int growth(void)
{
    puts("nodes,arcs,acl,acl_arcs_read,l1,l1_arcs_read,sweep,peak_mb");
    for (int64_t n = 10000; n <= 10000000; n *= 10) {
        bench_case bench;
        double acl = 0, l1 = 0, sweep = 0, fastest;
        int64_t acl_arcs = 0, l1_arcs;
        int runs;
        int status = bench_plant(n, &bench);
        bench.alpha = 0.1, bench.rho = 1e-4;
        if (status == FR_OK) status = time_call(run_acl, &bench, &acl, &fastest, &runs);
        acl_arcs = bench.info.arcs_read;
        if (status == FR_OK) status = time_call(run_l1, &bench, &l1, &fastest, &runs);
        l1_arcs = bench.info.arcs_read;
        if (status == FR_OK) status = take_vector(&bench, 0.1, 1e-4);
        if (status == FR_OK) status = time_call(run_sweep, &bench, &sweep, &fastest, &runs);
        if (status == FR_OK) {
            printf("%" PRId64 ",%" PRId64 ",%.6g,%" PRId64 ",%.6g,%" PRId64 ",%.6g,%.6g\n", n,
                   bench.graph.n_arcs, acl, acl_arcs, l1, l1_arcs, sweep, (double)fr_peak_memory() / 1e6);
            fflush(stdout);
        }
        bench_close(&bench);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

static int against_rho(const char *folder)
{
    bench_case bench;
    int status = bench_open(folder, "Cornell5.edgelist.gz", &bench);
    puts("rho,acl,acl_arcs_read,l1,l1_arcs_read");
    bench.alpha = 0.1;
    for (bench.rho = 1e-3; status == FR_OK && bench.rho > 0.9e-6; bench.rho /= 3.1622776601683795) {
        double acl = 0, l1 = 0, fastest;
        int64_t acl_arcs;
        int runs;
        status = time_call(run_acl, &bench, &acl, &fastest, &runs);
        acl_arcs = bench.info.arcs_read;
        if (status == FR_OK) status = time_call(run_l1, &bench, &l1, &fastest, &runs);
        if (status == FR_OK)
            printf("%.6g,%.6g,%" PRId64 ",%.6g,%" PRId64 "\n", bench.rho, acl, acl_arcs, l1,
                   bench.info.arcs_read);
        fflush(stdout);
    }
    bench_close(&bench);
    return status;
}

static int against_threads(const char *folder)
{
    bench_case bench;
    int most = fr_threads(), status = bench_open(folder, "JohnsHopkins.edgelist.gz", &bench);
    puts("threads,median");
    for (int threads = 1; status == FR_OK && threads <= most; threads++) {
        double median, fastest;
        int runs;
        fr_threads_set(threads);
        status = time_call(run_ncp, &bench, &median, &fastest, &runs);
        if (status == FR_OK) printf("%d,%.6g\n", threads, median);
        fflush(stdout);
    }
    fr_threads_set(0);
    bench_close(&bench);
    return status;
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

static int run_load(void *context)
{
    fr_graph graph;
    int status = fr_graph_read(context, NULL, &graph, NULL, NULL);
    fr_graph_free(&graph);
    return status;
}

static int write_text(const char *path, const fr_graph *graph)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) return fr_fail(FR_EIO, "cannot write %s", path);
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] > i) fprintf(file, "%" PRId64 "\t%" PRIu32 "\n", i, graph->neighbour[k]);
    return fclose(file) == 0 ? FR_OK : fr_fail(FR_EIO, "cannot write %s", path);
}

static int load(const char *path)
{
    bench_case bench;
    struct stat facts;
    double median, fastest;
    char *binary = NULL;
    int runs;
    int status = bench_plant(500000, &bench);
    if (status == FR_OK) status = write_text(path, &bench.graph);
    if (status == FR_OK && stat(path, &facts) != 0) status = fr_fail(FR_EIO, "cannot read %s", path);
    puts("what,threads,megabytes,median,megabytes_per_second");
    for (int threads = 1; status == FR_OK && threads <= 2; threads++) {
        fr_threads_set(threads);
        status = time_call(run_load, (void *)(uintptr_t)path, &median, &fastest, &runs);
        double megabytes = (double)facts.st_size / 1e6;
        if (status == FR_OK)
            printf("edge list,%d,%.6g,%.6g,%.6g\n", threads, megabytes, median, megabytes / median);
        fflush(stdout);
    }
    if (status == FR_OK && asprintf(&binary, "%s.fgraph", path) < 0) status = FR_ENOMEM;
    if (status == FR_OK) status = fr_fgraph_write(binary, &bench.graph);
    if (status == FR_OK) status = time_call(run_load, binary, &median, &fastest, &runs);
    if (status == FR_OK && stat(binary, &facts) == 0)
        printf(".fgraph,1,%.6g,%.6g,\n", (double)facts.st_size / 1e6, median);
    if (binary != NULL) remove(binary);
    remove(path);
    free(binary);
    bench_close(&bench);
    return status;
}

/* In two steps, so that the memory of the second is that of a user: `huge FILE` makes it, `map FILE` opens and uses it. */
static int huge(const char *path)
{
    fr_graph graph;
    int status = fr_cluster_generate_planted(46000, 100, 20, 2, 1, &graph);
    if (status == FR_OK) status = fr_fgraph_write(path, &graph);
    if (status == FR_OK) printf("made,%" PRId64 ",%.6g\n", graph.n_arcs, (double)fr_peak_memory() / 1e6);
    fr_graph_free(&graph);
    return status;
}

static int map(const char *path)
{
    bench_case bench = {.alpha = 0.1, .rho = 1e-4};
    double median, fastest, acl = 0;
    int runs;
    int status = time_call(run_load, (void *)(uintptr_t)path, &median, &fastest, &runs);
    if (status == FR_OK) status = fr_graph_read(path, NULL, &bench.graph, NULL, NULL);
    if (status == FR_OK) status = fr_cluster_workspace_new(&bench.graph, &bench.workspace);
    if (status == FR_OK) status = time_call(run_acl, &bench, &acl, &fastest, &runs);
    if (status == FR_OK)
        printf("mapped,%" PRId64 ",%.6g,%.6g,%.6g\n", bench.graph.n_arcs, median, acl,
               (double)fr_peak_memory() / 1e6);
    bench_close(&bench);
    return status;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int status = FR_EUSAGE;
    fr_threads_set(0); /* as the program does */
    if (argc == 4) seconds_for_each = atof(argv[3]);
    if (argc == 4 && strcmp(what, "calls") == 0) status = calls(argv[2]);
    if (argc == 4 && strcmp(what, "rho") == 0) status = against_rho(argv[2]);
    if (argc == 4 && strcmp(what, "threads") == 0) status = against_threads(argv[2]);
    if (argc == 4 && strcmp(what, "load") == 0) status = load(argv[2]);
    if (argc == 3 && strcmp(what, "growth") == 0) seconds_for_each = atof(argv[2]), status = growth();
    if (argc == 3 && strcmp(what, "huge") == 0) status = huge(argv[2]);
    if (argc == 3 && strcmp(what, "map") == 0) status = map(argv[2]);
    if (status != FR_OK) fprintf(stderr, "cluster_library %s: %s\n", what, fr_last_error());
    return status == FR_OK ? 0 : 1;
}
