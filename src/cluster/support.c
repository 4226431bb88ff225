/* The l1 problem on its support: conjugate gradients with Jacobi's preconditioner (condition number at most 1 /
 * alpha). The rows are kept as a lower triangle, so that nodes which enter later change nothing that is there; the
 * product with M gathers and scatters along it. */
#include "support.h"
#include "push.h"

#include <math.h>
#include <string.h>

enum { column_count = 11 };

static void list_columns(support_graph *inner, double **columns[column_count])
{
    double **all[column_count] = {&inner->degree, &inner->inverse, &inner->loop, &inner->diagonal,
                                  &inner->mass,   &inner->x,       &inner->left, &inner->direction,
                                  &inner->image,  &inner->terms,   &inner->slack};
    memcpy(columns, all, sizeof all);
}

void support_free(support_graph *inner)
{
    double **columns[column_count];
    list_columns(inner, columns);
    for (int k = 0; k < column_count; k++)
        fr_free(*columns[k]);
    fr_free(inner->first);
    fr_free(inner->column);
    fr_free(inner->weight);
    *inner = (support_graph){0};
}

void support_reset(push_scratch *scratch)
{
    for (int64_t k = 0; k < scratch->inner.n; k++)
        scratch->index[scratch->support[k]] = 0;
    scratch->inner.n = 0;
}

/* ---- growing ---------------------------------------------------------------------------------------------------------------- */

static bool grow(void *block_at, int64_t count, size_t size)
{
    void **block = block_at, *grown = fr_realloc(*block, count, size);
    if (grown != NULL) *block = grown;
    return grown != NULL;
}

static int make_nodes(support_graph *inner, int64_t n)
{
    if (n <= inner->space && inner->first != NULL) return FR_OK; /* an empty support has a first row too */
    int64_t space = n < 512 ? 512 : n + n / 2;
    double **columns[column_count];
    list_columns(inner, columns);
    for (int k = 0; k < column_count; k++)
        if (!grow(columns[k], space, sizeof(double))) return FR_ENOMEM;
    if (!grow(&inner->first, space + 1, sizeof *inner->first)) return FR_ENOMEM;
    inner->space = space;
    return FR_OK;
}

static int make_arcs(support_graph *inner, int64_t arcs, bool weighted)
{
    if (arcs <= inner->arc_space) return FR_OK;
    int64_t space = arcs < 8192 ? 8192 : arcs + arcs / 2;
    if (!grow(&inner->column, space, sizeof *inner->column)) return FR_ENOMEM;
    if (weighted && !grow(&inner->weight, space, sizeof *inner->weight)) return FR_ENOMEM;
    inner->arc_space = space;
    return FR_OK;
}

/* Appends the neighbours with an index (a loop has none yet), without a branch on it: all are written, some stay. */
static int64_t keep_inner(const uint32_t *index, int64_t count, const uint32_t *neighbour, uint32_t *column)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < count; k++) {
        uint32_t place = index[neighbour[k]];
        column[kept] = place - 1;
        kept += place != 0;
    }
    return kept;
}

static void keep_weights(const uint32_t *index, int64_t count, const uint32_t *neighbour,
                         const double *weight, double *kept)
{
    for (int64_t k = 0; k < count; k++)
        if (index[neighbour[k]] != 0) *kept++ = weight[k];
}

/* The next node of the support, without its arcs. */
static int append_node(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem)
{
    support_graph *inner = &scratch->inner;
    const fr_graph *graph = workspace->graph;
    int64_t k = inner->n;
    uint32_t node = scratch->support[k];
    int status = push_ready(workspace, scratch, node);
    if (status != FR_OK) return status;
    double alpha = problem->alpha, degree = scratch->node[node].degree, loop = push_loop(graph, node);
    inner->degree[k] = degree;
    inner->inverse[k] = 1 / degree;
    inner->loop[k] = loop;
    inner->diagonal[k] = (1 + alpha) / (2 * alpha) * degree - (1 - alpha) / (2 * alpha) * loop;
    inner->mass[k] = 0;
    inner->terms[k] = (double)(graph->row[node + 1] - graph->row[node]);
    inner->x[k] = scratch->p[node] / degree;
    inner->first[++inner->n] = inner->n_arcs;
    scratch->index[node] = (uint32_t)inner->n;
    return FR_OK;
}

/* The arcs to nodes that have an index, which the node itself is to get afterwards. */
static int append_arcs(push_scratch *scratch, uint32_t node)
{
    support_graph *inner = &scratch->inner;
    const fr_graph *graph = scratch->graph;
    int64_t begin = graph->row[node], count = graph->row[node + 1] - begin;
    int status = make_arcs(inner, inner->n_arcs + count, graph->weight != NULL);
    if (status != FR_OK) return status;
    if (graph->weight != NULL)
        keep_weights(scratch->index, count, graph->neighbour + begin, graph->weight + begin,
                     inner->weight + inner->n_arcs);
    inner->n_arcs +=
        keep_inner(scratch->index, count, graph->neighbour + begin, inner->column + inner->n_arcs);
    return FR_OK;
}

/* Room, and the first entry of `first`. */
static int begin_support(push_scratch *scratch)
{
    support_graph *inner = &scratch->inner;
    int status = make_nodes(inner, scratch->n_support);
    if (status == FR_OK && inner->n == 0) inner->first[0] = inner->n_arcs = 0;
    return status;
}

static void place_seeds(push_scratch *scratch, const l1_problem *problem)
{
    for (int64_t k = 0; k < problem->n_seeds; k++) {
        uint32_t place = scratch->index[problem->seed[k]];
        if (place != 0) scratch->inner.mass[place - 1] = problem->mass[k];
    }
}

int support_extend(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                   int64_t *arcs_read)
{
    support_graph *inner = &scratch->inner;
    int status = begin_support(scratch);
    inner->without_arcs = false;
    while (status == FR_OK && inner->n < scratch->n_support) {
        uint32_t node = scratch->support[inner->n];
        if (inner->n + 1 < scratch->n_support)
            push_prefetch(workspace->graph, scratch->support[inner->n + 1]);
        status = push_ready(workspace, scratch, node);
        if (status == FR_OK) status = append_arcs(scratch, node);
        if (status == FR_OK) status = append_node(workspace, scratch, problem);
        if (status == FR_OK) *arcs_read += (int64_t)inner->terms[inner->n - 1];
    }
    if (status == FR_OK) place_seeds(scratch, problem);
    return status;
}

int support_list(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem)
{
    support_reset(scratch);
    int status = begin_support(scratch);
    scratch->inner.without_arcs = true;
    while (status == FR_OK && scratch->inner.n < scratch->n_support)
        status = append_node(workspace, scratch, problem);
    if (status == FR_OK) place_seeds(scratch, problem);
    return status;
}

/* ---- the product with M --------------------------------------------------------------------------------------------------- */

/* y = A_SS x, loops left out */
static void multiply_unweighted(const support_graph *inner, const double *x, double *y)
{
    const uint32_t *column = inner->column;
    for (int64_t k = 0; k < inner->n; k++) {
        int64_t a = inner->first[k], end = inner->first[k + 1];
        double here = x[k], even = 0, odd = 0;
        for (; a + 2 <= end; a += 2) {
            uint32_t i = column[a], j = column[a + 1];
            even += x[i];
            odd += x[j];
            y[i] += here;
            y[j] += here;
        }
        if (a < end) {
            even += x[column[a]];
            y[column[a]] += here;
        }
        y[k] = even + odd;
    }
}

static void multiply_weighted(const support_graph *inner, const double *x, double *y)
{
    const uint32_t *column = inner->column;
    for (int64_t k = 0; k < inner->n; k++) {
        double here = x[k], sum = 0;
        for (int64_t a = inner->first[k]; a < inner->first[k + 1]; a++) {
            sum += inner->weight[a] * x[column[a]];
            y[column[a]] += inner->weight[a] * here;
        }
        y[k] = sum;
    }
}

/* y = M x */
static void multiply(const support_graph *inner, double alpha, const double *x, double *y)
{
    double spread = (1 - alpha) / (2 * alpha);
    if (inner->weight != NULL)
        multiply_weighted(inner, x, y);
    else
        multiply_unweighted(inner, x, y);
    for (int64_t k = 0; k < inner->n; k++)
        y[k] = inner->diagonal[k] * x[k] - spread * y[k];
}

/* ---- residual --------------------------------------------------------------------------------------------------------------- */

bool support_needs_care(const support_graph *inner, const l1_problem *problem, double bound)
{
    /* Terms of the size of x / alpha cancel; 64 roundings or so each. */
    double largest = 0;
    for (int64_t k = 0; k < inner->n; k++)
        largest = inner->x[k] > largest ? inner->x[k] : largest;
    return 0x1p-47 * largest / problem->alpha > bound / 16;
}

static int left_in_extended(support_graph *inner, const l1_problem *problem)
{
    long double *sum = fr_alloc(inner->n, sizeof *sum), alpha = problem->alpha, rho = problem->rho;
    if (sum == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < inner->n; k++) {
        sum[k] += (long double)inner->loop[k] * inner->x[k];
        for (int64_t a = inner->first[k]; a < inner->first[k + 1]; a++) {
            long double weight = inner->weight != NULL ? inner->weight[a] : 1;
            sum[k] += weight * inner->x[inner->column[a]];
            sum[inner->column[a]] += weight * inner->x[k];
        }
    }
    for (int64_t k = 0; k < inner->n; k++) {
        long double own = (1 + alpha) * inner->degree[k] * inner->x[k], spread = (1 - alpha) * sum[k];
        inner->left[k] = (double)(inner->mass[k] - rho * inner->degree[k] - (own - spread) / (2 * alpha));
    }
    fr_free(sum);
    return FR_OK;
}

void support_slack(support_graph *inner, const l1_problem *problem, double unit)
{
    /* A sum of k terms is off by at most k units in the last place of the sum of their moduli; here the positive
     * ones are s and those of the neighbours, the negative ones rho d and the node's own, and the two sorts differ
     * by `left`. */
    double slope = (1 + problem->alpha) / (2 * problem->alpha);
    for (int64_t k = 0; k < inner->n; k++) {
        double own = (slope * inner->x[k] + problem->rho) * inner->degree[k], left = fabs(inner->left[k]);
        inner->slack[k] = (inner->terms[k] + 8) * unit * (2 * own + left) + 0x1p-52 * left;
    }
}

static void left_in_doubles(support_graph *inner, const l1_problem *problem)
{
    multiply(inner, problem->alpha, inner->x, inner->left);
    for (int64_t k = 0; k < inner->n; k++)
        inner->left[k] = inner->mass[k] - problem->rho * inner->degree[k] - inner->left[k];
}

int support_left(support_graph *inner, const l1_problem *problem, bool careful)
{
    if (careful) {
        int status = left_in_extended(inner, problem);
        if (status != FR_OK) return status;
    } else {
        left_in_doubles(inner, problem);
    }
    support_slack(inner, problem, careful ? 0x1p-63 : 0x1p-53);
    return FR_OK;
}

/* ---- solving ---------------------------------------------------------------------------------------------------------------- */

static void measure(support_graph *inner)
{
    double largest = 0, square = 0;
#pragma omp simd reduction(max : largest) reduction(+ : square)
    for (int64_t k = 0; k < inner->n; k++) {
        double scaled = inner->left[k] * inner->inverse[k], size = fabs(scaled);
        square += inner->left[k] * scaled;
        largest = size > largest ? size : largest;
    }
    inner->square = square;
    inner->largest = largest;
}

void support_begin(support_graph *inner)
{
    measure(inner);
    for (int64_t k = 0; k < inner->n; k++)
        inner->direction[k] = inner->left[k] * inner->inverse[k];
}

bool support_iterate(support_graph *inner, const l1_problem *problem)
{
    double curvature = 0, before = inner->square;
    multiply(inner, problem->alpha, inner->direction, inner->image);
#pragma omp simd reduction(+ : curvature)
    for (int64_t k = 0; k < inner->n; k++)
        curvature += inner->direction[k] * inner->image[k];
    if (!(curvature > 0)) return false;
    double step = before / curvature;
#pragma omp simd
    for (int64_t k = 0; k < inner->n; k++) {
        inner->x[k] += step * inner->direction[k];
        inner->left[k] -= step * inner->image[k];
    }
    measure(inner);
    double ratio = inner->square / before;
#pragma omp simd
    for (int64_t k = 0; k < inner->n; k++)
        inner->direction[k] = inner->left[k] * inner->inverse[k] + ratio * inner->direction[k];
    return true;
}

/* Nodes below zero: held there. */
static bool hold(support_graph *inner)
{
    bool any = false;
    for (int64_t k = 0; k < inner->n; k++)
        if (inner->x[k] < 0) {
            inner->x[k] = inner->inverse[k] = 0;
            any = true;
        }
    return any;
}

/* Held nodes that want to rise: let go. */
static bool let_go(support_graph *inner, double bound)
{
    bool any = false;
    for (int64_t k = 0; k < inner->n; k++)
        if (inner->inverse[k] == 0 && inner->left[k] > bound * inner->degree[k]) {
            inner->inverse[k] = 1 / inner->degree[k];
            any = true;
        }
    return any;
}

bool support_hold(support_graph *inner, const l1_problem *problem, double bound)
{
    if (!hold(inner)) return let_go(inner, bound);
    left_in_doubles(inner, problem);
    return true;
}

double support_overshoot(const support_graph *inner)
{
    double largest = 0;
    for (int64_t k = 0; k < inner->n; k++) {
        double lack = -inner->left[k] * inner->inverse[k];
        largest = lack > largest ? lack : largest;
    }
    return largest;
}

void support_lower(support_graph *inner)
{
    double shift = support_overshoot(inner);
    for (int64_t k = 0; k < inner->n; k++)
        inner->x[k] = fmax(0, inner->x[k] - shift);
}
