/* l1-regularised PageRank: checks, seeds, the choice of the solver. */
#include "l1.h"

#include <math.h>

void fr_cluster_l1_settings_default(fr_cluster_l1_settings *settings)
{
    *settings = (fr_cluster_l1_settings){.alpha = 0.15,
                                         .rho = 1e-6,
                                         .tolerance = 1e-6,
                                         .solver = FR_CLUSTER_CD,
                                         .order = FR_CLUSTER_FIFO,
                                         .seed = 1};
}

double fr_cluster_rho_for_volume(double volume)
{
    return 0.15 / volume;
}

int l1_check_parameters(double alpha, double rho)
{
    if (!(alpha > 0 && alpha < 1))
        return fr_fail(FR_EUSAGE, "alpha is %g, expected a number in (0, 1)", alpha);
    if (!(rho > 0) || isinf(rho)) return fr_fail(FR_EUSAGE, "rho is %g, expected a number above 0", rho);
    return FR_OK;
}

static int check(const fr_cluster_l1_settings *settings)
{
    int status = l1_check_parameters(settings->alpha, settings->rho);
    if (status != FR_OK) return status;
    if (!(settings->tolerance > 0) || isinf(settings->tolerance))
        return fr_fail(FR_EUSAGE, "the tolerance is %g, expected a number above 0", settings->tolerance);
    if (settings->max_steps < 0 || !(settings->time_limit >= 0))
        return fr_fail(FR_EUSAGE, "limits of steps and time must not be negative");
    if ((int)settings->solver < FR_CLUSTER_CD || settings->solver > FR_CLUSTER_FISTA)
        return fr_fail(FR_EUSAGE, "there is no solver number %d", (int)settings->solver);
    if ((int)settings->order < FR_CLUSTER_FIFO || settings->order > FR_CLUSTER_RANDOM)
        return fr_fail(FR_EUSAGE, "there is no order number %d", (int)settings->order);
    return FR_OK;
}

int fr_cluster_l1(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                  const fr_cluster_l1_settings *settings, fr_cluster_vector *out)
{
    double start = fr_clock(), isolated, *mass;
    int64_t *seed, n_seeds;
    *out = (fr_cluster_vector){0};
    int status = check(settings);
    if (status == FR_OK) status = cluster_seed_masses(workspace, seeds, &n_seeds, &seed, &mass, &isolated);
    if (status != FR_OK) return status;
    l1_problem problem = {n_seeds, seed, mass, settings->alpha, settings->rho};
    switch (settings->solver) {
    case FR_CLUSTER_CD:
        status = l1_descent(workspace, &problem, settings, out);
        break;
    case FR_CLUSTER_EXACT:
        status = l1_exact(workspace, &problem, settings, out);
        break;
    case FR_CLUSTER_ISTA:
    case FR_CLUSTER_FISTA:
        status = l1_proximal(workspace, &problem, settings, out);
        break;
    }
    fr_free(seed);
    fr_free(mass);
    if (status != FR_OK) {
        fr_cluster_vector_free(out);
        return status;
    }
    out->info.isolated_mass = isolated;
    out->info.seconds = fr_clock() - start;
    return FR_OK;
}
