/* Many seeds: rows of a community profile and class labels against stored ones. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <stdlib.h>

/* Volumes and cuts are integers, conductances their quotients: both sides round once. */
static const double tolerance = 1e-12;

/* ---- community profile ---- */

typedef struct {
    int64_t count;
    double *rho, *seed, *size, *volume, *cut, *conductance, *expansion;
} stored_rows;

static stored_rows stored_load(void)
{
    static const char file[] = "ncp_dolphins.csv";
    stored_rows rows;
    rows.rho = cluster_column(file, "rho", &rows.count);
    rows.seed = cluster_column(file, "seed", &rows.count);
    rows.size = cluster_column(file, "size", &rows.count);
    rows.volume = cluster_column(file, "vol", &rows.count);
    rows.cut = cluster_column(file, "cut", &rows.count);
    rows.conductance = cluster_column(file, "cond", &rows.count);
    rows.expansion = cluster_column(file, "isop", &rows.count);
    return rows;
}

static void stored_free(stored_rows *rows)
{
    free(rows->rho);
    free(rows->seed);
    free(rows->size);
    free(rows->volume);
    free(rows->cut);
    free(rows->conductance);
    free(rows->expansion);
}

static void expect_row(const stored_rows *stored, int64_t k, const fr_cluster_scores *got)
{
    assert_int_equal(got->size, (int64_t)stored->size[k]);
    assert_close(got->volume, stored->volume[k], tolerance);
    assert_close(got->cut, stored->cut[k], tolerance);
    assert_close(got->conductance, stored->conductance[k], tolerance);
    assert_close(got->expansion, stored->expansion[k], tolerance);
}

/* All nodes as seeds, and what the profile keeps of them: sets of less than half of the volume. */
static void batch_rows(void **state)
{
    (void)state;
    stored_rows stored = stored_load();
    fr_graph graph;
    cluster_graph_load("dolphins.smat", &graph);
    int64_t first[63], node[62], at = 0;
    for (int64_t i = 0; i < 63; i++)
        first[i] = i, node[i % 62] = i % 62;
    fr_cluster_batch_settings settings = {.acl = true};
    fr_cluster_l1_settings_default(&settings.l1);
    settings.l1.alpha = 0.01;
    for (int k = 0; k < 3; k++) {
        fr_cluster_batch_result batch;
        settings.l1.rho = (double[]){1e-4, 1e-3, 1e-2}[k];
        assert_ok(fr_cluster_batch(&graph, graph.n, first, node, &settings, &batch));
        for (int64_t i = 0; i < graph.n; i++) {
            if (!(batch.rows[i].scores.volume < graph.volume / 2)) continue;
            assert_true(at < stored.count);
            assert_true(stored.rho[at] == settings.l1.rho && stored.seed[at] == (double)i);
            expect_row(&stored, at++, &batch.rows[i].scores);
        }
        fr_cluster_batch_result_free(&batch);
    }
    assert_int_equal(at, stored.count);
    fr_graph_free(&graph);
    stored_free(&stored);
}

static int64_t stored_find(const stored_rows *stored, double rho, int64_t seed)
{
    for (int64_t k = 0; k < stored->count; k++)
        if (stored->rho[k] == rho && stored->seed[k] == (double)seed) return k;
    return -1;
}

/* The profile that draws as many nodes as there are runs from all of them; the stage with rho = 1e-4 is stored. */
static void profile_rows(void **state)
{
    (void)state;
    stored_rows stored = stored_load();
    fr_graph graph;
    fr_cluster_ncp_settings settings;
    fr_cluster_ncp_result ncp;
    int64_t met = 0, expected = 0;
    cluster_graph_load("dolphins.smat", &graph);
    fr_cluster_ncp_settings_default(&settings);
    settings.samples = graph.n;
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    for (int64_t k = 0; k < ncp.n_rows; k++) {
        const fr_cluster_ncp_row *row = &ncp.rows[k];
        if (row->kind != FR_CLUSTER_INPUT_NODE || fabs(row->rho - 1e-4) > 1e-12) continue;
        int64_t at = stored_find(&stored, 1e-4, row->node);
        assert_true(at >= 0);
        expect_row(&stored, at, &row->output);
        assert_string_equal(row->method, "acl");
        assert_near(row->alpha, 0.01, 1e-15);
        assert_int_equal(row->input.size, 1);
        met++;
    }
    for (int64_t k = 0; k < stored.count; k++)
        expected += stored.rho[k] == 1e-4;
    assert_int_equal(met, expected);
    fr_cluster_ncp_result_free(&ncp);
    fr_graph_free(&graph);
    stored_free(&stored);
}

/* ---- labels ---- */

static void class_labels(void **state)
{
    (void)state;
    json_t *stored = cluster_json("multiclass_jh.json"), *lists = json_object_get(stored, "seeds");
    int64_t n_counts, n_first, classes = (int64_t)json_array_size(lists), first[5] = {0}, nodes[64];
    int64_t *counts = cluster_nodes(stored, "counts", &n_counts),
            *labels = cluster_nodes(stored, "first200", &n_first);
    assert_int_equal(classes, 4);
    for (int64_t c = 0; c < classes; c++) {
        const json_t *list = json_array_get(lists, (size_t)c);
        first[c + 1] = first[c] + (int64_t)json_array_size(list);
        assert_true(first[c + 1] <= 64);
        for (int64_t k = first[c]; k < first[c + 1]; k++)
            nodes[k] = json_integer_value(json_array_get(list, (size_t)(k - first[c])));
    }
    fr_graph graph;
    fr_cluster_label_settings settings;
    fr_cluster_label_result result;
    int64_t found[5] = {0};
    cluster_graph_load("JohnsHopkins.edgelist.gz", &graph);
    fr_cluster_label_settings_default(&settings);
    settings.alpha = cluster_number(stored, "alpha");
    settings.rho = cluster_number(stored, "rho");
    assert_ok(fr_cluster_label(&graph, classes, first, nodes, &settings, &result));
    for (int64_t i = 0; i < graph.n; i++) {
        found[result.label[i] + 1]++;
        if (i < n_first) assert_int_equal(result.label[i], labels[i]);
    }
    assert_int_equal(n_first, 200);
    assert_set_equal(5, found, n_counts, counts);
    fr_cluster_label_result_free(&result);
    fr_graph_free(&graph);
    free(counts);
    free(labels);
    json_decref(stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_rows),
        cmocka_unit_test(profile_rows),
        cmocka_unit_test(class_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
