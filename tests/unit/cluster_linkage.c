/* Agglomerative clustering against the plain version that looks at all pairs before every merger; cosine distances against
 * dense vectors; sets that tasks have found; clusters of all nodes. */
#include "support.h"
#include "cluster_cases.h"

#include <cluster/agglomerate.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most = 40 };

/* The closest pair of clusters, each known by its smallest member, ties by the smaller and the larger of these. */
static void plain_linkage(int64_t n, double d[most][most], bool average, int64_t k, int64_t *label)
{
    int64_t size[most], home[most], next = 0;
    for (int64_t i = 0; i < n; i++)
        size[i] = 1, home[i] = i;
    for (int64_t left = n; left > k; left--) {
        int64_t a = -1, b = -1;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = i + 1; j < n; j++)
                if (size[i] > 0 && size[j] > 0 && (a < 0 || d[i][j] < d[a][b])) a = i, b = j;
        for (int64_t j = 0; j < n; j++) {
            double x = d[a][j], y = d[b][j], total = (double)(size[a] + size[b]);
            d[a][j] = d[j][a] = average ? ((double)size[a] * x + (double)size[b] * y) / total : fmax(x, y);
        }
        size[a] += size[b], size[b] = 0;
        for (int64_t i = 0; i < n; i++)
            if (home[i] == b) home[i] = a;
    }
    for (int64_t i = 0; i < n; i++)
        label[i] = home[i] == i ? next++ : label[home[i]];
}

static void linkage_of_random_distances(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        fr_rng rng;
        fr_rng_init(&rng, seed, 1, 0);
        int64_t n = 1 + fr_rng_below(&rng, most), k = 1 + fr_rng_below(&rng, n), got[most], expected[most];
        bool ties = seed % 2 == 1, average = seed % 4 < 2;
        double d[most][most] = {{0}}, pairs[most * most];
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < i; j++) {
                double u = fr_rng_uniform(&rng);
                d[i][j] = d[j][i] = pairs[cluster_pair(i, j)] = ties ? floor(4 * u) : u;
            }
        plain_linkage(n, d, average, k, expected);
        assert_ok(cluster_agglomerate(n, pairs, average ? LINKAGE_AVERAGE : LINKAGE_COMPLETE, k, got));
        assert_set_equal(n, got, n, expected);
    }
}

static void linkage_refuses(void **state)
{
    (void)state;
    double pairs[3] = {1, 2, 3};
    int64_t label[3];
    assert_refused(cluster_agglomerate(3, pairs, LINKAGE_AVERAGE, 0, label), FR_EUSAGE, "0 clusters of 3");
    assert_refused(cluster_agglomerate(3, pairs, LINKAGE_AVERAGE, 4, label), FR_EUSAGE, "4 clusters of 3");
}

/* ---- sets and vectors of tasks ---- */

typedef struct {
    const fr_graph *graph;
    found_sets *found;
} finder;

/* Task k finds the numbers 0 .. k-1 with values 1, 2, ...; a workspace must be there. */
static int find_numbers(int64_t index, const void *context, void *workspace, void *result)
{
    const finder *work = context;
    if (workspace == NULL) return fr_fail(FR_EUSAGE, "no workspace");
    int64_t *node = fr_alloc(index, sizeof *node);
    double *value = fr_alloc(index, sizeof *value);
    for (int64_t k = 0; k < index; k++)
        node[k] = k, value[k] = (double)k + 1;
    work->found->node[index] = node;
    work->found->value[index] = value;
    *(int64_t *)result = index;
    return FR_OK;
}

static void sets_end_to_end(void **state)
{
    (void)state;
    fr_graph graph;
    found_sets found;
    path_cluster_graph(10, &graph);
    assert_ok(found_sets_new(6, &found));
    finder work = {&graph, &found};
    fr_tasks tasks = {.name = "numbers",
                      .count = 6,
                      .result_size = sizeof(int64_t),
                      .run = find_numbers,
                      .context = &work,
                      .workspace_new = found_sets_workspace_new,
                      .workspace_free = found_sets_workspace_free};
    int64_t size[6], start[6], *nodes = NULL, total = 0;
    assert_ok(fr_tasks_run(&tasks, NULL, size, NULL));
    assert_ok(found_sets_join(&found, size, start, &nodes, &total));
    assert_int_equal(total, 15);
    for (int64_t k = 0; k < 6; k++)
        for (int64_t j = 0; j < k; j++)
            assert_int_equal(nodes[start[k] + j], j);
    fr_free(nodes);
    found_sets_free(&found);
    fr_graph_free(&graph);
}

static void cosines_of_random_vectors(void **state)
{
    (void)state;
    enum { n = 50, columns = 30 };
    static double dense[n][columns];
    found_sets vectors;
    int64_t size[n] = {0};
    double *distance;
    assert_ok(found_sets_new(n, &vectors));
    for (int64_t i = 0; i < n; i++) {
        vectors.node[i] = fr_alloc(columns, sizeof(int64_t));
        vectors.value[i] = fr_alloc(columns, sizeof(double));
        for (int64_t c = columns - 1; c >= 0; c--) { /* in no particular order */
            double u = fr_random_uniform(3, (uint64_t)i, (uint64_t)c);
            if (u > 0.3 || i == 7) continue; /* vector 7 is zero */
            dense[i][c] = u;
            vectors.node[i][size[i]] = c;
            vectors.value[i][size[i]++] = u;
        }
    }
    fr_threads_set(2);
    assert_ok(cluster_cosine_distances(&vectors, size, columns, &distance));
    fr_threads_set(0);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) {
            double ij = 0, ii = 0, jj = 0;
            for (int64_t c = 0; c < columns; c++)
                ij += dense[i][c] * dense[j][c], ii += dense[i][c] * dense[i][c],
                    jj += dense[j][c] * dense[j][c];
            double expected = ii > 0 && jj > 0 ? 1 - ij / sqrt(ii * jj) : 1;
            assert_near(distance[cluster_pair(i, j)], expected, 1e-14); /* sums of 30 products, rounded */
        }
    fr_free(distance);
    found_sets_free(&vectors);
}

/* ---- all nodes ---- */

/* `cliques` complete graphs of `size` nodes, each joined to the next by an edge. */
static void cliques_graph(int64_t cliques, int64_t size, fr_graph *out)
{
    uint32_t from[2000], to[2000];
    int64_t count = 0;
    for (int64_t c = 0; c < cliques; c++) {
        for (int64_t i = 0; i < size; i++)
            for (int64_t j = 0; j < i; j++) {
                from[count] = (uint32_t)(c * size + i);
                to[count++] = (uint32_t)(c * size + j);
            }
        if (c == 0) continue;
        from[count] = (uint32_t)(c * size - 1);
        to[count++] = (uint32_t)(c * size);
    }
    assert_ok(fr_graph_from_arcs(cliques * size, count, from, to, NULL, NULL, out));
}

static void cliques_are_clusters(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_search_settings settings;
    int64_t label[32], again[32];
    cliques_graph(4, 8, &graph);
    fr_cluster_search_settings_default(&settings);
    settings.rho_low = 1e-3;
    fr_threads_set(1);
    assert_ok(fr_cluster_all_nodes(&graph, 4, &settings, label));
    for (int64_t i = 0; i < 32; i++)
        assert_int_equal(label[i], i / 8);
    fr_threads_set(2);
    assert_ok(fr_cluster_all_nodes(&graph, 4, &settings, again));
    fr_threads_set(0);
    assert_set_equal(32, again, 32, label);
    assert_refused(fr_cluster_all_nodes(&graph, 33, &settings, label), FR_EUSAGE, "33 clusters");
    fr_graph_free(&graph);
}

static void all_nodes_of_a_large_graph_are_refused(void **state)
{
    (void)state;
    fr_graph graph;
    fr_cluster_search_settings settings;
    int64_t *label = calloc(20001, sizeof *label);
    path_cluster_graph(20001, &graph);
    fr_cluster_search_settings_default(&settings);
    assert_refused(fr_cluster_all_nodes(&graph, 2, &settings, label), FR_EUSAGE, "20001 nodes");
    fr_graph_free(&graph);
    free(label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linkage_of_random_distances),
        cmocka_unit_test(linkage_refuses),
        cmocka_unit_test(sets_end_to_end),
        cmocka_unit_test(cosines_of_random_vectors),
        cmocka_unit_test(cliques_are_clusters),
        cmocka_unit_test(all_nodes_of_a_large_graph_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
