/* Full conformal prediction of a model that is a black box: it is fitted to all n + 1 points for every trial value y of
 * a grid, and y is kept if its residual is among the k smallest. What comes out is the hull of the kept values, one step
 * wider on either side, since the set may end anywhere between a value that is kept and one that is not. */
#include "grid.h"
#include "points.h"
#include "sets.h"

#include <math.h>
#include <string.h>

void fr_conformal_grid_settings_default(fr_conformal_grid_settings *settings)
{
    *settings = (fr_conformal_grid_settings){.low = NAN, .high = NAN};
}

double conformal_largest(int64_t n, const double *y)
{
    double largest = 0;
    for (int64_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(y[i]));
    return largest;
}

int trial_grid_new(int64_t n, const double *y, double low, double high, double step, trial_grid *out)
{
    double largest = conformal_largest(n, y), steps = 200;
    *out = (trial_grid){isnan(low) ? -largest : low, isnan(high) ? largest : high, step, 0};
    if (!(isfinite(out->low) && isfinite(out->high) && out->low <= out->high))
        return fr_fail(FR_EUSAGE, "trial values need a finite range, not that from %g to %g", out->low,
                       out->high);
    if (!(step >= 0 && isfinite(step)))
        return fr_fail(FR_EUSAGE, "the step of the trial values is a number of at least 0, not %g", step);
    if (step > 0)
        steps = floor((out->high - out->low) / step + 1e-9);
    else
        out->step = (out->high - out->low) / steps;
    if (!(steps < 1e7))
        return fr_fail(FR_EUSAGE, "steps of %g from %g to %g are more than 10 million trial values", step,
                       out->low, out->high);
    out->count = out->step > 0 ? (int64_t)steps + 1 : 1;
    return FR_OK;
}

double trial_grid_value(const trial_grid *grid, int64_t g)
{
    return grid->low + (double)g * grid->step;
}

int64_t grid_number(int64_t n, const double *y, double trial, const double *fitted, double largest,
                    bool compat_2016)
{
    double own = fabs(trial - fitted[n]), tie = own * (1 - 1e-11) - 1e-11 * largest;
    int64_t number = 0;
    for (int64_t i = 0; i < n; i++) {
        double residual = fabs(y[i] - fitted[i]);
        number += compat_2016 ? residual <= own : residual < tie;
    }
    return number;
}

/* ---- from fits that are there ------------------------------------------------------------------------------------------------ */

static int check_trial(int64_t count, const double *trial)
{
    if (count < 1) return fr_fail(FR_EUSAGE, "there are no trial values");
    int status = conformal_check_finite("trial values", count, 1, trial);
    for (int64_t g = 1; status == FR_OK && g < count; g++)
        if (!(trial[g] > trial[g - 1]))
            status =
                fr_fail(FR_EINPUT, "trial value number %lld (from 0), %g, is not larger than the one before",
                        (long long)g, trial[g]);
    return status;
}

/* The trial value before (by = -1) or after (1) number g; one step beyond the grid at its ends. */
static double next_to(int64_t count, const double *trial, int64_t g, int64_t by)
{
    if (count == 1) return trial[0];
    int64_t to = g + by;
    if (to >= 0 && to < count) return trial[to];
    return trial[g] + (trial[g] - trial[g - by]);
}

int fr_conformal_from_fits(int64_t n, const double *y, int64_t count, const double *trial,
                           const double *fitted, int64_t n_alphas, const double *alphas, bool compat_2016,
                           fr_conformal_result *out)
{
    double begin = fr_clock();
    conformal_sets sets;
    int status = conformal_sets_new(1, n_alphas, alphas, &sets, out);
    if (status != FR_OK) return status;
    if (n < 1) status = fr_fail(FR_EUSAGE, "there are no training points");
    if (status == FR_OK) status = conformal_check_finite("training responses", n, 1, y);
    if (status == FR_OK) status = check_trial(count, trial);
    if (status == FR_OK) status = conformal_check_finite("fitted values", count * (n + 1), n + 1, fitted);
    double largest = status == FR_OK ? conformal_largest(n, y) : 0;
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++) {
        int64_t rank = fr_conformal_rank(out->alphas[a], n + 1), first = count, last = -1;
        for (int64_t g = 0; g < count; g++) {
            if (grid_number(n, y, trial[g], fitted + g * (n + 1), largest, compat_2016) >= rank) continue;
            if (last < 0) first = g;
            last = g;
        }
        fr_interval hull = {0};
        if (last >= 0 && compat_2016) hull = (fr_interval){trial[first], trial[last]};
        if (last >= 0 && !compat_2016)
            hull = (fr_interval){next_to(count, trial, first, -1), next_to(count, trial, last, 1)};
        status = conformal_sets_put(&sets, out, 0, a, last >= 0, &hull, true);
    }
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    out->n_grid = 1;
    out->seconds = fr_clock() - begin;
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}

/* ---- by fits of a model ------------------------------------------------------------------------------------------------------ */

typedef struct {
    const fr_conformal_data *data;
    fr_conformal_model model;
    void *context;
    trial_grid grid;
    bool compat_2016;
    conformal_sets *sets;
    fr_conformal_result *out;
} grid_work;

/* First and last member; none: first > last. */
typedef struct {
    int64_t first, last;
} grid_members;

typedef struct {
    double *z, *y, *fitted; /* n + 1 rows */
    grid_members *members;  /* for each level */
} grid_scratch;

static void scratch_free(void *workspace)
{
    grid_scratch *scratch = workspace;
    fr_free(scratch->z);
    fr_free(scratch->y);
    fr_free(scratch->fitted);
    fr_free(scratch->members);
    fr_free(scratch);
}

static int scratch_new(void *context, void **workspace)
{
    const grid_work *work = context;
    const fr_conformal_data *data = work->data;
    grid_scratch *scratch = fr_alloc(1, sizeof *scratch);
    if (scratch == NULL) return FR_ENOMEM;
    scratch->z = fr_alloc((data->n + 1) * data->p, sizeof(double));
    scratch->y = fr_alloc(data->n + 1, sizeof(double));
    scratch->fitted = fr_alloc(data->n + 1, sizeof(double));
    scratch->members = fr_alloc(work->out->n_alphas, sizeof *scratch->members);
    if (scratch->z == NULL || scratch->y == NULL || scratch->fitted == NULL || scratch->members == NULL) {
        scratch_free(scratch);
        return FR_ENOMEM;
    }
    memcpy(scratch->z, data->x, (size_t)(data->n * data->p) * sizeof(double));
    memcpy(scratch->y, data->y, (size_t)data->n * sizeof(double));
    *workspace = scratch;
    return FR_OK;
}

static int try_value(const grid_work *work, grid_scratch *scratch, int64_t g, double largest)
{
    const fr_conformal_data *data = work->data;
    int64_t n = data->n;
    double trial = trial_grid_value(&work->grid, g);
    scratch->y[n] = trial;
    int status = work->model(n + 1, data->p, scratch->z, scratch->y, scratch->fitted, work->context);
    if (status != FR_OK) return status;
    for (int64_t i = 0; i <= n; i++)
        if (!isfinite(scratch->fitted[i]))
            return fr_fail(FR_ENUMERIC, "the model fitted %g to row %lld at the trial value %g",
                           scratch->fitted[i], (long long)i, trial);
    int64_t number = grid_number(n, data->y, trial, scratch->fitted, largest, work->compat_2016);
    for (int64_t a = 0; a < work->out->n_alphas; a++) {
        if (number >= fr_conformal_rank(work->out->alphas[a], n + 1)) continue;
        grid_members *members = &scratch->members[a];
        if (members->last < members->first) members->first = g;
        members->last = g;
    }
    return fr_progress_tick(NULL, 0, 0);
}

static int run_point(int64_t t, void *context, void *workspace)
{
    grid_work *work = context;
    grid_scratch *scratch = workspace;
    const fr_conformal_data *data = work->data;
    const trial_grid *grid = &work->grid;
    int64_t wider = work->compat_2016 ? 0 : 1;
    double largest = conformal_largest(data->n, data->y);
    int status = FR_OK;
    memcpy(scratch->z + data->n * data->p, data->x_test + t * data->p, (size_t)data->p * sizeof(double));
    for (int64_t a = 0; a < work->out->n_alphas; a++)
        scratch->members[a] = (grid_members){0, -1};
    for (int64_t g = 0; status == FR_OK && g < grid->count; g++)
        status = try_value(work, scratch, g, largest);
    for (int64_t a = 0; status == FR_OK && a < work->out->n_alphas; a++) {
        int64_t first = scratch->members[a].first, last = scratch->members[a].last;
        fr_interval hull = {trial_grid_value(grid, first - wider), trial_grid_value(grid, last + wider)};
        status = conformal_sets_put(work->sets, work->out, t, a, last >= first, &hull, true);
    }
    return status;
}

static bool pack_point(int64_t t, void *context, void *block)
{
    const grid_work *work = context;
    return conformal_sets_pack(work->sets, work->out, t, 1, block);
}

static int unpack_point(int64_t t, void *context, const void *block)
{
    const grid_work *work = context;
    return conformal_sets_unpack(work->sets, work->out, t, 1, block);
}

int fr_conformal_grid(const fr_conformal_data *data, fr_conformal_model model, void *context,
                      const fr_conformal_grid_settings *settings, fr_conformal_result *out)
{
    double begin = fr_clock();
    conformal_sets sets;
    int status = conformal_sets_new(data->m, settings->n_alphas, settings->alphas, &sets, out);
    if (status != FR_OK) return status;
    grid_work work = {.data = data,
                      .model = model,
                      .context = context,
                      .compat_2016 = settings->compat_2016,
                      .sets = &sets,
                      .out = out};
    const conformal_work points = {.phase = "test points",
                                   .count = data->m,
                                   .run = run_point,
                                   .context = &work,
                                   .workspace_new = scratch_new,
                                   .workspace_free = scratch_free,
                                   .packed_size = conformal_sets_packed_size(out->n_alphas, 1),
                                   .pack = pack_point,
                                   .unpack = unpack_point};
    status = conformal_check_data(data);
    if (status == FR_OK)
        status = trial_grid_new(data->n, data->y, settings->low, settings->high, settings->step, &work.grid);
    if (status == FR_OK) status = conformal_run(&points);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    out->n_grid = data->m;
    out->seconds = fr_clock() - begin;
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
