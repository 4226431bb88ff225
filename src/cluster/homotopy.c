/* One step of the path: a node enters. Its cost is that of w (bordering of the inverse, or conjugate gradients) and one pass
 * over the arcs of the support and over its neighbours. */
#include "homotopy.h"

#include "conjugate.h"
#include "grow.h"

#include <core/for_each_cpu.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory --------------------------------------------------------------------------------------------------------- */

static int reserve_touched(homotopy *path)
{
    int64_t room = path->touched.capacity, old = path->touched_room;
    if (room <= old) return FR_OK;
    if (!cluster_grow(&path->place, room, sizeof *path->place) ||
        !cluster_grow(&path->due, room, sizeof *path->due))
        return FR_ENOMEM;
    memset(path->place + old, 0, (size_t)(room - old) * sizeof *path->place);
    path->touched_room = room;
    return FR_OK;
}

static int reserve_support(homotopy *path)
{
    if (path->count < path->room) return FR_OK;
    int64_t room = cluster_room(path->count + 1, path->room);
    if (!cluster_grow(&path->number, room, sizeof *path->number) ||
        !cluster_grow(&path->first, room + 1, sizeof *path->first) ||
        !cluster_grow(&path->u, room, sizeof *path->u) || !cluster_grow(&path->v, room, sizeof *path->v) ||
        !cluster_grow(&path->w, room, sizeof *path->w) ||
        !cluster_grow(&path->diagonal, room, sizeof *path->diagonal) ||
        !cluster_grow(&path->coupling, room, sizeof *path->coupling) ||
        !cluster_grow(&path->coupled, room, sizeof *path->coupled) ||
        !cluster_grow(&path->scratch, 4 * room, sizeof *path->scratch))
        return FR_ENOMEM;
    path->room = room;
    path->first[0] = 0;
    return FR_OK;
}

static int reserve_arcs(homotopy *path, int64_t more)
{
    int64_t needed = (path->count > 0 ? path->first[path->count] : 0) + more;
    if (needed <= path->arc_room) return FR_OK;
    int64_t room = cluster_room(needed, path->arc_room);
    if (!cluster_grow(&path->arc, room, sizeof *path->arc)) return FR_ENOMEM;
    if (path->touched.graph->weight != NULL &&
        !cluster_grow(&path->arc_weight, room, sizeof *path->arc_weight))
        return FR_ENOMEM;
    path->arc_room = room;
    return FR_OK;
}

void homotopy_free(homotopy *path)
{
    touched_free(&path->touched);
    inverse_free(&path->inverse);
    void *blocks[] = {path->place,    path->due, path->number,    path->first,   path->u,
                      path->v,        path->w,   path->scratch,   path->coupled, path->coupling,
                      path->diagonal, path->arc, path->arc_weight};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    *path = (homotopy){0};
}

/* ---- what is due ---------------------------------------------------------------------------------------------------- */

/* Adds the changes to the sums of all touched nodes, clears them, and returns the largest rho_i. */
FR_FOR_EACH_CPU
static double advance(int64_t n, double step_u, double step_v, double *restrict numerator,
                      double *restrict denominator, double *restrict change)
{
    double greatest = 0;
#pragma omp simd reduction(max : greatest)
    for (int64_t i = 0; i < n; i++) {
        numerator[i] += step_u * change[i];
        denominator[i] += step_v * change[i];
        change[i] = 0;
        double rho = numerator[i] / denominator[i];
        greatest = rho > greatest ? rho : greatest;
    }
    return greatest;
}

static void advance_all(homotopy *path, double step_u, double step_v)
{
    double **column = path->touched.column;
    path->greatest = advance(path->touched.count, step_u, step_v, column[homotopy_numerator],
                             column[homotopy_denominator], column[homotopy_change]);
}

static int by_node(const void *a, const void *b, void *context)
{
    const uint32_t *node = context;
    uint32_t x = node[*(const uint32_t *)a], y = node[*(const uint32_t *)b];
    return (x > y) - (x < y);
}

int homotopy_due(homotopy *path, double rho, int64_t *count)
{
    const double *numerator = path->touched.column[homotopy_numerator];
    const double *denominator = path->touched.column[homotopy_denominator];
    int status = reserve_touched(path);
    *count = 0;
    if (status != FR_OK) return status;
    for (int64_t i = 0; i < path->touched.count; i++)
        if (numerator[i] / denominator[i] >= rho) path->due[(*count)++] = (uint32_t)i;
    qsort_r(path->due, (size_t)*count, sizeof *path->due, by_node, path->touched.node);
    return FR_OK;
}

int homotopy_new(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t dense_limit,
                 homotopy *out)
{
    *out = (homotopy){.alpha = problem->alpha, .beta = (1 - problem->alpha) / 2, .dense_limit = dense_limit};
    int status = touched_new(workspace, homotopy_columns, &out->touched);
    if (status == FR_OK)
        status = touched_seeds(&out->touched, problem->n_seeds, problem->seed, problem->mass);
    if (status != FR_OK) {
        homotopy_free(out);
        return status;
    }
    for (int64_t i = 0; i < out->touched.count; i++) {
        out->touched.column[homotopy_numerator][i] *= problem->alpha;
        out->touched.column[homotopy_denominator][i] = problem->alpha * out->touched.degree[i];
    }
    advance_all(out, 0, 0);
    return FR_OK;
}

/* ---- a node enters --------------------------------------------------------------------------------------------------- */

/* Lists the node's arcs, meets its neighbours, and sets apart the arcs to the support, which are `coupled`. */
static int64_t list_arcs(homotopy *path, uint32_t number)
{
    touched_nodes *touched = &path->touched;
    const fr_graph *graph = touched->graph;
    uint32_t node = touched->node[number];
    double loop = 0;
    int64_t coupled = 0, end = path->first[path->count];
    path->inside = path->outside = 0;
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        double weight = graph->weight != NULL ? graph->weight[k] : 1;
        if (graph->neighbour[k] == node) {
            loop = weight;
            continue;
        }
        int64_t known = touched->count;
        uint32_t other = touched_number(touched, graph->neighbour[k]);
        if (other == known)
            touched->column[homotopy_denominator][other] = path->alpha * touched->degree[other];
        path->arc[end] = other;
        if (path->arc_weight != NULL) path->arc_weight[end] = weight;
        end++;
        if (path->place[other] == 0) {
            path->outside += weight;
            continue;
        }
        path->inside += weight;
        path->coupled[coupled] = path->place[other] - 1;
        path->coupling[coupled++] = path->beta * weight;
    }
    path->first[path->count + 1] = end;
    path->diagonal[path->count] = (1 + path->alpha) / 2 * touched->degree[number] - path->beta * loop;
    return coupled;
}

/* change_i += sum_j A_ij x_j over the first `count` nodes of the support */
static void spread(homotopy *path, int64_t count, const double *x)
{
    double *change = path->touched.column[homotopy_change];
    for (int64_t j = 0; j < count; j++) {
        int64_t begin = path->first[j], end = path->first[j + 1];
        if (path->arc_weight == NULL)
            for (int64_t k = begin; k < end; k++)
                change[path->arc[k]] += x[j];
        else
            for (int64_t k = begin; k < end; k++)
                change[path->arc[k]] += path->arc_weight[k] * x[j];
    }
    path->rows_read += count;
    path->arcs_read += path->first[count];
}

/* y = Q_SS x */
static void multiply(void *context, const double *x, double *y)
{
    homotopy *path = context;
    double *change = path->touched.column[homotopy_change];
    spread(path, path->count, x);
    for (int64_t j = 0; j < path->count; j++)
        y[j] = path->diagonal[j] * x[j] - path->beta * change[path->number[j]];
    memset(change, 0, (size_t)path->touched.count * sizeof *change);
}

/* w = Q_SS^-1 (beta A_Sk) */
static void solve_coupling(homotopy *path, int64_t coupled)
{
    int64_t n = path->count;
    if (n <= path->dense_limit) {
        inverse_multiply(&path->inverse, coupled, path->coupled, path->coupling, path->w);
        return;
    }
    double *right = path->w; /* the last entry's w, not needed any more */
    memset(right, 0, (size_t)n * sizeof *right);
    for (int64_t k = 0; k < coupled; k++)
        right[path->coupled[k]] = path->coupling[k];
    conjugate_matrix matrix = {n, path->diagonal, 2 / path->alpha, multiply, path};
    double *solution = path->scratch;
    conjugate_gradients(&matrix, right, 1e-15, solution, path->scratch + n);
    memcpy(path->w, solution, (size_t)n * sizeof *solution);
}

/* Q_kk - (beta A_kS) w, written as a sum of positive terms: rows of Q sum to alpha d, and w <= 1. */
static double schur_complement(const homotopy *path, uint32_t number, int64_t coupled)
{
    double sum = path->alpha * path->touched.degree[number] + path->beta * path->outside;
    for (int64_t k = 0; k < coupled; k++)
        sum += path->coupling[k] * (1 - path->w[path->coupled[k]]);
    return sum;
}

int homotopy_enter(homotopy *path, uint32_t number)
{
    int64_t node = path->touched.node[number];
    int status = touched_row(&path->touched, node);
    if (status == FR_OK) status = reserve_touched(path);
    if (status == FR_OK) status = reserve_support(path);
    const int64_t *row = path->touched.graph->row;
    if (status == FR_OK) status = reserve_arcs(path, row[node + 1] - row[node]);
    if (status != FR_OK) return status;

    int64_t coupled = list_arcs(path, number);
    solve_coupling(path, coupled);
    double **column = path->touched.column;
    double schur = schur_complement(path, number, coupled);
    double step_u = column[homotopy_numerator][number] / schur;
    double step_v = column[homotopy_denominator][number] / schur;
    if (path->count < path->dense_limit) status = inverse_append(&path->inverse, path->w, schur);
    if (path->count == path->dense_limit) inverse_free(&path->inverse);
    if (status != FR_OK) return status;

    path->w[path->count] = 1;
    path->u[path->count] = path->v[path->count] = 0;
    path->number[path->count++] = number;
    path->place[number] = (uint32_t)path->count;
    for (int64_t j = 0; j < path->count; j++) {
        path->u[j] += step_u * path->w[j];
        path->v[j] += step_v * path->w[j];
    }
    column[homotopy_denominator][number] = INFINITY;
    spread(path, path->count, path->w);
    advance_all(path, path->beta * step_u, path->beta * step_v);
    path->volume += path->touched.degree[number];
    path->cut += path->outside - path->inside;
    return FR_OK;
}
