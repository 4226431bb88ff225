/* The defaults that the help of `frugal cluster` shows are those of the library. */
#include "support.h"

#include <cli/command.h>

#include <frugal/cluster.h>

#include <string.h>

/* The default of an option of a verb, as a number; a choice gives the index of its word. */
static double shown(const char *verb, const char *name)
{
    const cli_command *command = command_find("cluster", verb);
    assert_non_null(command);
    for (const option_group *const *group = command->groups; *group != NULL; group++)
        for (const cli_option *row = (*group)->options; row->name != NULL; row++) {
            if (strcmp(row->name, name) != 0) continue;
            option_value value = {.option = row, .group = *group};
            assert_non_null(row->fallback);
            assert_int_equal(option_value_set(&value, row->fallback), FR_OK);
            double number = row->type == OPTION_CHOICE ? (double)value.integer : value.number;
            fr_free(value.text);
            fr_free(value.numbers);
            return number;
        }
    fail_msg("frugal cluster %s has no option --%s", verb, name);
    return 0;
}

#define same(verb, name, value) assert_true(shown(verb, name) == (double)(value))

static void test_vectors(void **state)
{
    (void)state;
    fr_cluster_l1_settings l1;
    fr_cluster_acl_settings acl;
    fr_cluster_heat_settings heat;
    fr_cluster_sweep_settings sweep;
    fr_cluster_l1_settings_default(&l1);
    fr_cluster_acl_settings_default(&acl);
    fr_cluster_heat_settings_default(&heat);
    fr_cluster_sweep_settings_default(&sweep);
    same("l1pr", "alpha", l1.alpha);
    same("l1pr", "rho", l1.rho);
    same("l1pr", "certificate", l1.tolerance);
    same("l1pr", "solver", l1.solver);
    same("l1pr", "order", l1.order);
    same("l1pr", "max-steps", l1.max_steps);
    same("l1pr", "time-limit", l1.time_limit);
    same("acl", "alpha", acl.alpha);
    same("acl", "eps", acl.eps);
    same("hk", "t", heat.t);
    same("hk", "eps", heat.eps);
    same("sweep", "objective", sweep.objective);
    same("sweep", "max-volume", sweep.max_volume);
    same("sweep", "min-size", sweep.min_size);
}

static void test_paths(void **state)
{
    (void)state;
    fr_cluster_path_settings path;
    fr_cluster_stagewise_settings stagewise;
    fr_cluster_ppr_path_settings ppr;
    fr_cluster_search_settings search;
    fr_cluster_path_settings_default(&path);
    fr_cluster_stagewise_settings_default(&stagewise);
    fr_cluster_ppr_path_settings_default(&ppr);
    fr_cluster_search_settings_default(&search);
    same("path", "alpha", path.alpha);
    same("path", "rho-min", path.rho_min);
    same("path", "max-nodes", path.max_nodes);
    same("path", "max-volume", path.max_volume);
    same("stagewise", "alpha", stagewise.alpha);
    same("stagewise", "rho-min", stagewise.rho_min);
    same("stagewise", "eta", stagewise.eta);
    same("ppr-path", "damping", ppr.damping);
    same("ppr-path", "eps-min", ppr.eps_min);
    same("ppr-path", "rho", ppr.rho);
    same("search", "certificate", search.tolerance);
    same("search", "path-nodes", (double)search.path_nodes);
}

static void test_sets(void **state)
{
    (void)state;
    fr_cluster_flow_settings flow;
    fr_cluster_crd_settings crd;
    fr_cluster_flow_diffusion_settings diffusion;
    fr_cluster_densest_settings densest;
    fr_cluster_fiedler_settings fiedler;
    fr_cluster_flow_settings_default(&flow);
    fr_cluster_crd_settings_default(&crd);
    fr_cluster_flow_diffusion_settings_default(&diffusion);
    fr_cluster_densest_settings_default(&densest);
    fr_cluster_fiedler_settings_default(&fiedler);
    same("simplelocal", "delta", flow.delta);
    same("simplelocal", "side", flow.side);
    same("flowimprove", "side", flow.side);
    same("crd", "capacity", crd.capacity);
    same("crd", "height", crd.height);
    same("crd", "growth", crd.growth);
    same("crd", "iterations", crd.iterations);
    same("flow-diffusion", "p", diffusion.p);
    same("flow-diffusion", "tolerance", diffusion.tolerance);
    same("flow-diffusion", "max-steps", (double)diffusion.max_steps);
    same("flow-diffusion", "time-limit", diffusion.time_limit);
    same("densest", "greedy", densest.greedy_rounds);
    same("fiedler", "dimensions", fiedler.dimensions);
    same("fiedler", "tolerance", fiedler.tolerance);
}

static void test_many(void **state)
{
    (void)state;
    fr_cluster_label_settings label;
    fr_cluster_ncp_settings ncp;
    fr_cluster_segment_settings segment;
    fr_cluster_lfr_settings lfr;
    fr_cluster_label_settings_default(&label);
    fr_cluster_ncp_settings_default(&ncp);
    fr_cluster_segment_settings_default(&segment);
    fr_cluster_lfr_settings_default(&lfr);
    same("labels", "alpha", label.alpha);
    same("labels", "rho", label.rho);
    same("labels", "certificate", label.tolerance);
    same("labels", "rank", label.rule);
    same("ncp", "preset", ncp.preset);
    same("ncp", "samples", ncp.samples);
    same("ncp", "local-minima", ncp.local_minima);
    same("ncp", "time-limit", ncp.time_limit);
    same("segment", "sample", segment.sample);
    same("segment", "remain", segment.remain);
    same("segment", "alpha", segment.alpha);
    same("segment", "merge", segment.clusters);
    same("generate", "tau1", lfr.tau1);
    same("generate", "tau2", lfr.tau2);
    same("generate", "mean-degree", lfr.mean_degree);
    same("generate", "max-degree", lfr.max_degree);
    same("generate", "min-community", lfr.min_community);
    same("generate", "max-community", lfr.max_community);
    same("generate", "mixing", lfr.mixing);
}

static void test_reading(void **state)
{
    (void)state;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    same("check", "format", settings.format);
    same("check", "dup", settings.duplicates);
    same("check", "symmetrise", settings.symmetrise);
    same("check", "nodes", settings.n_nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_paths),   cmocka_unit_test(test_sets),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
