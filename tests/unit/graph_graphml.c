/* GraphML in: keys, defaults, weights, attributes; real files against the same graphs as text; what is wrong is told with
 * its line. */
#include "cluster_cases.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *text, const fr_graph_settings *settings, fr_graph *out,
                 fr_graph_attributes *attributes)
{
    return fr_graph_parse(text, (int64_t)strlen(text), "g.graphml", settings, out, attributes, NULL);
}

static fr_graph_settings defaults(void)
{
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    return settings;
}

#define HEAD                                                                                                 \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "                                                  \
    "xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"

static void keys_defaults_and_attributes(void **state)
{
    (void)state;
    static const char text[] = HEAD
        "<!-- a comment --><desc>text <graph/> </desc>\n"
        "<key id='d0' for='node' attr.name='color' attr.type='string'><desc>d</desc><default> red "
        "</default></key>\n"
        "<key id='d1' for='edge' attr.name='weight' attr.type='double'><default>0.25</default></key>\n"
        "<key id='d2' for='node' attr.name='year' attr.type='int'/>\n"
        "<graph id='G' edgedefault='directed'><data key='undeclared'>x</data>\n"
        "<node id='a'><data key='d0'>A &amp; <![CDATA[<B>]]></data></node>\n"
        "<node id='b'><port name='p'/><data key='d2'>2009<x:inner xmlns:x='u'>gone</x:inner></data></node>\n"
        "<node id='&#x3b1;'/>\n"
        "<edge source='a' target='b'/><edge id='e' source='b' target='&#945;'><data "
        "key='d1'>\n4e0\n</data></edge>\n"
        "</graph><data/></graphml>\n";
    fr_graph graph;
    fr_graph_attributes attributes;
    watch_warnings();
    assert_ok(parse(text, NULL, &graph, &attributes));
    assert_int_equal(warnings_seen(), 0);
    assert_int_equal(graph.n, 3);
    assert_int_equal(graph.n_arcs, 4);
    assert_true(graph.weight[0] == 0.25 && graph.weight[2] == 4);
    char buffer[24];
    assert_string_equal(fr_graph_name(&graph, 2, buffer), "\xCE\xB1");
    assert_int_equal(attributes.n_columns, 3);
    assert_string_equal(attributes.names[0], "id");
    assert_string_equal(attributes.names[1], "color");
    assert_string_equal(attributes.cells[1], "A & <B>");
    assert_string_equal(attributes.cells[4], "red");
    assert_string_equal(attributes.cells[5], "2009");
    assert_string_equal(attributes.cells[6], "\xCE\xB1");
    assert_null(attributes.cells[8]);
    fr_graph_attributes_free(&attributes);
    fr_graph_free(&graph);
}

/* Edges before their nodes wait; the order of all edges is kept, so that the first of two is still the first. */
static void edges_before_nodes(void **state)
{
    (void)state;
    static const char text[] = HEAD "<key id='w' for='all' attr.name='weight' attr.type='int'/><graph><node "
                                    "id='0'/><node id='1'/><edge source='0' target='1'><data "
                                    "key='w'>1</data></edge><edge source='1' target='2'><data "
                                    "key='w'>5</data></edge><edge source='0' target='1'><data "
                                    "key='w'>3</data></edge><edge source='1' target='2'><data "
                                    "key='w'>7</data></edge><node id='2'><data "
                                    "key='w'>9</data></node></graph></graphml>";
    fr_graph graph;
    fr_graph_settings settings = defaults();
    settings.duplicates = FR_GRAPH_DUP_FIRST;
    assert_ok(parse(text, &settings, &graph, NULL));
    assert_null(graph.name_offset);
    assert_true(graph.degree[0] == 1 && graph.degree[1] == 6 && graph.degree[2] == 5);
    fr_graph_free(&graph);
}

static void the_weight_is_chosen(void **state)
{
    (void)state;
    static const char text[] =
        HEAD "<key id='a' for='edge' attr.name='weights' attr.type='double'/>\n"
             "<key id='b' for='edge' attr.name='weight' attr.type='double'/>\n"
             "<key id='c' for='edge' attr.name='note' attr.type='string'/>\n"
             "<graph><node id='0'/><node id='1'/><edge source='0' target='1'>"
             "<data key='a'>2</data><data key='b'>3</data><data key='c'>x</data></edge>"
             "<edge source='1' target='1'><data key='a'>4</data></edge></graph></graphml>";
    fr_graph graph;
    fr_graph_settings settings = defaults();
    watch_warnings();
    assert_ok(parse(text, NULL, &graph, NULL));
    assert_true(graph.max_weight == 3 && graph.min_weight == 1);
    assert_int_equal(warnings_seen(), 2); /* which weight, and an edge without it */
    assert_non_null(strstr(last_warning(), "without the attribute 'weight' get weight 1 (there are 1)"));
    fr_graph_free(&graph);
    settings.weight_attribute = "weights";
    watch_warnings();
    assert_ok(parse(text, &settings, &graph, NULL));
    assert_true(graph.max_weight == 4 && graph.min_weight == 2);
    assert_int_equal(warnings_seen(), 0);
    fr_graph_free(&graph);
    settings.weight_attribute = "note";
    assert_refused(parse(text, &settings, &graph, NULL), FR_EINPUT, "g.graphml:6: edge attribute 'note'");
    settings.weight_attribute = "no";
    assert_refused(parse(text, &settings, &graph, NULL), FR_EINPUT, "numeric attributes: weights, weight");
}

/* More than one piece of 64 kB: texts and tags are cut anywhere, lines are still counted. */
static void large_document(void **state)
{
    (void)state;
    enum { n = 20000 };
    size_t room = 100 * n, used = 0;
    char *text = malloc(room);
    assert_non_null(text);
    used += (size_t)snprintf(text, room, HEAD "<key id='w' for='edge' attr.name='weight'/><graph>\n");
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, room - used, "<node id='n%d'/>\n", i);
    for (int i = 1; i < n; i++)
        used +=
            (size_t)snprintf(text + used, room - used,
                             "<edge source='n%d' target='n%d'><data key='w'>%d</data></edge>\n", i - 1, i, i);
    size_t end = used;
    snprintf(text + used, room - used, "</graph></graphml>");
    fr_graph graph;
    assert_ok(parse(text, NULL, &graph, NULL));
    assert_int_equal(graph.n_arcs, 2 * (n - 1));
    assert_true(graph.volume == (double)n * (n - 1));
    fr_graph_free(&graph);
    snprintf(text + end, room - end, "<edge source='n1' target='m'/></graph></graphml>");
    assert_refused(parse(text, NULL, &graph, NULL), FR_EINPUT,
                   "g.graphml:40003: target 'm' is not the id of a node");
    free(text);
}

/* The graph of data/localgraph/NAME with the settings. */
static void load(const char *name, const fr_graph_settings *settings, fr_graph *out,
                 fr_graph_attributes *attributes)
{
    char path[200];
    snprintf(path, sizeof path, "data/localgraph/%s", name);
    assert_ok(fr_graph_read(shared_path(path), settings, out, attributes, NULL));
}

static const char sfld[] = "sfld_brown_et_al_amidohydrolases_protein_similarities_for_beh.graphml.gz";

/* Names aside. */
static void assert_same_arcs(fr_graph *got, const fr_graph *expected)
{
    fr_graph plain = *got;
    plain.name_offset = NULL;
    plain.name_bytes = NULL;
    assert_graph_equal(&plain, expected);
}

static void protein_interactions(void **state)
{
    (void)state;
    fr_graph graph, text;
    fr_graph_attributes attributes;
    char buffer[24];
    load("ppi_mips.graphml.gz", NULL, &graph, &attributes);
    load("ppi_mips.edgelist", NULL, &text, NULL);
    assert_same_arcs(&graph, &text);
    assert_string_equal(fr_graph_name(&graph, 2, buffer), "1.0");
    int64_t *nodes, count;
    assert_ok(fr_graph_select(&attributes, "label=YDR447C", &nodes, &count));
    assert_int_equal(count, 1);
    assert_int_equal(nodes[0], 0);
    fr_free(nodes);
    assert_ok(fr_graph_select(&attributes, "id = YIL069C", &nodes, &count));
    assert_int_equal(nodes[0], 1);
    fr_free(nodes);
    fr_graph_attributes_free(&attributes);
    fr_graph_free(&graph);
    fr_graph_free(&text);
}

/* The file has a weight of 1.0 on every edge and the similarities as "weights". */
static void protein_similarities(void **state)
{
    (void)state;
    fr_graph graph, text;
    fr_graph_settings settings = defaults();
    watch_warnings();
    load(sfld, NULL, &graph, NULL);
    assert_non_null(strstr(last_warning(), "'weight' is the weight; other numeric edge attributes: weights"));
    assert_int_equal(graph.n_arcs, 31140);
    fr_graph_free(&graph);
    settings.unweighted = true;
    load(sfld, &settings, &graph, NULL);
    load("sfld.edgelist", NULL, &text, NULL);
    assert_same_arcs(&graph, &text);
    fr_graph_free(&graph);
    fr_graph_free(&text);
    settings = defaults();
    settings.weight_attribute = "weights";
    load(sfld, &settings, &graph, NULL);
    assert_int_equal(graph.n_arcs, 21320);
    assert_close(graph.volume, 3179766.356168429,
                 1e-14); /* a sum of 21320 terms: a few units in the last place */
    load("sfld.csv.gz", NULL, &text, NULL);
    assert_int_equal(text.n_arcs, 21320);
    /* The nodes of the table are numbered by first appearance: compare degrees by name. */
    for (int64_t i = 0; i < graph.n; i++) {
        char buffer[24];
        int64_t other;
        assert_ok(fr_graph_find(&text, fr_graph_name(&graph, i, buffer), "test", &other));
        assert_int_equal(graph.row[i + 1] - graph.row[i], text.row[other + 1] - text.row[other]);
        assert_close(text.degree[other], graph.degree[i], 1e-14); /* another order of summation */
    }
    fr_graph_free(&graph);
    fr_graph_free(&text);
}

static void refused(const char *text, const char *part)
{
    fr_graph graph;
    fr_graph_attributes attributes;
    assert_refused(parse(text, NULL, &graph, &attributes), FR_EINPUT, part);
    assert_null(graph.row);
    assert_null(attributes.cells);
}

#define KEYS                                                                                                 \
    HEAD "<key id='w' for='edge' attr.name='weight' attr.type='double'/>\n<graph>\n<node id='a'/><node "     \
         "id='b'/>\n"
#define TAIL "</graph></graphml>"

static void bad_input(void **state)
{
    (void)state;
    refused("", "g.graphml");
    refused("0 1\n1 2\n", "g.graphml:1: not well-formed XML");
    refused("<html></html>", "g.graphml:1: expected a graphml element, found 'html'");
    refused(HEAD, "not well-formed XML");
    refused(HEAD "</graphml>", "no graph element");
    refused(HEAD "<graph>" TAIL, "no nodes");
    refused(HEAD "<graph><node id='a'/></graph>\n<graph/></graphml>", "g.graphml:4: a second graph");
    refused(KEYS "</graph>\n</graphm>", "g.graphml:7: not well-formed XML");
    refused(KEYS "<node/>" TAIL, "g.graphml:6: the element 'node' has no 'id'");
    refused(KEYS "<node id='a'/>" TAIL, "g.graphml:6: the node 'a' is defined twice");
    refused(KEYS "<edge source='a'/>" TAIL, "the element 'edge' has no 'target'");
    refused(KEYS "<edge source='a' target='c'/>" TAIL, "g.graphml:6: target 'c' is not the id of a node");
    refused(KEYS "<edge source='a' target='b'>\n<data key='w'>x</data></edge>" TAIL,
            "g.graphml:7: edge attribute 'weight': expected a number, found 'x'");
    refused(KEYS "<edge source='a' target='b'><data key='w'>-1</data></edge>" TAIL, "g.graphml:6: weight -1");
    refused(KEYS "<edge source='a' target='b'><data key='w'>INF</data></edge>" TAIL, "weight inf");
    refused(KEYS "<edge source='a' target='b'><data key='v'>1</data></edge>" TAIL,
            "no key element declares the key 'v' for edges");
    refused(KEYS "<node id='c'><data key='w'>1</data></node>" TAIL,
            "no key element declares the key 'w' for nodes");
    refused(KEYS "<node id='c'><data>1</data></node>" TAIL, "the element 'data' has no 'key'");
    refused(KEYS "<node id='c'>\n<graph/></node>" TAIL, "g.graphml:7: a graph within a node");
    refused(KEYS "<hyperedge/>" TAIL, "more than two ends");
    refused(HEAD "<key id='w' for='edge'/><key id='w' for='edge'/></graphml>",
            "the key 'w' is declared twice");
    refused(HEAD "<key for='edge'/></graphml>", "the element 'key' has no 'id'");
    refused("<!DOCTYPE graphml [ <!ENTITY x \"y\"> ]><graphml/>", "declares the entity 'x'");
    refused(KEYS "<node id='c'/>&nothing;" TAIL, "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_defaults_and_attributes),
        cmocka_unit_test(edges_before_nodes),
        cmocka_unit_test(the_weight_is_chosen),
        cmocka_unit_test(large_document),
        cmocka_unit_test(protein_interactions),
        cmocka_unit_test(protein_similarities),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
