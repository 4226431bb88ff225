/* Grid search: l1-regularised PageRank for every alpha and rho of two geometric sequences, both from large to small. As
 * rho falls the optimum only rises (F3), so each answer is a start for the next. */
#include "workspace.h"

#include <math.h>

void fr_cluster_search_settings_default(fr_cluster_search_settings *settings)
{
    *settings = (fr_cluster_search_settings){.alpha_low = 0.01,
                                             .alpha_high = 0.15,
                                             .n_alpha = 4,
                                             .rho_low = 1e-6,
                                             .rho_high = 1e-2,
                                             .n_rho = 9,
                                             .tolerance = 1e-6};
}

void fr_cluster_search_result_free(fr_cluster_search_result *result)
{
    fr_free(result->alpha);
    fr_free(result->rho);
    fr_free(result->support_volume);
    fr_free(result->support_conductance);
    fr_free(result->sweep_conductance);
    fr_free(result->support);
    fr_free(result->sweep_size);
    fr_cluster_set_free(&result->best);
    fr_cluster_vector_free(&result->vector);
    *result = (fr_cluster_search_result){0};
}

static int check_settings(const fr_cluster_search_settings *settings)
{
    if (!(settings->alpha_low > 0 && settings->alpha_low <= settings->alpha_high && settings->alpha_high < 1))
        return fr_fail(FR_EUSAGE, "alpha goes from %g to %g, expected 0 < low <= high < 1",
                       settings->alpha_low, settings->alpha_high);
    if (!(settings->rho_low > 0 && settings->rho_low <= settings->rho_high) || isinf(settings->rho_high))
        return fr_fail(FR_EUSAGE, "rho goes from %g to %g, expected 0 < low <= high", settings->rho_low,
                       settings->rho_high);
    if (settings->n_alpha < 1 || settings->n_rho < 1)
        return fr_fail(FR_EUSAGE, "the grid has %lld by %lld points, expected at least one each",
                       (long long)settings->n_alpha, (long long)settings->n_rho);
    return FR_OK;
}

static int make_rows(const fr_cluster_search_settings *settings, fr_cluster_search_result *out)
{
    int64_t count;
    if (fr_size_mul(settings->n_alpha, settings->n_rho, &count) != FR_OK) return FR_ENOMEM;
    double **reals[] = {&out->alpha, &out->rho, &out->support_volume, &out->support_conductance,
                        &out->sweep_conductance};
    for (size_t k = 0; k < sizeof reals / sizeof *reals; k++)
        if ((*reals[k] = fr_alloc(count, sizeof **reals[k])) == NULL) return FR_ENOMEM;
    out->support = fr_alloc(count, sizeof *out->support);
    out->sweep_size = fr_alloc(count, sizeof *out->sweep_size);
    return out->support != NULL && out->sweep_size != NULL ? FR_OK : FR_ENOMEM;
}

/* Term k of n from high to low; the ends are met exactly. */
static double geometric(double low, double high, int64_t k, int64_t n)
{
    if (k == 0) return high;
    return k == n - 1 ? low : high * pow(low / high, (double)k / (double)(n - 1));
}

typedef struct {
    fr_cluster_workspace *workspace;
    fr_cluster_search_result *out;
} search_run;

/* Adds what was done to the sums. */
static void add_info(fr_cluster_info *sum, const fr_cluster_info *info, bool first)
{
    sum->converged = (first || sum->converged) && info->converged;
    sum->steps += info->steps;
    sum->pushes += info->pushes;
    sum->arcs_read += info->arcs_read;
    if (info->peak_support > sum->peak_support) sum->peak_support = info->peak_support;
}

/* Fills the row of this vector: its support and its sweep. */
static int score_row(search_run *run, const fr_cluster_vector *vector, fr_cluster_sweep_result *sweep)
{
    fr_cluster_search_result *out = run->out;
    int64_t row = out->count;
    fr_cluster_scores scores = {.conductance = 1};
    int status = FR_OK;
    if (vector->count > 0) status = fr_cluster_score(run->workspace, vector->count, vector->node, &scores);
    if (status == FR_OK)
        status =
            fr_cluster_sweep(run->workspace, vector->count, vector->node, vector->p_over_degree, NULL, sweep);
    if (status != FR_OK) return status;
    out->support[row] = vector->count;
    out->support_volume[row] = scores.volume;
    out->support_conductance[row] = scores.conductance;
    out->sweep_size[row] = sweep->prefix;
    out->sweep_conductance[row] = sweep->best.scores.conductance;
    return FR_OK;
}

/* Takes the sweep's set if none before is better. The support is one of the sweep's prefixes, so it is never better. */
static bool take_if_best(search_run *run, int64_t support, fr_cluster_sweep_result *sweep)
{
    fr_cluster_search_result *out = run->out;
    int64_t row = out->count;
    if (row > 0 && sweep->best.scores.conductance > out->best.scores.conductance) return false;
    fr_cluster_set_free(&out->best);
    out->best = sweep->best;
    sweep->best = (fr_cluster_set){0};
    out->best_alpha = out->alpha[row];
    out->best_rho = out->rho[row];
    out->best_is_sweep = out->best.count < support;
    return true;
}

/* One grid point; *start is the answer before it, in `held` or in the result, and becomes this one. */
static int try_point(search_run *run, const fr_cluster_seeds *seeds, fr_cluster_l1_settings *settings,
                     fr_cluster_vector *held)
{
    fr_cluster_search_result *out = run->out;
    fr_cluster_vector vector = {0};
    fr_cluster_sweep_result sweep = {0};
    out->alpha[out->count] = settings->alpha;
    out->rho[out->count] = settings->rho;
    int status = fr_cluster_l1(run->workspace, seeds, settings, &vector);
    if (status == FR_OK) status = score_row(run, &vector, &sweep);
    if (status == FR_OK) {
        add_info(&out->info, &vector.info, out->count == 0);
        fr_cluster_vector *keep = take_if_best(run, vector.count, &sweep) ? &out->vector : held;
        fr_cluster_vector_free(keep);
        *keep = vector;
        settings->start = keep;
        out->count++;
    } else {
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_sweep_result_free(&sweep);
    return status;
}

int fr_cluster_search(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                      const fr_cluster_search_settings *settings, fr_cluster_search_result *out)
{
    *out = (fr_cluster_search_result){0};
    double begin = fr_clock();
    search_run run = {workspace, out};
    fr_cluster_vector held = {0};
    fr_cluster_l1_settings l1;
    fr_cluster_l1_settings_default(&l1);
    l1.tolerance = settings->tolerance;
    int status = check_settings(settings);
    if (status == FR_OK) status = make_rows(settings, out);
    for (int64_t i = 0; status == FR_OK && i < settings->n_alpha; i++) {
        l1.alpha = geometric(settings->alpha_low, settings->alpha_high, i, settings->n_alpha);
        l1.start = NULL;
        for (int64_t j = 0; status == FR_OK && j < settings->n_rho; j++) {
            l1.rho = geometric(settings->rho_low, settings->rho_high, j, settings->n_rho);
            status = fr_progress_tick("search", out->count, settings->n_alpha * settings->n_rho);
            if (status == FR_OK) status = try_point(&run, seeds, &l1, &held);
        }
    }
    fr_cluster_vector_free(&held);
    if (status != FR_OK) {
        fr_cluster_search_result_free(out);
        return status;
    }
    fr_cluster_info sums = out->info;
    out->info = out->vector.info; /* the certificate is that of the winner */
    out->info.converged = sums.converged;
    out->info.steps = sums.steps;
    out->info.pushes = sums.pushes;
    out->info.arcs_read = sums.arcs_read;
    out->info.peak_support = sums.peak_support;
    out->info.seconds = fr_clock() - begin;
    return FR_OK;
}
