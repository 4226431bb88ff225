/* From p = 2 to larger p by a Newton method on the flow. An edge of weight w turns a fall of potential x_u - x_v = g(y) into the
 * flow w y, g(y) = sign(y) |y|^(p-1). The flow at hand, w y, and the flow w z that x drives, z = g^-1(x_u - x_v), tend to each other;
 * g is replaced by its chord between them,
 *   new flow = w (y - g(y) / G) + w / G (x_u - x_v),   G = (g(y) - g(z)) / (y - z),
 * which is the problem for p = 2 with other conductances (pflow_solve.c). A flow that is to become zero does so,
 * where the tangent of g would have it fall by a factor (p - 2) / (p - 1) only. The chord goes through (y, g(y)), g is the slope of the
 * energy |y|^p / p, and both flows are feasible: from the old flow to the new one the energy falls, and the step is cut short
 * where it rises again. p rises by degrees, so that every stage begins near its end. */
#include "pflow.h"

#include <math.h>
#include <string.h>

/* p - 1 rises by this factor from stage to stage, once flow and x fit so well. */
static const double rise = 1.5, between = 0.05;
/* G is at least this part of what the largest flow at either end would give: doubles cannot resolve less beside it. */
static const double contrast = 1e-10;
/* A solve that leaves more of the mass than this is no step. */
static const double lost = 1e-3;
enum { most_steps = 60, most_idle = 4, most_halvings = 30 };

/* The usual p have whole exponents, for which pow is slow. */
static double power(double base, double exponent)
{
    if (exponent == 3) return base * base * base;
    return exponent == 2 ? base * base : exponent == 1 ? base : exponent == 0 ? 1 : pow(base, exponent);
}

double pflow_fall(double flow, double p)
{
    return copysign(power(fabs(flow), p - 1), flow);
}

/* Largest |flow| / weight at every node. */
static void find_scales(pflow_network *network)
{
    double *scale = network->nodes.column[PFLOW_SCALE];
    memset(scale, 0, (size_t)network->nodes.count * sizeof *scale);
    for (int64_t row = 0; row < network->n_open; row++) {
        uint32_t node = network->open[row];
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            uint32_t other = network->target[e];
            double size = fabs(network->flow[e]) / pflow_weight(network, e);
            scale[node] = fmax(scale[node], size);
            scale[other] = fmax(scale[other], size);
        }
    }
}

/* Slope of the chord of g between two flows through weight 1; of its tangent where they are close. */
static double chord(double a, double b, double p)
{
    if (fabs(a - b) > 1e-3 * fmax(fabs(a), fabs(b))) return (pflow_fall(a, p) - pflow_fall(b, p)) / (a - b);
    return (p - 1) * power(fabs(a + b) / 2, p - 2);
}

void pflow_linearise(pflow_network *network, double p, int64_t row)
{
    double *scale = network->nodes.column[PFLOW_SCALE];
    for (; row < network->n_open; row++) {
        double here = scale[network->open[row]];
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            double weight = pflow_weight(network, e), y = network->flow[e] / weight;
            double *there = &scale[network->target[e]], largest = fmax(here, *there);
            if (*there == 0) *there = here; /* no flow has come there; it will have about that size */
            double least = (p - 1) * power(largest, p - 2) * (y != 0 ? contrast : 1);
            double slope = fmax(chord(y, network->next[e] / weight, p), least);
            if (!(slope > 0)) slope = 1;
            network->conductance[e] = weight / slope;
            network->at[e] = network->flow[e] - weight * pflow_fall(y, p) / slope;
        }
    }
}

/* Derivative of the energy along next - flow, at flow + part (next - flow). */
static double derivative(const pflow_network *network, double p, double part)
{
    double sum = 0;
    for (int64_t e = 0; e < network->n_edges; e++) {
        double change = network->next[e] - network->flow[e], weight = pflow_weight(network, e);
        sum += pflow_fall((network->flow[e] + part * change) / weight, p) * change;
    }
    return sum;
}

/* The part of the way to `next` that lessens the energy most, nearly; all of it if it does not rise at the end. */
static double choose_part(const pflow_network *network, double p)
{
    double begin = derivative(network, p, 0), low = 0, high = 1;
    if (!(begin < 0) || derivative(network, p, 1) <= -0.1 * begin) return 1;
    for (int k = 0; k < most_halvings; k++) {
        double middle = (low + high) / 2, slope = derivative(network, p, middle);
        if (fabs(slope) <= -0.1 * begin) return middle;
        if (slope < 0)
            low = middle;
        else
            high = middle;
    }
    return low > 0 ? low : high;
}

static void go(pflow_network *network, double part)
{
    for (int64_t e = 0; e < network->n_edges; e++)
        network->flow[e] =
            part == 1 ? network->next[e] : network->flow[e] + part * (network->next[e] - network->flow[e]);
}

/* Flow through weight 1 that a fall of potential drives: the inverse of pflow_fall. */
static double drive(double fall, double p)
{
    return copysign(p == 3   ? sqrt(fabs(fall))
                    : p == 4 ? cbrt(fabs(fall))
                             : pow(fabs(fall), 1 / (p - 1)),
                    fall);
}

/* How badly flow and x fit each other: sum of |flow - flow that x drives| over the sum of |flow|. Leaves the latter in `next`,
 * for the next chords. */
static double find_misfit(const pflow_network *network, double p)
{
    const double *x = network->nodes.column[PFLOW_X];
    double error = 0, size = 0;
    for (int64_t row = 0; row < network->n_open; row++) {
        double here = x[network->open[row]];
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            double driven = pflow_weight(network, e) * drive(here - x[network->target[e]], p);
            error += fabs(network->flow[e] - driven);
            size += fabs(network->flow[e]);
            network->next[e] = driven;
        }
    }
    return error > 0 ? error / size : 0;
}

/* One step. If the linear problem could not be solved, x and flow stay what they were and *stuck is set. */
static int step(pflow_run *run, double bound, bool *stuck)
{
    pflow_network *network = &run->network;
    int64_t count = network->nodes.count;
    double *before = fr_alloc(count, sizeof *before), left;
    if (before == NULL) return FR_ENOMEM;
    memcpy(before, network->nodes.column[PFLOW_X], (size_t)count * sizeof *before);
    find_scales(network);
    pflow_linearise(network, run->p, 0);
    int status = pflow_solve(run, bound, &left);
    *stuck = run->stop || !(left <= fmax(lost * run->info->mass, bound));
    if (status == FR_OK && *stuck) {
        double *x = network->nodes.column[PFLOW_X];
        memset(x, 0, (size_t)network->nodes.count * sizeof *x);
        memcpy(x, before, (size_t)count * sizeof *x);
    } else if (status == FR_OK) {
        go(network, choose_part(network, run->p));
        run->info->rounds++;
        run->info->misfit = find_misfit(network, run->p);
    }
    fr_free(before);
    return status;
}

/* Steps for the present p, until the misfit is at most `enough`, or is small and does not get smaller any more. */
static int stage(pflow_run *run, double enough, double bound, bool *stuck)
{
    pflow_network *network = &run->network;
    double least = INFINITY;
    int idle = 0;
    memcpy(network->next, network->flow, (size_t)network->n_edges * sizeof *network->next);
    for (int k = 0; k < most_steps && idle < most_idle; k++) {
        int status = step(run, bound, stuck);
        if (status != FR_OK || *stuck || run->info->misfit <= enough) return status;
        idle = run->info->misfit < least / 2 ? 0 : idle + (run->info->misfit < between);
        least = fmin(least, run->info->misfit);
    }
    return FR_OK;
}

int pflow_raise(pflow_run *run)
{
    const double p = run->settings->p, tolerance = run->settings->tolerance;
    double bound = pflow_bound(run);
    int status = FR_OK;
    bool stuck = false;
    if (run->network.n_edges == 0) return FR_OK; /* all mass fits where it lies */
    while (status == FR_OK && run->p < p && !stuck) {
        run->p = fmin(p, 1 + rise * (run->p - 1));
        status = stage(run, run->p == p ? fmin(tolerance, between) : between, bound, &stuck);
    }
    return status;
}
