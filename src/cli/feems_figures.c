/* Which figures an output folder of `frugal feems` gets: those whose tables are there. */
#include "feems_figures.h"
#include "result_page.h"

#include <math.h>

void feems_figure_settings_default(feems_figure_settings *settings)
{
    *settings = (feems_figure_settings){.projection = "auto", .palette = "feems", .limit = 2};
}

bool feems_has_node_variances(const feems_folder *folder)
{
    double first = NAN;
    for (int64_t k = 0; k < folder->n_nodes; k++) {
        if (folder->observed[k] == 0 || !isfinite(folder->s2[k])) continue;
        if (isnan(first)) first = folder->s2[k];
        if (fabs(folder->s2[k] - first) > 1e-9 * fabs(first)) return true;
    }
    return false;
}

const char *const feems_figure_stem[N_FIGURES] = {
    "migration_map",   "grid_map", "residual_variance_map", "observed_vs_fitted", "observed_vs_great_circle",
    "cross_validation"};

static bool has_tables(const feems_folder *folder, feems_figure name)
{
    switch (name) {
    case MIGRATION_MAP:
        return folder->n_nodes > 0 && folder->n_edges > 0 && folder->weight != NULL;
    case GRID_MAP:
        return folder->n_nodes > 0 && folder->weight == NULL;
    case S2_MAP:
        return folder->weight != NULL && feems_has_node_variances(folder);
    case FITTED_CHART:
    case GEOGRAPHIC_CHART:
        return folder->n_pairs > 0;
    case CV_CHART:
        return folder->n_lambdas > 0;
    case N_FIGURES:
        break;
    }
    return false;
}

static int draw(const feems_folder *folder, const feems_figure_settings *settings, feems_figure name,
                const char *stem, char *projection, size_t size)
{
    switch (name) {
    case MIGRATION_MAP:
        return feems_map_draw(folder, settings, FEEMS_MAP_MIGRATION, stem, projection, size);
    case GRID_MAP:
        return feems_map_draw(folder, settings, FEEMS_MAP_GRID, stem, projection, size);
    case S2_MAP:
        return feems_map_draw(folder, settings, FEEMS_MAP_S2, stem, projection, size);
    case FITTED_CHART:
        return feems_chart_distances(folder, settings, true, stem);
    case GEOGRAPHIC_CHART:
        return feems_chart_distances(folder, settings, false, stem);
    case CV_CHART:
        return feems_chart_cv(folder, settings, stem);
    case N_FIGURES:
        break;
    }
    return FR_OK;
}

typedef struct {
    const feems_folder *folder;
    const feems_figure_settings *settings;
    feems_figure name;
    char *projection;
    size_t size;
} figure_job;

static int draw_job(const void *context, const char *stem)
{
    const figure_job *job = context;
    return draw(job->folder, job->settings, job->name, stem, job->projection, job->size);
}

static int draw_all(const feems_folder *folder, const feems_figure_settings *settings, char *projection,
                    size_t size)
{
    int status = FR_OK;
    bool can_draw = true;
    for (int name = 0; name < N_FIGURES && status == FR_OK; name++) {
        if (!has_tables(folder, (feems_figure)name)) continue;
        figure_job job = {folder, settings, (feems_figure)name, projection, size};
        status = result_figure(folder->path, feems_figure_stem[name], draw_job, &job,
                               "frugal feems plot OUTDIR", &can_draw);
    }
    return status;
}

int feems_figures_draw(const char *folder_path, const feems_figure_settings *settings)
{
    if (fr_palette_find(settings->palette) == NULL) return FR_EUSAGE;
    if (!(settings->limit > 0 && settings->limit <= 100))
        return fr_fail(FR_EUSAGE, "the colour limit must lie between 0 and 100 (powers of ten), found %g",
                       settings->limit);
    feems_folder folder;
    char projection[160] = "";
    int status = feems_folder_read(folder_path, &folder);
    if (status != FR_OK) return status;
    status = draw_all(&folder, settings, projection, sizeof projection);
    if (status == FR_OK) status = feems_report_write(&folder, settings, projection);
    feems_folder_free(&folder);
    return status;
}
