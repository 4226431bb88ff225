/* The same graph through GML, GraphML and .fgraph: identical rows, weights and degrees (specification, check 20). */
#include "cluster_cases.h"
#include "support.h"

#include "data/number.h"

#include <inttypes.h>
#include <stdio.h>

/* How a format writes a node, an edge, and what is around them. */
typedef struct {
    const char *file, *head, *node, *edge, *end;
} writer;

static const writer writers[] = {
    {"graph.gml", "graph [\n", "node [ id %" PRId64 " ]\n",
     "edge [ source %" PRId64 " target %" PRId64 " weight %s ]\n", "]\n"},
    {"graph.graphml",
     "<graphml><key id=\"w\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/><graph "
     "edgedefault=\"undirected\">\n",
     "<node id=\"%" PRId64 "\"/>\n",
     "<edge source=\"%" PRId64 "\" target=\"%" PRId64 "\"><data key=\"w\">%s</data></edge>\n",
     "</graph></graphml>\n"},
};

/* Each edge once, or in both directions. */
static void write_text(const fr_graph *graph, const writer *format, bool both, const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(format->head, file);
    for (int64_t i = 0; i < graph->n; i++)
        fprintf(file, format->node, i);
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
            int64_t j = graph->neighbour[k];
            char weight[FR_NUMBER_ROOM];
            if (j < i && !both) continue;
            fr_number_format(graph->weight != NULL ? graph->weight[k] : 1, weight);
            fprintf(file, format->edge, i, j, weight);
        }
    fputs(format->end, file);
    assert_int_equal(fclose(file), 0);
}

static void all_formats_agree(const char *name)
{
    fr_graph graph, back;
    cluster_graph_load(name, &graph);
    for (size_t w = 0; w < sizeof writers / sizeof *writers; w++)
        for (int both = 0; both < 2; both++) {
            const char *path = scratch_file(writers[w].file);
            write_text(&graph, &writers[w], both, path);
            assert_ok(fr_graph_read(path, NULL, &back, NULL, NULL));
            assert_graph_equal(&back, &graph);
            fr_graph_free(&back);
        }
    const char *path = scratch_file("graph.fgraph");
    assert_ok(fr_fgraph_write(path, &graph));
    assert_ok(fr_fgraph_check(path));
    assert_ok(fr_graph_read(path, NULL, &back, NULL, NULL));
    assert_graph_equal(&back, &graph);
    fr_graph_free(&back);
    fr_graph_free(&graph);
}

static void dolphins(void **state)
{
    (void)state;
    all_formats_agree("dolphins.smat");
}

/* Weights and loops. */
static void worm_neurons(void **state)
{
    (void)state;
    all_formats_agree("celegans.smat");
}

static void roads(void **state)
{
    (void)state;
    all_formats_agree("minnesota_weighted.smat");
}

/* Isolated nodes. */
static void students(void **state)
{
    (void)state;
    all_formats_agree("JohnsHopkins.edgelist.gz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dolphins),
        cmocka_unit_test(worm_neurons),
        cmocka_unit_test(roads),
        cmocka_unit_test(students),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
