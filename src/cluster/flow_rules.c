/* Quotients of the flow methods as fractions of whole numbers; connected components and sides of the sets they find. */
#include "flow_rules.h"

#include <math.h>
#include <string.h>

/* The fraction with the smallest denominator, by continued fractions, that is `value` as a double: 0.3 is 3 / 10. */
static bool as_fraction(double value, int64_t *numerator, int64_t *denominator)
{
    int64_t above = 1, above_before = 0, below = 0, below_before = 1;
    double rest = value;
    for (int step = 0; step < 64; step++) {
        double whole = floor(rest);
        double next_above = whole * (double)above + (double)above_before;
        double next_below = whole * (double)below + (double)below_before;
        if (!(next_above < 0x1p50 && next_below < 0x1p50)) return false;
        above_before = above, below_before = below;
        above = (int64_t)next_above, below = (int64_t)next_below;
        *numerator = above, *denominator = below;
        if (next_above / next_below == value) return true;
        rest = 1 / (rest - whole);
    }
    return false;
}

int flow_quotient_init(const fr_graph *graph, double seed_volume, double delta, bool conductance, bool exact,
                       flow_quotient *out)
{
    double other = graph->volume - seed_volume;
    if (!(other >= 0))
        return fr_fail(FR_EINPUT,
                       "the graph file is damaged: a set has volume %g, but the whole graph only %g",
                       seed_volume, graph->volume);
    *out = (flow_quotient){.conductance = conductance, .graph_volume = graph->volume};
    out->theta = other > 0 ? seed_volume / other + delta : 0; /* 0: nothing lies outside */
    int64_t above, below;
    if (!exact || !(graph->volume < 0x1p53) || graph->volume != floor(graph->volume) || !(other > 0) ||
        !as_fraction(delta, &above, &below))
        return FR_OK;
    out->unit = (flow_amount)other * below;
    out->penalty = (flow_amount)seed_volume * below + (flow_amount)other * above;
    /* No product of these, a cut and a volume may leave 127 bits. */
    double largest = (double)(out->unit > out->penalty ? out->unit : out->penalty);
    out->exact = largest * graph->volume * graph->volume < 0x1p124;
    return FR_OK;
}

flow_amount flow_denominator_whole(const flow_quotient *quotient, const flow_piece *piece)
{
    if (!quotient->conductance)
        return quotient->unit * (flow_amount)piece->inside - quotient->penalty * (flow_amount)piece->outside;
    double volume = piece->inside + piece->outside;
    return quotient->unit * (flow_amount)fmin(volume, quotient->graph_volume - volume);
}

double flow_denominator(const flow_quotient *quotient, const flow_piece *piece)
{
    if (!quotient->conductance) return piece->inside - quotient->theta * piece->outside;
    double volume = piece->inside + piece->outside;
    return fmin(volume, quotient->graph_volume - volume);
}

double flow_quotient_value(const flow_quotient *quotient, const flow_piece *piece)
{
    double denominator = flow_denominator(quotient, piece);
    return denominator > 0 ? piece->cut / denominator : 1;
}

bool flow_smaller(const flow_quotient *quotient, const flow_piece *a, const flow_piece *b)
{
    if (quotient->exact) {
        flow_amount below_a = flow_denominator_whole(quotient, a);
        flow_amount below_b = flow_denominator_whole(quotient, b);
        if (below_a <= 0 || below_b <= 0) return below_a > 0;
        return (flow_amount)a->cut * below_b < (flow_amount)b->cut * below_a;
    }
    double below_a = flow_denominator(quotient, a), below_b = flow_denominator(quotient, b);
    if (!(below_a > 0 && below_b > 0)) return below_a > 0;
    return a->cut / below_a < b->cut / below_b * (1 - 1e-12);
}

/* Breadth first through S from the node at `position`: gives its component the label, lists the positions in `queue`,
 * adds up its piece; returns how many it holds. index: 1 + position in S. */
static int64_t walk_component(const fr_graph *graph, const uint32_t *index, const int64_t *nodes,
                              const uint8_t *is_seed, int64_t position, int64_t *label, int64_t *queue,
                              flow_piece *piece)
{
    int64_t found = 0, name = position;
    *piece = (flow_piece){0};
    label[position] = name;
    queue[found++] = position;
    for (int64_t head = 0; head < found; head++) {
        int64_t at = queue[head], id = nodes[at];
        *(is_seed[at] ? &piece->inside : &piece->outside) += fr_graph_degree(graph, id);
        for (int64_t k = graph->row[id]; k < graph->row[id + 1]; k++) {
            int64_t other = (int64_t)index[graph->neighbour[k]] - 1;
            if (other < 0) {
                piece->cut += graph->weight != NULL ? graph->weight[k] : 1;
            } else if (label[other] < 0) {
                label[other] = name;
                queue[found++] = other;
            }
        }
    }
    return found;
}

/* index: 1 + position in S. *best is the label (the first position) of the best component. */
static void choose_component(const fr_graph *graph, const flow_quotient *quotient, const uint32_t *index,
                             int64_t count, const int64_t *nodes, const uint8_t *is_seed, int64_t *label,
                             int64_t *queue, int64_t *best, flow_piece *best_piece)
{
    *best = -1;
    for (int64_t k = 0; k < count; k++)
        label[k] = -1;
    for (int64_t k = 0; k < count; k++) {
        if (label[k] >= 0) continue;
        flow_piece piece;
        walk_component(graph, index, nodes, is_seed, k, label, queue, &piece);
        bool tie = *best >= 0 && !flow_smaller(quotient, &piece, best_piece) &&
                   !flow_smaller(quotient, best_piece, &piece);
        bool larger = piece.inside + piece.outside > best_piece->inside + best_piece->outside;
        if (*best < 0 || (tie ? larger : flow_smaller(quotient, &piece, best_piece))) {
            *best = k;
            *best_piece = piece;
        }
    }
}

int flow_best_component(fr_cluster_workspace *workspace, const flow_quotient *quotient, int64_t seed_count,
                        const int64_t *seeds, int64_t *count, int64_t *nodes, flow_piece *piece)
{
    uint32_t *index = workspace_index(workspace);
    uint8_t *is_seed = fr_alloc(*count, sizeof *is_seed);
    int64_t *label = fr_alloc(*count, sizeof *label), *queue = fr_alloc(*count, sizeof *queue);
    int status = index != NULL && is_seed != NULL && label != NULL && queue != NULL ? FR_OK : FR_ENOMEM;
    if (status != FR_OK) goto done;
    for (int64_t k = 0; k < seed_count; k++)
        index[seeds[k]] = 1;
    for (int64_t k = 0; k < *count; k++)
        is_seed[k] = index[nodes[k]] != 0;
    for (int64_t k = 0; k < seed_count; k++)
        index[seeds[k]] = 0;
    for (int64_t k = 0; k < *count; k++)
        index[nodes[k]] = (uint32_t)(k + 1);
    int64_t best;
    choose_component(workspace->graph, quotient, index, *count, nodes, is_seed, label, queue, &best, piece);
    for (int64_t k = 0; k < *count; k++)
        index[nodes[k]] = 0;
    int64_t kept = 0;
    for (int64_t k = 0; k < *count; k++)
        if (label[k] == best) nodes[kept++] = nodes[k];
    *count = kept;
done:
    fr_free(is_seed);
    fr_free(label);
    fr_free(queue);
    return status;
}

int flow_set_copy(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes, fr_cluster_set *out)
{
    int64_t *copy = fr_alloc(count, sizeof *copy);
    if (copy == NULL) return FR_ENOMEM;
    memcpy(copy, nodes, (size_t)count * sizeof *copy);
    return cluster_set_take(workspace, count, copy, out);
}

int flow_take_side(fr_cluster_workspace *workspace, fr_cluster_side side, int64_t count, const int64_t *nodes,
                   fr_cluster_set *out)
{
    const fr_graph *graph = workspace->graph;
    int status = flow_set_copy(workspace, count, nodes, out);
    if (status != FR_OK || count == graph->n) return status;
    bool other = (side == FR_CLUSTER_SIDE_COUNT && count > graph->n - count) ||
                 (side == FR_CLUSTER_SIDE_VOLUME && graph->volume - out->scores.volume < out->scores.volume);
    if (!other) return FR_OK;
    fr_cluster_set_free(out);
    uint32_t *index = workspace_index(workspace);
    int64_t *rest = fr_alloc(graph->n - count, sizeof *rest), found = 0;
    if (index == NULL || rest == NULL) {
        fr_free(rest);
        return FR_ENOMEM;
    }
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 1;
    for (int64_t v = 0; v < graph->n; v++)
        if (index[v] == 0) rest[found++] = v;
    for (int64_t k = 0; k < count; k++)
        index[nodes[k]] = 0;
    return cluster_set_take(workspace, found, rest, out);
}
