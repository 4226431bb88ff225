/* The l1 problem from a given x >= 0, which may be that of another graph: edges have come and gone, x may be above the optimum in
 * places, and residuals may be negative.
 *
 * For any set S the problem on S alone, with x = 0 elsewhere, has a solution below x* (Q is an M-matrix). So x is first made
 * right on the set where it is positive, by conjugate gradients from what it is; that reads the arcs of S once, and then inner arcs alone. An x
 * with r_i >= rho d_i wherever x_i > 0 is left as it is: it is below x* already. What rounding and the tolerance leave is taken off
 * (F5: x - delta_above <= x*), and then all solvers may go on as from below. */
#include "l1_descent.h"

#include <math.h>

/* x is first made right to this accuracy, relative to rho, where it is farther above the solution on its support than by the second
 * number: then the support is about to change. */
static const double coarse = 1e-2, small_change = 0.1;

/* Masses of the given x on this graph's degrees. No p*_i is above the mass of all seeds. */
static int load(l1_run *run, const fr_cluster_vector *start)
{
    push_scratch *scratch = run->scratch;
    double total = 0;
    for (int64_t k = 0; k < run->problem->n_seeds; k++)
        total += run->problem->mass[k];
    int status = push_room(scratch, start->count);
    if (start->count > 0 && start->p_over_degree == NULL)
        return fr_fail(FR_EUSAGE, "the vector to start from has no p_over_degree");
    for (int64_t k = 0; status == FR_OK && k < start->count; k++) {
        int64_t node = start->node[k];
        double x = start->p_over_degree[k];
        if (node < 0 || node >= scratch->graph->n || !(x >= 0) || isinf(x) ||
            (x > 0 && scratch->p[node] != 0))
            return fr_fail(FR_EUSAGE, "the vector to start from is not one of this graph");
        double degree = push_degree(scratch, node), mass = fmin(x * degree, total);
        if (!(mass > 0)) continue; /* zero, or a node that has lost its edges */
        push_give(scratch, (uint32_t)node, mass);
        run->volume += degree;
    }
    return status;
}

/* The problem on the support, unless x is below its solution. *stop: a limit was met. */
static int repair(l1_run *run, bool *stop)
{
    support_graph *inner = &run->scratch->inner;
    double bound = run->settings->tolerance * run->problem->rho;
    bool careful = support_needs_care(inner, run->problem, bound);
    int status = support_left(inner, run->problem, careful);
    double overshoot = support_overshoot(inner);
    if (status != FR_OK || !(overshoot > bound / 2)) return status;
    double accuracy = overshoot > small_change * run->problem->rho ? coarse * run->problem->rho : 0;
    status = l1_solve_support(run, fmax(accuracy, bound / 2), stop);
    for (int64_t k = 0; k < inner->n; k++)
        inner->x[k] = fmax(0, inner->x[k]);
    return status == FR_OK ? support_left(inner, run->problem, careful) : status;
}

void l1_leave_support(push_scratch *scratch)
{
    int64_t n = scratch->inner.n, kept = 0;
    support_reset(scratch);
    for (int64_t k = 0; k < n; k++)
        if (scratch->p[scratch->support[k]] > 0) scratch->support[kept++] = scratch->support[k];
    scratch->n_support = kept;
}

int l1_load_start(l1_run *run, const fr_cluster_vector *start, bool *done)
{
    push_scratch *scratch = run->scratch;
    support_graph *inner = &scratch->inner;
    fr_cluster_info *info = run->info;
    double bound = run->settings->tolerance * run->problem->rho;
    *done = false;
    int status = load(run, start);
    if (status == FR_OK) status = support_extend(run->workspace, scratch, run->problem, &info->arcs_read);
    if (status == FR_OK) status = repair(run, done);
    if (status != FR_OK) return status;
    if (!*done) support_lower(inner);
    bool careful = support_needs_care(inner, run->problem, bound);
    status = certificate_residual(run->workspace, scratch, run->problem, INFINITY, careful, info);
    if (status != FR_OK) return status;
    certificate_fill(scratch, run->problem, info);
    l1_take_masses(scratch);
    info->peak_support = inner->n;
    info->converged = info->error_bound <= bound;
    *done = *done || info->converged;
    run->arcs_before = info->arcs_read;
    return FR_OK;
}
