/* smat with and without its first line, Matrix Market, METIS; the format by the file's name; packed files; what is refused. */
#include "cluster_cases.h"
#include "support.h"

#include <frugal/data.h>

#include <bzlib.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void parse(const char *name, const char *text, fr_graph *out)
{
    assert_ok(fr_graph_parse(text, (int64_t)strlen(text), name, NULL, out, NULL, NULL));
    assert_ok(fr_graph_check(out));
}

/* The text named `name` gives the graph of the edge list `list`, of at least n nodes. */
static void expect(const char *name, const char *text, int64_t n, const char *list)
{
    fr_graph got, expected;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.n_nodes = n;
    parse(name, text, &got);
    assert_ok(fr_graph_parse(list, (int64_t)strlen(list), "list", &settings, &expected, NULL, NULL));
    assert_graph_equal(&got, &expected);
    fr_graph_free(&got);
    fr_graph_free(&expected);
}

static void refuse(const char *name, const char *text, const char *message)
{
    fr_graph graph;
    assert_int_equal(fr_graph_parse(text, (int64_t)strlen(text), name, NULL, &graph, NULL, NULL), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(graph.owned);
}

/* ---- smat ---- */

static void smat_has_a_header_or_not(void **state)
{
    (void)state;
    expect("g.smat", "3 3 2\n0 1 2\n1 2 3\n", 3, "0 1 2\n1 2 3\n");
    expect("g.smat", "5 5 2\n0 1 1\n# c\n\n1 2 1\n", 5,
           "0 1\n1 2\n");                           /* isolated nodes; other lines do not count */
    expect("g.smat", "2 2 1\n0 3 1\n", 4, "0 3\n"); /* an id beyond the rows */
    expect("g.smat", "7 7 0\n", 7, "# nothing");
    expect("g.smat", "3 3 3\n0 1 2\n1 2 3\n", 0, "3 3 3\n0 1 2\n1 2 3\n"); /* not so many lines: an arc */
    expect("g.smat", "0 1 1\n0 2 1\n0 3 1\n", 0, "0 1\n0 2\n0 3\n");
    expect("g.smat", "0 1\n0 2\n", 0, "0 1\n0 2\n");
    expect("g.smat", "1 2 0.5\n0 2 1\n", 0, "1 2 0.5\n0 2 1\n");
    expect("g.smat", "2,2,1\n0,1,4\n", 2, "0 1 4\n");
    expect("g.edgelist", "3 3 2\n0 1 2\n1 2 3\n", 0, "3 3 2\n0 1 2\n1 2 3\n"); /* never in an edge list */
    refuse("g.smat", "2 3 1\n0 1 2\n",
           "g.smat:1: a matrix of 2 rows and 3 columns; a graph's matrix is square");
    refuse("g.smat", "# c\n3 3 2\n0 1 2\n1 x 3\n",
           "g.smat:4: column 2: expected the number of a node, a whole number, found 'x'");
    refuse("g.smat", "4294967295 4294967295 1\n0 1 2\n",
           "g.smat:1: 4294967295 nodes; the most are 4294967294");
}

static void the_first_smat_line_keeps_its_place(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_notes notes;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.duplicates = FR_GRAPH_DUP_FIRST;
    assert_ok(fr_graph_parse("0 1 7\n0 1 5\n", 12, "g.smat", &settings, &graph, NULL, &notes));
    assert_true(graph.max_weight == 7);
    assert_int_equal(notes.lines, 2);
    assert_int_equal(notes.duplicates, 1);
    fr_graph_free(&graph);
    settings.header = FR_HEADER_NO; /* said to be none: the rule of edge lists */
    assert_ok(fr_graph_parse("2 2 1\n0 1 5\n", 12, "g.smat", &settings, &graph, NULL, &notes));
    assert_int_equal(graph.n_loops, 1);
    fr_graph_free(&graph);
}

/* ---- Matrix Market ---- */

#define BANNER "%%MatrixMarket matrix coordinate " /* a string literal to go on with */

static void mtx_is_read(void **state)
{
    (void)state;
    expect("g.mtx", BANNER "real general\n% c\n4 4 3\n1 2 0.5\n2 1 0.5\n3 3 2\n", 4, "0 1 0.5\n2 2 2\n");
    expect("g.mtx", BANNER "pattern symmetric\n3 3 2\n2 1\n3 1\n", 3, "0 1\n0 2\n");
    expect("g.mtx", "%%matrixmarket MATRIX Coordinate Integer Symmetric\n\n3 3 1\n\n3 1 4\n", 3, "0 2 4\n");
    expect("g.mtx", BANNER "real general\n3 3 0\n", 3, "#");
    expect("g.mtx", BANNER "real general\n3 3 3\n1 2 1\n1 2 1\n2 1 5\n", 3, "0 1 5\n"); /* sum, then max */
    /* A symmetric file that lists one triangle is symmetric by its banner. */
    fr_graph graph;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    static const char text[] = BANNER "real symmetric\n2 2 1\n2 1 3\n";
    for (int rule = 0; rule < 3; rule++) {
        settings.symmetrise = (fr_graph_symmetrise)rule;
        assert_ok(fr_graph_parse(text, sizeof text - 1, "g.mtx", &settings, &graph, NULL, NULL));
        assert_true(graph.volume == 6);
        fr_graph_free(&graph);
    }
}

static void bad_mtx_is_refused(void **state)
{
    (void)state;
    refuse("g.mtx", "1 2 3\n",
           "g.mtx:1: expected '%%MatrixMarket matrix coordinate', a field (real, integer, pattern) and a "
           "symmetry (general, symmetric), found '1 2 3'");
    refuse("g.mtx", "%%MatrixMarket matrix array real general\n2 2\n",
           "g.mtx:1: a graph is read from the coordinate format, not from 'array'");
    refuse("g.mtx", BANNER "complex general\n",
           "g.mtx:1: the entries must be real, integer or pattern, not 'complex'");
    refuse("g.mtx", BANNER "real skew-symmetric\n",
           "g.mtx:1: the matrix must be general or symmetric, not 'skew-symmetric'");
    refuse("g.mtx", BANNER "real general\n% c\n", "g.mtx: the line 'rows columns entries' is missing");
    refuse("g.mtx", BANNER "real general\n3 3\n",
           "g.mtx:2: expected three whole numbers (rows, columns, entries), found '3 3'");
    refuse("g.mtx", BANNER "real general\n3 4 1\n1 1 1\n",
           "g.mtx:2: a matrix of 3 rows and 4 columns; a graph's matrix is square");
    refuse("g.mtx", BANNER "real general\n2 2 1\n3 1 1\n",
           "g.mtx:3: column 1: node 3 is not between 1 and 2");
    refuse("g.mtx", BANNER "real general\n2 2 1\n1 0 1\n",
           "g.mtx:3: column 2: node 0 is not between 1 and 2");
    refuse("g.mtx", BANNER "real general\n0 0 1\n1 1 1\n",
           "g.mtx:3: column 1: node 1 is not between 1 and 0");
    refuse("g.mtx", BANNER "real general\n2 2 1\n1 2\n",
           "g.mtx:3: expected from, to and a weight, found 2 fields");
    refuse("g.mtx", BANNER "real general\n2 2 1\n1 2 -1\n",
           "g.mtx:3: column 3: expected a finite weight >= 0 (lines with others can be dropped), found '-1'");
    refuse("g.mtx", BANNER "pattern general\n2 2 1\n1 2 1\n",
           "g.mtx:3: expected from and to, found 3 fields (--columns says which of them to read, --sep what "
           "separates them)");
    refuse("g.mtx", BANNER "real general\n2 2 3\n1 2 1\n2 1 1\n",
           "g.mtx: line 2 promises 3 entries, but 2 follow");
    refuse("g.mtx", BANNER "real general\n2 2 1\n1 2 1\n2 1 1\n",
           "g.mtx: line 2 promises 1 entries, but 2 follow");
}

/* ---- METIS ---- */

static void metis_is_read(void **state)
{
    (void)state;
    expect("g.graph", "3 2\n2 3\n1\n1\n", 3, "0 1\n0 2\n");
    expect("g.metis", "% c\n3 2 1\n2 5 3 7\n% c\n1 5\n1 7\n", 3, "0 1 5\n0 2 7\n");
    expect("g.graph", "3 2 10\n9 2 3\n9 1\n9 1\n", 3, "0 1\n0 2\n");
    expect("g.graph", "3 2 011 2\n9 9 2 5 3 7\n9 9 1 5\n9 9 1 7\n", 3, "0 1 5\n0 2 7\n");
    expect("g.graph", "4 1 000\n2\n1\n\n\n", 4, "0 1\n");
}

static void bad_metis_is_refused(void **state)
{
    (void)state;
    refuse("g.graph", "% c\n", "g.graph: no line 'nodes edges [format]'");
    refuse("g.graph", "3\n", "g.graph:1: expected 'nodes edges [format [node weights]]', found '3'");
    refuse("g.graph", "3 x\n", "g.graph:1: expected 'nodes edges [format [node weights]]', found '3 x'");
    refuse("g.graph", "3 2 100\n", "g.graph:1: format 100 is none of 0, 1, 10, 11");
    refuse("g.graph", "2 1\n2\n3\n", "g.graph:3: node 2: expected a node between 1 and 2, found '3'");
    refuse("g.graph", "2 1\n2\n0\n", "g.graph:3: node 2: expected a node between 1 and 2, found '0'");
    refuse("g.graph", "2 1 1\n2 1\n1\n",
           "g.graph:3: node 2: expected the weight of an edge, found the end of the line");
    refuse("g.graph", "2 1 1\n2 1\n1 x\n", "g.graph:3: node 2: expected the weight of an edge, found 'x'");
    refuse("g.graph", "2 1 1\n2 1\n1 -1\n",
           "g.graph:3: weight -1 is not a finite number >= 0 (such lines can be dropped)");
    refuse("g.graph", "2 1 10\n1 2\n\n",
           "g.graph:3: node 2: expected the weight of the node, found the end of the line");
    refuse("g.graph", "3 2\n2 3\n1\n", "g.graph: 3 nodes are promised, but the file has lists of 2");
    refuse("g.graph", "2 1\n2\n1\n\n1\n", "g.graph:5: a line behind the lists of all 2 nodes");
    refuse("g.graph", "2 2\n2\n1\n",
           "g.graph:1: 2 edges are promised, but the lists have 2 entries (each edge stands in the lists of "
           "both its nodes)");
}

/* ---- formats and packed files ---- */

static void the_name_tells_the_format(void **state)
{
    (void)state;
    static const char text[] = "3 2 1\n2 5 3 7\n1 5\n1 7\n";
    fr_graph graph;
    parse("dir.mtx/G.GRAPH.xz", text, &graph);
    assert_int_equal(graph.n_arcs, 4);
    fr_graph_free(&graph);
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.format = FR_GRAPH_METIS;
    assert_ok(fr_graph_parse(text, sizeof text - 1, "g.edges", &settings, &graph, NULL, NULL));
    assert_int_equal(graph.n_arcs, 4);
    fr_graph_free(&graph);
    parse("graph", "0 1\n", &graph); /* no ending */
    fr_graph_free(&graph);
    assert_refused(fr_graph_parse(text, 5, "g.fgraph", NULL, &graph, NULL, NULL), FR_EUSAGE,
                   "is mapped, not parsed");
    settings.format = (fr_graph_format)99;
    assert_refused(fr_graph_parse(text, 5, "g", &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "none of its kind");
}

static void a_mapped_file_is_not_changed_by_settings(void **state)
{
    (void)state;
    fr_graph graph;
    parse("g", "0 1 2\n1 1 3\n", &graph);
    const char *path = scratch_file("g.fgraph");
    assert_ok(fr_fgraph_write(path, &graph));
    fr_graph_free(&graph);
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.drop_loops = true;
    assert_refused(fr_graph_read(path, &settings, &graph, NULL, NULL), FR_EUSAGE,
                   "settings for text files cannot change a finished .fgraph file");
    settings.drop_loops = false;
    settings.duplicates = FR_GRAPH_DUP_MAX; /* a finished graph has none */
    assert_ok(fr_graph_read(path, &settings, &graph, NULL, NULL));
    assert_int_equal(graph.n_loops, 1);
    assert_false(graph.trusted);
    fr_graph_free(&graph);
}

static void packed_files_are_read(void **state)
{
    (void)state;
    enum { lines = 60000, room = lines * 16 };
    char *text = malloc(room), *packed = malloc(room), *next = text;
    for (int k = 0; k < lines; k++) /* more than the first window */
        next += sprintf(next, "%d %d\n", k, (k * 7 + 3) % lines);
    size_t size = (size_t)(next - text);
    fr_graph expected, got;
    assert_ok(fr_graph_parse(text, (int64_t)size, "g", NULL, &expected, NULL, NULL));
    const char *path[3] = {scratch_file("g.edgelist.gz"), scratch_file("g.edgelist.bz2"),
                           scratch_file("g.edgelist.xz")};
    gzFile stream = gzopen(path[0], "wb");
    assert_int_equal(gzwrite(stream, text, (unsigned)size), (int)size);
    assert_int_equal(gzclose(stream), Z_OK);
    unsigned used = room;
    assert_int_equal(BZ2_bzBuffToBuffCompress(packed, &used, text, (unsigned)size, 9, 0, 0), BZ_OK);
    assert_ok(fr_file_write(path[1], packed, used));
    size_t xz_used = 0;
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text, size,
                                             (uint8_t *)packed, &xz_used, room),
                     LZMA_OK);
    assert_ok(fr_file_write(path[2], packed, (int64_t)xz_used));
    for (int k = 0; k < 3; k++) {
        assert_ok(fr_graph_read(path[k], NULL, &got, NULL, NULL));
        assert_graph_equal(&got, &expected);
        fr_graph_free(&got);
    }
    assert_ok(fr_file_write(path[2], packed, (int64_t)xz_used / 2));
    assert_refused(fr_graph_read(path[2], NULL, &got, NULL, NULL), FR_EINPUT, "the xz data end too early");
    fr_graph_free(&expected);
    free(text);
    free(packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smat_has_a_header_or_not),
        cmocka_unit_test(the_first_smat_line_keeps_its_place),
        cmocka_unit_test(mtx_is_read),
        cmocka_unit_test(bad_mtx_is_refused),
        cmocka_unit_test(metis_is_read),
        cmocka_unit_test(bad_metis_is_refused),
        cmocka_unit_test(the_name_tells_the_format),
        cmocka_unit_test(a_mapped_file_is_not_changed_by_settings),
        cmocka_unit_test(packed_files_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
