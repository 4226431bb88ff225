/* The real graphs as they are loaded, against stored counts; and the same graph through every text format, bit by bit. */
#include "cluster_cases.h"
#include "support.h"

#include <frugal/data.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *data_path(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "data/localgraph/%s", name);
    return shared_path(path);
}

static void graphs_have_the_stored_counts(void **state)
{
    (void)state;
    json_t *all = cluster_json("graphstats.json"), *one;
    size_t k;
    json_array_foreach(all, k, one)
    {
        fr_graph graph;
        cluster_graph_load(cluster_text(one, "graph"), &graph);
        int64_t isolated = 0;
        double largest = 0;
        for (int64_t i = 0; i < graph.n; i++) {
            isolated += fr_graph_degree(&graph, i) == 0;
            largest = fmax(largest, fr_graph_degree(&graph, i));
        }
        assert_int_equal(graph.n, (int64_t)cluster_number(one, "n"));
        assert_int_equal(graph.n_arcs, (int64_t)cluster_number(one, "arcs"));
        assert_int_equal(graph.n_loops, (int64_t)cluster_number(one, "self_loops"));
        assert_int_equal(fr_graph_edges(&graph), (int64_t)cluster_number(one, "edges"));
        assert_close(graph.volume, cluster_number(one, "volume"),
                     1e-14); /* sums of decimals: some rounding */
        assert_int_equal(isolated, (int64_t)cluster_number(one, "isolated"));
        assert_close(largest, cluster_number(one, "max_degree"), 1e-14);
        assert_ok(fr_graph_check(&graph));
        fr_graph_free(&graph);
    }
    assert_true(k >= 17);
    json_decref(all);
}

static void named_lists_have_the_stored_sums(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_notes notes;
    char buffer[24];
    int64_t node;
    assert_ok(fr_graph_read(data_path("sfld.csv.gz"), NULL, &graph, NULL, &notes));
    assert_int_equal(graph.n, 232);
    assert_int_equal(graph.n_arcs, 21320); /* 9737 of the 30008 lines have weight 0 */
    assert_int_equal(notes.lines, 30008);
    assert_close(graph.volume, 3179766.356168429, 1e-14);
    assert_string_equal(fr_graph_name(&graph, 0, buffer), "gi15801179");
    assert_ok(fr_graph_find(&graph, "gi24112473", "test", &node));
    assert_int_equal(node, 2);
    fr_graph_free(&graph);
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.unweighted = true;
    assert_ok(fr_graph_read(data_path("sfld.csv.gz"), &settings, &graph, NULL, &notes));
    assert_int_equal(graph.n_arcs, 31140); /* zeros are arcs too when weights are not looked at */
    assert_null(graph.weight);
    fr_graph_free(&graph);
}

static void infinite_weights_are_told_or_dropped(void **state)
{
    (void)state;
    fr_graph graph;
    fr_graph_notes notes;
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    assert_refused(fr_graph_read(data_path("ASTRAL.csv.gz"), &settings, &graph, NULL, NULL), FR_EINPUT,
                   "ASTRAL.csv.gz:1509: column 3: expected a finite weight");
    settings.drop_bad_weights = true;
    assert_ok(fr_graph_read(data_path("ASTRAL.csv.gz"), &settings, &graph, NULL, &notes));
    assert_int_equal(notes.dropped_weights, 12);
    fr_graph_free(&graph);
}

/* ---- one graph, many formats ---- */

typedef enum { ONE_WAY, BOTH_WAYS, BACKWARDS } direction;

/* The arcs as lines "i j w", ids from `base`. */
static void put_arcs(FILE *to, const fr_graph *graph, int64_t base, direction way, const char *separator)
{
    for (int64_t step = 0; step < graph->n; step++) {
        int64_t i = way == BACKWARDS ? graph->n - 1 - step : step;
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
            int64_t j = graph->neighbour[k];
            if (way != BOTH_WAYS && j > i) continue;
            fprintf(to, "%" PRId64 "%s%" PRId64, i + base, separator, j + base);
            if (graph->weight != NULL) fprintf(to, "%s%.17g", separator, graph->weight[k]);
            fprintf(to, "\n");
        }
    }
}

static void put_metis(FILE *to, const fr_graph *graph)
{
    fprintf(to, "%% comment\n%" PRId64 " %" PRId64 "%s\n", graph->n, fr_graph_edges(graph) + graph->n_loops,
            graph->weight != NULL ? " 1" : "");
    for (int64_t i = 0; i < graph->n; i++) {
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++) {
            fprintf(to, " %" PRIu32, graph->neighbour[k] + 1);
            if (graph->weight != NULL) fprintf(to, " %.17g", graph->weight[k]);
        }
        fprintf(to, "\n");
    }
}

static void put_mtx(FILE *to, const fr_graph *graph, bool symmetric)
{
    fprintf(to, "%%%%MatrixMarket matrix coordinate %s %s\n%%\n%" PRId64 " %" PRId64 " %" PRId64 "\n",
            graph->weight != NULL ? "real" : "pattern", symmetric ? "symmetric" : "general", graph->n,
            graph->n, symmetric ? fr_graph_edges(graph) + graph->n_loops : graph->n_arcs);
    put_arcs(to, graph, 1, symmetric ? ONE_WAY : BOTH_WAYS, " ");
}

static void put_gml(FILE *to, const fr_graph *graph)
{
    fprintf(to, "graph [\n");
    for (int64_t i = 0; i < graph->n; i++)
        fprintf(to, "node [ id %" PRId64 " ]\n", i);
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] <= i)
                fprintf(to, "edge [ source %" PRId64 " target %" PRIu32 " weight %.17g ]\n", i,
                        graph->neighbour[k], graph->weight != NULL ? graph->weight[k] : 1);
    fprintf(to, "]\n");
}

static void put_graphml(FILE *to, const fr_graph *graph)
{
    fprintf(to, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\"><key id=\"w\" for=\"edge\" "
                "attr.name=\"weight\" attr.type=\"double\"/><graph edgedefault=\"undirected\">\n");
    for (int64_t i = 0; i < graph->n; i++)
        fprintf(to, "<node id=\"%" PRId64 "\"/>\n", i);
    for (int64_t i = 0; i < graph->n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] <= i)
                fprintf(to,
                        "<edge source=\"%" PRId64 "\" target=\"%" PRIu32
                        "\"><data key=\"w\">%.17g</data></edge>\n",
                        i, graph->neighbour[k], graph->weight != NULL ? graph->weight[k] : 1);
    fprintf(to, "</graph></graphml>\n");
}

static void put(FILE *to, const fr_graph *graph, const char *name)
{
    if (strstr(name, ".smat") != NULL) {
        fprintf(to, "%" PRId64 " %" PRId64 " %" PRId64 "\n", graph->n, graph->n, graph->n_arcs);
        put_arcs(to, graph, 0, BOTH_WAYS, " ");
    } else if (strstr(name, ".graph") != NULL && strstr(name, ".graphml") == NULL) {
        put_metis(to, graph);
    } else if (strstr(name, ".mtx") != NULL) {
        put_mtx(to, graph, strstr(name, "symmetric") != NULL);
    } else if (strstr(name, ".gml") != NULL) {
        put_gml(to, graph);
    } else if (strstr(name, ".graphml") != NULL) {
        put_graphml(to, graph);
    } else {
        put_arcs(to, graph, 0,
                 strstr(name, "both") != NULL   ? BOTH_WAYS
                 : strstr(name, "back") != NULL ? BACKWARDS
                                                : ONE_WAY,
                 strstr(name, ".csv") != NULL ? "," : "\t");
    }
}

static void through_every_format(const char *graph_name)
{
    static const char *const names[] = {"one.edgelist", "both.edgelist", "back.txt",      "one.csv",
                                        "g.smat",       "general.mtx",   "symmetric.mtx", "g.graph",
                                        "g.gml",        "g.graphml",     "both.csv.gz",   "g.graph.gz",
                                        "g.graphml.gz"};
    fr_graph graph, got;
    cluster_graph_load(graph_name, &graph);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char *text;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        put(stream, &graph, names[k]);
        fclose(stream);
        const char *path = scratch_file(names[k]);
        if (strstr(names[k], ".gz") != NULL) {
            gzFile packed = gzopen(path, "wb1");
            assert_int_equal(gzwrite(packed, text, (unsigned)size), (int)size);
            assert_int_equal(gzclose(packed), Z_OK);
        } else {
            assert_ok(fr_file_write(path, text, (int64_t)size));
        }
        free(text);
        fr_graph_settings settings;
        fr_graph_settings_default(&settings);
        settings.n_nodes = graph.n; /* an edge list does not tell isolated nodes */
        assert_ok(fr_graph_read(path, &settings, &got, NULL, NULL));
        assert_graph_equal(&got, &graph);
        fr_graph_free(&got);
    }
    const char *path = scratch_file("g.fgraph");
    assert_ok(fr_fgraph_write(path, &graph));
    assert_ok(fr_graph_read(path, NULL, &got, NULL, NULL));
    assert_graph_equal(&got, &graph);
    fr_graph_free(&got);
    fr_graph_free(&graph);
}

static void all_formats_give_the_same_graph(void **state)
{
    (void)state;
    through_every_format("dolphins.smat");
    through_every_format("celegans.smat");            /* weights, loops */
    through_every_format("minnesota_weighted.smat");  /* decimals */
    through_every_format("JohnsHopkins.edgelist.gz"); /* isolated nodes */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphs_have_the_stored_counts),
        cmocka_unit_test(named_lists_have_the_stored_sums),
        cmocka_unit_test(infinite_weights_are_told_or_dropped),
        cmocka_unit_test(all_formats_give_the_same_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
