/* Parameters of PageRank-Nibble (Andersen, Chung, Lang 2006, section 5): with m edges, B = log2 m, b = min(1 +
 * log2 volume, B),
 *   alpha = phi^2 / (225 ln(100 sqrt m)),   eps = 2^-b / (48 B). */
#include <frugal/cluster.h>

#include <inttypes.h>
#include <math.h>

int fr_cluster_nibble_parameters(const fr_graph *graph, double target_volume, double conductance,
                                 double *alpha, double *eps)
{
    *alpha = *eps = 0;
    if (!(target_volume >= 0) || isinf(target_volume))
        return fr_fail(FR_EUSAGE, "the target volume is %g, expected a number from 0", target_volume);
    if (!(conductance > 0 && conductance <= 1))
        return fr_fail(FR_EUSAGE, "the target conductance is %g, expected a number in (0, 1]", conductance);
    if (graph->n_arcs < 4)
        return fr_fail(FR_EUSAGE,
                       "PageRank-Nibble needs a graph of at least two edges, this one has %" PRId64,
                       fr_graph_edges(graph));
    double edges = (double)graph->n_arcs / 2, levels = log2(edges);
    double level = fmin(1 + log2(target_volume > 0 ? target_volume : 1), levels);
    *alpha = conductance * conductance / (225 * log(100 * sqrt(edges)));
    *eps = exp2(-level) / (48 * levels);
    return FR_OK;
}
