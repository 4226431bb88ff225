/* MQI, FlowImprove, SimpleLocal, capacity releasing diffusion and densest subgraphs against the stored reference sets. */
#include "support.h"
#include "cluster_cases.h"

#include <string.h>

/* Quotients of integers that a double holds: both sides round once. */
static const double tolerance = 1e-12;

static fr_cluster_workspace *workspace_on(const fr_graph *graph)
{
    fr_cluster_workspace *workspace;
    assert_ok(fr_cluster_workspace_new(graph, &workspace));
    return workspace;
}

static void expect_member(const fr_cluster_set *set, const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    if (json_is_integer(value)) { /* large sets are stored as their size */
        assert_int_equal(set->count, json_integer_value(value));
    } else {
        int64_t count, *nodes = cluster_nodes(object, member, &count);
        assert_set_equal(set->count, set->node, count, nodes);
        free(nodes);
    }
}

/* ---- the graph of two triangles ---- */

static void tiny_expect(const fr_cluster_set *set, const json_t *list)
{
    assert_int_equal(set->count, json_array_size(list));
    for (int64_t k = 0; k < set->count; k++)
        assert_int_equal(set->node[k], json_integer_value(json_array_get(list, (size_t)k)));
}

/* The stored set has more than half of the volume, which MQI warns of. */
static void tiny_mqi(void **state)
{
    (void)state;
    json_t *tiny = cluster_json("tiny_barbell6.json"), *mqi = json_object_get(tiny, "mqi_R_0123");
    fr_graph graph;
    cluster_graph_load("barbell6.edgelist", &graph);
    fr_cluster_workspace *workspace = workspace_on(&graph);
    fr_cluster_flow_result result;
    watch_warnings();
    assert_ok(fr_cluster_mqi(workspace, 4, (int64_t[]){3, 2, 1, 0}, &result));
    assert_non_null(strstr(last_warning(), "half"));
    tiny_expect(&result.set, json_array_get(mqi, 0));
    assert_close(result.set.scores.conductance, json_number_value(json_array_get(mqi, 1)), 1e-14);
    assert_int_equal(result.rounds, json_integer_value(json_array_get(mqi, 2)));
    fr_cluster_flow_result_free(&result);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(tiny);
}

static void tiny_local(void **state)
{
    (void)state;
    json_t *tiny = cluster_json("tiny_barbell6.json"), *local = json_object_get(tiny, "sl_R_01_delta0.3");
    fr_graph graph;
    cluster_graph_load("barbell6.edgelist", &graph);
    fr_cluster_workspace *workspace = workspace_on(&graph);
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_local_flow(workspace, 2, (int64_t[]){0, 1}, NULL, &result));
    tiny_expect(&result.set, json_array_get(local, 0));
    assert_close(result.relative_conductance, json_number_value(json_array_get(local, 1)), 1e-14);
    assert_close(result.set.scores.conductance, json_number_value(json_array_get(local, 2)), 1e-14);
    assert_int_equal(result.rounds, json_integer_value(json_array_get(local, 3)));
    fr_cluster_flow_result_free(&result);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(tiny);
}

static void tiny_others(void **state)
{
    (void)state;
    json_t *tiny = cluster_json("tiny_barbell6.json");
    fr_graph graph;
    cluster_graph_load("barbell6.edgelist", &graph);
    fr_cluster_workspace *workspace = workspace_on(&graph);
    json_t *dense = json_object_get(tiny, "densest"), *crd = json_object_get(tiny, "crd_seed0");
    fr_cluster_densest_result densest;
    assert_ok(fr_cluster_densest(&graph, NULL, &densest));
    assert_close(densest.density, json_number_value(json_array_get(dense, 0)), 1e-14);
    tiny_expect(&densest.set, json_array_get(dense, 1));
    fr_cluster_crd_result diffusion;
    assert_ok(fr_cluster_crd(workspace, 1, (int64_t[]){0}, NULL, &diffusion));
    expect_member(&diffusion.set, crd, "set");
    assert_close(diffusion.set.scores.conductance, cluster_number(crd, "cond"), 1e-14);
    fr_cluster_crd_result_free(&diffusion);
    fr_cluster_densest_result_free(&densest);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
    json_decref(tiny);
}

/* ---- real graphs ---- */

/* The graph and workspace of the case at hand; kept while the cases stay on the same graph. */
typedef struct {
    char name[64];
    fr_graph graph;
    fr_cluster_workspace *workspace;
} loaded;

static void release(loaded *at)
{
    fr_cluster_workspace_free(at->workspace);
    fr_graph_free(&at->graph);
    *at = (loaded){0};
}

static void load(loaded *at, const char *name)
{
    if (strcmp(at->name, name) == 0) return;
    release(at);
    snprintf(at->name, sizeof at->name, "%s", name);
    cluster_graph_load(name, &at->graph);
    at->workspace = workspace_on(&at->graph);
}

static void check_mqi(const loaded *at, int64_t count, const int64_t *nodes, const json_t *expected)
{
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_mqi(at->workspace, count, nodes, &result));
    expect_member(&result.set, expected, "set");
    expect_member(&result.raw, expected, "set");
    assert_close(result.set.scores.conductance, cluster_number(expected, "cond"), tolerance);
    assert_close(result.relative_conductance, cluster_number(expected, "cond"), tolerance);
    assert_int_equal(result.rounds, cluster_number(expected, "rounds"));
    fr_cluster_flow_result_free(&result);
}

static void check_local(const loaded *at, int64_t count, const int64_t *nodes, double delta,
                        const json_t *expected)
{
    fr_cluster_flow_settings settings;
    fr_cluster_flow_settings_default(&settings);
    settings.delta = delta;
    fr_cluster_scores seeds;
    fr_cluster_flow_result result;
    assert_ok(fr_cluster_score(at->workspace, count, nodes, &seeds));
    assert_ok(fr_cluster_local_flow(at->workspace, count, nodes, &settings, &result));
    expect_member(&result.raw, expected, "set");
    assert_close(result.raw.scores.conductance, cluster_number(expected, "cond"), tolerance);
    assert_close(result.relative_conductance, cluster_number(expected, "rel_cond"), tolerance);
    assert_int_equal(result.rounds, cluster_number(expected, "rounds"));
    /* The bound of the SimpleLocal paper on what it reads. */
    if (delta > 0) assert_true(result.visited_volume <= seeds.volume * (1 + 2 / delta) + seeds.cut);
    fr_cluster_flow_result_free(&result);
}

static void flow_cases(void **state)
{
    (void)state;
    json_t *cases = cluster_json("flow_cases.json");
    loaded at = {0};
    assert_int_equal(json_array_size(cases), 14);
    for (size_t k = 0; k < json_array_size(cases); k++) {
        json_t *one = json_array_get(cases, k);
        print_message("  %s\n", cluster_text(one, "name"));
        load(&at, cluster_text(one, "graph"));
        int64_t count, *nodes = cluster_nodes(one, "R", &count);
        fr_cluster_scores scores;
        assert_ok(fr_cluster_score(at.workspace, count, nodes, &scores));
        assert_close(scores.conductance, cluster_number(one, "input_cond"), tolerance);
        check_mqi(&at, count, nodes, json_object_get(one, "mqi"));
        check_local(&at, count, nodes, cluster_number(one, "delta"), json_object_get(one, "sl"));
        free(nodes);
    }
    release(&at);
    json_decref(cases);
}

static void diffusion_cases(void **state)
{
    (void)state;
    json_t *cases = cluster_json("crd_cases.json");
    loaded at = {0};
    assert_int_equal(json_array_size(cases), 66);
    for (size_t k = 0; k < json_array_size(cases); k++) {
        json_t *one = json_array_get(cases, k);
        load(&at, cluster_text(one, "graph"));
        int64_t seed = (int64_t)cluster_number(one, "seed");
        fr_cluster_crd_settings settings = {(int64_t)cluster_number(one, "U"),
                                            (int64_t)cluster_number(one, "h"), cluster_number(one, "w"),
                                            (int64_t)cluster_number(one, "iterations")};
        fr_cluster_crd_result result;
        assert_ok(fr_cluster_crd(at.workspace, 1, &seed, &settings, &result));
        if (json_is_array(json_object_get(one, "set"))) expect_member(&result.set, one, "set");
        assert_int_equal(result.set.count, cluster_number(one, "size"));
        assert_close(result.set.scores.conductance, cluster_number(one, "cond"), tolerance);
        assert_int_equal(result.rounds, cluster_number(one, "rounds"));
        fr_cluster_crd_result_free(&result);
    }
    release(&at);
    json_decref(cases);
}

/* Two independent programs gave these for JohnsHopkins. */
static void large_diffusions(void **state)
{
    (void)state;
    static const int64_t seeds[] = {3382, 100, 2000}, sizes[] = {1914, 2701, 1834};
    static const double conductances[] = {0.3285357211525256, 0.3173736945994495, 0.3775548340379809};
    loaded at = {0};
    load(&at, "JohnsHopkins.edgelist.gz");
    for (int k = 0; k < 3; k++) {
        fr_cluster_crd_result result;
        assert_ok(fr_cluster_crd(at.workspace, 1, &seeds[k], NULL, &result));
        assert_int_equal(result.set.count, sizes[k]);
        assert_close(result.set.scores.conductance, conductances[k], tolerance);
        fr_cluster_crd_result_free(&result);
    }
    release(&at);
}

static void densest_cases(void **state)
{
    (void)state;
    json_t *cases = cluster_json("densest.json");
    loaded at = {0};
    for (size_t k = 0; k < json_array_size(cases); k++) {
        json_t *one = json_array_get(cases, k);
        load(&at, cluster_text(one, "graph"));
        fr_cluster_densest_settings settings;
        fr_cluster_densest_settings_default(&settings);
        fr_cluster_densest_result result;
        assert_ok(fr_cluster_densest(&at.graph, &settings, &result));
        assert_close(result.density, cluster_number(one, "density"), tolerance);
        expect_member(&result.set, one, "set");
        fr_cluster_densest_result_free(&result);
    }
    release(&at);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiny_mqi),        cmocka_unit_test(tiny_local),
        cmocka_unit_test(tiny_others),     cmocka_unit_test(flow_cases),
        cmocka_unit_test(diffusion_cases), cmocka_unit_test(large_diffusions),
        cmocka_unit_test(densest_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
