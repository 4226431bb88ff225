/* Edge lists in all their variants, the header rule, names, columns; what is wrong is told with file, line and column; the fast
 * way through plain lines gives what the careful one gives; nothing depends on threads or on how the text is cut. */
#include "cluster_cases.h"
#include "support.h"

#include "data/graph_line.h"

#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fr_graph_settings settings; /* defaults again before each test */

static int set_defaults(void **state)
{
    (void)state;
    fr_graph_settings_default(&settings);
    return 0;
}

/* The graph as "n; i-j=w ..." with i <= j, for comparison at a glance. */
static const char *drawing(const fr_graph *graph)
{
    static char text[1024];
    int used = snprintf(text, sizeof text, "%d;", (int)graph->n);
    char one[24], other[24];
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
            if (graph->neighbour[k] < i) continue;
            used += snprintf(text + used, sizeof text - (size_t)used, " %s-%s", fr_graph_name(graph, i, one),
                             fr_graph_name(graph, graph->neighbour[k], other));
            if (graph->weight != NULL)
                used += snprintf(text + used, sizeof text - (size_t)used, "=%g", graph->weight[k]);
        }
    return text;
}

static void expect(const char *text, const char *expected)
{
    fr_graph graph;
    assert_ok(fr_graph_parse(text, (int64_t)strlen(text), "e.txt", &settings, &graph, NULL, NULL));
    assert_string_equal(drawing(&graph), expected);
    assert_ok(fr_graph_check(&graph));
    fr_graph_free(&graph);
}

static void refuse(const char *text, const char *message)
{
    fr_graph graph;
    assert_int_equal(fr_graph_parse(text, (int64_t)strlen(text), "e.txt", &settings, &graph, NULL, NULL),
                     FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(graph.owned);
}

/* ---- what is read ---- */

static void finds_the_separator(void **state)
{
    (void)state;
    expect("0\t1\n1\t2\n", "3; 0-1 1-2");
    expect("0,1\n1,2\n", "3; 0-1 1-2");
    expect("0;1;2\n", "2; 0-1=2");
    expect("  0   1  \n 1 2\n", "3; 0-1 1-2");
    expect("0 \t 1\t2.5\n", "2; 0-1=2.5"); /* a tab: blanks around fields are trimmed */
    expect("0 , 1 , 2\n", "2; 0-1=2");
    expect("\t0 1\t\n", "2; 0-1"); /* a tab beside the fields separates nothing */
    expect("a b,c d\n", "2; a b-c d");
    expect("a,b\tc\n", "2; a,b-c");
    settings.separator = ' ';
    expect("0\t1\n1 2", "3; 0-1 1-2");
    settings.separator = ',';
    expect("a\t,b\n", "2; a-b");
    settings.separator = 'x';
    fr_graph graph;
    assert_refused(fr_graph_parse("0 1", 3, "e", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "the separator of an edge list");
}

static void takes_all_kinds_of_lines(void **state)
{
    (void)state;
    expect("# comment\n% another\n\n   \n0 1\n  # third\n1 2", "3; 0-1 1-2");
    expect("\xEF\xBB\xBF"
           "0 1\r\n\r\n1 2\r\n",
           "3; 0-1 1-2");
    expect("0,1,2\r\n1,2,3\r\n", "3; 0-1=2 1-2=3");
    expect("+0 001\n", "2; 0-1");
    expect("0 1\n1 2 5\n", "3; 0-1=1 1-2=5");
    expect("0 1 1e0\n1 2 1.\n2 3 +1\n3 4 10e-1\n", "5; 0-1 1-2 2-3 3-4");
    expect("0 1 -0\n1 2 0.0\n", "3;");
    expect("0 1 .5\n1 2 1e-3\n2 3 123456789012345678\n", "4; 0-1=0.5 1-2=0.001 2-3=1.23457e+17");
}

static void duplicates_and_reverses_follow_the_rules(void **state)
{
    (void)state;
    expect("0 1\n1 0\n", "2; 0-1");   /* both directions once */
    expect("0 1\n0 1\n", "2; 0-1=2"); /* one direction twice */
    expect("0 1\n0 1\n1 0\n", "2; 0-1=2");
    expect("0 1 3\n1 0 4\n", "2; 0-1=4");
    expect("0 0 2\n0 1 1\n", "2; 0-0=2 0-1=1");
    settings.symmetrise = FR_GRAPH_SYM_SUM;
    expect("0 1 3\n1 0 4\n", "2; 0-1=7");
    expect("0 1 3\n1 0 3\n2 2 0\n", "3; 0-1=3"); /* symmetric already */
    settings.symmetrise = FR_GRAPH_SYM_ERROR;
    refuse("0 1 3\n1 0 4\n",
           "e.txt: the graph is not symmetric: the arc from node 0 to 1 has weight 3, back 4 (numbers "
           "from 0; weight 0: not listed)");
    refuse(
        "0 1\n",
        "e.txt: the graph is not symmetric: the arc from node 0 to 1 has weight 1, back 0 (numbers from 0; "
        "weight 0: not listed)");
    settings.unweighted = true;
    expect("0 1 3\n1 0 inf\n", "2; 0-1");
    expect("0 1 three\n1 0\n", "2; 0-1"); /* the column is not looked at */
    settings.drop_loops = true;
    expect("0 1\n1 0\n2 2\n", "3; 0-1");
}

static void finds_the_header(void **state)
{
    (void)state;
    expect("source target\n0 1\n", "2; 0-1"); /* (a) ids below a line without */
    expect("Source Target Weight\n0 1 2\n", "2; 0-1=2");
    expect("Source\tTarget\tWeight\na\tb\t2\nb\tc\t3\n",
           "3; a-b=2 b-c=3"); /* (b) a number below a third field */
    refuse(
        "u v w\na b nan\n", /* nan counts as a number */
        "e.txt:2: column 3: expected a finite weight >= 0 (lines with others can be dropped), found 'nan'");
    expect("0 x\n1 2\n", "3; 1-2");     /* not both integers */
    expect("a b\nc d\n", "4; a-b c-d"); /* nothing tells a header from names */
    settings.header = FR_HEADER_YES;
    expect("0 1\n1 2\n", "3; 1-2");
    expect("a b\nc d\n", "2; c-d");
    settings.header = FR_HEADER_NO;
    expect("source target\n0 1\n", "4; source-target 0-1");
    refuse("0 1 w\n0 1 2\n", "e.txt:1: column 3: expected a weight >= 0, found 'w'");
}

static void names_are_numbered_by_first_appearance(void **state)
{
    (void)state;
    fr_graph graph;
    assert_ok(fr_graph_parse("x y\ny z\nw x\n", 12, "e", NULL, &graph, NULL, NULL));
    static const char *const names[] = {"x", "y", "z", "w"};
    char buffer[24];
    for (int64_t k = 0; k < 4; k++)
        assert_string_equal(fr_graph_name(&graph, k, buffer), names[k]);
    fr_graph_free(&graph);
    settings.named = true;
    expect("7 3\n3 1\n", "3; 7-3 3-1");
    settings.separator = ',';
    expect("\"a,b\",\"c\",2\n", "2; a,b-c=2"); /* quoted */
    expect("\"a b,c\n", "2; \"a b-c");         /* no closing quote: a character like others */
    settings.drop_bad_weights = true;
    expect("a,b,1\nc,d,inf\na,e,-1\n", "2; a-b"); /* a skipped line leaves no names */
}

static void columns_can_be_chosen(void **state)
{
    (void)state;
    settings.columns_given = true;
    settings.columns[0] = 3, settings.columns[1] = 1, settings.columns[2] = 20;
    expect("9 1 9 0 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 2.5 21\n", "2; 0-1=2.5");
    refuse("9 1 9 0 4\n", "e.txt:1: expected from, to and a weight in columns 4, 2 and 21, found 5 fields");
    settings.columns[2] = -1;
    expect("x 0 y 1 z\nx 0 y 2 w\n", "3; 0-1 0-2");
    settings.columns[0] = settings.columns[1];
    fr_graph graph;
    assert_refused(fr_graph_parse("0 1", 3, "e", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "must be different ones");
    fr_graph_settings_default(&settings);
    settings.columns[2] = -1;
    refuse("0 1 2\n",
           "e.txt:1: expected from and to, found 3 fields (--columns says which of them to read, --sep what "
           "separates them)");
}

static void ids_may_start_at_one_and_nodes_be_isolated(void **state)
{
    (void)state;
    settings.one_based = true;
    expect("1 2\n2 3\n", "3; 0-1 1-2");
    refuse("1 2\n0 1\n", "e.txt:2: column 1: node 0 is below 1 (ids were said to be 1-based)");
    settings.one_based = false;
    settings.n_nodes = 7;
    expect("0 1\n", "7; 0-1");
    expect("0 8\n", "9; 0-8");
    expect("# nothing\n", "7;");
    fr_graph graph;
    assert_refused(fr_graph_parse("a b", 3, "e", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "e: 7 nodes asked for, but the file names 2");
    settings.n_nodes = -1;
    assert_refused(fr_graph_parse("0 1", 3, "e", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "the number of nodes");
    settings.n_nodes = INT64_C(1) << 32;
    assert_refused(fr_graph_parse("0 1", 3, "e", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "the number of nodes");
}

/* ---- what is refused ---- */

static void tells_bad_lines(void **state)
{
    (void)state;
    refuse("0 1\n2\n", "e.txt:2: expected from, to and perhaps a weight, found 1 field");
    refuse("0 1\n0 1 2 3\n",
           "e.txt:2: expected from, to and perhaps a weight, found 4 fields (--columns says which of them "
           "to read, --sep what separates them)");
    refuse("0 1\n\n# c\n1 x\n",
           "e.txt:4: column 2: expected the number of a node, a whole number, found 'x'");
    refuse("0 1\n1 2.0\n", "e.txt:2: column 2: expected the number of a node, a whole number, found '2.0'");
    refuse("0 1\n1 -2\n", "e.txt:2: column 2: node -2 is below 0");
    refuse("0 1\n-99999999999999999999 2\n", "e.txt:2: column 1: node -99999999999999999999 is below 0");
    refuse("0 1\n4294967294 1\n", "e.txt:2: column 1: node 4294967294 is too large, ids go up to 4294967293 "
                                  "(larger ones can be read as names)");
    refuse("0 1\n99999999999999999999 1\n", "e.txt:2: column 1: node 99999999999999999999 is too large, ids "
                                            "go up to 4294967293 (larger ones can be read as "
                                            "names)");
    refuse("0,1\n0,,2\n",
           "e.txt:2: column 2: expected the number of a node, a whole number, found an empty field");
    refuse("a,b\n,c\n", "e.txt:2: column 1: expected the name of a node, found an empty field");
    refuse("0 1\n0 aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee\n",
           "e.txt:2: column 2: expected the number of a node, a whole number, found "
           "'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd'");
}

static void tells_bad_weights(void **state)
{
    (void)state;
    refuse("0 1 1\n0 1 -1\n",
           "e.txt:2: column 3: expected a finite weight >= 0 (lines with others can be dropped), found '-1'");
    refuse(
        "0 1 nan\n",
        "e.txt:1: column 3: expected a finite weight >= 0 (lines with others can be dropped), found 'nan'");
    refuse("0 1 -Infinity\n", "e.txt:1: column 3: expected a finite weight >= 0 (lines with others can be "
                              "dropped), found '-Infinity'");
    refuse("0 1 1e999\n", "e.txt:1: column 3: expected a weight >= 0, found '1e999'");
    refuse("0 1 2\n0 1 much\n", "e.txt:2: column 3: expected a weight >= 0, found 'much'");
    refuse("0,1,2\n0,1,\n", "e.txt:2: column 3: expected a weight >= 0, found an empty field");
    settings.drop_bad_weights = true;
    expect("0 1 1\n5 6 -1\n0 2 inf\n0 3 nan\n", "2; 0-1");
    refuse("0 1 2\n0 1 much\n", "e.txt:2: column 3: expected a weight >= 0, found 'much'");
}

static void refuses_what_is_no_list(void **state)
{
    (void)state;
    refuse("", "e.txt: the file is empty");
    refuse("# nothing\n\n", "e.txt: no edges, only blank lines, comments or a header");
    settings.header = FR_HEADER_YES;
    refuse("0 1\n", "e.txt: no edges, only blank lines, comments or a header");
    settings.header = FR_HEADER_AUTO;
    fr_graph graph;
    assert_refused(fr_graph_parse("0 1\n\0\1\2", 7, "e.txt", NULL, &graph, NULL, NULL), FR_EINPUT,
                   "e.txt:2: a zero byte: this is not a text file");
    assert_refused(fr_graph_parse("\xFF\xFE"
                                  "0\0",
                                  4, "e.txt", NULL, &graph, NULL, NULL),
                   FR_EINPUT, "e.txt: the text is in UTF-16");
    assert_refused(fr_graph_read(scratch_folder(), NULL, &graph, NULL, NULL), FR_EIO, "it is a folder");
    assert_refused(fr_graph_read("no-such.edgelist", NULL, &graph, NULL, NULL), FR_EIO, "No such file");
}

/* ---- the fast way, and large files ---- */

/* One of a few random lines, plain or not. */
static int put_line(fr_rng *rng, char *to)
{
    static const char *const odd[] = {"# c\n",    "\n",          "+3 4 1e1\n", " 5   6\t.25\n",
                                      "7 8 -0\n", "9 9 0.1\r\n", "%\n",        "1 2 1e-2\n"};
    static const char *const weights[] = {
        "", " 1", " 2.50", "  0.1 ", " 123456789.123456", " 99999999999999999999", " 3\r", " 0"};
    if (fr_rng_below(rng, 5) == 0) return sprintf(to, "%s", odd[fr_rng_below(rng, 8)]);
    return sprintf(to, "%*s%d%*s%d%s\n", (int)fr_rng_below(rng, 2), "", (int)fr_rng_below(rng, 50),
                   1 + (int)fr_rng_below(rng, 3), "", (int)fr_rng_below(rng, 50),
                   weights[fr_rng_below(rng, 8)]);
}

static void the_fast_way_equals_the_careful_one(void **state)
{
    (void)state;
    static const graph_line_rule rule = {.separator = ' ', .column = {0, 1, 2}, .most = GRAPH_MOST_NODES};
    char *text = malloc(400 * 64), line[64];
    for (uint64_t seed = 0; seed < 60; seed++) {
        fr_rng rng;
        fr_rng_init(&rng, seed, 2, 0);
        graph_arcs arcs;
        fr_graph fast, careful;
        settings.unweighted = seed % 4 == 3;
        settings.drop_loops = seed % 3 == 2;
        assert_ok(graph_arcs_init(&arcs, "e", &settings));
        int used = sprintf(text, "0 1\n2 3\n"); /* no header, whatever follows */
        assert_ok(graph_line_add(&rule, "0 1", 3, 1, &arcs));
        assert_ok(graph_line_add(&rule, "2 3", 3, 2, &arcs));
        for (int64_t k = 0; k < 300; k++) {
            int length = put_line(&rng, line);
            memcpy(text + used, line, (size_t)length);
            used += length;
            assert_ok(graph_line_add(&rule, line, length - 1, 3 + k, &arcs));
        }
        settings.separator = ' ';
        fr_graph_notes fast_notes, careful_notes;
        assert_ok(fr_graph_parse(text, used, "e", &settings, &fast, NULL, &fast_notes));
        assert_ok(graph_arcs_finish(&arcs, &careful, &careful_notes));
        assert_graph_equal(&fast, &careful);
        assert_memory_equal(&fast_notes, &careful_notes, sizeof fast_notes);
        graph_arcs_free(&arcs);
        fr_graph_free(&fast);
        fr_graph_free(&careful);
    }
    free(text);
}

/* Some 13 MB: several windows for a few threads. A comment is longer than a window. */
static char *large_text(int64_t *size)
{
    enum { lines = 900000, comment = 5000000 };
    char *text = malloc(lines * 24 + comment), *next = text;
    fr_rng rng;
    fr_rng_init(&rng, 11, 0, 0);
    for (int k = 0; k < lines; k++) {
        uint64_t bits = fr_rng_bits(&rng);
        next += sprintf(next, "%d %d 0.%d\n", (int)(bits & 8191), (int)(bits >> 16 & 8191),
                        (int)(bits >> 32 & 1023));
        if (k == lines / 2) {
            memset(next, '#', comment);
            next += comment;
            next[-1] = '\n';
        }
    }
    *size = next - text;
    return text;
}

static void large_files_are_the_same_for_all_threads(void **state)
{
    (void)state;
    int64_t size;
    char *text = large_text(&size);
    fr_graph one, four, memory;
    const char *path = scratch_file("large.edgelist");
    assert_ok(fr_file_write(path, text, size));
    int before = fr_threads();
    fr_threads_set(1);
    assert_ok(fr_graph_read(path, NULL, &one, NULL, NULL));
    assert_ok(fr_graph_parse(text, size, "large.edgelist", NULL, &memory, NULL, NULL));
    fr_threads_set(4);
    assert_ok(fr_graph_read(path, NULL, &four, NULL, NULL));
    assert_graph_equal(&four, &one);
    assert_graph_equal(&memory, &one);
    assert_int_equal(one.n, 8192);
    fr_graph_free(&one);
    fr_graph_free(&four);
    fr_graph_free(&memory);
    /* Of two errors in different pieces the first is told, with its line. */
    char *end = text + size;
    int64_t spoiled = 0, line = 0;
    for (char *c = text; c < end; c++) {
        if (*c != '\n') continue;
        line++;
        if (line == 700001 || line == 880001) c[1] = 'x', spoiled++;
    }
    assert_int_equal(spoiled, 2);
    for (int threads = 1; threads <= 4; threads *= 4) {
        fr_threads_set(threads);
        assert_refused(
            fr_graph_parse(text, size, "large.edgelist", NULL, &one, NULL, NULL), FR_EINPUT,
            "large.edgelist:700002: column 1: expected the number of a node, a whole number, found 'x");
    }
    end[-20] = '\0';
    assert_refused(fr_graph_parse(text, size, "large.edgelist", NULL, &one, NULL, NULL), FR_EINPUT,
                   ":700002:");
    fr_threads_set(before);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(finds_the_separator, set_defaults),
        cmocka_unit_test_setup(takes_all_kinds_of_lines, set_defaults),
        cmocka_unit_test_setup(duplicates_and_reverses_follow_the_rules, set_defaults),
        cmocka_unit_test_setup(finds_the_header, set_defaults),
        cmocka_unit_test_setup(names_are_numbered_by_first_appearance, set_defaults),
        cmocka_unit_test_setup(columns_can_be_chosen, set_defaults),
        cmocka_unit_test_setup(ids_may_start_at_one_and_nodes_be_isolated, set_defaults),
        cmocka_unit_test_setup(tells_bad_lines, set_defaults),
        cmocka_unit_test_setup(tells_bad_weights, set_defaults),
        cmocka_unit_test_setup(refuses_what_is_no_list, set_defaults),
        cmocka_unit_test_setup(the_fast_way_equals_the_careful_one, set_defaults),
        cmocka_unit_test_setup(large_files_are_the_same_for_all_threads, set_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
