/* The certificate of flow diffusion. For any x >= 0 and any flow that leaves no node above its capacity,
 *   energy(flow) - objective(x) = sum_e w (|y|^p / p + |x_u - x_v|^q / q - y (x_u - x_v)) + sum_v x_v (room left at v),
 * y = flow / w, each term >= 0, so that the sum bounds how far both are from the optimum. The flow at hand may leave a
 * little mass above capacity. For the bound it is sent on, up a tree of edges, to nodes that have room for all of it. */
#include "pflow.h"

#include "grow.h"

#include <math.h>
#include <string.h>

/* Nodes that are full to the brim may lie at the border of what was met, but hardly many in a row. */
enum { most_rings = 3 };

typedef struct {
    pflow_network *network;
    double p, q;
    int64_t n, joined; /* nodes of the tree in the order in which they joined */
    uint32_t *list;
    int64_t *edge;  /* by number: the edge to its parent, -1: it is a root or outside */
    double *carry;  /* by number: mass above capacity, then what goes up the edge */
    uint8_t *there; /* by number: in the tree */
} pflow_tree;

static void tree_free(pflow_tree *tree)
{
    fr_free(tree->list);
    fr_free(tree->edge);
    fr_free(tree->carry);
    fr_free(tree->there);
}

static int tree_new(pflow_run *run, pflow_tree *tree)
{
    int64_t n = run->network.nodes.count;
    *tree = (pflow_tree){.network = &run->network, .p = run->settings->p, .n = n};
    tree->q = tree->p / (tree->p - 1);
    tree->list = fr_alloc(n, sizeof *tree->list);
    tree->edge = fr_alloc(n, sizeof *tree->edge);
    tree->carry = fr_alloc(n, sizeof *tree->carry);
    tree->there = fr_alloc(n, sizeof *tree->there);
    return tree->list != NULL && tree->edge != NULL && tree->carry != NULL && tree->there != NULL ? FR_OK
                                                                                                  : FR_ENOMEM;
}

static void join(pflow_tree *tree, uint32_t number, int64_t edge)
{
    tree->there[number] = 1;
    tree->edge[number] = edge;
    tree->list[tree->joined++] = number;
}

/* Nodes with room for all of the excess are the roots; the others join over edges to nodes that have. The last rows are the
 * outermost, so that going through them backwards takes few passes. */
static void grow_tree(pflow_tree *tree, double excess)
{
    const pflow_network *network = tree->network;
    for (int64_t number = 0; number < tree->n; number++)
        if (!(network->nodes.column[PFLOW_X][number] > 0) && -pflow_excess(network, number) >= excess)
            join(tree, (uint32_t)number, -1);
    for (int64_t before = -1; before < tree->joined;) {
        before = tree->joined;
        for (int64_t row = network->n_open - 1; row >= 0; row--) {
            uint32_t node = network->open[row];
            for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
                uint32_t other = network->target[e];
                if (tree->there[other] && !tree->there[node])
                    join(tree, node, e);
                else if (tree->there[node] && !tree->there[other])
                    join(tree, other, e);
            }
        }
    }
}

/* Row of an edge's open end. */
static int64_t row_of(const pflow_network *network, int64_t edge)
{
    int64_t low = 0, high = network->n_open;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (network->first[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Sends the excess to the roots, in `next`. Mass below capacity on the way is filled up. */
static void send(pflow_tree *tree)
{
    const pflow_network *network = tree->network;
    for (int64_t k = tree->joined - 1; k >= 0; k--) {
        uint32_t number = tree->list[k];
        int64_t edge = tree->edge[number];
        if (edge < 0 || !(tree->carry[number] > 0)) continue;
        uint32_t from = network->open[row_of(network, edge)], parent = network->target[edge];
        bool along = from == number;
        if (!along) parent = from;
        network->next[edge] += along ? tree->carry[number] : -tree->carry[number];
        tree->carry[parent] += tree->carry[number];
        tree->carry[number] = 0;
    }
}

/* Energy of `flow`, objective of x, and the gap between x and `next`. */
static void add_up(const pflow_tree *tree, fr_cluster_flow_diffusion_info *info)
{
    const pflow_network *network = tree->network;
    const double *x = network->nodes.column[PFLOW_X], *source = network->nodes.column[PFLOW_SOURCE];
    double gap = 0, energy = 0, dual = 0, terms = 0;
    for (int64_t row = 0; row < network->n_open; row++)
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            double weight = pflow_weight(network, e), fall = x[network->open[row]] - x[network->target[e]];
            double y = network->next[e] / weight, half = weight * pow(fabs(y), tree->p) / tree->p;
            double other = weight * pow(fabs(fall), tree->q) / tree->q, both = weight * y * fall;
            energy += weight * pow(fabs(network->flow[e] / weight), tree->p) / tree->p;
            dual += other;
            gap += fmax(0, half + other - both);
            terms += half + other + fabs(both);
        }
    double linear = 0;
    for (int64_t number = 0; number < tree->n; number++) {
        if (!(x[number] > 0)) continue;
        linear += (source[number] - network->nodes.degree[number]) * x[number];
        gap += x[number] * fmax(0, -tree->carry[number]);
    }
    info->energy = energy;
    info->objective = linear - dual;
    info->duality_gap = gap + 0x1p-49 * terms; /* a few roundings of each term */
}

/* Everything but the tree, for the mass that is above capacity or, at x > 0, below. */
static double find_excess(pflow_tree *tree)
{
    const pflow_network *network = tree->network;
    double excess = 0;
    for (int64_t number = 0; number < tree->n; number++) {
        double above = pflow_excess(network, number);
        bool counts = above > 0 || network->nodes.column[PFLOW_X][number] > 0;
        tree->carry[number] = counts ? above : 0;
        if (above > 0) excess += above;
    }
    return excess;
}

static bool all_sent(const pflow_tree *tree)
{
    for (int64_t number = 0; number < tree->n; number++)
        if (tree->carry[number] > 0 && !(tree->there[number] && tree->edge[number] < 0)) return false;
    return true;
}

/* Net outflows of `flow`, which is copied to `next`. */
static void take_flow(pflow_network *network)
{
    double *out = network->nodes.column[PFLOW_OUT];
    memset(out, 0, (size_t)network->nodes.count * sizeof *out);
    for (int64_t row = 0; row < network->n_open; row++)
        for (int64_t e = network->first[row]; e < network->first[row + 1]; e++) {
            network->next[e] = network->flow[e];
            out[network->open[row]] += network->flow[e];
            out[network->target[e]] -= network->flow[e];
        }
}

/* The certificate from the nodes that were met; *sent: there was a way for all of the excess. */
static int certify(pflow_run *run, bool *sent)
{
    pflow_tree tree;
    int status = tree_new(run, &tree);
    if (status == FR_OK) {
        take_flow(&run->network);
        run->info->excess = find_excess(&tree);
        grow_tree(&tree, run->info->excess);
        send(&tree);
        add_up(&tree, run->info);
        *sent = all_sent(&tree);
    }
    tree_free(&tree);
    return status;
}

/* Opens the nodes at the border that have no room for the excess: there may be some behind them. */
static int look_further(pflow_run *run)
{
    pflow_network *network = &run->network;
    int64_t count = network->nodes.count;
    int status = FR_OK;
    for (int64_t number = 0; status == FR_OK && number < count; number++)
        if (!(network->nodes.column[PFLOW_X][number] > 0) &&
            -pflow_excess(network, number) < run->info->excess)
            status = pflow_open(run, (uint32_t)number);
    return status;
}

int pflow_certify(pflow_run *run)
{
    bool sent = false;
    int status = certify(run, &sent);
    for (int ring = 0; status == FR_OK && !sent && ring < most_rings; ring++) {
        if (run->info->excess > run->settings->tolerance * run->info->mass) break; /* it has not converged */
        status = look_further(run);
        if (status == FR_OK) status = certify(run, &sent);
    }
    if (!sent) run->info->duality_gap = INFINITY;
    return status;
}
