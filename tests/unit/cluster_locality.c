/* Local methods cost the same in a small and in a large graph: arcs read around members of the first block of planted graphs. The
 * block's inner edges are the same in both; the edges that leave it are drawn anew, so that sums over many seeds are compared. */
#include "support.h"

#include <frugal/cluster.h>

enum { n_seeds = 40, n_methods = 9 };
static const char *const method[n_methods] = {
    "acl", "l1", "exact", "FISTA", "heat", "path", "simplelocal", "flow diffusion", "4-norm flow diffusion"};

static void add_l1(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, fr_cluster_solver solver,
                   int64_t *arcs)
{
    fr_cluster_l1_settings settings;
    fr_cluster_vector vector;
    fr_cluster_l1_settings_default(&settings);
    settings.alpha = 0.1, settings.rho = 1e-4, settings.solver = solver;
    assert_ok(fr_cluster_l1(workspace, seeds, &settings, &vector));
    *arcs += vector.info.arcs_read;
    fr_cluster_vector_free(&vector);
}

static void add_pushes(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t *acl_arcs,
                       int64_t *heat_arcs)
{
    fr_cluster_acl_settings acl;
    fr_cluster_heat_settings heat;
    fr_cluster_vector vector;
    fr_cluster_acl_settings_default(&acl);
    acl.alpha = 0.1, acl.eps = 1e-4;
    assert_ok(fr_cluster_acl(workspace, seeds, &acl, &vector));
    *acl_arcs += vector.info.arcs_read;
    fr_cluster_vector_free(&vector);
    fr_cluster_heat_settings_default(&heat);
    heat.t = 5, heat.eps = 1e-3;
    assert_ok(fr_cluster_heat(workspace, seeds, &heat, &vector));
    *heat_arcs += vector.info.arcs_read;
    fr_cluster_vector_free(&vector);
}

static void add_path(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t *arcs)
{
    fr_cluster_path_settings settings;
    fr_cluster_path_result path;
    fr_cluster_path_settings_default(&settings);
    settings.alpha = 0.1, settings.rho_min = 1e-5, settings.max_nodes = 60;
    assert_ok(fr_cluster_path(workspace, seeds, &settings, &path));
    *arcs += path.info.arcs_read;
    fr_cluster_path_result_free(&path);
}

static void add_flow(fr_cluster_workspace *workspace, int64_t seed, int64_t *arcs)
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_result flow;
    int64_t *ball, count;
    fr_cluster_flow_settings_default(&settings);
    assert_ok(fr_cluster_ball(workspace, 1, &seed, 1, &ball, &count));
    assert_ok(fr_cluster_local_flow(workspace, count, ball, &settings, &flow));
    *arcs += flow.arcs_read;
    fr_cluster_flow_result_free(&flow);
    fr_free(ball);
}

static void add_diffusion(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, double p,
                          int64_t *arcs)
{
    fr_cluster_flow_diffusion_settings settings;
    fr_cluster_flow_diffusion_result result;
    fr_cluster_flow_diffusion_settings_default(&settings);
    settings.p = p, settings.mass = 3000;
    assert_ok(fr_cluster_flow_diffusion(workspace, seeds, &settings, &result));
    assert_true(result.info.converged);
    *arcs += result.info.arcs_read;
    fr_cluster_flow_diffusion_result_free(&result);
}

static void count_arcs(int64_t n_blocks, int64_t arcs[n_methods])
{
    fr_graph graph;
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_generate_planted(n_blocks, 100, 20, 2, 1, &graph));
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    for (int64_t seed = 0; seed < n_seeds; seed++) {
        const fr_cluster_seeds seeds = {.count = 1, .node = &seed};
        add_pushes(workspace, &seeds, &arcs[0], &arcs[4]);
        add_l1(workspace, &seeds, FR_CLUSTER_CD, &arcs[1]);
        add_l1(workspace, &seeds, FR_CLUSTER_EXACT, &arcs[2]);
        add_l1(workspace, &seeds, FR_CLUSTER_FISTA, &arcs[3]);
        add_path(workspace, &seeds, &arcs[5]);
        add_flow(workspace, seed, &arcs[6]);
        add_diffusion(workspace, &seeds, 2, &arcs[7]);
        add_diffusion(workspace, &seeds, 4, &arcs[8]);
    }
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* 30 % leaves room for other edges across; a loop over nodes or arcs would be a factor of a hundred. */
static void arcs_read_do_not_grow_with_the_graph(void **state)
{
    (void)state;
    int64_t small[n_methods] = {0}, large[n_methods] = {0};
    count_arcs(100, small);
    count_arcs(10000, large);
    for (int k = 0; k < n_methods; k++)
        if (!((double)large[k] < 1.3 * (double)small[k] && (double)large[k] > (double)small[k] / 1.3))
            fail_msg("%s reads %lld arcs among 10^4 nodes and %lld among 10^6", method[k],
                     (long long)small[k], (long long)large[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arcs_read_do_not_grow_with_the_graph)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
