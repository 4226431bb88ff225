/* Migration rates prepared for draws in constant time: alias tables (Walker 1977, built by Vose's method, IEEE TSE 1991) for
 * the target of a move, and classes of nodes whose total rates differ at most fourfold, so that offering moves at the
 * class's largest rate wastes little even where weights span orders of magnitude. */
#include "coalescent.h"

#include <inttypes.h>
#include <math.h>

enum { max_classes = 512 };

/* Sums of the weights around each node, and the number of edges there. */
static int total_rates(const fr_feems_graph *graph, const double *weights, double *total, int32_t *degree)
{
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        if (i < 0 || j < 0 || i >= graph->n_nodes || j >= graph->n_nodes || i == j)
            return fr_fail(FR_EUSAGE,
                           "edge %" PRId64 " joins nodes %" PRId64 " and %" PRId64
                           ", which is not an edge of a graph on %" PRId64 " nodes",
                           e, i, j, graph->n_nodes);
        if (!(weights[e] > 0) || !isfinite(weights[e]))
            return fr_fail(FR_EUSAGE,
                           "edge %" PRId64 " (nodes %" PRId64 ", %" PRId64
                           ") has weight %g, but weights must be positive and finite",
                           e, i, j, weights[e]);
        total[i] += weights[e], total[j] += weights[e];
        degree[i]++, degree[j]++;
    }
    for (int64_t i = 0; i < graph->n_nodes; i++)
        if (!isfinite(total[i]))
            return fr_fail(FR_EUSAGE, "the weights around node %" PRId64 " are too large", i);
    return FR_OK;
}

/* Class k holds the nodes with 4^-(k+1) < total / largest <= 4^-k (or so: whole exponents); empty classes are left out. */
static int make_classes(const double *total, fr_migration_rates *rates)
{
    double largest = 0;
    for (int64_t i = 0; i < rates->n_nodes; i++)
        largest = fmax(largest, total[i]);
    double bound[max_classes] = {0};
    int32_t number[max_classes];
    for (int64_t i = 0; i < rates->n_nodes; i++) {
        int exponent = total[i] > 0 ? ilogb(largest / total[i]) / 2 : 0;
        int32_t k = exponent < max_classes ? exponent : max_classes - 1;
        rates->node[i].rate_class = k;
        bound[k] = fmax(bound[k], total[i]);
    }
    for (int k = 0; k < max_classes; k++) {
        number[k] = (int32_t)rates->n_classes;
        if (k == 0 || bound[k] > 0) rates->n_classes++;
    }
    rates->bound = fr_alloc(rates->n_classes, sizeof *rates->bound);
    rates->mean_wait = fr_alloc(rates->n_classes, sizeof *rates->mean_wait);
    if (rates->bound == NULL || rates->mean_wait == NULL) return FR_ENOMEM;
    for (int k = 0; k < max_classes; k++)
        if (bound[k] > 0) rates->bound[number[k]] = bound[k], rates->mean_wait[number[k]] = 1 / bound[k];
    for (int64_t i = 0; i < rates->n_nodes; i++)
        rates->node[i].rate_class = number[rates->node[i].rate_class];
    return FR_OK;
}

/* Gives every node its columns and enters the neighbours, with the weights where thresholds will be; a last
 * column stays, where not every offer is taken. */
static void enter_neighbours(const fr_feems_graph *graph, const double *weights, const double *total,
                             const int32_t *degree, fr_migration_rates *rates)
{
    int32_t first = 0;
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        fr_migration_node *node = &rates->node[i];
        node->first = first;
        first += degree[i] + 1;
        rates->column[first - 1].target[0] = (int32_t)i;
        rates->column[first - 1].threshold = rates->bound[node->rate_class] - total[i];
    }
    for (int64_t e = 0; e < graph->n_edges; e++) {
        fr_migration_node *a = &rates->node[graph->i[e]], *b = &rates->node[graph->j[e]];
        rates->column[a->first + a->n_columns++] = (fr_alias_column){weights[e], {(int32_t)graph->j[e]}};
        rates->column[b->first + b->n_columns++] = (fr_alias_column){weights[e], {(int32_t)graph->i[e]}};
    }
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        fr_migration_node *node = &rates->node[i];
        if (rates->column[node->first + degree[i]].threshold > 0 || degree[i] == 0) node->n_columns++;
    }
}

/* Vose: columns that hold less than their share are filled up from one that holds more. `order`: n numbers; the poor ones
 * grow from its start, the rich ones from its end. */
static void make_alias(fr_alias_column *column, int32_t n, double sum, int32_t *order)
{
    int32_t n_poor = 0, rich = n;
    for (int32_t k = 0; k < n; k++) {
        column[k].threshold = sum > 0 ? column[k].threshold / sum * n : 1;
        column[k].target[1] = column[k].target[0];
        if (column[k].threshold < 1)
            order[n_poor++] = k;
        else
            order[--rich] = k;
    }
    while (n_poor > 0 && rich < n) {
        fr_alias_column *receiver = &column[order[--n_poor]], *giver = &column[order[rich]];
        receiver->target[1] = giver->target[0];
        giver->threshold -= 1 - receiver->threshold;
        if (giver->threshold < 1) order[n_poor++] = order[rich++];
    }
    /* What is left is full up to rounding. */
    for (int32_t k = 0; k < n_poor; k++)
        column[order[k]].threshold = 1;
    for (int32_t k = rich; k < n; k++)
        column[order[k]].threshold = 1;
}

static void rates_free(fr_migration_rates *rates)
{
    fr_free(rates->node), fr_free(rates->column), fr_free(rates->bound), fr_free(rates->mean_wait);
    *rates = (fr_migration_rates){0};
}

static int rates_init(const fr_feems_graph *graph, const double *weights, fr_migration_rates *out)
{
    *out = (fr_migration_rates){.n_nodes = graph->n_nodes};
    int status = FR_OK;
    int64_t n_columns = 0;
    double *total = NULL;
    int32_t *degree = NULL, *order = NULL;
    if (graph->n_nodes > INT32_MAX / 4 || graph->n_edges > INT32_MAX / 4) {
        status = fr_fail(FR_EUSAGE,
                         "a graph of %" PRId64 " nodes and %" PRId64 " edges is too large to simulate on",
                         graph->n_nodes, graph->n_edges);
        goto done;
    }
    n_columns = 2 * graph->n_edges + graph->n_nodes;
    status = FR_ENOMEM;
    total = fr_alloc(graph->n_nodes, sizeof *total);
    degree = fr_alloc(graph->n_nodes, sizeof *degree);
    order = fr_alloc(n_columns, sizeof *order);
    out->node = fr_alloc(graph->n_nodes, sizeof *out->node);
    out->column = fr_alloc(n_columns, sizeof *out->column);
    if (total == NULL || degree == NULL || order == NULL || out->node == NULL || out->column == NULL)
        goto done;
    status = total_rates(graph, weights, total, degree);
    if (status == FR_OK) status = make_classes(total, out);
    if (status != FR_OK) goto done;
    enter_neighbours(graph, weights, total, degree, out);
    for (int64_t i = 0; i < out->n_nodes; i++) {
        const fr_migration_node *node = &out->node[i];
        make_alias(out->column + node->first, node->n_columns, out->bound[node->rate_class], order);
    }
done:
    fr_free(total), fr_free(degree), fr_free(order);
    if (status != FR_OK) rates_free(out);
    return status;
}

/* The representative of a node's component; halves the path on the way (union-find). */
static int64_t find_root(int64_t *parent, int64_t node)
{
    while (parent[node] != node)
        node = parent[node] = parent[parent[node]];
    return node;
}

/* Fails unless edges connect all of n nodes. */
static int check_connected(const fr_feems_graph *graph, const int64_t *node, int64_t n)
{
    int status = FR_OK;
    int64_t *parent = fr_alloc(graph->n_nodes, sizeof *parent);
    if (parent == NULL) return FR_ENOMEM;
    for (int64_t i = 0; i < graph->n_nodes; i++)
        parent[i] = i;
    for (int64_t e = 0; e < graph->n_edges; e++)
        parent[find_root(parent, graph->i[e])] = find_root(parent, graph->j[e]);
    for (int64_t k = 1; k < n && status == FR_OK; k++)
        if (find_root(parent, node[k]) != find_root(parent, node[0]))
            status = fr_fail(FR_EUSAGE,
                             "no path of edges joins nodes %" PRId64 " and %" PRId64
                             ", so that lineages sampled there have no common ancestor",
                             node[0], node[k]);
    fr_free(parent);
    return status;
}

int fr_coalescent_model_init(const fr_feems_graph *graph, const double *weights, const int64_t *node,
                             int64_t n_individuals, fr_coalescent_model *out)
{
    *out = (fr_coalescent_model){.n_leaves = 2 * n_individuals};
    if (n_individuals < 1 || n_individuals > INT32_MAX / 4)
        return fr_fail(FR_EUSAGE, "genealogies of %" PRId64 " individuals are impossible or too large",
                       n_individuals);
    int status = rates_init(graph, weights, &out->rates);
    if (status == FR_OK) status = check_connected(graph, node, n_individuals);
    if (status == FR_OK && (out->leaf_node = fr_alloc(out->n_leaves, sizeof *out->leaf_node)) == NULL)
        status = FR_ENOMEM;
    if (status != FR_OK) {
        fr_coalescent_model_free(out);
        return status;
    }
    for (int64_t leaf = 0; leaf < out->n_leaves; leaf++)
        out->leaf_node[leaf] = (int32_t)node[leaf / 2];
    return FR_OK;
}

void fr_coalescent_model_free(fr_coalescent_model *model)
{
    rates_free(&model->rates);
    fr_free(model->leaf_node);
    *model = (fr_coalescent_model){0};
}
