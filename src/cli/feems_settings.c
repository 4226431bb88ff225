/* Options to the settings of the model, and of the figures. */
#include "feems_figures.h"
#include "feems_inputs.h"

#include <frugal/geo.h>

static const cli_option model_rows[] = {
    {.name = "alpha",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "scale of the weights inside the penalty; by default 1 / w0"},
    {.name = "w0",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "common weight to start from; by default that of the fit with one weight for all edges"},
    {.name = "s2",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "residual variance; by default that of the same fit"},
    {.name = "s2-mode",
     .type = OPTION_CHOICE,
     .value = "fixed|one|node",
     .fallback = "fixed",
     .help = "hold the residual variance, fit one for all nodes, or fit one for each"},
    {.name = "lambda-q",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "smoothness of the residual variances, with --s2-mode node"},
    {.name = "alpha-q",
     .type = OPTION_NUMBER,
     .value = "X",
     .range = RANGE_POSITIVE,
     .help = "their scale inside the penalty; by default 1 / s2"},
    {.name = "lower",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1e-6",
     .range = RANGE_POSITIVE,
     .help = "smallest weight allowed"},
    {.name = "upper",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "1e6",
     .range = RANGE_POSITIVE,
     .help = "largest weight allowed"},
    {.name = "tight", .type = OPTION_FLAG, .help = "stop at a gradient a hundred times smaller"},
    {.name = "factr",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "0",
     .range = RANGE_FROM_ZERO,
     .help = "stop on a relative decrease below X * 2.22e-16, as the authors' program does; 0: never"},
    {.name = "max-iterations",
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "15000",
     .range = RANGE_CLOSED,
     .low = 1,
     .high = 1e9,
     .help = "give up after so many steps"},
    {.name = NULL},
};
const option_group feems_model_options = {"Model", model_rows, false};

void feems_fit_settings(const cli_options *parsed, fr_feems_settings *out)
{
    static const fr_feems_s2_mode modes[] = {FR_FEEMS_S2_FIXED, FR_FEEMS_S2_ONE, FR_FEEMS_S2_NODE};
    fr_feems_settings_default(out);
    out->lambda = options_number(parsed, "lambda", out->lambda);
    out->alpha = options_number(parsed, "alpha", out->alpha);
    out->w0 = options_number(parsed, "w0", out->w0);
    out->s2 = options_number(parsed, "s2", out->s2);
    out->s2_mode = modes[options_integer(parsed, "s2-mode", 0)];
    out->lambda_q = options_number(parsed, "lambda-q", out->lambda_q);
    out->alpha_q = options_number(parsed, "alpha-q", out->alpha_q);
    out->lower = options_number(parsed, "lower", out->lower);
    out->upper = options_number(parsed, "upper", out->upper);
    out->tight = options_flag(parsed, "tight");
    out->factr = options_number(parsed, "factr", out->factr);
    out->max_iterations = options_integer(parsed, "max-iterations", out->max_iterations);
}

static const cli_option figure_rows[] = {
    {.name = "projection",
     .type = OPTION_TEXT,
     .value = "NAME",
     .fallback = "auto",
     .help = "auto (equal-area, chosen from the region), equidistant-conic, albers, azimuthal-equidistant, "
             "lambert-azimuthal, mollweide, mercator, plane, or a PROJ string"},
    {.name = "basemap",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "coastline to draw: shapefile or GeoJSON"},
    {.name = "palette",
     .type = OPTION_CHOICE,
     .value = "feems|purple-green|red-blue|viridis|purples",
     .fallback = "feems",
     .help = "colours of the map"},
    {.name = "color-limit",
     .alias = "colour-limit",
     .type = OPTION_NUMBER,
     .value = "X",
     .fallback = "2",
     .range = RANGE_CLOSED,
     .low = 0.01,
     .high = 100,
     .help = "colours span weights from 10^-X to 10^X times the mean"},
    {.name = NULL},
};
const option_group feems_figure_options = {"Figures", figure_rows, true};

int feems_draw(cli_job *job, const char *folder)
{
    const cli_options *parsed = &job->options;
    feems_figure_settings settings;
    feems_figure_settings_default(&settings);
    settings.projection = options_text(parsed, "projection");
    settings.basemap = options_text(parsed, "basemap");
    settings.palette = options_text(parsed, "palette");
    settings.limit = options_number(parsed, "color-limit", settings.limit);
    return feems_figures_draw(folder, &settings);
}

int feems_check_figures(cli_job *job)
{
    const char *basemap = options_text(&job->options, "basemap");
    fr_lines lines = {0};
    fr_projection *projection = NULL;
    if (options_flag(&job->options, "no-figures")) return FR_OK;
    int status = fr_projection_new(options_text(&job->options, "projection"), -10, 10, 40, 60, &projection);
    fr_projection_free(projection);
    if (status == FR_EINPUT) status = FR_EUSAGE; /* the name came from the command line */
    if (status == FR_OK) status = job_input(job, basemap);
    if (status == FR_OK && basemap != NULL) status = fr_lines_read(basemap, &lines);
    fr_lines_free(&lines);
    return status;
}
