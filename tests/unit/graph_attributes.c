/* Label tables, choosing nodes by an expression, lists of nodes. */
#include "cluster_cases.h"
#include "support.h"

#include <frugal/data.h>

#include <stdio.h>
#include <string.h>

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

static void read_labels(const char *text, const fr_graph *graph, fr_graph_attributes *out)
{
    assert_ok(fr_graph_labels_read(written("labels.csv", text), graph, out));
}

static void refused(const char *text, const fr_graph *graph, const char *part)
{
    fr_graph_attributes attributes;
    assert_refused(fr_graph_labels_read(written("labels.csv", text), graph, &attributes), FR_EINPUT, part);
    assert_null(attributes.cells);
}

/* Fails unless the expression selects exactly the nodes. */
static void assert_selects(const fr_graph_attributes *attributes, const char *expression,
                           int64_t expected_count, const int64_t *expected)
{
    int64_t *nodes, count;
    assert_ok(fr_graph_select(attributes, expression, &nodes, &count));
    assert_int_equal(count, expected_count);
    assert_memory_equal(nodes, expected, (size_t)count * sizeof *nodes);
    fr_free(nodes);
}

static void tables_with_a_header(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_attributes labels;
    graph_of("0 1\n1 2\n2 3\n", &graph);
    watch_warnings();
    read_labels("year,node,dorm\n2009,3,\"a, b\"\n2010,0,c\n", &graph, &labels);
    assert_int_equal(labels.n, 4);
    assert_int_equal(labels.n_columns, 3);
    assert_string_equal(labels.names[2], "dorm");
    assert_string_equal(labels.cells[3 * 3 + 2], "a, b");
    assert_null(labels.cells[3 * 1]); /* no row */
    assert_selects(&labels, "year=2009", 1, (const int64_t[]){3});
    assert_selects(&labels, "dorm=c", 1, (const int64_t[]){0});
    fr_graph_attributes_free(&labels);
    fr_graph_attributes_free(&labels);
    /* A header without "node": the first column. */
    read_labels("id\tgroup\tsize\n1\tx\t5\n2\tx\t6\n", &graph, &labels);
    assert_selects(&labels, "group=x", 2, (const int64_t[]){1, 2});
    fr_graph_attributes_free(&labels);
    read_labels("protein\tcomplex\n1\tx\n2\ty\n", &graph, &labels);
    assert_string_equal(labels.names[1], "complex");
    fr_graph_attributes_free(&labels);
    assert_int_equal(warnings_seen(), 0);
    fr_graph_free(&graph);
}

static void names_and_classes_without_a_header(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_attributes labels;
    graph_of("a b\nb c\n", &graph);
    watch_warnings();
    read_labels("z\tred\nc\tred \na\tblue\n", &graph, &labels);
    assert_int_equal(warnings_seen(),
                     0); /* the first row is taken for a header: it names no node, the second does */
    assert_string_equal(labels.names[1], "red");
    fr_graph_attributes_free(&labels);
    read_labels("b\tgreen\nz\tred\nc\tred \na\tblue\na\tred\n", &graph, &labels);
    assert_int_equal(warnings_seen(), 2);
    assert_non_null(strstr(last_warning(), "1 rows repeat a node; the last row of a node counts"));
    assert_string_equal(labels.names[0], "name");
    assert_string_equal(labels.names[1], "class");
    assert_selects(&labels, "class=red", 2, (const int64_t[]){0, 2});
    fr_graph_attributes_free(&labels);
    /* Numbers stand for nodes that have names, too. */
    read_labels("node,group\n0,x\n2,y\n", &graph, &labels);
    assert_selects(&labels, "group=y", 1, (const int64_t[]){2});
    fr_graph_attributes_free(&labels);
    refused("y\tred\nz\tblue\n", &graph, "no row names a node of the graph (the first names 'y')");
    refused("node,group\n", &graph, "no row names a node");
    refused("node,group,group\n0,x,y\n", &graph, "labels.csv:1: two columns are called 'group'");
    refused("node,group\n0\n", &graph, "labels.csv:2: expected 2 columns");
    refused("", &graph, "empty");
    fr_graph_free(&graph);
}

static void numbers_and_texts_are_compared(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_attributes labels;
    graph_of("0 1\n1 2\n2 3\n", &graph);
    read_labels("node,v\n0,1\n1,1.0\n2,x=y\n3,\n", &graph, &labels);
    assert_selects(&labels, "v=1", 2, (const int64_t[]){0, 1});
    assert_selects(&labels, " v = 1e0 ", 2, (const int64_t[]){0, 1});
    assert_selects(&labels, "v=x=y", 1, (const int64_t[]){2});
    assert_selects(&labels, "v=", 1, (const int64_t[]){3});
    int64_t *nodes, count;
    assert_refused(fr_graph_select(&labels, "v=2", &nodes, &count), FR_EINPUT,
                   "no node has v=2; values of v: 1, 1.0, x=y");
    assert_null(nodes);
    assert_refused(fr_graph_select(&labels, "w=2", &nodes, &count), FR_EINPUT,
                   "no attribute 'w'; the nodes have: node, v");
    assert_refused(fr_graph_select(&labels, "year", &nodes, &count), FR_EUSAGE, "expected ATTRIBUTE=VALUE");
    fr_graph_attributes none = {0};
    assert_refused(fr_graph_select(&none, "a=b", &nodes, &count), FR_EINPUT, "the nodes have: none");
    fr_graph_attributes_free(&labels);
    fr_graph_free(&graph);
}

/* A message stays short however many values there are. */
static void many_values(void **state)
{
    (void)state;
    char text[8000];
    size_t used = (size_t)snprintf(text, sizeof text, "node,v\n");
    for (int k = 0; k < 100; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,%060d\n", k, k);
    fr_graph graph;
    fr_graph_attributes labels;
    graph_of("0 99\n", &graph);
    read_labels(text, &graph, &labels);
    int64_t *nodes, count;
    assert_refused(fr_graph_select(&labels, "v=x", &nodes, &count), FR_EINPUT, ", ...");
    assert_true(strlen(fr_last_error()) < 600);
    fr_graph_attributes_free(&labels);
    fr_graph_free(&graph);
}

static void real_tables(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_attributes labels;
    int64_t *nodes, count;
    cluster_graph_load("JohnsHopkins.edgelist.gz", &graph);
    assert_ok(
        fr_graph_labels_read(shared_path("data/localgraph/JohnsHopkins_labels.csv.gz"), &graph, &labels));
    assert_ok(fr_graph_select(&labels, "year=2009", &nodes, &count));
    assert_int_equal(count, 910);
    fr_free(nodes);
    fr_graph_attributes_free(&labels);
    fr_graph_free(&graph);
    /* The authors' list of complexes and the table by node agree. */
    cluster_graph_load("ppi_mips.graphml.gz", &graph);
    int64_t *other, other_count;
    assert_ok(
        fr_graph_labels_read(shared_path("data/localgraph/ppi_mips_ground_truth.csv"), &graph, &labels));
    assert_ok(fr_graph_select(&labels, "class=RNA-polymerase-II-holoenzyme:1.0", &nodes, &count));
    fr_graph_attributes_free(&labels);
    assert_ok(fr_graph_labels_read(shared_path("data/localgraph/ppi_mips_labels.csv"), &graph, &labels));
    assert_ok(fr_graph_select(&labels, "group=RNA-polymerase-II-holoenzyme:1.0", &other, &other_count));
    fr_graph_attributes_free(&labels);
    assert_set_equal(count, nodes, other_count, other);
    assert_int_equal(count, 29);
    fr_free(nodes);
    fr_free(other);
    fr_graph_free(&graph);
}

/* ---- lists of nodes ---- */

static void lists_of_nodes(void **state)
{
    (void)state;
    fr_graph graph;
    int64_t *nodes, count;
    double *masses;
    graph_of("0 1\n1 2\n2 3\n", &graph);
    assert_ok(fr_graph_nodes_read(written("n.txt", "\xEF\xBB\xBF# seeds\n 3 \r\n\n1\n3"), &graph, &nodes,
                                  NULL, &count));
    assert_int_equal(count, 3);
    assert_memory_equal(nodes, ((const int64_t[]){3, 1, 3}), 3 * sizeof *nodes);
    fr_free(nodes);
    assert_ok(fr_graph_nodes_read(written("n.txt", "node\n2\n"), &graph, &nodes, &masses, &count));
    assert_int_equal(count, 1);
    assert_null(masses);
    fr_free(nodes);
    assert_ok(fr_graph_nodes_read(written("n.txt", "node,mass\n2 ,0.5\n0, 1e-3\n"), &graph, &nodes, &masses,
                                  &count));
    assert_int_equal(count, 2);
    assert_true(masses[0] == 0.5 && masses[1] == 1e-3);
    fr_free(nodes);
    fr_free(masses);
    fr_graph_free(&graph);
    static const char named[] = "New York\tLos Angeles\nLos Angeles\t7\n";
    graph_of(named, &graph);
    assert_ok(
        fr_graph_nodes_read(written("n.txt", "Los Angeles\n7\nNew York\n"), &graph, &nodes, NULL, &count));
    assert_memory_equal(nodes, ((const int64_t[]){1, 2, 0}), 3 * sizeof *nodes);
    fr_free(nodes);
    assert_ok(fr_graph_nodes_read(written("n.txt", "Los Angeles\t2\n7\t1"), &graph, &nodes, &masses, &count));
    assert_memory_equal(nodes, ((const int64_t[]){1, 2}), 2 * sizeof *nodes);
    fr_free(nodes);
    fr_free(masses);
    fr_graph_free(&graph);
}

/* Names with commas as spreadsheets write them, and as they are. */
static void lists_of_quoted_names(void **state)
{
    (void)state;
    fr_graph graph;
    int64_t *nodes, count;
    double *masses;
    graph_of("Smith, J\tThe \"Rock\"\nThe \"Rock\"\t7\n", &graph);
    static const char text[] = "\"Smith, J\"\nSmith, J\n\"The \"\"Rock\"\"\"\nThe \"Rock\"\n\"7\"\n";
    assert_ok(fr_graph_nodes_read(written("n.txt", text), &graph, &nodes, NULL, &count));
    assert_int_equal(count, 5);
    assert_memory_equal(nodes, ((const int64_t[]){0, 0, 1, 1, 2}), 5 * sizeof *nodes);
    fr_free(nodes);
    static const char massive[] = "\"Smith, J\",2\n\"The \"\"Rock\"\"\"\t1\n7;0.5\n";
    assert_ok(fr_graph_nodes_read(written("n.txt", massive), &graph, &nodes, &masses, &count));
    assert_memory_equal(nodes, ((const int64_t[]){0, 1, 2}), 3 * sizeof *nodes);
    assert_true(masses[0] == 2 && masses[1] == 1 && masses[2] == 0.5);
    fr_free(nodes);
    fr_free(masses);
    assert_refused(fr_graph_nodes_read(written("n.txt", "\"Smith\n"), &graph, &nodes, NULL, &count),
                   FR_EINPUT, "\"Smith");
    fr_graph_free(&graph);
}

static void list_refused(const char *text, bool masses, const char *part)
{
    fr_graph graph;
    int64_t *nodes, count;
    double *mass;
    graph_of("0 1\n1 2\n2 3\n", &graph);
    assert_refused(fr_graph_nodes_read(written("n.txt", text), &graph, &nodes, masses ? &mass : NULL, &count),
                   FR_EINPUT, part);
    assert_null(nodes);
    fr_graph_free(&graph);
}

static void bad_lists(void **state)
{
    (void)state;
    list_refused("", false, "empty");
    list_refused("# none\n\n", false, "names no nodes");
    list_refused("node\n", false, "names no nodes");
    list_refused("1\n4\n", false, "n.txt:2: there is no node 4");
    list_refused("1\nx\n", false, "n.txt:2: there is no node called 'x'");
    list_refused("1\nnode\n", false, "n.txt:2");
    list_refused("1 0.5\n", false, "n.txt:1: expected a node alone, found '0.5' behind it");
    list_refused("1 0.5 7\n", true, "n.txt:1: expected a node and a mass, found '7' behind it");
    list_refused("1,-0.5\n", true, "expected a mass from 0, found '-0.5'");
    list_refused("1,inf\n", true, "expected a mass from 0, found 'inf'");
    list_refused("1,0.5\n2\n", true, "n.txt:2: some nodes have a mass and some have not");
    list_refused("1\n2 1\n", true, "n.txt:2: some nodes have a mass");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_with_a_header),
        cmocka_unit_test(names_and_classes_without_a_header),
        cmocka_unit_test(numbers_and_texts_are_compared),
        cmocka_unit_test(many_values),
        cmocka_unit_test(real_tables),
        cmocka_unit_test(lists_of_nodes),
        cmocka_unit_test(lists_of_quoted_names),
        cmocka_unit_test(bad_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
