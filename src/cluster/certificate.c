/* How far an x >= 0 is from the optimum x* of the l1 problem, from its residual r = s - Q x / alpha alone:
 *   delta_below = max(0, max_{d_i > 0} r_i / d_i - rho),  delta_above = max(0, max_{x_i > 0} rho - r_i / d_i),
 *   x* - delta_below <= x <= x* + delta_above, elementwise (Q is an M-matrix with Q 1 = alpha d),
 *   gap = alpha (sum_i x_i ((rho + delta_below) d_i - r_i) + delta_below^2 vol(G) / 2) >= F(x) - F(x*),
 * the last from the dual point x + delta_below 1; vol(G) is stored, so only the support and its arcs are read. */
#include "certificate.h"

#include <inttypes.h>
#include <math.h>

/* Stands in for a residual of zero at nodes that are listed as touched already, so that they are not listed again.
 * Too small to be seen in a sum. */
static const double listed_zero = 0x1p-1000;

int certificate_spread(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                       double threshold, fr_cluster_info *info)
{
    const support_graph *inner = &scratch->inner;
    double spread = (1 - problem->alpha) / (2 * problem->alpha);
    for (int64_t k = 0; k < scratch->n_touched; k++)
        scratch->node[scratch->touched[k]].residual = listed_zero;
    int status = push_room(scratch, inner->n);
    for (int64_t k = 0; status == FR_OK && k < inner->n; k++) {
        push_node *node = &scratch->node[scratch->support[k]];
        /* a node of the support need not have a neighbour there, if x came from the user */
        if (node->residual == 0) scratch->touched[scratch->n_touched++] = scratch->support[k];
        node->residual = inner->without_arcs ? listed_zero : INFINITY;
    }
    scratch->head = scratch->tail = 0;
    if (status == FR_OK) status = push_seeds(scratch, problem->n_seeds, problem->seed, problem->mass);
    for (int64_t k = 0; status == FR_OK && k < inner->n; k++) {
        if (inner->x[k] == 0) continue;
        if (k + 1 < inner->n) push_prefetch(scratch->graph, scratch->support[k + 1]);
        status = push_ready(workspace, scratch, scratch->support[k]);
        if (status != FR_OK) break;
        info->arcs_read += push_row(scratch, scratch->support[k], spread * inner->x[k], threshold);
        info->pushes++;
    }
    return status;
}

/* Drops nodes that x does not reach from the list. Gives the sum of the residual and the largest r_i / d_i - rho
 * outside of the support, where sums of positive terms have a small relative error. */
static double look_outside(push_scratch *scratch, double rho, double *sum_residual)
{
    double rounding = 1 + 0x1p-53 * (double)(scratch->inner.n + 8), largest = 0, sum = 0;
    int64_t kept = 0;
    for (int64_t k = 0; k < scratch->n_touched; k++) {
        uint32_t u = scratch->touched[k];
        push_node *node = &scratch->node[u];
        if (node->residual == listed_zero) {
            node->residual = 0;
            continue;
        }
        scratch->touched[kept++] = u;
        sum += node->residual;
        if (node->residual * rounding > (rho + largest) * node->degree && node->degree > 0 &&
            scratch->index[u] == 0)
            largest = node->residual * rounding / node->degree - rho;
    }
    scratch->n_touched = kept;
    *sum_residual = sum;
    return largest;
}

void certificate_fill(push_scratch *scratch, const l1_problem *problem, fr_cluster_info *info)
{
    const support_graph *inner = &scratch->inner;
    double alpha = problem->alpha, rho = problem->rho, above = 0, sum_p = 0, volume = 0, objective = 0,
           gap = 0;
    double below = look_outside(scratch, rho, &info->sum_residual);
    for (int64_t k = 0; k < inner->n; k++) {
        double left = inner->left[k], slack = inner->slack[k];
        double inverse = inner->x[k] > 0 ? inner->inverse[k] : 1 / inner->degree[k]; /* held nodes too */
        double excess = (slack + left) * inverse, lack = (slack - left) * inverse;
        below = excess > below ? excess : below;
        if (!(inner->x[k] > 0)) continue;
        above = lack > above ? lack : above;
        sum_p += inner->x[k] * inner->degree[k];
        volume += inner->degree[k];
        /* 2 rho d - r - s with r = rho d + left */
        objective += inner->x[k] * (rho * inner->degree[k] - left - inner->mass[k]);
        gap += inner->x[k] * (slack - left);
    }
    info->sum_p = sum_p;
    info->support_volume = volume;
    info->objective = alpha / 2 * objective;
    info->delta_below = below;
    info->delta_above = above;
    info->error_bound = fmax(below, above);
    info->duality_gap = fmax(0, alpha * (gap + below * sum_p + below * below * scratch->graph->volume / 2));
}

/* From what the seeds and the neighbours, a loop among them, gave. */
static void left_from_sums(push_scratch *scratch, const l1_problem *problem)
{
    support_graph *inner = &scratch->inner;
    double slope = (1 + problem->alpha) / (2 * problem->alpha);
    for (int64_t k = 0; k < inner->n; k++) {
        double own = (slope * inner->x[k] + problem->rho) * inner->degree[k];
        inner->left[k] = scratch->node[scratch->support[k]].residual - own;
    }
    support_slack(inner, problem, 0x1p-53);
}

int certificate_residual(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                         double threshold, bool careful, fr_cluster_info *info)
{
    support_graph *inner = &scratch->inner;
    int status = certificate_spread(workspace, scratch, problem, threshold, info);
    if (status == FR_OK && inner->without_arcs)
        left_from_sums(scratch, problem);
    else if (status == FR_OK)
        status = support_left(inner, problem, careful);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < inner->n; k++) {
        double residual = problem->rho * inner->degree[k] + inner->left[k];
        /* zero: x is, here and at all neighbours, as it may be after a start */
        scratch->node[scratch->support[k]].residual = residual != 0 ? residual : listed_zero;
    }
    return FR_OK;
}

/* ---- certificates of given vectors ------------------------------------------------------------------------------------------ */

/* Takes p into the scratch, derives the residual, and fills in the certificate. */
static int load(fr_cluster_workspace *workspace, push_scratch *scratch, const l1_problem *problem,
                int64_t count, const int64_t *node, const double *p, fr_cluster_info *info)
{
    fr_cluster_info found = *info;
    int status = push_room(scratch, count);
    for (int64_t k = 0; status == FR_OK && k < count; k++)
        push_give(scratch, (uint32_t)node[k], p[k]);
    if (status == FR_OK) status = support_extend(workspace, scratch, problem, &found.arcs_read);
    if (status == FR_OK) status = certificate_residual(workspace, scratch, problem, INFINITY, true, &found);
    if (status != FR_OK) return status;
    certificate_fill(scratch, problem, &found);
    found.pushes = info->pushes; /* of the solver alone */
    found.arcs_read = info->arcs_read;
    *info = found;
    return FR_OK;
}

int l1_certify(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t count, const int64_t *node,
               const double *p, fr_cluster_info *info)
{
    push_scratch *scratch;
    int status = push_scratch_get(workspace, &scratch);
    if (status != FR_OK) return status;
    status = load(workspace, scratch, problem, count, node, p, info);
    push_clear(scratch);
    return status;
}

int l1_finish(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t count, const int64_t *node,
              const double *p, bool keep_residual, fr_cluster_vector *out)
{
    push_scratch *scratch;
    int status = push_scratch_get(workspace, &scratch);
    if (status == FR_OK) {
        status = load(workspace, scratch, problem, count, node, p, &out->info);
        if (status == FR_OK) status = push_vector(scratch, 0, NULL, keep_residual, out);
        push_clear(scratch);
    }
    if (status != FR_OK) fr_cluster_vector_free(out);
    return status;
}

static int check_masses(const fr_graph *graph, int64_t count, const int64_t *nodes, const double *p)
{
    for (int64_t k = 0; k < count; k++) {
        if (!(p[k] >= 0) || isinf(p[k]))
            return fr_fail(FR_EUSAGE, "node %" PRId64 " has mass %g, expected a number from 0", nodes[k],
                           p[k]);
        if (p[k] > 0 && !(fr_graph_degree(graph, nodes[k]) > 0))
            return fr_fail(FR_EUSAGE, "node %" PRId64 " has mass %g, but no neighbours", nodes[k], p[k]);
    }
    return FR_OK;
}

int fr_cluster_certify(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, double alpha,
                       double rho, int64_t count, const int64_t *nodes, const double *p, fr_cluster_info *out)
{
    *out = (fr_cluster_info){0};
    double start = fr_clock();
    int64_t n_seeds, *seed;
    double *mass, isolated;
    int status = l1_check_parameters(alpha, rho);
    if (status == FR_OK && count > 0)
        status = workspace_check_set(workspace, count, nodes, "nodes of the vector");
    if (status == FR_OK) status = check_masses(workspace->graph, count, nodes, p);
    if (status != FR_OK) return status;
    status = cluster_seed_masses(workspace, seeds, &n_seeds, &seed, &mass, &isolated);
    if (status != FR_OK) return status;
    l1_problem problem = {n_seeds, seed, mass, alpha, rho};
    status = l1_certify(workspace, &problem, count, nodes, p, out);
    out->isolated_mass = isolated;
    out->seconds = fr_clock() - start;
    if (status != FR_OK) *out = (fr_cluster_info){0};
    fr_free(seed);
    fr_free(mass);
    return status;
}
