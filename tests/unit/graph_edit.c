/* Changed graphs against the same changes made in a matrix and the graph built from it; lists of changes in files; what cannot be
 * done. */
#include "cluster_cases.h"
#include "support.h"

#include <frugal/data.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_edits = 60 };

/* ---- against a matrix --------------------------------------------------------------------------------------------------- */

/* The graph of a symmetric n x n matrix, from its listed arcs. */
static void graph_of_matrix(int64_t n, const double *a, fr_graph *out)
{
    uint32_t *from = malloc((size_t)(2 * n * n) * sizeof *from), *to = from + n * n;
    double *weight = malloc((size_t)(n * n) * sizeof *weight);
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            if (a[i * n + j] != 0) {
                from[count] = (uint32_t)i, to[count] = (uint32_t)j;
                weight[count++] = a[i * n + j];
            }
    assert_ok(fr_graph_from_arcs(n, count, from, to, weight, NULL, out));
    free(from);
    free(weight);
}

/* The change in the matrix, as the header says it. False if it cannot be made. */
static bool change_matrix(int64_t n, double *a, const fr_graph_edge_edit *edit)
{
    double before = a[edit->from * n + edit->to], after = edit->weight;
    if (edit->change == FR_GRAPH_ADD) after = before + edit->weight;
    if (edit->change == FR_GRAPH_REMOVE) {
        after = isinf(edit->weight) ? 0 : before - edit->weight;
        if (before == 0 || after < 0) return false;
    }
    a[edit->from * n + edit->to] = a[edit->to * n + edit->from] = after;
    return true;
}

/* Few enough nodes that edges are met again. Weights are multiples of 1/4 or those that are there; with `plain` all are 1. */
static fr_graph_edge_edit draw_edit(fr_rng *rng, int64_t n, const double *a, bool plain)
{
    fr_graph_edge_edit edit = {.from = fr_rng_below(rng, n),
                               .to = fr_rng_below(rng, n),
                               .weight = 0.25 * (double)fr_rng_below(rng, 9),
                               .change = (fr_graph_change)fr_rng_below(rng, 3)};
    double there = a[edit.from * n + edit.to];
    if (plain) {
        edit.change = there > 0 ? FR_GRAPH_REMOVE : FR_GRAPH_ADD;
        edit.weight = 1;
        return edit;
    }
    if (fr_rng_below(rng, 3) == 0) edit.weight = 1;
    if (edit.change == FR_GRAPH_REMOVE && fr_rng_below(rng, 2) == 0) edit.weight = INFINITY;
    if (edit.change == FR_GRAPH_REMOVE && there > 0 && fr_rng_below(rng, 3) == 0) edit.weight = there;
    return edit;
}

static int64_t edges_that_differ(int64_t n, const double *a, const double *b, bool (*differs)(double, double))
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            count += differs(a[i * n + j], b[i * n + j]);
    return count;
}

static bool appears(double before, double after)
{
    return before == 0 && after != 0;
}

static bool goes(double before, double after)
{
    return before != 0 && after == 0;
}

static bool changes(double before, double after)
{
    return before != after && before != 0 && after != 0;
}

static void edits_equal_a_new_graph(void **state)
{
    (void)state;
    int64_t refused = 0, unweighted = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        fr_rng rng;
        fr_rng_init(&rng, seed, 3, 0);
        int64_t old_n = 3 + fr_rng_below(&rng, 12), n_new = fr_rng_below(&rng, 3), n = old_n + n_new;
        fr_graph graph, got, expected;
        random_cluster_graph(seed, old_n, fr_rng_below(&rng, 20), seed % 2 == 0, 2, &graph);
        double *old = dense_adjacency(&graph), *before = calloc((size_t)(n * n), sizeof *before);
        double *after = calloc((size_t)(n * n), sizeof *after);
        for (int64_t i = 0; i < old_n; i++)
            memcpy(before + i * n, old + i * old_n, (size_t)old_n * sizeof *old);
        memcpy(after, before, (size_t)(n * n) * sizeof *after);
        fr_graph_edge_edit list[most_edits];
        fr_graph_edits edits = {.edge = list, .n_new = n_new};
        int64_t count = fr_rng_below(&rng, most_edits + 1);
        bool bold = seed % 8 == 7; /* does not look whether a change can be made */
        bool possible = true;
        while (edits.count < count && possible) {
            fr_graph_edge_edit edit = draw_edit(&rng, n, after, seed % 4 == 1);
            bool made = change_matrix(n, after, &edit);
            if (made || bold) list[edits.count++] = edit;
            possible = made || !bold;
        }
        fr_graph_edit_notes notes;
        int status = fr_graph_edit(&graph, &edits, &got, &notes);
        assert_int_equal(status, possible ? FR_OK : FR_EINPUT);
        refused += !possible;
        if (possible) {
            graph_of_matrix(n, after, &expected);
            assert_graph_equal(&got, &expected);
            assert_ok(fr_graph_check(&got));
            assert_int_equal(notes.added, edges_that_differ(n, before, after, appears));
            assert_int_equal(notes.removed, edges_that_differ(n, before, after, goes));
            assert_int_equal(notes.changed, edges_that_differ(n, before, after, changes));
            unweighted += got.weight == NULL;
            fr_graph_free(&expected);
        } else {
            assert_null(got.owned);
            char place[32];
            snprintf(place, sizeof place, "change %d: ", (int)edits.count - 1);
            assert_non_null(strstr(fr_last_error(), place));
        }
        fr_graph_free(&got);
        fr_graph_free(&graph);
        free(old);
        free(before);
        free(after);
    }
    assert_true(refused > 20 && unweighted > 5); /* all kinds were met */
}

/* A change and its reverse give back the graph, weights that are all one again go away; 0.1 + 0.2 - 0.3 is nothing. */
static void changes_can_be_taken_back(void **state)
{
    (void)state;
    fr_graph graph, changed, back;
    random_cluster_graph(4, 50, 80, false, 3, &graph);
    fr_graph_edge_edit there[] = {{.from = 7, .to = 9, .weight = 0.1},
                                  {.from = 9, .to = 7, .weight = 0.2},
                                  {.from = 50, .to = 51, .weight = 2}};
    fr_graph_edge_edit again[] = {{.from = 7, .to = 9, .weight = 0.3, .change = FR_GRAPH_REMOVE},
                                  {.from = 51, .to = 50, .weight = 2, .change = FR_GRAPH_REMOVE}};
    fr_graph_edits edits = {.count = 3, .edge = there, .n_new = 2}, reverse = {.count = 2, .edge = again};
    assert_ok(fr_graph_edit(&graph, &edits, &changed, NULL));
    assert_int_equal(changed.n, 52);
    assert_non_null(changed.weight);
    assert_ok(fr_graph_edit(&changed, &reverse, &back, NULL));
    assert_null(back.weight);
    assert_int_equal(back.n_arcs, graph.n_arcs);
    assert_memory_equal(back.row, graph.row, (size_t)(graph.n + 1) * sizeof *graph.row);
    assert_memory_equal(back.neighbour, graph.neighbour, (size_t)graph.n_arcs * sizeof *graph.neighbour);
    assert_int_equal(back.row[52], back.row[50]);
    fr_graph_free(&back);
    fr_graph_free(&changed);
    edits = (fr_graph_edits){0};
    assert_ok(fr_graph_edit(&graph, &edits, &back, NULL));
    assert_graph_equal(&back, &graph);
    fr_graph_free(&back);
    fr_graph_free(&graph);
}

static void what_cannot_be_done_is_said(void **state)
{
    (void)state;
    fr_graph graph, got;
    path_cluster_graph(3, &graph);
    fr_graph_edge_edit edge = {.from = 0, .to = 2, .weight = 1, .change = FR_GRAPH_REMOVE};
    fr_graph_edits edits = {.count = 1, .edge = &edge};
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT,
                   "change 0: there is no edge between 0 and 2 to remove");
    edge.to = 1, edge.weight = 1.5;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT,
                   "the edge between 0 and 1 has weight 1, less than the 1.5 to take away");
    edge.file = "new.txt", edge.line = 12;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT, "new.txt:12: ");
    edge.weight = NAN;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT, "weight nan");
    edge.change = FR_GRAPH_SET, edge.weight = INFINITY;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT, "weight inf");
    edge.weight = -1;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT, "weight -1");
    edge.weight = 1, edge.to = 3;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "node 3 is not between 0 and 2");
    edge.to = -1;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "node -1 is not between 0 and 2");
    edge.to = 1, edits.n_new = INT64_MAX;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "new nodes");
    edits.n_new = 1, edits.new_names = (char[]){"x"};
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "those of the graph are numbers");
    edits.n_new = 0, edge.weight = 1e308;
    fr_graph_edge_edit twice[] = {edge, edge};
    twice[0].change = twice[1].change = FR_GRAPH_ADD;
    edits.edge = twice, edits.count = 2;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EINPUT, "beyond the range of numbers");
    graph.trusted = false;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "fr_graph_check");
    assert_null(got.owned);
    fr_graph_free(&graph);
}

/* ---- lists in files ----------------------------------------------------------------------------------------------------- */

static const char *written(const char *name, const char *text)
{
    const char *path = scratch_file(name);
    assert_ok(fr_file_write(path, text, (int64_t)strlen(text)));
    return path;
}

static void graph_of(const char *text, fr_graph *out)
{
    assert_ok(fr_graph_parse(text, (int64_t)strlen(text), "g.edgelist", NULL, out, NULL, NULL));
}

static void lists_are_read_by_name(void **state)
{
    (void)state;
    fr_graph graph, got, expected;
    fr_graph_edits edits = {0};
    graph_of("anna bert\nbert carl\ncarl anna\n", &graph);
    assert_ok(fr_graph_edits_read(written("add.txt", "# new\nbert  dora\ndora emil 2.5\n\nanna bert\n"),
                                  &graph, FR_GRAPH_ADD, true, &edits));
    assert_ok(fr_graph_edits_read(written("set.csv", "from,to,weight\ncarl,anna,3\nemil,emil,1\n"), &graph,
                                  FR_GRAPH_SET, true, &edits));
    assert_ok(fr_graph_edits_read(written("remove.tsv", "% old\r\ncarl\tbert\r\n"), &graph, FR_GRAPH_REMOVE,
                                  true, &edits));
    assert_int_equal(edits.count, 6);
    assert_int_equal(edits.n_new, 2);
    assert_int_equal(edits.edge[1].line, 3);
    assert_true(isinf(edits.edge[5].weight));
    fr_graph_edit_notes notes;
    assert_ok(fr_graph_edit(&graph, &edits, &got, &notes));
    assert_true(notes.added == 3 && notes.changed == 2 && notes.removed == 1);
    graph_of("anna bert 2\nbert dora\ncarl anna 3\ndora emil 2.5\nemil emil\n", &expected);
    char one[24], two[24];
    assert_int_equal(got.n, 5);
    assert_string_equal(fr_graph_name(&got, 4, one), "emil");
    for (int64_t i = 0; i < 5; i++) { /* numbered otherwise, but the same edges by name */
        int64_t other;
        assert_ok(fr_graph_find(&expected, fr_graph_name(&got, i, one), "t", &other));
        assert_true(fr_graph_degree(&got, i) == fr_graph_degree(&expected, other));
        for (int64_t k = got.row[i]; k < got.row[i + 1]; k++) {
            const char *name = fr_graph_name(&got, got.neighbour[k], one);
            bool found = false;
            for (int64_t m = expected.row[other]; m < expected.row[other + 1]; m++)
                found = found || (strcmp(fr_graph_name(&expected, expected.neighbour[m], two), name) == 0 &&
                                  expected.weight[m] == got.weight[k]);
            assert_true(found);
        }
    }
    fr_graph_edits_free(&edits);
    fr_graph_edits_free(&edits);
    fr_graph_free(&expected);
    fr_graph_free(&got);
    fr_graph_free(&graph);
}

static void lists_are_read_by_number(void **state)
{
    (void)state;
    fr_graph graph, got;
    fr_graph_edits edits = {0};
    path_cluster_graph(4, &graph);
    assert_ok(fr_graph_edits_read(written("more.txt", "3 6\n1 2\n"), &graph, FR_GRAPH_ADD, true, &edits));
    assert_int_equal(edits.n_new, 3);
    assert_null(edits.new_names);
    assert_ok(fr_graph_edit(&graph, &edits, &got, NULL));
    assert_int_equal(got.n, 7);
    assert_int_equal(got.row[6] - got.row[4], 0);
    assert_true(fr_graph_degree(&got, 6) == 1 && fr_graph_degree(&got, 1) == 3);
    fr_graph_edits_free(&edits);
    fr_graph_free(&got);
    fr_graph_free(&graph);
}

static void refused(const char *text, const fr_graph *graph, fr_graph_change change, bool new_nodes,
                    const char *part)
{
    static fr_graph_edits edits;
    static const char *path;
    if (edits.count == 0) { /* what is there already stays */
        path = written("kept.txt", graph->name_offset != NULL ? "a kept\n" : "0 9\n");
        assert_ok(fr_graph_edits_read(path, graph, FR_GRAPH_ADD, true, &edits));
    }
    int64_t n_new = edits.n_new;
    assert_refused(fr_graph_edits_read(written("bad.txt", text), graph, change, new_nodes, &edits), FR_EINPUT,
                   part);
    assert_true(edits.count == 1 && edits.n_new == n_new);
    fr_graph changed;
    assert_ok(fr_graph_edit(graph, &edits, &changed, NULL));
    assert_int_equal(changed.n, graph->n + n_new);
    fr_graph_free(&changed);
    if (strcmp(text, "") == 0) fr_graph_edits_free(&edits);
}

static void bad_lists_are_refused(void **state)
{
    (void)state;
    fr_graph graph;
    graph_of("a b\nb c\n", &graph);
    refused("a b\na\n", &graph, FR_GRAPH_ADD, true,
            "bad.txt:2: expected from, to and perhaps a weight, found 1 field");
    refused("a b 1 1\n", &graph, FR_GRAPH_ADD, true, "found 4 fields");
    refused("a b\nx y 1\ny b -1\n", &graph, FR_GRAPH_ADD, true,
            "bad.txt:3: expected a finite weight >= 0, found '-1'");
    refused("a b 1\nb c inf\n", &graph, FR_GRAPH_SET, true,
            "bad.txt:2: expected a finite weight >= 0, found 'inf'");
    refused("a b\nb d\n", &graph, FR_GRAPH_ADD, false, "bad.txt:2: there is no node called 'd'");
    refused("a b\nb kept\n", &graph, FR_GRAPH_REMOVE, true, "bad.txt:2: there is no node called 'kept'");
    refused("a,b\n,c\n", &graph, FR_GRAPH_ADD, true, "bad.txt:2: expected a node, found an empty field");
    refused("# nothing\n", &graph, FR_GRAPH_ADD, true, "lists no edges");
    refused("", &graph, FR_GRAPH_ADD, true, "empty");
    fr_graph_free(&graph);
    path_cluster_graph(4, &graph);
    refused("0 4\n", &graph, FR_GRAPH_ADD, false, "there is no node 4; the graph's 4 nodes are 0 to 3");
    refused("0 4294967294\n", &graph, FR_GRAPH_ADD, true, "from 0 to 4294967293, found '4294967294'");
    refused("0 -1\n", &graph, FR_GRAPH_ADD, true, "found '-1'");
    refused("0 x\n", &graph, FR_GRAPH_ADD, true, "found 'x'");
    refused("", &graph, FR_GRAPH_ADD, true, "empty");
    fr_graph_edits own = {.count = 1};
    assert_refused(fr_graph_edits_read("x", &graph, FR_GRAPH_ADD, true, &own), FR_EUSAGE, "caller's own");
    fr_graph_free(&graph);
}

static void new_names_are_checked(void **state)
{
    (void)state;
    fr_graph graph, got;
    graph_of("a b\n", &graph);
    fr_graph_edits edits = {.n_new = 1, .new_names = (char[]){"a"}};
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "node 0 is called 'a' already");
    edits.new_names = (char[]){""};
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "empty name");
    edits.new_names = NULL;
    assert_refused(fr_graph_edit(&graph, &edits, &got, NULL), FR_EUSAGE, "new ones need some too");
    edits.n_new = 2, edits.new_names = (char[]){"c\0d"};
    assert_ok(fr_graph_edit(&graph, &edits, &got, NULL));
    int64_t node;
    assert_ok(fr_graph_find(&got, "d", "t", &node));
    assert_int_equal(node, 3);
    fr_graph_free(&got);
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_equal_a_new_graph),     cmocka_unit_test(changes_can_be_taken_back),
        cmocka_unit_test(what_cannot_be_done_is_said), cmocka_unit_test(lists_are_read_by_name),
        cmocka_unit_test(lists_are_read_by_number),    cmocka_unit_test(bad_lists_are_refused),
        cmocka_unit_test(new_names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
