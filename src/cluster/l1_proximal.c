/* l1-regularised PageRank by proximal gradient steps (Fountoulakis et al. 2019), in x = D^-1 p with D as the
 * metric, in which the gradient has Lipschitz constant 1:
 *   y = x + beta (x - x_before),   x = max(0, y + alpha (r(y) / d - rho)),
 * ISTA: beta = 0; FISTA: beta = (1 - sqrt alpha) / (1 + sqrt alpha), the constant for a strongly convex function.
 * Residuals are kept of x, and r(y) follows from the last two. Only nodes with x != 0 or a residual are looked at,
 * only arcs of nodes whose x changed are read; ISTA's x rises and stays within the optimum's support, FISTA's does
 * not. It stops by the certificate. */
#include "certificate.h"

#include <math.h>

/* By place in the list of touched nodes. */
typedef struct {
    fr_cluster_workspace *workspace;
    push_scratch *scratch;
    const l1_problem *problem;
    const fr_cluster_l1_settings *settings;
    fr_cluster_info info;
    double start, beta;
    int64_t count, space;
    double *x, *before;      /* iterate, the one before */
    double *residual_before; /* r(x_before) */
    double *change;          /* of x in this step */
} proximal_run;

static bool grow(double **column, int64_t from, int64_t to)
{
    double *grown = fr_realloc(*column, to, sizeof *grown);
    if (grown == NULL) return false;
    for (int64_t k = from; k < to; k++)
        grown[k] = 0;
    *column = grown;
    return true;
}

static int make_room(proximal_run *run, int64_t count)
{
    if (count <= run->space) return FR_OK;
    int64_t space = count < 512 ? 512 : 2 * count, from = run->space;
    if (!grow(&run->x, from, space) || !grow(&run->before, from, space) ||
        !grow(&run->residual_before, from, space) || !grow(&run->change, from, space))
        return FR_ENOMEM;
    run->space = space;
    return FR_OK;
}

/* Takes in the nodes that were touched since the last call. A residual that fell back to exactly zero is listed a
 * second time when it rises again, so nodes that have their place are passed over. */
static int meet(proximal_run *run)
{
    push_scratch *scratch = run->scratch;
    int64_t kept = run->count;
    int status = make_room(run, scratch->n_touched);
    if (status != FR_OK) return status;
    for (int64_t k = run->count; k < scratch->n_touched; k++) {
        uint32_t node = scratch->touched[k];
        if (scratch->index[node] != 0) continue;
        scratch->index[node] = 1;
        scratch->touched[kept++] = node;
        /* only a seed may be without arcs */
        if (status == FR_OK && run->info.steps > 0 && !(scratch->node[node].degree > 0))
            status = push_ready(run->workspace, scratch, node);
    }
    scratch->n_touched = run->count = kept;
    return status;
}

/* Whether the residual of x shows that x is within the tolerance, with something left for the rounding that the
 * certificate counts. */
static bool near_enough(const proximal_run *run)
{
    double rho = run->problem->rho, bound = 0.999 * run->settings->tolerance * rho;
    for (int64_t k = 0; k < run->count; k++) {
        const push_node *node = &run->scratch->node[run->scratch->touched[k]];
        if (!(node->degree > 0)) continue;
        double excess = node->residual / node->degree - rho;
        if (excess > bound || (run->x[k] > 0 && excess < -bound)) return false;
    }
    return true;
}

/* The step in x. Returns whether it moved x by more than rounding does. */
static bool step(proximal_run *run)
{
    double alpha = run->problem->alpha, rho = run->problem->rho, largest = 0, furthest = 0;
    int64_t support = 0;
    for (int64_t k = 0; k < run->count; k++) {
        const push_node *node = &run->scratch->node[run->scratch->touched[k]];
        run->change[k] = 0;
        if (!(node->degree > 0)) continue;
        double y = run->x[k] + run->beta * (run->x[k] - run->before[k]);
        double residual = node->residual + run->beta * (node->residual - run->residual_before[k]);
        double next = fmax(0, y + alpha * (residual / node->degree - rho));
        run->change[k] = next - run->x[k];
        run->before[k] = run->x[k];
        run->x[k] = next;
        run->residual_before[k] = node->residual;
        support += next > 0;
        largest = fmax(largest, next);
        furthest = fmax(furthest, fabs(run->change[k]));
    }
    if (support > run->info.peak_support) run->info.peak_support = support;
    run->info.steps++;
    return furthest > 0x1p-52 * largest;
}

/* r(x) after the step. */
static int update_residual(proximal_run *run)
{
    double alpha = run->problem->alpha;
    push_scratch *scratch = run->scratch;
    for (int64_t k = 0; k < run->count; k++) {
        if (run->change[k] == 0) continue;
        uint32_t node = scratch->touched[k];
        int status = push_ready(run->workspace, scratch, node);
        if (status != FR_OK) return status;
        push_node *here = &scratch->node[node];
        here->residual -= (1 + alpha) / (2 * alpha) * here->degree * run->change[k];
        run->info.arcs_read += push_row(scratch, node, (1 - alpha) / (2 * alpha) * run->change[k], INFINITY);
        run->info.pushes++;
    }
    return meet(run);
}

static int iterate(proximal_run *run)
{
    const fr_cluster_l1_settings *settings = run->settings;
    int status = push_seeds(run->scratch, run->problem->n_seeds, run->problem->seed, run->problem->mass);
    if (status == FR_OK) status = meet(run);
    while (status == FR_OK && !near_enough(run)) {
        if (settings->max_steps > 0 && run->info.steps >= settings->max_steps) break;
        if (settings->time_limit > 0 && fr_clock() - run->start > settings->time_limit) break;
        if (!step(run)) break;
        status = update_residual(run);
        if (status == FR_OK) status = fr_progress_tick(NULL, run->info.steps, 0);
    }
    return status;
}

/* The support as l1_finish takes it; the scratch is clean then. */
static int finish(proximal_run *run, fr_cluster_vector *out)
{
    push_scratch *scratch = run->scratch;
    int64_t count = 0, *node = fr_alloc(run->count, sizeof *node);
    for (int64_t k = 0; k < run->count; k++) {
        uint32_t u = scratch->touched[k];
        if (node != NULL && run->x[k] > 0) {
            node[count] = u;
            run->change[count++] = run->x[k] * scratch->node[u].degree;
        }
        scratch->index[u] = 0;
    }
    push_clear(scratch);
    if (node == NULL) return FR_ENOMEM;
    out->info = run->info;
    int status =
        l1_finish(run->workspace, run->problem, count, node, run->change, run->settings->keep_residual, out);
    out->info.converged =
        status == FR_OK && out->info.error_bound <= run->settings->tolerance * run->problem->rho;
    fr_free(node);
    return status;
}

int l1_proximal(fr_cluster_workspace *workspace, const l1_problem *problem,
                const fr_cluster_l1_settings *settings, fr_cluster_vector *out)
{
    proximal_run run = {
        .workspace = workspace, .problem = problem, .settings = settings, .start = fr_clock()};
    double root = sqrt(problem->alpha);
    run.beta = settings->solver == FR_CLUSTER_FISTA ? (1 - root) / (1 + root) : 0;
    int status = push_scratch_get(workspace, &run.scratch);
    if (status != FR_OK) return status;
    status = iterate(&run);
    if (status == FR_OK) {
        status = finish(&run, out);
    } else {
        for (int64_t k = 0; k < run.count; k++)
            run.scratch->index[run.scratch->touched[k]] = 0;
        push_clear(run.scratch);
    }
    fr_free(run.x);
    fr_free(run.before);
    fr_free(run.residual_before);
    fr_free(run.change);
    return status;
}
