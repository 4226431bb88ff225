/* The l1 problem by the monotone active set: solve on a set S within the optimum's support, add the nodes with r_i > rho d_i, which
 * lie in it too, until there is none. Each round reads the arcs of S once; in between, conjugate gradients read its inner
 * arcs only.
 *
 * That the added nodes lie in the support needs an x with r_i >= rho d_i where x_i > 0, which what conjugate gradients leave is made
 * by lowering it a little (see support_lower). The last solve is not lowered, for the residual would pay for it; so what it
 * seems to add is looked at again after lowering. */
#include "l1_descent.h"

#include <math.h>

/* Accuracy of all solves but the last, relative to rho; share of new nodes below which the next solve is to be the last. */
static const double coarse = 1e-4, few_new = 0.1;
enum { most_refinements = 3 };

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

/* The set to begin with: where p > 0, and what is above the threshold. */
static int begin(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    double threshold = (1 + run->settings->tolerance) * run->problem->rho;
    scratch->head = scratch->tail = 0;
    for (int64_t k = 0; k < scratch->n_touched; k++) {
        const push_node *node = &scratch->node[scratch->touched[k]];
        if (scratch->p[scratch->touched[k]] == 0 && node->degree > 0 &&
            node->residual > threshold * node->degree)
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

/* Puts x, made positive, into p, and derives the residual and the certificate from it. */
static int settle(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    support_graph *inner = &scratch->inner;
    double tolerance = run->settings->tolerance, rho = run->problem->rho;
    for (int64_t k = 0; k < inner->n; k++) {
        inner->x[k] = fmax(0, inner->x[k]);
        scratch->p[scratch->support[k]] = inner->x[k] * inner->degree[k];
    }
    bool careful = support_needs_care(inner, run->problem, tolerance * rho);
    int status =
        certificate_renew(run->workspace, scratch, run->problem, (1 + tolerance) * rho, careful, run->info);
    if (status != FR_OK) return status;
    run->info->converged = run->info->error_bound <= tolerance * rho;
    return FR_OK;
}

int l1_rounds(l1_run *run)
{
    push_scratch *scratch = run->scratch;
    support_graph *inner = &scratch->inner;
    double spread = (1 - run->problem->alpha) / (2 * run->problem->alpha);
    double fine = run->settings->tolerance / 4, accuracy = fmax(coarse, fine);
    int refinements = 0;
    bool stop = false;
    int status = begin(run);
    while (status == FR_OK) {
        bool last = accuracy <= fine;
        status = iterate(run, accuracy * run->problem->rho, &stop);
        if (status == FR_OK && !last) support_lower(inner);
        if (status == FR_OK) status = settle(run);
        if (status != FR_OK || stop || run->info->converged) break;
        if (last && scratch->head != scratch->tail) {
            support_lower(inner);
            status = settle(run);
            if (status != FR_OK || run->info->converged) break;
        }
        int64_t added = join(scratch);
        if (added == 0 && last) {
            if (++refinements > most_refinements) break; /* rounding leaves no more */
            fine /= 1 + spread;
        }
        if ((double)added <= few_new * (double)inner->n) accuracy = fine;
        status = extend(run);
    }
    return status;
}
