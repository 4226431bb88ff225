/* Network community profiles: the same for any number of threads, rows that are what they say, samples and limits, and the lower
 * envelope against its definition. */
#include "support.h"
#include "cluster_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of 20 nodes, three nodes apart from the rest and two alone: the largest component has n - 5 nodes, and does not begin
 * at node 0. */
static void blocks_graph(int64_t blocks, fr_graph *out)
{
    int64_t n = 20 * blocks + 5, most = 100 * blocks, count = 0;
    uint32_t *from = calloc((size_t)most + 2, sizeof *from), *to = calloc((size_t)most + 2, sizeof *to);
    fr_rng rng;
    fr_rng_init(&rng, 11, 0, 0);
    from[count] = 0, to[count++] = 1;
    from[count] = 1, to[count++] = 2;
    for (int64_t k = 0; k < most; k++) {
        int64_t i = fr_rng_below(&rng, 20 * blocks), block = i / 20;
        int64_t j = k % 10 == 0 ? fr_rng_below(&rng, 20 * blocks) : 20 * block + fr_rng_below(&rng, 20);
        if (k < 20 * blocks - 1) i = k, j = k + 1; /* connected */
        if (i == j) continue;
        from[count] = (uint32_t)(i + 5), to[count++] = (uint32_t)(j + 5);
    }
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.duplicates = FR_GRAPH_DUP_ONE;
    assert_ok(fr_graph_from_arcs(n, count, from, to, NULL, &settings, out));
    free(from);
    free(to);
}

static fr_cluster_ncp_settings preset(fr_cluster_ncp_preset which)
{
    fr_cluster_ncp_settings settings;
    fr_cluster_ncp_settings_default(&settings);
    settings.preset = which;
    settings.samples = 12;
    settings.local_minima = 3;
    settings.keep_sets = true;
    return settings;
}

static void expect_same(const fr_cluster_ncp_result *a, const fr_cluster_ncp_result *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->runs, b->runs);
    assert_set_equal(a->n_set_nodes, a->set_node, b->n_set_nodes, b->set_node);
    for (int64_t k = 0; k < a->n_rows; k++) {
        fr_cluster_ncp_row x = a->rows[k], y = b->rows[k];
        x.seconds = y.seconds = 0;
        assert_string_equal(x.method, y.method);
        assert_true(x.kind == y.kind && x.node == y.node && x.set == y.set);
        assert_memory_equal(&x.alpha, &y.alpha, sizeof x.alpha);
        assert_memory_equal(&x.rho, &y.rho, sizeof x.rho);
        assert_memory_equal(&x.input, &y.input, sizeof x.input);
        assert_memory_equal(&x.output, &y.output, sizeof x.output);
    }
}

static void threads_change_nothing(void **state)
{
    (void)state;
    fr_graph graph;
    blocks_graph(15, &graph);
    for (int which = FR_CLUSTER_NCP_APR; which <= FR_CLUSTER_NCP_MQI; which++) {
        fr_cluster_ncp_settings settings = preset((fr_cluster_ncp_preset)which);
        fr_cluster_ncp_result one, two, other;
        fr_threads_set(1);
        assert_ok(fr_cluster_ncp(&graph, &settings, &one));
        fr_threads_set(2);
        assert_ok(fr_cluster_ncp(&graph, &settings, &two));
        expect_same(&one, &two);
        assert_true(one.n_rows > 0 && one.unfinished == 0);
        settings.seed = 2;
        assert_ok(fr_cluster_ncp(&graph, &settings, &other));
        assert_int_equal(other.runs, one.runs);
        assert_true(other.n_set_nodes != one.n_set_nodes ||
                    memcmp(other.set_node, one.set_node, (size_t)one.n_set_nodes * sizeof *one.set_node) !=
                        0);
        fr_cluster_ncp_result_free(&one);
        fr_cluster_ncp_result_free(&two);
        fr_cluster_ncp_result_free(&other);
    }
    fr_threads_set(0);
    fr_graph_free(&graph);
}

/* Scores of a set in the whole graph; volume and sizes of the other side are those of the part that was sampled. */
static void expect_scores(fr_cluster_workspace *workspace, const fr_cluster_ncp_result *ncp, int64_t count,
                          const int64_t *nodes, const fr_cluster_scores *got)
{
    fr_cluster_scores scores;
    assert_ok(fr_cluster_score(workspace, count, nodes, &scores));
    assert_int_equal(got->size, scores.size);
    assert_true(got->volume == scores.volume && got->cut == scores.cut);
    double smaller = fmin(scores.volume, (double)ncp->n_arcs - scores.volume);
    assert_near(got->conductance, smaller > 0 ? scores.cut / smaller : 1, 1e-15);
}

static void rows_are_what_they_say(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_ncp_result ncp;
    blocks_graph(15, &graph);
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    fr_cluster_ncp_settings settings = preset(FR_CLUSTER_NCP_DEEP);
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    assert_int_equal(ncp.n, graph.n - 5);
    int64_t met[3] = {0}, at = 0;
    for (int64_t k = 0; k < ncp.n_rows; k++) {
        const fr_cluster_ncp_row *row = &ncp.rows[k];
        int64_t *input, n_input, radius = row->kind == FR_CLUSTER_INPUT_NEIGHBOURHOOD;
        assert_int_equal(row->set, at);
        at += row->output.size;
        assert_true(row->output.size > 0 && row->output.volume < (double)ncp.n_arcs / 2);
        expect_scores(workspace, &ncp, row->output.size, ncp.set_node + row->set, &row->output);
        assert_ok(fr_cluster_ball(workspace, 1, &row->node, radius, &input, &n_input));
        expect_scores(workspace, &ncp, n_input, input, &row->input);
        int which = strcmp(row->method, "neighborhood") == 0 ? 0 : strcmp(row->method, "acl") == 0 ? 1 : 2;
        if (which == 2) assert_string_equal(row->method, "deep_acl");
        if (which == 0) {
            assert_memory_equal(&row->input, &row->output, sizeof row->input);
            assert_true(isnan(row->alpha) && isnan(row->rho));
        } else {
            assert_near(row->alpha, which == 1 ? 0.01 : 0.001 / 0.991, 1e-15);
        }
        met[which]++;
        fr_free(input);
    }
    assert_int_equal(at, ncp.n_set_nodes);
    assert_true(met[0] > 0 && met[1] > 0 && met[2] > 0);
    /* 12 neighbourhoods; then, twice: 3 minima (or fewer), 12 nodes, 12 neighbourhoods, each with two rho. */
    assert_true(ncp.runs <= 12 + 2 * 2 * (3 + 12 + 12) && ncp.runs >= 12 + 2 * 2 * (12 + 12));
    fr_cluster_ncp_result_free(&ncp);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

/* A share of the nodes where no number is given: ceil(0.3 n); and all components if wanted. */
static void shares_of_the_nodes(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_ncp_settings settings;
    fr_cluster_ncp_result ncp;
    blocks_graph(5, &graph);
    fr_cluster_ncp_settings_default(&settings);
    settings.preset = FR_CLUSTER_NCP_MQI;
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    assert_int_equal(ncp.runs, 30);
    assert_int_equal(ncp.n_set_nodes, 0);
    fr_cluster_ncp_result_free(&ncp);
    settings.whole_graph = true;
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    assert_int_equal(ncp.n, 105);
    assert_int_equal(ncp.runs, 32);
    fr_cluster_ncp_result_free(&ncp);
    settings.preset = FR_CLUSTER_NCP_APR; /* isolated nodes among the seeds */
    settings.samples = 105;
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    assert_true(ncp.n_rows > 0 && ncp.unfinished == 0);
    fr_cluster_ncp_result_free(&ncp);
    fr_graph_free(&graph);
}

static void no_time(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_ncp_result ncp;
    blocks_graph(15, &graph);
    fr_cluster_ncp_settings settings = preset(FR_CLUSTER_NCP_APR);
    settings.time_limit = 1e-9;
    assert_ok(fr_cluster_ncp(&graph, &settings, &ncp));
    assert_true(ncp.runs > 0);
    assert_int_equal(ncp.unfinished, ncp.runs);
    assert_int_equal(ncp.n_rows, 0);
    fr_cluster_ncp_result_free(&ncp);
    settings.time_limit = -1;
    assert_refused(fr_cluster_ncp(&graph, &settings, &ncp), FR_EUSAGE, "time limit");
    settings = preset((fr_cluster_ncp_preset)9);
    assert_refused(fr_cluster_ncp(&graph, &settings, &ncp), FR_EUSAGE, "preset");
    settings = preset(FR_CLUSTER_NCP_APR);
    graph.trusted = false;
    assert_refused(fr_cluster_ncp(&graph, &settings, &ncp), FR_EUSAGE, "fr_graph_check");
    fr_graph_free(&graph);
}

/* ---- envelope ---- */

static void envelope_by_definition(void **state)
{
    (void)state;
    enum { n = 500, bins = 40 };
    fr_cluster_ncp_row *rows = calloc(n, sizeof *rows);
    for (int64_t k = 0; k < n; k++) {
        fr_cluster_scores *scores = &rows[k].output;
        scores->volume_smaller = 1 + floor(1000 * pow(fr_random_uniform(1, 1, (uint64_t)k), 4));
        scores->size_smaller = 1 + (int64_t)(100 * fr_random_uniform(1, 2, (uint64_t)k));
        scores->conductance = floor(20 * fr_random_uniform(1, 3, (uint64_t)k));
        scores->expansion = fr_random_uniform(1, 4, (uint64_t)k);
    }
    fr_cluster_ncp_result ncp = {.n_rows = n, .rows = rows};
    for (int which = 0; which < 4; which++) {
        bool by_size = which % 2 == 1, expansion = which / 2 == 1;
        int64_t got[bins], count, at = 0;
        double position[n], least = INFINITY, most = -INFINITY;
        for (int64_t k = 0; k < n; k++) {
            position[k] =
                log10(by_size ? (double)rows[k].output.size_smaller : rows[k].output.volume_smaller);
            least = fmin(least, position[k]), most = fmax(most, position[k]);
        }
        assert_ok(fr_cluster_ncp_envelope(&ncp, by_size, expansion, bins, got, &count));
        for (int b = 0; b < bins; b++) {
            int64_t best = -1;
            for (int64_t k = 0; k < n; k++) {
                double place = (position[k] - least) / (most - least) * bins;
                if (!(place >= b && (place < b + 1 || (b == bins - 1 && position[k] == most)))) continue;
                double value = expansion ? rows[k].output.expansion : rows[k].output.conductance;
                double before = best < 0    ? INFINITY
                                : expansion ? rows[best].output.expansion
                                            : rows[best].output.conductance;
                if (value < before) best = k;
            }
            if (best >= 0) assert_int_equal(got[at++], best);
        }
        assert_int_equal(at, count);
    }
    free(rows);
}

static void envelope_edges(void **state)
{
    (void)state;
    fr_cluster_ncp_row rows[3] = {{.output = {.volume_smaller = 5, .conductance = 0.5}},
                                  {.output = {.volume_smaller = 5, .conductance = 0.2}},
                                  {.output = {.volume_smaller = 0, .conductance = 0.1}}};
    fr_cluster_ncp_result ncp = {.n_rows = 2, .rows = rows};
    int64_t got[10], count;
    assert_ok(fr_cluster_ncp_envelope(&ncp, false, false, 10, got, &count)); /* all at one place */
    assert_set_equal(count, got, 1, (int64_t[]){1});
    ncp.n_rows = 3; /* without a volume there is no logarithm */
    assert_ok(fr_cluster_ncp_envelope(&ncp, false, false, 10, got, &count));
    assert_set_equal(count, got, 1, (int64_t[]){1});
    ncp.n_rows = 0;
    assert_ok(fr_cluster_ncp_envelope(&ncp, false, false, 10, got, &count));
    assert_int_equal(count, 0);
    assert_refused(fr_cluster_ncp_envelope(&ncp, false, false, 0, got, &count), FR_EUSAGE, "bins");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing), cmocka_unit_test(rows_are_what_they_say),
        cmocka_unit_test(shares_of_the_nodes),    cmocka_unit_test(no_time),
        cmocka_unit_test(envelope_by_definition), cmocka_unit_test(envelope_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
