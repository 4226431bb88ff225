/* Parameter search: l1-regularised PageRank for every alpha and rho of two geometric sequences, both from large to small. As
 * rho falls the optimum only rises (F3), so each answer is a start for the next. */
#include "search.h"

#include <math.h>

void fr_cluster_search_settings_default(fr_cluster_search_settings *settings)
{
    *settings = (fr_cluster_search_settings){.alpha_low = 0.01,
                                             .alpha_high = 0.15,
                                             .n_alpha = 4,
                                             .rho_low = 1e-6,
                                             .rho_high = 1e-2,
                                             .n_rho = 9,
                                             .tolerance = 1e-6,
                                             .path_nodes = 1000};
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
    fr_free(result->path_supports);
    fr_cluster_set_free(&result->best);
    fr_cluster_vector_free(&result->vector);
    fr_cluster_path_result_free(&result->path);
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
    if (settings->path_nodes < 0) return fr_fail(FR_EUSAGE, "path_nodes is negative; 0 means no limit");
    return FR_OK;
}

static int make_rows(const fr_cluster_search_settings *settings, fr_cluster_search_result *out)
{
    int64_t count, rows = settings->n_rho < INT64_MAX ? settings->n_rho + settings->on_path : INT64_MAX;
    if (fr_size_mul(settings->n_alpha, rows, &count) != FR_OK) return FR_ENOMEM;
    double **reals[] = {&out->alpha, &out->rho, &out->support_volume, &out->support_conductance,
                        &out->sweep_conductance};
    for (size_t k = 0; k < sizeof reals / sizeof *reals; k++)
        if ((*reals[k] = fr_alloc(count, sizeof **reals[k])) == NULL) return FR_ENOMEM;
    out->support = fr_alloc(count, sizeof *out->support);
    out->sweep_size = fr_alloc(count, sizeof *out->sweep_size);
    out->path_supports = fr_alloc(count, sizeof *out->path_supports);
    return out->support != NULL && out->sweep_size != NULL && out->path_supports != NULL ? FR_OK : FR_ENOMEM;
}

/* Term k of n from high to low; the ends are met exactly. */
static double geometric(double low, double high, int64_t k, int64_t n)
{
    if (k == 0) return high;
    return k == n - 1 ? low : high * pow(low / high, (double)k / (double)(n - 1));
}

void search_add_info(search_run *run, const fr_cluster_info *info)
{
    fr_cluster_info *sum = &run->out->info;
    sum->converged = sum->converged && info->converged;
    sum->steps += info->steps;
    sum->pushes += info->pushes;
    sum->arcs_read += info->arcs_read;
    if (info->peak_support > sum->peak_support) sum->peak_support = info->peak_support;
}

/* ---- one row ------------------------------------------------------------------------------------------------------------ */

/* Fills the row of this vector: its support, or the one given, and its sweep. */
static int score_row(search_run *run, const fr_cluster_vector *vector, const fr_cluster_set *support,
                     fr_cluster_sweep_result *sweep)
{
    fr_cluster_search_result *out = run->out;
    int64_t row = out->count;
    fr_cluster_scores scores = {.conductance = 1};
    int status = FR_OK;
    if (support != NULL)
        scores = support->scores;
    else if (vector->count > 0)
        status = fr_cluster_score(run->workspace, vector->count, vector->node, &scores);
    if (status == FR_OK)
        status =
            fr_cluster_sweep(run->workspace, vector->count, vector->node, vector->p_over_degree, NULL, sweep);
    if (status != FR_OK) return status;
    out->support[row] = support != NULL ? support->count : vector->count;
    out->support_volume[row] = scores.volume;
    out->support_conductance[row] = scores.conductance;
    out->sweep_size[row] = sweep->prefix;
    out->sweep_conductance[row] = sweep->best.scores.conductance;
    return FR_OK;
}

static int copy_set(const fr_cluster_set *set, fr_cluster_set *out)
{
    *out = *set;
    out->node = fr_alloc(set->count, sizeof *out->node);
    if (out->node == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < set->count; k++)
        out->node[k] = set->node[k];
    return FR_OK;
}

/* The same set may have two conductances that differ by so much. */
static const double rounding = 1e-12;

/* Takes the sweep's set if none before is better, or the support: one of the sweep's prefixes and never better, but where the
 * path has breakpoints so near to each other that the solution found between them has another support. */
static int take_if_best(search_run *run, const fr_cluster_set *support, fr_cluster_sweep_result *sweep,
                        bool *taken)
{
    fr_cluster_search_result *out = run->out;
    int64_t row = out->count;
    double swept = sweep->best.scores.conductance;
    bool whole = support != NULL && support->scores.conductance < (1 - rounding) * swept;
    double conductance = whole ? support->scores.conductance : swept;
    fr_cluster_set copy;
    *taken = row == 0 || conductance <= out->best.scores.conductance;
    if (!*taken) return FR_OK;
    int status = whole ? copy_set(support, &copy) : FR_OK;
    if (status != FR_OK) return status;
    fr_cluster_set_free(&out->best);
    out->best = whole ? copy : sweep->best;
    if (!whole) sweep->best = (fr_cluster_set){0};
    out->best_alpha = out->alpha[row];
    out->best_rho = out->rho[row];
    out->best_is_sweep = out->best.count < out->support[row];
    return FR_OK;
}

int search_solve(search_run *run, const fr_cluster_set *support, int64_t path_supports)
{
    fr_cluster_search_result *out = run->out;
    fr_cluster_vector vector = {0};
    fr_cluster_sweep_result sweep = {0};
    bool taken = false;
    out->alpha[out->count] = run->l1.alpha;
    out->rho[out->count] = run->l1.rho;
    out->path_supports[out->count] = path_supports;
    int status = fr_cluster_l1(run->workspace, run->seeds, &run->l1, &vector);
    if (status == FR_OK) status = score_row(run, &vector, support, &sweep);
    if (status == FR_OK) status = take_if_best(run, support, &sweep, &taken);
    if (status == FR_OK) {
        search_add_info(run, &vector.info);
        fr_cluster_vector *keep = taken ? &out->vector : &run->held;
        fr_cluster_vector_free(keep);
        *keep = vector;
        run->l1.start = keep;
        out->count++;
    } else {
        fr_cluster_vector_free(&vector);
    }
    fr_cluster_sweep_result_free(&sweep);
    return status;
}

/* ---- all of them -------------------------------------------------------------------------------------------------------- */

/* The rows of one alpha. */
static int search_alpha(search_run *run, int64_t number)
{
    const fr_cluster_search_settings *settings = run->settings;
    fr_cluster_search_result *out = run->out;
    run->l1.start = NULL;
    int status = settings->on_path ? search_path(run) : FR_OK;
    run->l1.start = NULL;
    for (int64_t j = 0; status == FR_OK && j < settings->n_rho; j++) {
        run->l1.rho = geometric(settings->rho_low, settings->rho_high, j, settings->n_rho);
        status =
            fr_progress_tick("search", number * settings->n_rho + j, settings->n_alpha * settings->n_rho);
        if (status == FR_OK) status = search_solve(run, NULL, 0);
    }
    if (status != FR_OK || !settings->on_path || out->best_alpha != run->l1.alpha) return status;
    fr_cluster_path_result_free(&out->path);
    out->path = run->path;
    run->path = (fr_cluster_path_result){0};
    return FR_OK;
}

int fr_cluster_search(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                      const fr_cluster_search_settings *settings, fr_cluster_search_result *out)
{
    *out = (fr_cluster_search_result){.info.converged = true};
    double begin = fr_clock();
    search_run run = {.workspace = workspace, .seeds = seeds, .settings = settings, .out = out};
    fr_cluster_l1_settings_default(&run.l1);
    run.l1.tolerance = settings->tolerance;
    int status = check_settings(settings);
    if (status == FR_OK) status = make_rows(settings, out);
    for (int64_t i = 0; status == FR_OK && i < settings->n_alpha; i++) {
        run.l1.alpha = geometric(settings->alpha_low, settings->alpha_high, i, settings->n_alpha);
        status = search_alpha(&run, i);
    }
    fr_cluster_vector_free(&run.held);
    fr_cluster_path_result_free(&run.path);
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
