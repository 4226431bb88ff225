/* GML in: nodes, edges, weights, attributes, names; what is wrong is told with its line. */
#include "cluster_cases.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static int parse(const char *text, const fr_graph_settings *settings, fr_graph *out,
                 fr_graph_attributes *attributes)
{
    return fr_graph_parse(text, (int64_t)strlen(text), "g.gml", settings, out, attributes, NULL);
}

static fr_graph_settings defaults(void)
{
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    return settings;
}

/* Two triangles joined by an edge, as 0-based pairs. */
static const uint32_t barbell_from[] = {0, 0, 1, 2, 3, 3, 4}, barbell_to[] = {1, 2, 2, 3, 4, 5, 5};

static void small_graph(void **state)
{
    (void)state;
    static const char text[] =
        "Creator \"a [ b # c\"\nVersion 1\n# comment [\n"
        "graph [ comment \"x\" directed 0\n"
        "node [ id 10 graphics [ x 1.0 inner [ y 2 ] ] ]\nnode [ id 7 ] node [ id -3 ]\n"
        "node[id 4]node[id 5]node[id 6.0]\n"
        "edge [ source 10 target 7 ] edge [ target -3 source 10 ]\n"
        "edge [ source 7 target -3 ] edge [ source -3 target 4 ]\n"
        "edge [ source 4 target 5 ] edge [ source 4 target 6 ] edge [ source 5 target 6 ]\n]\n";
    fr_graph got, expected;
    assert_ok(parse(text, NULL, &got, NULL));
    assert_ok(fr_graph_from_arcs(6, 7, barbell_from, barbell_to, NULL, NULL, &expected));
    assert_int_equal(got.n, 6);
    assert_int_equal(got.n_arcs, 14);
    assert_memory_equal(got.neighbour, expected.neighbour, 14 * sizeof *got.neighbour);
    /* Ids that are not 0, 1, ... become names. */
    char buffer[24];
    int64_t node;
    assert_string_equal(fr_graph_name(&got, 2, buffer), "-3");
    assert_ok(fr_graph_find(&got, "10", "test", &node));
    assert_int_equal(node, 0);
    fr_graph_free(&got);
    fr_graph_free(&expected);
}

/* Ids 0, 1, ... are the numbers of the nodes and need no names; edges may come before their nodes. */
static void plain_ids(void **state)
{
    (void)state;
    fr_graph graph;
    watch_warnings();
    assert_ok(parse(
        "graph [ directed 1 edge [ source 1 target 0 ] node [ id 0 ] node [ id 1 label \"only one\" ] ]",
        NULL, &graph, NULL));
    assert_null(graph.name_offset);
    assert_int_equal(graph.n_arcs, 2);
    assert_non_null(strstr(last_warning(), "directed 1"));
    fr_graph_free(&graph);
}

static void labels_and_attributes(void **state)
{
    (void)state;
    static const char text[] =
        "graph [\n"
        "  node [ id 1 label \"A &amp; &quot;B&quot; &lt;&gt;&apos;&uml;\" year 2009 ]\n"
        "  node [ id 2 label \"C\nD\" year 2010.5 kind \"x\" ]\n"
        "  edge [ source 1 target 2 value 2.5 ]\n]";
    fr_graph graph;
    fr_graph_attributes attributes;
    char buffer[24];
    watch_warnings();
    assert_ok(parse(text, NULL, &graph, &attributes));
    assert_int_equal(warnings_seen(), 0);
    assert_string_equal(fr_graph_name(&graph, 0, buffer), "A & \"B\" <>'&uml;");
    assert_string_equal(fr_graph_name(&graph, 1, buffer), "C\nD");
    assert_true(graph.weight[0] == 2.5);
    assert_int_equal(attributes.n, 2);
    assert_int_equal(attributes.n_columns, 4);
    static const char *const names[] = {"id", "label", "year", "kind"};
    for (int k = 0; k < 4; k++)
        assert_string_equal(attributes.names[k], names[k]);
    assert_string_equal(attributes.cells[0], "1");
    assert_string_equal(attributes.cells[2], "2009");
    assert_null(attributes.cells[3]);
    assert_string_equal(attributes.cells[7], "x");
    fr_graph_attributes_free(&attributes);
    fr_graph_free(&graph);
}

static double first_weight(const char *edge, const fr_graph_settings *settings)
{
    char text[300];
    snprintf(text, sizeof text, "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 %s ] ]", edge);
    fr_graph graph;
    watch_warnings();
    assert_ok(parse(text, settings, &graph, NULL));
    double weight = graph.n_arcs == 0 ? 0 : graph.weight == NULL ? 1 : graph.weight[0];
    fr_graph_free(&graph);
    return weight;
}

static void the_weight_is_chosen(void **state)
{
    (void)state;
    fr_graph_settings settings = defaults();
    assert_true(first_weight("", NULL) == 1);
    assert_true(first_weight("id 5 label \"e\"", NULL) == 1);
    assert_int_equal(warnings_seen(), 0);
    assert_true(first_weight("value 3", NULL) == 3);
    assert_int_equal(warnings_seen(), 0);
    assert_true(first_weight("value 3 weights 4", NULL) == 4);
    assert_non_null(strstr(last_warning(), "'weights' is the weight; other numeric edge attributes: value"));
    assert_true(first_weight("value 3 weights 4 weight 5", NULL) == 5);
    assert_true(first_weight("capacity 3", NULL) == 1);
    assert_non_null(strstr(last_warning(), "capacity"));
    settings.weight_attribute = "capacity";
    assert_true(first_weight("capacity 3 weight 2", &settings) == 3);
    settings.unweighted = true;
    assert_true(first_weight("capacity NAN weight 2", &settings) == 1);
    settings = defaults();
    settings.drop_bad_weights = true;
    assert_true(first_weight("weight inf", &settings) == 0);
    assert_true(first_weight("weight -1", &settings) == 0);
}

static void edges_without_the_weight_count_one(void **state)
{
    (void)state;
    fr_graph graph;
    watch_warnings();
    assert_ok(parse("graph [ node [ id 0 ] node [ id 1 ] node [ id 2 ] edge [ source 0 target 1 weight 7 ] "
                    "edge [ source 1 target 2 ] ]",
                    NULL, &graph, NULL));
    assert_non_null(strstr(last_warning(), "without the attribute 'weight' get weight 1 (there are 1)"));
    assert_true(graph.volume == 16);
    fr_graph_free(&graph);
}

static void refused(const char *text, const char *part)
{
    fr_graph graph;
    fr_graph_attributes attributes;
    assert_refused(parse(text, NULL, &graph, &attributes), FR_EINPUT, part);
    assert_null(graph.row);
    assert_null(attributes.cells);
}

#define TWO "graph [\nnode [ id 0 ]\nnode [ id 1 ]\n"

static void bad_input(void **state)
{
    (void)state;
    refused("", "g.gml: the file is empty");
    refused("Version 1\n", "no graph");
    refused("0 1\n1 2\n", "g.gml:1: expected a key, found '0'");
    refused("graph 5", "g.gml:1: expected [ after graph");
    refused("graph [ ]", "no nodes");
    refused("graph [ ] graph [ ]", "a second graph");
    refused("graph [\n node [ id 1 ]\n", "g.gml:3: expected a key or ], found the end of the file");
    refused("graph [\nnode [ label \"a\" ] ]", "g.gml:2: a node without an id");
    refused("graph [\nnode [ id 1 ]\nnode [ id 1 ] ]", "g.gml:3: node 1 is defined twice");
    refused("graph [ node [ id 1 id 2 ] ]", "two ids");
    refused("graph [ node [ id x ] ]", "found 'x'");
    refused("graph [ node [ id \"1\" ] ]", "g.gml:1: expected a whole number as the id of a node, found '1'");
    refused("graph [ node [ id 1.5 ] ]", "found '1.5'");
    refused("graph [ node 5 ]", "expected [ after node, found '5'");
    refused("graph [ node [ id 1 label \"a ] ]", "never closed");
    refused("graph [ node [ id ] ]", "expected a value, found ']'");
    refused("graph [ node [ id 1 x [ y ", "expected ], found the end of the file");
    refused(TWO "edge [ source 0 target 2 ] ]", "g.gml:4: target 2 is not the id of a node");
    refused(TWO "edge [ source 0 ] ]", "g.gml:4: an edge without a target");
    refused(TWO "edge [ source 0\ntarget 1\nweight \"heavy\" ] ]",
            "g.gml:6: edge attribute 'weight': expected a number, found 'heavy'");
    refused(TWO "edge [ source 0 target 1 weight -2 ] ]", "g.gml:4: weight -2");
    refused(TWO "edge [ source 0 target 1 weight inf ] ]", "g.gml:4: weight inf");
    refused(TWO "edge [ source 0 target 1 weight nan ] ]", "weight");
    fr_graph graph;
    fr_graph_settings settings = defaults();
    settings.weight_attribute = "w";
    assert_refused(parse(TWO "edge [ source 0 target 1 weight 2 ] ]", &settings, &graph, NULL), FR_EINPUT,
                   "no attribute 'w'; their numeric attributes: weight");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_graph),
        cmocka_unit_test(plain_ids),
        cmocka_unit_test(labels_and_attributes),
        cmocka_unit_test(the_weight_is_chosen),
        cmocka_unit_test(edges_without_the_weight_count_one),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
