#include "feems_cases.h"
#include "dense.h"
#include "support.h"

#include <frugal/data.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- graphs ------------------------------------------------------------------------------------------------------------ */

static fr_feems_graph graph_new(int64_t n_nodes, int64_t n_edges)
{
    fr_feems_graph graph = {.n_nodes = n_nodes};
    graph.x = fr_alloc(n_nodes, sizeof *graph.x);
    graph.y = fr_alloc(n_nodes, sizeof *graph.y);
    graph.i = fr_alloc(n_edges, sizeof *graph.i);
    graph.j = fr_alloc(n_edges, sizeof *graph.j);
    if (graph.x == NULL || graph.y == NULL || graph.i == NULL || graph.j == NULL) abort();
    return graph;
}

static void collect_edges(const bool *joined, fr_feems_graph *graph)
{
    int64_t n = graph->n_nodes;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++)
            if (joined[i * n + j]) {
                graph->i[graph->n_edges] = i;
                graph->j[graph->n_edges++] = j;
            }
}

fr_feems_graph random_graph(uint64_t seed, int64_t n_nodes, int64_t extra)
{
    int64_t most = n_nodes * (n_nodes - 1) / 2, wanted = n_nodes - 1 + extra;
    if (wanted > most) wanted = most;
    fr_feems_graph graph = graph_new(n_nodes, wanted);
    bool *joined = calloc((size_t)(n_nodes * n_nodes), sizeof *joined);
    if (joined == NULL) abort();
    fr_rng rng;
    fr_rng_init(&rng, seed, 0, 0);
    for (int64_t v = 0; v < n_nodes; v++) {
        graph.x[v] = fr_rng_uniform(&rng);
        graph.y[v] = fr_rng_uniform(&rng);
    }
    for (int64_t v = 1; v < n_nodes; v++)
        joined[fr_rng_below(&rng, v) * n_nodes + v] = true;
    for (int64_t made = n_nodes - 1; made < wanted;) {
        int64_t a = fr_rng_below(&rng, n_nodes), b = fr_rng_below(&rng, n_nodes);
        if (a >= b || joined[a * n_nodes + b]) continue;
        joined[a * n_nodes + b] = true;
        made++;
    }
    collect_edges(joined, &graph);
    free(joined);
    return graph;
}

fr_feems_graph lattice_graph(int64_t rows, int64_t columns)
{
    fr_feems_graph graph = graph_new(rows * columns, 3 * rows * columns);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) {
            int64_t v = r * columns + c, diagonal = r % 2 == 1 ? c + 1 : c - 1;
            graph.x[v] = (double)c + 0.5 * (double)(r % 2);
            graph.y[v] = (double)r;
            const int64_t next[] = {c + 1 < columns ? v + 1 : -1,
                                    r + 1 < rows && r % 2 == 0 && diagonal >= 0 ? v + columns - 1 : -1,
                                    r + 1 < rows ? v + columns : -1,
                                    r + 1 < rows && r % 2 == 1 && diagonal < columns ? v + columns + 1 : -1};
            for (int k = 0; k < 4; k++)
                if (next[k] >= 0) {
                    graph.i[graph.n_edges] = v;
                    graph.j[graph.n_edges++] = next[k];
                }
        }
    return graph;
}

double *random_values(uint64_t seed, int64_t n, double spread)
{
    double *values = dense_new(n, 1);
    for (int64_t k = 0; k < n; k++)
        values[k] = exp(spread * fr_random_normal(seed, 1, (uint64_t)k));
    return values;
}

/* ---- genotypes --------------------------------------------------------------------------------------------------------- */

int8_t *random_dosages(uint64_t seed, const fr_points *samples, int64_t n_snps, double missing)
{
    int64_t n_samples = samples->n;
    int8_t *dosages = calloc((size_t)(n_samples * n_snps), 1);
    if (dosages == NULL) abort();
    for (int64_t snp = 0; snp < n_snps; snp++) {
        int8_t *row = dosages + snp * n_samples;
        fr_rng rng;
        fr_rng_init(&rng, seed, 2, (uint64_t)snp);
        double along_x = 0.8 * fr_rng_normal(&rng), along_y = 0.8 * fr_rng_normal(&rng);
        double phase = 6.3 * fr_rng_uniform(&rng), level = 0.7 * fr_rng_normal(&rng);
        for (int64_t k = 0; k < n_samples; k++) {
            double wave = sin(phase + along_x * samples->x[k] + along_y * samples->y[k]);
            double p = 1 / (1 + exp(-level - 1.5 * wave));
            row[k] = (int8_t)fr_rng_binomial(&rng, 2, p);
            if (fr_rng_uniform(&rng) < missing) row[k] = -1;
        }
        row[snp % n_samples] = 0; /* two different called genotypes */
        row[(snp + 1) % n_samples] = 1;
    }
    return dosages;
}

fr_plink plink_of(const int8_t *dosages, int64_t n_samples, int64_t n_snps)
{
    static int number;
    char name[32];
    fr_plink plink;
    snprintf(name, sizeof name, "plink%d", number++);
    assert_ok(fr_plink_write(scratch_file(name), n_samples, n_snps, dosages, NULL, NULL, NULL));
    assert_ok(fr_plink_open(scratch_file(name), &plink));
    return plink;
}

/* ---- statistics -------------------------------------------------------------------------------------------------------- */

static void copy_graph(const fr_feems_graph *graph, fr_feems_graph *out)
{
    *out = graph_new(graph->n_nodes, graph->n_edges);
    out->n_edges = graph->n_edges;
    memcpy(out->x, graph->x, (size_t)graph->n_nodes * sizeof *out->x);
    memcpy(out->y, graph->y, (size_t)graph->n_nodes * sizeof *out->y);
    memcpy(out->i, graph->i, (size_t)graph->n_edges * sizeof *out->i);
    memcpy(out->j, graph->j, (size_t)graph->n_edges * sizeof *out->j);
}

/* S = R R' / rank + 2 over independent normals: a scatter matrix with an uninteresting common part, as that of genotypes. */
static void fill_similarity(uint64_t seed, int64_t o, double *similarity, double *similarity0)
{
    int64_t rank = 2 * o + 3;
    double *root = dense_new(o, rank), *mean = dense_new(rank, 1);
    for (int64_t a = 0; a < o; a++)
        for (int64_t k = 0; k < rank; k++) {
            root[a * rank + k] = fr_random_normal(seed, 3, (uint64_t)(a * rank + k));
            mean[k] += root[a * rank + k] / (double)o;
        }
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++)
            for (int64_t k = 0; k < rank; k++) {
                double x = root[a * rank + k], y = root[b * rank + k];
                similarity[a * o + b] += (x * y + 2) / (double)rank;
                similarity0[a * o + b] += 0.3 * (x - mean[k]) * (y - mean[k]) / (double)rank;
            }
    free(root), free(mean);
}

fr_feems_data random_data(uint64_t seed, const fr_feems_graph *graph, int64_t n_observed, int64_t n_snps)
{
    int64_t d = graph->n_nodes, o = n_observed;
    fr_feems_data data = {.n_observed = o, .n_snps = n_snps};
    copy_graph(graph, &data.graph);
    data.node_id = fr_alloc(d, sizeof *data.node_id);
    data.observed = fr_alloc(o, sizeof *data.observed);
    data.n_at = fr_alloc(o, sizeof *data.n_at);
    data.similarity = fr_alloc(o * o, sizeof(double));
    data.similarity0 = fr_alloc(o * o, sizeof(double));
    int64_t *order = calloc((size_t)d, sizeof *order);
    bool *chosen = calloc((size_t)d, sizeof *chosen);
    if (data.node_id == NULL || data.observed == NULL || data.n_at == NULL || data.similarity == NULL ||
        data.similarity0 == NULL || order == NULL || chosen == NULL)
        abort();
    fr_random_permutation(seed, 4, 0, d, order);
    for (int64_t a = 0; a < o; a++)
        chosen[order[a]] = true;
    for (int64_t v = 0, a = 0; v < d; v++) {
        data.node_id[v] = v;
        if (!chosen[v]) continue;
        data.observed[a] = v;
        data.n_at[a] = 1 + (int64_t)(fr_random_bits(seed, 5, (uint64_t)v) % 4);
        data.n_samples += data.n_at[a++];
    }
    data.sample = fr_alloc(data.n_samples, sizeof *data.sample);
    data.sample_node = fr_alloc(data.n_samples, sizeof *data.sample_node);
    if (data.sample == NULL || data.sample_node == NULL) abort();
    for (int64_t a = 0, k = 0; a < o; a++)
        for (int64_t copy = 0; copy < data.n_at[a]; copy++, k++) {
            data.sample[k] = k;
            data.sample_node[k] = data.observed[a];
        }
    fill_similarity(seed, o, data.similarity, data.similarity0);
    free(order), free(chosen);
    return data;
}

/* ---- the likelihood by its definition ----------------------------------------------------------------------------------- */

double reference_nll(const fr_feems_data *data, const double *weights, const double *s2, const bool *held)
{
    int64_t d = data->graph.n_nodes, o = data->n_observed, n = 0;
    int64_t *index = calloc((size_t)o, sizeof *index), *node = calloc((size_t)o, sizeof *node);
    if (index == NULL || node == NULL) abort();
    for (int64_t a = 0; a < o; a++)
        if (held == NULL || !held[a]) {
            index[n] = a;
            node[n++] = data->observed[a];
        }
    double *plus = dense_pseudo_inverse(&data->graph, weights);
    double *b = dense_part(d, plus, n, node, n, node),
           *s = dense_part(o, data->similarity, n, index, n, index);
    double *row = dense_new(n, 1), total = 0, trace = 0;
    for (int64_t a = 0; a < n; a++)
        b[a * n + a] += s2[index[a]] / (double)data->n_at[index[a]];
    dense_invert(n, b); /* Sigma^-1 */
    for (int64_t k = 0; k < n * n; k++) {
        row[k / n] += b[k];
        total += b[k];
    }
    for (int64_t k = 0; k < n * n; k++) {
        b[k] -= row[k / n] * row[k % n] / total; /* (3.2) */
        trace += b[k] * s[k];
        b[k] += 1.0 / (double)n; /* log pdet B = log det(B + 11'/n), as B 1 = 0 */
    }
    double nll = (double)data->n_snps * (trace - dense_invert(n, b));
    free(index), free(node), free(plus), free(b), free(s), free(row);
    return nll;
}
