/* The linear problem of flow diffusion: find x >= 0 on a network with flows a_e + c_e (x_u - x_v) such that no node holds more
 * than its degree, and none less where x > 0. Its matrix is an M-matrix, for which the active set method ends after finitely
 * many rounds from any start (Hintermueller, Ito, Kunisch 2003): solve on a set S, drop the nodes with x < 0, add those
 * that hold too much.
 *
 * On S the equations L_SS x = Delta - d - (outflow of a) are solved by conjugate gradients with an incomplete Cholesky factor
 * (Meijerink, van der Vorst 1977; its diagonal alone is computed), on a compact copy of the lower triangle of L_SS. */
#include "pflow.h"

#include "grow.h"

#include <math.h>
#include <string.h>

/* Rounds whose set is still changing are solved to this share of the total excess before them. */
static const double coarse = 1e-3;
static const double least_pivot = 1e-14; /* of the diagonal: rounding */
enum { most_rounds = 1000, most_idle = 3 };

typedef struct {
    int64_t n, room;
    int failures;     /* solves that did not come to their end */
    uint32_t *number; /* of the nodes of S */
    int64_t *first;   /* n + 1 */
    int64_t arc_room;
    uint32_t *column; /* row k: neighbours among 0 .. k-1 */
    double *value;    /* c_e; NULL: all one */
    /* columns of `room` numbers: */
    double *diagonal, *pivot, *x, *left, *direction, *image, *helped;
} pflow_system;

static void system_free(pflow_system *system)
{
    fr_free(system->number);
    fr_free(system->first);
    fr_free(system->column);
    fr_free(system->value);
    fr_free(system->diagonal);
    fr_free(system->pivot);
    fr_free(system->helped);
    fr_free(system->x);
    fr_free(system->left);
    fr_free(system->direction);
    fr_free(system->image);
}

/* ---- the set and its matrix ------------------------------------------------------------------------------------------------ */

static int make_nodes(pflow_system *system, int64_t n)
{
    if (n <= system->room && system->first != NULL) return FR_OK;
    int64_t room = cluster_room(n, system->room);
    double **columns[] = {&system->diagonal,  &system->pivot, &system->x,     &system->left,
                          &system->direction, &system->image, &system->helped};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        if (!cluster_grow(columns[k], room, sizeof(double))) return FR_ENOMEM;
    if (!cluster_grow(&system->number, room, sizeof *system->number)) return FR_ENOMEM;
    if (!cluster_grow(&system->first, room + 1, sizeof *system->first)) return FR_ENOMEM;
    system->room = room;
    return FR_OK;
}

static int make_arcs(pflow_system *system, int64_t arcs, bool valued)
{
    if (arcs <= system->arc_room) return FR_OK;
    int64_t room = cluster_room(arcs, system->arc_room);
    if (!cluster_grow(&system->column, room, sizeof *system->column)) return FR_ENOMEM;
    if (valued && !cluster_grow(&system->value, room, sizeof *system->value)) return FR_ENOMEM;
    system->arc_room = room;
    return FR_OK;
}

/* Is the node to be in S? Those with x > 0 stay, those that hold too much come. */
static bool belongs(const pflow_network *network, int64_t number)
{
    return network->nodes.column[PFLOW_X][number] > 0 || pflow_excess(network, number) > 0;
}

/* Excess of more than a node's degree fills what is beyond it, too. A guess of how far saves many rounds that would each add
 * one more ring of nodes: such a node hands it on to its empty neighbours, by weight. What is too much is dropped
 * again. Changes the outflows, which are those of x no more. */
static int flood(pflow_run *run)
{
    touched_nodes *nodes = &run->network.nodes;
    const fr_graph *graph = nodes->graph;
    for (int64_t number = 0; number < nodes->count; number++) {
        double over = pflow_excess(&run->network, number) - nodes->degree[number] / 2, weight = 0;
        if (nodes->column[PFLOW_X][number] > 0 || !(over > nodes->degree[number] / 2)) continue;
        int status = pflow_open(run, (uint32_t)number);
        if (status != FR_OK) return status;
        const double *x = nodes->column[PFLOW_X];
        double *out = nodes->column[PFLOW_OUT];
        int64_t node = nodes->node[number];
        for (int64_t a = graph->row[node]; a < graph->row[node + 1]; a++)
            if (!(x[nodes->index[graph->neighbour[a]] - 1] > 0))
                weight += graph->weight != NULL ? graph->weight[a] : 1;
        for (int64_t a = graph->row[node]; a < graph->row[node + 1] && weight > 0; a++) {
            int64_t other = nodes->index[graph->neighbour[a]] - 1;
            if (x[other] > 0) continue;
            double part = over / weight * (graph->weight != NULL ? graph->weight[a] : 1);
            out[number] += part;
            out[other] -= part;
        }
    }
    return FR_OK;
}

/* Opens the nodes of S, and notes in *changed whether there are new ones or fewer than before. */
static int choose(pflow_run *run, pflow_system *system, bool *changed)
{
    pflow_network *network = &run->network;
    int64_t count = network->nodes.count, before = system->n;
    *changed = false;
    int64_t kept = 0;
    for (int64_t number = 0; number < count; number++) {
        if (!belongs(network, number)) continue;
        int status = make_nodes(system, kept + 1);
        if (status == FR_OK) status = pflow_open(run, (uint32_t)number);
        if (status != FR_OK) return status;
        if (kept >= before || system->number[kept] != number) *changed = true;
        system->number[kept++] = (uint32_t)number;
    }
    if (kept != before) *changed = true;
    system->n = kept;
    if (kept > run->info->peak_support) run->info->peak_support = kept;
    return make_nodes(system, kept);
}

/* Counting sort of the inner edges by the later of their ends in S. `slot` holds 1 + place in S. */
static void count_arcs(const pflow_network *network, pflow_system *system)
{
    const uint32_t *slot = network->slot;
    memset(system->first, 0, (size_t)(system->n + 1) * sizeof *system->first);
    for (int64_t row = 0; row < network->n_open; row++) {
        uint32_t here = slot[network->open[row]];
        if (here == 0) continue;
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            uint32_t other = slot[network->target[e]], later = other > here ? other : here;
            system->first[later] += other != 0;
        }
    }
    for (int64_t k = 0; k < system->n; k++)
        system->first[k + 1] += system->first[k];
}

/* Ends with first[k] where row k begins. */
static void place_arcs(const pflow_network *network, pflow_system *system)
{
    const uint32_t *slot = network->slot;
    for (int64_t row = 0; row < network->n_open; row++) {
        uint32_t here = slot[network->open[row]];
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            uint32_t other = slot[network->target[e]];
            double value = network->conductance != NULL ? network->conductance[e] : pflow_weight(network, e);
            if (here != 0) system->diagonal[here - 1] += value;
            if (other != 0) system->diagonal[other - 1] += value;
            if (here == 0 || other == 0) continue;
            uint32_t later = other > here ? other : here, earlier = other > here ? here : other;
            int64_t arc = --system->first[later];
            system->column[arc] = earlier - 1;
            if (system->value != NULL) system->value[arc] = value;
        }
    }
    /* row k now begins at first[k + 1] */
    memmove(system->first, system->first + 1, (size_t)system->n * sizeof *system->first);
}

static int assemble(pflow_run *run, pflow_system *system)
{
    pflow_network *network = &run->network;
    for (int64_t k = 0; k < system->n; k++) {
        network->slot[system->number[k]] = (uint32_t)k + 1;
        system->diagonal[k] = 0;
        system->x[k] = network->nodes.column[PFLOW_X][system->number[k]];
    }
    count_arcs(network, system);
    int64_t arcs = system->first[system->n];
    int status = make_arcs(system, arcs, network->conductance != NULL || network->weight != NULL);
    if (status == FR_OK) place_arcs(network, system);
    system->first[system->n] = arcs;
    for (int64_t k = 0; k < system->n; k++)
        network->slot[system->number[k]] = 0;
    return status;
}

/* ---- conjugate gradients ----------------------------------------------------------------------------------------------------- */

static double value_of(const pflow_system *system, int64_t arc)
{
    return system->value != NULL ? system->value[arc] : 1;
}

/* y = L_SS x */
static void multiply(const pflow_system *system, const double *x, double *y)
{
    for (int64_t k = 0; k < system->n; k++) {
        double here = x[k], sum = 0;
        for (int64_t a = system->first[k]; a < system->first[k + 1]; a++) {
            sum += value_of(system, a) * x[system->column[a]];
            y[system->column[a]] -= value_of(system, a) * here;
        }
        y[k] = system->diagonal[k] * here - sum;
    }
}

/* Pivots P of the incomplete factor (P + N) P^-1 (P + N)' of L_SS, N its strict lower triangle: they are positive for a Laplacian. It is
 * exact where strong edges form a forest, which they mostly do when conductances differ by orders of magnitude. */
static void factor(pflow_system *system)
{
    for (int64_t k = 0; k < system->n; k++) {
        double pivot = system->diagonal[k];
        for (int64_t a = system->first[k]; a < system->first[k + 1]; a++) {
            double value = value_of(system, a);
            pivot -= value * value / system->pivot[system->column[a]];
        }
        system->pivot[k] = fmax(pivot, least_pivot * system->diagonal[k]);
    }
}

/* helped = the factor's solution for `left` */
static void precondition(pflow_system *system)
{
    double *z = system->helped;
    for (int64_t k = 0; k < system->n; k++) {
        double sum = 0;
        for (int64_t a = system->first[k]; a < system->first[k + 1]; a++)
            sum += value_of(system, a) * z[system->column[a]];
        z[k] = (system->left[k] + sum) / system->pivot[k];
        system->image[k] = 0;
    }
    for (int64_t k = system->n - 1; k >= 0; k--) {
        z[k] += system->image[k] / system->pivot[k];
        for (int64_t a = system->first[k]; a < system->first[k + 1]; a++)
            system->image[system->column[a]] += value_of(system, a) * z[k];
    }
}

typedef struct {
    double square, sum; /* left' helped, sum of |left| */
} pflow_measure;

static pflow_measure measure(pflow_system *system)
{
    double square = 0, sum = 0;
    precondition(system);
#pragma omp simd reduction(+ : square, sum)
    for (int64_t k = 0; k < system->n; k++) {
        square += system->left[k] * system->helped[k];
        sum += fabs(system->left[k]);
    }
    return (pflow_measure){square, sum};
}

/* One step; false where rounding ends it. */
static bool iterate(pflow_system *system, pflow_measure *now)
{
    double curvature = 0, before = now->square;
    multiply(system, system->direction, system->image);
#pragma omp simd reduction(+ : curvature)
    for (int64_t k = 0; k < system->n; k++)
        curvature += system->direction[k] * system->image[k];
    if (!(curvature > 0)) return false;
    double step = before / curvature;
#pragma omp simd
    for (int64_t k = 0; k < system->n; k++) {
        system->x[k] += step * system->direction[k];
        system->left[k] -= step * system->image[k];
    }
    *now = measure(system);
    double ratio = now->square / before;
#pragma omp simd
    for (int64_t k = 0; k < system->n; k++)
        system->direction[k] = system->helped[k] + ratio * system->direction[k];
    return true;
}

/* From the x there is until the sum of |left| is at most `bound`. */
static int solve_system(pflow_run *run, pflow_system *system, double bound)
{
    int64_t most = 200 + 2 * system->n;
    for (int64_t k = 0; k < system->n; k++)
        system->left[k] = pflow_excess(&run->network, system->number[k]);
    factor(system);
    pflow_measure now = measure(system);
    memcpy(system->direction, system->helped, (size_t)system->n * sizeof *system->direction);
    while (now.sum > bound && most-- > 0 && !run->stop) {
        if (!iterate(system, &now)) break;
        run->info->steps++;
        run->info->arcs_read += system->first[system->n];
        int status = pflow_look(run);
        if (status != FR_OK) return status;
    }
    system->failures += !(now.sum <= bound) && !run->stop;
    return FR_OK;
}

/* ---- the rounds ---------------------------------------------------------------------------------------------------------------- */

static void take_potentials(pflow_network *network, const pflow_system *system)
{
    double *x = network->nodes.column[PFLOW_X];
    for (int64_t k = 0; k < system->n; k++)
        x[system->number[k]] = system->x[k] > 0 ? system->x[k] : 0;
    pflow_spread(network);
}

static double total_excess(const pflow_network *network)
{
    double sum = 0;
    for (int64_t number = 0; number < network->nodes.count; number++)
        if (belongs(network, number)) sum += fabs(pflow_excess(network, number));
    return sum;
}

int pflow_solve(pflow_run *run, double bound, double *left)
{
    pflow_system system = {0};
    double least = INFINITY;
    bool changed;
    int status = FR_OK, idle = 0;
    pflow_spread(&run->network);
    for (int64_t round = 0; status == FR_OK && round < most_rounds && idle + system.failures < most_idle;
         round++) {
        double before = *left = total_excess(&run->network);
        if (before > bound && run->p == 2) status = flood(run); /* later the set is nearly known */
        if (status == FR_OK) status = choose(run, &system, &changed);
        if (status != FR_OK || run->stop || before <= bound) break;
        pflow_spread(&run->network);
        idle = changed || before < least / 2 ? 0 : idle + 1; /* rounding leaves no more */
        least = fmin(least, before);
        status = assemble(run, &system);
        if (status == FR_OK)
            status = solve_system(run, &system, fmax(bound / 2, changed ? coarse * before : 0));
        take_potentials(&run->network, &system);
    }
    system_free(&system);
    return status;
}
