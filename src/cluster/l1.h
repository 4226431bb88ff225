/* The l1-regularised PageRank problem inside the library: what a solver is given, what it gives back, and the one
 * way from a support with its masses to a certified, sorted fr_cluster_vector.
 *
 * fr_cluster_l1 checks the settings, turns the seeds into an l1_problem and calls one of the solvers below. A
 * solver
 *   - sets info.steps, pushes, arcs_read and peak_support of `out` (zeroed when it gets it),
 *   - calls l1_finish, which adds the certificate to info and fills the vector,
 *   - sets info.converged.
 * fr_cluster_l1 fills in the rest (seconds, isolated mass). */
#ifndef FRUGAL_CLUSTER_L1_H
#define FRUGAL_CLUSTER_L1_H

#include "workspace.h"

typedef struct {
    int64_t n_seeds; /* distinct seeds in the order listed, those without neighbours among them */
    const int64_t *seed;
    const double *mass;
    double alpha, rho;
} l1_problem;

/* FR_EUSAGE unless alpha is in (0, 1) and rho > 0, both finite. */
int l1_check_parameters(double alpha, double rho);

/* Certificate of the x with these masses p on `count` distinct nodes (p >= 0, and degree > 0 where p > 0). Fills
 * info's sums, support_volume, objective, deltas, error_bound and duality_gap. The residual s - Q x / alpha is
 * derived anew from p: where x > 0, and terms of both signs cancel, in extended precision. The workspace is clean
 * afterwards. */
int l1_certify(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t count, const int64_t *node,
               const double *p, fr_cluster_info *info);

/* The same, and fills the lists of `out` (nodes with p > 0, sorted; with keep_residual the residual). On failure
 * `out` is freed and zero. */
int l1_finish(fr_cluster_workspace *workspace, const l1_problem *problem, int64_t count, const int64_t *node,
              const double *p, bool keep_residual, fr_cluster_vector *out);

/* The solvers. Each reads of the settings what concerns it (alpha and rho are in the problem). */
int l1_descent(fr_cluster_workspace *workspace, const l1_problem *problem,
               const fr_cluster_l1_settings *settings, fr_cluster_vector *out);
int l1_proximal(fr_cluster_workspace *workspace, const l1_problem *problem,
                const fr_cluster_l1_settings *settings, fr_cluster_vector *out);
int l1_exact(fr_cluster_workspace *workspace, const l1_problem *problem,
             const fr_cluster_l1_settings *settings, fr_cluster_vector *out);

#endif
