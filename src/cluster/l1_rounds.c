/* The l1 problem by the monotone active set: solve on a set S within the optimum's support, add nodes with r_u >
 * rho d_u, which lie in it too, until there is none. Each round reads the arcs of S once; in between, conjugate
 * gradients read its inner arcs only.
 *
 * An x that is not quite the solution x_S on S may be above it, by at most o = max -left_i / d_i. Then r_u is
 * above that of x_S by at most (1 - alpha)/(2 alpha) o d_u, and what exceeds rho d_u by more is in the support for
 * certain.
 *
 * It begins with more than what is certain: nodes whose residual is nearly rho d_u are taken in at once, for the
 * residual of nodes outside rises while x does. The problem on a set is therefore solved with x >= 0, in two steps that
 * end with a part of the optimum's support: where the solution is negative, x is held at zero until there is no such
 * node; then those that want to rise are let go, which, Q being an M-matrix, belong to the support (the x that is left is
 * below x*, and so is what each such step makes of it). */
#include "l1_descent.h"

#include <math.h>

/* Accuracy of solves that are not the last, relative to rho; share of new nodes below which the next is to be the last. */
static const double coarse = 1e-2, few_new = 0.1;
/* The set to begin with has the nodes with r_u > (1 - nearly) rho d_u. */
static const double nearly = 0.08;
enum { most_refinements = 3, most_holds = 20 };

/* The nodes of the queue join the support. Returns how many. */
static int64_t join(push_scratch *scratch)
{
    int64_t before = scratch->n_support;
    for (uint64_t k = scratch->head; k < scratch->tail; k++)
        scratch->support[scratch->n_support++] = scratch->queue[k & scratch->mask];
    scratch->head = scratch->tail = 0;
    return scratch->n_support - before;
}

/* Rows of the nodes that joined, and what is left of their residual. */
static int extend(l1_run *run)
{
    support_graph *inner = &run->scratch->inner;
    int64_t before = inner->n;
    int status = support_extend(run->workspace, run->scratch, run->problem, &run->info->arcs_read);
    for (int64_t k = before; status == FR_OK && k < inner->n; k++)
        inner->left[k] =
            run->scratch->node[run->scratch->support[k]].residual - run->problem->rho * inner->degree[k];
    if (inner->n > run->info->peak_support) run->info->peak_support = inner->n;
    return status;
}

/* The set to begin with: where p > 0 or the subgraph is there already, and what is nearly above the threshold. */
static int begin(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    double threshold = (1 - nearly) * run->problem->rho;
    scratch->head = scratch->tail = 0;
    for (int64_t k = 0; k < scratch->n_touched; k++) {
        const push_node *node = &scratch->node[scratch->touched[k]];
        if (node->residual > threshold * node->degree && node->degree > 0 &&
            scratch->p[scratch->touched[k]] == 0 && scratch->index[scratch->touched[k]] == 0)
            scratch->support[scratch->n_support++] = scratch->touched[k];
    }
    return extend(run);
}

/* Conjugate gradients until |left_i| <= bound d_i, or rounding or a limit ends them. */
static int iterate(l1_run *run, double bound, bool *stop)
{
    support_graph *inner = &run->scratch->inner;
    int64_t most = 100 + (int64_t)(40 / sqrt(run->problem->alpha));
    int status = l1_look(run, stop);
    support_begin(inner);
    while (status == FR_OK && !*stop && inner->largest > bound && most-- > 0) {
        if (!support_iterate(inner, run->problem)) break;
        run->info->steps++;
        run->info->arcs_read += inner->n_arcs;
        status = l1_look(run, stop);
    }
    return status;
}

int l1_solve_support(l1_run *run, double bound, bool *stop)
{
    int holds = 0;
    int status = iterate(run, bound, stop);
    while (status == FR_OK && !*stop && holds++ < most_holds &&
           support_hold(&run->scratch->inner, run->problem, bound))
        status = iterate(run, bound, stop);
    return status;
}

/* Makes x positive, and derives the residual outside of the support from it, or everywhere with the certificate.
 * The queue gets nodes that are in the support for certain. */
static int settle(l1_run *run, bool certify)
{
    push_scratch *scratch = run->scratch;
    support_graph *inner = &scratch->inner;
    const l1_problem *problem = run->problem;
    double bound = run->settings->tolerance * problem->rho;
    double threshold = problem->rho + fmax(bound, run->spread * support_overshoot(inner));
    for (int64_t k = 0; k < inner->n; k++)
        inner->x[k] = inner->x[k] > 0 ? inner->x[k] : 0;
    if (!certify) return certificate_spread(run->workspace, scratch, problem, threshold, run->info);
    bool careful = support_needs_care(inner, problem, bound);
    int status = certificate_residual(run->workspace, scratch, problem, threshold, careful, run->info);
    if (status != FR_OK) return status;
    certificate_fill(scratch, problem, run->info);
    run->info->converged = run->info->error_bound <= bound;
    return FR_OK;
}

void l1_take_masses(push_scratch *scratch)
{
    const support_graph *inner = &scratch->inner;
    for (int64_t k = 0; k < inner->n; k++)
        scratch->p[scratch->support[k]] = inner->x[k] * inner->degree[k];
}

int l1_rounds(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    double rho = run->problem->rho;
    double fine = run->settings->tolerance / 2, accuracy = fine;
    int refinements = 0;
    bool stop = false;
    int status = begin(run);
    if (status == FR_OK) status = l1_solve_support(run, fmax(coarse, fine) * rho, &stop);
    while (status == FR_OK) {
        bool last = accuracy <= fine;
        if (!stop) status = l1_solve_support(run, accuracy * rho, &stop);
        if (status == FR_OK) status = settle(run, last || stop);
        if (status != FR_OK || stop || (last && run->info->converged)) break;
        int64_t added = join(scratch);
        if (last && added == 0) {
            if (++refinements > most_refinements) break; /* rounding leaves no more */
            fine /= 1 + run->spread;                     /* or nodes are above rho d, but not for certain */
        }
        accuracy = (double)added <= few_new * (double)scratch->inner.n ? fine : fmax(coarse, fine);
        status = extend(run);
    }
    l1_take_masses(scratch);
    return status;
}
