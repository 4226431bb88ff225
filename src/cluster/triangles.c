/* Triangles at every node, and the clusters {v} + neighbours of v that they score (Gleich, Seshadhri, KDD 2012):
 *   vol = d_v + sum_{u~v} d_u,  cut = sum_{u~v} d_u - d_v - 2 t_v,  coefficient = 2 t_v / (d_v (d_v - 1)),
 * without weights and loops. Each edge is directed to the end of larger degree, so that no node has more than sqrt(2m) arcs
 * out and every triangle a->b, a->c, b->c is met once, at a. O(m^1.5) (Chiba, Nishizeki 1985; Latapy 2008). */
#include "workspace.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* Nodes are numbered by ascending degree here ("ranks"). */
typedef struct {
    int64_t n;
    int64_t *degree; /* by node, loops left out */
    uint32_t *rank;  /* of each node */
    uint32_t *node;  /* of each rank */
    int64_t *row;    /* arcs to larger ranks */
    uint32_t *out;
} forward_graph;

static void forward_free(forward_graph *forward)
{
    fr_free(forward->degree);
    fr_free(forward->rank);
    fr_free(forward->node);
    fr_free(forward->row);
    fr_free(forward->out);
}

static void find_degrees(const fr_graph *graph, int64_t *degree)
{
#pragma omp parallel for schedule(static) num_threads(fr_threads())
    for (int64_t i = 0; i < graph->n; i++) {
        degree[i] = graph->row[i + 1] - graph->row[i];
        for (int64_t k = graph->row[i]; graph->n_loops > 0 && k < graph->row[i + 1]; k++)
            if (graph->neighbour[k] == i) degree[i]--;
    }
}

/* Counting sort by degree; equal degrees stay in the order of their numbers. */
static int find_ranks(forward_graph *forward)
{
    int64_t most = 0;
    for (int64_t i = 0; i < forward->n; i++)
        if (forward->degree[i] > most) most = forward->degree[i];
    int64_t *begin = fr_alloc(most + 2, sizeof *begin);
    if (begin == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < forward->n; i++)
        begin[forward->degree[i] + 1]++;
    for (int64_t d = 0; d <= most; d++)
        begin[d + 1] += begin[d];
    for (int64_t i = 0; i < forward->n; i++) {
        forward->rank[i] = (uint32_t)begin[forward->degree[i]]++;
        forward->node[forward->rank[i]] = (uint32_t)i;
    }
    fr_free(begin);
    return FR_OK;
}

/* The arcs from a rank to larger ones: how many, and into `out` unless it is NULL. */
static int64_t forward_row(const fr_graph *graph, const forward_graph *forward, int64_t rank, uint32_t *out)
{
    int64_t node = forward->node[rank], found = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        uint32_t other = forward->rank[graph->neighbour[k]];
        if (other <= rank) continue;
        if (out != NULL) out[found] = other;
        found++;
    }
    return found;
}

static int forward_new(const fr_graph *graph, forward_graph *out)
{
    int64_t n = graph->n;
    *out = (forward_graph){.n = n};
    int status = FR_ENOMEM;
    out->degree = fr_alloc(n, sizeof *out->degree);
    out->rank = fr_alloc(n, sizeof *out->rank);
    out->node = fr_alloc(n, sizeof *out->node);
    out->row = fr_alloc(n + 1, sizeof *out->row);
    out->out = fr_alloc((graph->n_arcs - graph->n_loops) / 2, sizeof *out->out);
    if (out->degree == NULL || out->rank == NULL || out->node == NULL || out->row == NULL || out->out == NULL)
        goto fail;
    find_degrees(graph, out->degree);
    if ((status = find_ranks(out)) != FR_OK) goto fail;
#pragma omp parallel for schedule(dynamic, 256) num_threads(fr_threads())
    for (int64_t r = 0; r < n; r++)
        out->row[r + 1] = forward_row(graph, out, r, NULL);
    for (int64_t r = 0; r < n; r++)
        out->row[r + 1] += out->row[r];
#pragma omp parallel for schedule(dynamic, 256) num_threads(fr_threads())
    for (int64_t r = 0; r < n; r++)
        forward_row(graph, out, r, out->out + out->row[r]);
    return FR_OK;
fail:
    forward_free(out);
    return status;
}

/* Adds the triangles whose smallest rank is `a` to the counts of their three corners. Marks are 0 before and after. */
static void count_from(const forward_graph *forward, int64_t a, uint8_t *mark, int64_t *count)
{
    const int64_t *row = forward->row;
    const uint32_t *out = forward->out;
    for (int64_t k = row[a]; k < row[a + 1]; k++)
        mark[out[k]] = 1;
    for (int64_t k = row[a]; k < row[a + 1]; k++) {
        uint32_t b = out[k];
        int64_t found = 0;
        for (int64_t l = row[b]; l < row[b + 1]; l++) {
            uint32_t c = out[l];
            uint8_t closed = mark[c];
            found += closed;
            count[c] += closed;
        }
        count[b] += found;
        count[a] += found;
    }
    for (int64_t k = row[a]; k < row[a + 1]; k++)
        mark[out[k]] = 0;
}

/* Triangles at every node, by node. Each thread counts on its own; sums of integers do not depend on their order. */
static int count_triangles(const forward_graph *forward, int64_t *triangles)
{
    int64_t n = forward->n, cells, size;
    int threads = fr_threads();
    if (fr_size_mul(n, threads, &cells) != FR_OK || fr_size_mul(cells, 8, &size) != FR_OK) return FR_ENOMEM;
    uint8_t *mark = fr_alloc(cells, sizeof *mark);
    int64_t *count = fr_alloc(cells, sizeof *count);
    int status = mark != NULL && count != NULL ? FR_OK : FR_ENOMEM;
    if (status == FR_OK) {
#pragma omp parallel num_threads(threads)
        {
            int64_t offset = n * omp_get_thread_num();
#pragma omp for schedule(dynamic, 64)
            for (int64_t r = 0; r < n; r++)
                count_from(forward, r, mark + offset, count + offset);
#pragma omp for schedule(static)
            for (int64_t r = 0; r < n; r++) {
                int64_t sum = 0;
                for (int t = 0; t < threads; t++)
                    sum += count[n * t + r];
                triangles[forward->node[r]] = sum;
            }
        }
    }
    fr_free(mark);
    fr_free(count);
    return status;
}

static void score_node(const fr_graph *graph, const int64_t *degree, double total, int64_t node,
                       fr_cluster_neighbourhoods *out)
{
    int64_t around = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++)
        if (graph->neighbour[k] != node) around += degree[graph->neighbour[k]];
    double d = (double)degree[node], t = (double)out->triangles[node];
    double volume = d + (double)around, cut = (double)around - d - 2 * t,
           smaller = fmin(volume, total - volume);
    out->volume[node] = volume;
    out->cut[node] = cut;
    out->conductance[node] = smaller > 0 ? cut / smaller : 1;
    out->coefficient[node] = d < 2 ? 0 : 2 * t / (d * (d - 1));
}

int fr_cluster_neighbourhoods_find(const fr_graph *graph, fr_cluster_neighbourhoods *out)
{
    *out = (fr_cluster_neighbourhoods){0};
    int status = cluster_whole_graph(graph);
    if (status != FR_OK) return status;
    int64_t n = graph->n, total = 0;
    forward_graph forward;
    if ((status = forward_new(graph, &forward)) != FR_OK) return status;
    out->conductance = fr_alloc(n, sizeof(double));
    out->cut = fr_alloc(n, sizeof(double));
    out->volume = fr_alloc(n, sizeof(double));
    out->coefficient = fr_alloc(n, sizeof(double));
    out->triangles = fr_alloc(n, sizeof(int64_t));
    if (out->conductance == NULL || out->cut == NULL || out->volume == NULL || out->coefficient == NULL ||
        out->triangles == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK) status = count_triangles(&forward, out->triangles);
    if (status != FR_OK) goto done;
#pragma omp parallel for schedule(static) reduction(+ : total) num_threads(fr_threads())
    for (int64_t i = 0; i < n; i++) {
        score_node(graph, forward.degree, (double)(graph->n_arcs - graph->n_loops), i, out);
        total += out->triangles[i];
    }
    out->total = total / 3;
done:
    forward_free(&forward);
    if (status != FR_OK) fr_cluster_neighbourhoods_free(out);
    return status;
}

void fr_cluster_neighbourhoods_free(fr_cluster_neighbourhoods *result)
{
    fr_free(result->conductance);
    fr_free(result->cut);
    fr_free(result->volume);
    fr_free(result->coefficient);
    fr_free(result->triangles);
    *result = (fr_cluster_neighbourhoods){0};
}
