/* The penalties of FEEMS (Marcus et al. 2021, Methods and supplement). The pairs of adjacent edges are never listed: with
 * s_v the sum of phi over the edges at v,
 *   sum over pairs (phi_e - phi_f)^2 = sum_v (deg_v sum_{e at v} phi_e^2 - s_v^2),
 * and half its derivative by phi_e is the sum over both ends v of e of (deg_v phi_e - s_v). */
#include "penalty.h"

#include <core/for_each_cpu.h>
#include <core/vector_math.h>

#include <string.h>

double feems_phi(double alpha, double x)
{
    double t = alpha * x;
    return t + log(-expm1(-t));
}

double feems_phi_slope(double alpha, double x)
{
    return alpha / -expm1(-alpha * x);
}

int feems_penalty_new(const fr_feems_graph *graph, feems_penalty *out)
{
    int64_t larger = graph->n_edges > graph->n_nodes ? graph->n_edges : graph->n_nodes;
    *out = (feems_penalty){.graph = graph};
    out->phi = fr_alloc(larger, sizeof *out->phi);
    out->node_sum = fr_alloc(graph->n_nodes, sizeof *out->node_sum);
    out->degree = fr_alloc(graph->n_nodes, sizeof *out->degree);
    if (out->phi == NULL || out->node_sum == NULL || out->degree == NULL) {
        feems_penalty_free(out);
        return FR_ENOMEM;
    }
    for (int64_t e = 0; e < graph->n_edges; e++) {
        out->degree[graph->i[e]]++;
        out->degree[graph->j[e]]++;
    }
    return FR_OK;
}

void feems_penalty_free(feems_penalty *penalty)
{
    fr_free(penalty->phi);
    fr_free(penalty->node_sum);
    fr_free(penalty->degree);
    memset(penalty, 0, sizeof *penalty);
}

FR_FOR_EACH_CPU
static void phi_and_slope(int64_t n, double alpha, const double *x, double *phi, double *slope)
{
#pragma omp simd
    for (int64_t k = 0; k < n; k++) {
        double t = alpha * x[k], lost = -expm1(-t); /* phi = t + log(lost), phi' = alpha / lost */
        phi[k] = t + log(lost);
        slope[k] = alpha / lost;
    }
}

double feems_penalty_edges(feems_penalty *penalty, double lambda, double alpha, const double *weights,
                           double *gradient)
{
    const fr_feems_graph *graph = penalty->graph;
    double *phi = penalty->phi, *sum = penalty->node_sum, mean = 0, squares = 0;
    int64_t m = graph->n_edges;
    phi_and_slope(m, alpha, weights, phi, gradient);
    for (int64_t e = 0; e < m; e++)
        mean += phi[e] / (double)m;
    memset(sum, 0, (size_t)graph->n_nodes * sizeof *sum);
    for (int64_t e = 0; e < m; e++) {
        phi[e] -= mean; /* the pairs see differences only; this keeps their digits */
        sum[graph->i[e]] += phi[e];
        sum[graph->j[e]] += phi[e];
    }
    for (int64_t e = 0; e < m; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        double pull = (double)(penalty->degree[i] + penalty->degree[j]) * phi[e] - sum[i] - sum[j];
        squares += phi[e] * pull;
        gradient[e] *= lambda * pull;
    }
    return 0.5 * lambda * squares;
}

double feems_penalty_nodes(feems_penalty *penalty, double lambda, double alpha, const double *s2,
                           double *gradient)
{
    const fr_feems_graph *graph = penalty->graph;
    double *phi = penalty->phi, *pull = penalty->node_sum, squares = 0;
    for (int64_t v = 0; v < graph->n_nodes; v++) {
        phi[v] = feems_phi(alpha, s2[v]);
        pull[v] = 0;
    }
    for (int64_t e = 0; e < graph->n_edges; e++) {
        double difference = phi[graph->i[e]] - phi[graph->j[e]];
        squares += difference * difference;
        pull[graph->i[e]] += difference;
        pull[graph->j[e]] -= difference;
    }
    for (int64_t v = 0; v < graph->n_nodes; v++)
        gradient[v] = lambda * pull[v] * feems_phi_slope(alpha, s2[v]);
    return 0.5 * lambda * squares;
}
