/* Batches of seed sets, class labels and segments: against single calls, by their rules, and for any number of threads. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n = 60 };

/* ---- batches ---- */

static const int64_t batch_first[] = {0, 1, 3, 6, 7}, batch_nodes[] = {5, 7, 9, 40, 3, 20, 5};

static void batch_is_single_calls(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        fr_graph graph;
        fr_cluster_workspace *workspace;
        fr_cluster_batch_result batch;
        fr_cluster_batch_settings settings = {.acl = which % 2 == 1};
        int64_t at = 0;
        random_cluster_graph((uint64_t)which, n, 60, which / 2 == 1, 3, &graph);
        assert_ok(fr_cluster_workspace_new(&graph, &workspace));
        fr_cluster_l1_settings_default(&settings.l1);
        settings.l1.rho = 1e-3;
        fr_threads_set(2);
        assert_ok(fr_cluster_batch(&graph, 4, batch_first, batch_nodes, &settings, &batch));
        fr_threads_set(0);
        for (int k = 0; k < 4; k++) {
            fr_cluster_seeds seeds = {.count = batch_first[k + 1] - batch_first[k],
                                      .node = batch_nodes + batch_first[k]};
            fr_cluster_acl_settings acl;
            fr_cluster_vector vector;
            fr_cluster_sweep_result sweep;
            fr_cluster_acl_settings_default(&acl);
            acl.eps = 1e-3;
            if (settings.acl)
                assert_ok(fr_cluster_acl(workspace, &seeds, &acl, &vector));
            else
                assert_ok(fr_cluster_l1(workspace, &seeds, &settings.l1, &vector));
            assert_ok(
                fr_cluster_sweep(workspace, vector.count, vector.node, vector.p_over_degree, NULL, &sweep));
            const fr_cluster_batch_row *row = &batch.rows[k];
            assert_int_equal(row->set, at);
            assert_set_equal(row->scores.size, batch.set_node + at, sweep.best.count, sweep.best.node);
            assert_memory_equal(&row->scores, &sweep.best.scores, sizeof row->scores);
            assert_int_equal(row->support, vector.count);
            assert_int_equal(row->info.steps, vector.info.steps);
            assert_true(row->info.sum_p == vector.info.sum_p && row->info.converged);
            at += row->scores.size;
            fr_cluster_sweep_result_free(&sweep);
            fr_cluster_vector_free(&vector);
        }
        assert_int_equal(at, batch.n_set_nodes);
        fr_cluster_batch_result_free(&batch);
        fr_cluster_workspace_free(workspace);
        fr_graph_free(&graph);
    }
}

static void batch_refuses(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_batch_result batch;
    fr_cluster_batch_settings settings = {.acl = false};
    fr_cluster_l1_settings_default(&settings.l1);
    path_cluster_graph(10, &graph);
    assert_refused(fr_cluster_batch(&graph, 0, batch_first, batch_nodes, &settings, &batch), FR_EUSAGE,
                   "no seed sets");
    assert_refused(fr_cluster_batch(&graph, 2, (int64_t[]){0, 1, 1}, batch_nodes, &settings, &batch),
                   FR_EUSAGE, "seed set 1 is empty");
    assert_refused(fr_cluster_batch(&graph, 4, batch_first, batch_nodes, &settings, &batch), FR_EUSAGE,
                   "seed 40");
    assert_null(batch.rows);
    fr_graph_free(&graph);
}

/* ---- labels ---- */

/* Two classes on a random graph of two pieces: the second piece (nodes 40 .. 59) has no seeds. */
static void two_pieces(fr_graph *out)
{
    fr_graph whole;
    uint32_t from[400], to[400];
    int64_t count = 0;
    random_cluster_graph(3, n, 90, false, 0, &whole);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = whole.row[i]; k < whole.row[i + 1]; k++) {
            int64_t j = whole.neighbour[k];
            if (j > i && (i < 40) == (j < 40)) from[count] = (uint32_t)i, to[count++] = (uint32_t)j;
        }
    fr_graph_free(&whole);
    assert_ok(fr_graph_from_arcs(n, count, from, to, NULL, NULL, out));
}

/* The place of a node among the masses (or masses over degrees) above 0: how many are larger, or equal and before. */
static int64_t place_of(const fr_graph *graph, const fr_cluster_label_result *result, int64_t c, int64_t node,
                        bool by_x)
{
    int64_t place = 0;
    double own = result->p[node * 2 + c] / (by_x ? fr_graph_degree(graph, node) : 1);
    if (!(own > 0)) return n;
    for (int64_t i = 0; i < n; i++) {
        double p = result->p[i * 2 + c];
        double other = p > 0 ? p / (by_x ? fr_graph_degree(graph, i) : 1) : 0;
        place += other > own || (other == own && i < node);
    }
    return place;
}

static void label_rules(void **state)
{
    (void)state;
    fr_graph graph;
    const int64_t first[] = {0, 2, 3}, nodes[] = {0, 1, 39};
    two_pieces(&graph);
    for (int which = FR_CLUSTER_RANK_P; which <= FR_CLUSTER_VALUE_P; which++) {
        fr_cluster_label_settings settings;
        fr_cluster_label_result result;
        int64_t unlabelled = 0;
        fr_cluster_label_settings_default(&settings);
        settings.rho = 1e-3;
        settings.rule = (fr_cluster_label_rule)which;
        assert_ok(fr_cluster_label(&graph, 2, first, nodes, &settings, &result));
        for (int64_t i = 0; i < n; i++) {
            int64_t place[2];
            for (int64_t c = 0; c < 2; c++) {
                place[c] = place_of(&graph, &result, c, i, which == FR_CLUSTER_RANK_X);
                assert_int_equal(result.rank[i * 2 + c], place[c]);
            }
            const double *p = result.p + i * 2;
            bool second = which == FR_CLUSTER_VALUE_P ? p[1] > p[0] : place[1] < place[0];
            int64_t expected = p[0] == 0 && p[1] == 0 ? -1 : second;
            assert_int_equal(result.label[i], expected);
            unlabelled += expected < 0;
        }
        assert_true(unlabelled >= 20); /* the other piece */
        fr_cluster_label_result_free(&result);
    }
    fr_graph_free(&graph);
}

/* Two classes with the same seeds: equal ranks go to the first. */
static void equal_ranks(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_label_settings settings;
    fr_cluster_label_result result;
    const int64_t first[] = {0, 1, 2}, nodes[] = {4, 4};
    two_pieces(&graph);
    fr_cluster_label_settings_default(&settings);
    assert_ok(fr_cluster_label(&graph, 2, first, nodes, &settings, &result));
    assert_int_equal(result.label[4], 0);
    for (int64_t i = 0; i < n; i++)
        assert_true(result.label[i] <= 0);
    fr_cluster_label_result_free(&result);
    assert_refused(fr_cluster_label(&graph, 0, first, nodes, &settings, &result), FR_EUSAGE, "no classes");
    assert_refused(fr_cluster_label(&graph, 2, (int64_t[]){0, 1, 1}, nodes, &settings, &result), FR_EUSAGE,
                   "class 1");
    fr_graph_free(&graph);
}

/* ---- segments ---- */

/* Numbered by first appearance, every number in use. */
static void expect_partition(int64_t count, const int64_t *label, int64_t segments)
{
    int64_t next = 0;
    for (int64_t i = 0; i < count; i++) {
        assert_true(label[i] >= 0 && label[i] <= next);
        if (label[i] == next) next++;
    }
    assert_int_equal(next, segments);
}

/* Four blocks and nodes without neighbours. */
static void blocks_graph(fr_graph *out)
{
    uint32_t from[1000], to[1000];
    int64_t count = 0;
    for (uint32_t i = 0; i < 48; i++)
        for (uint32_t j = 0; j < i; j++)
            if (i / 12 == j / 12) from[count] = i, to[count++] = j;
    for (uint32_t b = 0; b < 3; b++)
        from[count] = 12 * b + 11, to[count++] = 12 * b + 12;
    assert_ok(fr_graph_from_arcs(52, count, from, to, NULL, NULL, out));
}

static void segments_of_blocks(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_segment_settings settings;
    int64_t label[52], again[52], segments, more;
    blocks_graph(&graph);
    for (int improve = 0; improve < 2; improve++) {
        fr_cluster_segment_settings_default(&settings);
        settings.improve = improve == 1;
        settings.sample = 1;
        fr_threads_set(1);
        assert_ok(fr_cluster_segment(&graph, &settings, label, &segments));
        fr_threads_set(2);
        assert_ok(fr_cluster_segment(&graph, &settings, again, &more));
        fr_threads_set(0);
        assert_int_equal(segments, more);
        assert_set_equal(52, label, 52, again);
        expect_partition(52, label, segments);
        /* The last block may be cut in two, when there is nothing else left to cut; no other. */
        int torn = 0;
        for (int64_t block = 0; block < 4; block++) {
            bool whole = true;
            for (int64_t i = 12 * block; i < 12 * block + 12; i++)
                whole = whole && label[i] == label[12 * block];
            torn += !whole;
        }
        assert_true(torn <= 1);
        for (int64_t i = 48; i < 52; i++)
            for (int64_t j = 0; j < i; j++)
                assert_true(label[i] != label[j]);
    }
    fr_graph_free(&graph);
}

static void segments_merge(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_segment_settings settings;
    int64_t label[52], segments;
    blocks_graph(&graph);
    fr_cluster_segment_settings_default(&settings);
    for (int64_t wanted = 1; wanted <= 5; wanted += 2) {
        settings.clusters = wanted;
        assert_ok(fr_cluster_segment(&graph, &settings, label, &segments));
        assert_int_equal(segments, wanted);
        expect_partition(52, label, wanted);
    }
    settings.clusters = 52; /* more than there are segments: nothing to merge */
    assert_ok(fr_cluster_segment(&graph, &settings, label, &segments));
    assert_true(segments < 52);
    settings.clusters = 0;
    settings.remain = 0.9; /* one round, and all that remains alone */
    assert_ok(fr_cluster_segment(&graph, &settings, label, &segments));
    expect_partition(52, label, segments);
    fr_graph_free(&graph);
}

static void segment_refuses(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_segment_settings settings;
    int64_t label[10], segments;
    path_cluster_graph(10, &graph);
    fr_cluster_segment_settings_default(&settings);
    settings.sample = 0;
    assert_refused(fr_cluster_segment(&graph, &settings, label, &segments), FR_EUSAGE, "at a time");
    fr_cluster_segment_settings_default(&settings);
    settings.remain = 1;
    assert_refused(fr_cluster_segment(&graph, &settings, label, &segments), FR_EUSAGE, "remain");
    fr_cluster_segment_settings_default(&settings);
    settings.alpha = 1;
    assert_refused(fr_cluster_segment(&graph, &settings, label, &segments), FR_EUSAGE, "alpha");
    fr_cluster_segment_settings_default(&settings);
    settings.clusters = -1;
    assert_refused(fr_cluster_segment(&graph, &settings, label, &segments), FR_EUSAGE, "-1 clusters");
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_is_single_calls), cmocka_unit_test(batch_refuses),
        cmocka_unit_test(label_rules),           cmocka_unit_test(equal_ranks),
        cmocka_unit_test(segments_of_blocks),    cmocka_unit_test(segments_merge),
        cmocka_unit_test(segment_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
