/* Graphs from listed arcs against a plain dense reference: every rule for duplicates, symmetry, loops, zeros and bad weights;
 * names, subgraphs, borrowed rows, what a check finds; nothing depends on the number of threads. */
#include "cluster_cases.h"
#include "support.h"

#include "data/graph_log.h"
#include "data/graph_rows.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_nodes = 12, most_arcs = 80 };

typedef struct {
    int64_t n, count;
    uint32_t from[most_arcs], to[most_arcs];
    double weight[most_arcs];
    bool unweighted_list;
} listing;

/* Few nodes, so that duplicates, reverses and loops abound; weights are multiples of 1/4, so that sums are exact. */
static void draw_listing(uint64_t seed, listing *list)
{
    static const double weights[] = {0, 0, 0.25, 1, 1, 2, 3.5, -1, INFINITY, NAN};
    fr_rng rng;
    fr_rng_init(&rng, seed, 1, 0);
    list->n = 1 + fr_rng_below(&rng, most_nodes);
    list->count = fr_rng_below(&rng, most_arcs + 1);
    list->unweighted_list = fr_rng_below(&rng, 3) == 0;
    int64_t kinds = fr_rng_below(&rng, 2) == 0 ? 10 : 7; /* with bad weights or without */
    for (int64_t k = 0; k < list->count; k++) {
        list->from[k] = (uint32_t)fr_rng_below(&rng, list->n);
        list->to[k] = (uint32_t)fr_rng_below(&rng, list->n);
        list->weight[k] = list->unweighted_list ? 1 : weights[fr_rng_below(&rng, kinds)];
    }
}

typedef struct {
    double a[most_nodes][most_nodes];
    bool listed[most_nodes][most_nodes];
    int64_t bad; /* lines with a bad weight */
    bool symmetric;
} dense;

static double merged(const fr_graph_settings *settings, double old, double new)
{
    if (settings->unweighted || settings->duplicates == FR_GRAPH_DUP_ONE) return 1;
    if (settings->duplicates == FR_GRAPH_DUP_SUM) return old + new;
    return settings->duplicates == FR_GRAPH_DUP_MAX && new > old ? new : old;
}

/* The rules, written down once more with nothing but loops over a matrix. */
static void dense_reference(const listing *list, const fr_graph_settings *settings, dense *out)
{
    *out = (dense){.symmetric = true};
    for (int64_t k = 0; k < list->count; k++) {
        uint32_t i = list->from[k], j = list->to[k];
        double weight = settings->unweighted ? 1 : list->weight[k];
        bool bad = !(weight >= 0) || isinf(weight);
        out->bad += bad;
        if (bad || (i == j && settings->drop_loops)) continue;
        out->a[i][j] = out->listed[i][j] ? merged(settings, out->a[i][j], weight) : weight;
        out->listed[i][j] = true;
    }
    for (int64_t i = 0; i < list->n; i++)
        for (int64_t j = 0; j < i; j++)
            out->symmetric = out->symmetric && out->a[i][j] == out->a[j][i];
    if (out->symmetric) return;
    bool sum = settings->symmetrise == FR_GRAPH_SYM_SUM && !settings->unweighted;
    for (int64_t i = 0; i < list->n; i++)
        for (int64_t j = 0; j < i; j++)
            out->a[i][j] = out->a[j][i] =
                sum ? out->a[i][j] + out->a[j][i] : fmax(out->a[i][j], out->a[j][i]);
}

static void expect_dense(const fr_graph *graph, const dense *expected)
{
    int64_t arcs = 0, loops = 0;
    double volume = 0, low = INFINITY, high = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        double degree = 0;
        int64_t k = graph->row[i];
        for (int64_t j = 0; j < graph->n; j++) {
            double weight = expected->a[i][j];
            if (weight == 0) continue;
            assert_true(k < graph->row[i + 1]);
            assert_int_equal(graph->neighbour[k], j);
            assert_true((graph->weight != NULL ? graph->weight[k] : 1) == weight);
            k++, arcs++;
            loops += i == j;
            degree += weight;
            low = fmin(low, weight);
            high = fmax(high, weight);
        }
        assert_int_equal(k, graph->row[i + 1]);
        assert_true(fr_graph_degree(graph, i) == degree);
        volume += degree;
    }
    assert_int_equal(graph->n_arcs, arcs);
    assert_int_equal(graph->n_loops, loops);
    assert_int_equal(fr_graph_edges(graph), (arcs - loops) / 2);
    assert_true(graph->volume == volume);
    assert_true(graph->min_weight == (arcs > 0 ? low : 0) && graph->max_weight == high);
    assert_int_equal(graph->weight != NULL, arcs > 0 && !(low == 1 && high == 1));
    assert_int_equal(graph->degree != NULL, graph->weight != NULL);
    assert_true(graph->trusted);
}

static void build_equals_the_dense_reference(void **state)
{
    (void)state;
    int64_t refused = 0, built = 0;
    for (uint64_t seed = 0; seed < 600; seed++) {
        listing list;
        draw_listing(seed, &list);
        fr_graph_settings settings;
        fr_graph_settings_default(&settings);
        for (int choice = 0; choice < 4 * 3 * 2 * 2 * 2; choice++) {
            settings.duplicates = (fr_graph_duplicates)(choice % 4);
            settings.symmetrise = (fr_graph_symmetrise)(choice / 4 % 3);
            settings.drop_loops = choice / 12 % 2 == 1;
            settings.drop_bad_weights = choice / 24 % 2 == 1;
            settings.unweighted = choice / 48 == 1;
            dense expected;
            dense_reference(&list, &settings, &expected);
            bool wrong = (expected.bad > 0 && !settings.drop_bad_weights) ||
                         (!expected.symmetric && settings.symmetrise == FR_GRAPH_SYM_ERROR);
            fr_graph graph;
            int status = fr_graph_from_arcs(list.n, list.count, list.from, list.to,
                                            list.unweighted_list ? NULL : list.weight, &settings, &graph);
            assert_int_equal(status, wrong ? FR_EINPUT : FR_OK);
            refused += wrong;
            built += !wrong;
            if (wrong) {
                assert_null(graph.owned);
                continue;
            }
            expect_dense(&graph, &expected);
            assert_ok(fr_graph_check(&graph));
            fr_graph_free(&graph);
        }
    }
    assert_true(refused > 1000 && built > 1000); /* both kinds were met */
}

static void notes_count_what_was_changed(void **state)
{
    (void)state;
    static const char text[] = "0 1 2\n0 1 3\n1 0 5\n1 2 1\n2 2 1\n3 1 0\n0 3 inf\n4 0 1\n0 4 2\n";
    fr_graph graph;
    fr_graph_notes notes;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.drop_bad_weights = settings.drop_loops = true;
    assert_ok(fr_graph_parse(text, (int64_t)strlen(text), "n", &settings, &graph, NULL, &notes));
    assert_int_equal(notes.lines, 9);
    assert_int_equal(notes.duplicates, 1);
    assert_int_equal(notes.one_sided, 4); /* 1-2, 3-1, and both of 0-4 */
    assert_int_equal(notes.dropped_weights, 1);
    assert_int_equal(notes.dropped_loops, 1);
    assert_int_equal(notes.dropped_zeros, 2);
    assert_int_equal(graph.n, 5);
    fr_graph_free(&graph);
    fr_graph_free(&graph);
}

/* ---- the packed list ---- */

static void the_log_gives_back_what_it_got(void **state)
{
    (void)state;
    enum { count = 30000 };
    fr_rng rng;
    fr_rng_init(&rng, 5, 0, 0);
    graph_log log = {0}, other = {0};
    uint32_t *from = malloc(2 * count * sizeof *from), *to = from + count;
    double *weight = malloc(count * sizeof *weight);
    for (int64_t k = 0; k < count; k++) { /* all lengths of differences, both signs, the largest ids */
        from[k] = (uint32_t)(fr_rng_bits(&rng) >> fr_rng_below(&rng, 64));
        to[k] = k % 1000 == 0 ? UINT32_MAX - 2 : (uint32_t)(fr_rng_bits(&rng) >> fr_rng_below(&rng, 64));
        weight[k] = k < count / 2 || k % 7 > 0 ? 1 : 0.5 * (double)k;
        assert_ok(graph_log_add(k < count / 4 ? &log : &other, from[k], to[k], weight[k]));
    }
    assert_ok(graph_log_absorb(&log, &other));
    assert_int_equal(graph_log_count(&log), count);
    assert_true(log.weighted);
    int64_t k = 0;
    for (int64_t s = 0; s < log.n_segments; s++)
        for (graph_reader arc = graph_segment_start(&log.segment[s]); graph_segment_next(&arc); k++)
            assert_true(arc.from == from[k] && arc.to == to[k] && arc.weight == weight[k]);
    assert_int_equal(k, count);
    graph_log_clear(&log);
    free(from);
    free(weight);
}

static void long_rows_are_sorted_stably(void **state)
{
    (void)state;
    enum { most = 2000 };
    uint32_t neighbour[most], keys[most];
    double weight[most], values[most];
    fr_rng rng;
    fr_rng_init(&rng, 6, 0, 0);
    for (int64_t count = 0; count < most; count = count * 5 / 4 + 1) {
        for (int64_t k = 0; k < count; k++) {
            neighbour[k] = (uint32_t)fr_rng_below(&rng, 1 + count / 3);
            weight[k] = (double)k; /* the place it had */
        }
        graph_rows_sort(count, neighbour, weight, keys, values);
        for (int64_t k = 1; k < count; k++)
            assert_true(neighbour[k - 1] < neighbour[k] ||
                        (neighbour[k - 1] == neighbour[k] && weight[k - 1] < weight[k]));
    }
}

/* ---- threads ---- */

static void threads_do_not_matter(void **state)
{
    (void)state;
    enum { n = 5000, count = 900000 }; /* enough for four threads */
    uint32_t *from = malloc(2 * count * sizeof *from), *to = from + count;
    double *weight = malloc(count * sizeof *weight);
    fr_rng rng;
    fr_rng_init(&rng, 7, 0, 0);
    for (int64_t k = 0; k < count; k++) {
        from[k] = (uint32_t)(fr_rng_below(&rng, n) * fr_rng_below(&rng, n) / n); /* skewed degrees */
        to[k] = (uint32_t)fr_rng_below(&rng, n);
        weight[k] = fr_rng_uniform(&rng); /* their sum depends on the order */
    }
    for (int weighted = 0; weighted < 2; weighted++)
        for (int rule = 0; rule < 2; rule++) {
            fr_graph_settings settings;
            fr_graph_settings_default(&settings);
            settings.symmetrise = rule == 0 ? FR_GRAPH_SYM_MAX : FR_GRAPH_SYM_SUM;
            fr_graph one, four;
            int before = fr_threads();
            fr_threads_set(1);
            assert_ok(fr_graph_from_arcs(n, count, from, to, weighted ? weight : NULL, &settings, &one));
            fr_threads_set(4);
            assert_ok(fr_graph_from_arcs(n, count, from, to, weighted ? weight : NULL, &settings, &four));
            assert_graph_equal(&four, &one);
            assert_ok(fr_graph_check(&four));
            fr_threads_set(before);
            fr_graph_free(&one);
            fr_graph_free(&four);
        }
    free(from);
    free(weight);
}

/* ---- names ---- */

static void *find_all(void *context)
{
    const fr_graph *graph = context;
    char buffer[24];
    for (int64_t i = 0; i < graph->n; i++) {
        int64_t node;
        if (fr_graph_find(graph, fr_graph_name(graph, i, buffer), "test", &node) != FR_OK || node != i)
            return context;
    }
    return NULL;
}

static void names_are_found_by_all_threads(void **state)
{
    (void)state;
    enum { count = 3000, threads = 4 };
    char *text = malloc(count * 32), *next = text;
    for (int k = 0; k < count; k++)
        next += sprintf(next, "n%d n%d\n", k, (k * 7 + 1) % count);
    fr_graph graph;
    assert_ok(fr_graph_parse(text, next - text, "names.txt", NULL, &graph, NULL, NULL));
    assert_int_equal(graph.n, count);
    char buffer[24];
    assert_string_equal(fr_graph_name(&graph, 1, buffer), "n1");
    pthread_t thread[threads];
    for (int k = 0; k < threads; k++)
        assert_int_equal(pthread_create(&thread[k], NULL, find_all, &graph), 0);
    for (int k = 0; k < threads; k++) {
        void *failed;
        pthread_join(thread[k], &failed);
        assert_null(failed);
    }
    int64_t node;
    assert_ok(fr_graph_find(&graph, "17", "--seed-nodes", &node)); /* no such name, but a number */
    assert_int_equal(node, 17);
    assert_refused(fr_graph_find(&graph, "n3000", "--seed-nodes", &node), FR_EINPUT,
                   "--seed-nodes: there is no node called 'n3000'");
    assert_int_equal(node, -1);
    assert_refused(fr_graph_find(&graph, "3000", "--seed-nodes", &node), FR_EINPUT, "nodes are 0 to 2999");
    fr_graph_free(&graph);
    free(text);
}

static void a_name_goes_before_a_number(void **state)
{
    (void)state;
    static const char text[] = "2 x\nx 0\n";
    fr_graph graph;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.named = true;
    assert_ok(fr_graph_parse(text, 8, "g", &settings, &graph, NULL, NULL));
    int64_t node;
    assert_ok(fr_graph_find(&graph, "2", "t", &node));
    assert_int_equal(node, 0);
    assert_ok(fr_graph_find(&graph, "1", "t", &node)); /* no name: the number */
    assert_int_equal(node, 1);
    assert_ok(fr_graph_find(&graph, "0", "t", &node));
    assert_int_equal(node, 2);
    fr_graph_free(&graph);
    assert_ok(fr_graph_parse("0 1\n", 4, "g", NULL, &graph, NULL, NULL));
    char buffer[24];
    assert_string_equal(fr_graph_name(&graph, 1, buffer), "1");
    assert_refused(
        fr_graph_find(&graph, "a", "seeds.txt:3", &node), FR_EINPUT,
        "seeds.txt:3: there is no node called 'a'; the nodes of this graph have numbers, not names");
    assert_refused(fr_graph_find(&graph, "", "t", &node), FR_EINPUT, "no node called ''");
    assert_refused(fr_graph_find(&graph, "-1", "t", &node), FR_EINPUT, "no node called '-1'");
    assert_refused(fr_graph_find(&graph, "99999999999999999999", "t", &node), FR_EINPUT,
                   "no node 99999999999999999999");
    fr_graph_free(&graph);
}

static void the_name_table_keeps_the_first(void **state)
{
    (void)state;
    graph_names names = {0};
    int64_t number;
    bool added;
    assert_int_equal(graph_names_find(&names, "x", 1), -1);
    assert_ok(graph_names_append(&names, "x", 1));
    assert_ok(graph_names_append(&names, "y", 1));
    assert_ok(graph_names_append(&names, "x", 1));
    assert_int_equal(graph_names_find(&names, "x", 1), 0);
    assert_ok(graph_names_index(&names));
    assert_int_equal(graph_names_find(&names, "x", 1), 0);
    assert_ok(graph_names_append(&names, "y", 1));
    assert_int_equal(graph_names_find(&names, "y", 1), 1);
    assert_ok(graph_names_add(&names, "y", 1, &number, &added));
    assert_true(number == 1 && !added);
    for (int k = 0; k < 1000; k++) {
        char text[16];
        int length = sprintf(text, "t%d", k);
        assert_ok(graph_names_add(&names, text, length, &number, &added));
        assert_true(number == 4 + k && added);
    }
    assert_int_equal(graph_names_find(&names, "t999", 4), 1003);
    assert_int_equal(graph_names_find(&names, "t99", 3), 103);
    assert_int_equal(graph_names_find(&names, "t", 1), -1);
    graph_names_free(&names);
    graph_names_free(&names);
}

/* ---- subgraphs, borrowed rows, checks ---- */

static void subgraphs_keep_what_is_between_their_nodes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        fr_graph graph, part;
        random_cluster_graph(seed, 60, 90, seed % 2 == 0, 5, &graph);
        int64_t order[60], count = 1 + (int64_t)(seed * 3 / 2);
        fr_random_permutation(seed, 1, 0, 60, order);
        assert_ok(fr_graph_subgraph(&graph, count, order, &part));
        assert_int_equal(part.n, count);
        assert_ok(fr_graph_check(&part));
        double *whole = dense_adjacency(&graph), *inner = dense_adjacency(&part);
        for (int64_t i = 0; i < count; i++)
            for (int64_t j = 0; j < count; j++)
                assert_true(inner[i * count + j] == whole[order[i] * 60 + order[j]]);
        free(whole);
        free(inner);
        fr_graph_free(&part);
        fr_graph_free(&graph);
    }
}

static void subgraphs_keep_names_and_refuse_bad_lists(void **state)
{
    (void)state;
    static const char text[] = "a b\nb c\nc d\n";
    fr_graph graph, part;
    char buffer[24];
    assert_ok(fr_graph_parse(text, 12, "g", NULL, &graph, NULL, NULL));
    assert_ok(fr_graph_subgraph(&graph, 2, (int64_t[]){2, 1}, &part));
    assert_string_equal(fr_graph_name(&part, 0, buffer), "c");
    assert_string_equal(fr_graph_name(&part, 1, buffer), "b");
    assert_int_equal(part.n_arcs, 2);
    fr_graph_free(&part);
    assert_ok(fr_graph_subgraph(&graph, 0, NULL, &part));
    assert_int_equal(part.n, 0);
    fr_graph_free(&part);
    assert_refused(fr_graph_subgraph(&graph, 2, (int64_t[]){1, 1}, &part), FR_EUSAGE,
                   "node 1 is listed twice");
    assert_refused(fr_graph_subgraph(&graph, 1, (int64_t[]){4}, &part), FR_EUSAGE, "node 4 of the subgraph");
    assert_refused(fr_graph_subgraph(&graph, 1, (int64_t[]){-1}, &part), FR_EUSAGE,
                   "node -1 of the subgraph");
    assert_refused(fr_graph_subgraph(&graph, 5, (int64_t[]){0, 1, 2, 3, 0}, &part), FR_EUSAGE,
                   "5 of 4 nodes");
    assert_null(part.owned);
    fr_graph_free(&graph);
}

/* The triangle 0-1-2 with a loop at 2, as rows to be spoiled. */
typedef struct {
    int64_t row[4];
    uint32_t neighbour[7];
    double weight[7];
} rows_of_three;

static rows_of_three good_rows(void)
{
    return (rows_of_three){
        .row = {0, 2, 4, 7}, .neighbour = {1, 2, 0, 2, 0, 1, 2}, .weight = {1, 2, 1, 3, 2, 3, 4}};
}

static void expect_damage(const rows_of_three *rows, const char *part)
{
    fr_graph graph;
    assert_ok(fr_graph_from_csr(3, rows->row, rows->neighbour, rows->weight, &graph));
    assert_refused(fr_graph_check(&graph), FR_EINPUT, part);
    assert_false(graph.trusted);
    fr_graph_free(&graph);
}

static void borrowed_rows_are_checked(void **state)
{
    (void)state;
    rows_of_three rows = good_rows();
    fr_graph graph;
    assert_ok(fr_graph_from_csr(3, rows.row, rows.neighbour, rows.weight, &graph));
    assert_true(graph.volume == 16 && graph.min_weight == 1 && graph.max_weight == 4 && graph.n_loops == 1);
    assert_true(graph.degree[2] == 9);
    assert_ok(fr_graph_check(&graph));
    graph.volume = 15;
    assert_refused(fr_graph_check(&graph), FR_EINPUT, "its volume is 16 and it says 15");
    graph.volume = 16, graph.n_loops = 0;
    assert_refused(fr_graph_check(&graph), FR_EINPUT, "it has 1 loops and says 0");
    graph.n_loops = 1, graph.max_weight = 5;
    assert_refused(fr_graph_check(&graph), FR_EINPUT, "its weights are 1 to 4 and it says 1 to 5");
    fr_graph_free(&graph);
    assert_ok(fr_graph_from_csr(3, rows.row, rows.neighbour, NULL, &graph));
    assert_true(graph.volume == 7 && graph.degree == NULL);
    assert_ok(fr_graph_check(&graph));
    fr_graph_free(&graph);
    rows.neighbour[0] = 3;
    expect_damage(&rows, "node 0 has neighbour 3 behind -1");
    rows = good_rows(), rows.neighbour[1] = 1;
    expect_damage(&rows, "node 0 has neighbour 1 behind 1");
    rows = good_rows(), rows.weight[0] = 1.5;
    expect_damage(&rows, "node 0 has neighbour 1, but not the other way round with the same weight");
    rows = good_rows(), rows.neighbour[3] = 1;
    expect_damage(&rows, "node 2 has neighbour 1, but not the other way round");
    rows = good_rows(), rows.weight[6] = 0;
    expect_damage(&rows, "the arc from node 2 to 2 has weight 0");
    rows = good_rows(), rows.weight[6] = NAN;
    expect_damage(&rows, "the arc from node 2 to 2 has weight nan");
    rows = good_rows(), rows.row[1] = 5;
    assert_refused(fr_graph_from_csr(3, rows.row, rows.neighbour, NULL, &graph), FR_EUSAGE,
                   "row 2 starts at 4");
    rows.row[0] = 1;
    assert_refused(fr_graph_from_csr(3, rows.row, rows.neighbour, NULL, &graph), FR_EUSAGE,
                   "row 0 starts at 1");
}

static void arcs_outside_of_the_graph_are_refused(void **state)
{
    (void)state;
    fr_graph graph;
    uint32_t from[] = {0, 1}, to[] = {1, 2};
    assert_refused(fr_graph_from_arcs(2, 2, from, to, NULL, NULL, &graph), FR_EUSAGE,
                   "arc 1 joins nodes 1 and 2 of a graph of 2 nodes");
    assert_ok(fr_graph_from_arcs(5, 2, from, to, NULL, NULL, &graph));
    assert_int_equal(graph.n, 5);
    fr_graph_free(&graph);
    assert_ok(fr_graph_from_arcs(0, 0, NULL, NULL, NULL, NULL, &graph));
    assert_int_equal(graph.n_arcs, 0);
    assert_ok(fr_graph_check(&graph));
    fr_graph_free(&graph);
    assert_refused(fr_graph_from_arcs(2, 1, from, to, (double[]){-2}, NULL, &graph), FR_EINPUT,
                   "the list of arcs:1: weight -2");
    assert_refused(fr_graph_from_arcs(3, 2, from, to, (double[]){1.5e308, 1.5e308}, NULL, &graph), FR_EINPUT,
                   "the sum of all weights is beyond the range of numbers");
    assert_null(graph.owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(build_equals_the_dense_reference),
        cmocka_unit_test(notes_count_what_was_changed),
        cmocka_unit_test(the_log_gives_back_what_it_got),
        cmocka_unit_test(long_rows_are_sorted_stably),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(names_are_found_by_all_threads),
        cmocka_unit_test(a_name_goes_before_a_number),
        cmocka_unit_test(the_name_table_keeps_the_first),
        cmocka_unit_test(subgraphs_keep_what_is_between_their_nodes),
        cmocka_unit_test(subgraphs_keep_names_and_refuse_bad_lists),
        cmocka_unit_test(borrowed_rows_are_checked),
        cmocka_unit_test(arcs_outside_of_the_graph_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
