#include "cluster_cases.h"
#include "support.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *zeroed(int64_t count, size_t size)
{
    void *block = calloc((size_t)count + 1, size);
    if (block == NULL) abort();
    return block;
}

/* ---- graphs and reference files ----------------------------------------------------------------------------------------- */

static const char *path_in(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/localgraph/%s", folder, name);
    return shared_path(path);
}

void cluster_graph_load(const char *name, fr_graph *out)
{
    assert_ok(fr_graph_read(path_in("data", name), NULL, out, NULL, NULL));
}

/* Equal arrays of `count` elements, or both NULL. */
static void assert_array_equal(const char *what, const void *got, const void *expected, int64_t count,
                               size_t size)
{
    if ((got == NULL) != (expected == NULL)) fail_msg("%s: only one graph has them", what);
    if (got != NULL && count > 0 && memcmp(got, expected, (size_t)count * size) != 0)
        fail_msg("%s differ", what);
}

void assert_graph_equal(const fr_graph *got, const fr_graph *expected)
{
    int64_t n = expected->n, n_arcs = expected->n_arcs;
    assert_int_equal(got->n, n);
    assert_int_equal(got->n_arcs, n_arcs);
    assert_int_equal(got->n_loops, expected->n_loops);
    assert_array_equal("rows", got->row, expected->row, n + 1, sizeof *got->row);
    assert_array_equal("neighbours", got->neighbour, expected->neighbour, n_arcs, sizeof *got->neighbour);
    assert_array_equal("weights", got->weight, expected->weight, n_arcs, sizeof *got->weight);
    assert_array_equal("degrees", got->degree, expected->degree, n, sizeof *got->degree);
    assert_true(got->volume == expected->volume);
    assert_true(got->min_weight == expected->min_weight && got->max_weight == expected->max_weight);
    assert_array_equal("name offsets", got->name_offset, expected->name_offset, n + 1,
                       sizeof *got->name_offset);
    if (got->name_offset != NULL)
        assert_array_equal("names", got->name_bytes, expected->name_bytes, expected->name_offset[n], 1);
}

json_t *cluster_json(const char *name)
{
    json_error_t error;
    json_t *json = json_load_file(path_in("oracles", name), 0, &error);
    if (json == NULL) fail_msg("%s:%d: %s", name, error.line, error.text);
    return json;
}

json_t *cluster_case(json_t *list, const char *name)
{
    size_t k;
    json_t *item;
    json_array_foreach(list, k, item)
    {
        const char *found = json_string_value(json_object_get(item, "name"));
        if (found != NULL && strcmp(found, name) == 0) return item;
    }
    fail_msg("the reference values have no case \"%s\"", name);
    return NULL;
}

double cluster_number(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    long long above, below;
    if (json_is_string(value) && sscanf(json_string_value(value), "%lld/%lld", &above, &below) == 2)
        return (double)above / (double)below;
    if (!json_is_number(value)) fail_msg("no number \"%s\" in the reference values", member);
    return json_number_value(value);
}

const char *cluster_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    if (text == NULL) fail_msg("no text \"%s\" in the reference values", member);
    return text;
}

int64_t *cluster_nodes(const json_t *object, const char *member, int64_t *count)
{
    const json_t *list = json_object_get(object, member);
    *count = 0;
    if (!json_is_array(list)) return NULL;
    *count = (int64_t)json_array_size(list);
    int64_t *nodes = zeroed(*count, sizeof *nodes);
    for (int64_t k = 0; k < *count; k++) {
        const json_t *item = json_array_get(list, (size_t)k);
        if (!json_is_integer(item))
            fail_msg("\"%s\" in the reference values is no list of node numbers", member);
        nodes[k] = json_integer_value(item);
    }
    return nodes;
}

double *cluster_column(const char *name, const char *column, int64_t *count)
{
    fr_table table;
    int64_t number;
    assert_ok(fr_table_read(path_in("oracles", name), NULL, &table));
    assert_ok(fr_table_column(&table, column, &number));
    double *values = zeroed(table.n_rows, sizeof *values);
    for (int64_t k = 0; k < table.n_rows; k++)
        assert_ok(fr_table_f64(&table, k, number, &values[k]));
    *count = table.n_rows;
    fr_table_free(&table);
    return values;
}

/* ---- comparison ----------------------------------------------------------------------------------------------------------- */

void assert_set_equal(int64_t got_count, const int64_t *got, int64_t expected_count, const int64_t *expected)
{
    assert_int_equal(got_count, expected_count);
    for (int64_t k = 0; k < got_count; k++)
        if (got[k] != expected[k])
            fail_msg("member %" PRId64 " of the set: got node %" PRId64 ", expected %" PRId64, k, got[k],
                     expected[k]);
}

double *dense_of(const fr_cluster_vector *vector, int64_t n)
{
    double *p = zeroed(n, sizeof *p);
    for (int64_t k = 0; k < vector->count; k++)
        p[vector->node[k]] = vector->p[k];
    return p;
}

void check_vector(const fr_graph *graph, const fr_cluster_vector *vector)
{
    double sum = 0, volume = 0;
    for (int64_t k = 0; k < vector->count; k++) {
        int64_t node = vector->node[k];
        assert_in_range(node, 0, graph->n - 1);
        assert_true(vector->p[k] >= 0);
        double degree = fr_graph_degree(graph, node);
        assert_true(vector->p_over_degree[k] == (degree > 0 ? vector->p[k] / degree : 0));
        sum += vector->p[k];
        if (vector->p[k] > 0) volume += degree;
        if (k == 0) continue;
        double before = vector->p_over_degree[k - 1], here = vector->p_over_degree[k];
        assert_true(before > here || (before == here && vector->node[k - 1] < node));
    }
    /* the sums are of the same numbers in another order */
    assert_near(vector->info.sum_p, sum, 1e-13 * (1 + sum));
    assert_near(vector->info.support_volume, volume, 1e-12 * (1 + volume));
    for (int64_t k = 0; k < vector->n_residual; k++) {
        assert_in_range(vector->residual_node[k], 0, graph->n - 1);
        assert_true(vector->residual[k] != 0);
        assert_true(k == 0 || vector->residual_node[k - 1] < vector->residual_node[k]);
    }
}

static void assert_bytes_equal(int64_t count, size_t size, const void *a, const void *b)
{
    if (count > 0) assert_memory_equal(a, b, (size_t)count * size);
}

void assert_vector_equal(const fr_cluster_vector *a, const fr_cluster_vector *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->n_residual, b->n_residual);
    assert_bytes_equal(a->count, sizeof *a->node, a->node, b->node);
    assert_bytes_equal(a->count, sizeof *a->p, a->p, b->p);
    assert_bytes_equal(a->count, sizeof *a->p, a->p_over_degree, b->p_over_degree);
    assert_bytes_equal(a->n_residual, sizeof *a->node, a->residual_node, b->residual_node);
    assert_bytes_equal(a->n_residual, sizeof *a->residual, a->residual, b->residual);
    assert_int_equal(a->info.steps, b->info.steps);
    assert_int_equal(a->info.arcs_read, b->info.arcs_read);
    assert_int_equal(a->info.peak_support, b->info.peak_support);
    const double of_a[] = {a->info.sum_p, a->info.sum_residual, a->info.objective, a->info.error_bound,
                           a->info.duality_gap},
                 of_b[] = {b->info.sum_p, b->info.sum_residual, b->info.objective, b->info.error_bound,
                           b->info.duality_gap};
    for (size_t k = 0; k < sizeof of_a / sizeof *of_a; k++)
        assert_true(of_a[k] == of_b[k] || (isnan(of_a[k]) && isnan(of_b[k])));
}

/* ---- random graphs and brute force ---------------------------------------------------------------------------------------- */

void random_cluster_graph(uint64_t seed, int64_t n, int64_t extra, bool weighted, int64_t loops,
                          fr_graph *out)
{
    int64_t count = n - 1 + extra + loops;
    uint32_t *from = zeroed(count, sizeof *from), *to = zeroed(count, sizeof *to);
    double *weight = zeroed(count, sizeof *weight);
    fr_rng rng;
    fr_rng_init(&rng, seed, 77, 0);
    for (int64_t k = 0; k < count; k++) {
        from[k] = (uint32_t)(k < n - 1 ? k + 1 : fr_rng_below(&rng, n));
        to[k] = (uint32_t)(k < n - 1 ? fr_rng_below(&rng, k + 1) : fr_rng_below(&rng, n));
        if (k >= n - 1 + extra) to[k] = from[k];
        weight[k] = pow(10, 2 * fr_rng_uniform(&rng) - 1);
    }
    fr_graph_settings settings;
    fr_graph_settings_default(&settings);
    settings.duplicates = weighted ? FR_GRAPH_DUP_SUM : FR_GRAPH_DUP_ONE;
    assert_ok(fr_graph_from_arcs(n, count, from, to, weighted ? weight : NULL, &settings, out));
    free(from);
    free(to);
    free(weight);
}

void path_cluster_graph(int64_t n, fr_graph *out)
{
    uint32_t *from = zeroed(n, sizeof *from), *to = zeroed(n, sizeof *to);
    for (int64_t k = 0; k + 1 < n; k++)
        from[k] = (uint32_t)k, to[k] = (uint32_t)k + 1;
    assert_ok(fr_graph_from_arcs(n, n - 1, from, to, NULL, NULL, out));
    free(from);
    free(to);
}

double *dense_adjacency(const fr_graph *graph)
{
    int64_t n = graph->n;
    double *adjacency = zeroed(n * n, sizeof *adjacency);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = graph->row[i]; k < graph->row[i + 1]; k++)
            adjacency[i * n + graph->neighbour[k]] = graph->weight != NULL ? graph->weight[k] : 1;
    return adjacency;
}

/* r_i = s_i - (1 + alpha) / (2 alpha) p_i + (1 - alpha) / (2 alpha) sum_j A_ij p_j / d_j */
static double residual_at(const fr_graph *graph, const double *adjacency, double alpha, const double *s,
                          const double *p, int64_t i)
{
    double sum = 0;
    for (int64_t j = 0; j < graph->n; j++)
        if (p[j] != 0) sum += adjacency[i * graph->n + j] * (p[j] / fr_graph_degree(graph, j));
    return s[i] - (1 + alpha) / (2 * alpha) * p[i] + (1 - alpha) / (2 * alpha) * sum;
}

void dense_residual(const fr_graph *graph, const double *adjacency, double alpha, const double *s,
                    const double *p, double *residual)
{
    for (int64_t i = 0; i < graph->n; i++)
        residual[i] = residual_at(graph, adjacency, alpha, s, p, i);
}

double *dense_l1(const fr_graph *graph, const double *adjacency, double alpha, double rho, const double *s)
{
    int64_t n = graph->n;
    double *p = zeroed(n, sizeof *p), change = 1;
    for (int64_t round = 0; round < 100000 && change > 0; round++) {
        change = 0;
        for (int64_t i = 0; i < n; i++) {
            double degree = fr_graph_degree(graph, i);
            if (!(degree > 0)) continue;
            double slope =
                (1 + alpha) / (2 * alpha) - (1 - alpha) / (2 * alpha) * adjacency[i * n + i] / degree;
            double excess = residual_at(graph, adjacency, alpha, s, p, i) - rho * degree;
            double next = fmax(0, p[i] + excess / slope);
            /* p is at most 1: steps below this are rounding, and what remains is at most 1 / alpha times as much */
            if (fabs(next - p[i]) > 1e-16) change = fmax(change, fabs(next - p[i]));
            p[i] = next;
        }
    }
    return p;
}

double dense_objective(const fr_graph *graph, const double *adjacency, double alpha, double rho,
                       const double *s, const double *p)
{
    double objective = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        if (p[i] == 0) continue;
        double residual = residual_at(graph, adjacency, alpha, s, p, i);
        /* x_i ((Qx)_i / 2 - alpha s_i) with (Qx)_i = alpha (s_i - r_i) */
        objective += -alpha * (s[i] + residual) / 2 * p[i] / fr_graph_degree(graph, i) + rho * alpha * p[i];
    }
    return objective;
}
