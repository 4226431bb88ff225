/* Peeling (Charikar, APPROX 2000): the best of the sets left over has at least half of the largest density, and the largest
 * marginal is a bound from above. With the loads of earlier rounds it is Greedy++ (Boob et al., WWW 2020). */
#include "peel.h"

int peeling_new(const fr_graph *graph, bool loops, peeling *out)
{
    *out = (peeling){.graph = graph, .loops = loops};
    out->order = fr_alloc(graph->n, sizeof *out->order);
    out->marginal = fr_alloc(graph->n, sizeof *out->marginal);
    out->degree = fr_alloc(graph->n, sizeof *out->degree);
    if (out->order != NULL && out->marginal != NULL && out->degree != NULL &&
        heap_reserve(&out->heap, graph->n) == FR_OK)
        return FR_OK;
    peeling_free(out);
    return FR_ENOMEM;
}

void peeling_free(peeling *p)
{
    fr_free(p->order);
    fr_free(p->marginal);
    fr_free(p->degree);
    heap_free(&p->heap);
    *p = (peeling){0};
}

/* Weight that a node adds to the set of all nodes: to the others, and half of its loop. */
static double whole_marginal(const peeling *p, int64_t node)
{
    const fr_graph *graph = p->graph;
    double sum = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        double weight = graph->weight != NULL ? graph->weight[k] : 1;
        if (graph->neighbour[k] != node)
            sum += weight;
        else if (p->loops)
            sum += weight / 2;
    }
    return sum;
}

int peel(peeling *p, const double *load)
{
    const fr_graph *graph = p->graph;
    for (int64_t v = 0; v < graph->n; v++) {
        p->degree[v] = whole_marginal(p, v);
        heap_set(&p->heap, (uint32_t)v, (uint32_t)v, -(p->degree[v] + (load != NULL ? load[v] : 0)));
    }
    for (int64_t taken = 0; taken < graph->n; taken++) {
        int64_t node = heap_pop(&p->heap).node;
        p->order[taken] = node;
        p->marginal[taken] = p->degree[node];
        for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
            uint32_t other = graph->neighbour[k];
            if (p->heap.place[other] == 0) continue;
            p->degree[other] -= graph->weight != NULL ? graph->weight[k] : 1;
            heap_set(&p->heap, other, other, -(p->degree[other] + (load != NULL ? load[other] : 0)));
        }
        if (taken % 65536 == 65535) {
            int status = fr_progress_tick("peel", taken, graph->n);
            if (status != FR_OK) return status;
        }
    }
    return FR_OK;
}

double peel_best(const peeling *p, int64_t *count)
{
    double inside = 0, best = -1;
    for (int64_t k = p->graph->n - 1; k >= 0; k--) {
        int64_t size = p->graph->n - k;
        inside += p->marginal[k];
        if (inside / (double)size < best) continue;
        best = inside / (double)size;
        *count = size;
    }
    return best;
}
